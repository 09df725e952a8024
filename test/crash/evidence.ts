import type { IDataObject } from 'n8n-workflow';
import type { SandboxClient, SandboxDelivery } from '../e2e/sandboxClient';
import type { Execution, ExecutionSummary, N8nClient } from '../n8n/client';
import { table, triggerName, type Payment, type Shop } from './shops';
import type { Asked, Warehouse } from './warehouse';

/** What is known about one payment afterwards, from the provider's, n8n's and the warehouse's side. */
export interface Story {
	payment: Payment;
	/** In the order in which they were sent */
	deliveries: SandboxDelivery[];
	/** In the order in which they were begun */
	executions: ExecutionSummary[];
	/** Until now, as all that follows */
	asked: Asked[];
	shipped: Asked[];
	rows: IDataObject[];
	acknowledged: boolean;
}

export interface Evidence {
	stories: Story[];
	/** Executions of the shops that name no payment */
	strangers: ExecutionSummary[];
}

/** The payment event that started this execution, wherever n8n has it: in an execution that crashed it may stand only in what was to be run. */
export function eventOf({ data }: Pick<Execution, 'data'>): IDataObject | undefined {
	const candidates = [
		...(data.resultData.runData[triggerName] ?? []).flatMap((task) => task.data?.main?.[0] ?? []),
		...(data.executionData?.nodeExecutionStack ?? []).flatMap((waiting) => waiting.data.main?.[0] ?? []),
	];
	return candidates.map(({ json }) => json).find(({ reference, eventId }) => typeof reference === 'string' && typeof eventId === 'string');
}

/** Reads everything back: the sandbox's delivery log, every execution of the shops from n8n, the Data Table, and what the warehouse did. */
export async function gather(shops: Shop[], client: N8nClient, sandbox: SandboxClient, warehouse: Warehouse): Promise<Evidence> {
	const stories = new Map(shops.flatMap((shop) => shop.payments.map((payment): [string, Story] => [payment.reference, { payment, deliveries: [], executions: [], asked: [], shipped: [], rows: [], acknowledged: false }])));
	const byCheckout = new Map([...stories.values()].map((story) => [`${story.payment.shop.provider.provider} ${story.payment.checkoutId}`, story]));
	for (const delivery of (await sandbox.state()).deliveries) byCheckout.get(`${delivery.provider} ${delivery.checkoutId}`)?.deliveries.push(delivery);
	for (const story of stories.values()) story.acknowledged = story.deliveries.some(({ acknowledged }) => acknowledged);
	const strangers: ExecutionSummary[] = [];
	for (const shop of shops) {
		const summaries = (await client.executions.list(shop.workflow.id)).filter(({ mode }) => mode === 'webhook').sort((left, right) => Number(left.id) - Number(right.id));
		for (const summary of summaries) {
			const reference = eventOf(await client.executions.get(summary.id))?.reference;
			const story = typeof reference === 'string' ? stories.get(reference) : undefined;
			if (story?.payment.shop === shop) story.executions.push(summary);
			else strangers.push(summary);
		}
	}
	for (const asked of warehouse.asked) stories.get(asked.reference)?.asked.push(asked);
	for (const shipped of warehouse.shipped) stories.get(shipped.reference)?.shipped.push(shipped);
	for (const row of await client.dataTableRows(table)) stories.get(String(row.reference))?.rows.push(row);
	return { stories: [...stories.values()], strangers };
}
