import { createPublicKey, verify } from 'node:crypto';
import type { SandboxProvider } from '../../sandbox/core/provider';
import { provider } from '../../sandbox/providers/efundpay';
import { eventually, Merchant, sandboxForEachTest } from './support';

const sandbox = sandboxForEachTest({ providers: [provider as SandboxProvider] });
const merchant = new Merchant();
beforeAll(async () => await merchant.start());
beforeEach(() => void merchant.received.splice(0));
afterAll(async () => await merchant.stop());

const secretKey = 'sk_test_efundpay_sandbox_not_a_real_key';
const order = (changes: Record<string, unknown> = {}) => ({
	amount: 2050,
	currency: 'USD',
	external_identifier: 'order-0001',
	redirect_url: 'https://shop.example/ok',
	webhooks_url: merchant.url,
	buyer: { display_name: 'Maria Gomez', email_address: 'maria@shop.example' },
	...changes,
});
const payment = (changes: Record<string, unknown> = {}) => {
	const { redirect_url, webhooks_url, ...rest } = order();
	return {
		...rest,
		cart_items: null,
		payment_method: {
			method: 'card',
			number: '4000123412341234',
			expiration_date: '08/29',
			security_code: '987',
			redirect_url,
			webhooks_url,
		},
		...changes,
	};
};
const refund = (changes: Record<string, unknown> = {}) => ({
	amount: 2050,
	currency: 'USD',
	reason: 'Goods returned',
	external_identifier: 'refund-0001',
	webhooks_url: merchant.url,
	...changes,
});

async function call(
	path: string,
	body?: unknown,
	headers: Record<string, string | undefined> = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
	const all = {
		Authorization: `Bearer ${secretKey}`,
		'x-merchant-account-id': 'default',
		...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
		...headers,
	};
	const given = Object.entries(all).filter(
		(entry): entry is [string, string] => entry[1] !== undefined,
	);
	const answer = await fetch(`${sandbox.url}/efundpay/v4${path}`, {
		method: body === undefined ? 'GET' : 'POST',
		headers: Object.fromEntries(given),
		body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
	});
	return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const create = async (
	changes: Record<string, unknown> = {},
	headers: Record<string, string> = {},
) => await call('/checkout/payments', order(changes), headers);
const pay = async (id: unknown, how: unknown = {}, action = 'pay') =>
	await sandbox.control(`/control/checkouts/efundpay/${String(id)}/${action}`, how);
const direct = async (
	changes: Record<string, unknown> = {},
	headers: Record<string, string> = { 'X-Forwarded-For': '203.0.113.195' },
) => await call('/transactions/payments', payment(changes), headers);

async function expectRefused(
	answer: Promise<{ status: number; body: Record<string, unknown> }>,
	status: number,
	words: RegExp,
): Promise<void> {
	const { status: given, body } = await answer;
	expect({ status: given, message: body.message }).toEqual({
		status,
		message: expect.stringMatching(words),
	});
	const { checkouts, refusals } = await sandbox.state();
	expect(checkouts).toEqual([]);
	expect(refusals).toEqual([expect.objectContaining({ status })]);
}

describe('authentication', () => {
	test.each<[string, Record<string, string | undefined>, number]>([
		['no Authorization header', { Authorization: undefined }, 401],
		['the bare key', { Authorization: secretKey }, 401],
		['another key', { Authorization: 'Bearer sk_test_another' }, 401],
		['no merchant account', { 'x-merchant-account-id': undefined }, 400],
		['another merchant account', { 'x-merchant-account-id': 'another' }, 403],
	])('%s is refused, and nothing is stored', async (_case, headers, status) => {
		await expectRefused(call('/checkout/payments', order(), headers), status, /./);
	});
});

// docs.efundflow.com/transactions/create. Behind the last member of payment_method the sample has a
// comma, which no JSON has.
test('the request that the guide shows is taken to the letter', async () => {
	const sample =
		'{"amount": 1299,"currency": "USD","payment_method": {"method": "card","number": "4111111111111111","expiration_date": "12/25","security_code": "123","redirect_url": "https://example.com","webhooks_url": "https://yourdomain.com/webhooks/payment"},"buyer": {"display_name": "John Doe","email_address": "john@example.com"},"cart_items": [{"name": "GoPro HD","quantity": 1,"unit_amount": 1299}],"external_identifier": "order-12345"}';
	const { status, body } = await call('/transactions/payments', sample, {
		'X-Forwarded-For': '203.0.113.195',
	});
	expect([status, body]).toEqual([
		200,
		expect.objectContaining({ amount: 1299, external_identifier: 'order-12345', method: 'card' }),
	]);
});

test('what the pages say may be null may be null', async () => {
	const answers = [
		await create({ cart_items: null, country: null }),
		await direct(
			{ payment_method: null, external_identifier: 'order-0002' },
			{
				'X-Forwarded-For': '203.0.113.1',
			},
		),
	];
	expect(answers.map(({ status }) => status)).toEqual([200, 200]);
});

describe('a checkout is refused with', () => {
	test.each<[string, Record<string, unknown>, RegExp]>([
		['an amount as text', { amount: '2050' }, /amount: must be an integer/],
		['an amount with decimals', { amount: 20.5 }, /amount/],
		['99', { amount: 99 }, /at least 100/],
		['100000000', { amount: 100_000_000 }, /at most 99999999/],
		['a currency of two letters', { currency: 'US' }, /currency/],
		['a currency in small letters', { currency: 'usd' }, /currency/],
		['no reference', { external_identifier: undefined }, /external_identifier/],
		[
			'a reference of 65 characters',
			{ external_identifier: 'r'.repeat(65) },
			/external_identifier/,
		],
		['a country of three letters', { country: 'USA' }, /country/],
		['no redirect_url', { redirect_url: undefined }, /redirect_url/],
		['no webhooks_url', { webhooks_url: undefined }, /webhooks_url/],
		['a relative webhooks_url', { webhooks_url: '/callback' }, /webhooks_url/],
		['no buyer', { buyer: undefined }, /buyer/],
		[
			'a cart item whose amount is text',
			{ cart_items: [{ name: 'Tea', quantity: 1, unit_amount: '2050' }] },
			/cart_items.0.unit_amount/,
		],
	])('%s', async (_case, changes, words) => {
		await expectRefused(create(changes), 400, words);
	});

	test('a body that is no JSON', async () => {
		await expectRefused(call('/checkout/payments', '{"amount":'), 400, /JSON/);
	});

	test('a content type other than JSON', async () => {
		await expectRefused(
			call('/checkout/payments', order(), { 'Content-Type': 'text/plain' }),
			400,
			/application\/json/,
		);
	});

	test('a path without version', async () => {
		const answer = await fetch(`${sandbox.url}/efundpay/checkout/payments`, { method: 'POST' });
		expect(answer.status).toBe(404);
	});
});

describe('a direct payment is refused with', () => {
	test.each<[string, Record<string, string>]>([
		['no X-Forwarded-For', {}],
		['a host name as X-Forwarded-For', { 'X-Forwarded-For': 'shop.example' }],
		['two addresses in X-Forwarded-For', { 'X-Forwarded-For': '203.0.113.1, 203.0.113.2' }],
	])('%s', async (_case, headers) => {
		await expectRefused(direct({}, headers), 400, /X-Forwarded-For/);
	});

	test.each<[string, Record<string, unknown>, RegExp]>([
		['no payment_method', { payment_method: undefined }, /payment_method/],
		[
			'a card without a number',
			{ payment_method: { method: 'card', expiration_date: '08/29', security_code: '987' } },
			/number/,
		],
		[
			'a four-digit year',
			{ payment_method: { ...payment().payment_method, expiration_date: '08/2029' } },
			/expiration_date/,
		],
		['no cart_items', { cart_items: undefined }, /cart_items/],
		[
			'another method without a buyer',
			{ payment_method: { method: 'other' }, buyer: null },
			/buyer/,
		],
	])('%s', async (_case, changes, words) => {
		await expectRefused(direct(changes), 400, words);
	});
});

test('a checkout answers with its link, and is found again in the other shape', async () => {
	const { status, body } = await create();
	expect(status).toBe(200);
	expect(body).toMatchObject({
		type: 'transaction',
		merchant_account_id: 'default',
		amount: 2050,
		currency: 'USD',
		status: 'buyer_approval_pending',
		external_identifier: 'order-0001',
	});
	const link = `${sandbox.url}/cashier/efundpay/${String(body.id)}`;
	expect(body.payment_method).toMatchObject({
		details: { payment_url_link: link, url_link_expire_sec: 3600 },
	});
	const found = await call(`/transactions/${String(body.id)}`);
	expect(found.body).toMatchObject({
		id: body.id,
		error_code: null,
		payment_method: { payment_url_link: link, url_link_expire_sec: '3600' },
	});
	expect((await fetch(link)).status).toBe(200);
});

test('a direct payment is served at both documented paths and never shows the card', async () => {
	const first = await direct();
	const second = await call('/transactions', payment({ external_identifier: 'order-0002' }), {
		'X-Forwarded-For': '2001:db8::1',
	});
	expect([first.status, second.status]).toEqual([200, 200]);
	expect(first.body.payment_method).toMatchObject({
		method: 'card',
		expiration_date: '08/29',
		details: { bin: '400012' },
	});
	const everything =
		JSON.stringify([first.body, await sandbox.state()]) + (await (await fetch(sandbox.url)).text());
	expect(everything).not.toContain('4000123412341234');
	expect(everything).not.toContain('"987"');
});

test('the declined card fails inside a 200', async () => {
	const { status, body } = await direct({
		payment_method: { ...payment().payment_method, number: '4000000000000002' },
	});
	expect({ status, body }).toMatchObject({
		status: 200,
		body: { status: 'authorization_failed', error_code: 'flow_decline' },
	});
});

describe('the idempotency key', () => {
	test('gives the first answer again and makes nothing', async () => {
		const [first, second] = [
			await create({}, { 'idempotency-key': 'k' }),
			await create({}, { 'idempotency-key': 'k' }),
		];
		expect(second).toEqual(first);
		expect((await sandbox.state()).checkouts).toHaveLength(1);
	});

	test('with another body is a conflict', async () => {
		await create({}, { 'idempotency-key': 'k' });
		expect((await create({ amount: 3000 }, { 'idempotency-key': 'k' })).status).toBe(409);
	});

	test('of a refused request can be used again', async () => {
		await create({ amount: 1 }, { 'idempotency-key': 'k' });
		expect((await create({}, { 'idempotency-key': 'k' })).status).toBe(200);
	});
});

test('a reference that is open is a conflict, one that was given up is not', async () => {
	const { body } = await create();
	expect((await create()).status).toBe(409);
	await pay(body.id, {}, 'cancel');
	expect((await create()).status).toBe(200);
});

describe('a list', () => {
	async function three(): Promise<unknown[]> {
		const made = [
			await create({ external_identifier: 'a' }),
			await create({ external_identifier: 'b' }),
			await create({ external_identifier: 'c' }),
		];
		return made.map(({ body }) => body.id);
	}
	const ids = ({ body }: { body: Record<string, unknown> }) =>
		(body.items as { id: unknown }[]).map(({ id }) => id);

	test('has the newest first and hands out cursors', async () => {
		const [a, b, c] = await three();
		const first = await call('/transactions?limit=2');
		expect({ ids: ids(first), ...first.body }).toMatchObject({
			ids: [c, b],
			limit: 2,
			next_cursor: expect.any(String),
			previous_cursor: null,
		});
		const second = await call(
			`/transactions?limit=2&cursor=${encodeURIComponent(String(first.body.next_cursor))}`,
		);
		expect({ ids: ids(second), ...second.body }).toMatchObject({
			ids: [a],
			next_cursor: null,
			previous_cursor: expect.any(String),
		});
	});

	test('is filtered by status and time', async () => {
		const [a] = await three();
		await pay(a, { callback: 'none' });
		expect(ids(await call('/transactions?status=capture_succeeded'))).toEqual([a]);
		expect(ids(await call('/transactions?created_at_gte=2999-01-01T00:00:00Z'))).toEqual([]);
	});

	test.each([
		'limit=0',
		'limit=101',
		'cursor=2',
		'created_at_gte=2026-01-01T00:00:00',
		'created_at_lte=2026-01-01',
	])('with %s is refused', async (query) => {
		expect((await call(`/transactions?${query}`)).status).toBe(400);
	});
});

describe('a callback', () => {
	const publicKey = () => {
		const { platformPublicKey } = provider.credential('').data;
		return createPublicKey({
			key: Buffer.from(String(platformPublicKey), 'base64'),
			format: 'der',
			type: 'spki',
		});
	};
	const verified = (text: string, signature: unknown) =>
		verify('RSA-SHA1', Buffer.from(text), publicKey(), Buffer.from(String(signature), 'base64'));
	const numbers = (callback: { ll_transaction_id: string }) => callback.ll_transaction_id;

	test('of a payment is signed over its sorted fields, with the time of Shanghai', async () => {
		const { body } = await create();
		await pay(body.id);
		const [received] = merchant.received;
		const notice = JSON.parse(received?.body ?? '') as {
			ll_transaction_id: string;
			payment_data: { payment_time: string; account_date: string };
		};
		expect(notice).toMatchObject({
			merchant_transaction_id: 'order-0001',
			payment_data: { payment_amount: '20.50', payment_currency_code: 'USD', payment_status: 'PS' },
		});
		expect(received?.headers).toMatchObject({
			timezone: 'Asia/Shanghai',
			timestamp: expect.stringMatching(/^\d{14}$/),
		});
		const { payment_time: time, account_date: date } = notice.payment_data;
		const text = `ll_transaction_id=${numbers(notice)}&merchant_transaction_id=order-0001&account_date=${date}&exchange_rate=1.00000000&payment_amount=20.50&payment_currency_code=USD&payment_status=PS&payment_time=${time}&settlement_amount=20.50&settlement_currency_code=USD`;
		expect(verified(text, received?.headers.signature)).toBe(true);
	});

	test.each(['forged', 'tampered'])(
		'that is %s is not what the platform signed',
		async (callback) => {
			const { body } = await create();
			await pay(body.id, { callback });
			const [received] = merchant.received;
			const { payment_data: data, ...ids } = JSON.parse(received?.body ?? '') as {
				payment_data: object;
			};
			const text = [ids, data]
				.flatMap((part) => Object.entries(part).map((pair) => pair.join('=')))
				.join('&');
			expect(verified(text, received?.headers.signature)).toBe(false);
		},
	);

	test.each(['cancel', 'expire'])('is not sent for %s', async (action) => {
		const { body } = await create();
		await pay(body.id, {}, action);
		expect(merchant.received).toEqual([]);
	});

	test.each([
		['another body', 200, false],
		['no 200', 500, false],
	])('is not acknowledged by %s', async (_case, status, acknowledged) => {
		merchant.answers.push(status);
		const { body } = await create();
		const { deliveries } = await pay(body.id);
		expect(deliveries[0]).toMatchObject({ status, acknowledged, nextAttemptAt: null });
	});
});

describe('a refund', () => {
	async function paid(): Promise<string> {
		const { body } = await create();
		await pay(body.id, { callback: 'none' });
		return String(body.id);
	}

	test("of all gives the transaction back, and tells the refund's own address", async () => {
		const id = await paid();
		const { status, body } = await call(`/transactions/${id}/refunds`, refund());
		expect({ status, body }).toMatchObject({
			status: 200,
			body: {
				type: 'refund',
				transaction_id: id,
				status: 'processing',
				amount: 2050,
				external_identifier: 'refund-0001',
				transaction_external_identifier: 'order-0001',
			},
		});
		expect((await call(`/refunds/${String(body.id)}`)).body).toMatchObject({ status: 'succeeded' });
		expect((await call(`/transactions/${id}`)).body).toMatchObject({ status: 'refund_succeeded' });
		expect((await call(`/transactions/${id}/refunds`)).body).toMatchObject({
			items: [{ id: body.id }],
			next_cursor: null,
		});
		await eventually(() => merchant.received.length === 1);
		expect(JSON.parse(merchant.received[0]?.body ?? '')).toMatchObject({
			merchant_transaction_id: 'refund-0001',
			original_transaction_id: 'order-0001',
			refund_data: { refund_amount: 2050, refund_status: 'RS' },
		});
	});

	test('of a part leaves the rest, and no more', async () => {
		const id = await paid();
		expect((await call(`/transactions/${id}/refunds`, refund({ amount: 50 }))).status).toBe(200);
		expect((await call(`/transactions/${id}`)).body).toMatchObject({ status: 'capture_succeeded' });
		expect(
			(
				await call(
					`/transactions/${id}/refunds`,
					refund({ amount: 2001, external_identifier: 'refund-0002' }),
				)
			).body.message,
		).toMatch(/only 2000/);
	});

	test.each<[string, Record<string, unknown>, number]>([
		['nothing', { amount: 0 }, 400],
		['an amount as text', { amount: '2050' }, 400],
		['another currency', { currency: 'EUR' }, 400],
		['no reason', { reason: '' }, 400],
		['a reference of 51 characters', { external_identifier: 'r'.repeat(51) }, 400],
		['no webhooks_url', { webhooks_url: undefined }, 400],
		[
			'a bank code of two digits',
			{ bank_detail: { bank_code: '04', bank_account_name: 'M', bank_account_no: '1' } },
			400,
		],
	])('with %s is refused', async (_case, changes, status) => {
		const id = await paid();
		expect((await call(`/transactions/${id}/refunds`, refund(changes))).status).toBe(status);
		expect((await call(`/transactions/${id}/refunds`)).body.items).toEqual([]);
	});

	test('of what is not paid, not known or given back already is refused', async () => {
		const { body } = await create();
		expect((await call(`/transactions/${String(body.id)}/refunds`, refund())).status).toBe(400);
		expect((await call('/transactions/unknown/refunds', refund())).status).toBe(404);
		await pay(body.id, { callback: 'none' });
		await call(`/transactions/${String(body.id)}/refunds`, refund({ amount: 50 }));
		expect(
			(await call(`/transactions/${String(body.id)}/refunds`, refund({ amount: 50 }))).status,
		).toBe(409);
	});
});

test('a field that no page names is accepted and remarked', async () => {
	await create({ color: 'red' });
	expect((await sandbox.state()).checkouts[0]?.remarks).toEqual(['unknown field: color']);
});
