import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import axios from 'axios';
import type { IConnections, IDataObject, INode, IWorkflowSettings } from 'n8n-workflow';
import { LocalServer } from '../support/localServer';
import { eventually, type Credential, type Execution, type Workflow } from '../n8n/client';
import type { SandboxCheckout, SandboxDelivery } from '../support/sandboxClient';
import { callbackCases } from './callbackCases';
import {
	errorOf,
	goodCredential,
	itemsOf,
	node,
	packageName,
	type ProviderCase,
	secretsIn,
	stage,
	tenAtATime,
	uniqueReference,
} from './support';

interface Provider extends ProviderCase {
	verifiedBy: string;
	/** Parameters of the look after a time-out. */
	look: IDataObject;
}

const providers = callbackCases.flatMap(({ wait, ...facts }): Provider[] => {
	if (!wait) return [];
	return [
		{
			...facts,
			order: wait.order ?? facts.order,
			verifiedBy: wait.verifiedBy,
			look: facts.lookUp({
				checkoutId: '={{ $json.checkoutId }}',
				reference: '={{ $json.reference }}',
			}),
		},
	];
});
const named = (name: string) => providers.find(({ provider }) => provider === name) as Provider;
const [ofPayfect, ofEFundPay] = [named('payfect'), named('efundpay')];
const [ofChingChingPay, ofTokenPay] = [named('chingchingpay'), named('tokenpay')];
const asked = callbackCases.flatMap(({ provider, wait }) =>
	wait?.asksBefore ? [named(provider)] : [],
);

/** Long enough for all of a test, so that only the tests about time see it. */
const oneHour = { limitType: 'duration', limitAmount: 1, limitUnit: 'hours' };
/** 12 seconds; n8n looks for executions whose time is up once a minute. */
const twelveSeconds = { limitType: 'duration', limitAmount: 0.2, limitUnit: 'minutes' };

const secrets = new Set<string>();
const workflows: Workflow[] = [];

async function makeCredential(
	provider: Provider,
	fields: IDataObject = {},
): Promise<{ credential: Credential; data: Record<string, unknown> }> {
	const { client, sandbox } = await stage();
	const data = { ...goodCredential(provider, sandbox.url), ...fields };
	for (const secret of secretsIn(data)) secrets.add(secret);
	return {
		credential: await client.credentials.create({
			name: `${provider.displayName} ${randomUUID().slice(0, 8)}`,
			type: provider.credential,
			data,
		}),
		data,
	};
}

/**
 * Connects names to names: `['Order', 'Create']` or, for another output than the first, `['Wait',
 * 'Not Shipped', 1]`.
 */
function connect(links: ReadonlyArray<readonly [string, string, number?]>): IConnections {
	const connections: IConnections = {};
	for (const [from, to, output = 0] of links) {
		const main = (connections[from] ??= { main: [] }).main ?? [];
		while (main.length <= output) main.push([]);
		main[output]?.push({ node: to, type: 'main', index: 0 });
	}
	return connections;
}

async function make(
	name: string,
	nodes: INode[],
	links: ReadonlyArray<readonly [string, string, number?]>,
	settings: IWorkflowSettings = {},
): Promise<Workflow> {
	const { client } = await stage();
	const workflow = await client.workflows.create({
		name,
		nodes: nodes.map((one, index) => ({ ...one, position: [index * 240, 0] })),
		connections: connect(links),
		settings,
	});
	workflows.push(workflow);
	return workflow;
}

function providerNode(
	provider: Provider,
	name: string,
	credential: Credential,
	parameters: IDataObject,
	more: Partial<INode> = {},
): INode {
	return node(name, `${packageName}.${provider.node}`, 1.1, {
		parameters: parameters as INode['parameters'],
		credentials: { [credential.type]: { id: credential.id, name: credential.name } },
		...more,
	});
}

const creating = (provider: Provider, more: IDataObject = {}): IDataObject => ({
	resource: 'checkout',
	operation: 'create',
	amountFrom: 'amount',
	reference: '={{ $json.body?.reference ?? $json.reference }}',
	callback: 'resumeExecution',
	...provider.order,
	...more,
});
const awaiting = (more: IDataObject = {}): IDataObject => ({
	resource: 'checkout',
	operation: 'waitForPayment',
	...oneHour,
	...more,
});

interface ShopOptions {
	waiting?: IDataObject;
	/** Stands between Create and Wait. */
	between?: INode[];
	credential?: Credential;
	creating?: IDataObject;
	waitNode?: Partial<INode>;
}

/**
 * A merchant with one workflow: an order comes in by a webhook, a checkout is created, its payment
 * is waited for, and it is shipped or not.
 */
class Shop {
	private constructor(
		readonly provider: Provider,
		readonly credential: Credential,
		readonly workflow: Workflow,
		private readonly address: string,
	) {}

	static async of(provider: Provider, options: ShopOptions = {}): Promise<Shop> {
		const { client, n8n } = await stage();
		const credential = options.credential ?? (await makeCredential(provider)).credential;
		const webhookId = randomUUID();
		const between = options.between ?? [];
		const nodes = [
			node('Order', 'n8n-nodes-base.webhook', 2, {
				webhookId,
				parameters: { httpMethod: 'POST', path: webhookId, options: {} },
			}),
			providerNode(provider, 'Create', credential, creating(provider, options.creating)),
			...between,
			providerNode(provider, 'Wait', credential, awaiting(options.waiting), options.waitNode),
			node('Shipped', 'n8n-nodes-base.noOp', 1),
			node('Not Shipped', 'n8n-nodes-base.noOp', 1),
			providerNode(provider, 'Look Once More', credential, provider.look),
		];
		const way = ['Order', 'Create', ...between.map(({ name }) => name), 'Wait'];
		const links = way.slice(0, -1).map((from, index) => [from, way[index + 1] ?? ''] as const);
		const workflow = await make(`${provider.displayName} waits`, nodes, [
			...links,
			['Wait', 'Shipped'],
			['Wait', 'Not Shipped', 1],
			['Not Shipped', 'Look Once More'],
		]);
		await client.workflows.publish(workflow.id);
		return new Shop(provider, credential, workflow, `${n8n.url}/webhook/${webhookId}`);
	}

	/** An order comes in. */
	async send(reference: string): Promise<void> {
		await axios.post(
			this.address,
			{ reference, customer: `customer of ${reference}` },
			{ proxy: false },
		);
	}

	/** Ends when this many of the workflow's executions are in that state. */
	async reaches(status: string, count: number): Promise<void> {
		const { client } = await stage();
		const found = async () =>
			(await client.executions.list(this.workflow.id)).filter(
				(execution) => execution.status === status,
			).length;
		await eventually(
			async () => ((await found()) >= count ? true : await wait(500)),
			180_000,
			() => `Not ${count} executions were ${status}`,
		);
	}

	/** An order comes in; ends when the provider has its checkout. */
	async takeOrder(reference = uniqueReference()): Promise<SandboxCheckout> {
		await this.send(reference);
		const { sandbox } = await stage();
		return await eventually(
			async () =>
				(await sandbox.state(this.provider.provider)).checkouts.find(
					(checkout) => checkout.reference === reference,
				),
			30_000,
			() => `${this.provider.displayName} had no checkout ${reference}`,
		);
	}

	/** The same, and ends when the execution waits. */
	async order(): Promise<SandboxCheckout> {
		const checkout = await this.takeOrder();
		const { client } = await stage();
		const id = executionOf(checkout);
		await eventually(
			async () => ((await client.executions.get(id)).status === 'waiting' ? true : undefined),
			30_000,
			() => `Execution ${id} did not wait`,
		);
		return checkout;
	}

	async payer(
		checkout: SandboxCheckout,
		action: Parameters<Awaited<ReturnType<typeof stage>>['sandbox']['act']>[2] = 'pay',
		how: Parameters<Awaited<ReturnType<typeof stage>>['sandbox']['act']>[3] = {},
	) {
		return await (
			await stage()
		).sandbox.act(this.provider.provider, checkout.checkoutId, action, how);
	}
}

/** The number of the execution in the resume URL. */
const executionOf = ({ callbackUrl }: SandboxCheckout): string =>
	new URL(callbackUrl ?? '').pathname.split('/').at(-1) ?? '';

async function ended(checkout: SandboxCheckout, withinMilliseconds = 60_000): Promise<Execution> {
	const { client } = await stage();
	const id = executionOf(checkout);
	return await eventually(
		async () => {
			const execution = await client.executions.get(id);
			return ['success', 'error', 'crashed', 'canceled'].includes(execution.status)
				? execution
				: undefined;
		},
		withinMilliseconds,
		() => `Execution ${id} had not ended`,
	);
}

const leftThrough = (execution: Execution) => ({
	status: execution.status,
	shipped: itemsOf(execution, 'Shipped'),
	notShipped: itemsOf(execution, 'Not Shipped'),
});
const runsOf = (execution: Execution, name: string) =>
	execution.data.resultData.runData[name]?.length ?? 0;

async function stillWaits(checkout: SandboxCheckout): Promise<void> {
	const { client } = await stage();
	const execution = await client.executions.get(executionOf(checkout));
	expect({ ...leftThrough(execution), status: execution.status }).toEqual({
		status: 'waiting',
		shipped: [],
		notShipped: [],
	});
}

/** Sends the bytes of a delivery to the resume URL of another checkout. */
async function sendTo(
	{ callbackUrl }: SandboxCheckout,
	{ requestHeaders, requestBody }: SandboxDelivery,
) {
	return await axios.post(callbackUrl ?? '', Buffer.from(requestBody), {
		headers: requestHeaders,
		proxy: false,
		validateStatus: () => true,
		transformRequest: (data: Buffer) => data,
		responseType: 'text',
	});
}

/** A step that takes as long as the test wants, in a workflow that goes on running meanwhile. */
class SlowStep extends LocalServer {
	readonly release: () => void;

	constructor() {
		let release = () => {};
		const released = new Promise<void>((resolve) => (release = resolve));
		super(async () => {
			await released;
			return {};
		});
		this.release = release;
	}

	/** Two nodes: the request, and one that puts the checkout's fields back. */
	nodes(): INode[] {
		return [
			node('Slow', 'n8n-nodes-base.httpRequest', 4.2, {
				parameters: {
					method: 'POST',
					url: this.url,
					sendBody: true,
					specifyBody: 'json',
					jsonBody: '{}',
					options: {},
				},
			}),
			node('Checkout Again', 'n8n-nodes-base.set', 3.4, {
				parameters: {
					mode: 'raw',
					jsonOutput: "={{ JSON.stringify($('Create').item.json) }}",
					options: {},
				},
			}),
		];
	}
}

describe.each(providers)('Wait for Payment of $displayName', (provider) => {
	let shop: Shop;
	beforeAll(async () => {
		shop = await Shop.of(provider);
	});

	test('paid: the order is shipped once, with its own data and the payment, and the provider gets its acknowledgement to the byte', async () => {
		const checkout = await shop.order();
		const [delivery] = await shop.payer(checkout);
		expect(delivery).toMatchObject({
			status: provider.acknowledgement.status,
			responseBody: provider.acknowledgement.body,
		});
		expect(delivery?.responseHeaders['content-type']).toBe(provider.acknowledgement.contentType);
		const execution = await ended(checkout);
		expect(execution.stored).not.toContain('no Wait for Payment follows');
		expect(leftThrough(execution)).toEqual({
			status: 'success',
			shipped: [
				expect.objectContaining({
					provider: provider.provider,
					reference: checkout.reference,
					outcome: 'paid',
					paidInFull: 'exact',
					payment: expect.objectContaining({
						event: 'payment.succeeded',
						reference: checkout.reference,
						verifiedBy: provider.verifiedBy,
						...provider.money,
					}),
				}),
			],
			notShipped: [],
		});
		expect(runsOf(execution, 'Shipped')).toBe(1);
	});

	test.each(['forged', 'tampered'] as const)(
		'%s: a real 401 that says nothing, and nothing is shipped',
		async (callback) => {
			const checkout = await shop.order();
			const [refused] = await shop.payer(checkout, 'pay', { callback });
			expect(refused).toMatchObject({ status: 401, responseBody: 'Unauthorized' });
			await stillWaits(checkout);
		},
	);

	test('a payment after a forged callback ships', async () => {
		const checkout = await shop.order();
		await shop.payer(checkout, 'pay', { callback: 'forged' });
		await shop.payer(checkout);
		expect(leftThrough(await ended(checkout)).shipped).toHaveLength(1);
	});

	test("another order's genuine callback: 401, and only the other order is shipped", async () => {
		const [mine, other] = [await shop.order(), await shop.order()];
		const [delivery] = await shop.payer(other);
		const answer = await sendTo(mine, delivery as SandboxDelivery);
		expect({ status: answer.status, body: answer.data as string }).toEqual({
			status: 401,
			body: 'Unauthorized',
		});
		await stillWaits(mine);
		expect(leftThrough(await ended(other)).shipped).toHaveLength(1);
	});

	test('the resume URL without its token or with another one: 401, and nothing is shipped', async () => {
		const checkout = await shop.order();
		const [path] = (checkout.callbackUrl ?? '').split('?');
		for (const callbackUrl of [path ?? '', `${path}?signature=${'0'.repeat(64)}`]) {
			expect(
				(
					await sendTo({ ...checkout, callbackUrl }, {
						requestHeaders: { 'Content-Type': 'application/json' },
						requestBody: '{}',
					} as unknown as SandboxDelivery)
				).status,
			).toBe(401);
		}
		await stillWaits(checkout);
	});

	test('six copies of the payment at once resume it once', async () => {
		const checkout = await shop.order();
		const deliveries = await shop.payer(checkout, 'pay', { copies: 6 });
		expect(
			deliveries.filter(({ status }) => status === provider.acknowledgement.status),
		).toHaveLength(1);
		const execution = await ended(checkout);
		expect(leftThrough(execution).shipped).toHaveLength(1);
		expect(runsOf(execution, 'Shipped')).toBe(1);
	});

	test('a copy of the payment after the end gets 409 and ships nothing more', async () => {
		const { sandbox } = await stage();
		const checkout = await shop.order();
		const [delivery] = await shop.payer(checkout);
		const before = await ended(checkout);
		const again = await sandbox.redeliver(delivery?.id ?? '');
		expect(again.status).toBe(409);
		expect(runsOf(await ended(checkout), 'Shipped')).toBe(runsOf(before, 'Shipped'));
	});

	test('underpaid: not shipped, and the item says so', async () => {
		const checkout = await shop.order();
		await shop.payer(checkout, 'underpay');
		expect(leftThrough(await ended(checkout))).toMatchObject({
			status: 'success',
			shipped: [],
			notShipped: [{ reference: checkout.reference, outcome: 'underpaid', paidInFull: 'under' }],
		});
	});

	test('overpaid: shipped, and the item says so', async () => {
		const checkout = await shop.order();
		await shop.payer(checkout, 'overpay');
		expect(leftThrough(await ended(checkout))).toMatchObject({
			status: 'success',
			shipped: [{ reference: checkout.reference, outcome: 'paid', paidInFull: 'over' }],
			notShipped: [],
		});
	});

	test('the credential is deleted while it waits: 401, and nothing is shipped', async () => {
		const { client } = await stage();
		const { credential } = await makeCredential(provider);
		const own = await Shop.of(provider, { credential });
		const checkout = await own.order();
		await client.credentials.delete(credential.id);
		const [delivery] = await own.payer(checkout);
		expect(delivery?.status).toBe(401);
		await stillWaits(checkout);
	});

	test('the workflow is changed and published again, then unpublished, while it waits: the payment ships', async () => {
		const { client } = await stage();
		const own = await Shop.of(provider);
		const checkout = await own.order();
		const workflow = await client.workflows.get(own.workflow.id);
		await client.workflows.save({
			...workflow,
			nodes: workflow.nodes.map((one) =>
				one.name === 'Wait' ? { ...one, parameters: { ...one.parameters, limitAmount: 2 } } : one,
			),
		});
		await client.workflows.publish(own.workflow.id);
		await client.workflows.unpublish(own.workflow.id);
		await own.payer(checkout);
		expect(leftThrough(await ended(checkout)).shipped).toHaveLength(1);
	});

	test('"Execute workflow" in the editor waits and goes on like a published one', async () => {
		const { client } = await stage();
		const { credential } = await makeCredential(provider);
		const reference = uniqueReference();
		const workflow = await make(
			`${provider.displayName} by hand`,
			[
				node('Start', 'n8n-nodes-base.manualTrigger', 1),
				providerNode(provider, 'Create', credential, creating(provider, { reference })),
				providerNode(provider, 'Wait', credential, awaiting()),
				node('Shipped', 'n8n-nodes-base.noOp', 1),
			],
			[
				['Start', 'Create'],
				['Create', 'Wait'],
				['Wait', 'Shipped'],
			],
		);
		const waiting = await client.workflows.run(workflow.id, 'Start');
		expect(waiting.status).toBe('waiting');
		const { sandbox } = await stage();
		const checkout = await sandbox.checkoutOf(provider.provider, reference);
		await sandbox.act(provider.provider, checkout.checkoutId, 'pay');
		const execution = await ended(checkout);
		expect({
			mode: execution.mode,
			shipped: itemsOf(execution, 'Shipped').map((item) => item.reference),
		}).toEqual({ mode: 'manual', shipped: [reference] });
	});
});

describe('Wait for Payment, and n8n is killed while it waits', () => {
	test('after the restart every payment ships its own order', async () => {
		const { n8n } = await stage();
		const shops = await Promise.all(providers.map(async (provider) => await Shop.of(provider)));
		const orders = await Promise.all(
			shops.map(async (shop) => ({ shop, checkout: await shop.order() })),
		);
		await n8n.kill();
		await n8n.restart();
		for (const { shop, checkout } of orders) await shop.payer(checkout);
		const executions = await Promise.all(orders.map(async ({ checkout }) => await ended(checkout)));
		expect(
			executions.map((execution) =>
				leftThrough(execution).shipped.map(({ reference }) => reference),
			),
		).toEqual(orders.map(({ checkout }) => [checkout.reference]));
	});
});

describe('Wait for Payment, when the payment comes before it waits', () => {
	let slow: SlowStep;
	beforeEach(async () => {
		slow = new SlowStep();
		await slow.open();
	});
	afterEach(() => slow.close());

	test.each(asked)(
		'$displayName is asked, and the order is shipped although the callback got 409',
		async (provider) => {
			const shop = await Shop.of(provider, { between: slow.nodes() });
			const checkout = await shop.takeOrder();
			const [early] = await shop.payer(checkout);
			expect(early?.status).toBe(409);
			slow.release();
			const execution = await ended(checkout);
			expect(leftThrough(execution)).toMatchObject({
				status: 'success',
				shipped: [
					{
						reference: checkout.reference,
						outcome: 'paid',
						paidInFull: 'exact',
						payment: { verifiedBy: 'provider' },
					},
				],
			});
			expect(runsOf(execution, 'Shipped')).toBe(1);
		},
	);

	test('a provider that repeats and cannot be asked just then: the repetition ships the order, once', async () => {
		const { sandbox } = await stage();
		const shop = await Shop.of(ofTokenPay, { between: slow.nodes() });
		const checkout = await shop.takeOrder();
		await sandbox.fault('tokenpay', 'get', 'html', 2);
		const [early] = await shop.payer(checkout);
		expect(early?.status).toBe(409);
		slow.release();
		const execution = await ended(checkout);
		await sandbox.fault('tokenpay', 'get', null);
		expect(leftThrough(execution).shipped).toMatchObject([
			{ outcome: 'paid', payment: { verifiedBy: 'signature+provider' } },
		]);
		expect(runsOf(execution, 'Shipped')).toBe(1);
	});

	test('a provider that does not repeat and cannot be asked just then: it waits, and ships once the callback is sent again by hand', async () => {
		const { sandbox } = await stage();
		const shop = await Shop.of(ofEFundPay, { between: slow.nodes() });
		const checkout = await shop.takeOrder();
		await sandbox.fault('efundpay', 'getTransaction', 'html', 2);
		const [early] = await shop.payer(checkout);
		expect(early?.status).toBe(409);
		slow.release();
		const { client } = await stage();
		await eventually(
			async () =>
				(await client.executions.get(executionOf(checkout))).status === 'waiting'
					? true
					: undefined,
			30_000,
			() => 'The execution did not wait',
		);
		await sandbox.fault('efundpay', 'getTransaction', null);
		await stillWaits(checkout);
		await sandbox.redeliver(early?.id ?? '');
		const execution = await ended(checkout);
		expect(leftThrough(execution).shipped).toMatchObject([
			{ outcome: 'paid', payment: { verifiedBy: 'signature' } },
		]);
		expect(runsOf(execution, 'Shipped')).toBe(1);
	});
});

describe('Wait for Payment, when the first callback is not the last word', () => {
	test.each(['cancel', 'expire'] as const)(
		'ChingChingPay, the only one to do so, tells of %s: acknowledged, nothing is shipped, and the execution goes on waiting for its limit',
		async (action) => {
			const shop = await Shop.of(ofChingChingPay);
			const checkout = await shop.order();
			const deliveries = await shop.payer(checkout, action);
			expect(deliveries.map(({ status, responseBody }) => [status, responseBody])).toEqual([
				[200, 'success'],
			]);
			await stillWaits(checkout);
		},
	);

	test('ChingChingPay tells of something else first: acknowledged, and the payment after it ships', async () => {
		const shop = await Shop.of(ofChingChingPay);
		const checkout = await shop.order();
		const [first] = await shop.payer(checkout, 'cancel', { keepStatus: true });
		expect(first).toMatchObject({ status: 200, responseBody: 'success' });
		await stillWaits(checkout);
		await shop.payer(checkout);
		expect(leftThrough(await ended(checkout)).shipped).toHaveLength(1);
	});
});

describe('Wait for Payment, what is compared', () => {
	test.each([
		['pay', { shipped: [{ outcome: 'paid', paidInFull: 'exact' }], notShipped: [] }],
		['underpay', { shipped: [], notShipped: [{ outcome: 'underpaid', paidInFull: 'under' }] }],
	] as const)(
		'behind a Code step, which loses the way back to the item, %s leaves as it should',
		async (action, left) => {
			const anew = node('Write Anew', 'n8n-nodes-base.code', 2, {
				parameters: { jsCode: "return [{ json: { text: 'sent' }, pairedItem: 7 }];" },
			});
			const shop = await Shop.of(ofPayfect, { between: [anew] });
			const checkout = await shop.order();
			await shop.payer(checkout, action);
			expect(leftThrough(await ended(checkout))).toMatchObject(left);
		},
	);

	test("with 'Compare Amount' off, what is paid too little leaves through Paid and says that nothing was compared", async () => {
		const shop = await Shop.of(ofPayfect, {
			waiting: { options: { compareAmount: false } },
		});
		const checkout = await shop.order();
		await shop.payer(checkout, 'underpay');
		expect(leftThrough(await ended(checkout))).toMatchObject({
			shipped: [{ outcome: 'paid', paidInFull: 'unknown', status: 'paid' }],
			notShipped: [],
		});
	});
});

describe('Wait for Payment, when the secret is rotated while it waits', () => {
	const anotherKey = `${Buffer.alloc(32, 7).toString('base64url')}=`;
	const rotate = async (previous: 'kept' | 'dropped') => {
		const { client } = await stage();
		const { credential, data } = await makeCredential(ofPayfect);
		const shop = await Shop.of(ofPayfect, { credential });
		const checkout = await shop.order();
		await client.credentials.update(credential, {
			...data,
			callbackSecretKey: anotherKey,
			callbackSecretKeyPrevious: previous === 'kept' ? data.callbackSecretKey : '',
		});
		const [delivery] = await shop.payer(checkout);
		return { checkout, delivery };
	};

	test('a payment proved with the previous secret ships', async () => {
		const { checkout } = await rotate('kept');
		expect(leftThrough(await ended(checkout)).shipped).toHaveLength(1);
	});

	test('a payment proved with a secret that is gone gets 401, and nothing is shipped', async () => {
		const { checkout, delivery } = await rotate('dropped');
		expect(delivery?.status).toBe(401);
		await stillWaits(checkout);
	});
});

describe('Wait for Payment, when it refuses to begin', () => {
	/**
	 * A workflow that is run by hand up to the refusal; `aside` stands on a branch that is not taken.
	 */
	async function refusal(options: {
		before?: INode[];
		between?: INode[];
		aside?: INode;
		creating?: IDataObject;
		waitNode?: Partial<INode>;
		items?: number;
		settings?: IWorkflowSettings;
	}): Promise<Execution> {
		const { client } = await stage();
		const { credential } = await makeCredential(ofPayfect);
		const before = options.before ?? [];
		const between = options.between ?? [];
		const items = node('Items', 'n8n-nodes-base.code', 2, {
			parameters: {
				jsCode: `return Array.from({ length: ${options.items ?? 1} }, (_, index) => ({ json: { reference: '${uniqueReference()}-' + index } }))`,
			},
		});
		const taken = node('Taken', 'n8n-nodes-base.if', 2.2, {
			parameters: {
				conditions: {
					options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
					combinator: 'and',
					conditions: [
						{
							leftValue: true,
							rightValue: '',
							operator: { type: 'boolean', operation: 'true', singleValue: true },
						},
					],
				},
			},
		});
		const way = [
			'Start',
			'Items',
			...before.map(({ name }) => name),
			'Create',
			'Taken',
			...between.map(({ name }) => name),
			'Wait',
		];
		const links: Array<readonly [string, string, number?]> = way
			.slice(0, -1)
			.map((from, index) => [from, way[index + 1] ?? ''] as const);
		if (options.aside) links.push(['Taken', options.aside.name, 1], [options.aside.name, 'Wait']);
		const workflow = await make(
			'refuses',
			[
				node('Start', 'n8n-nodes-base.manualTrigger', 1),
				items,
				...before,
				providerNode(ofPayfect, 'Create', credential, creating(ofPayfect, options.creating)),
				taken,
				...between,
				...(options.aside ? [options.aside] : []),
				providerNode(ofPayfect, 'Wait', credential, awaiting(), options.waitNode),
				node('Shipped', 'n8n-nodes-base.noOp', 1),
				node('Not Shipped', 'n8n-nodes-base.noOp', 1),
			],
			[...links, ['Wait', 'Shipped'], ['Wait', 'Not Shipped', 1]],
			options.settings,
		);
		return await client.workflows.run(workflow.id, 'Start');
	}
	const pause = (name: string, more: Partial<INode> = {}) =>
		node(name, 'n8n-nodes-base.wait', 1.1, {
			webhookId: randomUUID(),
			parameters: { resume: 'timeInterval', amount: 1, unit: 'seconds' },
			...more,
		});

	test('a plain Wait node between create and wait is refused by name', async () => {
		const { message } = errorOf(await refusal({ between: [pause('Have a Break')] }));
		expect(message).toContain(
			"'Have a Break' waits between the node that creates the checkout and this one",
		);
	});

	test.each([
		[
			'a page of a form',
			node('Second Page', 'n8n-nodes-base.form', 1, {
				webhookId: randomUUID(),
				parameters: { operation: 'page' },
			}),
		],
		[
			'Send and Wait',
			node('Ask the Boss', 'n8n-nodes-base.slack', 2.3, {
				webhookId: randomUUID(),
				parameters: {
					resource: 'message',
					operation: 'sendAndWait',
					user: { __rl: true, mode: 'username', value: '@boss' },
					message: 'May it be shipped?',
				},
			}),
		],
	])('%s on any way between create and wait is refused by name', async (_what, aside) => {
		const { message } = errorOf(await refusal({ aside }));
		expect(message).toContain(
			`'${aside.name}' waits between the node that creates the checkout and this one`,
		);
	});

	test.each([
		['a Wait node before the checkout is created', { before: [pause('Have a Break')] }],
		['a deactivated Wait node', { between: [pause('Have a Break', { disabled: true })] }],
	])('%s is allowed', async (_what, options) => {
		const { client } = await stage();
		const execution = await refusal(options);
		expect((await client.executions.get(execution.id)).status).toBe('waiting');
	});

	test('several items are refused before any checkout is made, and both ways that work are named', async () => {
		const { sandbox } = await stage();
		const before = (await sandbox.state('payfect')).checkouts.length;
		const { message, description } = errorOf(await refusal({ items: 3 }));
		expect(`${message} ${description}`).toMatch(
			/got 3 items.*Loop Over Items.*sub-workflow.*'Wait For Sub-Workflow Completion' off/s,
		);
		expect((await sandbox.state('payfect')).checkouts).toHaveLength(before);
	});

	test('a checkout that is created with another callback is refused: nothing would ever resume', async () => {
		const { message, description } = errorOf(await refusal({ creating: { callback: 'none' } }));
		expect(`${message} ${description}`).toMatch(
			/'Create' does not tell Payfect to resume this execution.*Resume This Execution/s,
		);
	});

	test("'Timeout Workflow' of less than the wait is refused: n8n would cancel the execution in place of Not Paid", async () => {
		const { message } = errorOf(await refusal({ settings: { executionTimeout: 1800 } }));
		expect(message).toContain(
			"'Timeout Workflow' in the settings of this workflow is shorter than the wait",
		);
	});

	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'with On Error set to %s a refusal ships nothing',
		async (onError) => {
			const execution = await refusal({ between: [pause('Have a Break')], waitNode: { onError } });
			expect(leftThrough(execution)).toMatchObject({ status: 'success', shipped: [] });
		},
	);
});

describe('Wait for Payment behind a form ending that redirects', () => {
	/** The form is submitted; the address of its ending, which the browser opens next. */
	async function submit(): Promise<{ ending: string; checkout: SandboxCheckout }> {
		const { client, n8n, sandbox } = await stage();
		const { credential } = await makeCredential(ofPayfect);
		const webhookId = randomUUID();
		const workflow = await make(
			'form ending',
			[
				node('Form', 'n8n-nodes-base.formTrigger', 2.2, {
					webhookId,
					parameters: {
						formTitle: 'Order',
						formFields: { values: [{ fieldLabel: 'reference' }] },
						options: {},
					},
				}),
				providerNode(ofPayfect, 'Create', credential, creating(ofPayfect)),
				node('Ending', 'n8n-nodes-base.form', 1, {
					webhookId: randomUUID(),
					parameters: {
						operation: 'completion',
						respondWith: 'redirect',
						redirectUrl: '={{ $json.checkoutUrl }}',
					},
				}),
				providerNode(ofPayfect, 'Wait', credential, awaiting()),
				node('Shipped', 'n8n-nodes-base.noOp', 1),
			],
			[
				['Form', 'Create'],
				['Create', 'Ending'],
				['Ending', 'Wait'],
				['Wait', 'Shipped'],
			],
		);
		await client.workflows.publish(workflow.id);
		const reference = uniqueReference();
		const fields = new FormData();
		fields.append('field-0', reference);
		const { data } = await axios.post<{ formWaitingUrl: string }>(
			`${n8n.url}/form/${webhookId}`,
			fields,
			{ proxy: false },
		);
		await client.executions.waitFor(workflow.id, 1, 'waiting');
		return {
			ending: data.formWaitingUrl,
			checkout: await sandbox.checkoutOf('payfect', reference),
		};
	}
	/** What the page of the ending does by itself as soon as it is loaded. */
	const open = async (ending: string) => {
		await axios.get(ending, { proxy: false });
		await axios.post(ending, {}, { proxy: false, validateStatus: () => true });
	};

	test('the payer is sent on and pays: the order is shipped', async () => {
		const { client, sandbox } = await stage();
		const { ending, checkout } = await submit();
		await open(ending);
		await eventually(
			async () =>
				(await client.executions.get(executionOf(checkout))).data.resultData.lastNodeExecuted ===
				'Wait'
					? true
					: undefined,
			30_000,
			() => 'The execution did not reach Wait',
		);
		await sandbox.act('payfect', checkout.checkoutId, 'pay');
		expect(leftThrough(await ended(checkout)).shipped).toHaveLength(1);
	});

	test('it is paid before the page of the ending has loaded: n8n sends the callback elsewhere, and the order is shipped once the page has loaded', async () => {
		const { client, sandbox } = await stage();
		const { ending, checkout } = await submit();
		const [delivery] = await sandbox.act('payfect', checkout.checkoutId, 'pay');
		expect(delivery?.status).toBe(307);
		expect((await client.executions.get(executionOf(checkout))).status).toBe('waiting');
		await open(ending);
		expect(leftThrough(await ended(checkout)).shipped).toMatchObject([
			{ outcome: 'paid', payment: { verifiedBy: 'provider' } },
		]);
	});
});

describe('Wait for Payment, 200 at once', () => {
	test('paid in random order, each goes on exactly once, with its own order', async () => {
		const { client } = await stage();
		const { sandbox } = await stage();
		const shop = await Shop.of(ofPayfect);
		const references = Array.from({ length: 200 }, uniqueReference);
		await tenAtATime(references, async (reference) => await shop.send(reference));
		await shop.reaches('waiting', 200);
		const checkouts = new Map(
			(await sandbox.state('payfect')).checkouts
				.filter(({ reference }) => references.includes(reference ?? ''))
				.map((checkout) => [executionOf(checkout), checkout]),
		);
		const shuffled = [...checkouts.values()]
			.map((checkout) => ({ checkout, at: Math.random() }))
			.sort((left, right) => left.at - right.at);
		await tenAtATime(shuffled, async ({ checkout }) => await shop.payer(checkout));
		await shop.reaches('success', 200);
		const wrong: string[] = [];
		await tenAtATime([...checkouts], async ([id, checkout]) => {
			const execution = await client.executions.get(id);
			const [item] = itemsOf(execution, 'Shipped');
			const own =
				item?.reference === checkout.reference &&
				(item?.payment as IDataObject).checkoutId === checkout.checkoutId;
			if (runsOf(execution, 'Shipped') !== 1 || !own) wrong.push(id);
		});
		expect({ orders: checkouts.size, wrong }).toEqual({ orders: 200, wrong: [] });
	}, 600_000);
});

describe('Wait for Payment, when the time is up', () => {
	test('every provider: nothing is shipped, the order leaves through Not Paid, and one look behind it finds a payment that nobody was told of', async () => {
		const orders = await Promise.all(
			providers.map(async (provider) => {
				const shop = await Shop.of(provider, { waiting: twelveSeconds });
				const [unpaid, paid] = [await shop.order(), await shop.order()];
				await shop.payer(paid, 'pay', { callback: 'none' });
				return { shop, unpaid, paid };
			}),
		);
		const results = await Promise.all(
			orders.map(async ({ unpaid, paid }) => {
				const [first, second] = [await ended(unpaid, 150_000), await ended(paid, 150_000)];
				return {
					unpaid: leftThrough(first),
					paid: leftThrough(second),
					looks: [first, second].map((execution) =>
						itemsOf(execution, 'Look Once More').map(({ status }) => status === 'paid'),
					),
				};
			}),
		);
		const timedOut = ({ reference }: SandboxCheckout) => ({
			status: 'success',
			shipped: [],
			notShipped: [
				expect.objectContaining({
					reference,
					payment: null,
					outcome: 'timeout',
					paidInFull: 'unknown',
				}),
			],
		});
		expect(results).toEqual(
			orders.map(({ unpaid, paid }) => ({
				unpaid: timedOut(unpaid),
				paid: timedOut(paid),
				looks: [[false], [true]],
			})),
		);
		const late = await Promise.all(
			orders.map(async ({ shop, unpaid }) => (await shop.payer(unpaid))[0]?.status),
		);
		expect(late).toEqual(orders.map(() => 409));
	}, 240_000);
});

describe('Wait for Payment', () => {
	test('no secret is in any stored execution or log line', async () => {
		const { client, n8n } = await stage();
		const places: string[] = [n8n.log()];
		await tenAtATime(workflows, async ({ id }) => {
			for (const execution of (await client.executions.list(id)).slice(0, 20))
				places.push((await client.executions.get(execution.id)).stored);
		});
		expect(places.length).toBeGreaterThan(20);
		expect(secrets.size).toBeGreaterThan(0);
		expect([...secrets].filter((secret) => places.some((text) => text.includes(secret)))).toEqual(
			[],
		);
	});
});
