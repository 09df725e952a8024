import type { INodeProperties } from 'n8n-workflow';
import { simplified } from '../shared/checkout/createCheckout';
import { InputError } from '../shared/core/inputError';
import type { Row } from '../shared/items/row';
import { getPriceCall, readPrice } from './wooshPay.catalog';
import type { WooshPayCredentials } from './wooshPay.requests';

export const priceIdFields: INodeProperties[] = [
	{
		displayName: 'Price ID',
		name: 'priceId',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. price_1554384814788837376',
		description: 'The ID that Create Price returned as priceId',
		displayOptions: { show: { resource: ['price'], operation: ['get', 'update'] } },
	},
];

export async function getWooshPayPrice(row: Row<WooshPayCredentials>) {
	const reply = await row.send(getPriceCall(readPriceId(row), row.credentials));
	return simplified(row, reply, () => readPrice(reply, 'read'));
}

export function readPriceId(row: Row<WooshPayCredentials>): string {
	const priceId = row.text('priceId');
	if (priceId === '')
		throw new InputError("'Price ID' is empty", 'Map priceId from the node that made the price.');
	return priceId;
}
