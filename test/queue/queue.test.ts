import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import axios from 'axios';
import type { IDataObject, INode } from 'n8n-workflow';
import { startSandbox, type RunningSandbox } from '../../sandbox/sandbox';
import {
	callbackCases,
	closeMerchants,
	delivered,
	openMerchant,
	placeOrder,
	redeliveryScale,
	sendAgain,
	Warehouse,
	type Answer,
	type CallbackCase,
	type Merchant,
	providerCase,
} from '../e2e/callbackSupport';
import type { PayerAction, SandboxCheckout, SandboxDelivery } from '../support/sandboxClient';
import {
	itemsOf,
	makeActionWorkflow,
	makeCredential,
	node,
	packageName,
	stage,
	uniqueReference,
	type ProviderCase,
} from '../e2e/support';
import { OrderDesk, type OrderRow } from '../e2e/orderDesk';
import { endpointsAtWooshPay } from '../e2e/wooshPayAccount';
import { aMinute, eventually, type Credential, type Execution, type Workflow } from '../n8n/client';
import { processorNames, startCluster, type Cluster, type ProcessorName } from './cluster';

let cluster: Cluster;
let sandbox: RunningSandbox;
const warehouse = new Warehouse();

/**
 * TokenPay takes five requests a second and is asked about every callback. Each n8n process keeps to
 * that for itself, so two together go beyond it: then 500, and TokenPay sends it again.
 */
const notAskedNow = ({ provider }: Pick<CallbackCase, 'provider'>) =>
	provider === 'tokenpay' ? [500] : [];

/**
 * So that what comes next is not one request too many in a second. Before each callback: on a fast
 * machine what an earlier test asked is in the same second.
 */
const untilAskedAgain = async (provider: Pick<CallbackCase, 'provider'>) =>
	await wait(notAskedNow(provider).length * 1_100);

beforeAll(async () => {
	sandbox = await startSandbox({ port: 0 });
	cluster = await startCluster({ say: (line) => process.stderr.write(`• ${line}\n`) });
	process.env.END_TO_END_STAGE = JSON.stringify({
		userFolder: cluster.members.main.userFolder,
		sandboxUrl: sandbox.url,
	});
	await warehouse.open();
	// The provider's own schedule of redeliveries, minutes and hours, does not come between the
	// deliveries of a test.
	await redeliveryScale(1);
}, 600_000);

afterEach(async () => {
	await closeMerchants();
	cluster.through(undefined);
});

afterAll(async () => {
	warehouse.close();
	await cluster?.stop(path.join(__dirname, '..', '..', 'test-results'));
	await sandbox?.close();
});

/** Where the provider sends it: the load balancer, which asks the processors. */
function publicAddress(address: string): string {
	return address.replace(cluster.mainUrl, cluster.publicUrl);
}

async function open(
	provider: CallbackCase,
	options: Parameters<typeof openMerchant>[1] = {},
): Promise<Merchant> {
	const merchant = await openMerchant(provider, options);
	return { ...merchant, address: publicAddress(merchant.address) };
}

/** The first delivery of each copy to this merchant. */
async function act(
	{ provider, address }: Pick<Merchant, 'provider' | 'address'>,
	checkoutId: string,
	how: { callback?: 'genuine' | 'forged'; copies?: number } = {},
): Promise<SandboxDelivery[]> {
	const { sandbox: provided } = await stage();
	await untilAskedAgain(provider);
	return (await provided.act(provider.provider, checkoutId, 'pay', how)).filter(
		({ url }) => url.split('?')[0] === address,
	);
}

async function firstDelivery(merchant: Merchant, checkoutId: string): Promise<SandboxDelivery> {
	const [delivery] = await act(merchant, checkoutId);
	if (!delivery) throw new Error('Nothing was delivered.');
	return delivery;
}

const answerOf = ({ status, responseHeaders, responseBody }: SandboxDelivery): Answer => ({
	status: status ?? 0,
	contentType: responseHeaders['content-type'],
	body: responseBody,
});
const servedBy = (deliveries: readonly SandboxDelivery[]): string[] =>
	deliveries.map(({ responseHeaders }) => responseHeaders['x-served-by'] ?? 'nobody');

async function executionsOf(workflowId: string): Promise<Execution[]> {
	const { client } = await stage();
	const executions = (await cluster.storedExecutions()).filter(
		(execution) => execution.workflowId === workflowId,
	);
	return await Promise.all(executions.map(async ({ id }) => await client.executions.settled(id)));
}

/** All processors, and the other one of each. */
const pairs: ReadonlyArray<[ProcessorName, ProcessorName]> = [
	['processor-1', 'processor-2'],
	['processor-2', 'processor-1'],
];

describe.each(callbackCases)('$displayName', (provider) => {
	test('"Execute workflow" with Create Checkout runs on a worker', async () => {
		const { client, sandbox: provided } = await stage();
		const { credential } = await makeCredential(provider as ProviderCase);
		const reference = uniqueReference();
		const parameters = {
			resource: 'checkout',
			operation: 'create',
			reference,
			...provider.order,
			...provider.callbackParameters?.(`${cluster.publicUrl}/webhook/nobody`),
		};
		const workflow = await makeActionWorkflow(provider as ProviderCase, credential, parameters);
		const execution = await client.workflows.run(workflow.id, 'Start');
		expect(execution.status).toBe('success');
		expect(cluster.startsOf(execution.id)).toHaveLength(1);
		expect(itemsOf(execution, 'Provider')).toEqual([
			expect.objectContaining({
				reference,
				checkoutId: (await provided.checkoutOf(provider.provider, reference)).checkoutId,
			}),
		]);
	});

	test.each(processorNames)(
		'a genuine callback through %s is acknowledged and starts one verified execution, on a worker',
		async (processor) => {
			const merchant = await open(provider);
			const order = await placeOrder(merchant);
			cluster.through(processor);
			const delivery = await firstDelivery(merchant, order.checkoutId);
			expect(answerOf(delivery)).toEqual(provider.acknowledgement);
			expect(servedBy([delivery])).toEqual([processor]);
			const executions = await executionsOf(merchant.paid.id);
			expect(
				executions.map((execution) => ({
					status: execution.status,
					starts: cluster.startsOf(execution.id).length,
					items: itemsOf(execution, 'Paid'),
				})),
			).toEqual([
				{
					status: 'success',
					starts: 1,
					items: [
						expect.objectContaining({
							event: 'payment.succeeded',
							reference: order.reference,
							verifiedBy: expect.stringMatching(/^signature/) as unknown,
						}),
					],
				},
			]);
		},
	);

	test.each(processorNames)(
		'a forged callback through %s gets 401 and starts nothing',
		async (processor) => {
			const merchant = await open(provider);
			const order = await placeOrder(merchant);
			cluster.through(processor);
			const refused = await act(merchant, order.checkoutId, { callback: 'forged' });
			expect(refused.map(({ status, responseBody }) => ({ status, responseBody }))).toEqual([
				{ status: 401, responseBody: 'Unauthorized' },
			]);
			expect(servedBy(refused)).toEqual([processor]);
			expect(await executionsOf(merchant.paid.id)).toEqual([]);
		},
	);

	test('ten copies at once over both processors start one execution in each', async () => {
		const merchant = await open(provider);
		const order = await placeOrder(merchant);
		const deliveries = await act(merchant, order.checkoutId, { copies: 10 });
		expect(new Set(servedBy(deliveries))).toEqual(new Set(processorNames));
		const expected = [409, provider.acknowledgement.status, ...notAskedNow(provider)];
		expect(
			deliveries.map(({ status }) => status).filter((status) => !expected.includes(status ?? 0)),
		).toEqual([]);
		const statuses = (await executionsOf(merchant.paid.id)).map(({ status }) => status);
		expect(new Set(statuses)).toEqual(new Set(['success']));
		expect(statuses.length).toBeLessThanOrEqual(2);
		expect(statuses.length).toBeGreaterThanOrEqual(notAskedNow(provider).length > 0 ? 1 : 2);
	});

	test.each(pairs)(
		'a redelivery through %s starts nothing more, and one through %s starts a second execution of the same event',
		async (processor, other) => {
			const merchant = await open(provider);
			const order = await placeOrder(merchant);
			cluster.through(processor);
			const first = await firstDelivery(merchant, order.checkoutId);
			expect(await delivered(first)).toEqual(provider.acknowledgement);
			expect(await executionsOf(merchant.paid.id)).toHaveLength(1);
			await untilAskedAgain(provider);
			cluster.through(other);
			expect(await delivered(first)).toEqual(provider.acknowledgement);
			const executions = await executionsOf(merchant.paid.id);
			expect(executions).toHaveLength(2);
			expect(
				new Set(
					executions.flatMap((execution) =>
						itemsOf(execution, 'Paid').map(({ eventId }) => eventId),
					),
				).size,
			).toBe(1);
		},
	);

	test.each(processorNames)(
		"Respond 'When Workflow Finishes' through %s: the acknowledgement waits for the worker; a failure gets 500 and the redelivery runs it again",
		async (processor) => {
			const merchant = await open(provider, {
				trigger: { respond: 'whenFinished' },
				then: [warehouse.node('Ship')],
			});
			const order = await placeOrder(merchant);
			cluster.through(processor);
			warehouse.break(order.reference);
			const failed = await firstDelivery(merchant, order.checkoutId);
			expect(failed.status).toBe(500);
			warehouse.mend(order.reference);
			const letGo = warehouse.hold(order.reference);
			const again = sendAgain(failed);
			await warehouse.waitUntilAsked(order.reference, 2);
			expect(again.answered()).toBe(false);
			expect((await delivered(failed)).status).toBe(409);
			letGo();
			expect(await again.answer).toEqual(provider.acknowledgement);
			await untilAskedAgain(provider);
			expect(await delivered(failed)).toEqual(provider.acknowledgement);
			expect(warehouse.times(order.reference)).toBe(1);
			expect(
				(await executionsOf(merchant.paid.id)).map((execution) => ({
					status: execution.status,
					starts: cluster.startsOf(execution.id).length,
				})),
			).toEqual([
				{ status: 'error', starts: 1 },
				{ status: 'success', starts: 1 },
			]);
		},
	);
});

describe('the endpoint of WooshPay Trigger', () => {
	const provider = providerCase('wooshpay');

	const endpoints = async () => (await endpointsAtWooshPay()).map(({ url }) => url);

	test('publishing registers the public address once, and unpublishing removes it', async () => {
		const { client } = await stage();
		const merchant = await open(provider);
		expect(await endpoints()).toEqual([merchant.address]);
		await client.workflows.unpublish(merchant.paid.id);
		expect(await endpoints()).toEqual([]);
	});

	test('a processor and a worker that start again register nothing more, and take payments', async () => {
		const merchant = await open(provider);
		await Promise.all([cluster.restart('processor-1'), cluster.restart('worker-1')]);
		expect(await endpoints()).toEqual([merchant.address]);
		const order = await placeOrder(merchant);
		cluster.through('processor-1');
		expect(answerOf(await firstDelivery(merchant, order.checkoutId))).toEqual(
			provider.acknowledgement,
		);
		expect((await executionsOf(merchant.paid.id)).map(({ status }) => status)).toEqual(['success']);
	});
});

describe('the order desk', () => {
	const provider = providerCase('payfect');
	let desk: OrderDesk;
	let merchant: Merchant;

	beforeAll(async () => {
		desk = await OrderDesk.open(await stage(), {
			publicUrl: cluster.publicUrl,
			files: ['receive-payfect', 'payment-arrives', 'ship'],
			change: { ship: { [theStepThatShips]: askWarehouse } },
		});
		merchant = {
			provider,
			credential: (await makeCredential(provider as ProviderCase)).credential,
			paid: desk.workflow('receive-payfect'),
			address: desk.address('receive-payfect'),
		};
	});
	afterAll(async () => await desk.close());

	/** An order of the desk, whose link was sent. */
	async function placed(): Promise<{ reference: string; checkoutId: string }> {
		const order = await placeOrder(merchant);
		await desk.insert({ ...order, ...orderOf(provider), state: 'open' });
		return order;
	}

	test('ten copies of a callback at the same moment over both processors: two executions, and exactly one ships', async () => {
		const { reference, checkoutId } = await placed();
		const before = (await executionsOf(merchant.paid.id)).length;
		const deliveries = await act(merchant, checkoutId, { copies: 10 });
		expect(new Set(servedBy(deliveries))).toEqual(new Set(processorNames));
		// The triggers did start twice: the claim is what held the second one back.
		expect(await executionsOf(merchant.paid.id)).toHaveLength(before + 2);
		expect(warehouse.times(reference, 'asked')).toBe(1);
		expect(await desk.row(reference)).toMatchObject({ state: 'shipped', attention: '' });
	});

	test.each(pairs)(
		'a payment that came through %s and is delivered again through %s is shipped once',
		async (processor, other) => {
			const { reference, checkoutId } = await placed();
			const before = (await executionsOf(merchant.paid.id)).length;
			cluster.through(processor);
			const first = await firstDelivery(merchant, checkoutId);
			expect(answerOf(first)).toEqual(provider.acknowledgement);
			cluster.through(other);
			expect(await delivered(first)).toEqual(provider.acknowledgement);
			expect(await executionsOf(merchant.paid.id)).toHaveLength(before + 2);
			expect(warehouse.times(reference, 'asked')).toBe(1);
		},
	);
});

/** What an order costs that is paid in full by the order of this provider. */
const orderOf = ({ provider, money }: CallbackCase) => ({ provider, ...money });

const theStepThatShips = 'Ship the Order (replace me)';

/** The step that ships, as a user who has a warehouse puts it there. */
const askWarehouse = ({ name, position }: INode): INode => ({
	...warehouse.node(name),
	position,
	onError: 'continueErrorOutput',
});

/** Where the orders are, and what claims them. */
interface Claims {
	insert(order: Partial<OrderRow>): Promise<void>;
	arrives(event: IDataObject): Promise<IDataObject>;
	row(reference: string): Promise<Partial<OrderRow>>;
	close(): Promise<void>;
}

async function claimsInADataTable(): Promise<Claims> {
	const desk = await OrderDesk.open(await stage(), {
		publicUrl: cluster.publicUrl,
		files: ['payment-arrives', 'ship'],
		change: { ship: { [theStepThatShips]: askWarehouse } },
	});
	return {
		insert: async (order) => await desk.insert(order),
		arrives: async (event) => await desk.call('payment-arrives', event),
		row: async (reference) => await desk.row(reference),
		close: async () => await desk.close(),
	};
}

const postgresFile = 'claim-in-postgres';
let postgresDesk: OrderDesk;

async function claimsInPostgres(): Promise<Claims> {
	const { client } = await stage();
	const { port, user, password, database, run, rows } = cluster.postgres;
	const { id, name } = await client.credentials.create({
		type: 'postgres',
		name: 'Orders',
		data: { host: '127.0.0.1', port, user, password, database },
	});
	postgresDesk = await OrderDesk.open(await stage(), {
		publicUrl: cluster.publicUrl,
		files: [postgresFile],
		each: (step) =>
			step.type === 'n8n-nodes-base.postgres'
				? { ...step, credentials: { postgres: { id, name } } }
				: step,
		change: { [postgresFile]: { [theStepThatShips]: askWarehouse } },
	});
	const quoted = (text: unknown) => `'${String(text).replaceAll("'", "''")}'`;
	return {
		insert: async (order) =>
			await run(
				`INSERT INTO order_desk (${Object.keys(order)
					.map((column) => `"${column}"`)
					.join(', ')}) VALUES (${Object.values(order).map(quoted).join(', ')})`,
			),
		arrives: async (event) => await postgresDesk.call(postgresFile, event),
		row: async (reference) => {
			const [row, ...others] = await rows<Partial<OrderRow>>(
				`SELECT * FROM order_desk WHERE reference = ${quoted(reference)}`,
			);
			if (!row || others.length > 0) throw new Error(`Not one row of ${reference}.`);
			return row;
		},
		close: async () => await postgresDesk.close(),
	};
}

/** What a trigger puts out for a payment of this order. */
const paid = (reference: string | null, more: IDataObject = {}): IDataObject => ({
	event: 'payment.succeeded',
	reference,
	amount: '20.50',
	currency: 'USDT',
	status: 'paid',
	eventId: `event-${reference}`,
	occurredAt: '2026-05-04T03:02:01.000Z',
	checkoutId: null,
	paymentId: null,
	provider: 'payfect',
	providerStatus: 'succeeded',
	...more,
});

describe.each([
	['a Data Table', claimsInADataTable],
	["PostgreSQL, by n8n's own node", claimsInPostgres],
])('the claim of an order in %s', (_where, openClaims) => {
	let claims: Claims;
	beforeAll(async () => {
		claims = await openClaims();
	});
	afterAll(async () => await claims?.close());

	async function order(more: Partial<OrderRow> = {}): Promise<string> {
		const reference = uniqueReference();
		await claims.insert({ reference, amount: '20.50', currency: 'usdt', state: 'open', ...more });
		return reference;
	}
	/** Each in an execution of its own at the same moment, over both processors and both workers. */
	const atOnce = async (events: IDataObject[]) => await Promise.all(events.map(claims.arrives));
	const asked = (reference: string) => warehouse.times(reference, 'asked');

	test('of twenty executions at the same moment exactly one ships', async () => {
		const reference = await order();
		const answers = await atOnce(Array.from({ length: 20 }, () => paid(reference)));
		expect(answers.filter(({ claimed }) => claimed)).toHaveLength(1);
		expect(asked(reference)).toBe(1);
		expect(await claims.row(reference)).toMatchObject({
			state: 'shipped',
			eventId: `event-${reference}`,
			paidAmount: '20.50',
		});
		expect((await claims.row(reference)).attention ?? '').toBe('');
	});

	test('of two payments at the same moment, each in five copies, one ships and the other is said once', async () => {
		const reference = await order();
		const second = { eventId: `second-${reference}` };
		await atOnce(
			Array.from({ length: 10 }, (_, index) => paid(reference, index % 2 === 0 ? second : {})),
		);
		expect(asked(reference)).toBe(1);
		expect(await claims.row(reference)).toMatchObject({
			state: 'shipped',
			attention: 'paid twice: 20.50 USDT',
		});
	});

	test.each([
		['less', { amount: '20.49' }],
		['as much in another currency', { currency: 'USDC' }],
	])('a payment of %s ships nothing, and a person is told', async (_what, more) => {
		const reference = await order();
		expect(await claims.arrives(paid(reference, more))).toMatchObject({ claimed: false });
		expect(asked(reference)).toBe(0);
		const row = await claims.row(reference);
		expect(row.state).toBe('underpaid');
		expect(row.attention).toMatch(/paid (too little|in another currency)/);
	});
});

describe('orders in PostgreSQL', () => {
	let claims: Claims;
	beforeAll(async () => {
		claims = await claimsInPostgres();
	});
	afterAll(async () => await claims?.close());

	async function order(more: Partial<OrderRow> = {}): Promise<string> {
		const reference = uniqueReference();
		await claims.insert({ reference, amount: '20.50', currency: 'USDT', state: 'open', ...more });
		return reference;
	}
	const asked = (reference: string) => warehouse.times(reference, 'asked');

	test('a payment of more ships, and a person is told', async () => {
		const reference = await order();
		await claims.arrives(paid(reference, { amount: '21' }));
		expect(asked(reference)).toBe(1);
		expect(await claims.row(reference)).toMatchObject({
			state: 'shipped',
			attention: 'paid too much: 21 of 20.50 USDT',
		});
	});

	test('a second payment that is too little again is said, and nothing is added up', async () => {
		const reference = await order();
		await claims.arrives(paid(reference, { amount: '10' }));
		await claims.arrives(paid(reference, { amount: '10.50', eventId: `second-${reference}` }));
		expect(asked(reference)).toBe(0);
		const { state, attention } = await claims.row(reference);
		expect(state).toBe('underpaid');
		expect(attention).toContain('paid in parts: 10.50 USDT');
	});

	test("a payment through a checkout that is not the order's ships nothing", async () => {
		const reference = await order({ checkoutId: 'checkout-1' });
		await claims.arrives(paid(reference, { checkoutId: 'checkout-2' }));
		expect(asked(reference)).toBe(0);
		expect(await claims.row(reference)).toMatchObject({
			state: 'open',
			attention: 'paid through another checkout, checkout-2: 20.50 USDT',
		});
	});

	test('a payment without an order is kept, once', async () => {
		const reference = uniqueReference();
		await claims.arrives(paid(reference));
		await claims.arrives(paid(reference));
		expect(await claims.row(reference)).toMatchObject({
			state: null,
			attention: 'payment.succeeded without an order: 20.50 USDT',
		});
	});

	test('a shipment that failed stays shipping, for a person', async () => {
		const reference = await order();
		warehouse.break(reference);
		await claims.arrives(paid(reference));
		const { state, attention } = await claims.row(reference);
		expect(state).toBe('shipping');
		expect(attention).toMatch(/^shipped or not\? /);
	});

	test.each([
		['claimed', /^paid and not shipped: .*n8n stopped in execution 4711$/],
		['shipping', /^shipped or not\? n8n stopped in execution 4711$/],
	])('what was %s when n8n stopped goes to a person, once', async (state, words) => {
		const claimedAt = '2026-05-04T03:02:01.000Z';
		const reference = await order({ state, claimedBy: '4711', claimedAt });
		for (let look = 0; look < 2; look++)
			expect((await postgresDesk.run(postgresFile, 'Every Hour')).status).toBe('success');
		const row = await claims.row(reference);
		expect(row.state).toBe(state);
		expect(row.attention).toMatch(words);
	});
});

const waiting = callbackCases.filter(({ wait }) => wait !== undefined);
/** Long enough for all of a test. */
const oneHour = { limitType: 'duration', limitAmount: 1, limitUnit: 'hours' };
/** 12 seconds; n8n looks for executions whose time is up once a minute. */
const twelveSeconds = { limitType: 'duration', limitAmount: 0.2, limitUnit: 'minutes' };

/**
 * An order comes in by a webhook, a checkout is created, its payment is waited for, and it is
 * shipped or not.
 */
class WaitingShop {
	private constructor(
		readonly provider: CallbackCase,
		private readonly address: string,
		private readonly workflow: Workflow,
	) {}

	static async of(provider: CallbackCase, limit: IDataObject): Promise<WaitingShop> {
		const { client } = await stage();
		const { credential } = await makeCredential(provider as ProviderCase);
		const webhookId = randomUUID();
		const nodes = [
			node('Order', 'n8n-nodes-base.webhook', 2, {
				webhookId,
				parameters: { httpMethod: 'POST', path: webhookId, options: {} },
			}),
			providerNode(provider, 'Create', credential, {
				resource: 'checkout',
				operation: 'create',
				reference: '={{ $json.body.reference }}',
				...provider.order,
				callback: 'resumeExecution',
			}),
			providerNode(provider, 'Wait', credential, {
				resource: 'checkout',
				operation: 'waitForPayment',
				...limit,
			}),
			node('Shipped', 'n8n-nodes-base.noOp', 1),
			node('Not Shipped', 'n8n-nodes-base.noOp', 1),
		].map((one, index) => ({ ...one, position: [index * 240, 0] as [number, number] }));
		const to = (...names: string[]) =>
			names.map((name) => [{ node: name, type: 'main' as const, index: 0 }]);
		const connections = {
			Order: { main: to('Create') },
			Create: { main: to('Wait') },
			Wait: { main: to('Shipped', 'Not Shipped') },
		};
		const workflow = await client.workflows.create({
			name: `${provider.displayName} waits`,
			nodes,
			connections,
		});
		await client.workflows.publish(workflow.id);
		return new WaitingShop(provider, `${cluster.publicUrl}/webhook/${webhookId}`, workflow);
	}

	/** An order comes in; ends when its execution waits. */
	async order(): Promise<SandboxCheckout> {
		const { client, sandbox: provided } = await stage();
		const reference = uniqueReference();
		await axios.post(this.address, { reference }, { proxy: false });
		const checkout = await eventually(
			async () =>
				(await provided.state(this.provider.provider)).checkouts.find(
					(one) => one.reference === reference,
				),
			30_000,
			() => `${this.provider.displayName} had no checkout ${reference}`,
		);
		await eventually(
			async () =>
				(await client.executions.get(executionOf(checkout))).status === 'waiting'
					? true
					: undefined,
			30_000,
			() => `The execution of ${reference} did not wait`,
		);
		return checkout;
	}

	async payer(
		{ checkoutId }: SandboxCheckout,
		action: PayerAction = 'pay',
		how: { callback?: 'genuine' | 'forged'; copies?: number } = {},
	): Promise<SandboxDelivery[]> {
		await untilAskedAgain(this.provider);
		return await (await stage()).sandbox.act(this.provider.provider, checkoutId, action, how);
	}

	async close(): Promise<void> {
		await (await stage()).client.workflows.unpublish(this.workflow.id);
	}
}

function providerNode(
	provider: CallbackCase,
	name: string,
	credential: Credential,
	parameters: IDataObject,
): INode {
	return node(name, `${packageName}.${provider.node}`, 1.1, {
		parameters: parameters as INode['parameters'],
		credentials: { [credential.type]: { id: credential.id, name: credential.name } },
	});
}

/** The number of the execution in the resume URL. */
const executionOf = ({ callbackUrl }: SandboxCheckout): string =>
	new URL(callbackUrl ?? '').pathname.split('/').at(-1) ?? '';

async function ended(checkout: SandboxCheckout, withinMilliseconds = aMinute): Promise<Execution> {
	const { client } = await stage();
	return await eventually(
		async () => {
			const execution = await client.executions.get(executionOf(checkout));
			return ['success', 'error', 'crashed', 'canceled'].includes(execution.status)
				? execution
				: undefined;
		},
		withinMilliseconds,
		() => `The execution of ${checkout.reference} had not ended`,
	);
}

const outcome = (execution: Execution) => ({
	status: execution.status,
	shipped: itemsOf(execution, 'Shipped'),
	notShipped: itemsOf(execution, 'Not Shipped'),
});

describe.each(waiting)('Wait for Payment of $displayName', (provider) => {
	let shop: WaitingShop;
	beforeAll(async () => {
		shop = await WaitingShop.of(provider, oneHour);
	});
	afterAll(async () => await shop?.close());

	test('the resume URL that the provider gets is the public address', async () => {
		expect(new URL((await shop.order()).callbackUrl ?? '').origin).toBe(cluster.publicUrl);
	});

	test.each(processorNames)(
		'a payment through %s resumes the execution on a worker, and it ships once',
		async (processor) => {
			const checkout = await shop.order();
			cluster.through(processor);
			const deliveries = await shop.payer(checkout);
			expect(deliveries.map(answerOf)).toEqual([provider.acknowledgement]);
			expect(servedBy(deliveries)).toEqual([processor]);
			const execution = await ended(checkout);
			expect(outcome(execution)).toEqual({
				status: 'success',
				shipped: [
					expect.objectContaining({
						reference: checkout.reference,
						outcome: 'paid',
						paidInFull: 'exact',
					}),
				],
				notShipped: [],
			});
			expect(cluster.startsOf(execution.id)).toHaveLength(2);
		},
	);

	test.each(processorNames)(
		'a forged callback through %s gets 401 and leaves the execution waiting',
		async (processor) => {
			const { client } = await stage();
			const checkout = await shop.order();
			cluster.through(processor);
			const refused = await shop.payer(checkout, 'pay', { callback: 'forged' });
			expect(refused.map(({ status, responseBody }) => ({ status, responseBody }))).toEqual([
				{ status: 401, responseBody: 'Unauthorized' },
			]);
			expect(servedBy(refused)).toEqual([processor]);
			expect(outcome(await client.executions.get(executionOf(checkout)))).toEqual({
				status: 'waiting',
				shipped: [],
				notShipped: [],
			});
		},
	);

	test('six copies of the payment at once over both processors ship once', async () => {
		const checkout = await shop.order();
		const deliveries = await shop.payer(checkout, 'pay', { copies: 6 });
		expect(new Set(servedBy(deliveries))).toEqual(new Set(processorNames));
		const execution = await ended(checkout);
		expect(outcome(execution).shipped).toHaveLength(1);
		expect(execution.data.resultData.runData.Shipped).toHaveLength(1);
		expect(cluster.startsOf(execution.id)).toHaveLength(2);
	});
});

describe('Wait for Payment, when the time is up', () => {
	const orders = new Map<CallbackCase, { shop: WaitingShop; checkout: SandboxCheckout }>();
	// All at once: n8n looks only once a minute.
	beforeAll(async () => {
		for (const provider of waiting) {
			const shop = await WaitingShop.of(provider, twelveSeconds);
			orders.set(provider, { shop, checkout: await shop.order() });
		}
	});
	afterAll(async () => {
		for (const { shop } of orders.values()) await shop.close();
	});

	test.each(waiting)(
		'$displayName: the execution goes on as not paid, on a worker, and a payment after it ships nothing',
		async (provider) => {
			const { shop, checkout } = orders.get(provider)!;
			const execution = await ended(checkout, 120_000);
			expect(outcome(execution)).toEqual({
				status: 'success',
				shipped: [],
				notShipped: [
					expect.objectContaining({
						reference: checkout.reference,
						outcome: 'timeout',
						payment: null,
					}),
				],
			});
			expect(cluster.startsOf(execution.id)).toHaveLength(2);
			expect((await shop.payer(checkout)).map(({ status }) => status)).toEqual([409]);
			expect(outcome(await ended(checkout)).shipped).toEqual([]);
		},
	);
});

describe('when a part of it is away', () => {
	const provider = providerCase('tokenpay');

	test('Redis, for a moment: the callback is acknowledged when it is back, and starts one execution', async () => {
		const merchant = await open(provider);
		const order = await placeOrder(merchant);
		await cluster.kill('redis');
		const delivery = firstDelivery(merchant, order.checkoutId);
		// Long enough for the callback to arrive meanwhile; n8n itself ends after 10 seconds without
		// Redis.
		await wait(1000);
		await cluster.restart('redis');
		expect(answerOf(await delivery)).toEqual(provider.acknowledgement);
		expect((await executionsOf(merchant.paid.id)).map(({ status }) => status)).toEqual(['success']);
		expect(cluster.ended()).toEqual({});
	});

	test('main: callbacks are acknowledged and what follows runs', async () => {
		const merchant = await open(provider, { then: [warehouse.node('Ship')] });
		const order = await placeOrder(merchant);
		await cluster.kill('main');
		try {
			expect(answerOf(await firstDelivery(merchant, order.checkoutId))).toEqual(
				provider.acknowledgement,
			);
			await warehouse.waitUntilAsked(order.reference);
		} finally {
			await cluster.restart('main');
		}
		expect((await executionsOf(merchant.paid.id)).map(({ status }) => status)).toEqual(['success']);
		expect(warehouse.times(order.reference)).toBe(1);
	});
});
