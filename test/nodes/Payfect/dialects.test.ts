/**
 * What Payfect's pages leave open, as the sandbox plays it: each tolerance and setting fails here
 * without its code.
 */
import { payfect as payfectContract } from '../../../nodes/Payfect/payfect.contract';
import { PlayedDialect } from '../../support/dialects';
import { credentials } from './support';

const payfect = PlayedDialect.forEachTest('Payfect');
const merchantId = '7b1d2c3e-4f50-4a6b-8c7d-9e0f1a2b3c4d';
const money = { amount: '20.50', currency: 'usdt' };
const paid = { event: 'payment.succeeded', status: 'paid', ...money };

describe('a callback', () => {
	it.each(['spaced', 'same', 'camelCase', 'wrapped'])(
		'whose body is %s says what its token says',
		async (callbackBody) => {
			await payfect.play({ callbackBody });
			const { checkout, delivery } = await payfect.callbackOf('pay');
			const { json } = await payfect.verify(delivery);
			expect(json).toMatchObject({ ...paid, reference: checkout.reference });
		},
	);

	it.each(['camelCase', 'wrapped'])('whose body is %s cannot be forged', async (callbackBody) => {
		await payfect.play({ callbackBody });
		for (const callback of ['forged', 'tampered'] as const) {
			const { delivery } = await payfect.callbackOf('pay', { callback });
			const { json, words } = await payfect.verify(delivery);
			expect([json, words]).toEqual([{}, expect.stringContaining('not a genuine')]);
		}
	});

	it('has its amount as a number, too', async () => {
		await payfect.play({ amounts: 'number' });
		const { delivery } = await payfect.callbackOf('pay');
		expect((await payfect.verify(delivery)).json).toMatchObject({ ...paid, amount: '20.5' });
	});

	it('with another word than succeeded is unknown, and where Payfect is asked what Payfect says', async () => {
		await payfect.play({ callbackEvents: 'all' });
		const { delivery } = await payfect.callbackOf('expire');
		expect((await payfect.verify(delivery)).json).toMatchObject({
			event: 'unknown',
			providerStatus: 'expired',
		});
		const asks = { callbackProof: 'provider', merchantId };
		expect((await payfect.verify(delivery, asks)).json).toMatchObject({ event: 'payment.expired' });
	});

	it.each([
		['success', 'success', 'text/plain'],
		['json', '{"received":true}', 'application/json'],
	])(
		"is acknowledged as Payfect wants it (%s) by 'Acknowledgement Body', and else not",
		async (acknowledgement, acknowledgementBody, type) => {
			await payfect.play({ acknowledgement });
			const answer = async (fields: object) => {
				const { delivery } = await payfect.callbackOf('pay');
				const { response } = await payfect.trigger(delivery, { ...fields });
				return response;
			};
			const told = await answer({ otherSettings: true, acknowledgementBody });
			expect(told).toMatchObject({
				status: 200,
				body: acknowledgementBody,
				headers: { 'content-type': `${type}; charset=utf-8` },
			});
			expect(await answer({ otherSettings: false, acknowledgementBody })).toMatchObject({
				body: 'OK',
			});
		},
	);

	it("is acknowledged with OK where 'My Provider Told Me Other Settings' is off, also outside n8n", () => {
		const { acknowledgement } = payfectContract.callback;
		const off = { ...credentials, otherSettings: false, acknowledgementBody: 'success' };
		expect(acknowledgement(off).body).toBe('OK');
	});

	it('that Payfect does not know of yet is asked for again, not lost', async () => {
		await payfect.play({ query: 'late' });
		const asks = { callbackProof: 'signatureAndProvider', merchantId };
		const { delivery } = await payfect.callbackOf('pay', {}, asks);
		const early = await payfect.trigger(delivery, asks);
		expect([early.response.status, early.items]).toEqual([500, undefined]);
		await payfect.play({ query: 'complete' });
		const late = await payfect.trigger(delivery, asks);
		expect(late.items?.[0]?.[0]?.json).toMatchObject(paid);
	});

	it.each(['object', 'text'])(
		'is asked about, and the merchant of the answer is looked at as %s',
		async (merchant) => {
			await payfect.play({ merchant });
			const asks = { callbackProof: 'provider', merchantId };
			const { delivery } = await payfect.callbackOf('pay', {}, asks);
			expect((await payfect.verify(delivery, asks)).json).toMatchObject(paid);
			const others = { ...asks, merchantId: 'bf065cc8-343d-4419-be7d-ed2190f1df4d' };
			expect((await payfect.verify(delivery, others)).words).toMatch(/not that of 'Merchant ID'/);
		},
	);
});

describe('a checkout', () => {
	it('has its reference, amount and expiry however the answer writes them', async () => {
		const expiries = [];
		for (const expiresAt of ['milliseconds', 'seconds', 'iso']) {
			await payfect.play({ expiresAt, amounts: 'number', reference: 'absent' });
			const { json } = await payfect.create({ reference: 'order-1' });
			expect(json).toMatchObject({ reference: 'order-1', amount: '20.5', currency: 'usdt' });
			expiries.push(Date.parse(String(json.expiresAt)) - Date.now());
		}
		// A sandbox's checkout lives a day: the spellings differ by thousands of years.
		for (const left of expiries) expect(Math.round(left / 3_600_000)).toBe(24);
	});
});

describe('a refusal', () => {
	it.each(['detail', 'message', 'nested'])(
		'says what Payfect said, in whatever envelope (%s)',
		async (errors) => {
			await payfect.play({ errors });
			const { words } = await payfect.create({}, { apiKey: 'wrong' });
			expect(words).toMatch(/refused the request \(HTTP 401\).*Invalid API key/);
			expect(words).toContain("Check 'API Key' in the credential.");
		},
	);

	it('of the key is known by 403 as well', async () => {
		await payfect.play({ wrongKey: 'forbidden' });
		const { words } = await payfect.create({}, { apiKey: 'wrong' });
		expect(words).toMatch(/HTTP 403.*Check 'API Key' in the credential/);
	});
});
