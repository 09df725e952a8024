/**
 * What WooshPay's pages leave open, as the sandbox plays it: each tolerance and setting fails here
 * without its code.
 */
import type { IDataObject } from 'n8n-workflow';
import { readPayment } from '../../../nodes/WooshPay/wooshPay.contract';
import { PlayedDialect } from '../../support/dialects';
import { credentials, reply } from './samples';

const wooshPay = PlayedDialect.forEachTest('WooshPay');
const money = { amount: '20.50', currency: 'GBP' };
const paid = { event: 'payment.succeeded', status: 'paid', ...money };
const settled = { otherSettings: true, paidValues: 'settled' };
const get = async (resource: 'checkout' | 'payment', id: IDataObject[string], credential = {}) =>
	(
		await wooshPay.run(
			{ resource, operation: 'get', [`${resource}Id`]: id },
			{ credential: { ...credential } },
		)
	).json;

describe('a callback', () => {
	it.each(['wooshpay', 'chinese'])(
		'is verified by the header %s, and not when forged',
		async (signatureHeader) => {
			await wooshPay.play({ signatureHeader });
			const { delivery, checkout } = await wooshPay.callbackOf('pay');
			expect((await wooshPay.verify(delivery)).json).toMatchObject({
				...paid,
				reference: checkout.reference,
				verifiedBy: 'signature',
			});
			const { delivery: forged } = await wooshPay.callbackOf('pay', { callback: 'forged' });
			expect((await wooshPay.verify(forged)).json).toEqual({});
		},
	);

	it.each(['milliseconds', 'seconds'])('has its time in %s', async (unit) => {
		await wooshPay.play({ signatureTime: unit, times: unit });
		const { delivery } = await wooshPay.callbackOf('pay');
		const { json } = await wooshPay.verify(delivery);
		expect(json).toMatchObject({ ...paid, verifiedBy: 'signature' });
		expect(Math.abs(Date.now() - Date.parse(String(json.occurredAt)))).toBeLessThan(60_000);
	});

	it("with another word for paid is unknown, until 'Paid Values' has it", async () => {
		await wooshPay.play({ paidWords: 'other' });
		const { delivery } = await wooshPay.callbackOf('pay');
		const unknown = { event: 'unknown', status: 'unknown', providerStatus: 'settled' };
		expect((await wooshPay.verify(delivery)).json).toMatchObject(unknown);
		const off = { ...settled, otherSettings: false };
		expect((await wooshPay.verify(delivery, off)).json).toMatchObject(unknown);
		expect((await wooshPay.verify(delivery, settled)).json).toMatchObject({
			...paid,
			providerStatus: 'settled',
			statusReason: null,
		});
	});

	it('however its word for paid is spelled is one event', async () => {
		const ids = [];
		const { delivery } = await wooshPay.callbackOf('pay');
		ids.push((await wooshPay.verify(delivery, settled)).json.eventId);
		expect(ids[0]).toMatch(/^pi_\d+:succeeded$/);
		await wooshPay.play({ paidWords: 'other' });
		const other = await wooshPay.callbackOf('pay');
		expect((await wooshPay.verify(other.delivery, settled)).json.eventId).toMatch(
			/^pi_\d+:succeeded$/,
		);
	});

	it('has the amount that was received, where that is told', async () => {
		await wooshPay.play({ amountReceived: 'filled' });
		const { delivery } = await wooshPay.callbackOf('underpay');
		const { json } = await wooshPay.verify(delivery);
		expect(json.event).toBe('payment.succeeded');
		expect(Number(json.amount)).toBeLessThan(20.5);
	});

	it.each(['orderId', 'metadata'])('brings the reference back (%s)', async (reference) => {
		await wooshPay.play({ reference });
		const { delivery, checkout } = await wooshPay.callbackOf('pay');
		const { json } = await wooshPay.verify(delivery);
		expect([json.event, json.reference]).toEqual(['payment.succeeded', checkout.reference]);
	});

	it('that WooshPay does not know of yet is asked for again, not lost', async () => {
		await wooshPay.play({ eventQuery: 'late' });
		const asks = { callbackProof: 'signatureAndProvider' };
		const { delivery } = await wooshPay.callbackOf('pay');
		const early = await wooshPay.trigger(delivery, asks);
		expect([early.response.status, early.items]).toEqual([500, undefined]);
		await wooshPay.play({ eventQuery: 'known' });
		const late = await wooshPay.trigger(delivery, asks);
		expect(late.items?.[0]?.[0]?.json).toMatchObject(paid);
	});

	it.each(['requires_payment_method', 'failed'])(
		'of a declined card says payment.failed, with the reason (%s)',
		async (failedPayment) => {
			await wooshPay.play({ failedPayment });
			const { delivery } = await wooshPay.callbackOf('fail');
			expect((await wooshPay.verify(delivery)).json).toMatchObject({
				event: 'payment.failed',
				status: 'failed',
				statusReason: 'card_declined',
			});
		},
	);

	it('of an expired session says payment.expired', async () => {
		await wooshPay.play({ sessionEvents: 'expired' });
		const { delivery, checkout } = await wooshPay.callbackOf('expire');
		const { reference, checkoutId } = checkout;
		expect((await wooshPay.verify(delivery)).json).toMatchObject({
			event: 'payment.expired',
			status: 'expired',
			reference,
			checkoutId,
		});
	});
});

describe('a checkout', () => {
	it("with another word for paid is not paid, until 'Paid Values' has it", async () => {
		await wooshPay.play({ paidWords: 'other' });
		const { checkout } = await wooshPay.callbackOf('pay');
		expect(await get('checkout', checkout.checkoutId)).toMatchObject({ status: 'unknown' });
		expect(await get('payment', checkout.paymentId)).toMatchObject({ status: 'unknown' });
		expect(await get('checkout', checkout.checkoutId, settled)).toMatchObject({
			status: 'paid',
			providerStatus: 'settled',
		});
		expect(await get('payment', checkout.paymentId, settled)).toMatchObject({
			status: 'paid',
			...money,
		});
	});

	it("is not paid by 'Paid Values' where 'My Provider Told Me Other Settings' is off, also outside n8n", () => {
		const off = { ...credentials, otherSettings: false, paidValues: 'settled' };
		expect(readPayment(reply({ id: 'pi_1', status: 'settled' }), off).status).toBe('unknown');
	});

	it.each(['unpaid', 'open', 'complete', 'requires_capture', 'requires_action', 'failed'])(
		"is never paid by the word %s, which 'Paid Values' refuses",
		async (word) => {
			const credential = { otherSettings: true, paidValues: `settled, ${word}` };
			const { words } = await wooshPay.create({}, credential);
			expect(words).toContain(
				`'Paid Values' in the WooshPay credential holds ${word}, which does not mean paid`,
			);
			expect(words).toContain('Correct the credential; nothing was sent.');
		},
	);

	it.each([
		['open', 'open'],
		['canceled', 'canceled'],
	])('whose payment was canceled is %s where WooshPay says so', async (canceledSession, status) => {
		await wooshPay.play({ canceledSession });
		const { json } = await wooshPay.create();
		await wooshPay.act(json, 'void', { callback: 'none' });
		expect(await get('checkout', json.checkoutId)).toMatchObject({ status });
	});

	it.each(['requires_payment_method', 'requires_confirmation', 'processing'])(
		'has a payment that is pending before it is paid (%s)',
		async (unpaidPayment) => {
			await wooshPay.play({ unpaidPayment });
			const { json } = await wooshPay.create();
			expect(await get('payment', json.paymentId)).toMatchObject({
				status: 'pending',
				providerStatus: unpaidPayment,
			});
		},
	);

	it('has its expiry in either unit', async () => {
		await wooshPay.play({ times: 'seconds' });
		const { json } = await wooshPay.create();
		const left = Date.parse(String(json.expiresAt)) - Date.now();
		expect(Math.round(left / 3_600_000)).toBe(24);
	});

	it("can be created without a field that the account does not take, by 'Extra Request Fields'", async () => {
		await wooshPay.play({ paymentData: 'refused' });
		expect((await wooshPay.create()).words).toMatch(
			/HTTP 400.*payment_intent_data: is not a field/,
		);
		const { json } = await wooshPay.create({
			options: { extraFields: '{ "payment_intent_data": null }' },
		});
		expect(json).toMatchObject({ status: 'open', ...money });
	});
});

it("a refund can have its amount as text, by 'Extra Request Fields'", async () => {
	await wooshPay.play({ refundAmount: 'text' });
	const { checkout } = await wooshPay.callbackOf('pay');
	const refund = async (options: { extraFields?: string }) =>
		await wooshPay.run({
			resource: 'refund',
			operation: 'create',
			paymentId: checkout.paymentId,
			amountFrom: 'amount',
			amount: '5.00',
			currency: 'GBP',
			options,
		});
	expect((await refund({})).words).toMatch(/HTTP 400.*amount: must be text/);
	expect((await refund({ extraFields: '{ "amount": "500" }' })).json).toMatchObject({
		status: 'succeeded',
		amount: '5.00',
	});
});

describe('a refusal', () => {
	it.each(['nested', 'flat', 'oauth'])(
		'says what WooshPay said, in whatever envelope (%s)',
		async (errors) => {
			await wooshPay.play({ errors });
			const { words } = await wooshPay.create({}, { secretKey: 'sk_test_wrong' });
			expect(words).toMatch(/HTTP 401\): Invalid API key\./);
			expect(words).toContain("Check 'Secret Key' in the credential");
		},
	);

	it('of the key is known by 403 as well', async () => {
		await wooshPay.play({ wrongKey: 'forbidden' });
		const { words } = await wooshPay.create({}, { secretKey: 'sk_test_wrong' });
		expect(words).toMatch(/HTTP 403.*The key in the credential may not do this/);
	});
});
