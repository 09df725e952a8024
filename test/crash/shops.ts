import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { IDataObject, INode } from 'n8n-workflow';
import { examplesFolder } from '../../sandbox/demo/examples';
import { findProviders } from '../../sandbox/providers';
import { sandboxCredentials } from '../../sandbox/sandbox';
import { callbackCases, type CallbackCase } from '../e2e/callbackCases';
import type { SandboxClient } from '../support/sandboxClient';
import type { Credential, N8nClient, NewWorkflow, Workflow } from '../n8n/client';

const recipe = 'trigger-data-table-fulfil.json';
export const table = 'hosted_checkout_fulfilled';
const packageName = 'n8n-nodes-hosted-checkout';
/** The recipe's notes: put another provider's trigger in this place and keep the name. */
export const triggerName = 'TokenPay Trigger';

export type Respond = 'immediately' | 'whenFinished';

/**
 * A merchant who uses one provider: the recipe with that provider's trigger, published, and orders
 * that wait for payment.
 */
export interface Shop {
	provider: CallbackCase;
	respond: Respond;
	/** The provider documents that it delivers again what was not acknowledged. */
	repeats: boolean;
	workflow: Workflow;
	address: string;
	payments: Payment[];
}

export interface Payment {
	shop: Shop;
	reference: string;
	checkoutId: string;
}

/**
 * Which shops there are. WooshPay tells every registered endpoint about every payment, so it has
 * one only.
 */
const kinds = callbackCases.flatMap((provider): { provider: CallbackCase; respond: Respond }[] =>
	(provider.callbackParameters
		? (['immediately', 'whenFinished'] as const)
		: (['whenFinished'] as const)
	).map((respond) => ({ provider, respond })),
);

export interface Opening {
	client: N8nClient;
	sandbox: SandboxClient;
	publicUrl: string;
	warehouseUrl: string;
	payments: number;
	say: (line: string) => void;
}

/** Opens all shops and makes their orders through the package's own nodes, `payments` in all. */
export async function openShops({
	client,
	sandbox,
	publicUrl,
	warehouseUrl,
	payments,
	say,
}: Opening): Promise<Shop[]> {
	const repeating = new Set(
		findProviders().flatMap(({ name, callbacks }) =>
			callbacks.redeliveryGapsMilliseconds.length > 0 ? [name] : [],
		),
	);
	const credentials = new Map<string, Credential>();
	for (const offered of sandboxCredentials(sandbox.url))
		credentials.set(offered.type, await client.credentials.create(offered));
	const descriptions = await client.nodeTypes(`${packageName}.`);
	const saved = JSON.parse(
		await readFile(path.join(examplesFolder, recipe), 'utf8'),
	) as NewWorkflow;
	const shops: Shop[] = [];
	for (const { provider, respond } of kinds) {
		const credential = credentials.get(provider.credential);
		const webhook = descriptions.find(({ name }) => name === `${packageName}.${provider.trigger}`)
			?.webhooks?.[0];
		if (!credential || !webhook)
			throw new Error(`There is no credential or no trigger for ${provider.displayName}.`);
		const uses = { [credential.type]: { id: credential.id, name: credential.name } };
		const name = `${provider.displayName}, ${respond}`;
		const webhookId = randomUUID();
		const nodes = saved.nodes.map((node): INode => {
			if (node.name === triggerName)
				return {
					...node,
					type: `${packageName}.${provider.trigger}`,
					webhookId,
					parameters: { ...node.parameters, options: { respond } },
					credentials: uses,
				};
			return node.name === 'Fulfil'
				? { ...askWarehouse(warehouseUrl, name), position: node.position }
				: node;
		});
		const workflow = await client.workflows.create({ ...saved, name, nodes });
		if (shops.length === 0) await client.workflows.run(workflow.id, 'Set Up Once');
		await client.workflows.publish(workflow.id);
		const address = `${publicUrl}/webhook/${webhook.isFullPath ? webhook.path || webhookId : `${webhookId}/${webhook.path}`}`;
		const shop: Shop = {
			provider,
			respond,
			repeats: repeating.has(provider.provider),
			workflow,
			address,
			payments: [],
		};
		shops.push(shop);
	}
	say(`${payments} orders through the package's nodes (TokenPay takes five a second)`);
	const shares = shops.map(
		(_, index) => Math.floor(payments / shops.length) + (index < payments % shops.length ? 1 : 0),
	);
	// One shop of a provider after the other: in queue mode they are on two workers, and TokenPay's
	// five a second are kept per process.
	await Promise.all(
		callbackCases.map(async (provider) => {
			for (const [index, shop] of shops.entries())
				if (shop.provider === provider) await placeOrders(client, shop, shares[index] ?? 0);
		}),
	);
	const { checkouts } = await sandbox.state();
	for (const shop of shops) {
		const prefix = referencePrefix(shop);
		shop.payments = checkouts.flatMap(({ provider, reference, checkoutId }) =>
			provider === shop.provider.provider && reference?.startsWith(prefix)
				? [{ shop, reference, checkoutId }]
				: [],
		);
	}
	const made = shops.flatMap((shop) => shop.payments).length;
	if (made !== payments) throw new Error(`${made} checkouts were made instead of ${payments}.`);
	return shops;
}

const referencePrefix = ({ provider, respond }: Pick<Shop, 'provider' | 'respond'>) =>
	`${provider.provider}-${respond}-`;

/**
 * In the place of the recipe's "Fulfil", with `eventId` as the idempotency key as its notes advise.
 */
export function askWarehouse(url: string, by: string): INode {
	const jsonBody = `={{ JSON.stringify({ reference: $json.reference, eventId: $json.eventId, by: ${JSON.stringify(by)} }) }}`;
	return {
		id: randomUUID(),
		name: 'Fulfil',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		position: [0, 0],
		parameters: { method: 'POST', url, sendBody: true, specifyBody: 'json', jsonBody, options: {} },
	};
}

async function placeOrders(client: N8nClient, shop: Shop, count: number): Promise<void> {
	const {
		provider,
		address,
		workflow: { nodes: own },
	} = shop;
	const credentials = own.find(({ name }) => name === triggerName)?.credentials;
	const step = (
		name: string,
		type: string,
		typeVersion: number,
		parameters: IDataObject,
		more: Partial<INode> = {},
	): INode => ({
		id: randomUUID(),
		name,
		type,
		typeVersion,
		position: [0, 0],
		parameters: parameters as INode['parameters'],
		...more,
	});
	const rows = `={{ Array.from({ length: ${count} }, (_, index) => ({ reference: '${referencePrefix(shop)}' + (index + 1) })) }}`;
	const order = {
		resource: 'checkout',
		operation: 'create',
		reference: '={{ $json.reference }}',
		...provider.order,
		...provider.callbackParameters?.(address),
		options: { requestsInParallel: 10 },
	};
	const nodes = [
		step('Start', 'n8n-nodes-base.manualTrigger', 1, {}),
		step('Sheet', 'n8n-nodes-base.set', 3.4, {
			assignments: {
				assignments: [{ id: randomUUID(), name: 'rows', type: 'array', value: rows }],
			},
			options: {},
		}),
		step('Rows', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'rows', options: {} }),
		step('Create Checkouts', `${packageName}.${provider.node}`, 1.1, order, { credentials }),
	];
	const connections = Object.fromEntries(
		nodes
			.slice(0, -1)
			.map(({ name }, index) => [
				name,
				{ main: [[{ node: nodes[index + 1]?.name ?? '', type: 'main' as const, index: 0 }]] },
			]),
	);
	const workflow = await client.workflows.create({
		name: `${provider.displayName} orders`,
		nodes,
		connections,
	});
	const { status, data } = await client.workflows.run(workflow.id, 'Start');
	if (status !== 'success')
		throw new Error(
			`The orders at ${provider.displayName} ended with "${status}": ${data.resultData.error?.message ?? ''}`,
		);
}
