import { describeProvider } from './describeProvider';
import { providerCase } from './callbackCases';
import { itemsOf, Shop, stage } from './support';

const payfect = providerCase('payfect');

describeProvider(payfect);

test('a further payment of another amount on the same checkout is no copy, and a redelivery after a restart keeps its eventId', async () => {
	const { client, n8n, sandbox } = await stage();
	const shop = await Shop.of(payfect);
	const { checkout } = await shop.order();
	const [part] = await sandbox.act('payfect', checkout.checkoutId, 'pay', {
		keepStatus: true,
		claim: { amount: '5.00' },
	});
	const [rest] = await shop.payer(checkout);
	expect([part?.status, rest?.status]).toEqual([200, 200]);
	await client.executions.waitFor(shop.paid.id, 2);
	expect((await sandbox.redeliver(part?.id ?? '')).status).toBe(200);
	await n8n.restart();
	expect((await sandbox.redeliver(part?.id ?? '')).status).toBe(200);

	const executions = await client.executions.waitFor(shop.paid.id, 3);
	expect(
		executions.map((execution) => {
			const [event] = itemsOf(execution, 'Paid');
			return [event?.amount, event?.eventId];
		}),
	).toEqual([
		['5.00', `${checkout.checkoutId}:succeeded:5`],
		['20.50', `${checkout.checkoutId}:succeeded:20.5`],
		['5.00', `${checkout.checkoutId}:succeeded:5`],
	]);
});
