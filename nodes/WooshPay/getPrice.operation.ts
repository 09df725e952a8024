import type { INodeProperties } from 'n8n-workflow';
import { lookupOperation } from '../shared/items/operation';
import type { RowReader } from '../shared/items/rowReader';
import { getPriceCall, readPrice } from './wooshPay.catalog';

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

export const getWooshPayPrice = lookupOperation({
	read: readPriceId,
	call: getPriceCall,
	result: (reply) => readPrice(reply, 'read'),
});

/** @throws InputError when the field is empty */
export function readPriceId(row: RowReader): string {
	return row.required('priceId', 'Map priceId from the node that made the price.');
}
