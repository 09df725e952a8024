import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeParameters,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { Payfect } from '../../../../nodes/Payfect/Payfect.node';
import {
	payfect,
	type PayfectCredentials,
	type PayfectOrder,
} from '../../../../nodes/Payfect/payfect.contract';
import type {
	Confirmation,
	PaymentContract,
	PaymentEventData,
} from '../../../../nodes/shared/core/contract';
import { usedByAgent } from '../../../../nodes/shared/providerNode';
import { resumeWhenSettled, waitForPayment } from '../../../../nodes/shared/waiting/waitForPayment';
import {
	callWebhook,
	DELETED,
	logText,
	resumeAtTimeLimit,
	runNode,
	type NodeRun,
	type NodeRunOptions,
	type WebhookCall,
} from '../../../support/contexts';
import { madeByHand, stubNode as stub } from '../../../support/resumeAddress';
import { testProviders } from '../../../providers';
import { newCredential, newNode } from '../../../support/providers';
import type { Callback, PayerAction, Telling } from '../../../support/sandboxClient';
import { TestSandbox } from '../../../support/testSandbox';
import { refusedAs } from '../support/said';

let sandbox: TestSandbox;
beforeAll(async () => (sandbox = await TestSandbox.start()));
afterAll(async () => await sandbox.close());

interface Provider {
	name: string;
	displayName: string;
	node: INodeType;
	credentialType: ICredentialType;
	order: IDataObject;
	money: { amount: string; currency: string };
	foreignCurrency: string;
	accepted: { status: number; contentType: string; body: string };
	/** Whether it can be asked before the execution pauses. */
	asked: boolean;
	verifiedBy: string;
}

const providers = testProviders().flatMap(({ wait: waits, ...facts }): Provider[] =>
	waits
		? [
				{
					name: facts.name,
					displayName: facts.folder,
					node: newNode(facts.folder),
					credentialType: newCredential(facts.folder),
					order: waits.order ?? facts.order,
					money: facts.money,
					foreignCurrency: facts.foreignCurrency,
					accepted: facts.acknowledgement,
					asked: waits.asksBefore,
					verifiedBy: waits.verifiedBy,
				},
			]
		: [],
);
const named = (wanted: string) => providers.find(({ name }) => name === wanted) as Provider;
const [ofPayfect, ofChingChingPay] = [named('payfect'), named('chingchingpay')];

let count = 0;
const typeOf = (provider: Provider) =>
	`n8n-nodes-hosted-checkout.${provider.node.description.name}`;
const wait = { resource: 'checkout', operation: 'waitForPayment' };

/** Parts of a run that every operation of this provider shares. */
function setupOf(provider: Provider, credential: IDataObject = {}) {
	const { name } = provider.credentialType;
	return {
		node: provider.node,
		credentialTypes: [provider.credentialType],
		credentials: {
			[name]: { ...sandbox.credential(name), ...credential } as ICredentialDataDecryptedObject,
		},
	};
}

/** Creates a checkout whose callback resumes this execution. */
async function create(
	provider: Provider,
	executionId: string,
	more: Partial<NodeRunOptions> = {},
): Promise<NodeRun> {
	const run = await runNode({
		...setupOf(provider),
		nodeName: 'Create',
		executionId,
		items: [{ json: {} }],
		...more,
		parameters: {
			resource: 'checkout',
			operation: 'create',
			amountFrom: 'amount',
			reference: `wait-${++count}`,
			callback: 'resumeExecution',
			...provider.order,
			...more.parameters,
		},
	});
	if (run.error) throw run.error;
	return run;
}

/** The same, for tests in which Wait for Payment does not know where the item comes from. */
async function order(provider: Provider, executionId: string): Promise<IDataObject> {
	return (await create(provider, executionId)).outputs[0]?.[0]?.json ?? {};
}

interface Waiting {
	run: NodeRun;
	checkout: IDataObject;
	/** What the payer (or a forger) does, and what became of the callback. */
	payer(action: PayerAction, how?: Telling): Promise<WebhookCall>;
}

/** An execution that has created a checkout and waits for its payment. */
async function waiting(
	provider: Provider,
	more: Partial<NodeRunOptions> & { credential?: IDataObject } = {},
): Promise<Waiting> {
	const executionId = String(1000 + ++count);
	const { outputs, flow, setup } = await create(provider, executionId);
	const checkout = outputs[0]?.[0]?.json ?? {};
	const { credential, ...options } = more;
	const run = await runNode({
		...setupOf(provider, credential),
		executionId,
		flow,
		nodesBefore: [
			{
				name: 'Create',
				type: typeOf(provider),
				node: provider.node,
				parameters: setup.parameters as INodeParameters,
			},
		],
		items: [{ json: { customer: 'Ada', ...checkout } }],
		...options,
		parameters: { ...wait, ...options.parameters },
	});
	return {
		run,
		checkout,
		async payer(action, how = {}) {
			const [delivery] = await act(provider, checkout, action, how);
			if (!delivery) throw new Error(`${provider.name} sent no callback.`);
			return await deliver(run, delivery);
		},
	};
}

async function act(
	provider: Provider,
	checkout: IDataObject,
	action: PayerAction,
	how: Telling = {},
): Promise<Callback[]> {
	return await sandbox.act(provider.name, String(checkout.checkoutId), action, how);
}

async function deliver(
	run: NodeRun,
	{ requestHeaders, requestBody }: Callback,
): Promise<WebhookCall> {
	return await callWebhook({
		...run.setup,
		waiting: run,
		request: { headers: requestHeaders, rawBody: Buffer.from(requestBody) },
	});
}

/** Fields of the items that left Paid and Not Paid. */
function leftThrough({ outputs }: Pick<NodeRun, 'outputs'>) {
	const [paid = [], notPaid = []] = outputs.map((items) => items.map(({ json }) => json));
	return { paid, notPaid };
}

function resumed(call: WebhookCall) {
	if (!call.resumed)
		throw new Error(`The execution was not resumed: ${call.response.status} ${logText(call)}`);
	return leftThrough(call.resumed);
}

const words = (error: unknown) => {
	const { message = '', description } = (error ?? {}) as { message?: string; description?: string };
	return `${message} ${description ?? ''}`;
};

describe.each(providers)('Wait for Payment of $displayName', (provider) => {
	test('the checkout is created with the resume URL of this execution, byte for byte', async () => {
		const { checkout } = await waiting(provider);
		const { checkouts } = await sandbox.state(provider.name);
		expect(
			checkouts.find(({ checkoutId }) => checkoutId === checkout.checkoutId)?.callbackUrl,
		).toMatch(/^https:\/\/n8n\.example\/webhook-waiting\/\d+\?signature=[0-9a-f]+$/);
	});

	test('it pauses the execution until the checkout expires, 24 hours where that is not known', async () => {
		const { run, checkout } = await waiting(provider);
		expect(run).toMatchObject({ status: 'waiting' });
		const limit =
			typeof checkout.expiresAt === 'string'
				? Date.parse(checkout.expiresAt)
				: Date.now() + 24 * 60 * 60 * 1000;
		expect(Math.abs((run.waitTill?.getTime() ?? 0) - limit)).toBeLessThan(60_000);
	});

	test('the payment resumes it through Paid, with the order and the payment, and gets the acknowledgement that the provider expects', async () => {
		const { checkout, payer } = await waiting(provider);
		const call = await payer('pay');
		expect({
			status: call.response.status,
			contentType: call.response.headers['content-type'],
			body: call.response.body,
		}).toEqual(provider.accepted);
		expect(resumed(call)).toEqual({
			paid: [
				{
					customer: 'Ada',
					...checkout,
					status: 'paid',
					providerStatus: expect.any(String) as string,
					paymentId: expect.any(String) as string,
					outcome: 'paid',
					paidInFull: 'exact',
					payment: expect.objectContaining({
						provider: provider.name,
						event: 'payment.succeeded',
						reference: checkout.reference,
						verifiedBy: provider.verifiedBy,
						...provider.money,
					}),
				},
			],
			notPaid: [],
		});
	});

	test('the execution bears the reference from its checkout on, and the event ID from its payment on', async () => {
		const { run, checkout, payer } = await waiting(provider);
		expect(run.customData).toEqual({ reference: checkout.reference });
		const call = await payer('pay');
		const { payment } = resumed(call).paid[0] as { payment: IDataObject };
		expect(call.resumed?.customData).toEqual({
			reference: checkout.reference,
			eventId: payment.eventId,
		});
	});

	test('of copies that arrive together one resumes it, also in an n8n that would let all of them', async () => {
		const { run, checkout } = await waiting(provider);
		const [delivery] = await act(provider, checkout, 'pay');
		const calls = await Promise.all(
			Array.from({ length: 6 }, async () => await deliver(run, delivery as Callback)),
		);
		expect(calls.map(({ response }) => response.status).sort()).toEqual([
			200, 409, 409, 409, 409, 409,
		]);
		expect(calls.filter(({ items }) => items !== undefined)).toHaveLength(1);
	});

	test('when n8n cannot note that it goes on, the next copy resumes it', async () => {
		const { run, checkout } = await waiting(provider);
		const [delivery] = await act(provider, checkout, 'pay');
		const request = {
			headers: delivery?.requestHeaders ?? {},
			rawBody: Buffer.from(delivery?.requestBody ?? ''),
		};
		const failed = await callWebhook({
			...run.setup,
			waiting: run,
			request,
			store: () => Promise.reject(new Error('database is locked')),
		});
		expect(failed.response.status).toBe(500);
		expect(resumed(await deliver(run, delivery as Callback)).paid).toHaveLength(1);
	});

	test('the next order of a loop is resumed right behind the one before', async () => {
		const first = await waiting(provider);
		const { executionId = '' } = first.run.setup;
		const checkout = await order(provider, executionId);
		const second = await runNode({
			...setupOf(provider),
			executionId,
			nodesBefore: [madeByHand],
			items: [{ json: checkout }],
			parameters: wait,
		});
		expect(resumed(await first.payer('pay')).paid).toHaveLength(1);
		const [delivery] = await act(provider, checkout, 'pay');
		expect(resumed(await deliver(second, delivery as Callback)).paid).toHaveLength(1);
	});

	test('what is paid too little leaves through Not Paid as underpaid', async () => {
		const { payer } = await waiting(provider);
		expect(resumed(await payer('underpay'))).toMatchObject({
			paid: [],
			notPaid: [
				{ outcome: 'underpaid', paidInFull: 'under', payment: { event: 'payment.succeeded' } },
			],
		});
	});

	test('what is paid too much leaves through Paid and says so', async () => {
		const { payer } = await waiting(provider);
		expect(resumed(await payer('overpay'))).toMatchObject({
			paid: [{ outcome: 'paid', paidInFull: 'over' }],
			notPaid: [],
		});
	});

	test('a forged callback gets 401 and resumes nothing; the payment after it does', async () => {
		const { run, checkout, payer } = await waiting(provider);
		const forged = await payer('pay', { callback: 'forged' });
		expect(forged.response).toMatchObject({ status: 401, body: 'Unauthorized' });
		expect(forged.items).toBeUndefined();
		const [genuine] = await act(provider, checkout, 'pay');
		expect(resumed(await deliver(run, genuine as Callback)).paid).toHaveLength(1);
	});

	test('a tampered callback gets 401 and resumes nothing', async () => {
		const { payer } = await waiting(provider);
		const tampered = await payer('pay', { callback: 'tampered' });
		expect(tampered.response.status).toBe(401);
		expect(tampered.items).toBeUndefined();
	});

	test("another order's genuine callback gets 401, resumes nothing, and the log says why", async () => {
		const { run } = await waiting(provider);
		const other = await waiting(provider);
		const [delivery] = await act(provider, other.checkout, 'pay');
		const call = await deliver(run, delivery as Callback);
		expect(call.response.status).toBe(401);
		expect(call.items).toBeUndefined();
		expect(logText(call)).toMatch(
			/(checkout id|reference) is not that of the checkout that is waited for/,
		);
	});

	test('a callback that claims another currency gets 401 and resumes nothing', async () => {
		const { payer } = await waiting(provider);
		const call = await payer('pay', {
			claim: { currency: provider.foreignCurrency },
		});
		expect(call.response.status).toBe(401);
		expect(call.items).toBeUndefined();
	});

	test('at the time limit the order leaves through Not Paid, without a payment', async () => {
		const { run, checkout } = await waiting(provider);
		expect(leftThrough(await resumeAtTimeLimit(run))).toEqual({
			paid: [],
			notPaid: [
				{ customer: 'Ada', ...checkout, payment: null, outcome: 'timeout', paidInFull: 'unknown' },
			],
		});
	});

	test('a credential that was deleted meanwhile: 401, nothing is resumed, and the execution goes on waiting', async () => {
		const { run, checkout } = await waiting(provider);
		const [delivery] = await act(provider, checkout, 'pay');
		const setup = {
			...run.setup,
			credentials: { [provider.credentialType.name]: DELETED } as const,
		};
		const call = await deliver({ ...run, setup }, delivery as Callback);
		expect(call.response.status).toBe(401);
		expect(call.items).toBeUndefined();
		expect(call.thrown).toBeUndefined();
		expect(logText(call)).toContain('its credential cannot be read');
	});

	test('no secret of the credential is in the stored execution or in a log line', async () => {
		const { run, payer } = await waiting(provider);
		const call = await payer('pay', { callback: 'forged' });
		const credentials = Object.values(setupOf(provider).credentials)[0] as Record<string, unknown>;
		const secrets = Object.entries(credentials).flatMap(([name, value]) =>
			/key|secret/i.test(name) && typeof value === 'string' && value.length >= 12 ? [value] : [],
		);
		expect(secrets.length).toBeGreaterThan(0);
		expect(
			secrets.filter((secret) => `${run.stored}${logText(run)}${logText(call)}`.includes(secret)),
		).toEqual([]);
	});
});

async function paidBeforeWaiting(provider: Provider): Promise<NodeRun> {
	const executionId = String(1000 + ++count);
	const checkout = await order(provider, executionId);
	await act(provider, checkout, 'pay', { callback: 'none' });
	return await runNode({
		...setupOf(provider),
		executionId,
		nodesBefore: [madeByHand],
		items: [{ json: checkout }],
		parameters: wait,
	});
}

describe('Wait for Payment of a checkout that was paid before it waits', () => {
	test.each(providers.filter(({ asked }) => asked))(
		'$displayName is asked, and it leaves through Paid without pausing',
		async (provider) => {
			const run = await paidBeforeWaiting(provider);
			expect(run.status).toBe('success');
			expect(leftThrough(run)).toMatchObject({
				paid: [
					{
						outcome: 'paid',
						paidInFull: 'exact',
						payment: { verifiedBy: 'provider', ...provider.money },
					},
				],
				notPaid: [],
			});
		},
	);
});

/** The answer of a step that sends the link, in place of the checkout. */
const MAIL_ANSWER = { accepted: ['buyer@shop.example'], messageId: '1' };

describe('Wait for Payment, a field without a value', () => {
	const checkout = {
		provider: 'payfect',
		checkoutId: 'checkout-1',
		reference: 'order-1',
		amount: '20.50',
		currency: 'usdt',
	};
	/** Behind a step that has put its own answer in place of a checkout that was made by hand. */
	const behind = async ({
		parameters,
		json = MAIL_ANSWER,
	}: {
		parameters?: IDataObject;
		json?: IDataObject;
	}) =>
		await runNode({
			...setupOf(ofPayfect),
			items: [{ json, pairedItem: { item: 0 } }],
			nodesBefore: [
				{ ...madeByHand, items: [{ json: checkout }] },
				{ name: 'Send the Link', type: 'n8n-nodes-base.emailSend' },
			],
			parameters: { ...wait, ...parameters },
		});
	const mapped = Object.fromEntries(
		['checkoutId', 'reference', 'amount', 'currency'].map((field) => [
			field,
			`={{ $('Made by Hand').first().json.${field} }}`,
		]),
	);

	test.each([
		[
			'an expression that gives null',
			{ amount: '={{ null }}' },
			"The expression in 'Amount' gives nothing",
		],
		[
			'an expression that gives blanks',
			{ currency: '={{ "  " }}' },
			"The expression in 'Currency' gives nothing",
		],
		[
			'only the text around an expression',
			{ reference: '=order-{{ $json.id }}' },
			"The expression in 'Reference' gives nothing",
		],
		[
			'a limit',
			{ limitType: '={{ $json.limit }}', limitDate: '2998-01-02T03:04:05Z' },
			"The expression in 'Wait Until' gives nothing",
		],
		[
			'a date',
			{ limitType: 'date', limitDate: '={{ $json.until }}' },
			"The expression in 'Date' gives nothing",
		],
		[
			'a time and its unit',
			{ limitType: 'duration', limitAmount: '={{ $json.hours }}', limitUnit: '={{ $json.unit }}' },
			"The expressions in 'Time' and 'Unit' give nothing",
		],
		[
			'an option',
			{ options: { compareAmount: '={{ $json.compare }}' } },
			"The expression in 'Compare Amount' gives nothing",
		],
		[
			'no amount and no currency',
			{ amount: '', currency: ' ' },
			"'Amount' and 'Currency' are empty",
		],
		[
			'no number at all',
			{ checkoutId: '', reference: '' },
			"'Checkout ID' and 'Reference' are empty",
		],
		[
			'one expression and one empty field',
			{ amount: '={{ $json.total }}', currency: '' },
			"The expression in 'Amount' gives nothing; 'Currency' is empty",
		],
	])('%s stops the step', async (_what, parameters, message) => {
		const run = await behind({ parameters: { ...mapped, ...parameters } });
		expect(run.status).toBe('error');
		expect(words(run.error)).toContain(message);
	});

	test.each([['={{ "false" }}'], ['={{ 0 }}'], ['no']])(
		"'Compare Amount' is switched off by a plain false only, not by %s",
		async (compareAmount) => {
			const run = await behind({ parameters: { ...mapped, options: { compareAmount } } });
			expect(words(run.error)).toContain("'Compare Amount' is neither true nor false");
		},
	);

	test('amount and currency may be empty once the comparison is switched off, as the error advises', async () => {
		const empty = { ...mapped, checkoutId: '', amount: '', currency: '' };
		expect(words((await behind({ parameters: empty })).error)).toContain(
			"Or add the option 'Compare Amount' and switch it off",
		);
		expect(
			await behind({ parameters: { ...empty, options: { compareAmount: false } } }),
		).toMatchObject({ status: 'waiting' });
	});

	test('switching the comparison off is not advised where an expression gives nothing: that would not help', async () => {
		const run = await behind({ parameters: { ...mapped, amount: '={{ $json.amount }}' } });
		expect(words(run.error)).not.toContain('switch it off');
	});

	test('0 and an expression of another choice of Wait Until are no missing values', async () => {
		const run = await behind({
			parameters: { ...mapped, checkoutId: '={{ 0 }}', limitDate: '={{ $json.until }}' },
		});
		expect(run).toMatchObject({ status: 'waiting' });
	});

	test("a checkout without a reference is waited for by its id: its own 'null' is no missing value", async () => {
		const created = await order(ofPayfect, '1');
		const run = await behind({ json: { ...created, reference: null } });
		expect(run).toMatchObject({ status: 'waiting' });
	});

	test('nothing is known: it names all four, and how an amount has to be written', async () => {
		const run = await behind({});
		expect(words(run.error)).toContain(
			"'Checkout ID', 'Reference', 'Amount' and 'Currency' are empty",
		);
		expect(words(run.error)).toContain(
			'Map checkoutId, reference, amount and currency from the step that created the checkout, or enter them; an amount in major units, such as 12.50.',
		);
		expect(await behind({ parameters: mapped })).toMatchObject({ status: 'waiting' });
	});

	test("a provider's own answer in the item is not guessed at: its amount may be in another unit", async () => {
		const json = { id: 'checkout-1', amount: 2050, currency: 'usdt', reference: 'order-1' };
		expect(words((await behind({ json })).error)).toContain(
			"'Checkout ID', 'Reference', 'Amount' and 'Currency' are empty",
		);
	});
});

describe('Wait for Payment, what the payment has to say', () => {
	const facts: PaymentEventData = {
		provider: 'payfect',
		event: 'payment.succeeded',
		eventId: 'event-1',
		checkoutId: 'checkout-1',
		paymentId: null,
		reference: 'order-1',
		status: 'paid',
		providerStatus: 'word',
		statusReason: null,
		amount: '20.50',
		currency: 'USDT',
		livemode: null,
		occurredAt: null,
		raw: {},
	};
	/**
	 * A provider that says whatever the test wants: a callback is proved by its header, and its body
	 * holds the facts.
	 */
	const contract: PaymentContract<PayfectCredentials, PayfectOrder> = {
		...payfect,
		callback: {
			events: ['payment.succeeded'],
			proofs: ['signature'],
			setupProblem: () => undefined,
			verify: ({ headers, rawBody }) =>
				headers['x-proof'] === 'good'
					? { genuine: true, payload: JSON.parse(rawBody.toString()) as Record<string, unknown> }
					: { genuine: false, ...refusedAs('no_proof', 'no proof') },
			parseEvent: (payload) => ({ ...facts, ...payload }),
			acknowledgement: () => ({
				status: 200,
				contentType: 'text/plain; charset=utf-8',
				body: 'noted',
			}),
		},
	};
	class AnyProvider implements INodeType {
		description: INodeTypeDescription = new Payfect().description;
		async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
			return await waitForPayment(this, { contract, credentialName: 'payfectApi' });
		}
		async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
			return await resumeWhenSettled(this, { contract, credentialName: 'payfectApi' });
		}
	}
	const expected = {
		provider: 'payfect',
		checkoutId: 'checkout-1',
		reference: 'order-1',
		amount: '20.50',
		currency: 'usdt',
	};

	async function says(
		change: Partial<PaymentEventData>,
		item: IDataObject = expected,
		more: Pick<NodeRunOptions, 'node' | 'parameters'> = { node: new AnyProvider() },
	): Promise<WebhookCall> {
		const run = await runNode({
			...setupOf(ofPayfect),
			executionId: String(1000 + ++count),
			nodesBefore: [madeByHand],
			items: [{ json: item }],
			...more,
			parameters: { ...wait, ...more.parameters },
		});
		expect(run.status).toBe('waiting');
		return await callWebhook({
			...run.setup,
			waiting: run,
			request: {
				headers: { 'content-type': 'application/json', 'x-proof': 'good' },
				rawBody: JSON.stringify(change),
			},
		});
	}

	test.each([
		['payment.pending', {}],
		['payment.failed', { status: 'failed' }],
		['unknown', { status: 'unknown' }],
		['refund.succeeded', { status: 'refunded' }],
		['refund.pending', {}],
		['refund.failed', {}],
		['dispute.updated', {}],
	] as const)('%s is acknowledged, and the execution goes on waiting', async (event, change) => {
		const call = await says({ event, ...change });
		expect(call.response).toMatchObject({ status: 200, body: 'noted' });
		expect(call.items).toBeUndefined();
		expect(logText(call)).toContain('goes on waiting');
	});

	test.each([
		['payment.canceled', { status: 'canceled' }, 'canceled'],
		['payment.expired', { status: 'expired' }, 'expired'],
		['payment.failed', { status: 'expired' }, 'failed'],
		['payment.failed', { status: 'canceled' }, 'failed'],
	] as const)(
		'%s of a checkout that is %j ends the wait through Not Paid as %s',
		async (event, change, outcome) => {
			const call = await says({ event, ...change });
			expect(call.response).toMatchObject({ status: 200, body: 'noted' });
			expect(resumed(call)).toMatchObject({
				paid: [],
				notPaid: [{ ...expected, outcome, paidInFull: 'unknown', payment: { event } }],
			});
		},
	);

	test.each([
		['the same amount with other zeros', { amount: '20.5000' }, 'exact'],
		['more', { amount: '20.51' }, 'over'],
	] as const)('paid with %s leaves through Paid', async (_what, change, paidInFull) => {
		expect(resumed(await says(change))).toMatchObject({
			paid: [{ outcome: 'paid', paidInFull }],
			notPaid: [],
		});
	});

	const untold = [
		['no amount', { amount: null }],
		['no currency', { currency: null }],
		['more of no currency', { amount: '99', currency: null }],
		['an amount that is no plain number', { amount: '1e3' }],
	] as const;

	test.each(untold)(
		'a payment that tells %s does not leave through Paid where the provider cannot be asked',
		async (_what, change) => {
			expect(resumed(await says(change))).toMatchObject({
				paid: [],
				notPaid: [
					{ outcome: 'paidAmountUnknown', paidInFull: 'unknown', payment: { status: 'paid' } },
				],
			});
		},
	);

	/**
	 * The same provider, which can be asked: it knows nothing before the execution waits, and
	 * afterwards what the test wants.
	 */
	function askable(answer: Partial<PaymentEventData>, url = `${sandbox.url}/control/state`) {
		let questions = 0;
		const asked: typeof contract = {
			...contract,
			callback: {
				...contract.callback,
				confirm: {
					...(payfect.callback.confirm as Confirmation<PayfectCredentials>),
					contradiction: undefined,
					call: () => ({ method: 'GET', url, retry: 'idempotent' }),
					facts: () => (++questions === 1 ? undefined : { ...facts, ...answer }),
				},
			},
		};
		class AskableProvider extends AnyProvider {
			override async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
				return await waitForPayment(this, { contract: asked, credentialName: 'payfectApi' });
			}
			override async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
				return await resumeWhenSettled(this, { contract: asked, credentialName: 'payfectApi' });
			}
		}
		return { node: new AskableProvider(), questionsInAll: () => questions };
	}

	test.each(untold)(
		'a payment that tells %s: the provider is asked once',
		async (_what, change) => {
			const { node, questionsInAll } = askable({});
			expect(resumed(await says(change, expected, { node }))).toMatchObject({
				paid: [
					{
						outcome: 'paid',
						paidInFull: 'exact',
						payment: { amount: '20.50', currency: 'USDT', verifiedBy: 'signature+provider' },
					},
				],
				notPaid: [],
			});
			// The first was asked before the execution waited.
			expect(questionsInAll()).toBe(2);
		},
	);

	test.each([
		['less', { amount: '20.49' }, 'underpaid'],
		['no amount either', { amount: null }, 'paidAmountUnknown'],
		['no currency either', { currency: null }, 'paidAmountUnknown'],
		['another currency', { currency: 'EUR' }, 'paidAmountUnknown'],
		['an amount of another checkout', { checkoutId: 'checkout-2' }, 'paidAmountUnknown'],
		['that nobody has paid', { event: 'payment.pending' }, 'paidAmountUnknown'],
	] as const)(
		'a payment without amount and currency, and the provider tells %s: Not Paid',
		async (_what, answer, outcome) => {
			const { node } = askable(answer);
			expect(
				resumed(await says({ amount: null, currency: null }, expected, { node })),
			).toMatchObject({ paid: [], notPaid: [{ outcome }] });
		},
	);

	test('of two amounts, told by a callback without a currency and by the provider, the smaller counts', async () => {
		const { node } = askable({ amount: '20.50' });
		expect(resumed(await says({ amount: '1', currency: null }, expected, { node }))).toMatchObject({
			paid: [],
			notPaid: [{ outcome: 'underpaid', payment: { amount: '1' } }],
		});
	});

	test('a payment without an amount, and the provider does not answer: Not Paid', async () => {
		const { node } = askable({}, 'http://127.0.0.1:1/');
		expect(resumed(await says({ amount: null }, expected, { node }))).toMatchObject({
			paid: [],
			notPaid: [{ outcome: 'paidAmountUnknown' }],
		});
	});

	test.each([
		['less', { amount: '0.01' }],
		['no amount', { amount: null }],
		['the whole', {}],
	] as const)(
		"with 'Compare Amount' off a payment of %s leaves through Paid without a question, and the item says that nothing was compared",
		async (_what, change) => {
			const { node, questionsInAll } = askable({});
			const parameters = { amount: '', currency: '', options: { compareAmount: false } };
			expect(resumed(await says(change, expected, { node, parameters }))).toMatchObject({
				paid: [{ outcome: 'paid', paidInFull: 'unknown' }],
				notPaid: [],
			});
			expect(questionsInAll()).toBe(1);
		},
	);

	test('on Paid a checkout is no longer open, and keeps the number that Create gave its payment', async () => {
		const checkout = {
			...expected,
			status: 'open',
			providerStatus: 'new',
			statusReason: 'card_declined',
			paymentId: 'from-create',
		};
		const payment = { status: 'paid', providerStatus: 'done', paymentId: 'from-callback' } as const;
		expect(resumed(await says(payment, checkout)).paid).toMatchObject([
			{
				status: 'paid',
				providerStatus: 'done',
				statusReason: null,
				paymentId: 'from-create',
				payment,
			},
		]);
		expect(resumed(await says(payment, { ...checkout, paymentId: null })).paid).toMatchObject([
			{ paymentId: 'from-callback' },
		]);
		expect(resumed(await says({ ...payment, amount: '1' }, checkout)).notPaid).toMatchObject([
			{ status: 'open', providerStatus: 'new', outcome: 'underpaid' },
		]);
	});

	test('on Paid an item that is no checkout keeps its own status', async () => {
		const { checkoutId, reference, amount, currency } = expected;
		const fields = { checkoutId, reference, amount, currency };
		const ofAnotherKind = { ...expected, provider: 'post office', status: 'sent' };
		expect(
			resumed(await says({}, ofAnotherKind, { node: new AnyProvider(), parameters: fields })).paid,
		).toMatchObject([{ status: 'sent' }]);
	});

	test('paid with less of an unnamed currency leaves through Not Paid', async () => {
		expect(resumed(await says({ amount: '20.49', currency: null }))).toMatchObject({
			paid: [],
			notPaid: [{ outcome: 'underpaid', paidInFull: 'under' }],
		});
	});

	test('currencies are the same in whatever case', async () => {
		expect(resumed(await says({ currency: 'USDT' })).paid).toHaveLength(1);
	});

	test.each([
		['another checkout id', { checkoutId: 'checkout-2' }, expected],
		['another reference', { reference: 'order-2' }, expected],
		['another currency', { currency: 'EUR' }, expected],
		['neither id nor reference', { checkoutId: null, reference: null }, expected],
		[
			'only a reference, where only the checkout id is known',
			{ checkoutId: null },
			{ ...expected, reference: null },
		],
	] as const)(
		'a genuine payment with %s is refused with 401 and resumes nothing',
		async (_what, change, item) => {
			const call = await says(change, item);
			expect(call.response).toMatchObject({ status: 401, body: 'Unauthorized' });
			expect(call.items).toBeUndefined();
		},
	);

	test('an unexpected failure gets 500, so that the provider sends it again, and resumes nothing', async () => {
		const run = await runNode({
			...setupOf(ofPayfect),
			node: new AnyProvider(),
			nodesBefore: [madeByHand],
			items: [{ json: expected }],
			parameters: wait,
		});
		const call = await callWebhook({
			...run.setup,
			waiting: run,
			request: {
				headers: { 'content-type': 'text/plain', 'x-proof': 'good' },
				rawBody: 'not JSON',
			},
		});
		expect(call.thrown).toBeUndefined();
		expect(call.response.status).toBe(500);
		expect(call.items).toBeUndefined();
	});
});

describe('Wait for Payment of ChingChingPay, where a callback is a mere hint', () => {
	const hinted = { credential: { callbackProof: 'provider' } };

	test('an invented callback is looked up, acknowledged and resumes nothing while nobody has paid', async () => {
		const { run } = await waiting(ofChingChingPay, hinted);
		const call = await deliver(run, {
			requestHeaders: { 'Content-Type': 'application/json' },
			requestBody: '{"status":"SBX_PAID"}',
		});
		expect(call.response).toMatchObject({ status: 200, body: 'success' });
		expect(call.items).toBeUndefined();
	});

	test('unsigned callbacks have ChingChingPay asked once in ten seconds, however many come', async () => {
		const { run } = await waiting(ofChingChingPay, hinted);
		const invented = async () =>
			await deliver(run, {
				requestHeaders: { 'Content-Type': 'application/json' },
				requestBody: '{"status":"SBX_PAID"}',
			});
		expect((await invented()).response.status).toBe(200);
		const again = await invented();
		expect([again.response.status, again.items]).toEqual([500, undefined]);
		expect(logText(again)).toContain(
			'more unsigned callbacks came than the provider may be asked about',
		);
	});

	test('a callback of unknown content about a paid checkout resumes with what ChingChingPay answers', async () => {
		const { run, checkout } = await waiting(ofChingChingPay, hinted);
		await act(ofChingChingPay, checkout, 'pay', { callback: 'none' });
		const call = await deliver(run, {
			requestHeaders: { 'Content-Type': 'application/json' },
			requestBody: '{"what":"ever"}',
		});
		expect(resumed(call)).toMatchObject({
			paid: [
				{
					outcome: 'paid',
					paidInFull: 'exact',
					payment: { verifiedBy: 'provider', reference: checkout.reference, amount: '20.50' },
				},
			],
			notPaid: [],
		});
	});

	test('a callback that names another order is refused without asking ChingChingPay', async () => {
		const { run } = await waiting(ofChingChingPay, hinted);
		const queries = async () =>
			(await sandbox.state('chingchingpay')).requests.chingchingpay?.query;
		const before = await queries();
		const call = await deliver(run, {
			requestHeaders: { 'Content-Type': 'application/json' },
			requestBody: '{"merchant_reference":"another-order"}',
		});
		expect(call.response.status).toBe(401);
		expect(call.items).toBeUndefined();
		expect(await queries()).toBe(before);
	});

	test('a callback that names its order deeper, and beside another one, resumes what waits for it', async () => {
		const { run, checkout } = await waiting(ofChingChingPay, hinted);
		await act(ofChingChingPay, checkout, 'pay', { callback: 'none' });
		const call = await deliver(run, {
			requestHeaders: { 'Content-Type': 'application/json' },
			requestBody: JSON.stringify({
				events: [
					{ merchant_reference: 'another-order' },
					{ merchant_reference: checkout.reference },
				],
			}),
		});
		expect(resumed(call).paid).toMatchObject([
			{ outcome: 'paid', payment: { reference: checkout.reference, verifiedBy: 'provider' } },
		]);
	});

	test('a callback that names two other orders is refused', async () => {
		const { run } = await waiting(ofChingChingPay, hinted);
		const call = await deliver(run, {
			requestHeaders: { 'Content-Type': 'application/json' },
			requestBody: '[{"merchant_reference":"another"},{"merchant_reference":"a-third"}]',
		});
		expect([call.response.status, call.items]).toEqual([401, undefined]);
	});

	test('a canceled payment, whose word nobody has classified, is acknowledged and waited for on', async () => {
		const { payer } = await waiting(ofChingChingPay);
		const call = await payer('cancel');
		expect(call.response).toMatchObject({ status: 200, body: 'success' });
		expect(call.items).toBeUndefined();
	});

	test('ChingChingPay cannot be asked: 500, so that it sends the callback again, and nothing is resumed', async () => {
		const { run, checkout } = await waiting(ofChingChingPay, hinted);
		const [delivery] = await act(ofChingChingPay, checkout, 'pay');
		await sandbox.fault('chingchingpay', 'query', '500');
		const call = await deliver(run, delivery as Callback);
		await sandbox.fault('chingchingpay', 'query', null);
		expect(call.response.status).toBe(500);
		expect(call.items).toBeUndefined();
	});

	test('it does not begin to wait while the paid values are empty', async () => {
		const { run } = await waiting(ofChingChingPay, { credential: { paidValues: ' , ' } });
		expect(words(run.error)).toContain("'Paid Values' in the ChingChingPay credential is empty");
	});
});

describe('Wait for Payment, before it waits', () => {
	const item = {
		provider: 'payfect',
		checkoutId: 'checkout-1',
		reference: 'order-1',
		amount: '20.50',
		currency: 'usdt',
	};
	const attempt = async (
		more: Partial<NodeRunOptions> & { json?: IDataObject; credential?: IDataObject } = {},
	) => {
		const { json, credential, ...options } = more;
		return await runNode({
			...setupOf(ofPayfect, credential),
			nodesBefore: [madeByHand],
			items: [{ json: json ?? item }],
			...options,
			parameters: { ...wait, ...options.parameters },
		});
	};

	test('several items are refused, and both ways that work are named', async () => {
		const run = await attempt({ items: [{ json: item }, { json: item }, { json: item }] });
		expect(run.status).toBe('error');
		expect(words(run.error)).toMatch(
			/got 3 items.*Loop Over Items.*sub-workflow.*'Wait For Sub-Workflow Completion' off/s,
		);
	});

	test("several items are refused also where 'Execute Once' would drop all but the first", async () => {
		const run = await attempt({
			items: [{ json: item }, { json: item }],
			settings: { executeOnce: true },
		});
		expect(words(run.error)).toContain('got 2 items');
	});

	test('several items are refused when they are created, before anything is sent', async () => {
		const run = await runNode({
			...setupOf(ofPayfect),
			items: [{ json: {} }, { json: {} }],
			parameters: {
				resource: 'checkout',
				operation: 'create',
				amountFrom: 'amount',
				...ofPayfect.order,
				reference: '={{ "many-" + $itemIndex }}',
				callback: 'resumeExecution',
			},
		});
		expect(words(run.error)).toMatch(/got 2 items.*Loop Over Items/s);
		const { checkouts } = await sandbox.state('payfect');
		expect(checkouts.filter(({ reference }) => reference?.startsWith('many-'))).toEqual([]);
	});

	test('a checkout whose callback would resume this execution, which nothing waits for, is created with a warning', async () => {
		const create = {
			resource: 'checkout',
			operation: 'create',
			amountFrom: 'amount',
			...ofPayfect.order,
			reference: 'nobody-waits',
		};
		const alone = await runNode({
			...setupOf(ofPayfect),
			parameters: { ...create, callback: 'resumeExecution' },
		});
		expect(alone.stored).toContain('no Wait for Payment follows');
		const byUrl = await runNode({
			...setupOf(ofPayfect),
			parameters: {
				...create,
				callback: 'url',
				callbackUrl: 'https://n8n.example/webhook/1/callback',
			},
		});
		expect(byUrl.stored).not.toContain('no Wait for Payment follows');
	});

	test.each([
		['an hour', 3_600],
		['a second less than n8n needs to notice that the wait is over', 2 * 3_600 + 59],
	])(
		"'Timeout Workflow' of %s is refused for a wait of two hours: n8n would cancel the execution in place of Not Paid",
		async (_case, executionTimeout) => {
			const run = await attempt({
				workflowSettings: { executionTimeout },
				parameters: { limitType: 'duration', limitAmount: 2, limitUnit: 'hours' },
			});
			expect(run.status).toBe('error');
			expect(words(run.error)).toContain("'Timeout Workflow' in the settings of this workflow");
		},
	);

	test.each([
		['that ends after the wait', 2 * 3_600 + 120],
		['that is switched off', -1],
		['that is switched off as 0', 0],
	])("'Timeout Workflow' %s is no obstacle", async (_case, executionTimeout) => {
		const run = await attempt({
			workflowSettings: { executionTimeout },
			parameters: { limitType: 'duration', limitAmount: 2, limitUnit: 'hours' },
		});
		expect(run.status).toBe('waiting');
	});

	test("'Always Output Data' is refused: it would make an empty item on Paid of everything that is not paid", async () => {
		expect(words((await attempt({ settings: { alwaysOutputData: true } })).error)).toContain(
			"'Always Output Data' is on",
		);
	});

	test.each([
		['with Continue', 'continueRegularOutput'],
		['with an error output', 'continueErrorOutput'],
	] as const)(
		"'Always Output Data' %s adds no empty item on Paid to the refusal, which would ship an order that nobody paid",
		async (_how, continueOnFail) => {
			const run = await attempt({ continueOnFail, settings: { alwaysOutputData: true } });
			expect(run.outputs[0]).toEqual([]);
			expect(run.outputs.flat()).toHaveLength(1);
		},
	);

	test.each([
		['continueRegularOutput', [0, 1]],
		['continueErrorOutput', [0, 0, 1]],
	] as const)('with %s a failure never leaves through Paid', async (continueOnFail, counts) => {
		const run = await attempt({ continueOnFail, json: { customer: 'Ada' } });
		expect(run.outputs.map(({ length }) => length)).toEqual(counts);
		expect(JSON.stringify(run.outputs.at(-1))).toContain(
			"'Checkout ID', 'Reference', 'Amount' and 'Currency' are empty",
		);
	});

	test.each([
		['continueRegularOutput', {}],
		['continueErrorOutput', { ...item, amount: '20,50' }],
	] as const)(
		'with %s a failure says its reference and what to do',
		async (continueOnFail, own) => {
			const run = await attempt({ continueOnFail, json: { ...item, amount: '20,50' } });
			expect(run.outputs.flat().map(({ json }) => json)).toEqual([
				{
					...own,
					error: expect.stringMatching(
						/'Amount' is not a plain number.*Enter a number such as/,
					) as string,
					reference: item.reference,
				},
			]);
		},
	);

	test('an AI agent cannot wait', async () => {
		const run = await attempt({ asTool: true });
		expect(words(run.error)).toContain('not available to AI agents');
		expect(run.outputs).toEqual([]);
	});

	test.each([
		['an amount with a comma', { ...item, amount: '20,50' }, /'Amount' is not a plain number/],
		[
			'an expiry that is no date',
			{ ...item, expiresAt: 'soon' },
			/'expiresAt' is not a date and time/,
		],
	])('%s is refused', async (_what, json, message) => {
		const run = await attempt({ json });
		expect(run.status).toBe('error');
		expect(words(run.error)).toMatch(message);
	});

	test('a credential without the callback secret is refused with the name of the field', async () => {
		expect(words((await attempt({ credential: { callbackSecretKey: '' } })).error)).toContain(
			"'Callback Secret Key' in the Payfect credential is empty",
		);
	});

	test.each([
		[
			'a time that has passed',
			{ limitType: 'duration', limitAmount: 2, limitUnit: 'hours' },
			() => Date.now() + 2 * 60 * 60 * 1000,
		],
		[
			'a date',
			{ limitType: 'date', limitDate: '2998-01-02T03:04:05Z' },
			() => Date.parse('2998-01-02T03:04:05Z'),
		],
		[
			'a date of an expression',
			{ limitType: 'date', limitDate: '={{ $now.plus({ days: 3 }) }}' },
			() => Date.now() + 3 * 24 * 60 * 60 * 1000,
		],
		['the expiry of the item', {}, () => Date.parse('2998-06-01T00:00:00Z')],
	])('the limit can be %s', async (_what, parameters, expectedLimit) => {
		const run = await attempt({
			parameters,
			json: { ...item, checkoutId: null, expiresAt: '2998-06-01T00:00:00Z' },
		});
		expect(run.status).toBe('waiting');
		expect(Math.abs((run.waitTill?.getTime() ?? 0) - expectedLimit())).toBeLessThan(60_000);
	});

	// A time of the server's zone would be hours off: the wait would end before it began, or a day late.
	test.each([
		['as n8n picks it', '2998-11-30T06:41:25', 'America/New_York', '2998-11-30T11:41:25Z'],
		['as it is typed', '2998-12-31 18:00:00', 'Asia/Shanghai', '2998-12-31T10:00:00Z'],
		['without a time', '2998-12-31', 'Asia/Kolkata', '2998-12-30T18:30:00Z'],
		[
			'with a zone, which counts',
			'2998-12-31T18:00:00+02:00',
			'Asia/Shanghai',
			'2998-12-31T16:00:00Z',
		],
	])("a date %s is one of the workflow's time zone", async (_how, limitDate, timezone, limit) => {
		const run = await attempt({
			workflowSettings: { timezone },
			parameters: { limitType: 'date', limitDate },
			json: { ...item, checkoutId: null },
		});
		expect(run.waitTill).toEqual(new Date(limit));
	});

	test.each([
		[
			'another word for one of the limits',
			{ limitType: 'Date', limitDate: '2998-01-02T03:04:05Z' },
			/'Wait Until' is none of its choices: "Date"/,
		],
		[
			'another word for a unit',
			{ limitType: 'duration', limitAmount: 2, limitUnit: 'weeks' },
			/'Unit' is none of its choices: "weeks"/,
		],
		[
			'no time at all',
			{ limitType: 'duration', limitAmount: 0 },
			/'Time' is not a number above zero/,
		],
		[
			'a text in place of a date',
			{ limitType: 'date', limitDate: 'tomorrow' },
			/'Date' is not a date/,
		],
		[
			'a date that n8n takes for none',
			{ limitType: 'date', limitDate: '3000-01-01T00:00:00Z' },
			/'Date' is after the year 2999/,
		],
		[
			'more days than dates can count',
			{ limitType: 'duration', limitAmount: 1e9, limitUnit: 'days' },
			/'Time' is after the year 2999/,
		],
	])('a limit of %s is refused', async (_what, parameters, message) => {
		expect(
			words((await attempt({ parameters, json: { ...item, checkoutId: null } })).error),
		).toMatch(message);
	});

	test('a limit that has passed already: asked once, then Not Paid without pausing', async () => {
		const run = await attempt({
			parameters: { limitType: 'date', limitDate: '2020-01-01T00:00:00Z' },
			json: { ...item, checkoutId: null },
		});
		expect(run.status).toBe('success');
		expect(leftThrough(run)).toMatchObject({
			paid: [],
			notPaid: [{ outcome: 'timeout', payment: null }],
		});
		// A date that was picked last month would send each new order through Not Paid without a word.
		expect(run.stored).toContain("The date in 'Date' has passed");
	});

	test('a checkout that has expired at the provider leaves through Not Paid at once', async () => {
		const executionId = String(1000 + ++count);
		const checkout = await order(ofPayfect, executionId);
		await act(ofPayfect, checkout, 'expire');
		expect(leftThrough(await attempt({ json: checkout, executionId }))).toMatchObject({
			paid: [],
			notPaid: [{ outcome: 'expired', payment: { event: 'payment.expired' } }],
		});
	});

	test.each([
		['reference', { reference: 'mistyped' }],
		['currency', { currency: 'EUR' }],
	])(
		'another %s than the provider has is refused, as no callback could be accepted',
		async (field, change) => {
			const checkout = await order(ofPayfect, String(1000 + ++count));
			const run = await attempt({ json: { ...checkout, ...change } });
			expect(words(run.error)).toMatch(
				new RegExp(`Payfect knows this checkout, but its ${field} is not that`),
			);
		},
	);

	test.each([
		[
			'amount',
			{ amount: '1' },
			/'Amount' is "?1"?, but the checkout that this node waits for has "?20\.50/,
		],
		['currency', { currency: 'EUR' }, /'Currency' is/],
		['reference', { reference: 'order-of-yesterday' }, /'Reference' is/],
		['checkout id', { checkoutId: 'another' }, /'Checkout ID' is/],
		[
			'reference, rounded by the sheet,',
			{ reference: '={{ 1234567890123456789 }}' },
			/'Reference' has more digits than a number holds exactly/,
		],
		[
			'object in place of the checkout id',
			{ checkoutId: '={{ $json }}' },
			/'Checkout ID' is not a text but an object/,
		],
	])(
		'a field that still holds the %s of something else than the item is refused',
		async (_what, parameters, message) => {
			const checkout = await order(ofPayfect, String(1000 + ++count));
			expect(words((await attempt({ json: checkout, parameters })).error)).toMatch(message);
		},
	);

	test('an empty reference and checkout id are those of the item, where it is the checkout', async () => {
		const checkout = await order(ofPayfect, String(1000 + ++count));
		await act(ofPayfect, checkout, 'pay', { callback: 'none' });
		const run = await attempt({ json: checkout, parameters: { checkoutId: '', reference: '' } });
		expect(leftThrough(run)).toMatchObject({
			paid: [{ outcome: 'paid', paidInFull: 'exact', reference: checkout.reference }],
			notPaid: [],
		});
	});

	test('a provider that does not answer is no obstacle: it waits, and says so', async () => {
		const checkout = await order(ofPayfect, String(1000 + ++count));
		await sandbox.fault('payfect', 'get', 'html', 5);
		const run = await attempt({ json: checkout });
		await sandbox.fault('payfect', 'get', null);
		expect(run.status).toBe('waiting');
		expect(run.stored).toContain('Could not ask before waiting');
	});

	const creates = (callback: string, more: IDataObject = {}) => ({
		name: 'Create Checkout',
		type: 'n8n-nodes-hosted-checkout.payfect',
		node: new Payfect(),
		parameters: { resource: 'checkout', operation: 'create', callback, ...more } as Record<
			string,
			string
		>,
	});
	const plainWait = { name: 'Have a Break', type: 'n8n-nodes-base.wait' };
	const json = { ...item, checkoutId: null };

	test.each([
		['a Wait node', plainWait],
		[
			'a page of a form',
			{
				name: 'Have a Break',
				type: 'n8n-nodes-base.form',
				node: stub(['operation']),
				parameters: { operation: 'page' },
			},
		],
		[
			'Send and Wait',
			{
				name: 'Have a Break',
				type: 'n8n-nodes-base.slack',
				node: stub(['operation']),
				parameters: { operation: 'sendAndWait' },
			},
		],
		[
			'Dispatch and Wait',
			{
				name: 'Have a Break',
				type: 'n8n-nodes-base.github',
				node: stub(['operation']),
				parameters: { operation: 'dispatchAndWait' },
			},
		],
		[
			'a chat that waits for a reply',
			{
				name: 'Have a Break',
				type: '@n8n/n8n-nodes-langchain.chat',
				node: {
					...stub([]),
					description: {
						...stub([]).description,
						properties: [
							{
								displayName: 'Wait',
								name: 'waitUserReply',
								type: 'boolean' as const,
								default: true,
							},
						],
					},
				},
			},
		],
	])('%s between create and wait is refused by name', async (_what, between) => {
		const run = await attempt({ json, nodesBefore: [creates('resumeExecution'), between] });
		expect(run.status).toBe('error');
		expect(words(run.error)).toContain(
			"'Have a Break' waits between the node that creates the checkout and this one",
		);
	});

	test.each([
		['a Wait node before the checkout is created', [plainWait, creates('resumeExecution')]],
		[
			'a Wait node that is deactivated',
			[creates('resumeExecution'), { ...plainWait, disabled: true }],
		],
		[
			'the ending of a form',
			[
				creates('resumeExecution'),
				{
					name: 'Ending',
					type: 'n8n-nodes-base.form',
					node: stub(['operation']),
					parameters: { operation: 'completion' },
				},
			],
		],
		[
			'an e-mail that is only sent',
			[
				creates('resumeExecution'),
				{
					name: 'Mail',
					type: 'n8n-nodes-base.emailSend',
					node: stub(['operation']),
					parameters: { operation: 'send' },
				},
			],
		],
		[
			'a callback URL that holds the resume URL',
			[creates('url', { callbackUrl: '={{ $execution.resumeUrl }}' })],
		],
		['a callback that an expression chooses', [creates('={{ $json.how }}')]],
	])('%s is allowed', async (_what, nodesBefore) => {
		const note = {
			...item,
			checkoutId: null,
			expiresAt: null,
			executionId: '1',
			node: 'Create Checkout',
			runIndex: '0',
			awaited: '',
		};
		const flow = { hostedCheckouts: [note] };
		expect(await attempt({ flow, nodesBefore })).toMatchObject({ status: 'waiting' });
	});

	test.each([
		['url', { callbackUrl: 'https://n8n.example/webhook/1/callback' }],
		['none', {}],
	])(
		'a checkout that is created with Callback %s is refused: nothing would resume the execution',
		async (callback, more) => {
			const run = await attempt({ json, nodesBefore: [creates(callback, more)] });
			expect(words(run.error)).toMatch(
				/'Create Checkout' does not tell Payfect to resume this execution.*Resume This Execution/s,
			);
		},
	);
});

describe('Wait for Payment, when the secret is changed while it waits', () => {
	const changed = async (credential: IDataObject) => {
		const { run, checkout } = await waiting(ofPayfect);
		const [delivery] = await act(ofPayfect, checkout, 'pay');
		return await deliver(
			{ ...run, setup: { ...run.setup, ...setupOf(ofPayfect, credential) } },
			delivery as Callback,
		);
	};
	const anotherKey = Buffer.alloc(32, 7).toString('base64url') + '=';

	test('a payment proved with the previous secret resumes', async () => {
		const { callbackSecretKey } = setupOf(ofPayfect).credentials.payfectApi as {
			callbackSecretKey: string;
		};
		expect(
			resumed(
				await changed({
					callbackSecretKey: anotherKey,
					callbackSecretKeyPrevious: callbackSecretKey,
				}),
			).paid,
		).toHaveLength(1);
	});

	test('a payment proved with a secret that is no longer known is refused', async () => {
		const call = await changed({ callbackSecretKey: anotherKey, callbackSecretKeyPrevious: '' });
		expect(call.response.status).toBe(401);
		expect(call.items).toBeUndefined();
	});
});

test('n8n 1.x, which cannot be asked whether an agent runs the node, waits too', () => {
	const context = (type: string) => ({ getNode: () => ({ type }) }) as unknown as IExecuteFunctions;
	expect([
		usedByAgent(context('n8n-nodes-hosted-checkout.payfect')),
		usedByAgent(context('n8n-nodes-hosted-checkout.payfectTool')),
	]).toEqual([false, true]);
});
