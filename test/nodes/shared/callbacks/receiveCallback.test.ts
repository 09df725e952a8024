import type { IDataObject, INodeType } from 'n8n-workflow';
import {
	callbackWebhook,
	eventsField,
	respondOption,
} from '../../../../nodes/shared/callbacks/triggerFields';
import { withCallbackTag } from '../../../../nodes/shared/core/callbackTag';
import type {
	CallbackProof,
	Confirmation,
	PaymentEventData,
	Verification,
} from '../../../../nodes/shared/core/contract';
import { InputError } from '../../../../nodes/shared/core/inputError';
import { mayLookUp } from '../../../../nodes/shared/callbacks/lookupLimit';
import { ageProblem } from '../../../../nodes/shared/callbacks/maximumAge';
import { receiveCallback } from '../../../../nodes/shared/callbacks/receiveCallback';
import {
	callWebhook,
	DELETED,
	logText,
	type WebhookCall,
	type WebhookCallOptions,
} from '../../../support/contexts';
import {
	ProbeApi,
	probeConfirmation,
	probeContract,
	probeProvider,
	type ProbeContract,
	type ProbeCredentials,
} from '../support/probe';
import { startProviderServer, type ProviderServer } from '../support/providerServer';
import { resetTime, secondsSlept } from '../support/skippedTime';
import { refusedAs, sentence } from '../support/said';

jest.mock('n8n-workflow', () =>
	jest
		.requireActual<typeof import('../support/skippedTime')>('../support/skippedTime')
		.n8nWorkflowThatSkipsTime(),
);

const callbackSecret = 'sentinel-secret-8b1d5e90aa47';
const key = 'sentinel-key-3f9a1c77e2';
const day = 24 * 60 * 60 * 1000;

let server: ProviderServer;
beforeAll(async () => (server = await startProviderServer()));
/** Each test has a workflow of its own: log lines are bounded for each. */
let tests = 0;
beforeEach(() => {
	resetTime();
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
			/warn: Probe Trigger refused a callback: wrong_secret: the header X-Secret is wrong/,
		],
		[
			'with a wrong signature',
			{ headers: { 'x-secret': 'wrong' } },
			/wrong_secret: the header X-Secret is wrong/,
		],
		[
			'when the credential was deleted',
			{ credentials: { probeApi: DELETED } },
			/its credential cannot be read/,
		],
		['when no credential was chosen', { credentials: {} }, /its credential cannot be read/],
	];

	it.each(refusals)(
		'a callback %s gets a real 401 that says nothing, starts nothing, and a log line that says why',
		async (_what, delivery, reason) => {
			expectRefused(await deliver(delivery), 401, reason);
		},
	);

	/** In the editor stands what the log line begins with, without its level. */
	const shownBy = ({ source }: RegExp) => new RegExp(source.replace(/^warn: /, ''));

	it.each(refusals)(
		'a test listener refuses a callback %s as production does',
		async (_what, delivery, reason) => {
			const call = await deliver({ ...delivery, isTest: true });
			// What n8n hands on to `execute()`, which throws it: no step of the workflow gets it.
			const [[item] = []] = call.items ?? [];
			expectRefused({ ...call, items: undefined }, 401, reason);
			expect(Object.values(item?.json ?? {}).join()).toMatch(shownBy(reason));
		},
	);

	it.each<[string, IDataObject, Partial<ProbeContract['callback']>, RegExp]>([
		[
			'the secret is missing',
			{ callbackSecret: '' },
			{},
			/'Callback Secret' in the Probe credential is empty\. Correct the credential/,
		],
		[
			'an expression gives a choice that there is not',
			{ callbackProof: 'anything' },
			{ proofs: ['signature', 'signatureAndProvider'], confirm: probeConfirmation() },
			/'When a Callback Comes' in the Probe credential is "anything", which is none of its choices/,
		],
		[
			'an expression gives a looser choice than is offered',
			{ callbackProof: 'provider' },
			{ proofs: ['signature', 'signatureAndProvider'], confirm: probeConfirmation() },
			/is "provider", which is none of its choices/,
		],
		[
			'an expression gives nothing',
			{ callbackProof: '' },
			{ proofs: ['provider', 'signature'], confirm: probeConfirmation() },
			/is "", which is none of its choices/,
		],
		[
			'what is needed to ask is missing',
			{ callbackProof: 'provider' },
			{
				proofs: ['signature', 'provider'],
				confirm: probeConfirmation({ setupProblem: () => sentence("'Merchant ID' is empty") }),
			},
			/'Merchant ID' is empty/,
		],
	])(
		'a callback while %s is answered 500, so that the provider sends it again when that is mended',
		async (_what, fields, callback, reason) => {
			const call = await deliver({
				contract: probeContract({}, callback),
				headers: { 'x-secret': 'wrong' },
				credentials: {
					probeApi: {
						key,
						account: 'account-0001',
						callbackSecret,
						baseUrl: server.url,
						...fields,
					} as never,
				},
			});
			expectRefused(call, 500, reason);
			expect(server.received).toHaveLength(0);
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
					...refusedAs('checked', `checked ${rawBody.length > 0 && secret !== undefined}`),
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
		expect(ageProblem(signed(signedAt), maximumAge, now)?.message ?? '').toMatch(reason ?? /^$/);
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
		expect(ageProblem(signed(now - 8 * day), maximumAge, now)?.message).toMatch(
			/more than 'Maximum Age'/,
		);
		expect(ageProblem(signed(now - 6 * day), maximumAge, now)).toBeUndefined();
	});

	it('does not count where the time is not covered by the signature', () => {
		expect(ageProblem({ genuine: true, payload: {} }, 7, now)).toBeUndefined();
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

	it.each([
		['an empty list', []],
		['an expression that gives nothing', '={{ $json.aColumnThatIsEmpty }}'],
	])('that are %s lose no payment: the provider sends it again', async (_case, events) => {
		const call = await deliver({ payload: newPayment({}), parameters: { events } });
		expect(call.response.status).toBe(500);
		expect(call.items).toBeUndefined();
		expect(logText(call)).toContain("'Events' is empty");
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

describe('a callback that the provider is asked about', () => {
	const facts = (more: Partial<PaymentEventData>): PaymentEventData => ({
		provider: 'probe',
		event: 'payment.succeeded',
		eventId: 'found:paid',
		checkoutId: null,
		paymentId: null,
		reference: 'order-1',
		status: 'paid',
		providerStatus: 'PAID',
		statusReason: null,
		amount: '20.50',
		currency: 'USDT',
		livemode: null,
		occurredAt: null,
		raw: { from: 'api' },
		...more,
	});
	const pending = { event: 'payment.pending', status: 'open', providerStatus: 'OPEN' } as const;
	type Answer = Partial<PaymentEventData> | undefined;
	/** A provider that answers one after the other; the last answer stays. */
	const asking = (
		answers: Answer | Answer[],
		more: Partial<Confirmation<ProbeCredentials>> = {},
		callback: Partial<ProbeContract['callback']> = {},
	): ProbeContract => {
		const left = Array.isArray(answers) ? [...answers] : [answers];
		const next = () => (left.length > 1 ? left.shift() : left[0]);
		return probeContract(
			{},
			{
				proofs: ['signature', 'signatureAndProvider', 'signatureOrProvider', 'provider'],
				confirm: probeConfirmation({
					facts: () => {
						const answer = next();
						return answer === undefined
							? undefined
							: facts({ eventId: `found-${payments}`, ...answer });
					},
					...more,
				}),
				...callback,
			},
		);
	};
	const events = [
		'payment.succeeded',
		'payment.failed',
		'payment.pending',
		'payment.canceled',
		'unknown',
		'refund.succeeded',
	];
	const ask = async (callbackProof: CallbackProof, delivery: Delivery) =>
		await deliver({
			credentials: {
				probeApi: {
					key,
					account: 'account-0001',
					callbackSecret,
					baseUrl: server.url,
					callbackProof,
				},
			},
			...delivery,
			parameters: { events, ...delivery.parameters },
		});
	const signed = async (delivery: Delivery) => await ask('signatureAndProvider', delivery);
	const unsigned = async (delivery: Delivery) =>
		await ask('provider', { headers: { 'x-secret': 'of nobody' }, ...delivery });
	const eventOf = (call: WebhookCall) => call.items?.[0]?.[0]?.json;
	const floodUntagged = () => {
		// For a minute ahead, so that the time that this test takes is nothing.
		for (let asked = 0; asked < 1000; asked++)
			mayLookUp({ scope: 'flooded:the-trigger' }, 'untagged', Date.now() + 60_000);
	};

	describe('which, by the choice in the credential', () => {
		const good = { headers: {} };
		const wrong = { headers: { 'x-secret': 'of nobody' } };
		const unfit = {
			verify: (): Verification => ({
				genuine: false,
				fault: 'noSecretFits',
				...refusedAs('unfit', 'no secret fits'),
			}),
		};
		const lost = {
			verify: (): Verification => ({
				genuine: false,
				fault: 'ours',
				...refusedAs('lost', 'no secret'),
			}),
		};
		it.each<
			[
				CallbackProof,
				string,
				Delivery,
				Partial<ProbeContract['callback']>,
				number,
				string | undefined,
			]
		>([
			['signature', 'a good signature', good, {}, 200, 'signature'],
			['signature', 'a malformed signature', wrong, {}, 401, undefined],
			['signature', 'a signature that no secret fits', wrong, unfit, 401, undefined],
			['signature', 'a lost secret', wrong, lost, 500, undefined],
			['signatureAndProvider', 'a good signature', good, {}, 200, 'signature+provider'],
			['signatureAndProvider', 'a malformed signature', wrong, {}, 401, undefined],
			['signatureAndProvider', 'a signature that no secret fits', wrong, unfit, 401, undefined],
			['signatureAndProvider', 'a lost secret', wrong, lost, 500, undefined],
			['signatureOrProvider', 'a good signature', good, {}, 200, 'signature'],
			['signatureOrProvider', 'a malformed signature', wrong, {}, 401, undefined],
			['signatureOrProvider', 'a signature that no secret fits', wrong, unfit, 200, 'provider'],
			['signatureOrProvider', 'a lost secret', wrong, lost, 200, 'provider'],
			['provider', 'a good signature', good, {}, 200, 'provider'],
			['provider', 'a malformed signature', wrong, {}, 200, 'provider'],
			['provider', 'a lost secret', wrong, lost, 200, 'provider'],
		])('%s: of %s', async (proof, _what, delivery, callback, status, verifiedBy) => {
			const call = await ask(proof, { ...delivery, contract: asking({}, {}, callback) });
			expect([call.response.status, eventOf(call)?.verifiedBy]).toEqual([status, verifiedBy]);
			expect(server.received).toHaveLength(verifiedBy?.includes('provider') ? 1 : 0);
		});
	});

	describe('and that is signed', () => {
		it('fires what the API supports, and keeps what only the callback tells', async () => {
			const payload = newPayment({ at: '2030-01-01T00:00:00.000Z' });
			const call = await signed({ payload, contract: asking({ occurredAt: null }) });
			expect(server.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
				`GET /checkouts/${String(payload.id)}`,
			]);
			expect(eventOf(call)).toMatchObject({
				event: 'payment.succeeded',
				checkoutId: payload.id,
				occurredAt: '2030-01-01T00:00:00.000Z',
				raw: payload,
				verifiedBy: 'signature+provider',
			});
		});

		it.each<[string, Answer]>([
			['is still open there', pending],
			['is not known there', undefined],
		])('and %s is asked about again after two seconds', async (_case, first) => {
			const call = await signed({ contract: asking([first, {}]) });
			expect(eventOf(call)).toMatchObject({ event: 'payment.succeeded' });
			expect([server.received.length, secondsSlept()]).toEqual([2, 2]);
		});

		it.each<[string, Answer, RegExp]>([
			[
				'stays open there',
				pending,
				/it came before Probe's own query knows of it \(it says paid, the query OPEN\)/,
			],
			['stays unknown there', undefined, /the query that there is no such payment/],
		])(
			'and %s is answered 500, so that the provider sends it again',
			async (_case, answer, reason) => {
				const payload = newPayment();
				expectRefused(await signed({ payload, contract: asking(answer) }), 500, reason);
				expect(server.received).toHaveLength(2);
				expect(eventOf(await signed({ payload, contract: asking({}) }))).toMatchObject({
					event: 'payment.succeeded',
				});
			},
		);

		it.each([
			['payment.failed', 'failed'],
			['payment.canceled', 'canceled'],
			['refund.succeeded', 'refunded'],
			['unknown', 'unknown'],
		] as const)('and is %s by now fires that', async (event, status) => {
			const call = await signed({ contract: asking({ event, status, providerStatus: 'WORD' }) });
			expect(eventOf(call)).toMatchObject({ event, status, raw: { from: 'api' } });
			expect(server.received).toHaveLength(1);
			expect(logged(call)).toMatch(
				new RegExp(`^warn: .*it says paid, Probe says WORD; it goes on as the event ${event}`),
			);
		});

		it('and says nothing that is known fires "unknown" where the API does not know it either', async () => {
			const call = await signed({
				payload: newPayment({ status: 'NEW_WORD' }),
				contract: asking(undefined),
			});
			expect(eventOf(call)).toMatchObject({ event: 'unknown', verifiedBy: 'signature' });
		});

		it('and names nothing to ask for is no success, but "unknown"', async () => {
			const payload = newPayment({ id: null, reference: 'order-1' });
			const call = await signed({ payload, contract: asking({}) });
			expect(eventOf(call)).toMatchObject({ event: 'unknown', status: 'unknown' });
			expect(server.received).toHaveLength(0);
		});

		it.each<[string, string, string, 'received' | 'ordered', string]>([
			['less was received', '20.50', '20.49', 'received', '20.49'],
			['more was received', '20.50', '25.00', 'received', '20.50'],
			['more was ordered', '10.00', '20.50', 'ordered', '10.00'],
			['less was ordered', '25.00', '20.50', 'ordered', '25.00'],
		])(
			'and the API says that %s: the amount that is sure counts, and both are logged',
			async (_case, said, is, amountIs, counts) => {
				const call = await signed({
					payload: newPayment({ amount: said }),
					contract: asking({ amount: is }, { amountIs }),
				});
				expect(eventOf(call)).toMatchObject({ event: 'payment.succeeded', amount: counts });
				expect(logged(call)).toContain(`its amount is ${said}, Probe has ${is}; ${counts} counts`);
			},
		);

		it.each(['20.5', '20.500'])('takes %s for the same amount', async (amount) => {
			const call = await signed({ contract: asking({ amount }) });
			expect(call.logs).toEqual([]);
			expect(call.items).toBeDefined();
		});

		it.each(['1e3', 'twenty', '20,50'])(
			'does not fail at the amount %s, which is none',
			async (amount) => {
				const call = await signed({ payload: newPayment({ amount }), contract: asking({}) });
				expect(eventOf(call)).toMatchObject({ amount: '20.50' });
			},
		);

		it.each([
			['of other digits', '1'.repeat(100_000)],
			['of the same value', `20.5${'0'.repeat(100_000)}`],
		])(
			'takes an endless amount %s for another one, and does not fill the log with it',
			async (_case, amount) => {
				const call = await signed({ payload: newPayment({ amount }), contract: asking({}) });
				expect(eventOf(call)).toMatchObject({ amount: '20.50' });
				expect(logged(call)).toMatch(/its amount is \S{40}…, Probe has 20\.50; 20\.50 counts/);
			},
		);

		it.each<[string, Partial<PaymentEventData>, RegExp]>([
			['currency', { currency: 'HKD' }, /its currency is usdt, Probe has HKD for this payment/],
			[
				'reference',
				{ reference: 'order-2' },
				/its reference is order-1, Probe has order-2 for this payment/,
			],
			['reference but for its case', { reference: 'ORDER-1' }, /its reference is order-1, Probe/],
		])(
			'and is about another %s than the API says fires "unknown", and both are logged',
			async (_case, found, reason) => {
				const payload = newPayment();
				const call = await signed({ payload, contract: asking(found) });
				expect(eventOf(call)).toMatchObject({ event: 'unknown', status: 'unknown' });
				expect(logged(call)).toMatch(reason);
				// When they agree at last, that is no copy of it.
				expect(eventOf(await signed({ payload, contract: asking({}) }))).toMatchObject({
					event: 'payment.succeeded',
				});
			},
		);

		it('takes another spelling of the currency for the same', async () => {
			const call = await signed({
				payload: newPayment({ currency: 'uSdT' }),
				contract: asking({}),
			});
			expect(eventOf(call)).toMatchObject({ event: 'payment.succeeded' });
		});

		it('is never limited, however many come', async () => {
			floodUntagged();
			const call = await signed({ workflowId: 'flooded', contract: asking({}) });
			expect(eventOf(call)).toMatchObject({ event: 'payment.succeeded' });
		});

		it('filters by the event that the API supports', async () => {
			const call = await signed({
				payload: newPayment({ status: 'failed' }),
				contract: asking({ event: 'payment.failed' }),
				parameters: { events: ['payment.succeeded'] },
			});
			expect([call.response.status, call.items]).toEqual([200, undefined]);
		});

		it('but of a kind that no page shows fires "unknown", and never a 401 for ever', async () => {
			const contract = asking(
				{},
				{},
				{
					verify: ({ rawBody }) => ({
						genuine: true,
						payload: JSON.parse(rawBody.toString()) as IDataObject,
						unreadable: refusedAs('new_way', 'it is encrypted in a new way'),
					}),
				},
			);
			const call = await ask('signature', { contract });
			expect(eventOf(call)).toMatchObject({ event: 'unknown', status: 'unknown' });
			expect(logged(call)).toContain(
				'its signature is good, but new_way: it is encrypted in a new way; it goes on as the event unknown',
			);
		});
	});

	describe('and that nobody has signed', () => {
		it('gives nothing but the number to ask for: every field is from the answer, and null where that has none', async () => {
			const payload = newPayment({ reference: 'order-777', at: '2030-01-01T00:00:00.000Z' });
			const call = await unsigned({
				payload,
				contract: asking({ reference: null, amount: null, currency: null, eventId: 'found:mine' }),
			});
			expect(eventOf(call)).toEqual({
				...facts({ reference: null, amount: null, currency: null, eventId: 'found:mine' }),
				verifiedBy: 'provider',
			});
		});

		it('is what the answer says it is, whatever it claims to be', async () => {
			const call = await unsigned({
				payload: newPayment({ status: 'failed' }),
				contract: asking({ event: 'refund.succeeded', status: 'refunded' }),
			});
			expect(eventOf(call)).toMatchObject({ event: 'refund.succeeded' });
		});

		it.each(['payment.pending', 'payment.failed', 'payment.canceled', 'payment.expired'] as const)(
			'and says paid, but is %s there: acknowledged, logged, and starts nothing',
			async (event) => {
				const call = await unsigned({
					contract: asking({ event, status: 'open', providerStatus: 'OPEN' }),
				});
				expect([call.response.status, call.items]).toEqual([200, undefined]);
				expect(server.received).toHaveLength(1);
				expect(logged(call)).toMatch(
					/info: .*without starting the workflow: it says paid, but Probe says OPEN/,
				);
			},
		);

		it('does not fill the log with an endless status of the API', async () => {
			const call = await unsigned({
				contract: asking({ event: 'payment.failed', providerStatus: 'X'.repeat(100_000) }),
			});
			expect(logged(call)).toMatch(/it says paid, but Probe says X{40}…\./);
		});

		it('fires "unknown" for a payment whose status nobody classified', async () => {
			const call = await unsigned({ contract: asking({ event: 'unknown', status: 'unknown' }) });
			expect(eventOf(call)).toMatchObject({ event: 'unknown', verifiedBy: 'provider' });
		});

		it('and names nothing to ask for is refused', async () => {
			const call = await unsigned({ payload: newPayment({ id: null }), contract: asking({}) });
			expectRefused(call, 401, /names no payment/);
		});

		it('is refused where the answer contradicts the credential', async () => {
			const contradiction = () => refusedAs('other_mode', 'it is about test payments');
			const call = await unsigned({ contract: asking({}, { contradiction }) });
			expectRefused(call, 401, /other_mode: it is about test payments/);
		});

		it.each<[string, number, unknown, boolean]>([
			['older than Maximum Age', 8, 7, false],
			['younger than it', 6, 7, true],
			['older where any age is allowed', 8, 0, true],
			['older than the seven days that count where nothing is chosen', 8, '', false],
		])("that is, by the provider's own time, %s", async (_case, days, maximumAge, isTaken) => {
			const timeOf = () => new Date(Date.now() - days * day).toISOString();
			const call = await unsigned({
				contract: asking({}, { timeOf }),
				parameters: { options: { maximumAge } as IDataObject },
			});
			expect(call.items !== undefined).toBe(isTaken);
			expect(call.response.status).toBe(isTaken ? 200 : 401);
		});

		it.each<[string, (index: number) => { status?: number; body?: string } | 'reset']>([
			['does not know the payment (404)', () => ({ status: 404, body: '{"detail":"Not found."}' })],
			['says so inside of a 200', () => ({ body: '{"error":{"message":"none","notFound":true}}' })],
		])('an API that %s: acknowledged, logged, nothing started', async (_case, reply) => {
			server.respond((_request, index) => reply(index));
			const call = await unsigned({ contract: asking({}) });
			expect([call.response.status, call.items]).toEqual([200, undefined]);
			expect(logged(call)).toMatch(/Probe does not know this payment/);
		});

		it('and that was not known a moment ago is asked about anew: nobody silences an order by naming it early', async () => {
			const payload = newPayment();
			await unsigned({ payload, contract: asking(undefined) });
			expect(eventOf(await unsigned({ payload, contract: asking({}) }))).toMatchObject({
				event: 'payment.succeeded',
			});
		});

		it('stops asking while unsigned callbacks flood it, and answers 500', async () => {
			floodUntagged();
			const beyond = await unsigned({ contract: asking({}), workflowId: 'flooded' });
			expectRefused(
				beyond,
				500,
				/more unsigned callbacks came than the provider may be asked about/,
			);
			expect(server.received).toHaveLength(0);
			const ofAnother = await unsigned({ contract: asking(undefined) });
			expect(ofAnother.response.status).toBe(200);
		});
	});

	describe('and that came to an address with the tag of the credential', () => {
		const tagSecrets = () => [key];
		const query = new URL(withCallbackTag('https://n8n.example/hook', key)).search.slice(1);
		const tagged = async (delivery: Delivery) =>
			await unsigned({
				...delivery,
				request: {
					headers: { 'content-type': 'application/json' },
					rawBody: JSON.stringify(delivery.payload ?? newPayment()),
					query,
				},
			});

		it('is asked about again, and answered 500 while the API does not know it', async () => {
			const contract = asking([pending, {}], {}, { tagSecrets });
			expect(eventOf(await tagged({ contract }))).toMatchObject({ event: 'payment.succeeded' });
			expectRefused(
				await tagged({ contract: asking(undefined, {}, { tagSecrets }) }),
				500,
				/it came before Probe's own query knows of it/,
			);
		});

		it('has its turn though invented ones flood the trigger', async () => {
			floodUntagged();
			const contract = asking({}, {}, { tagSecrets });
			expect(eventOf(await tagged({ contract, workflowId: 'flooded' }))).toMatchObject({
				event: 'payment.succeeded',
			});
		});
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
			for (const send of [signed, unsigned]) {
				server.reset();
				server.respond(() => reply);
				const payload = newPayment();
				const call = await send({ payload, contract: asking({}) });
				expectRefused(call, 500, /the provider could not be asked/);
				expect(server.received).toHaveLength(1);
				expect(logText(call)).not.toContain(key);
				server.reset();
				expect((await send({ payload, contract: asking({}) })).items).toBeDefined();
			}
		},
	);
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
