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
				...maximumAgeOption,
				description:
					'Refuse what ChingChingPay, when it is asked, says was started more than this many days ago. 0 accepts any age.',
			},
		],
		displayOptions: { show: { resource: ['callback'], operation: ['verify'] } },
	},
];
