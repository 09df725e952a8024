/** Every file of examples/ does in a real n8n what its notes promise. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import axios from 'axios';
import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';
import { examplesFolder } from '../../sandbox/demo/examples';
import { fernetToken } from '../nodes/Payfect/support';
import { LocalServer } from '../support/localServer';
import { eventually } from '../n8n/client';
import { buyer, checkoutOf, endExamples, ExampleInUse, leftOf } from './exampleInUse';
import { testProviders } from '../providers';
import { goodCredential, packageName, stage, uniqueReference } from './support';
import { callWooshPay } from './wooshPayAccount';

afterEach(endExamples);

const filesIn = (folder: string) =>
	readdirSync(path.join(examplesFolder, folder)).filter((file) => file.endsWith('.json'));

describe('every example has a test that runs it', () => {
	const here = readFileSync(__filename, 'utf8');

	test.each(filesIn('.'))('%s', (file) => {
		const isRun = here.includes(`'${file}'`) || shops.some((shop) => shop.file === file);
		expect(isRun).toBe(true);
	});
});

describe('every workflow of the order desk has a test that runs it', () => {
	const tests = [
		...readdirSync(__dirname).filter((file) => /^orderDesk.*\.test\.ts$/.test(file)),
		// The one that needs a PostgreSQL.
		path.join('..', 'queue', 'queue.test.ts'),
	]
		.map((file) => readFileSync(path.join(__dirname, file), 'utf8'))
		.join('\n');

	test.each(filesIn('order-desk'))('%s', (file) => {
		const name = path.basename(file, '.json');
		// One suite for all providers puts their names together.
		const [provider] = testProviders().filter((one) => name.endsWith(`-${one.name}`));
		const written = provider ? `\`${name.replace(provider.name, '${name}')}\`` : `'${name}'`;
		expect(tests).toContain(written);
	});
});

/**
 * A form gives the link, or leads to the payment page, and a trigger fulfils; each keeps its prices
 * in the workflow.
 */
const shops = [
	...testProviders().map(({ nodeName, name, foreignCurrency }) => ({
		file: `${nodeName}.json`,
		provider: name,
		create: creatingNode(`${nodeName}.json`, nodeName),
		foreign: foreignCurrency,
	})),
	{
		file: 'errors-to-chat.json',
		provider: 'chingchingpay',
		create: 'Create Payment Link',
		foreign: 'CNY',
	},
];

/** The name of the step that makes the checkout. */
function creatingNode(file: string, nodeName: string): string {
	const { nodes } = JSON.parse(readFileSync(path.join(examplesFolder, file), 'utf8')) as {
		nodes: INode[];
	};
	const found = nodes.find(
		({ type, parameters }) =>
			type === `${packageName}.${nodeName}` && /^create/.test(String(parameters.operation)),
	);
	if (!found) throw new Error(`${file} has no step that makes a checkout.`);
	return found.name;
}

/** What this user has entered in a step in place of what the example has there. */
const entered =
	(parameters: INodeParameters) =>
	(node: INode): INode => ({ ...node, parameters: { ...node.parameters, ...parameters } });

/** Orders by this example's form and pays; ends when the order was fulfilled. */
async function payOnce(example: ExampleInUse, provider: string) {
	const { reference } = await example.order();
	const deliveries = await (await checkoutOf(provider, reference)).payer();
	expect(await example.fulfilments(reference)).toBe(1);
	return { reference, deliveries };
}

/** Gives each execution an event of its own. */
const eventOfItsOwn = (node: INode): INode =>
	JSON.parse(
		JSON.stringify(node).replace(/(?<="name":"eventId","value":")[^"]*/, '={{ $execution.id }}'),
	) as INode;

describe('from an order form to fulfilment', () => {
	test.each(shops.filter(({ file }) => file !== 'errors-to-chat.json'))(
		'$file: the link leads to the payment page, and one payment is fulfilled once',
		async ({ file, provider }) => {
			const example = await ExampleInUse.of(file);
			const { page, reference } = await example.order({ 'What is ordered': 'Cup' });
			const { sandbox } = await stage();
			expect(page).toContain(`href="${sandbox.url}/`);
			const checkout = await checkoutOf(provider, reference);
			expect(Number(checkout.amount)).toBe(7);
			const [forged] = await checkout.payer('pay', { callback: 'forged' });
			expect(forged?.status).toBe(401);
			await checkout.payer('pay', { copies: 3 });
			expect(await example.fulfilments(reference)).toBe(1);
			expect(await example.left('Wrong Payment (replace me)', reference)).toEqual([]);
		},
	);

	// Within one n8n process the trigger starts once for an event; after a restart it starts again.
	test('a callback that is sent again after a restart ships nothing, and a second payment is told', async () => {
		const { n8n, sandbox } = await stage();
		const paid = [];
		for (const { file, provider } of shops) {
			const example = await ExampleInUse.of(file, changesOf(file));
			paid.push({ file, copy: true, example, ...(await payOnce(example, provider)) });
		}
		// What comes again counts as another payment of the same order here.
		const twice = await ExampleInUse.of('payfect.json', { 'Payment and Price': eventOfItsOwn });
		paid.push({
			file: 'payfect.json',
			copy: false,
			example: twice,
			...(await payOnce(twice, 'payfect')),
		});
		await n8n.restart();
		for (const { deliveries } of paid)
			for (const { id } of deliveries)
				expect((await sandbox.redeliver(id)).acknowledged).toBe(true);
		for (const { file, copy, example, reference } of paid) {
			const left = async (step: string) => (await example.left(step, reference)).length;
			expect({
				file,
				startedAgain: (await left('Payment and Price')) > 1,
				fulfilled: await left('Ship the Order (replace me)'),
				told: (await example.left('No Open Order (replace me)', reference)).map(
					({ message }) => message,
				),
			}).toEqual({
				file,
				startedAgain: true,
				fulfilled: 1,
				told: copy
					? []
					: [`Not shipped: 20.50 usdt paid for ${reference}, which is not an open order`],
			});
		}
	});

	test('an order that cannot be kept gets no link, and the payer sees a page', async () => {
		const example = await ExampleInUse.of('payfect.json', {
			'Save the Order': entered({ dataTableId: { __rl: true, mode: 'name', value: 'not_made' } }),
		});
		expect(await example.submit('Order Form', { 'What is ordered': 'Tea' })).toContain(
			'you have paid nothing',
		);
	});

	test('two orders of the same thing have two numbers', async () => {
		const example = await ExampleInUse.of('payfect.json');
		const [first, second] = await Promise.all([example.order(), example.order()]);
		expect(first.reference).not.toBe(second.reference);
	});
});

// n8n takes what is pinned for runs by hand only; a payment must never be taken for the invented one.
describe('the invented event that is pinned to a trigger', () => {
	test('is what "Execute workflow" runs with: its fields come through, and nothing ships', async () => {
		const example = await ExampleInUse.of('payfect.json');
		const byHand = await example.run('Payfect Trigger');
		expect(leftOf(byHand, 'Payment and Price')).toMatchObject([
			{ reference: 'Tea-example-1', paid: '20.50', currency: 'usdt', price: '20.50' },
		]);
		expect(leftOf(byHand, 'Ship the Order (replace me)')).toEqual([]);
		expect(leftOf(byHand, 'No Open Order (replace me)')).toHaveLength(1);
	});

	test('does not stand for a real payment', async () => {
		const example = await ExampleInUse.of('payfect.json');
		expect(example.workflow.pinData).toHaveProperty('Payfect Trigger');
		const { reference } = await payOnce(example, 'payfect');
		expect((await example.left('Payment and Price', 'Tea-example-1')).length).toBe(0);
		expect((await example.left('Payment and Price', reference)).length).toBe(1);
	});
});

/** No chat answers here, and none is needed: what it is told is tested below. */
const withoutChat: Record<string, (node: INode) => INode> = {
	'Tell the Team of a Payment': (node) => ({
		...node,
		type: 'n8n-nodes-base.noOp',
		typeVersion: 1,
	}),
	'Tell the Team of an Order': (node) => ({ ...node, type: 'n8n-nodes-base.noOp', typeVersion: 1 }),
};
const changesOf = (file: string, change: Record<string, (node: INode) => INode> = {}) => ({
	...(file === 'errors-to-chat.json' ? withoutChat : {}),
	...change,
});

describe('a payment that does not fit its order ships nothing, and somebody is told', () => {
	test.each(shops)(
		'$file: too little, and too much: the payer did not pay the price',
		async ({ file, provider }) => {
			const example = await ExampleInUse.of(file, changesOf(file));
			for (const action of ['underpay', 'overpay'] as const) {
				const { reference } = await example.order();
				await (await checkoutOf(provider, reference)).payer(action);
				expect(await example.lookedAt(reference)).toMatch(/^Not shipped: .* price 20\.50$/);
				expect(await example.left('Ship the Order (replace me)', reference)).toEqual([]);
			}
		},
	);

	test.each(shops)(
		'$file: the right number in another currency',
		async ({ file, provider, create, foreign }) => {
			const example = await ExampleInUse.of(
				file,
				changesOf(file, { [create]: entered({ currency: foreign }) }),
			);
			const { reference } = await example.order();
			await (await checkoutOf(provider, reference)).payer();
			expect(await example.lookedAt(reference)).toMatch(
				new RegExp(`^Not shipped: 20\\.50? ${foreign} paid`, 'i'),
			);
			expect(await example.left('Ship the Order (replace me)', reference)).toEqual([]);
		},
	);

	test.each(shops)(
		'$file: an order number that is not from here',
		async ({ file, provider, create }) => {
			const reference = uniqueReference();
			const example = await ExampleInUse.of(
				file,
				changesOf(file, { [create]: entered({ reference }) }),
			);
			await example.order();
			await (await checkoutOf(provider, reference)).payer();
			expect(await example.lookedAt(reference)).toContain('price not in the list');
			expect(await example.left('Ship the Order (replace me)', reference)).toEqual([]);
		},
	);

	const priced = (Tea: string) => (node: INode) =>
		JSON.parse(JSON.stringify(node).replace('"20.50"', JSON.stringify(Tea))) as INode;

	test.each(['20.5', '20.500'])('20.50 is the price when the list says %s', async (price) => {
		const example = await ExampleInUse.of('payfect.json', { 'Price List Again': priced(price) });
		const { reference } = await example.order();
		await (await checkoutOf('payfect', reference)).payer();
		expect(await example.fulfilments(reference)).toBe(1);
	});

	// A floating-point number cannot tell the last one from 20.50.
	test.each(['2.05', '205', '2050', '20.05', '20.500000000000000001'])(
		'20.50 is not the price when the list says %s',
		async (price) => {
			const example = await ExampleInUse.of('payfect.json', { 'Price List Again': priced(price) });
			const { reference } = await example.order();
			await (await checkoutOf('payfect', reference)).payer();
			expect(await example.lookedAt(reference)).toContain(`price ${price}`);
			expect(await example.left('Ship the Order (replace me)', reference)).toEqual([]);
		},
	);
});

describe('an order that cannot be taken', () => {
	test.each(shops)(
		'$file: what is not in the price list makes no checkout, and the payer sees a page',
		async ({ file, provider }) => {
			const { sandbox } = await stage();
			const example = await ExampleInUse.of(file, changesOf(file));
			const before = (await sandbox.state(provider)).checkouts.length;
			for (const thing of ['Gold', 'constructor', 'Tea, one hundred boxes'])
				expect(
					await example.submit('Order Form', { ...buyer, 'What is ordered': thing }),
				).toContain('you have paid nothing');
			expect((await sandbox.state(provider)).checkouts).toHaveLength(before);
		},
	);

	test.each(shops)(
		'$file: when the provider refuses, the payer sees a page',
		async ({ file, provider, create }) => {
			const { sandbox } = await stage();
			const example = await ExampleInUse.of(file, changesOf(file));
			await sandbox.fault(provider, create === 'Create Checkout' ? 'create' : 'createLink', '401');
			expect(await example.submit('Order Form', { ...buyer, 'What is ordered': 'Tea' })).toContain(
				'you have paid nothing',
			);
		},
	);
});

describe('verify-callback.json', () => {
	const order = async (example: ExampleInUse) => {
		const { reference } = await example.order();
		return { reference, checkout: await checkoutOf('payfect', reference) };
	};

	test('a forged callback gets 401, and a payment that is delivered twice is acknowledged twice and fulfilled once', async () => {
		const { sandbox } = await stage();
		const example = await ExampleInUse.of('verify-callback.json');
		const { reference, checkout } = await order(example);
		const [forged] = await checkout.payer('pay', { callback: 'forged' });
		const [genuine] = await checkout.payer();
		const repeated = await sandbox.redeliver(genuine?.id ?? '');
		expect(
			[forged, genuine, repeated].map((delivery) => [delivery?.status, delivery?.responseBody]),
		).toEqual([
			[401, 'Unauthorized'],
			[200, 'OK'],
			[200, 'OK'],
		]);
		expect(await example.fulfilments(reference)).toBe(1);
	});

	test('a genuine callback that tells of no payment is acknowledged and ships nothing', async () => {
		const { sandbox } = await stage();
		const example = await ExampleInUse.of('verify-callback.json');
		const { reference, checkout } = await order(example);
		const { callbackSecretKey } = goodCredential({ credential: 'payfectApi' }, sandbox.url);
		// No page describes one, and the sandbox sends none.
		const body = JSON.stringify({
			id: checkout.checkoutId,
			client_reference_id: reference,
			status: 'processing',
			amount: '20.50',
			currency: 'usdt',
		});
		const headers = {
			'content-type': 'application/json',
			'x-payfect-signature': fernetToken(body, String(callbackSecretKey)),
		};
		const answer = await axios.post<string>(checkout.callbackUrl ?? '', body, {
			headers,
			proxy: false,
			transformRequest: [],
		});
		expect([answer.status, answer.data]).toEqual([200, 'OK']);
		expect(await example.left('Verify', reference)).toMatchObject([
			{ event: 'unknown', status: 'unknown', providerStatus: 'processing' },
		]);
		expect(await example.left('Ship the Order (replace me)', reference)).toEqual([]);
	});

	test('a payment of too little is acknowledged and ships nothing', async () => {
		const example = await ExampleInUse.of('verify-callback.json');
		const { reference, checkout } = await order(example);
		const [delivery] = await checkout.payer('underpay');
		expect([delivery?.status, delivery?.responseBody]).toEqual([200, 'OK']);
		expect(await example.lookedAt(reference)).toContain('Not shipped: 10.25 usdt paid');
		expect(await example.left('Ship the Order (replace me)', reference)).toEqual([]);
	});

	// n8n's own Webhook node starts an execution for each of them.
	test('a payment whose ten copies come at the same moment is fulfilled once', async () => {
		const example = await ExampleInUse.of('verify-callback.json');
		const { reference, checkout } = await order(example);
		const deliveries = await checkout.payer('pay', { copies: 10 });
		expect(deliveries.map(({ status }) => status)).toEqual(Array(10).fill(200));
		expect(await example.fulfilments(reference)).toBe(1);
		expect(await example.row('hosted_checkout_verified', reference)).toMatchObject({
			status: 'shipped',
		});
	});

	test('when shipping fails Payfect gets an error, and nothing ships it a second time by itself', async () => {
		const { sandbox } = await stage();
		const example = await ExampleInUse.of('verify-callback.json', {
			'Ship the Order (replace me)': fails,
		});
		const { reference, checkout } = await order(example);
		const [delivery] = await checkout.payer();
		expect(delivery?.status).toBe(500);
		expect((await sandbox.redeliver(delivery?.id ?? '')).status).toBe(200);
		expect(await example.row('hosted_checkout_verified', reference)).toMatchObject({
			status: 'claimed',
		});
	});
});

/** Puts a step that fails in this step's place. */
const fails = (node: INode): INode => ({
	...node,
	type: 'n8n-nodes-base.stopAndError',
	typeVersion: 1,
	parameters: { errorMessage: 'out of tea' },
});

describe('wait-for-payment', () => {
	/** What the example's orders are called; they are made at its start. */
	const waiting = async (reference: string) => {
		const { client, sandbox } = await stage();
		const checkout = await eventually(
			async () =>
				(await sandbox.state('payfect')).checkouts.find((one) => one.reference === reference),
			30_000,
			() => `There was no checkout of ${reference}`,
		);
		const id = new URL(checkout.callbackUrl ?? '').pathname.split('/').at(-1) ?? '';
		await eventually(
			async () => ((await client.executions.get(id)).status === 'waiting' ? true : undefined),
			30_000,
			() => `The execution of ${reference} did not wait`,
		);
		return await checkoutOf('payfect', reference);
	};

	test('wait-for-payment.json: the page leads to the payment page, and the payment to fulfilment', async () => {
		const { n8n, sandbox } = await stage();
		const example = await ExampleInUse.of('wait-for-payment.json');
		const address = `${n8n.url}/webhook/${String(example.node('Order').parameters.path)}`;
		expect((await axios.get<string>(address, { proxy: false })).data).toContain(
			'<option>Tea</option>',
		);
		const sentOn = await axios.post(
			address,
			// What somebody sends besides, as the page of old asked for it, changes nothing.
			{ reference: 'order-1001', description: 'Cup', amount: '0.01' },
			{ proxy: false, maxRedirects: 0, validateStatus: () => true },
		);
		expect({
			status: sentOn.status,
			location: String(sentOn.headers.location).startsWith(`${sandbox.url}/`),
		}).toEqual({ status: 303, location: true });
		const { checkouts } = await sandbox.state('payfect');
		const checkout = checkouts.find(({ checkoutId }) =>
			String(sentOn.headers.location).endsWith(checkoutId),
		);
		expect(checkout).toMatchObject({ amount: '7.00', currency: 'usdt' });
		const reference = checkout?.reference ?? '';
		await (await waiting(reference)).payer();
		expect(await example.fulfilments(reference)).toBe(1);
	});

	test.each(['wait-for-payment-loop.json', 'wait-for-payment-rows.json'])(
		'%s: each order is fulfilled by its own payment',
		async (file) => {
			const example = await ExampleInUse.of(file);
			const begun = await example.run('Start');
			const references = leftOf(begun, 'Orders (replace me)').map(({ reference }) =>
				String(reference),
			);
			expect(references).toHaveLength(2);
			for (const reference of references) {
				await (await waiting(reference)).payer();
				expect(await example.fulfilments(reference)).toBe(1);
			}
		},
	);
});

describe('refund.json', () => {
	const table = 'hosted_checkout_refunds';

	/** A paid checkout of 25.98 GBP, made without the example. */
	async function payment(action: 'pay' | 'none' = 'pay'): Promise<string> {
		const { sandbox } = await stage();
		const data = await callWooshPay<{ id: string; payment_intent: string }>(
			'POST',
			'checkout/sessions',
			{
				mode: 'payment',
				success_url: 'https://shop.example/ok',
				cancel_url: 'https://shop.example/no',
				line_items: [
					{
						price_data: { currency: 'GBP', unit_amount: 1299, product_data: { name: 'Tea' } },
						quantity: 2,
					},
				],
			},
		);
		if (action === 'pay') await sandbox.act('wooshpay', data.id, 'pay', { callback: 'none' });
		return data.payment_intent;
	}
	async function refundsOf(paymentId: string): Promise<unknown[]> {
		const { sandbox } = await stage();
		const { data } = await axios.get<{
			reports: { wooshpay: { refunds: { payment_intent: string }[] } };
		}>(`${sandbox.url}/control/state?provider=wooshpay`, { proxy: false });
		return data.reports.wooshpay.refunds.filter((refund) => refund.payment_intent === paymentId);
	}
	const asks = async (example: ExampleInUse, reference: string, paymentId: string) =>
		await example.submit('Ask for a Refund', {
			'Return number': reference,
			'Payment ID': paymentId,
			Amount: '5.00',
			Why: 'requested_by_customer',
		});
	const decides = async (
		example: ExampleInUse,
		reference: string,
		Decision: 'Approve' | 'Refuse',
	) => await example.submit('Decide', { 'Return number': reference, Decision });

	test('what was asked for and approved is given back once, whoever approves it again', async () => {
		const example = await ExampleInUse.of('refund.json');
		const [paymentId, reference] = [await payment(), uniqueReference()];
		expect(await asks(example, reference, paymentId)).toContain(`${reference} is asked for`);
		expect(await refundsOf(paymentId)).toEqual([]);
		expect(await decides(example, reference, 'Approve')).toContain(`${reference}: succeeded`);
		expect(await decides(example, reference, 'Approve')).toContain('Nothing to decide');
		expect(await refundsOf(paymentId)).toHaveLength(1);
		expect(await example.row(table, reference)).toMatchObject({
			status: 'succeeded',
			amount: '5',
			currency: 'GBP',
			refundId: expect.stringMatching(/^re_/) as string,
		});
	});

	test('a return number is used once, and an unpaid or unknown payment is not asked for', async () => {
		const example = await ExampleInUse.of('refund.json');
		const [paymentId, unpaid, reference] = [
			await payment(),
			await payment('none'),
			uniqueReference(),
		];
		expect(await asks(example, reference, unpaid)).toContain('Not asked for');
		expect(await asks(example, reference, 'pi_1')).toContain('Not asked for');
		expect(await asks(example, reference, paymentId)).toContain('is asked for');
		expect(await asks(example, reference, paymentId)).toContain('Not asked for');
		expect(await example.row(table, reference)).toMatchObject({ status: 'asked' });
	});

	test('what is refused is not given back', async () => {
		const example = await ExampleInUse.of('refund.json');
		const [paymentId, reference] = [await payment(), uniqueReference()];
		await asks(example, reference, paymentId);
		expect(await decides(example, reference, 'Refuse')).toContain(`${reference} is refused`);
		expect(await decides(example, reference, 'Approve')).toContain('Nothing to decide');
		expect(await refundsOf(paymentId)).toEqual([]);
	});

	test('a refund that may have been made is not made again, and the table says what to do', async () => {
		const { sandbox } = await stage();
		const example = await ExampleInUse.of('refund.json');
		const [paymentId, reference] = [await payment(), uniqueReference()];
		await asks(example, reference, paymentId);
		await sandbox.fault('wooshpay', 'createRefund', 'reset-after');
		expect(await decides(example, reference, 'Approve')).toContain('look it up');
		expect(await decides(example, reference, 'Approve')).toContain('Nothing to decide');
		expect(await refundsOf(paymentId)).toHaveLength(1);
		expect(await example.row(table, reference)).toMatchObject({
			status: 'look it up',
			problem: expect.stringContaining('may have been made') as string,
		});
	});
});

describe('provider-by-currency.json', () => {
	const table = 'hosted_checkout_currency_orders';

	test('each currency goes to its provider, and each payment is fulfilled once', async () => {
		const example = await ExampleInUse.of('provider-by-currency.json');
		const providers = { USD: 'efundpay', GBP: 'wooshpay', HKD: 'chingchingpay', USDT: 'tokenpay' };
		for (const [currency, provider] of Object.entries(providers)) {
			const { page, reference } = await example.order({ Currency: currency });
			const checkout = await checkoutOf(provider, reference);
			expect(page).toMatch(/http:\/\/127\.0\.0\.1:\d+\/(cashier\/)?\w+/);
			await checkout.payer('pay', { copies: 2 });
			expect({ currency, fulfilled: await example.fulfilments(reference) }).toEqual({
				currency,
				fulfilled: 1,
			});
			expect(await example.row(table, reference)).toMatchObject({ status: 'shipped', currency });
		}
	});

	test("a payment of another workflow's order at WooshPay is not fulfilled here", async () => {
		const [mine, other] = [
			await ExampleInUse.of('provider-by-currency.json'),
			await ExampleInUse.of('provider-by-currency.json'),
		];
		const { reference } = await mine.order({ Currency: 'GBP' });
		const deliveries = await (await checkoutOf('wooshpay', reference)).payer();
		expect(deliveries.map(({ status }) => status)).toEqual([200, 200]);
		expect([
			await mine.fulfilments(reference),
			(await other.left('Ship the Order (replace me)', reference)).length,
		]).toEqual([1, 0]);
	});
});

describe('wooshpay-product-price-checkout.json', () => {
	test('products are made once, a checkout takes their price, and its payment is fulfilled', async () => {
		const example = await ExampleInUse.of('wooshpay-product-price-checkout.json');
		const again = await example.run('Set Up Once');
		expect({ status: again.status, made: leftOf(again, 'Create Product') }).toEqual({
			status: 'success',
			made: [],
		});
		const { page, reference } = await example.order({ 'How many': '2' });
		expect(page).toContain('/cashier/wooshpay/');
		const checkout = await checkoutOf('wooshpay', reference);
		expect(checkout).toMatchObject({ amount: '25.98', currency: 'GBP' });
		await checkout.payer();
		expect(await example.fulfilments(reference)).toBe(1);
		expect(await example.row('hosted_checkout_price_orders', reference)).toMatchObject({
			status: 'shipped',
		});
	});
});

describe('errors-to-chat.json', () => {
	const chat = new LocalServer<{ text: string }>();
	const toChat = (node: INode) => entered({ url: chat.url })(node);
	const inChat = {
		'Tell the Team of an Order': toChat,
		'Tell the Team of a Payment': toChat,
		'Tell the Team of a Failure': toChat,
	};
	beforeAll(async () => await chat.open());
	afterAll(() => chat.close());
	const textAbout = async (words: string) =>
		await eventually(
			async () => chat.received.find(({ text }) => text.includes(words))?.text,
			30_000,
			() => `Nothing about ${words} was told`,
		);

	test('an order that cannot be made is told with what to do, and the payer sees a page', async () => {
		const { sandbox } = await stage();
		const example = await ExampleInUse.of('errors-to-chat.json', inChat);
		await sandbox.fault('chingchingpay', 'createLink', '401');
		const page = await example.submit('Order Form', { 'What is ordered': 'Cup' });
		expect(page).toContain('you have paid nothing');
		expect(await textAbout('order of Cup')).toMatch(
			/^An order of Cup could not be made\. .*credential/s,
		);
	});

	test('a chat that is down does not take the page away from the payer', async () => {
		const { sandbox } = await stage();
		const example = await ExampleInUse.of('errors-to-chat.json', {
			'Tell the Team of an Order': entered({ url: 'http://127.0.0.1:9/' }),
		});
		await sandbox.fault('chingchingpay', 'createLink', '401');
		expect(await example.submit('Order Form', { 'What is ordered': 'Tea' })).toContain(
			'you have paid nothing',
		);
	});

	test('a chat that is down does not make the provider send a payment of too little again', async () => {
		const example = await ExampleInUse.of('errors-to-chat.json', {
			'Tell the Team of a Payment': entered({ url: 'http://127.0.0.1:9/' }),
		});
		const { reference } = await example.order();
		const [delivery] = await (await checkoutOf('chingchingpay', reference)).payer('underpay');
		expect(delivery?.acknowledged).toBe(true);
		expect(await example.lookedAt(reference)).toContain('Not shipped: 10.25 HKD paid');
	});

	test('a payment of too little is told, and nothing is shipped', async () => {
		const example = await ExampleInUse.of('errors-to-chat.json', inChat);
		const { reference } = await example.order();
		await (await checkoutOf('chingchingpay', reference)).payer('underpay');
		expect(await textAbout(reference)).toBe(
			`Not shipped: 10.25 HKD paid for ${reference}, price 20.50`,
		);
		expect(await example.left('Ship the Order (replace me)', reference)).toEqual([]);
	});

	test('an order that is paid is fulfilled', async () => {
		const example = await ExampleInUse.of('errors-to-chat.json', inChat);
		const { reference } = await example.order();
		await (await checkoutOf('chingchingpay', reference)).payer();
		expect(await example.fulfilments(reference)).toBe(1);
	});

	test('an execution that fails is told, and the provider gets an error', async () => {
		const example = await ExampleInUse.of('errors-to-chat.json', {
			...inChat,
			'Ship the Order (replace me)': fails,
		});
		const { reference } = await example.order();
		const [delivery] = await (await checkoutOf('chingchingpay', reference)).payer();
		expect(delivery?.status).toBe(500);
		expect(await textAbout('out of tea')).toContain(
			' failed at Ship the Order (replace me): out of tea',
		);
	});
});

describe('ai-agent-tool.json', () => {
	interface Asked {
		messages: { role: string; content: string }[];
		tools: {
			function: { name: string; description: string; parameters: { properties: IDataObject } };
		}[];
	}
	/** Plays the model: calls the tool that the visitor names, and says what came of it. */
	const model = new LocalServer<Asked>(({ messages }) => {
		const last = messages.at(-1);
		const wish = /^(order|look up) (\S+)$/.exec(last?.role === 'user' ? last.content : '');
		const call = wish && {
			name: wish[1] === 'order' ? 'Create_a_Checkout' : 'Look_Up_a_Checkout',
			arguments: JSON.stringify(wish[1] === 'order' ? { thing: wish[2] } : { checkoutId: wish[2] }),
		};
		const message = call
			? {
					role: 'assistant',
					content: null,
					tool_calls: [{ id: 'call_1', type: 'function', function: call }],
				}
			: { role: 'assistant', content: `The tool said: ${last?.content ?? ''}` };
		return {
			id: 'chatcmpl-1',
			object: 'chat.completion',
			created: 1,
			model: 'stub',
			choices: [{ index: 0, message, finish_reason: call ? 'tool_calls' : 'stop' }],
			usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
		};
	});
	let example: ExampleInUse;

	beforeEach(async () => {
		await model.open();
		const { client } = await stage();
		const { id, name } = await client.credentials.create({
			name: 'Model on this machine',
			type: 'openAiApi',
			data: { apiKey: 'sk-none', url: `${model.url}/v1` },
		});
		example = await ExampleInUse.of('ai-agent-tool.json', {
			'Chat Model': (node) => ({ ...node, credentials: { openAiApi: { id, name } } }),
		});
	});
	afterEach(() => model.close());

	async function says(chatInput: string): Promise<string> {
		const { n8n } = await stage();
		const { data } = await axios.post<{ output: string }>(
			`${n8n.url}/webhook/${example.node('Chat').webhookId}/chat`,
			{ action: 'sendMessage', sessionId: 'visitor-1', chatInput },
			{ proxy: false },
		);
		return data.output;
	}
	const checkouts = async () => (await (await stage()).sandbox.state('payfect')).checkouts;
	const toTheTeam = 'Tell the Team (replace me)';
	/** What the team is told of payments in full; ends when it is told. */
	const toldOf = async (reference: string) =>
		await eventually(
			async () => {
				const told = await example.left(toTheTeam, reference);
				return told.length > 0 ? told.map(({ message }) => message) : undefined;
			},
			30_000,
			() => `The team was not told that ${reference} is paid`,
		);

	test('the model is offered the two tools, and may fill in nothing but the thing and the ID', async () => {
		await says('hello');
		const tools = (model.received.at(-1)?.tools ?? []).sort((left, right) =>
			left.function.name.localeCompare(right.function.name),
		);
		expect(
			tools.map((tool) => [tool.function.name, Object.keys(tool.function.parameters.properties)]),
		).toEqual([
			['Create_a_Checkout', ['thing']],
			['Look_Up_a_Checkout', ['checkoutId']],
		]);
		expect(tools.map((tool) => tool.function.description)).toEqual([
			'Create a checkout in Payfect',
			'Get a checkout in Payfect',
		]);
	});

	test('the agent makes a checkout at the price of the list, tells whether it is paid, and the team is told of the payment', async () => {
		const before = (await checkouts()).length;
		const made = await says('order tea');
		const checkout = (await checkouts()).at(-1);
		expect({
			made: (await checkouts()).length - before,
			amount: checkout?.amount,
			currency: checkout?.currency,
		}).toEqual({ made: 1, amount: '20.50', currency: 'usdt' });
		expect(made).toContain(checkout?.checkoutId);
		expect(await says(`look up ${checkout?.checkoutId}`)).toMatch(/"status":\s*"open"/);
		await (await checkoutOf('payfect', checkout?.reference ?? '')).payer();
		expect(await says(`look up ${checkout?.checkoutId}`)).toMatch(/"status":\s*"paid"/);
		expect(await toldOf(checkout?.reference ?? '')).toEqual([
			`${checkout?.reference} is paid in full: 20.50 usdt. Ship it if it has not been shipped yet.`,
		]);
	});

	test('a payment of too little ships nothing, whatever is said in the chat', async () => {
		await says('order tea');
		const reference = (await checkouts()).at(-1)?.reference ?? '';
		await (await checkoutOf('payfect', reference)).payer('underpay');
		expect(await example.lookedAt(reference)).toContain('Not shipped: 10.25 usdt paid');
		expect(await example.left(toTheTeam, reference)).toEqual([]);
	});

	test('what is not in the list has no price, and no checkout is made of it', async () => {
		const before = (await checkouts()).length;
		expect(await says('order gold')).toContain("'Amount' is empty");
		expect(await checkouts()).toHaveLength(before);
	});
});
