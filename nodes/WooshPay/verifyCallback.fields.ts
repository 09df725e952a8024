import type { INodeProperties } from 'n8n-workflow';
import { maximumAgeOption } from '../shared/callbacks/triggerFields';

export const verifyOptions: INodeProperties[] = [
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [{ ...maximumAgeOption }],
		displayOptions: { show: { resource: ['callback'], operation: ['verify'] } },
	},
];
