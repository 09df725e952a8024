import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { NewWorkflow, Workflow } from '../n8n/client';
import {
	delivered,
	pay,
	placeOrder,
	redeliveryScale,
	Warehouse,
	providerCase,
} from './callbackSupport';
import { callbackUrl, itemsOf, makeCredential, stage, type ProviderCase } from './support';

const provider = providerCase('tokenpay');
const { acknowledgement } = provider;
const warehouse = new Warehouse();
let workflow: Workflow;
let address: string;

/** Imports the example and does what its notes say, with a warehouse in the place of "Fulfil". */
beforeAll(async () => {
	await warehouse.open();
	// Slower than the provider: its own redelivery must not come between those of the test while n8n
	// starts again.
	await redeliveryScale(10);
	const { client } = await stage();
	const { credential } = await makeCredential(provider as ProviderCase);
	const saved = JSON.parse(
		await readFile(
			path.join(__dirname, '..', '..', 'examples', 'trigger-data-table-fulfil.json'),
			'utf8',
		),
	) as NewWorkflow;
	const nodes = saved.nodes.map((node) => {
		if (node.name === 'TokenPay Trigger')
			return {
				...node,
				webhookId: randomUUID(),
				credentials: { [credential.type]: { id: credential.id, name: credential.name } },
			};
		if (node.name !== 'Fulfil') return node;
		return { ...warehouse.node('Fulfil'), position: node.position };
	});
	workflow = await client.workflows.create({ ...saved, nodes });
	const setUp = await client.workflows.run(workflow.id, 'Set Up Once');
	if (itemsOf(setUp, 'Make the Table')[0]?.name !== 'hosted_checkout_fulfilled')
		throw new Error(`The table was not made: ${setUp.status}.`);
	await client.workflows.publish(workflow.id);
	address = await callbackUrl(workflow);
});
afterAll(() => warehouse.close());

async function firstDelivery(reference: { reference: string; checkoutId: string }) {
	const [delivery] = await pay({ provider, address }, reference);
	if (!delivery) throw new Error('Nothing was delivered.');
	return delivery;
}

test('making the table a second time leaves it as it is', async () => {
	const { client } = await stage();
	expect((await client.workflows.run(workflow.id, 'Set Up Once')).status).toBe('success');
});

test('a payment that is delivered again after n8n was restarted is fulfilled once', async () => {
	const order = await placeOrder({ provider, address });
	const first = await firstDelivery(order);
	expect(first.status).toBe(acknowledgement.status);
	const { n8n, client } = await stage();
	await n8n.restart();
	expect(await delivered(first)).toEqual(acknowledgement);
	expect(warehouse.times(order.reference, 'asked')).toBe(1);
	// The trigger did start a second time: the table is what held it back.
	const executions = await Promise.all(
		(await client.executions.list(workflow.id)).map(
			async ({ id }) => await client.executions.settled(id),
		),
	);
	expect(
		executions.filter(
			(execution) => itemsOf(execution, 'TokenPay Trigger')[0]?.reference === order.reference,
		),
	).toHaveLength(2);
});

test('a fulfilment that failed at the first delivery is done by the redelivery, and once', async () => {
	const order = await placeOrder({ provider, address });
	warehouse.break(order.reference);
	const first = await firstDelivery(order);
	expect(first.status).toBe(500);
	warehouse.mend(order.reference);
	await (await stage()).n8n.restart();
	expect(await delivered(first)).toEqual(acknowledgement);
	expect(await delivered(first)).toEqual(acknowledgement);
	expect(warehouse.times(order.reference)).toBe(1);
});

test('another payment is fulfilled too', async () => {
	const order = await placeOrder({ provider, address });
	expect((await firstDelivery(order)).responseBody).toBe(acknowledgement.body);
	expect(warehouse.times(order.reference)).toBe(1);
});
