import type { INodeProperties } from 'n8n-workflow';
import { getPaymentCall, readPayment } from './chingChingPay.contract';
import { lookupOperation } from '../shared/items/operation';

export const getPaymentFields: INodeProperties[] = [
	{
		displayName: 'Checkout ID',
		name: 'checkoutId',
		type: 'string',
		required: true,
		default: '',
		description: "ChingChingPay's number of the order",
		hint: 'The checkoutId that Create or Create Link returned, not its paymentId',
		displayOptions: { show: { resource: ['payment'], operation: ['get'] } },
	},
];

export const getChingChingPayPayment = lookupOperation({
	read: (row) =>
		row.required('checkoutId', 'Map checkoutId from the node that created the checkout.'),
	call: getPaymentCall,
	result: (reply, { credentials }) => readPayment(reply, credentials),
});
