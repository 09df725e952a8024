import type { INode } from 'n8n-workflow';
import { openMerchant, pay, placeOrder, Warehouse, providerCase } from './callbackSupport';
import { ExampleInUse } from './exampleInUse';
import { stage } from './support';

const warehouse = new Warehouse();
beforeAll(async () => await warehouse.open());
afterAll(() => warehouse.close());

test('find-crashed-payments.json: an acknowledged payment whose execution was killed is fulfilled by the next look, and once', async () => {
	const { n8n, client } = await stage();
	const provider = providerCase('payfect');
	const merchant = await openMerchant(provider, { then: [warehouse.node('Ship')] });
	const order = await placeOrder(merchant);
	const letGo = warehouse.hold(order.reference);
	const [delivery] = await pay(merchant, order);
	expect(delivery?.status).toBe(provider.acknowledgement.status);
	await warehouse.waitUntilAsked(order.reference);
	await n8n.kill();
	// The killed request was never answered: shipped is what comes from here on.
	warehouse.break(order.reference);
	letGo();
	await n8n.restart();
	warehouse.mend(order.reference);
	expect((await client.executions.list(merchant.paid.id)).map(({ status }) => status)).toEqual([
		'crashed',
	]);

	const apiKey = await client.apiKey('Crashed payments', ['execution:list', 'execution:read']);
	const { id, name } = await client.credentials.create({
		type: 'n8nApi',
		name: 'n8n API',
		data: { apiKey, baseUrl: `${client.url}/api/v1` },
	});
	const example = await ExampleInUse.of('find-crashed-payments.json', {
		'Crashed Executions': (node): INode => ({ ...node, credentials: { n8nApi: { id, name } } }),
		Fulfil: (node): INode => ({ ...warehouse.node('Fulfil'), position: node.position }),
	});
	for (let look = 0; look < 3; look++)
		expect((await example.run('Every 15 Minutes')).status).toBe('success');
	expect(warehouse.times(order.reference)).toBe(1);
	expect(await example.row('hosted_checkout_fulfilled', order.reference)).toMatchObject({
		amount: '20.50',
		currency: expect.stringMatching(/usdt/i) as string,
	});
});
