import crypto, { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { canonicalText } from '../../../nodes/EFundPay/canonicalText';
import { CallFailure } from '../../../nodes/shared/core/callFailure';
import type { HttpReply } from '../../../nodes/shared/core/contract';
import { readJson } from '../../../nodes/shared/core/exactJson';
import {
	eFundPay,
	getTransactionCall,
	readTransaction,
	readTransactionReply,
	type EFundPayCredentials,
	type EFundPayOrder,
} from '../../../nodes/EFundPay/eFundPay.contract';
import {
	bareBase64,
	callback,
	credentials,
	payment,
	pem,
	platform,
	refund,
	sign,
	stranger,
	textOf,
} from './callbacks';
import {
	atOtherPath,
	createTransactionCall,
	listTransactionsCall,
	readPage,
	withoutCard,
	type EFundPayTransactionOrder,
} from '../../../nodes/EFundPay/eFundPay.transactions';
import {
	createRefundCall,
	getRefundCall,
	listRefundsCall,
	readRefund,
	readRefundReply,
	type EFundPayRefundOrder,
} from '../../../nodes/EFundPay/eFundPay.refunds';
import { sentFor } from '../shared/support/sent';

const order = (more: Partial<EFundPayOrder> = {}): EFundPayOrder => ({
	amount: '20.50',
	lineItems: [],
	amountUnit: 'major',
	currency: 'USD',
	reference: 'order-1',
	description: null,
	successUrl: 'https://shop.example/thanks',
	cancelUrl: null,
	callbackUrl: 'https://n8n.example/webhook/1/callback',
	extraFields: {},
	buyer: { name: 'Maria Gomez', email: 'maria@shop.example', more: {} },
	country: null,
	billingDetails: null,
	shippingDetails: null,
	metadata: null,
	attempt: 1,
	...more,
});

const cardNumber = '4000123412341234';
const card = {
	kind: 'card',
	number: cardNumber,
	expirationDate: '08/29',
	securityCode: '987',
} as const;
const transaction = (more: Partial<EFundPayTransactionOrder> = {}): EFundPayTransactionOrder => ({
	...order(),
	paymentMethod: card,
	buyerIp: '203.0.113.195',
	browserInfo: null,
	repeatsInMethod: false,
	...more,
});

const refundOrder = (more: Partial<EFundPayRefundOrder> = {}): EFundPayRefundOrder => ({
	paymentId: 'transaction-1',
	amount: '5.00',
	amountUnit: 'major',
	currency: 'USD',
	reason: 'Goods returned',
	reference: 'refund-1',
	callbackUrl: 'https://n8n.example/webhook/1/callback',
	bankDetail: null,
	extraFields: {},
	...more,
});

const create = (more: Partial<EFundPayOrder> = {}, using: EFundPayCredentials = credentials) =>
	eFundPay.checkout.call(order(more), using);
const createDirect = (more: Partial<EFundPayTransactionOrder> = {}) =>
	createTransactionCall(transaction(more), credentials);
const sent = ({ body }: { body?: string }) => JSON.parse(body ?? '') as Record<string, unknown>;
const key = ({ headers }: { headers?: Record<string, string> }) => headers?.['idempotency-key'];
const item = (more: object = {}) => ({ name: 'Tea', unitAmount: '12.50', quantity: 2, ...more });

function reply(body: unknown, status = 200): HttpReply {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	return { status, headers: {}, text, body: readJson(text), bytes: Buffer.from(text) };
}

/** A recorded answer: status and body as they came. */
function fixture(name: string): HttpReply {
	const { status, body } = JSON.parse(
		readFileSync(path.join(__dirname, 'fixtures', `${name}.json`), 'utf8'),
	) as { status: number; body: unknown };
	return reply(body, status);
}

function thrownBy(work: () => unknown): Error & { advice?: string; mayHaveArrived?: boolean } {
	try {
		work();
	} catch (error) {
		return error as Error;
	}
	throw new Error('nothing was thrown');
}

describe('the credential', () => {
	it('sends the secret key as it stands and the merchant account with every call', () => {
		expect(eFundPay.authHeaders(credentials, create(), { now: new Date(0), nonce: '' })).toEqual({
			Authorization: `Bearer ${credentials.secretKey}`,
			'x-merchant-account-id': 'default',
		});
	});

	it.each([
		['live', 'https://api.efundpay.com/v4/checkout/payments'],
		['test', 'https://sandbox.efundpay.com/v4/checkout/payments'],
	] as const)('of the environment %s goes to its host', (environment, url) => {
		expect(create({}, { ...credentials, environment, secretKey: 'sk' }).url).toBe(url);
	});

	it('of a custom environment goes to its base URL, with or without a slash at its end', () => {
		expect(
			create(
				{},
				{ ...credentials, environment: 'custom', baseUrl: 'http://127.0.0.1:4100/efundpay/v4/' },
			).url,
		).toBe('http://127.0.0.1:4100/efundpay/v4/checkout/payments');
	});

	it.each<[string, Partial<EFundPayCredentials>, RegExp]>([
		[
			'a live key with the test environment',
			{ environment: 'test', secretKey: 'sk_live_abcdefgh' },
			/live key \(sk_live_\).*test environment/,
		],
		[
			'a test key with the live environment',
			{ environment: 'live', secretKey: 'sk_test_abcdefgh' },
			/test key \(sk_test_\).*live environment/,
		],
		[
			'a live key with the test host typed in',
			{
				environment: 'custom',
				baseUrl: 'https://sandbox.efundpay.com/v4',
				secretKey: 'sk_live_abcdefgh',
			},
			/live key/,
		],
		[
			'a test key with the live host typed in',
			{
				environment: 'custom',
				baseUrl: 'https://API.efundpay.com/v4',
				secretKey: 'sk_test_abcdefgh',
			},
			/test key/,
		],
		['no key', { secretKey: '' }, /'Secret Key'.*empty/],
		['a custom environment without address', { environment: 'custom', baseUrl: '' }, /'Base URL'/],
	])('with %s is refused without showing the key', (_case, more, words) => {
		const problem = eFundPay.credentialProblem?.({ ...credentials, ...more });
		expect(problem).toMatch(words);
		expect(problem).not.toContain('abcdefgh');
		expect(() =>
			eFundPay.authHeaders(
				{ ...credentials, ...more },
				{ method: 'GET', url: 'https://elsewhere.example/', retry: 'idempotent' },
				{ now: new Date(0), nonce: '' },
			),
		).toThrow(words);
	});

	it('signs no call to the host of the other environment, as the HTTP Request node could make one', () => {
		const call = {
			method: 'GET',
			url: 'https://sandbox.efundpay.com/v4/transactions',
			retry: 'idempotent',
		} as const;
		expect(() => eFundPay.authHeaders(credentials, call, { now: new Date(0), nonce: '' })).toThrow(
			/live key/,
		);
	});
});

describe('Create Checkout', () => {
	it('posts what the page documents, with the three addresses at the top', () => {
		const call = create({
			cancelUrl: 'https://shop.example/basket',
			country: 'us',
			description: 'One box of tea',
			billingDetails: { first_name: 'Maria' },
			shippingDetails: { address: { city: 'Bangkok' } },
		});
		expect(call).toMatchObject({
			method: 'POST',
			url: 'https://api.efundpay.com/v4/checkout/payments',
			headers: { 'content-type': 'application/json' },
		});
		expect(sent(call)).toEqual({
			amount: 2050,
			currency: 'USD',
			external_identifier: 'order-1',
			country: 'US',
			buyer: { display_name: 'Maria Gomez', email_address: 'maria@shop.example' },
			cart_items: [{ name: 'One box of tea', quantity: 1, unit_amount: 2050 }],
			billing_details: { first_name: 'Maria' },
			shipping_details: { address: { city: 'Bangkok' } },
			redirect_url: 'https://shop.example/thanks',
			webhooks_url: 'https://n8n.example/webhook/1/callback',
			cancel_url: 'https://shop.example/basket',
		});
	});

	it('leaves out what is not given', () => {
		expect(Object.keys(sent(create()))).toEqual([
			'amount',
			'currency',
			'external_identifier',
			'buyer',
			'cart_items',
			'redirect_url',
			'webhooks_url',
		]);
	});

	// The page of the sister call requires the list, and a checkout without it may be refused.
	it.each([
		['the description', { description: 'One box of tea' }, 'One box of tea'],
		['the reference, where there is no description', {}, 'order-1'],
	])('always says what is sold, by %s', (_case, more, name) => {
		const items = [{ name, quantity: 1, unit_amount: 2050 }];
		expect(sent(create(more)).cart_items).toEqual(items);
		expect(sent(createDirect(more)).cart_items).toEqual(items);
	});

	it.each([
		['20.50', 'USD', 2050],
		['1200', 'JPY', 1200],
		['0.100', 'KWD', 100],
		['15000.00', 'IDR', 1500000],
		['999999.99', 'USD', 99999999],
		['1', 'USD', 100],
	])('sends %s %s as %d of the smallest unit', (amount, currency, units) => {
		expect(sent(create({ amount, currency })).amount).toBe(units);
	});

	it('sends an amount in the smallest unit as it is', () => {
		expect(sent(create({ amount: '2050', amountUnit: 'smallest' })).amount).toBe(2050);
	});

	it('sends each line item with its own unit amount', () => {
		const body = sent(
			create({
				amount: '27.25',
				lineItems: [item(), item({ name: 'Cup', unitAmount: '2.25', quantity: 1 })],
			}),
		);
		expect(body).toMatchObject({
			amount: 2725,
			cart_items: [
				{ name: 'Tea', quantity: 2, unit_amount: 1250 },
				{ name: 'Cup', quantity: 1, unit_amount: 225 },
			],
		});
	});

	it.each<[string, Partial<EFundPayOrder>, RegExp]>([
		['under 100 of the smallest unit', { amount: '0.99' }, /'Amount' "0.99"/],
		['over 99999999 of the smallest unit', { amount: '1000000.00' }, /'Amount'/],
		['under 100 yen', { amount: '99', currency: 'JPY' }, /'Amount'/],
		['with more decimals than the currency has', { amount: '20.505' }, /'Amount'/],
		['with decimals in the smallest unit', { amount: '20.5', amountUnit: 'smallest' }, /'Amount'/],
		[
			'of a line item with more decimals than the currency has',
			{ amount: '12.505', lineItems: [item({ unitAmount: '12.505', quantity: 1 })] },
			/'Line Items 1: Unit Amount'/,
		],
		['by the ID of a price', { amount: null, lineItems: [item({ price: 'price-1' })] }, /price ID/],
	])('refuses an amount %s', (_case, more, words) => {
		expect(() => create(more)).toThrow(words);
	});

	it('says in the currency what EFundPay takes', () => {
		expect(thrownBy(() => create({ amount: '0.99' })).advice).toBe(
			'EFundPay takes from 1.00 to 999999.99 USD.',
		);
	});

	it.each<[string, Partial<EFundPayOrder>, RegExp]>([
		['no reference', { reference: null }, /'Reference' is empty/],
		['a reference of 65 characters', { reference: 'r'.repeat(65) }, /'Reference'.*64/],
		[
			'a reference whose callback could not be trusted',
			{ reference: 'a&payment_amount=1' },
			/'Reference'.*"&"/,
		],
		['a currency that is a word', { currency: 'dollar' }, /'Currency' "dollar"/],
		['a currency that does not exist', { currency: 'ABC' }, /'Currency' "ABC"/],
		['a country that is a word', { country: 'Thailand' }, /'Country' "Thailand"/],
		['no success URL', { successUrl: null }, /'Success URL' is empty/],
		['no callback URL', { callbackUrl: null }, /'Callback URL' is empty/],
		[
			'no buyer',
			{ buyer: { name: null, email: null, more: {} } },
			/'Buyer Name' and 'Buyer Email'/,
		],
	])('refuses %s', (_case, more, words) => {
		expect(() => create(more)).toThrow(words);
	});

	it('takes a reference of 64 characters, and a buyer from JSON alone', () => {
		expect(
			sent(
				create({
					reference: 'r'.repeat(64),
					buyer: { name: null, email: null, more: { id: 'buyer-1' } },
				}),
			).buyer,
		).toEqual({ id: 'buyer-1' });
	});

	it('merges the extra fields last', () => {
		expect(
			sent(create({ extraFields: { metadata: { table: 7 }, buyer: { locale: 'th' } } })),
		).toMatchObject({
			metadata: { table: 7 },
			buyer: { display_name: 'Maria Gomez', locale: 'th' },
		});
	});

	describe('is de-duplicated by a key', () => {
		it('that is the same for the same row in every run', () => {
			expect(key(create())).toMatch(/^[0-9a-f]{64}$/);
			expect(key(create())).toBe(key(create()));
			expect(create().retry).toBe('idempotencyKey');
		});

		it.each<[string, Partial<EFundPayOrder>]>([
			['amount', { amount: '20.51' }],
			['callback URL', { callbackUrl: 'https://n8n.example/webhook/2/callback' }],
			['reference', { reference: 'order-2' }],
			['attempt', { attempt: 2 }],
			['extra field', { extraFields: { metadata: {} } }],
		])('that is another one with another %s', (_case, more) => {
			expect(key(create(more))).not.toBe(key(create()));
		});

		it('that stays what it is in later versions: a checkout sent again after an update is no second one', () => {
			expect(key(create())).toBe(
				'0e7caebae7b9c5bedc7378c214b2b09f0f994a11b4e0da64af82c0a89ca65c18',
			);
		});

		it('that the result shows', () => {
			expect(
				eFundPay.checkout.result(
					fixture('createTransaction.success'),
					sentFor(eFundPay, order(), credentials),
				),
			).toMatchObject({ idempotencyKey: key(create()) });
		});
	});
});

describe('the answer to a create', () => {
	const result = (answer: HttpReply, using = credentials) =>
		eFundPay.checkout.result(answer, sentFor(eFundPay, order(), using));

	it('becomes a checkout', () => {
		expect(result(fixture('createTransaction.success'))).toEqual({
			provider: 'efundpay',
			checkoutId: '1f0c6a52-3f43-4f83-9d0a-7b1c2d3e4f50',
			paymentId: '1f0c6a52-3f43-4f83-9d0a-7b1c2d3e4f50',
			reference: 'order-1',
			checkoutUrl: 'https://pay.efundpay.com/link-1',
			qrCode: 'https://qr.example/1',
			status: 'open',
			providerStatus: 'buyer_approval_pending',
			statusReason: null,
			amount: '20.50',
			currency: 'USD',
			expiresAt: '2026-03-15T02:05:00.000Z',
			livemode: true,
			nextAction: null,
			idempotencyKey: key(create()),
		});
	});

	it.each(['createTransaction.success', 'getTransaction.success', 'createCheckout.topLevelLink'])(
		'gives the link wherever it stands (%s)',
		(name) => {
			expect(result(fixture(name)).checkoutUrl).toBe('https://pay.efundpay.com/link-1');
		},
	);

	describe('whose link is called otherwise, as the page with the answer could not be read,', () => {
		const link = 'https://pay.efundpay.com/link-1';
		const places: Array<[string, (fields: object) => object]> = [
			['in the details', (fields) => ({ payment_method: { details: fields } })],
			['in the payment method', (fields) => ({ payment_method: fields })],
			['at the top', (fields) => fields],
		];

		it.each(
			['payment_url', 'approval_url'].flatMap((name) =>
				places.map(([place, at]) => [name, place, at] as const),
			),
		)('gives it: %s %s', (name, _place, at) => {
			expect(result(reply({ id: '1', ...at({ [name]: link }) })).checkoutUrl).toBe(link);
			expect(() => result(reply({ id: '1', ...at({ [name]: 'http://pay.example/1' }) }))).toThrow(
				'no payment link',
			);
		});

		it('gives the documented one where there are two, and another one where that is no link', () => {
			const urlOf = (documented: unknown) =>
				result(
					reply({ id: '1', payment_url: 'https://other.example/', payment_url_link: documented }),
				).checkoutUrl;
			expect(urlOf(link)).toBe(link);
			expect([null, '', 'javascript:alert(1)'].map(urlOf)).toEqual(
				Array(3).fill('https://other.example/'),
			);
		});
	});

	// The page with the answer could not be read, and Wait for Payment compares with this amount.
	it('that tells no amount or currency is about those that were sent, Extra Request Fields included', () => {
		const { body } = fixture('createTransaction.success');
		const sent = sentFor(
			eFundPay,
			order({ extraFields: { amount: 2500, currency: 'EUR' } }),
			credentials,
		);
		expect(
			[undefined, null].map((nothing) => {
				const answer = { ...(body as object), amount: nothing, currency: nothing };
				const { amount, currency } = eFundPay.checkout.result(reply(answer), sent);
				return { amount, currency };
			}),
		).toEqual(Array(2).fill({ amount: '25.00', currency: 'EUR' }));
	});

	it('without a link is an error with the status, the code and the answer, and the order may exist', () => {
		const answer = fixture('createTransaction.failed');
		const error = thrownBy(() => result({ ...answer, quoted: () => answer.text }));
		expect(error).toBeInstanceOf(CallFailure);
		expect(error).toMatchObject({
			mayHaveArrived: true,
			message: expect.stringContaining(
				'status authorization_failed, error_code missing_redirect_url',
			),
		});
		expect(error.message).toContain('"error_code":"missing_redirect_url"');
	});

	it('whose link is not https is an error, unless the API itself is reached over http', () => {
		const answer = reply({ id: '1', payment_url_link: 'http://pay.example/1' });
		expect(() => result(answer)).toThrow('no payment link');
		expect(
			result(answer, { ...credentials, environment: 'custom', baseUrl: 'http://127.0.0.1:4100/v4' })
				.checkoutUrl,
		).toBe('http://pay.example/1');
	});

	it.each(['javascript:alert(1)', '/relative', 'pay.efundpay.com/1'])(
		'whose link is %s is an error',
		(link) => {
			expect(() => result(reply({ id: '1', payment_url_link: link }))).toThrow('no payment link');
		},
	);

	it.each([{}, [], { status: 'processing' }])(
		'without an id (%j) is an error, and the order may exist',
		(body) => {
			expect(thrownBy(() => result(reply(body)))).toMatchObject({
				message: "EFundPay's answer holds no transaction id",
				mayHaveArrived: true,
			});
		},
	);
});

describe('a transaction', () => {
	it.each([
		['capture_succeeded', 'paid'],
		['authorization_succeeded', 'pending'],
		['buyer_approval_pending', 'open'],
		['processing', 'pending'],
		['authorization_failed', 'failed'],
		['authorization_void', 'canceled'],
		['buyer_approval_timeout', 'expired'],
		['refund_succeeded', 'refunded'],
		['refund_pending', 'unknown'],
		['CAPTURE_SUCCEEDED', 'unknown'],
		['captured', 'unknown'],
		['toString', 'unknown'],
		['', 'unknown'],
	])('in status "%s" is %s', (status, expected) => {
		expect(readTransaction({ id: '1', status }, credentials).status).toBe(expected);
	});

	it.each([
		['missing_redirect_url', 'missing_redirect_url'],
		[null, null],
		[undefined, null],
		['', null],
	])('with the error_code %p says why it failed: %p', (error_code, statusReason) => {
		expect(
			readTransaction({ id: '1', status: 'authorization_failed', error_code }, credentials),
		).toMatchObject({ status: 'failed', statusReason });
	});

	it('is looked up by its id', () => {
		expect(getTransactionCall('1f0c6a52', credentials)).toEqual({
			method: 'GET',
			url: 'https://api.efundpay.com/v4/transactions/1f0c6a52',
			retry: 'idempotent',
		});
	});

	it('that was looked up has no idempotency key, and its expiry though the seconds are text', () => {
		const found = readTransactionReply(fixture('getTransaction.success'), {
			credentials,
			call: getTransactionCall('1', credentials),
		});
		expect(found).toMatchObject({
			status: 'paid',
			amount: '20.50',
			expiresAt: '2026-03-15T02:05:00.000Z',
		});
		expect(found).not.toHaveProperty('idempotencyKey');
	});

	it('in a currency that is not in ISO 4217 has no amount rather than a wrong one', () => {
		expect(
			readTransaction({ id: '1', amount: 2050, currency: 'ABC' }, credentials).amount,
		).toBeNull();
	});

	it.each([
		['live', true],
		['test', false],
		['custom', null],
	] as const)('of the environment %s has livemode %s', (environment, livemode) => {
		expect(
			readTransaction(
				{ id: '1' },
				{ ...credentials, environment, baseUrl: 'https://proxy.example' },
			).livemode,
		).toBe(livemode);
	});
});

describe('Create Transaction', () => {
	it("posts a card with the two addresses inside the payment method, and the payer's IP address", () => {
		const call = createDirect({ browserInfo: { language: 'th' }, metadata: { table: 7 } });
		expect(call.headers).toMatchObject({
			'X-Forwarded-For': '203.0.113.195',
			'idempotency-key': expect.any(String),
		});
		expect(sent(call)).toEqual({
			amount: 2050,
			currency: 'USD',
			external_identifier: 'order-1',
			buyer: { display_name: 'Maria Gomez', email_address: 'maria@shop.example' },
			payment_method: {
				method: 'card',
				number: cardNumber,
				expiration_date: '08/29',
				security_code: '987',
				redirect_url: 'https://shop.example/thanks',
				webhooks_url: 'https://n8n.example/webhook/1/callback',
			},
			cart_items: [{ name: 'order-1', quantity: 1, unit_amount: 2050 }],
			metadata: { table: 7 },
			browser_info: { language: 'th' },
		});
	});

	it('repeats currency and country inside the payment method where that is asked for', () => {
		const repeatsInMethod = true;
		expect(sent(createDirect({ repeatsInMethod, country: 'th' }))).toMatchObject({
			currency: 'USD',
			country: 'TH',
			payment_method: { method: 'card', currency: 'USD', country: 'TH' },
		});
		expect(
			sent(
				createDirect({
					repeatsInMethod,
					paymentMethod: { kind: 'other', method: 'm', fields: { country: 'SG' } },
				}),
			),
		).toMatchObject({ payment_method: { method: 'm', currency: 'USD', country: 'SG' } });
	});

	it('posts another method by its name with its own fields', () => {
		const body = sent(
			createDirect({
				paymentMethod: {
					kind: 'other',
					method: 'a-method',
					fields: { country: 'TH', method: 'not this' },
				},
				successUrl: null,
			}),
		);
		expect(body.payment_method).toEqual({
			country: 'TH',
			method: 'a-method',
			webhooks_url: 'https://n8n.example/webhook/1/callback',
		});
	});

	it('knows both documented paths, with one idempotency key', () => {
		const first = createDirect();
		const second = atOtherPath(first, credentials);
		expect([first.url, second.url]).toEqual([
			'https://api.efundpay.com/v4/transactions/payments',
			'https://api.efundpay.com/v4/transactions',
		]);
		expect(key(second)).toBe(key(first));
	});

	it('names the card values as secrets of the call', () => {
		expect(createDirect().secrets).toEqual([cardNumber, '987']);
	});

	it('has an idempotency key through which the card number cannot be searched', () => {
		const others = createTransactionCall(transaction(), {
			...credentials,
			secretKey: 'sk_live_another_key',
		});
		expect(others.body).toBe(createDirect().body);
		expect(key(others)).not.toBe(key(createDirect()));
		expect(key(createDirect({ paymentMethod: { ...card, number: '4000123412341235' } }))).not.toBe(
			key(createDirect()),
		);
	});

	it.each<[string, Partial<EFundPayTransactionOrder>]>([
		['by card', {}],
		['by another method', { paymentMethod: { kind: 'other', method: 'm', fields: {} } }],
	])('%s has another idempotency key with another buyer IP, which is sent too', (_case, more) => {
		expect(key(createDirect({ ...more, buyerIp: '203.0.113.196' }))).not.toBe(
			key(createDirect(more)),
		);
	});

	it.each<[string, Partial<EFundPayTransactionOrder>, RegExp]>([
		[
			'a card number of 11 digits',
			{ paymentMethod: { ...card, number: '40001234123' } },
			/'Card Number'/,
		],
		[
			'letters in the card number',
			{ paymentMethod: { ...card, number: '4000x2341234x234' } },
			/'Card Number'/,
		],
		[
			'a month 13',
			{ paymentMethod: { ...card, expirationDate: '13/29' } },
			/'Card Expiration Date'/,
		],
		[
			'a year of four digits',
			{ paymentMethod: { ...card, expirationDate: '08/2029' } },
			/'Card Expiration Date'/,
		],
		[
			'a security code of two digits',
			{ paymentMethod: { ...card, securityCode: '98' } },
			/'Card Security Code'/,
		],
		['no IP address', { buyerIp: '' }, /'Buyer IP' is empty/],
		['a host name as IP address', { buyerIp: 'shop.example' }, /'Buyer IP' "shop.example"/],
		['an IP address with a number over 255', { buyerIp: '203.0.113.256' }, /'Buyer IP'/],
		['two IP addresses', { buyerIp: '203.0.113.1, 203.0.113.2' }, /'Buyer IP'/],
		['a line break in the IP address', { buyerIp: '203.0.113.1\r\nx: y' }, /'Buyer IP'/],
		[
			'another method without a buyer',
			{
				paymentMethod: { kind: 'other', method: 'm', fields: {} },
				buyer: { name: null, email: null, more: {} },
			},
			/'Buyer Name'/,
		],
	])('refuses %s', (_case, more, words) => {
		const { message } = thrownBy(() => createDirect(more));
		expect(message).toMatch(words);
		expect(message).not.toMatch(/40001234|4000x/);
	});

	it('takes an IPv6 address', () => {
		expect(createDirect({ buyerIp: '2001:db8::1' }).headers?.['X-Forwarded-For']).toBe(
			'2001:db8::1',
		);
	});

	it('takes a card out of an answer that holds it', () => {
		const answer = {
			payment_method: { number: cardNumber, security_code: '987', details: { bin: '400012' } },
			notes: [`card ${cardNumber}`, 9871],
			amount: 2050,
		};
		expect(withoutCard(answer, createDirect())).toEqual({
			payment_method: { number: '***', security_code: '***', details: { bin: '400012' } },
			notes: ['card ***', 9871],
			amount: 2050,
		});
	});
});

describe('lists', () => {
	it('are asked for with the filters that are given, times in UTC', () => {
		const filters = {
			createdAfter: new Date('2026-03-15T00:00:00+08:00'),
			status: 'capture_succeeded',
			method: 'card',
			scheme: 'visa',
			paymentId: 'a b',
		};
		expect(listTransactionsCall(filters, 20, 'b3Bh+cXVl', credentials).url).toBe(
			'https://api.efundpay.com/v4/transactions?cursor=b3Bh%2BcXVl&limit=20&created_at_gte=2026-03-14T16%3A00%3A00.000Z&id=a%20b&method=card&payment_method_scheme=visa&status=capture_succeeded',
		);
	});

	it('begin without a cursor', () => {
		expect(listRefundsCall('transaction-1', 100, null, credentials).url).toBe(
			'https://api.efundpay.com/v4/transactions/transaction-1/refunds?limit=100',
		);
	});

	it('hand the next cursor on as it came', () => {
		expect(readPage(fixture('listTransactions.firstPage'))).toMatchObject({
			items: [{ external_identifier: 'order-1' }],
			next: 'b3BhcXVl',
		});
		expect(readPage(reply({ items: [], next_cursor: null })).next).toBeNull();
	});

	it('that are none are an error', () => {
		expect(() => readPage(reply({ message: 'fine' }))).toThrow('holds no list');
	});
});

describe('a refund', () => {
	it('is posted to its transaction, and never repeated blindly', () => {
		const call = createRefundCall(
			refundOrder({
				bankDetail: { bankCode: '004', accountName: 'Maria Gomez', accountNumber: '0012345678' },
				extraFields: { note: 1 },
			}),
			credentials,
		);
		expect(call).toMatchObject({
			method: 'POST',
			url: 'https://api.efundpay.com/v4/transactions/transaction-1/refunds',
			retry: 'never',
			howToFindOut: expect.stringContaining('Refund: Get Many'),
		});
		expect(call.headers).not.toHaveProperty('idempotency-key');
		expect(sent(call)).toEqual({
			amount: 500,
			currency: 'USD',
			reason: 'Goods returned',
			external_identifier: 'refund-1',
			webhooks_url: 'https://n8n.example/webhook/1/callback',
			bank_detail: {
				bank_code: '004',
				bank_account_name: 'Maria Gomez',
				bank_account_no: '0012345678',
			},
			note: 1,
		});
	});

	it('may be as small as one of the smallest unit, and exact beyond what a number holds', () => {
		expect(sent(createRefundCall(refundOrder({ amount: '0.01' }), credentials)).amount).toBe(1);
		expect(
			createRefundCall(
				refundOrder({ amount: '9007199254740993', amountUnit: 'smallest' }),
				credentials,
			).body,
		).toContain('"amount":9007199254740993,');
	});

	it.each<[string, Partial<EFundPayRefundOrder>, RegExp]>([
		['a reference of 51 characters', { reference: 'r'.repeat(51) }, /'Refund Reference'.*50/],
		['no reference', { reference: '' }, /'Refund Reference' is empty/],
		[
			'a reference with the sign that joins signed values',
			{ reference: 'a&b' },
			/'Refund Reference'/,
		],
		['no reason', { reason: '' }, /'Reason' is empty/],
		['a reason of 256 characters', { reason: 'r'.repeat(256) }, /'Reason' is longer than 255/],
		['no transaction', { paymentId: '' }, /'Payment ID' is empty/],
		['a currency that is a word', { currency: 'dollar' }, /'Currency'/],
		[
			'a bank code of two digits',
			{ bankDetail: { bankCode: '04', accountName: 'M', accountNumber: '1' } },
			/'Bank Code'/,
		],
		[
			'a bank account without a name',
			{ bankDetail: { bankCode: '004', accountName: '', accountNumber: '1' } },
			/'Bank Account Name'/,
		],
		[
			'dashes in a bank account number',
			{ bankDetail: { bankCode: '004', accountName: 'M', accountNumber: '1-2' } },
			/'Bank Account Number'/,
		],
	])('refuses %s', (_case, more, words) => {
		expect(() => createRefundCall(refundOrder(more), credentials)).toThrow(words);
	});

	it('is read with both references', () => {
		expect(
			readRefundReply(fixture('createRefund.success'), { call: getRefundCall('1', credentials) }),
		).toEqual({
			provider: 'efundpay',
			refundId: '9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d',
			paymentId: '1f0c6a52-3f43-4f83-9d0a-7b1c2d3e4f50',
			reference: 'refund-1',
			paymentReference: 'order-1',
			status: 'pending',
			providerStatus: 'processing',
			amount: '5.00',
			currency: 'USD',
		});
	});

	it.each([
		['processing', 'pending'],
		['succeeded', 'succeeded'],
		['failed', 'failed'],
		['declined', 'failed'],
		['voided', 'canceled'],
		['authorization_succeeded', 'unknown'],
		['constructor', 'unknown'],
	])('in status "%s" is %s', (status, expected) => {
		expect(readRefund({ id: '1', status }).status).toBe(expected);
	});

	it('whose answer has no id may exist', () => {
		expect(
			thrownBy(() =>
				readRefundReply(reply({}), { call: createRefundCall(refundOrder(), credentials) }),
			),
		).toMatchObject({ message: "EFundPay's answer holds no refund id", mayHaveArrived: true });
	});
});

describe('a refusal', () => {
	it.each([
		[{ message: 'Invalid currency' }, 'Invalid currency'],
		[
			{ message: 'Invalid currency', code: 'bad_request', error_code: 42 },
			'Invalid currency (bad_request, 42)',
		],
		[{ detail: { currency: 'wrong' } }, '{"detail":{"currency":"wrong"}}'],
	])('%j is told in its own words', (body, words) => {
		expect(eFundPay.failure(reply(body, 400), credentials)).toEqual({ message: words });
	});

	it.each([401, 403])('with status %d says where to look', (status) => {
		expect(eFundPay.failure(reply({ message: 'no' }, status), credentials)?.advice).toContain(
			"'Secret Key' and 'Merchant Account ID'",
		);
	});

	it('is not seen in a 200, nor in what is not JSON', () => {
		expect(eFundPay.failure(fixture('createTransaction.failed'), credentials)).toBeUndefined();
		expect(eFundPay.failure(reply('<html>', 502), credentials)).toBeUndefined();
	});
});

describe('a callback', () => {
	const verdict = (received = callback(payment), more: Partial<EFundPayCredentials> = {}) =>
		eFundPay.callback.verify(received, { ...credentials, ...more });
	const reason = (received = callback(payment), more: Partial<EFundPayCredentials> = {}) => {
		const judged = verdict(received, more);
		return judged.genuine
			? (judged.unreadable?.message ?? 'taken')
			: `${judged.message} ${judged.hint ?? ''}`;
	};

	it('that is genuine is taken with what was signed', () => {
		expect(verdict()).toEqual({ genuine: true, payload: payment });
		expect(verdict(callback(refund))).toEqual({ genuine: true, payload: refund });
	});

	it.each([
		['is missing', ''],
		['is blank', '   '],
		['is not base64', 'not base64'],
		['is cut in half', sign(textOf(payment)).slice(0, 172)],
		['belongs to another body', sign(textOf(refund))],
		["is a stranger's", sign(textOf(payment), { key: stranger.privateKey })],
		['is one of the raw body', sign(JSON.stringify(payment))],
		['is one with SHA-256', sign(textOf(payment), { hash: 'RSA-SHA256' })],
	])('is refused when its signature %s', (_case, signature) => {
		expect(verdict(callback(payment, signature)).genuine).toBe(false);
	});

	it('is taken when one of several signatures is good', () => {
		expect(
			verdict(callback(payment, `${sign(textOf(refund))}, ${sign(textOf(payment))},AAAA`)).genuine,
		).toBe(true);
	});

	it.each([1024, 2047, 3072])('is taken with a platform key of %d bits', (modulusLength) => {
		const keys = generateKeyPairSync('rsa', { modulusLength });
		expect(
			verdict(callback(payment, sign(textOf(payment), { key: keys.privateKey })), {
				platformPublicKey: pem(keys.publicKey),
			}).genuine,
		).toBe(true);
	});

	describe('that anybody can send cannot keep n8n busy', () => {
		const verify = jest.spyOn(crypto, 'verify');
		beforeEach(() => verify.mockClear());
		afterAll(() => verify.mockRestore());

		it.each([
			['commas', ','.repeat(15_000)],
			['short signatures', 'AAAA,'.repeat(3_000)],
			[
				'signatures of another length',
				Array(60).fill(Buffer.alloc(128).toString('base64')).join(','),
			],
		])('with %s for signatures: none is tried', (_case, signature) => {
			expect(verdict(callback(payment, signature)).genuine).toBe(false);
			expect(verify).not.toHaveBeenCalled();
		});

		it('with many signatures: five are tried', () => {
			expect(verdict(callback(payment, Array(45).fill(sign('other')).join(','))).genuine).toBe(
				false,
			);
			expect(verify.mock.calls.length).toBeLessThanOrEqual(5);
		});
	});

	it.each([
		[
			'an amount',
			{ ...payment, payment_data: { ...payment.payment_data, payment_amount: '2050.00' } },
		],
		['a status', { ...payment, payment_data: { ...payment.payment_data, payment_status: 'PP' } }],
		['a reference', { ...payment, merchant_transaction_id: 'order-2' }],
		['a field more', { ...payment, customer: 'x' }],
	])('is refused when %s was changed', (_case, body) => {
		expect(verdict(callback(body, sign(textOf(payment)))).genuine).toBe(false);
	});

	it.each([
		['empty', ''],
		['not JSON', '{"ll_transaction_id":'],
		['a list', '[]'],
		['deeper than any callback', `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`],
	])('is refused when its body is %s', (_case, body) => {
		expect(
			reason({ headers: { signature: sign(textOf(payment)) }, rawBody: Buffer.from(body) }),
		).toContain('not a JSON object');
	});

	it('is refused when its body is not UTF-8', () => {
		expect(
			verdict({
				headers: { signature: sign(textOf(payment)) },
				rawBody: Buffer.from([0x7b, 0xff, 0x7d]),
			}).genuine,
		).toBe(false);
	});

	it('is refused without a key, and with one that is none', () => {
		expect(reason(callback(payment), { platformPublicKey: '' })).toContain('no secret');
		expect(reason(callback(payment), { platformPublicKey: 'abc' })).toContain(
			'not an RSA public key',
		);
	});

	it('is taken with the previous key while keys are changed', () => {
		const rotated = {
			platformPublicKey: pem(stranger.publicKey),
			platformPublicKeyPrevious: bareBase64(platform.publicKey),
		};
		expect(verdict(callback(payment), rotated).genuine).toBe(true);
		expect(verdict(callback(payment), { platformPublicKey: pem(stranger.publicKey) }).genuine).toBe(
			false,
		);
	});

	it('is judged by the raw body when that is set', () => {
		const received = callback(payment, sign(JSON.stringify(payment)));
		const rawBody = { otherSettings: true, signedText: 'rawBody' } as const;
		expect(verdict(received, rawBody).genuine).toBe(true);
		expect(verdict(received, { ...rawBody, otherSettings: false }).genuine).toBe(false);
		expect(
			verdict({ ...received, rawBody: Buffer.from(`${JSON.stringify(payment)} `) }, rawBody)
				.genuine,
		).toBe(false);
	});

	it('of numbers is signed as they were written', () => {
		const body = JSON.stringify(refund).replaceAll(':500', ':5.50');
		const received = callback(body, sign(textOf(refund).replaceAll('=500', '=5.50')));
		expect(verdict(received)).toMatchObject({
			genuine: true,
			payload: { refund_data: { refund_amount: '5.50' } },
		});
	});

	it('with a key twice is judged and passed on by the last one', () => {
		const body = JSON.stringify(payment).replace(
			'"payment_amount":"20.50"',
			'"payment_amount":"1.00","payment_amount":"20.50"',
		);
		expect(verdict(callback(body))).toMatchObject({
			genuine: true,
			payload: { payment_data: { payment_amount: '20.50' } },
		});
		const swapped = JSON.stringify(payment).replace(
			'"payment_amount":"20.50"',
			'"payment_amount":"20.50","payment_amount":"1.00"',
		);
		expect(verdict(callback(swapped, sign(textOf(payment)))).genuine).toBe(false);
	});

	it('loses what the signature does not cover', () => {
		const body = {
			...payment,
			note: null,
			extra: ['unsigned'],
			nothing: { inside: [] },
			payment_data: { ...payment.payment_data, card_no: null },
		};
		expect(verdict(callback(body, sign(textOf(payment))))).toEqual({
			genuine: true,
			payload: payment,
		});
	});

	describe('whose signature is good but whose content was rearranged says no more than what was signed', () => {
		const { payment_data: data, ...ids } = payment;
		it.each<[string, object]>([
			[
				'with two ids folded into one',
				{
					ll_transaction_id: `${ids.ll_transaction_id}&merchant_transaction_id=${ids.merchant_transaction_id}`,
					payment_data: data,
				},
			],
			['with its ids in an object of their own', { ids, payment_data: data }],
			['with another name for the nested part', { ...ids, payment_dato: data }],
			['with its nested part in a list', { ...ids, payment_data: [data] }],
			[
				'with both kinds of nested part',
				{
					...ids,
					payment_data: {
						...data,
						settlement_amount: undefined,
						settlement_currency_code: undefined,
					},
					refund_data: {
						settlement_amount: data.settlement_amount,
						settlement_currency_code: data.settlement_currency_code,
					},
				},
			],
			[
				'with the status folded into the currency',
				{
					...ids,
					payment_data: {
						...data,
						payment_currency_code: 'USD&payment_status=PS',
						payment_status: undefined,
					},
				},
			],
			[
				'with a field folded into the one before it',
				{
					...ids,
					payment_data: {
						...data,
						account_date: `${data.account_date}&exchange_rate=${data.exchange_rate}`,
						exchange_rate: undefined,
					},
				},
			],
			[
				'with fields moved out of their nested part',
				{
					...ids,
					payment_data: {
						...data,
						settlement_amount: undefined,
						settlement_currency_code: undefined,
					},
					settlement_amount: data.settlement_amount,
					settlement_currency_code: data.settlement_currency_code,
				},
			],
			[
				'with fields in another nested part',
				{
					...ids,
					payment_data: {
						...data,
						settlement_amount: undefined,
						settlement_currency_code: undefined,
						settled: {
							settlement_amount: data.settlement_amount,
							settlement_currency_code: data.settlement_currency_code,
						},
					},
				},
			],
		])('%s', (_case, body) => {
			const judged = verdict(callback(body, sign(textOf(payment))));
			expect(judged).toEqual({
				genuine: true,
				payload: { signed_text: textOf(payment) },
				unreadable: { code: expect.any(String) as string, message: expect.any(String) as string },
			});
			expect(
				judged.genuine && eFundPay.callback.parseEvent(judged.payload, credentials),
			).toMatchObject({ event: 'unknown', reference: null, amount: null });
		});
	});

	it.each<[string, object]>([
		['an ID', { ...payment, ll_transaction_id: 2026031500112233 }],
		['an amount', { ...payment, payment_data: { ...payment.payment_data, payment_amount: 20.5 } }],
	])('is taken with %s that is a number: that is the same signed text', (_case, body) => {
		expect(verdict(callback(body))).toEqual({ genuine: true, payload: body });
	});

	const notices = {
		'of a failure without amount, currency and time': {
			...payment,
			payment_data: { payment_status: 'PF', account_date: '20260315' },
		},
		'of a cancellation without an ID': {
			merchant_transaction_id: payment.merchant_transaction_id,
			payment_data: { payment_status: 'PC' },
		},
		'of a refund that is pending and names no payment': {
			ll_transaction_id: refund.ll_transaction_id,
			merchant_transaction_id: refund.merchant_transaction_id,
			refund_data: { refund_status: 'RP', refund_amount: 500 },
		},
	};
	it.each(Object.entries(notices))(
		'%s is taken, although it lacks documented fields',
		(_case, body) => {
			expect(verdict(callback(body))).toEqual({ genuine: true, payload: body });
		},
	);

	it('of a failure is about no other order than the one that was signed', () => {
		const failed = {
			...payment,
			payment_data: { payment_status: 'PF', memo: 'x&merchant_transaction_id=order-9' },
		};
		const text = canonicalText(failed);
		const { ll_transaction_id, merchant_transaction_id } = payment;
		const forged = {
			a: { ll_transaction_id, merchant_transaction_id },
			b: { memo: 'x' },
			merchant_transaction_id: 'order-9',
			payment_data: { payment_status: 'PF' },
		};
		expect(canonicalText(forged)).toBe(text);
		expect(reason(callback(forged, sign(text)))).toContain('is not where it belongs');
	});

	it.each(['PS', 'RS'])(
		'whose signed text says %s keeps every check, whatever status is read',
		(word) => {
			const body = {
				...payment,
				payment_data: { payment_status: 'PF', memo: `x&refund_status=${word}` },
			};
			expect(reason(callback(body, sign(canonicalText(body))))).toContain('malformed');
		},
	);

	describe('over the raw body', () => {
		const rawBody = {
			...credentials,
			otherSettings: true,
			signedText: 'rawBody' as const,
		};
		const judged = (body: object) => {
			const text = JSON.stringify(body);
			return eFundPay.callback.verify(callback(text, sign(text)), rawBody);
		};

		it('is taken whatever fields it has: the bytes are what was signed', () => {
			const body = {
				payment_data: { payment_status: 'PS', settlement_amount: 1 },
				settlement_amount: 2,
			};
			expect(judged(body)).toEqual({ genuine: true, payload: body });
		});

		it('is unknown when it holds a payment and a refund: nobody can say which one is meant', () => {
			expect(judged({ ...payment, refund_data: refund.refund_data })).toMatchObject({
				unreadable: { code: 'unknown_kind' },
			});
		});
	});

	it('may repeat a field somewhere, as long as it says the same', () => {
		const repeated = {
			...payment,
			payment_data: { ...payment.payment_data, ll_transaction_id: payment.ll_transaction_id },
			settlement_amount: '20.50',
		};
		expect(verdict(callback(repeated)).genuine).toBe(true);
		expect(reason(callback({ ...repeated, settlement_amount: '20.51' }))).toContain(
			'settlement_amount is not where it belongs',
		);
	});

	it.each([
		['an address with two parameters', { payment_url: 'https://pay.efundpay.com/p?id=1&lang=en' }],
		[
			'an address that names the reference again',
			{ payment_url: 'https://pay.efundpay.com/p?id=1&merchant_transaction_id=order-1' },
		],
		['the words of a customer', { customer_data: { memo: 'Tom & Jerry: a&b=c' } }],
		['a reason of their own', { customer_data: { reason: 'gift' } }],
		['a name that looks like two fields', { customer_data: { 'a=b&c': 'd' } }],
	])(
		'with fields that no page describes, %s, is taken: the payment must be counted',
		(_case, more) => {
			const body = { ...payment, ...more };
			expect(verdict(callback(body, sign(canonicalText(body))))).toEqual({
				genuine: true,
				payload: body,
			});
		},
	);

	const withReason = (reason: string, rest: object = {}) => ({
		...refund,
		refund_data: { ...refund.refund_data, reason, ...rest },
	});

	it('of a refund may have any words in its reason, but no field of the callback', () => {
		const url = withReason('see https://shop.example/?a=1&b=2');
		expect(verdict(callback(url)).genuine).toBe(true);
		const folded = withReason(
			`${refund.refund_data.reason}&refund_amount=${refund.refund_data.refund_amount}`,
			{ refund_amount: undefined },
		);
		expect(reason(callback(folded, sign(textOf(refund))))).toContain(
			'refund_amount is not where it belongs',
		);
	});

	describe('of a refund whose reason holds a payment is not turned into that payment', () => {
		const wanted = {
			payment_amount: '999.00',
			payment_currency_code: 'USD',
			payment_status: 'PS',
			payment_time: '20260315101112',
		};
		const otherIds = { ll_transaction_id: '2026999', merchant_transaction_id: 'order-expensive' };
		const pairsOf = (fields: object) =>
			Object.entries(fields)
				.map(([name, value]) => `${name}=${String(value)}`)
				.join('&');
		/** The fields from the first to the last of these names, in the order of the signed text. */
		const cut = (text: string, from: string, to?: string) =>
			text.slice(text.indexOf(from), to === undefined ? undefined : text.indexOf(to) - 1);
		const fields = (text: string) =>
			Object.fromEntries(text.split('&').map((pair) => pair.split('=') as [string, string]));
		const hidden = (text: string) => ({
			[text.slice(0, text.lastIndexOf('='))]: text.slice(text.lastIndexOf('=') + 1),
		});
		/** All that a refund holds, so that each field stands in its place once. */
		const everyField = {
			account_date: '1',
			actual_refund_amount: '1',
			actual_refund_currency_code: 'USD',
			...wanted,
			reason: 'q',
			refund_amount: '1',
			refund_currency_code: 'USD',
			refund_status: 'RS',
			refund_time: '1',
			settlement_currency_code: 'USD',
		};

		it.each<[string, object, (text: string) => object]>([
			[
				'with the rest of the text in the name of a field',
				withReason(`late&${pairsOf({ ...otherIds, ...wanted })}`),
				(text) => ({
					a: hidden(cut(text, 'll_transaction_id', 'll_transaction_id=2026999')),
					...otherIds,
					payment_data: wanted,
					z: hidden(text.slice(text.indexOf('&refund_amount=') + 1)),
				}),
			],
			[
				'with the rest of the text in other objects',
				withReason(`late&${pairsOf({ ...otherIds, original_transaction_id: 'x', ...everyField })}`),
				(text) => {
					const own = cut(text, 'll_transaction_id', 'll_transaction_id=2026999');
					return {
						a: {
							a: fields(cut(own, 'll_transaction_id', 'account_date')),
							b: fields(cut(own, 'account_date')),
						},
						...otherIds,
						original_transaction_id: 'x',
						payment_data: everyField,
						z: fields(text.slice(text.lastIndexOf('&refund_amount=') + 1)),
					};
				},
			],
			[
				'with the ids of the refund',
				withReason(`late&${pairsOf({ ...wanted, reason: 'q' })}`),
				(text) => ({
					...fields(cut(text, 'll_transaction_id', 'account_date')),
					payment_data: {
						...fields(cut(text, 'account_date', 'reason')),
						b: { reason: 'late' },
						...wanted,
						reason: 'q',
						...fields(text.slice(text.indexOf('&refund_amount=') + 1)),
					},
				}),
			],
		])('%s', (_case, genuine, forge) => {
			const text = canonicalText(genuine as Record<string, unknown>);
			const forged = forge(text);
			expect(canonicalText(forged as Record<string, unknown>)).toBe(text);
			expect(reason(callback(forged, sign(text)))).toContain('is not where it belongs');
		});
	});

	it.each([
		['payment_amount', 'twenty'],
		['payment_amount', '1,299.00'],
		['payment_amount', ''],
		['payment_currency_code', ''],
	])('with %s "%s" is no payment although it is signed', (name, value) => {
		expect(
			reason(callback({ ...payment, payment_data: { ...payment.payment_data, [name]: value } })),
		).toContain(`${name} is missing or malformed`);
	});

	it('never tells key or content in its reason', () => {
		const told = reason(
			callback(
				{ ...payment, payment_data: { ...payment.payment_data, payment_amount: '99.99' } },
				sign(textOf(payment)),
			),
		);
		expect(told).not.toMatch(/99\.99|order-1|MII/);
	});

	it('is acknowledged in the words of the page', () => {
		expect(eFundPay.callback.acknowledgement(credentials)).toEqual({
			status: 200,
			contentType: 'application/json; charset=utf-8',
			body: '{"code":"200","message":"SUCCESS"}',
		});
	});
});

describe('the event of a callback', () => {
	const event = (
		payload: Record<string, unknown>,
		headers: Record<string, string> = { timezone: 'Asia/Shanghai' },
	) => eFundPay.callback.parseEvent(payload, credentials, { headers });

	it('without an id is not taken for a copy of another one', () => {
		const id = (note: string) => event({ note }).eventId;
		expect(id('one')).not.toBe(id('two'));
		expect(id('one')).toBe(id('one'));
	});

	it('of a payment', () => {
		expect(event(payment)).toEqual({
			provider: 'efundpay',
			event: 'payment.succeeded',
			eventId: '2026031500112233:PS',
			checkoutId: null,
			paymentId: null,
			reference: 'order-1',
			status: 'paid',
			providerStatus: 'PS',
			statusReason: null,
			amount: '20.50',
			currency: 'USD',
			livemode: null,
			occurredAt: '2026-03-15T02:11:12.000Z',
			raw: payment,
		});
	});

	it("of a refund names the payment's reference, and no amount, since nobody documents its unit", () => {
		expect(event(refund)).toMatchObject({
			event: 'refund.succeeded',
			eventId: '2026031600445566:RS',
			reference: 'order-1',
			status: 'refunded',
			amount: null,
			currency: 'USD',
			occurredAt: '2026-03-16T01:08:07.000Z',
		});
	});

	it.each([
		['PF', 'payment.failed', 'failed'],
		['PC', 'payment.canceled', 'canceled'],
		['WP', 'payment.pending', 'pending'],
		['PP', 'payment.pending', 'pending'],
		['CB', 'dispute.updated', 'unknown'],
		['ps', 'unknown', 'unknown'],
		['RS', 'unknown', 'unknown'],
		['PR', 'unknown', 'unknown'],
		['PAID', 'unknown', 'unknown'],
		['constructor', 'unknown', 'unknown'],
	])('of a payment in status %s is %s', (payment_status, name, status) => {
		expect(
			event({ ...payment, payment_data: { ...payment.payment_data, payment_status } }),
		).toMatchObject({ event: name, status, providerStatus: payment_status });
	});

	it.each([
		['RP', 'refund.pending', 'pending'],
		['PR', 'refund.pending', 'pending'],
		['CB', 'dispute.updated', 'unknown'],
		['PS', 'unknown', 'unknown'],
	])('of a refund in status %s is %s', (refund_status, name, status) => {
		expect(
			event({ ...refund, refund_data: { ...refund.refund_data, refund_status } }),
		).toMatchObject({ event: name, status, amount: null });
	});

	describe('has the amount', () => {
		const amountOf = (
			payment_amount: unknown,
			{ payment_currency_code = 'USD', ...chosen }: Record<string, unknown> = {},
		) =>
			eFundPay.callback.parseEvent(
				{
					...payment,
					payment_data: { ...payment.payment_data, payment_amount, payment_currency_code },
				},
				{ ...credentials, ...chosen },
			).amount;
		const smallest = { otherSettings: true, callbackAmounts: 'smallest' };
		const major = { otherSettings: true, callbackAmounts: 'major' };

		it.each<[string, unknown, Record<string, unknown>, string | null]>([
			['of a text, as the page shows it', '20.50', {}, '20.50'],
			['of a text without decimals', '20', {}, '20'],
			['of a number with decimals', 20.5, {}, '20.5'],
			[
				'of a number in a currency without decimals',
				1250,
				{ payment_currency_code: 'JPY' },
				'1250',
			],
			['of no number that may be 12.99 or 1299', 1299, {}, null],
			[
				'of no number in a currency that nobody knows',
				1299,
				{ payment_currency_code: 'XQQ' },
				null,
			],
			['of a number in the smallest unit, where the credential says so', 1299, smallest, '12.99'],
			['of a text in the smallest unit, where the credential says so', '1299', smallest, '12.99'],
			['of no decimals, where the credential says smallest unit', '12.99', smallest, null],
			['of a number in major units, where the credential says so', 1299, major, '1299'],
			[
				'of no number while the other settings are off',
				1299,
				{ ...smallest, otherSettings: false },
				null,
			],
			['of no word', 'twenty', {}, null],
			['of nothing that is below zero', -5, major, null],
		])('%s', (_case, value, chosen, amount) => {
			expect(amountOf(value, chosen)).toBe(amount);
		});
	});

	it.each([
		['the zone is not told', { ...payment }, {}],
		['the zone does not exist', { ...payment }, { timezone: 'Mars/Olympus' }],
		[
			'the time does not exist',
			{ ...payment, payment_data: { ...payment.payment_data, payment_time: '20260230101112' } },
			{ timezone: 'Asia/Shanghai' },
		],
		[
			'the time is a word',
			{ ...payment, payment_data: { ...payment.payment_data, payment_time: 'today' } },
			{ timezone: 'Asia/Shanghai' },
		],
	])('has no time when %s', (_case, payload, headers) => {
		expect(event(payload, headers as Record<string, string>).occurredAt).toBeNull();
	});
});

describe('the platform public key', () => {
	const problem = (platformPublicKey: string, platformPublicKeyPrevious = '') =>
		eFundPay.callback.setupProblem({
			...credentials,
			platformPublicKey,
			platformPublicKeyPrevious,
		});
	const text = pem(platform.publicKey);
	const rsaPem = platform.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString();

	it.each([
		['PEM', text],
		['PEM on one line', text.replaceAll('\n', '')],
		['PEM with blanks for line ends', text.replaceAll('\n', ' ')],
		['PEM with written-out line ends', text.trim().replaceAll('\n', '\\n')],
		['PEM of Windows', text.replaceAll('\n', '\r\n')],
		['PEM with all of its line ends written out', text.replaceAll('\n', '\\n')],
		['PEM of Windows with all of its line ends written out', text.replaceAll('\n', '\\r\\n')],
		['PEM as it stands in JSON', JSON.stringify(text)],
		['PKCS#1', rsaPem],
		['PKCS#1 with all of its line ends written out', rsaPem.replaceAll('\n', '\\n')],
		['the bare base64 of PKCS#1', rsaPem.replace(/-----[^-]*-----|\n/g, '')],
		['bare base64', bareBase64(platform.publicKey)],
		['bare base64 in lines', bareBase64(platform.publicKey).replace(/.{64}/g, '$&\n')],
	])('is read as %s, and proves a callback', (_case, key) => {
		expect(problem(key)).toBeUndefined();
		expect(
			eFundPay.callback.verify(callback(payment), { ...credentials, platformPublicKey: key })
				.genuine,
		).toBe(true);
	});

	it.each([
		['missing', '', /is empty/],
		['a word', 'public key', /not an RSA public key/],
		['cut off', text.slice(0, 200), /not an RSA public key/],
		[
			'a private key',
			platform.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
			/not an RSA public key/,
		],
		...(['pkcs1', 'pkcs8'] as const).map((type): [string, string, RegExp] => [
			`the bare base64 of a private key in ${type}`,
			platform.privateKey.export({ type, format: 'der' }).toString('base64'),
			/not an RSA public key/,
		]),
		[
			'not RSA',
			pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey),
			/not an RSA public key/,
		],
	])('that is %s is reported by its field', (_case, key, words) => {
		expect(problem(key)).toMatch(words);
		expect(problem(key)).toContain("'Platform Public Key'");
	});

	it('that was the previous one is checked too', () => {
		expect(problem(text, 'abc')).toContain("'Previous Platform Public Key'");
	});
});
