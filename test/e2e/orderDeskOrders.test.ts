/**
 * The order side of examples/order-desk in a real n8n: orders come in, get one link each, and a new
 * one when it ran out.
 */
import { randomUUID } from 'node:crypto';
import axios from 'axios';
import type { IDataObject, INode } from 'n8n-workflow';
import { aMinute, eventually } from '../n8n/client';
import { testProviders } from '../providers';
import { LocalServer, Refusal } from '../support/localServer';
import { OrderDesk, type OrderRow } from './orderDesk';
import { node, stage, uniqueReference } from './support';

const providers = testProviders();

/** Five pairs: what calls one of them is not published without the others. */
const pairs = [
	...providers.map(({ name }) => `receive-${name}`),
	...providers.map(({ name }) => `checkout-${name}`),
	'payment-arrives',
	'ship',
];
const theDesk = [
	...pairs,
	'providers',
	'make-the-links',
	'order-comes-in',
	'reconcile',
	'orders-from-a-form',
	'orders-from-a-sheet',
	'orders-from-a-shop',
];

const order = (more: Record<string, string> = {}) => ({
	reference: uniqueReference(),
	amount: '20.50',
	currency: 'usdt',
	email: 'maria@shop.example',
	provider: 'payfect',
	...more,
});

/** An order that stands in the table already. */
async function kept(more: Record<string, string> = {}): Promise<string> {
	const row = { ...order(), state: 'new', ...more };
	await desk.insert(row);
	return row.reference;
}

/** How many checkouts the provider has for an order, whatever number its link has. */
async function checkoutsOf(reference: string, provider = 'payfect') {
	const { sandbox } = await stage();
	const { checkouts } = await sandbox.state(provider);
	return checkouts.filter((one) => one.reference?.split('~')[0] === reference);
}

const withParameters =
	(parameters: INode['parameters']) =>
	(step: INode): INode => ({ ...step, parameters: { ...step.parameters, ...parameters } });

const secret = randomUUID();
const withText =
	(text: string, replacement: string) =>
	(step: INode): INode =>
		JSON.parse(JSON.stringify(step).replace(text, replacement)) as INode;

let desk: OrderDesk;

/** Who sends the links; as a mail service, it answers with nothing of the order. */
const mailbox = new LocalServer<{ reference: string }>(({ reference }) =>
	reference.startsWith('unsent') ? new Refusal(503, 'too many mails') : { sent: true },
);

/** In the place of the step that sends the link. */
const sendByMailbox = ({ name, position }: INode): INode => ({
	...node(name, 'n8n-nodes-base.httpRequest', 4.2, {
		parameters: {
			method: 'POST',
			url: mailbox.url,
			sendBody: true,
			specifyBody: 'json',
			jsonBody: '={{ JSON.stringify({ reference: $json.reference }) }}',
			options: {},
		},
	}),
	position,
	onError: 'continueErrorOutput',
});

/** Its last two orders have the same reference. */
const sheet = [
	'reference,amount,currency,email',
	`${secret}-1,20.50,usdt,ada@shop.example`,
	`${secret}-2,7,usdt,grace@shop.example`,
	',5,usdt,nobody@shop.example',
	`${secret}-twice,1.50,usdt,alan@shop.example`,
	`${secret}-twice,2.50,usdt,alan@shop.example`,
];

/** One desk for all, as a team has one. */
beforeAll(async () => {
	await mailbox.open();
	const { client } = await stage();
	const shopCredential = await client.credentials.create({
		type: 'httpHeaderAuth',
		name: 'The shop',
		data: { name: 'x-shop', value: secret, allowedHttpRequestDomains: 'none' },
	});
	desk = await OrderDesk.open(await stage(), {
		files: theDesk,
		change: {
			'orders-from-a-shop': {
				'Order of the Shop': (step) => ({
					...withParameters({ path: `shop-${secret}` })(step),
					credentials: { httpHeaderAuth: { id: shopCredential.id, name: shopCredential.name } },
				}),
			},
			'orders-from-a-sheet': {
				Sheet: withParameters({
					mode: 'raw',
					jsonOutput: JSON.stringify({ csv: sheet.join('\n') }),
				}),
			},
			'make-the-links': {
				'Send the Link (replace me)': sendByMailbox,
				// A test has no half an hour.
				'Sent and Never Opened': withText('minus({ minutes: 30 })', 'plus({ hours: 1 })'),
			},
		},
	});
});
afterAll(async () => {
	await desk.close();
	mailbox.close();
});
afterEach(async () => {
	const { sandbox } = await stage();
	await sandbox.latency(0);
});

describe('orders come in', () => {
	async function fromTheShop(
		body: IDataObject,
		headers: Record<string, string> = { 'x-shop': secret },
	) {
		const { n8n } = await stage();
		return await axios.post<IDataObject>(`${n8n.url}/webhook/shop-${secret}`, body, {
			headers,
			proxy: false,
			validateStatus: () => true,
		});
	}

	test('the form shows the link, at the price of the list', async () => {
		const { client, n8n } = await stage();
		const form = desk.step('orders-from-a-form', 'Order Form');
		const fields = new FormData();
		fields.append('field-0', 'Cup');
		fields.append('field-1', 'maria@shop.example');
		const { data } = await axios.post<{ formWaitingUrl: string }>(
			`${n8n.url}/form/${form.webhookId}`,
			fields,
			{ proxy: false },
		);
		const id = new URL(data.formWaitingUrl).pathname.split('/').at(-1) ?? '';
		await client.executions.settled(id);
		const page = await axios.get<string>(data.formWaitingUrl, { proxy: false });
		const row = (await desk.rows()).find(({ email }) => email === 'maria@shop.example');
		expect(row).toMatchObject({ state: 'open', amount: '7.00', currency: 'usdt', attention: '' });
		expect(page.data).toContain(String(row?.checkoutUrl));
		expect(await checkoutsOf(String(row?.reference))).toEqual([
			expect.objectContaining({ amount: '7.00' }),
		]);
	});

	test('a sheet is run again, and nothing is made twice', async () => {
		for (let run = 0; run < 2; run++)
			expect(await desk.run('orders-from-a-sheet', 'Run')).toMatchObject({ status: 'success' });
		for (const [number, amount] of [
			['1', '20.50'],
			['2', '7'],
		]) {
			expect(await desk.row(`${secret}-${number}`)).toMatchObject({ state: 'open', amount });
			expect(await checkoutsOf(`${secret}-${number}`)).toHaveLength(1);
		}
	});

	test('the shop gets the link, and the same link when it sends the order again', async () => {
		const sent = order();
		const first = await fromTheShop(sent);
		const again = await fromTheShop(sent);
		const { checkoutUrl } = await desk.row(sent.reference);
		expect(checkoutUrl).toMatch(/^http/);
		for (const { status, data } of [first, again])
			expect({ status, data }).toEqual({
				status: 200,
				data: { reference: sent.reference, state: 'open', checkoutUrl, problem: '' },
			});
		expect(await checkoutsOf(sent.reference)).toHaveLength(1);
	});

	test('who does not know the secret of the shop orders nothing', async () => {
		const sent = order({ amount: '0.01' });
		expect((await fromTheShop(sent, { 'x-shop': 'guessed' })).status).toBe(403);
		expect((await desk.rows()).map(({ reference }) => reference)).not.toContain(sent.reference);
	});

	test('two of one reference that both looked before either was there: the younger waits for a person', async () => {
		const blind = await OrderDesk.open(await stage(), {
			files: ['order-comes-in'],
			change: {
				'order-comes-in': {
					'Not in the Table Yet': (step) => ({
						...step,
						type: 'n8n-nodes-base.noOp',
						typeVersion: 1,
						parameters: {},
					}),
				},
			},
		});
		await blind.call('order-comes-in', order());
		const sent = order();
		// To the younger nothing is handed back.
		await Promise.allSettled(
			Array.from({ length: 3 }, async () => await blind.call('order-comes-in', sent)),
		);
		const rows = (await blind.rows()).filter(({ reference }) => reference === sent.reference);
		expect(
			rows.sort((left, right) => left.id - right.id).map(({ attention }) => attention),
		).toEqual(['', 'reference used twice', 'reference used twice']);
		await blind.close();
	});

	test('two rows of one reference in one sheet: the younger waits for a person', async () => {
		const rows = (await desk.rows()).filter(({ reference }) => reference === `${secret}-twice`);
		expect(rows.map(({ amount, state }) => [amount, state])).toEqual([
			['1.50', 'open'],
			['2.50', 'new'],
		]);
		expect(rows[1]?.attention).toBe('reference used twice');
		expect(await checkoutsOf(`${secret}-twice`)).toEqual([
			expect.objectContaining({ amount: '1.50' }),
		]);
	});

	test('an order without a reference is kept, and says what is missing', async () => {
		const sent = order({ email: `${randomUUID()}@shop.example`, reference: '  ' });
		const { status, data } = await fromTheShop(sent);
		expect(status).toBe(422);
		expect(data.checkoutUrl).toBe('');
		const row = (await desk.rows()).find(({ email }) => email === sent.email);
		expect(row).toMatchObject({
			state: 'new',
			attention: 'no reference: enter one that no other order has',
		});
		await desk.run('make-the-links', 'Every 15 Minutes');
		expect((await desk.rows()).find(({ email }) => email === sent.email)?.state).toBe('new');
	});

	test('a row without a reference keeps no other row of its sheet waiting, and is kept once', async () => {
		expect((await desk.rows()).filter(({ email }) => email === 'nobody@shop.example')).toEqual([
			expect.objectContaining({ state: 'new', attention: expect.stringMatching(/^no reference/) }),
		]);
	});

	test('an order that comes again with its amount written in another way is the same', async () => {
		const sent = order();
		await fromTheShop(sent);
		for (const amount of [20.5, '20.500']) await fromTheShop({ ...sent, amount, currency: 'USDT' });
		expect((await desk.row(sent.reference)).attention).toBe('');
		await fromTheShop({ ...sent, currency: 'trx' });
		expect((await desk.row(sent.reference)).attention).toBe(
			'came again in another currency: 20.50 trx',
		);
	});

	test('an order that comes again with another amount waits for a person', async () => {
		const sent = order();
		await fromTheShop(sent);
		await fromTheShop({ ...sent, amount: '2.05' });
		expect(await desk.row(sent.reference)).toMatchObject({
			amount: '20.50',
			attention: 'came again with another amount: 2.05 usdt',
		});
	});
});

describe('the links', () => {
	/** What the payer would have been sent. */
	const sentFor = (reference: string) =>
		mailbox.received.filter((mail) => mail.reference === reference);

	test('two people press Run at once: one link for each order', async () => {
		const references = await Promise.all(Array.from({ length: 5 }, async () => await kept()));
		const runs = Array.from(
			{ length: 3 },
			async () => await desk.run('make-the-links', 'Every 15 Minutes'),
		);
		for (const { status } of await Promise.all(runs)) expect(status).toBe('success');
		for (const reference of references) {
			expect(await checkoutsOf(reference)).toHaveLength(1);
			expect(await desk.row(reference)).toMatchObject({ state: 'open', attention: '' });
			expect(sentFor(reference)).toHaveLength(1);
		}
	});

	test('a link that could not be sent is said in its row, and keeps no other from being sent', async () => {
		const [unsent, sent] = [await kept({ reference: `unsent-${uniqueReference()}` }), await kept()];
		await desk.run('make-the-links', 'Every 15 Minutes');
		expect(sentFor(sent)).toHaveLength(1);
		expect(await desk.row(sent)).toMatchObject({ state: 'open', attention: '' });
		expect(await desk.row(unsent)).toMatchObject({
			state: 'open',
			attention: expect.stringMatching(/^the link was not sent: .*503/) as string,
		});
	});

	test('a checkout that may have been made is left to a person, however often it is run', async () => {
		const { sandbox } = await stage();
		const reference = await kept();
		await sandbox.fault('payfect', 'create', 'reset-after');
		for (let run = 0; run < 2; run++) await desk.run('make-the-links', 'Every 15 Minutes');
		expect(await desk.row(reference)).toMatchObject({
			state: 'sending',
			attention: expect.stringContaining('may have been made') as string,
		});
		expect(await checkoutsOf(reference)).toHaveLength(1);
		expect(sentFor(reference)).toEqual([]);
	});

	test('an order that was certainly not made says why, and goes on once the row is corrected', async () => {
		const good = await kept();
		const reference = await kept({ amount: '7,00' });
		await desk.run('make-the-links', 'Every 15 Minutes');
		expect(await desk.row(good)).toMatchObject({ state: 'open' });
		expect(await desk.row(reference)).toMatchObject({
			state: 'new',
			attention: expect.stringContaining('Use a point for the decimals') as string,
		});
		await desk.change(reference, { amount: '7.00', attention: '' });
		await desk.run('make-the-links', 'Every 15 Minutes');
		expect(await desk.row(reference)).toMatchObject({ state: 'open' });
		expect(await checkoutsOf(reference)).toEqual([expect.objectContaining({ amount: '7.00' })]);
	});

	test('a provider that the desk does not have is said in the row', async () => {
		const reference = await kept({ provider: 'paypal' });
		await desk.run('make-the-links', 'Every 15 Minutes');
		expect(await desk.row(reference)).toMatchObject({
			state: 'new',
			attention: expect.stringContaining('paypal') as string,
		});
	});

	test('a row for which no workflow answers is an error, and counts as one that may exist', async () => {
		const reference = await kept({ attention: 'not for the others' });
		expect(
			await desk.call('providers', { ...(await desk.row(reference)), do: 'what nobody does' }),
		).toMatchObject({
			reference,
			mayExist: true,
			error: expect.stringContaining('No workflow answered for payfect') as string,
		});
	});

	test('orders of several providers are made in one run', async () => {
		const rows = await Promise.all(
			providers.map(async ({ name, money }) => ({
				name,
				reference: await kept({ provider: name, ...money }),
			})),
		);
		await desk.run('make-the-links', 'Every 15 Minutes');
		for (const { name, reference } of rows) {
			expect(await desk.row(reference)).toMatchObject({ state: 'open', attention: '' });
			expect(await checkoutsOf(reference, name)).toHaveLength(1);
		}
	});

	test('paid while it is sending: it ships, and the link is kept in the row and sent to nobody', async () => {
		const { sandbox } = await stage();
		const reference = await kept();
		await sandbox.latency(3_000);
		const running = desk.run('make-the-links', 'Every 15 Minutes');
		while ((await desk.row(reference)).state !== 'sending')
			await new Promise((resolve) => setTimeout(resolve, 50));
		await desk.call('payment-arrives', {
			event: 'payment.succeeded',
			eventId: `${reference}:paid`,
			reference,
			amount: '20.50',
			currency: 'usdt',
			provider: 'payfect',
		});
		await running;
		expect(await desk.row(reference)).toMatchObject({
			state: 'shipped',
			checkoutUrl: expect.stringMatching(/^http/) as string,
		});
		expect(sentFor(reference)).toEqual([]);
	});

	test('an order that a run has left behind while sending waits for a person', async () => {
		const reference = await kept({ state: 'sending' });
		await desk.run('make-the-links', 'Every 15 Minutes');
		expect(await desk.row(reference)).toMatchObject({
			state: 'sending',
			attention: expect.stringContaining('the checkout may have been made') as string,
		});
		expect(await checkoutsOf(reference)).toEqual([]);
	});
});

const shipments = async (reference: string | null) =>
	(await desk.left('ship', 'Ship the Order (replace me)')).filter(
		(item) => item.reference === reference,
	);

test('payments of every provider whose callback got lost are found by the hour, and shipped once', async () => {
	const { sandbox } = await stage();
	const references = await Promise.all(
		providers.map(async ({ name, money }) => await kept({ provider: name, ...money })),
	);
	await desk.run('make-the-links', 'Every 15 Minutes');
	for (const reference of references) {
		const { provider, checkoutId } = await desk.row(reference);
		await sandbox.act(provider ?? '', checkoutId ?? '', 'pay', { callback: 'none' });
	}
	for (let hour = 0; hour < 2; hour++)
		expect(await desk.run('reconcile', 'Every Hour')).toMatchObject({ status: 'success' });
	for (const reference of references) {
		expect(await desk.row(reference)).toMatchObject({ state: 'shipped', attention: '' });
		expect(await shipments(reference)).toHaveLength(1);
	}
});

test('a payment through the older of two links whose callback got lost is found by the hour', async () => {
	const { sandbox } = await stage();
	const reference = await kept();
	await desk.run('make-the-links', 'Every 15 Minutes');
	const { checkoutId } = await desk.row(reference);
	await desk.change(reference, { state: 'expired' });
	await desk.call('make-the-links', { reference, again: 'yes' });
	expect((await desk.row(reference)).checkoutId).toMatch(new RegExp(`^\\S+ ${checkoutId}$`));
	await sandbox.act('payfect', checkoutId ?? '', 'pay', { callback: 'none' });
	await desk.run('reconcile', 'Every Hour');
	expect(await desk.row(reference)).toMatchObject({ state: 'shipped', attention: '' });
	expect(await shipments(reference)).toHaveLength(1);
});

/** What the sandbox calls the question that looks a checkout up. */
const lookUpOf: Record<string, string> = {
	payfect: 'get',
	efundpay: 'getTransaction',
	wooshpay: 'get',
	chingchingpay: 'query',
	tokenpay: 'get',
};

/** Those that close a checkout when they are asked to. */
const closing = ['tokenpay', 'wooshpay'];

describe.each(providers.map((provider) => [provider.name, provider] as const))(
	'the same desk with %s',
	(name, { money }) => {
		const opened = async () => {
			const reference = await kept({ provider: name, ...money });
			await desk.call('make-the-links', { reference });
			return await desk.row(reference);
		};
		const lookUp = async (row: OrderRow) => await desk.call('providers', { ...row, do: 'look up' });

		const shipped = async (reference: string) =>
			await eventually(
				async () => {
					const row = await desk.row(reference);
					return row.state === 'shipped' ? row : undefined;
				},
				aMinute,
				() => `${reference} was not shipped`,
			);

		test('a payment of the link ships the order, once, whatever is delivered again', async () => {
			const { sandbox } = await stage();
			const { reference, checkoutId } = await opened();
			await sandbox.act(name, checkoutId ?? '', 'pay', { copies: 3 });
			expect(await shipped(reference ?? '')).toMatchObject({
				paidAmount: money.amount,
				attention: '',
			});
			expect(await shipments(reference)).toHaveLength(1);
		});

		test('a payment of too little ships nothing', async () => {
			const { sandbox } = await stage();
			const { reference, checkoutId } = await opened();
			await sandbox.act(name, checkoutId ?? '', 'underpay');
			await eventually(
				async () => ((await desk.row(reference ?? '')).state === 'open' ? undefined : true),
				aMinute,
				() => `nothing came of the payment of ${reference}`,
			);
			expect(await desk.row(reference ?? '')).toMatchObject({ state: 'underpaid' });
			expect(await shipments(reference)).toEqual([]);
		});

		test('makes the link for the amount of the row, and looks it up until it is paid', async () => {
			const { sandbox } = await stage();
			const row = await opened();
			expect(row).toMatchObject({ state: 'open', attention: '' });
			const [checkout] = await checkoutsOf(row.reference ?? '', name);
			expect(checkout).toMatchObject({ checkoutId: row.checkoutId, ...money });
			expect((await lookUp(row)).status).not.toBe('paid');
			await sandbox.act(name, checkout?.checkoutId ?? '', 'pay', { callback: 'none' });
			expect(await lookUp(row)).toMatchObject({ reference: row.reference, status: 'paid' });
		});

		test('a look-up that fails names the order and does not say that it is unpaid', async () => {
			const { sandbox } = await stage();
			const row = await opened();
			await sandbox.fault(name, lookUpOf[name] ?? '', '401');
			const answer = await lookUp(row);
			expect(answer).toMatchObject({ reference: row.reference, mayExist: true });
			expect(answer.error).toMatch(/refused/);
			expect(answer.status).toBeUndefined();
		});

		test('the link ran out: a new one, the old one closed where the provider can', async () => {
			const { sandbox } = await stage();
			const old = await opened();
			if (!closing.includes(name))
				await sandbox.act(name, old.checkoutId ?? '', 'expire', { callback: 'none' });
			await desk.change(old.reference ?? '', { state: 'expired' });
			await desk.call('make-the-links', { reference: old.reference, again: 'yes' });
			const row = await desk.row(old.reference ?? '');
			expect(row).toMatchObject({ state: 'open', attention: '' });
			const [newest, first] = (row.checkoutId ?? '').split(' ');
			expect(first).toBe(old.checkoutId);
			const checkouts = await checkoutsOf(old.reference ?? '', name);
			expect(checkouts).toHaveLength(2);
			const status = (id?: string) => checkouts.find(({ checkoutId }) => checkoutId === id)?.status;
			expect(status(newest)).toBe('open');
			expect(status(first)).not.toBe('open');
			await sandbox.act(name, newest ?? '', 'pay');
			expect(await shipped(old.reference ?? '')).toMatchObject({ attention: '' });
		});

		test('the link ran out, but was paid: no new one, and a person is told', async () => {
			const { sandbox } = await stage();
			const { reference, checkoutId } = await opened();
			await sandbox.act(name, checkoutId ?? '', 'pay', { callback: 'none' });
			await desk.change(reference ?? '', { state: 'expired' });
			await desk.call('make-the-links', { reference, again: 'yes' });
			expect(await desk.row(reference ?? '')).toMatchObject({
				state: 'expired',
				attention: 'no new link: the provider says that the old checkout is paid',
			});
			expect(await checkoutsOf(reference ?? '', name)).toHaveLength(1);
		});
	},
);
