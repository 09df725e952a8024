import { InputError } from './inputError';
import type { LineItem } from './contract';
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

/**
 * Reads an amount as people give it (text of a field, or a number from a sheet cell) into plain
 * decimal text, unrounded.
 *
 * @param field display name, for the error
 * @throws InputError for empty, endless, zero, negative, exponent form, separators, signs, other
 * digits than 0-9, and numbers of more digits
 *   than a number holds
 */
export function readAmount(value: unknown, field: string): string {
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
	if (typeof value === 'number' && !holdsEveryDigit(value)) {
		throw new InputError(
			`'${field}' has more digits than a number holds exactly: ${quote(text)}`,
			'Give the amount as text, for example from a column that is formatted as text.',
		);
	}
	const amount = text.replace(/^0+(?=\d)/, '');
	if (!/[1-9]/.test(amount))
		throw new InputError(`'${field}' is zero`, 'Enter an amount that is more than zero.');
	return amount;
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
	if (/^-/.test(text)) return 'Enter an amount that is more than zero.';
	if (/\d[eE][+-]?\d/.test(text)) return 'Write the number out, without an exponent.';
	if (/^\d+,\d{1,2}$/.test(text)) return 'Use a point for the decimals, for example 12.50.';
	if (/^\d{1,3}(,\d{3})+(\.\d+)?$/.test(text))
		return 'Leave out the thousands separators, for example 1000.00.';
	return 'Enter digits and, if needed, one decimal point: no currency sign, no separators, for example 12.50.';
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
	// Zeros count too: in half the world "1.000" is a thousand, so a third decimal is never taken for
	// a slip.
	if ((amount.split('.')[1]?.length ?? 0) > exponent) {
		const decimals = exponent === 0 ? 'no decimals' : `${exponent} decimals`;
		throw new InputError(
			`'${field}' ${quote(amount)} has more decimals than ${currency.toUpperCase()}, which has ${decimals}`,
			`Round it to ${decimals} before this node; nothing is rounded here.`,
		);
	}
	return scale(amount, exponent);
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
			"Give a whole number of the smallest unit, or set 'Amount Unit' to Major Unit.",
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
function scale(amount: string, decimals: number): string {
	const [whole = '', fraction = ''] = amount.split('.');
	return BigInt(whole + fraction.padEnd(decimals, '0')).toString();
}

/** Comparator for decimal texts: negative, 0, positive. `20.5` equals `20.50`. */
export function compareAmounts(left: string, right: string): number {
	const decimals = Math.max(left.split('.')[1]?.length ?? 0, right.split('.')[1]?.length ?? 0);
	const difference = BigInt(scale(left, decimals)) - BigInt(scale(right, decimals));
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
		(sum, item) => sum + BigInt(scale(item.unitAmount, decimals)) * BigInt(item.quantity),
		0n,
	);
	return fromSmallestUnits(total.toString(), decimals) ?? '0';
}
