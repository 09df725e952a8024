/**
 * What stands behind *My Provider Told Me Other Settings*: each answer that TokenPay's pages leave
 * open, and that none of it counts while the switch is off.
 */
import {
	readOrderReply,
	tokenPay,
	type TokenPayCredentials,
	type TokenPayOrder,
} from '../../../nodes/TokenPay/tokenPay.contract';
import { credentials, paid } from './callbacks';
import { order, reply } from './support';

const on = (settings: Partial<TokenPayCredentials>): TokenPayCredentials => ({
	...credentials,
	otherSettings: true,
	...settings,
});
const off = (settings: Partial<TokenPayCredentials>) => ({ ...on(settings), otherSettings: false });

describe('Amounts in Orders', () => {
	const smallest = on({ orderAmounts: 'smallestUnit' });
	const sent = (using: TokenPayCredentials, more: Partial<TokenPayOrder> = {}) =>
		/"amount":([^,]*)/.exec(tokenPay.checkout.call(order(more), using).body ?? '')?.[1];
	const made = (using: TokenPayCredentials, more: Partial<TokenPayOrder> = {}) => {
		const call = tokenPay.checkout.call(order(more), using);
		const answer = reply({ code: 0, data: { prepay_id: 'p', payment_url: '/pay' } });
		return tokenPay.checkout.result(answer, { order: order(more), call, credentials: using });
	};

	it('are sent as whole coins, unless TokenPay wants its smallest unit', () => {
		expect([sent(credentials), sent(smallest)]).toEqual(['12.50', '12500000']);
	});

	it('come out as whole coins in either case', () => {
		expect([made(credentials).amount, made(smallest).amount]).toEqual(['12.5', '12.5']);
	});

	it('keep every digit of a coin with eighteen decimals', () => {
		const amount = '123456789.000000000000000001';
		expect(sent(smallest, { amount, coinDecimals: 18 })).toBe('123456789000000000000000001');
	});

	it('do not count while the other settings are off', () => {
		expect(sent(off({ orderAmounts: 'smallestUnit' }))).toBe('12.50');
	});

	it('are refused, and nothing is sent, where nobody states the decimals of the coin: a guess would be off by thousands', () => {
		expect(() => sent(smallest, { coinDecimals: undefined })).toThrow(
			"TokenPay's list of coins states no decimals of USDT on TRON",
		);
	});

	it("are held against 'Largest Amount' in whole coins", () => {
		const bounded = { ...smallest, largestAmount: '20', allowedCurrencies: 'USDT' };
		expect(sent(bounded)).toBe('12500000');
		expect(() => sent(bounded, { amount: '20.000001' })).toThrow("'Largest Amount'");
		expect(() => sent(bounded, { extraFields: { amount: 20_000_001 } })).toThrow(
			"'Largest Amount'",
		);
	});
});

describe('Amounts in Answers and Callbacks', () => {
	const amounts = (using: TokenPayCredentials, amount: unknown) => {
		const detail = { ...paid, amount };
		return [
			readOrderReply(reply({ code: 0, data: detail }), using).amount,
			tokenPay.callback.parseEvent({ originalType: 'transaction', content: detail }, using).amount,
		];
	};
	const whole = on({ answerAmounts: 'wholeCoins' });

	it.each([
		['smallest units', credentials, 15_000_000, '15'],
		['whole coins, where the credential says so', whole, 15, '15'],
		['whole coins in a text', whole, '20.50', '20.5'],
		['no word', whole, 'fifteen', null],
		['nothing below zero', whole, -5, null],
		[
			'smallest units while the switch is off',
			off({ answerAmounts: 'wholeCoins' }),
			15,
			'0.000015',
		],
		// A wrong amount would be a millionth of it, or nothing that ships.
		['no number with decimals of a smallest unit', credentials, 20.5, null],
	])('are read as %s', (_case, using, amount, expected) => {
		expect(amounts(using, amount)).toEqual([expected, expected]);
	});
});

describe('Codes of Unknown Orders', () => {
	const denied = (using: TokenPayCredentials, code: number) =>
		tokenPay.failure(reply({ code, msg: 'no such order' }), using)?.notFound;

	it.each([
		['one', '11000'],
		['several', '404, 11000'],
		['lines', '404\n11000\n'],
	])('deny an order: %s', (_case, unknownOrderCodes) => {
		expect(denied(on({ unknownOrderCodes }), 11000)).toBe(true);
	});

	it.each([
		['a part of it', '1100'],
		['nothing', ''],
	])('take no code that is not exactly there: %s', (_case, unknownOrderCodes) => {
		expect(denied(on({ unknownOrderCodes }), 11000)).toBe(false);
	});

	it('do not count while the other settings are off', () => {
		expect(denied(off({ unknownOrderCodes: '11000' }), 11000)).toBe(false);
	});

	it('come beside those that the page names', () => {
		expect(denied(on({ unknownOrderCodes: '11000' }), 12002)).toBe(true);
	});

	it('keep the words of TokenPay', () => {
		const refusal = tokenPay.failure(
			reply({ code: 11000, msg: 'no such order' }),
			on({ unknownOrderCodes: '11000' }),
		);
		expect(refusal?.message).toBe('no such order (code 11000: operation failed)');
	});
});

describe('Acknowledgement Body', () => {
	const said = (using: TokenPayCredentials) => {
		const { status, contentType, body } = tokenPay.callback.acknowledgement(using);
		return `${status} ${contentType} ${body}`;
	};

	it.each([
		['success', credentials, '200 text/plain; charset=utf-8 success'],
		['another text', on({ acknowledgementBody: 'OK' }), '200 text/plain; charset=utf-8 OK'],
		[
			'JSON',
			on({ acknowledgementBody: '{"code":"SUCCESS"}' }),
			'200 application/json; charset=utf-8 {"code":"SUCCESS"}',
		],
		[
			'success while the other settings are off',
			off({ acknowledgementBody: 'OK' }),
			'200 text/plain; charset=utf-8 success',
		],
	])('is %s', (_case, using, expected) => {
		expect(said(using)).toBe(expected);
	});
});
