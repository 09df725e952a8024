/**
 * What the desk of examples/order-desk tells by itself: who has not paid, what the last day brought,
 * and a reminder before a link runs out.
 */
import { randomUUID } from 'node:crypto';
import axios from 'axios';
import { OrderDesk, withBasicAuth } from './orderDesk';
import { leftOf } from './steps';
import { stage, uniqueReference } from './support';

const auth = { username: 'team', password: randomUUID() };
const pagePath = `unpaid-${randomUUID()}`;
let desk: OrderDesk;

beforeAll(async () => {
	const { client } = await stage();
	const protect = await withBasicAuth(client, auth);
	desk = await OrderDesk.open(await stage(), {
		files: ['daily-summary', 'unpaid-orders', 'payment-reminder'],
		change: {
			'unpaid-orders': {
				'Unpaid Orders Page': (step) =>
					protect({ ...step, parameters: { ...step.parameters, path: pagePath } }),
			},
		},
	});
});
afterAll(async () => await desk.close());

describe('lists', () => {
	test('of no orders are empty, and not an error', async () => {
		const { n8n } = await stage();
		const run = await desk.run('daily-summary', 'Every Morning');
		expect(leftOf(run, 'Tell the Team (replace me)')).toMatchObject([{ paid: 0, needPerson: 0 }]);
		const page = await axios.get<string>(`${n8n.url}/webhook/${pagePath}`, { proxy: false, auth });
		expect(page.data).toContain('Unpaid orders: 0');
	});

	test('say what was paid on the last day, added exactly, and who has not paid', async () => {
		const { n8n } = await stage();
		const now = new Date().toISOString();
		const paid = { state: 'shipped', paidAt: now, currency: 'usdt' };
		await desk.insert(
			{ ...paid, reference: 'tea-1', amount: '0.1', paidAmount: '0.1' },
			{ ...paid, reference: 'tea-2', amount: '0.2', paidAmount: '0.2', currency: 'USDT' },
			{ ...paid, reference: 'tea-3', paidAmount: '9007199254740993.00000001', currency: 'hkd' },
			{ ...paid, reference: 'tea-4', paidAmount: '5000', currency: 'jpy' },
			{ ...paid, reference: 'tea-5', paidAmount: '5', paidAt: '2026-05-04T03:02:01.000Z' },
			{
				reference: 'tea-6',
				amount: '20.50',
				currency: 'usdt',
				email: '"><script>alert(1)</script>',
				state: 'open',
				checkoutUrl: 'javascript:alert(1)',
				attention: 'somebody asks',
			},
			{ reference: 'tea-7', amount: '7', state: 'expired', checkoutUrl: 'https://pay.example/7' },
		);
		const run = await desk.run('daily-summary', 'Every Morning');
		expect(leftOf(run, 'Tell the Team (replace me)')).toMatchObject([
			{
				message: [
					'Paid in the last 24 hours: 4 orders, 9007199254740993.00000001 HKD, 5000 JPY, 0.3 USDT',
					'All orders: 1 open, 5 shipped, 1 expired',
					'Orders that need a person: 1',
				].join('\n'),
			},
		]);

		const url = `${n8n.url}/webhook/${pagePath}`;
		const { data, headers } = await axios.get<string>(url, { proxy: false, auth });
		expect(headers['content-type']).toContain('text/html');
		expect(data).toContain('Unpaid orders: 2');
		expect(data).toContain('tea-6');
		expect(data).toContain('href="https://pay.example/7"');
		expect(data).not.toMatch(/tea-[1-5]|<script|javascript:/);
		const stranger = await axios.get(url, { proxy: false, validateStatus: () => true });
		expect(stranger.status).toBe(401);
	});
});

describe('a reminder', () => {
	const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

	test('goes out once for each link, shortly before it runs out, and for no order that is paid', async () => {
		const [soon, later, over, paid] = ['soon', 'later', 'over', 'paid'].map(
			(name) => `${name}-${uniqueReference()}`,
		);
		const row = (reference: string | undefined, hours: number, state = 'open') => ({
			reference: reference ?? '',
			state,
			expiresAt: inHours(hours),
			checkoutUrl: `https://pay.example/${reference}`,
		});
		await desk.insert(row(soon, 1), row(later, 24), row(over, -1), row(paid, 1, 'shipped'));
		for (const expected of [[soon], []]) {
			const run = await desk.run('payment-reminder', 'Every Hour');
			expect(
				leftOf(run, 'Send the Reminder (replace me)').map(({ reference }) => reference),
			).toEqual(expected);
		}
	});
});
