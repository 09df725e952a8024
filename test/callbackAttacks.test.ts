/**
 * What somebody can do who sends callbacks of their own, for each way of finding out whether one is
 * genuine ('When a Callback Comes' in the credential), at each provider that can be asked.
 */
import { createHmac } from 'node:crypto';
import type { ICredentialType, IDataObject, INodeType } from 'n8n-workflow';
import type { CallbackProof } from '../nodes/shared/core/contract';
import { credentials as chingChingPay } from './nodes/ChingChingPay/support';
import { credentials as payfect, fernetToken, paid as payfectPaid } from './nodes/Payfect/support';
import { startProviderServer, type ProviderServer } from './nodes/shared/support/providerServer';
import * as tokenPay from './nodes/TokenPay/callbacks';
import { credentials as wooshPay, paymentEvent } from './nodes/WooshPay/samples';
import { withCallbackTag } from '../nodes/shared/core/callbackTag';
import { chingChingPay as chingChingPayContract } from '../nodes/ChingChingPay/chingChingPay.contract';
import { resetTime } from './nodes/shared/support/skippedTime';
import { callWebhook } from './support/contexts';

jest.mock('n8n-workflow', () =>
	jest
		.requireActual<typeof import('./nodes/shared/support/skippedTime')>(
			'./nodes/shared/support/skippedTime',
		)
		.n8nWorkflowThatSkipsTime(),
);

interface Request {
	headers: Record<string, string>;
	rawBody: string | Buffer;
	query?: string;
}

/** What a callback says, or what the provider has. */
interface Facts {
	reference: string | null;
	/** Whole units. */
	amount: number;
	/** `invented`: of a type or state that no page of the provider names. */
	kind: 'payment' | 'refund' | 'invented';
	state: 'paid' | 'open';
	merchant: 'own' | 'other';
	livemode: boolean;
	daysAgo: number;
}

interface Shop {
	folder: string;
	credentialName: string;
	/** Of each attack one of its own, where what is asked is counted by account. */
	credentials(id: string): object;
	choices: CallbackProof[];
	/** A callback about the payment with this number, signed or with a signature of nobody. */
	callback(id: string, said: Facts, isSigned: boolean): Request;
	/** The answer of the provider's API. */
	answer(id: string, has: Facts): object;
	/** What the API says where it has nothing. */
	nothing: { status: number; body: string };
}

const day = 86_400_000;
const json = { 'content-type': 'application/json' };
const ownMerchant = '7b1d2c3e-4f50-4a6b-8c7d-9e0f1a2b3c4d';
const hmac = (key: string, text: string) => createHmac('sha256', key).update(text).digest('hex');

/** The provider's word for it. */
const wordOf = (
	{ kind, state }: Facts,
	words: Record<Exclude<Facts['kind'], 'payment'> | Facts['state'], string>,
) => (kind === 'payment' ? words[state] : words[kind]);

const wooshPayEvent = (id: string, facts: Facts) => ({
	...paymentEvent(
		wordOf(facts, {
			paid: 'payment_intent.succeeded',
			open: 'payment_intent.created',
			refund: 'charge.refund.updated',
			invented: 'payment_intent.invented',
		}),
		{
			id: `pi_${id}`,
			status: facts.state === 'paid' ? 'succeeded' : 'requires_payment_method',
			merchant_order_id: facts.reference,
			metadata: {},
			amount: facts.amount * 100,
		},
	),
	id: `evt_${id}`,
	livemode: facts.livemode,
	created: Date.now() - facts.daysAgo * day,
});
const tokenPayOrder = (id: string, facts: Facts) => ({
	...tokenPay.paid,
	transaction_id: id,
	out_trade_no: facts.reference,
	amount: facts.amount * 1_000_000,
	trade_state: wordOf(facts, {
		paid: 'SUCCESS',
		open: 'NOTPAY',
		refund: 'REFUND',
		invented: 'INVENTED',
	}),
	pay_time: Date.now() - facts.daysAgo * day,
});
const chingChingPayTransaction = (id: string, facts: Facts) => ({
	merchant_reference: facts.reference,
	transaction_id: id,
	merchant_id: facts.merchant === 'own' ? 'M_TEST' : 'M_OTHER',
	amount: facts.amount * 100,
	currency: 'HKD',
	status: wordOf(facts, {
		paid: 'PAID',
		open: 'OPEN',
		refund: 'PAID',
		invented: 'INVENTED',
	}),
	created_at: Math.floor((Date.now() - facts.daysAgo * day) / 1000),
	...(facts.kind === 'refund' && { transaction_type: 'refund' }),
});

/** Payfect's API knows no refunds. */
const payfectWords = { refund: 'complete', invented: 'invented' };

const shops: Shop[] = [
	{
		folder: 'Payfect',
		credentialName: 'payfectApi',
		credentials: () => ({ ...payfect, merchantId: ownMerchant }),
		choices: ['signature', 'signatureAndProvider', 'provider'],
		callback(id, said, isSigned) {
			const rawBody = JSON.stringify({
				...payfectPaid,
				id,
				client_reference_id: said.reference,
				amount: String(said.amount),
				status: wordOf(said, { ...payfectWords, paid: 'succeeded', open: 'pending' }),
			});
			const token = isSigned ? fernetToken(rawBody) : 'of nobody';
			return { headers: { ...json, 'x-payfect-signature': token }, rawBody };
		},
		answer: (id, has) => ({
			id,
			clientReferenceId: has.reference,
			amountTotal: String(has.amount),
			currency: 'usdt',
			status: wordOf(has, { ...payfectWords, paid: 'complete', open: 'open' }),
			merchant: { id: has.merchant === 'own' ? ownMerchant : 'somebody-else' },
		}),
		nothing: { status: 404, body: '{"detail":"Not found."}' },
	},
	{
		folder: 'WooshPay',
		credentialName: 'wooshPayApi',
		credentials: () => ({ ...wooshPay, environment: 'custom' }),
		choices: ['signatureOrProvider', 'signature', 'signatureAndProvider'],
		callback(id, said, isSigned) {
			const rawBody = JSON.stringify(wooshPayEvent(id, said));
			const time = Date.now();
			const key = isSigned ? (wooshPay.webhookSecret ?? '') : 'of nobody';
			const header = `t=${time},v1=${hmac(key, `${time}.${rawBody}`)}`;
			return { headers: { ...json, 'wooshpay-signature': header }, rawBody };
		},
		answer: wooshPayEvent,
		nothing: { status: 404, body: '{"error":{"message":"No such event"}}' },
	},
	{
		folder: 'ChingChingPay',
		credentialName: 'chingChingPayApi',
		credentials: () => chingChingPay({ paidValues: 'PAID' }),
		choices: ['provider', 'signature', 'signatureAndProvider'],
		callback(id, said, isSigned) {
			const rawBody = JSON.stringify(chingChingPayTransaction(id, said));
			const key = isSigned ? chingChingPay().signingSecret : 'of nobody';
			return { headers: { ...json, 'x-signature': hmac(key, rawBody) }, rawBody };
		},
		answer: (id, has) => ({ code: 0, message: '', data: chingChingPayTransaction(id, has) }),
		nothing: { status: 200, body: '{"code":0,"message":"","data":null}' },
	},
	{
		folder: 'TokenPay',
		credentialName: 'tokenPayApi',
		credentials: (id) => ({ ...tokenPay.credentials, appId: `app-${id}` }),
		choices: ['signatureAndProvider', 'provider'],
		callback(id, said, isSigned) {
			const body = tokenPay.envelope({
				app_id: `app-${id}`,
				resource: tokenPay.resource(tokenPayOrder(id, said)),
			});
			return tokenPay.callback(
				body,
				isSigned ? {} : { secret: 'somebody-else-with-another-key-!' },
			);
		},
		answer: (id, has) => ({ code: 0, data: tokenPayOrder(id, has) }),
		nothing: { status: 200, body: '{"code":12002,"msg":"no data"}' },
	},
];

const genuine: Facts = {
	reference: 'order-mine',
	amount: 20,
	kind: 'payment',
	state: 'paid',
	merchant: 'own',
	livemode: false,
	daysAgo: 0,
};

let server: ProviderServer;
beforeAll(async () => void (server = await startProviderServer()));
afterAll(() => server.close());

let count = 0;
beforeEach(resetTime);

/** In the registry of this file, where nobody has to wait for time to pass. */
function made<Made>(file: string): Made {
	const [Class] = Object.values(jest.requireActual<Record<string, new () => Made>>(file));
	if (!Class) throw new Error(`${file} exports nothing.`);
	return new Class();
}

/** What comes of it: a status, and the event if one starts the workflow. */
async function attack(
	shop: Shop,
	callbackProof: CallbackProof,
	isSigned: boolean,
	says: Partial<Facts>,
	has: Partial<Facts> | undefined,
) {
	const id = `${++count}`;
	const facts = has && { ...genuine, ...has };
	server.reset();
	server.respond(() => (facts ? { body: JSON.stringify(shop.answer(id, facts)) } : shop.nothing));
	const request = shop.callback(id, { ...genuine, ...says }, isSigned);
	return await deliver({ shop, callbackProof, id }, request);
}

/** To the trigger with this id; what comes of it, and what was asked so far. */
async function deliver(
	{ shop, callbackProof, id }: { shop: Shop; callbackProof: CallbackProof; id: string },
	request: Request,
) {
	const call = await callWebhook({
		node: made<INodeType>(`../nodes/${shop.folder}/${shop.folder}Trigger.node`),
		credentialTypes: [made<ICredentialType>(`../credentials/${shop.folder}Api.credentials`)],
		credentials: {
			[shop.credentialName]: {
				...shop.credentials(id),
				baseUrl: server.url,
				callbackProof,
			} as unknown as Record<string, string>,
		},
		nodeId: id,
		webhookId: id,
		workflowId: id,
		parameters: { events: ['payment.succeeded', 'refund.succeeded', 'unknown'] },
		request,
	});
	const event = call.items?.[0]?.[0]?.json as IDataObject | undefined;
	return {
		status: call.response.status,
		asked: server.received.length,
		event: event?.event,
		reference: event?.reference,
		amount: event && Number(event.amount),
	};
}

const asksUnsigned = (choice: CallbackProof) =>
	choice === 'provider' || choice === 'signatureOrProvider';
const asksAlways = (choice: CallbackProof) =>
	choice === 'provider' || choice === 'signatureAndProvider';
const cases = shops.flatMap((shop) =>
	shop.choices.map((choice) => [shop.folder, choice, shop] as const),
);
const unsigned = cases.filter(([, choice]) => asksUnsigned(choice));
const bySignature = cases.filter(([, choice]) => !asksUnsigned(choice));
const both = cases.filter(([, choice]) => choice === 'signatureAndProvider');

describe.each(bySignature)('%s, %s', (_folder, choice, shop) => {
	it('a callback with a signature of nobody is refused, and nothing is asked', async () => {
		expect(await attack(shop, choice, false, {}, {})).toMatchObject({ status: 401, asked: 0 });
	});

	it('a genuine one starts the workflow', async () => {
		expect(await attack(shop, choice, true, {}, {})).toMatchObject({
			status: 200,
			event: 'payment.succeeded',
			reference: 'order-mine',
		});
	});
});

describe.each(cases)('%s, %s', (folder, choice, shop) => {
	it('what claims an invented type is "unknown", or what the API says it is where that is asked', async () => {
		// Of what nobody has signed only the number counts.
		expect(
			await attack(shop, choice, choice !== 'provider', { kind: 'invented' }, {}),
		).toMatchObject({
			event: asksAlways(choice) ? 'payment.succeeded' : 'unknown',
			reference: 'order-mine',
		});
	});

	it('what says paid and is of an invented type at the provider is "unknown" where that is asked', async () => {
		const { event } = await attack(shop, choice, choice !== 'provider', {}, { kind: 'invented' });
		expect(event).toBe(asksAlways(choice) ? 'unknown' : 'payment.succeeded');
	});

	it('a flood of invented payments starts nothing and has the provider asked within its budget, and what is signed goes on', async () => {
		const id = `${++count}`;
		server.reset();
		server.respond(() => shop.nothing);
		const events = new Set<unknown>();
		let asked = 0;
		for (let invented = 0; invented < 60; invented++) {
			const request = shop.callback(id, { ...genuine, reference: `invented-${invented}` }, false);
			const outcome = await deliver({ shop, callbackProof: choice, id }, request);
			events.add(outcome.event);
			asked = outcome.asked;
		}
		expect([...events]).toEqual([undefined]);
		// A fifth of TokenPay's five a second; 50 at once where no rate is documented.
		const budget = folder === 'TokenPay' ? 1 : 50;
		expect(asked).toBe(asksUnsigned(choice) ? budget : 0);
		if (choice === 'provider') return;
		server.respond(() => ({ body: JSON.stringify(shop.answer(id, genuine)) }));
		const request = shop.callback(id, genuine, true);
		expect(await deliver({ shop, callbackProof: choice, id }, request)).toMatchObject({
			status: 200,
			event: 'payment.succeeded',
		});
	});
});

describe.each(cases.filter(([folder]) => folder === 'WooshPay'))('%s, %s', (_, choice, shop) => {
	it('what is signed for the live account is refused by a credential of the test account, and nothing is asked', async () => {
		const outcome = await attack(shop, choice, true, { livemode: true }, { livemode: true });
		expect(outcome).toMatchObject({ status: 401, asked: 0, event: undefined });
	});
});

describe.each(both)('%s, %s: whoever can make the signature', (_folder, choice, shop) => {
	it('cannot name another order: unknown', async () => {
		expect(await attack(shop, choice, true, { reference: 'order-777' }, {})).toMatchObject(
			// ChingChingPay is asked by the reference, and WooshPay's event has one only.
			shop.folder === 'ChingChingPay' ? { status: 500, event: undefined } : { event: 'unknown' },
		);
	});

	it('cannot raise the amount, where the API tells what was received', async () => {
		const { amount } = await attack(shop, choice, true, { amount: 999 }, {});
		// Payfect's API tells what was ordered only.
		expect(amount).toBe(shop.folder === 'Payfect' ? 999 : 20);
	});

	it.each<[string, Partial<Facts> | undefined]>([
		['is not known', undefined],
		['is open', { state: 'open' }],
	])('a payment that %s at the provider starts nothing', async (_case, has) => {
		const { event } = await attack(shop, choice, true, {}, has);
		// Of ChingChingPay's words only those that mean paid are known.
		expect([undefined, shop.folder === 'ChingChingPay' ? 'unknown' : undefined]).toContain(event);
	});
});

describe.each(unsigned)('%s, %s: whoever knows the address', (folder, choice, shop) => {
	const send = async (says: Partial<Facts>, has: Partial<Facts> | undefined) =>
		await attack(shop, choice, false, says, has);

	it('has a payment of the own account looked up, and no more', async () => {
		expect(await send({}, {})).toMatchObject({
			status: 200,
			event: 'payment.succeeded',
			reference: 'order-mine',
			amount: 20,
		});
	});

	it('cannot put a payment on another order', async () => {
		const { event, reference } = await send({ reference: 'order-777' }, {});
		expect([event, reference]).toEqual(
			// ChingChingPay is asked by the reference: an answer about another is none.
			folder === 'ChingChingPay' ? [undefined, undefined] : ['payment.succeeded', 'order-mine'],
		);
	});

	it('cannot put a payment without an order on one', async () => {
		const { reference } = await send({ reference: 'order-777' }, { reference: null });
		expect(reference ?? null).toBeNull();
	});

	it('cannot raise the amount', async () => {
		expect(await send({ amount: 999 }, {})).toMatchObject({ amount: 20 });
	});

	it('cannot make a payment of a refund', async () => {
		const { event } = await send({}, { kind: 'refund' });
		// Payfect's API knows no refunds.
		expect(event).toBe(folder === 'Payfect' ? 'payment.succeeded' : 'refund.succeeded');
	});

	it.each<[string, Partial<Facts> | undefined]>([
		['that nobody knows', undefined],
		['that is open', { state: 'open' }],
	])('cannot invent a payment %s', async (_case, has) => {
		const { event } = await send({}, has);
		expect(event === undefined || event === 'unknown').toBe(true);
	});

	const lasting: Record<string, Array<[string, Partial<Facts>]>> = {
		Payfect: [['another merchant', { merchant: 'other' }]],
		WooshPay: [
			['the live account', { livemode: true }],
			['eight days ago', { daysAgo: 8 }],
		],
		ChingChingPay: [
			['another merchant', { merchant: 'other' }],
			['eight days ago', { daysAgo: 8 }],
		],
		TokenPay: [['eight days ago', { daysAgo: 8 }]],
	};
	it.each(lasting[folder] ?? [])('cannot have a payment of %s taken', async (_case, has) => {
		expect(await send({}, has)).toMatchObject({ status: 401, event: undefined });
	});
});

describe('ChingChingPay, provider: whoever knows the address and names two payments', () => {
	const shop = shops.find(({ folder }) => folder === 'ChingChingPay');
	if (shop === undefined) throw new Error('There is no such shop.');
	const named = (...references: string[]): Request => ({
		headers: json,
		rawBody: JSON.stringify(references.map((reference) => ({ merchant_reference: reference }))),
	});
	const send = async (id: string, ...references: string[]) =>
		await deliver({ shop, callbackProof: 'provider', id }, named(...references));

	it('cannot put the one on the order of the other: neither is named', async () => {
		server.reset();
		server.respond(({ body }) => {
			const { merchant_reference: reference } = JSON.parse(body) as Record<string, string>;
			const has = { ...genuine, reference: reference ?? null };
			return { body: JSON.stringify(shop.answer(`of-${reference ?? ''}`, has)) };
		});
		expect(await send('two', 'order-1', 'order-2')).toMatchObject({
			status: 200,
			event: 'unknown',
			reference: null,
			asked: 2,
		});
	});

	it.each<[string, object]>([
		[
			'deeper than its facts are read',
			{ event: { transaction: chingChingPayTransaction('1', genuine) } },
		],
		[
			'as one of two',
			['2', '3'].map((id) => chingChingPayTransaction(id, { ...genuine, reference: id })),
		],
	])(
		'loses no payment that is named %s and not known yet: what came to a tagged address is sent again',
		async (_case, content) => {
			server.reset();
			server.respond(() => shop.nothing);
			const [secret = ''] = chingChingPayContract.callback.tagSecrets?.(chingChingPay()) ?? [];
			const { search } = new URL(withCallbackTag('https://n8n.example/', secret));
			const request = { headers: json, rawBody: JSON.stringify(content) };
			const id = `${++count}`;
			const send = async (query: string) =>
				await deliver({ shop, callbackProof: 'provider', id }, { ...request, query });
			expect(await send(search.slice(1))).toMatchObject({ status: 500, event: undefined });
			expect(await send('')).toMatchObject({ status: 200, event: undefined });
		},
	);

	it('has both counted in the budget of what is asked', async () => {
		server.reset();
		server.respond(() => shop.nothing);
		let asked = 0;
		for (let invented = 0; invented < 60; invented++)
			({ asked } = await send('flood', `a-${invented}`, `b-${invented}`));
		expect(asked).toBe(50);
	});
});
