import type { INodeProperties } from 'n8n-workflow';
import { maximumAgeOption } from '../shared/callbacks/triggerFields';

export const verifyOptions: INodeProperties[] = [
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Confirm With Provider',
				name: 'confirmWithProvider',
				type: 'boolean',
				default: false,
				description: 'Whether to ask WooshPay for the payment as well, and to believe its answer',
			},
			{ ...maximumAgeOption },
		],
		displayOptions: { show: { resource: ['callback'], operation: ['verify'] } },
	},
];
