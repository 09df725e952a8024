import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { IDataObject } from 'n8n-workflow';
import { EFundPayApi } from '../../../credentials/EFundPayApi.credentials';
import { EFundPay } from '../../../nodes/EFundPay/EFundPay.node';
import { pasted, runNode, type NodeRunOptions } from '../../support/contexts';
import { testCredential } from '../../support/testCredential';
import { TestSandbox } from '../../support/testSandbox';

let sandbox: TestSandbox;
beforeAll(async () => (sandbox = await TestSandbox.start()));
beforeEach(async () => await sandbox.reset());
afterAll(async () => await sandbox.close());

const state = async () => await sandbox.state('efundpay');
const good = () => sandbox.credential('eFundPayApi');

const buyer = { buyerName: 'Maria Gomez', buyerEmail: 'maria@shop.example' };
const callbackUrl = 'http://127.0.0.1:9/webhook/1/callback';
const order = {
	resource: 'checkout',
	operation: 'create',
	amount: '20.50',
	currency: 'USD',
	reference: 'order-1',
	successUrl: 'https://shop.example/thanks?a=1',
	callback: 'url',
	callbackUrl,
	...buyer,
};
const cardNumber = '4000123412341234';
const cardPayment = {
	...order,
	resource: 'transaction',
	paymentMethod: 'card',
	cardNumber: '4000 1234 1234 1234',
	cardExpirationDate: '08/29',
	cardSecurityCode: '987',
	buyerIp: '203.0.113.195',
};

async function run(
	parameters: IDataObject,
	{ credential, ...options }: Partial<NodeRunOptions> & { credential?: IDataObject } = {},
) {
	return await runNode({
		node: new EFundPay(),
		credentialTypes: [new EFundPayApi()],
		credentials: { eFundPayApi: { ...good(), ...credential } as Record<string, string> },
		parameters,
		...options,
	});
}
type Run = Awaited<ReturnType<typeof run>>;
const jsonOf = ({ outputs }: Run) => (outputs[0] ?? []).map(({ json }) => json);
const wordsOf = ({ error }: Run) =>
	`${error?.message} ${(error as { description?: string } | undefined)?.description}`;

async function pay(checkoutId: unknown): Promise<void> {
	await sandbox.act('efundpay', String(checkoutId), 'pay', { callback: 'none' });
}

describe('Checkout: Create', () => {
	it('makes a checkout and gives its link', async () => {
		const result = await run({
			...order,
			cancelUrl: 'https://shop.example/basket',
			description: 'Tea 茶',
		});
		const { checkouts, refusals } = await state();
		expect(refusals).toEqual([]);
		expect(checkouts).toEqual([
			expect.objectContaining({
				amount: '20.50',
				currency: 'USD',
				reference: 'order-1',
				description: '1 × Tea 茶',
				callbackUrl,
				successUrl: 'https://shop.example/thanks?a=1',
				cancelUrl: 'https://shop.example/basket',
				remarks: [],
			}),
		]);
		expect(jsonOf(result)).toEqual([
			{
				provider: 'efundpay',
				checkoutId: checkouts[0]?.checkoutId,
				paymentId: checkouts[0]?.checkoutId,
				reference: 'order-1',
				checkoutUrl: `${sandbox.url}/cashier/efundpay/${checkouts[0]?.checkoutId}`,
				qrCode: null,
				status: 'open',
				providerStatus: 'buyer_approval_pending',
				statusReason: null,
				amount: '20.50',
				currency: 'USD',
				expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
				livemode: null,
				nextAction: null,
				idempotencyKey: expect.stringMatching(/^[0-9a-f]{64}$/),
			},
		]);
	});

	it('sums line items and sends each of them', async () => {
		const lineItems = {
			item: [
				{ name: 'Tea', unitAmount: '12.50', quantity: 2 },
				{ name: 'Cup', unitAmount: '2.25', quantity: 1 },
			],
		};
		expect(jsonOf(await run({ ...order, amountFrom: 'lineItems', lineItems }))).toMatchObject([
			{ amount: '27.25' },
		]);
		expect((await state()).checkouts).toMatchObject([
			{ amount: '27.25', description: '2 × Tea, 1 × Cup' },
		]);
	});

	it('takes line items from a sheet column', async () => {
		const items = [{ json: { rows: [{ name: 'Tea', unitAmount: 15000, quantity: 2 }] } }];
		expect(
			jsonOf(
				await run(
					{
						...order,
						currency: 'IDR',
						amountFrom: 'lineItemsJson',
						lineItemsJson: '={{ $json.rows }}',
					},
					{ items },
				),
			),
		).toMatchObject([{ amount: '30000.00', currency: 'IDR' }]);
		expect((await state()).checkouts[0]?.request).toMatchObject({ amount: 3_000_000 });
	});

	it('sends the additional and the extra fields', async () => {
		await run({
			...order,
			additionalFields: {
				country: 'th',
				buyer: '{"external_identifier":"buyer-1"}',
				billingDetails: '{"first_name":"Maria"}',
				metadata: '{"table":7}',
				shippingDetails: { address: { city: 'Bangkok' } },
			},
			options: { extraFields: '{"metadata":{"seat":1},"note":"x"}' },
		});
		expect((await state()).checkouts[0]?.request).toMatchObject({
			country: 'TH',
			buyer: {
				display_name: 'Maria Gomez',
				email_address: 'maria@shop.example',
				external_identifier: 'buyer-1',
			},
			billing_details: { first_name: 'Maria' },
			shipping_details: { address: { city: 'Bangkok' } },
			metadata: { table: 7, seat: 1 },
			note: 'x',
		});
	});

	// EFundPay may refuse an empty address.
	it('sends no address where the JSON fields are left at {}', async () => {
		const empty = { buyer: '{}', billingDetails: '{}', shippingDetails: {} };
		await run({ ...order, additionalFields: empty });
		const [checkout] = (await state()).checkouts;
		expect(Object.keys(checkout?.request ?? {})).toEqual(
			expect.not.arrayContaining(['billing_details', 'shipping_details']),
		);
		expect(checkout?.request.buyer).toEqual({
			display_name: 'Maria Gomez',
			email_address: 'maria@shop.example',
		});
	});

	it("gives EFundPay's answer as it came with Simplify off", async () => {
		expect(jsonOf(await run({ ...order, simple: false }))).toMatchObject([
			{
				type: 'transaction',
				amount: 2050,
				payment_method: { details: { url_link_expire_sec: 3600 } },
			},
		]);
	});

	it.each<[string, IDataObject]>([
		["'Reference' is empty", { reference: ' ' }],
		["'Reference'", { reference: 'r'.repeat(65) }],
		["'Amount' is empty", { amount: '={{ "" }}' }],
		["'Amount' is zero", { amount: '0.00' }],
		["'Amount' is not a plain number", { amount: '1,000' }],
		['\'Amount\' "0.99" is outside', { amount: '0.99' }],
		["'Currency'", { currency: 'US dollar' }],
		["'Success URL' is empty", { successUrl: '={{ "" }}' }],
		["'Callback URL' is not an absolute URL", { callbackUrl: '/webhook' }],
		["'Callback URL' is empty", { callbackUrl: '={{ "" }}' }],
		["'Buyer Name' and 'Buyer Email'", { buyerName: '', buyerEmail: '' }],
		["'Buyer (JSON)' is not a JSON object", { additionalFields: { buyer: '[]' } }],
		["'Billing Details (JSON)' is not valid JSON", { additionalFields: { billingDetails: '{' } }],
		["'Attempt' is not a whole number above zero", { options: { attempt: 1.5 } }],
		["'Attempt' is not a whole number above zero", { options: { attempt: 0 } }],
		["'Attempt' is not a whole number above zero", { options: { attempt: '={{ "-1" }}' } }],
	])('refuses a row before anything is sent: %s (%j)', async (words, parameters) => {
		const result = await run({ ...order, ...parameters });
		expect(wordsOf(result)).toContain(words);
		expect((await state()).requests.efundpay).toEqual({});
	});

	it.each<[string, IDataObject]>([
		["'Secret Key'", { secretKey: '' }],
		["'Base URL'", { baseUrl: 'sandbox' }],
		['live key (sk_live_)', { environment: 'test', secretKey: 'sk_live_abcdefgh' }],
		['test key (sk_test_)', { environment: 'live', secretKey: 'sk_test_abcdefgh' }],
	])('refuses a credential before anything is sent: %s', async (words, credential) => {
		const result = await run(order, { credential });
		expect(wordsOf(result)).toContain(words);
		expect(wordsOf(result)).not.toContain('abcdefgh');
		expect((await state()).requests.efundpay).toEqual({});
	});

	it('says where to look when the key is wrong, and tells no secret', async () => {
		const result = await run(order, { credential: { secretKey: 'sk_test_a_sentinel_secret' } });
		expect(wordsOf(result)).toMatch(/Invalid API key.*'Secret Key' and 'Merchant Account ID'/s);
		expect(result.stored).not.toContain('sentinel');
	});

	it.each(['500-after', 'reset-after', 'html', 'half-json', '429-seconds'] as const)(
		'ends with one checkout although the answer is %s, since the row keeps its key',
		async (fault) => {
			await sandbox.fault('efundpay', 'create', fault);
			expect(jsonOf(await run(order))).toMatchObject([{ reference: 'order-1', status: 'open' }]);
			const { checkouts, requests } = await state();
			expect([checkouts.length, requests.efundpay?.create]).toEqual([1, 2]);
		},
		20_000,
	);

	it('gives the same checkout when the same row is run again', async () => {
		const [first] = jsonOf(await run(order));
		expect(jsonOf(await run(order))).toEqual([first]);
		expect((await state()).checkouts).toHaveLength(1);
	});

	it("tells EFundPay's words when the order was changed but not its reference", async () => {
		await run(order);
		expect(wordsOf(await run({ ...order, amount: '30' }))).toContain(
			'external_identifier "order-1" exists already',
		);
	});
});

describe('Transaction: Create', () => {
	it("pays by card with the payer's IP address, and shows no card", async () => {
		const result = await run(cardPayment);
		expect(jsonOf(result)).toMatchObject([
			{
				provider: 'efundpay',
				reference: 'order-1',
				status: 'open',
				amount: '20.50',
				idempotencyKey: expect.any(String),
			},
		]);
		const { checkouts, refusals, requests } = await state();
		expect(refusals).toEqual([]);
		expect(checkouts[0]).toMatchObject({
			callbackUrl,
			successUrl: 'https://shop.example/thanks?a=1',
			request: {
				payment_method: { method: 'card', number: '400012…', expiration_date: '08/29' },
				cart_items: [{ name: 'order-1', quantity: 1, unit_amount: 2050 }],
			},
		});
		expect(requests.efundpay).toEqual({ createTransaction: 1 });
	});

	it('repeats currency and country inside the payment method where that is switched on', async () => {
		const additionalFields = { country: 'TH', repeatInMethod: true };
		await run({ ...cardPayment, additionalFields });
		await run({ ...cardPayment, reference: 'order-2', additionalFields: { country: 'TH' } });
		const [repeated, plain] = (await state()).checkouts.map(({ request }) => request);
		expect(repeated).toMatchObject({ payment_method: { currency: 'USD', country: 'TH' } });
		expect(plain).not.toMatchObject({ payment_method: { currency: 'USD' } });
	});

	it('pays by another method that is named', async () => {
		await run({
			...cardPayment,
			paymentMethod: 'other',
			method: 'a-method',
			methodFields: '{"country":"TH"}',
			additionalFields: { metadata: '{"table":7}', browserInfo: '{"language":"th"}' },
		});
		expect((await state()).checkouts[0]?.request).toMatchObject({
			payment_method: { method: 'a-method', country: 'TH', webhooks_url: callbackUrl },
			metadata: { table: 7 },
			browser_info: { language: 'th' },
		});
	});

	it('that was declined is a failed transaction, not an error', async () => {
		expect(jsonOf(await run({ ...cardPayment, cardNumber: '4000000000000002' }))).toMatchObject([
			{
				status: 'failed',
				providerStatus: 'authorization_failed',
				statusReason: 'flow_decline',
				checkoutUrl: null,
			},
		]);
	});

	it.each<[string, IDataObject]>([
		["'Buyer IP' is empty", { buyerIp: '={{ "" }}' }],
		['\'Buyer IP\' "shop.example" is not an IP address', { buyerIp: 'shop.example' }],
		["'Card Number'", { cardNumber: '4000' }],
		["'Card Expiration Date'", { cardExpirationDate: '2029-08' }],
		["'Card Security Code'", { cardSecurityCode: 'x' }],
		[
			`'Payment Method' is none of its choices: "paypal"`,
			{ paymentMethod: '={{ "paypal" }}', method: 'm' },
		],
		["'Method' is empty", { paymentMethod: 'other', method: ' ' }],
		[
			"'Method Fields (JSON)' is not a JSON object",
			{ paymentMethod: 'other', method: 'm', methodFields: '[]' },
		],
	])('refuses a row before anything is sent: %s', async (words, parameters) => {
		expect(wordsOf(await run({ ...cardPayment, ...parameters }))).toContain(words);
		expect((await state()).requests.efundpay).toEqual({});
	});

	it.each<[string, IDataObject]>([
		[
			'as another method',
			{ method: 'card', methodFields: `{"number":"${cardNumber}","security_code":"987"}` },
		],
		[
			'as another method in capitals',
			{ method: 'Card', methodFields: `{"number":"${cardNumber}"}` },
		],
		[
			'through the extra fields',
			{
				method: 'm',
				options: {
					extraFields: `{"payment_method":{"method":"card","number":"${cardNumber}"}}`,
				},
			},
		],
	])(
		'sends no card that would be shown by an error and searched for by its idempotency key: %s',
		async (_case, parameters) => {
			const result = await run({ ...cardPayment, paymentMethod: 'other', ...parameters });
			expect(wordsOf(result)).toContain("Choose Card for 'Payment Method'");
			expect(wordsOf(result)).not.toContain(cardNumber);
			expect((await state()).requests.efundpay).toEqual({});
		},
	);

	describe('used by an AI agent', () => {
		it.each<[string, IDataObject]>([
			['a card', {}],
			[
				'a card as another method',
				{ paymentMethod: 'other', method: 'card', methodFields: `{"number":"${cardNumber}"}` },
			],
			[
				'a card number in the method fields',
				{
					paymentMethod: 'other',
					method: 'm',
					methodFields: `{"card":{"number":"${cardNumber}"}}`,
				},
			],
			[
				'a security code in the extra fields',
				{
					paymentMethod: 'other',
					method: 'm',
					options: { extraFields: '{"payment_method":{"security_code":"987"}}' },
				},
			],
		])('refuses %s', async (_case, parameters) => {
			const result = await run({ ...cardPayment, ...parameters }, { asTool: true });
			expect(wordsOf(result)).toContain('Card payments cannot be made by an AI agent');
			expect((await state()).requests.efundpay).toEqual({});
		});

		it('refuses a card also where n8n runs the tool as an ordinary node', async () => {
			const tool = new EFundPay();
			tool.description = { ...tool.description, name: 'eFundPayTool' };
			expect(wordsOf(await run(cardPayment, { node: tool }))).toContain(
				'Card payments cannot be made by an AI agent',
			);
			expect((await state()).requests.efundpay).toEqual({});
		});

		it('makes a payment by another method', async () => {
			const result = await run(
				{ ...cardPayment, paymentMethod: 'other', method: 'a-method' },
				{ asTool: true },
			);
			expect(jsonOf(result)).toMatchObject([{ reference: 'order-1' }]);
		});

		it('has no card fields in its form', () => {
			const fields = new EFundPay().description.properties.filter(({ name }) =>
				name.startsWith('card'),
			);
			expect(fields.length).toBeGreaterThan(3);
			expect(fields.map(({ displayOptions }) => displayOptions?.hide)).toEqual(
				fields.map(() => ({ '@tool': [true] })),
			);
		});
	});

	it('masks every card field', () => {
		const fields = new EFundPay().description.properties.filter(({ name }) =>
			/^card(Number|ExpirationDate|SecurityCode)$/.test(name),
		);
		expect(fields.map(({ typeOptions }) => typeOptions?.password)).toEqual([true, true, true]);
	});
});

/** EFundPay as it could also be: answers each call as told, and notes what it was sent. */
describe('against a server that echoes', () => {
	let server: Server;
	const seen: Array<{ path: string; key: string | undefined; body: string }> = [];
	let answer: (request: IncomingMessage, body: string) => { status: number; body: unknown };
	beforeAll(async () => {
		server = createServer((request, response) => {
			void buffer(request).then((bytes) => {
				seen.push({
					path: request.url ?? '',
					key: request.headers['idempotency-key'] as string | undefined,
					body: bytes.toString(),
				});
				const { status, body } = answer(request, bytes.toString());
				response
					.writeHead(status, { 'content-type': 'application/json' })
					.end(JSON.stringify(body));
			});
		});
		await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
	});
	beforeEach(() => void seen.splice(0));
	afterAll(() => {
		server.closeAllConnections();
		server.close();
	});
	const credential = () => ({
		baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v4`,
		secretKey: 'sk_test_a_sentinel_secret',
	});

	it.each([404, 405])(
		'a direct payment is sent to the other documented path after HTTP %d, with the same key',
		async (status) => {
			answer = ({ url }) =>
				url === '/v4/transactions'
					? { status: 200, body: { id: 'transaction-1', status: 'processing' } }
					: { status, body: { message: 'no such path' } };
			expect(jsonOf(await run(cardPayment, { credential: credential() }))).toMatchObject([
				{ checkoutId: 'transaction-1' },
			]);
			expect(seen.map(({ path }) => path)).toEqual([
				'/v4/transactions/payments',
				'/v4/transactions',
			]);
			expect(seen[1]).toMatchObject({ key: seen[0]?.key, body: seen[0]?.body });
		},
	);

	// The first attempt may have charged the card, and no page says that the key counts for both
	// paths.
	it('a direct payment is not sent to the other path when an earlier attempt may have arrived', async () => {
		answer = () => ({ status: seen.length === 1 ? 504 : 404, body: { message: 'no upstream' } });
		expect(wordsOf(await run(cardPayment, { credential: credential() }))).toContain(
			'may have been made',
		);
		expect(new Set(seen.map(({ path }) => path))).toEqual(new Set(['/v4/transactions/payments']));
	});

	it('a direct payment is not sent to the other path after any other refusal', async () => {
		answer = () => ({ status: 400, body: { message: 'no' } });
		await run(cardPayment, { credential: credential() });
		expect(seen).toHaveLength(1);
	});

	it('neither key nor card is in the error when the refusal repeats them', async () => {
		answer = ({ headers }, body) => ({
			status: 400,
			body: { message: `wrong: ${String(headers.authorization)} ${body}` },
		});
		const result = await run(
			{ ...cardPayment, cardNumber: '={{ $json.number }}', cardSecurityCode: '={{ $json.code }}' },
			{ credential: credential(), items: [{ json: { number: cardNumber, code: '987' } }] },
		);
		const { message, description, ...error } = result.error as unknown as {
			message: string;
			description: string;
		};
		const shown = JSON.stringify([
			message,
			description,
			(error as { messages?: unknown }).messages,
			(error as { context?: unknown }).context,
		]);
		expect(message).toContain('wrong: ');
		expect(['sentinel', cardNumber, '"987"'].filter((secret) => shown.includes(secret))).toEqual(
			[],
		);
	});

	it('the card is not in the output with Simplify off when the answer repeats it', async () => {
		answer = (_request, body) => ({
			status: 200,
			body: { id: 'transaction-1', sent: JSON.parse(body) as unknown },
		});
		const result = await run({ ...cardPayment, simple: false }, { credential: credential() });
		expect(jsonOf(result)).toMatchObject([
			{ id: 'transaction-1', sent: { payment_method: { number: '***', security_code: '***' } } },
		]);
	});

	it('a direct payment that was made is no error when the answer repeats the card as a number', async () => {
		answer = () => ({
			status: 200,
			body: {
				id: 'transaction-1',
				status: 'capture_succeeded',
				payment_method: { number: Number(cardNumber) },
			},
		});
		expect(jsonOf(await run(cardPayment, { credential: credential() }))).toMatchObject([
			{ checkoutId: 'transaction-1', status: 'paid' },
		]);
	});

	it('a checkout without a link is an error that shows the answer, and the row is not sent again', async () => {
		answer = () => ({
			status: 200,
			body: {
				id: 'transaction-1',
				status: 'authorization_failed',
				error_code: 'missing_redirect_url',
			},
		});
		const result = await run(order, { credential: credential() });
		expect(wordsOf(result)).toMatch(
			/no payment link \(status authorization_failed, error_code missing_redirect_url\).*transaction-1/s,
		);
		expect(seen).toHaveLength(1);
	});

	it('a link that stands where nobody documented it can be read with Simplify off', async () => {
		const body = {
			id: 'transaction-1',
			status: 'buyer_approval_pending',
			links: { pay: 'https://pay.example/1' },
		};
		answer = () => ({ status: 200, body });
		expect(jsonOf(await run({ ...order, simple: false }, { credential: credential() }))).toEqual([
			body,
		]);
	});

	it('signed bytes are sent bytes: an amount is a whole number on the wire', async () => {
		answer = () => ({ status: 200, body: { id: 'refund-1' } });
		await run(
			{
				resource: 'refund',
				operation: 'create',
				paymentId: 't',
				amount: '9007199254740993',
				amountUnit: 'smallest',
				currency: 'USD',
				reference: 'r',
				reason: 'x',
				callbackUrl,
			},
			{ credential: credential() },
		);
		expect(seen[0]?.body).toContain('"amount":9007199254740993,');
	});

	it('a list that never ends is given up', async () => {
		answer = () => ({ status: 200, body: { items: [{ id: '1' }], next_cursor: 'again' } });
		expect(
			wordsOf(
				await run(
					{ resource: 'transaction', operation: 'getAll', returnAll: true },
					{ credential: credential() },
				),
			),
		).toContain('same page again and again');
		expect(seen).toHaveLength(2);
	});

	it.each<[string, IDataObject]>([
		['Transaction: Get Many', { resource: 'transaction', operation: 'getAll' }],
		['Refund: Get Many', { resource: 'refund', operation: 'getAll', paymentId: 't' }],
	])(
		'%s ends at an empty page, although each one names a next one',
		async (_operation, parameters) => {
			answer = ({ url }) => ({
				status: 200,
				body:
					seen.length > 20
						? { items: [], next_cursor: null }
						: {
								items: url?.includes('cursor') ? [] : [{ id: '1' }],
								next_cursor: `cursor-${seen.length}`,
							},
			});
			expect(
				jsonOf(await run({ ...parameters, returnAll: true }, { credential: credential() })),
			).toHaveLength(1);
			expect(seen).toHaveLength(2);
		},
	);

	it('a list whose every page is the first one, each with a new cursor, is given up', async () => {
		answer = () => ({
			status: 200,
			body: {
				items: [{ id: '1' }],
				next_cursor: seen.length > 20 ? null : `cursor-${seen.length}`,
			},
		});
		expect(
			wordsOf(
				await run(
					{ resource: 'transaction', operation: 'getAll', returnAll: true },
					{ credential: credential() },
				),
			),
		).toContain('same page again and again');
		expect(seen).toHaveLength(2);
	});

	it('what moves to the next page meanwhile is given once', async () => {
		answer = ({ url }) => ({
			status: 200,
			body: url?.includes('cursor')
				? { items: [{ id: '1' }, { id: '2' }], next_cursor: null }
				: { items: [{ id: '0' }, { id: '1' }], next_cursor: 'next' },
		});
		expect(
			jsonOf(
				await run(
					{ resource: 'transaction', operation: 'getAll', returnAll: true },
					{ credential: credential() },
				),
			).map(({ checkoutId }) => checkoutId),
		).toEqual(['0', '1', '2']);
	});
});

describe('Transaction: Get', () => {
	it('tells whether it is paid', async () => {
		const [made] = jsonOf(await run(order));
		const get = {
			resource: 'transaction',
			operation: 'get',
			paymentId: String(made?.checkoutId),
		};
		expect(jsonOf(await run(get))).toMatchObject([
			{ status: 'open', reference: 'order-1', amount: '20.50' },
		]);
		await pay(made?.checkoutId);
		expect(jsonOf(await run(get))).toMatchObject([
			{
				status: 'paid',
				providerStatus: 'capture_succeeded',
				reference: 'order-1',
				amount: '20.50',
			},
		]);
	});

	it("of an unknown one tells EFundPay's words", async () => {
		expect(
			wordsOf(await run({ resource: 'transaction', operation: 'get', paymentId: 'unknown' })),
		).toContain('There is no transaction "unknown"');
	});

	it('without an ID asks for nothing', async () => {
		expect(
			wordsOf(await run({ resource: 'transaction', operation: 'get', paymentId: '={{ "" }}' })),
		).toContain("'Payment ID' is empty");
		expect((await state()).requests.efundpay).toEqual({});
	});
});

describe('Transaction: Get Many', () => {
	const many = { resource: 'transaction', operation: 'getAll' };
	const make = async (count: number) =>
		await run(
			{ ...order, reference: '=order-{{ $json.row }}' },
			{ items: Array.from({ length: count }, (_, row) => ({ json: { row } })) },
		);

	it('gives all pages in order', async () => {
		await make(105);
		const result = jsonOf(await run({ ...many, returnAll: true }));
		expect(new Set(result.map(({ reference }) => reference)).size).toBe(105);
		expect((await state()).requests.efundpay?.listTransactions).toBe(2);
	});

	it('gives no more than the limit, and asks for no more pages', async () => {
		await make(4);
		expect(jsonOf(await run({ ...many, limit: 3 }))).toHaveLength(3);
		expect((await state()).requests.efundpay?.listTransactions).toBe(1);
	});

	it('filters', async () => {
		const made = jsonOf(await make(3));
		await pay(made[1]?.checkoutId);
		expect(jsonOf(await run({ ...many, filters: { status: 'capture_succeeded' } }))).toMatchObject([
			{ reference: 'order-1', status: 'paid' },
		]);
		expect(
			jsonOf(await run({ ...many, filters: { paymentId: String(made[2]?.paymentId) } })),
		).toMatchObject([{ reference: 'order-2' }]);
		expect(
			jsonOf(await run({ ...many, filters: { createdAfter: '2999-01-01T00:00:00' } })),
		).toEqual([]);
		expect(
			jsonOf(
				await run({
					...many,
					filters: { createdBefore: '2999-01-01', createdAfter: '2000-01-01T00:00:00.000+08:00' },
				}),
			),
		).toHaveLength(3);
		expect((await state()).refusals).toEqual([]);
	});

	it('refuses a date that is none', async () => {
		expect(wordsOf(await run({ ...many, filters: { createdAfter: 'yesterday' } }))).toContain(
			"'Created After' is not a date and time",
		);
	});

	it.each([
		['a list', '={{ ["capture_succeeded"] }}', "'Status' is not a text but a list"],
		['an object', '={{ ({ word: "capture_succeeded" }) }}', "'Status' is not a text but an object"],
	])('lists no unpaid transactions as paid when the filter is %s', async (_what, status, words) => {
		await run(order);
		const result = await run({ ...many, filters: { status } });
		expect(jsonOf(result)).toEqual([]);
		expect(wordsOf(result)).toContain(words);
	});

	it.each([
		['a Date', '={{ new Date("2999-01-01T00:00:00Z") }}'],
		['a DateTime', '={{ DateTime.fromISO("2999-01-01T00:00:00Z") }}'],
	])('filters by the time of an expression that gives %s', async (_what, time) => {
		await run(order);
		expect([
			jsonOf(await run({ ...many, filters: { createdAfter: time } })).length,
			jsonOf(await run({ ...many, filters: { createdBefore: time } })).length,
		]).toEqual([0, 1]);
	});

	it("reads a date without a zone in the workflow's time zone", async () => {
		await run(order);
		const createdAfter = new Date().toISOString().slice(0, 19);
		const found = async (timezone: string) =>
			jsonOf(await run({ ...many, filters: { createdAfter } }, { workflowSettings: { timezone } }))
				.length;
		expect([await found('Pacific/Kiritimati'), await found('Pacific/Pago_Pago')]).toEqual([1, 0]);
	});

	it('takes no list and no endless date as a time', async () => {
		expect(
			wordsOf(await run({ ...many, filters: { createdAfter: '={{ ["2026-03-15"] }}' } })),
		).toContain(`'Created After' is not a date and time: "["2026-03-15"]"`);
		expect(
			wordsOf(await run({ ...many, filters: { createdAfter: '={{ new Date("soon") }}' } })),
		).toContain("'Created After' is not a date and time");
	});

	it("gives EFundPay's words with Simplify off", async () => {
		await make(1);
		expect(jsonOf(await run({ ...many, simple: false }))).toMatchObject([
			{ external_identifier: 'order-0', amount: 2050 },
		]);
	});
});

describe('Refund', () => {
	async function paid(): Promise<string> {
		const [made] = jsonOf(await run(order));
		await pay(made?.checkoutId);
		return String(made?.checkoutId);
	}
	const refund = (paymentId: string, more: IDataObject = {}) => ({
		resource: 'refund',
		operation: 'create',
		paymentId,
		amount: '5',
		currency: 'USD',
		reference: 'refund-1',
		reason: 'Goods returned',
		callbackUrl,
		...more,
	});

	it('is created, looked up and listed', async () => {
		const paymentId = await paid();
		const [made] = jsonOf(await run(refund(paymentId)));
		expect(made).toEqual({
			provider: 'efundpay',
			refundId: expect.any(String),
			paymentId,
			reference: 'refund-1',
			paymentReference: 'order-1',
			status: 'pending',
			providerStatus: 'processing',
			amount: '5.00',
			currency: 'USD',
		});
		const found = { ...made, status: 'succeeded', providerStatus: 'succeeded' };
		expect(
			jsonOf(await run({ resource: 'refund', operation: 'get', refundId: String(made?.refundId) })),
		).toEqual([found]);
		expect(jsonOf(await run({ resource: 'refund', operation: 'getAll', paymentId }))).toEqual([
			found,
		]);
		expect((await state()).refusals).toEqual([]);
	});

	it('goes to a bank account', async () => {
		const paymentId = await paid();
		expect(
			jsonOf(
				await run(
					refund(paymentId, {
						additionalFields: {
							bankCode: '004',
							bankAccountName: 'Maria Gomez',
							bankAccountNumber: '0012345678',
						},
					}),
				),
			),
		).toHaveLength(1);
	});

	it('is never sent again when it may have arrived, and says how to find out', async () => {
		const paymentId = await paid();
		await sandbox.fault('efundpay', 'createRefund', 'reset-after');
		expect(wordsOf(await run(refund(paymentId)))).toContain("'Refund: Get Many'");
		expect((await state()).requests.efundpay?.createRefund).toBe(1);
	});

	it('twice with one number in one run is refused, and the field is named', async () => {
		const paymentId = await paid();
		const result = await run(refund(paymentId), {
			items: [{ json: {} }, { json: {} }],
			continueOnFail: 'continueRegularOutput',
		});
		expect(jsonOf(result)).toMatchObject([
			{ reference: 'refund-1' },
			{
				error: expect.stringContaining(
					`'Refund Reference' "refund-1" was already used by item 0`,
				) as string,
			},
		]);
		expect((await state()).requests.efundpay?.createRefund).toBe(1);
	});

	it.each<[string, IDataObject]>([
		["'Amount' is empty", { amount: '={{ "" }}' }],
		['\'Amount\' "5.005" has more decimals', { amount: '5.005' }],
		["'Refund Reference' is empty", { reference: ' ' }],
		["'Refund Reference' is not a text but a list", { reference: '={{ ["refund-1"] }}' }],
		["'Refund Reference'", { reference: 'r'.repeat(51) }],
		["'Reason' is empty", { reason: ' ' }],
		["'Callback URL' is empty", { callbackUrl: '={{ "" }}' }],
		["'Payment ID' is empty", { paymentId: '={{ "" }}' }],
		["'Bank Account Name' is empty", { additionalFields: { bankCode: '004' } }],
	])('refuses a row before anything is sent: %s', async (words, parameters) => {
		expect(wordsOf(await run(refund('transaction-1', parameters)))).toContain(words);
		expect((await state()).requests.efundpay).toEqual({});
	});
});

describe('the credential test', () => {
	it('passes with the right key', async () => {
		expect(await testCredential('EFundPay', good())).toMatchObject({ status: 'OK' });
	});

	it('does not fail with the line ends and blanks of pasted fields, with which the node works', async () => {
		expect(await testCredential('EFundPay', pasted(new EFundPayApi(), good()))).toMatchObject({
			status: 'OK',
		});
	});

	it.each<[string, Record<string, string>, RegExp]>([
		[
			'a wrong key',
			{ secretKey: 'sk_test_wrong' },
			/HTTP 401: .* refuses this key\..*'Secret Key'/,
		],
		[
			'a foreign merchant account',
			{ merchantAccountId: 'another' },
			/HTTP 403.*'Merchant Account ID'/,
		],
		[
			'a live key with the test environment',
			{ environment: 'test', secretKey: 'sk_live_abcdefgh' },
			/live key \(sk_live_\)/,
		],
	])('fails with %s, in words', async (_case, change, words) => {
		const { status, message } = await testCredential('EFundPay', { ...good(), ...change });
		expect(status).toBe('Error');
		expect(message).toMatch(words);
	});
});
