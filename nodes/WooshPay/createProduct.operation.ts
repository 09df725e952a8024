import type { INodeProperties } from 'n8n-workflow';
import { readExtraFields } from '../shared/checkout/readCheckoutOrder';
import { productOptions, readProductFields } from './priceAndProduct.fields';
import { createOperation } from '../shared/items/operation';
import type { RowReader } from '../shared/items/rowReader';
import { createProductCall, readProduct, type ProductOrder } from './wooshPay.catalog';

const showOnlyForCreateProduct = { resource: ['product'], operation: ['create'] };

export const createProductFields: INodeProperties[] = [
	{
		displayName: 'Name',
		name: 'name',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. Tea',
		description: 'What the payer reads',
		displayOptions: { show: showOnlyForCreateProduct },
	},
	{
		displayName: 'Description',
		name: 'description',
		type: 'string',
		default: '',
		placeholder: 'e.g. A box of twenty bags',
		description: 'More about it, for the payer',
		displayOptions: { show: showOnlyForCreateProduct },
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: productOptions,
		displayOptions: { show: showOnlyForCreateProduct },
	},
];

export const createWooshPayProduct = createOperation({
	read: readProductOrder,
	call: createProductCall,
	result: readProduct,
});

function readProductOrder(row: RowReader): ProductOrder {
	const name = row.required('name', 'Give the product a name that the payer understands.');
	return {
		name,
		description: row.text('description') || null,
		...readProductFields(row.collection('additionalFields')),
		extraFields: readExtraFields(row),
	};
}
