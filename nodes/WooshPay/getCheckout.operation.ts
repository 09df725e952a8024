import type { INodeProperties } from 'n8n-workflow';
import { getCheckoutCall, readCheckout } from './wooshPay.contract';
import { lookupOperation } from '../shared/items/operation';

export const getCheckoutFields: INodeProperties[] = [
	{
		displayName: 'Checkout ID',
		name: 'checkoutId',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. cs_1580071142008291328',
		description: 'The ID that Create Checkout returned as checkoutId',
		displayOptions: { show: { resource: ['checkout'], operation: ['get'] } },
	},
];

export const getWooshPayCheckout = lookupOperation({
	read: (row) =>
		row.required('checkoutId', 'Map checkoutId from the node that created the checkout.'),
	call: getCheckoutCall,
	result: (reply, { credentials }) => readCheckout(reply, credentials, 'read'),
});
