import { createHmac } from 'node:crypto';
import { sandboxCredentials } from '../../sandbox/sandbox';
import { Merchant, sandboxForEachTest } from './support';

const sandbox = sandboxForEachTest();
const merchant = new Merchant();
beforeAll(async () => await merchant.start());
beforeEach(() => void merchant.received.splice(0));
afterAll(async () => await merchant.stop());

const apiKey = 'chingchingpay-sandbox-not-a-real-key';
const secret = 'chingchingpay-sandbox-not-a-secret';
const hmac = (text: string, key = secret) => createHmac('sha256', key).update(text).digest('hex');

interface Answer {
	status: number;
	code: number;
	message: string;
	data: Record<string, unknown>;
}

/**
 * Sends a signed request; a body that is text is sent as it is. `headers` replace those of a right
 * request.
 */
async function call(
	path: string,
	body?: unknown,
	headers: Record<string, string> = {},
): Promise<Answer> {
	const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
	const answer = await fetch(`${sandbox.url}/chingchingpay/gateway/api/v1${path}`, {
		method: body === undefined ? 'GET' : 'POST',
		headers: {
			'x-api-key': apiKey,
			'x-signature': hmac(text),
			...(body === undefined ? {} : { 'content-type': 'application/json' }),
			...headers,
		},
		...(body === undefined ? {} : { body: text }),
	});
	return { ...((await answer.json()) as Omit<Answer, 'status'>), status: answer.status };
}

const checkout = (changes: Record<string, unknown> = {}) => ({
	amount: 2050,
	callback_url: merchant.url,
	channel_id: 1,
	currency: 'HKD',
	merchant_id: 'M_SANDBOX',
	merchant_reference: 'order-1',
	payment_method: 'ANY_METHOD',
	transaction_type: 'sale',
	...changes,
});
const create = async (changes: Record<string, unknown> = {}) =>
	await call('/payments/checkout', checkout(changes));
const refund = (changes: Record<string, unknown> = {}) => ({
	amount: 50,
	currency: 'HKD',
	merchant_reference: 'refund-1',
	original_merchant_reference: 'order-1',
	transaction_type: 'refund',
	...changes,
});
const act = async (action: string, options: Record<string, unknown> = {}) => {
	const [first] = (await sandbox.state()).checkouts;
	return await sandbox.control(
		`/control/checkouts/chingchingpay/${first?.checkoutId}/${action}`,
		options,
	);
};

describe('key and signature', () => {
	test.each([
		['no key', { 'x-api-key': '' }, 'x-api-key is missing'],
		['another key', { 'x-api-key': 'another' }, 'invalid api key'],
		['a key that every object inherits', { 'x-api-key': 'constructor' }, 'invalid api key'],
		['no signature', { 'x-signature': '' }, 'x-signature is missing'],
		[
			'the signature of another secret',
			{ 'x-signature': hmac(JSON.stringify(checkout()), 'another') },
			'invalid signature',
		],
		['the signature of another body', { 'x-signature': hmac('{}') }, 'invalid signature'],
		[
			'a truncated signature',
			{ 'x-signature': hmac(JSON.stringify(checkout())).slice(0, 32) },
			'invalid signature',
		],
		[
			'upper-case hexadecimal',
			{ 'x-signature': hmac(JSON.stringify(checkout())).toUpperCase() },
			'invalid signature',
		],
	])('%s is refused, and nothing is stored', async (_case, headers, message) => {
		const answer = await call('/payments/checkout', checkout(), headers);
		expect(answer).toMatchObject({ status: 401, message });
		const { checkouts, refusals } = await sandbox.state();
		expect(checkouts).toEqual([]);
		expect(refusals).toHaveLength(1);
	});

	test('the bytes that arrived are what is signed: the same JSON with other white space is refused', async () => {
		const text = JSON.stringify(checkout());
		expect(
			await call('/payments/checkout', JSON.stringify(checkout(), null, 1), {
				'x-signature': hmac(text),
			}),
		).toMatchObject({ status: 401 });
	});

	test('a GET signs nothing', async () => {
		expect(await call('/settlements')).toMatchObject({ status: 200, code: 0 });
		expect(
			await call('/settlements', undefined, { 'x-signature': hmac('/settlements') }),
		).toMatchObject({ status: 401 });
	});

	test.each([
		[
			'sorted pairs in base64',
			'chingchingpay-sandbox-pairs-in-base64',
			createHmac('sha256', secret).update('merchant_reference=none').digest('base64'),
		],
		[
			'the API key in upper-case hexadecimal',
			'chingchingpay-sandbox-the-only-key',
			hmac('{"merchant_reference":"none"}', 'chingchingpay-sandbox-the-only-key').toUpperCase(),
		],
	])('another key is for another scheme: %s', async (_case, key, signature) => {
		const answer = await call(
			'/payments/transactions/query',
			{ merchant_reference: 'none' },
			{ 'x-api-key': key, 'x-signature': signature },
		);
		expect(answer).toMatchObject({ status: 200, message: 'transaction not found' });
	});

	test('what it lists as a credential is what it accepts', () => {
		const credential = sandboxCredentials(sandbox.url).find(
			({ type }) => type === 'chingChingPayApi',
		);
		expect(credential?.data).toMatchObject({
			baseUrl: `${sandbox.url}/chingchingpay/gateway`,
			apiKey,
			signingSecret: secret,
		});
	});
});

describe('checkout refuses', () => {
	test.each([
		['no channel', { channel_id: undefined }, 'channel_id'],
		['a channel as text', { channel_id: '1' }, 'channel_id'],
		['no merchant', { merchant_id: undefined }, 'merchant_id'],
		['another merchant', { merchant_id: 'M_OTHER' }, 'merchant_id'],
		['no payment method', { payment_method: undefined }, 'payment_method'],
		['no transaction type', { transaction_type: undefined }, 'transaction_type'],
		['another transaction type', { transaction_type: 'auth' }, 'transaction_type'],
		['an amount as text', { amount: '2050' }, 'amount'],
		['an amount in major units', { amount: 20.5 }, 'amount'],
		['an amount below 10', { amount: 9 }, 'amount'],
		['a sale without amount', { amount: undefined }, 'amount'],
		['another currency', { currency: 'USD' }, 'currency'],
		['neither reference nor payment ID', { merchant_reference: undefined }, 'merchant_reference'],
		[
			'options that are an object and no text',
			{ payment_method_option: { payment_inst: 'ALIPAYHK' } },
			'payment_method_option',
		],
		['options that are no JSON', { payment_method_option: 'ALIPAYHK' }, 'payment_method_option'],
		['an expiry as a number', { expires_at: 1767225600 }, 'expires_at'],
		['a callback address without a scheme', { callback_url: 'shop.example' }, 'callback_url'],
	])('%s, naming the field, inside a 200', async (_case, changes, field) => {
		expect(await create(changes)).toMatchObject({
			status: 200,
			code: 40000,
			data: {},
			message: expect.stringContaining(field),
		});
		expect((await sandbox.state()).checkouts).toEqual([]);
	});

	test('a reference for the second time', async () => {
		expect((await create()).code).toBe(0);
		expect(await create()).toMatchObject({ code: 40007 });
		expect((await sandbox.state()).checkouts).toHaveLength(1);
	});

	test('another content type than JSON', async () => {
		expect(
			await call('/payments/checkout', checkout(), { 'content-type': 'text/plain' }),
		).toMatchObject({ code: 40000 });
	});
});

describe('checkout answers', () => {
	test('with the ids and a redirect to the cashier', async () => {
		const { code, data } = await create({
			payment_method_option: '{"payment_inst":"ALIPAYHK"}',
			new_field: 1,
		});
		expect(code).toBe(0);
		expect(data).toMatchObject({
			merchant_reference: 'order-1',
			transaction_type: 'sale',
			next_action: {
				redirect_to_url: {
					http_method: 'GET',
					url: expect.stringContaining('/cashier/chingchingpay/'),
				},
			},
		});
		const [stored] = (await sandbox.state()).checkouts;
		expect(stored).toMatchObject({
			checkoutId: data.payment_id,
			paymentId: data.transaction_id,
			amount: '20.50',
			remarks: ['unknown field: new_field'],
		});
	});

	test.each(['display_qr_code', 'crypto_payment', 'wechat_jsapi_payment'])(
		'with %s where the method asks for it',
		async (name) => {
			const { data } = await create({ payment_method: `SBX_${name.toUpperCase()}` });
			expect(data.next_action).toMatchObject({ type: name, [name]: expect.any(Object) });
		},
	);

	test('for a payment ID with the same order again', async () => {
		const first = await create();
		const again = await create({
			payment_id: first.data.payment_id,
			merchant_reference: undefined,
			amount: undefined,
		});
		expect(again.data.payment_id).toBe(first.data.payment_id);
		expect((await sandbox.state()).checkouts).toHaveLength(1);
	});

	test('for the preparing command with a redirect that carries state and code', async () => {
		const payment_method_option = JSON.stringify({
			state: 's1',
			merchant_agreement_id: 'a1',
			redirect_url: 'https://shop.example/back',
		});
		const { data } = await create({
			transaction_type: 'command',
			payment_method: 'HK_ALIPAY_AUTODEBIT_PREPARE',
			payment_method_option,
			amount: undefined,
			currency: undefined,
		});
		expect(data.next_action).toMatchObject({
			redirect_to_url: {
				url: 'https://shop.example/back?state=s1&auth_site=ALIPAY_HK&merchantAgreementId=a1&authCode=SBX_CODE',
			},
		});
		expect((await sandbox.state()).checkouts).toEqual([]);
	});
});

describe('a link', () => {
	const link = (changes: Record<string, unknown> = {}) => ({
		amount: 100,
		currency: 'HKD',
		merchant_id: 'M_SANDBOX',
		merchant_reference: 'order-2',
		...changes,
	});

	test('is made of the four fields it needs', async () => {
		expect(await call('/payments/link', link())).toMatchObject({
			code: 0,
			data: {
				merchant_reference: 'order-2',
				payment_link: expect.stringContaining('/cashier/chingchingpay/'),
			},
		});
	});

	test.each([
		['without amount', { amount: undefined }, 'amount'],
		['without currency', { currency: undefined }, 'currency'],
		['without reference', { merchant_reference: undefined }, 'merchant_reference'],
		['of an undocumented type', { payment_type: 'page' }, 'payment_type'],
	])('%s is refused', async (_case, changes, field) => {
		expect(await call('/payments/link', link(changes))).toMatchObject({
			code: 40000,
			message: expect.stringContaining(field),
		});
	});
});

describe('query and detail', () => {
	test('follow the payment', async () => {
		const { data } = await create();
		const query = async () =>
			(await call('/payments/transactions/query', { merchant_reference: 'order-1' })).data;
		expect(await query()).toMatchObject({
			status: 'SBX_OPEN',
			amount: 2050,
			currency: 'HKD',
			transaction_id: data.transaction_id,
		});
		await act('pay');
		expect(await query()).toMatchObject({ status: 'SBX_PAID', amount: 2050 });
		expect(
			(await call('/payments/transactions/query', { transaction_id: data.transaction_id })).data,
		).toMatchObject({ merchant_reference: 'order-1' });
		expect((await call(`/payments/detail/${String(data.payment_id)}`)).data).toMatchObject({
			payment_id: data.payment_id,
			status: 'SBX_PAID',
		});
	});

	test('of what does not exist are refused', async () => {
		expect(
			await call('/payments/transactions/query', { merchant_reference: 'none' }),
		).toMatchObject({ status: 200, code: 40400, data: {} });
		expect(await call('/payments/detail/none')).toMatchObject({ code: 40400 });
	});

	test('without a number are refused', async () => {
		expect(await call('/payments/transactions/query', {})).toMatchObject({ code: 40000 });
	});
});

describe('a refund', () => {
	test('tells the merchant, and is found by its own number', async () => {
		await create({ callback_url: undefined });
		await act('pay');
		const { code, data } = await call(
			'/payments/transactions/refund',
			refund({ callback_url: merchant.url }),
		);
		expect(code).toBe(0);
		expect(data).toMatchObject({
			merchant_reference: 'refund-1',
			original_merchant_reference: 'order-1',
			amount: 50,
			transaction_type: 'refund',
		});
		expect(
			(await call('/payments/transactions/query', { merchant_reference: 'refund-1' })).data,
		).toMatchObject({ original_merchant_reference: 'order-1' });
		expect((await sandbox.state()).deliveries).toHaveLength(1);
	});

	test.each([
		['of more than was paid', { amount: 2051 }, 40005],
		['in another currency', { currency: 'CNY' }, 40004],
		['of an unknown payment', { original_merchant_reference: 'none' }, 40400],
		['without a payment', { original_merchant_reference: undefined }, 40000],
		['of another type', { transaction_type: 'sale' }, 40000],
		['with the number of the payment', { merchant_reference: 'order-1' }, 40007],
	])('%s is refused', async (_case, changes, code) => {
		await create();
		await act('pay');
		expect(await call('/payments/transactions/refund', refund(changes))).toMatchObject({ code });
	});

	test('of an unpaid payment is refused', async () => {
		await create();
		expect(await call('/payments/transactions/refund', refund())).toMatchObject({ code: 40003 });
	});

	test('cannot exceed what earlier ones left', async () => {
		await create();
		await act('pay');
		expect((await call('/payments/transactions/refund', refund({ amount: 2000 }))).code).toBe(0);
		expect(
			await call(
				'/payments/transactions/refund',
				refund({ merchant_reference: 'refund-2', amount: 51 }),
			),
		).toMatchObject({ code: 40005 });
	});
});

describe('settlements', () => {
	test('come in pages', async () => {
		const first = (await call('/settlements?page=1&page_size=50')).data as { list: unknown[] };
		const last = (await call('/settlements?page=3&page_size=50')).data as { list: unknown[] };
		expect([first.list.length, last.list.length]).toEqual([50, 20]);
		expect(await call('/settlements?page=0')).toMatchObject({ code: 40000 });
	});
});

describe('a callback', () => {
	test.each([
		['pay', 'SBX_PAID'],
		['cancel', 'SBX_CANCELED'],
		['expire', 'SBX_EXPIRED'],
	])('is sent after %s, signed over its bytes', async (action, status) => {
		await create();
		await act(action);
		const [{ headers, body } = { headers: {}, body: '' }] = merchant.received;
		expect(JSON.parse(body)).toMatchObject({ merchant_reference: 'order-1', status });
		expect(headers['x-signature']).toBe(hmac(body));
	});

	test.each(['forged', 'tampered'])('that is %s does not carry its signature', async (callback) => {
		await create();
		await act('pay', { callback });
		const [{ headers, body } = { headers: {}, body: '' }] = merchant.received;
		expect(headers['x-signature']).toMatch(/^[0-9a-f]{64}$/);
		expect(headers['x-signature']).not.toBe(hmac(body));
	});

	test('is acknowledged by the word success only', async () => {
		await create();
		const { deliveries } = await act('pay');
		expect(deliveries).toEqual([
			expect.objectContaining({ status: 200, responseBody: 'noted', acknowledged: false }),
		]);
	});
});
