import type { INodeProperties } from 'n8n-workflow';
import { getPaymentCall, readPayment } from './wooshPay.contract';
import { lookupOperation } from '../shared/items/operation';
import type { RowReader } from '../shared/items/rowReader';

/** Of every operation on a payment. */
export const paymentIdFields: INodeProperties[] = [
	{
		displayName: 'Payment ID',
		name: 'paymentId',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. pi_1604012360740110336',
		description: 'The ID that Create Checkout and the trigger give as paymentId',
		displayOptions: { show: { resource: ['payment'], operation: ['cancel', 'capture', 'get'] } },
	},
];

export const getWooshPayPayment = lookupOperation({
	read: readPaymentId,
	call: getPaymentCall,
	result: (reply, { credentials }) => readPayment(reply, credentials),
});

/** `Payment ID`. */
export function readPaymentId(row: RowReader): string {
	return row.required(
		'paymentId',
		'Map paymentId from the node that created the checkout, or from the trigger.',
	);
}
