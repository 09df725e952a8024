/** What the desk makes of callbacks of every provider that come late or never. */
import { aMinute, eventually } from '../n8n/client';
import { testProviders } from '../providers';
import { redeliveryScale } from './callbackSupport';
import { OrderDesk } from './orderDesk';
import { FAST_REDELIVERIES } from './redeliveries';
import { stage, uniqueReference } from './support';

const providers = testProviders();
let desk: OrderDesk;

beforeAll(async () => {
	desk = await OrderDesk.open(await stage(), {
		files: [
			'payment-arrives',
			'ship',
			...providers.map(({ name }) => `receive-${name}`),
			...providers.map(({ name }) => `checkout-${name}`),
			'providers',
			'make-the-links',
			'reconcile',
		],
	});
});
afterAll(async () => {
	await redeliveryScale(FAST_REDELIVERIES);
	await desk.close();
});

/** An order whose link was sent. */
async function opened({ name, money }: (typeof providers)[number]) {
	const reference = uniqueReference();
	await desk.insert({
		reference,
		provider: name,
		...money,
		email: 'maria@shop.example',
		state: 'new',
	});
	await desk.call('make-the-links', { reference });
	const { checkoutId, paymentId } = await desk.row(reference);
	return { reference, checkoutId: checkoutId ?? '', paymentId };
}

const named = providers.map((provider) => [provider.name, provider] as const);

describe.each(named)('reconcile with %s', (name, provider) => {
	test('ships nothing that was paid too little, also when no callback said so', async () => {
		const { sandbox } = await stage();
		const { reference, checkoutId } = await opened(provider);
		await sandbox.act(name, checkoutId, 'underpay', { callback: 'none' });
		await desk.run('reconcile', 'Every Hour');
		const { state, shipmentId } = await desk.row(reference);
		expect({ state, shipmentId }).toEqual({ state: 'underpaid', shipmentId: null });
	});
});

describe.each(named.filter(([name]) => name !== 'wooshpay'))(
	'a callback of %s that comes after reconcile',
	(name, provider) => {
		test('is no second payment', async () => {
			const { client, sandbox } = await stage();
			const { reference, checkoutId } = await opened(provider);
			const { id } = desk.workflow(`receive-${name}`);
			await client.workflows.unpublish(id);
			// A redelivery of the provider's own in flight would make the one below a copy (409).
			await redeliveryScale(1);
			const [missed] = await sandbox.act(name, checkoutId, 'pay');
			expect(missed?.acknowledged).toBe(false);
			await desk.run('reconcile', 'Every Hour');
			expect(await desk.row(reference)).toMatchObject({ state: 'shipped' });
			await client.workflows.publish(id);
			expect((await sandbox.redeliver(missed?.id ?? '')).acknowledged).toBe(true);
			await client.executions.waitFor(id, 1);
			expect(await desk.row(reference)).toMatchObject({
				state: 'shipped',
				eventId: expect.not.stringContaining('looked up') as string,
				attention: '',
			});
		});
	},
);

test("a refund of WooshPay's, which has a number of its own, finds its order by the payment", async () => {
	const { sandbox } = await stage();
	const [, wooshPay] = named.find(([name]) => name === 'wooshpay') ?? [];
	if (!wooshPay) throw new Error('There is no WooshPay.');
	const { reference, checkoutId } = await opened(wooshPay);
	const state = async (wanted: string) =>
		await eventually(
			async () => ((await desk.row(reference)).state === wanted ? true : undefined),
			aMinute,
			() => `${reference} was not ${wanted}`,
		);
	await sandbox.act('wooshpay', checkoutId, 'pay');
	await state('shipped');
	await sandbox.act('wooshpay', checkoutId, 'refund');
	await state('refunded');
	expect((await desk.row(reference)).attention).toBe('');
});
