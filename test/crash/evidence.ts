import type { IDataObject } from 'n8n-workflow';
import type { SandboxClient, SandboxDelivery } from '../support/sandboxClient';
import type { Execution, N8nClient } from '../n8n/client';
import type { StoredExecution } from '../queue/cluster';
import { table, triggerName, type Payment, type Shop } from './shops';
import type { Target } from './target';
import type { Asked, Warehouse } from './warehouse';

/**
 * What is known about one payment afterwards, from the provider's, n8n's and the warehouse's side.
 */
export interface Story {
	payment: Payment;
	/** In the order in which they were sent */
	deliveries: SandboxDelivery[];
	/** In the order in which they were begun */
	executions: (StoredExecution & { hasEvent: boolean })[];
	/** Until now, as all that follows */
	asked: Asked[];
	shipped: Asked[];
	rows: IDataObject[];
	acknowledged: boolean;
}

export interface Evidence {
	stories: Story[];
	/** Executions of the shops that name no payment */
	strangers: StoredExecution[];
}

/**
 * The payment event that started this execution, wherever n8n has it: in an execution that crashed
 * it may stand only in what was to be run.
 */
function eventOf({ data }: Pick<Execution, 'data'>): IDataObject | undefined {
	const candidates = [
		...(data.resultData.runData[triggerName] ?? []).flatMap((task) => task.data?.main?.[0] ?? []),
		...(data.executionData?.nodeExecutionStack ?? []).flatMap(
			(waiting) => waiting.data.main?.[0] ?? [],
		),
	];
	return candidates
		.map(({ json }) => json)
		.find(({ reference, eventId }) => typeof reference === 'string' && typeof eventId === 'string');
}

/** The reference of the payment that started an execution, by the number of the execution. */
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

/**
 * Reads everything back: the sandbox's delivery log, every execution of the shops, the Data Table,
 * and what the warehouse did.
 */
export async function gather(
	shops: Shop[],
	memory: Memory,
	target: Pick<Target, 'storedExecutions'>,
	client: N8nClient,
	sandbox: SandboxClient,
	warehouse: Warehouse,
): Promise<Evidence> {
	const stories = new Map(
		shops.flatMap((shop) =>
			shop.payments.map((payment): [string, Story] => [
				payment.reference,
				{
					payment,
					deliveries: [],
					executions: [],
					asked: [],
					shipped: [],
					rows: [],
					acknowledged: false,
				},
			]),
		),
	);
	const byCheckout = new Map(
		[...stories.values()].map((story) => [
			`${story.payment.shop.provider.provider} ${story.payment.checkoutId}`,
			story,
		]),
	);
	for (const delivery of (await sandbox.state()).deliveries)
		byCheckout.get(`${delivery.provider} ${delivery.checkoutId}`)?.deliveries.push(delivery);
	for (const story of stories.values())
		story.acknowledged = story.deliveries.some(({ acknowledged }) => acknowledged);
	const strangers: StoredExecution[] = [];
	const shopOf = new Map(shops.map((shop) => [shop.workflow.id, shop]));
	for (const stored of (await target.storedExecutions()).filter(({ mode }) => mode === 'webhook')) {
		const shop = shopOf.get(stored.workflowId);
		if (shop === undefined) continue;
		const event = eventOf(await client.executions.get(stored.id));
		const story = stories.get(String(event?.reference ?? memory.get(stored.id)));
		if (story?.payment.shop === shop)
			story.executions.push({ ...stored, hasEvent: event !== undefined });
		else strangers.push(stored);
	}
	for (const asked of warehouse.received) stories.get(asked.reference)?.asked.push(asked);
	for (const shipped of warehouse.shipped) stories.get(shipped.reference)?.shipped.push(shipped);
	for (const row of await client.dataTableRows(table))
		stories.get(String(row.reference))?.rows.push(row);
	return { stories: [...stories.values()], strangers };
}
