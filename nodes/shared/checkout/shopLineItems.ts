import { InputError } from '../core/inputError';
import { quote } from '../core/quote';

type Entry = Record<string, unknown>;

/** Where a line item comes from, for an error that says how to map it. */
export interface LineItemSource {
	/** Display name of the line item. */
	field: string;
	/** The JSON field as it is saved, expressions not evaluated; null where the line stands in the form. */
	saved: string | null;
	/** What n8n made of it. */
	value: unknown;
}

/** What shops and sheets call `name`, `unitAmount` and `quantity`: lower case, letters only. */
const ALIASES = {
	name: ['name', 'title', 'productname', 'producttitle', 'lineitemname', 'product', 'item'],
	unitAmount: ['unitamount', 'price', 'unitprice', 'lineitemprice', 'itemprice', 'amount', 'cost'],
	quantity: ['quantity', 'qty', 'lineitemquantity', 'count', 'pieces', 'pcs'],
} as const;
type Member = keyof typeof ALIASES;

/**
 * Refuses a line item in the shape of a shop or a sheet, whose `price` is the price of one and not
 * the ID of a price, and says what to write in its place.
 *
 * @throws InputError for such a one; what else is wrong with a line item is not looked at
 */
export function refuseShopLineItem(entry: Entry, source: LineItemSource): void {
	const name = memberCalled('name', entry, isFilledIn);
	const amount = memberCalled('unitAmount', entry, isAmount);
	if (name === undefined || amount === undefined) return;
	if (name === 'name' && amount === 'unitAmount') return;
	const quantity = memberCalled('quantity', entry, isFilledIn);
	throw new InputError(
		`'${source.field}' is ${shapeOf(entry, amount)}: its price is in ${quote(amount)}`,
		howToMap({ name, amount, quantity }, entry, source),
	);
}

/** The member as it is called here if it is there, else the first that means it. */
function memberCalled(
	member: Member,
	entry: Entry,
	holdsIt: (value: unknown) => boolean,
): string | undefined {
	if (holdsIt(entry[member])) return member;
	const candidates = Object.keys(entry).filter((key) => holdsIt(entry[key]));
	return ALIASES[member]
		.map((alias) => candidates.find((key) => key.toLowerCase().replace(/[^a-z]/g, '') === alias))
		.find((key) => key !== undefined);
}

function isFilledIn(value: unknown): boolean {
	return typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
}

/** A number, in any spelling and with its currency beside it, as the ID of a price is none. */
function isAmount(value: unknown): boolean {
	if (!isFilledIn(value)) return false;
	const number = String(value)
		.replace(/^\s*(\p{Sc}|[A-Z]{3}\s)|(\p{Sc}|\s[A-Z]{3})\s*$/gu, '')
		.trim();
	return /^-?\d+([.,]\d+)*$/.test(number);
}

const isOfWooCommerce = (entry: Entry) => 'product_id' in entry && 'subtotal' in entry;

function shapeOf(entry: Entry, amount: string): string {
	if (isOfWooCommerce(entry)) return 'a WooCommerce line item';
	if (amount === 'price' && 'title' in entry && 'quantity' in entry) return 'a Shopify line item';
	return 'called otherwise than here';
}

interface Found {
	name: string;
	amount: string;
	quantity: string | undefined;
}

function howToMap(found: Found, entry: Entry, { saved, value }: LineItemSource): string {
	if (saved === null) return "Enter it as 'Unit Amount', and leave 'Price ID' empty.";
	const [, expression] = /^=\s*\{\{((?:(?!\{\{)[^])*)\}\}\s*$/.exec(saved) ?? [];
	if (expression === undefined) return renaming(found);
	const list =
		typeof value === 'string' ? `JSON.parse(${expression.trim()})` : `(${expression.trim()})`;
	return `Enter this expression: {{ ${list}.map(entry => ({ ${mapping(found, entry)} })) }}. Shipping, tax and discounts of the order are not in it; to charge the order's total, choose One Amount.`;
}

function mapping({ name, amount, quantity }: Found, entry: Entry): string {
	// Its price of one is a computed number with any decimals; the text of the whole line is exact.
	if (isOfWooCommerce(entry) && isAmount(entry.total))
		return "name: entry.quantity + ' × ' + entry.name, unitAmount: entry.total, quantity: 1";
	return [
		`name: ${memberOf(name)}`,
		`unitAmount: ${memberOf(amount)}`,
		`quantity: ${quantity === undefined ? '1' : memberOf(quantity)}`,
	].join(', ');
}

const memberOf = (key: string) =>
	/^[A-Za-z_]\w*$/.test(key) ? `entry.${key}` : `entry[${JSON.stringify(key)}]`;

function renaming({ name, amount, quantity }: Found): string {
	const names = [
		[name, 'name'],
		[amount, 'unitAmount'],
		[quantity ?? 'quantity', 'quantity'],
	].filter(([from, to]) => from !== to);
	return `Write ${names.map(([from, to]) => `"${to}" in place of "${from}"`).join(', ')}.`;
}
