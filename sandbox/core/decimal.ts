import { code as currencyByCode } from 'currency-codes';

interface Decimal {
	readonly units: bigint;
	readonly decimals: number;
}

function read(text: string): Decimal {
	const parts = /^(\d+)(?:\.(\d+))?$/.exec(text);
	if (parts === null) throw new Error(`"${text}" is not a decimal number.`);
	const fraction = parts[2] ?? '';
	return { units: BigInt(`${parts[1]}${fraction}`), decimals: fraction.length };
}

function write({ units, decimals }: Decimal): string {
	if (decimals === 0) return units.toString();
	const digits = units.toString().padStart(decimals + 1, '0');
	return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

function withDecimals({ units, decimals }: Decimal, wanted: number): Decimal {
	return wanted <= decimals
		? { units, decimals }
		: { units: units * 10n ** BigInt(wanted - decimals), decimals: wanted };
}

/**
 * The exact sum of decimal texts, with at least `leastDecimals` decimals: `(["20.5", "1"], 2)`
 * gives `"21.50"`.
 */
export function sumOfDecimals(texts: readonly string[], leastDecimals: number): string {
	const numbers = texts.map(read);
	const decimals = Math.max(leastDecimals, ...numbers.map((number) => number.decimals));
	const units = numbers.reduce((sum, number) => sum + withDecimals(number, decimals).units, 0n);
	return write({ units, decimals });
}

/** The exact product of a decimal text and a whole number. */
export function timesWhole(text: string, factor: number): string {
	const { units, decimals } = read(text);
	return write({ units: units * BigInt(factor), decimals });
}

/**
 * About half of an amount, with the same number of decimals; never the amount itself unless it is
 * zero.
 */
export function lessThan(text: string): string {
	const { units, decimals } = read(text);
	return write({ units: units / 2n, decimals });
}

/**
 * About one and a half of an amount, with the same number of decimals; always more than the amount.
 */
export function moreThan(text: string): string {
	const { units, decimals } = read(text);
	return write({ units: units + units / 2n + 1n, decimals });
}

/**
 * A whole number of a currency's smallest unit as decimal text in major units, by ISO 4217: `(1299,
 * "USD")` gives `"12.99"`. A code that ISO 4217 does not list counts as one with two decimals.
 */
export function fromSmallestUnit(units: number | bigint | string, currency: string): string {
	return write({ units: BigInt(units), decimals: currencyByCode(currency)?.digits ?? 2 });
}
