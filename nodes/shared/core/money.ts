import { InputError } from './inputError';
import type { LineItem } from './contract';
import { ADVICE_ON_FORMULA_ERROR, isFormulaError } from './formulaError';
import { quote } from './quote';

/**
 * ISO 4217 exponents that are not 2. Source: ISO 4217 (list one); a test holds this table against
 * an ISO 4217 data package. Not taken from `Intl.NumberFormat`: its digits are CLDR's, which say 0
 * for IDR, PKR, HUF, COP, IQD and others that have 2 or 3 in ISO 4217, a hundredfold error.
 */
const EXPONENTS_OTHER_THAN_2: Record<string, number> = {
	BIF: 0,
	CLP: 0,
	DJF: 0,
	GNF: 0,
	ISK: 0,
	JPY: 0,
	KMF: 0,
	KRW: 0,
	PYG: 0,
	RWF: 0,
	UGX: 0,
	UYI: 0,
	VND: 0,
	VUV: 0,
	XAF: 0,
	XOF: 0,
	XPF: 0,
	BHD: 3,
	IQD: 3,
	JOD: 3,
	KWD: 3,
	LYD: 3,
	OMR: 3,
	TND: 3,
	CLF: 4,
	UYW: 4,
};

const EXPONENT_2 = new Set(
	(
		'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC ' +
		'CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW ' +
		'KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK ' +
		'PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH ' +
		'USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ZWL'
	).split(' '),
);

/**
 * Decimals of an ISO 4217 currency (`JPY` 0, `USD` 2, `KWD` 3), whatever its case; undefined if the
 * code is unknown.
 */
export function currencyExponent(currency: string): number | undefined {
	const code = currency.toUpperCase();
	return EXPONENTS_OTHER_THAN_2[code] ?? (EXPONENT_2.has(code) ? 2 : undefined);
}

/**
 * Inferred: no amount has more digits. Counting with millions of them, from a public form or an
 * unsigned callback, would stop n8n for minutes.
 */
export const LONGEST_AMOUNT = 40;

/** Of a coin of which nobody says how many it has: as many as the most common wallets show. */
export const MOST_DECIMALS_OF_A_COIN = 8;

/**
 * To how many decimals a computed amount is rounded by whoever gives it: as many as the currency
 * has, 8 where ISO 4217 does not list it, none in the smallest unit.
 */
export function decimalsOf(currency: string, unit: 'major' | 'smallest' = 'major'): number {
	return unit === 'smallest' ? 0 : (currencyExponent(currency) ?? MOST_DECIMALS_OF_A_COIN);
}

/** Eighteen decimals of a coin would keep what the computation left behind. */
export function decimalsToAdvise(decimals: number): number {
	return Math.min(decimals, MOST_DECIMALS_OF_A_COIN);
}

/** What to write, and where, so that an amount is rounded before it gets here. */
export function howToRound(decimals: number): string {
	return `in an expression {{ Number(…).toFixed(${decimals}) }}, in a sheet =ROUND(…, ${decimals})`;
}

/**
 * Reads an amount as people give it (text of a field, or a number from a sheet cell) into plain
 * decimal text, unrounded.
 *
 * @param field display name, for the error
 * @param decimals of the currency, for the advice on rounding
 * @throws InputError for empty, endless, zero, negative, exponent form, separators, signs, other
 * digits than 0-9, numbers of more digits than a number holds, and what a computation left behind
 * the decimals that people write
 */
export function readAmount(value: unknown, field: string, decimals = 2): string {
	const amount = readDecimal(value, field, decimals);
	if (!/[1-9]/.test(amount))
		throw new InputError(`'${field}' is zero`, 'Enter an amount that is more than zero.');
	return amount;
}

/** Like `readAmount`, for the price of one piece, which may be free (0.00). */
export function readUnitAmount(value: unknown, field: string, decimals = 2): string {
	if (/^\s*-\s*[\d.]/.test(written(value)))
		throw new InputError(
			`'${field}' is below zero: ${quote(written(value).trim())}`,
			"A discount cannot be a line of its own: take it off the unit amounts of the other lines, or set 'Amount From' to One Amount and give the total that is left.",
		);
	return readDecimal(value, field, decimals);
}

function readDecimal(value: unknown, field: string, decimals: number): string {
	const text = written(value).trim();
	if (text === '')
		throw new InputError(
			`'${field}' is empty`,
			'Enter an amount such as 12.50, or map it from the input item.',
		);
	if (typeof value === 'object' || !/^\d+(\.\d+)?$/.test(text))
		throw new InputError(`'${field}' is not a plain number: ${quote(text)}`, adviceFor(text));
	if (text.length > LONGEST_AMOUNT)
		throw new InputError(
			`'${field}' is longer than any amount: ${quote(text)}`,
			`Give an amount of ${LONGEST_AMOUNT} characters at the most.`,
		);
	if (isNotRounded(value, text))
		throw new InputError(
			`'${field}' is the result of a computation that was not rounded: ${quote(text)}`,
			`Round it first: ${howToRound(decimals)}.`,
		);
	if (typeof value === 'number' && !holdsEveryDigit(value)) {
		throw new InputError(
			`'${field}' has more digits than a number holds exactly: ${quote(text)}`,
			'Give the amount as text, for example from a column that is formatted as text.',
		);
	}
	return text.replace(/^0+(?=\d)/, '');
}

/**
 * Whether the digits are what floating point leaves behind a sum or product (`12.2 * 3` is
 * 36.599999999999994). A number with decimals and more than 15 digits always is. A text can be the
 * exact amount of a coin with eighteen decimals, so it is only where it is what JavaScript writes
 * for a number, goes beyond the eight decimals that people use, and ends in a row of zeros or nines
 * with a few odd digits behind.
 */
function isNotRounded(value: unknown, text: string): boolean {
	const fraction = text.split('.')[1] ?? '';
	if (fraction === '') return false;
	if (typeof value === 'number') return !holdsEveryDigit(value);
	const digits = text.replace(/^0+\.?0*|\./g, '').length;
	return (
		fraction.length > MOST_DECIMALS_OF_A_COIN &&
		digits >= 14 &&
		/(?:0{4}|9{4})\d{1,4}$/.test(fraction) &&
		Number(text).toFixed(fraction.length) === text.replace(/^0+(?=\d)/, '')
	);
}

function written(value: unknown): string {
	if (typeof value === 'string') return value;
	if (value === undefined || value === null) return '';
	return typeof value === 'object' ? JSON.stringify(value) : `${value as number}`;
}

/**
 * Whether the number is certainly what was typed: integers up to 2^53, and any 15 digits, survive
 * the way into a JavaScript number. Not one that is endless, or that JavaScript writes with an
 * exponent.
 */
export function holdsEveryDigit(value: number): boolean {
	if (Number.isSafeInteger(value)) return true;
	const text = String(Math.abs(value));
	return /^[\d.]+$/.test(text) && text.replace(/^0+\.?0*|\./g, '').length <= 15;
}

function adviceFor(text: string): string {
	if (isFormulaError(text)) return ADVICE_ON_FORMULA_ERROR;
	if (/^\d+(\.\d+)?$/.test(text.replace(/\p{Cf}/gu, '')))
		return "It holds a character that nobody sees: type it anew in its cell, or take it out in the expression, with .replace(/\\p{Cf}/gu, '') behind the field.";
	if (/^-/.test(text)) return 'Enter an amount that is more than zero.';
	if (/\d[eE][+-]?\d/.test(text)) return 'Write the number out, without an exponent.';
	if (/^\d+,\d{1,2}$/.test(text)) return 'Use a point for the decimals, for example 12.50.';
	if (/^\d{1,3}(,\d{3})+(\.\d+)?$/.test(text))
		return 'Leave out the thousands separators, for example 1000.00.';
	return 'Enter digits and, if needed, one decimal point: no currency sign, no separators, for example 12.50.';
}

/**
 * Refuses what a currency cannot be paid in, and rounds nothing.
 *
 * @param known the decimals that ISO 4217, or the provider of a coin, states; undefined where
 * nobody says how many there are
 * @param currency as the message names it
 * @throws InputError for more decimals than that (8 where nobody says), and, where nobody says, for
 * what may as well be a thousand
 */
export function refuseDecimals(
	amount: string,
	known: number | undefined,
	currency: string,
	field: string,
): void {
	const most = known ?? MOST_DECIMALS_OF_A_COIN;
	const asThousands = /^[1-9]\d{0,2}\.\d{3}$/.test(amount) ? amount.replace('.', '') : null;
	if (known === undefined && asThousands !== null)
		throw new InputError(
			`'${field}' ${quote(amount)} can be read as ${asThousands}, and as a number with three decimals`,
			`Write ${asThousands} if the point separates thousands, ${amount}0 if it does not.`,
		);
	// Zeros count too: in half the world "1.000" is a thousand, so a third decimal is never taken for
	// a slip.
	if ((amount.split('.')[1]?.length ?? 0) <= most) return;
	const decimals = most === 0 ? 'no decimals' : `${most} decimals`;
	const rounding = `ound it, because nothing is rounded here: ${howToRound(decimalsToAdvise(most))}.`;
	throw new InputError(
		known === undefined
			? `'${field}' ${quote(amount)} has more than ${decimals}`
			: `'${field}' ${quote(amount)} has more decimals than ${currency}, which has ${decimals}`,
		asThousands === null
			? `R${rounding}`
			: `Write ${asThousands} if the point separates thousands. Otherwise r${rounding}`,
	);
}

/**
 * Major units to the integer of smallest units that the provider wants, exactly (`"12.50"`, `HKD` →
 * `"1250"`).
 *
 * @throws InputError when the currency is unknown or the amount has more decimals than the currency
 */
export function toMinorUnits(amount: string, currency: string, field: string): string {
	const exponent = currencyExponent(currency);
	if (exponent === undefined) {
		throw new InputError(
			`'Currency' ${quote(currency)} is not a currency of ISO 4217, so '${field}' cannot be turned into its smallest unit`,
			"Correct the code (three letters, for example HKD), or set 'Amount Unit' to Smallest Unit and give the amount as the provider wants it.",
		);
	}
	refuseDecimals(amount, exponent, currency.toUpperCase(), field);
	return toSmallestUnits(amount, exponent);
}

/**
 * What a provider with integer amounts is sent, from an amount in the unit that the user chose.
 *
 * @throws InputError as `toMinorUnits`, or when a smallest-unit amount has decimals
 */
export function smallestUnits(
	amount: string,
	unit: 'major' | 'smallest',
	currency: string,
	field: string,
): string {
	if (unit === 'major') return toMinorUnits(amount, currency, field);
	if (amount.includes('.')) {
		throw new InputError(
			`'${field}' ${quote(amount)} has decimals, but 'Amount Unit' is Smallest Unit`,
			`Give a whole number of the smallest unit (${howToRound(0)}), or set 'Amount Unit' to Major Unit.`,
		);
	}
	return amount;
}

/**
 * More than any amount has, more than any sum of our own line items. To count with more, from an
 * answer or a callback, would take long.
 */
const LONGEST_UNITS = 120;

/**
 * Integer of smallest units to decimal text (`"1250"`, 2 → `"12.50"`); null if it is not a whole
 * number, or an endless one.
 */
export function fromSmallestUnits(units: unknown, decimals: number): string | null {
	if (typeof units !== 'number' && typeof units !== 'string') return null;
	const match = /^(-?)(\d+)$/.exec(String(units));
	if (!match || !Number.isInteger(decimals) || decimals < 0) return null;
	if (match[0].length > LONGEST_UNITS) return null;
	const [, sign = '', digits = ''] = match;
	if (decimals === 0) return `${sign}${digits.replace(/^0+(?=\d)/, '')}`;
	const padded = digits.padStart(decimals + 1, '0');
	return `${sign}${padded.slice(0, -decimals).replace(/^0+(?=\d)/, '')}.${padded.slice(-decimals)}`;
}

/**
 * Like `fromSmallestUnits`, by the currency's ISO 4217 exponent; null for a currency that is not in
 * it.
 */
export function fromMinorUnits(units: unknown, currency: unknown): string | null {
	const exponent = typeof currency === 'string' ? currencyExponent(currency) : undefined;
	return exponent === undefined ? null : fromSmallestUnits(units, exponent);
}

/** amount × 10^decimals as an integer; `amount` must have no more decimals than that. */
export function toSmallestUnits(amount: string, decimals: number): string {
	const [whole = '', fraction = ''] = amount.split('.');
	return BigInt(whole + fraction.padEnd(decimals, '0')).toString();
}

/**
 * One spelling for one amount: a coin's eighteen decimals would bury it in zeros, and texts can
 * then be compared.
 */
export function withoutFinalZeros(amount: string): string {
	if (!amount.includes('.')) return amount;
	let end = amount.length;
	// A regular expression would look for the end of an endless amount from each of its zeros.
	while (amount[end - 1] === '0') end -= 1;
	return amount.slice(0, amount[end - 1] === '.' ? end - 1 : end);
}

/** Comparator for decimal texts: negative, 0, positive. `20.5` equals `20.50`. */
export function compareAmounts(left: string, right: string): number {
	const decimals = Math.max(left.split('.')[1]?.length ?? 0, right.split('.')[1]?.length ?? 0);
	const difference =
		BigInt(toSmallestUnits(left, decimals)) - BigInt(toSmallestUnits(right, decimals));
	if (difference === 0n) return 0;
	return difference > 0n ? 1 : -1;
}

/** Exact sum of unit amount × quantity, with as many decimals as the most precise unit amount. */
export function sumOfLineItems(lineItems: LineItem[]): string {
	const decimals = Math.max(
		0,
		...lineItems.map((item) => item.unitAmount.split('.')[1]?.length ?? 0),
	);
	const total = lineItems.reduce(
		(sum, item) => sum + BigInt(toSmallestUnits(item.unitAmount, decimals)) * BigInt(item.quantity),
		0n,
	);
	return fromSmallestUnits(total.toString(), decimals) ?? '0';
}
