import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import axios from 'axios';
import type { IConnections, IDataObject, INode, IPinData } from 'n8n-workflow';
import { eventually, type Credential, type Execution, type Workflow } from '../n8n/client';
import * as efundpay from '../nodes/EFundPay/callbacks';
import { fernetToken } from '../nodes/Payfect/support';
import * as tokenpay from '../nodes/TokenPay/callbacks';
import { LocalServer } from '../support/localServer';
import type { SandboxCheckout } from '../support/sandboxClient';
import {
	errorOf,
	goodCredential,
	node,
	packageName,
	stage,
	tenAtATime,
	uniqueReference,
} from './support';

interface Signed {
	headers: Record<string, string>;
	rawBody: Buffer;
}

interface Provider {
	provider: string;
	displayName: string;
	node: string;
	credential: string;
	order: IDataObject;
	/**
	 * Whether its API is asked for an amount that its callback does not tell. Where it is not, such a
	 * callback is none.
	 */
	asksForAmount: boolean;
	/** Fields that make the credential accept `untold`. */
	accepts?: IDataObject;
	/** A genuine callback of a payment that does not tell its amount. */
	untold(checkout: SandboxCheckout, credential: Record<string, unknown>): Signed;
}

const json = { 'content-type': 'application/json' };

const providers: Provider[] = [
	{
		provider: 'payfect',
		displayName: 'Payfect',
		node: 'payfect',
		credential: 'payfectApi',
		order: { amount: '20.50', currency: 'usdt', description: 'One box of tea' },
		asksForAmount: true,
		untold({ checkoutId, reference }, { callbackSecretKey }) {
			const content = JSON.stringify({
				id: checkoutId,
				status: 'succeeded',
				currency: 'usdt',
				client_reference_id: reference,
			});
			const token = fernetToken(content, String(callbackSecretKey));
			return {
				headers: { ...json, 'x-payfect-signature': token },
				rawBody: Buffer.from(content),
			};
		},
	},
	{
		provider: 'efundpay',
		displayName: 'EFundPay',
		node: 'eFundPay',
		credential: 'eFundPayApi',
		order: {
			amount: '20.50',
			currency: 'USD',
			description: 'One box of tea',
			successUrl: 'https://shop.example/thanks',
			buyerName: 'Maria Gomez',
		},
		asksForAmount: false,
		accepts: { platformPublicKeyPrevious: efundpay.credentials.platformPublicKey },
		untold({ reference }) {
			const { payment_data: data } = efundpay.payment;
			const { headers, rawBody } = efundpay.callback({
				...efundpay.payment,
				merchant_transaction_id: reference,
				payment_data: { ...data, payment_amount: '' },
			});
			return { headers: { ...json, ...headers }, rawBody };
		},
	},
	{
		provider: 'chingchingpay',
		displayName: 'ChingChingPay',
		node: 'chingChingPay',
		credential: 'chingChingPayApi',
		order: {
			operation: 'createLink',
			amount: '20.50',
			currency: 'HKD',
			description: 'One box of tea',
		},
		asksForAmount: true,
		untold({ checkoutId, reference }, { signingSecret }) {
			const rawBody = Buffer.from(
				JSON.stringify({
					merchant_reference: reference,
					payment_id: checkoutId,
					status: 'SBX_PAID',
					transaction_type: 'sale',
				}),
			);
			const signature = createHmac('sha256', String(signingSecret)).update(rawBody).digest('hex');
			return { headers: { ...json, 'x-signature': signature }, rawBody };
		},
	},
	{
		provider: 'tokenpay',
		displayName: 'TokenPay',
		node: 'tokenPay',
		credential: 'tokenPayApi',
		order: { amount: '20.5', chain: 'TRON', currency: 'USDT', description: 'One box of tea' },
		asksForAmount: true,
		untold({ reference, paymentId }, { appId, merchantId, appSecret }) {
			const secret = String(appSecret);
			const content = {
				...tokenpay.paid,
				amount: undefined,
				out_trade_no: reference,
				transaction_id: paymentId,
				pay_time: Date.now(),
				currency: { chain: 'TRON', currency: 'USDT', decimal: 6 },
			};
			const envelope = tokenpay.envelope({
				app_id: appId,
				mch_id: merchantId,
				resource: tokenpay.resource(content, { secret }),
			});
			return tokenpay.callback(envelope, { secret });
		},
	},
];
const [ofPayfect, ofEFundPay, , ofTokenPay] = providers as [Provider, Provider, Provider, Provider];

type Link = readonly [string, string, number?, number?];

/** `[from, to]`, with the output of the one and the input of the other where not the first. */
function connect(links: readonly Link[]): IConnections {
	const connections: IConnections = {};
	for (const [from, to, output = 0, input = 0] of links) {
		const main = (connections[from] ??= { main: [] }).main ?? [];
		while (main.length <= output) main.push([]);
		main[output]?.push({ node: to, type: 'main', index: input });
	}
	return connections;
}

interface Way {
	name: string;
	/** Parameters of Create. */
	creating?: IDataObject;
	nodes: () => INode[];
	/** From the node "Order" by way of Create to Wait. */
	links: readonly Link[];
	/** Run in the editor, where outputs can be pinned. */
	pinData?: IPinData;
	/** The reference of the order that is paid in full before the one that counts. */
	ordersBefore?: boolean;
}

/** Stands for e-mail and chat steps: it puts its own answer in place of the checkout. */
const mailServer = new LocalServer(() => ({ accepted: ['buyer@shop.example'], messageId: '1' }));
const mail = () =>
	node('Mail', 'n8n-nodes-base.httpRequest', 4.2, {
		parameters: {
			method: 'POST',
			url: mailServer.url,
			sendBody: true,
			specifyBody: 'json',
			jsonBody: '{}',
			options: {},
		},
	});
const throughMail: readonly Link[] = [
	['Order', 'Create'],
	['Create', 'Mail'],
	['Mail', 'Wait'],
];

const ways: Way[] = [
	{
		name: 'nothing',
		nodes: () => [],
		links: [
			['Order', 'Create'],
			['Create', 'Wait'],
		],
	},
	{ name: 'a step that replaces the item', nodes: () => [mail()], links: throughMail },
	{
		name: 'Edit Fields that keeps half',
		nodes: () => [
			node('Half', 'n8n-nodes-base.set', 3.4, {
				parameters: {
					mode: 'manual',
					includeOtherFields: false,
					assignments: {
						assignments: ['provider', 'checkoutId', 'status'].map((name) => ({
							id: name,
							name,
							type: 'string',
							value: `={{ $json.${name} }}`,
						})),
					},
					options: {},
				},
			}),
		],
		links: [
			['Order', 'Create'],
			['Create', 'Half'],
			['Half', 'Wait'],
		],
	},
	{
		name: 'Merge',
		nodes: () => [
			mail(),
			node('Merge', 'n8n-nodes-base.merge', 3, {
				parameters: { mode: 'combine', combineBy: 'combineByPosition', options: {} },
			}),
		],
		links: [
			['Order', 'Create'],
			['Order', 'Merge', 0, 1],
			['Create', 'Mail'],
			['Mail', 'Merge'],
			['Merge', 'Wait'],
		],
	},
	{
		name: 'Loop Over Items',
		ordersBefore: true,
		nodes: () => [
			mail(),
			node('Orders', 'n8n-nodes-base.splitOut', 1, {
				parameters: { fieldToSplitOut: 'body.orders', options: {} },
			}),
			node('Loop', 'n8n-nodes-base.splitInBatches', 3, { parameters: { options: {} } }),
		],
		links: [
			['Order', 'Orders'],
			['Orders', 'Loop'],
			['Loop', 'Create', 1],
			['Create', 'Mail'],
			['Mail', 'Wait'],
			['Shipped', 'Loop'],
			['Not Shipped', 'Loop'],
		],
	},
	{
		name: 'a step that replaces the item, Simplify off',
		creating: { simple: false },
		nodes: () => [mail()],
		links: throughMail,
	},
	{
		name: 'a pinned step',
		nodes: () => [mail()],
		links: throughMail,
		pinData: { Mail: [{ json: { provider: 'payfect', checkoutId: 'of yesterday', amount: '1' } }] },
	},
];

const outcomes = ['pay', 'overpay', 'underpay', 'event without amount'] as const;
type Action = (typeof outcomes)[number];

const credentials = new Map<Provider, { credential: Credential; data: Record<string, unknown> }>();

function own(provider: Provider, name: string, parameters: IDataObject): INode {
	const { credential } = credentials.get(provider)!;
	return node(name, `${packageName}.${provider.node}`, 1.1, {
		parameters: parameters as INode['parameters'],
		credentials: { [credential.type]: { id: credential.id, name: credential.name } },
	});
}

const reference = '={{ $json.reference ?? $json.body?.reference ?? "manual-" + $execution.id }}';

const creating = (provider: Provider, more: IDataObject = {}): IDataObject => ({
	resource: 'checkout',
	operation: 'create',
	amountFrom: 'amount',
	reference,
	callback: 'resumeExecution',
	...provider.order,
	...more,
});
/** As the form has it. */
const awaiting: IDataObject = { resource: 'checkout', operation: 'waitForPayment' };

interface Made {
	workflow: Workflow;
	address: string;
}

async function make(
	name: string,
	nodes: INode[],
	links: readonly Link[],
	more: { pinData?: IPinData; executionOrder?: 'v0' | 'v1' } = {},
): Promise<Made> {
	const { client, n8n } = await stage();
	const { pinData, executionOrder = 'v1' } = more;
	const webhookId = randomUUID();
	const start = pinData
		? node('Order', 'n8n-nodes-base.manualTrigger', 1)
		: node('Order', 'n8n-nodes-base.webhook', 2, {
				webhookId,
				parameters: { httpMethod: 'POST', path: webhookId, options: {} },
			});
	const workflow = await client.workflows.create({
		name,
		nodes: [start, ...nodes].map((one, index) => ({ ...one, position: [index * 240, 0] })),
		connections: connect(links),
		settings: { executionOrder },
		...(pinData && { pinData }),
	});
	if (!pinData) await client.workflows.publish(workflow.id);
	return { workflow, address: `${n8n.url}/webhook/${webhookId}` };
}

async function makeShop(provider: Provider, way: Way): Promise<Made> {
	return await make(
		`${provider.displayName}, ${way.name} in between`,
		[
			own(provider, 'Create', creating(provider, way.creating)),
			...way.nodes(),
			own(provider, 'Wait', awaiting),
			node('Shipped', 'n8n-nodes-base.noOp', 1),
			node('Not Shipped', 'n8n-nodes-base.noOp', 1),
		],
		[...way.links, ['Wait', 'Shipped'], ['Wait', 'Not Shipped', 1]],
		way.pinData ? { pinData: way.pinData } : {},
	);
}

const executionOf = ({ callbackUrl }: SandboxCheckout): string =>
	new URL(callbackUrl ?? '').pathname.split('/').at(-1) ?? '';

/** The checkout, once its execution waits. */
async function waitingCheckout(provider: Provider, ofReference: string): Promise<SandboxCheckout> {
	const { client, sandbox } = await stage();
	return await eventually(
		async () => {
			const { checkouts } = await sandbox.state(provider.provider);
			const found = checkouts.find((each) => each.reference === ofReference);
			const isWaiting =
				found && (await client.executions.get(executionOf(found))).status === 'waiting';
			return isWaiting ? found : await wait(200);
		},
		120_000,
		() => `No execution waited for ${ofReference}`,
	);
}

async function payFor(provider: Provider, checkout: SandboxCheckout, action: Action) {
	const { sandbox } = await stage();
	if (action !== 'event without amount') {
		await sandbox.act(provider.provider, checkout.checkoutId, action);
		return;
	}
	await sandbox.act(provider.provider, checkout.checkoutId, 'pay', { callback: 'none' });
	const paid = await sandbox.checkoutOf(provider.provider, checkout.reference ?? '');
	const { headers, rawBody } = provider.untold(paid, credentials.get(provider)!.data);
	const { status } = await axios.post(checkout.callbackUrl ?? '', rawBody, {
		headers,
		proxy: false,
		validateStatus: () => true,
	});
	if (provider.asksForAmount && status !== 200)
		throw new Error(`The callback was answered ${status}.`);
}

async function ended(id: string): Promise<Execution> {
	const { client } = await stage();
	return await eventually(
		async () => {
			const execution = await client.executions.get(id);
			return ['success', 'error', 'crashed'].includes(execution.status)
				? execution
				: await wait(200);
		},
		120_000,
		() => `Execution ${id} had not ended`,
	);
}

const itemsIn = (execution: Execution, name: string): IDataObject[] =>
	(execution.data.resultData.runData[name] ?? []).flatMap(({ data }) =>
		(data?.main?.[0] ?? []).map(({ json: item }) => item),
	);

/** Where the order of this reference has left, and with what. */
function leaving(execution: Execution, ofReference: string) {
	return ['Shipped', 'Not Shipped'].flatMap((name) =>
		itemsIn(execution, name)
			.filter(({ payment }) => (payment as IDataObject | null)?.reference === ofReference)
			.map(({ outcome, paidInFull }) => ({ through: name, outcome, paidInFull })),
	);
}

async function play(shop: Made, provider: Provider, way: Way, action: Action) {
	const { client } = await stage();
	let ofReference = uniqueReference();
	if (way.pinData) {
		ofReference = `manual-${(await client.workflows.run(shop.workflow.id, 'Order')).id}`;
	} else {
		const before = `${ofReference}-before`;
		const orders = [{ reference: before }, { reference: ofReference }];
		await axios.post(shop.address, { reference: ofReference, orders }, { proxy: false });
		if (way.ordersBefore) await payFor(provider, await waitingCheckout(provider, before), 'pay');
	}
	const checkout = await waitingCheckout(provider, ofReference);
	await payFor(provider, checkout, action);
	const id = executionOf(checkout);
	if (action === 'event without amount' && !provider.asksForAmount)
		return [{ status: (await client.executions.get(id)).status }];
	return leaving(await ended(id), ofReference);
}

beforeAll(async () => {
	await mailServer.open();
	const { client, sandbox } = await stage();
	for (const provider of providers) {
		const data = { ...goodCredential(provider, sandbox.url), ...provider.accepts };
		credentials.set(provider, {
			data,
			credential: await client.credentials.create({
				name: `${provider.displayName} ${randomUUID().slice(0, 8)}`,
				type: provider.credential,
				data,
			}),
		});
	}
});
afterAll(() => mailServer.close());

const expected: Record<Action, (provider: Provider) => IDataObject> = {
	pay: () => ({ through: 'Shipped', outcome: 'paid', paidInFull: 'exact' }),
	overpay: () => ({ through: 'Shipped', outcome: 'paid', paidInFull: 'over' }),
	underpay: () => ({ through: 'Not Shipped', outcome: 'underpaid', paidInFull: 'under' }),
	'event without amount': ({ asksForAmount }) =>
		asksForAmount
			? { through: 'Shipped', outcome: 'paid', paidInFull: 'exact' }
			: { status: 'waiting' },
};

describe('Wait for Payment finds its own checkout', () => {
	const played = new Map<string, unknown>();
	const key = (...parts: string[]) => parts.join(' | ');

	beforeAll(async () => {
		const shops = ways.flatMap((way) => providers.map((provider) => ({ way, provider })));
		const made: Array<{ way: Way; provider: Provider; shop: Made }> = [];
		await tenAtATime(shops, async ({ way, provider }) =>
			made.push({ way, provider, shop: await makeShop(provider, way) }),
		);
		const all = made.flatMap((one) => outcomes.map((action) => ({ ...one, action })));
		await tenAtATime(all, async ({ shop, provider, way, action }) => {
			const result = await play(shop, provider, way, action).catch((error: unknown) => error);
			played.set(key(provider.provider, way.name, action), result);
		});
	}, 600_000);

	describe.each(ways)('behind $name', ({ name }) => {
		describe.each(providers)('$displayName', (provider) => {
			test.each(outcomes)('%s', (action) => {
				expect(played.get(key(provider.provider, name, action))).toEqual([
					expected[action](provider),
				]);
			});
		});
	});
});

describe('Wait for Payment, where no callback can reach the execution', () => {
	/** A shop whose e-mail server is down until it is repaired. */
	async function brokenShop(provider: Provider) {
		let isDown = true;
		const server = new LocalServer(() => {
			if (isDown) throw new Error('down');
			return { messageId: '1' };
		});
		await server.open();
		const step = node('Mail', 'n8n-nodes-base.httpRequest', 4.2, {
			parameters: {
				method: 'POST',
				url: server.url,
				sendBody: true,
				specifyBody: 'json',
				jsonBody: '{}',
				options: {},
			},
		});
		const shop = await makeShop(provider, {
			name: 'a mail server that is down',
			nodes: () => [step],
			links: throughMail,
		});
		const ofReference = uniqueReference();
		await axios.post(shop.address, { reference: ofReference }, { proxy: false });
		const { sandbox } = await stage();
		const checkout = await eventually(
			async () =>
				(await sandbox.state(provider.provider)).checkouts.find(
					(each) => each.reference === ofReference,
				),
			30_000,
			() => `There was no checkout ${ofReference}`,
		);
		await ended(executionOf(checkout));
		const repair = () => void (isDown = false);
		return { checkout, ofReference, repair, close: () => server.close() };
	}

	test.each([ofPayfect, ofEFundPay])(
		"n8n's Retry with $displayName stops with words, and does what they say once it is paid",
		async (provider) => {
			const { client, sandbox } = await stage();
			const { checkout, ofReference, repair, close } = await brokenShop(provider);
			repair();
			const first = executionOf(checkout);
			const stopped = await client.executions.retry(first);
			expect(stopped.status).toBe('error');
			expect(errorOf(stopped).message).toContain(
				`'Create' has created the checkout in execution ${first}, and its callbacks go there`,
			);
			await sandbox.act(provider.provider, checkout.checkoutId, 'pay');
			const again = await client.executions.retry(stopped.id);
			close();
			expect(leaving(again, ofReference)).toEqual([expected.pay(provider)]);
			expect(errorOf(stopped).description).toContain('run this step once more when it is paid');
		},
	);

	test('a pinned Create and a step that is run alone stop with words', async () => {
		const { client } = await stage();
		const shop = await makeShop(ofPayfect, {
			name: 'an output that is not pinned',
			nodes: () => [mail()],
			links: throughMail,
			pinData: { Mail: [{ json: {} }] },
		});
		const whole = await client.workflows.run(shop.workflow.id, 'Order');
		expect(whole.status).toBe('waiting');
		const { runData } = whole.data.resultData;
		const before = Object.fromEntries(Object.entries(runData).filter(([name]) => name !== 'Wait'));
		const alone = await client.workflows.runStep(shop.workflow.id, 'Wait', before);
		const words = "'Create' has created no checkout in this execution";
		expect([alone.status, errorOf(alone).message]).toEqual([
			'error',
			expect.stringContaining(words),
		]);

		const pinned = await makeShop(ofPayfect, {
			name: 'a pinned Create',
			nodes: () => [mail()],
			links: throughMail,
			pinData: { Create: runData.Create?.[0]?.data?.main?.[0] ?? [] },
		});
		const execution = await client.workflows.run(pinned.workflow.id, 'Order');
		expect([execution.status, errorOf(execution).message]).toEqual([
			'error',
			expect.stringContaining(words),
		]);
	});
});

describe('two branches that each create and wait', () => {
	test.each(['v0', 'v1'] as const)(
		'are refused before anything is sent, in execution order %s',
		async (executionOrder) => {
			const { client, sandbox } = await stage();
			const suffix = (letter: string) => ({
				reference: `={{ $json.body.reference + "-${letter}" }}`,
			});
			const shop = await make(
				'two branches',
				[
					own(ofPayfect, 'Create A', creating(ofPayfect, suffix('a'))),
					own(ofPayfect, 'Wait A', awaiting),
					node('Look', 'n8n-nodes-base.noOp', 1),
					own(ofTokenPay, 'Create B', creating(ofTokenPay, suffix('b'))),
					own(ofTokenPay, 'Wait B', awaiting),
				],
				[
					['Order', 'Create A'],
					['Create A', 'Wait A'],
					['Order', 'Look'],
					['Look', 'Create B'],
					['Create B', 'Wait B'],
				],
				{ executionOrder },
			);
			const ofReference = uniqueReference();
			await axios.post(shop.address, { reference: ofReference }, { proxy: false });
			const [execution] = await client.executions.waitFor(shop.workflow.id, 1, 'error');
			expect(errorOf(execution!).message).toMatch(/'Create [AB]' in another branch/);
			const { checkouts } = await sandbox.state();
			expect(checkouts.filter((each) => each.reference?.startsWith(ofReference))).toEqual([]);
		},
	);

	test('are no obstacle where Switch or If lets one of them run', async () => {
		const shop = await make(
			'one of two branches',
			[
				node('If', 'n8n-nodes-base.if', 2.2, {
					parameters: {
						conditions: {
							options: { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 },
							combinator: 'and',
							conditions: [
								{
									id: '1',
									leftValue: '={{ $json.body.reference }}',
									rightValue: '',
									operator: { type: 'string', operation: 'notEmpty', singleValue: true },
								},
							],
						},
						options: {},
					},
				}),
				own(ofPayfect, 'Create', creating(ofPayfect, { reference: '={{ $json.body.reference }}' })),
				own(ofPayfect, 'Wait', awaiting),
				own(ofTokenPay, 'Create B', creating(ofTokenPay)),
				own(ofTokenPay, 'Wait B', awaiting),
				node('Shipped', 'n8n-nodes-base.noOp', 1),
			],
			[
				['Order', 'If'],
				['If', 'Create'],
				['Create', 'Wait'],
				['Wait', 'Shipped'],
				['If', 'Create B', 1],
				['Create B', 'Wait B'],
			],
		);
		const ofReference = uniqueReference();
		await axios.post(shop.address, { reference: ofReference }, { proxy: false });
		const checkout = await waitingCheckout(ofPayfect, ofReference);
		await payFor(ofPayfect, checkout, 'pay');
		expect(leaving(await ended(executionOf(checkout)), ofReference)).toEqual([
			expected.pay(ofPayfect),
		]);
	});
});
