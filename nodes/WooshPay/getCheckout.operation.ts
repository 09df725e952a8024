import type { INodeProperties } from 'n8n-workflow';
import { simplified } from '../shared/checkout/createCheckout';
import { InputError } from '../shared/core/inputError';
import { getCheckoutCall, readCheckout } from './wooshPay.contract';
import type { Row } from '../shared/items/row';
import type { WooshPayCredentials } from './wooshPay.requests';

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

export async function getWooshPayCheckout(row: Row<WooshPayCredentials>) {
	const checkoutId = row.text('checkoutId');
	if (checkoutId === '')
		throw new InputError(
			"'Checkout ID' is empty",
			'Map checkoutId from the node that created the checkout.',
		);
	const reply = await row.send(getCheckoutCall(checkoutId, row.credentials));
	return simplified(row, reply, () => readCheckout(reply, row.credentials, 'read'));
}
