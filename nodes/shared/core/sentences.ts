declare const fromTable: unique symbol;

/**
 * A text that comes from a table (`sentences`, `refusals`) and from nowhere else, so that the tests
 * find every one of them and hold it against the pages.
 */
export type Sentence = string & { readonly [fromTable]: true };

/**
 * Why a callback is refused: for our log, never for the sender. `hint` names the usual cause.
 * Nothing in it holds a secret or a payload.
 */
export interface Refused<Code extends string = string> {
	code: Code;
	message: Sentence;
	hint?: string;
}

/** A text, or how it is made of values. */
type Wording = string | ((...values: never[]) => string);

type Said<Words, Result> = Words extends (...values: infer Values) => string
	? (...values: Values) => Result
	: Result;

/** A table of problems and log lines. It is exported as SENTENCES (test/support/refusalWords.ts). */
export function sentences<const Table extends Readonly<Record<string, Wording>>>(
	table: Table,
): { readonly [Name in keyof Table]: Said<Table[Name], Sentence> } {
	return table as unknown as { readonly [Name in keyof Table]: Said<Table[Name], Sentence> };
}

interface RefusalWording {
	/** Where it is not the name of the entry, as two messages have it. */
	code?: string;
	message: Wording;
	hint?: string;
}

type CodeOf<Entry, Name extends string> = Entry extends { code: infer Code extends string }
	? Code
	: Name;

type Refusals<Table extends Readonly<Record<string, RefusalWording>>> = {
	readonly [Name in keyof Table & string]: Said<
		Table[Name]['message'],
		Refused<CodeOf<Table[Name], Name>>
	>;
};

/** A table of refusals by code. It is exported as REFUSALS (test/support/refusalWords.ts). */
export function refusals<const Table extends Readonly<Record<string, RefusalWording>>>(
	table: Table,
): Refusals<Table> {
	const entries = Object.entries(table).map(([name, { code = name, message, hint }]) => {
		const refused = (text: string) => ({
			code,
			message: text,
			...(hint !== undefined && { hint }),
		});
		return [
			name,
			typeof message === 'string'
				? refused(message)
				: (...values: never[]) => refused(message(...values)),
		];
	});
	return Object.fromEntries(entries) as Refusals<Table>;
}

/** A provider's refusal as the log shows it: with its code. */
export function withCode(refused: Refused): Refused {
	return { ...refused, message: `${refused.code}: ${refused.message}` as Sentence };
}
