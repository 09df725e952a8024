import { randomUUID } from 'node:crypto';
import type { IDataObject, INode } from 'n8n-workflow';
import { findProviders } from '../../sandbox/providers';
import { sandboxCredentials } from '../../sandbox/sandbox';
import { callbackCases, type CallbackCase } from '../e2e/callbackCases';
import { OrderDesk, withApiKey, type OrderRow } from '../e2e/orderDesk';
import { chain, node, packageName } from '../e2e/steps';
import type { Credential, N8nClient, Workflow } from '../n8n/client';
import type { SandboxClient } from '../support/sandboxClient';
import { places, type Pauses } from './pauses';

export type Respond = 'immediately' | 'whenFinished';

/** What becomes of an order at the provider. */
export const kinds = {
	once: { links: 1, copies: 1 },
	copies: { links: 1, copies: 4 },
	/** Its two links are paid at the same moment. */
	twice: { links: 2, copies: 2 },
	/** Less is paid than the order's row asks for. */
	underpaid: { links: 1, copies: 2 },
	unpaid: { links: 1, copies: 0 },
} as const;
export type Kind = keyof typeof kinds;

/** Each shop's orders, in turn. */
const turn: readonly Kind[] = [
	'once',
	'copies',
	'twice',
	'once',
	'underpaid',
	'copies',
	'twice',
	'unpaid',
];

/** How many payments come in for an order. */
export const paymentsOf = (kind: Kind): number => (kinds[kind].copies > 0 ? kinds[kind].links : 0);

/** A merchant who receives payments of one provider for the desk, and orders that wait for payment. */
export interface Shop {
	provider: CallbackCase;
	respond: Respond;
	/** The provider documents that it delivers again what was not acknowledged. */
	repeats: boolean;
	workflow: Workflow;
	address: string;
	orders: Order[];
}

export interface Order {
	shop: Shop;
	reference: string;
	kind: Kind;
	/** Each is paid, unless nobody pays. The newest first, as in the row. */
	links: Link[];
}

export interface Link {
	/** As the provider has it: the second of an order ends with ~2, as the desk makes it. */
	sentReference: string;
	checkoutId: string;
}

/**
 * Which shops there are. WooshPay tells every registered endpoint about every payment, so it has
 * one only.
 */
const shopKinds = callbackCases.flatMap(
	(provider): { provider: CallbackCase; respond: Respond }[] =>
		(provider.callbackParameters
			? (['whenFinished', 'immediately'] as const)
			: (['whenFinished'] as const)
		).map((respond) => ({ provider, respond })),
);

export interface Opening {
	client: N8nClient;
	sandbox: SandboxClient;
	publicUrl: string;
	warehouseUrl: string;
	pauses: Pauses;
	payments: number;
	say: (line: string) => void;
}

export interface Opened {
	desk: OrderDesk;
	shops: Shop[];
}

/** Imports the desk, opens all shops, and makes orders for this many payments. */
export async function openShops(opening: Opening): Promise<Opened> {
	const { client, sandbox, payments, say } = opening;
	say('The order desk, imported as its notes say');
	const desk = await openDesk(opening);
	const repeating = new Set(
		findProviders().flatMap(({ name, callbacks }) =>
			callbacks.redeliveryGapsMilliseconds.length > 0 ? [name] : [],
		),
	);
	const shops: Shop[] = [];
	for (const { provider, respond } of shopKinds)
		shops.push({
			provider,
			respond,
			repeats: repeating.has(provider.provider),
			...(await openShop(opening, desk, provider, respond)),
			orders: [],
		});
	say(`Orders for ${payments} payments through the package's nodes (TokenPay takes five a second)`);
	shareOut(shops, payments);
	const credentials = new Map<string, Credential>();
	for (const offered of sandboxCredentials(sandbox.url))
		credentials.set(offered.type, await client.credentials.create(offered));
	// One shop of a provider after the other: in queue mode they are on two workers, and TokenPay's
	// five a second are kept per process.
	await Promise.all(
		callbackCases.map(async (provider) => {
			const credential = credentials.get(provider.credential);
			if (!credential) throw new Error(`There is no credential for ${provider.displayName}.`);
			for (const shop of shops)
				if (shop.provider === provider) await placeOrders(client, shop, credential);
		}),
	);
	const { checkouts } = await sandbox.state();
	for (const { reference, links, kind, shop } of shops.flatMap(({ orders }) => orders))
		for (const sentReference of sentReferences(reference, kind)) {
			const [made, ...others] = checkouts.filter(
				(one) => one.provider === shop.provider.provider && one.reference === sentReference,
			);
			if (!made || others.length > 0)
				throw new Error(
					`${made ? 1 + others.length : 0} checkouts were made for ${sentReference}.`,
				);
			links.unshift({ sentReference, checkoutId: made.checkoutId });
		}
	await desk.insert(...shops.flatMap(({ orders }) => orders).map(rowOf));
	return { desk, shops };
}

async function openDesk({
	client,
	sandbox,
	publicUrl,
	warehouseUrl,
	pauses,
}: Opening): Promise<OrderDesk> {
	const withKey = await withApiKey(client);
	const desk = await OrderDesk.open(
		{ client, sandbox },
		{
			publicUrl,
			files: [
				'payment-arrives',
				'ship',
				...callbackCases.map(({ provider }) => `receive-${provider}`),
				...callbackCases.map(({ provider }) => `checkout-${provider}`),
				'providers',
				'reconcile',
				'crashed-executions',
			],
			change: {
				ship: { 'Ship the Order (replace me)': (step) => askWarehouse(step, warehouseUrl) },
				'crashed-executions': { Crashed: withKey, Failed: withKey },
				// It runs when nothing is under way any more.
				reconcile: { 'How Long Is Too Long': atOnce },
			},
		},
	);
	for (const file of new Set(places.map((place) => place.file))) {
		const workflow = await client.workflows.get(desk.workflow(file).id);
		await client.workflows.save(pauses.in(file, workflow));
		await client.workflows.publish(workflow.id);
	}
	return desk;
}

/** The step that ships, as a user who has a warehouse puts it there. */
const askWarehouse = ({ name, position }: INode, url: string): INode =>
	node(name, 'n8n-nodes-base.httpRequest', 4.2, {
		position,
		onError: 'continueErrorOutput',
		parameters: {
			method: 'POST',
			url,
			sendBody: true,
			specifyBody: 'json',
			jsonBody: '={{ JSON.stringify({ reference: $json.reference }) }}',
			options: {},
		},
	});

function atOnce(step: INode): INode {
	const changed = JSON.stringify(step).replace('"30"', '"0"');
	if (changed === JSON.stringify(step)) throw new Error(`"${step.name}" has other minutes now.`);
	return JSON.parse(changed) as INode;
}

/** The desk's own workflow for one of the two, a copy of it for the other. */
async function openShop(
	{ client, publicUrl }: Opening,
	desk: OrderDesk,
	provider: CallbackCase,
	respond: Respond,
): Promise<Pick<Shop, 'workflow' | 'address'>> {
	const imported = desk.workflow(`receive-${provider.provider}`);
	const webhookId = randomUUID();
	const nodes = imported.nodes.map((one) =>
		one.type === `${packageName}.${provider.trigger}`
			? {
					...one,
					...(respond === 'immediately' && { webhookId }),
					parameters: { ...one.parameters, options: { respond } },
				}
			: one,
	);
	if (respond === 'immediately') {
		const workflow = await client.workflows.create({
			name: `${imported.name}, at once`,
			nodes,
			connections: imported.connections,
			settings: imported.settings,
		});
		await client.workflows.publish(workflow.id);
		return { workflow, address: `${publicUrl}/webhook/${webhookId}/callback` };
	}
	const latest = await client.workflows.get(imported.id);
	const workflow = await client.workflows.save({ ...latest, nodes });
	await client.workflows.publish(workflow.id);
	return { workflow, address: desk.address(`receive-${provider.provider}`) };
}

/** Gives the shops orders in turn until there are so many payments. */
function shareOut(shops: readonly Shop[], payments: number): void {
	for (let left = payments; left > 0;)
		for (const shop of shops) {
			if (left === 0) return;
			const next = turn[shop.orders.length % turn.length] ?? 'once';
			const kind = paymentsOf(next) > left ? 'once' : next;
			const reference = `${shop.provider.provider}-${shop.respond}-${shop.orders.length + 1}`;
			shop.orders.push({ shop, reference, kind, links: [] });
			left -= paymentsOf(kind);
		}
}

const sentReferences = (reference: string, kind: Kind): string[] =>
	Array.from({ length: kinds[kind].links }, (_, link) =>
		link === 0 ? reference : `${reference}~${link + 1}`,
	);

const rowOf = ({ shop: { provider }, reference, kind, links }: Order): Partial<OrderRow> => ({
	reference,
	// A hundred or more besides what the checkout asks for.
	amount: kind === 'underpaid' ? `1${provider.money.amount}` : provider.money.amount,
	currency: provider.money.currency,
	email: 'maria@shop.example',
	provider: provider.provider,
	checkoutId: links.map(({ checkoutId }) => checkoutId).join(' '),
	state: 'open',
});

/** Makes all checkouts of a shop with one execution of Create Checkout. */
async function placeOrders(
	client: N8nClient,
	{ provider, address, orders }: Shop,
	credential: Credential,
): Promise<void> {
	const rows = orders.flatMap(({ reference, kind }) =>
		sentReferences(reference, kind).map((sent) => ({ reference: sent })),
	);
	const parameters: IDataObject = {
		resource: 'checkout',
		operation: 'create',
		reference: '={{ $json.reference }}',
		...provider.order,
		...provider.callbackParameters?.(address),
		options: { requestsInParallel: 10 },
	};
	const workflow = await client.workflows.create({
		name: `${provider.displayName} orders`,
		...chain([
			node('Start', 'n8n-nodes-base.manualTrigger', 1),
			node('Sheet', 'n8n-nodes-base.set', 3.4, {
				parameters: { mode: 'raw', jsonOutput: JSON.stringify({ rows }), options: {} },
			}),
			node('Rows', 'n8n-nodes-base.splitOut', 1, {
				parameters: { fieldToSplitOut: 'rows', options: {} },
			}),
			node('Create Checkouts', `${packageName}.${provider.node}`, 1.1, {
				parameters: parameters as INode['parameters'],
				credentials: { [credential.type]: { id: credential.id, name: credential.name } },
			}),
		]),
	});
	const { status, data } = await client.workflows.run(workflow.id, 'Start', 300_000);
	if (status !== 'success')
		throw new Error(
			`The orders at ${provider.displayName} ended with "${status}": ${data.resultData.error?.message ?? ''}`,
		);
}
