import type { INodeProperties } from 'n8n-workflow';
import { amountUnitField } from '../shared/checkout/checkoutFields';
import { allCurrencies, currencyField } from '../shared/items/currencies';
import { decimalsOf, readAmount } from '../shared/core/money';
import {
	readAmountUnit,
	readCurrency,
	readExtraFields,
} from '../shared/checkout/readCheckoutOrder';
import {
	newPriceOptions,
	productOptions,
	readNewPriceFields,
	readProductFields,
} from './priceAndProduct.fields';
import { createOperation } from '../shared/items/operation';
import type { RowReader } from '../shared/items/rowReader';
import { createPriceCall, readPrice, type PriceOrder } from './wooshPay.catalog';

const showOnlyForCreatePrice = { resource: ['price'], operation: ['create'] };

export const createPriceFields: INodeProperties[] = [
	{
		displayName: 'Product',
		name: 'productFrom',
		type: 'options',
		options: [
			{
				name: 'Existing',
				value: 'existing',
				description: 'The price is for a product that exists at WooshPay',
			},
			{ name: 'New', value: 'new', description: 'A product is made in the same call' },
		],
		default: 'existing',
		description: 'What the price is for',
		displayOptions: { show: showOnlyForCreatePrice },
	},
	{
		displayName: 'Product ID',
		name: 'productId',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. prod_1554351292598452224',
		description: 'The ID that Create Product returned as productId',
		displayOptions: { show: { ...showOnlyForCreatePrice, productFrom: ['existing'] } },
	},
	{
		displayName: 'Product Name',
		name: 'productName',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. Tea',
		description: 'What the payer reads',
		displayOptions: { show: { ...showOnlyForCreatePrice, productFrom: ['new'] } },
	},
	{
		displayName: 'Product Description',
		name: 'productDescription',
		type: 'string',
		default: '',
		description: 'More about it, for the payer',
		displayOptions: { show: { ...showOnlyForCreatePrice, productFrom: ['new'] } },
	},
	{
		displayName: 'Product Fields',
		name: 'productFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: productOptions,
		displayOptions: { show: { ...showOnlyForCreatePrice, productFrom: ['new'] } },
	},
	{
		displayName: 'Amount',
		name: 'amount',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 12.50',
		description:
			'The price of one, as text or a number. It is converted exactly and never rounded.',
		displayOptions: { show: showOnlyForCreatePrice },
	},
	{ ...amountUnitField, displayOptions: { show: showOnlyForCreatePrice } },
	{
		...currencyField,
		options: allCurrencies(),
		description: 'Three-letter code of the currency',
		displayOptions: { show: showOnlyForCreatePrice },
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: newPriceOptions,
		displayOptions: { show: showOnlyForCreatePrice },
	},
];

export const createWooshPayPrice = createOperation({
	read: readPriceOrder,
	call: createPriceCall,
	result: (reply) => readPrice(reply, 'create'),
});

function readPriceOrder(row: RowReader): PriceOrder {
	return {
		amount: readAmount(
			row.value('amount'),
			'Amount',
			decimalsOf(row.text('currency'), readAmountUnit(row)),
		),
		currency: readCurrency(row),
		amountUnit: readAmountUnit(row),
		product: readProductOfPrice(row),
		...readNewPriceFields(row.collection('additionalFields')),
		extraFields: readExtraFields(row),
	};
}

function readProductOfPrice(row: RowReader): PriceOrder['product'] {
	if (row.choice('productFrom', ['existing', 'new'], 'Product') === 'new') {
		return {
			name: row.required('productName', 'Give the product a name that the payer understands.'),
			description: row.text('productDescription') || null,
			...readProductFields(row.collection('productFields')),
		};
	}
	return row.required('productId', 'Map productId from the node that made the product.');
}
