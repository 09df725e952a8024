import type { IDataObject } from 'n8n-workflow';
import { TokenPayApi } from '../../../credentials/TokenPayApi.credentials';
import { TokenPay } from '../../../nodes/TokenPay/TokenPay.node';
import { TokenPayTrigger } from '../../../nodes/TokenPay/TokenPayTrigger.node';
import { callHook, callWebhook, DELETED, logText, runNode } from '../../support/contexts';
import { TestSandbox } from '../../support/testSandbox';
import { startProviderServer, type ProviderServer } from '../shared/support/providerServer';
import {
	appSecret,
	callback,
	credentials,
	envelope,
	paid,
	resource,
	resourceInEcb,
	type Signing,
} from './callbacks';

/** An API that knows the payments of the tests, and tells what its own callbacks say of them. */
let api: ProviderServer;
const known = new Map<string, object>();
const answerOf = (order: object | undefined) => ({
	body: JSON.stringify(order ? { code: 0, data: order } : { code: 12002, msg: 'no data' }),
});
const asksKnown = () =>
	api.respond(({ body }) =>
		answerOf(known.get((JSON.parse(body) as { transaction_id: string }).transaction_id)),
	);
beforeAll(async () => void (api = await startProviderServer()));
beforeEach(() => {
	api.reset();
	asksKnown();
});
afterAll(() => api.close());
const stored = (): Record<string, string> =>
	({ ...credentials, baseUrl: api.url }) as unknown as Record<string, string>;

let payments = 0;
/** A payment that no other test has: the same event would be started once only. */
const newPayment = (more: object = {}) => {
	const payment = { ...paid, transaction_id: `payment-${++payments}`, ...more };
	known.set(payment.transaction_id, payment);
	return payment;
};

interface Options {
	options?: IDataObject;
	events?: string[];
	credential?: Record<string, string> | typeof DELETED;
	signing?: Signing;
	isTest?: boolean;
	webhookId?: string;
	nodeId?: string;
}

async function receive(
	body: unknown,
	{ options = {}, events, credential = stored(), signing, ...rest }: Options = {},
) {
	const { headers, rawBody } = callback(body, signing);
	return await callWebhook({
		node: new TokenPayTrigger(),
		credentialTypes: [new TokenPayApi()],
		credentials: { tokenPayApi: credential },
		parameters: { options, ...(events && { events }) },
		request: { headers, rawBody },
		...rest,
	});
}
const of = (content: object) => envelope({ resource: resource(content) });

describe('the TokenPay trigger', () => {
	it('starts with the facts of the payment and answers "success" as text', async () => {
		const call = await receive(of(newPayment({ transaction_id: 'payment-a' })));
		expect(call.items).toEqual([
			[
				{
					json: expect.objectContaining({
						event: 'payment.succeeded',
						eventId: 'payment-a:SUCCESS:15',
						reference: 'order-1',
						amount: '15',
						currency: 'TRX',
						verifiedBy: 'signature+provider',
					}),
				},
			],
		]);
		expect(call.response).toMatchObject({
			status: 200,
			body: 'success',
			headers: { 'content-type': 'text/plain; charset=utf-8' },
		});
	});

	it('takes what the current secret proves beside a previous one that was mistyped, and refuses the rest', async () => {
		const credential = { ...stored(), appSecretPrevious: 'oops' };
		expect((await receive(of(newPayment()), { credential })).items).toHaveLength(1);
		const forged = await receive(of(newPayment()), {
			credential,
			signing: { secret: 'somebody-else-with-another-key-!' },
		});
		// It may be the one that was mistyped: that is our fault, and TokenPay shall send it again.
		expect([forged.response.status, forged.items]).toEqual([500, undefined]);
		expect(logText(forged)).toContain(
			"'Previous App Secret' in the TokenPay credential is not 32 bytes long",
		);
	});

	it.each([
		['a forged signature', envelope(), { signing: { secret: 'somebody-else-with-another-key-!' } }],
		['a body that was changed', envelope(), { signing: { signed: '{}' } }],
		['another application', envelope({ app_id: 'another' }), {}],
		['a deleted credential', envelope(), { credential: DELETED }],
		[
			'an age of eight days',
			envelope(),
			{ signing: { timestamp: String(Date.now() - 8 * 86_400_000) } },
		],
		[
			'an age of ten minutes where five are allowed',
			envelope(),
			{ signing: { timestamp: String(Date.now() - 600_000) }, options: { maximumAge: 5 / 1440 } },
		],
		[
			'a time in the future',
			envelope(),
			{ signing: { timestamp: String(Date.now() + 2 * 86_400_000) } },
		],
	] as Array<[string, unknown, Options]>)(
		'refuses %s with a real 401 that says nothing, starts nothing, and logs no secret',
		async (_case, body, options) => {
			const call = await receive(body, options);
			expect(call.response).toMatchObject({ status: 401, body: 'Unauthorized' });
			expect(call.items).toBeUndefined();
			expect(call.logs).toEqual([
				expect.objectContaining({
					level: 'warn',
					message: expect.stringContaining('TokenPay Trigger refused a callback'),
				}),
			]);
			expect(
				[appSecret, credentials.appId, 'order-1'].filter((secret) =>
					logText(call).includes(secret),
				),
			).toEqual([]);
		},
	);

	it('answers 500 while the credential has no secret, so that TokenPay sends it again', async () => {
		const call = await receive(of(newPayment()), { credential: { ...stored(), appSecret: '' } });
		expect([call.response.status, call.items]).toEqual([500, undefined]);
		expect(logText(call)).toContain("'App Secret' in the TokenPay credential is empty");
	});

	it('fires "unknown" for a payout in an encryption that proves nothing, and names it in the log', async () => {
		const call = await receive(
			envelope({ resource: resourceInEcb(newPayment(), appSecret, 'payanother') }),
			{ events: ['unknown'] },
		);
		expect(call.items?.[0]?.[0]?.json).toMatchObject({ event: 'unknown', reference: null });
		expect(logText(call)).toContain('AES-256-ECB');
		expect(api.received).toHaveLength(0);
	});

	it('takes nothing but the number of what is encrypted only: everything else is the answer of the API', async () => {
		const payment = newPayment({ out_trade_no: 'order-ecb', pay_time: Date.now() });
		const claimed = { ...payment, out_trade_no: 'order-777', amount: 999_000_000 };
		const call = await receive(envelope({ resource: resourceInEcb(claimed) }));
		expect(call.items).toEqual([
			[
				{
					json: expect.objectContaining({
						event: 'payment.succeeded',
						reference: 'order-ecb',
						amount: '15',
						verifiedBy: 'provider',
					}),
				},
			],
		]);
	});

	it('starts nothing for an order that the API does not know, however it is signed or spelled', async () => {
		const nobodys = { ...paid, transaction_id: 'nobody-has-paid-this' };
		const resources = [
			resource(nobodys),
			resource(nobodys, { algorithm: undefined }),
			resourceInEcb(nobodys),
		];
		for (const part of resources) {
			const body = { resource: part };
			const call = await receive(body, { signing: { signed: JSON.stringify(part) } });
			expect([call.response.status, call.items]).toEqual([500, undefined]);
		}
	});

	it('starts for a payment whose resource alone is signed, in a callback that names no application', async () => {
		const part = resource(newPayment());
		const call = await receive({ resource: part }, { signing: { signed: JSON.stringify(part) } });
		expect(call.items).toEqual([
			[{ json: expect.objectContaining({ amount: '15', verifiedBy: 'signature+provider' }) }],
		]);
	});

	it('takes any age with Maximum Age 0', async () => {
		const call = await receive(of(newPayment()), {
			options: { maximumAge: 0 },
			signing: { timestamp: '1000000000000' },
		});
		expect(call.items).toHaveLength(1);
	});

	it('acknowledges what is filtered out and starts nothing', async () => {
		const call = await receive(of(newPayment({ trade_state: 'REFUND' })));
		expect(call.response).toMatchObject({ status: 200, body: 'success' });
		expect(call.items).toBeUndefined();
	});

	it('never starts a payment workflow for a payout', async () => {
		const payout = envelope({ resource: resource(newPayment(), { original_type: 'payanother' }) });
		expect((await receive(payout)).items).toBeUndefined();
		expect((await receive(payout, { events: ['unknown'] })).items).toEqual([
			[{ json: expect.objectContaining({ event: 'unknown', status: 'unknown' }) }],
		]);
	});

	it('starts once for two deliveries of one payment, also when the second is encrypted anew', async () => {
		const content = newPayment();
		const webhook = { webhookId: 'one', nodeId: 'one' };
		expect((await receive(of(content), webhook)).items).toHaveLength(1);
		const again = await receive(
			envelope({ resource: resource(content, { nonce: 'ba9876543210' }) }),
			webhook,
		);
		expect(again.response).toMatchObject({ status: 200, body: 'success' });
		expect(again.items).toBeUndefined();
	});

	it('starts once more for an order that was supplemented with another amount, and takes each redelivery for what it was', async () => {
		const order = newPayment();
		const supplemented = { ...order, amount: 20_000_000 };
		const deliver = async (content: object, nodeId: string) =>
			(await receive(of(content), { nodeId })).items?.[0]?.[0]?.json;
		const first = await deliver(order, 'supplemented');
		known.set(order.transaction_id, supplemented);
		const second = await deliver(supplemented, 'supplemented');
		expect([first, second]).toEqual([
			expect.objectContaining({ amount: '15', eventId: `${order.transaction_id}:SUCCESS:15` }),
			expect.objectContaining({ amount: '20', eventId: `${order.transaction_id}:SUCCESS:20` }),
		]);
		expect(await deliver(order, 'supplemented')).toBeUndefined();
		expect(await deliver(supplemented, 'supplemented')).toBeUndefined();
		// After a restart nobody remembers them.
		expect(await deliver(order, 'afterwards')).toMatchObject({ eventId: first?.eventId });
		expect(await deliver(supplemented, 'afterwards')).toMatchObject({ eventId: second?.eventId });
	});

	it('starts nothing anew for an amount that only the callback claims: whoever uses the credential can sign one', async () => {
		const order = newPayment();
		const webhook = { nodeId: 'claimed' };
		expect((await receive(of(order), webhook)).items).toHaveLength(1);
		const claimed = await receive(of({ ...order, amount: 999_000_000 }), webhook);
		expect([claimed.response.status, claimed.items]).toEqual([200, undefined]);
	});

	it('is not published while its secret is missing, and says which', async () => {
		const created = await callHook({
			node: new TokenPayTrigger(),
			credentialTypes: [new TokenPayApi()],
			credentials: { tokenPayApi: { ...stored(), appSecret: '' } },
			method: 'create',
		});
		expect(created.error?.message).toContain("'App Secret'");
	});

	it('is published with a good credential', async () => {
		const created = await callHook({
			node: new TokenPayTrigger(),
			credentialTypes: [new TokenPayApi()],
			credentials: { tokenPayApi: stored() },
			method: 'create',
		});
		expect(created.result).toBe(true);
	});
});

describe('whether it is paid says the API', () => {
	let sandbox: TestSandbox;
	beforeAll(async () => (sandbox = await TestSandbox.start()));
	afterAll(async () => await sandbox.close());
	const played = () => sandbox.credential('tokenPayApi');

	/** Makes an order at the sandbox and gives what a callback about it says. */
	async function ordered(reference: string, pay: boolean) {
		const parameters = {
			resource: 'checkout',
			operation: 'create',
			amount: '15',
			chain: 'TRON',
			currency: 'TRX',
			reference,
			callback: 'none',
		};
		const { outputs } = await runNode({
			node: new TokenPay(),
			credentialTypes: [new TokenPayApi()],
			credentials: { tokenPayApi: played() },
			parameters,
		});
		const checkoutId = String(outputs[0]?.[0]?.json.checkoutId);
		if (pay) await sandbox.act('tokenpay', checkoutId, 'pay', { callback: 'none' });
		const { paymentId } = await sandbox.checkoutOf('tokenpay', reference);
		return { ...paid, out_trade_no: reference, transaction_id: paymentId };
	}

	async function confirmed(
		content: object,
		credential: Record<string, string> = {},
		more: Options = {},
	) {
		const keys = { ...played(), ...credential };
		const secret = String(played().appSecret);
		const body = {
			app_id: keys.appId,
			mch_id: keys.merchantId,
			resource: resource(content, { secret }),
		};
		return await receive(body, {
			credential: keys,
			signing: { secret },
			...more,
		});
	}

	it('starts when the API says paid too', async () => {
		const call = await confirmed(await ordered('order-a', true));
		expect(call.items).toEqual([
			[
				{
					json: expect.objectContaining({
						event: 'payment.succeeded',
						amount: '15',
						verifiedBy: 'signature+provider',
					}),
				},
			],
		]);
	});

	it('asks for another delivery while the API says unpaid', async () => {
		const call = await confirmed(await ordered('order-b', false));
		expect([call.response.status, call.items]).toEqual([500, undefined]);
		expect(logText(call)).toContain("it came before TokenPay's own query knows of it");
	});

	it.each([
		['of more than the API says', 99000000, '15'],
		['of less than the API says', 3000000, '3'],
	])('counts the smaller amount for a callback %s', async (_case, amount, counts) => {
		const call = await confirmed({ ...(await ordered(`order-${amount}`, true)), amount });
		expect(call.items).toEqual([[{ json: expect.objectContaining({ amount: counts }) }]]);
	});

	it.each([
		['currency', { currency: 'USDT' }],
		['reference', { out_trade_no: 'order-of-a-payout' }],
	])('is unknown where the API has another %s', async (field, more) => {
		const call = await confirmed(
			{ ...(await ordered(`order-${field}`, true)), ...more },
			{},
			{ events: ['payment.succeeded', 'unknown'] },
		);
		expect(call.items).toEqual([[{ json: expect.objectContaining({ event: 'unknown' }) }]]);
		expect(logText(call)).toContain(`its ${field} is `);
	});

	it('is asked alone where the credential says so: the signature does not count', async () => {
		const content = await ordered('order-f', true);
		const call = await confirmed(
			{ ...content, out_trade_no: 'another', amount: 1, trade_state: 'CLOSED' },
			{ callbackProof: 'provider' },
			{ signing: { secret: 'somebody-else-with-another-key-!' } },
		);
		expect(call.items).toEqual([
			[
				{
					json: expect.objectContaining({
						event: 'payment.succeeded',
						reference: 'order-f',
						amount: '15',
						verifiedBy: 'provider',
					}),
				},
			],
		]);
	});

	it('asks for another delivery when the API cannot be asked', async () => {
		const call = await confirmed(await ordered('order-e', true), { baseUrl: 'http://127.0.0.1:1' });
		expect(call.response.status).toBe(500);
		expect(call.items).toBeUndefined();
	});

	describe('with an API that', () => {
		const askedOf = async (status: number, body: string) => {
			api.respond(() => ({ status, body }));
			return await receive(of(newPayment()));
		};

		it.each([
			'{}',
			'',
			'null',
			'{"status":"maintenance"}',
			'{"code":"SYSTEM_ERROR","msg":"try later"}',
			'{"code":0,"msg":"ok"}',
			'{"code":0,"data":[]}',
			'{"code":0,"data":{}}',
			'{"code":-1,"msg":"busy"}',
		])(
			'answers %j instead of the order loses no payment: it asks for another delivery',
			async (body) => {
				const call = await askedOf(200, body);
				expect([call.response.status, call.items]).toEqual([500, undefined]);
				expect(logText(call)).toContain(
					'the provider could not be asked (its answer holds no order)',
				);
			},
		);

		it.each([
			'',
			'<html>Not Found</html>',
			'{"message":"no Route matched with those values"}',
			'{"code":99999,"msg":"gone"}',
		])('answers HTTP 404 and %j loses no payment: only a code denies one', async (body) => {
			const call = await askedOf(404, body);
			expect([call.response.status, call.items]).toEqual([500, undefined]);
		});

		it.each([12002, 12003])(
			'denies the order with the code %d is asked again, and TokenPay shall send the callback again',
			async (code) => {
				const call = await askedOf(200, JSON.stringify({ code, msg: 'no data' }));
				expect([call.response.status, call.items]).toEqual([500, undefined]);
				expect(logText(call)).toContain('the query that there is no such payment');
				expect(api.received).toHaveLength(2);
			},
		);
	});
});
