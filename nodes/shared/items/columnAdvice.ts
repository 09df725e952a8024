import { UNSEEN, unicodeNumber } from '../core/unseen';

/** A column that an expression asks for. */
export interface AskedColumn {
	name: string;
	/** What stands before the name in the expression: `$json`. */
	item: string;
	/** As the expression has it, with its name: `$json['Order No']`. */
	written: string;
}

/** What cannot be seen in a name, by its Unicode number; others are called by their number alone. */
const CALLED: Record<string, string> = {
	FEFF: 'a byte order mark',
	'00A0': 'a no-break space',
	'202F': 'a no-break space',
	'200B': 'a zero-width space',
	'200C': 'a zero-width character',
	'200D': 'a zero-width character',
	'2060': 'a zero-width character',
	'00AD': 'a soft hyphen',
	'0009': 'a tab',
	'000A': 'a line break',
	'000D': 'a line break',
	'0020': 'a blank',
};

/** In a name, besides: blanks where nobody sees them. */
const UNSEEN_IN_NAME = new RegExp(`${UNSEEN.source}|^ | $| (?= )`, 'u');
/** Of a name that is shown; a whole line in place of one is longer. */
const LONGEST_NAME = 200;
/** What a decoder puts in the place of bytes that are no text. */
const LOST = '\uFFFD';

/**
 * Which column was meant by an expression that found none of its name, and what to do; undefined if
 * none comes near.
 *
 * @param columns of the item
 */
export function adviceOnColumn(asked: AskedColumn, columns: readonly string[]): string | undefined {
	const names = columns.filter(({ length }) => length <= LONGEST_NAME);
	return (
		looksTheSame(asked, names) ??
		readWithAnotherDelimiter(asked, columns) ??
		readInAnotherEncoding(asked, names) ??
		spelledOtherwise(asked, names)
	);
}

function looksTheSame(asked: AskedColumn, columns: readonly string[]): string | undefined {
	const column = columns.find((name) => asSeen(name) === asSeen(asked.name));
	if (column === undefined) return undefined;
	const wayOut = `write ${inExpression(asked, column)} in place of ${asked.written}`;
	const called = `The column is called ${JSON.stringify(asSeen(column))}`;
	const unseen = firstUnseen(column);
	if (unseen === undefined)
		return firstUnseen(asked.name) === undefined
			? `${called}, with accents that are stored in another way: ${wayOut}.`
			: `${called}, and the expression has ${firstUnseen(asked.name)}: ${wayOut}.`;
	return column.startsWith('\uFEFF')
		? `${called} with ${unseen}, as Excel puts it into CSV files: in Extract From File, add the option 'Exclude Byte Order Mark (BOM)' and switch it on. Or ${wayOut}.`
		: `${called} with ${unseen}: ${wayOut}.`;
}

/** Between the columns of a CSV file, and how each is entered in n8n. */
const DELIMITERS = {
	';': 'a semicolon (;)',
	'\t': 'the expression {{ "\\t" }}',
	'|': 'an upright stroke (|)',
	',': 'a comma (,)',
};

/** Excel writes semicolons where the comma is the decimal sign. */
function readWithAnotherDelimiter(
	{ name }: AskedColumn,
	columns: readonly string[],
): string | undefined {
	for (const [delimiter, enter] of Object.entries(DELIMITERS)) {
		const heads = columns.map((column) => column.split(delimiter).map(asSeen));
		if (heads.some((head) => head.length > 1 && head.includes(asSeen(name))))
			return `The file was read with another delimiter than it has: in Extract From File, add the option 'Delimiter' and enter ${enter}.`;
	}
	return undefined;
}

/** As Excel saves CSV files in Europe, which is nearly Latin1. */
function readInAnotherEncoding(
	{ name }: AskedColumn,
	columns: readonly string[],
): string | undefined {
	const wanted = asSeen(name);
	const isIt = (column: string) => {
		const [start = '', ...rest] = column.split(new RegExp(`${LOST}+`));
		return rest.length > 0 && wanted.startsWith(start) && wanted.endsWith(rest.at(-1) ?? '');
	};
	return columns.some((column) => isIt(asSeen(column))) ? ADVICE_ON_ENCODING : undefined;
}

/** What to do where letters were lost as a file was read. */
export const ADVICE_ON_ENCODING =
	"The file is in another encoding than it was read in: in Extract From File, add the option 'Encoding' and choose Latin1, or save the file as CSV UTF-8.";

export const hasLostLetters = (text: string) => text.includes(LOST);

function spelledOtherwise(asked: AskedColumn, columns: readonly string[]): string | undefined {
	const wanted = letters(asked.name);
	const column = wanted === '' ? undefined : columns.find((name) => letters(name) === wanted);
	return column === undefined
		? undefined
		: `The column is called ${JSON.stringify(asSeen(column))}: write ${inExpression(asked, column)} in place of ${asked.written}.`;
}

/** A name as people see it. */
function asSeen(name: string): string {
	return name.normalize('NFC').replace(/\s+/g, ' ').replace(UNSEEN, '').trim();
}

const letters = (name: string) =>
	asSeen(name.normalize('NFKC'))
		.toLowerCase()
		.replace(/[\s\p{P}\p{S}]/gu, '');

/** `a byte order mark (U+FEFF) in front` */
function firstUnseen(name: string): string | undefined {
	const found = UNSEEN_IN_NAME.exec(name);
	if (found === null) return undefined;
	const [character] = found;
	const code = unicodeNumber(character);
	const what = `${CALLED[code] ?? 'an invisible character'} (U+${code})`;
	if (found.index === 0) return `${what} in front`;
	return `${what} ${found.index + character.length === name.length ? 'at its end' : 'inside'}`;
}

/** `$json["\uFEFFOrder No"]`, with which a text field of n8n loses nothing when it is pasted. */
function inExpression({ item }: AskedColumn, column: string): string {
	const unseenOrMark = new RegExp(`${UNSEEN.source}|\\p{M}`, 'gu');
	const escaped = JSON.stringify(column).replace(unseenOrMark, (character) =>
		[...Array(character.length).keys()]
			.map((unit) => `\\u${character.charCodeAt(unit).toString(16).toUpperCase().padStart(4, '0')}`)
			.join(''),
	);
	return `${item}[${escaped}]`;
}
