import type { INodeProperties } from 'n8n-workflow';
import { isObject } from '../shared/core/exactJson';
import { InputError } from '../shared/core/inputError';
import { omitNull } from '../shared/core/omitNull';
import { readOption } from '../shared/core/readChoice';
import { readCount } from '../shared/core/readCount';
import { isBlank, readText } from '../shared/core/readText';
import { readUrl } from '../shared/core/urls';
import { metadataField, readList, readMetadata } from './metadata.fields';
import type { NewPriceFields, PriceFields, ProductDetails } from './wooshPay.priceData';

/*
 * What a price and a product can have, wherever they are made: by an operation of their own, with a
 * price, or in a line item.
 */

const activeOfPriceField: INodeProperties = {
	displayName: 'Active',
	name: 'active',
	type: 'boolean',
	default: true,
	description: 'Whether it can be used for checkouts',
};

const activeOfProductField: INodeProperties = {
	displayName: 'Active',
	name: 'active',
	type: 'boolean',
	default: true,
	description: 'Whether it can be sold',
};

const billingSchemeField: INodeProperties = {
	displayName: 'Billing Scheme',
	name: 'billingScheme',
	type: 'options',
	options: [
		{ name: 'Per Unit', value: 'per_unit', description: 'Each piece costs the same' },
		{
			name: 'Tiered',
			value: 'tiered',
			description: 'How tiers are sent is not documented: enter them in Extra Request Fields',
		},
	],
	default: 'per_unit',
	description: 'How the price is counted',
};

const imagesField: INodeProperties = {
	displayName: 'Image URLs',
	name: 'images',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://shop.example/tea.png',
	description: 'Addresses of pictures, comma-separated',
};

const lookupKeyField: INodeProperties = {
	displayName: 'Lookup Key',
	name: 'lookupKey',
	type: 'string',
	default: '',
	description: 'A name of your own for the price, 200 characters at the most',
};

const nicknameField: INodeProperties = {
	displayName: 'Nickname',
	name: 'nickname',
	type: 'string',
	default: '',
	description: 'A note that payers do not see',
};

const urlField: INodeProperties = {
	displayName: 'URL',
	name: 'url',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://shop.example/tea',
	description: 'Page about it',
};

const recurringFields: INodeProperties[] = [
	{
		displayName: 'Recurring Interval',
		name: 'recurringInterval',
		type: 'options',
		options: [
			{ name: 'Day', value: 'day' },
			{ name: 'Month', value: 'month' },
			{ name: 'Week', value: 'week' },
			{ name: 'Year', value: 'year' },
		],
		default: 'month',
		description:
			'How often it is charged; leave it out for a price that is paid once. Whether a checkout takes such a price is not documented.',
	},
	{
		displayName: 'Recurring Interval Count',
		name: 'recurringIntervalCount',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 1,
		description: 'How many intervals lie between two charges, such as 3 for each third month',
	},
];

/** What can be given at first and changed later. */
export const priceOptions: INodeProperties[] = [
	activeOfPriceField,
	lookupKeyField,
	{ ...metadataField },
	nicknameField,
];

/** What a price in a line item can have. */
export const lineItemPriceOptions: INodeProperties[] = [
	activeOfPriceField,
	billingSchemeField,
	lookupKeyField,
	{ ...metadataField },
	nicknameField,
];

/** What a price by itself can have. */
export const newPriceOptions: INodeProperties[] = [...lineItemPriceOptions, ...recurringFields];

/** What a product in a line item can have, which has pictures of its own. */
export const lineItemProductOptions: INodeProperties[] = [
	activeOfProductField,
	{ ...metadataField },
	urlField,
];

/** What a product by itself, or with a price, can have. */
export const productOptions: INodeProperties[] = [
	activeOfProductField,
	imagesField,
	{ ...metadataField },
	urlField,
];

/**
 * The fields of a price that can be given at first and changed later.
 *
 * @param where display name of the line item they are in, for errors
 */
export function readPriceFields(given: unknown, where?: string): PriceFields {
	const { active, nickname, lookupKey, metadata } = membersOf(given, 'Price Fields', where);
	const entries = readMetadata(metadata, where);
	return omitNull({
		active: readSwitch(active, inside(where, 'Active')),
		nickname: readText(nickname, inside(where, 'Nickname')) || null,
		lookupKey: readText(lookupKey, inside(where, 'Lookup Key')) || null,
		metadata: Object.keys(entries).length === 0 ? null : entries,
	});
}

/** Those of a new price; as above. */
export function readNewPriceFields(given: unknown, where?: string): NewPriceFields {
	const { billingScheme, recurringInterval, recurringIntervalCount } = membersOf(
		given,
		'Price Fields',
		where,
	);
	return omitNull({
		...readPriceFields(given, where),
		billingScheme: readOption<'per_unit' | 'tiered'>(
			billingScheme,
			inside(where, 'Billing Scheme'),
			['per_unit', 'tiered'],
		),
		recurring: readRecurring(recurringInterval, recurringIntervalCount),
	});
}

function readRecurring(givenInterval: unknown, givenCount: unknown) {
	const interval = readOption(givenInterval, 'Recurring Interval', [
		'day',
		'week',
		'month',
		'year',
	]);
	const intervalCount = isBlank(givenCount)
		? null
		: readCount(givenCount, 'Recurring Interval Count', 'Enter 1, 2, 3 and so on.');
	if (interval !== null) return { interval, ...omitNull({ intervalCount }) };
	if (intervalCount === null) return null;
	throw new InputError(
		"'Recurring Interval Count' needs a 'Recurring Interval'",
		"Add 'Recurring Interval', or remove the count.",
	);
}

/** What describes a product besides its name and description; as above. */
export function readProductFields(
	given: unknown,
	where?: string,
): Omit<ProductDetails, 'name' | 'description'> {
	const { active, images, metadata, url } = membersOf(given, 'Product Fields', where);
	const imagesName = inside(where, 'Image URLs');
	return {
		active: readSwitch(active, inside(where, 'Active')),
		images: readList(images, imagesName).map((image) => readUrl(image, imagesName) ?? ''),
		metadata: readMetadata(metadata, where),
		url: readText(url, inside(where, 'URL')) || null,
	};
}

function membersOf(given: unknown, field: string, where?: string): Record<string, unknown> {
	if (isBlank(given)) return {};
	if (isObject(given)) return given;
	throw new InputError(
		`'${inside(where, field)}' is not an object`,
		'Give an object with the fields of the form by their names in it.',
	);
}

/** Null where it was not added. An expression may give the words. */
function readSwitch(given: unknown, field: string): boolean | null {
	if (isBlank(given)) return null;
	if (typeof given === 'boolean') return given;
	return readOption(given, field, ['true', 'false']) === 'true';
}

const inside = (where: string | undefined, field: string) =>
	where === undefined ? field : `${where}: ${field}`;
