import type { INodeProperties } from 'n8n-workflow';
import { requestsInParallelOption, simpleField } from '../shared/checkout/checkoutFields';
import { getTransactionCall, readTransactionReply } from './eFundPay.contract';
import { lookupOperation } from '../shared/items/operation';

const showOnlyForGetTransaction = { resource: ['transaction'], operation: ['get'] };

export const getTransactionFields: INodeProperties[] = [
	{
		displayName: 'Payment ID',
		name: 'paymentId',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 7099948d-7286-47e4-aad8-b68f7eb44591',
		description: "EFundPay's number of the payment",
		hint: "The paymentId that Create returned: keep it in the order's row. A callback does not have it.",
		displayOptions: { show: showOnlyForGetTransaction },
	},
	{ ...simpleField, displayOptions: { show: showOnlyForGetTransaction } },
];

/** Of all that is looked up; what is made has options of its own. */
export const lookUpOptionsFields: INodeProperties[] = [
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [{ ...requestsInParallelOption }],
		displayOptions: { show: { resource: ['transaction', 'refund'], operation: ['get', 'getAll'] } },
	},
];

export const getEFundPayTransaction = lookupOperation({
	read: (row) => row.text('paymentId'),
	call: getTransactionCall,
	result: readTransactionReply,
});
