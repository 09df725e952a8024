/**
 * What a team does by hand at the desk of examples/order-desk: a link again, and a refund with four
 * eyes.
 */
import { randomUUID } from 'node:crypto';
import axios from 'axios';
import { aMinute, eventually } from '../n8n/client';
import { testProviders } from '../providers';
import { OrderDesk, withBasicAuth, type OrderRow } from './orderDesk';
import { stage, uniqueReference } from './support';

const providers = testProviders();
const moneyOf = (wanted: string) => {
	const found = providers.find(({ name }) => name === wanted);
	if (!found) throw new Error(`There is no provider ${wanted}.`);
	return found.money;
};
const auth = { username: 'team', password: randomUUID() };

let desk: OrderDesk;

beforeAll(async () => {
	const { client } = await stage();
	const protect = await withBasicAuth(client, auth);
	desk = await OrderDesk.open(await stage(), {
		files: [
			'payment-arrives',
			'ship',
			...providers.map((provider) => `receive-${provider.name}`),
			...providers.map((provider) => `checkout-${provider.name}`),
			'providers',
			'make-the-links',
			'a-new-link',
			'refund-an-order',
		],
		change: {
			'a-new-link': { 'Ask for a Link': protect },
			'refund-an-order': { 'Ask for a Refund': protect, Decide: protect },
		},
	});
});
afterAll(async () => await desk.close());

/** An order whose link was sent. */
async function opened(provider: string): Promise<OrderRow> {
	const reference = uniqueReference();
	await desk.insert({
		reference,
		provider,
		...moneyOf(provider),
		email: 'maria@shop.example',
		state: 'new',
	});
	await desk.call('make-the-links', { reference });
	return await desk.row(reference);
}

const inState = async (reference: string, state: string): Promise<OrderRow> =>
	await eventually(
		async () => {
			const row = await desk.row(reference);
			return row.state === state ? row : undefined;
		},
		aMinute,
		() => `${reference} was not ${state}`,
	);

/** Fills in a form and follows it to its ending; gives the ending's page. */
async function submit(file: string, form: string, answers: readonly string[]): Promise<string> {
	const { client, n8n } = await stage();
	const fields = new FormData();
	for (const [index, answer] of answers.entries()) fields.append(`field-${index}`, answer);
	const { data } = await axios.post<{ formWaitingUrl: string }>(
		`${n8n.url}/form/${desk.step(file, form).webhookId}`,
		fields,
		{ proxy: false, auth },
	);
	const id = new URL(data.formWaitingUrl).pathname.split('/').at(-1) ?? '';
	const { status } = await client.executions.settled(id);
	if (status !== 'waiting')
		throw new Error(`Behind "${form}" the execution ended with "${status}" without a page.`);
	const page = await axios.get<string>(data.formWaitingUrl, { proxy: false, auth });
	await axios.post(data.formWaitingUrl, {}, { proxy: false, auth, validateStatus: () => true });
	return page.data;
}

const checkoutsOf = async (provider: string, reference: string) => {
	const { sandbox } = await stage();
	const { checkouts } = await sandbox.state(provider);
	return checkouts.filter((one) => one.reference?.split('~')[0] === reference);
};

test.each([
	['a-new-link', 'Ask for a Link'],
	['refund-an-order', 'Ask for a Refund'],
	['refund-an-order', 'Decide'],
])('%s: %s shows nothing to somebody without the password', async (file, form) => {
	const { n8n } = await stage();
	const { status } = await axios.get(`${n8n.url}/form/${desk.step(file, form).webhookId}`, {
		proxy: false,
		validateStatus: () => true,
	});
	expect(status).toBe(401);
});

describe('a link again', () => {
	const askFor = async (reference: string) =>
		await submit('a-new-link', 'Ask for a Link', [reference]);

	test('a lost link is sent again, and no second checkout is made', async () => {
		const { reference, checkoutUrl } = await opened('payfect');
		const page = await askFor(` ${reference} `);
		expect(page).toContain(String(checkoutUrl));
		expect(await desk.left('a-new-link', 'Send the Link Again (replace me)')).toContainEqual(
			expect.objectContaining({
				message: expect.stringContaining(String(checkoutUrl)) as string,
			}),
		);
		expect(await checkoutsOf('payfect', String(reference))).toHaveLength(1);
	});

	test.each([
		['whose time is over', { expiresAt: '2026-05-04T03:02:01.000Z' }],
		['that reconcile found expired', { state: 'expired' }],
	])('an order %s gets a new link, and its old checkout is closed', async (_which, change) => {
		const old = await opened('wooshpay');
		const reference = String(old.reference);
		await desk.change(reference, change);
		const page = await askFor(reference);
		const row = await desk.row(reference);
		expect(row).toMatchObject({ state: 'open', attention: '' });
		expect(row.checkoutUrl).not.toBe(old.checkoutUrl);
		expect(page).toContain(String(row.checkoutUrl));
		const checkouts = await checkoutsOf('wooshpay', reference);
		expect(checkouts.filter(({ status }) => status === 'open')).toHaveLength(1);
		expect(checkouts).toHaveLength(2);
	});

	test('an order that was paid meanwhile gets none, and the page says so', async () => {
		const { sandbox } = await stage();
		const { reference, checkoutId } = await opened('payfect');
		await sandbox.act('payfect', checkoutId ?? '', 'pay', { callback: 'none' });
		await desk.change(String(reference), { state: 'expired' });
		expect(await askFor(String(reference))).toContain('the old checkout is paid');
		expect(await checkoutsOf('payfect', String(reference))).toHaveLength(1);
	});

	test('an order that is shipped or not there gets none', async () => {
		const reference = uniqueReference();
		await desk.insert({ reference, state: 'shipped', provider: 'payfect' });
		expect(await askFor(reference)).toContain(`The order ${reference} is shipped`);
		expect(await askFor(uniqueReference())).toContain('No order has this number');
	});
});

describe('a refund with four eyes', () => {
	const { amount, currency } = moneyOf('wooshpay');
	const [ada, grace] = ['ada@shop.example', 'grace@shop.example'];
	const ask = async (reference: string, by = ada) =>
		await submit('refund-an-order', 'Ask for a Refund', [reference, by, 'requested_by_customer']);
	const decide = async (reference: string, decision = 'Approve', by = grace) =>
		await submit('refund-an-order', 'Decide', [reference, by, decision]);

	async function shipped(): Promise<{ reference: string; paymentId: string }> {
		const { sandbox } = await stage();
		const { reference, checkoutId } = await opened('wooshpay');
		await sandbox.act('wooshpay', checkoutId ?? '', 'pay');
		const row = await inState(String(reference), 'shipped');
		return { reference: String(reference), paymentId: String(row.paymentId) };
	}
	async function refundsOf(paymentId: string): Promise<unknown[]> {
		const { sandbox } = await stage();
		const { data } = await axios.get<{
			reports: { wooshpay: { refunds: { payment_intent: string }[] } };
		}>(`${sandbox.url}/control/state?provider=wooshpay`, { proxy: false });
		return data.reports.wooshpay.refunds.filter((refund) => refund.payment_intent === paymentId);
	}

	test('what one asks and another approves is given back once, exactly, and its callback is no second one', async () => {
		const { reference, paymentId } = await shipped();
		expect(await ask(reference)).toContain(`${reference} is asked for`);
		expect(await refundsOf(paymentId)).toEqual([]);
		expect(await decide(reference)).toContain(`${reference} is refunded`);
		expect(await decide(reference)).toContain('Nothing to decide');
		expect(await ask(reference)).toContain('Not asked for');
		expect(await refundsOf(paymentId)).toHaveLength(1);
		const event = await eventually(
			async () =>
				(await desk.left('receive-wooshpay', 'WooshPay Trigger')).find(
					(one) => one.event === 'refund.succeeded' && one.paymentId === paymentId,
				),
			aMinute,
			() => `WooshPay reported no refund of ${reference}`,
		);
		expect(event).toMatchObject({ amount, currency });
		const row = await eventually(
			async () => {
				const one = await desk.row(reference);
				return one.eventId?.includes('refund sent') ? undefined : one;
			},
			aMinute,
			() => `the refund of ${reference} was not noted`,
		);
		expect(row).toMatchObject({ state: 'refunded', paidAmount: amount, attention: '' });
		expect(row.eventId).toContain(String(event.eventId));
	});

	test('nobody approves his own', async () => {
		const { reference, paymentId } = await shipped();
		await ask(reference, 'Ada@shop.example');
		expect(await decide(reference, 'Approve', ` ${ada}`)).toContain('Somebody else decides');
		expect(await refundsOf(paymentId)).toEqual([]);
		expect(await desk.row(reference)).toMatchObject({ state: 'shipped' });
	});

	test('ten who approve at the same moment give it back once', async () => {
		const { reference, paymentId } = await shipped();
		await ask(reference);
		const pages = await Promise.all(
			Array.from({ length: 10 }, async () => await decide(reference)),
		);
		expect(pages.filter((page) => page.includes(`${reference} is refunded`))).toHaveLength(1);
		expect(await refundsOf(paymentId)).toHaveLength(1);
	});

	test('what is refused is not given back', async () => {
		const { reference, paymentId } = await shipped();
		await ask(reference);
		expect(await decide(reference, 'Refuse')).toContain(`${reference} is refused`);
		expect(await decide(reference)).toContain('Nothing to decide');
		expect(await refundsOf(paymentId)).toEqual([]);
		expect(await desk.row(reference)).toMatchObject({ state: 'shipped', attention: '' });
	});

	test('what WooshPay refuses leaves the order as it was, for a person', async () => {
		const { sandbox } = await stage();
		const { reference, paymentId } = await shipped();
		const { eventId } = await desk.row(reference);
		await ask(reference);
		await sandbox.fault('wooshpay', 'createRefund', '401');
		expect(await decide(reference)).toContain(`${reference} is not refunded`);
		expect(await refundsOf(paymentId)).toEqual([]);
		expect(await desk.row(reference)).toMatchObject({
			state: 'shipped',
			eventId,
			attention: expect.stringMatching(/^not refunded: /) as string,
		});
	});

	test('what may have been given back is not given back again, and the row says what to do', async () => {
		const { sandbox } = await stage();
		const { reference, paymentId } = await shipped();
		await ask(reference);
		await sandbox.fault('wooshpay', 'createRefund', 'reset-after');
		expect(await decide(reference)).toContain('Look at WooshPay before anybody asks again');
		expect(await decide(reference)).toContain('Nothing to decide');
		expect(await refundsOf(paymentId)).toHaveLength(1);
		expect(await desk.row(reference)).toMatchObject({
			state: 'refunded',
			attention: `refunded or not? ${amount} ${currency}, asked by ${ada}, approved by ${grace}: look at WooshPay`,
		});
	});

	test('an order that is not paid, or not with WooshPay, is not asked for', async () => {
		const { reference } = await opened('wooshpay');
		const other = uniqueReference();
		await desk.insert({
			reference: other,
			provider: 'payfect',
			state: 'shipped',
			paidAmount: '20.50',
			paymentId: 'pi_1',
		});
		for (const one of [String(reference), other, uniqueReference()])
			expect(await ask(one)).toContain('Not asked for');
	});
});
