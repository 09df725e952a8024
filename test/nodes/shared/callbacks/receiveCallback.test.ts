import type { IDataObject, INodeType } from 'n8n-workflow';
import {
	callbackWebhook,
	eventsField,
	respondOption,
} from '../../../../nodes/shared/callbacks/triggerFields';
import type { PaymentEventData, Verification } from '../../../../nodes/shared/core/contract';
import { InputError } from '../../../../nodes/shared/core/inputError';
import { mayLookUp } from '../../../../nodes/shared/callbacks/lookupLimit';
import { ageProblem } from '../../../../nodes/shared/callbacks/decideCallback';
import { receiveCallback } from '../../../../nodes/shared/callbacks/receiveCallback';
import {
	callWebhook,
	DELETED,
	logText,
	type WebhookCall,
	type WebhookCallOptions,
} from '../../../support/contexts';
import { ProbeApi, probeContract, probeProvider, type ProbeContract } from '../support/probe';
import { startProviderServer, type ProviderServer } from '../support/providerServer';

const callbackSecret = 'sentinel-secret-8b1d5e90aa47';
const key = 'sentinel-key-3f9a1c77e2';
const day = 24 * 60 * 60 * 1000;

let server: ProviderServer;
beforeAll(async () => (server = await startProviderServer()));
/** Each test has a workflow of its own: log lines are bounded for each. */
let tests = 0;
beforeEach(() => {
	tests += 1;
	server.reset();
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.close());

function trigger(contract: ProbeContract): INodeType {
	return {
		description: {
			displayName: 'Probe Trigger',
			name: 'probeTrigger',
			group: ['trigger'],
			version: 1.1,
			description: 'Only for tests',
			defaults: { name: 'Probe Trigger' },
			inputs: [],
			outputs: ['main'],
			credentials: [{ name: 'probeApi', required: true }],
			webhooks: [{ ...callbackWebhook }],
			properties: [
				{ ...eventsField },
				{
					displayName: 'Options',
					name: 'options',
					type: 'collection',
					default: {},
					options: [
						{
							displayName: 'Confirm With Provider',
							name: 'confirmWithProvider',
							type: 'boolean',
							default: false,
						},
						{ displayName: 'Maximum Age', name: 'maximumAge', type: 'number', default: 7 },
						{ ...respondOption },
					],
				},
			],
		},
		async webhook() {
			return await receiveCallback(this, probeProvider(contract));
		},
	};
}

let payments = 0;
/** A payment that no other test has seen. */
const newPayment = (more: IDataObject = {}): IDataObject => ({
	id: `pay-${++payments}`,
	status: 'paid',
	reference: 'order-1',
	amount: '20.50',
	currency: 'usdt',
	...more,
});

interface Delivery extends Partial<Omit<WebhookCallOptions, 'node'>> {
	payload?: IDataObject;
	headers?: Record<string, string>;
	rawBody?: string | Buffer;
	contract?: ProbeContract;
}

async function deliver({
	payload = newPayment(),
	headers,
	rawBody,
	contract = probeContract(),
	parameters,
	...more
}: Delivery = {}): Promise<WebhookCall> {
	return await callWebhook({
		node: trigger(contract),
		workflowId: `workflow-${tests}`,
		nodeId: 'the-trigger',
		credentialTypes: [new ProbeApi()],
		credentials: {
			probeApi: { key, account: 'account-0001', callbackSecret, baseUrl: server.url },
		},
		parameters: { events: ['payment.succeeded'], ...parameters },
		request: {
			headers: { 'content-type': 'application/json', 'x-secret': callbackSecret, ...headers },
			rawBody: rawBody ?? JSON.stringify(payload),
		},
		...more,
	});
}

/** The last line for people: what is logged about a refusal. */
const logged = (call: WebhookCall) =>
	call.logs.map(({ level, message }) => `${level}: ${message}`).join('\n');

function expectRefused(call: WebhookCall, status: number, reason: RegExp): void {
	expect(call.response).toMatchObject({
		status,
		body: status === 401 ? 'Unauthorized' : 'Internal Server Error',
		headers: { 'content-type': 'text/plain; charset=utf-8' },
	});
	expect(call.items).toBeUndefined();
	expect(call.thrown).toBeUndefined();
	expect(logged(call)).toMatch(reason);
	expect(logged(call)).toContain('node "Probe Trigger"');
}

describe('a genuine callback', () => {
	it("starts the workflow with the facts, and is acknowledged in the provider's words to the byte", async () => {
		const payload = newPayment();
		const call = await deliver({ payload });
		expect(call.response).toMatchObject({
			status: 200,
			body: 'GOT IT',
			headers: { 'content-type': 'text/plain; charset=utf-8' },
		});
		expect(call.items).toEqual([
			[
				{
					json: expect.objectContaining({
						event: 'payment.succeeded',
						eventId: `${String(payload.id)}:paid`,
						reference: 'order-1',
						amount: '20.50',
						verifiedBy: 'signature',
						raw: payload,
					}) as unknown,
				},
			],
		]);
	});

	it.each([
		['no content type', {}],
		['an unusual content type', { 'content-type': 'application/vnd.api+json' }],
	])('is judged over its raw bytes, also with %s', async (_case, headers) => {
		const call = await deliver({
			request: {
				headers: { 'x-secret': callbackSecret, ...headers },
				rawBody: JSON.stringify(newPayment()),
			},
		});
		expect(call.items?.[0]).toHaveLength(1);
	});

	it('is acknowledged only after n8n has stored the execution', async () => {
		let answered = false;
		let answeredWhileStoring: boolean | undefined;
		const store = async () => {
			await new Promise((resolve) => setTimeout(resolve, 20));
			answeredWhileStoring = answered;
		};
		const call = await deliver({ store }).finally(() => (answered = true));
		expect(call.response.status).toBe(200);
		expect(answeredWhileStoring).toBe(false);
	});

	it('that n8n cannot store is answered 500, so that the provider sends it again, and the next one starts the workflow', async () => {
		const payload = newPayment();
		const first = await deliver({
			payload,
			store: () => Promise.reject(new Error('database is locked')),
		});
		expect(first.response.status).toBe(500);
		expect(first.items).toBeUndefined();
		const second = await deliver({ payload });
		expect(second.items?.[0]).toHaveLength(1);
	});
});

describe('closed by default', () => {
	const refusals: Array<[what: string, delivery: Delivery, reason: RegExp]> = [
		[
			'without a signature',
			{ headers: { 'x-secret': '' } },
			/warn: Probe Trigger refused a callback: the header X-Secret is wrong/,
		],
		[
			'with a wrong signature',
			{ headers: { 'x-secret': 'wrong' } },
			/the header X-Secret is wrong/,
		],
		[
			'when the credential holds no secret',
			{
				credentials: { probeApi: { key, account: 'a', callbackSecret: '', baseUrl: '' } },
				headers: { 'x-secret': '' },
			},
			/'Callback Secret' in the Probe credential is empty/,
		],
		[
			'when the credential was deleted',
			{ credentials: { probeApi: DELETED } },
			/its credential cannot be read/,
		],
		['when no credential was chosen', { credentials: {} }, /its credential cannot be read/],
		[
			'that the contract cannot prove and nobody can be asked about',
			{ contract: probeContract({}, { verify: () => ({ genuine: 'ask', payload: {} }) }) },
			/names no payment that the provider could be asked about/,
		],
	];

	it.each(refusals)(
		'a callback %s gets a real 401 that says nothing, starts nothing, and a log line that says why',
		async (_what, delivery, reason) => {
			expectRefused(await deliver(delivery), 401, reason);
		},
	);

	it.each(refusals)(
		'a test listener refuses a callback %s as production does',
		async (_what, delivery, reason) => {
			expectRefused(await deliver({ ...delivery, isTest: true }), 401, reason);
		},
	);

	it.each<[string, Partial<ProbeContract['callback']>]>([
		[
			'verifying',
			{
				verify: () => {
					throw new TypeError(`no ${callbackSecret}`);
				},
			},
		],
		[
			'reading the event',
			{
				parseEvent: () => {
					throw new RangeError(`no ${callbackSecret}`);
				},
			},
		],
		[
			'reading the acknowledgement',
			{
				acknowledgement: () => {
					throw new Error(`no ${callbackSecret}`);
				},
			},
		],
	])(
		'a mistake of ours while %s is answered 500 and thrown at nobody, and tells no secret',
		async (_what, callback) => {
			const call = await deliver({ contract: probeContract({}, callback) });
			expectRefused(
				call,
				500,
				/error: Probe Trigger could not handle a callback: (Type|Range)?Error\. The provider is asked to send it again/,
			);
			expect(logText(call)).not.toContain(callbackSecret);
		},
	);

	it('a setting that is wrong is named in the log', async () => {
		const contract = probeContract(
			{},
			{
				acknowledgement: () => {
					throw new InputError(
						"'Base URL' in the credential is not an absolute URL",
						'Correct it.',
					);
				},
			},
		);
		expectRefused(
			await deliver({ contract }),
			500,
			/'Base URL' in the credential is not an absolute URL\. Correct it\./,
		);
	});

	it('no log line holds a secret or anything of the payload', async () => {
		const payload = newPayment({ customer: 'Ada Lovelace' });
		const contract = probeContract(
			{},
			{
				verify: ({ rawBody }, { callbackSecret: secret }): Verification => ({
					genuine: false,
					reason: `checked ${rawBody.length > 0 && secret !== undefined}`,
				}),
			},
		);
		for (const call of [
			await deliver({ payload }),
			await deliver({ payload, headers: { 'x-secret': 'wrong' } }),
			await deliver({ payload, contract }),
		]) {
			for (const word of [callbackSecret, key, 'Ada Lovelace', String(payload.id)])
				expect(logText(call)).not.toContain(word);
		}
	});
});

describe('Maximum Age', () => {
	const now = Date.UTC(2030, 0, 15);
	const signed = (at: number): Verification => ({
		genuine: true,
		payload: {},
		signedAt: new Date(at),
	});

	it.each<[string, number, unknown, RegExp | undefined]>([
		['as old as allowed', now - 7 * day, 7, undefined],
		[
			'a millisecond older',
			now - 7 * day - 1,
			7,
			/signed 604800 seconds ago, more than 'Maximum Age'/,
		],
		['very old where any age is allowed', 0, 0, undefined],
		['very old where any age is allowed as text', 0, '0', undefined],
		['as old as a text allows', now - 30 * day, '30', undefined],
		['an hour ahead', now + 3_600_000, 7, undefined],
		['more than an hour ahead', now + 3_600_001, 7, /signed 3600 seconds in the future/],
		['a minute ahead of a short age', now + 60_000, 1 / 1440, undefined],
		['more than a minute ahead of a short age', now + 60_001, 1 / 1440, /in the future/],
		['signed at a time that is none', NaN, 7, /no time/],
	])('%s', (_case, signedAt, maximumAge, reason) => {
		expect(ageProblem(signed(signedAt), maximumAge, now)?.reason ?? '').toMatch(reason ?? /^$/);
	});

	// An expression can give anything: what is no number of days must not switch the check off.
	it.each([
		[''],
		[' '],
		[false],
		[true],
		[null],
		[undefined],
		[-1],
		['-1'],
		[NaN],
		['seven'],
		[Infinity],
		[[]],
		[{}],
		['0.0'],
	])('is seven days where the setting is %p', (maximumAge) => {
		expect(ageProblem(signed(now - 8 * day), maximumAge, now)?.reason).toMatch(
			/more than 'Maximum Age'/,
		);
		expect(ageProblem(signed(now - 6 * day), maximumAge, now)).toBeUndefined();
	});

	it.each<[string, Verification]>([
		['the time is not covered by the signature', { genuine: true, payload: {} }],
		['the provider is asked anyway', { genuine: 'ask', payload: {} }],
	])('does not count where %s', (_case, verdict) => {
		expect(ageProblem(verdict, 7, now)).toBeUndefined();
	});

	const signedDaysAgo = (days: number) =>
		probeContract(
			{},
			{
				verify: ({ rawBody }) => ({
					genuine: true,
					payload: JSON.parse(rawBody.toString()) as IDataObject,
					signedAt: new Date(Date.now() - days * day),
				}),
			},
		);

	it('is seven days when nothing is chosen', async () => {
		expectRefused(await deliver({ contract: signedDaysAgo(7.1) }), 401, /more than 'Maximum Age'/);
		expect((await deliver({ contract: signedDaysAgo(6.9) })).items).toBeDefined();
	});

	it('is seven days when an expression gives nothing', async () => {
		expectRefused(
			await deliver({
				contract: signedDaysAgo(8),
				parameters: { options: { maximumAge: '={{ "" }}' } },
			}),
			401,
			/more than 'Maximum Age'/,
		);
	});

	it('0 accepts any age', async () => {
		expect(
			(await deliver({ contract: signedDaysAgo(4000), parameters: { options: { maximumAge: 0 } } }))
				.items,
		).toBeDefined();
	});
});

describe('Events', () => {
	it('that are not chosen are acknowledged and start nothing', async () => {
		const call = await deliver({ payload: newPayment({ status: 'failed' }) });
		expect(call.response).toMatchObject({ status: 200, body: 'GOT IT' });
		expect(call.items).toBeUndefined();
	});

	it('that are chosen start the workflow', async () => {
		const call = await deliver({
			payload: newPayment({ status: 'failed' }),
			parameters: { events: ['payment.failed', 'unknown'] },
		});
		expect(call.items?.[0]?.[0]?.json).toMatchObject({ event: 'payment.failed' });
	});

	it('nobody knows are "unknown", and never taken for a payment', async () => {
		const payload = newPayment({ status: 'PAID_MAYBE' });
		expect((await deliver({ payload })).items).toBeUndefined();
		expect(
			(await deliver({ payload, parameters: { events: ['unknown'] } })).items?.[0]?.[0]?.json,
		).toMatchObject({ event: 'unknown', status: 'unknown', providerStatus: 'PAID_MAYBE' });
	});
});

describe('copies of one delivery', () => {
	it('that arrive at once start one execution; the others are told to come again', async () => {
		const payload = newPayment();
		let answered = 0;
		let store: () => void = () => undefined;
		// The first one is stored only when all others have been answered.
		const others = new Promise<void>((resolve) => (store = resolve));
		const copy = async () => {
			const call = await deliver({ payload, store: async () => await others });
			answered += 1;
			if (answered === 9) store();
			return call;
		};
		const calls = await Promise.all(Array.from({ length: 10 }, copy));
		expect(calls.filter(({ items }) => items !== undefined)).toHaveLength(1);
		expect(calls.map(({ response }) => response.status).sort()).toEqual([
			200,
			...Array<number>(9).fill(409),
		]);
	});

	it('that arrive later are acknowledged and start nothing', async () => {
		const payload = newPayment();
		await deliver({ payload });
		const again = await deliver({ payload });
		expect(again.response).toMatchObject({ status: 200, body: 'GOT IT' });
		expect(again.items).toBeUndefined();
	});

	it('of another event of the same payment are no copies', async () => {
		const payload = newPayment();
		const events = ['payment.succeeded', 'payment.failed'];
		await deliver({ payload, parameters: { events } });
		expect(
			(await deliver({ payload: { ...payload, status: 'failed' }, parameters: { events } })).items,
		).toBeDefined();
	});

	it.each<[string, Delivery]>([
		['another workflow', { workflowId: 'another-workflow' }],
		['another trigger of the workflow', { nodeId: 'another-trigger' }],
		['a test listener', { isTest: true }],
	])('go to %s as well', async (_case, other) => {
		const payload = newPayment();
		await deliver({ payload });
		expect((await deliver({ payload, ...other })).items).toBeDefined();
	});
});

describe('Confirm With Provider', () => {
	const facts = (more: Partial<PaymentEventData>): PaymentEventData => ({
		provider: 'probe',
		event: 'payment.succeeded',
		eventId: 'found:paid',
		checkoutId: null,
		paymentId: null,
		reference: 'order-1',
		status: 'paid',
		providerStatus: 'PAID',
		amount: '20.50',
		currency: 'USDT',
		livemode: null,
		occurredAt: null,
		raw: { from: 'api' },
		...more,
	});
	const asking = (
		found: Partial<PaymentEventData> | undefined,
		callback: Partial<ProbeContract['callback']> = {},
	): ProbeContract =>
		probeContract(
			{},
			{
				confirm: {
					call: (claimed, credentials) =>
						claimed.checkoutId === null
							? undefined
							: {
									method: 'GET',
									url: `${credentials.baseUrl}/checkouts/${claimed.checkoutId}`,
									retry: 'idempotent',
								},
					facts: () => (found === undefined ? undefined : facts(found)),
				},
				...callback,
			},
		);
	const confirmed = {
		options: { confirmWithProvider: true },
		events: [
			'payment.succeeded',
			'payment.failed',
			'payment.pending',
			'unknown',
			'refund.succeeded',
		],
	};

	it('asks nobody while it is off', async () => {
		const call = await deliver({ contract: asking({}) });
		expect(call.items?.[0]?.[0]?.json).toMatchObject({ verifiedBy: 'signature' });
		expect(server.received).toHaveLength(0);
	});

	it('fires what the API supports, and keeps what only the callback tells', async () => {
		const payload = newPayment({ at: '2030-01-01T00:00:00.000Z' });
		const call = await deliver({
			payload,
			contract: asking({ occurredAt: null }),
			parameters: confirmed,
		});
		expect(server.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
			`GET /checkouts/${String(payload.id)}`,
		]);
		expect(call.items?.[0]?.[0]?.json).toMatchObject({
			event: 'payment.succeeded',
			eventId: `${String(payload.id)}:paid`,
			checkoutId: payload.id,
			occurredAt: '2030-01-01T00:00:00.000Z',
			raw: payload,
			verifiedBy: 'signature+provider',
		});
	});

	it.each<[string, string | null, Verification['genuine']]>([
		['is given where the signed callback names it', 'payment-1', true],
		['is not believed of a callback that nobody signed', null, 'ask'],
	])(
		'a payment ID that the API leaves out, without which no refund can be made, %s',
		async (_case, paymentId, genuine) => {
			const payload = newPayment();
			const contract = asking(
				{ paymentId: null, eventId: `found-${String(payload.id)}` },
				{
					verify: () => ({ genuine, payload }) as Verification,
					parseEvent: (...received) => ({
						...probeContract().callback.parseEvent(...received),
						paymentId: 'payment-1',
					}),
				},
			);
			const call = await deliver({ payload, contract, parameters: confirmed });
			expect(call.items?.[0]?.[0]?.json).toMatchObject({ paymentId });
		},
	);

	it.each(['payment.pending', 'payment.failed', 'payment.canceled', 'payment.expired'] as const)(
		'"paid" that the API denies (%s) is acknowledged, logged, and starts nothing',
		async (event) => {
			const call = await deliver({
				contract: asking({ event, status: 'open', providerStatus: 'OPEN' }),
				parameters: { ...confirmed, events: [...confirmed.events, event] },
			});
			expect(call.response.status).toBe(200);
			expect(call.items).toBeUndefined();
			expect(logged(call)).toMatch(
				/info: .*without starting the workflow: it says paid, but Probe says OPEN/,
			);
		},
	);

	it('"paid" of which the API uses a word that nobody knows fires "unknown", not "paid"', async () => {
		const call = await deliver({
			contract: asking({ event: 'unknown', status: 'unknown', providerStatus: 'SETTLED' }),
			parameters: confirmed,
		});
		expect(call.items?.[0]?.[0]?.json).toMatchObject({
			event: 'unknown',
			status: 'unknown',
			providerStatus: 'SETTLED',
		});
	});

	it('"paid" of which the API uses a word that nobody knows leaves a trace where "unknown" is not chosen', async () => {
		const call = await deliver({
			contract: asking({
				event: 'unknown',
				status: 'unknown',
				providerStatus: 'SETTLED'.repeat(1000),
			}),
			parameters: { ...confirmed, events: ['payment.succeeded'] },
		});
		expect([call.response.status, call.items]).toEqual([200, undefined]);
		expect(logged(call)).toMatch(
			/^warn: .*the callback says paid, Probe says (SETTLED){5}SETTL…; it goes on as the event unknown/,
		);
	});

	it('counts the amount of the API where they differ, and logs both', async () => {
		const call = await deliver({ contract: asking({ amount: '20.49' }), parameters: confirmed });
		expect(call.items?.[0]?.[0]?.json).toMatchObject({ amount: '20.49' });
		expect(logged(call)).toMatch(
			/warn: .*the callback says 20\.50, Probe says 20\.49; the latter counts/,
		);
	});

	it.each(['20.5', '20.500'])('takes %s for the same amount', async (amount) => {
		const call = await deliver({ contract: asking({ amount }), parameters: confirmed });
		expect(call.logs).toEqual([]);
		expect(call.items).toBeDefined();
	});

	it.each(['1e3', 'twenty', '20,50'])(
		'does not fail at the amount %s, which is none',
		async (amount) => {
			const call = await deliver({
				payload: newPayment({ amount }),
				contract: asking({}),
				parameters: confirmed,
			});
			expect(call.items?.[0]?.[0]?.json).toMatchObject({ amount: '20.50' });
		},
	);

	// Anybody can send an unsigned one: comparing millions of digits would stop n8n for minutes.
	it.each([
		['of other digits', '1'.repeat(100_000)],
		['of the same value', `20.5${'0'.repeat(100_000)}`],
	])(
		'takes an endless amount %s for another one, and does not fill the log with it',
		async (_case, amount) => {
			const call = await deliver({
				payload: newPayment({ amount }),
				contract: asking({}),
				parameters: confirmed,
			});
			expect(call.items?.[0]?.[0]?.json).toMatchObject({ amount: '20.50' });
			expect(logged(call)).toMatch(
				/the callback says \S{40}…, Probe says 20\.50; the latter counts/,
			);
		},
	);

	it('does not fill the log with an endless status of the API', async () => {
		const call = await deliver({
			contract: asking({
				event: 'payment.failed',
				status: 'failed',
				providerStatus: 'X'.repeat(100_000),
			}),
			parameters: confirmed,
		});
		expect(logged(call)).toMatch(/it says paid, but Probe says X{40}…\./);
	});

	it.each<[string, Partial<PaymentEventData>, RegExp]>([
		[
			'currency',
			{ currency: 'HKD' },
			/its currency is not the one that Probe has for this payment/,
		],
		['reference', { reference: 'order-2' }, /its reference is not the one/],
		['reference but for its case', { reference: 'ORDER-1' }, /its reference is not the one/],
	])('refuses a callback with another %s', async (_case, found, reason) => {
		expectRefused(await deliver({ contract: asking(found), parameters: confirmed }), 401, reason);
	});

	it('takes another spelling of the currency for the same', async () => {
		expect(
			(
				await deliver({
					payload: newPayment({ currency: 'uSdT' }),
					contract: asking({}),
					parameters: confirmed,
				})
			).items,
		).toBeDefined();
	});

	it.each<[string, (index: number) => { status?: number; body?: string } | 'reset']>([
		['does not know the payment (404)', () => ({ status: 404, body: '{"detail":"Not found."}' })],
		['says so inside of a 200', () => ({ body: '{"error":{"message":"none","notFound":true}}' })],
	])('an API that %s: acknowledged, logged, nothing started', async (_case, reply) => {
		server.respond((_request, index) => reply(index));
		const call = await deliver({ contract: asking({}), parameters: confirmed });
		expect(call.response.status).toBe(200);
		expect(call.items).toBeUndefined();
		expect(logged(call)).toMatch(/Probe does not know this payment/);
	});

	it.each<[string, { status?: number; body?: string } | 'reset']>([
		['is down', { status: 503 }],
		['breaks the connection', 'reset'],
		['asks to slow down', { status: 429 }],
		['answers HTML', { body: '<html>' }],
		[
			"answers with a web server's 404",
			{ status: 404, body: '<html><h1>404 Not Found</h1>nginx</html>' },
		],
		['answers with an empty 404', { status: 404, body: '' }],
		[
			'refuses our key',
			{ status: 401, body: JSON.stringify({ error: { message: `Bad key ${key}` } }) },
		],
	])(
		'an API that %s: 500 after one question, so that the provider sends it again',
		async (_case, reply) => {
			server.respond(() => reply);
			const payload = newPayment();
			const call = await deliver({ payload, contract: asking({}), parameters: confirmed });
			expectRefused(call, 500, /the provider could not be asked/);
			expect(server.received).toHaveLength(1);
			expect(logText(call)).not.toContain(key);
			server.reset();
			expect(
				(await deliver({ payload, contract: asking({}), parameters: confirmed })).items,
			).toBeDefined();
		},
	);

	it('a callback that names nothing to ask about is refused', async () => {
		expectRefused(
			await deliver({
				payload: newPayment({ id: null }),
				contract: asking({}),
				parameters: confirmed,
			}),
			401,
			/names no payment/,
		);
	});

	it('filters by the event that the API supports', async () => {
		const call = await deliver({
			payload: newPayment({ status: 'failed' }),
			contract: asking({ event: 'payment.failed' }),
			parameters: { ...confirmed, events: ['payment.succeeded'] },
		});
		expect(call.response.status).toBe(200);
		expect(call.items).toBeUndefined();
	});

	describe('where a callback cannot be proved here', () => {
		const unsigned = (found: Partial<PaymentEventData> | undefined) =>
			asking(found, {
				verify: ({ rawBody }) => ({
					genuine: 'ask',
					payload: JSON.parse(rawBody.toString()) as IDataObject,
				}),
			});

		it('asks without being told to, and believes nothing but the API', async () => {
			const payload = newPayment({ at: '2030-01-01T00:00:00.000Z' });
			const call = await deliver({
				payload,
				contract: unsigned({
					amount: null,
					currency: null,
					eventId: `found-${String(payload.id)}`,
				}),
			});
			expect(call.items?.[0]?.[0]?.json).toMatchObject({
				eventId: `found-${String(payload.id)}`,
				checkoutId: null,
				amount: null,
				currency: null,
				occurredAt: null,
				raw: { from: 'api' },
				verifiedBy: 'provider',
			});
		});

		it('fires "unknown" for a payment whose status nobody classified', async () => {
			const call = await deliver({
				contract: unsigned({ event: 'unknown', status: 'unknown', eventId: 'found:new-word' }),
				parameters: { events: ['unknown'] },
			});
			expect(call.items?.[0]?.[0]?.json).toMatchObject({
				event: 'unknown',
				verifiedBy: 'provider',
			});
		});

		it('stops asking while unsigned callbacks flood it, and answers 500', async () => {
			const first = await deliver({ contract: unsigned(undefined), workflowId: 'flooded' });
			expect(first.response.status).toBe(200);
			// For a minute ahead, so that the time that this test takes is nothing.
			for (let asked = 0; asked < 1000; asked++)
				mayLookUp({ scope: 'flooded:the-trigger' }, 'untagged', Date.now() + 60_000);
			const beyond = await deliver({ contract: unsigned(undefined), workflowId: 'flooded' });
			expectRefused(beyond, 500, /more unsigned callbacks came than the provider may be asked/);
			expect(server.received).toHaveLength(1);
			const ofAnother = await deliver({ contract: unsigned(undefined) });
			expect(ofAnother.response.status).toBe(200);
		});

		it('starts nothing for an invented payment', async () => {
			const call = await deliver({ contract: unsigned(undefined) });
			expect(call.items).toBeUndefined();
		});
	});
});

describe('Respond: When Workflow Finishes', () => {
	const parameters = { options: { respond: 'whenFinished' } };

	it("answers in the provider's words when the workflow has succeeded, whatever its last item is", async () => {
		const call = await deliver({ parameters, lastNode: () => ({ anything: 'else' }) });
		expect(call.response).toMatchObject({
			status: 200,
			body: 'GOT IT',
			headers: { 'content-type': 'text/plain; charset=utf-8' },
		});
		expect(call.items).toBeDefined();
	});

	it('answers an error when the workflow fails, and the next delivery starts it again', async () => {
		const payload = newPayment();
		const failed = await deliver({
			payload,
			parameters,
			lastNode: () => Promise.reject(new Error('warehouse is down')),
		});
		expect(failed.response.status).toBe(500);
		expect((await deliver({ payload, parameters, lastNode: () => ({}) })).items).toBeDefined();
	});

	it('acknowledges a copy of what has succeeded', async () => {
		const payload = newPayment();
		await deliver({ payload, parameters, lastNode: () => ({}) });
		const again = await deliver({ payload, parameters, lastNode: () => ({}) });
		expect(again.response.status).toBe(200);
		expect(again.items).toBeUndefined();
	});
});
