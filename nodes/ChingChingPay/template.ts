/**
 * How a text is put together that is signed or sent: written text, and parts in braces. No page says
 * which of them ChingChingPay wants; these are what payment services sign.
 */
export type Part =
	| 'body'
	| 'sortedPairs'
	| 'sortedJson'
	| 'method'
	| 'path'
	| 'apiPath'
	| 'pathAndQuery'
	| 'query'
	| 'key'
	| 'secret'
	| 'timestamp'
	| 'timestampMilliseconds'
	| 'nonce';

/** The parts that may stand in a header: a secret is never sent, and a body may be longer. */
export const HEADER_PARTS: readonly Part[] = [
	'key',
	'method',
	'path',
	'apiPath',
	'pathAndQuery',
	'query',
	'timestamp',
	'timestampMilliseconds',
	'nonce',
];

export const PARTS: readonly Part[] = [
	'body',
	'sortedPairs',
	'sortedJson',
	'secret',
	...HEADER_PARTS,
];

/** What is different in each request; the other side has to be told it. */
export const STAMPS = ['timestamp', 'timestampMilliseconds', 'nonce'] as const;
export type Stamp = (typeof STAMPS)[number];

export type Piece = { text: string } | { part: Part };

/** A header that is sent besides the documented ones. */
export interface FurtherHeader {
	/** In lower case. */
	name: string;
	value: Piece[];
}

/** Names that the documentation or HTTP itself gives a meaning. */
const TAKEN_NAMES = [
	'x-api-key',
	'x-signature',
	'content-type',
	'content-length',
	'transfer-encoding',
	'connection',
	'host',
];
const MOST_HEADERS = 10;

/**
 * The pieces of a template; `\n` in it is a line break.
 *
 * @returns `wrongAt`: the number of the character at which something in braces is no part
 */
export function readTemplate(
	template: string,
	parts: readonly Part[] = PARTS,
): Piece[] | { wrongAt: number } {
	const pieces: Piece[] = [];
	for (const { 0: whole, 1: name, index } of template.matchAll(/\{(\w*)\}|[^{}]+|[{}]/g)) {
		const part = parts.find((each) => each === name);
		if (part !== undefined) pieces.push({ part });
		else if (/[{}]/.test(whole)) return { wrongAt: index + 1 };
		else pieces.push({ text: whole.replaceAll('\\n', '\n') });
	}
	return pieces;
}

/**
 * The headers of a text that has one a line, as `name: value`.
 *
 * @returns `wrongLine`: the number of the line that is none
 */
export function readHeaders(lines: string): FurtherHeader[] | { wrongLine: number } {
	const headers: FurtherHeader[] = [];
	for (const [index, line] of lines.split('\n').entries()) {
		if (line.trim() === '') continue;
		const header = readHeader(line.trim());
		if (header === undefined || headers.length === MOST_HEADERS) return { wrongLine: index + 1 };
		headers.push(header);
	}
	return headers;
}

function readHeader(line: string): FurtherHeader | undefined {
	const [, name = '', value = ''] = /^([\w-]+)\s*:\s*([\x20-\x7e]+)$/.exec(line) ?? [];
	const pieces = readTemplate(value, HEADER_PARTS);
	if (name === '' || TAKEN_NAMES.includes(name.toLowerCase()) || 'wrongAt' in pieces)
		return undefined;
	const isOneLine = pieces.every((piece) => 'part' in piece || !piece.text.includes('\n'));
	return isOneLine ? { name: name.toLowerCase(), value: pieces } : undefined;
}

export function partsOf(pieces: Piece[]): Part[] {
	return pieces.flatMap((piece) => ('part' in piece ? [piece.part] : []));
}

/** The filled-in text; undefined where a part has no value. */
export function fillIn(
	pieces: Piece[],
	valueOf: (part: Part) => Buffer | string | undefined,
): Buffer | undefined {
	const values = pieces.map((piece) => ('text' in piece ? piece.text : valueOf(piece.part)));
	const known = values.filter((value) => value !== undefined);
	return known.length < values.length
		? undefined
		: Buffer.concat(known.map((value) => (typeof value === 'string' ? Buffer.from(value) : value)));
}
