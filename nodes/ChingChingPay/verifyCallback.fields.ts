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
				default: true,
				description:
					"Whether to ask ChingChingPay for the transaction as well, and to believe only its answer. On unless you switch it off here, and always on while 'Callback Signature' in the credential is Not Checked or 'Signed Text' is Sorted Pairs.",
			},
		],
		displayOptions: { show: { resource: ['callback'], operation: ['verify'] } },
	},
];
