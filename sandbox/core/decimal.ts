import Big from 'big.js';
import { code as currencyByCode } from 'currency-codes';

const decimalsOf = (text: string) => text.split('.')[1]?.length ?? 0;

function read(text: string): Big {
	if (!/^\d+(\.\d+)?$/.test(text)) throw new Error(`"${text}" is not a decimal number.`);
	return new Big(text);
}

/**
 * The exact sum of decimal texts, with at least `leastDecimals` decimals: `(["20.5", "1"], 2)`
 * gives `"21.50"`.
 */
export function sumOfDecimals(texts: readonly string[], leastDecimals: number): string {
	const sum = texts.reduce((total, text) => total.plus(read(text)), new Big(0));
	return sum.toFixed(Math.max(leastDecimals, ...texts.map(decimalsOf)));
}

/** The exact product of a decimal text and a whole number. */
export function timesWhole(text: string, factor: number): string {
	return read(text).times(factor).toFixed(decimalsOf(text));
}

/**
 * About half of an amount, with the same number of decimals; never the amount itself unless it is
 * zero.
 */
export function lessThan(text: string): string {
	return read(text).times('0.5').toFixed(decimalsOf(text), Big.roundDown);
}

/**
 * About one and a half of an amount, with the same number of decimals; always more than the amount.
 */
export function moreThan(text: string): string {
	const smallestUnit = new Big(`1e-${decimalsOf(text)}`);
	return read(lessThan(text)).plus(read(text)).plus(smallestUnit).toFixed(decimalsOf(text));
}

/**
 * A whole number of a currency's smallest unit as decimal text in major units, by ISO 4217: `(1299,
 * "USD")` gives `"12.99"`. A code that ISO 4217 does not list counts as one with two decimals.
 */
export function fromSmallestUnit(units: number | bigint | string, currency: string): string {
	const decimals = currencyByCode(currency)?.digits ?? 2;
	return new Big(String(units)).times(`1e-${decimals}`).toFixed(decimals);
}
