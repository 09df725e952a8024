import type { INodeProperties } from 'n8n-workflow';
import { getCheckoutCall, readCheckout } from './wooshPay.contract';
import { lookupOperation } from '../shared/items/operation';
import type { RowReader } from '../shared/items/rowReader';

/** Of every operation on a checkout that exists. */
export const checkoutIdFields: INodeProperties[] = [
	{
		displayName: 'Checkout ID',
		name: 'checkoutId',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. cs_1580071142008291328',
		description: 'The ID that Create Checkout returned as checkoutId',
		displayOptions: { show: { resource: ['checkout'], operation: ['expire', 'get'] } },
	},
];

export const getWooshPayCheckout = lookupOperation({
	read: readCheckoutId,
	call: getCheckoutCall,
	result: (reply, { credentials }) => readCheckout(reply, credentials, 'read'),
});

/** `Checkout ID`. */
export function readCheckoutId(row: RowReader): string {
	return row.required('checkoutId', 'Map checkoutId from the node that created the checkout.');
}
