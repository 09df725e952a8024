import type { HttpCall } from './contract';
import { InputError } from './inputError';
import { quote } from './quote';

/**
 * Deeper than any provider's message by far; beyond it, n8n's own copying of items overflows the
 * stack.
 */
const MAXIMUM_DEPTH = 100;

/**
 * A number with 16 digits or more, a zero at the end of the decimals, below a millionth (shown as
 * `1e-7`), with an exponent, or a negative zero. Inside of JSON a number stands behind one of three
 * signs; what a text may hold of this is told apart afterwards.
 */
const SUSPICIOUS_NUMBER =
	/[:[,]\s*-?(?:\d{16}|[\d.]{17}|\d+\.\d*0(?!\d)|\d+\.0{6}|[\d.]+[eE]|(?<=-)0)/;

/** Whether a JavaScript number shows this literal again exactly as it was written. */
function survives(literal: string): boolean {
	return String(Number(literal)) === literal;
}

/**
 * Reads JSON so that nothing of a number is lost: `1.0`, `5.50`, `1e3` and integers beyond 2^53
 * become text, as written. Of duplicate keys the last one counts, as in JSON.parse.
 *
 * @returns the value, or undefined if the text is not JSON or nested deeper than 100 levels
 */
export function readJson(text: string): unknown {
	try {
		const value: unknown = JSON.parse(text);
		if (nestedDeeperThan(value, MAXIMUM_DEPTH)) return undefined;
		if (typeof value !== 'number' && !SUSPICIOUS_NUMBER.test(text)) return value;
		return JSON.parse(
			mapNumbers(text, (literal) => (survives(literal) ? literal : `"${literal}"`)),
		);
	} catch {
		return undefined;
	}
}

/** The same of bytes; undefined where they are not UTF-8. */
export function readJsonBytes(bytes: Buffer): unknown {
	return readJson(readUtf8(bytes) ?? '');
}

/**
 * The text with each of its numbers replaced.
 *
 * @param text valid JSON, so that outside of strings whatever looks like a number is a whole one
 */
function mapNumbers(text: string, map: (literal: string) => string): string {
	const quoteOrNumber = /"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
	const parts: string[] = [];
	let end = 0;
	for (let found; (found = quoteOrNumber.exec(text)) !== null;) {
		const [token] = found;
		if (token === '"') {
			quoteOrNumber.lastIndex = endOfString(text, found.index + 1);
			continue;
		}
		parts.push(text.slice(end, found.index), map(token));
		end = quoteOrNumber.lastIndex;
	}
	return parts.join('') + text.slice(end);
}

/**
 * Behind the quote that ends a string. Not by a pattern: one that repeats a choice overflows the
 * stack at some megabytes.
 */
function endOfString(text: string, start: number): number {
	for (let at = start; at < text.length; at++) {
		if (text[at] === '"') return at + 1;
		if (text[at] === '\\') at += 1;
	}
	return text.length;
}

/** Looks no deeper than asked for, however deep the sender has nested it. */
function nestedDeeperThan(value: unknown, levels: number): boolean {
	if (typeof value !== 'object' || value === null) return false;
	if (levels === 0) return true;
	if (Array.isArray(value)) return value.some((entry) => nestedDeeperThan(entry, levels - 1));
	for (const name in value)
		if (nestedDeeperThan((value as Record<string, unknown>)[name], levels - 1)) return true;
	return false;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Strict: bytes that are not UTF-8 are refused instead of being replaced, so that what is parsed is
 * what was signed.
 */
export function readUtf8(bytes: Buffer): string | undefined {
	const text = bytes.toString('utf8');
	// Only where the character that stands for wrong bytes is in the text can there be any; the
	// strict way takes several times as long.
	if (!text.includes('\ufffd')) return text;
	try {
		return strictUtf8.decode(bytes);
	} catch {
		return undefined;
	}
}

/** An object that is no list and not null. */
export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value if it is text or a number, as text; null for everything else and for empty text. */
export function textOrNull(value: unknown): string | null {
	if (typeof value === 'string') return value === '' ? null : value;
	if (typeof value === 'number' || typeof value === 'bigint') return String(value);
	return null;
}

/** A number to be written into JSON exactly as this decimal text. */
export class ExactNumber {
	constructor(readonly text: string) {
		if (!/^-?\d+(\.\d+)?$/.test(text)) throw new Error('not a decimal number');
	}
}

/**
 * Writes JSON (undefined members left out, keys in the order given); an `ExactNumber` appears as a
 * number with just its digits.
 */
export function writeJson(value: unknown): string {
	// A mark that occurs nowhere in the value: a text that looked like one would come out as a
	// number.
	const plain = JSON.stringify(value, (_key, member: unknown) =>
		member instanceof ExactNumber ? member.text : member,
	);
	let mark = 'exact:';
	while (plain.includes(mark)) mark += mark;
	const text = JSON.stringify(value, (_key, member: unknown) =>
		member instanceof ExactNumber ? `${mark}${member.text}` : member,
	);
	return text.replace(new RegExp(`"${mark}(-?\\d+(?:\\.\\d+)?)"`, 'g'), '$1');
}

/**
 * Merges `extra` over `body` as a JSON Merge Patch (RFC 7396): objects member by member, `null`
 * takes a member out, everything else is replaced. Neither is changed.
 */
export function mergeExtraFields(
	body: Record<string, unknown>,
	extra: Record<string, unknown>,
): Record<string, unknown> {
	const merged: Record<string, unknown> = { ...body };
	for (const [key, value] of Object.entries(extra)) {
		if (value === null) {
			Reflect.deleteProperty(merged, key);
			continue;
		}
		const present = Object.hasOwn(merged, key) ? merged[key] : undefined;
		// defineProperty: a key named __proto__ must be data, not a prototype.
		Object.defineProperty(merged, key, {
			value: isMembers(value) ? mergeExtraFields(isMembers(present) ? present : {}, value) : value,
			enumerable: true,
			writable: true,
			configurable: true,
		});
	}
	return merged;
}

/** An exact number is one value, whatever it is made of. */
const isMembers = (value: unknown): value is Record<string, unknown> =>
	isObject(value) && !(value instanceof ExactNumber);

/**
 * Reads a JSON field of the form, which n8n hands over as text or already parsed.
 *
 * @param field display name, for the error
 */
export function readJsonField(value: unknown, field: string): unknown {
	if (typeof value !== 'string') return value;
	if (value.trim() === '') return undefined;
	const parsed = parse(value);
	if ('problem' in parsed)
		throw new InputError(
			`'${field}' is not valid JSON: ${parsed.problem}`,
			'Correct the JSON; texts and names need double quotes.',
		);
	let changed: string | undefined;
	mapNumbers(value, (literal) => {
		if (!keepsItsValue(literal)) changed ??= literal;
		return literal;
	});
	if (changed !== undefined)
		throw new InputError(
			`'${field}' holds a number that would not be sent as it is written: ${quote(changed)}`,
			'Write it as a text, in double quotes.',
		);
	return parsed.value;
}

/** Longer than any that a JavaScript number can hold exactly is written by people. */
const LONGEST_NUMBER = 400;

/**
 * Whether a JavaScript number has exactly the value of this literal: any with up to 15 digits has.
 */
function keepsItsValue(literal: string): boolean {
	if (survives(literal)) return true;
	if (literal.length > LONGEST_NUMBER) return false;
	const digits = literal.replace(/[eE].*|[-.]/g, '').replace(/^0+|0+$/g, '');
	return (
		digits === '' ||
		(digits.length <= 15 && Number.isFinite(Number(literal)) && Number(literal) !== 0)
	);
}

function parse(text: string): { value: unknown } | { problem: string } {
	try {
		return { value: JSON.parse(text) as unknown };
	} catch (error) {
		return { problem: (error as Error).message };
	}
}

/**
 * The JSON object that a call has sent, `Extra Request Fields` included; empty where it sent none.
 */
export function sentBody({ body = '' }: HttpCall): Record<string, unknown> {
	const sent = readJson(body);
	return isObject(sent) ? sent : {};
}
