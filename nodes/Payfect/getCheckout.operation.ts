import type { INodeProperties } from 'n8n-workflow';
import { getCheckoutCall, readCheckout } from './payfect.contract';
import { lookupOperation } from '../shared/items/operation';

export const getCheckoutFields: INodeProperties[] = [
	{
		displayName: 'Checkout ID',
		name: 'checkoutId',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. ed8d24aa-a860-426b-8e56-87cb9f55a081',
		description: 'The ID that Create Checkout returned as checkoutId',
		displayOptions: { show: { resource: ['checkout'], operation: ['get'] } },
	},
];

export const getPayfectCheckout = lookupOperation({
	read: (row) =>
		row.required('checkoutId', 'Map checkoutId from the node that created the checkout.'),
	call: getCheckoutCall,
	result: (reply, { credentials }) => readCheckout(reply, credentials, 'read'),
});
