import { createDecipheriv, createHmac } from 'node:crypto';
import { sandboxCredentials } from '../../sandbox/sandbox';
import {
	Merchant,
	payfectCheckout,
	payfectKey,
	payfectOrder,
	postToPayfect,
	sandboxForEachTest,
} from './support';

const sandbox = sandboxForEachTest();
const merchant = new Merchant();
beforeAll(async () => await merchant.start());
beforeEach(() => void merchant.received.splice(0));
afterAll(async () => await merchant.stop());

const callbackSecretKey = () =>
	String(
		sandboxCredentials(sandbox.url).find(({ type }) => type === 'payfectApi')?.data
			.callbackSecretKey,
	);

/**
 * Reads a Fernet token as github.com/fernet/spec says, or gives undefined where its HMAC is wrong.
 */
function readFernet(token: string, key: string): string | undefined {
	const secret = Buffer.from(key, 'base64url');
	const raw = Buffer.from(token, 'base64url');
	const hmac = createHmac('sha256', secret.subarray(0, 16)).update(raw.subarray(0, -32)).digest();
	if (raw[0] !== 0x80 || !hmac.equals(raw.subarray(-32))) return undefined;
	const decipher = createDecipheriv('aes-128-cbc', secret.subarray(16), raw.subarray(9, 25));
	return Buffer.concat([decipher.update(raw.subarray(25, -32)), decipher.final()]).toString('utf8');
}

async function itemWith(changes: Record<string, unknown>): Promise<Response> {
	return await postToPayfect(
		sandbox.url,
		payfectOrder({ invoice_items: [{ quantity: 1, ...changes }] }),
	);
}

const priceData = { currency: 'usdt', unit_amount: '5', product_data: { name: 'Tea' } };

describe('the key', () => {
	test.each([
		['no Authorization header', { Authorization: '' }, 401],
		['the word Bearer', { Authorization: 'Bearer payfect-sandbox-not-a-real-key' }, 401],
		['the bare key', { Authorization: 'payfect-sandbox-not-a-real-key' }, 401],
		['two spaces', { Authorization: 'Api-Key  payfect-sandbox-not-a-real-key' }, 401],
		['another key', { Authorization: 'Api-Key another' }, 401],
		['a key without access', { Authorization: 'Api-Key payfect-sandbox-key-without-access' }, 403],
	])('%s is refused, and nothing is stored', async (_case, headers, status) => {
		const answer = await postToPayfect(sandbox.url, payfectOrder(), { headers });
		expect(answer.status).toBe(status);
		expect(await answer.json()).toEqual({ detail: expect.any(String) });
		const { checkouts, refusals } = await sandbox.state();
		expect(checkouts).toEqual([]);
		expect(refusals).toEqual([
			expect.objectContaining({ method: 'POST', path: '/payfect/api/v1/checkouts/', status }),
		]);
	});
});

describe('create refuses', () => {
	test('a path without its final slash', async () => {
		const answer = await postToPayfect(sandbox.url, payfectOrder(), { path: '/checkouts' });
		expect(answer.status).toBe(404);
		expect((await sandbox.state()).refusals[0]?.reason).toContain('ends in a slash');
	});

	test('a body that is not JSON', async () => {
		expect((await postToPayfect(sandbox.url, '{"currency":')).status).toBe(400);
	});

	test('a content type other than JSON', async () => {
		const answer = await postToPayfect(sandbox.url, payfectOrder(), {
			headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
		});
		expect(answer.status).toBe(400);
	});

	test.each([
		['no currency', { currency: undefined }, 'currency'],
		['no invoice items', { invoice_items: undefined }, 'invoice_items'],
		['an empty list of items', { invoice_items: [] }, 'invoice_items'],
		['a reference that is a number', { client_reference_id: 17 }, 'client_reference_id'],
		['a success URL without a scheme', { success_url: 'shop.example/ok' }, 'success_url'],
		['a cancel URL that is blank', { cancel_url: '' }, 'cancel_url'],
		['a callback URL of another scheme', { callback_url: 'ftp://shop.example' }, 'callback_url'],
		[
			'a payment method without its detail',
			{ payment_method_data: { type: 'cryptopaymentmethoddetail' } },
			'payment_method_data',
		],
		[
			'a payment method detail in snake_case',
			{
				payment_method_data: {
					type: 'x',
					payment_method_detail: { currency: 'usdt', network: 'tron' },
				},
			},
			'payment_method_data',
		],
	])('%s, naming the field', async (_case, changes, field) => {
		const answer = await postToPayfect(sandbox.url, payfectOrder(changes));
		expect(answer.status).toBe(400);
		expect(Object.keys((await answer.json()) as object)).toEqual([field]);
		expect((await sandbox.state()).refusals[0]?.reason).toContain(field);
	});

	test.each([
		['no quantity', { quantity: undefined, price_data: priceData }],
		['a quantity as text', { quantity: '2', price_data: priceData }],
		['a broken quantity', { quantity: 1.5, price_data: priceData }],
		['a quantity of zero', { quantity: 0, price_data: priceData }],
		['neither price nor price_data', {}],
		[
			'both price and price_data',
			{ price: '66666666-7777-4888-9999-000000000000', price_data: priceData },
		],
		['a price that does not exist', { price: '00000000-0000-4000-8000-000000000000' }],
		['an amount that is a number', { price_data: { ...priceData, unit_amount: 20.5 } }],
		[
			'an amount with a thousands separator',
			{ price_data: { ...priceData, unit_amount: '1,000' } },
		],
		['a negative amount', { price_data: { ...priceData, unit_amount: '-1' } }],
		['no currency in the price', { price_data: { ...priceData, currency: undefined } }],
		[
			'a product without a name',
			{ price_data: { ...priceData, product_data: { description: 'One box' } } },
		],
		[
			'an image that is no URL',
			{ price_data: { ...priceData, product_data: { name: 'Tea', images: ['tea.png'] } } },
		],
	])('an item with %s', async (_case, item) => {
		const answer = await itemWith(item);
		expect(answer.status).toBe(400);
		expect(await answer.json()).toEqual({ invoice_items: { 0: expect.any(Object) } });
		expect((await sandbox.state()).checkouts).toEqual([]);
	});
});

describe('create answers', () => {
	test('with every documented field', async () => {
		const answer = await postToPayfect(sandbox.url, payfectOrder());
		expect(answer.status).toBe(200);
		const checkout = (await answer.json()) as Record<string, unknown>;
		expect(checkout).toMatchObject({
			merchant: { id: expect.any(String), name: 'Example Shop' },
			nameCollection: false,
			emailCollection: false,
			phoneNumberCollection: false,
			shippingAddressCollection: null,
			invoiceItems: [
				{ id: expect.any(String), price: expect.any(String), quantity: 2, amount: '41.00' },
			],
			amountTotal: '41.00',
			status: 'open',
			createdAt: expect.stringMatching(/^\d{10}\.\d{6}$/),
			updatedAt: expect.stringMatching(/^\d{10}\.\d{6}$/),
			clientReferenceId: 'order-0001',
			currency: 'usdt',
			successUrl: 'https://shop.example/ok',
			cancelUrl: 'https://shop.example/no',
			expiresAt: expect.stringMatching(/^\d{13}$/),
			paymentIntent: expect.stringMatching(/^[0-9a-f-]{36}$/),
			paymentMethodTypes: ['crypto', 'card'],
			paymentMethodOptions: {
				crypto: [{ networks: [{ value: 'tron', name: 'Tron (TRC20)' }] }],
				card: null,
			},
			url: `${sandbox.url}/cashier/payfect/${String(checkout.id)}`,
			metadata: null,
			isLivemode: false,
		});
		expect(checkout).not.toHaveProperty('callbackUrl');
		expect(checkout).not.toHaveProperty('paymentMethodData');
	});

	test('an order of the required fields only, with nulls for the rest', async () => {
		const answer = await postToPayfect(sandbox.url, {
			currency: 'usdt',
			invoice_items: [{ quantity: 1, price_data: priceData }],
		});
		expect(await answer.json()).toMatchObject({
			clientReferenceId: null,
			successUrl: null,
			cancelUrl: null,
			amountTotal: '5.00',
		});
	});

	test('several items with their exact sum', async () => {
		const item = (quantity: number, unitAmount: string) => ({
			quantity,
			price_data: { ...priceData, unit_amount: unitAmount },
		});
		const answer = await postToPayfect(
			sandbox.url,
			payfectOrder({
				invoice_items: [item(3, '0.1'), item(1, '99999999999999999.07'), item(7, '1')],
			}),
		);
		expect(await answer.json()).toMatchObject({ amountTotal: '100000000000000006.37' });
	});

	test('an item of the price list', async () => {
		const answer = await itemWith({ quantity: 3, price: '66666666-7777-4888-9999-000000000000' });
		expect(await answer.json()).toMatchObject({ amountTotal: '30.00' });
	});

	test('a field that no page names, and remarks on it', async () => {
		const answer = await postToPayfect(
			sandbox.url,
			payfectOrder({
				payment_method_types: ['card'],
				invoice_items: [{ quantity: 1, price_data: { ...priceData, unitAmount: '5' } }],
			}),
		);
		expect(answer.status).toBe(200);
		expect((await sandbox.state()).checkouts[0]?.remarks).toEqual([
			'unknown field: payment_method_types',
			'unknown field: invoice_items.0.price_data.unitAmount',
		]);
	});
});

describe('get', () => {
	const get = async (id: string, headers: Record<string, string> = { Authorization: payfectKey }) =>
		await fetch(`${sandbox.url}/payfect/api/v1/checkouts/${id}`, { headers });

	test('gives the same object as create', async () => {
		const created = (await (await postToPayfect(sandbox.url, payfectOrder())).json()) as {
			id: string;
		};
		expect(await (await get(`${created.id}/`)).json()).toEqual(created);
	});

	test.each([
		['an unknown id', '00000000-0000-4000-8000-000000000000/', { Authorization: payfectKey }, 404],
		[
			'a path without its final slash',
			'00000000-0000-4000-8000-000000000000',
			{ Authorization: payfectKey },
			404,
		],
		[
			'a wrong key, before it looks for the id',
			'00000000-0000-4000-8000-000000000000/',
			{ Authorization: 'Api-Key wrong' },
			401,
		],
	])('refuses %s', async (_case, id, headers, status) => {
		expect((await get(id, headers)).status).toBe(status);
	});

	test.each([
		['pay', 'complete', '41.00'],
		['underpay', 'complete', '20.50'],
		['overpay', 'complete', '61.51'],
		['expire', 'expired', '41.00'],
		['cancel', 'open', '41.00'],
	])('after %s the status is %s and the amount %s', async (action, status, amountTotal) => {
		const id = await payfectCheckout(sandbox.url);
		await sandbox.control(`/control/checkouts/payfect/${id}/${action}`);
		expect(await (await get(`${id}/`)).json()).toMatchObject({ status, amountTotal });
	});
});

describe('the callback', () => {
	test("the test's own Fernet reader reads the specification's token", () => {
		const token =
			'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==';
		expect(readFernet(token, 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=')).toBe('hello');
		expect(
			readFernet(
				token.replace('gAAAAAAdw', 'gAAAAAAdx'),
				'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=',
			),
		).toBeUndefined();
	});

	async function callbackOf(
		action: string,
		callback: string,
	): Promise<{ body: string; token: string }> {
		const id = await payfectCheckout(sandbox.url, {
			callback_url: merchant.url,
			client_reference_id: 'Bestellung "Grün"',
		});
		await sandbox.control(`/control/checkouts/payfect/${id}/${action}`, { callback });
		const [received] = merchant.received;
		return { body: received?.body ?? '', token: String(received?.headers['x-payfect-signature']) };
	}

	test('carries a token that the secret key opens and that says what the body says', async () => {
		const { body, token } = await callbackOf('pay', 'genuine');
		const plaintext = readFernet(token, callbackSecretKey());
		const [checkout] = (await sandbox.state()).checkouts;
		expect(JSON.parse(body)).toEqual(JSON.parse(String(plaintext)));
		expect(JSON.parse(body)).toEqual({
			id: checkout?.checkoutId,
			amount: '41.00',
			status: 'succeeded',
			currency: 'usdt',
			merchant: '7b1d2c3e-4f50-4a6b-8c7d-9e0f1a2b3c4d',
			is_livemode: false,
			payment_intent: checkout?.paymentId,
			payment_method: {
				id: expect.any(String),
				payment_method_detail: { network: 'tron', currency: 'usdt' },
			},
			client_reference_id: 'Bestellung "Grün"',
		});
	});

	test('has other bytes in the body than in the token', async () => {
		const { body, token } = await callbackOf('pay', 'genuine');
		expect(body).not.toBe(readFernet(token, callbackSecretKey()));
	});

	test.each([
		['underpay', '20.50'],
		['overpay', '61.51'],
	])('after %s it says %s', async (action, amount) => {
		expect(JSON.parse((await callbackOf(action, 'genuine')).body)).toMatchObject({ amount });
	});

	test('forged: the secret key does not open the token, and nobody has paid', async () => {
		const { body, token } = await callbackOf('pay', 'forged');
		expect(JSON.parse(body)).toMatchObject({ status: 'succeeded', amount: '41.00' });
		expect(readFernet(token, callbackSecretKey())).toBeUndefined();
		expect((await sandbox.state()).checkouts[0]?.status).toBe('open');
	});

	test('tampered: the token was changed, and the body says another amount', async () => {
		const { body, token } = await callbackOf('pay', 'tampered');
		expect(token).toMatch(/^gAAAAA/);
		expect(readFernet(token, callbackSecretKey())).toBeUndefined();
		expect(JSON.parse(body)).toMatchObject({ amount: '941.00' });
	});

	test.each(['cancel', 'expire'])('is not sent for %s', async (action) => {
		await callbackOf(action, 'genuine');
		expect(merchant.received).toEqual([]);
	});
});
