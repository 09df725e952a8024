import { EFundPayApi } from '../../../credentials/EFundPayApi.credentials';
import { EFundPayTrigger } from '../../../nodes/EFundPay/EFundPayTrigger.node';
import type { ReceivedCallback } from '../../../nodes/shared/core/contract';
import { callHook, callWebhook, DELETED, logText } from '../../support/contexts';
import { callback, credentials, payment, pem, refund, sign, stranger, textOf } from './callbacks';

const stored = { ...credentials } as unknown as Record<string, string>;

let payments = 0;
/** A payment that no other test has: the same event would be started once only. */
const newPayment = (data: object = {}) => ({
	...payment,
	ll_transaction_id: `20260315${++payments}`,
	payment_data: { ...payment.payment_data, ...data },
});

interface Options {
	credential?: Record<string, string | boolean> | typeof DELETED;
	events?: string[];
	webhookId?: string;
	nodeId?: string;
}

async function receive(
	{ headers, rawBody }: ReceivedCallback,
	{ credential = stored, events, ...rest }: Options = {},
) {
	return await callWebhook({
		node: new EFundPayTrigger(),
		credentialTypes: [new EFundPayApi()],
		credentials: { eFundPayApi: credential },
		parameters: { ...(events && { events }) },
		request: { headers: { 'content-type': 'application/json', ...headers }, rawBody },
		...rest,
	});
}

describe('the EFundPay trigger', () => {
	it('starts with the facts of the payment, and answers in the documented words to the byte', async () => {
		const call = await receive(callback({ ...newPayment(), ll_transaction_id: 'payment-a' }));
		expect(call.items).toEqual([
			[
				{
					json: expect.objectContaining({
						provider: 'efundpay',
						event: 'payment.succeeded',
						eventId: 'payment-a:PS',
						reference: 'order-1',
						status: 'paid',
						amount: '20.50',
						currency: 'USD',
						occurredAt: '2026-03-15T02:11:12.000Z',
						verifiedBy: 'signature',
					}),
				},
			],
		]);
		expect(call.response).toMatchObject({
			status: 200,
			body: '{"code":"200","message":"SUCCESS"}',
			headers: { 'content-type': 'application/json; charset=utf-8' },
		});
	});

	it('starts with a refund when that is chosen', async () => {
		const call = await receive(callback(refund), { events: ['refund.succeeded'] });
		expect(call.items).toEqual([
			[
				{
					json: expect.objectContaining({
						event: 'refund.succeeded',
						reference: 'order-1',
						amount: null,
						status: 'refunded',
					}),
				},
			],
		]);
	});

	it.each<[string, ReceivedCallback, Options]>([
		['without a signature', callback(payment, ''), {}],
		[
			'with a forged signature',
			callback(payment, sign(textOf(payment), { key: stranger.privateKey })),
			{},
		],
		['with half a signature', callback(payment, sign(textOf(payment)).slice(0, 172)), {}],
		[
			'whose amount was changed',
			callback(newPayment({ payment_amount: '2050.00' }), sign(textOf(payment))),
			{},
		],
		[
			'with a key of another platform',
			callback(payment),
			{ credential: { ...stored, platformPublicKey: pem(stranger.publicKey) } },
		],
		['with a deleted credential', callback(payment), { credential: DELETED }],
		[
			'with SHA-256 where SHA-1 is set',
			callback(payment, sign(textOf(payment), { hash: 'RSA-SHA256' })),
			{},
		],
		['that is empty', { headers: { signature: sign('') }, rawBody: Buffer.alloc(0) }, {}],
	])(
		'refuses a callback %s with a real 401 that says nothing, starts nothing, and logs no content',
		async (_case, received, options) => {
			const call = await receive(received, options);
			expect(call.response).toMatchObject({ status: 401, body: 'Unauthorized' });
			expect(call.items).toBeUndefined();
			expect(call.logs).toEqual([
				expect.objectContaining({
					level: 'warn',
					message: expect.stringContaining('EFundPay Trigger refused a callback'),
				}),
			]);
			expect(
				[
					'order-1',
					'20.50',
					stored.secretKey,
					String(stored.platformPublicKey).slice(30, 90),
				].filter((secret) => secret !== undefined && logText(call).includes(secret)),
			).toEqual([]);
		},
	);

	it('takes what the current key proves beside a previous key that was mistyped, and refuses the rest', async () => {
		const credential = { ...stored, platformPublicKeyPrevious: 'oops' };
		expect((await receive(callback(newPayment()), { credential })).items).toHaveLength(1);
		const body = newPayment();
		const forged = await receive(callback(body, sign(textOf(body), { key: stranger.privateKey })), {
			credential,
		});
		// It may be the one that was mistyped: that is our fault, and EFundPay shall send it again.
		expect([forged.response.status, forged.items]).toEqual([500, undefined]);
		expect(logText(forged)).toContain(
			"'Previous Platform Public Key' in the EFundPay credential is not an RSA public key",
		);
	});

	it('answers 500 without a key in the credential', async () => {
		const call = await receive(callback(payment), {
			credential: { ...stored, platformPublicKey: '' },
		});
		expect([call.response.status, call.items]).toEqual([500, undefined]);
		expect(logText(call)).toContain("'Platform Public Key' in the EFundPay credential is empty");
	});

	it('fires "unknown", with no more than what was signed, for a callback whose content was rearranged', async () => {
		const call = await receive(
			callback({ ...payment, payment_data: [payment.payment_data] }, sign(textOf(payment))),
			{ events: ['payment.succeeded', 'unknown'] },
		);
		expect(call.items?.[0]?.[0]?.json).toMatchObject({
			event: 'unknown',
			reference: null,
			amount: null,
			raw: { signed_text: textOf(payment) },
		});
		expect(logText(call)).toContain('its signature is good, but');
	});

	it('names the settings that fit in the log', async () => {
		const call = await receive(
			callback(payment, sign(JSON.stringify(payment), { hash: 'RSA-SHA256' })),
		);
		expect(logText(call)).toContain("'Signature Hash' SHA-256 and 'Signed Text' Raw Body");
	});

	it('takes SHA-256 over the raw body when the credential says so', async () => {
		const body = newPayment();
		const call = await receive(callback(body, sign(JSON.stringify(body), { hash: 'RSA-SHA256' })), {
			credential: {
				...stored,
				otherSettings: true,
				signatureHash: 'sha256',
				signedText: 'rawBody',
			},
		});
		expect(call.items).toHaveLength(1);
	});

	it('keeps big numbers, trailing zeros and non-ASCII as they were signed', async () => {
		const body = JSON.stringify({
			...refund,
			ll_transaction_id: 'refund-b',
			refund_data: { ...refund.refund_data, reason: '尺码不合适' },
		}).replaceAll(':500', ':90071992547409930.50');
		const text = textOf({
			...refund,
			ll_transaction_id: 'refund-b',
			refund_data: { ...refund.refund_data, reason: '尺码不合适' },
		}).replaceAll('=500', '=90071992547409930.50');
		const call = await receive(callback(body, sign(text)), { events: ['refund.succeeded'] });
		expect(call.items?.[0]?.[0]?.json).toMatchObject({
			raw: { refund_data: { refund_amount: '90071992547409930.50', reason: '尺码不合适' } },
		});
	});

	it('does not judge the age: the time header is not signed', async () => {
		expect(
			(await receive(callback(newPayment(), undefined, { timestamp: '19990101000000' }))).items,
		).toHaveLength(1);
	});

	it('starts once for two deliveries of one payment, also with another time header and order of keys', async () => {
		const webhook = { webhookId: 'one', nodeId: 'one' };
		const body = newPayment();
		expect((await receive(callback(body), webhook)).items).toHaveLength(1);
		const again = await receive(
			callback(Object.fromEntries(Object.entries(body).reverse()), sign(textOf(body)), {
				timestamp: '20260315111111',
			}),
			webhook,
		);
		expect(again.response.status).toBe(200);
		expect(again.items).toBeUndefined();
	});

	it('acknowledges what is filtered out and starts nothing', async () => {
		const call = await receive(callback(newPayment({ payment_status: 'PF' })));
		expect(call.response).toMatchObject({
			status: 200,
			body: '{"code":"200","message":"SUCCESS"}',
		});
		expect(call.items).toBeUndefined();
	});

	it('gives a status that no page names as unknown, never as paid', async () => {
		const call = await receive(callback(newPayment({ payment_status: 'PAID' })), {
			events: ['unknown', 'payment.succeeded'],
		});
		expect(call.items).toEqual([
			[
				{
					json: expect.objectContaining({
						event: 'unknown',
						status: 'unknown',
						providerStatus: 'PAID',
					}),
				},
			],
		]);
	});
});

describe('publishing the EFundPay trigger', () => {
	const publish = async (credential: Record<string, string>) =>
		await callHook({
			node: new EFundPayTrigger(),
			credentialTypes: [new EFundPayApi()],
			credentials: { eFundPayApi: credential },
			method: 'create',
		});

	it('works with a key', async () => {
		expect(await publish(stored)).toMatchObject({ result: true });
	});

	it.each([
		['without a key', { ...stored, platformPublicKey: '' }],
		['with a key that is none', { ...stored, platformPublicKey: 'MIIB' }],
	])('fails %s and names the field', async (_case, credential) => {
		expect((await publish(credential)).error?.message).toContain("'Platform Public Key'");
	});

	it('offers neither Confirm With Provider nor Maximum Age, which could not work here', () => {
		const options = new EFundPayTrigger().description.properties.find(
			({ name }) => name === 'options',
		);
		expect(options?.options?.map(({ name }) => name)).toEqual(['respond']);
	});
});
