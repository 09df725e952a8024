/**
 * What a merchant needs on the last n8n 1.x; README's "Compatibility" says what is different there.
 */
import { randomUUID } from 'node:crypto';
import axios from 'axios';
import type { IConnections, IDataObject, INode } from 'n8n-workflow';
import { n8nVersion } from '../n8n/bring';
import { eventually, type Execution } from '../n8n/client';
import { BrokenServer, type Misbehaviour } from '../nodes/shared/support/brokenServer';
import {
	callbackCases,
	closeMerchants,
	logLinesAbout,
	openMerchant,
	pay,
	placeOrder,
	Warehouse,
	type CallbackCase,
	providerCase,
} from '../e2e/callbackSupport';
import { endExamples, ExampleInUse, checkoutOf, leftOf } from '../e2e/exampleInUse';
import type { PayerAction } from '../support/sandboxClient';
import {
	errorOf,
	itemsOf,
	makeActionWorkflow,
	makeCredential,
	node,
	packageName,
	stage,
	uniqueReference,
	type ProviderCase,
} from '../e2e/support';
import { endpointsAtWooshPay } from '../e2e/wooshPayAccount';

const warehouse = new Warehouse();
beforeAll(async () => await warehouse.open());
afterAll(() => warehouse.close());
afterEach(async () => {
	await closeMerchants();
	await endExamples();
});

test('this is n8n 1.x', () => {
	expect(n8nVersion).toMatch(/^1\./);
});

describe.each(callbackCases)('$displayName', (provider) => {
	test('a payment is acknowledged in the words that the provider expects, and is fulfilled once', async () => {
		const merchant = await openMerchant(provider, {
			trigger: { respond: 'whenFinished' },
			then: [warehouse.node('Fulfil')],
		});
		const order = await placeOrder(merchant);
		const deliveries = await pay(merchant, order, 5);
		expect(
			deliveries.filter(
				({ status, responseBody }) =>
					status === provider.acknowledgement.status &&
					responseBody === provider.acknowledgement.body,
			).length,
		).toBeGreaterThan(0);
		expect(warehouse.times(order.reference)).toBe(1);
	});

	test.each(['forged', 'tampered'] as const)(
		'a %s callback gets a real 401 and starts nothing',
		async (callback) => {
			const { client, sandbox } = await stage();
			const merchant = await openMerchant(provider, { then: [warehouse.node('Fulfil')] });
			const order = await placeOrder(merchant);
			const [refused] = (
				await sandbox.act(provider.provider, order.checkoutId, 'pay', { callback })
			).filter(({ url }) => url.split('?')[0] === merchant.address);
			expect(refused).toMatchObject({ status: 401, responseBody: 'Unauthorized' });
			expect(await client.executions.list(merchant.paid.id)).toEqual([]);
		},
	);

	test('a fulfilment that fails gives the provider an error', async () => {
		const merchant = await openMerchant(provider, {
			trigger: { respond: 'whenFinished' },
			then: [warehouse.node('Fulfil')],
		});
		const order = await placeOrder(merchant);
		warehouse.break(order.reference);
		expect((await pay(merchant, order))[0]?.status).toBe(500);
	});
});

const waiting = callbackCases.filter(({ wait }) => wait !== undefined);

/** An order that waits for its payment: Order → Create → Wait → Shipped | Not Shipped. */
async function order(
	provider: CallbackCase,
	limit: IDataObject = { limitType: 'duration', limitAmount: 1, limitUnit: 'hours' },
) {
	const { client, n8n, sandbox } = await stage();
	const { credential } = await makeCredential(provider as ProviderCase);
	const webhookId = randomUUID();
	const own = (name: string, parameters: IDataObject): INode =>
		node(name, `${packageName}.${provider.node}`, 1.1, {
			parameters: parameters as INode['parameters'],
			credentials: { [credential.type]: { id: credential.id, name: credential.name } },
		});
	const nodes = [
		node('Order', 'n8n-nodes-base.webhook', 2, {
			webhookId,
			parameters: { httpMethod: 'POST', path: webhookId, options: {} },
		}),
		own('Create', {
			resource: 'checkout',
			operation: 'create',
			reference: '={{ $json.body.reference }}',
			...provider.order,
			callback: 'resumeExecution',
		}),
		// As an e-mail step does: it puts its own answer in place of the checkout.
		node('Mail', 'n8n-nodes-base.set', 3.4, {
			parameters: { mode: 'raw', jsonOutput: '{ "messageId": "1" }', options: {} },
		}),
		own('Wait', { resource: 'checkout', operation: 'waitForPayment', ...limit }),
		warehouse.node('Shipped', '={{ JSON.stringify({ reference: $json.payment.reference }) }}'),
		node('Not Shipped', 'n8n-nodes-base.noOp', 1),
	];
	const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
	const connections: IConnections = {
		Order: { main: [to('Create')] },
		Create: { main: [to('Mail')] },
		Mail: { main: [to('Wait')] },
		Wait: { main: [to('Shipped'), to('Not Shipped')] },
	};
	const workflow = await client.workflows.create({
		name: `${provider.displayName} waits`,
		nodes,
		connections,
	});
	await client.workflows.publish(workflow.id);
	const reference = uniqueReference();
	await axios.post(`${n8n.url}/webhook/${webhookId}`, { reference }, { proxy: false });
	const [{ id } = { id: '' }] = await client.executions.waitFor(workflow.id, 1, 'waiting');
	return { id, reference, checkout: await sandbox.checkoutOf(provider.provider, reference) };
}

async function ended(id: string): Promise<Execution> {
	const { client } = await stage();
	const settled = async () => {
		const execution = await client.executions.get(id);
		return ['waiting', 'running', 'new'].includes(execution.status) ? undefined : execution;
	};
	return await eventually(settled, 120_000, () => `Execution ${id} had not ended`);
}

describe.each(waiting)('Wait for Payment of $displayName', (provider) => {
	const act = async (
		checkoutId: string,
		action: PayerAction,
		how?: { callback?: 'forged'; copies?: number },
	) => await (await stage()).sandbox.act(provider.provider, checkoutId, action, how);

	test('a forged callback gets 401 and ships nothing; the payment ships its order once, however many copies come at once', async () => {
		const { id, reference, checkout } = await order(provider);
		expect((await act(checkout.checkoutId, 'pay', { callback: 'forged' }))[0]?.status).toBe(401);
		const answers = await act(checkout.checkoutId, 'pay', { copies: 6 });
		await ended(id);
		expect(
			answers.filter(
				({ status, responseBody }) =>
					status === 200 && responseBody === provider.acknowledgement.body,
			),
		).toHaveLength(1);
		expect(warehouse.times(reference)).toBe(1);
	});

	test('underpaid: not shipped', async () => {
		const { id, reference, checkout } = await order(provider);
		await act(checkout.checkoutId, 'underpay');
		await ended(id);
		expect(warehouse.times(reference)).toBe(0);
	});
});

test('Wait for Payment: after a time-out nothing is shipped, and nothing leaves through Not Paid, as n8n 1.x knows one output then', async () => {
	const limit = { limitType: 'duration', limitAmount: 0.05, limitUnit: 'minutes' };
	// One after another: n8n 1.x on SQLite answers 500 ("no such savepoint") to credentials that are
	// made at once.
	const orders: Awaited<ReturnType<typeof order>>[] = [];
	for (const provider of waiting) orders.push(await order(provider, limit));
	const seen = await Promise.all(
		orders.map(async ({ id, reference }) => {
			const execution = await ended(id);
			return {
				status: execution.status,
				shipped: warehouse.times(reference),
				notShipped: itemsOf(execution, 'Not Shipped'),
			};
		}),
	);
	expect(seen).toEqual(orders.map(() => ({ status: 'success', shipped: 0, notShipped: [] })));
});

describe('Wait for Payment, where one execution would have two checkouts, or none', () => {
	const [payfect] = waiting as [CallbackCase];
	const create = {
		resource: 'checkout',
		operation: 'create',
		...payfect.order,
		callback: 'resumeExecution',
	};

	/** Ends when the execution has failed; its step "Mail" always does. */
	async function failing(
		parameters: Record<string, IDataObject>,
		connections: IConnections,
	): Promise<{ execution: Execution; reference: string }> {
		const { client, n8n } = await stage();
		const { credential } = await makeCredential(payfect as ProviderCase);
		const webhookId = randomUUID();
		const workflow = await client.workflows.create({
			name: 'One or none',
			nodes: [
				node('Order', 'n8n-nodes-base.webhook', 2, {
					webhookId,
					parameters: { httpMethod: 'POST', path: webhookId, options: {} },
				}),
				...Object.entries(parameters).map(([name, own]) =>
					node(name, `${packageName}.${payfect.node}`, 1.1, {
						parameters: own as INode['parameters'],
						credentials: { [credential.type]: { id: credential.id, name: credential.name } },
					}),
				),
				warehouse.node('Mail'),
			],
			connections,
		});
		await client.workflows.publish(workflow.id);
		const reference = uniqueReference();
		warehouse.break(reference);
		await axios.post(`${n8n.url}/webhook/${webhookId}`, { reference }, { proxy: false });
		const [execution] = await client.executions.waitFor(workflow.id, 1, 'error');
		return { execution: execution as Execution, reference };
	}
	const to = (name: string) => ({ node: name, type: 'main' as const, index: 0 });

	test('two branches that each create are refused before anything is sent', async () => {
		const { execution, reference } = await failing(
			{
				'Create A': { ...create, reference: '={{ $json.body.reference }}' },
				'Create B': { ...create, reference: '={{ $json.body.reference }}-b' },
			},
			{ Order: { main: [[to('Create A'), to('Create B')]] } },
		);
		expect(errorOf(execution).message).toMatch(/'Create [AB]' in another branch/);
		const { checkouts } = await (await stage()).sandbox.state(payfect.provider);
		expect(checkouts.filter((each) => each.reference?.startsWith(reference))).toEqual([]);
	});

	test("n8n's Retry behind a Create, whose callback goes to the execution that failed, stops with words", async () => {
		const { execution, reference } = await failing(
			{
				Create: { ...create, reference: '={{ $json.body.reference }}' },
				Wait: { resource: 'checkout', operation: 'waitForPayment' },
			},
			{
				Order: { main: [[to('Create')]] },
				Create: { main: [[to('Mail')]] },
				Mail: { main: [[to('Wait')]] },
			},
		);
		warehouse.mend(reference);
		const retried = await (await stage()).client.executions.retry(execution.id);
		expect(errorOf(retried).message).toContain(
			`'Create' has created the checkout in execution ${execution.id}`,
		);
	});
});

describe('WooshPay Trigger', () => {
	const wooshPay = providerCase('wooshpay');

	test('is registered once, however often it is published and n8n started, and removed when it is unpublished', async () => {
		const { client, n8n } = await stage();
		const { paid, address } = await openMerchant(wooshPay, { then: [warehouse.node('Fulfil')] });
		const mine = async () =>
			(await endpointsAtWooshPay()).filter(({ url }) => url === address).length;
		const seen = [await mine()];
		await client.workflows.publish(paid.id);
		seen.push(await mine());
		await n8n.restart();
		seen.push(await mine());
		await client.workflows.unpublish(paid.id);
		seen.push(await mine());
		expect(seen).toEqual([1, 1, 1, 0]);
	});

	test('product and price work', async () => {
		const { client } = await stage();
		const { credential } = await makeCredential(wooshPay as ProviderCase);
		const run = async (parameters: IDataObject) =>
			itemsOf(
				await client.workflows.run(
					(await makeActionWorkflow(wooshPay as ProviderCase, credential, parameters)).id,
					'Start',
				),
				'Provider',
			)[0];
		const product = await run({ resource: 'product', operation: 'create', name: 'Tea' });
		expect(
			await run({
				resource: 'price',
				operation: 'create',
				productId: String(product?.productId),
				amount: '12.99',
				currency: 'GBP',
			}),
		).toMatchObject({ amount: '12.99' });
	});
});

test('a connection that is refused is told from one that broke: nothing was made', async () => {
	const { client } = await stage();
	const provider = providerCase('payfect');
	const { credential } = await makeCredential(provider as ProviderCase, {
		baseUrl: 'http://127.0.0.1:9',
	});
	const { id } = await makeActionWorkflow(provider as ProviderCase, credential, {
		resource: 'checkout',
		operation: 'create',
		reference: uniqueReference(),
		...provider.order,
		callback: 'none',
	});
	expect(errorOf(await client.workflows.run(id, 'Start'))).toMatchObject({
		message: expect.stringContaining('could not be reached (ECONNREFUSED)') as string,
		description: expect.stringContaining('Nothing was sent') as string,
	});
});

/** n8n 1.x would have to know `allowArbitraryValues`, or leave the choices unchecked. */
test.each(['usdc', '=usdc'])(
	'a currency that the list of the form does not hold is sent: saved as %s',
	async (currency) => {
		const { client } = await stage();
		const payfect = providerCase('payfect');
		const { credential } = await makeCredential(payfect as ProviderCase);
		const { id } = await makeActionWorkflow(payfect as ProviderCase, credential, {
			resource: 'checkout',
			operation: 'create',
			reference: uniqueReference(),
			...payfect.order,
			currency,
			callback: 'none',
		});
		expect(itemsOf(await client.workflows.run(id, 'Start'), 'Provider')).toEqual([
			expect.objectContaining({ currency: 'usdc', status: 'open' }),
		]);
	},
);

describe('a server that stands in the place of the API', () => {
	const chingChingPay = providerCase('chingchingpay');
	let server: BrokenServer;
	beforeAll(async () => (server = await BrokenServer.start()));
	afterAll(() => server.close());

	test.each<[Misbehaviour & string, RegExp]>([
		['drips', /gave no complete answer within 8 seconds/],
		['never ends', /answered with more than 5 MB/],
	])('and %s does not hold up a callback: it gets 500', async (misbehaviour, words) => {
		// Publishing asks once.
		server.misbehave({ json: '{"code":404,"message":"transaction not found"}' });
		const { address, paid } = await openMerchant(chingChingPay as CallbackCase, {
			fields: { callbackProof: 'provider', baseUrl: server.url },
		});
		server.misbehave(misbehaviour);
		const { status } = await axios.post(
			address,
			{ merchant_reference: uniqueReference(), status: 'SBX_PAID' },
			{ proxy: false, validateStatus: () => true },
		);
		expect(status).toBe(500);
		expect((await logLinesAbout(paid)).join('\n')).toMatch(words);
		await server.isLeft();
	});

	test('and never ends makes a checkout that may have been made', async () => {
		server.misbehave('never ends');
		const { client } = await stage();
		const payfect = providerCase('payfect');
		const { credential } = await makeCredential(payfect as ProviderCase, { baseUrl: server.url });
		const { id } = await makeActionWorkflow(payfect as ProviderCase, credential, {
			resource: 'checkout',
			operation: 'create',
			reference: uniqueReference(),
			...payfect.order,
			callback: 'none',
		});
		expect(errorOf(await client.workflows.run(id, 'Start'))).toMatchObject({
			message: expect.stringContaining('Payfect answered with more than 5 MB') as string,
			description: expect.stringContaining('It may have been made nevertheless') as string,
		});
		await server.isLeft();
	});
});

test('an example without Data Tables works from the order to fulfilment', async () => {
	const example = await ExampleInUse.of('wait-for-payment-loop.json');
	const [order] = leftOf(await example.run('Start'), 'Orders (replace me)');
	const reference = String(order?.reference);
	await (await checkoutOf('payfect', reference)).payer();
	expect(await example.fulfilments(reference)).toBe(1);
});
