import type { IDataObject } from 'n8n-workflow';
import { PayfectApi } from '../../../credentials/PayfectApi.credentials';
import { PayfectTrigger } from '../../../nodes/Payfect/PayfectTrigger.node';
import {
	callHook,
	callWebhook,
	DELETED,
	logText,
	type WebhookCallOptions,
} from '../../support/contexts';
import { TestSandbox } from '../../support/testSandbox';
import {
	credentials,
	fernetToken,
	paid,
	previousSecretKey,
	secretKey,
	strangersKey,
} from './support';

const stored = { ...credentials } as unknown as Record<string, string>;
let payments = 0;
/** A payment that no other test has: the same event would be started once only. */
const newPayment = (more: object = {}) => ({ ...paid, id: `payment-${++payments}`, ...more });

interface Options extends Partial<Omit<WebhookCallOptions, 'node' | 'request' | 'credentials'>> {
	token?: string | null;
	fields?: Record<string, string> | typeof DELETED;
	body?: string;
	options?: IDataObject;
}

async function receive(
	payment: object,
	{ token, fields = {}, body, options = {}, ...more }: Options = {},
) {
	const text = JSON.stringify(payment);
	return await callWebhook({
		node: new PayfectTrigger(),
		nodeId: 'payfect-trigger',
		credentialTypes: [new PayfectApi()],
		credentials: { payfectApi: fields === DELETED ? DELETED : { ...stored, ...fields } },
		parameters: { events: ['payment.succeeded'], options },
		request: {
			headers: {
				'content-type': 'application/json',
				...(token === null ? {} : { 'X-Payfect-Signature': token ?? fernetToken(text) }),
			},
			rawBody: body ?? text,
		},
		...more,
	});
}
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

describe('the Payfect trigger', () => {
	it('starts with the facts of the payment and answers 200', async () => {
		const payment = newPayment();
		const call = await receive(payment);
		expect(call.items).toEqual([
			[
				{
					json: expect.objectContaining({
						provider: 'payfect',
						event: 'payment.succeeded',
						eventId: `${payment.id}:succeeded:20.5`,
						reference: 'order-0001',
						amount: '20.50',
						currency: 'usdt',
						verifiedBy: 'signature',
						raw: payment,
					}) as unknown,
				},
			],
		]);
		expect(call.response).toMatchObject({
			status: 200,
			body: 'OK',
			headers: { 'content-type': 'text/plain; charset=utf-8' },
		});
	});

	it('starts once more for a further payment of another amount on the same checkout, which is no copy of the first', async () => {
		const payment = newPayment();
		const amounts = [];
		for (const amount of ['20.50', '5.00', '5.00', '20.50']) {
			const call = await receive({ ...payment, amount });
			expect(call.response.status).toBe(200);
			amounts.push(call.items?.[0]?.[0]?.json.amount);
		}
		expect(amounts).toEqual(['20.50', '5.00', undefined, undefined]);
	});

	it('gives a redelivery the id that it had, in another process too and whatever was paid meanwhile', async () => {
		const payment = newPayment();
		const ids = [];
		// Each trigger of its own knows of no delivery before, as after a restart.
		for (const [nodeId, amount] of [
			['one', '20.50'],
			['one', '5.00'],
			['two', '20.50'],
			['three', '20.5'],
			['three', '5.00'],
		] as const) {
			const call = await receive({ ...payment, amount }, { nodeId });
			ids.push(call.items?.[0]?.[0]?.json.eventId);
		}
		const [first, second] = [`${payment.id}:succeeded:20.5`, `${payment.id}:succeeded:5`];
		expect(ids).toEqual([first, second, first, first, second]);
	});

	it('does not care about white space and the order of members in the body', async () => {
		const payment = newPayment();
		const body = JSON.stringify(Object.fromEntries(Object.entries(payment).reverse()), null, 2);
		expect((await receive(payment, { body })).items).toBeDefined();
	});

	it('takes a token of the previous key while keys are changed, and no longer afterwards', async () => {
		const payment = newPayment();
		const token = fernetToken(JSON.stringify(payment), previousSecretKey);
		expect((await receive(payment, { token })).response.status).toBe(401);
		expect(
			(await receive(payment, { token, fields: { callbackSecretKeyPrevious: previousSecretKey } }))
				.items,
		).toBeDefined();
	});

	it('takes what the current key proves beside a previous key that was mistyped, and refuses the rest with the name of the field', async () => {
		const payment = newPayment();
		const fields = { callbackSecretKeyPrevious: 'oops' };
		expect((await receive(payment, { fields })).items).toBeDefined();
		const forged = await receive(payment, {
			fields,
			token: fernetToken(JSON.stringify(payment), strangersKey),
		});
		// It may be the one that was mistyped: that is our fault, and Payfect shall send it again.
		expect([forged.response.status, forged.items]).toEqual([500, undefined]);
		expect(logText(forged)).toContain(
			"'Previous Callback Secret Key' in the Payfect credential is not a key",
		);
	});

	it.each<[string, string, RegExp]>([
		['no secret key', '', /'Callback Secret Key' in the Payfect credential is empty/],
		[
			'the API key as secret key',
			'a1b2c3d4.0123456789abcdef0123456789abcdef',
			/'Callback Secret Key' in the Payfect credential is not a key of 32 bytes in base64url/,
		],
	])(
		'answers 500 with %s in the credential, so that Payfect sends it again when that is mended',
		async (_case, callbackSecretKey, words) => {
			const call = await receive(newPayment(), { fields: { callbackSecretKey } });
			expect([call.response.status, call.items]).toEqual([500, undefined]);
			expect(logText(call)).toMatch(words);
		},
	);

	it.each<[string, Options, RegExp]>([
		['no signature', { token: null }, /missing_signature/],
		['an empty signature', { token: '' }, /missing_signature/],
		[
			"a stranger's token",
			{ token: fernetToken(JSON.stringify(paid), strangersKey) },
			/bad_hmac.*belongs to the other mode/,
		],
		[
			'a truncated token',
			{ token: fernetToken(JSON.stringify(paid)).slice(0, -8) },
			/bad_(hmac|ciphertext|base64)/,
		],
		[
			'a body that differs from a token which is no whole payment',
			{ token: fernetToken(JSON.stringify({ ...paid, merchant: undefined })) },
			/body_mismatch.*Forged, or a kind of callback/,
		],
		['a deleted credential', { fields: DELETED }, /its credential cannot be read/],
		[
			'an age of eight days',
			{ token: fernetToken(JSON.stringify(paid), secretKey, daysAgo(8)) },
			/more than 'Maximum Age'/,
		],
		[
			'a time of tomorrow',
			{ token: fernetToken(JSON.stringify(paid), secretKey, daysAgo(-1)) },
			/in the future/,
		],
	])(
		'refuses %s with a real 401 that says nothing, starts nothing, and logs why but no secret',
		async (_case, options, reason) => {
			const call = await receive(paid, options);
			expect(call.response).toMatchObject({ status: 401, body: 'Unauthorized' });
			expect(call.items).toBeUndefined();
			expect(call.logs.map(({ message }) => message)).toEqual([expect.stringMatching(reason)]);
			for (const word of [secretKey, credentials.apiKey, 'order-0001', paid.id])
				expect(logText(call)).not.toContain(word);
		},
	);

	it('takes the amount of the token, whatever the body says, and says so in the log', async () => {
		const payment = newPayment();
		const call = await receive(payment, {
			token: fernetToken(JSON.stringify(payment)),
			body: JSON.stringify({ ...payment, amount: '999.00', client_reference_id: 'order-9' }),
		});
		expect(call.items?.[0]?.[0]?.json).toMatchObject({
			event: 'payment.succeeded',
			amount: '20.50',
			reference: payment.client_reference_id,
			verifiedBy: 'signature',
		});
		expect(call.logs).toEqual([
			expect.objectContaining({
				level: 'warn',
				message: expect.stringContaining('what the token says counts') as string,
			}),
		]);
		expect(logText(call)).not.toMatch(/999|order-9/);
	});

	it('accepts any age when Maximum Age is 0', async () => {
		const payment = newPayment();
		expect(
			(
				await receive(payment, {
					token: fernetToken(JSON.stringify(payment), secretKey, daysAgo(4000)),
					options: { maximumAge: 0 },
				})
			).items,
		).toBeDefined();
	});

	it('acknowledges a status that is documented nowhere, and starts only where Unknown is chosen', async () => {
		const payment = newPayment({ status: 'processing' });
		const filtered = await receive(payment);
		expect(filtered.response).toMatchObject({ status: 200, body: 'OK' });
		expect(filtered.items).toBeUndefined();
		expect(
			(await receive(payment, { parameters: { events: ['unknown'] } })).items?.[0]?.[0]?.json,
		).toMatchObject({ event: 'unknown', status: 'unknown', providerStatus: 'processing' });
	});
});

describe('publishing', () => {
	const setup = {
		node: new PayfectTrigger(),
		credentialTypes: [new PayfectApi()],
		method: 'create' as const,
	};

	it('succeeds with a secret key', async () => {
		await expect(
			callHook({ ...setup, credentials: { payfectApi: stored } }),
		).resolves.toMatchObject({ result: true });
	});

	it.each([
		[
			'is empty',
			'',
			/Payfect callbacks cannot be verified: 'Callback Secret Key' in the Payfect credential is empty/,
		],
		[
			'has the wrong form',
			'no-key',
			/Payfect callbacks cannot be verified: 'Callback Secret Key' in the Payfect credential is not a key of 32 bytes/,
		],
	])('fails in words when the secret key %s', async (_case, callbackSecretKey, words) => {
		const { error } = await callHook({
			...setup,
			credentials: { payfectApi: { ...stored, callbackSecretKey } },
		});
		expect(error?.message).toMatch(words);
	});

	it('registers nothing anywhere, and unpublishing takes nothing away', async () => {
		expect(
			await callHook({ ...setup, credentials: { payfectApi: stored }, method: 'checkExists' }),
		).toMatchObject({ result: false, staticData: {} });
		expect(
			await callHook({ ...setup, credentials: { payfectApi: stored }, method: 'delete' }),
		).toMatchObject({ result: true, staticData: {} });
	});
});

describe('"Listen for test event"', () => {
	const listen = async () =>
		await callHook({
			node: new PayfectTrigger(),
			nodeId: 'payfect-trigger',
			credentialTypes: [new PayfectApi()],
			credentials: { payfectApi: stored },
			method: 'create',
			isTest: true,
		});

	it('shows an event again to whoever listens anew, and forgets nothing that production has started', async () => {
		const payment = newPayment();
		await listen();
		expect((await receive(payment, { isTest: true })).items).toBeDefined();
		expect((await receive(payment, { isTest: true })).items).toBeUndefined();
		expect((await receive(payment)).items).toBeDefined();
		await listen();
		expect((await receive(payment, { isTest: true })).items).toBeDefined();
		expect((await receive(payment)).items).toBeUndefined();
	});

	it('refuses a forged callback as production does', async () => {
		await listen();
		expect((await receive(paid, { isTest: true, token: null })).response).toMatchObject({
			status: 401,
			body: 'Unauthorized',
		});
	});
});

describe('where Payfect is asked, against the sandbox', () => {
	let sandbox: TestSandbox;
	let fields: Record<string, string>;
	beforeAll(async () => {
		sandbox = await TestSandbox.start();
		fields = { ...sandbox.credential('payfectApi'), callbackProof: 'signatureAndProvider' };
	});
	afterAll(async () => await sandbox.close());

	const post = async (url: string, body: object, headers: Record<string, string> = {}) =>
		(await (
			await fetch(url, {
				method: 'POST',
				headers: { 'content-type': 'application/json', ...headers },
				body: JSON.stringify(body),
			})
		).json()) as Record<string, string>;

	async function newCheckout() {
		const item = {
			quantity: 1,
			price_data: { currency: 'usdt', unit_amount: '20.50', product_data: { name: 'Tea' } },
		};
		return await post(
			`${fields.baseUrl}/checkouts/`,
			{ client_reference_id: 'order-1', currency: 'usdt', invoice_items: [item] },
			{ authorization: `Api-Key ${fields.apiKey}` },
		);
	}
	const claim = (checkout: Record<string, string>, more: object = {}) => ({
		...paid,
		id: checkout.id,
		client_reference_id: 'order-1',
		...more,
	});
	const token = (payment: object) => fernetToken(JSON.stringify(payment), fields.callbackSecretKey);

	it('starts when the API says paid too', async () => {
		const checkout = await newCheckout();
		await sandbox.act('payfect', String(checkout.id), 'pay', { callback: 'none' });
		const payment = claim(checkout);
		const call = await receive(payment, { fields, token: token(payment) });
		expect(call.items?.[0]?.[0]?.json).toMatchObject({
			event: 'payment.succeeded',
			eventId: `${checkout.id}:succeeded:20.5`,
			verifiedBy: 'signature+provider',
			amount: '20.50',
			reference: 'order-1',
		});
	});

	it('starts nothing while the API says unpaid, whoever has the secret: Payfect shall send it again', async () => {
		const payment = claim(await newCheckout());
		const call = await receive(payment, { fields, token: token(payment) });
		expect([call.response.status, call.items]).toEqual([500, undefined]);
		expect(logText(call)).toMatch(
			/it came before Payfect's own query knows of it \(it says succeeded, the query open\)/,
		);
	});

	// Payfect's own callbacks tell of payments only; its API says "open" or "expired".
	it.each([
		['signature', 'payment.expired', /'Payment Expired'.*would never start.*Ask Payfect/],
		['signatureAndProvider', 'payment.expired', /^$/],
		['provider', 'payment.pending', /^$/],
		['provider', 'dispute.updated', /'Dispute Updated'.*Payfect sends no such event/],
	])(
		'where the choice is %s, a trigger for %s is published only if that event can come',
		async (callbackProof, event, words) => {
			const { error } = await callHook({
				node: new PayfectTrigger(),
				credentialTypes: [new PayfectApi()],
				method: 'create',
				credentials: { payfectApi: { ...fields, callbackProof, merchantId: 'merchant-1' } },
				parameters: { events: ['payment.succeeded', event] },
			});
			expect(error?.message ?? '').toMatch(words);
		},
	);

	it.each(['10.25', '25.00'])(
		'counts the %s that the callback says were received: the API knows what was ordered only',
		async (amount) => {
			const checkout = await newCheckout();
			await sandbox.act('payfect', String(checkout.id), 'pay', { callback: 'none' });
			const payment = claim(checkout, { amount });
			const call = await receive(payment, { fields, token: token(payment) });
			expect(call.items?.[0]?.[0]?.json).toMatchObject({ amount });
			expect(logText(call)).toContain(`its amount is ${amount}, Payfect has 20.50`);
		},
	);

	it('is unknown where the API has another reference', async () => {
		const checkout = await newCheckout();
		await sandbox.act('payfect', String(checkout.id), 'pay', { callback: 'none' });
		const payment = claim(checkout, { client_reference_id: 'order-2' });
		const call = await receive(payment, { fields, token: token(payment) });
		expect([call.response.status, call.items]).toEqual([200, undefined]);
		expect(logText(call)).toContain('its reference is order-2, Payfect has order-1');
	});

	it('asks for another delivery when the API cannot be asked', async () => {
		const checkout = await newCheckout();
		await sandbox.fault('payfect', 'get', '500');
		const payment = claim(checkout);
		const call = await receive(payment, { fields, token: token(payment) });
		expect(call.response).toMatchObject({ status: 500, body: 'Internal Server Error' });
		expect(call.items).toBeUndefined();
	});

	describe('alone', () => {
		const askedAlone = async (content: object, merchantId: string) =>
			await receive(content as typeof paid, {
				fields: { ...fields, callbackProof: 'provider', merchantId, callbackSecretKey: '' },
				token: null,
			});
		const paidCheckout = async () => {
			const checkout = await newCheckout();
			await sandbox.act('payfect', String(checkout.id), 'pay', { callback: 'none' });
			return checkout;
		};
		const merchantOf = (checkout: Record<string, unknown>) =>
			String((checkout.merchant as { id: string }).id);

		it('takes nothing of an unsigned callback but the checkout that it names, and needs no secret', async () => {
			const checkout = await paidCheckout();
			const call = await askedAlone(
				claim(checkout, { client_reference_id: 'order-777', amount: '0.01' }),
				merchantOf(checkout),
			);
			expect(call.items?.[0]?.[0]?.json).toMatchObject({
				event: 'payment.succeeded',
				eventId: `${checkout.id}:succeeded:20.5`,
				reference: 'order-1',
				amount: '20.50',
				verifiedBy: 'provider',
			});
		});

		it('refuses a checkout of another merchant', async () => {
			const call = await askedAlone(claim(await paidCheckout()), 'somebody-else');
			expect([call.response.status, call.items]).toEqual([401, undefined]);
			expect(logText(call)).toContain('other_merchant');
		});

		it('answers 500 without a merchant in the credential', async () => {
			const call = await askedAlone(claim(await paidCheckout()), '');
			expect([call.response.status, call.items]).toEqual([500, undefined]);
			expect(logText(call)).toContain("'Merchant ID' in the Payfect credential is empty");
		});
	});
});
