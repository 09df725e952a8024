/**
 * Invented callbacks must not take the turn of genuine ones: what comes to an address with the tag
 * that Create has made is asked about in a lane of its own. How long genuine ones take meanwhile is
 * measured by `npm run bench -- flood`.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { Flood } from '../support/flood';
import { closeMerchants, openMerchant, pay, placeOrder, providerCase } from './callbackSupport';
import { itemsOf, node, stage } from './support';

const PER_SECOND = 20;
const ORDERS = 10;
/** nodes/shared/callbacks/lookupLimit.ts: what strangers may have asked where no rate is documented. */
const UNTAGGED = { perSecond: 5, burst: 50 };
/** A callback that comes ahead of the provider's own query is asked about twice. */
const MOST_QUESTIONS_OF_AN_ORDER = 2;

beforeAll(async () => {
	// n8n's default engine takes fewer than twenty callbacks a second of any trigger (docs/scale.md).
	await (await stage()).n8n.restart({ N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' });
});
afterAll(async () => await (await stage()).n8n.restart({}));
afterEach(closeMerchants);

test('twenty invented references a second silence no genuine callback of ChingChingPay, start nothing, and have the provider asked no more than their budget', async () => {
	const { client, sandbox } = await stage();
	const merchant = await openMerchant(providerCase('chingchingpay'), {
		fields: { callbackProof: 'provider' },
		then: [node('Fulfilled', 'n8n-nodes-base.noOp', 1)],
	});
	const orders: Array<Awaited<ReturnType<typeof placeOrder>>> = [];
	while (orders.length < ORDERS) orders.push(await placeOrder(merchant));
	const questions = async () =>
		(await sandbox.state('chingchingpay')).requests.chingchingpay?.query ?? 0;

	const askedBefore = await questions();
	const begun = performance.now();
	const flood = new Flood(merchant.address, PER_SECOND, (number) => ({
		merchant_reference: `invented-${number}`,
		status: 'SBX_PAID',
	}));
	const answered: Array<number | null | undefined> = [];
	let invented = {};
	try {
		for (const order of orders) {
			await wait(1500);
			const [delivery] = await pay(merchant, order);
			answered.push(delivery?.status);
		}
	} finally {
		invented = await flood.stop();
	}
	const seconds = (performance.now() - begun) / 1000;
	const asked = (await questions()) - askedBefore;

	expect(answered).toEqual(orders.map(() => 200));
	// Within the budget they are looked up and acknowledged; beyond it nobody is asked.
	expect(invented).toEqual({ 200: expect.any(Number), 500: expect.any(Number) });
	const budget = UNTAGGED.burst + UNTAGGED.perSecond * seconds;
	expect(asked).toBeLessThanOrEqual(budget + MOST_QUESTIONS_OF_AN_ORDER * ORDERS);
	const executions = await client.executions.waitFor(merchant.paid.id, ORDERS);
	expect(executions.map((execution) => itemsOf(execution, 'Paid')[0]?.reference).sort()).toEqual(
		orders.map(({ reference }) => reference).sort(),
	);
	expect(await client.executions.list(merchant.paid.id)).toHaveLength(ORDERS);
});
