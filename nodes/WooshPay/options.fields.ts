import type { INodeProperties } from 'n8n-workflow';
import { extraFieldsOption, requestsInParallelOption } from '../shared/checkout/checkoutFields';
import { qrPictureOption } from '../shared/checkout/qrPicture';
import { readCount } from '../shared/core/readCount';
import type { RowReader } from '../shared/items/rowReader';
import type { CreateOptions } from './wooshPay.requests';

export const optionsFields: INodeProperties[] = [
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Attempt',
				name: 'attempt',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 1,
				description:
					'Raise it to make a second checkout or refund for the same reference on purpose, for example after the first has expired',
				displayOptions: { show: { '/resource': ['checkout', 'refund'], '/operation': ['create'] } },
			},
			{ ...extraFieldsOption, displayOptions: { show: { '/operation': ['create'] } } },
			{
				...qrPictureOption,
				displayOptions: { show: { '/resource': ['checkout'], '/operation': ['create'] } },
			},
			{ ...requestsInParallelOption },
			{
				displayName: 'Retry After Time-Outs and Server Errors',
				name: 'retry',
				type: 'boolean',
				default: false,
				description:
					'Whether to send a row with a reference again when nobody knows whether it arrived. WooshPay names the idempotency key that is sent with it, but not for which calls and how long it counts; if it does not count, there may be a second one.',
				displayOptions: { show: { '/resource': ['checkout', 'refund'], '/operation': ['create'] } },
			},
		],
		displayOptions: { hide: { resource: ['callback'] } },
	},
];

export function readCreateOptions(row: RowReader): CreateOptions {
	const { attempt = 1, retry } = row.collection('options') as {
		attempt?: unknown;
		retry?: boolean;
	};
	return {
		attempt: readCount(attempt, 'Attempt', 'Enter 1, or 2 to make a second one on purpose.'),
		retry: retry === true,
	};
}
