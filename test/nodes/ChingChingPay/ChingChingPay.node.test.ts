import type { IDataObject } from 'n8n-workflow';
import {
	startProviderServer,
	type ProviderServer,
	type Reply,
} from '../shared/support/providerServer';
import { jsonOf, link, order, Shop, wordsOf } from './sandbox';

const shop = Shop.forEachTest();
const refund = {
	resource: 'refund',
	operation: 'create',
	paymentReference: 'order-1',
	amount: '5.00',
	currency: 'HKD',
	reference: 'refund-1',
	callback: 'none',
};

describe('Create Checkout', () => {
	it('makes a checkout and gives its link', async () => {
		const result = await shop.run({
			...order,
			description: 'Tea 茶',
			successUrl: 'https://shop.example/thanks?a=1',
			callback: 'url',
			callbackUrl: 'http://127.0.0.1:1/webhook/x',
		});
		const { checkouts } = await shop.state();
		expect(checkouts).toEqual([
			expect.objectContaining({
				amount: '20.50',
				currency: 'HKD',
				reference: 'order-1',
				description: 'Tea 茶',
				callbackUrl: expect.stringMatching(
					/^http:\/\/127\.0\.0\.1:1\/webhook\/x\?hc=[\w-]{16}$/,
				) as string,
				remarks: [],
			}),
		]);
		expect(jsonOf(result)).toEqual([
			{
				provider: 'chingchingpay',
				checkoutId: checkouts[0]?.checkoutId,
				paymentId: checkouts[0]?.paymentId,
				reference: 'order-1',
				checkoutUrl: `${shop.url}/cashier/chingchingpay/${checkouts[0]?.checkoutId}`,
				qrCode: null,
				status: 'open',
				providerStatus: 'SBX_ACCEPTED',
				statusReason: null,
				amount: '20.50',
				currency: 'HKD',
				expiresAt: null,
				livemode: null,
				nextAction: expect.objectContaining({ type: 'redirect_to_url' }),
			},
		]);
	});

	it('sends every additional field, the method options as JSON-encoded text', async () => {
		const additionalFields = {
			clientIp: '203.0.113.7',
			deviceId: 'D1',
			expiresAt: '4102444800',
			paymentMethodOption:
				'{"payment_inst": "ALIPAYHK", "trade_information": {"business_type": "5"}}',
			storeId: 'S1',
		};
		const result = await shop.run({
			...order,
			additionalFields,
			options: { extraFields: '{"colour": "red"}' },
			merchantId: 'M_SANDBOX',
		});
		expect(jsonOf(result)).toMatchObject([{ expiresAt: '2100-01-01T00:00:00.000Z' }]);
		expect((await shop.state()).checkouts[0]?.request).toMatchObject({
			client_ip: '203.0.113.7',
			device_id: 'D1',
			expires_at: '4102444800',
			payment_method_option:
				'{"payment_inst":"ALIPAYHK","trade_information":{"business_type":"5"}}',
			store_id: 'S1',
			colour: 'red',
		});
	});

	it('takes channel and timestamp also as numbers from a sheet', async () => {
		const result = await shop.run(
			{
				...order,
				channelId: '={{ $json.channel }}',
				amount: '={{ $json.amount }}',
				additionalFields: { expiresAt: '={{ $json.expiry }}' },
			},
			{ items: [{ json: { channel: 3, amount: 20.5, expiry: 4102444800 } }] },
		);
		expect(jsonOf(result)).toHaveLength(1);
		expect((await shop.state()).checkouts[0]?.request).toMatchObject({
			channel_id: 3,
			amount: 2050,
			expires_at: '4102444800',
		});
	});

	it('makes no new order when the checkout ID of one to be continued is no text', async () => {
		const result = await shop.run(
			{ ...order, additionalFields: { checkoutId: '={{ $json.earlier }}' } },
			{ items: [{ json: { earlier: { checkoutId: 'P1' } } }] },
		);
		expect(wordsOf(result)).toContain("'Checkout ID' is not a text but an object");
		expect((await shop.state()).checkouts).toEqual([]);
	});

	it('makes no checkout without its expiry when that is a date: nobody knows as which number ChingChingPay wants it', async () => {
		const result = await shop.run({
			...order,
			additionalFields: { expiresAt: '={{ new Date(4102444800000) }}' },
		});
		expect(wordsOf(result)).toContain("'Expires At' is not a text but a date");
		expect((await shop.state()).checkouts).toEqual([]);
	});

	it('adds line items up, and describes the order by them', async () => {
		const lineItems = {
			item: [
				{ name: 'Tea', unitAmount: '0.10', quantity: 3 },
				{ name: 'Pot', unitAmount: '20.20', quantity: 1 },
			],
		};
		expect(jsonOf(await shop.run({ ...order, amountFrom: 'lineItems', lineItems }))).toMatchObject([
			{ amount: '20.50' },
		]);
		expect((await shop.state()).checkouts).toMatchObject([
			{ amount: '20.50', description: '3 × Tea, Pot' },
		]);
	});

	it('lifts a QR code', async () => {
		expect(
			jsonOf(await shop.run({ ...order, paymentMethod: 'SBX_DISPLAY_QR_CODE' })),
		).toMatchObject([
			{
				qrCode: expect.stringContaining('/cashier/'),
				checkoutUrl: expect.stringContaining('/cashier/'),
			},
		]);
	});

	it.each([
		'ALIPAY_MOBILE_SECURITY_PAY',
		'ALIPAY_AUTO_DEBIT',
		'CRYPTO_PAYMENT',
		'WECHAT_INAPP_PAYMENT',
		'WECHAT_JSAPI_PAYMENT',
		'WECHAT_PAY_IN_MINI_PROGRAM',
		'WECHAT_OFFICIAL_ACCOUNT_AUTH_CODE',
		'WECHAT_OFFICIAL_ACCOUNT_OPENID',
	])('passes on what %s needs next', async (kind) => {
		expect(jsonOf(await shop.run({ ...order, paymentMethod: `SBX_${kind}` }))).toMatchObject([
			{
				checkoutUrl: null,
				qrCode: null,
				status: 'open',
				nextAction: { [kind.toLowerCase()]: expect.any(Object) },
			},
		]);
	});

	it('sends a command without amount', async () => {
		const paymentMethodOption = JSON.stringify({
			state: 's1',
			merchant_agreement_id: 'a1',
			redirect_url: 'http://127.0.0.1:1/back',
		});
		const result = await shop.run({
			...order,
			transactionType: 'command',
			paymentMethod: 'HK_ALIPAY_AUTODEBIT_PREPARE',
			additionalFields: { paymentMethodOption },
		});
		expect(jsonOf(result)).toMatchObject([
			{ amount: null, currency: null, checkoutUrl: expect.stringContaining('state=s1') },
		]);
	});

	it('pays an order that exists', async () => {
		const [first] = jsonOf(await shop.run(order));
		const again = await shop.run({
			...order,
			reference: '',
			paymentMethod: 'OTHER_METHOD',
			additionalFields: { checkoutId: first?.checkoutId },
		});
		expect(jsonOf(again)).toMatchObject([{ checkoutId: first?.checkoutId, reference: 'order-1' }]);
		expect((await shop.state()).checkouts).toHaveLength(1);
	});

	it('keeps a link with Simplify off although the answer names no payment', async () => {
		const server = await startProviderServer();
		const body = {
			code: 0,
			data: { next_action: { redirect_to_url: { url: 'https://pay.example/1' } } },
		};
		server.respond(() => ({ body: JSON.stringify(body) }));
		const credential = { environment: 'custom', baseUrl: server.url };
		expect(jsonOf(await shop.run({ ...order, simple: false }, { credential }))).toEqual([body]);
		expect(wordsOf(await shop.run(order, { credential }))).toContain('holds no payment_id');
		server.close();
	});

	it("gives ChingChingPay's answer as it came with Simplify off", async () => {
		expect(jsonOf(await shop.run({ ...order, simple: false }))).toMatchObject([
			{ code: 0, data: { next_action: expect.any(Object) } },
		]);
	});

	it.each([
		["'Reference' is empty", { reference: ' ' }],
		["'Amount' is below", { amount: '0.05' }],
		["'Amount' is zero", { amount: '0' }],
		["'Amount' is not a plain number", { amount: '1,000' }],
		['more decimals than HKD', { amount: '1.999' }],
		['\'Currency\' "USD" is not offered', { currency: '={{ "USD" }}' }],
		["'Channel ID' is not a whole number", { channelId: 'alipay' }],
		["'Success URL' is not an absolute URL", { successUrl: 'shop.example' }],
		["'Callback URL' is empty", { callback: 'url', callbackUrl: '={{ "" }}' }],
		[
			"'Line Items' hold a price ID",
			{
				amountFrom: 'lineItemsJson',
				lineItemsJson:
					'[{ "name": "Tea", "price": "price_1" }, { "name": "Cup", "unitAmount": "1.00" }]',
			},
		],
		[
			"'Method Options (JSON)' is not valid JSON",
			{ additionalFields: { paymentMethodOption: '{payment_inst}' } },
		],
		["'Extra Request Fields' is not a JSON object", { options: { extraFields: '[1]' } }],
	])('says %s, and sends nothing', async (words, changes) => {
		const result = await shop.run({ ...order, ...changes });
		expect(wordsOf(result)).toContain(words);
		expect(wordsOf(result)).toContain('item 0');
		expect((await shop.state()).requests.chingchingpay).toEqual({});
	});

	it('shows a refusal inside a 200 in its own words', async () => {
		await shop.run(order);
		const words = wordsOf(await shop.run(order));
		expect(words).toContain('merchant_reference must be unique (code 40007)');
		expect(words).toContain('reference "order-1"');
	});

	it('says which settings to try when the signature is refused, and hides the key', async () => {
		const words = wordsOf(
			await shop.run(order, { credential: { otherSettings: true, requestEncoding: 'base64' } }),
		);
		expect(words).toContain('invalid signature');
		expect(words).toContain("'Signature Encoding'");
	});

	it.each([
		[
			'sorted pairs in base64',
			{
				otherSettings: true,
				apiKey: 'chingchingpay-sandbox-pairs-in-base64',
				requestSignedText: 'sortedPairs',
				requestEncoding: 'base64',
			},
		],
		[
			'the API key in upper-case hexadecimal',
			{
				otherSettings: true,
				apiKey: 'chingchingpay-sandbox-the-only-key',
				signingSecret: '',
				requestKeySource: 'apiKey',
				requestEncoding: 'hexUpper',
			},
		],
	])('signs by the settings: %s', async (_case, credential) => {
		expect(
			jsonOf(
				await shop.run(
					{
						...order,
						description: 'Tea & 茶=1',
						callback: 'none',
						options: { extraFields: '{"empty": "", "nested": {"a": 1}}' },
					},
					{ credential },
				),
			),
		).toHaveLength(1);
		expect((await shop.state()).refusals).toEqual([]);
	});

	it('does not send again what may have arrived, and says how to find out', async () => {
		await shop.fault('create', '500-after', 5);
		const words = wordsOf(await shop.run(order));
		expect(words).toContain('Get a Transaction');
		expect((await shop.state()).checkouts).toHaveLength(1);
		expect((await shop.state()).requests.chingchingpay).toEqual({ create: 1 });
	});

	it('keeps the other rows when one fails', async () => {
		const items = ['1.00', 'x', '3.00'].map((amount, index) => ({
			json: { amount, reference: `order-${index}` },
		}));
		const result = await shop.run(
			{ ...order, amount: '={{ $json.amount }}', reference: '={{ $json.reference }}' },
			{ items, continueOnFail: 'continueErrorOutput' },
		);
		expect(
			result.outputs.map((output) =>
				output.map(({ json, pairedItem }) => [json.reference, pairedItem]),
			),
		).toEqual([
			[
				['order-0', { item: 0 }],
				['order-2', { item: 2 }],
			],
			[['order-1', { item: 1 }]],
		]);
	});
});

describe('Create Link', () => {
	it('makes a page on which the payer chooses', async () => {
		const result = await shop.run({
			...link,
			additionalFields: { paymentType: 'link', storeId: 'S1' },
		});
		expect(jsonOf(result)).toMatchObject([
			{
				checkoutId: expect.stringContaining('SBXP'),
				paymentId: null,
				checkoutUrl: expect.stringContaining('/cashier/chingchingpay/'),
				status: 'open',
				amount: '20.50',
				currency: 'HKD',
				nextAction: null,
			},
		]);
		expect((await shop.state()).checkouts[0]).toMatchObject({
			remarks: [],
			request: { payment_type: 'link', store_id: 'S1', amount: 2050 },
		});
	});

	it('takes yen without decimals', async () => {
		expect(jsonOf(await shop.run({ ...link, amount: '1200', currency: 'JPY' }))).toMatchObject([
			{ amount: '1200', currency: 'JPY' },
		]);
		expect(
			wordsOf(
				await shop.run({ ...link, amount: '1200.50', currency: 'JPY', reference: 'order-2' }),
			),
		).toContain('no decimals');
	});

	it('is not made for less than the whole when a line item has a price that nobody here knows', async () => {
		const lineItemsJson =
			'[{ "name": "Tea", "price": "price_1" }, { "name": "Cup", "unitAmount": "1.00" }]';
		expect(
			wordsOf(await shop.run({ ...link, amountFrom: 'lineItemsJson', lineItemsJson })),
		).toContain("'Line Items' hold a price ID");
		expect((await shop.state()).checkouts).toEqual([]);
	});

	it('needs a reference', async () => {
		expect(wordsOf(await shop.run({ ...link, reference: '={{ "" }}' }))).toContain(
			"'Reference' is empty",
		);
	});
});

describe('Get a Transaction', () => {
	it('finds a payment by either number, and is paid by the words of the credential only', async () => {
		const [checkout] = jsonOf(await shop.run(order));
		const byReference = {
			resource: 'transaction',
			operation: 'get',
			findBy: 'reference',
			reference: 'order-1',
		};
		expect(jsonOf(await shop.run(byReference))).toMatchObject([
			{
				status: 'unknown',
				providerStatus: 'SBX_OPEN',
				amount: '20.50',
				currency: 'HKD',
				checkoutId: checkout?.checkoutId,
			},
		]);
		await shop.act('pay');
		expect(jsonOf(await shop.run(byReference))).toMatchObject([
			{ status: 'paid', providerStatus: 'SBX_PAID' },
		]);
		expect(jsonOf(await shop.run(byReference, { credential: { paidValues: '' } }))).toMatchObject([
			{ status: 'unknown', providerStatus: 'SBX_PAID' },
		]);
		expect(
			jsonOf(
				await shop.run({
					resource: 'transaction',
					operation: 'get',
					findBy: 'paymentId',
					paymentId: checkout?.paymentId,
				}),
			),
		).toMatchObject([{ reference: 'order-1', status: 'paid' }]);
	});

	it('refuses another word for what it is found by, and does not take it for the reference', async () => {
		const result = await shop.run({
			resource: 'transaction',
			operation: 'get',
			findBy: '={{ "Payment ID" }}',
			reference: 'order-1',
			paymentId: 'T1',
		});
		expect(wordsOf(result)).toContain(`'Find By' is none of its choices: "Payment ID"`);
		expect((await shop.state()).requests.chingchingpay).toEqual({});
	});

	it("says in ChingChingPay's words that there is none", async () => {
		expect(
			wordsOf(await shop.run({ resource: 'transaction', operation: 'get', reference: 'none' })),
		).toContain('transaction not found');
	});
});

describe('Get a Payment', () => {
	it('reads the order, never as paid', async () => {
		const [checkout] = jsonOf(await shop.run(order));
		await shop.act('pay');
		expect(
			jsonOf(
				await shop.run({ resource: 'payment', operation: 'get', checkoutId: checkout?.checkoutId }),
			),
		).toMatchObject([
			{ reference: 'order-1', status: 'unknown', providerStatus: 'SBX_PAID', currency: 'HKD' },
		]);
	});

	it('with Simplify off gives channels and what was refunded', async () => {
		const [checkout] = jsonOf(await shop.run(order));
		expect(
			jsonOf(
				await shop.run({
					resource: 'payment',
					operation: 'get',
					checkoutId: checkout?.checkoutId,
					simple: false,
				}),
			),
		).toMatchObject([{ data: { refunded_amount: 0, channels: [{ channel_id: 1 }] } }]);
	});
});

describe('Create a Refund', () => {
	beforeEach(async () => {
		await shop.run(order);
		await shop.act('pay');
	});

	it('gives a part back', async () => {
		expect(jsonOf(await shop.run(refund))).toEqual([
			{
				provider: 'chingchingpay',
				refundId: expect.stringContaining('SBXT'),
				paymentId: null,
				reference: 'refund-1',
				paymentReference: 'order-1',
				status: 'succeeded',
				providerStatus: 'SBX_PAID',
				amount: '5.00',
				currency: 'HKD',
			},
		]);
	});

	it('by the transaction ID', async () => {
		const paymentId = (await shop.state()).checkouts[0]?.paymentId;
		expect(jsonOf(await shop.run({ ...refund, paymentReference: '', paymentId }))).toMatchObject([
			{ paymentId, paymentReference: 'order-1' },
		]);
	});

	it('is found by its own number, as refunded and never as paid', async () => {
		await shop.run(refund);
		expect(
			jsonOf(await shop.run({ resource: 'transaction', operation: 'get', reference: 'refund-1' })),
		).toMatchObject([{ status: 'refunded', amount: '5.00' }]);
	});

	it('has its callback sent to the address in the form', async () => {
		const callbackUrl = 'http://127.0.0.1:1/webhook/refunds/callback';
		await shop.run({ ...refund, callback: 'url', callbackUrl });
		expect((await shop.state()).deliveries.map(({ url }) => url)).toEqual([
			expect.stringMatching(new RegExp(`^${callbackUrl}\\?hc=[\\w-]{16}$`)) as string,
		]);
	});

	it('twice with one number in one run is refused', async () => {
		const result = await shop.run(refund, {
			items: [{ json: {} }, { json: {} }],
			continueOnFail: 'continueRegularOutput',
		});
		expect(jsonOf(result)).toMatchObject([
			{ reference: 'refund-1' },
			{
				error: expect.stringContaining(`'Refund Reference' "refund-1" was already used by item 0`),
			},
		]);
		expect((await shop.state()).requests.chingchingpay).toMatchObject({ refund: 1 });
	});

	it.each([
		["'Payment Reference' and 'Payment ID' are both empty", { paymentReference: '' }],
		["'Refund Reference' is empty", { reference: '={{ "" }}' }],
		["'Refund Reference' is not a text but a list", { reference: '={{ ["refund-1"] }}' }],
		["'Amount' is empty", { amount: '={{ "" }}' }],
		['amount is more than the 2050 that are left', { amount: '20.51' }],
	])('says %s', async (words, changes) => {
		expect(wordsOf(await shop.run({ ...refund, ...changes }))).toContain(words);
	});
});

describe('Settlements', () => {
	const many = { resource: 'settlement', operation: 'getAll' };

	it('are listed up to the limit, over pages', async () => {
		expect(
			jsonOf(await shop.run({ ...many, limit: 60 })).map(({ settlement_id }) => settlement_id),
		).toEqual(
			Array.from({ length: 60 }, (_each, index) => `SBX${String(index + 1).padStart(4, '0')}`),
		);
		expect((await shop.state()).requests.chingchingpay).toEqual({ settlements: 2 });
	});

	it('are all listed, each once', async () => {
		const all = jsonOf(await shop.run({ ...many, returnAll: true })).map(
			({ settlement_id }) => settlement_id,
		);
		expect([all.length, new Set(all).size]).toEqual([120, 120]);
	});

	describe('at a service with pages of its own', () => {
		let server: ProviderServer;
		beforeAll(async () => {
			server = await startProviderServer();
		});
		beforeEach(() => server.reset());
		afterAll(() => server.close());
		const rows = (from: number, to: number) =>
			Array.from({ length: Math.max(0, to - from) }, (_each, index) => ({
				settlement_id: `S${from + index + 1}`,
			}));
		const answer = (list: unknown) => ({ body: JSON.stringify({ code: 0, data: { list } }) });
		const pageOf = (path: string) => Number(new URLSearchParams(path.split('?')[1]).get('page'));
		const listed = async (parameters: IDataObject = {}) =>
			await shop.run(
				{ ...many, returnAll: true, ...parameters },
				{ credential: { environment: 'custom', baseUrl: server.url } },
			);
		/** A service that never gives more than 20, however many are asked for. */
		const capped = (all: number) =>
			server.respond(({ path }) =>
				answer(rows(20 * (pageOf(path) - 1), Math.min(all, 20 * pageOf(path)))),
			);

		it.each([70, 80])('are all listed, not only the first page: %d', async (all) => {
			capped(all);
			expect(jsonOf(await listed())).toEqual(rows(0, all));
		});

		it('are listed up to the limit, although a page holds fewer', async () => {
			capped(70);
			expect(jsonOf(await listed({ returnAll: false, limit: 30 }))).toEqual(rows(0, 30));
			expect(server.received).toHaveLength(2);
		});

		it('are listed once and come to an end where the service knows no pages', async () => {
			server.respond(() => answer(rows(0, 20)));
			expect(jsonOf(await listed())).toEqual(rows(0, 20));
			expect(server.received).toHaveLength(2);
		});

		it('that move to a later page meanwhile are listed once', async () => {
			server.respond(({ path }) => answer(pageOf(path) === 1 ? rows(0, 20) : rows(19, 30)));
			expect(jsonOf(await listed())).toEqual(rows(0, 30));
		});

		it.each<[string, Reply]>([
			['an empty list', answer([])],
			['no list', answer(null)],
			['not found', { status: 404, body: '{"code":40400,"message":"no such page"}' }],
		])('are not lost when the page behind the last one is %s', async (_case, end) => {
			server.respond(({ path }) => (pageOf(path) === 1 ? answer(rows(0, 20)) : end));
			expect(jsonOf(await listed())).toEqual(rows(0, 20));
		});

		it('are not taken for all when a later page is refused', async () => {
			server.respond(({ path }) =>
				pageOf(path) === 1
					? answer(rows(0, 20))
					: { status: 403, body: '{"code":40300,"message":"no more today"}' },
			);
			expect(wordsOf(await listed())).toContain('no more today');
		});
	});

	it('are filtered', async () => {
		const transferred = jsonOf(
			await shop.run({ ...many, returnAll: true, filters: { isTransferred: 'true' } }),
		);
		expect([
			transferred.length,
			new Set(transferred.map(({ is_transferred }) => is_transferred)),
		]).toEqual([60, new Set([true])]);
	});

	it('are filtered by a switch, too', async () => {
		expect(
			jsonOf(
				await shop.run({ ...many, returnAll: true, filters: { isTransferred: '={{ false }}' } }),
			),
		).toHaveLength(60);
	});

	it('are downloaded as a file', async () => {
		const result = await shop.run({
			resource: 'settlement',
			operation: 'download',
			settlementId: 'SBX0001',
		});
		const [item] = result.outputs[0] ?? [];
		expect(item?.json).toEqual({
			provider: 'chingchingpay',
			settlementId: 'SBX0001',
			fileName: 'SBX0001.csv',
			mimeType: 'text/csv',
			fileSizeBytes: 47,
		});
		expect(Buffer.from(item?.binary?.data?.data ?? '', 'base64').toString()).toBe(
			'settlement_id,amount,currency\nSBX0001,1000,HKD\n',
		);
	});

	it('that do not exist are refused in words', async () => {
		expect(
			wordsOf(
				await shop.run({ resource: 'settlement', operation: 'download', settlementId: 'none' }),
			),
		).toContain('settlement not found');
	});
});

it('refuses a credential without a secret before anything is sent', async () => {
	expect(wordsOf(await shop.run(order, { credential: { signingSecret: '' } }))).toContain(
		"'Signing Secret'",
	);
	expect((await shop.state()).requests.chingchingpay).toEqual({});
});
