import type { IDataObject } from 'n8n-workflow';
import { PayfectApi } from '../../../credentials/PayfectApi.credentials';
import { Payfect } from '../../../nodes/Payfect/Payfect.node';
import { pasted, runNode, type NodeRun, type NodeRunOptions } from '../../support/contexts';
import { testCredential } from '../../support/testCredential';
import type { Fault } from '../../support/sandboxClient';
import { TestSandbox } from '../../support/testSandbox';
import { startProviderServer } from '../shared/support/providerServer';
import { resetTime } from '../shared/support/skippedTime';

jest.mock('n8n-workflow', () =>
	jest
		.requireActual<typeof import('../shared/support/skippedTime')>('../shared/support/skippedTime')
		.n8nWorkflowThatSkipsTime(),
);

let sandbox: TestSandbox;
let credential: Record<string, string>;
beforeAll(async () => {
	sandbox = await TestSandbox.start();
	credential = sandbox.credential('payfectApi');
});
beforeEach(async () => {
	resetTime();
	await sandbox.reset();
});
afterAll(async () => {
	jest.restoreAllMocks();
	await sandbox.close();
});

const state = async () => await sandbox.state('payfect');
const fault = async (operation: string, kind: Fault, times = 1) =>
	await sandbox.fault('payfect', operation, kind, times);

async function run(
	parameters: IDataObject,
	{
		items = [{ json: {} }],
		fields = {},
		...more
	}: Partial<NodeRunOptions> & { fields?: IDataObject } = {},
): Promise<NodeRun> {
	return await runNode({
		node: new Payfect(),
		credentialTypes: [new PayfectApi()],
		credentials: { payfectApi: { ...credential, ...fields } as Record<string, string> },
		items,
		...more,
		parameters: {
			resource: 'checkout',
			operation: 'create',
			amount: '20.50',
			currency: 'usdt',
			reference: 'order-1',
			callback: 'none',
			...parameters,
		},
	});
}
const first = (result: NodeRun) => result.outputs[0]?.[0]?.json;

describe('Create Checkout', () => {
	it('gives the link to send the payer to, and keeps amount, currency and reference', async () => {
		const result = await run({
			callback: 'url',
			callbackUrl: 'https://n8n.example/webhook/1/callback',
			successUrl: 'https://shop.example/ok',
			cancelUrl: 'https://shop.example/no',
		});
		expect(first(result)).toEqual({
			provider: 'payfect',
			checkoutId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
			paymentId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
			reference: 'order-1',
			checkoutUrl: expect.stringMatching(
				/^http:\/\/127\.0\.0\.1:\d+\/cashier\/payfect\//,
			) as string,
			qrCode: null,
			status: 'open',
			providerStatus: 'open',
			statusReason: null,
			amount: '20.50',
			currency: 'usdt',
			expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
			livemode: false,
			nextAction: null,
		});
		expect((await state()).checkouts).toMatchObject([
			{
				reference: 'order-1',
				amount: '20.50',
				callbackUrl: 'https://n8n.example/webhook/1/callback',
				successUrl: 'https://shop.example/ok',
				cancelUrl: 'https://shop.example/no',
				remarks: [],
			},
		]);
	});

	it('sends line items as they stand in the form, and the payment method chosen ahead', async () => {
		const item = [
			{
				name: 'Tea',
				unitAmount: '12.50',
				quantity: 2,
				additionalFields: { description: 'One box', images: 'https://shop.example/tea.png' },
			},
			{ name: 'Cup', unitAmount: '0.10', quantity: 3 },
		];
		const result = await run({
			amountFrom: 'lineItems',
			lineItems: { item },
			additionalFields: { paymentCurrency: 'usdt', paymentNetwork: 'tron' },
		});
		expect(first(result)).toMatchObject({ amount: '25.30' });
		expect((await state()).checkouts).toMatchObject([
			{
				remarks: [],
				request: {
					invoice_items: [
						{
							price_data: {
								currency: 'usdt',
								unit_amount: '12.50',
								product_data: {
									name: 'Tea',
									description: 'One box',
									images: ['https://shop.example/tea.png'],
								},
							},
							quantity: 2,
						},
						{
							price_data: { currency: 'usdt', unit_amount: '0.10', product_data: { name: 'Cup' } },
							quantity: 3,
						},
					],
					payment_method_data: {
						type: 'cryptopaymentmethoddetail',
						paymentMethodDetail: { currency: 'usdt', network: 'tron' },
					},
				},
			},
		]);
	});

	it('takes a price ID in place of name and amount', async () => {
		const lineItemsJson = JSON.stringify([
			{ price: '66666666-7777-4888-9999-000000000000', quantity: 2 },
		]);
		expect(first(await run({ amountFrom: 'lineItemsJson', lineItemsJson }))).toMatchObject({
			amount: '20.00',
		});
	});

	it('merges extra fields into the request last', async () => {
		await run({
			options: {
				extraFields: '{"payment_method_types": ["crypto"], "client_reference_id": "other"}',
			},
		});
		expect((await state()).checkouts).toMatchObject([
			{ reference: 'other', request: { payment_method_types: ['crypto'] } },
		]);
	});

	it("gives Payfect's answer as it came with Simplify off", async () => {
		expect(first(await run({ simple: false }))).toMatchObject({
			amountTotal: '20.50',
			clientReferenceId: 'order-1',
			merchant: { name: 'Example Shop' },
		});
	});

	it.each<[string, IDataObject, string]>([
		[
			'a payment currency without a network',
			{ additionalFields: { paymentCurrency: 'usdt', paymentNetwork: '' } },
			"'Payment Currency' and 'Payment Network' belong together",
		],
		[
			'neither description nor reference',
			{ reference: '' },
			"'Description' and 'Reference' are both empty",
		],
		[
			'more decimals than the currency has',
			{ currency: 'JPY' },
			`'Amount' "20.50" has more decimals than JPY`,
		],
		[
			'line items in JSON with more decimals than the currency has',
			{
				currency: 'TWD',
				amountFrom: 'lineItemsJson',
				lineItemsJson: '[{"name": "Tea", "unitAmount": "12.999", "quantity": 1}]',
			},
			`'Line Items 1: Unit Amount' "12.999" has more decimals than TWD`,
		],
		['an amount with a comma', { amount: '20,50' }, `'Amount' is not a plain number: "20,50"`],
	])('refuses %s before anything is sent', async (_case, parameters, message) => {
		const result = await run(parameters);
		expect(result.error?.message).toMatch(message);
		expect((await state()).requests.payfect ?? {}).toEqual({});
	});

	it('makes 50 rows, each its own checkout, in their order', async () => {
		const items = Array.from({ length: 50 }, (_, row) => ({
			json: { reference: `order-${row}`, price: row + 1 },
		}));
		const result = await run(
			{
				reference: '={{ $json.reference }}',
				amount: '={{ $json.price }}',
				options: { requestsInParallel: 10 },
			},
			{ items },
		);
		expect(result.outputs[0]?.map(({ json }) => [json.reference, json.amount])).toEqual(
			items.map(({ json }) => [json.reference, `${json.price}.00`]),
		);
		expect((await state()).checkouts).toHaveLength(50);
	});

	it.each<[Fault, RegExp, number]>([
		[
			'500',
			/^Payfect answered HTTP 500: \{"message":"Internal server error"\} \[item 0, reference "order-1"\]$/,
			0,
		],
		['500-after', /^Payfect answered HTTP 500/, 1],
		['reset-before', /^Payfect gave no answer \(connection broken\)/, 0],
		['reset-after', /^Payfect gave no answer \(connection broken\)/, 1],
		['html', /^Payfect's answer is not JSON: Maintenance We will be back soon/, 1],
		['half-json', /^Payfect's answer is not JSON: \{"id":/, 1],
	])(
		'at the fault %s sends the row once, and says that the checkout may exist and where to look',
		async (kind, message, made) => {
			await fault('create', kind, 100);
			const { error } = await run({});
			expect(error?.message).toMatch(message);
			expect(error?.description).toMatch(
				/It may have been made nevertheless.*look in its dashboard for a checkout with this reference/,
			);
			const { checkouts, requests } = await state();
			expect([checkouts.length, requests.payfect?.create]).toEqual([made, 1]);
		},
	);

	it.each(['429-seconds', '429-date'] as const)(
		'at the fault %s waits as told and makes one checkout',
		async (kind) => {
			await fault('create', kind);
			expect(first(await run({}))).toMatchObject({ status: 'open' });
			expect((await state()).checkouts).toHaveLength(1);
		},
	);

	it('says that nothing was sent when Payfect cannot be reached', async () => {
		const { error } = await run({}, { fields: { baseUrl: 'http://127.0.0.1:1/api/v1' } });
		expect(error?.message).toMatch(/^Payfect could not be reached \(ECONNREFUSED\)/);
		expect(error?.description).toMatch(/^Nothing was sent\. Check the address in the credential/);
	});

	it('says which field a wrong key is in, and does not say the key', async () => {
		const { error, stored } = await run({}, { fields: { apiKey: 'a-wrong-key-of-somebody' } });
		expect(error).toMatchObject({
			message:
				'Payfect refused the request (HTTP 401): Invalid API key. [item 0, reference "order-1"]',
			httpCode: '401',
		});
		expect(error?.description).toMatch(/^Check 'API Key' in the credential\./);
		expect(stored).not.toContain('a-wrong-key-of-somebody');
	});

	it('says so when the credential has no key, without sending anything', async () => {
		const { error } = await run({}, { fields: { apiKey: ' ' } });
		expect(error?.message).toMatch(/^'API Key' in the Payfect credential is empty/);
		expect((await state()).refusals).toEqual([]);
	});

	it('says so when the address of the credential is none', async () => {
		expect((await run({}, { fields: { baseUrl: 'api.payfect.finance' } })).error?.message).toMatch(
			/^'Base URL' in the credential is not an absolute URL/,
		);
	});

	it("shows Payfect's own words about a field it refuses", async () => {
		const { error } = await run({
			amountFrom: 'lineItemsJson',
			lineItemsJson: '[{"price": "nobody-knows-it", "quantity": 1}]',
		});
		expect(error?.message).toContain('There is no such price.');
	});
});

describe('Get Checkout', () => {
	it('tells whether it is paid', async () => {
		const created = first(await run({}));
		const get = async () => first(await run({ operation: 'get', checkoutId: created?.checkoutId }));
		expect(await get()).toEqual(created);
		await sandbox.act('payfect', String(created?.checkoutId), 'pay', { callback: 'none' });
		expect(await get()).toMatchObject({
			checkoutId: created?.checkoutId,
			status: 'paid',
			providerStatus: 'complete',
			reference: 'order-1',
			amount: '20.50',
		});
	});

	it('asks again when the answer cannot be read: it only reads', async () => {
		const created = first(await run({}));
		await fault('get', 'half-json');
		expect(first(await run({ operation: 'get', checkoutId: created?.checkoutId }))).toMatchObject({
			status: 'open',
		});
		expect((await state()).requests.payfect).toMatchObject({ get: 2 });
	});

	// docs/rows.md: workflows take these words for "look it up before you send the row again".
	it('at an answer without an id does not say that something may have been made', async () => {
		const server = await startProviderServer();
		const { error } = await run(
			{ operation: 'get', checkoutId: '3f0c9a52' },
			{ fields: { baseUrl: server.url } },
		);
		server.close();
		expect(error?.message).toMatch(/^Payfect's answer holds no checkout id/);
		expect(error?.description).not.toContain('may have been made');
	});

	it('says so when there is none', async () => {
		expect(
			(await run({ operation: 'get', checkoutId: '00000000-0000-4000-8000-000000000000' })).error
				?.message,
		).toMatch(/^Payfect refused the request \(HTTP 404\): Not found\. \[item 0/);
	});

	it('refuses an empty ID before anything is sent', async () => {
		expect((await run({ operation: 'get', checkoutId: '={{ "" }}' })).error?.message).toMatch(
			/^'Checkout ID' is empty/,
		);
		expect((await state()).requests.payfect ?? {}).toEqual({});
	});
});

describe('the credential test', () => {
	it('passes with the right key', async () => {
		await expect(testCredential('Payfect', credential)).resolves.toMatchObject({
			status: 'OK',
		});
	});

	it('does not fail with the line ends and blanks of pasted fields, with which the node works', async () => {
		await expect(
			testCredential('Payfect', pasted(new PayfectApi(), credential)),
		).resolves.toMatchObject({ status: 'OK' });
		expect((await state()).requests.payfect).toEqual({ get: 1 });
	});

	it.each([
		['a wrong key', { apiKey: 'wrong' }, /HTTP 401.*Check 'API Key'/],
		[
			'a key without access',
			{ apiKey: 'payfect-sandbox-key-without-access' },
			/HTTP 403.*Check 'API Key'/,
		],
		['an address where nobody answers', { baseUrl: 'http://127.0.0.1:1/api/v1' }, /ECONNREFUSED/],
	])('fails with %s and says so', async (_case, fields, message) => {
		await expect(testCredential('Payfect', { ...credential, ...fields })).resolves.toMatchObject({
			status: 'Error',
			message: expect.stringMatching(message) as string,
		});
	});

	it('fails when Payfect is down', async () => {
		await fault('get', '500');
		await expect(testCredential('Payfect', credential)).resolves.toMatchObject({
			status: 'Error',
		});
	});
});
