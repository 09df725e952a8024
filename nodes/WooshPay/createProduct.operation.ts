import type { INodeProperties } from 'n8n-workflow';
import { readUrl } from '../shared/core/urls';
import { readExtraFields } from '../shared/checkout/readCheckoutOrder';
import { readText } from '../shared/core/readText';
import { metadataField, readList, readMetadata } from './metadata.fields';
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
		options: [
			{
				displayName: 'Active',
				name: 'active',
				type: 'boolean',
				default: true,
				description: 'Whether it can be sold',
			},
			{
				displayName: 'Image URLs',
				name: 'images',
				type: 'string',
				default: '',
				placeholder: 'e.g. https://shop.example/tea.png',
				description: 'Addresses of pictures, comma-separated',
			},
			{ ...metadataField },
			{
				displayName: 'URL',
				name: 'url',
				type: 'string',
				default: '',
				placeholder: 'e.g. https://shop.example/tea',
				description: 'Page about it',
			},
		],
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
	const { active, images, metadata, url } = row.collection('additionalFields') as {
		active?: boolean;
		images?: unknown;
		metadata?: unknown;
		url?: unknown;
	};
	return {
		name,
		description: row.text('description') || null,
		active: active ?? null,
		images: readList(images, 'Image URLs').map((image) => readUrl(image, 'Image URLs') ?? ''),
		metadata: readMetadata(metadata),
		url: readText(url, 'URL') || null,
		extraFields: readExtraFields(row),
	};
}
