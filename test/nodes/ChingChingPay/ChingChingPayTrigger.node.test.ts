import { createHmac } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { ChingChingPayApi } from '../../../credentials/ChingChingPayApi.credentials';
import { ChingChingPayTrigger } from '../../../nodes/ChingChingPay/ChingChingPayTrigger.node';
import {
	callHook,
	callWebhook,
	DELETED,
	logText,
	type WebhookCallOptions,
} from '../../support/contexts';
import type { Fault, PayerAction } from '../../support/sandboxClient';
import { startProviderServer, type ProviderServer } from '../shared/support/providerServer';
import { order, Shop, signedCallback } from './sandbox';

const shop = Shop.forEachTest();

let orders = 0;
/** A new order of the sandbox: an event that was seen before would start nothing. */
async function newOrder(
	action?: PayerAction,
	more: IDataObject = {},
): Promise<{ reference: string; transactionId: string }> {
	const reference = `order-${++orders}`;
	await shop.run({ ...order, reference, ...more });
	const checkout = (await shop.state()).checkouts.find((each) => each.reference === reference);
	if (action !== undefined) await shop.act(action, checkout?.checkoutId);
	return { reference, transactionId: checkout?.paymentId ?? '' };
}

type Options = Partial<Omit<WebhookCallOptions, 'credentials'>> & {
	credential?: IDataObject | typeof DELETED;
};

/**
 * A callback of this content arrives; by default unsigned, at a credential with the settings of a
 * new one and SBX_PAID as paid.
 */
async function receive(
	content: unknown,
	{ credential = {}, parameters = {}, ...rest }: Options = {},
) {
	const isForm = typeof content === 'string';
	const rawBody = isForm ? content : JSON.stringify(content);
	return await callWebhook({
		node: new ChingChingPayTrigger(),
		credentialTypes: [new ChingChingPayApi()],
		credentials: {
			chingChingPayApi:
				credential === DELETED
					? DELETED
					: shop.credential({ callbackProof: 'provider', ...credential }),
		},
		parameters,
		request: {
			headers: {
				'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
			},
			rawBody,
		},
		...rest,
	});
}

type Call = Awaited<ReturnType<typeof receive>>;
const eventOf = ({ items }: Call) => items?.[0]?.[0]?.json;
const queries = async () => (await shop.state()).requests.chingchingpay?.query ?? 0;
const messages = ({ logs }: Call) => logs.map(({ message }) => message).join('\n');

describe('without a signature', () => {
	it('fires what the API says of a paid order, and answers with the acknowledgement', async () => {
		const { reference, transactionId } = await newOrder('pay');
		const call = await receive({ merchant_reference: reference });
		expect(eventOf(call)).toEqual({
			provider: 'chingchingpay',
			event: 'payment.succeeded',
			eventId: `${transactionId}:SBX_PAID`,
			checkoutId: expect.stringContaining('SBXP'),
			paymentId: transactionId,
			reference,
			status: 'paid',
			providerStatus: 'SBX_PAID',
			statusReason: null,
			amount: '20.50',
			currency: 'HKD',
			livemode: null,
			occurredAt: null,
			verifiedBy: 'provider',
			raw: expect.objectContaining({
				merchant_reference: reference,
				status: 'SBX_PAID',
				amount: 2050,
			}),
		});
		expect(call.response).toMatchObject({
			status: 200,
			body: 'success',
			headers: { 'content-type': 'text/plain; charset=utf-8' },
		});
		expect(await queries()).toBe(1);
	});

	it('fires "unknown" with the word to enter while no paid value is set', async () => {
		const { reference } = await newOrder('pay');
		const call = await receive(
			{ data: { merchant_reference: reference } },
			{ credential: { paidValues: '' } },
		);
		expect(eventOf(call)).toMatchObject({
			event: 'unknown',
			status: 'unknown',
			providerStatus: 'SBX_PAID',
			verifiedBy: 'provider',
			raw: { status: 'SBX_PAID' },
		});
	});

	it('shows all fields of the transaction where the status field is a wrong one', async () => {
		const { reference } = await newOrder('pay');
		const call = await receive(
			{ merchant_reference: reference },
			{ credential: { otherSettings: true, statusPath: 'state.word' } },
		);
		expect(eventOf(call)).toMatchObject({
			event: 'unknown',
			providerStatus: null,
			raw: { status: 'SBX_PAID', transaction_id: expect.any(String) },
		});
	});

	it('fires "unknown" once for each status, and the payment after it', async () => {
		const { reference } = await newOrder();
		const place = { webhookId: 'one', nodeId: 'one' };
		expect(eventOf(await receive({ merchant_reference: reference }, place))).toMatchObject({
			event: 'unknown',
			providerStatus: 'SBX_OPEN',
		});
		expect(eventOf(await receive({ merchant_reference: reference }, place))).toBeUndefined();
		const checkout = (await shop.state()).checkouts.find((each) => each.reference === reference);
		await shop.act('pay', checkout?.checkoutId);
		expect(eventOf(await receive({ merchant_reference: reference }, place))).toMatchObject({
			event: 'payment.succeeded',
		});
		expect(eventOf(await receive({ merchant_reference: reference }, place))).toBeUndefined();
	});

	describe('and two words that both mean paid', () => {
		let server: ProviderServer;
		beforeAll(async () => void (server = await startProviderServer()));
		afterAll(() => server.close());
		const setting = {
			credential: { paidValues: 'SUCCESS, SETTLED' },
			parameters: { events: ['payment.succeeded', 'refund.succeeded'] },
		};
		it.each([
			['a payment', {}, 'payment.succeeded'],
			['a refund', { transaction_type: 'refund' }, 'refund.succeeded'],
		])(
			'counts %s once when its word changes, and with the id that a single word gives',
			async (_case, more, event) => {
				const place = { webhookId: event, nodeId: event };
				const told = async (status: string, paidValues: string, where: object) => {
					server.respond(() => ({
						body: JSON.stringify({
							code: 0,
							message: '',
							data: {
								merchant_reference: 'G-1',
								transaction_id: 'T-1',
								amount: 1000,
								currency: 'HKD',
								status,
								...more,
							},
						}),
					}));
					return eventOf(
						await receive(
							{ merchant_reference: 'G-1' },
							{ ...setting, ...where, credential: { baseUrl: server.url, paidValues } },
						),
					);
				};
				expect(await told('SUCCESS', 'SUCCESS', { nodeId: `single ${event}` })).toMatchObject({
					event,
					eventId: 'T-1:SUCCESS',
				});
				expect(await told('SUCCESS', 'SUCCESS, SETTLED', place)).toMatchObject({
					event,
					eventId: 'T-1:SUCCESS',
				});
				expect(await told('SETTLED', 'SUCCESS, SETTLED', place)).toBeUndefined();
				expect(
					await told('SETTLED', 'SUCCESS, SETTLED', { nodeId: `after a restart, ${event}` }),
				).toMatchObject({ event, eventId: 'T-1:SUCCESS', providerStatus: 'SETTLED' });
			},
		);
	});

	it('finds a payment by its transaction ID', async () => {
		const { reference, transactionId } = await newOrder('pay');
		expect(eventOf(await receive({ transaction_id: transactionId }))).toMatchObject({
			event: 'payment.succeeded',
			reference,
		});
	});

	it('fires "unknown", never paid, where the callback says paid and the API another word', async () => {
		const { reference } = await newOrder();
		const call = await receive({ merchant_reference: reference, status: 'SBX_PAID' });
		expect(eventOf(call)).toMatchObject({
			event: 'unknown',
			status: 'unknown',
			providerStatus: 'SBX_OPEN',
		});
	});

	it('acknowledges a payment that the API does not know, and starts nothing', async () => {
		const call = await receive({ merchant_reference: 'invented', status: 'SBX_PAID' });
		expect(call.response.status).toBe(200);
		expect(call.items).toBeUndefined();
		expect(messages(call)).toContain('does not know this payment');
	});

	it("takes the API's amount, whatever the callback says", async () => {
		const { reference } = await newOrder('underpay');
		const call = await receive({
			merchant_reference: reference,
			status: 'SBX_PAID',
			amount: 2050,
			currency: 'HKD',
		});
		expect(eventOf(call)).toMatchObject({ amount: '10.25', raw: { amount: 1025 } });
	});

	it('takes over nothing else from a callback that nobody signed', async () => {
		const { reference } = await newOrder('pay');
		const event = eventOf(
			await receive({
				merchant_reference: reference,
				payment_id: 'FORGED',
				transaction_id: 'FORGED',
				note: 'FORGED',
			}),
		);
		expect(event).toMatchObject({ event: 'payment.succeeded' });
		expect(JSON.stringify(event)).not.toContain('FORGED');
	});

	it('refuses a transaction of another merchant than that in the credential', async () => {
		const { reference } = await newOrder('pay');
		const call = await receive(
			{ merchant_reference: reference },
			{ credential: { merchantId: 'M_OTHER' } },
		);
		expect([call.response.status, call.items]).toEqual([401, undefined]);
		expect(messages(call)).toContain('other_merchant');
	});

	it('refuses one that was begun longer ago than Maximum Age', async () => {
		const server = await startProviderServer();
		const daysAgo = (days: number) => Math.floor(Date.now() / 1000) - days * 86_400;
		const about = async (created_at: number, maximumAge: number) => {
			server.respond(() => ({
				body: JSON.stringify({
					code: 0,
					data: { merchant_reference: 'order-old', status: 'SBX_PAID', created_at },
				}),
			}));
			const call = await receive(
				{ merchant_reference: 'order-old' },
				{ credential: { baseUrl: server.url }, parameters: { options: { maximumAge } } },
			);
			return [call.response.status, call.items?.length];
		};
		expect(await about(daysAgo(8), 7)).toEqual([401, undefined]);
		expect(await about(daysAgo(8), 9)).toEqual([200, 1]);
		server.close();
	});

	it('never takes a refund for a payment', async () => {
		const { reference } = await newOrder('pay');
		const refundReference = `refund-${reference}`;
		await shop.run({
			resource: 'refund',
			operation: 'create',
			paymentReference: reference,
			amount: '5',
			currency: 'HKD',
			reference: refundReference,
			callback: 'none',
		});
		const parameters = { events: ['payment.succeeded', 'refund.succeeded'] };
		expect(
			eventOf(await receive({ merchant_reference: refundReference }, { parameters })),
		).toMatchObject({
			event: 'refund.succeeded',
			status: 'refunded',
			reference: refundReference,
			amount: '5.00',
		});
	});

	const shapes: Array<[string, (reference: string) => unknown]> = [
		[
			'under data.transaction',
			(reference) => ({ data: { transaction: { merchant_reference: reference } } }),
		],
		['in JSON text', (reference) => ({ data: JSON.stringify({ merchant_reference: reference }) })],
		['in a form', (reference) => `event=paid&merchant_reference=${reference}`],
		[
			'beside another that nobody has',
			(reference) => [
				{ merchant_reference: 'order-nobody-has' },
				{ merchant_reference: reference },
			],
		],
	];
	it.each(shapes)('finds a payment that is named %s', async (_case, content) => {
		const { reference } = await newOrder('pay');
		const call = await receive(content(reference));
		expect(eventOf(call)).toMatchObject({
			event: 'payment.succeeded',
			reference,
			amount: '20.50',
			verifiedBy: 'provider',
		});
	});

	it('finds a payment by its payment ID alone, through its detail', async () => {
		const { reference } = await newOrder('pay');
		const { checkouts } = await shop.state();
		const [{ checkoutId = '' } = {}] = checkouts;
		expect(eventOf(await receive({ object: { payment_id: checkoutId } }))).toMatchObject({
			event: 'payment.succeeded',
			reference,
		});
		expect(await queries()).toBe(1);
	});

	it('fires "unknown", which names none, where a callback names two payments that both exist', async () => {
		const [one, other] = [await newOrder('pay'), await newOrder('pay')];
		const call = await receive([
			{ merchant_reference: one.reference },
			{ merchant_reference: other.reference },
			{ merchant_reference: 'order-nobody-has' },
		]);
		expect(eventOf(call)).toMatchObject({
			event: 'unknown',
			reference: null,
			amount: null,
			paymentId: null,
			raw: {
				answers: [{ merchant_reference: one.reference }, { merchant_reference: other.reference }],
			},
		});
		expect(messages(call)).toContain(
			`it names two payments that the provider knows (${one.reference}, ${other.reference})`,
		);
		expect(await queries()).toBe(2);
	});

	it('answers 500 where one of two named payments could not be asked about', async () => {
		const { reference } = await newOrder('pay');
		await shop.fault('query', '500');
		const call = await receive([{ merchant_reference: 'a' }, { merchant_reference: reference }]);
		expect([call.response.status, call.items]).toEqual([500, undefined]);
	});

	it.each([
		['names no payment', { hello: 'world' }],
		['has an endless payment ID', { payment_id: 'P'.repeat(201) }],
		['has an endless reference', { merchant_reference: 'x'.repeat(201) }],
		['has an object for a reference', { merchant_reference: { $ne: null } }],
		['is a list', ['order-1']],
	])('refuses a callback that %s, and asks nothing', async (_case, content) => {
		const call = await receive(content);
		expect(call.response).toMatchObject({ status: 401, body: 'Unauthorized' });
		expect(await queries()).toBe(0);
	});

	it.each<[string, Fault]>([
		['fails', '500'],
		['hangs up', 'reset-before'],
		['answers with a page', 'html'],
	])('answers 500 when the API %s, so that ChingChingPay sends it again', async (_case, fault) => {
		const { reference } = await newOrder('pay');
		await shop.fault('query', fault);
		const refused = await receive({ merchant_reference: reference });
		expect(refused.response.status).toBe(500);
		expect(refused.items).toBeUndefined();
		expect(eventOf(await receive({ merchant_reference: reference }))).toMatchObject({
			event: 'payment.succeeded',
		});
	});

	it('answers 500 when the API answers with an error that repeats the payment, so that ChingChingPay sends it again', async () => {
		const server = await startProviderServer();
		server.respond(() => ({
			body: '{"code":50001,"message":"system busy","data":{"merchant_reference":"order-busy","status":"SBX_PAID","amount":2050,"currency":"HKD"}}',
		}));
		const call = await receive(
			{ merchant_reference: 'order-busy' },
			{ credential: { baseUrl: server.url } },
		);
		server.close();
		expect([call.response.status, call.items]).toEqual([500, undefined]);
		expect(messages(call)).toContain(
			'could not be asked (ChingChingPay refused the request: system busy (code 50001))',
		);
	});

	it('answers 500 when the API refuses our key', async () => {
		const { reference } = await newOrder('pay');
		const call = await receive(
			{ merchant_reference: reference },
			{ credential: { apiKey: 'another-key-that-nobody-issued' } },
		);
		expect(call.response.status).toBe(500);
		expect(messages(call)).toContain('invalid api key');
		expect(logText(call)).not.toContain('another-key-that-nobody-issued');
	});
});

describe('with a required signature', () => {
	const required = { credential: { callbackProof: 'signatureAndProvider' } };
	const body = (reference: string) =>
		JSON.stringify({
			merchant_reference: reference,
			transaction_id: 'FROM-THE-CALLBACK',
			status: 'SBX_PAID',
			amount: 2050,
			currency: 'HKD',
		});

	it('asks the API as well', async () => {
		const { reference, transactionId } = await newOrder('pay');
		const call = await receive('', { ...required, request: signedCallback(body(reference)) });
		expect(eventOf(call)).toMatchObject({
			event: 'payment.succeeded',
			verifiedBy: 'signature+provider',
			eventId: `${transactionId}:SBX_PAID`,
			raw: { transaction_id: 'FROM-THE-CALLBACK' },
		});
		expect(await queries()).toBe(1);
	});

	it('asks about a payment that is named deeper than facts are read', async () => {
		const { reference } = await newOrder('pay');
		const nested = `{"event":{"transaction":${body(reference)}}}`;
		const call = await receive('', { ...required, request: signedCallback(nested) });
		expect(eventOf(call)).toMatchObject({
			event: 'payment.succeeded',
			verifiedBy: 'signature+provider',
			reference,
		});
		const alone = await receive('', {
			credential: { callbackProof: 'signature' },
			request: signedCallback(nested),
		});
		expect(eventOf(alone)).toMatchObject({ event: 'unknown', reference: null, amount: null });
	});

	it('fires by the signature alone where that counts', async () => {
		const call = await receive('', {
			credential: { callbackProof: 'signature' },
			request: signedCallback(body('order-nobody-has')),
		});
		expect(eventOf(call)).toMatchObject({
			event: 'payment.succeeded',
			verifiedBy: 'signature',
			reference: 'order-nobody-has',
			amount: '20.50',
			paymentId: 'FROM-THE-CALLBACK',
		});
		expect(await queries()).toBe(0);
	});

	describe('over sorted pairs, which leave out where a value ends', () => {
		let server: ProviderServer;
		beforeAll(async () => void (server = await startProviderServer()));
		afterAll(() => server.close());

		it('counts a payment once, however its content is rearranged under the genuine signature', async () => {
			const genuine = {
				amount: 1000,
				currency: 'HKD',
				merchant_reference: 'H-1',
				status: 'SBX_PAID',
				store_id: 'S1',
				transaction_id: 'T-H',
				transaction_type: 'sale',
			};
			const rearranged = {
				...genuine,
				store_id: 'S1&transaction_id=T-H',
				transaction_id: undefined,
			};
			const pairs = Object.entries(genuine)
				.map(([name, value]) => `${name}=${value}`)
				.join('&');
			const headers = {
				'content-type': 'application/json',
				'x-signature': createHmac('sha256', 'chingchingpay-sandbox-not-a-secret')
					.update(pairs)
					.digest('hex'),
			};
			server.respond(() => ({ body: JSON.stringify({ code: 0, message: '', data: genuine }) }));
			const credential = {
				baseUrl: server.url,
				callbackProof: 'signatureAndProvider',
				otherSettings: true,
				requestSignedText: 'sortedPairs',
			};
			const started: unknown[] = [];
			for (const content of [genuine, rearranged]) {
				const event = eventOf(
					await receive('', {
						nodeId: 'pairs',
						webhookId: 'pairs',
						credential,
						request: { headers, rawBody: JSON.stringify(content) },
					}),
				);
				if (event) started.push([event.eventId, event.verifiedBy]);
			}
			expect(started).toEqual([['T-H:SBX_PAID', 'provider']]);
		});
	});

	it.each([
		[
			'no signature',
			(text: string) => ({ headers: { 'content-type': 'application/json' }, rawBody: text }),
			'signature_missing',
		],
		[
			'an empty signature',
			(text: string) => ({
				headers: { 'content-type': 'application/json', 'x-signature': '' },
				rawBody: text,
			}),
			'signature_missing',
		],
		[
			'a truncated signature',
			(text: string) => ({
				headers: {
					'content-type': 'application/json',
					'x-signature': 'cf282a94029759f230487957eee1aa14',
				},
				rawBody: text,
			}),
			'signature_malformed',
		],
		[
			"a stranger's signature",
			(text: string) => signedCallback(text, 'guessed'),
			'signature_mismatch',
		],
		[
			'a changed body',
			(text: string) => ({ ...signedCallback(text), rawBody: text.replace('2050', '9050') }),
			'signature_mismatch',
		],
	])(
		'refuses %s with a real 401 that says nothing, asks nothing and logs which check failed',
		async (_case, make, reason) => {
			const { reference } = await newOrder('pay');
			const call = await receive('', { ...required, request: make(body(reference)) });
			expect(call.response).toMatchObject({ status: 401, body: 'Unauthorized' });
			expect(call.items).toBeUndefined();
			expect(messages(call)).toContain(reason);
			expect(await queries()).toBe(0);
			const { signingSecret, apiKey } = shop.credential();
			expect(
				[signingSecret ?? '', apiKey ?? '', reference].filter((secret) =>
					logText(call).includes(secret),
				),
			).toEqual([]);
		},
	);

	it('accepts the previous secret while the secret is being changed', async () => {
		const { reference } = await newOrder('pay');
		const credential = {
			callbackProof: 'signatureAndProvider',
			signingSecret: 'chingchingpay-sandbox-not-a-secret',
			signingSecretPrevious: 'the-secret-before',
		};
		expect(
			eventOf(
				await receive('', {
					credential,
					request: signedCallback(body(reference), 'the-secret-before'),
				}),
			),
		).toMatchObject({ event: 'payment.succeeded' });
	});
});

describe('the trigger', () => {
	it.each([
		['a deleted credential', DELETED, 401],
		['a credential without a secret', { signingSecret: '' }, 500],
		['a credential without a key', { apiKey: '' }, 500],
	] as const)('starts nothing with %s', async (_case, credential, status) => {
		const { reference } = await newOrder('pay');
		const call = await receive({ merchant_reference: reference }, { credential });
		expect(call.response.status).toBe(status);
		expect(call.items).toBeUndefined();
	});

	it('acknowledges with the words of the credential', async () => {
		const { reference } = await newOrder('pay');
		const call = await receive(
			{ merchant_reference: reference },
			{ credential: { otherSettings: true, acknowledgementBody: '{"code":0}' } },
		);
		expect(call.response).toMatchObject({
			status: 200,
			body: '{"code":0}',
			headers: { 'content-type': 'application/json; charset=utf-8' },
		});
	});

	it('acknowledges events that are not chosen, and starts nothing', async () => {
		const { reference } = await newOrder();
		const call = await receive(
			{ merchant_reference: reference },
			{ parameters: { events: ['payment.succeeded'] } },
		);
		expect(call.response).toMatchObject({ status: 200, body: 'success' });
		expect(call.items).toBeUndefined();
	});

	it('starts once for two copies of a delivery', async () => {
		const { reference } = await newOrder('pay');
		const place = { webhookId: 'two', nodeId: 'two' };
		const calls = [
			await receive({ merchant_reference: reference }, place),
			await receive({ merchant_reference: reference, again: true }, place),
		];
		expect(calls.map(({ items }) => items?.length ?? 0)).toEqual([1, 0]);
		expect(calls[1]?.response).toMatchObject({ status: 200, body: 'success' });
	});

	it.each([
		['a signing secret', { signingSecret: '' }, /'Signing Secret'/],
		['an API key', { apiKey: '' }, /'API Key'/],
		[
			'a base URL, at which each callback would have to be looked up',
			{ baseUrl: '' },
			/'Base URL' in the ChingChingPay credential is not an absolute URL/,
		],
	])('cannot be published without %s', async (_case, credential, words) => {
		const setup = {
			node: new ChingChingPayTrigger(),
			credentialTypes: [new ChingChingPayApi()],
			credentials: { chingChingPayApi: shop.credential(credential) },
		};
		expect((await callHook({ ...setup, method: 'create' })).error?.message).toMatch(words);
		expect(
			(
				await callHook({
					...setup,
					credentials: { chingChingPayApi: shop.credential() },
					method: 'create',
				})
			).result,
		).toBe(true);
	});
});
