import { createHmac } from 'node:crypto';
import { provider } from '../../sandbox/providers/wooshpay';
import type { SandboxProvider } from '../../sandbox/core/provider';
import { eventually, Merchant, sandboxForEachTest } from './support';

const sandbox = sandboxForEachTest({
	providers: [provider as SandboxProvider],
	redeliveryScale: 0.000_001,
});
const merchant = new Merchant();
beforeAll(async () => await merchant.start());
beforeEach(() => void merchant.received.splice(0));
afterAll(async () => await merchant.stop());

const { secretKey } = provider.credential('').data as { secretKey: string };
const basic = (userAndPassword: string) =>
	`Basic ${Buffer.from(userAndPassword).toString('base64')}`;
const goodHeaders = {
	authorization: basic(`${secretKey}:`),
	accept: 'application/json',
	'content-type': 'application/json',
};

interface Said {
	/** The HTTP status; the body has a field of that name. */
	answered: number;
	id: string;
	error?: { type: string; message: string };
	[field: string]: unknown;
}

async function call(
	method: string,
	path: string,
	body?: unknown,
	headers: Record<string, string> = {},
): Promise<Said> {
	const answer = await fetch(`${sandbox.url}/wooshpay${path}`, {
		method,
		headers: { ...goodHeaders, ...headers },
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	});
	return { ...((await answer.json()) as Said), answered: answer.status };
}

const price = (changes: Record<string, unknown> = {}) => ({
	currency: 'GBP',
	unit_amount: 1299,
	product_data: { name: 'Tea' },
	...changes,
});
const session = (changes: Record<string, unknown> = {}) => ({
	mode: 'payment',
	success_url: 'www.wooshpay.com',
	cancel_url: 'www.example.com',
	line_items: [{ price_data: price(), quantity: 2 }],
	client_reference_id: 'order-1',
	payment_intent_data: { merchant_order_id: 'order-1' },
	...changes,
});
const withItem = (item: Record<string, unknown>) =>
	session({ line_items: [{ quantity: 1, ...item }] });
const register = async (changes: Record<string, unknown> = {}) =>
	await call('POST', '/v1/webhook_endpoints', {
		url: merchant.url,
		enabled_events: ['payment_intent.succeeded'],
		...changes,
	});

test('what the guide sends is taken, and answered in its shape', async () => {
	const item = {
		currency: 'GBP',
		product: null,
		unit_amount: 5,
		active: true,
		metadata: { key1: 'value1' },
		nickname: 'n',
		product_data: { id: null, name: 'example product', active: true, url: 'www.example.com' },
		lookup_key: 'k',
	};
	const made = await call('POST', '/v1/checkout/sessions', {
		cancel_url: 'www.example.com',
		mode: 'payment',
		success_url: 'www.wooshpay.com',
		line_items: [{ price_data: item, quantity: 1 }],
	});
	expect(made).toMatchObject({
		status: 'open',
		payment_status: 'unpaid',
		amount_total: 5,
		customer: '',
		payment_link: '',
		line_items: {
			data: [{ price: { unit_amount: 5, product: { name: 'example product' } } }],
			has_more: null,
		},
	});
	expect(made.id).toMatch(/^cs_\d{19}$/);
	expect(Number(made.expires_at) - Number(made.created)).toBe(24 * 60 * 60 * 1000);
});

describe('the key', () => {
	test.each([
		['nothing', { authorization: '' }, 401],
		['a bearer token', { authorization: `Bearer ${secretKey}` }, 401],
		['another key', { authorization: basic('sk_test_other:') }, 401],
		['a password', { authorization: basic(`${secretKey}:password`) }, 401],
		['the key without its colon', { authorization: basic(secretKey) }, 401],
		['the publishable key', { authorization: basic(`${secretKey.replace('sk_', 'pk_')}:`) }, 403],
		['another Accept', { accept: 'text/html' }, 400],
		['another content type', { 'content-type': 'application/x-www-form-urlencoded' }, 400],
	])('%s is refused, and nothing is stored', async (_case, headers, status) => {
		expect((await call('POST', '/v1/checkout/sessions', session(), headers)).answered).toBe(status);
		const { checkouts, refusals } = await sandbox.state();
		expect([checkouts.length, refusals.length]).toEqual([0, 1]);
	});
});

describe('a session is refused', () => {
	test.each<[string, Record<string, unknown>, string]>([
		['another mode', session({ mode: 'subscription' }), 'mode'],
		['no success page', session({ success_url: undefined }), 'success_url'],
		['no cancel page', session({ cancel_url: '' }), 'cancel_url'],
		['no items', session({ line_items: [] }), 'line_items'],
		['neither price nor its data', withItem({}), 'line_items.0.price'],
		[
			'price and its data',
			withItem({ price: 'price_1', price_data: price() }),
			'line_items.0.price',
		],
		['a price that does not exist', withItem({ price: 'price_1' }), 'No such price'],
		['a quantity of zero', withItem({ price_data: price(), quantity: 0 }), 'quantity'],
		[
			'an amount in major units',
			withItem({ price_data: price({ unit_amount: 12.99 }) }),
			'unit_amount',
		],
		['an amount of zero', withItem({ price_data: price({ unit_amount: 0 }) }), 'unit_amount'],
		[
			'a currency in small letters',
			withItem({ price_data: price({ currency: 'gbp' }) }),
			'currency',
		],
		['a product without a name', withItem({ price_data: price({ product_data: {} }) }), 'name'],
		['a field that is switched off', session({ customer_details: {} }), 'customer_details'],
		['metadata that is no text', session({ metadata: { a: 1 } }), 'metadata'],
		[
			'two currencies',
			session({
				line_items: [
					{ price_data: price(), quantity: 1 },
					{ price_data: price({ currency: 'USD' }), quantity: 1 },
				],
			}),
			'same currency',
		],
	])('with %s', async (_case, body, words) => {
		const refused = await call('POST', '/v1/checkout/sessions', body);
		expect(refused).toMatchObject({
			answered: 400,
			error: { message: expect.stringContaining(words) as string },
		});
		expect((await sandbox.state()).checkouts).toEqual([]);
	});
});

test('fields that no page names are taken and remarked on', async () => {
	await call(
		'POST',
		'/v1/checkout/sessions',
		session({ customer_mood: 'good', payment_intent_data: { shipping: {} } }),
	);
	expect((await sandbox.state()).checkouts[0]?.remarks).toEqual([
		'unknown field: customer_mood',
		'unknown field: payment_intent_data.shipping',
	]);
});

describe('Idempotency-Key', () => {
	const key = { 'idempotency-key': 'key-1' };

	test('with the same request gives the first answer again', async () => {
		const first = await call('POST', '/v1/checkout/sessions', session(), key);
		expect(await call('POST', '/v1/checkout/sessions', session(), key)).toEqual(first);
		expect((await sandbox.state()).checkouts).toHaveLength(1);
	});

	test('with another request is a conflict', async () => {
		await call('POST', '/v1/checkout/sessions', session(), key);
		expect(
			await call('POST', '/v1/checkout/sessions', session({ client_reference_id: 'order-2' }), key),
		).toMatchObject({ answered: 409, error: { type: 'idempotency_error' } });
	});

	test('of a request that was refused can be used again', async () => {
		expect((await call('POST', '/v1/checkout/sessions', session({ mode: '' }), key)).answered).toBe(
			400,
		);
		expect((await call('POST', '/v1/checkout/sessions', session(), key)).status).toBe('open');
	});
});

describe('webhook endpoints', () => {
	test('tell their secret when they are made, and never again', async () => {
		const made = await register();
		expect(made.secret).toMatch(/^whsec_/);
		expect(await call('GET', `/v1/webhook_endpoints/${made.id}`)).not.toHaveProperty('secret');
		expect(JSON.stringify(await call('GET', '/v1/webhook_endpoints'))).not.toContain(made.secret);
	});

	test.each([
		['an address that is not https', { url: 'http://shop.example/hook' }],
		['no events', { enabled_events: [] }],
		['every event by a star', { enabled_events: ['*'] }],
		['a field that no page names', { active: true }],
	])('are refused with %s', async (_case, changes) => {
		expect((await register(changes)).answered).toBe(400);
	});

	test('are listed by ten, or by as many as asked for, from a cursor on', async () => {
		for (let index = 0; index < 12; index++) await register();
		const first = (await call('GET', '/v1/webhook_endpoints')) as unknown as {
			data: { id: string }[];
			has_more: boolean;
		};
		const rest = (await call(
			'GET',
			`/v1/webhook_endpoints?limit=100&starting_after=${first.data.at(-1)?.id}`,
		)) as unknown as typeof first;
		expect([first.data.length, first.has_more, rest.data.length, rest.has_more]).toEqual([
			10,
			true,
			2,
			false,
		]);
		expect((await call('GET', '/v1/webhook_endpoints?limit=101')).answered).toBe(400);
	});

	test('that were deleted are gone', async () => {
		const { id } = await register();
		expect((await call('DELETE', `/v1/webhook_endpoints/${id}`)).answered).toBe(200);
		expect((await call('DELETE', `/v1/webhook_endpoints/${id}`)).answered).toBe(404);
	});
});

describe('an event', () => {
	const sold = async () => (await call('POST', '/v1/checkout/sessions', session())).id;
	const act = async (id: string, action: string, how = {}) =>
		await sandbox.control(`/control/checkouts/wooshpay/${id}/${action}`, how);

	test('goes to every endpoint that asked for it, signed with its own secret over the very bytes', async () => {
		const made = [
			await register(),
			await register(),
			await register({ enabled_events: ['payment_intent.canceled'] }),
		];
		await act(await sold(), 'pay');
		expect(merchant.received).toHaveLength(2);
		const fits = merchant.received.map(({ headers, body }) => {
			const [, time = '', signature = ''] =
				/^t=(\d{13}),v1=([0-9a-f]{64})$/.exec(String(headers['wooshpay-signature'])) ?? [];
			return made.findIndex(
				({ secret }) =>
					createHmac('sha256', String(secret)).update(`${time}.${body}`).digest('hex') ===
					signature,
			);
		});
		expect(fits.sort()).toEqual([0, 1]);
		expect(JSON.parse(merchant.received[0]?.body ?? '')).toMatchObject({
			type: 'payment_intent.succeeded',
			data: {
				object: {
					amount: 2598,
					currency: 'GBP',
					status: 'succeeded',
					amount_received: null,
					merchant_order_id: 'order-1',
				},
			},
		});
	});

	test.each(['forged', 'tampered'])('that is %s does not fit the secret', async (callback) => {
		const { secret } = await register();
		await act(await sold(), 'pay', { callback });
		const [{ headers, body } = { headers: {} as Record<string, unknown>, body: '' }] =
			merchant.received;
		const [, time = '', signature] =
			/^t=(\d{13}),v1=([0-9a-f]{64})$/.exec(String(headers['wooshpay-signature'])) ?? [];
		expect(createHmac('sha256', String(secret)).update(`${time}.${body}`).digest('hex')).not.toBe(
			signature,
		);
	});

	test('is delivered 18 times when nobody acknowledges it, with the same bytes', async () => {
		merchant.answers.push(...Array.from({ length: 30 }, () => 500));
		await register();
		await act(await sold(), 'pay');
		await eventually(
			async () =>
				(await sandbox.state()).deliveries.filter(({ status }) => status !== null).length >= 18,
		);
		const { deliveries } = await sandbox.state();
		merchant.answers.splice(0);
		expect(deliveries.map(({ nextAttemptAt }) => nextAttemptAt).at(-1)).toBeNull();
		expect(
			new Set(
				merchant.received.map(({ headers, body }) => String(headers['wooshpay-signature']) + body),
			).size,
		).toBe(1);
	});

	test('of a payer who turns back, or a session that expires, does not exist', async () => {
		await register({
			enabled_events: [
				'payment_intent.succeeded',
				'payment_intent.canceled',
				'payment_intent.payment_failed',
			],
		});
		const id = await sold();
		expect(await act(id, 'cancel')).toMatchObject({ checkout: { status: 'open' }, deliveries: [] });
		expect(await act(id, 'expire')).toMatchObject({
			checkout: { status: 'expired' },
			deliveries: [],
		});
	});

	test('about a refund comes when the refund is made, and can be looked up', async () => {
		await register({ enabled_events: ['charge.refund.updated'] });
		const id = await sold();
		await act(id, 'pay');
		const { payment_intent: paymentIntent } = await call('GET', `/v1/checkout/sessions/${id}`);
		const refund = await call('POST', '/v1/refunds', {
			payment_intent: paymentIntent,
			amount: 1000,
		});
		await eventually(() => merchant.received.length === 1);
		const event = JSON.parse(merchant.received[0]?.body ?? '') as {
			id: string;
			data: { object: unknown };
		};
		expect(event.data.object).toMatchObject({
			id: refund.id,
			amount: 1000,
			status: 'succeeded',
			payment_intent: paymentIntent,
		});
		expect(await call('GET', `/v1/events/${event.id}`)).toMatchObject(event);
	});
});

describe('a payment that is captured by hand', () => {
	const manual = { payment_intent_data: { capture_method: 'manual' } };
	const authorized = async () => {
		const made = await call('POST', '/v1/checkout/sessions', session(manual));
		await sandbox.control(`/control/checkouts/wooshpay/${made.id}/pay`, {});
		return String(made.payment_intent);
	};
	const intent = async (id: string, verb = '', body?: unknown) =>
		await call(body === undefined ? 'GET' : 'POST', `/v1/payment_intents/${id}${verb}`, body);

	test('is told about when it is captured, and not before', async () => {
		await register();
		const id = await authorized();
		expect(await intent(id)).toMatchObject({
			status: 'requires_capture',
			amount_capturable: 2598,
			amount_received: null,
		});
		expect(merchant.received).toEqual([]);
		expect(await intent(id, '/capture', { amount_to_capture: 1000 })).toMatchObject({
			status: 'succeeded',
			amount: 2598,
			amount_received: 1000,
		});
		await eventually(() => merchant.received.length === 1);
		expect(JSON.parse(merchant.received[0]?.body ?? '')).toMatchObject({
			type: 'payment_intent.succeeded',
			data: { object: { amount_received: 1000 } },
		});
	});

	test.each([
		['more than was authorized', { amount_to_capture: 2599 }, 402],
		['major units', { amount_to_capture: 10.5 }, 400],
		['a field that no page names', { amount: 1000 }, 400],
	])('is not captured for %s', async (_case, body, status) => {
		const id = await authorized();
		expect((await intent(id, '/capture', body)).answered).toBe(status);
		expect((await intent(id)).status).toBe('requires_capture');
	});

	test('is captured once', async () => {
		const id = await authorized();
		await intent(id, '/capture', { amount_to_capture: 1000 });
		expect((await intent(id, '/capture', {})).answered).toBe(402);
	});

	test('is captured or canceled, and not both', async () => {
		await register({ enabled_events: ['payment_intent.canceled'] });
		const [captured, canceled] = [await authorized(), await authorized()];
		await intent(captured, '/capture', {});
		expect((await intent(captured, '/cancel', {})).answered).toBe(402);
		expect((await intent(canceled, '/cancel', {})).status).toBe('canceled');
		expect((await intent(canceled, '/capture', {})).answered).toBe(402);
		await eventually(() => merchant.received.length === 1);
	});

	test('gives back no more than was captured', async () => {
		const id = await authorized();
		await intent(id, '/capture', { amount_to_capture: 1000 });
		const refund = { payment_intent: id };
		expect((await call('POST', '/v1/refunds', { ...refund, amount: 1001 })).answered).toBe(402);
		expect(await call('POST', '/v1/refunds', refund)).toMatchObject({ amount: 1000 });
	});
});

test('a session ends early while nobody has paid it', async () => {
	const { id } = await call('POST', '/v1/checkout/sessions', session());
	const expire = async () => await call('POST', `/v1/checkout/sessions/${id}/expire`);
	expect(await expire()).toMatchObject({ id, status: 'expired', payment_status: 'unpaid' });
	expect((await expire()).answered).toBe(400);
});

test.each([
	['in milliseconds', 4_102_444_800_001],
	['that has passed', 1_600_000_000],
])('a session is not made with a time of its end %s', async (_case, expires_at) => {
	expect((await call('POST', '/v1/checkout/sessions', session({ expires_at }))).answered).toBe(400);
});

describe('a refund is refused', () => {
	test.each([
		['of a payment that nobody has paid', false, {}, 402],
		['of more than the payment', true, { amount: 2599 }, 402],
		['for a reason that is none', true, { reason: 'requested_by_merchant' }, 400],
		['in major units', true, { amount: 25.98 }, 400],
	])('%s', async (_case, paid, changes, status) => {
		const { id, payment_intent: paymentIntent } = await call(
			'POST',
			'/v1/checkout/sessions',
			session(),
		);
		if (paid) await sandbox.control(`/control/checkouts/wooshpay/${id}/pay`, {});
		expect(
			(await call('POST', '/v1/refunds', { payment_intent: paymentIntent, ...changes })).answered,
		).toBe(status);
	});

	test('beyond what earlier ones have left', async () => {
		const { id, payment_intent: paymentIntent } = await call(
			'POST',
			'/v1/checkout/sessions',
			session(),
		);
		await sandbox.control(`/control/checkouts/wooshpay/${id}/pay`, {});
		expect(
			(await call('POST', '/v1/refunds', { payment_intent: paymentIntent, amount: 2000 })).status,
		).toBe('succeeded');
		expect(
			(await call('POST', '/v1/refunds', { payment_intent: paymentIntent, amount: 599 })).answered,
		).toBe(402);
		expect(await call('POST', '/v1/refunds', { payment_intent: paymentIntent })).toMatchObject({
			amount: 598,
		});
	});
});

test('once the key is renewed only the new one is taken, until the reset', async () => {
	const renewed = { authorization: basic('sk_test_renewed:') };
	const look = async (headers = {}) =>
		(await call('GET', '/v1/webhook_endpoints', undefined, headers)).answered;
	expect(await look(renewed)).toBe(401);
	await sandbox.control('/control/keys/wooshpay', { key: 'sk_test_renewed' });
	expect([await look(), await look(renewed)]).toEqual([401, 200]);
	await sandbox.control('/control/reset', {});
	expect([await look(), await look(renewed)]).toEqual([200, 401]);
});

test('a key that is no text is refused in words', async () => {
	const refused = await sandbox.control('/control/keys/wooshpay', { key: '' });
	expect(refused).toMatchObject({ status: 400, error: expect.stringMatching(/^key: /) as string });
});

test('the amount of a price cannot be changed', async () => {
	const { id } = await call('POST', '/v1/prices', price());
	expect((await call('POST', `/v1/prices/${id}`, { unit_amount: 1 })).answered).toBe(400);
	expect(await call('POST', `/v1/prices/${id}`, { nickname: 'n' })).toMatchObject({
		unit_amount: 1299,
		nickname: 'n',
	});
});
