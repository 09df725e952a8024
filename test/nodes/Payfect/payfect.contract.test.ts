import {
	getCheckoutCall,
	payfect,
	readCheckout,
	readTime,
	type PayfectOrder,
} from '../../../nodes/Payfect/payfect.contract';
import { CallFailure } from '../../../nodes/shared/core/callFailure';
import type { AskedFor, PaymentEventData } from '../../../nodes/shared/core/contract';
import { InputError } from '../../../nodes/shared/core/inputError';
import createdReply from './fixtures/createCheckout.success.json';
import {
	credentials,
	fernetToken,
	paid,
	previousSecretKey,
	reply,
	secretKey,
	strangersKey,
} from './support';
import { sentFor } from '../shared/support/sent';

const order = (more: Partial<PayfectOrder> = {}): PayfectOrder => ({
	amount: '20.50',
	lineItems: [],
	amountUnit: 'major',
	currency: 'usdt',
	reference: 'order-0001',
	description: null,
	successUrl: null,
	cancelUrl: null,
	callbackUrl: null,
	extraFields: {},
	paymentMethod: null,
	...more,
});
const sent = (more: Partial<PayfectOrder> = {}) =>
	JSON.parse(payfect.checkout.call(order(more), credentials).body ?? '') as Record<string, unknown>;

describe('the create call', () => {
	it('sends every field that is documented, in its own odd casing', () => {
		const call = payfect.checkout.call(
			order({
				lineItems: [
					{
						name: 'Tea',
						unitAmount: '20.50',
						quantity: 2,
						description: 'One box',
						images: ['https://shop.example/tea.png'],
					},
				],
				successUrl: 'https://shop.example/ok',
				cancelUrl: 'https://shop.example/no',
				callbackUrl: 'https://n8n.example/webhook/abc',
				paymentMethod: { currency: 'usdt', network: 'tron' },
			}),
			credentials,
		);
		expect(call).toMatchObject({
			method: 'POST',
			url: 'https://api.payfect.finance/api/v1/checkouts/',
			headers: { 'content-type': 'application/json' },
		});
		expect(JSON.parse(call.body ?? '')).toEqual({
			client_reference_id: 'order-0001',
			currency: 'usdt',
			invoice_items: [
				{
					price_data: {
						currency: 'usdt',
						unit_amount: '20.50',
						product_data: {
							name: 'Tea',
							description: 'One box',
							images: ['https://shop.example/tea.png'],
						},
					},
					quantity: 2,
				},
			],
			success_url: 'https://shop.example/ok',
			cancel_url: 'https://shop.example/no',
			callback_url: 'https://n8n.example/webhook/abc',
			payment_method_data: {
				type: 'cryptopaymentmethoddetail',
				paymentMethodDetail: { currency: 'usdt', network: 'tron' },
			},
		});
	});

	it('leaves out what is not given', () => {
		expect(Object.keys(sent({ description: 'Tea', reference: null }))).toEqual([
			'currency',
			'invoice_items',
		]);
	});

	it.each([
		['its description', { description: 'Two boxes' }, 'Two boxes'],
		['its reference, without a description', {}, 'order-0001'],
	])('names one amount by %s', (_case, more, name) => {
		expect(sent(more).invoice_items).toEqual([
			{
				price_data: { currency: 'usdt', unit_amount: '20.50', product_data: { name } },
				quantity: 1,
			},
		]);
	});

	it('refuses an amount that the payer could not recognize', () => {
		expect(() => payfect.checkout.call(order({ reference: null }), credentials)).toThrow(
			InputError,
		);
		expect(() => payfect.checkout.call(order({ reference: null }), credentials)).toThrow(
			"'Description' and 'Reference' are both empty",
		);
	});

	it('sends several line items, and price IDs in place of name and amount', () => {
		const lineItems = [
			{ name: 'Tea', unitAmount: '1.00', quantity: 3 },
			{ name: '', unitAmount: '0', quantity: 2, price: '66666666-7777-4888-9999-000000000000' },
		];
		expect(sent({ amount: null, lineItems }).invoice_items).toEqual([
			{
				price_data: { currency: 'usdt', unit_amount: '1.00', product_data: { name: 'Tea' } },
				quantity: 3,
			},
			{ price: '66666666-7777-4888-9999-000000000000', quantity: 2 },
		]);
	});

	it('merges extra fields last', () => {
		const extraFields = {
			currency: 'CNY',
			payment_method_types: ['crypto'],
			payment_method_data: { paymentMethodDetail: { network: 'other' } },
		};
		expect(
			sent({ paymentMethod: { currency: 'usdt', network: 'tron' }, extraFields }),
		).toMatchObject({
			currency: 'CNY',
			payment_method_types: ['crypto'],
			payment_method_data: {
				type: 'cryptopaymentmethoddetail',
				paymentMethodDetail: { currency: 'usdt', network: 'other' },
			},
		});
	});

	it.each(['usdt', 'USDT', 'TWD'])('does not change the case of the currency %s', (currency) => {
		expect(sent({ currency }).currency).toBe(currency);
	});

	it('sends amounts as text, as long as they are', () => {
		expect(sent({ amount: '123456789012345678901234567890.12345678' }).invoice_items).toMatchObject(
			[{ price_data: { unit_amount: '123456789012345678901234567890.12345678' } }],
		);
	});

	const item = (unitAmount: string) => ({ name: 'Tea', unitAmount, quantity: 1 });
	it.each<[string, Partial<PayfectOrder>, RegExp]>([
		[
			'JPY 12.50',
			{ currency: 'JPY', amount: '12.50' },
			/^'Amount' "12\.50" has more decimals than JPY, which has no decimals$/,
		],
		[
			'TWD 12.999',
			{ currency: 'TWD', amount: '12.999' },
			/^'Amount' "12\.999" has more decimals than TWD, which has 2 decimals$/,
		],
		[
			'cny 0.001',
			{ currency: 'cny', amount: '0.001' },
			/^'Amount' "0\.001" has more decimals than CNY/,
		],
		[
			'TWD 1.000, which may have been meant for a thousand',
			{ currency: 'TWD', amount: '1.000' },
			/^'Amount' "1\.000" has more decimals than TWD/,
		],
		[
			'a line item of TWD 0.005, though the sum has two decimals',
			{
				currency: 'TWD',
				amount: '1.01',
				lineItems: [item('1.00'), { ...item('0.005'), quantity: 2 }],
			},
			/^'Line Items 2: Unit Amount' "0\.005" has more decimals than TWD/,
		],
	])('refuses %s: nobody can pay that, and nothing is rounded', (_case, more, words) => {
		expect(() => sent(more)).toThrow(InputError);
		expect(() => sent(more)).toThrow(words);
	});

	it.each([
		['JPY', '1200'],
		['TWD', '20.5'],
		['KWD', '1.234'],
		['usdt', '0.000001'],
		['ETH', '0.00000001'],
	])('sends %s %s as it was typed', (currency, amount) => {
		expect(sent({ currency, amount }).invoice_items).toMatchObject([
			{ price_data: { currency, unit_amount: amount } },
		]);
	});

	it('is never sent twice blindly, and says where to look', () => {
		const call = payfect.checkout.call(order(), credentials);
		expect(call.retry).toBe('never');
		expect(call.howToFindOut).toMatch(/dashboard/);
	});

	it('goes to the address of the credential, whatever its slashes', () => {
		expect(
			payfect.checkout.call(order(), {
				...credentials,
				baseUrl: 'http://127.0.0.1:4100/payfect/api/v1//',
			}).url,
		).toBe('http://127.0.0.1:4100/payfect/api/v1/checkouts/');
	});

	it('is signed with the key alone', () => {
		expect(
			payfect.authHeaders(credentials, payfect.checkout.call(order(), credentials), {
				now: new Date(0),
				nonce: '',
			}),
		).toEqual({ Authorization: 'Api-Key sentinel-api-key-71c2f0' });
	});
});

describe('the query', () => {
	it('keeps the final slash', () => {
		expect(getCheckoutCall('3f0c9a52', credentials)).toMatchObject({
			method: 'GET',
			url: 'https://api.payfect.finance/api/v1/checkouts/3f0c9a52/',
			retry: 'idempotent',
		});
	});
});

describe('a checkout', () => {
	const read = (more: object = {}) =>
		readCheckout(
			reply(createdReply.status, { ...createdReply.body, ...more }),
			credentials,
			'read',
		);

	it('is read from the documented answer', () => {
		expect(read()).toEqual({
			provider: 'payfect',
			checkoutId: '3f0c9a52-7d4e-4a61-9b1c-5e2f8d7a6c01',
			paymentId: 'a1b2c3d4-e5f6-4789-8abc-def012345678',
			reference: 'order-0001',
			checkoutUrl: 'https://buy-dev.payfect.finance/checkouts/3f0c9a52-7d4e-4a61-9b1c-5e2f8d7a6c01',
			qrCode: null,
			status: 'open',
			providerStatus: 'open',
			statusReason: null,
			amount: '41.00',
			currency: 'usdt',
			expiresAt: '2023-12-30T14:40:00.000Z',
			livemode: false,
			nextAction: null,
		});
	});

	// The documented answer to a create with a reference has null in its place.
	it('keeps the reference that it was made with where the answer has none', () => {
		const created = (clientReferenceId: unknown) =>
			payfect.checkout.result(
				reply(200, { ...createdReply.body, clientReferenceId }),
				sentFor(payfect, order({ reference: 'order-7' }), credentials),
			).reference;
		expect([created(null), created(undefined), created('as-payfect-has-it')]).toEqual([
			'order-7',
			'order-7',
			'as-payfect-has-it',
		]);
	});

	it('is about the amount and currency that were sent where the answer tells none', () => {
		const invoice_items = [
			{ price_data: { currency: 'usdc', unit_amount: '12.50', product_data: {} }, quantity: 2 },
		];
		const extraFields = { currency: 'usdc', invoice_items };
		expect(
			payfect.checkout.result(
				reply(200, { ...createdReply.body, amountTotal: null, currency: null }),
				sentFor(payfect, order({ extraFields }), credentials),
			),
		).toMatchObject({ amount: '25.00', currency: 'usdc' });
	});

	it.each([
		['open', 'open'],
		['complete', 'paid'],
		['expired', 'expired'],
		['succeeded', 'unknown'],
		['COMPLETE', 'unknown'],
		['paid', 'unknown'],
		['', 'unknown'],
		[null, 'unknown'],
		['constructor', 'unknown'],
		['__proto__', 'unknown'],
	])('with status %p is %s', (status, expected) => {
		expect(read({ status }).status).toBe(expected);
	});

	it.each([
		[
			'as Payfect gave it, byte for byte',
			'https://buy.example/c/1?x=%2f&y=a b'.replace(' ', '%20'),
			true,
		],
		['not, when it is relative', '/checkouts/1', false],
		['not, when it is a script', 'javascript:alert(1)', false],
		['not, when anybody on the way could change the page', 'http://buy.example/c/1', false],
		['not, when it is no text', 12, false],
		['not, when it is missing', undefined, false],
	])('has its link %s', (_case, url, given) => {
		expect(read({ url }).checkoutUrl).toBe(given ? url : null);
	});

	it('of a local sandbox may have a link without https', () => {
		const body = { ...createdReply.body, url: 'http://127.0.0.1:4100/cashier/1' };
		expect(
			readCheckout(
				reply(200, body),
				{ ...credentials, baseUrl: 'http://127.0.0.1:4100/payfect/api/v1' },
				'read',
			).checkoutUrl,
		).toBe(body.url);
	});

	it.each([[{}], ['OK'], [[]], [{ id: '' }], [{ id: null }]])(
		'without an id (%j) may exist nevertheless, and says so',
		(body) => {
			expect(() => readCheckout(reply(200, body), credentials, 'create')).toThrow(CallFailure);
			expect(() => readCheckout(reply(200, body), credentials, 'create')).toThrow(
				expect.objectContaining({
					mayHaveArrived: true,
					advice: expect.stringMatching(/may have been made/) as string,
				}) as Error,
			);
		},
	);
});

describe('a time', () => {
	it.each([
		['seconds with microseconds', '1690532072.288761', '2023-07-28T08:14:32.288Z'],
		['milliseconds', '1703939166000', '2023-12-30T12:26:06.000Z'],
		['ISO 8601, until December 2023', '2023-12-30T12:26:06Z', '2023-12-30T12:26:06.000Z'],
		['a number', 1703939166000, '2023-12-30T12:26:06.000Z'],
		['words', 'tomorrow', null],
		['beyond all calendars', '99999999999999999999', null],
		['nothing', null, null],
		['an object', {}, null],
	])('may be %s', (_case, value, expected) => {
		expect(readTime(value)).toBe(expected);
	});
});

describe('a refusal', () => {
	it.each([
		[
			400,
			{ currency: ['This field is required.'] },
			'{"currency":["This field is required."]}',
			undefined,
		],
		[401, { detail: 'Invalid API key.' }, 'Invalid API key.', "Check 'API Key' in the credential."],
		[
			403,
			{ detail: 'You do not have permission.' },
			'You do not have permission.',
			"Check 'API Key' in the credential.",
		],
		[404, { detail: 'Not found.' }, 'Not found.', undefined],
		[500, { detail: 'Server error' }, 'Server error', undefined],
	])('with HTTP %d is given in its own words', (status, body, message, advice) => {
		expect(payfect.failure(reply(status, body), credentials)).toEqual({
			message,
			...(advice === undefined ? {} : { advice }),
		});
	});

	it('in HTML has no words that could be read', () => {
		expect(payfect.failure(reply(502, '<html>Bad gateway</html>'), credentials)).toBeUndefined();
	});

	it('is none inside of a success', () => {
		expect(payfect.failure(reply(200, { detail: 'fine' }), credentials)).toBeUndefined();
	});

	it('of the credential comes before anything is sent', () => {
		expect(payfect.credentialProblem?.({ ...credentials, apiKey: '' })).toBe(
			"'API Key' in the Payfect credential is empty",
		);
		expect(payfect.credentialProblem?.(credentials)).toBeUndefined();
	});
});

describe('the secret key for callbacks', () => {
	it.each([
		['empty', '', /'Callback Secret Key' in the Payfect credential is empty/],
		[
			'the API key',
			'a1b2c3d4.0123456789abcdef0123456789abcdef',
			/not a key of 32 bytes in base64url/,
		],
		['too short', 'c2hvcnQ=', /not a key of 32 bytes in base64url/],
	])(
		'that is %s is described in the words of the credential',
		(_case, callbackSecretKey, words) => {
			expect(payfect.callback.setupProblem({ ...credentials, callbackSecretKey })).toMatch(words);
		},
	);

	it('from before is described too', () => {
		expect(
			payfect.callback.setupProblem({ ...credentials, callbackSecretKeyPrevious: 'short' }),
		).toMatch(/'Previous Callback Secret Key' in the Payfect credential is not a key/);
	});

	it('may be the only one', () => {
		expect(payfect.callback.setupProblem(credentials)).toBeUndefined();
	});
});

describe('a callback', () => {
	const verify = (headers: Record<string, string>, body: string | Buffer, fields = credentials) =>
		payfect.callback.verify({ headers, rawBody: Buffer.from(body) }, fields);
	const text = JSON.stringify(paid);

	it('is genuine when its header holds a token of the same data', () => {
		expect(
			verify(
				{ 'x-payfect-signature': fernetToken(text, secretKey, new Date(1_703_860_000_000)) },
				text,
			),
		).toEqual({ genuine: true, payload: paid, signedAt: new Date(1_703_860_000_000) });
	});

	it('made with the previous key is genuine while keys are changed', () => {
		const token = fernetToken(text, previousSecretKey);
		expect(
			verify({ 'x-payfect-signature': token }, text, {
				...credentials,
				callbackSecretKeyPrevious: previousSecretKey,
			}),
		).toMatchObject({ genuine: true });
		expect(verify({ 'x-payfect-signature': token }, text)).toMatchObject({ genuine: false });
	});

	it.each([
		['no header', {}, text, 'missing_signature'],
		['an empty header', { 'x-payfect-signature': '' }, text, 'missing_signature'],
		[
			"a stranger's token",
			{ 'x-payfect-signature': fernetToken(text, strangersKey) },
			text,
			'bad_hmac',
		],
		[
			'an amount of other digits',
			{ 'x-payfect-signature': fernetToken('{"amount": 1.0}') },
			'{"amount": 1}',
			'body_mismatch',
		],
		[
			'a big number of another last digit',
			{ 'x-payfect-signature': fernetToken('{"amount": 12345678901234567890}') },
			'{"amount": 12345678901234567891}',
			'body_mismatch',
		],
		[
			'a body that is no UTF-8',
			{ 'x-payfect-signature': fernetToken(text) },
			Buffer.from([0x7b, 0xff, 0x7d]),
			'body_not_json',
		],
		['an empty body', { 'x-payfect-signature': fernetToken(text) }, '', 'body_not_json'],
		['a list', { 'x-payfect-signature': fernetToken('[1]') }, '[1]', 'payload_not_object'],
	])('with %s is refused', (_case, headers, body, code) => {
		const verdict = verify(headers, body);
		expect(verdict).toMatchObject({
			genuine: false,
			code,
		});
		expect(JSON.stringify(verdict)).not.toMatch(/order-0001|20\.50/);
	});

	it.each<[string, unknown]>([
		['a member more', { ...paid, extra: 1 }],
		['no member at all', {}],
		['members in another casing', { ...paid, clientReferenceId: 'order-0001', isLivemode: false }],
		['an amount that is a number', { ...paid, amount: 20.5 }],
		['a payment of another order', { ...paid, id: 'other', client_reference_id: 'order-9' }],
		['another amount', { ...paid, amount: '999.00' }],
		['JSON in a text', text],
		['a list', [paid]],
	])('whose body has %s is what its token says: only Payfect can encrypt one', (_case, body) => {
		expect(verify({ 'x-payfect-signature': fernetToken(text) }, JSON.stringify(body))).toEqual({
			genuine: true,
			payload: paid,
			signedAt: expect.any(Date) as Date,
			remark: 'its body differs from the decrypted token; what the token says counts',
		});
	});

	it.each<[string, object]>([
		...['id', 'amount', 'status', 'currency', 'merchant'].map((name): [string, object] => [
			`no ${name}`,
			{ ...paid, [name]: undefined },
		]),
		['an empty status', { ...paid, status: '' }],
		['an amount that is a number', { ...paid, amount: 20.5 }],
		['an amount that is no decimal', { ...paid, amount: '20,50' }],
		['a merchant that is an object', { ...paid, merchant: { id: paid.merchant } }],
		['something else', { api_key: 'of the dashboard' }],
	])('whose body differs is refused where the token has %s', (_case, content) => {
		const token = fernetToken(JSON.stringify(content));
		expect(verify({ 'x-payfect-signature': token }, text)).toMatchObject({
			genuine: false,
			code: 'body_mismatch',
		});
		expect(verify({ 'x-payfect-signature': token }, JSON.stringify(content))).toMatchObject({
			genuine: true,
			payload: JSON.parse(JSON.stringify(content)) as object,
		});
	});

	it('passes on what was encrypted, not the body: of duplicate keys the same one counts', () => {
		const body = '{"amount": "999.00", "amount": "20.50"}';
		expect(
			verify({ 'x-payfect-signature': fernetToken('{"amount": "20.50"}') }, body),
		).toMatchObject({ payload: { amount: '20.50' } });
		expect(
			verify(
				{ 'x-payfect-signature': fernetToken('{"amount": "20.50"}') },
				'{"amount": "20.50", "amount": "999.00"}',
			),
		).toMatchObject({ genuine: false });
	});

	it('becomes the facts of the payment', () => {
		expect(payfect.callback.parseEvent(paid, credentials)).toEqual({
			provider: 'payfect',
			event: 'payment.succeeded',
			eventId: '3f0c9a52-7d4e-4a61-9b1c-5e2f8d7a6c01:succeeded:20.5',
			checkoutId: '3f0c9a52-7d4e-4a61-9b1c-5e2f8d7a6c01',
			paymentId: 'a1b2c3d4-e5f6-4789-8abc-def012345678',
			reference: 'order-0001',
			status: 'paid',
			providerStatus: 'succeeded',
			statusReason: null,
			amount: '20.50',
			currency: 'usdt',
			livemode: false,
			occurredAt: null,
			raw: paid,
		});
	});

	it.each(['complete', 'SUCCEEDED', 'failed', '', null, undefined, true, 'constructor'])(
		'with the status %p, which is documented nowhere, is unknown',
		(status) => {
			expect(payfect.callback.parseEvent({ ...paid, status }, credentials)).toMatchObject({
				event: 'unknown',
				status: 'unknown',
			});
		},
	);

	it('without an id is not taken for a copy of another without an id', () => {
		const eventId = (payload: Record<string, unknown>) =>
			payfect.callback.parseEvent(payload, credentials).eventId;
		expect(eventId({ status: 'succeeded', amount: '1' })).not.toBe(
			eventId({ status: 'succeeded', amount: '2' }),
		);
		expect(eventId({ status: 'succeeded', amount: '1' })).toBe(
			eventId({ status: 'succeeded', amount: '1' }),
		);
	});

	it('is acknowledged with 200', () => {
		expect(payfect.callback.acknowledgement(credentials)).toEqual({
			status: 200,
			contentType: 'text/plain; charset=utf-8',
			body: 'OK',
		});
	});
});

describe('what the API says about a callback', () => {
	const claimed: PaymentEventData = payfect.callback.parseEvent(paid, credentials);
	const { confirm } = payfect.callback;
	const asked = { checkoutId: '3f0c9a52-7d4e-4a61-9b1c-5e2f8d7a6c01' };
	const found = (status: string, more: object = {}, about: AskedFor = asked) =>
		confirm?.facts(reply(200, { ...createdReply.body, status, ...more }), about, credentials);

	it('is asked for by the checkout', () => {
		expect(confirm?.askFor(claimed)).toEqual(asked);
		expect(confirm?.call(asked, credentials).url).toBe(
			'https://api.payfect.finance/api/v1/checkouts/3f0c9a52-7d4e-4a61-9b1c-5e2f8d7a6c01/',
		);
		expect(confirm?.askFor({ ...claimed, checkoutId: null })).toBeUndefined();
	});

	it.each([
		['complete', 'payment.succeeded', 'paid'],
		['open', 'payment.pending', 'open'],
		['expired', 'payment.expired', 'expired'],
		['else', 'unknown', 'unknown'],
	])('%s: %s', (word, event, status) => {
		expect(found(word)).toMatchObject({
			event,
			status,
			providerStatus: word,
			amount: '41.00',
			reference: 'order-0001',
		});
	});

	it('is no answer where it is about another checkout', () => {
		expect(() => found('complete', { id: 'another' })).toThrow('about another checkout');
	});

	it('has nothing of the callback: what the answer does not have is null', () => {
		expect(found('complete', { clientReferenceId: undefined })?.reference).toBeNull();
	});

	it.each([
		['is that of the credential', '7b1d2c3e-4f50-4a6b-8c7d-9e0f1a2b3c4d', {}, false],
		['is another', 'somebody-else', {}, true],
		['is not told', '7b1d2c3e-4f50-4a6b-8c7d-9e0f1a2b3c4d', { merchant: undefined }, true],
		['is not compared without one in the credential', '', {}, false],
	])('the merchant in it %s', (_case, merchantId, more, isRefused) => {
		const answer = found('complete', more) as PaymentEventData;
		const problem = confirm?.contradiction?.(answer, { ...credentials, merchantId });
		expect(problem !== undefined).toBe(isRefused);
	});

	it('alone is believed only with a merchant in the credential', () => {
		expect(confirm?.setupProblem?.(credentials)).toContain("'Merchant ID'");
		expect(confirm?.setupProblem?.({ ...credentials, merchantId: 'M' })).toBeUndefined();
	});

	it('tells what was ordered, and not what was received', () => {
		expect(confirm?.amountIs).toBe('ordered');
	});

	it('is the same event as the callback about it, so that a payment found out in two ways is started once', () => {
		expect(found('complete', { amountTotal: '20.500' })?.eventId).toBe(claimed.eventId);
		expect(found('open')?.eventId).not.toBe(claimed.eventId);
	});
});
