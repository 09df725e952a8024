import type { INodeProperties } from 'n8n-workflow';
import { InputError } from '../shared/core/inputError';
import { priceOptions, readPriceFields } from './priceAndProduct.fields';
import { readPriceId } from './getPrice.operation';
import { changeOperation } from '../shared/items/operation';
import type { RowReader } from '../shared/items/rowReader';
import { readPrice, updatePriceCall, type PriceUpdate } from './wooshPay.catalog';

export const updatePriceFields: INodeProperties[] = [
	{
		displayName: 'Update Fields',
		name: 'updateFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		description:
			'What to change; the rest stays as it is. The amount of a price cannot be changed: make another price.',
		options: priceOptions,
		displayOptions: { show: { resource: ['price'], operation: ['update'] } },
	},
];

export const updateWooshPayPrice = changeOperation({
	read: readPriceUpdate,
	call: updatePriceCall,
	result: (reply) => readPrice(reply, 'update'),
});

function readPriceUpdate(row: RowReader): PriceUpdate {
	const fields = readPriceFields(row.collection('updateFields'));
	if (Object.keys(fields).length === 0)
		throw new InputError("'Update Fields' is empty", 'Add the field that shall be changed.');
	return { priceId: readPriceId(row), fields };
}
