import type { INodeProperties } from 'n8n-workflow';
import { simplified } from '../shared/checkout/createCheckout';
import { InputError } from '../shared/core/inputError';
import { getCheckoutCall, readCheckout, type PayfectCredentials } from './payfect.contract';
import type { Row } from '../shared/items/row';

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

export async function getPayfectCheckout(row: Row<PayfectCredentials>) {
	const checkoutId = row.text('checkoutId');
	if (checkoutId === '')
		throw new InputError(
			"'Checkout ID' is empty",
			'Map checkoutId from the node that created the checkout.',
		);
	const reply = await row.send(getCheckoutCall(checkoutId, row.credentials));
	return simplified(row, reply, () => readCheckout(reply, row.credentials, 'read'));
}
