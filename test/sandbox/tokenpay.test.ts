import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { sandboxCredentials } from '../../sandbox/sandbox';
import { Merchant, sandboxForEachTest } from './support';

const sandbox = sandboxForEachTest();
const merchant = new Merchant();
beforeAll(async () => await merchant.start());
beforeEach(() => void merchant.received.splice(0));
afterAll(async () => await merchant.stop());

interface Keys {
	appId: string;
	merchantId: string;
	appSecret: string;
}
const keys = () =>
	sandboxCredentials(sandbox.url).find(({ type }) => type === 'tokenPayApi')
		?.data as unknown as Keys;

function encrypt(text: string, secret = keys().appSecret): string {
	const cipher = createCipheriv('aes-256-ecb', secret, null);
	return Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]).toString('base64');
}

interface Signing {
	path?: string;
	body?: string;
	secret?: string;
	timestamp?: string;
	nonce?: string;
	scheme?: string;
	separator?: string;
	headers?: Record<string, string>;
}

interface Answer {
	code: number;
	msg: string;
	data: Record<string, unknown> & { prepay_id: string; payment_url: string };
	text: string;
	headers: Headers;
}

/** Posts a text; `signing` says what is signed in place of it, and how. */
async function postText(path: string, text: string, signing: Signing = {}): Promise<Answer> {
	const { appId, merchantId } = keys();
	const timestamp = signing.timestamp ?? String(Date.now());
	const nonce = signing.nonce ?? randomBytes(16).toString('hex');
	const signature = encrypt(
		[signing.path ?? path, timestamp, nonce, signing.body ?? text].join('\n'),
		signing.secret,
	);
	const fields = [
		`app_id=${appId}`,
		`mch_id=${merchantId}`,
		`nonce_str=${nonce}`,
		`timestamp=${timestamp}`,
		`signature=${signature}`,
	];
	const answer = await fetch(`${sandbox.url}/tokenpay${path}`, {
		method: 'POST',
		headers: {
			Authorization: `${signing.scheme ?? 'TTPAY-AES-256-ECB'} ${fields.join(signing.separator ?? ',')}`,
			'Content-Type': 'application/json',
			...signing.headers,
		},
		body: text,
	});
	expect(answer.status).toBe(200);
	const received = await answer.text();
	return { ...(JSON.parse(received) as Answer), text: received, headers: answer.headers };
}

function order(changes: Record<string, unknown> = {}): Record<string, unknown> {
	const { appId, merchantId } = keys();
	return {
		app_id: appId,
		mch_id: merchantId,
		out_trade_no: 'order-1',
		expire_second: 600,
		amount: 20.5,
		chain: 'TRON',
		currency: 'USDT',
		order_type: 'platform_order',
		...changes,
	};
}

const post = async (path: string, body: unknown, signing?: Signing) =>
	await postText(path, JSON.stringify(body), signing);
const create = async (changes: Record<string, unknown> = {}, signing?: Signing) =>
	await post('/v1/transaction/prepayment', order(changes), signing);
const named = (more: Record<string, unknown>) => ({
	app_id: keys().appId,
	mch_id: keys().merchantId,
	...more,
});
const query = async (more: Record<string, unknown>) =>
	await post('/v1/transaction/query', named(more));
const act = async (id: string, action: string, options?: object) =>
	await sandbox.control(`/control/checkouts/tokenpay/${id}/${action}`, options);

// apidoc.tokenpay.me/order/order-creation, with the sandbox's application in place of the sample's.
test('the request that the guide shows is taken to the letter', async () => {
	const sample = `{
  "app_id": "${keys().appId}",
  "mch_id": "1234567890",
  "description": "充值",
  "out_trade_no": "fb72xxxx-xxxx-xxxx-xxxx-xxxx8a7b52cb",
  "expire_second": 600,
  "amount": 9,
  "chain": "TRON",
  "currency": "USDT",
  "to_address": "TQjxEW2Z3p9wjoxxxxxxxxgJUrWXBun91w",
  "attach": "anim dolore",
  "locale": "zh_cn",
  "notify_url": "https://xxx/xxx",
  "return_url": "https://xxxx/xxx?id=xxxx",
  "order_type": "platform_order"
}`;
	expect(await postText('/v1/transaction/prepayment', sample)).toMatchObject({ code: 0 });
	expect((await sandbox.state()).checkouts).toEqual([
		expect.objectContaining({ amount: '9', currency: 'USDT', remarks: [] }),
	]);
});

describe('the signature', () => {
	test.each([
		['of another secret', { secret: 'another-secret-of-thirty-two-by!' }, 103],
		['over another path', { path: '/v1/transaction/query' }, 103],
		['over the path with its prefix', { path: '/tokenpay/v1/transaction/prepayment' }, 103],
		['over another body', { body: '{}' }, 103],
		['of another scheme', { scheme: 'TTPAY-AES-256-GCM' }, 103],
		['with blanks behind the commas', { separator: ', ' }, 103],
		['with a nonce of 16 letters', { nonce: 'abcdefgh12345678' }, 103],
		['with a time in seconds', { timestamp: '1795262400' }, 104],
		['that is ten minutes old', { timestamp: String(Date.now() - 600_000) }, 104],
	])('%s is refused, and nothing is stored', async (_case, signing, code) => {
		expect(await create({}, signing)).toMatchObject({ code });
		const { checkouts, refusals } = await sandbox.state();
		expect(checkouts).toEqual([]);
		expect(refusals).toEqual([
			expect.objectContaining({
				method: 'POST',
				path: '/tokenpay/v1/transaction/prepayment',
				reason: expect.stringContaining(String(code)),
			}),
		]);
	});

	test('is checked over the bytes that were sent', async () => {
		const text = `{ "amount" : 20.50,${JSON.stringify(order({ amount: undefined, description: '茶' })).slice(1)}`;
		expect(await postText('/v1/transaction/prepayment', text)).toMatchObject({ code: 0 });
		expect(
			await postText('/v1/transaction/prepayment', text, {
				body: JSON.stringify(JSON.parse(text)),
			}),
		).toMatchObject({ code: 103 });
	});

	test('of an unknown application is refused with 20000', async () => {
		expect(
			await create(
				{},
				{
					headers: {
						Authorization: `TTPAY-AES-256-ECB app_id=x,mch_id=y,nonce_str=n,timestamp=1,signature=s`,
					},
				},
			),
		).toMatchObject({ code: 20000 });
	});

	test('is not needed for the list of currencies', async () => {
		const answer = await fetch(`${sandbox.url}/tokenpay/v1/currency/index`);
		expect(await answer.json()).toMatchObject({
			code: 0,
			data: expect.arrayContaining([
				expect.objectContaining({ chain: 'TRON', currency: 'USDT', decimal: 6 }),
			]),
		});
	});

	test('more than five requests within a second are refused with 11001', async () => {
		const codes = await Promise.all(
			Array.from({ length: 8 }, async () => (await query({ out_trade_no: 'none' })).code),
		);
		expect(codes.filter((code) => code === 11001)).toHaveLength(3);
	});
});

describe('create refuses', () => {
	test.each([
		['no reference', { out_trade_no: undefined }, 11003],
		['no amount', { amount: undefined }, 11003],
		['no lifetime', { expire_second: undefined }, 11003],
		['no chain', { chain: undefined }, 11003],
		['no app_id in the body', { app_id: undefined }, 11003],
		['another app_id in the body', { app_id: 'another' }, 20005],
		['a merchant that is a number', { mch_id: 1234567890 }, 20005],
		['an amount as text', { amount: '20.5' }, 20005],
		['an amount of zero', { amount: 0 }, 20005],
		['more decimals than the coin has', { amount: 0.0000001 }, 20005],
		['a coin that the chain has not', { currency: 'BNB' }, 20005],
		['another order_type', { order_type: 'merchant_order' }, 20005],
		['another language', { locale: 'de' }, 20005],
		['a lifetime as text', { expire_second: '600' }, 20005],
		['a broken lifetime', { expire_second: 1.5 }, 20005],
		['a callback URL that is not absolute', { notify_url: '/webhook' }, 20005],
	])('%s', async (_case, changes, code) => {
		expect(await create(changes)).toMatchObject({ code });
		expect((await sandbox.state()).checkouts).toEqual([]);
	});

	test('a body that is not JSON, and another content type', async () => {
		expect(await postText('/v1/transaction/prepayment', '{"amount":')).toMatchObject({ code: 100 });
		expect(await create({}, { headers: { 'Content-Type': 'text/plain' } })).toMatchObject({
			code: 100,
		});
	});

	test('a reference that was used before', async () => {
		await create();
		expect(await create({ amount: 1 })).toMatchObject({ code: 12001 });
	});
});

describe('an order', () => {
	test('gives prepay_id and a relative link that leads to the cashier', async () => {
		const { code, data } = await create();
		expect({ code, data }).toEqual({
			code: 0,
			data: {
				prepay_id: expect.stringMatching(/^[0-9a-f]{64}$/),
				payment_url: `/pay/order?prepay_id=${data.prepay_id}`,
			},
		});
		const page = await fetch(`${sandbox.url}/tokenpay${data.payment_url}`);
		expect(await page.text()).toContain('20.5');
	});

	test('keeps the digits of its amount that a JavaScript number would lose', async () => {
		const text = JSON.stringify(order({ chain: 'ETHEREUM', currency: 'ETH', amount: 0 })).replace(
			'"amount":0',
			'"amount":123.000000000000000001',
		);
		await postText('/v1/transaction/prepayment', text);
		const answer = await query({ out_trade_no: 'order-1' });
		expect(answer.text).toContain('"amount":123000000000000000001,');
	});

	test('is found by reference and by payment ID, unpaid and paid', async () => {
		const { data } = await create();
		const unpaid = await query({ out_trade_no: 'order-1' });
		expect(unpaid.data).toMatchObject({
			trade_state: 'NOTPAY',
			amount: 20500000,
			decimals: 6,
			currency: { currency: 'USDT', chain: 'TRON' },
			attach: '',
		});
		expect(unpaid.data.pay_time).toBeUndefined();
		await act(data.prepay_id, 'pay');
		const paid = await query({ transaction_id: unpaid.data.transaction_id });
		expect(paid.data).toMatchObject({
			trade_state: 'SUCCESS',
			out_trade_no: 'order-1',
			pay_time: expect.any(Number),
		});
	});

	test.each([
		['underpay', 10200000],
		['overpay', 30800000],
	])('%s shows the amount that was paid', async (action, amount) => {
		const { data } = await create();
		await act(data.prepay_id, action);
		expect((await query({ out_trade_no: 'order-1' })).data).toMatchObject({
			trade_state: 'SUCCESS',
			amount,
		});
	});

	test('is CLOSED when its time is up, and REFUND after a refund', async () => {
		const first = await create();
		await act(first.data.prepay_id, 'expire');
		expect((await query({ out_trade_no: 'order-1' })).data.trade_state).toBe('CLOSED');
		const second = await create({ out_trade_no: 'order-2' });
		await act(second.data.prepay_id, 'pay');
		await act(second.data.prepay_id, 'refund');
		expect((await query({ out_trade_no: 'order-2' })).data.trade_state).toBe('REFUND');
	});

	test('is closed by its payment ID only, and not when it is paid', async () => {
		const { data } = await create();
		const { data: found } = await query({ out_trade_no: 'order-1' });
		expect(await post('/v1/transaction/close', named({ out_trade_no: 'order-1' }))).toMatchObject({
			code: 11003,
		});
		expect(
			await post('/v1/transaction/close', named({ transaction_id: found.transaction_id })),
		).toMatchObject({ code: 0 });
		expect((await act(data.prepay_id, 'pay')).status).toBe(409);
	});

	test('that is paid is not closed', async () => {
		const { data } = await create();
		await act(data.prepay_id, 'pay');
		const { data: found } = await query({ out_trade_no: 'order-1' });
		expect(
			await post('/v1/transaction/close', named({ transaction_id: found.transaction_id })),
		).toMatchObject({ code: 11000 });
	});

	test('that nobody made is 12002', async () => {
		expect(await query({ out_trade_no: 'order-9' })).toMatchObject({ code: 12002 });
		expect(await query({ transaction_id: 'order-9' })).toMatchObject({ code: 12002 });
	});

	test('lists fields that no page names as remarks', async () => {
		await create({ colour: 'red' });
		expect((await sandbox.state()).checkouts[0]?.remarks).toEqual(['unknown field: colour']);
	});
});

test('the balance is that of a coin', async () => {
	const answer = await post('/v1/merchant/balance', {
		mch_id: keys().merchantId,
		chain: 'TRON',
		currency: 'USDT',
	});
	expect(answer).toMatchObject({ code: 0, data: { balance: '54670000', decimal: 6 } });
	expect(
		await post('/v1/merchant/balance', { mch_id: keys().merchantId, chain: 'TRON' }),
	).toMatchObject({ code: 11003 });
});

test("an answer is signed: create's over its content with sorted keys, another over the body", async () => {
	const signedText = ({ headers }: Answer) => {
		const decipher = createDecipheriv('aes-256-ecb', keys().appSecret, null);
		const text = Buffer.concat([
			decipher.update(headers.get('ttpay-signature') ?? '', 'base64'),
			decipher.final(),
		]).toString();
		const head = `${headers.get('ttpay-timestamp')}\n${headers.get('ttpay-nonce')}\n`;
		expect(text.startsWith(head)).toBe(true);
		return text.slice(head.length);
	};
	const created = await create();
	expect(signedText(created)).toBe(
		JSON.stringify({ payment_url: created.data.payment_url, prepay_id: created.data.prepay_id }),
	);
	const found = await query({ out_trade_no: 'order-1' });
	expect(signedText(found)).toBe(found.text);
});

describe('the callback', () => {
	/** Reads it as the pages say; undefined where the signature or the resource does not hold. */
	function read({
		headers,
		body,
	}: {
		headers: Record<string, unknown>;
		body: string;
	}): Record<string, unknown> | undefined {
		const { appSecret } = keys();
		if (
			headers['ttpay-signature'] !==
			encrypt(`${String(headers['ttpay-timestamp'])}\n${String(headers['ttpay-nonce'])}\n${body}`)
		)
			return undefined;
		const { resource } = JSON.parse(body) as {
			resource: { ciphertext: string; nonce: string; algorithm: string; original_type: string };
		};
		expect(resource).toMatchObject({ algorithm: 'AEAD_AES_256_GCM', original_type: 'transaction' });
		const bytes = Buffer.from(resource.ciphertext, 'base64');
		const decipher = createDecipheriv('aes-256-gcm', appSecret, resource.nonce).setAuthTag(
			bytes.subarray(-16),
		);
		return JSON.parse(
			Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString(),
		) as Record<string, unknown>;
	}

	const pay = async (callback?: string) => {
		const { data } = await create({ notify_url: merchant.url, attach: 'wf=42' });
		await act(data.prepay_id, 'pay', callback === undefined ? undefined : { callback });
		return merchant.received[0] ?? { headers: {}, body: '' };
	};

	test('of a payment is signed, encrypted and tells what was paid', async () => {
		const received = await pay();
		expect(received.headers['ttpay-timestamp']).toMatch(/^\d{13}$/);
		expect(read(received)).toMatchObject({
			trade_state: 'SUCCESS',
			out_trade_no: 'order-1',
			amount: 20500000,
			decimals: 6,
			attach: 'wf=42',
		});
	});

	test.each(['forged', 'tampered'])('that is %s does not hold', async (callback) => {
		expect(read(await pay(callback))).toBeUndefined();
	});

	test('is repeated until the answer is the word "success"', async () => {
		await pay();
		const [delivery] = (await sandbox.state()).deliveries;
		expect(delivery).toMatchObject({
			status: 200,
			responseBody: 'noted',
			acknowledged: false,
			nextAttemptAt: expect.any(String),
		});
	});

	test('is not sent for anything but a payment', async () => {
		const { data } = await create({ notify_url: merchant.url });
		await act(data.prepay_id, 'cancel');
		await act(data.prepay_id, 'expire');
		expect(merchant.received).toEqual([]);
	});
});
