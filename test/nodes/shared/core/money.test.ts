import { codes, code as currencyOf } from 'currency-codes';
import fc from 'fast-check';
import { InputError } from '../../../../nodes/shared/core/inputError';
import {
	compareAmounts,
	currencyExponent,
	fromMinorUnits,
	fromSmallestUnits,
	withoutFinalZeros,
	readAmount,
	smallestUnits,
	sumOfLineItems,
	toMinorUnits,
} from '../../../../nodes/shared/core/money';

const refusal = (work: () => unknown): InputError => {
	try {
		work();
	} catch (error) {
		if (error instanceof InputError) return error;
		throw error;
	}
	throw new Error('It was accepted.');
};

/** Decimal text without needless zeros in front, as people type it. */
const amounts = fc
	.tuple(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.stringMatching(/^\d{0,8}$/))
	.map(([whole, fraction]) => (fraction === '' ? String(whole) : `${whole}.${fraction}`))
	.filter((text) => /[1-9]/.test(text));

describe('currencyExponent, against an ISO 4217 data package', () => {
	/**
	 * In the package without decimals because ISO says "N.A.": metals, funds, test codes. Nobody is
	 * charged in them.
	 */
	const notMoney = [
		'XAG',
		'XAU',
		'XBA',
		'XBB',
		'XBC',
		'XBD',
		'XDR',
		'XPD',
		'XPT',
		'XSU',
		'XTS',
		'XUA',
		'XXX',
	];
	/**
	 * Ours and not in the package: withdrawn (accounts and sheets still hold some of them), or added
	 * after its list of June 2024.
	 */
	const onlyOurs = { HRK: 2, MRO: undefined, SLL: 2, XCG: 2, ZWL: 2 };
	const listed = codes().filter((code) => !notMoney.includes(code));

	it.each(listed)('%s has the decimals of ISO 4217', (code) => {
		expect(currencyExponent(code)).toBe(currencyOf(code)?.digits);
	});

	it('knows the data package of the size that was compared', () => {
		expect(listed.length).toBeGreaterThan(160);
	});

	it.each(notMoney)('does not take %s for money', (code) => {
		expect(currencyExponent(code)).toBeUndefined();
	});

	it.each(Object.entries(onlyOurs))(
		'%s, which the package does not have, has %s decimals',
		(code, digits) => {
			expect(currencyOf(code)).toBeUndefined();
			expect(currencyExponent(code)).toBe(digits);
		},
	);

	it('knows no other code', () => {
		const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
		const all = [...letters].flatMap((first) =>
			[...letters].flatMap((second) => [...letters].map((third) => first + second + third)),
		);
		const unexplained = all.filter(
			(code) =>
				currencyExponent(code) !== undefined &&
				!listed.includes(code) &&
				!Object.hasOwn(onlyOurs, code),
		);
		expect(unexplained).toEqual([]);
	});

	it.each(['IDR', 'PKR', 'HUF', 'COP', 'LAK', 'MMK', 'TWD'])(
		'%s keeps its 2 decimals, which Intl.NumberFormat takes away',
		(code) => {
			expect(toMinorUnits('1000', code, 'Amount')).toBe('100000');
		},
	);

	it.each(['usd', 'Usd', 'USD'])('takes the code in any case: %s', (code) => {
		expect(currencyExponent(code)).toBe(2);
	});

	it.each(['', 'usdt', 'US', 'USDD', 'toString', 'constructor', '__proto__', '840'])(
		'%p is no currency of ISO 4217',
		(code) => {
			expect(currencyExponent(code)).toBeUndefined();
		},
	);
});

describe('readAmount', () => {
	it.each<[unknown, string]>([
		['12.50', '12.50'],
		[' 12.5 ', '12.5'],
		['\t12.5\n', '12.5'],
		['007.10', '7.10'],
		['0.01', '0.01'],
		['000.01', '0.01'],
		[12.5, '12.5'],
		[1200, '1200'],
		[0.1, '0.1'],
		[9007199254740991, '9007199254740991'],
		[123456789012.34, '123456789012.34'],
		[12345678901234567890n, '12345678901234567890'],
		['123456789012345678901234567890', '123456789012345678901234567890'],
		['0.000000000000000000000000000001', '0.000000000000000000000000000001'],
	])('%p is %s', (value, amount) => {
		expect(readAmount(value, 'Amount')).toBe(amount);
	});

	it.each<[unknown, RegExp, RegExp]>([
		['', /'Amount' is empty/, /Enter an amount/],
		['   ', /'Amount' is empty/, /Enter an amount/],
		[null, /'Amount' is empty/, /Enter an amount/],
		[undefined, /'Amount' is empty/, /Enter an amount/],
		[true, /'Amount' is not a plain number: "true"/, /Enter digits/],
		[{}, /'Amount' is not a plain number/, /Enter digits/],
		[[12.5], /'Amount' is not a plain number/, /Enter digits/],
		[{ amount: '12' }, /'Amount' is not a plain number: "\{"amount":"12"\}"/, /Enter digits/],
		['9'.repeat(41), /'Amount' is longer than any amount: "9{40}…"/, /40 characters at the most/],
		['1e3', /not a plain number: "1e3"/, /without an exponent/],
		['1E3', /not a plain number/, /without an exponent/],
		['1.5e-3', /not a plain number/, /without an exponent/],
		[1e21, /not a plain number: "1e\+21"/, /without an exponent/],
		[1e-7, /not a plain number: "1e-7"/, /without an exponent/],
		['1,000', /not a plain number: "1,000"/, /thousands separators/],
		['1,000.50', /not a plain number/, /thousands separators/],
		['1,234,567', /not a plain number/, /thousands separators/],
		['12,50', /not a plain number: "12,50"/, /Use a point/],
		['12,5', /not a plain number/, /Use a point/],
		['1.000,50', /not a plain number/, /Enter digits/],
		['1 000', /not a plain number/, /Enter digits/],
		['1_000', /not a plain number/, /Enter digits/],
		["1'000", /not a plain number/, /Enter digits/],
		['\u0663', /not a plain number/, /Enter digits/],
		['\uff11\uff12', /not a plain number/, /Enter digits/],
		['\uff0412', /not a plain number/, /Enter digits/],
		['$12', /not a plain number: "\$12"/, /no currency sign/],
		['\u00a51200', /not a plain number/, /no currency sign/],
		['12 HKD', /not a plain number/, /no currency sign/],
		['+12', /not a plain number/, /Enter digits/],
		['-12', /not a plain number/, /more than zero/],
		[-12, /not a plain number/, /more than zero/],
		['-0', /not a plain number/, /more than zero/],
		[-0, /'Amount' is zero/, /more than zero/],
		[0, /'Amount' is zero/, /more than zero/],
		['0.00', /'Amount' is zero/, /more than zero/],
		['000', /'Amount' is zero/, /more than zero/],
		[NaN, /not a plain number: "NaN"/, /Enter digits/],
		['NaN', /not a plain number/, /Enter digits/],
		[Infinity, /not a plain number: "Infinity"/, /Enter digits/],
		['Infinity', /not a plain number/, /Enter digits/],
		['.5', /not a plain number/, /Enter digits/],
		['5.', /not a plain number/, /Enter digits/],
		['.', /not a plain number/, /Enter digits/],
		['1.2.3', /not a plain number/, /Enter digits/],
		['0x10', /not a plain number/, /Enter digits/],
		['0b1', /not a plain number/, /Enter digits/],
		['12n', /not a plain number/, /Enter digits/],
		['12\u0000', /not a plain number/, /Enter digits/],
		['12\n13', /not a plain number/, /Enter digits/],
		['1\u00a0000', /not a plain number/, /Enter digits/],
		['\u200b12', /not a plain number: "<U\+200B>12"/, /type it anew in its cell/],
		['={{ $json.total }}', /not a plain number/, /Enter digits/],
	])('refuses %p and says what to do', (value, message, advice) => {
		const error = refusal(() => readAmount(value, 'Amount'));
		expect(error.message).toMatch(message);
		expect(error.advice).toMatch(advice);
	});

	it.each(['12345678901234567890', '9007199254740993'].map(Number))(
		'refuses the number %p, of which a spreadsheet no longer knows every digit',
		(value) => {
			const error = refusal(() => readAmount(value, 'Amount'));
			expect(error.message).toMatch(/'Amount' has more digits than a number holds exactly/);
			expect(error.advice).toMatch(/as text/);
		},
	);

	it('names the field as the form does', () => {
		expect(refusal(() => readAmount('x', 'Line Items 2: Unit Amount')).message).toMatch(
			/^'Line Items 2: Unit Amount' /,
		);
	});

	it('shortens what it quotes', () => {
		expect(refusal(() => readAmount('x'.repeat(10_000), 'Amount')).message.length).toBeLessThan(
			100,
		);
	});

	it('takes every plain amount as it is written', () => {
		expect(() =>
			fc.assert(fc.property(amounts, (amount) => readAmount(amount, 'Amount') === amount)),
		).not.toThrow();
	});

	it('takes a number of up to 15 digits for exactly what was typed into the cell', () => {
		const typed = fc
			.tuple(fc.integer({ min: 0, max: 9_999_999_999 }), fc.stringMatching(/^\d{0,4}[1-9]$/))
			.map(([whole, fraction]) => `${whole}.${fraction}`);
		expect(() =>
			fc.assert(
				fc.property(
					typed.filter((text) => Number(text) >= 1e-5),
					(text) => readAmount(Number(text), 'Amount') === text,
				),
			),
		).not.toThrow();
	});

	it('never lets through anything but digits and one point, whatever the text', () => {
		expect(() =>
			fc.assert(
				fc.property(fc.string({ unit: 'binary' }), (text) => {
					try {
						return /^\d+(\.\d+)?$/.test(readAmount(text, 'Amount'));
					} catch (error) {
						return error instanceof InputError;
					}
				}),
			),
		).not.toThrow();
	});
});

describe('toMinorUnits', () => {
	it.each([
		['12.50', 'HKD', '1250'],
		['12.5', 'hkd', '1250'],
		['12', 'USD', '1200'],
		['0.01', 'USD', '1'],
		['1200', 'JPY', '1200'],
		['1.234', 'KWD', '1234'],
		['1', 'KWD', '1000'],
		['0.0001', 'CLF', '1'],
		['0.29', 'USD', '29'],
		['1.15', 'USD', '115'],
		['4.35', 'USD', '435'],
		['123456789012345678901234567890.12', 'EUR', '12345678901234567890123456789012'],
	])('%s %s is %s', (amount, currency, units) => {
		expect(toMinorUnits(amount, currency, 'Amount')).toBe(units);
	});

	it.each([
		['12.505', 'HKD', '\'Amount\' "12.505" has more decimals than HKD, which has 2 decimals'],
		['1.000', 'HKD', '\'Amount\' "1.000" has more decimals than HKD, which has 2 decimals'],
		['12.50', 'jpy', '\'Amount\' "12.50" has more decimals than JPY, which has no decimals'],
		['12.0', 'JPY', '\'Amount\' "12.0" has more decimals than JPY, which has no decimals'],
		['1.2345', 'KWD', '\'Amount\' "1.2345" has more decimals than KWD, which has 3 decimals'],
	])('refuses %s %s instead of rounding', (amount, currency, message) => {
		const error = refusal(() => toMinorUnits(amount, currency, 'Amount'));
		expect(error.message).toBe(message);
		expect(error.advice).toMatch(/nothing is rounded here/);
	});

	it('points to the smallest-unit switch for a currency it does not know', () => {
		const error = refusal(() => toMinorUnits('12.50', 'usdt', 'Amount'));
		expect(error.message).toMatch(/'Currency' "usdt" is not a currency of ISO 4217/);
		expect(error.advice).toMatch(/'Amount Unit' to Smallest Unit/);
	});

	it('comes back as the same amount, for every currency', () => {
		const currencies = codes().filter((code) => currencyExponent(code) !== undefined);
		expect(() =>
			fc.assert(
				fc.property(
					fc.constantFrom(...currencies),
					fc.bigInt({ min: 1n, max: 10n ** 25n }),
					(currency, units) => {
						const amount = fromMinorUnits(String(units), currency) ?? '';
						return toMinorUnits(amount, currency, 'Amount') === String(units);
					},
				),
				{ numRuns: 1000 },
			),
		).not.toThrow();
	});

	it('is either the exact product or an error, never a rounded number', () => {
		expect(() =>
			fc.assert(
				fc.property(amounts, fc.constantFrom('JPY', 'USD', 'KWD', 'CLF'), (amount, currency) => {
					const decimals = amount.split('.')[1]?.length ?? 0;
					const exponent = currencyExponent(currency) ?? 0;
					if (decimals > exponent)
						return /more decimals/.test(
							refusal(() => toMinorUnits(amount, currency, 'Amount')).message,
						);
					// The exact product by another way: whole and fraction apart.
					const [whole = '0', fraction = ''] = amount.split('.');
					const expected =
						BigInt(whole) * 10n ** BigInt(exponent) +
						BigInt(fraction || '0') * 10n ** BigInt(exponent - decimals);
					return toMinorUnits(amount, currency, 'Amount') === String(expected);
				}),
				{ numRuns: 1000 },
			),
		).not.toThrow();
	});
});

describe('smallestUnits', () => {
	it('multiplies by the exponent when the field is in major units', () => {
		expect(smallestUnits('12.50', 'major', 'HKD', 'Amount')).toBe('1250');
	});

	it('sends what the field says when it is in the smallest unit', () => {
		expect(smallestUnits('1250', 'smallest', 'HKD', 'Amount')).toBe('1250');
	});

	it('needs no ISO 4217 currency in the smallest unit', () => {
		expect(smallestUnits('1250', 'smallest', 'usdt', 'Amount')).toBe('1250');
	});

	it.each(['12.50', '12.0'])('refuses the decimals of %s in the smallest unit', (amount) => {
		const error = refusal(() => smallestUnits(amount, 'smallest', 'HKD', 'Amount'));
		expect(error.message).toMatch(/has decimals, but 'Amount Unit' is Smallest Unit/);
	});
});

describe('withoutFinalZeros', () => {
	it.each([
		['20.50', '20.5'],
		['20.00', '20'],
		['20.5', '20.5'],
		['200', '200'],
		['0.000', '0'],
		['10.010', '10.01'],
	])('%s is %s', (amount, expected) => {
		expect(withoutFinalZeros(amount)).toBe(expected);
	});

	it('is done with an endless amount of an answer or a callback at once: n8n does nothing else meanwhile', () => {
		const endless = `1.${'0'.repeat(2_000_000)}1`;
		expect(withoutFinalZeros(endless) === endless).toBe(true);
	});
});

describe('fromSmallestUnits', () => {
	it.each<[unknown, number, string | null]>([
		['1250', 2, '12.50'],
		[1250, 2, '12.50'],
		['5', 2, '0.05'],
		['0', 2, '0.00'],
		['0005', 2, '0.05'],
		['1200', 0, '1200'],
		['007', 0, '7'],
		['1', 18, '0.000000000000000001'],
		['123456789012345678901234567890', 18, '123456789012.345678901234567890'],
		['-1250', 2, '-12.50'],
		['-5', 2, '-0.05'],
		['12.5', 2, null],
		[12.5, 2, null],
		['1e3', 2, null],
		[1e21, 2, null],
		[NaN, 2, null],
		['', 2, null],
		[' 5', 2, null],
		[null, 2, null],
		[true, 2, null],
		['5', -1, null],
		['5', 1.5, null],
		['5', NaN, null],
		[`1${'0'.repeat(50_000)}1`, 6, null],
	])('%p with %p decimals is %p', (units, decimals, amount) => {
		expect(fromSmallestUnits(units, decimals)).toBe(amount);
	});

	it('does not guess the decimals of a currency that ISO 4217 does not have', () => {
		expect([
			fromMinorUnits('1250', 'usdt'),
			fromMinorUnits('1250', undefined),
			fromMinorUnits('1250', 840),
		]).toEqual([null, null, null]);
	});
});

describe('compareAmounts', () => {
	it.each([
		['20.5', '20.50', 0],
		['20', '20.00', 0],
		['20.49', '20.5', -1],
		['20.51', '20.5', 1],
		['9', '10', -1],
		['0.1', '0.09', 1],
		['-0.05', '0', -1],
		['123456789012345678901234567890.1', '123456789012345678901234567890.2', -1],
	])('%s to %s gives %d', (left, right, expected) => {
		expect(Math.sign(compareAmounts(left, right))).toBe(expected);
	});

	it('does not care how many zeros are written', () => {
		expect(() =>
			fc.assert(
				fc.property(
					amounts,
					fc.integer({ min: 1, max: 12 }),
					(amount, zeros) =>
						compareAmounts(
							amount,
							`${amount.includes('.') ? amount : `${amount}.`}${'0'.repeat(zeros)}`,
						) === 0,
				),
			),
		).not.toThrow();
	});
});

describe('sumOfLineItems', () => {
	const item = (unitAmount: string, quantity: number) => ({ name: 'Tea', unitAmount, quantity });

	it.each([
		[[item('12.50', 2)], '25.00'],
		[[item('0.1', 3)], '0.3'],
		[[item('0.1', 1), item('0.2', 1)], '0.3'],
		[[item('1', 1), item('0.005', 2)], '1.010'],
		[[item('1200', 3)], '3600'],
		[[item('0.07', 9007199254740991)], '630503947831869.37'],
	])('of %j is %s', (items, total) => {
		expect(sumOfLineItems(items)).toBe(total);
	});

	it('is the same as paying for each piece alone', () => {
		const lines = fc.array(fc.tuple(amounts, fc.integer({ min: 1, max: 20 })), {
			minLength: 1,
			maxLength: 5,
		});
		expect(() =>
			fc.assert(
				fc.property(lines, (pairs) => {
					const pieces = pairs.flatMap(([unitAmount, quantity]) =>
						Array.from({ length: quantity }, () => item(unitAmount, 1)),
					);
					return (
						sumOfLineItems(pairs.map(([unitAmount, quantity]) => item(unitAmount, quantity))) ===
						sumOfLineItems(pieces)
					);
				}),
			),
		).not.toThrow();
	});
});
