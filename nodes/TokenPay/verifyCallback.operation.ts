import type { INodeProperties } from 'n8n-workflow';

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
				description: 'Whether to look the order up at TokenPay as well, and to believe its answer',
			},
			{
				displayName: 'Maximum Age',
				name: 'maximumAge',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 7,
				description: 'Refuse callbacks that were signed more than this many days ago. 0 accepts any age.',
				hint: 'In days',
			},
		],
		displayOptions: { show: { resource: ['callback'], operation: ['verify'] } },
	},
];
