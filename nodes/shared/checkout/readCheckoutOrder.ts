import type { IDataObject } from 'n8n-workflow';
import { isAbsoluteUrl, readUrl } from '../core/urls';
import { readCallbackAddress, type CallbackAddress } from '../core/callbackAddress';
import type { CheckoutOrder, LineItem } from '../core/contract';
import { isObject, readJsonField } from '../core/exactJson';
import { InputError } from '../core/inputError';
import {
	decimalsOf,
	decimalsToAdvise,
	readAmount,
	readUnitAmount,
	sumOfLineItems,
} from '../core/money';
import { isBlank, readText } from '../core/readText';
import { tooManyItems } from '../items/tooManyItems';
import type { RowReader } from '../items/rowReader';
import { quote } from '../core/quote';
import { refuseShopLineItem, type LineItemSource } from './shopLineItems';

const LINE_ITEM_NAMES = ['name', 'unitAmount', 'quantity', 'description', 'images', 'price'];

/** Where a provider differs from the others. */
export interface OrderReading {
	/** Absent: no checkout of the provider has a callback address of its own. */
	credentials?: CallbackAddress;
	/** That the provider states for the coin, where there is one. */
	coinDecimals?: number | undefined;
	/** Absent: an absolute http or https address. */
	readSuccessUrl?: typeof readUrl;
}

/** What the line items of one provider hold besides. */
export interface OwnMembers<Own extends object> {
	/** As they are called in an entry. */
	names: readonly string[];
	/** The one of them that tells what is sold in place of a name. */
	inPlaceOfName: string;
	/**
	 * @param field display name of the line item, for errors
	 * @throws InputError naming the member that is wrong
	 */
	read(entry: Record<string, unknown>, field: string): Own;
}

interface ItemReading<Own extends object> {
	own: OwnMembers<Own>;
	decimals: number;
}

/**
 * Reads the fields that Create Checkout has on every provider.
 *
 * @throws InputError naming the field that is wrong
 */
export function readCheckoutOrder(
	row: RowReader,
	reading: OrderReading & Required<Pick<OrderReading, 'credentials'>>,
): CheckoutOrder {
	return readCheckoutOrderWith({ names: [], inPlaceOfName: '', read: () => ({}) }, row, reading);
}

/** The same where a line item holds more than on every provider. */
export function readCheckoutOrderWith<Own extends object>(
	own: OwnMembers<Own>,
	row: RowReader,
	{ credentials = {}, coinDecimals, readSuccessUrl = readUrl }: OrderReading = {},
): CheckoutOrder & { lineItems: Array<LineItem & Own> } {
	const amountUnit = readAmountUnit(row);
	const decimals = decimalsToAdvise(coinDecimals ?? decimalsOf(row.text('currency'), amountUnit));
	const lineItems = readLineItems(row, { own, decimals });
	const currency = readCurrency(row);
	return {
		amount:
			lineItems === undefined
				? readAmount(row.value('amount'), 'Amount', decimals)
				: totalOf(lineItems),
		lineItems: lineItems ?? [],
		amountUnit,
		currency,
		reference: row.text('reference') || null,
		description: row.text('description') || null,
		successUrl: readSuccessUrl(row.value('successUrl', ''), 'Success URL'),
		cancelUrl: readUrl(row.value('cancelUrl', ''), 'Cancel URL'),
		callbackUrl: readCallbackUrl(row, credentials),
		extraFields: readExtraFields(row),
	};
}

/** `Currency`, as the provider spells it. */
export function readCurrency(row: RowReader): string {
	return row.required('currency', 'Enter a currency code, or map it from the input item.');
}

/** Null where the provider's own price list decides. */
function totalOf(lineItems: LineItem[]): string | null {
	if (lineItems.some((item) => item.price !== undefined)) return null;
	const total = sumOfLineItems(lineItems);
	if (!/[1-9]/.test(total))
		throw new InputError(
			"'Line Items' add up to zero",
			'Give one line at least a unit amount of more than zero.',
		);
	return total;
}

/** `Amount Unit`; major units where the form has no such field. */
export function readAmountUnit(row: RowReader): CheckoutOrder['amountUnit'] {
	return row.choice('amountUnit', ['major', 'smallest']);
}

/**
 * The address of `Callback`, else that of the credential; null when the provider's own setting is
 * used.
 *
 * @throws InputError when `Callback` asks for an address and there is none
 */
export function readCallbackUrl(row: RowReader, credentials: CallbackAddress): string | null {
	const kind = row.choice('callback', ['none', 'resumeExecution', 'url']);
	if (kind === 'resumeExecution') {
		const itemCount = row.itemCount();
		// Said here, too: later the links of checkouts that nobody can wait for would be with their
		// payers already.
		if (itemCount > 1) throw tooManyItems("'Callback: Resume This Execution'", itemCount);
		return row.resumeUrl();
	}
	const own = kind === 'url' ? readUrl(row.value('callbackUrl', ''), 'Callback URL') : null;
	const url = own ?? readCallbackAddress(credentials);
	if (url === null && kind === 'url') {
		throw new InputError(
			"'Callback URL' is empty",
			'Paste the Production URL of the trigger that receives the callback, here or once for all in the credential; open the trigger to copy it.',
		);
	}
	return url;
}

/** `Extra Request Fields` of the options; an empty object if nothing is given. */
export function readExtraFields(row: RowReader): IDataObject {
	const { extraFields } = row.collection('options');
	const extra = readJsonField(extraFields, 'Extra Request Fields') ?? {};
	if (!isObject(extra))
		throw new InputError(
			"'Extra Request Fields' is not a JSON object",
			'Enter an object such as {"field": "value"}.',
		);
	return extra as IDataObject;
}

/** Undefined when the order is one amount. */
function readLineItems<Own extends object>(
	row: RowReader,
	reading: ItemReading<Own>,
): Array<LineItem & Own> | undefined {
	const from = row.choice('amountFrom', ['amount', 'lineItems', 'lineItemsJson']);
	if (from === 'lineItems') {
		const { item = [] } = row.value('lineItems', {}) as { item?: unknown[] };
		if (item.length === 0)
			throw new InputError(
				"'Line Items' is empty",
				'Add at least one line item, or choose One Amount.',
			);
		return item.map((entry, index) =>
			readItem(entry, { field: `Line Items ${index + 1}`, saved: null, value: undefined }, reading),
		);
	}
	if (from === 'lineItemsJson') {
		const items = row.json('lineItemsJson', 'Line Items (JSON)');
		if (!Array.isArray(items))
			throw new InputError(
				"'Line Items (JSON)' is not a list",
				'Enter a JSON list such as [{"name": "Tea", "unitAmount": "12.50", "quantity": 2}].',
			);
		if (items.length === 0)
			throw new InputError(
				"'Line Items (JSON)' is empty",
				'Give at least one line item, or choose One Amount.',
			);
		const saved = savedText(row.saved('lineItemsJson'));
		const value = row.value('lineItemsJson', '');
		return items.map((entry, index) =>
			readItem(entry, { field: `Line Items (JSON) ${index + 1}`, saved, value }, reading),
		);
	}
	return undefined;
}

/** Of a JSON field, which is saved as a text; '' where somebody has put the list itself there. */
const savedText = (saved: unknown) => (typeof saved === 'string' ? saved : '');

function readItem<Own extends object>(
	given: unknown,
	source: LineItemSource,
	{ own, decimals }: ItemReading<Own>,
): LineItem & Own {
	const { field } = source;
	if (!isObject(given))
		throw new InputError(`'${field}' is not an object`, 'Give name, unitAmount and quantity.');
	const entry = withAdditionalFields(given, field);
	refuseShopLineItem(entry, source);
	const price = readText(entry.price, `${field}: Price ID`);
	const name = readText(entry.name, `${field}: Name`);
	const description = readText(entry.description, `${field}: Description`);
	if (name === '' && price === '' && isBlank(entry[own.inPlaceOfName]))
		throw new InputError(
			`'${field}: Name' is empty`,
			'Give each line item a name that the payer understands.',
		);
	if (price !== '' && !isBlank(entry.unitAmount)) {
		throw new InputError(
			`'${field}' has a Price ID and a Unit Amount`,
			'Remove one of them: a price ID brings its own amount.',
		);
	}
	const images = readImages(entry.images, `${field}: Images`);
	return {
		name,
		unitAmount:
			price === '' ? readUnitAmount(entry.unitAmount, `${field}: Unit Amount`, decimals) : '0',
		quantity: readQuantity(entry, field, own.names),
		...(description === '' ? {} : { description }),
		...(images.length === 0 ? {} : { images }),
		...(price === '' ? {} : { price }),
		...own.read(entry, field),
	};
}

/** The form keeps the rarer members in a collection; a JSON list has them beside the name. */
function withAdditionalFields(
	{ additionalFields, ...entry }: Record<string, unknown>,
	field: string,
): Record<string, unknown> {
	if (isBlank(additionalFields)) return entry;
	if (isObject(additionalFields)) return { ...entry, ...additionalFields };
	throw new InputError(
		`'${field}: Additional Fields' is not an object`,
		'Give its members beside the name, or an object that holds them.',
	);
}

/** A JSON list, or a text with commas or blanks between the addresses. */
function readImages(value: unknown, field: string): string[] {
	if (Array.isArray(value))
		return value.map((image) => readUrl(readText(image, field), field) ?? '');
	const images = readText(value, field)
		.split(/[\s,]+/)
		.filter(Boolean);
	const isCut = images.some((image) => !isAbsoluteUrl(image)) && isAbsoluteUrl(images[0] ?? '');
	if (isCut)
		throw new InputError(
			`'${field}' holds an address with a blank or comma in it, where the next one would begin`,
			'Write %20 in place of the blank and %2C in place of the comma.',
		);
	return images.map((image) => readUrl(image, field) ?? '');
}

/**
 * One where nothing at all is said. What was said under another name, or by a column that is empty,
 * must not be sold once.
 */
function readQuantity(
	item: Record<string, unknown>,
	field: string,
	ownNames: readonly string[],
): number {
	if (!('quantity' in item)) {
		const unknown = Object.keys(item).find(
			(name) => !LINE_ITEM_NAMES.includes(name) && !ownNames.includes(name),
		);
		if (unknown !== undefined)
			throw new InputError(
				`'${field}' has no quantity, but ${quote(unknown)}`,
				'Give it a member "quantity", spelled so, with the number of pieces: 1 for one.',
			);
		return 1;
	}
	const text =
		typeof item.quantity === 'number' || typeof item.quantity === 'string'
			? String(item.quantity).trim()
			: '';
	if (text === '')
		throw new InputError(
			`'${field}: Quantity' is empty`,
			'Enter 1, 2, 3 and so on, or map a field that holds a number.',
		);
	const quantity = Number(text);
	// Sheets and shops write two pieces as 2.00.
	if (!/^\d+(\.0+)?$/.test(text) || quantity < 1 || !Number.isSafeInteger(quantity)) {
		throw new InputError(
			`'${field}: Quantity' is not a whole number above zero: ${quote(text)}`,
			/^\d*\.\d*[1-9]/.test(text)
				? 'Sell what is weighed or measured as one piece: quantity 1, its whole price as the unit amount, and how much it is in the name.'
				: 'Enter 1, 2, 3 and so on; leave out a line of which nothing is sold.',
		);
	}
	return quantity;
}
