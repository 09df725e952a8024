/**
 * The ways of examples/order-desk to tell somebody, in a real n8n: the payer by e-mail, the team in
 * a chat and in a sheet.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import type { IDataObject, INode, INodeProperties } from 'n8n-workflow';
import { SMTPServer } from 'smtp-server';
import { aMinute, eventually, type Credential } from '../n8n/client';
import { LocalServer, Refusal } from '../support/localServer';
import { OrderDesk, type OrderRow } from './orderDesk';
import { chain, node, stage, uniqueReference } from './support';

let desk: OrderDesk;

/** A mail server that knows no address that begins with "nobody". */
const mails: ParsedMail[] = [];
const mailServer = new SMTPServer({
	allowInsecureAuth: true,
	disabledCommands: ['STARTTLS'],
	onAuth: (_auth, _session, done) => done(null, { user: 'shop' }),
	onRcptTo: ({ address }, _session, done) =>
		done(address.startsWith('nobody') ? new Error('no such mailbox') : undefined),
	onData: (stream, _session, done) => {
		void simpleParser(stream).then((mail) => {
			mails.push(mail);
			done();
		}, done);
	},
});
const mailsTo = (address: string) =>
	mails.filter(({ to }) => [to].flat().some((one) => one?.text === address));

/** Telegram, where bots may have their own server: it takes no message about what is unheard. */
const telegram = new LocalServer<{ chat_id: string; text: string; parse_mode: string }>(
	({ text }) => (text.includes('unheard') ? new Refusal(502, 'no bot') : { ok: true, result: {} }),
);
const toldOf = (reference: string) =>
	telegram.received.filter(({ text }) => text.includes(reference));

/** In the place of each step that cannot be run here: what it was told, by its name. */
interface Told extends IDataObject {
	step: string;
	item: string;
}
const sheet: IDataObject[] = [];
const services = new LocalServer<Told>(({ step }) => (step === 'Read the Sheet' ? sheet : {}));
const toldTo = (step: string) => services.received.filter((told) => told.step === step);

/** The provider of every order. */
const provider = new LocalServer<{ reference: string }>(({ reference }) => ({
	reference,
	status: 'open',
	checkoutId: `checkout-${reference}`,
	checkoutIds: `checkout-${reference}`,
	checkoutUrl: `https://pay.example/${encodeURIComponent(reference)}`,
}));

const post = (url: string, parameters: INode['parameters']) => ({
	parameters: { method: 'POST', url, sendBody: true, ...parameters, options: {} },
});

const providers = () => ({
	name: 'Order desk: providers',
	...chain([
		node('When Called', 'n8n-nodes-base.executeWorkflowTrigger', 1.1, {
			parameters: { inputSource: 'passthrough' },
		}),
		node(
			'Ask',
			'n8n-nodes-base.httpRequest',
			4.2,
			post(provider.url, { specifyBody: 'json', jsonBody: '={{ JSON.stringify($json) }}' }),
		),
	]),
});

/** Sends on what the fields of the step hold, each expression with its value. */
const standIn = (step: INode): INode => ({
	...node(
		step.name,
		'n8n-nodes-base.httpRequest',
		4.2,
		post(services.url, {
			bodyParameters: {
				parameters: [
					{ name: 'step', value: step.name },
					{ name: 'item', value: '={{ JSON.stringify($json) }}' },
					...Object.entries(step.parameters)
						.filter(([, value]) => typeof value === 'string')
						.map(([name, value]) => ({ name, value })),
				],
			},
		}),
	),
	position: step.position,
	...(step.onError && { onError: step.onError }),
});

const withCredential =
	({ id, name, type }: Credential) =>
	(step: INode): INode => ({ ...step, credentials: { [type]: { id, name } } });

/** "Execute Sub-workflow" with an example, as examples/README.md says. */
const calling = (workflow: string, more: Partial<INode>, options: IDataObject = {}): INode =>
	node('Tell Them', 'n8n-nodes-base.executeWorkflow', 1.3, {
		...more,
		parameters: {
			workflowId: { __rl: true, mode: 'list', value: '', cachedResultName: workflow },
			options: { ...options } as INode['parameters'],
		},
	});
const tellTheTeam = calling(
	'Order desk: tell the team on Telegram',
	{ onError: 'continueRegularOutput' },
	{ waitForSubWorkflow: false },
);

beforeAll(async () => {
	mailServer.listen(0, '127.0.0.1');
	await once(mailServer.server, 'listening');
	for (const server of [telegram, services, provider]) await server.open();
	const { client } = await stage();
	const smtp = await client.credentials.create({
		type: 'smtp',
		name: 'The shop by mail',
		data: {
			user: 'shop',
			password: 'for the mail server',
			host: '127.0.0.1',
			port: (mailServer.server.address() as AddressInfo).port,
			secure: false,
			disableStartTls: true,
		},
	});
	const bot = await client.credentials.create({
		type: 'telegramApi',
		name: 'The bot of the shop',
		data: { accessToken: '1:of-the-bot', baseUrl: telegram.url },
	});
	desk = await OrderDesk.open(await stage(), {
		files: [
			'send-by-smtp',
			'send-by-gmail',
			'tell-on-telegram',
			'tell-on-slack',
			'ship',
			'payment-arrives',
			'attention-list',
			'order-comes-in',
			'make-the-links',
			'orders-in-google-sheets',
		],
		standIns: [providers()],
		standIn,
		change: {
			'send-by-smtp': { 'Send the E-Mail': withCredential(smtp) },
			'tell-on-telegram': { 'Send to Telegram': withCredential(bot) },
			'make-the-links': {
				'Send the Link (replace me)': ({ name, position }) => ({
					...calling('Order desk: send the link by e-mail', { onError: 'continueErrorOutput' }),
					name,
					position,
				}),
			},
			'attention-list': {
				'Tell the Team (replace me)': ({ name, position }) => ({ ...tellTheTeam, name, position }),
			},
		},
		insert: {
			ship: { Result: tellTheTeam },
			'payment-arrives': { 'Not Claimed': tellTheTeam },
		},
	});
});
afterAll(async () => {
	await desk.close();
	mailServer.close();
	for (const server of [telegram, services, provider]) server.close();
});

/** An order that stands in the table. */
async function kept(more: Partial<OrderRow> = {}): Promise<string> {
	const reference = more.reference ?? uniqueReference();
	await desk.insert({
		amount: '20.50',
		currency: 'usdt',
		email: `${reference}@shop.example`,
		provider: 'payfect',
		state: 'new',
		...more,
		reference,
	});
	return reference;
}

const paid = async (reference: string, eventId = 'paid') =>
	await desk.call('payment-arrives', {
		event: 'payment.succeeded',
		eventId: `${reference}:${eventId}`,
		reference,
		amount: '20.50',
		currency: 'usdt',
		provider: 'payfect',
	});

/** The messages about an order, once there is one. */
const told = async (reference: string) =>
	await eventually(
		async () => await Promise.resolve(toldOf(reference).length > 0 ? toldOf(reference) : undefined),
		aMinute,
		() => `nobody was told of ${reference}`,
	);

describe('send-by-smtp', () => {
	test('each payer gets one mail, with the amount and the link of their own order', async () => {
		const references = [await kept(), await kept({ amount: '7', currency: 'trx' })];
		await desk.run('make-the-links', 'Every 15 Minutes');
		for (const [index, money] of ['20.50 usdt', '7 trx'].entries()) {
			const reference = references[index] ?? '';
			const [mail, ...more] = mailsTo(`${reference}@shop.example`);
			expect(more).toEqual([]);
			expect(mail?.subject).toBe(`Your payment link for ${reference}`);
			expect(mail?.text).toContain(`Please pay ${money} for ${reference} on this page:`);
			expect(mail?.text).toContain(`\nhttps://pay.example/${reference}\n`);
			expect(await desk.row(reference)).toMatchObject({ state: 'open', attention: '' });
		}
	});

	test('a mail that the server refuses is said in its row, and the others go out', async () => {
		const before = await kept();
		const refused = await kept({ email: 'nobody@shop.example' });
		const after = await kept();
		await desk.run('make-the-links', 'Every 15 Minutes');
		expect(await desk.row(refused)).toMatchObject({
			state: 'open',
			attention: expect.stringMatching(
				/^the link was not sent: .*; send it, it is in checkoutUrl$/,
			) as string,
		});
		for (const reference of [before, after]) {
			expect(mailsTo(`${reference}@shop.example`)).toHaveLength(1);
			expect((await desk.row(reference)).attention).toBe('');
		}
	});
});

describe('tell-on-telegram', () => {
	test('a shipped order is told, once, whatever is delivered again', async () => {
		const [reference, later] = [await kept({ state: 'open' }), await kept({ state: 'open' })];
		await paid(reference);
		await paid(reference);
		await paid(later);
		await told(later);
		expect(await told(reference)).toEqual([
			expect.objectContaining({ chat_id: 'your-chat-id', text: `${reference}: shipped` }),
		]);
	});

	test('a second payment is told, with the reason', async () => {
		const reference = await kept({ state: 'shipped', eventId: 'an-earlier-one' });
		await paid(reference);
		expect(await told(reference)).toMatchObject([
			{ text: expect.stringContaining(`${reference}: shipped; paid twice`) as string },
		]);
	});

	// Telegram refuses a message in which "_" or "<" begins something that does not end.
	test('a reference is no markup', async () => {
		const reference = await kept({ state: 'open', reference: `${uniqueReference()}_<b>&` });
		await paid(reference);
		const [message] = await told(reference.replace('<b>&', ''));
		expect(message).toMatchObject({
			parse_mode: 'HTML',
			text: `${reference.replace('<b>&', '&lt;b&gt;&amp;')}: shipped`,
		});
	});

	test('each morning the list of orders that need a person is told', async () => {
		const reference = await kept({ state: 'open', attention: 'look at me' });
		await desk.run('attention-list', 'Every Morning');
		const [message] = await told(reference);
		expect(message?.text).toContain(`* ${reference} (open, 20.50 usdt): look at me`);
	});

	test('a chat that refuses the message keeps no order from being shipped', async () => {
		const reference = await kept({ state: 'open', reference: `unheard-${uniqueReference()}` });
		expect(await paid(reference)).toMatchObject({ reference, claimed: true, state: 'shipped' });
		await told(reference);
		expect(await desk.row(reference)).toMatchObject({ state: 'shipped', attention: '' });
	});
});

test('send-by-gmail sends each payer the amount and the link', async () => {
	const reference = uniqueReference();
	await desk.call('send-by-gmail', {
		reference,
		amount: '20.50',
		currency: 'usdt',
		email: 'maria@shop.example',
		checkoutUrl: `https://pay.example/${reference}`,
	});
	expect(toldTo('Send by Gmail')).toEqual([
		expect.objectContaining({
			sendTo: 'maria@shop.example',
			subject: `Your payment link for ${reference}`,
			message: expect.stringMatching(
				new RegExp(
					`^Please pay 20\\.50 usdt for ${reference} .*\\n\\nhttps://pay\\.example/${reference}\\n`,
				),
			) as string,
		}),
	]);
});

test('tell-on-slack says what was shipped and what needs a person', async () => {
	await desk.call('tell-on-slack', { reference: 'a', shipped: true, state: 'shipped' });
	await desk.call('tell-on-slack', { reference: '<b>', state: 'open', attention: 'paid twice' });
	expect(toldTo('Send to Slack').map(({ text }) => text)).toEqual([
		'a: shipped',
		'&lt;b&gt;: open; paid twice',
	]);
});

describe('orders-in-google-sheets', () => {
	const inSheet = uniqueReference();
	const shown = (reference: string) =>
		toldTo('Write Back')
			.map(({ item }) => JSON.parse(item) as IDataObject)
			.filter((row) => row.reference === reference);
	const run = async () =>
		expect(await desk.run('orders-in-google-sheets', 'Run')).toMatchObject({ status: 'success' });

	test('orders go in once, at the amount of the sheet, and their links come back', async () => {
		sheet.push({ reference: inSheet, amount: 20.5, currency: 'usdt', email: 'ada@shop.example' });
		for (let times = 0; times < 2; times++) await run();
		expect(await desk.row(inSheet)).toMatchObject({ amount: '20.5', state: 'open', attention: '' });
		expect(provider.received.filter(({ reference }) => reference === inSheet)).toHaveLength(1);
		expect(shown(inSheet).at(-1)).toEqual({
			reference: inSheet,
			state: 'open',
			checkoutUrl: `https://pay.example/${inSheet}`,
			paidAmount: '',
			paidAt: '',
			attention: '',
		});
	});

	test('what is typed into the sheet makes no order paid', async () => {
		sheet.push({ reference: inSheet, amount: 20.5, currency: 'usdt', state: 'claimed' });
		await run();
		expect(await desk.row(inSheet)).toMatchObject({ state: 'open', attention: '' });
		expect(shown(inSheet).at(-1)).toMatchObject({ state: 'open' });
	});

	test('a payment comes back into its row', async () => {
		await paid(inSheet);
		await run();
		expect(shown(inSheet).at(-1)).toMatchObject({ state: 'shipped', paidAmount: '20.50' });
	});
});

// What nobody has run may still hold a field that n8n's form does not have.
describe('a step that is not run here', () => {
	const namesIn = (properties: readonly INodeProperties[], name: string) =>
		properties
			.filter((property) => property.name === name)
			.flatMap(({ options = [] }) => options.map((option) => option.name));

	test.each([
		['send-by-gmail', 'Send by Gmail', 'options'],
		['tell-on-slack', 'Send to Slack', 'otherOptions'],
		['orders-in-google-sheets', 'Read the Sheet', 'options'],
		['orders-in-google-sheets', 'Write Back', 'options'],
	])("%s: %s has only fields of n8n's form", async (file, name, collection) => {
		const { client } = await stage();
		const saved = desk.savedStep(file, name);
		const form = (await client.nodeTypes('n8n-nodes-base.')).find(
			({ name: type, version }) =>
				type === saved?.type && [version].flat().includes(saved.typeVersion),
		);
		const properties = form?.properties ?? [];
		const parameters = saved?.parameters ?? {};
		expect(Object.keys(parameters)).not.toEqual([]);
		const fields = properties.map((property) => property.name);
		expect(Object.keys(parameters).filter((field) => !fields.includes(field))).toEqual([]);
		const options = namesIn(properties, collection);
		expect(
			Object.keys(parameters[collection] as object).filter((option) => !options.includes(option)),
		).toEqual([]);
	});
});
