/**
 * What TokenPay's pages leave open, as the sandbox plays it: each tolerance and setting fails here
 * without its code.
 */
import { PlayedDialect } from '../../support/dialects';

const tokenPay = PlayedDialect.forEachTest('TokenPay');
const paid = { event: 'payment.succeeded', status: 'paid', amount: '20.5', currency: 'USDT' };
const asksAlone = { callbackProof: 'provider' };

/** Each reading of a callback that the package takes without a setting. */
const callbacks: Array<[string, Record<string, string>]> = [
	['signed over its resource', { signedPart: 'resource' }],
	['signed over its resource with sorted keys', { signedPart: 'sorted' }],
	['called AES-256-ECB', { algorithm: 'gcmAsEcb' }],
	['not called anything', { algorithm: 'unnamed' }],
	['encrypted with AES-256-ECB', { algorithm: 'ecb' }],
	['with associated data', { associatedData: 'used' }],
	['with a nonce in base64', { nonce: 'base64' }],
	['with a nonce in hexadecimal', { nonce: 'hex' }],
	['without IDs', { ids: 'absent' }],
	['of a time in seconds', { time: 'seconds' }],
	['of a time in microseconds', { time: 'microseconds' }],
	['of a time in ISO 8601', { time: 'iso' }],
	['under its other headers', { headers: 'tokenpay' }],
	['with its amount as text', { amounts: 'text' }],
	['with its currency as text', { currency: 'text' }],
];

describe('a callback', () => {
	it.each(callbacks)('%s says what was paid', async (_case, readings) => {
		await tokenPay.play(readings);
		const { checkout, delivery } = await tokenPay.callbackOf('pay');
		const { json, words } = await tokenPay.verify(delivery);
		expect([words, json]).toEqual(['', expect.objectContaining(paid)]);
		expect(json.reference).toBe(checkout.reference);
	});

	it.each(callbacks)('%s cannot be forged', async (_case, readings) => {
		await tokenPay.play(readings);
		for (const callback of ['forged', 'tampered'] as const) {
			const { delivery } = await tokenPay.callbackOf('pay', { callback });
			const { json } = await tokenPay.verify(delivery);
			// What cannot be opened says nothing of any payment.
			expect([undefined, 'unknown']).toContain(json.event);
			expect([json.amount ?? null, json.reference ?? null]).toEqual([null, null]);
		}
	});

	it("is read in whole coins by 'Amounts in Answers and Callbacks', and else has no wrong amount that ships", async () => {
		await tokenPay.play({ amounts: 'whole' });
		const { delivery } = await tokenPay.callbackOf('pay');
		const settings = { otherSettings: true, answerAmounts: 'wholeCoins' };
		expect((await tokenPay.verify(delivery, settings)).json).toMatchObject(paid);
		expect((await tokenPay.verify(delivery)).json).toMatchObject({ amount: null });
	});

	it.each(['late', 'unknown'])(
		'that TokenPay does not know of yet (%s) is asked for again, not lost',
		async (query) => {
			await tokenPay.play({ query });
			const { delivery } = await tokenPay.callbackOf('pay');
			const early = await tokenPay.trigger(delivery);
			expect([early.response.status, early.items]).toEqual([500, undefined]);
			await tokenPay.play({ query: 'paid' });
			const late = await tokenPay.trigger(delivery);
			expect(late.items?.[0]?.[0]?.json).toMatchObject(paid);
		},
	);

	it('of an order that ran out is one that was canceled', async () => {
		await tokenPay.play({ events: 'all' });
		const { delivery } = await tokenPay.callbackOf('expire');
		expect((await tokenPay.verify(delivery)).json).toMatchObject({ event: 'payment.canceled' });
	});

	it("is acknowledged as TokenPay wants it by 'Acknowledgement Body', and else not", async () => {
		await tokenPay.play({ acknowledgement: 'json' });
		const answer = async (otherSettings: boolean) => {
			const { delivery } = await tokenPay.callbackOf('pay');
			const acknowledgementBody = '{"code":"SUCCESS"}';
			const { response } = await tokenPay.trigger(delivery, { otherSettings, acknowledgementBody });
			return response.body;
		};
		expect([await answer(true), await answer(false)]).toEqual(['{"code":"SUCCESS"}', 'success']);
	});
});

describe('an order', () => {
	it("counts smallest units by 'Amounts in Orders': the payer sees what was entered", async () => {
		await tokenPay.play({ orderAmounts: 'smallest' });
		const settings = { otherSettings: true, orderAmounts: 'smallestUnit' };
		const { checkout, delivery } = await tokenPay.callbackOf('pay', {}, settings);
		expect(checkout).toMatchObject({ amount: '20.5', status: 'open' });
		expect((await tokenPay.verify(delivery)).json).toMatchObject(paid);
		expect((await tokenPay.create()).words).toContain('amount invalid (code 20005');
	});

	it('has its link, relative or absolute', async () => {
		const { json: relative } = await tokenPay.create();
		await tokenPay.play({ link: 'absolute' });
		const { json: absolute } = await tokenPay.create();
		for (const { checkoutUrl, checkoutId } of [relative, absolute])
			expect(checkoutUrl).toBe(`${tokenPay.url}/pay/order?prepay_id=${String(checkoutId)}`);
	});

	it('is made and found where codes are texts', async () => {
		await tokenPay.play({ code: 'text' });
		const { json, words } = await tokenPay.create();
		expect([words, json.status]).toEqual(['', 'open']);
	});
});

describe('a refusal', () => {
	it.each(['200', '400', '404'])('says the same with HTTP %s', async (refusals) => {
		await tokenPay.play({ refusals });
		const { words } = await tokenPay.create({}, { appSecret: 'tokenpay-secret-nobody-ever-had!' });
		expect(words).toContain('invalid signature (code 103)');
	});

	it.each<[string, object, boolean]>([
		['12003', {}, true],
		['11000', { otherSettings: true, unknownOrderCodes: '11000' }, true],
		['11000', {}, false],
	])('with code %s, and the settings %j, denies an order: %s', async (code, settings, isDenied) => {
		await tokenPay.play({ unknownOrder: code, query: 'unknown' });
		const { delivery } = await tokenPay.callbackOf('pay');
		const { words } = await tokenPay.verify(delivery, { ...settings });
		expect(words.includes('the query that there is no such payment')).toBe(isDenied);
	});
});

it('what stays refused names the setting that takes it', async () => {
	const { delivery } = await tokenPay.callbackOf('pay');
	const requestHeaders = { 'content-type': 'application/json' };
	const unsigned = { ...delivery, requestHeaders };
	const { words } = await tokenPay.verify(unsigned);
	expect(words).toContain("'When a Callback Comes' set to Ask TokenPay");
	expect((await tokenPay.verify(unsigned, asksAlone)).json).toMatchObject(paid);
});
