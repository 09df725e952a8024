import type { IDataObject } from 'n8n-workflow';
import { WooshPayApi } from '../../../credentials/WooshPayApi.credentials';
import { WooshPay } from '../../../nodes/WooshPay/WooshPay.node';
import { logText, pasted, runNode, type NodeRun } from '../../support/contexts';
import { testCredential } from '../../support/testCredential';
import { startProviderServer } from '../shared/support/providerServer';
import { WooshPaySandbox } from './sandbox';

const sandbox = WooshPaySandbox.forEachTest();

const checkout = {
	resource: 'checkout',
	operation: 'create',
	amount: '12.99',
	currency: 'GBP',
	reference: 'order-1001',
	description: 'Tea',
	successUrl: 'https://shop.example/thanks',
	cancelUrl: 'https://shop.example/basket',
};

interface Setting {
	items?: IDataObject[];
	credential?: Record<string, string>;
	continueOnFail?: 'continueRegularOutput';
	retryOnFail?: { maxTries: number; waitBetweenTries: number };
	workflowSettings?: { timezone: string };
}

async function run(
	parameters: IDataObject,
	{ items = [{}], credential, ...setting }: Setting = {},
): Promise<NodeRun> {
	return await runNode({
		node: new WooshPay(),
		...sandbox.credentials(credential),
		parameters,
		items: items.map((json) => ({ json })),
		...setting,
	});
}

/**
 * The fields of the items that left the first output; fails with n8n's words when the run failed.
 */
async function outputOf(parameters: IDataObject, setting?: Setting): Promise<IDataObject[]> {
	const { error, outputs } = await run(parameters, setting);
	if (error) throw error;
	return (outputs[0] ?? []).map(({ json }) => json);
}

async function one(parameters: IDataObject): Promise<IDataObject> {
	return (await outputOf(parameters))[0] ?? {};
}

describe('a checkout', () => {
	it('is made, and WooshPay has nothing to say against the request', async () => {
		const made = await one(checkout);
		const { checkouts, refusals } = await sandbox.state();
		expect(refusals).toEqual([]);
		expect(checkouts).toEqual([
			expect.objectContaining({
				checkoutId: made.checkoutId,
				paymentId: made.paymentId,
				reference: 'order-1001',
				amount: '12.99',
				currency: 'GBP',
				remarks: [],
			}),
		]);
		expect(made).toMatchObject({
			provider: 'wooshpay',
			reference: 'order-1001',
			status: 'open',
			amount: '12.99',
			currency: 'GBP',
			livemode: false,
			idempotencyKey: expect.any(String) as string,
		});
		expect(made.checkoutUrl).toMatch(/^http:\/\/127\.0\.0\.1/);
	});

	it('can have line items and every additional field', async () => {
		const lineItems = {
			item: [
				{
					name: 'Tea',
					unitAmount: '12.99',
					quantity: 2,
					description: 'A box',
					images: 'https://shop.example/tea.png',
				},
			],
		};
		const additionalFields = {
			billingAddressCollection: 'required',
			merchantUserId: 'customer-7',
			paymentMethodTypes: 'card, alipay',
			metadata: { entry: [{ name: 'shop', value: 'north' }] },
		};
		await one({ ...checkout, amountFrom: 'lineItems', lineItems, additionalFields });
		const { checkouts, refusals } = await sandbox.state();
		expect(refusals).toEqual([]);
		expect(checkouts).toMatchObject([
			{
				amount: '25.98',
				remarks: [],
				request: {
					billing_address_collection: 'required',
					payment_method_types: ['card', 'alipay'],
					metadata: { shop: 'north', reference: 'order-1001' },
					payment_intent_data: { merchant_user_id: 'customer-7', merchant_order_id: 'order-1001' },
				},
			},
		]);
	});

	// All that the request of WooshPay's guide holds.
	it.each([
		[
			'the form',
			{
				amountFrom: 'lineItems',
				lineItems: {
					item: [
						{
							name: 'example product',
							unitAmount: '0.05',
							quantity: 1,
							additionalFields: {
								description: 'very delicious',
								productFields: {
									active: true,
									url: 'www.example.com',
									metadata: { entry: [{ name: 'key1', value: 'value1' }] },
								},
								priceFields: {
									active: true,
									nickname: 'fengli',
									lookupKey: 'test_lookup_key',
									billingScheme: 'per_unit',
									metadata: { entry: [{ name: 'key2', value: '={{ 2 }}' }] },
								},
							},
						},
					],
				},
			},
		],
		[
			'a JSON list',
			{
				amountFrom: 'lineItemsJson',
				lineItemsJson: JSON.stringify([
					{
						name: 'example product',
						unitAmount: '0.05',
						quantity: 1,
						description: 'very delicious',
						productFields: { active: 'true', url: 'www.example.com', metadata: { key1: 'value1' } },
						priceFields: {
							active: true,
							nickname: 'fengli',
							lookupKey: 'test_lookup_key',
							billingScheme: 'per_unit',
							metadata: { key2: 2 },
						},
					},
				]),
			},
		],
	])('can have all that a product and a price have, from %s', async (_from, lines) => {
		await one({ ...checkout, ...lines });
		const { checkouts, refusals } = await sandbox.state();
		expect(refusals).toEqual([]);
		expect(checkouts[0]?.request.line_items).toEqual([
			{
				price_data: {
					currency: 'GBP',
					unit_amount: 5,
					active: true,
					nickname: 'fengli',
					lookup_key: 'test_lookup_key',
					billing_scheme: 'per_unit',
					metadata: { key2: '2' },
					product_data: {
						name: 'example product',
						active: true,
						description: 'very delicious',
						metadata: { key1: 'value1' },
						url: 'www.example.com',
					},
				},
				quantity: 1,
			},
		]);
	});

	it.each([
		[
			'the form',
			(productId: unknown) => ({
				amountFrom: 'lineItems',
				lineItems: { item: [{ unitAmount: '4.5', quantity: 2, additionalFields: { productId } }] },
			}),
		],
		[
			'a JSON list',
			(productId: unknown) => ({
				amountFrom: 'lineItemsJson',
				lineItemsJson: JSON.stringify([{ productId, unitAmount: '9.00' }]),
			}),
		],
	])('can be made of a product that exists, with a new price, from %s', async (_from, lines) => {
		const { productId } = await one({ resource: 'product', operation: 'create', name: 'Tea' });
		expect(await one({ ...checkout, ...lines(productId) })).toMatchObject({ amount: '9.00' });
		const { checkouts, refusals } = await sandbox.state();
		expect(refusals).toEqual([]);
		expect(checkouts).toMatchObject([
			{ description: expect.stringContaining('Tea') as string, remarks: [] },
		]);
		expect(checkouts[0]?.request.line_items).toMatchObject([
			{ price_data: { product: productId, currency: 'GBP' } },
		]);
	});

	it.each([
		[
			{ name: 'Tea', additionalFields: { productId: 'prod_1' } },
			"'Line Items 1' has a Product ID and 'Name'",
		],
		[
			{ additionalFields: { productId: 'prod_1', images: 'https://shop.example/tea.png' } },
			"'Line Items 1' has a Product ID and 'Image URLs'",
		],
		[
			{ additionalFields: { productId: 'prod_1', productFields: { url: 'www.example.com' } } },
			"'Line Items 1' has a Product ID and 'Product Fields'",
		],
		[
			{ unitAmount: '', additionalFields: { price: 'price_1', productId: 'prod_1' } },
			"'Line Items 1' has a Price ID and 'Product ID'",
		],
		[
			{ unitAmount: '', additionalFields: { price: 'price_1', priceFields: { nickname: 'a' } } },
			"'Line Items 1' has a Price ID and 'Price Fields'",
		],
		[
			{ name: 'Tea', additionalFields: { productFields: { active: '={{ "no" }}' } } },
			`'Line Items 1: Active' is none of its choices: "no"`,
		],
		[
			{ name: 'Tea', additionalFields: { priceFields: { billingScheme: '={{ "each" }}' } } },
			`'Line Items 1: Billing Scheme' is none of its choices: "each"`,
		],
		[
			{ name: 'Tea', additionalFields: { priceFields: { lookupKey: 'k'.repeat(201) } } },
			"'Lookup Key' is longer than 200 characters",
		],
		[
			{ name: 'Tea', additionalFields: { priceFields: { nickname: '={{ ["a"] }}' } } },
			"'Line Items 1: Nickname' is not a text but a list",
		],
	])('is refused before anything is sent for the line item %j', async (item, words) => {
		const lineItems = { item: [{ unitAmount: '5', quantity: 1, ...item }] };
		const { error } = await run({ ...checkout, amountFrom: 'lineItems', lineItems });
		expect(error?.message).toContain(words);
		expect(await sandbox.requests()).toEqual({});
	});

	it.each([
		[{ productFields: { metadata: 'shop' } }, "'Line Items (JSON) 1: Metadata' is not an object"],
		[
			{ productFields: { metadata: { shop: ['north'] } } },
			"'Line Items (JSON) 1: Metadata: shop' is not a text but a list",
		],
		[{ priceFields: 'cheap' }, "'Line Items (JSON) 1: Price Fields' is not an object"],
		[{ priceFields: { active: 1 } }, "'Line Items (JSON) 1: Active' is none of its choices"],
		[{ additionalFields: 'gift' }, "'Line Items (JSON) 1: Additional Fields' is not an object"],
	])('is refused before anything is sent for the JSON line item %j', async (item, words) => {
		const lineItemsJson = JSON.stringify([{ name: 'Tea', unitAmount: '5', quantity: 1, ...item }]);
		const { error } = await run({ ...checkout, amountFrom: 'lineItemsJson', lineItemsJson });
		expect(error?.message).toContain(words);
		expect(await sandbox.requests()).toEqual({});
	});

	it('can have metadata by number and payment methods as a list', async () => {
		await one({
			...checkout,
			additionalFields: {
				paymentMethodTypes: '={{ ["card", "alipay"] }}',
				metadata: {
					entry: [
						{ name: '={{ 2026 }}', value: '={{ 12 }}' },
						{ name: 'gift', value: '={{ true }}' },
					],
				},
			},
		});
		expect((await sandbox.state()).checkouts[0]?.request).toMatchObject({
			payment_method_types: ['card', 'alipay'],
			metadata: { 2026: '12', gift: 'true' },
		});
	});

	it('can be made of a product and a price that were made before', async () => {
		const { productId } = await one({
			resource: 'product',
			operation: 'create',
			name: 'Tea',
			description: 'A box',
			additionalFields: { url: 'www.example.com', images: 'https://shop.example/tea.png' },
		});
		const price = await one({
			resource: 'price',
			operation: 'create',
			productFrom: 'existing',
			productId,
			amount: '1200',
			currency: 'JPY',
			additionalFields: { lookupKey: 'tea' },
		});
		expect(price).toMatchObject({
			productId,
			amount: '1200',
			currency: 'JPY',
			active: true,
			lookupKey: 'tea',
		});
		const lineItems = { item: [{ quantity: 3, additionalFields: { price: price.priceId } }] };
		expect(
			await one({ ...checkout, amountFrom: 'lineItems', lineItems, currency: 'JPY' }),
		).toMatchObject({ amount: '3600', currency: 'JPY' });
		expect((await sandbox.state()).refusals).toEqual([]);
	});

	it('is looked up', async () => {
		const { checkoutId, paymentId } = await one(checkout);
		await sandbox.act(String(checkoutId), 'pay');
		expect(await one({ resource: 'checkout', operation: 'get', checkoutId })).toMatchObject({
			checkoutId,
			status: 'paid',
			amount: '12.99',
			reference: 'order-1001',
		});
		expect(await one({ resource: 'payment', operation: 'get', paymentId })).toMatchObject({
			paymentId,
			status: 'paid',
			providerStatus: 'succeeded',
			reference: 'order-1001',
		});
	});

	it('is given as WooshPay says it with Simplify off', async () => {
		expect(await one({ ...checkout, simple: false })).toMatchObject({
			object: 'checkout.session',
			amount_total: 1299,
			payment_status: 'unpaid',
		});
	});

	it('is the same again for the same row in another run, and another one for another attempt', async () => {
		const first = await one(checkout);
		expect((await one(checkout)).checkoutId).toBe(first.checkoutId);
		expect((await one({ ...checkout, options: { attempt: 2 } })).checkoutId).not.toBe(
			first.checkoutId,
		);
	});

	it.each([
		['Success URL', { successUrl: 'www.shop.example' }, "'Success URL' is not an absolute URL"],
		['Amount', { amount: '12,99' }, "'Amount' is not a plain number"],
		['Currency', { currency: 'POUND' }, "'Currency'"],
		['Attempt', { options: { attempt: 0 } }, "'Attempt'"],
		[
			'Metadata',
			{ additionalFields: { metadata: { entry: [{ name: '', value: 'x' }] } } },
			"'Metadata: Name' is empty",
		],
		[
			'Metadata that would be kept empty',
			{
				additionalFields: { metadata: { entry: [{ name: 'shop', value: '={{ ({ id: 7 }) }}' }] } },
			},
			"'Metadata: shop' is not a text but an object",
		],
		[
			'list of Payment Methods, of which all would be offered',
			{ additionalFields: { paymentMethodTypes: '={{ ({ first: "card" }) }}' } },
			"'Payment Methods' is not a text but an object",
		],
		[
			'entry in Payment Methods',
			{ additionalFields: { paymentMethodTypes: '={{ [{ name: "card" }] }}' } },
			"'Payment Methods' is not a text but an object",
		],
		[
			'Billing Address',
			{ additionalFields: { billingAddressCollection: '={{ "always" }}' } },
			`'Billing Address' is none of its choices: "always"`,
		],
		[
			'word for Capture, which would take the money at once',
			{ additionalFields: { captureMethod: '={{ "later" }}' } },
			`'Capture' is none of its choices: "later"`,
		],
		[
			'Expires At that has passed',
			{ additionalFields: { expiresAt: '2020-01-01T00:00:00Z' } },
			"'Expires At' is not in the future",
		],
		[
			'Expires At that is no date',
			{ additionalFields: { expiresAt: 'tomorrow' } },
			"'Expires At' is not a date and time",
		],
	])(
		'is refused before anything is sent for a wrong %s, by item',
		async (_field, changes, words) => {
			const { error } = await run({ ...checkout, ...changes });
			expect(error?.message).toContain(words);
			expect(error?.message).toContain('item 0');
			expect(await sandbox.requests()).toEqual({});
		},
	);

	it('is refused before anything is sent with a key of the other mode', async () => {
		const { error } = await run(checkout, { credential: { environment: 'live' } });
		expect(error?.message).toContain(
			"'Secret Key' in the WooshPay credential is a test key, but 'Environment' is Live",
		);
	});
});

describe('when nobody knows whether it arrived', () => {
	it('a checkout is not sent again, and the error says how to find out', async () => {
		await sandbox.fault('create', '500-after');
		const { error } = await run(checkout);
		expect(error?.description).toContain('dashboard');
		expect((await sandbox.requests()).create).toBe(1);
	});

	it('a checkout is sent again with the same key where the user says so, and there is one', async () => {
		await sandbox.fault('create', '500-after');
		expect(await outputOf({ ...checkout, options: { retry: true } })).toHaveLength(1);
		const { requests, checkouts } = await sandbox.state();
		expect([requests.wooshpay?.create, checkouts.length]).toEqual([2, 1]);
	});

	it('a refund is not sent again', async () => {
		const { checkoutId, paymentId } = await one(checkout);
		await sandbox.act(String(checkoutId), 'pay');
		await sandbox.fault('createRefund', 'reset-after');
		const { error } = await run({
			resource: 'refund',
			operation: 'create',
			paymentId,
			amountFrom: 'payment',
		});
		expect(error?.description).toContain('before you refund it again');
		expect((await sandbox.requests()).createRefund).toBe(1);
	});

	it('Retry On Fail makes nothing twice', async () => {
		await sandbox.fault('create', 'html');
		const { error, executions } = await run(checkout, {
			retryOnFail: { maxTries: 3, waitBetweenTries: 0 },
		});
		expect(error).toBeDefined();
		expect(executions).toBe(3);
		expect((await sandbox.state()).checkouts).toHaveLength(1);
	});
});

describe('money that is only authorized', () => {
	const capture = { resource: 'payment', operation: 'capture' };

	/** What the payer has agreed to, with the money still to be taken. */
	async function authorized(): Promise<IDataObject> {
		const made = await one({ ...checkout, additionalFields: { captureMethod: 'manual' } });
		await sandbox.act(String(made.checkoutId), 'pay');
		return made;
	}

	const statusOf = async (paymentId: unknown) =>
		(await one({ resource: 'payment', operation: 'get', paymentId: String(paymentId) })).status;

	it('is not paid before it is captured', async () => {
		const { paymentId, checkoutId } = await authorized();
		expect(await statusOf(paymentId)).toBe('pending');
		expect((await one({ resource: 'checkout', operation: 'get', checkoutId })).status).not.toBe(
			'paid',
		);
		expect(await one({ ...capture, paymentId })).toMatchObject({
			paymentId,
			reference: 'order-1001',
			status: 'paid',
			amount: '12.99',
			currency: 'GBP',
		});
		expect(await statusOf(paymentId)).toBe('paid');
	});

	it.each([
		[{ amount: '4.5', currency: 'GBP' }, '4.50'],
		[{ amount: '450', amountUnit: 'smallest', currency: 'GBP' }, '4.50'],
	])('can be captured in part, exactly: %j', async (amount, captured) => {
		const { paymentId } = await authorized();
		expect(await one({ ...capture, paymentId, amountFrom: 'amount', ...amount })).toMatchObject({
			status: 'paid',
			amount: captured,
		});
		expect((await sandbox.state()).checkouts).toMatchObject([{ paidAmount: captured }]);
	});

	it.each([
		['more decimals', { amount: '4.555', currency: 'GBP' }, "'Amount'"],
		['a cell that is empty', { amount: '={{ $json.none }}', currency: 'GBP' }, "'Amount' is empty"],
		['no currency', { amount: '4.55', currency: '={{ "" }}' }, "'Currency' is empty"],
		['another word', { amountFrom: 'all' }, "'Amount From' is none of its choices"],
		['no payment', { amountFrom: 'payment', paymentId: '={{ "" }}' }, "'Payment ID' is empty"],
	])('is not captured for %s', async (_case, changes, words) => {
		const { error } = await run({
			...capture,
			paymentId: 'pi_1',
			amountFrom: 'amount',
			...changes,
		});
		expect(error?.message).toContain(words);
		expect(await sandbox.requests()).toEqual({});
	});

	// 450 yen and 4.50 pounds are the same number on the wire.
	it('is not captured in another currency than it is in', async () => {
		const { paymentId } = await authorized();
		const yen = { amountFrom: 'amount', amount: '450', currency: 'JPY' };
		expect((await run({ ...capture, paymentId, ...yen })).error?.message).toContain(
			"'Currency' is JPY, but the payment is in GBP; nothing was sent",
		);
		expect(await statusOf(paymentId)).toBe('pending');
	});

	it('is refused in the words of WooshPay where nothing, or less, is authorized', async () => {
		const { paymentId: open } = await one({ ...checkout, reference: 'order-1002' });
		expect((await run({ ...capture, paymentId: open })).error?.message).toContain(
			'This payment cannot be captured',
		);
		const { paymentId } = await authorized();
		const more = { amountFrom: 'amount', amount: '13', currency: 'GBP' };
		expect((await run({ ...capture, paymentId, ...more })).error?.message).toContain(
			'more than was authorized',
		);
	});

	it('is refused at the second of two rows with one payment, before anything is sent', async () => {
		const { paymentId } = await authorized();
		const { error } = await run({ ...capture, paymentId }, { items: [{}, {}] });
		expect(error?.message).toContain(`'Payment ID' "${String(paymentId)}" was already used`);
		expect((await sandbox.requests()).capturePayment).toBeUndefined();
	});

	it.each(['500-after', 'reset-after', 'html'] as const)(
		'is not captured again when nobody knows whether it was (%s), and the error says how to find out',
		async (fault) => {
			const { paymentId } = await authorized();
			await sandbox.fault('capturePayment', fault);
			const { error } = await run({ ...capture, paymentId });
			expect(error?.description).toContain('It may have been made');
			expect(error?.description).toContain('Payment: Get');
			expect((await sandbox.requests()).capturePayment).toBe(1);
		},
	);

	it('is captured once though Retry On Fail runs the node again', async () => {
		const { paymentId } = await authorized();
		const { paymentId: open } = await one({ ...checkout, reference: 'order-1002' });
		const { error } = await run(
			{ ...capture, paymentId: '={{ $json.id }}' },
			{
				items: [{ id: paymentId }, { id: open }],
				retryOnFail: { maxTries: 2, waitBetweenTries: 0 },
			},
		);
		expect(error?.message).toContain('cannot be captured');
		// Once the first, and twice the second, which was refused.
		expect((await sandbox.requests()).capturePayment).toBe(3);
	});

	it('is released by Cancel', async () => {
		const { paymentId } = await authorized();
		expect(await one({ resource: 'payment', operation: 'cancel', paymentId })).toMatchObject({
			paymentId,
			status: 'canceled',
			amount: '12.99',
		});
		expect((await run({ ...capture, paymentId })).error?.message).toContain('cannot be captured');
	});

	it('is not taken by Cancel where it is captured already', async () => {
		const { paymentId } = await authorized();
		await one({ ...capture, paymentId });
		expect(
			(await run({ resource: 'payment', operation: 'cancel', paymentId })).error?.message,
		).toContain('cannot be canceled');
		expect(await statusOf(paymentId)).toBe('paid');
	});
});

describe('the answer to a capture', () => {
	it.each([
		['what was received', { amount_received: 450 }, { amount: '4.5' }, '4.50'],
		['what was asked for where that is not told', {}, { amount: '4.5' }, '4.50'],
		['all that was authorized where the whole was', {}, {}, '12.99'],
	])('gives %s', async (_case, told, asked, amount) => {
		const server = await startProviderServer();
		const intent = {
			id: 'pi_1',
			status: 'succeeded',
			amount: 1299,
			currency: 'GBP',
			capture_method: 'manual',
		};
		server.respond(() => ({ body: JSON.stringify({ ...intent, ...told }) }));
		const { outputs } = await run(
			{
				resource: 'payment',
				operation: 'capture',
				paymentId: 'pi_1',
				...(Object.keys(asked).length === 0
					? {}
					: { amountFrom: 'amount', currency: 'GBP', ...asked }),
			},
			{ credential: { baseUrl: server.url } },
		);
		server.close();
		expect(outputs[0]?.[0]?.json).toMatchObject({ status: 'paid', amount });
	});

	it('is in doubt, also with Simplify off, where it holds no payment', async () => {
		const server = await startProviderServer();
		const { error } = await run(
			{ resource: 'payment', operation: 'capture', paymentId: 'pi_1', simple: false },
			{ credential: { baseUrl: server.url } },
		);
		server.close();
		expect(error?.description).toContain('It may have been made');
	});
});

describe('a link that nobody has paid', () => {
	const expire = (checkoutId: unknown) => ({
		resource: 'checkout',
		operation: 'expire',
		checkoutId: String(checkoutId),
	});

	it('is ended by Expire', async () => {
		const { checkoutId } = await one(checkout);
		expect(await one(expire(checkoutId))).toMatchObject({ checkoutId, status: 'expired' });
		expect((await sandbox.state()).checkouts).toMatchObject([{ status: 'expired' }]);
	});

	it('is not ended where it is paid, and the words are those of WooshPay', async () => {
		const { checkoutId } = await one(checkout);
		await sandbox.act(String(checkoutId), 'pay');
		expect((await run(expire(checkoutId))).error?.message).toContain('is not open');
	});

	it('may have been ended where no answer came', async () => {
		const { checkoutId } = await one(checkout);
		await sandbox.fault('expire', '500-after');
		const { error } = await run(expire(checkoutId));
		expect(error?.description).toContain('Checkout: Get');
		expect((await sandbox.requests()).expire).toBe(1);
	});

	it('ends at the time of the form, which is one of the time zone of the workflow', async () => {
		const additionalFields = {
			expiresAt: '2099-12-31T18:00:00',
			customerEmail: 'payer@shop.example',
		};
		const [made] = await outputOf(
			{ ...checkout, additionalFields },
			{ workflowSettings: { timezone: 'Asia/Shanghai' } },
		);
		expect(made?.expiresAt).toBe('2099-12-31T10:00:00.000Z');
		const { checkouts, refusals } = await sandbox.state();
		expect([refusals, checkouts[0]?.remarks]).toEqual([[], []]);
	});
});

describe('prices', () => {
	it('come with a new product, are looked up and changed', async () => {
		const { priceId } = await one({
			resource: 'price',
			operation: 'create',
			productFrom: 'new',
			productName: 'Tea',
			productDescription: 'A box',
			amount: '12.99',
			currency: 'GBP',
		});
		await one({
			resource: 'price',
			operation: 'update',
			priceId,
			updateFields: { active: false, nickname: 'old' },
		});
		expect(await one({ resource: 'price', operation: 'get', priceId })).toMatchObject({
			priceId,
			productId: expect.stringMatching(/^prod_/) as string,
			amount: '12.99',
			active: false,
			nickname: 'old',
		});
		expect((await sandbox.state()).refusals).toEqual([]);
	});

	it('can have all that a price and its new product have', async () => {
		await one({
			resource: 'price',
			operation: 'create',
			productFrom: 'new',
			productName: 'Tea',
			productFields: {
				active: false,
				url: 'www.example.com',
				images: 'https://shop.example/tea.png',
				metadata: { entry: [{ name: 'leaf', value: 'green' }] },
			},
			amount: '12.99',
			currency: 'GBP',
			additionalFields: {
				active: true,
				billingScheme: 'per_unit',
				recurringInterval: 'month',
				recurringIntervalCount: 3,
				metadata: { entry: [{ name: 'season', value: 'winter' }] },
			},
		});
		const { refusals, reports } = await sandbox.state();
		expect(refusals).toEqual([]);
		expect(reports.wooshpay?.prices).toMatchObject([{ type: 'recurring', active: true }]);
		expect(reports.wooshpay?.products).toMatchObject([{ name: 'Tea', active: false }]);
	});

	it.each([
		[{ recurringIntervalCount: 3 }, "'Recurring Interval Count' needs a 'Recurring Interval'"],
		[
			{ recurringInterval: 'month', recurringIntervalCount: 0 },
			"'Recurring Interval Count' is not a whole number above zero",
		],
		[{ recurringInterval: '={{ "hour" }}' }, "'Recurring Interval' is none of its choices"],
	])('are not made with %j', async (additionalFields, words) => {
		const { error } = await run({
			resource: 'price',
			operation: 'create',
			productId: 'prod_1',
			amount: '12.99',
			currency: 'GBP',
			additionalFields,
		});
		expect(error?.message).toContain(words);
		expect(await sandbox.requests()).toEqual({});
	});

	it('are not made for another product when an expression gives another word as Product', async () => {
		const { error } = await run({
			resource: 'price',
			operation: 'create',
			productFrom: '={{ "New" }}',
			productId: 'prod_1',
			productName: 'Tea',
			amount: '12.99',
			currency: 'GBP',
		});
		expect(error?.message).toContain(`'Product' is none of its choices: "New"`);
		expect(await sandbox.requests()).toEqual({});
	});

	it('cannot be changed by nothing', async () => {
		expect(
			(await run({ resource: 'price', operation: 'update', priceId: 'price_1' })).error?.message,
		).toContain("'Update Fields' is empty");
	});
});

describe('refunds', () => {
	const refund = { resource: 'refund', operation: 'create' };
	const paid = async () => {
		const made = await one(checkout);
		await sandbox.act(String(made.checkoutId), 'pay');
		return made.paymentId;
	};

	it('give back a part, and are looked up', async () => {
		const paymentId = await paid();
		const made = await one({
			...refund,
			paymentId,
			amount: '5',
			currency: 'GBP',
			reference: 'refund-1',
			additionalFields: { reason: 'duplicate' },
		});
		expect(made).toMatchObject({
			paymentId,
			reference: 'refund-1',
			status: 'succeeded',
			amount: '5.00',
			currency: 'GBP',
			idempotencyKey: expect.any(String) as string,
		});
		expect(
			await one({ resource: 'refund', operation: 'get', refundId: made.refundId }),
		).toMatchObject({ refundId: made.refundId, amount: '5.00' });
	});

	it('of one amount are not made in another currency than the payment, and nothing is given back', async () => {
		const paymentId = await paid();
		const { error } = await run({ ...refund, paymentId, amount: '5', currency: 'JPY' });
		expect(error?.message).toContain("'Currency' is JPY, but the payment is in GBP");
		expect(await sandbox.refunds()).toEqual([]);
		expect(await one({ ...refund, paymentId, amount: '5', currency: 'gbp' })).toMatchObject({
			amount: '5.00',
		});
	});

	it('are not made where the payment cannot be asked for its currency', async () => {
		const paymentId = await paid();
		await sandbox.fault('getPayment', '401');
		const { error } = await run({ ...refund, paymentId, amount: '5', currency: 'GBP' });
		expect(error?.message).toContain('Invalid API key');
		expect(await sandbox.refunds()).toEqual([]);
	});

	it('give back the whole payment where that is chosen', async () => {
		expect(await one({ ...refund, paymentId: await paid(), amountFrom: 'payment' })).toMatchObject({
			amount: '12.99',
			reference: null,
			idempotencyKey: null,
		});
	});

	it('are not a hundredfold when an expression gives another word as Amount Unit', async () => {
		const { error } = await run({
			...refund,
			paymentId: await paid(),
			amount: '5',
			amountUnit: 'cents',
			currency: 'GBP',
		});
		expect(error?.message).toContain(`'Amount Unit' is none of its choices: "cents"`);
		expect(await sandbox.refunds()).toEqual([]);
	});

	it('of two rows with one reference are refused at the second, by the name that the form has for it', async () => {
		const { error } = await run(
			{ ...refund, paymentId: await paid(), amount: '5', currency: 'GBP', reference: 'refund-1' },
			{ items: [{ json: {} }, { json: {} }] },
		);
		expect(error?.message).toContain(`'Refund Reference' "refund-1" was already used by item 0`);
		expect(await sandbox.refunds()).toHaveLength(0);
	});

	it('of the same row in another run are one refund', async () => {
		const order = {
			...refund,
			paymentId: await paid(),
			amount: '5',
			currency: 'GBP',
			reference: 'refund-1',
		};
		expect((await one(order)).refundId).toBe((await one(order)).refundId);
		expect(await sandbox.refunds()).toHaveLength(1);
	});

	it('are refused in the words of WooshPay when they are more than the payment', async () => {
		const { error } = await run({
			...refund,
			paymentId: await paid(),
			amount: '13',
			currency: 'GBP',
		});
		expect(error?.message).toContain('larger than what is left');
	});

	it.each([
		[{ paymentId: '={{ "" }}', amountFrom: 'payment' }, "'Payment ID' is empty"],
		[
			{ paymentId: 'pi_1', amount: '={{ $json.aColumnThatIsEmpty }}', currency: 'GBP' },
			"'Amount' is empty",
		],
		[{ paymentId: 'pi_1', amount: '5', currency: '={{ "" }}' }, "'Currency' is empty"],
		[{ paymentId: 'pi_1', amount: '5.001', currency: 'GBP' }, "'Amount'"],
		[
			{ paymentId: 'pi_1', amountFrom: 'payment', reference: '={{ ["refund-1"] }}' },
			"'Refund Reference' is not a text but a list",
		],
	])('are refused before anything is sent: %j', async (changes, words) => {
		expect((await run({ ...refund, ...changes })).error?.message).toContain(words);
		expect(await sandbox.requests()).toEqual({});
	});
});

it('a row that fails loses no other, and the second of two equal references is not sent', async () => {
	const { outputs } = await run(
		{ ...checkout, reference: '={{ $json.reference }}', amount: '={{ $json.amount }}' },
		{
			items: [
				{ reference: 'a', amount: '1' },
				{ reference: 'b', amount: 'x' },
				{ reference: 'a', amount: '2' },
				{ reference: 'd', amount: '4' },
			],
			continueOnFail: 'continueRegularOutput',
		},
	);
	expect(outputs[0]?.map(({ json, pairedItem }) => [json.amount ?? 'error', pairedItem])).toEqual([
		['1.00', { item: 0 }],
		['error', { item: 1 }],
		['error', { item: 2 }],
		['4.00', { item: 3 }],
	]);
	expect((await sandbox.state()).checkouts).toHaveLength(2);
});

it('no secret is in an error, a log line or what n8n stores', async () => {
	const secretKey = 'sk_test_c2VudGluZWwtc2VjcmV0LW9mLWEtdGVzdA==';
	const refused = await run(checkout, { credential: { secretKey } });
	expect(refused.error?.message).toContain('Invalid API key');
	const seen = [
		refused.error?.message,
		refused.error?.description,
		logText(refused),
		refused.stored,
	].join('\n');
	expect(
		[secretKey, Buffer.from(`${secretKey}:`).toString('base64')].filter((secret) =>
			seen.includes(secret),
		),
	).toEqual([]);
});

describe('the credential test', () => {
	it('passes with the right key', async () => {
		expect(await testCredential('WooshPay', sandbox.credential)).toMatchObject({
			status: 'OK',
		});
	});

	it('does not fail with the line ends and blanks of pasted fields, with which the node works', async () => {
		expect(
			await testCredential('WooshPay', pasted(new WooshPayApi(), sandbox.credential)),
		).toMatchObject({ status: 'OK' });
	});

	it.each([
		['a wrong key', { secretKey: 'sk_test_wrong' }, /HTTP 401: .*It refuses this key/],
		['a publishable key', { secretKey: 'pk_test_wrong' }, /publishable key/],
		['a test key for the live environment', { environment: 'live' }, /'Environment' is Live/],
	])('fails with %s, and says what is wrong', async (_case, changes, words) => {
		const result = await testCredential('WooshPay', { ...sandbox.credential, ...changes });
		expect(result.status).toBe('Error');
		expect(result.message).toMatch(words);
	});
});

describe('an answer without an id', () => {
	/** What the row says when WooshPay, or something in its place, answers with an empty object. */
	async function wordsAt(parameters: IDataObject): Promise<string> {
		const server = await startProviderServer();
		const { error } = await run(parameters, {
			credential: { environment: 'custom', baseUrl: server.url },
		});
		server.close();
		return `${error?.message} ${error?.description}`;
	}

	// docs/rows.md: workflows take these words for "look it up before you send the row again".
	it.each<[string, IDataObject]>([
		['Get a Checkout', { resource: 'checkout', operation: 'get', checkoutId: 'cs_1' }],
		['Get a Payment', { resource: 'payment', operation: 'get', paymentId: 'pi_1' }],
		['Get a Price', { resource: 'price', operation: 'get', priceId: 'price_1' }],
		['Get a Refund', { resource: 'refund', operation: 'get', refundId: 're_1' }],
		[
			'Update a Price',
			{
				resource: 'price',
				operation: 'update',
				priceId: 'price_1',
				updateFields: { active: false },
			},
		],
	])('to %s does not say that something may have been made', async (_operation, parameters) => {
		const words = await wordsAt(parameters);
		expect(words).toMatch(/^WooshPay's answer holds no (checkout|payment|price|refund) id/);
		expect(words).not.toContain('may have been made');
	});

	it('to Update a Price says that it may have been changed', async () => {
		expect(
			await wordsAt({
				resource: 'price',
				operation: 'update',
				priceId: 'price_1',
				updateFields: { active: false },
			}),
		).toContain('The price may have been changed nevertheless. Run this row again');
	});

	it.each<[string, IDataObject]>([
		['checkout', checkout],
		[
			'price',
			{
				resource: 'price',
				operation: 'create',
				amount: '12.99',
				currency: 'GBP',
				productId: 'prod_1',
			},
		],
		['product', { resource: 'product', operation: 'create', name: 'Tea' }],
		[
			'refund',
			{ resource: 'refund', operation: 'create', paymentId: 'pi_1', amountFrom: 'payment' },
		],
	])('to Create a %s says that it may have been made', async (what, parameters) => {
		expect(await wordsAt(parameters)).toContain(`The ${what} may have been made nevertheless`);
	});
});
