import type { Checkout, HttpReply } from '../../../nodes/shared/core/contract';
import { readAppSecret } from '../../../nodes/TokenPay/signature';
import {
	closeOrderCall,
	getOrderCall,
	readClosedOrder,
	readOrderReply,
	replySignatureProblem,
	tokenPay,
	type TokenPayOrder,
} from '../../../nodes/TokenPay/tokenPay.contract';
import {
	appSecret,
	callback,
	credentials,
	encryptEcb,
	envelope,
	paid,
	resource,
	resourceInEcb,
} from './callbacks';
import {
	getBalanceCall,
	getCurrenciesCall,
	entriesOf,
	readBalance,
	readCoin,
} from '../../../nodes/TokenPay/tokenPay.currencies';
import { sentFor } from '../shared/support/sent';
import { order, reply } from './support';

const success = (data: unknown, more: Partial<HttpReply> = {}) =>
	reply({ code: 0, msg: 'ok', request_id: 'r', data }, more);
const stamp = { now: new Date(1795262400000), nonce: 'AC377F39287FE0CEE1241D66DBCDDC79' };
const sentBody = (call: { body?: string }) =>
	JSON.parse(call.body ?? '') as Record<string, unknown>;

describe('a request of TokenPay', () => {
	const call = tokenPay.checkout.call(order(), credentials);

	it('is signed over path, milliseconds, nonce and the exact body, and sends no other header', () => {
		const signature = encryptEcb(
			`/v1/transaction/prepayment\n1795262400000\n${stamp.nonce}\n${call.body}`,
		);
		expect(tokenPay.authHeaders(credentials, call, stamp)).toEqual({
			Authorization: `TTPAY-AES-256-ECB app_id=application-of-the-test,mch_id=12345678,nonce_str=${stamp.nonce},timestamp=1795262400000,signature=${signature}`,
		});
	});

	it.each([
		[
			'without what a proxy puts before it',
			'https://proxy.example/tokenpay',
			'https://proxy.example/tokenpay/v1/x?a=1',
			'/v1/x?a=1',
		],
		[
			'of a base URL with a slash at its end',
			'https://api.tokenpay.me/',
			'https://api.tokenpay.me/v1/x',
			'/v1/x',
		],
		[
			'of a host whose name only begins like the base URL',
			'https://api.tokenpay.me',
			'https://api.tokenpay.me.example/v1/x',
			'/v1/x',
		],
	])('signs the path %s', (_case, baseUrl, url, path) => {
		const { Authorization } = tokenPay.authHeaders(
			{ ...credentials, baseUrl },
			{ method: 'POST', url, body: '{}', retry: 'never' },
			stamp,
		);
		expect(Authorization?.split('signature=')[1]).toBe(
			encryptEcb(`${path}\n1795262400000\n${stamp.nonce}\n{}`),
		);
	});

	it('is not signed when it is a GET', () => {
		expect(tokenPay.authHeaders(credentials, getCurrenciesCall(credentials), stamp)).toEqual({});
	});

	it.each([31, 33, 0])('is refused when the app secret has %d bytes', (length) => {
		expect(() =>
			tokenPay.authHeaders({ ...credentials, appSecret: 'x'.repeat(length) }, call, stamp),
		).toThrow("'App Secret' in the TokenPay credential is not 32 bytes long");
	});

	it('counts the bytes of the app secret, not its letters', () => {
		expect(readAppSecret('ä'.repeat(16))?.symmetricKeySize).toBe(32);
		expect(readAppSecret('ä'.repeat(32))).toBeUndefined();
	});

	it.each([
		['App ID', { appId: '' }],
		['Merchant ID', { merchantId: '' }],
		['App Secret', { appSecret: '' }],
		['App Secret', { appSecret: 'short' }],
	])('needs %s before anything is sent', (field, fields) => {
		expect(tokenPay.credentialProblem?.({ ...credentials, ...fields })).toContain(`'${field}'`);
	});

	it('is counted by application, five a second', () => {
		expect(tokenPay.rateLimit).toMatchObject({ requestsPerSecond: 5 });
		expect(tokenPay.rateLimit?.scope(credentials)).toBe(credentials.appId);
	});
});

describe('the request of Create Checkout', () => {
	it('holds the required fields and nothing else when nothing else is given', () => {
		const call = tokenPay.checkout.call(order(), credentials);
		expect(call).toMatchObject({
			method: 'POST',
			url: 'https://api.tokenpay.me/v1/transaction/prepayment',
			retry: 'never',
		});
		expect(call.howToFindOut).toContain('Checkout: Get');
		expect(sentBody(call)).toEqual({
			app_id: 'application-of-the-test',
			mch_id: '12345678',
			out_trade_no: 'order-1',
			expire_second: 3600,
			amount: 12.5,
			chain: 'TRON',
			currency: 'USDT',
			order_type: 'platform_order',
		});
	});

	it('holds every optional field that is given', () => {
		const call = tokenPay.checkout.call(
			order({
				description: 'Tea',
				attach: 'wf=42',
				locale: 'zh_cn',
				toAddress: 'TQ',
				callbackUrl: 'https://n8n.example/webhook/a',
				successUrl: 'https://shop.example/back',
			}),
			credentials,
		);
		expect(sentBody(call)).toMatchObject({
			description: 'Tea',
			attach: 'wf=42',
			locale: 'zh_cn',
			to_address: 'TQ',
			notify_url: 'https://n8n.example/webhook/a',
			return_url: 'https://shop.example/back',
		});
	});

	it.each(['9', '20.50', '0.000000000000000001', '90071992547409931234.123456789'])(
		'sends the amount %s of a coin with 18 decimals as a number with just these digits',
		(amount) => {
			const ofEther = order({ amount, coinDecimals: 18 });
			expect(tokenPay.checkout.call(ofEther, credentials).body).toContain(`"amount":${amount},`);
		},
	);

	it('describes the order by its line items when there is no description', () => {
		const lineItems = [
			{ name: 'Tea', unitAmount: '5', quantity: 2 },
			{ name: 'Cup', unitAmount: '2.50', quantity: 1 },
		];
		expect(sentBody(tokenPay.checkout.call(order({ lineItems }), credentials)).description).toBe(
			'2 × Tea, Cup',
		);
		expect(
			sentBody(tokenPay.checkout.call(order({ lineItems, description: 'Breakfast' }), credentials))
				.description,
		).toBe('Breakfast');
	});

	it('merges extra fields last', () => {
		const body = sentBody(
			tokenPay.checkout.call(
				order({ extraFields: { order_type: 'merchant_order', new_field: 1 } }),
				credentials,
			),
		);
		expect(body).toMatchObject({ order_type: 'merchant_order', new_field: 1, amount: 12.5 });
	});

	it('is refused for a price ID, which has no amount', () => {
		expect(() => tokenPay.checkout.call(order({ amount: null }), credentials)).toThrow('price ID');
	});
});

describe('the answer to Create Checkout', () => {
	const read = (
		data: unknown,
		more: {
			order?: Partial<TokenPayOrder>;
			credentials?: object;
			headers?: Record<string, string>;
		} = {},
	): Checkout =>
		tokenPay.checkout.result(
			success(data, { headers: more.headers ?? {} }),
			sentFor(tokenPay, order(more.order), {
				...credentials,
				...more.credentials,
			}),
		);
	const data = { prepay_id: 'p1', payment_url: '/pay/order?prepay_id=p1' };

	it('becomes a checkout with the absolute link', () => {
		expect(read(data, { headers: { date: 'Sat, 21 Nov 2026 12:00:00 GMT' } })).toEqual({
			provider: 'tokenpay',
			checkoutId: 'p1',
			paymentId: null,
			reference: 'order-1',
			checkoutUrl: 'https://api.tokenpay.me/pay/order?prepay_id=p1',
			qrCode: null,
			status: 'open',
			providerStatus: null,
			statusReason: null,
			amount: '12.5',
			currency: 'USDT',
			expiresAt: '2026-11-21T13:00:00.000Z',
			livemode: null,
			nextAction: null,
		});
	});

	it.each([
		[
			'/pay/order?prepay_id=p1',
			'https://pay.example',
			'https://pay.example/pay/order?prepay_id=p1',
		],
		[
			'/pay/order?prepay_id=p1',
			'https://proxy.example/tokenpay/',
			'https://proxy.example/tokenpay/pay/order?prepay_id=p1',
		],
		['pay/order', 'https://pay.example', 'https://pay.example/pay/order'],
		[
			'https://cashier.example/%7Ea?b=%20c',
			'https://pay.example',
			'https://cashier.example/%7Ea?b=%20c',
		],
		[
			'//elsewhere.example/pay',
			'https://pay.example',
			'https://pay.example//elsewhere.example/pay',
		],
		['/pay', 'http://127.0.0.1:4100/tokenpay', 'http://127.0.0.1:4100/tokenpay/pay'],
	])('joins the link %s to %s', (payment_url, checkoutBaseUrl, checkoutUrl) => {
		expect(read({ ...data, payment_url }, { credentials: { checkoutBaseUrl } }).checkoutUrl).toBe(
			checkoutUrl,
		);
	});

	it.each(['http://cashier.example/pay', '/pay order'])(
		'refuses the link %j, which is no https address',
		(payment_url) => {
			expect(() => read({ ...data, payment_url })).toThrow('not an https address');
		},
	);

	it.each([
		['no data', undefined],
		['no prepay_id', { payment_url: '/pay' }],
		['no payment_url', { prepay_id: 'p1' }],
		['a list', []],
	])('says that the order may exist when it holds %s', (_case, broken) => {
		expect(() => read(broken)).toThrow(
			expect.objectContaining({
				mayHaveArrived: true,
				advice: expect.stringContaining('Checkout: Get'),
			}),
		);
	});

	it('says that the order may exist when it has no code', () => {
		expect(() =>
			tokenPay.checkout.result(reply({ data }), sentFor(tokenPay, order(), credentials)),
		).toThrow(expect.objectContaining({ mayHaveArrived: true }));
	});

	it('shows what was sent when extra fields replaced it', () => {
		expect(
			read(data, { order: { extraFields: { amount: 7, currency: 'TRX', out_trade_no: 'other' } } }),
		).toMatchObject({ amount: '7', currency: 'TRX', reference: 'other' });
	});

	it('has no expiry when the answer tells no time', () => {
		expect(read(data).expiresAt).toBeNull();
	});
});

describe('a refusal of TokenPay', () => {
	it.each([
		[100, 'bad request parameters'],
		[103, 'invalid signature'],
		[104, 'signature expired'],
		[11000, 'operation failed'],
		[11001, 'too many requests'],
		[11003, 'required parameter missing'],
		[12001, 'data already exists'],
		[12002, 'data does not exist'],
		[12003, 'data empty'],
		[20000, 'application does not exist'],
		[20001, 'application disabled'],
		[20002, 'balance too low'],
		[20003, 'quota too low'],
		[20004, 'too many requests'],
		[20005, 'invalid parameter'],
	])('with code %d says "%s" behind TokenPay\'s own words', (code, meaning) => {
		expect(tokenPay.failure(reply({ code, msg: '失败' }), credentials)?.message).toBe(
			`失败 (code ${code}: ${meaning})`,
		);
	});

	it.each([
		[103, "'App Secret'"],
		[104, 'clock'],
		[11000, 'whitelist'],
		[12001, 'Checkout: Get'],
		[20000, "'App ID'"],
		[99999, 'whitelist'],
	])('with code %d says where to look: %s', (code, words) => {
		expect(tokenPay.failure(reply({ code, msg: 'no' }), credentials)?.advice).toContain(words);
	});

	it.each([11001, 20004])('with code %d asks to slow down', (code) => {
		expect(tokenPay.failure(reply({ code, msg: 'slow' }), credentials)).toMatchObject({
			rateLimited: true,
		});
	});

	it('with code 12002 does not know the order', () => {
		expect(tokenPay.failure(reply({ code: 12002, msg: 'none' }), credentials)).toMatchObject({
			notFound: true,
		});
	});

	it('shows its code when it has no words, and when the code is new', () => {
		expect(tokenPay.failure(reply({ code: 103 }), credentials)?.message).toBe(
			'code 103: invalid signature',
		);
		expect(tokenPay.failure(reply({ code: 777, msg: 'new' }), credentials)?.message).toBe(
			'new (code 777)',
		);
	});

	it('is not seen in a success, whatever its words, nor in an answer without a code', () => {
		expect(
			[{ code: 0, msg: '成功' }, { code: 0, msg: 'error' }, { msg: 'error' }, [], 'text'].map(
				(body) => tokenPay.failure(reply(body), credentials),
			),
		).toEqual([undefined, undefined, undefined, undefined, undefined]);
	});
});

describe('looking an order up', () => {
	it.each([
		[{ reference: 'order-1' }, { out_trade_no: 'order-1' }],
		[{ paymentId: 't1' }, { transaction_id: 't1' }],
	])('by %j sends the id in the body', (key, sent) => {
		const call = getOrderCall(key, credentials);
		expect(call).toMatchObject({
			method: 'POST',
			url: 'https://api.tokenpay.me/v1/transaction/query',
			retry: 'idempotent',
		});
		expect(sentBody(call)).toEqual({
			app_id: credentials.appId,
			mch_id: credentials.merchantId,
			...sent,
		});
	});

	it.each([
		['SUCCESS', 'paid'],
		['REFUND', 'refunded'],
		['NOTPAY', 'open'],
		['CLOSED', 'canceled'],
		['success', 'unknown'],
		['SUCCESS ', 'unknown'],
		['constructor', 'unknown'],
		[undefined, 'unknown'],
		[2, 'unknown'],
	])('reads the state %j as %s', (trade_state, status) => {
		expect(readOrderReply(success({ ...paid, trade_state }), credentials).status).toBe(status);
	});

	it('gives every fact of the order', () => {
		expect(readOrderReply(success({ ...paid, expire_time: 1673407902044 }), credentials)).toEqual({
			provider: 'tokenpay',
			checkoutId: null,
			paymentId: 'e98b3029477f4bdcb971797a9d9e09ce',
			reference: 'order-1',
			checkoutUrl: null,
			qrCode: null,
			status: 'paid',
			providerStatus: 'SUCCESS',
			statusReason: null,
			amount: '15',
			currency: 'TRX',
			expiresAt: '2023-01-11T03:31:42.044Z',
			livemode: null,
			nextAction: null,
		});
	});

	it.each([
		['15000000', 6, '15'],
		['20500000', 6, '20.5'],
		['1', 18, '0.000000000000000001'],
		['123456789012345678901', 18, '123.456789012345678901'],
		['100', 0, '100'],
		['1e18', 18, null],
		['15000000.0', 6, null],
		['15000000', -1, null],
		['15000000', null, '15'],
		['null', 6, null],
	])('turns %s smallest units with %s decimals into %s', (amount, decimals, expected) => {
		const detail = `{"trade_state":"SUCCESS","amount":${amount},"decimals":${decimals},"currency":{"currency":"TRX","decimal":6}}`;
		expect(readOrderReply(reply(`{"code":0,"data":${detail}}`), credentials).amount).toBe(expected);
	});

	it('takes the currency as an object and as a text', () => {
		expect(readOrderReply(success({ ...paid, currency: 'USDT' }), credentials).currency).toBe(
			'USDT',
		);
		expect(readOrderReply(success(paid), credentials).currency).toBe('TRX');
	});

	it('says in words that there is no order in the answer', () => {
		expect(() => readOrderReply(reply({ code: 0 }), credentials)).toThrow(
			"TokenPay's answer holds no order",
		);
	});
});

describe('closing an order', () => {
	it('names it by its payment ID and is never repeated blindly', () => {
		const call = closeOrderCall('t1', credentials);
		expect(call).toMatchObject({
			method: 'POST',
			url: 'https://api.tokenpay.me/v1/transaction/close',
			retry: 'never',
		});
		expect(sentBody(call)).toEqual({
			app_id: credentials.appId,
			mch_id: credentials.merchantId,
			transaction_id: 't1',
		});
	});

	it('gives a canceled checkout, with what was known of it', () => {
		const known = readOrderReply(success({ ...paid, trade_state: 'NOTPAY' }), credentials);
		expect(readClosedOrder(reply({ code: 0, msg: 'ok' }), 't1', known)).toMatchObject({
			status: 'canceled',
			paymentId: 't1',
			reference: 'order-1',
			amount: '15',
		});
	});

	it('does not take an answer without a code for a success', () => {
		expect(() => readClosedOrder(reply({ msg: 'ok' }), 't1', undefined)).toThrow(
			expect.objectContaining({ mayHaveArrived: true }),
		);
	});
});

describe('currencies and balance', () => {
	const readCurrencies = (answer: HttpReply) => entriesOf(answer, 'currencies').map(readCoin);
	const readBalances = (answer: HttpReply) => entriesOf(answer, 'balance').map(readBalance);
	const coin = {
		network: 'BNB',
		chain: 'BSC',
		code: 'BINANCE_BNB',
		currency: 'BNB',
		name: 'Binance Coin',
		decimal: 18,
		contract_address: '',
		min_payment_amount: '0',
		max_payment_amount: 100,
	};

	it('are read into the words of this package', () => {
		expect(readCurrencies(success([coin]))).toEqual([
			{
				provider: 'tokenpay',
				chain: 'BSC',
				currency: 'BNB',
				code: 'BINANCE_BNB',
				name: 'Binance Coin',
				network: 'BNB',
				decimals: 18,
				contractAddress: null,
				minimumAmount: '0',
				maximumAmount: '100',
			},
		]);
	});

	const balance = {
		merchant_id: 167,
		mch_id: '12345678',
		network: 'TRC20',
		chain: 'TRON',
		balance: '54670000',
		currency: 'USDT',
		decimal: 6,
		modify_time: 1673407329000,
	};
	const read = {
		provider: 'tokenpay',
		chain: 'TRON',
		currency: 'USDT',
		network: 'TRC20',
		balance: '54.67',
		updatedAt: '2023-01-11T03:22:09.000Z',
	};

	it('take the balance as the object of the sample and as the list of the table', () => {
		expect(readBalances(success(balance))).toEqual([read]);
		expect(readBalances(success([balance]))).toEqual([read]);
	});

	it('ask for the balance with the three documented fields', () => {
		const call = getBalanceCall({ chain: 'TRON', currency: 'USDT' }, credentials);
		expect(call).toMatchObject({
			method: 'POST',
			url: 'https://api.tokenpay.me/v1/merchant/balance',
			retry: 'idempotent',
		});
		expect(sentBody(call)).toEqual({ mch_id: '12345678', chain: 'TRON', currency: 'USDT' });
	});

	it.each([undefined, null, 'x', [1]])(
		'say in words that the answer is not readable when data is %j',
		(data) => {
			expect(() => readCurrencies(success(data))).toThrow("TokenPay's answer holds no currencies");
			expect(() => readBalances(success(data))).toThrow("TokenPay's answer holds no balance");
		},
	);
});

describe('the signature of an answer', () => {
	const data = { prepay_id: 'p1', payment_url: '/pay' };
	const body = JSON.stringify({ code: 0, msg: 'ok', data });
	const signed = (text: string, secret = appSecret) => ({
		'ttpay-timestamp': '1795262400200',
		'ttpay-nonce': 'n',
		'ttpay-signature': encryptEcb(`1795262400200\nn\n${text}`, secret),
	});
	const problem = (headers: Record<string, string>, more: object = {}) =>
		replySignatureProblem(reply(body, { headers }), { ...credentials, ...more });

	it('holds over the whole body, and over the content with its keys in another order', () => {
		expect(problem(signed(body))).toBeUndefined();
		expect(problem(signed('{"payment_url":"/pay","prepay_id":"p1"}'))).toBeUndefined();
	});

	it('holds with the previous secret', () => {
		expect(
			problem(signed(body, 'another-secret-of-thirty-two-by!'), {
				appSecretPrevious: 'another-secret-of-thirty-two-by!',
			}),
		).toBeUndefined();
	});

	it('is not asked for where there is none', () => {
		expect(problem({})).toBeUndefined();
	});

	it('does not hold over other content, with another secret, or with a header missing', () => {
		expect(problem(signed('{"payment_url":"/pay","prepay_id":"p2"}'))).toBe(
			'its signature does not fit',
		);
		expect(problem(signed(body, 'another-secret-of-thirty-two-by!'))).toBe(
			'its signature does not fit',
		);
		expect(problem({ 'ttpay-signature': 'x' })).toBe('a part of its signature is missing');
	});
});

describe('a callback of TokenPay', () => {
	const verdictOf = (received: ReturnType<typeof callback>, more: object = {}) =>
		tokenPay.callback.verify(received, { ...credentials, ...more });
	const reasonOf = (received: ReturnType<typeof callback>, more: object = {}) => {
		const verdict = verdictOf(received, more);
		return verdict.genuine ? (verdict.unreadable?.code ?? 'genuine') : verdict.code;
	};
	const stranger = 'somebody-else-with-another-key-!';

	it('is genuine when signature and resource are', () => {
		expect(verdictOf(callback(envelope(), { timestamp: '1795262400000' }))).toEqual({
			genuine: true,
			payload: { originalType: 'transaction', content: paid },
			signedAt: new Date(1795262400000),
		});
	});

	it('is genuine when its time has ten digits', () => {
		expect(verdictOf(callback(envelope(), { timestamp: '1795262400' }))).toMatchObject({
			genuine: true,
			signedAt: new Date(1795262400000),
		});
	});

	it('is genuine with the headers of the new name', () => {
		expect(reasonOf(callback(envelope(), { prefix: 'tokenpay' }))).toBe('genuine');
	});

	it('is refused when a complete set of headers could only be mixed from two', () => {
		const { headers, rawBody } = callback();
		const { 'ttpay-nonce': nonce = '', ...rest } = headers;
		expect(reasonOf({ headers: { ...rest, 'tokenpay-nonce': nonce }, rawBody })).toBe(
			'missing_header',
		);
	});

	it('is judged by the headers of the old name when it has both', () => {
		const { headers, rawBody } = callback();
		const forged = callback(envelope(), { prefix: 'tokenpay', secret: stranger });
		expect(reasonOf({ headers: { ...forged.headers, ...headers }, rawBody })).toBe('genuine');
		const swapped = callback(envelope(), { secret: stranger });
		expect(
			reasonOf({
				headers: { ...callback(envelope(), { prefix: 'tokenpay' }).headers, ...swapped.headers },
				rawBody,
			}),
		).toBe('signature_mismatch');
	});

	it.each(['ttpay-timestamp', 'ttpay-nonce', 'ttpay-signature'])(
		'is refused without %s, and when it is empty',
		(name) => {
			const { headers, rawBody } = callback();
			const rest = Object.fromEntries(
				Object.entries(headers).filter(([header]) => header !== name),
			);
			expect(reasonOf({ headers: rest, rawBody })).toBe('missing_header');
			expect(reasonOf({ headers: { ...headers, [name]: '' }, rawBody })).toBe('missing_header');
		},
	);

	it('is genuine with the previous secret, and not with one that nobody has', () => {
		const old = callback(envelope({ resource: resource(paid, { secret: stranger }) }), {
			secret: stranger,
		});
		expect(reasonOf(old, { appSecretPrevious: stranger })).toBe('genuine');
		expect(reasonOf(old)).toBe('signature_mismatch');
	});

	it('is refused without any secret', () => {
		expect(verdictOf(callback(), { appSecret: '' })).toMatchObject({
			genuine: false,
			code: 'no_secret',
			message: expect.stringContaining('no secret') as string,
		});
	});

	it('is refused when the secret is not 32 bytes long', () => {
		expect(reasonOf(callback(), { appSecret: 'short' })).toBe('app_secret_length');
	});

	it.each([
		['cut off', (signature: string) => signature.slice(0, -4)],
		['cut off inside a group', (signature: string) => signature.slice(0, -1)],
		['followed by something', (signature: string) => `${signature}AAAA`],
		[
			'of one changed letter',
			(signature: string) => `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
		],
		['not base64', () => '%%%%'],
		['the text itself', () => Buffer.from('1795262400000\nn\n{}').toString('base64')],
	])('is refused with a signature that is %s', (_case, change) => {
		const { headers, rawBody } = callback();
		expect(
			reasonOf({
				headers: { ...headers, 'ttpay-signature': change(headers['ttpay-signature'] ?? '') },
				rawBody,
			}),
		).toBe('signature_mismatch');
	});

	it.each(['ttpay-timestamp', 'ttpay-nonce'])(
		'is refused when %s is not what was signed',
		(name) => {
			const { headers, rawBody } = callback();
			expect(reasonOf({ headers: { ...headers, [name]: '1795262400001' }, rawBody })).toBe(
				'signature_mismatch',
			);
		},
	);

	it('is genuine when the signed text is the same value with other keys first and other white space', () => {
		const body = envelope();
		expect(
			reasonOf(
				callback(body, {
					signed: JSON.stringify(Object.fromEntries(Object.entries(body).reverse()), null, 2),
				}),
			),
		).toBe('genuine');
	});

	it.each([
		['another value', (body: Record<string, unknown>) => ({ ...body, event_type: 'Y.SUCCESS' })],
		['a field less', (body: Record<string, unknown>) => ({ ...body, create_time: undefined })],
		['a field more', (body: Record<string, unknown>) => ({ ...body, more: 1 })],
		[
			'a number in place of a text',
			(body: Record<string, unknown>) => ({ ...body, mch_id: 12345678 }),
		],
	])('is refused when what was signed has %s', (_case, change) => {
		const body = envelope();
		expect(reasonOf(callback(body, { signed: JSON.stringify(change(body)) }))).toBe(
			'signature_mismatch',
		);
	});

	const sorted = (object: object) =>
		Object.fromEntries(Object.entries(object).sort(([left], [right]) => (left < right ? -1 : 1)));

	it('is genuine when the resource alone was signed, in either order of its keys', () => {
		const body = envelope();
		const signed = [body.resource, sorted(body.resource as object)].map((part) =>
			reasonOf(callback(body, { signed: JSON.stringify(part) })),
		);
		expect(signed).toEqual(['genuine', 'genuine']);
	});

	it.each([
		[
			'another resource',
			(body: Record<string, unknown>) => ({ ...(body.resource as object), n: 1 }),
		],
		['another part of it', (body: Record<string, unknown>) => body.event_type],
		[
			'its ciphertext alone',
			(body: Record<string, unknown>) => (body.resource as { ciphertext: string }).ciphertext,
		],
	])('is refused when %s was signed', (_case, part) => {
		const body = envelope();
		expect(reasonOf(callback(body, { signed: JSON.stringify(part(body)) }))).toBe(
			'signature_mismatch',
		);
	});

	it('is refused when the resource that was signed names a member twice', () => {
		const body = envelope();
		const twice = JSON.stringify(body.resource).replace('{', '{"original_type":"payanother",');
		expect(reasonOf(callback(body, { signed: twice }))).toBe('signature_mismatch');
	});

	it('is refused when big numbers differ behind the digits that JavaScript keeps', () => {
		const body = (number: string) => JSON.stringify(envelope()).replace('{', `{"n":${number},`);
		expect(
			reasonOf(callback(body('12345678901234567890'), { signed: body('12345678901234567891') })),
		).toBe('signature_mismatch');
	});

	it.each([
		'1795262400123456',
		'2026-11-21T12:00:00Z',
		'2026-11-21T12:00:00.123456Z',
		'2026-11-21T20:00:00+08:00',
	])('is genuine, and as old as it says, when its time is %s', (timestamp) => {
		const verdict = verdictOf(callback(envelope(), { timestamp }));
		const second = verdict.genuine && Math.floor((verdict.signedAt?.getTime() ?? NaN) / 1000);
		expect(second).toBe(1795262400);
	});

	// A "time" without an age would switch Maximum Age off, and an old callback can be rearranged so
	// that a part of its body stands where the time belongs.
	it.each([
		'soon',
		'17952624000000',
		'1795262400.5',
		'179526240012345',
		'17952624001234567',
		'1.795262400e12',
		'2026-11-21',
		'2026-11-21 12:00:00',
		'2026-11-21T12:00:00',
		'2026-13-41T12:00:00Z',
		'2026-11-21T12:00:00Z,IFAOgANGIQoLrzmw',
		'IFAOgANGIQoLrzmw607a4615b4f57f',
	])('is refused when its signed time is %s', (timestamp) => {
		expect(reasonOf(callback(envelope(), { timestamp }))).toBe('bad_timestamp');
	});

	it.each(['not JSON', '[]', '', '"text"'])('is refused when its signed body is %j', (text) => {
		expect(reasonOf(callback(text))).toBe('body_not_json');
	});

	it('is refused when its body is not UTF-8', () => {
		const rawBody = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')]);
		const { headers } = callback();
		const signature = encryptEcb(
			Buffer.concat([
				Buffer.from(`${headers['ttpay-timestamp']}\n${headers['ttpay-nonce']}\n`),
				rawBody,
			]),
		);
		expect(reasonOf({ headers: { ...headers, 'ttpay-signature': signature }, rawBody })).toBe(
			'body_not_json',
		);
	});

	it('is refused when it belongs to another application or merchant', () => {
		expect(reasonOf(callback(envelope({ app_id: 'another' })))).toBe('other_application');
		expect(reasonOf(callback(envelope({ app_id: '' })))).toBe('other_application');
		expect(reasonOf(callback(envelope({ app_id: null })))).toBe('other_application');
		expect(reasonOf(callback(envelope({ mch_id: '87654321' })))).toBe('other_merchant');
	});

	it('is genuine without app_id and mch_id: the query, which is always asked, is about this merchant', () => {
		const body = envelope({ app_id: undefined, mch_id: undefined });
		expect(reasonOf(callback(body))).toBe('genuine');
	});

	it.each(['AES-256-GCM', 'AES-256-ECB', undefined])(
		'is genuine when GCM opens its content, although its algorithm is called %s',
		(algorithm) => {
			expect(reasonOf(callback(envelope({ resource: resource(paid, { algorithm }) })))).toBe(
				'genuine',
			);
		},
	);

	it.each([
		['in hexadecimal', { nonce: '00112233445566778899aabb', nonceAs: 'hex' }],
		['in base64', { nonce: 'ABEiM0RVZneImaq7', nonceAs: 'base64' }],
	] as const)('is genuine with a nonce %s, whose bytes are meant', (_case, options) => {
		expect(reasonOf(callback(envelope({ resource: resource(paid, options) })))).toBe('genuine');
	});

	it('is genuine when associated_data is authenticated, and when it only stands there', () => {
		const authenticated = resource(paid, { associated_data: 'transaction' });
		expect(reasonOf(callback(envelope({ resource: authenticated })))).toBe('genuine');
		const besides = { ...resource(paid), associated_data: 'transaction' };
		expect(reasonOf(callback(envelope({ resource: besides })))).toBe('genuine');
		const changed = { ...authenticated, associated_data: 'payanother' };
		expect(reasonOf(callback(envelope({ resource: changed })))).toBe('gcm_auth_failed');
	});

	it('whose content is encrypted only is a hint: what it says is asked about', () => {
		expect(verdictOf(callback(envelope({ resource: resourceInEcb(paid) })))).toMatchObject({
			genuine: true,
			isHint: true,
		});
	});

	it.each([
		['is about a payout', resourceInEcb(paid, appSecret, 'payanother')],
		['names no order', resourceInEcb({ trade_state: 'SUCCESS' })],
		['was encrypted by somebody else', resourceInEcb(paid, stranger)],
	])(
		'is unknown, and its encryption named, when its content is not authentic and %s',
		(_case, other) => {
			const verdict = verdictOf(callback(envelope({ resource: other })));
			expect(verdict).toMatchObject({
				genuine: true,
				payload: { body: expect.anything() as unknown },
				unreadable: {
					code: 'unknown_algorithm',
					message: expect.stringContaining('"AES-256-ECB"') as string,
				},
			});
		},
	);

	it.each([
		['missing_resource', undefined],
		['missing_resource', 'text'],
		['unknown_algorithm', {}],
		['missing_nonce', resource(paid, { nonce: '' })],
		['bad_base64', { ...resource(paid), ciphertext: 'not base64!' }],
		[
			'ciphertext_too_short',
			{ ...resource(paid), ciphertext: Buffer.alloc(16).toString('base64') },
		],
		['gcm_auth_failed', resource(paid, { secret: stranger })],
		['gcm_auth_failed', { ...resource(paid), nonce: 'another-one!' }],
		['gcm_auth_failed', { ...resourceInEcb(paid), algorithm: 'AEAD_AES_256_GCM' }],
		['content_not_object', resource('[1]')],
		['content_not_object', resource('not JSON')],
	])('is no payment, with %s, although its signature holds', (reason, broken) => {
		expect(reasonOf(callback(envelope({ resource: broken })))).toBe(reason);
	});

	it.each(['n', '0123456789ab', 'a nonce that is much longer than twelve letters'])(
		'is decrypted with the nonce %j',
		(nonce) => {
			expect(reasonOf(callback(envelope({ resource: resource(paid, { nonce }) })))).toBe('genuine');
		},
	);

	it('that names a member twice is refused: the blocks of several may have been put together', () => {
		const twice = JSON.stringify(envelope()).replace('{', '{"app_id":"another",');
		expect(reasonOf(callback(twice))).toBe('repeated_names');
		const nested = JSON.stringify(envelope()).replace('"ciphertext"', '"nonce":"n","ciphertext"');
		expect(reasonOf(callback(nested))).toBe('repeated_names');
	});

	it('never tells a secret or its content in a reason or hint', () => {
		const refusals = [
			callback(envelope(), { secret: stranger }),
			callback(envelope({ app_id: 'another' })),
			callback(envelope({ resource: resource(paid, { secret: stranger }) })),
			callback('{'),
		];
		const words = JSON.stringify(refusals.map((received) => verdictOf(received)));
		expect(
			[appSecret, stranger, credentials.appId, credentials.merchantId, 'order-1'].filter((secret) =>
				words.includes(secret),
			),
		).toEqual([]);
	});

	it.each([
		['App Secret', { appSecret: '' }],
		['App Secret', { appSecret: 'short' }],
		['Previous App Secret', { appSecretPrevious: 'short' }],
		['App ID', { appId: '' }],
		['Merchant ID', { merchantId: '' }],
	])('cannot be proved while %s is wrong', (field, fields) => {
		expect(tokenPay.callback.setupProblem({ ...credentials, ...fields })).toContain(`'${field}'`);
	});

	it('can be proved with a good credential', () => {
		expect(tokenPay.callback.setupProblem(credentials)).toBeUndefined();
	});
});

describe('the event of a callback', () => {
	const eventOf = (content: object, originalType: string | null = 'transaction') =>
		tokenPay.callback.parseEvent({ originalType, content }, credentials);

	it('holds every fact of the payment', () => {
		expect(eventOf(paid)).toEqual({
			provider: 'tokenpay',
			event: 'payment.succeeded',
			eventId: 'e98b3029477f4bdcb971797a9d9e09ce:SUCCESS:15',
			checkoutId: null,
			paymentId: 'e98b3029477f4bdcb971797a9d9e09ce',
			reference: 'order-1',
			status: 'paid',
			providerStatus: 'SUCCESS',
			statusReason: null,
			amount: '15',
			currency: 'TRX',
			livemode: null,
			occurredAt: '2023-01-11T03:22:09.000Z',
			raw: paid,
		});
	});

	it.each([
		['SUCCESS', 'payment.succeeded', 'paid'],
		['REFUND', 'refund.succeeded', 'refunded'],
		['NOTPAY', 'payment.pending', 'open'],
		['CLOSED', 'payment.canceled', 'canceled'],
		['PAID', 'unknown', 'unknown'],
		[undefined, 'unknown', 'unknown'],
	])('of the state %j is %s', (trade_state, event, status) => {
		expect(eventOf({ ...paid, trade_state })).toMatchObject({ event, status });
	});

	it.each(['REFUND', 'NOTPAY', 'CLOSED'])(
		'of the state %s has no time: TokenPay tells only when it was paid',
		(trade_state) => {
			expect(eventOf({ ...paid, trade_state }).occurredAt).toBeNull();
		},
	);

	it.each(['payanother', null, 'Transaction'])(
		'is never a payment when the resource is a %j: a payout looks the same',
		(originalType) => {
			const event = eventOf(paid, originalType);
			expect(event).toMatchObject({ event: 'unknown', status: 'unknown' });
			expect(event.eventId).not.toBe(eventOf(paid).eventId);
		},
	);

	it('keeps what was decrypted as it came, big numbers included', () => {
		const content =
			'{"trade_state":"SUCCESS","amount":12345678901234567890,"decimals":18,"note":"茶","rate":1.0}';
		const verdict = tokenPay.callback.verify(
			callback(envelope({ resource: resource(content) })),
			credentials,
		);
		const event =
			verdict.genuine === true
				? tokenPay.callback.parseEvent(verdict.payload, credentials)
				: undefined;
		expect(event).toMatchObject({
			amount: '12.34567890123456789',
			raw: { amount: '12345678901234567890', note: '茶', rate: '1.0' },
		});
	});
});

describe('confirming a callback', () => {
	const { confirm } = tokenPay.callback;
	const claimed = tokenPay.callback.parseEvent(
		{ originalType: 'transaction', content: paid },
		credentials,
	);

	it('asks by payment ID, else by reference, else not at all', () => {
		const asked = (more: object) => {
			const about = confirm?.askFor({ ...claimed, ...more });
			return about && confirm?.call(about, credentials).body;
		};
		expect(asked({})).toContain('"transaction_id":"e98b3029477f4bdcb971797a9d9e09ce"');
		expect(asked({ paymentId: null })).toContain('"out_trade_no":"order-1"');
		expect(asked({ paymentId: null, reference: null })).toBeUndefined();
	});

	it('asks nothing about a payout, which is no order', () => {
		const payout = { originalType: 'payanother', content: paid };
		expect(confirm?.askFor(tokenPay.callback.parseEvent(payout, credentials))).toBeUndefined();
	});

	it('takes no answer about another order', () => {
		const other = success({ ...paid, transaction_id: 'another' });
		expect(() => confirm?.facts(other, { paymentId: paid.transaction_id }, credentials)).toThrow(
			'about another order',
		);
	});

	it("has the provider's own time of a payment", () => {
		const found = confirm?.facts(success(paid), { paymentId: paid.transaction_id }, credentials);
		expect(found && confirm?.timeOf(found)).toBe('2023-01-11T03:22:09.000Z');
	});

	it("gives the facts of the API's answer", () => {
		expect(
			confirm?.facts(
				success({ ...paid, trade_state: 'NOTPAY' }),
				{ reference: 'order-1' },
				credentials,
			),
		).toMatchObject({
			event: 'payment.pending',
			status: 'open',
			reference: 'order-1',
			amount: '15',
		});
	});

	it('is no answer when it holds no order: only a code denies one', () => {
		expect(() => confirm?.facts(reply({ code: 0 }), { reference: 'order-1' }, credentials)).toThrow(
			expect.objectContaining({ message: 'its answer holds no order', notFound: false }),
		);
	});
});
