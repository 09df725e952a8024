/**
 * What EFundPay's pages leave open, as the sandbox plays it: each tolerance and setting fails here
 * without its code.
 */
import type { IDataObject } from 'n8n-workflow';
import { eventually } from '../../sandbox/support';
import { PlayedDialect } from '../../support/dialects';

const efundpay = PlayedDialect.forEachTest('EFundPay');
const paid = { event: 'payment.succeeded', status: 'paid', amount: '20.50', currency: 'USD' };
const on = (settings: IDataObject) => ({ otherSettings: true, ...settings });

const paidTransaction = async (credential?: IDataObject) => {
	const { checkout } = await efundpay.callbackOf('pay');
	return await efundpay.run(
		{ resource: 'transaction', operation: 'get', paymentId: checkout.paymentId },
		{ ...(credential && { credential }) },
	);
};

describe('a checkout', () => {
	it.each(
		['payment_url_link', 'payment_url', 'approval_url'].flatMap((linkName) =>
			['details', 'method', 'top'].map((linkPlace) => [linkName, linkPlace] as const),
		),
	)('has its link under %s, wherever it stands (%s)', async (linkName, linkPlace) => {
		await efundpay.play({ linkName, linkPlace });
		const { json, words } = await efundpay.create();
		expect([json.checkoutUrl, words]).toEqual([expect.stringMatching(/\/cashier\/efundpay\//), '']);
	});

	it('is made where EFundPay insists on cart_items, though nobody has said what is sold', async () => {
		await efundpay.play({ cartItems: 'required' });
		const { json } = await efundpay.create({ description: '' });
		expect(json).toMatchObject({ status: 'open', amount: '20.50' });
	});

	it('is made without a merchant account, where EFundPay needs none', async () => {
		const none = { merchantAccountId: '' };
		expect((await efundpay.create({}, none)).words).toContain("enter 'Merchant Account ID'");
		await efundpay.play({ merchantAccount: 'optional' });
		expect((await efundpay.create({}, none)).json).toMatchObject({ status: 'open' });
	});
});

it('a direct payment goes to the path that is served', async () => {
	await efundpay.play({ createPath: 'transactions' });
	const { json, words } = await efundpay.run({
		...efundpay.facts.order,
		...efundpay.facts.checkouts['transaction.create']?.parameters({
			reference: 'order-1',
		} as never),
		resource: 'transaction',
		operation: 'create',
		callback: 'url',
		cardNumber: '4000123412341234',
	});
	expect([json.status, words]).toEqual(['open', '']);
});

it("a transaction that stays authorized is paid by 'Paid Statuses', and else not", async () => {
	await efundpay.play({ capturedStatus: 'authorization_succeeded' });
	const paidStatuses = 'authorization_succeeded';
	expect((await paidTransaction(on({ paidStatuses }))).json).toMatchObject({ status: 'paid' });
	expect((await paidTransaction({ paidStatuses })).json).toMatchObject({ status: 'pending' });
});

it.each([
	['behind', 'open', /^$/],
	['unknown', undefined, /HTTP 404/],
])('a payment that EFundPay does not tell yet (%s) is not paid', async (query, status, said) => {
	await efundpay.play({ query });
	const { json, words } = await paidTransaction();
	expect([json.status, words]).toEqual([status, expect.stringMatching(said)]);
});

describe('a callback', () => {
	const verified = async (credential?: IDataObject) => {
		const { delivery } = await efundpay.callbackOf('pay');
		return await efundpay.verify(delivery, credential);
	};

	it('has its amount as a number with decimals, too', async () => {
		await efundpay.play({ amounts: 'number' });
		expect((await verified()).json).toMatchObject({ ...paid, amount: '20.5' });
	});

	it("has its amount of the smallest unit by 'Amounts in Callbacks', and else none", async () => {
		await efundpay.play({ amounts: 'smallest' });
		expect((await verified()).json).toMatchObject({ ...paid, amount: null });
		expect((await verified(on({ callbackAmounts: 'smallest' }))).json).toMatchObject(paid);
	});

	it('has its number as a number, too', async () => {
		await efundpay.play({ ids: 'number' });
		expect((await verified()).json).toMatchObject({
			...paid,
			eventId: expect.stringMatching(/^\d{16}:PS$/) as string,
		});
	});

	it("with another word than PS is a payment by 'Paid Statuses', and else unknown", async () => {
		await efundpay.play({ paidCode: 'SETTLED' });
		expect((await verified()).json).toMatchObject({ event: 'unknown', providerStatus: 'SETTLED' });
		expect((await verified(on({ paidStatuses: 'SETTLED' }))).json).toMatchObject(paid);
	});

	it.each([
		['all', 'cancel', 'payment.canceled', '20.50'],
		['all', 'expire', 'payment.failed', '20.50'],
		['bare', 'cancel', 'payment.canceled', null],
		['bare', 'expire', 'payment.failed', null],
	] as const)(
		'that is no success (%s) says what it says: %s',
		async (callbackEvents, action, event, amount) => {
			await efundpay.play({ callbackEvents });
			const { checkout, delivery } = await efundpay.callbackOf(action);
			expect((await efundpay.verify(delivery)).json).toMatchObject({
				event,
				amount,
				reference: checkout.reference,
			});
		},
	);

	it.each(['all', 'bare'])('that is no success (%s) cannot be forged', async (callbackEvents) => {
		await efundpay.play({ callbackEvents });
		for (const callback of ['forged', 'tampered'] as const) {
			const { delivery } = await efundpay.callbackOf('expire', { callback });
			const { json, words } = await efundpay.verify(delivery);
			expect([json, words]).toEqual([{}, expect.stringContaining('not a genuine')]);
		}
	});

	it.each([
		['RSA-SHA256', 'canonical', { signatureHash: 'sha256', signedText: 'canonical' }],
		['RSA-SHA1', 'rawBody', { signatureHash: 'sha1', signedText: 'rawBody' }],
		['RSA-SHA256', 'rawBody', { signatureHash: 'sha256', signedText: 'rawBody' }],
	])(
		'signed by %s over %s is refused with the settings that fit, and taken with them',
		async (signatureHash, signedText, settings) => {
			await efundpay.play({ signatureHash, signedText });
			const refused = await verified();
			expect([refused.json, refused.words]).toEqual([
				{},
				expect.stringMatching(/not a genuine.*It is genuine with 'Signature Hash'.*switch on/),
			]);
			expect((await verified(on(settings))).json).toMatchObject(paid);
			expect((await verified(settings)).words).toContain('not a genuine');
		},
	);

	it.each([
		['hex', 'RSA with PKCS#1 v1.5, SHA-1, over Canonical Text, in hexadecimal'],
		['pss', 'RSA with PSS, SHA-1, over Canonical Text, in base64'],
		['hmac', "an HMAC of 'Secret Key' (SHA-256, over the canonical text without = and &)"],
	])('signed in a way that is not taken (%s) is refused in words', async (signature, words) => {
		await efundpay.play({ signature });
		const refused = await verified();
		expect([refused.json, refused.words]).toEqual([{}, expect.stringContaining(words)]);
	});
});

it.each([
	['smallest', '5.00'],
	['major', '5'],
])(
	"a refund in %s has its amount by 'Refund Amounts in Callbacks', and else none",
	async (refundAmounts, amount) => {
		await efundpay.play({ refundAmounts });
		const { checkout } = await efundpay.callbackOf('pay');
		await efundpay.run({
			resource: 'refund',
			operation: 'create',
			paymentId: checkout.paymentId,
			amount: '5.00',
			currency: 'USD',
			reason: 'Goods returned',
			reference: `${String(checkout.reference)}-refund`,
			callback: 'url',
			callbackUrl: 'http://127.0.0.1:9/callback',
		});
		const ofRefund = async () =>
			(await efundpay.deliveries()).find(({ requestBody }) => requestBody.includes('refund_data'));
		await eventually(async () => (await ofRefund()) !== undefined);
		const delivery = (await ofRefund())!;
		const back = { event: 'refund.succeeded', currency: 'USD' };
		expect((await efundpay.verify(delivery)).json).toMatchObject({ ...back, amount: null });
		expect(
			(await efundpay.verify(delivery, on({ callbackRefundAmounts: refundAmounts }))).json,
		).toMatchObject({ ...back, amount });
	},
);

describe('a refusal', () => {
	it.each(['message', 'msg', 'nested'])(
		'says what EFundPay said, in whatever envelope (%s)',
		async (errors) => {
			await efundpay.play({ errors });
			const { words } = await efundpay.create({}, { secretKey: 'sk_test_wrong' });
			expect(words).toMatch(/refused the request \(HTTP 401\).*Invalid API key/);
			expect(words).toContain("Check 'Secret Key' and 'Merchant Account ID' in the credential");
		},
	);

	it('of the key is known by 403 as well, one of the request by 422', async () => {
		await efundpay.play({ wrongKey: 'forbidden', wrongRequest: 'unprocessable' });
		const { words } = await efundpay.create({}, { secretKey: 'sk_test_wrong' });
		expect(words).toMatch(/HTTP 403.*Check 'Secret Key'/);
		const extra = { options: { extraFields: '{ "buyer": "me" }' } };
		expect((await efundpay.create(extra)).words).toMatch(/HTTP 422.*buyer/);
	});
});
