import { createHmac } from 'node:crypto';
import type {
	HttpCall,
	PaymentEventName,
	Remembered,
	Verification,
} from '../../../nodes/shared/core/contract';
import { readMoment } from '../../../nodes/WooshPay/signature';
import {
	getCheckoutCall,
	readCheckout,
	readPayment,
	readRefund,
	wooshPay,
} from '../../../nodes/WooshPay/wooshPay.contract';
import { answer, credentials, factsOf, order, paymentEvent, reply } from './samples';
import {
	createPriceCall,
	createProductCall,
	readPrice,
	readProduct,
	updatePriceCall,
} from '../../../nodes/WooshPay/wooshPay.catalog';
import type { WooshPayCredentials } from '../../../nodes/WooshPay/wooshPay.requests';
import {
	createRefundCall,
	type WooshPayRefundOrder,
} from '../../../nodes/WooshPay/wooshPay.refunds';
import { sentFor } from '../shared/support/sent';

const sent = (call: HttpCall) => JSON.parse(call.body ?? '') as Record<string, unknown>;
const created = (more: Parameters<typeof order>[0] = {}, withCredentials = credentials) =>
	wooshPay.checkout.call(order(more), withCredentials);
const stamp = { now: new Date(0), nonce: '' };
const { registration, confirm } = wooshPay.callback;
if (!registration || !confirm) throw new Error('WooshPay registers endpoints and can be asked.');

describe('a request', () => {
	it('has the secret key as the user name of Basic authentication, and no password', () => {
		const { Authorization = '' } = wooshPay.authHeaders(credentials, created(), stamp);
		expect(Authorization.startsWith('Basic ')).toBe(true);
		expect(Buffer.from(Authorization.slice(6), 'base64').toString()).toBe(
			`${credentials.secretKey}:`,
		);
	});

	it.each<[string, Partial<WooshPayCredentials>, string]>([
		['live', { environment: 'live' }, 'https://api.wooshpay.com/v1/checkout/sessions/cs_1'],
		['test', { environment: 'test' }, 'https://apitest.wooshpay.com/v1/checkout/sessions/cs_1'],
		[
			'custom',
			{ environment: 'custom', baseUrl: 'http://127.0.0.1:1/wooshpay/' },
			'http://127.0.0.1:1/wooshpay/v1/checkout/sessions/cs_1',
		],
	])('goes to the host of the environment %s', (_environment, more, url) => {
		expect(getCheckoutCall('cs_1', { ...credentials, ...more }).url).toBe(url);
	});

	it('does not let an id leave its place in the path', () => {
		expect(getCheckoutCall('a?x=1', credentials).url).toBe(
			'https://apitest.wooshpay.com/v1/checkout/sessions/a%3Fx%3D1',
		);
	});

	it.each<[string, Partial<WooshPayCredentials>, RegExp]>([
		['without a key', { secretKey: '' }, /'Secret Key'.*empty/],
		[
			'with a live key on the test host',
			{ environment: 'test', secretKey: 'sk_live_a' },
			/live key, but 'Environment' is Test/,
		],
		[
			'with a test key on the live host',
			{ environment: 'live', secretKey: 'sk_test_a' },
			/test key, but 'Environment' is Live/,
		],
		['with a publishable key', { secretKey: 'pk_test_a' }, /publishable key/],
	])('is refused %s, before anything is sent', (_case, more, words) => {
		const wrong = { ...credentials, ...more };
		expect(wooshPay.credentialProblem?.(wrong)).toMatch(words);
		expect(() => wooshPay.authHeaders(wrong, created(), stamp)).toThrow(words);
	});

	it.each<[string, Partial<WooshPayCredentials>]>([
		['a test key in the test environment', {}],
		['a live key in the live environment', { environment: 'live', secretKey: 'sk_live_a=' }],
		['either key in an environment of the user', { environment: 'custom', secretKey: 'sk_live_a' }],
		['a key whose prefix nobody documents', { environment: 'live', secretKey: 'a' }],
	])('is not refused for %s', (_case, more) => {
		expect(wooshPay.credentialProblem?.({ ...credentials, ...more })).toBeUndefined();
	});
});

describe('Create Checkout', () => {
	it('sends one amount as one item with the price inline, in the smallest unit', () => {
		expect(sent(created())).toEqual({
			mode: 'payment',
			success_url: 'https://shop.example/thanks',
			cancel_url: 'https://shop.example/basket',
			line_items: [
				{
					price_data: { currency: 'GBP', unit_amount: 1299, product_data: { name: 'Tea' } },
					quantity: 1,
				},
			],
			client_reference_id: 'order-1001',
			payment_intent_data: {
				description: 'Tea',
				merchant_order_id: 'order-1001',
				metadata: { reference: 'order-1001' },
			},
			metadata: { reference: 'order-1001' },
		});
	});

	it.each([
		['JPY', '1200', 1200],
		['KWD', '1.234', 1234],
		['IDR', '1200', 120000],
		['usd', '0.01', 1],
	])('sends %s %s as %d', (currency, amount, unitAmount) => {
		expect(sent(created({ currency, amount }))).toMatchObject({
			line_items: [{ price_data: { currency: currency.toUpperCase(), unit_amount: unitAmount } }],
		});
	});

	it('sends a large amount digit by digit', () => {
		expect(created({ amount: '90071992547409930.01' }).body).toContain(
			'"unit_amount":9007199254740993001,',
		);
	});

	it('converts the price of each item on its own', () => {
		const lineItems = [
			{
				name: 'Tea',
				unitAmount: '12.99',
				quantity: 2,
				description: 'A box',
				images: ['https://shop.example/tea.png'],
			},
			{ name: 'Cup', unitAmount: '0.05', quantity: 3 },
		];
		expect(sent(created({ lineItems, amount: '26.13' })).line_items).toEqual([
			{
				price_data: {
					currency: 'GBP',
					unit_amount: 1299,
					product_data: {
						name: 'Tea',
						description: 'A box',
						images: ['https://shop.example/tea.png'],
					},
				},
				quantity: 2,
			},
			{
				price_data: { currency: 'GBP', unit_amount: 5, product_data: { name: 'Cup' } },
				quantity: 3,
			},
		]);
	});

	it('sends the id of a price in place of name and amount', () => {
		expect(
			sent(
				created({
					lineItems: [{ name: '', unitAmount: '0', quantity: 2, price: 'price_1' }],
					amount: null,
				}),
			).line_items,
		).toEqual([{ price: 'price_1', quantity: 2 }]);
	});

	it('takes amounts in the smallest unit as they are', () => {
		expect(sent(created({ amount: '1299', amountUnit: 'smallest' }))).toMatchObject({
			line_items: [{ price_data: { unit_amount: 1299 } }],
		});
	});

	it.each([
		['more decimals than the currency has', { amount: '12.999' }, /'Amount'.*more decimals/],
		[
			'decimals in the smallest unit',
			{ amount: '12.9', amountUnit: 'smallest' as const },
			/'Amount'.*decimals/,
		],
		[
			'an item with more decimals',
			{ lineItems: [{ name: 'Tea', unitAmount: '1.999', quantity: 1 }] },
			/'Line Items 1: Unit Amount'/,
		],
		['a currency that is none', { currency: 'XXY' }, /'Currency'/],
		['no success page', { successUrl: null }, /'Success URL' is empty/],
		['no cancel page', { cancelUrl: null }, /'Cancel URL' is empty/],
		[
			'nothing that names what is paid',
			{ description: null, reference: null },
			/'Description' and 'Reference'/,
		],
		['metadata with another reference', { metadata: { reference: 'other' } }, /'Metadata'/],
	])('refuses %s', (_case, more, words) => {
		expect(() => created(more)).toThrow(words);
	});

	it('sends the metadata with the checkout and with the payment, which is what events hold', () => {
		const body = sent(created({ metadata: { shop: 'north' } }));
		expect(body).toMatchObject({
			metadata: { shop: 'north', reference: 'order-1001' },
			payment_intent_data: { metadata: { shop: 'north', reference: 'order-1001' } },
		});
	});

	it('sends what is filled in of the additional fields, and extra fields last', () => {
		const more = {
			billingAddressCollection: 'required' as const,
			merchantUserId: 'customer-7',
			paymentMethodTypes: ['card'],
			extraFields: { mode: 'other', payment_intent_data: { capture_method: 'manual' } },
		};
		expect(sent(created(more))).toMatchObject({
			mode: 'other',
			billing_address_collection: 'required',
			payment_method_types: ['card'],
			payment_intent_data: {
				merchant_user_id: 'customer-7',
				merchant_order_id: 'order-1001',
				capture_method: 'manual',
			},
		});
	});

	it('sends who pays, until when, and how the money is taken', () => {
		const expiresAt = new Date('2026-12-31T17:00:00.900Z');
		const more = { captureMethod: 'manual' as const, customerEmail: 'payer@shop.example' };
		expect(sent(created({ ...more, expiresAt }))).toMatchObject({
			customer_email: 'payer@shop.example',
			expires_at: 1798736400,
			payment_intent_data: { capture_method: 'manual', merchant_order_id: 'order-1001' },
		});
	});

	it('leaves out what has no value', () => {
		expect(Object.keys(sent(created({ reference: null })))).toEqual([
			'mode',
			'success_url',
			'cancel_url',
			'line_items',
			'payment_intent_data',
		]);
	});
});

describe('the idempotency key', () => {
	const key = (more: Parameters<typeof order>[0] = {}) =>
		created(more).headers?.['Idempotency-Key'];

	it('is the same for the same row, and another for a changed amount, page or attempt', () => {
		expect(key()).toMatch(/^[0-9a-f]{64}$/);
		expect(key()).toBe(key());
		expect(
			new Set([
				key(),
				key({ amount: '13' }),
				key({ successUrl: 'https://shop.example/other' }),
				key({ attempt: 2 }),
			]).size,
		).toBe(4);
	});

	it('is not sent without a reference: two equal rows are two customers', () => {
		expect(key({ reference: null })).toBeUndefined();
	});

	it.each([
		['once', {}, 'never'],
		['again where the user trusts the key', { retry: true }, 'idempotencyKey'],
		[
			'once without a reference, whatever the user trusts',
			{ retry: true, reference: null },
			'never',
		],
	])('lets a create be sent %s', (_case, more, retry) => {
		expect(created(more).retry).toBe(retry);
	});

	it('is told with the checkout', () => {
		expect(
			wooshPay.checkout.result(
				answer('createCheckout.success'),
				sentFor(wooshPay, order(), credentials),
			),
		).toMatchObject({ idempotencyKey: key() });
	});
});

describe('a checkout', () => {
	// The documented sample has null for the reference and no metadata.
	it('keeps the reference that it was made with where the answer has none', () => {
		const sample = answer('createCheckout.success');
		const created = (more: object) =>
			wooshPay.checkout.result(
				{ ...sample, body: { ...(sample.body as object), ...more } },
				sentFor(wooshPay, order({ reference: 'order-7' }), credentials),
			).reference;
		expect([
			created({ client_reference_id: null, metadata: null }),
			created({ client_reference_id: 'as-wooshpay-has-it' }),
		]).toEqual(['order-7', 'as-wooshpay-has-it']);
	});

	it('is about the amount and currency that were sent where the answer tells none', () => {
		const line_items = [
			{ price_data: { currency: 'JPY', unit_amount: 2500, product_data: {} }, quantity: 2 },
		];
		expect(
			wooshPay.checkout.result(
				answer('createCheckout.success', { amount_total: null, currency: null }),
				sentFor(wooshPay, order({ extraFields: { line_items } }), credentials),
			),
		).toMatchObject({ amount: '5000', currency: 'JPY' });
	});

	it('is read into the shape that every provider has', () => {
		expect(readCheckout(answer('createCheckout.success'), credentials, 'read')).toEqual({
			provider: 'wooshpay',
			checkoutId: 'cs_1600000000000000003',
			paymentId: 'pi_1600000000000000005',
			reference: 'order-1001',
			checkoutUrl:
				'https://checkouttest.wooshpay.com/pay/cs_test_1600000000000000003?key=pk_test_aW52ZW50ZWQta2V5LW9mLWEtdGVzdA==',
			qrCode: null,
			status: 'open',
			providerStatus: 'open',
			statusReason: null,
			amount: '25.98',
			currency: 'GBP',
			expiresAt: '2022-10-13T05:41:31.214Z',
			livemode: false,
			nextAction: null,
		});
	});

	it.each([
		['paid', { status: 'complete', payment_status: 'paid' }, 'paid'],
		['open', { status: 'open', payment_status: 'unpaid' }, 'open'],
		['expired', { status: 'expired', payment_status: 'unpaid' }, 'expired'],
		[
			'pending when the payer is through and nothing is paid',
			{ status: 'complete', payment_status: 'unpaid' },
			'pending',
		],
		['canceled', { status: 'canceled', payment_status: 'unpaid' }, 'canceled'],
		[
			'unknown where nothing says what is paid',
			{ status: 'complete', payment_status: null },
			'unknown',
		],
		[
			'unknown for a word that nobody shows',
			{ status: 'succeeded', payment_status: 'unpaid' },
			'unknown',
		],
		['unknown for what every object has', { status: 'constructor' }, 'unknown'],
		[
			'unknown for a payment that was not needed',
			{ status: 'complete', payment_status: 'no_payment_required' },
			'unknown',
		],
		['unknown without a status', { status: null, payment_status: null }, 'unknown'],
	])('is %s', (_case, changes, status) => {
		expect(
			readCheckout(answer('createCheckout.success', changes), credentials, 'read').status,
		).toBe(status);
	});

	it.each([
		['is not https', 'http://checkouttest.wooshpay.com/pay/1'],
		['is no address', 'cs_test_1'],
		['is a script', 'javascript:alert(1)'],
		['is missing', null],
	])('has no link when the address %s', (_case, url) => {
		expect(
			readCheckout(answer('createCheckout.success', { url }), credentials, 'read').checkoutUrl,
		).toBeNull();
	});

	it('has a plain link where the base URL is plain too', () => {
		const sandbox = {
			...credentials,
			environment: 'custom' as const,
			baseUrl: 'http://127.0.0.1:1',
		};
		expect(
			readCheckout(
				answer('createCheckout.success', { url: 'http://127.0.0.1:1/pay' }),
				sandbox,
				'read',
			).checkoutUrl,
		).toBe('http://127.0.0.1:1/pay');
	});

	it('without an id is an error that says that it may exist', () => {
		expect(() => readCheckout(reply({}), credentials, 'create')).toThrow(
			expect.objectContaining({
				mayHaveArrived: true,
				message: expect.stringContaining('no checkout id') as string,
			}),
		);
	});

	it.each([
		['seconds', 1665639691, '2022-10-13T05:41:31.000Z'],
		['milliseconds', 1665639691214, '2022-10-13T05:41:31.214Z'],
		['digits as text', '1665639691214', '2022-10-13T05:41:31.214Z'],
	])('tells when it expires from %s', (_case, expiresAt, iso) => {
		expect(
			readCheckout(answer('createCheckout.success', { expires_at: expiresAt }), credentials, 'read')
				.expiresAt,
		).toBe(iso);
	});

	it.each([null, '', 'soon', -1, 1.5, '99999999999999999999'])('tells nothing about %p', (time) => {
		expect(readMoment(time)).toBeUndefined();
	});
});

describe('a payment', () => {
	it('is read into the shape of a checkout', () => {
		expect(readPayment(answer('getPayment.succeeded'), credentials)).toMatchObject({
			checkoutId: null,
			paymentId: 'pi_1600000000000000005',
			reference: 'order-1001',
			status: 'paid',
			providerStatus: 'succeeded',
			amount: '10.10',
			currency: 'USD',
			livemode: false,
		});
	});

	it.each([
		['succeeded', 'paid'],
		['requires_action', 'pending'],
		['requires_capture', 'pending'],
		['canceled', 'canceled'],
		['requires_payment_method', 'pending'],
		['requires_confirmation', 'pending'],
		['processing', 'pending'],
		['failed', 'failed'],
		['paid', 'unknown'],
		['complete', 'unknown'],
		['constructor', 'unknown'],
		[null, 'unknown'],
	])('with the status %p is %s', (status, read) => {
		expect(readPayment(answer('getPayment.succeeded', { status }), credentials).status).toBe(read);
	});

	// Every sample of the page has null (api-44642278): which of these forms it has is not known.
	it.each<[string, unknown, string | null]>([
		['a code', 'card_declined', 'card_declined'],
		['an object with a code', { type: 'card_error', code: 'card_declined' }, 'card_declined'],
		['an object with words', { type: 'card_error', message: 'No funds.' }, 'No funds.'],
		['an object with a type', { type: 'card_error' }, 'card_error'],
		['an empty object', {}, null],
		['null', null, null],
	])('that failed with %s for its last_payment_error', (_what, last_payment_error, reason) => {
		const failed = { status: 'requires_payment_method', last_payment_error };
		expect(readPayment(answer('getPayment.succeeded', failed), credentials).statusReason).toBe(
			reason,
		);
		expect(factsOf(paymentEvent('payment_intent.payment_failed', failed)).statusReason).toBe(
			reason,
		);
	});

	it('that succeeded has no reason for a failure, whatever an earlier try left there', () => {
		const last_payment_error = { code: 'card_declined' };
		expect(
			readPayment(answer('getPayment.succeeded', { last_payment_error }), credentials).statusReason,
		).toBeNull();
	});

	it('is worth what was received, where that is told', () => {
		expect(
			readPayment(answer('getPayment.succeeded', { amount_received: 900 }), credentials).amount,
		).toBe('9.00');
		expect(
			readPayment(answer('getPayment.succeeded', { amount_received: 0 }), credentials).amount,
		).toBe('10.10');
	});

	// Compared with what Wait for Payment expects, an amount received so far would look underpaid.
	it.each(['requires_capture', 'processing', 'canceled'])(
		'that is not finished (%s) is worth what it asks for, whatever was received so far',
		(status) => {
			const payment = answer('getPayment.succeeded', { status, amount_received: 900 });
			expect(readPayment(payment, credentials).amount).toBe('10.10');
		},
	);

	// Its `amount` is what was authorized, and a part of it may have been captured.
	it('that was captured by hand is worth what was received, and nothing that is only authorized', () => {
		const amount = (amount_received: number | null) =>
			readPayment(
				answer('getPayment.succeeded', { capture_method: 'manual', amount_received }),
				credentials,
			).amount;
		expect([amount(null), amount(0), amount(900)]).toEqual([null, null, '9.00']);
	});

	it('finds the reference in the metadata where there is no order number', () => {
		expect(
			readPayment(
				answer('getPayment.succeeded', {
					merchant_order_id: '',
					metadata: { reference: 'order-2' },
				}),
				credentials,
			).reference,
		).toBe('order-2');
	});

	it('of a currency that nobody knows has no amount', () => {
		expect(
			readPayment(answer('getPayment.succeeded', { currency: 'XXY' }), credentials).amount,
		).toBeNull();
	});
});

describe('a refund', () => {
	const refund: WooshPayRefundOrder = {
		paymentId: 'pi_1',
		amount: '5.00',
		amountUnit: 'major',
		currency: 'USD',
		reference: 'refund-1',
		reason: null,
		metadata: {},
		extraFields: {},
		attempt: 1,
		retry: false,
	};

	it('is asked for in the smallest unit, with its own reference', () => {
		expect(
			sent(
				createRefundCall({ ...refund, reason: 'duplicate', extraFields: { a: 1 } }, credentials),
			),
		).toEqual({
			payment_intent: 'pi_1',
			amount: 500,
			reason: 'duplicate',
			metadata: { reference: 'refund-1' },
			a: 1,
		});
	});

	it('without an amount is for all', () => {
		expect(
			sent(createRefundCall({ ...refund, amount: null, reference: null }, credentials)),
		).toEqual({ payment_intent: 'pi_1' });
	});

	it('is never sent twice on its own, unless the user trusts the key', () => {
		expect(createRefundCall(refund, credentials)).toMatchObject({
			retry: 'never',
			headers: { 'Idempotency-Key': expect.any(String) as string },
		});
		expect(createRefundCall({ ...refund, retry: true }, credentials).retry).toBe('idempotencyKey');
	});

	it('is read', () => {
		expect(readRefund(answer('createRefund.success'), 'read')).toEqual({
			provider: 'wooshpay',
			refundId: 're_1600000000000000007',
			paymentId: 'pi_1600000000000000005',
			reference: 'refund-1',
			paymentReference: null,
			status: 'succeeded',
			providerStatus: 'succeeded',
			amount: '5.00',
			currency: 'USD',
		});
	});

	it('with a word that no page shows is unknown', () => {
		expect(readRefund(answer('createRefund.success', { status: 'done' }), 'read').status).toBe(
			'unknown',
		);
	});

	it('takes a currency in small letters, as one page shows it', () => {
		expect(
			readRefund(answer('createRefund.success', { currency: 'usd', amount: 100 }), 'read'),
		).toMatchObject({ amount: '1.00', currency: 'usd' });
	});
});

describe('products and prices', () => {
	const product = {
		name: 'Tea',
		description: null,
		url: 'www.example.com',
		images: [],
		active: null,
		metadata: { key1: 'value1' },
		extraFields: {},
	};

	it('sends a product with what is filled in', () => {
		expect(sent(createProductCall(product, credentials))).toEqual({
			name: 'Tea',
			metadata: { key1: 'value1' },
			url: 'www.example.com',
		});
	});

	it('reads a product', () => {
		expect(readProduct(answer('createProduct.success'))).toEqual({
			provider: 'wooshpay',
			productId: 'prod_1600000000000000001',
			name: 'example product',
			description: 'some description',
			active: true,
			url: 'www.example.com',
			livemode: false,
		});
	});

	it('sends a price for a product that exists', () => {
		const call = createPriceCall(
			{
				amount: '12.99',
				amountUnit: 'major',
				currency: 'gbp',
				product: 'prod_1',
				active: false,
				nickname: 'n',
				lookupKey: 'k',
				metadata: { a: 'b' },
				extraFields: {},
			},
			credentials,
		);
		expect(sent(call)).toEqual({
			currency: 'GBP',
			unit_amount: 1299,
			product: 'prod_1',
			active: false,
			nickname: 'n',
			lookup_key: 'k',
			metadata: { a: 'b' },
		});
	});

	it('sends a price with a product to be made', () => {
		const call = createPriceCall(
			{ amount: '1', amountUnit: 'major', currency: 'JPY', product, extraFields: {} },
			credentials,
		);
		expect(sent(call)).toEqual({
			currency: 'JPY',
			unit_amount: 1,
			product_data: { name: 'Tea', metadata: { key1: 'value1' }, url: 'www.example.com' },
		});
	});

	it('refuses a lookup key of 201 characters', () => {
		expect(() =>
			updatePriceCall({ priceId: 'price_1', fields: { lookupKey: 'k'.repeat(201) } }, credentials),
		).toThrow("'Lookup Key'");
		expect(
			sent(
				updatePriceCall(
					{ priceId: 'price_1', fields: { lookupKey: 'k'.repeat(200) } },
					credentials,
				),
			),
		).toEqual({
			lookup_key: 'k'.repeat(200),
		});
	});

	it.each(['createPrice.success', 'getPrice.success'])(
		'reads a price of %s, whichever way it names the product',
		(name) => {
			expect(readPrice(answer(name), 'read')).toEqual({
				provider: 'wooshpay',
				priceId: 'price_1600000000000000002',
				productId: 'prod_1600000000000000001',
				amount: '12.99',
				currency: 'GBP',
				active: true,
				nickname: 'some nickname',
				lookupKey: 'test_lookup_key',
				livemode: false,
			});
		},
	);
});

describe('a refusal', () => {
	it.each([
		[
			'under error',
			{
				error: {
					type: 'invalid_request_error',
					code: 'parameter_missing',
					message: 'No success_url',
				},
			},
			'No success_url (parameter_missing)',
		],
		['at the top', { type: 'api_error', message: 'Try later' }, 'Try later (api_error)'],
		[
			'as a text under error',
			{ error: 'invalid_client', error_description: 'No such client' },
			'No such client',
		],
		['as nothing but a code', { error: { code: 'rate_limit' } }, 'rate_limit'],
		['as nothing', {}, ''],
	])('is told in the words of WooshPay, %s', (_case, body, message) => {
		expect(wooshPay.failure(reply(body, 400), credentials)?.message).toBe(message);
	});

	it('says where to look for a wrong key', () => {
		expect(wooshPay.failure(reply({}, 401), credentials)?.advice).toContain("'Secret Key'");
	});

	it('is none in a 200', () => {
		expect(wooshPay.failure(reply({ error: null }), credentials)).toBeUndefined();
	});
});

describe('a callback', () => {
	const secret = 'whsec_inventedSecretOfTheCredential1';
	const body = Buffer.from(JSON.stringify(paymentEvent('payment_intent.succeeded')));
	const signed = (rawBody: Buffer, key = secret, time = '1768435200000') => ({
		headers: {
			'wooshpay-signature': `t=${time},v1=${createHmac('sha256', key).update(`${time}.`).update(rawBody).digest('hex')}`,
		},
		rawBody,
	});
	const codeOf = (verdict: Verification) => (verdict.genuine === false ? verdict.code : 'genuine');

	it('is genuine with the secret of the endpoint, and tells when it was signed', () => {
		expect(wooshPay.callback.verify(signed(body), credentials)).toMatchObject({
			genuine: true,
			signedAt: new Date(1768435200000),
		});
	});

	const inHeader = (name: string, received = signed(body)) => ({
		headers: { [name]: received.headers['wooshpay-signature'] },
		rawBody: received.rawBody,
	});

	it('is genuine with its signature under the name of the Chinese page, verified alike', () => {
		const { verify } = wooshPay.callback;
		expect(verify(inHeader('signature'), credentials)).toMatchObject({
			genuine: true,
			signedAt: new Date(1768435200000),
		});
		expect(codeOf(verify(inHeader('signature', signed(body, 'whsec_other')), credentials))).toBe(
			'signature_mismatch',
		);
		expect(codeOf(verify(inHeader('signature', signed(body, secret, 'x')), credentials))).toBe(
			'malformed_header',
		);
		expect(codeOf(verify(inHeader('x-wooshpay-signature'), credentials))).toBe('missing_header');
	});

	it('is judged by its own header where both names are there', () => {
		const { headers } = inHeader('signature', signed(body, 'whsec_other'));
		const both = { ...signed(body), headers: { ...signed(body).headers, ...headers } };
		expect(codeOf(wooshPay.callback.verify(both, credentials))).toBe('genuine');
		const swapped = { signature: both.headers['wooshpay-signature'], 'wooshpay-signature': 't=1' };
		expect(codeOf(wooshPay.callback.verify({ ...both, headers: swapped }, credentials))).toBe(
			'malformed_header',
		);
	});

	it.each<[string, Partial<WooshPayCredentials>, Remembered]>([
		['the one that the trigger keeps', { webhookSecret: '' }, [{ secret }]],
		[
			'the one of the endpoint before',
			{ webhookSecret: '' },
			[{ secret: 'whsec_new', secretPrevious: secret }],
		],
		[
			'the one that another writer put back into the static data',
			{ webhookSecret: '' },
			[{ secret: 'whsec_new' }, { secret }],
		],
		['the one in the credential beside a kept one', {}, [{ secret: 'whsec_other' }]],
		[
			'the previous one in the credential',
			{ webhookSecret: 'whsec_new', webhookSecretPrevious: secret },
			[{}],
		],
	])('is genuine with any secret there is: %s', (_case, more, remembered) => {
		expect(
			wooshPay.callback.verify(signed(body), { ...credentials, ...more }, remembered).genuine,
		).toBe(true);
	});

	it.each([
		['what the process remembers', [{ secret, environment: 'live live' }, {}]],
		['what the static data holds', [{}, { secret, environment: 'live live' }]],
	])('of another environment is refused, in %s', (_case, remembered) => {
		const none = { ...credentials, webhookSecret: '', webhookSecretPrevious: '' };
		expect(wooshPay.callback.verify(signed(body), none, remembered).genuine).toBe(false);
	});

	it('is refused when there is no secret at all', () => {
		const none = { ...credentials, webhookSecret: '', webhookSecretPrevious: '' };
		for (const remembered of [[], [{}], [{ secret: '' }]])
			expect(wooshPay.callback.verify(signed(body, ''), none, remembered)).toMatchObject({
				genuine: false,
				code: 'no_secret',
			});
		expect(wooshPay.callback.setupProblem(none)).toContain("'Webhook Secret'");
	});

	it.each([
		[
			'with the body of another',
			{ ...signed(body), rawBody: Buffer.from('{}') },
			'signature_mismatch',
		],
		['without the header', { headers: {}, rawBody: body }, 'missing_header'],
		[
			'with a cut signature',
			{
				headers: { 'wooshpay-signature': signed(body).headers['wooshpay-signature'].slice(0, -2) },
				rawBody: body,
			},
			'malformed_signature',
		],
		['with a time that is none', signed(body, secret, 'now'), 'malformed_header'],
	])('is refused %s', (_case, received, code) => {
		expect(codeOf(wooshPay.callback.verify(received, credentials))).toBe(code);
	});

	it.each([
		['is a list', Buffer.from('[]')],
		['is not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
	])('whose body %s is known to be genuine, and what it says is not', (_case, rawBody) => {
		expect(wooshPay.callback.verify(signed(rawBody), credentials)).toMatchObject({
			genuine: true,
			unreadable: { code: 'body_not_object' },
		});
	});

	it('of live payments is refused under a test credential, though its signature is good', () => {
		const live = Buffer.from(JSON.stringify({ id: 'evt_1', livemode: true }));
		expect(codeOf(wooshPay.callback.verify(signed(live), credentials))).toBe('other_environment');
	});

	it('without a secret is told from one that WooshPay cannot have sent: only the first is asked about', () => {
		const none = { ...credentials, webhookSecret: '' };
		const fault = (headers: Record<string, string>) =>
			wooshPay.callback.verify({ headers, rawBody: body }, none, []);
		expect(fault(signed(body).headers)).toMatchObject({ fault: 'ours' });
		expect(fault({})).not.toHaveProperty('fault');
		for (const header of ['', 't=1,v1=00'])
			expect(fault({ 'wooshpay-signature': header })).not.toHaveProperty('fault');
	});

	it('keeps numbers that a JavaScript number would change', () => {
		const verdict = wooshPay.callback.verify(
			signed(Buffer.from('{"id":"evt_1","a":1.0,"b":12345678901234567891}')),
			credentials,
		);
		expect(verdict).toMatchObject({ payload: { a: '1.0', b: '12345678901234567891' } });
	});
});

describe('an event', () => {
	it('of a payment is read into the shape that every provider has', () => {
		const payload = paymentEvent('payment_intent.succeeded');
		expect(factsOf(payload)).toEqual({
			provider: 'wooshpay',
			event: 'payment.succeeded',
			eventId: 'pi_1:succeeded',
			checkoutId: null,
			paymentId: 'pi_1',
			reference: 'order-1001',
			status: 'paid',
			providerStatus: 'succeeded',
			statusReason: null,
			amount: '25.98',
			currency: 'GBP',
			livemode: false,
			occurredAt: '2026-01-14T23:59:59.841Z',
			raw: payload,
		});
	});

	it.each<[string, Record<string, unknown>, PaymentEventName, string]>([
		['payment_intent.succeeded', { status: 'succeeded' }, 'payment.succeeded', 'paid'],
		['payment_intent.succeeded', { status: 'requires_capture' }, 'unknown', 'unknown'],
		['payment_intent.created', { status: 'requires_payment_method' }, 'payment.pending', 'pending'],
		['payment_intent.requires_action', { status: 'requires_action' }, 'payment.pending', 'pending'],
		[
			'payment_intent.payment_failed',
			{ status: 'requires_payment_method' },
			'payment.failed',
			'failed',
		],
		['payment_intent.canceled', { status: 'canceled' }, 'payment.canceled', 'canceled'],
		['payment_intent.other', { status: 'succeeded' }, 'unknown', 'unknown'],
		[
			'checkout.session.completed',
			{ object: 'checkout.session', status: 'complete', payment_status: 'paid' },
			'unknown',
			'unknown',
		],
		[
			'checkout.session.expired',
			{ object: 'checkout.session', status: 'expired' },
			'payment.expired',
			'expired',
		],
		[
			'charge.refund.updated',
			{ object: 'refund', status: 'succeeded' },
			'refund.succeeded',
			'refunded',
		],
		['charge.refund.updated', { object: 'refund', status: 'pending' }, 'refund.pending', 'unknown'],
		['charge.refund.updated', { object: 'refund', status: 'failed' }, 'refund.failed', 'unknown'],
		[
			'charge.refund.updated',
			{ object: 'refund', status: 'odd', failure_reason: 'lost_or_stolen_card' },
			'refund.failed',
			'unknown',
		],
		['charge.refund.updated', { object: 'refund', status: 'odd' }, 'unknown', 'unknown'],
		['charge.dispute.updated', { object: 'dispute', status: 'lost' }, 'dispute.updated', 'unknown'],
		['', {}, 'unknown', 'unknown'],
	])('%s about %j is %s', (type, object, event, status) => {
		expect(factsOf(paymentEvent(type, object))).toMatchObject({ event, status });
	});

	it('of a refund that failed says why', () => {
		const refund = { object: 'refund', status: 'failed', failure_reason: 'lost_or_stolen_card' };
		expect(factsOf(paymentEvent('charge.refund.updated', refund))).toMatchObject({
			event: 'refund.failed',
			statusReason: 'lost_or_stolen_card',
		});
	});

	it('of a refund names the payment that is refunded', () => {
		expect(
			factsOf(
				paymentEvent('charge.refund.updated', {
					id: 're_1',
					object: 'refund',
					payment_intent: 'pi_9',
					amount: 500,
				}),
			),
		).toMatchObject({ paymentId: 'pi_9', amount: '5.00' });
	});

	it('of a dispute is read as its page shows it', () => {
		expect(factsOf(answer('dispute.event').body as Record<string, unknown>)).toMatchObject({
			event: 'dispute.updated',
			eventId: 'evt_1600000000000000008',
			paymentId: null,
			providerStatus: 'lost',
			amount: '0.66',
			occurredAt: '2022-11-17T12:29:38.000Z',
		});
	});

	it('without an object is unknown and loses nothing', () => {
		expect(factsOf({ id: 'evt_1', type: 'payment_intent.succeeded' })).toMatchObject({
			event: 'unknown',
			eventId: 'evt_1',
			paymentId: null,
			amount: null,
			raw: { type: 'payment_intent.succeeded' },
		});
	});

	it('without an id of its own still has one that differs by payment and status', () => {
		const id = (object: object) =>
			factsOf(paymentEvent('payment_intent.succeeded', { ...object }, { id: null })).eventId;
		expect(new Set([id({ id: 'pi_1' }), id({ id: 'pi_2' }), id({ status: 'canceled' })]).size).toBe(
			3,
		);
		expect(id({ id: 'pi_1' })).toBe(id({ id: 'pi_1' }));
	});

	it('without any id is not taken for a copy of another one: both are signed, and the second would start nothing', () => {
		const id = (payload: Record<string, unknown>) => factsOf(payload).eventId;
		expect(id({ data: { object: { note: 'one' } } })).not.toBe(
			id({ data: { object: { note: 'two' } } }),
		);
		expect(id({ note: 'one' })).toBe(id({ note: 'one' }));
	});
});

describe('asking about a callback', () => {
	const { askFor, call, facts, contradiction, timeOf } = confirm;
	const asked = { providerEventId: 'evt_1' };
	const answered = (body: object) =>
		facts({ ...answer('dispute.event'), body }, asked, credentials);

	it('asks for the event by its id, never for the payment', () => {
		expect(askFor(factsOf(paymentEvent('payment_intent.succeeded')))).toEqual(asked);
		expect(call(asked, credentials).url).toBe('https://apitest.wooshpay.com/v1/events/evt_1');
	});

	it('has nothing to ask for an event without an id', () => {
		const event = factsOf(paymentEvent('payment_intent.succeeded', {}, { id: null }));
		expect(askFor(event)).toBeUndefined();
	});

	it('reads everything from the answer', () => {
		expect(answered(paymentEvent('payment_intent.succeeded'))).toEqual(
			factsOf(paymentEvent('payment_intent.succeeded')),
		);
	});

	it('takes no answer about another event', () => {
		const other = paymentEvent('payment_intent.succeeded', {}, { id: 'evt_2' });
		expect(() => answered(other)).toThrow('about another event');
	});

	it.each([
		['test', false, false],
		['test', true, true],
		['live', true, false],
		['live', false, true],
	] as const)(
		'under a %s credential, livemode %s contradicts it: %s',
		(mode, livemode, isRefused) => {
			const found = factsOf(paymentEvent('payment_intent.succeeded', {}, { livemode }));
			for (const environment of [mode, 'custom'] as const) {
				const credential = { ...credentials, environment, secretKey: `sk_${mode}_key` };
				expect(contradiction?.(found, credential) !== undefined).toBe(isRefused);
			}
		},
	);

	it("has the provider's own time", () => {
		expect(timeOf(factsOf(paymentEvent('payment_intent.succeeded')))).toBe(
			'2026-01-14T23:59:59.841Z',
		);
	});
});

describe('registering an endpoint', () => {
	it.each<[PaymentEventName[], string[], string[]]>([
		[['payment.succeeded'], [], ['payment_intent.succeeded']],
		[['payment.pending'], [], ['payment_intent.created', 'payment_intent.requires_action']],
		[['refund.succeeded', 'refund.failed'], [], ['charge.refund.updated']],
		[
			['dispute.updated', 'payment.canceled', 'payment.failed'],
			[],
			['charge.dispute.updated', 'payment_intent.canceled', 'payment_intent.payment_failed'],
		],
		[
			['payment.succeeded'],
			['payout.paid', 'payment_intent.succeeded'],
			['payment_intent.succeeded', 'payout.paid'],
		],
		[['payment.expired'], [], ['checkout.session.expired']],
	])('asks for %j and %j as %j', (events, additional, names) => {
		expect(registration.eventNames(events, additional)).toEqual(names);
	});

	it('asks for every documented event where an unknown status is wanted', () => {
		expect(registration.eventNames(['unknown'], [])).toHaveLength(7);
	});

	it('reads a page of endpoints, and where the next one begins', () => {
		expect(registration.listed(answer('listEndpoints.success'))).toEqual({
			endpoints: [
				{
					id: 'we_1600000000000000010',
					url: 'https://shop.example/hook',
					enabled: true,
					events: ['payment_intent.succeeded'],
				},
				{
					id: 'we_1600000000000000011',
					url: 'https://n8n.example/webhook/x/callback',
					enabled: false,
					events: ['payment_intent.succeeded'],
				},
			],
			next: 'we_1600000000000000011',
		});
		expect(registration.list(credentials, 'we_1').url).toBe(
			'https://apitest.wooshpay.com/v1/webhook_endpoints?limit=100&starting_after=we_1',
		);
	});

	it('takes "more" only for true, since other lists have null there', () => {
		expect(
			registration.listed(answer('listEndpoints.success', { has_more: null })).next,
		).toBeUndefined();
	});

	it('never takes an answer without a list for an empty one', () => {
		expect(() => registration.listed(reply({ object: 'list' }))).toThrow('no list');
	});

	it('keeps id and secret, and refuses an answer without either', () => {
		expect(registration.remember(answer('createEndpoint.success'))).toEqual({
			id: 'we_1600000000000000012',
			secret: 'whsec_inventedSecretOfAnEndpoint0001',
		});
		expect(() => registration.remember(answer('createEndpoint.success', { secret: '' }))).toThrow(
			expect.objectContaining({ mayHaveArrived: true }),
		);
	});
});

// Words that every JavaScript object knows: a look-up in a table would find a function.
describe.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
	'the word %s, which WooshPay does not document,',
	(word) => {
		it('is an unknown status', () => {
			expect(readPayment(reply({ id: 'pi_1', status: word }), credentials)).toMatchObject({
				status: 'unknown',
				providerStatus: word,
			});
			expect(readRefund(reply({ id: 're_1', status: word }), 'read')).toMatchObject({
				status: 'unknown',
				providerStatus: word,
			});
		});

		it('is an unknown event', () => {
			expect(factsOf(paymentEvent(word))).toMatchObject({ event: 'unknown', status: 'unknown' });
			expect(factsOf(paymentEvent('charge.refund.updated', { status: word }))).toMatchObject({
				event: 'unknown',
				status: 'unknown',
			});
		});
	},
);
