import type { INodeProperties } from 'n8n-workflow';
import {
	amountInChosenUnitField,
	amountFromField,
	amountUnitField,
	cancelUrlField,
	descriptionField,
	lineItemAdditionalFields,
	lineItemAmountField,
	lineItemNameField,
	lineItemQuantityField,
	lineItemsField,
	lineItemsJsonField,
	moreLineItemFields,
	referenceField,
	successUrlField,
} from '../shared/checkout/checkoutFields';
import { allCurrencies, currencyField } from '../shared/items/currencies';
import { createCheckout } from '../shared/checkout/createCheckout';
import { InputError } from '../shared/core/inputError';
import { readDate } from '../shared/core/readDate';
import { readOption } from '../shared/core/readChoice';
import { readCheckoutOrderWith, type OwnMembers } from '../shared/checkout/readCheckoutOrder';
import { isBlank, readText } from '../shared/core/readText';
import { metadataField, readList, readMetadata } from './metadata.fields';
import {
	lineItemPriceOptions,
	lineItemProductOptions,
	readNewPriceFields,
	readProductFields,
} from './priceAndProduct.fields';
import { readCreateOptions } from './options.fields';
import { wooshPay, type WooshPayLineItem, type WooshPayOrder } from './wooshPay.contract';
import type { RowReader } from '../shared/items/rowReader';

const showOnlyForCreateCheckout = { resource: ['checkout'], operation: ['create'] };

/** In this order, and not in alphabetical order as n8n's linter would have it inside the collection. */
const lineItemFields: INodeProperties[] = [
	lineItemNameField,
	{ ...lineItemAmountField, description: 'Price of one, in the unit chosen below' },
	lineItemQuantityField,
	{
		...lineItemAdditionalFields,
		options: [
			...moreLineItemFields,
			{
				displayName: 'Price Fields',
				name: 'priceFields',
				type: 'collection',
				placeholder: 'Add Field',
				default: {},
				options: lineItemPriceOptions,
				description: 'More about its price, where it has a unit amount here',
			},
			{
				displayName: 'Price ID',
				name: 'price',
				type: 'string',
				default: '',
				placeholder: 'e.g. price_1554384814788837376',
				description: 'ID of a price that exists at WooshPay; name and unit amount stay empty then',
			},
			{
				displayName: 'Product Fields',
				name: 'productFields',
				type: 'collection',
				placeholder: 'Add Field',
				default: {},
				options: lineItemProductOptions,
				description: 'More about what is sold, where it has a name here',
			},
			{
				displayName: 'Product ID',
				name: 'productId',
				type: 'string',
				default: '',
				placeholder: 'e.g. prod_1554351292598452224',
				description:
					'ID of a product that exists at WooshPay; the name stays empty then, and the unit amount becomes a new price of it',
			},
		],
	},
];

export const createCheckoutFields: INodeProperties[] = [
	{ ...amountFromField },
	{ ...amountInChosenUnitField },
	{
		...lineItemsField,
		options: [
			{
				displayName: 'Line Item',
				name: 'item',
				values: lineItemFields,
			},
		],
	},
	{
		...lineItemsJsonField,
		description:
			'A list of objects with name, unitAmount (better as text) and quantity; with productId (the ID of a product that exists at WooshPay) in place of name, or with price (the ID of a price that exists there) in place of name and unitAmount',
	},
	{ ...amountUnitField },
	{
		...currencyField,
		options: allCurrencies(),
		description:
			'Three-letter code of the currency. Price IDs bring their own, which has to be the same.',
		displayOptions: { show: showOnlyForCreateCheckout },
	},
	{ ...referenceField },
	{ ...successUrlField, required: true },
	{ ...cancelUrlField, required: true },
	{ ...descriptionField },
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: [
			{
				displayName: 'Billing Address',
				name: 'billingAddressCollection',
				type: 'options',
				options: [
					{ name: 'Auto', value: 'auto', description: 'Asked for where the payment needs it' },
					{ name: 'Required', value: 'required', description: 'Always asked for' },
				],
				default: 'auto',
				description: 'Whether the payment page asks for the billing address',
			},
			{
				displayName: 'Capture',
				name: 'captureMethod',
				type: 'options',
				options: [
					{ name: 'Automatic', value: 'automatic', description: 'Paying takes the money' },
					{
						name: 'Manual',
						value: 'manual',
						description:
							'Paying only authorizes it; it is paid once Capture a Payment has taken it, within about seven days',
					},
				],
				default: 'automatic',
				description: 'When the money is taken',
			},
			{
				displayName: 'Customer Email',
				name: 'customerEmail',
				type: 'string',
				default: '',
				placeholder: 'e.g. name@email.com',
				description: 'Email address of the payer',
			},
			{
				displayName: 'Expires At',
				name: 'expiresAt',
				type: 'dateTime',
				default: '',
				description:
					'When the checkout expires, in the time zone of the workflow; 24 hours from now if left empty. How WooshPay reads it is not documented: compare expiresAt in the output.',
			},
			{
				displayName: 'Merchant User ID',
				name: 'merchantUserId',
				type: 'string',
				default: '',
				placeholder: 'e.g. customer-77',
				description: 'Your own ID of the customer, kept with the payment',
			},
			{
				...metadataField,
				description: 'Texts of your own; WooshPay keeps them with the checkout and the payment',
			},
			{
				displayName: 'Payment Methods',
				name: 'paymentMethodTypes',
				type: 'string',
				default: '',
				placeholder: 'e.g. card, alipay',
				description:
					"WooshPay's names of the methods to offer, comma-separated. Leave empty to offer all of your account.",
			},
		],
		displayOptions: { show: showOnlyForCreateCheckout },
	},
];

export const createWooshPayCheckout = createCheckout(wooshPay, readOrder);

function readOrder(row: RowReader): WooshPayOrder {
	const more = row.collection('additionalFields');
	return {
		...readCheckoutOrderWith(ownMembers, row),
		...readCreateOptions(row),
		metadata: readMetadata(more.metadata),
		captureMethod: readOption(more.captureMethod, 'Capture', ['automatic', 'manual']),
		customerEmail: readText(more.customerEmail, 'Customer Email') || null,
		expiresAt: readExpiry(more.expiresAt, row.timezone()),
		billingAddressCollection: readOption(more.billingAddressCollection, 'Billing Address', [
			'auto',
			'required',
		]),
		merchantUserId: readText(more.merchantUserId, 'Merchant User ID') || null,
		paymentMethodTypes: readList(more.paymentMethodTypes, 'Payment Methods'),
	};
}

const ownMembers: OwnMembers<Pick<WooshPayLineItem, 'productId' | 'product' | 'priceFields'>> = {
	names: ['productId', 'productFields', 'priceFields'],
	inPlaceOfName: 'productId',
	read(entry, field) {
		const has = (name: string) => isFilledIn(entry[name]);
		if (has('price'))
			refuseBeside(
				field,
				'Price ID',
				MADE_WITH_A_PRICE.filter(([name]) => has(name)),
			);
		if (!has('productId'))
			return {
				product: readProductFields(entry.productFields, field),
				priceFields: readNewPriceFields(entry.priceFields, field),
			};
		refuseBeside(
			field,
			'Product ID',
			MADE_WITH_A_PRODUCT.filter(([name]) => has(name)),
		);
		return {
			productId: readText(entry.productId, `${field}: Product ID`),
			priceFields: readNewPriceFields(entry.priceFields, field),
		};
	},
};

const MADE_WITH_A_PRODUCT = [
	['name', 'Name'],
	['description', 'Description'],
	['images', 'Image URLs'],
	['productFields', 'Product Fields'],
] as const;

const MADE_WITH_A_PRICE = [
	['productId', 'Product ID'],
	['productFields', 'Product Fields'],
	['priceFields', 'Price Fields'],
] as const;

/** A collection to which nothing was added is an empty object, and a JSON list may be empty, too. */
function isFilledIn(value: unknown): boolean {
	return typeof value === 'object' && value !== null
		? Object.keys(value).length > 0
		: !isBlank(value);
}

/** What exists keeps what it has: what is given beside its ID would be left out without a word. */
function refuseBeside(
	field: string,
	id: string,
	[given]: ReadonlyArray<readonly [string, string]>,
): void {
	if (given === undefined) return;
	const [, name] = given;
	throw new InputError(
		`'${field}' has a ${id} and '${name}'`,
		`Remove one of them: what has the ${id} keeps what it has at WooshPay.`,
	);
}

function readExpiry(value: unknown, zone: string): Date | null {
	if (isBlank(value)) return null;
	const time = readDate(value, 'Expires At', zone);
	if (time.getTime() <= Date.now())
		throw new InputError(
			`'Expires At' is not in the future: ${time.toISOString()}`,
			'Give a later time, or remove the field: a checkout can be paid for 24 hours then.',
		);
	return time;
}
