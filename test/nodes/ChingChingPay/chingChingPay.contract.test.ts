import { createHmac } from 'node:crypto';
import {
	chingChingPay,
	getPaymentCall,
	getTransactionCall,
	readPayment,
	readQueried,
	saysUnknownTransaction,
	type ChingChingPayCredentials,
} from '../../../nodes/ChingChingPay/chingChingPay.contract';
import { CallFailure } from '../../../nodes/shared/core/callFailure';
import type { AskedFor, HttpCall, PaymentEventData } from '../../../nodes/shared/core/contract';
import { hasCallbackTag } from '../../../nodes/shared/core/callbackTag';
import { InputError } from '../../../nodes/shared/core/inputError';
import { answered, credentials, order, received, reply, sentBody } from './support';
import {
	downloadSettlementCall,
	listSettlementsCall,
	readSettlements,
} from '../../../nodes/ChingChingPay/chingChingPay.settlements';
import {
	readRefund,
	createRefundCall,
	type ChingChingPayRefundOrder,
} from '../../../nodes/ChingChingPay/chingChingPay.refunds';
import { chingChingPayLink } from '../../../nodes/ChingChingPay/chingChingPay.links';
import { sentFor } from '../shared/support/sent';

const stamp = { now: new Date(0), nonce: '' };
const post = (body: string): HttpCall => ({
	method: 'POST',
	url: 'https://gateway.example/gateway/api/v1/payments/checkout',
	body,
	retry: 'never',
});
const signatureOf = (call: HttpCall, more: Parameters<typeof credentials>[0] = {}) =>
	chingChingPay.authHeaders(credentials(more), call, stamp)['x-signature'];
const hmac = (text: string, key = 'signing-secret-of-the-test') =>
	createHmac('sha256', key).update(text).digest('hex');

describe('the signature of a request', () => {
	it('covers the exact body', () => {
		expect(signatureOf(post('{ "b": 1,"a": "é" }'))).toBe(hmac('{ "b": 1,"a": "é" }'));
	});

	it('covers the empty text where there is no body', () => {
		expect(
			signatureOf({ method: 'GET', url: 'https://gateway.example/x?page=1', retry: 'idempotent' }),
		).toBe(hmac(''));
	});

	it('can be made with the API key', () => {
		expect(signatureOf(post('{}'), { requestKeySource: 'apiKey' })).toBe(
			hmac('{}', 'api-key-of-the-test'),
		);
	});

	it.each([
		['sorts the fields by their names', '{"b":"2","a":"1"}', 'a=1&b=2'],
		['sorts capitals before small letters, as bytes are', '{"b":"2","B":"1"}', 'B=1&b=2'],
		['leaves empty fields out', '{"a":"","b":null,"c":"3"}', 'c=3'],
		['keeps zero and false', '{"a":0,"b":false}', 'a=0&b=false'],
		[
			'writes numbers as they stand in the body',
			'{"a":1.0,"b":12345678901234567890}',
			'a=1.0&b=12345678901234567890',
		],
		['writes objects as compact JSON', '{"a": { "x": 1 }}', 'a={"x":1}'],
		['takes a body that is no object as it is', '[1, 2]', '[1, 2]'],
	])('of sorted pairs %s', (_case, body, text) => {
		expect(signatureOf(post(body), { requestSignedText: 'sortedPairs' })).toBe(hmac(text));
	});

	it('of sorted pairs covers the query where there is no body', () => {
		const call: HttpCall = {
			method: 'GET',
			url: 'https://gateway.example/x?page=1&is_transferred=&a=%E9%A6%99',
			retry: 'idempotent',
		};
		expect(signatureOf(call, { requestSignedText: 'sortedPairs' })).toBe(hmac('a=香&page=1'));
	});
});

describe('the credential', () => {
	it.each([
		['without an API key', { apiKey: '' }, /'API Key'/],
		['without a signing secret', { signingSecret: '' }, /'Signing Secret'/],
		[
			'that signs with the API key, without it',
			{ requestKeySource: 'apiKey' as const, apiKey: '' },
			/'API Key'/,
		],
	])('%s is refused, for requests and for callbacks', (_case, fields, words) => {
		expect(chingChingPay.credentialProblem?.(credentials(fields))).toMatch(words);
		expect(chingChingPay.callback.setupProblem(credentials(fields))).toMatch(words);
	});

	it('that signs with the API key needs no signing secret', () => {
		expect(
			chingChingPay.credentialProblem?.(
				credentials({ requestKeySource: 'apiKey', signingSecret: '' }),
			),
		).toBeUndefined();
	});

	it('of the test environment goes to the one documented host', () => {
		const { url } = chingChingPay.checkout.call(
			order(),
			credentials({ environment: 'test', baseUrl: '' }),
		);
		expect(url).toBe('https://test-api.chingchingpay.com/gateway/api/v1/payments/checkout');
	});

	it('of a custom environment without an absolute address is refused', () => {
		expect(() =>
			chingChingPay.checkout.call(order(), credentials({ baseUrl: 'gateway.example' })),
		).toThrow(/'Base URL'/);
	});
});

const TAGGED = /^https:\/\/n8n\.example\/[^?]+\?hc=[\w-]{16}$/;

describe('the tag in the callback address', () => {
	const addressOf = (changes: Partial<ChingChingPayCredentials>) => {
		const call = chingChingPay.checkout.call(
			order({ callbackUrl: 'https://n8n.example/webhook/1' }),
			credentials(changes),
		);
		return Object.fromEntries(new URL(String(sentBody(call).callback_url)).searchParams);
	};
	const isKnown = (query: unknown, changes: Partial<ChingChingPayCredentials>) =>
		hasCallbackTag(query, chingChingPay.callback.tagSecrets?.(credentials(changes)) ?? []);

	it.each<[string, Partial<ChingChingPayCredentials>]>([
		['the signing secret', {}],
		['the API key alone', { requestKeySource: 'apiKey', signingSecret: '' }],
	])('is known by the same credential, with %s', (_case, changes) => {
		expect(isKnown(addressOf(changes), changes)).toBe(true);
	});

	it('is known while the secret is replaced', () => {
		const [before, after] = [
			{ signingSecret: 'before' },
			{ signingSecret: 'after', signingSecretPrevious: 'before' },
		];
		expect(isKnown(addressOf(before), after)).toBe(true);
		expect(isKnown(addressOf(before), { signingSecret: 'after' })).toBe(false);
	});
});

describe('create', () => {
	it('sends every field of the order, the amount in the smallest unit', () => {
		const call = chingChingPay.checkout.call(
			order({
				description: 'Tea',
				successUrl: 'https://shop.example/ok',
				cancelUrl: 'https://shop.example/no',
				callbackUrl: 'https://n8n.example/webhook/1',
				storeId: 'S1',
				deviceId: 'D1',
				clientIp: '203.0.113.7',
				expiresAt: '1767225600',
				paymentMethodOption: { payment_inst: 'ALIPAYHK' },
			}),
			credentials(),
		);
		expect(call).toMatchObject({
			method: 'POST',
			url: 'https://gateway.example/gateway/api/v1/payments/checkout',
			retry: 'never',
		});
		expect(sentBody(call)).toEqual({
			amount: 1000,
			currency: 'HKD',
			merchant_id: 'M_TEST',
			merchant_reference: 'order-1',
			description: 'Tea',
			complete_url: 'https://shop.example/ok',
			cancel_url: 'https://shop.example/no',
			callback_url: expect.stringMatching(TAGGED) as string,
			channel_id: 1,
			client_ip: '203.0.113.7',
			device_id: 'D1',
			store_id: 'S1',
			expires_at: '1767225600',
			payment_method: 'METHOD',
			payment_method_option: '{"payment_inst":"ALIPAYHK"}',
			transaction_type: 'sale',
		});
	});

	it('leaves out what is not given', () => {
		const call = chingChingPay.checkout.call(order(), credentials());
		expect(Object.keys(sentBody(call)).sort()).toEqual([
			'amount',
			'channel_id',
			'currency',
			'merchant_id',
			'merchant_reference',
			'payment_method',
			'transaction_type',
		]);
	});

	it('adds line items up exactly, and their names are the description', () => {
		const lineItems = [
			{ name: 'Tea', unitAmount: '0.10', quantity: 3 },
			{ name: 'Pot', unitAmount: '20.05', quantity: 1 },
		];
		const call = chingChingPay.checkout.call(order({ amount: '20.35', lineItems }), credentials());
		expect(sentBody(call)).toMatchObject({ amount: 2035, description: '3 × Tea, Pot' });
	});

	it('takes smallest units as they are', () => {
		expect(
			sentBody(
				chingChingPay.checkout.call(
					order({ amount: '1250', amountUnit: 'smallest' }),
					credentials(),
				),
			),
		).toMatchObject({ amount: 1250 });
	});

	it('writes an amount beyond what a JavaScript number holds to the digit', () => {
		expect(
			chingChingPay.checkout.call(order({ amount: '90071992547409931.07' }), credentials()).body,
		).toContain('"amount":9007199254740993107,');
	});

	it("names a merchant of the node's own", () => {
		expect(
			sentBody(chingChingPay.checkout.call(order({ merchantId: 'M_OTHER' }), credentials())),
		).toMatchObject({ merchant_id: 'M_OTHER' });
	});

	it('pays an order that exists, without a reference', () => {
		const body = sentBody(
			chingChingPay.checkout.call(order({ reference: null, checkoutId: 'P1' }), credentials()),
		);
		expect(body).toMatchObject({ payment_id: 'P1' });
		expect(body).not.toHaveProperty('merchant_reference');
	});

	it('sends a command without amount and currency', () => {
		const body = sentBody(
			chingChingPay.checkout.call(
				order({ transactionType: 'command', amount: null, currency: '' }),
				credentials(),
			),
		);
		expect(body).toMatchObject({ transaction_type: 'command' });
		expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['amount']));
		expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['currency']));
	});

	it('merges extra fields last', () => {
		expect(
			sentBody(
				chingChingPay.checkout.call(
					order({ extraFields: { payment_method: 'OTHER', new_field: true } }),
					credentials(),
				),
			),
		).toMatchObject({ payment_method: 'OTHER', new_field: true });
	});

	it('says where to look when it may have arrived', () => {
		expect(chingChingPay.checkout.call(order(), credentials()).howToFindOut).toContain(
			'Get a Transaction',
		);
	});

	it.each([
		['an amount below ten of the smallest unit', { amount: '0.09' }, /'Amount' is below/],
		['an amount with too many decimals', { amount: '1.005' }, /'Amount'.*more decimals/],
		[
			'a line item with too many decimals, though the sum has few',
			{ amount: '2.01', lineItems: [{ name: 'Tea', unitAmount: '1.005', quantity: 2 }] },
			/'Line Items 1: Unit Amount'.*more decimals/,
		],
		[
			'smallest units with decimals',
			{ amount: '12.50', amountUnit: 'smallest' as const },
			/'Amount'.*Smallest Unit/,
		],
		['a currency that is not offered', { currency: 'USD' }, /'Currency' "USD" is not offered/],
		['neither reference nor payment ID', { reference: null }, /'Reference' is empty/],
		['a channel that is no number', { channelId: 'alipay' }, /'Channel ID' is not a whole number/],
		['no channel', { channelId: '' }, /'Channel ID'/],
		['no payment method', { paymentMethod: '' }, /'Payment Method' is empty/],
	])('refuses %s', (_case, more, words) => {
		const call = () => chingChingPay.checkout.call(order(more), credentials());
		expect(call).toThrow(InputError);
		expect(call).toThrow(words);
	});

	it('refuses an order without any merchant', () => {
		expect(() => chingChingPay.checkout.call(order(), credentials({ merchantId: '' }))).toThrow(
			/'Merchant ID' is empty/,
		);
	});

	it('takes the least amount', () => {
		expect(
			sentBody(chingChingPay.checkout.call(order({ amount: '0.10' }), credentials())),
		).toMatchObject({ amount: 10 });
	});
});

describe("create's answer", () => {
	const read = (data: Record<string, unknown>, more: Parameters<typeof credentials>[0] = {}) =>
		chingChingPay.checkout.result(
			answered({
				payment_id: 'P1',
				transaction_id: 'T1',
				result: 'SOME_RESULT',
				merchant_reference: 'order-1',
				...data,
			}),
			sentFor(chingChingPay, order(), credentials(more)),
		);

	it('becomes a checkout, with amount and currency as ordered', () => {
		const next_action = {
			type: 'redirect_to_url',
			redirect_to_url: { http_method: 'GET', params: '', url: 'https://pay.example/p/1?a=%E9' },
		};
		expect(read({ next_action })).toEqual({
			provider: 'chingchingpay',
			checkoutId: 'P1',
			paymentId: 'T1',
			reference: 'order-1',
			checkoutUrl: 'https://pay.example/p/1?a=%E9',
			qrCode: null,
			status: 'open',
			providerStatus: 'SOME_RESULT',
			statusReason: null,
			amount: '10.00',
			currency: 'HKD',
			expiresAt: null,
			livemode: null,
			nextAction: next_action,
		});
	});

	it('never means paid, whatever its result', () => {
		const statuses = ['SUCCESS', 'PAID', 'success', 'paid', 'TRADE_SUCCESS'].map(
			(result) => read({ result }, { paidValues: result }).status,
		);
		expect(statuses).toEqual(statuses.map(() => 'unknown'));
	});

	it('lifts a QR code and the address beside it', () => {
		expect(
			read({
				next_action: {
					display_qr_code: {
						qr_code: 'https://qr.alipay.example/1',
						url: 'https://pay.example/qr/1',
					},
				},
			}),
		).toMatchObject({
			qrCode: 'https://qr.alipay.example/1',
			checkoutUrl: 'https://pay.example/qr/1',
		});
	});

	it('takes a picture of a QR code for no text to draw', () => {
		expect(
			read({
				next_action: { display_qr_code: { qr_code: 'data:image/png;base64,AAAA', url: '' } },
			}),
		).toMatchObject({ qrCode: null, checkoutUrl: null });
	});

	it.each([
		['a redirect by POST', { http_method: 'POST', params: '', url: 'https://pay.example/p' }],
		[
			'a redirect with parameters',
			{ http_method: 'GET', params: '{"token":"1"}', url: 'https://pay.example/p' },
		],
		['an address that is not absolute', { http_method: 'GET', params: '', url: '/p/1' }],
		['an address of an app', { http_method: 'GET', params: '', url: 'alipays://platformapi' }],
		[
			'an address without https, from an API on https',
			{ http_method: 'GET', params: '', url: 'http://pay.example/p' },
		],
	])('takes %s for no link, but passes it on', (_case, redirect_to_url) => {
		expect(read({ next_action: { redirect_to_url } })).toMatchObject({
			checkoutUrl: null,
			nextAction: { redirect_to_url },
		});
	});

	it.each([
		['alipay_mobile_security_pay', { order_str: 'app_id=1&sign=x' }],
		['alipay_auto_debit', { access_token: 'made-up', token_status: 'x' }],
		[
			'crypto_payment',
			{ amount: 1000, expiration: 1, fee_rate: 0, merchant_address: 'T1', memo: '' },
		],
		['wechat_inapp_payment', { app_id: 'wx1', prepay_id: 'p' }],
		['wechat_jsapi_payment', { app_id: 'wx1', package: 'prepay_id=1' }],
		['wechat_pay_in_mini_program', { app_id: 'wx1', package: 'prepay_id=1' }],
		['wechat_official_account_auth_code', { auth_code: 'made-up' }],
		['wechat_official_account_openid', { openid: 'o1' }],
	])('passes %s on untouched, whatever type says', (name, content) => {
		const next_action = { type: 'A_TYPE', [name]: content };
		expect(read({ next_action })).toMatchObject({
			status: 'open',
			checkoutUrl: null,
			qrCode: null,
			nextAction: next_action,
		});
	});

	it('without a payment ID may have made a checkout nevertheless', () => {
		const result = () =>
			chingChingPay.checkout.result(
				answered({ transaction_id: 'T1' }),
				sentFor(chingChingPay, order(), credentials()),
			);
		expect(result).toThrow(CallFailure);
		expect(result).toThrow(expect.objectContaining({ mayHaveArrived: true }));
	});

	it('of the test environment is not live', () => {
		expect(read({}, { environment: 'test' }).livemode).toBe(false);
	});
});

describe('create link', () => {
	const linkOrder = (more = {}) => ({ ...order(), paymentType: null, ...more });

	it('sends what the page of the link documents', () => {
		const call = chingChingPayLink.checkout.call(linkOrder({ paymentType: 'link' }), credentials());
		expect(call).toMatchObject({
			method: 'POST',
			url: 'https://gateway.example/gateway/api/v1/payments/link',
			retry: 'never',
		});
		expect(sentBody(call)).toEqual({
			amount: 1000,
			currency: 'HKD',
			merchant_id: 'M_TEST',
			merchant_reference: 'order-1',
			payment_type: 'link',
		});
	});

	it('takes any currency of ISO 4217', () => {
		expect(
			sentBody(
				chingChingPayLink.checkout.call(
					linkOrder({ amount: '1200', currency: 'jpy' }),
					credentials(),
				),
			),
		).toMatchObject({ amount: 1200, currency: 'JPY' });
	});

	it('refuses an order without a reference', () => {
		expect(() =>
			chingChingPayLink.checkout.call(linkOrder({ reference: null }), credentials()),
		).toThrow(/'Reference' is empty/);
	});

	it('gives the link byte for byte', () => {
		const answer = answered({
			merchant_reference: 'order-1',
			payment_id: 'P1',
			payment_link: 'https://pay.example/l/1?x=a+b',
			status: 'SOME',
		});
		expect(
			chingChingPayLink.checkout.result(
				answer,
				sentFor(chingChingPayLink, linkOrder(), credentials()),
			),
		).toMatchObject({
			checkoutId: 'P1',
			paymentId: null,
			checkoutUrl: 'https://pay.example/l/1?x=a+b',
			status: 'open',
			providerStatus: 'SOME',
			nextAction: null,
		});
	});

	it('without a usable link has an unknown status', () => {
		expect(
			chingChingPayLink.checkout.result(
				answered({ payment_id: 'P1', payment_link: '' }),
				sentFor(chingChingPayLink, linkOrder(), credentials()),
			),
		).toMatchObject({ checkoutUrl: null, status: 'unknown' });
	});
});

describe('a refusal', () => {
	it('inside a 200 is shown with its code', () => {
		expect(
			chingChingPay.failure(
				reply({ code: 40001, message: 'amount too small', data: null }),
				credentials(),
			),
		).toMatchObject({ message: 'amount too small (code 40001)', notFound: false });
	});

	it('about the signature says which settings to try', () => {
		expect(
			chingChingPay.failure(
				reply({ code: 40101, message: 'invalid signature', data: {} }),
				credentials(),
			)?.advice,
		).toContain("'Signature Encoding'");
	});

	it('that denies a transaction is told apart', () => {
		expect(
			chingChingPay.failure(
				reply({ code: 40400, message: 'transaction not found', data: {} }),
				credentials(),
			),
		).toMatchObject({ notFound: true });
	});

	it('by a 404 that is no answer of the API does not deny anything', () => {
		expect(
			chingChingPay.failure(reply('<html>Not Found</html>', 404), credentials()),
		).toMatchObject({ notFound: false, advice: expect.stringContaining("'Base URL'") });
	});

	it('is not seen where the answer to a create holds data: that 0 means success is an assumption', () => {
		expect(
			chingChingPay.failure(
				reply({ code: 200, message: 'ok', data: { payment_id: 'P1' } }),
				credentials(),
			),
		).toBeUndefined();
	});

	it('is not seen by a code that the credential names as success', () => {
		expect(
			chingChingPay.failure(
				reply({ code: 200, message: 'ok', data: null }),
				credentials({ successCodes: '0, 200' }),
			),
		).toBeUndefined();
	});

	it('by another code than those of the credential says where to name one that means success', () => {
		expect(
			chingChingPay.failure(reply({ code: 200, message: 'ok', data: null }), credentials())?.advice,
		).toContain("'Success Codes'");
		expect(
			chingChingPay.failure(
				reply({ code: 0, message: 'ok', data: null }),
				credentials({ successCodes: '200' }),
			),
		).toMatchObject({ message: 'ok (code 0)' });
	});

	it.each([
		'transaction not found',
		'Order does not exist',
		'no such order',
		'unknown transaction',
		'record not found',
		'交易不存在',
		'订单不存在',
		'merchant_reference not found',
	])('denies a transaction: %s', (words) => {
		expect(saysUnknownTransaction(words)).toBe(true);
	});

	it.each([
		'merchant not found',
		'api key does not exist',
		'invalid signature',
		'order amount invalid',
		'商户不存在',
		'signature of the order not found',
		'success',
		'payment channel closed',
	])('does not: %s', (words) => {
		expect(saysUnknownTransaction(words)).toBe(false);
	});
});

describe('get transaction', () => {
	it('asks with a signed POST that may be repeated', () => {
		expect(getTransactionCall({ reference: 'order-1' }, credentials())).toMatchObject({
			method: 'POST',
			url: 'https://gateway.example/gateway/api/v1/payments/transactions/query',
			body: '{"merchant_reference":"order-1"}',
			retry: 'idempotent',
		});
		expect(getTransactionCall({ paymentId: 'T1' }, credentials()).body).toBe(
			'{"transaction_id":"T1"}',
		);
	});

	const data = {
		amount: 2050,
		currency: 'HKD',
		merchant_reference: 'order-1',
		transaction_id: 'T1',
		payment_id: 'P1',
		status: 'WORD',
	};

	it('is unknown until the merchant has said which words mean paid', () => {
		expect(readQueried(answered(data), credentials())).toMatchObject({
			status: 'unknown',
			providerStatus: 'WORD',
			amount: '20.50',
			currency: 'HKD',
			checkoutId: 'P1',
			paymentId: 'T1',
			reference: 'order-1',
		});
	});

	it.each([
		['commas', 'OTHER, WORD'],
		['lines', 'OTHER\r\n WORD \n'],
	])('is paid by a word of the list, separated by %s', (_case, paidValues) => {
		expect(readQueried(answered(data), credentials({ paidValues })).status).toBe('paid');
	});

	it.each(['word', 'WORDS', 'WOR', 'WORD2'])(
		'is not paid by a word that is merely alike: %s',
		(paidValues) => {
			expect(readQueried(answered(data), credentials({ paidValues })).status).toBe('unknown');
		},
	);

	it('takes a number for a status', () => {
		expect(
			readQueried(answered({ ...data, status: 2 }), credentials({ paidValues: '2' })),
		).toMatchObject({ status: 'paid', providerStatus: '2' });
	});

	it('finds the status where the credential says', () => {
		expect(
			readQueried(
				answered({ ...data, extra: { state: 'DONE' } }),
				credentials({ statusPath: 'extra.state', paidValues: 'DONE' }),
			),
		).toMatchObject({ status: 'paid', providerStatus: 'DONE' });
	});

	it('finds no status in what every object inherits', () => {
		expect(
			readQueried(
				answered(data),
				credentials({ statusPath: 'constructor.name', paidValues: 'Object' }),
			),
		).toMatchObject({ status: 'unknown', providerStatus: null });
	});

	it('of a refund is refunded, never paid', () => {
		expect(
			readQueried(
				answered({ ...data, original_merchant_reference: 'order-0' }),
				credentials({ paidValues: 'WORD' }),
			).status,
		).toBe('refunded');
	});

	it('of a command is unknown, never paid', () => {
		expect(
			readQueried(
				answered({ ...data, transaction_type: 'command' }),
				credentials({ paidValues: 'WORD' }),
			).status,
		).toBe('unknown');
	});

	it('is not paid by an error that repeats the transaction', () => {
		expect(() =>
			readQueried(
				answered(data, { code: 50001, message: 'system busy' }),
				credentials({ paidValues: 'WORD' }),
			),
		).toThrow(/refused the request: system busy \(code 50001\)/);
	});

	it('without a transaction says so', () => {
		expect(() => readQueried(answered({}), credentials())).toThrow(/holds no transaction/);
	});
});

describe('get payment', () => {
	it('reads the documented fields, never as paid', () => {
		expect(getPaymentCall('P/1', credentials()).url).toBe(
			'https://gateway.example/gateway/api/v1/payments/detail/P%2F1',
		);
		const answer = answered({
			payment_id: 'P1',
			merchant_reference: 'order-1',
			currency: 'HKD',
			status: 'WORD',
			expires_at: 1767225600,
			refunded_amount: 0,
		});
		expect(readPayment(answer, credentials({ paidValues: 'WORD' }))).toMatchObject({
			checkoutId: 'P1',
			reference: 'order-1',
			status: 'unknown',
			providerStatus: 'WORD',
			amount: null,
			expiresAt: '2026-01-01T00:00:00.000Z',
		});
	});

	it('is no payment where an error repeats its number', () => {
		expect(() =>
			readPayment(
				answered({ payment_id: 'P1' }, { code: 50001, message: 'system busy' }),
				credentials(),
			),
		).toThrow(/refused the request: system busy/);
	});
});

describe('create refund', () => {
	const refund = (more: Partial<ChingChingPayRefundOrder> = {}): ChingChingPayRefundOrder => ({
		amount: '5.00',
		amountUnit: 'major',
		currency: 'hkd',
		reference: 'refund-1',
		paymentReference: 'order-1',
		paymentId: null,
		description: null,
		callbackUrl: null,
		extraFields: {},
		...more,
	});
	const sentRefund = (more: Partial<ChingChingPayCredentials> = {}) => ({
		order: refund(),
		credentials: credentials(more),
		call: createRefundCall(refund(), credentials(more)),
	});

	it('sends what its page documents, once', () => {
		const call = createRefundCall(
			refund({ callbackUrl: 'https://n8n.example/1', description: 'Returned' }),
			credentials(),
		);
		expect(call).toMatchObject({
			url: 'https://gateway.example/gateway/api/v1/payments/transactions/refund',
			retry: 'never',
		});
		expect(sentBody(call)).toEqual({
			amount: 500,
			currency: 'HKD',
			merchant_reference: 'refund-1',
			original_merchant_reference: 'order-1',
			transaction_type: 'refund',
			description: 'Returned',
			callback_url: expect.stringMatching(TAGGED) as string,
		});
	});

	it.each([
		['a number of its own', { reference: '' }, /'Refund Reference' is empty/],
		[
			'a payment',
			{ paymentReference: null },
			/'Payment Reference' and 'Payment ID' are both empty/,
		],
	])('refuses a refund without %s', (_case, more, words) => {
		expect(() => createRefundCall(refund(more), credentials())).toThrow(words);
	});

	it('has an unknown status until the merchant has classified the word', () => {
		const answer = answered({
			merchant_reference: 'refund-1',
			transaction_id: 'T2',
			original_merchant_reference: 'order-1',
			amount: 500,
			currency: 'HKD',
			status: 'WORD',
		});
		expect(readRefund(answer, sentRefund())).toEqual({
			provider: 'chingchingpay',
			refundId: 'T2',
			paymentId: null,
			reference: 'refund-1',
			paymentReference: 'order-1',
			status: 'unknown',
			providerStatus: 'WORD',
			amount: '5.00',
			currency: 'HKD',
		});
		expect(readRefund(answer, sentRefund({ paidValues: 'WORD' })).status).toBe('succeeded');
	});

	it('with an error that repeats its number is no refund, and may have been made nevertheless', () => {
		const answer = answered(
			{ merchant_reference: 'refund-1', status: 'WORD' },
			{ code: 50001, message: 'system busy' },
		);
		expect(() => readRefund(answer, sentRefund({ paidValues: 'WORD' }))).toThrow(
			expect.objectContaining({
				mayHaveArrived: true,
				message: expect.stringContaining('system busy (code 50001)') as string,
			}),
		);
	});

	it('with an empty answer may have been made nevertheless', () => {
		expect(() => readRefund(answered({}), sentRefund())).toThrow(
			expect.objectContaining({ mayHaveArrived: true }),
		);
	});
});

describe('settlements', () => {
	it('are listed with the documented query', () => {
		expect(
			listSettlementsCall(
				{ isTransferred: 'true', startTime: '1', endTime: null },
				2,
				50,
				credentials(),
			).url,
		).toBe(
			'https://gateway.example/gateway/api/v1/settlements?page=2&page_size=50&is_transferred=true&start_time=1',
		);
		expect(downloadSettlementCall('S 1', credentials()).url).toBe(
			'https://gateway.example/gateway/api/v1/settlements/S%201/download',
		);
	});

	it.each([
		['data is the list', { code: 0, data: [{ id: 1 }] }],
		['the list is the only one in data', { code: 0, data: { list: [{ id: 1 }], total: 1 } }],
		['there is no envelope', [{ id: 1 }]],
	])('are found where %s', (_case, body) => {
		expect(readSettlements(reply(body))).toEqual([{ id: 1 }]);
	});

	it('are not guessed among several lists', () => {
		expect(readSettlements(reply({ data: { a: [], b: [] } }))).toBeUndefined();
	});
});

describe('a callback', () => {
	const body = '{"merchant_reference":"order-1","status":"WORD","amount":1000,"currency":"HKD"}';
	const signed = (text: string, key?: string) => ({ 'x-signature': hmac(text, key) });
	const required = (more: Parameters<typeof credentials>[0] = {}) =>
		credentials({ callbackProof: 'signature', ...more });
	const { verify } = chingChingPay.callback;

	it('is only a hint by default: the provider is asked', () => {
		expect(chingChingPay.callback.proofs[0]).toBe('provider');
		expect(chingChingPay.callback.confirm?.readUnsigned(received(body), credentials())).toEqual({
			payload: JSON.parse(body),
		});
	});

	it('is genuine by its signature where one is required', () => {
		expect(verify(received(body, signed(body)), required())).toEqual({
			genuine: true,
			payload: JSON.parse(body),
		});
	});

	it('is genuine by the previous secret', () => {
		expect(
			verify(received(body, signed(body, 'older')), required({ signingSecretPrevious: 'older' })),
		).toMatchObject({ genuine: true });
	});

	it('is only a hint by sorted pairs in base64, which leave out where a value ends', () => {
		const signature = createHmac('sha256', 'signing-secret-of-the-test')
			.update('amount=1000&currency=HKD&merchant_reference=order-1&status=WORD')
			.digest('base64');
		expect(
			verify(
				received(body, { 'x-signature': signature }),
				required({ requestSignedText: 'sortedPairs', requestEncoding: 'base64' }),
			),
		).toMatchObject({ genuine: true, isHint: true });
		expect(
			chingChingPay.callback.setupProblem(required({ requestSignedText: 'sortedPairs' })),
		).toContain("'Signed Text' or 'Signature Algorithm' in the ChingChingPay credential");
		expect(
			chingChingPay.callback.setupProblem(
				required({ requestSignedText: 'sortedPairs', callbackProof: 'signatureAndProvider' }),
			),
		).toBeUndefined();
	});

	it.each([
		['without a signature', {}, 'signature_missing'],
		['with an empty signature', { 'x-signature': '' }, 'signature_missing'],
		['with the signature of another secret', signed(body, 'another'), 'signature_mismatch'],
		['with the signature of another body', signed('{}'), 'signature_mismatch'],
		[
			'with a truncated signature',
			{ 'x-signature': hmac(body).slice(0, 32) },
			'signature_malformed',
		],
		[
			'with two signatures',
			{ 'x-signature': `${hmac(body)},${hmac(body)}` },
			'signature_malformed',
		],
		[
			'with a signature in base64 where hexadecimal is set',
			{
				'x-signature': createHmac('sha256', 'signing-secret-of-the-test')
					.update(body)
					.digest('base64'),
			},
			'signature_malformed',
		],
	])('%s is refused where one is required', (_case, headers, code) => {
		expect(verify(received(body, headers), required())).toMatchObject({
			genuine: false,
			code,
		});
	});

	it.each([
		['neither JSON nor a form', 'merchant_reference: order-1'],
		['a list', '["order-1"]'],
		['empty', ''],
		['not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
	])(
		'whose body is %s cannot be asked about; with a good signature it is unknown',
		(_case, text) => {
			const rawBody = Buffer.from(text);
			expect(
				chingChingPay.callback.confirm?.readUnsigned({ headers: {}, rawBody }, credentials()),
			).toMatchObject({ code: 'malformed_body' });
			const headers = {
				'x-signature': createHmac('sha256', 'signing-secret-of-the-test')
					.update(rawBody)
					.digest('hex'),
			};
			expect(verify({ headers, rawBody }, required())).toMatchObject({
				genuine: true,
				unreadable: { code: 'malformed_body' },
			});
		},
	);

	it('keeps big numbers and 1.0 as they were written', () => {
		const text = '{"merchant_reference":"order-1","extra":{"n":12345678901234567890,"d":1.0}}';
		expect(verify(received(text, signed(text)), required())).toMatchObject({
			payload: { extra: { n: '12345678901234567890', d: '1.0' } },
		});
	});

	const eventOf = (text: string, more: Parameters<typeof credentials>[0] = {}) =>
		chingChingPay.callback.parseEvent(
			JSON.parse(text) as Record<string, unknown>,
			credentials(more),
		);

	it('is unknown by default, and keeps the status word', () => {
		expect(eventOf(body)).toMatchObject({
			event: 'unknown',
			status: 'unknown',
			providerStatus: 'WORD',
			reference: 'order-1',
			amount: '10.00',
			eventId: 'order-1:WORD',
		});
	});

	it('is read at the top or under data', () => {
		expect(eventOf(`{"code":0,"data":${body}}`, { paidValues: 'WORD' })).toMatchObject({
			event: 'payment.succeeded',
			reference: 'order-1',
			amount: '10.00',
		});
	});

	const nothing = { reference: null, amount: null };
	const sale = { data: JSON.parse(body) as object };
	it.each<[string, object, object]>([
		['the sale that a refund holds', { transaction_type: 'refund', ...sale }, nothing],
		['data beside an original payment', { original_payment_reference: 'U', ...sale }, nothing],
		[
			'data of another payment',
			{ merchant_reference: 'order-2', ...sale },
			{ reference: 'order-2', amount: null },
		],
		[
			'an amount at the top and a status under data',
			{ merchant_reference: 'order-1', amount: 9900, currency: 'HKD', data: { status: 'WORD' } },
			{ reference: 'order-1', amount: '99.00' },
		],
		['what is deeper than data', { data: { transaction: sale.data } }, nothing],
		['data that is a text', { data: body }, nothing],
	])('is not paid by its signature alone because of %s', (_case, content, facts) => {
		expect(eventOf(JSON.stringify(content), { paidValues: 'WORD' })).toMatchObject({
			event: 'unknown',
			...facts,
		});
	});

	it('is answered with what the credential says', () => {
		expect(chingChingPay.callback.acknowledgement(credentials())).toEqual({
			status: 200,
			contentType: 'text/plain; charset=utf-8',
			body: 'success',
		});
		expect(
			chingChingPay.callback.acknowledgement(credentials({ acknowledgementBody: '{"code":0}' })),
		).toEqual({ status: 200, contentType: 'application/json; charset=utf-8', body: '{"code":0}' });
	});

	it('cannot be told to be paid while no value is given', () => {
		expect(chingChingPay.callback.waitProblem?.(credentials())).toContain("'Paid Values'");
		expect(
			chingChingPay.callback.waitProblem?.(credentials({ paidValues: 'WORD' })),
		).toBeUndefined();
	});
});

describe('the question to the API', () => {
	const { confirm } = chingChingPay.callback;
	const claimed = (more: Partial<PaymentEventData> = {}): PaymentEventData => ({
		...chingChingPay.callback.parseEvent({ merchant_reference: 'order-1' }, credentials()),
		...more,
	});
	const facts = (
		answer: ReturnType<typeof reply>,
		about: AskedFor = { reference: 'order-1' },
		settings = credentials({ paidValues: 'WORD' }),
	) => confirm?.facts(answer, about, settings);
	const bodyOf = (said: PaymentEventData) => {
		const about = confirm?.askFor(said);
		return about && confirm?.call(about, credentials()).body;
	};
	/** What is asked for, and what else, of an unsigned body. */
	const askedFor = (content: unknown) => {
		const rawBody = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
		const hint = confirm?.readUnsigned({ headers: {}, rawBody }, credentials());
		if (hint === undefined || 'code' in hint) return hint?.code;
		return [hint.payload, hint.besides]
			.filter((payload) => payload !== undefined)
			.map((payload) => confirm?.askFor(chingChingPay.callback.parseEvent(payload, credentials())));
	};
	const order = { merchant_reference: 'order-1' };

	it.each<[string, unknown, AskedFor[]]>([
		['under data.transaction', { data: { transaction: order } }, [{ reference: 'order-1' }]],
		['under object', { object: { ...order, status: 'WORD' } }, [{ reference: 'order-1' }]],
		['in a list', [{ events: [order] }], [{ reference: 'order-1' }]],
		['in data that is JSON text', { data: JSON.stringify(order) }, [{ reference: 'order-1' }]],
		[
			'in a body that is JSON text',
			JSON.stringify(JSON.stringify(order)),
			[{ reference: 'order-1' }],
		],
		[
			'in JSON text in JSON text',
			{ a: JSON.stringify({ b: JSON.stringify(order) }) },
			[{ reference: 'order-1' }],
		],
		['in a form', 'status=WORD&merchant_reference=order%2D1', [{ reference: 'order-1' }]],
		[
			'in JSON text in a form',
			`data=${encodeURIComponent(JSON.stringify(order))}`,
			[{ reference: 'order-1' }],
		],
		['as payment ID only', { data: { payment_id: 'P1' } }, [{ checkoutId: 'P1' }]],
		[
			'at two depths, of which the shallower counts',
			{ transaction_id: 'T1', sale: order },
			[{ paymentId: 'T1' }],
		],
		['twice the same', { a: order, b: order }, [{ reference: 'order-1' }]],
		[
			'as an ID at the top and the reference under data',
			{ payment_id: 'P1', data: order },
			[{ reference: 'order-1' }],
		],
		[
			'at the top and another under data',
			{ merchant_reference: 'order-2', data: order },
			[{ reference: 'order-2' }, { reference: 'order-1' }],
		],
		[
			'three times at one depth, of which two are asked about',
			{ a: order, b: { transaction_id: 'T1' }, c: { payment_id: 'P1' } },
			[{ reference: 'order-1' }, { paymentId: 'T1' }],
		],
	])('of an unsigned body that names it %s', (_case, content, asked) => {
		expect(askedFor(content)).toEqual(asked);
	});

	it('looks no further than what any callback has', () => {
		const filled = (count: number) => ({ a: [...Array<number>(count).fill(0), order] });
		expect(askedFor(filled(1_000))).toEqual([{ reference: 'order-1' }]);
		expect(askedFor(filled(3_000))).toEqual([undefined]);
	});

	it.each(['.', '..', 'x'.repeat(201)])('is not asked about the payment ID %s', (id) => {
		expect(askedFor({ payment_id: id })).toEqual([undefined]);
	});

	it('goes through the detail of a payment, which never means paid, to its transaction', () => {
		const found = facts(
			answered({
				payment_id: 'P1',
				merchant_reference: 'order-1',
				status: 'WORD',
				currency: 'HKD',
			}),
			{ checkoutId: 'P1' },
		);
		expect(found).toMatchObject({ event: 'unknown', status: 'unknown', reference: 'order-1' });
		expect(found && confirm?.thenAskFor?.(found, { checkoutId: 'P1' })).toEqual({
			reference: 'order-1',
		});
		expect(found && confirm?.thenAskFor?.(found, { reference: 'order-1' })).toBeUndefined();
		expect(() => facts(answered({ payment_id: 'P2' }), { checkoutId: 'P1' })).toThrow(
			'about another payment',
		);
	});

	it('is asked by reference, else by transaction ID', () => {
		expect(bodyOf(claimed({ paymentId: 'T1' }))).toBe('{"merchant_reference":"order-1"}');
		expect(bodyOf(claimed({ reference: null, paymentId: 'T1' }))).toBe('{"transaction_id":"T1"}');
	});

	it.each([
		['names neither', { reference: null, paymentId: null, checkoutId: 'P1' }],
		['has a reference that no order has', { reference: 'x'.repeat(201) }],
		['has a transaction ID that no payment has', { reference: null, paymentId: 'x'.repeat(201) }],
	])('is not asked where the callback %s', (_case, more) => {
		expect(confirm?.askFor(claimed({ raw: {}, ...more }))).toBeUndefined();
	});

	it('gives the facts of the answer, not those of the callback', () => {
		const answer = answered({
			merchant_reference: 'order-1',
			transaction_id: 'T9',
			status: 'WORD',
			amount: 999,
			currency: 'HKD',
		});
		expect(facts(answer)).toMatchObject({
			event: 'payment.succeeded',
			eventId: 'T9:WORD',
			paymentId: 'T9',
			amount: '9.99',
		});
	});

	it('of a refund gives a refund', () => {
		expect(
			facts(
				answered({
					merchant_reference: 'order-1',
					original_payment_reference: 'U1',
					status: 'WORD',
				}),
			),
		).toMatchObject({ event: 'refund.succeeded', status: 'refunded' });
	});

	it('is no answer where it is about another transaction', () => {
		expect(() => facts(answered({ merchant_reference: 'order-2', status: 'WORD' }))).toThrow(
			'about another transaction',
		);
		expect(() =>
			facts(answered({ merchant_reference: 'order-1', transaction_id: 'T2', status: 'WORD' }), {
				paymentId: 'T1',
			}),
		).toThrow('about another transaction');
	});

	it.each([
		['the same', 'M_TEST', false],
		['another', 'M_OTHER', true],
		['not told', undefined, false],
	])('with a merchant that is %s as in the credential', (_case, merchantId, isRefused) => {
		const found = facts(answered({ merchant_reference: 'order-1', merchant_id: merchantId }));
		const problem = found && confirm?.contradiction?.(found, credentials());
		expect(problem !== undefined).toBe(isRefused);
	});

	it("has the provider's own time", () => {
		const found = facts(answered({ merchant_reference: 'order-1', created_at: 1_700_000_000 }));
		expect(found && confirm?.timeOf(found)).toBe('2023-11-14T22:13:20.000Z');
	});

	it('answered by nothing found denies the payment', () => {
		expect(facts(answered({}))).toBeUndefined();
		expect(facts(answered(null))).toBeUndefined();
	});

	it.each([
		['repeats the reference', { merchant_reference: 'order-1' }],
		[
			'repeats the whole payment, as paid',
			{ merchant_reference: 'order-1', status: 'WORD', amount: 1250, currency: 'HKD' },
		],
	])(
		'answered by an error that %s is no answer, so that the callback is sent again',
		(_case, data) => {
			expect(() => facts(answered(data, { code: 50001, message: 'system busy' }))).toThrow(
				expect.objectContaining({
					message: expect.stringContaining('system busy (code 50001)') as string,
					notFound: false,
				}),
			);
		},
	);

	it('answered by an endless error does not fill the log with it', () => {
		const error = (run: () => unknown): Error => {
			try {
				run();
			} catch (thrown) {
				return thrown as Error;
			}
			throw new Error('it was no error');
		};
		expect(
			error(() =>
				facts(
					reply({
						code: 50001,
						message: 'busy '.repeat(100_000),
						data: { merchant_reference: 'order-1' },
					}),
				),
			).message.length,
		).toBeLessThan(400);
	});

	it('answered by an error that denies the transaction, and repeats its reference, denies the payment', () => {
		expect(() =>
			facts(
				answered(
					{ merchant_reference: 'order-1' },
					{ code: 40400, message: 'transaction not found' },
				),
			),
		).toThrow(expect.objectContaining({ notFound: true }));
	});

	it('answered by a code that the credential names as success is answered: that 0 is success is an assumption', () => {
		const settings = credentials({ paidValues: 'WORD', successCodes: '200' });
		expect(
			facts(
				answered({ merchant_reference: 'order-1', status: 'WORD' }, { code: 200, message: 'ok' }),
				undefined,
				settings,
			),
		).toMatchObject({ event: 'payment.succeeded' });
	});

	it('answered by another code and nice words is no answer, and the error says where to name the code', () => {
		expect(() =>
			facts(
				answered({ merchant_reference: 'order-1', status: 'WORD' }, { code: 200, message: 'ok' }),
			),
		).toThrow(
			expect.objectContaining({ advice: expect.stringContaining("'Success Codes'") as string }),
		);
	});

	it.each([
		['no envelope', reply('{}')],
		[
			'another code with data that is no transaction',
			reply({ code: 50000, message: 'busy', data: { request_id: '1' } }),
		],
		['data without the reference', answered({ status: 'WORD', amount: 1 })],
	])('answered by %s denies nothing: it is no answer', (_case, answer) => {
		expect(() => facts(answer)).toThrow(CallFailure);
	});
});
