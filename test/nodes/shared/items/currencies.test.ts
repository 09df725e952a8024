import { code as currencyOf, codes } from 'currency-codes';
import { allCurrencies, currenciesCalled } from '../../../../nodes/shared/items/currencies';
import { currencyExponent } from '../../../../nodes/shared/core/money';

/** Of ISO 4217, but nobody is charged in them: metals, funds, units of account, test codes. */
const NOT_MONEY = [
	...['XAG', 'XAU', 'XBA', 'XBB', 'XBC', 'XBD', 'XDR', 'XPD', 'XPT', 'XSU', 'XTS', 'XUA', 'XXX'],
	...['BOV', 'CHE', 'CHW', 'CLF', 'COU', 'MXV', 'USN', 'UYI', 'UYW'],
];
/** Added after the package's list of June 2024. */
const ADDED = { XCG: 'Caribbean Guilder' };

it('lists the currencies of an ISO 4217 data package by code and name', () => {
	const expected = codes()
		.filter((code) => !NOT_MONEY.includes(code))
		.map((code) => [code, currencyOf(code)?.currency.trim()]);
	expect(allCurrencies().map(({ name, value }) => `${String(value)}: ${name}`)).toEqual(
		[...expected, ...Object.entries(ADDED)]
			.map(([code, name]) => `${code}: ${code} - ${name}`)
			.sort(),
	);
});

/** What the list offers would be refused in the same form. */
it('lists no currency whose decimals are unknown', () => {
	expect(
		allCurrencies().filter(({ value }) => currencyExponent(String(value)) === undefined),
	).toEqual([]);
});

it('puts those that a provider names first, each once', () => {
	const values = allCurrencies(['USD', 'EUR']).map(({ value }) => value);
	expect(values.slice(0, 3)).toEqual(['USD', 'EUR', 'AED']);
	expect(new Set(values).size).toBe(values.length);
	expect(values).toHaveLength(allCurrencies().length);
});

it('saves the code and nothing else', () => {
	expect(currenciesCalled(['HKD'])).toEqual([{ name: 'HKD - Hong Kong Dollar', value: 'HKD' }]);
});
