import type { IDataObject } from 'n8n-workflow';
import type { OrderDesk, OrderRow } from '../e2e/orderDesk';
import type { Execution, N8nClient } from '../n8n/client';
import type { StoredExecution } from '../queue/cluster';
import type { SandboxClient, SandboxDelivery } from '../support/sandboxClient';
import { paymentsOf, type Opened, type Order } from './shops';
import type { Target } from './target';
import type { Warehouse } from './warehouse';

/** What the merchant has of one order at one time. */
export interface Standing {
	/** How often the warehouse was asked to ship it; it ships each time. */
	shipped: number;
	/** Its rows in the table of orders */
	rows: Partial<OrderRow>[];
}

/** One payment, from the provider's and n8n's side. */
export interface Payment {
	/** In the order in which they were sent */
	deliveries: SandboxDelivery[];
	/** Of the workflow that receives, in the order in which they were begun */
	executions: (StoredExecution & { eventId?: string })[];
	acknowledged: boolean;
}

/** What is known about one order afterwards. */
export interface Story {
	order: Order;
	/** None, where nobody paid */
	payments: Payment[];
	/** When nothing was under way any more, and nobody had looked for anything */
	before: Standing;
	/** When the desk had looked for crashed executions */
	found: Standing;
	/** When the desk had reconciled, twice */
	after: Standing;
}

export interface Evidence {
	stories: Story[];
	/** Executions of the shops that name no order */
	strangers: StoredExecution[];
	/** Rows of the table that belong to no order */
	strangeRows: Partial<OrderRow>[];
}

/** How the merchant stands with each order, by its reference. */
export type Standings = Map<string, Standing>;

/**
 * The payment event that started this execution, wherever n8n has it: in an execution that crashed
 * it may stand only in what was to be run.
 */
function eventOf({ data }: Pick<Execution, 'data'>): IDataObject | undefined {
	const candidates = [
		...Object.values(data.resultData.runData)
			.flat()
			.flatMap((task) => task.data?.main?.[0] ?? []),
		...(data.executionData?.nodeExecutionStack ?? []).flatMap(
			(waiting) => waiting.data.main?.[0] ?? [],
		),
	];
	return candidates
		.map(({ json }) => json)
		.find(({ reference, eventId }) => typeof reference === 'string' && typeof eventId === 'string');
}

/** The reference, as sent, of the payment that started an execution, by the execution's number. */
export type Memory = Map<string, string>;

/**
 * To be called after a kill. In queue mode n8n throws the event away when it notices, up to two
 * minutes later, that a worker is gone: whose execution it was must be known before.
 */
export async function remember(
	memory: Memory,
	target: Pick<Target, 'storedExecutions'>,
	client: N8nClient,
): Promise<void> {
	for (const { id, status, mode } of await target.storedExecutions()) {
		if (mode !== 'webhook' || memory.has(id) || status === 'success') continue;
		const reference = eventOf(await client.executions.get(id))?.reference;
		if (typeof reference === 'string') memory.set(id, reference);
	}
}

/** How the merchant stands now. */
export async function standings(desk: OrderDesk, warehouse: Warehouse): Promise<Standings> {
	const all: Standings = new Map();
	const of = (reference: string): Standing => {
		const standing = all.get(reference) ?? { shipped: 0, rows: [] };
		all.set(reference, standing);
		return standing;
	};
	for (const { reference } of warehouse.received) of(reference).shipped++;
	for (const row of await desk.rows()) of(row.reference ?? '').rows.push(row);
	return all;
}

/** Of one n8n: what the desk did besides is not in it. */
interface Sources {
	opened: Opened;
	memory: Memory;
	target: Pick<Target, 'storedExecutions'>;
	client: N8nClient;
	sandbox: SandboxClient;
}

/** Reads the sandbox's delivery log and every execution of the shops back. */
export async function gather(
	{ opened: { shops }, memory, target, client, sandbox }: Sources,
	then: { before: Standings; found: Standings; after: Standings },
): Promise<Evidence> {
	const nothing: Standing = { shipped: 0, rows: [] };
	const stories: Story[] = [];
	const byCheckout = new Map<string, Payment>();
	const bySentReference = new Map<string, Payment>();
	for (const order of shops.flatMap(({ orders }) => orders)) {
		const { shop, kind, links, reference } = order;
		const payments = links.slice(0, paymentsOf(kind)).map(({ sentReference, checkoutId }) => {
			const payment: Payment = { deliveries: [], executions: [], acknowledged: false };
			byCheckout.set(`${shop.provider.provider} ${checkoutId}`, payment);
			bySentReference.set(`${shop.workflow.id} ${sentReference}`, payment);
			return payment;
		});
		const [before, found, after] = [then.before, then.found, then.after].map(
			(standing) => standing.get(reference) ?? nothing,
		) as [Standing, Standing, Standing];
		stories.push({ order, payments, before, found, after });
	}
	for (const delivery of (await sandbox.state()).deliveries)
		byCheckout.get(`${delivery.provider} ${delivery.checkoutId}`)?.deliveries.push(delivery);
	for (const payment of byCheckout.values())
		payment.acknowledged = payment.deliveries.some(({ acknowledged }) => acknowledged);
	const strangers: StoredExecution[] = [];
	const workflows = new Set(shops.map(({ workflow }) => workflow.id));
	for (const stored of await target.storedExecutions()) {
		if (stored.mode !== 'webhook' || !workflows.has(stored.workflowId)) continue;
		const event = eventOf(await client.executions.get(stored.id));
		const sentReference = String(event?.reference ?? memory.get(stored.id));
		const payment = bySentReference.get(`${stored.workflowId} ${sentReference}`);
		if (payment)
			payment.executions.push({ ...stored, ...(event && { eventId: String(event.eventId) }) });
		else strangers.push(stored);
	}
	return {
		stories,
		strangers,
		strangeRows: [...then.after].flatMap(([reference, { rows }]) =>
			stories.some(({ order }) => order.reference === reference) ? [] : rows,
		),
	};
}
