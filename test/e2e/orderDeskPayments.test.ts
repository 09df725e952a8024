import type { IDataObject, INode } from 'n8n-workflow';
import { Warehouse } from './callbackSupport';
import { OrderDesk, type OrderRow } from './orderDesk';
import { stage, uniqueReference } from './support';

const warehouse = new Warehouse();
let desk: OrderDesk;

/** The step that ships, as a user who has a warehouse puts it there. */
const askWarehouse = (step: INode): INode => ({
	...warehouse.node(step.name),
	position: step.position,
	onError: 'continueErrorOutput',
});

beforeAll(async () => {
	await warehouse.open();
	desk = await OrderDesk.open(await stage(), {
		files: ['payment-arrives', 'ship'],
		change: { ship: { 'Ship the Order (replace me)': askWarehouse } },
	});
});
afterAll(async () => {
	await desk.close();
	warehouse.close();
});

/** An order of 20.50 USDT in the table, with its link sent. */
async function order(more: Partial<OrderRow> = {}): Promise<string> {
	const reference = uniqueReference();
	await desk.insert({
		reference,
		amount: '20.50',
		currency: 'USDT',
		provider: 'payfect',
		checkoutId: `checkout-${reference}`,
		state: 'open',
		...more,
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

test('a payment that covers the order is claimed, shipped and written back', async () => {
	const reference = await order();
	expect(await arrives(event(reference))).toMatchObject({ reference, claimed: true });
	expect(warehouse.times(reference, 'asked')).toBe(1);
	expect(await desk.row(reference)).toMatchObject({
		state: 'shipped',
		eventId: `event-${reference}:succeeded`,
		paidAmount: '20.50',
		paidAt: '2026-05-04T03:02:01.000Z',
		attention: '',
	});
});
