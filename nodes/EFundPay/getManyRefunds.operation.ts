import type { INodeProperties } from 'n8n-workflow';
import { simpleField } from '../shared/checkout/checkoutFields';
import type { RowSender } from '../shared/items/rowSender';
import type { EFundPayCredentials } from './eFundPay.contract';
import { readPages } from './getManyTransactions.operation';
import { listRefundsCall, readRefund } from './eFundPay.refunds';
import { limitField, readMost, returnAllField } from '../shared/items/limit';
import { listOperation } from '../shared/items/operation';

const showOnlyForGetRefunds = { resource: ['refund'], operation: ['getAll'] };

export const getManyRefundsFields: INodeProperties[] = [
	{
		displayName: 'Payment ID',
		name: 'paymentId',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 7099948d-7286-47e4-aad8-b68f7eb44591',
		description: 'The payment whose refunds are listed',
		hint: "The paymentId that Create returned: keep it in the order's row. A callback does not have it.",
		displayOptions: { show: showOnlyForGetRefunds },
	},
	{ ...returnAllField, displayOptions: { show: showOnlyForGetRefunds } },
	{ ...limitField, displayOptions: { show: { ...showOnlyForGetRefunds, returnAll: [false] } } },
	{ ...simpleField, displayOptions: { show: showOnlyForGetRefunds } },
];

export const getManyEFundPayRefunds = listOperation({
	read: (row) => row.text('paymentId'),
	most: readMost,
	find: async (paymentId, row: RowSender<EFundPayCredentials>, most) =>
		await readPages(row, most, (limit, cursor) =>
			listRefundsCall(paymentId, limit, cursor, row.credentials),
		),
	result: readRefund,
});
