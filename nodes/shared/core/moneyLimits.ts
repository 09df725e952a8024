import { ExactNumber, isObject } from './exactJson';
import { InputError } from './inputError';
import { compareAmounts, currencyExponent, fromMinorUnits, sumOfLineItems } from './money';
import { quote } from './quote';

/** Fields that every credential has: what whoever uses it may not exceed. */
export interface MoneyLimits {
	/** `500`, or `500 EUR, 60000 JPY`; major units. */
	largestAmount?: string;
	/** `EUR, USD` */
	allowedCurrencies?: string;
}

/** What a request asks for, read from what is sent. */
export interface SentMoney {
	/** Decimal text in major units; null where the request does not tell. */
	amount: string | null;
	/** Every currency that the request names; none where it does not tell. */
	currencies: string[];
	/** How to ask so that both are told, for the error. */
	toBeTold: string;
}

const NOTHING_SENT = 'Nothing was sent.';

/**
 * Refuses what is beyond the limits of the credential. To be called with what is really sent, Extra
 * Request Fields included. What does not tell its amount or currency is beyond a limit that is set.
 *
 * @throws InputError for money beyond the limits, and for limits that cannot be read
 */
export function refuseBeyondLimits(sent: SentMoney, limits: MoneyLimits): void {
	refuseOtherCurrencies(sent, readAllowedCurrencies(limits.allowedCurrencies));
	refuseLargerAmounts(sent, readLargestAmounts(limits.largestAmount));
}

/**
 * For the credential test: the same reading, before anything is sent.
 *
 * @throws InputError for limits that cannot be read
 */
export function requireReadableLimits(limits: MoneyLimits): void {
	readAllowedCurrencies(limits.allowedCurrencies);
	readLargestAmounts(limits.largestAmount);
}

function refuseOtherCurrencies(sent: SentMoney, allowed: Set<string> | undefined): void {
	if (allowed === undefined) return;
	if (sent.currencies.length === 0) throw untold('Allowed Currencies', 'currency', sent);
	const other = sent.currencies.find((currency) => !allowed.has(currency.toUpperCase()));
	if (other !== undefined)
		throw new InputError(
			`'Currency' ${quote(other)} is not among the 'Allowed Currencies' of the credential: ${[...allowed].join(', ')}`,
			`${NOTHING_SENT} Use one of them, or add this one to the credential.`,
		);
}

function refuseLargerAmounts(sent: SentMoney, largest: Map<string, string> | undefined): void {
	if (largest === undefined) return;
	const { amount, currencies } = sent;
	const [currency] = currencies;
	const isOneCurrency = currencies.every((each) => each.toUpperCase() === currency?.toUpperCase());
	if (amount === null || !isOneCurrency) throw untold('Largest Amount', 'amount', sent);
	const limit = largest.get(currency?.toUpperCase() ?? '') ?? largest.get(EVERY_OTHER);
	if (limit === undefined)
		throw new InputError(
			`'Largest Amount' in the credential names no amount for ${currency === undefined ? 'a currency that is not told' : quote(currency)}`,
			`${NOTHING_SENT} Use a currency that it names, or add this one to it, such as 500 EUR.`,
		);
	if (compareAmounts(amount, limit) > 0)
		throw new InputError(
			`The amount of ${[amount, currency].join(' ').trim()} is more than 'Largest Amount' in the credential allows: ${limit}`,
			`${NOTHING_SENT} Correct the amount; if it is right, raise 'Largest Amount' in the credential.`,
		);
}

function untold(field: string, what: string, { toBeTold }: SentMoney): InputError {
	return new InputError(
		`'${field}' is set in the credential, and this request does not tell its ${what}`,
		`${NOTHING_SENT} ${toBeTold}`,
	);
}

function readAllowedCurrencies(text: string | undefined): Set<string> | undefined {
	const given = trimmedText(text);
	if (given === '') return undefined;
	const currencies = given
		.toUpperCase()
		.split(/[\s,;]+/)
		.filter(Boolean);
	if (currencies.length === 0 || !currencies.every((each) => /^[A-Z][A-Z0-9._-]{1,19}$/.test(each)))
		throw new InputError(
			`'Allowed Currencies' in the credential cannot be read: ${quote(given)}`,
			`${NOTHING_SENT} Enter currency codes with commas between them, such as EUR, USD.`,
		);
	return new Set(currencies);
}

/** In place of a currency: the amount that stands alone. */
const EVERY_OTHER = '';

function readLargestAmounts(text: string | undefined): Map<string, string> | undefined {
	const given = trimmedText(text);
	if (given === '') return undefined;
	const largest = new Map<string, string>();
	for (const entry of given.split(/[,;\n]/)) {
		const [, amount = '', currency = ''] =
			/^\s*(\d+(?:\.\d+)?)(?:\s+([A-Za-z][\w.-]*))?\s*$/.exec(entry) ?? [];
		const code = currency.toUpperCase();
		if (!/[1-9]/.test(amount) || isThousands(amount, code) || largest.has(code))
			throw new InputError(
				`'Largest Amount' in the credential cannot be read: ${quote(given)}`,
				`${NOTHING_SENT} Enter one amount such as 500, or one for each currency such as 500 EUR, 60000 JPY; no thousands separators.`,
			);
		largest.set(code, amount);
	}
	return largest;
}

const isThousands = (amount: string, currency: string) =>
	/^[1-9]\d{0,2}\.\d{3}$/.test(amount) && currencyExponent(currency) !== 3;

const trimmedText = (value: string | undefined) => (value ?? '').trim();

/**
 * A body with `amount`, a whole number of the smallest unit, and `currency`, if its money is within
 * the limits.
 *
 * @throws InputError as `refuseBeyondLimits`
 */
export function minorUnitsWithinLimits(
	body: Record<string, unknown>,
	limits: MoneyLimits,
): Record<string, unknown> {
	refuseBeyondLimits(
		{
			amount: fromMinorUnits(sentDecimal(body.amount), body.currency),
			currencies: sentCurrencies(body.currency),
			toBeTold: 'Use a currency of ISO 4217, and a whole number as amount in Extra Request Fields.',
		},
		limits,
	);
	return body;
}

/** Decimal text of an amount in a request, however it is written there; null if it is none. */
export function sentDecimal(value: unknown): string | null {
	const text = value instanceof ExactNumber ? value.text : value;
	if (typeof text !== 'string' && typeof text !== 'number') return null;
	return /^\d+(\.\d+)?$/.test(String(text)) ? String(text) : null;
}

/** The currencies of a request; none unless each of these is told. */
export function sentCurrencies(...values: unknown[]): string[] {
	return values.every((value) => typeof value === 'string' && value !== '')
		? (values as string[])
		: [];
}

/**
 * What a list of `{ price_data: { unit_amount, currency }, quantity }` adds up to, in the unit of
 * its unit amounts; `total` is null where one of them has a
 * price ID or cannot be read, and where there is none.
 */
export function sentTotal(items: unknown): { total: string | null; currencies: unknown[] } {
	const lines = (Array.isArray(items) ? items : []).map(pricedLine);
	const known = lines.filter((line) => line !== undefined);
	return {
		total: lines.length > 0 && known.length === lines.length ? sumOfLineItems(known) : null,
		currencies: known.map(({ currency }) => currency),
	};
}

function pricedLine(item: unknown) {
	if (!isObject(item) || !isObject(item.price_data) || item.price !== undefined) return undefined;
	const { unit_amount: given, currency } = item.price_data;
	const unitAmount = sentDecimal(given);
	const quantity = Number(sentDecimal(item.quantity));
	return unitAmount === null || !Number.isSafeInteger(quantity)
		? undefined
		: { name: '', unitAmount, quantity, currency };
}
