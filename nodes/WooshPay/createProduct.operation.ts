import type { INodeProperties } from 'n8n-workflow';
import { readUrl } from '../shared/core/urls';
import { simplifiedIfCreated } from '../shared/checkout/createCheckout';
import { InputError } from '../shared/core/inputError';
import { readExtraFields } from '../shared/checkout/readCheckoutOrder';
import { readText } from '../shared/core/readText';
import { metadataField, readList, readMetadata } from './metadata.fields';
import type { Row } from '../shared/items/row';
import { createProductCall, readProduct } from './wooshPay.catalog';
import type { WooshPayCredentials } from './wooshPay.requests';

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

export async function createWooshPayProduct(row: Row<WooshPayCredentials>) {
	const name = row.text('name');
	if (name === '')
		throw new InputError("'Name' is empty", 'Give the product a name that the payer understands.');
	const { active, images, metadata, url } = row.collection('additionalFields') as {
		active?: boolean;
		images?: unknown;
		metadata?: unknown;
		url?: unknown;
	};
	const product = {
		name,
		description: row.text('description') || null,
		active: active ?? null,
		images: readList(images, 'Image URLs').map((image) => readUrl(image, 'Image URLs') ?? ''),
		metadata: readMetadata(metadata),
		url: readText(url, 'URL') || null,
	};
	const call = createProductCall(product, readExtraFields(row), row.credentials);
	return await row.make(null, async () => {
		const reply = await row.send(call);
		return simplifiedIfCreated(row, reply, () => readProduct(reply));
	});
}
