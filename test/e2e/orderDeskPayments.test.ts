/** Each line of the order desk that is about payments, in a real n8n, with the files that users import. */
import { randomUUID } from 'node:crypto';
import type { IDataObject, INode } from 'n8n-workflow';
import { LocalServer } from '../support/localServer';
import { Warehouse } from './callbackSupport';
import { OrderDesk, type OrderRow } from './orderDesk';
import { chain, node, stage, uniqueReference } from './support';

const warehouse = new Warehouse();
let desk: OrderDesk;

/** What the provider says of an order when it is looked up. */
const lookedUp = new Map<string, IDataObject>();
const provider = new LocalServer<{ reference: string; do: string }>(
	({ reference, do: what }) =>
		lookedUp.get(reference) ?? { reference, error: `nobody was to ${what} this` },
);

/** In the place of the workflow that asks the order's provider: it asks the server above. */
const providers = () => ({
	name: 'Order desk: providers',
	...chain([
		node('When Called', 'n8n-nodes-base.executeWorkflowTrigger', 1.1, {
			parameters: { inputSource: 'passthrough' },
		}),
		node('Ask', 'n8n-nodes-base.httpRequest', 4.2, {
			parameters: {
				method: 'POST',
				url: provider.url,
				sendBody: true,
				specifyBody: 'json',
				jsonBody: '={{ JSON.stringify($json) }}',
				options: {},
			},
		}),
	]),
});

/** The step that ships, as a user who has a warehouse puts it there. */
const askWarehouse = (step: INode): INode => ({
	...warehouse.node(step.name),
	position: step.position,
	onError: 'continueErrorOutput',
});

beforeAll(async () => {
	await warehouse.open();
	await provider.open();
	desk = await OrderDesk.open(await stage(), {
		files: ['payment-arrives', 'ship', 'reconcile', 'attention-list'],
		standIns: [providers()],
		change: {
			ship: { 'Ship the Order (replace me)': askWarehouse },
			// Whatever stands there is old.
			reconcile: {
				'How Long Is Too Long': (step) =>
					JSON.parse(JSON.stringify(step).replace('"30"', '"0"')) as INode,
			},
		},
	});
});
afterAll(async () => {
	await desk.close();
	provider.close();
	warehouse.close();
});

/** An order of 20.50 USDT in the table, with its link sent. */
async function order(more: Partial<OrderRow> = {}): Promise<string> {
	const reference = more.reference ?? uniqueReference();
	await desk.insert({
		amount: '20.50',
		currency: 'USDT',
		provider: 'payfect',
		checkoutId: `checkout-${reference}`,
		state: 'open',
		...more,
		reference,
	});
	return reference;
}

/** What a trigger puts out for a payment of this order. */
const event = (reference: string | null, more: IDataObject = {}): IDataObject => ({
	event: 'payment.succeeded',
	reference,
	amount: '20.50',
	currency: 'usdt',
	status: 'paid',
	eventId: `event-${reference}:succeeded`,
	occurredAt: '2026-05-04T03:02:01.000Z',
	checkoutId: null,
	paymentId: null,
	provider: 'payfect',
	providerStatus: 'succeeded',
	...more,
});

const arrives = async (payment: IDataObject): Promise<IDataObject> =>
	await desk.call('payment-arrives', payment);

/** A payment of 20.50 for this order, in each of so many executions at the same moment. */
const atOnce = async (payments: IDataObject[]): Promise<IDataObject[]> =>
	await Promise.all(payments.map(arrives));

const asked = (reference: string) => warehouse.times(reference, 'asked');

describe('a payment that covers the order', () => {
	test('is claimed, shipped and written back', async () => {
		const reference = await order();
		expect(await arrives(event(reference))).toMatchObject({
			reference,
			claimed: true,
			state: 'shipped',
		});
		expect(asked(reference)).toBe(1);
		expect(await desk.row(reference)).toMatchObject({
			state: 'shipped',
			eventId: `event-${reference}:succeeded`,
			paidAmount: '20.50',
			paidAt: '2026-05-04T03:02:01.000Z',
			claimedBy: expect.stringMatching(/^\d+$/) as string,
			attention: '',
		});
	});

	test.each<[string, Partial<OrderRow>]>([
		['while its link is being made', { state: 'sending', checkoutId: null }],
		['after its link ran out', { state: 'expired' }],
		[
			'after it was paid too little',
			{ state: 'underpaid', eventId: 'event-1', attention: 'paid too little: 1 of 20.50 USDT' },
		],
		['written otherwise in the table', { amount: '20.5', currency: ' usdt' }],
	])('%s: shipped', async (_when, row) => {
		const reference = await order(row);
		expect(await arrives(event(reference))).toMatchObject({ claimed: true });
		expect(asked(reference)).toBe(1);
		expect((await desk.row(reference)).state).toBe('shipped');
	});

	test('ships once, in whatever number of copies it comes at the same moment', async () => {
		const reference = await order();
		const results = await atOnce(Array.from({ length: 20 }, () => event(reference)));
		expect(results.filter(({ claimed }) => claimed)).toHaveLength(1);
		expect(asked(reference)).toBe(1);
		expect(await desk.row(reference)).toMatchObject({ state: 'shipped', attention: '' });
	});

	test('ends as a copy when it comes once more', async () => {
		const reference = await order();
		await arrives(event(reference));
		expect(await arrives(event(reference))).toMatchObject({ reference, claimed: false });
		expect(asked(reference)).toBe(1);
		expect((await desk.row(reference)).attention).toBe('');
	});

	test('is known by the output of Wait for Payment as well', async () => {
		const reference = await order();
		expect(
			await arrives({ reference: 'of the checkout', payment: event(reference), outcome: 'paid' }),
		).toMatchObject({ reference, claimed: true });
		expect(asked(reference)).toBe(1);
	});

	test('of a row that stands in the table twice ships once', async () => {
		const reference = await order();
		await order({ reference, attention: 'reference used twice' });
		expect(await arrives(event(reference))).toMatchObject({ claimed: true });
		expect(asked(reference)).toBe(1);
		const rows = (await desk.rows()).filter((row) => row.reference === reference);
		expect(rows.map(({ state }) => state)).toEqual(['shipped', 'open']);
	});

	test('ships nothing when the price of its row cannot be read, and a person is told', async () => {
		const reference = await order({ amount: '20,50' });
		expect(await arrives(event(reference))).toMatchObject({ claimed: false });
		expect(await desk.row(reference)).toMatchObject({
			state: 'open',
			attention: expect.stringContaining("'Expected Amount'") as string,
		});
		expect(asked(reference)).toBe(0);
	});
});

describe('another payment for the same order', () => {
	const second = (reference: string) => event(reference, { eventId: `second-${reference}` });

	test.each(['shipped', 'claimed', 'shipping', 'canceled', 'refunded'])(
		'while it is %s: paid twice, and nothing is shipped',
		async (state) => {
			const reference = await order({ state, claimedBy: '1', eventId: 'event-1' });
			expect(await arrives(second(reference))).toMatchObject({ claimed: false });
			expect(await desk.row(reference)).toMatchObject({
				state,
				claimedBy: '1',
				attention: expect.stringMatching(/^paid twice: 20.50 usdt/) as string,
			});
			expect(asked(reference)).toBe(0);
		},
	);

	test('while the first is being shipped: shipped once, and the note stays', async () => {
		const reference = await order();
		const letGo = warehouse.hold(reference);
		const first = arrives(event(reference));
		await warehouse.waitUntilAsked(reference);
		expect(await arrives(second(reference))).toMatchObject({ claimed: false, state: 'shipping' });
		letGo();
		expect(await first).toMatchObject({ claimed: true, state: 'shipped' });
		expect(asked(reference)).toBe(1);
		expect(await desk.row(reference)).toMatchObject({
			state: 'shipped',
			attention: expect.stringContaining('paid twice') as string,
		});
	});

	test('at the same moment, with copies of both: shipped once, and said once', async () => {
		const reference = await order();
		await atOnce(
			Array.from({ length: 12 }, (_, index) => (index % 2 ? event(reference) : second(reference))),
		);
		expect(asked(reference)).toBe(1);
		const { state, attention } = await desk.row(reference);
		expect({ state, said: attention?.match(/paid twice/g)?.length }).toEqual({
			state: 'shipped',
			said: 1,
		});
	});
});

describe('a payment that does not cover the order', () => {
	test.each(['open', 'sending', 'expired'])('while it is %s: underpaid', async (state) => {
		const reference = await order({ state });
		expect(await arrives(event(reference, { amount: '10.25' }))).toMatchObject({ claimed: false });
		expect(await desk.row(reference)).toMatchObject({
			state: 'underpaid',
			paidAmount: '10.25',
			attention: 'paid too little: 10.25 usdt of 20.50 USDT',
		});
		expect(asked(reference)).toBe(0);
	});

	test('in another currency: underpaid', async () => {
		const reference = await order();
		await arrives(event(reference, { currency: 'TRX' }));
		expect(await desk.row(reference)).toMatchObject({
			state: 'underpaid',
			attention: expect.stringContaining('paid in another currency') as string,
		});
		expect(asked(reference)).toBe(0);
	});

	test('of an amount that nobody states: underpaid', async () => {
		const reference = await order();
		await arrives(event(reference, { amount: null }));
		expect((await desk.row(reference)).state).toBe('underpaid');
		expect(asked(reference)).toBe(0);
	});

	test('a second time: paid in parts, and nothing is added up; a copy of the first says nothing', async () => {
		const reference = await order();
		const part = event(reference, { amount: '10.25' });
		await arrives(part);
		await arrives(part);
		expect((await desk.row(reference)).attention).not.toContain('paid in parts');
		await arrives({ ...part, eventId: `second-${reference}` });
		expect(await desk.row(reference)).toMatchObject({
			state: 'underpaid',
			attention: expect.stringContaining('paid in parts: 10.25 usdt') as string,
		});
		expect(asked(reference)).toBe(0);
	});

	test('of more: shipped, and said', async () => {
		const reference = await order();
		expect(await arrives(event(reference, { amount: '25.00' }))).toMatchObject({ claimed: true });
		expect(await desk.row(reference)).toMatchObject({
			state: 'shipped',
			paidAmount: '25.00',
			attention: 'paid too much: 25.00 of 20.50 USDT',
		});
	});
});

describe('a payment that names no order', () => {
	test.each([null, 'order-of-nobody'])(
		'as its reference is %p: the order is found by its checkout',
		async (said) => {
			const reference = await order();
			expect(
				await arrives(event(said, { eventId: randomUUID(), checkoutId: `checkout-${reference}` })),
			).toMatchObject({ claimed: true });
			expect(asked(reference)).toBe(1);
		},
	);

	// A condition on an empty reference would take the rows that have none for this order.
	test.each([null, ''])(
		'nor a checkout, its reference %p: kept once, and no row without a reference is touched',
		async (said) => {
			await desk.insert({ reference: '', amount: '20.50', currency: 'USDT', state: 'open' });
			const payment = event(said, { eventId: randomUUID() });
			expect(await arrives(payment)).toMatchObject({ claimed: false });
			await arrives(payment);
			const rows = (await desk.rows()).filter(({ eventId }) => eventId === payment.eventId);
			expect(rows).toMatchObject([
				{
					paidAmount: '20.50',
					state: null,
					attention: 'payment without an order: 20.50 usdt',
				},
			]);
			const others = (await desk.rows()).filter(
				(row) => row.reference === '' && row.eventId === null,
			);
			expect(new Set(others.map(({ state }) => state))).toEqual(new Set(['open']));
			expect(asked('')).toBe(0);
		},
	);

	// TokenPay and ChingChingPay take a reference once: the second link of order-1 is order-1~2 there.
	test('of a second link: its order is found, unless another is really called so', async () => {
		const reference = await order();
		const other = await order({ reference: `${reference}~2` });
		await arrives(event(other));
		await arrives(event(`${reference}~3`));
		expect([asked(reference), asked(other)]).toEqual([1, 1]);
	});

	test('with a reference that nobody knows: kept with it', async () => {
		const reference = uniqueReference();
		await arrives(event(reference));
		expect(await desk.row(reference)).toMatchObject({
			attention: 'payment without an order: 20.50 usdt',
		});
	});
});

describe('the checkout of a payment', () => {
	test("is not the order's: a person is told, and nothing is shipped", async () => {
		const reference = await order();
		expect(await arrives(event(reference, { checkoutId: 'checkout-of-nobody' }))).toMatchObject({
			claimed: false,
		});
		expect(await desk.row(reference)).toMatchObject({
			state: 'open',
			attention: expect.stringContaining('another checkout, checkout-of-nobody') as string,
		});
		expect(asked(reference)).toBe(0);
	});

	test("was the order's before its link was made anew: shipped", async () => {
		const reference = await order({ checkoutId: 'checkout-new checkout-old' });
		await arrives(event(reference, { checkoutId: 'checkout-old' }));
		expect(asked(reference)).toBe(1);
	});
});

describe('shipping', () => {
	test("does nothing where the claim is somebody else's", async () => {
		const reference = await order({ state: 'claimed', claimedBy: '2' });
		expect(
			await desk.call('ship', { ...(await desk.row(reference)), claimedBy: '1' }),
		).toMatchObject({ reference, shipped: false });
		expect(asked(reference)).toBe(0);
		expect((await desk.row(reference)).state).toBe('claimed');
	});

	test('that failed stays, and is left to a person beside what was said meanwhile', async () => {
		const reference = await order();
		warehouse.break(reference);
		const letGo = warehouse.hold(reference);
		const first = arrives(event(reference));
		await warehouse.waitUntilAsked(reference);
		await arrives(event(reference, { eventId: `second-${reference}` }));
		letGo();
		await first;
		expect(await desk.row(reference)).toMatchObject({
			state: 'shipping',
			attention: expect.stringMatching(/^paid twice.*; shipped or not\? /) as string,
		});
		await desk.run('reconcile', 'Every Hour');
		await arrives(event(reference));
		expect(asked(reference)).toBe(1);
	});

	// What went wrong behind the warehouse does not say that the warehouse was not asked.
	test('that failed with words of a refused connection is not tried again', async () => {
		const reference = await order();
		warehouse.break(reference, 'no label: connect ECONNREFUSED 10.0.0.3:9100');
		await arrives(event(reference));
		warehouse.mend(reference);
		await desk.run('reconcile', 'Every Hour');
		expect(asked(reference)).toBe(1);
		expect(await desk.row(reference)).toMatchObject({
			state: 'shipping',
			attention: expect.stringMatching(/^shipped or not\? /) as string,
		});
	});

	test('that was refused before anything was sent is done by reconcile', async () => {
		const reference = await order();
		const port = Number(new URL(warehouse.url).port);
		warehouse.close();
		try {
			expect(await arrives(event(reference))).toMatchObject({ state: 'claimed' });
		} finally {
			await warehouse.open(port);
		}
		expect(await desk.row(reference)).toMatchObject({ state: 'claimed', attention: '' });
		await desk.run('reconcile', 'Every Hour');
		expect(asked(reference)).toBe(1);
		expect((await desk.row(reference)).state).toBe('shipped');
	});
});

describe('reconcile', () => {
	const old = '2026-05-04T03:02:01.000Z';

	test('takes an old claim over and ships it, once, whoever reconciles at the same time', async () => {
		const reference = await order({ state: 'claimed', claimedBy: '1', claimedAt: old });
		await Promise.all(
			Array.from({ length: 3 }, async () => await desk.run('reconcile', 'Every Hour')),
		);
		expect(asked(reference)).toBe(1);
		expect(await desk.row(reference)).toMatchObject({
			state: 'shipped',
			claimedBy: expect.not.stringMatching(/^1$/) as string,
		});
	});

	test('ships what a slow execution still holds, which then ships nothing', async () => {
		const reference = await order({ state: 'claimed', claimedBy: '1', claimedAt: old });
		const slow = await desk.row(reference);
		await desk.run('reconcile', 'Every Hour');
		expect(await desk.call('ship', { ...slow })).toMatchObject({ shipped: false });
		expect(asked(reference)).toBe(1);
	});

	test('says once of an old shipment that nobody knows whether it was shipped', async () => {
		const reference = await order({ state: 'shipping', claimedBy: '1', claimedAt: old });
		await desk.run('reconcile', 'Every Hour');
		await desk.run('reconcile', 'Every Hour');
		const { state, attention } = await desk.row(reference);
		expect({ state, said: attention?.match(/shipped or not\?/g)?.length }).toEqual({
			state: 'shipping',
			said: 1,
		});
		expect(asked(reference)).toBe(0);
	});

	test.each(['open', 'expired'])(
		'finds an order that is %s and was paid without a callback; the callback that comes late is no second payment',
		async (state) => {
			const reference = await order({ state });
			lookedUp.set(reference, { reference, status: 'paid', amount: '20.50', currency: 'usdt' });
			await desk.run('reconcile', 'Every Hour');
			expect(asked(reference)).toBe(1);
			expect(await arrives(event(reference))).toMatchObject({ claimed: false });
			await arrives(event(reference));
			expect(await desk.row(reference)).toMatchObject({
				state: 'shipped',
				eventId: `event-${reference}:succeeded`,
				attention: '',
			});
			await arrives(event(reference, { eventId: `second-${reference}` }));
			expect((await desk.row(reference)).attention).toContain('paid twice');
			expect(asked(reference)).toBe(1);
		},
	);

	test('found one of two links paid: a payment through the other is a second one', async () => {
		const reference = uniqueReference();
		const [newer, older] = [`newer-${reference}`, `older-${reference}`];
		await order({ reference, checkoutId: `${newer} ${older}` });
		lookedUp.set(reference, { reference, status: 'paid', amount: '20.50', currency: 'usdt' });
		await desk.run('reconcile', 'Every Hour');
		await arrives(event(reference, { eventId: `of-${older}`, checkoutId: older }));
		await arrives(event(reference, { eventId: `of-${newer}`, checkoutId: newer }));
		expect(await desk.row(reference)).toMatchObject({
			state: 'shipped',
			eventId: `of-${newer}, of-${older}`,
			attention: 'paid twice: 20.50 usdt',
		});
		expect(asked(reference)).toBe(1);
	});

	test('marks a link that ran out, and holds up no order for another that cannot be looked up', async () => {
		const [unknown, expired, waiting] = [await order(), await order(), await order()];
		for (const [reference, status] of [
			[expired, 'expired'],
			[waiting, 'open'],
		] as const)
			lookedUp.set(reference, { reference, status });
		const { status } = await desk.run('reconcile', 'Every Hour');
		expect(status).toBe('success');
		expect(
			await Promise.all(
				[unknown, expired, waiting].map(async (one) => (await desk.row(one)).state),
			),
		).toEqual(['open', 'expired', 'open']);
	});

	test('leaves an order alone that was paid too little', async () => {
		const reference = await order({ state: 'underpaid', eventId: 'event-1', attention: 'told' });
		lookedUp.set(reference, { reference, status: 'paid', amount: '20.50', currency: 'usdt' });
		await desk.run('reconcile', 'Every Hour');
		expect(await desk.row(reference)).toMatchObject({ state: 'underpaid', attention: 'told' });
		expect(asked(reference)).toBe(0);
	});
});

describe('a refund', () => {
	// WooshPay's refunds carry a number of their own in reference.
	test('that names another reference finds its order by the payment', async () => {
		const reference = await order({ state: 'shipped', paidAmount: '20.50', paymentId: 'pi_1' });
		await arrives({ ...refund('return-1'), paymentId: 'pi_1' });
		expect((await desk.row(reference)).state).toBe('refunded');
	});

	const refund = (reference: string, more: IDataObject = {}) =>
		event(reference, { event: 'refund.succeeded', eventId: `refund-${reference}`, ...more });

	test.each(['shipped', 'claimed', 'underpaid'])(
		'of the whole, while it is %s: refunded, and a copy says nothing',
		async (state) => {
			const reference = await order({
				state,
				claimedBy: '1',
				eventId: `event-1`,
				paidAmount: '20.50',
			});
			await arrives(refund(reference));
			await arrives(refund(reference));
			expect(await desk.row(reference)).toMatchObject({ state: 'refunded', attention: '' });
		},
	);

	test('keeps a claimed order from being shipped', async () => {
		const reference = await order({ state: 'claimed', claimedBy: '1', claimedAt: '2026-01-01' });
		const claimed = await desk.row(reference);
		await arrives(refund(reference));
		await desk.call('ship', { ...claimed });
		await desk.run('reconcile', 'Every Hour');
		expect(asked(reference)).toBe(0);
	});

	test('of the whole, while it is being shipped: a person is told', async () => {
		const reference = await order({ state: 'shipping', claimedBy: '1' });
		await arrives(refund(reference));
		expect(await desk.row(reference)).toMatchObject({
			state: 'shipping',
			attention: expect.stringContaining('refunded while shipping') as string,
		});
	});

	test('of a part: a person is told, and the state stays', async () => {
		const reference = await order({ state: 'shipped', paidAmount: '20.50' });
		await arrives(refund(reference, { amount: '5.00' }));
		expect(await desk.row(reference)).toMatchObject({
			state: 'shipped',
			attention: 'refunded in part: 5.00 usdt',
		});
	});

	test('of an order that was paid too much is whole only when all is given back', async () => {
		const reference = await order({ state: 'shipped', paidAmount: '25.00' });
		await arrives(refund(reference));
		expect((await desk.row(reference)).state).toBe('shipped');
	});
});

test('attention-list tells each morning which orders need a person, and why', async () => {
	const [paidTwice, settled] = [await order({ attention: 'paid twice' }), await order()];
	const { status, data } = await desk.run('attention-list', 'Every Morning');
	expect(status).toBe('success');
	const [told] = data.resultData.runData['Tell the Team (replace me)'] ?? [];
	const message = String(told?.data?.main?.[0]?.[0]?.json.message);
	expect(message).toContain(`* ${paidTwice} (open, 20.50 USDT): paid twice`);
	expect(message).not.toContain(settled);
});

test.each(['payment.pending', 'payment.failed', 'payment.expired', 'refund.pending'])(
	'%s changes nothing',
	async (kind) => {
		const reference = await order();
		const before = await desk.row(reference);
		await arrives(event(reference, { event: kind }));
		expect(await desk.row(reference)).toEqual(before);
	},
);

test.each(['unknown', 'dispute.updated'])('%s is left to a person, once', async (kind) => {
	const reference = await order();
	await arrives(event(reference, { event: kind }));
	await arrives(event(reference, { event: kind }));
	expect(await desk.row(reference)).toMatchObject({
		state: 'open',
		attention: `${kind}: succeeded, 20.50 usdt`,
	});
});

test('what is no payment event is refused in words', async () => {
	await expect(arrives({ reference: 'order-1', state: 'paid' })).rejects.toThrow(/failed/);
	const [refused] = await desk.left('payment-arrives', 'What Happened');
	expect(refused).toBeDefined();
});
