import { isSafeObjectProperty, type IDataObject } from 'n8n-workflow';

/**
 * Reads a parameter for one row without n8n's engine, which takes 0.4 ms for each expression; this
 * takes a microsecond. Undefined where the row holds something that only n8n can read as it does.
 */
export type ColumnReader = (row: IDataObject) => unknown;

/**
 * The reader of a parameter that holds nothing but fixed values and plain columns, as
 * `={{ $json.amount }}` and `={{ $json["Amount (USD)"] }}`: in its collections and their rows, too.
 * It gives what n8n's evaluation gives (`test/support/columnCases.ts` holds it against n8n's
 * engines).
 *
 * @param saved the parameter as it is saved (`getNode().parameters`)
 * @returns undefined where any of its expressions is something else
 */
export function columnReader(saved: unknown): ColumnReader | undefined {
	if (typeof saved === 'string' && saved.startsWith('=')) return readerOfColumn(saved);
	if (Array.isArray(saved)) return readerOfList(saved);
	if (typeof saved === 'object' && saved !== null) return readerOfMembers(saved);
	return saved === undefined ? undefined : () => saved;
}

function readerOfList(saved: readonly unknown[]): ColumnReader | undefined {
	const readers: ColumnReader[] = [];
	for (const entry of saved) {
		const reader = columnReader(entry);
		if (reader === undefined) return undefined;
		readers.push(reader);
	}
	return (row) => {
		const values = readers.map((read) => read(row));
		return values.includes(undefined) ? undefined : values;
	};
}

/** A new object for each row, as n8n makes it. */
function readerOfMembers(saved: object): ColumnReader | undefined {
	const names = Object.keys(saved);
	if (!names.every(isPlainName)) return undefined;
	const readValues = readerOfList(Object.values(saved));
	if (readValues === undefined) return undefined;
	return (row) => {
		const values = readValues(row) as unknown[] | undefined;
		return values && Object.fromEntries(names.map((name, index) => [name, values[index]]));
	};
}

/**
 * Blanks outside the braces make the value a text, so they are no part of it. A name in quotes
 * has neither of the signs that end it or the expression, nor one that escapes another.
 */
const NAME =
	/\.([A-Za-z_]\w*)|\["([^"\\{}\p{Cc}\p{Cs}\u2028\u2029]+)"\]|\['([^'\\{}\p{Cc}\p{Cs}\u2028\u2029]+)'\]/u;
const COLUMN = new RegExp(`^=\\{\\{\\s*\\$json((?:${NAME.source})+)\\s*\\}\\}$`, 'u');

function readerOfColumn(saved: string): ColumnReader | undefined {
	const path = COLUMN.exec(saved)?.[1];
	if (path === undefined) return undefined;
	const names = [...path.matchAll(new RegExp(NAME, 'gu'))].map(
		([, afterDot, inDoubleQuotes, inQuotes]) => (afterDot ?? inDoubleQuotes ?? inQuotes) as string,
	);
	return names.every(isPlainName) ? (row) => valueAt(row, names) : undefined;
}

/**
 * n8n refuses names that reach the engine itself, and each text in which `constructor` stands behind
 * a dot, in quotes, too (`resolveSimpleParameterValue` in n8n-workflow's expression.ts). What
 * objects inherit is no column.
 */
function isPlainName(name: string): boolean {
	return isSafeObjectProperty(name) && !(name in Object.prototype) && !name.includes('constructor');
}

function valueAt(row: IDataObject, names: readonly string[]): unknown {
	let value: unknown = row;
	for (const name of names) {
		if (!isPlainObject(value) || !Object.hasOwn(value, name)) return undefined;
		value = value[name];
	}
	return ['string', 'number', 'boolean'].includes(typeof value) ? value : undefined;
}

/** Neither a list nor of a class, such as a date: n8n gives members of these in its own way. */
function isPlainObject(value: unknown): value is IDataObject {
	if (typeof value !== 'object' || value === null) return false;
	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype !== null && Object.getPrototypeOf(prototype) === null;
}
