import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeParameters,
	INodeType,
} from 'n8n-workflow';
import { ChingChingPayApi } from '../../../../credentials/ChingChingPayApi.credentials';
import { EFundPayApi } from '../../../../credentials/EFundPayApi.credentials';
import { PayfectApi } from '../../../../credentials/PayfectApi.credentials';
import { TokenPayApi } from '../../../../credentials/TokenPayApi.credentials';
import { ChingChingPay } from '../../../../nodes/ChingChingPay/ChingChingPay.node';
import { EFundPay } from '../../../../nodes/EFundPay/EFundPay.node';
import { Payfect } from '../../../../nodes/Payfect/Payfect.node';
import { payfectProvider } from '../../../../nodes/Payfect/payfect.provider';
import { paymentOperation } from '../../../../nodes/shared/checkout/createCheckout';
import type { Checkout, CheckoutOrder } from '../../../../nodes/shared/core/contract';
import { eachItem } from '../../../../nodes/shared/items/eachItem';
import { TokenPay } from '../../../../nodes/TokenPay/TokenPay.node';
import { sandboxCredentials, startSandbox, type RunningSandbox } from '../../../../sandbox/sandbox';
import { callWebhook, runNode, type NodeRun, type NodeRunOptions } from '../../../support/contexts';
import { madeByHand, stubNode } from '../../../support/resumeAddress';

let sandbox: RunningSandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(async () => await sandbox.close());

interface Provider {
	displayName: string;
	name: string;
	node: INodeType;
	credentialType: ICredentialType;
	order: IDataObject;
	amount: string;
}

const ofPayfect: Provider = {
	displayName: 'Payfect',
	name: 'payfect',
	node: new Payfect(),
	credentialType: new PayfectApi(),
	order: { amount: '20.50', currency: 'usdt', description: 'Tea' },
	amount: '20.50',
};
const ofTokenPay: Provider = {
	displayName: 'TokenPay',
	name: 'tokenpay',
	node: new TokenPay(),
	credentialType: new TokenPayApi(),
	order: { amount: '20.50', chain: 'TRON', currency: 'USDT', description: 'Tea' },
	amount: '20.5',
};
const ofEFundPay: Provider = {
	displayName: 'EFundPay',
	name: 'efundpay',
	node: new EFundPay(),
	credentialType: new EFundPayApi(),
	order: {
		amount: '20.50',
		currency: 'USD',
		description: 'Tea',
		successUrl: 'https://shop.example/thanks',
		buyerName: 'Maria Gomez',
	},
	amount: '20.50',
};
const providers: Provider[] = [
	ofPayfect,
	ofEFundPay,
	{
		displayName: 'ChingChingPay',
		name: 'chingchingpay',
		node: new ChingChingPay(),
		credentialType: new ChingChingPayApi(),
		order: { operation: 'createLink', amount: '20.50', currency: 'HKD', description: 'Tea' },
		amount: '20.50',
	},
	ofTokenPay,
];

const anOrder: CheckoutOrder = {
	amount: '20.50',
	lineItems: [],
	amountUnit: 'major',
	currency: 'usdt',
	reference: 'order-1',
	description: null,
	successUrl: null,
	cancelUrl: null,
	callbackUrl: null,
	extraFields: {},
};

const checkoutOfTheRow: Checkout = {
	provider: 'payfect',
	checkoutId: 'id-1',
	paymentId: null,
	reference: 'order-1',
	checkoutUrl: null,
	qrCode: null,
	status: 'open',
	providerStatus: null,
	statusReason: null,
	amount: '20.50',
	currency: 'usdt',
	expiresAt: null,
	livemode: null,
	nextAction: null,
};

let count = 0;
const newExecution = () => String(5000 + ++count);

const typeOf = ({ node }: Provider) => `n8n-nodes-hosted-checkout.${node.description.name}`;

function setupOf(provider: Provider) {
	const { type, data } = sandboxCredentials(sandbox.url).find(
		(one) => one.type === provider.credentialType.name,
	) ?? { type: '', data: {} };
	return {
		node: provider.node,
		credentialTypes: [provider.credentialType],
		credentials: { [type]: data as ICredentialDataDecryptedObject },
	};
}

function creating(provider: Provider, more: IDataObject = {}): IDataObject {
	return {
		resource: 'checkout',
		operation: 'create',
		amountFrom: 'amount',
		reference: `found-${++count}`,
		callback: 'resumeExecution',
		...provider.order,
		...more,
	};
}

type Options = Partial<NodeRunOptions>;

/** Runs Create; a failure is in `error`. */
async function create(provider: Provider, options: Options = {}): Promise<NodeRun> {
	return await runNode({
		...setupOf(provider),
		nodeName: 'Create',
		executionId: newExecution(),
		...options,
		parameters: creating(provider, options.parameters),
	});
}

/** A node as it stands before Wait for Payment. */
function creator(provider: Provider, name = 'Create', more: IDataObject = {}) {
	return {
		name,
		type: typeOf(provider),
		node: provider.node,
		parameters: creating(provider, more) as INodeParameters,
	};
}

/** The answer of an e-mail step, which has put it in place of the checkout. */
const MAIL_ANSWER = { accepted: ['buyer@shop.example'], messageId: '1', status: 'sent' };

/** Runs Wait for Payment behind Create and an e-mail step. */
async function waitBehind(
	made: NodeRun,
	provider: Provider,
	{ json = MAIL_ANSWER, ...options }: Options & { json?: IDataObject } = {},
): Promise<NodeRun> {
	return await runNode({
		...setupOf(provider),
		nodeName: 'Wait',
		executionId: made.setup.executionId ?? '',
		flow: made.flow,
		nodesBefore: [creator(provider), { name: 'Mail', type: 'n8n-nodes-base.emailSend' }],
		items: [{ json }],
		...options,
		parameters: { resource: 'checkout', operation: 'waitForPayment', ...options.parameters },
	});
}

interface Delivery {
	requestHeaders: Record<string, string>;
	requestBody: string;
}

async function act(
	provider: Provider,
	checkoutId: string,
	action: string,
	how: IDataObject = {},
): Promise<Delivery[]> {
	const answer = await fetch(
		`${sandbox.url}/control/checkouts/${provider.name}/${encodeURIComponent(checkoutId)}/${action}`,
		{ method: 'POST', body: JSON.stringify(how) },
	);
	if (!answer.ok) throw new Error(await answer.text());
	return ((await answer.json()) as { deliveries: Delivery[] }).deliveries;
}

/** What the sandbox has of a provider, by its own count: also where the node's output is raw. */
async function checkouts(
	provider: Provider,
): Promise<Array<{ checkoutId: string; reference: string }>> {
	const answer = await fetch(`${sandbox.url}/control/state?provider=${provider.name}`);
	return ((await answer.json()) as { checkouts: Array<{ checkoutId: string; reference: string }> })
		.checkouts;
}

async function idOf(provider: Provider, made: NodeRun): Promise<string> {
	const reference = made.setup.parameters?.reference;
	const found = (await checkouts(provider)).find((each) => each.reference === reference);
	if (!found) throw new Error(`${provider.displayName} has no checkout ${String(reference)}.`);
	return found.checkoutId;
}

async function afterPayment(
	provider: Provider,
	made: NodeRun,
	waiting: NodeRun,
	action: string,
): Promise<{ paid: IDataObject[]; notPaid: IDataObject[] }> {
	const [delivery] = await act(provider, await idOf(provider, made), action);
	const call = await callWebhook({
		...waiting.setup,
		waiting,
		request: {
			headers: delivery?.requestHeaders ?? {},
			rawBody: Buffer.from(delivery?.requestBody ?? ''),
		},
	});
	return leftThrough(call.resumed);
}

function leftThrough(run: NodeRun | undefined) {
	const [paid = [], notPaid = []] = (run?.outputs ?? []).map((items) =>
		items.map(({ json }) => json),
	);
	return { paid, notPaid };
}

const words = ({ error }: NodeRun) => {
	const { message = '', description } = (error ?? {}) as { message?: string; description?: string };
	return `${message} ${description ?? ''}`;
};

const notesIn = ({ flow }: NodeRun) => (flow.hostedCheckouts ?? []) as IDataObject[];

describe.each(providers)(
	'Wait for Payment of $displayName behind a step that replaces the item, which once shipped what was paid too little',
	(provider) => {
		describe.each([
			['Simplify on', {}],
			['Simplify off', { simple: false }],
		])('with %s', (_case, parameters) => {
			test.each([
				['pay', 1, 0, 'paid'],
				['overpay', 1, 0, 'paid'],
				['underpay', 0, 1, 'underpaid'],
			])(
				'%s leaves %d through Paid and %d through Not Paid',
				async (action, paid, notPaid, outcome) => {
					const made = await create(provider, { parameters });
					const waiting = await waitBehind(made, provider);
					expect(waiting.status).toBe('waiting');
					const left = await afterPayment(provider, made, waiting, action);
					expect([left.paid.length, left.notPaid.length]).toEqual([paid, notPaid]);
					// The item is the e-mail's answer: its own status stays.
					expect([...left.paid, ...left.notPaid]).toMatchObject([{ ...MAIL_ANSWER, outcome }]);
				},
			);
		});

		test('the note has our shape, in major units, also where Create puts out the answer as it came', async () => {
			const simple = await create(provider);
			const raw = await create(provider, { parameters: { simple: false } });
			const anyText: unknown = expect.any(String);
			const hasExpiry = typeof simple.outputs[0]?.[0]?.json.expiresAt === 'string';
			for (const made of [simple, raw]) {
				expect(notesIn(made)).toEqual([
					{
						executionId: made.setup.executionId,
						node: 'Create',
						runIndex: '0',
						provider: provider.name,
						checkoutId: await idOf(provider, made),
						reference: made.setup.parameters?.reference,
						amount: provider.amount,
						currency: provider.order.currency,
						expiresAt: hasExpiry ? anyText : null,
						awaited: '',
					},
				]);
			}
		});

		test('it pauses until the checkout expires, whatever the item says', async () => {
			const made = await create(provider);
			const { expiresAt } = notesIn(made)[0] ?? {};
			const json = { ...MAIL_ANSWER, expiresAt: '2998-06-01T00:00:00Z' };
			const run = await waitBehind(made, provider, { json });
			const limit =
				typeof expiresAt === 'string' ? Date.parse(expiresAt) : Date.now() + 24 * 3_600_000;
			expect(Math.abs((run.waitTill?.getTime() ?? 0) - limit)).toBeLessThan(60_000);
		});

		test("n8n's Retry, where the callback goes to the execution that failed: it stops, and once it is paid it does what it said", async () => {
			const made = await create(provider);
			const executionId = newExecution();
			const again = async () => await waitBehind(made, provider, { executionId, mode: 'retry' });
			const stopped = await again();
			expect(stopped.status).toBe('error');
			expect(words(stopped)).toContain(
				`'Create' has created the checkout in execution ${made.setup.executionId ?? ''}, and its callbacks go there`,
			);
			await act(provider, await idOf(provider, made), 'pay', { callback: 'none' });
			const retried = await again();
			expect(words(stopped)).toContain('run this step once more when it is paid');
			expect(leftThrough(retried)).toMatchObject({
				paid: [{ outcome: 'paid', paidInFull: 'exact' }],
				notPaid: [],
			});
		});

		test('what was paid too little before a Retry leaves through Not Paid', async () => {
			const made = await create(provider);
			await act(provider, await idOf(provider, made), 'underpay', { callback: 'none' });
			const run = await waitBehind(made, provider, {
				executionId: newExecution(),
				mode: 'retry',
			});
			expect(leftThrough(run)).toMatchObject({
				paid: [],
				notPaid: [{ outcome: 'underpaid', paidInFull: 'under' }],
			});
		});
	},
);

describe('Wait for Payment, where no callback can reach the execution', () => {
	const nothingLeft = { paid: [], notPaid: [] };

	test('a pinned Create, whose checkout is of another day: it stops and says so', async () => {
		const made = await create(ofPayfect);
		const pinned = { ...creator(ofPayfect), items: made.outputs[0] ?? [] };
		const run = await waitBehind(made, ofPayfect, {
			flow: {},
			executionId: newExecution(),
			mode: 'manual',
			nodesBefore: [pinned, { name: 'Mail', type: 'n8n-nodes-base.emailSend' }],
		});
		expect(words(run)).toMatch(
			/'Create' has created no checkout in this execution.*its output is pinned.*Payfect was asked: it is not paid yet.*with no output pinned/s,
		);
		expect(leftThrough(run)).toEqual(nothingLeft);
	});

	test('the same when it is paid already: the provider says so, and it leaves through Paid', async () => {
		const made = await create(ofPayfect);
		await act(ofPayfect, await idOf(ofPayfect, made), 'pay', { callback: 'none' });
		const run = await waitBehind(made, ofPayfect, {
			flow: {},
			executionId: newExecution(),
			nodesBefore: [{ ...creator(ofPayfect), items: made.outputs[0] ?? [] }],
		});
		expect(leftThrough(run)).toMatchObject({
			paid: [{ outcome: 'paid', paidInFull: 'exact' }],
			notPaid: [],
		});
	});

	test("a pinned Create with Simplify off is not guessed at: the provider's amounts may be in another unit", async () => {
		const made = await create(ofPayfect, { parameters: { simple: false } });
		const run = await waitBehind(made, ofPayfect, {
			flow: {},
			executionId: newExecution(),
			json: made.outputs[0]?.[0]?.json ?? {},
			nodesBefore: [{ ...creator(ofPayfect), items: made.outputs[0] ?? [] }],
		});
		expect(words(run)).toMatch(
			/'Create' has created no checkout in this execution.*Run the whole/s,
		);
	});

	test("a Create that has failed, with 'Continue', leaves nothing to wait for, also not the checkout of the round before", async () => {
		const before = await create(ofPayfect);
		const failed = await create(ofPayfect, {
			executionId: before.setup.executionId ?? '',
			flow: before.flow,
			runIndex: 1,
			continueOnFail: 'continueRegularOutput',
			parameters: { amount: 'a lot' },
		});
		const run = await waitBehind(failed, ofPayfect, {
			json: failed.outputs[0]?.[0]?.json ?? {},
			nodesBefore: [{ ...creator(ofPayfect), runs: 2, items: failed.outputs[0] ?? [] }],
		});
		expect(words(run)).toContain("'Create' has created no checkout in this execution");
	});

	test('a Create that the provider has refused leaves no note of the round before', async () => {
		const before = await create(ofPayfect);
		const failed = await create(ofPayfect, {
			executionId: before.setup.executionId ?? '',
			flow: before.flow,
			runIndex: 1,
			continueOnFail: 'continueRegularOutput',
			credentials: {
				payfectApi: {
					...setupOf(ofPayfect).credentials.payfectApi,
					apiKey: 'no',
				} as ICredentialDataDecryptedObject,
			},
		});
		expect(failed.outputs[0]?.[0]?.json).toHaveProperty('error');
		expect(notesIn(failed)).toEqual([]);
	});

	test('a sub-workflow that gets its checkout from the workflow that calls it: it stops and says so', async () => {
		const made = await create(ofPayfect);
		const run = await waitBehind(made, ofPayfect, {
			flow: {},
			executionId: newExecution(),
			json: made.outputs[0]?.[0]?.json ?? {},
			nodesBefore: [],
		});
		expect(words(run)).toMatch(
			/No node before this one gives Payfect the resume address.*In a sub-workflow both have to be in there/s,
		);
	});

	test('a Create that another branch of an If has left out is no obstacle for a checkout made by hand', async () => {
		const made = await create(ofPayfect);
		const run = await waitBehind(made, ofPayfect, {
			flow: {},
			json: made.outputs[0]?.[0]?.json ?? {},
			nodesBefore: [{ ...creator(ofPayfect), runs: 0 }, madeByHand],
		});
		expect(run.status).toBe('waiting');
	});
});

describe('Wait for Payment, which of several checkouts', () => {
	const note = (more: IDataObject = {}) => ({
		executionId: '1',
		node: 'Create',
		runIndex: '0',
		provider: 'payfect',
		checkoutId: null,
		reference: 'order-1',
		amount: '20.50',
		currency: 'usdt',
		expiresAt: null,
		awaited: '',
		...more,
	});
	const wait = async (notes: IDataObject[], options: Options & { json?: IDataObject } = {}) => {
		const { json = MAIL_ANSWER, ...more } = options;
		return await runNode({
			...setupOf(ofPayfect),
			nodeName: 'Wait',
			executionId: '1',
			flow: { hostedCheckouts: notes },
			nodesBefore: [creator(ofPayfect), creator(ofPayfect, 'Create Again')],
			items: [{ json }],
			...more,
			parameters: { resource: 'checkout', operation: 'waitForPayment', ...more.parameters },
		});
	};
	/** The reference of the note that the run has taken. */
	const taken = (run: NodeRun) =>
		notesIn(run).flatMap(({ awaited, reference }) =>
			awaited === '["Wait","0"]' ? [reference] : [],
		);

	test('a new link for one that has expired: the new one', async () => {
		const run = await wait([note(), note({ node: 'Create Again', reference: 'order-2' })]);
		expect(run.status).toBe('waiting');
		expect(taken(run)).toEqual(['order-2']);
	});

	test('a checkout of a side branch, where it is the only one', async () => {
		const run = await wait([note({ node: 'Elsewhere' })], { nodesBefore: [] });
		expect(taken(run)).toEqual(['order-1']);
	});

	test('two of branches of their own are refused by name', async () => {
		const run = await wait([note(), note({ node: 'Create B' })], {
			beside: [{ ...creator(ofPayfect, 'Create B'), behind: 'Start' }],
		});
		expect(words(run)).toMatch(
			/'Create' and 'Create B' have both created a checkout in this execution, in branches of their own/,
		);
	});

	test("that of another provider, of another execution, or what is no note is not this node's", async () => {
		const others = [
			note({ provider: 'tokenpay' }),
			note({ executionId: '2' }),
			note({ amount: 20.5 }),
			{ executionId: '1' },
		];
		const run = await wait([...others, note({ reference: 'mine' })]);
		expect(taken(run)).toEqual(['mine']);
	});

	test("n8n's Retry On Fail of Wait for Payment finds its checkout again, beside an older one", async () => {
		const mine = note({ awaited: '["Wait","0"]', reference: 'mine' });
		const run = await wait([mine, note({ node: 'Create Again', reference: 'other' })]);
		expect(run.status).toBe('waiting');
		expect(notesIn(run)[1]).toMatchObject({ awaited: '' });
	});

	test('one that another step has waited for is not taken again: it may be of another order', async () => {
		const run = await wait([note({ awaited: '["Remind","0"]' })]);
		expect(words(run)).toContain("The checkout of 'Create' has been waited for already");
	});

	test.each([
		['the item is it', { json: { provider: 'payfect', reference: 'order-1' } }],
		['a field says so, as the error advises', { parameters: { reference: 'order-1' } }],
	])('but it is where %s', async (_case, options) => {
		const run = await wait([note({ awaited: '["Remind","0"]' })], options);
		expect(run.status).toBe('waiting');
		expect(taken(run)).toEqual(['order-1']);
	});

	test.each([
		['checkoutId', { checkoutId: 'another' }, 'Checkout ID'],
		['reference', { reference: 'another' }, 'Reference'],
		['amount', { amount: '1' }, 'Amount'],
		['currency', { currency: 'EUR' }, 'Currency'],
	])(
		'a filled %s that contradicts it is refused, and cleared it works',
		async (_f, parameters, field) => {
			const notes = [note({ checkoutId: 'id-1' })];
			const run = await wait(notes, { parameters });
			expect(words(run)).toContain(`'${field}' is `);
			expect(words(run)).toContain('Clear the field');
			// Asked about id-1, Payfect knows nothing: it waits.
			expect(await wait([note()])).toMatchObject({ status: 'waiting' });
		},
	);

	test('fields that say the same are no contradiction', async () => {
		const parameters = { reference: 'order-1', amount: '20.5', currency: 'USDT' };
		expect(await wait([note()], { parameters })).toMatchObject({ status: 'waiting' });
	});

	test('an expression that gives nothing stops it although the checkout is known, and cleared it works', async () => {
		const run = await wait([note()], { parameters: { amount: '={{ $json.amount }}' } });
		expect(words(run)).toMatch(/The expression in 'Amount' gives nothing.*Clear 'Amount'/s);
	});

	test('a note without an amount: the field is needed, and the message says which', async () => {
		const notes = [note({ amount: null })];
		const run = await wait(notes);
		expect(words(run)).toMatch(/'Amount' is empty.*Enter 'Amount' yourself/s);
		expect(await wait(notes, { parameters: { amount: '20.50' } })).toMatchObject({
			status: 'waiting',
		});
	});
});

describe('the note that Create leaves', () => {
	test.each([
		['none', { callback: 'none' }],
		['url', { callback: 'url', callbackUrl: 'https://n8n.example/webhook/1/callback' }],
		[
			"url with another execution's resume address",
			{ callback: 'url', callbackUrl: 'https://n8n.example/webhook-waiting/999?signature=0' },
		],
	])('is left out with Callback %s', async (_case, parameters) => {
		const made = await create(ofPayfect, { parameters });
		expect(made.status).toBe('success');
		expect(notesIn(made)).toEqual([]);
	});

	test('is there for a Callback URL that is the resume address', async () => {
		const parameters = { callback: 'url', callbackUrl: '={{ $execution.resumeUrl }}' };
		expect(notesIn(await create(ofPayfect, { parameters }))).toHaveLength(1);
	});

	test('is there for a direct transaction as well', async () => {
		const made = await create(ofEFundPay, {
			parameters: {
				resource: 'transaction',
				paymentMethod: 'other',
				method: 'alipay',
				buyerIp: '203.0.113.195',
				callback: 'url',
				callbackUrl: '={{ $execution.resumeUrl }}',
			},
		});
		expect(made.error).toBeUndefined();
		expect(notesIn(made)).toMatchObject([{ provider: 'efundpay', amount: '20.50' }]);
	});

	test('several rows with the resume address in Callback URL are refused before anything is sent', async () => {
		const before = (await checkouts(ofPayfect)).length;
		const run = await create(ofPayfect, {
			items: [{ json: {} }, { json: {} }],
			parameters: {
				reference: '={{ "several-" + $itemIndex }}',
				callback: 'url',
				callbackUrl: '={{ $execution.resumeUrl }}',
			},
		});
		expect(words(run)).toMatch(/got 2 items/);
		expect(await checkouts(ofPayfect)).toHaveLength(before);
	});

	test('is left once where Retry On Fail repeats Create and gets the checkout that it has made', async () => {
		let sent = 0;
		const reply = { status: 200, headers: {}, text: '', bytes: Buffer.alloc(0) };
		class Repeated implements INodeType {
			description = ofPayfect.node.description;
			async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
				const callbackUrl = this.evaluateExpression('{{ $execution.resumeUrl }}', 0) as string;
				return await eachItem(this, payfectProvider, {
					checkout: {
						create: paymentOperation({
							read: () => ({ ...anOrder, callbackUrl }),
							call: () => ({ method: 'POST' as const, url: '', retry: 'never' as const }),
							send: async () => {
								sent++;
								// What n8n takes for a reason to repeat the node.
								return await Promise.resolve({
									...reply,
									body: { error: 'is part of the answer' },
								});
							},
							result: () => checkoutOfTheRow,
						}),
					},
				});
			}
		}
		const run = await create(ofPayfect, {
			node: new Repeated(),
			retryOnFail: { maxTries: 3, waitBetweenTries: 0 },
			parameters: { simple: false },
		});
		expect([run.executions, sent]).toEqual([3, 1]);
		expect(notesIn(run)).toMatchObject([{ reference: 'order-1' }]);
	});

	test('a loop leaves that of its latest round only', async () => {
		const executionId = newExecution();
		let flow: IDataObject = {};
		for (let runIndex = 0; runIndex < 30; runIndex++)
			({ flow } = await create(ofPayfect, { executionId, flow, runIndex }));
		expect(flow.hostedCheckouts).toMatchObject([{ runIndex: '29' }]);
	});

	test('of many nodes the latest twenty stay', async () => {
		const executionId = newExecution();
		let flow: IDataObject = {};
		const nodesBefore = Array.from({ length: 25 }, (_, index) => creator(ofPayfect, `C${index}`));
		for (const { name } of nodesBefore)
			({ flow } = await create(ofPayfect, {
				executionId,
				flow,
				nodeName: name,
				nodesBefore: nodesBefore.slice(
					0,
					nodesBefore.findIndex((one) => one.name === name),
				),
			}));
		expect((flow.hostedCheckouts as IDataObject[]).map(({ node }) => node)).toEqual(
			nodesBefore.slice(5).map(({ name }) => name),
		);
	});
});

describe('Create Checkout beside another branch, whose payer would pay for nothing', () => {
	/** Nothing is sent where it is refused. */
	const refused = async (options: Options) => {
		const before = (await checkouts(ofPayfect)).length;
		const run = await create(ofPayfect, options);
		expect(await checkouts(ofPayfect)).toHaveLength(before);
		return words(run);
	};
	/** Ends there: n8n's engine would go on with it, and round in a loop. */
	const end = async () => [[]];
	const beside = (name: string, behind: string, more: IDataObject = {}) => ({
		...creator(ofTokenPay, name, more),
		node: { description: ofTokenPay.node.description, execute: end },
		behind,
	});
	const step = (name: string, behind: string) => ({
		name,
		type: 'n8n-nodes-base.set',
		node: { ...stubNode([]), execute: end },
		behind,
	});

	test('that n8n has still to run: it is refused by name, and nothing is sent', async () => {
		expect(
			await refused({ beside: [beside('Create B', 'Start')], stillToRun: ['Create B'] }),
		).toContain("'Create B' in another branch of this workflow would create a checkout");
	});

	test('that n8n has still to run, a few steps further on', async () => {
		expect(
			await refused({
				beside: [step('Look', 'Start'), step('Price', 'Look'), beside('Create B', 'Price')],
				stillToRun: ['Look'],
			}),
		).toContain("'Create B' in another branch");
	});

	test('that has one that nothing waits for yet (execution order v0)', async () => {
		const executionId = newExecution();
		const other = await create(ofTokenPay, { executionId, nodeName: 'Create B' });
		expect(
			await refused({ executionId, flow: other.flow, beside: [beside('Create B', 'Start')] }),
		).toContain(
			"'Create B' in another branch of this workflow has created a checkout that nothing",
		);
	});

	test('in the last row of several: the rows before it are not sent either', async () => {
		const rows = [1, 2, 3].map((row) => ({
			json: {
				reference: `late-${++count}`,
				callback: row === 3 ? '' : 'https://shop.example/paid',
			},
		}));
		expect(
			await refused({
				items: rows,
				parameters: {
					reference: '={{ $json.reference }}',
					callback: 'url',
					callbackUrl: '={{ $json.callback || $execution.resumeUrl }}',
				},
			}),
		).toMatch(/'Callback URL' with the resume address got 3 items.*Nothing was sent\./s);
	});

	test.each<[string, Options]>([
		['a branch without a checkout', { beside: [step('Log', 'Start')], stillToRun: ['Log'] }],
		[
			'a branch whose checkout has another callback',
			{ beside: [beside('Create B', 'Start', { callback: 'none' })], stillToRun: ['Create B'] },
		],
		[
			'a branch whose Create is deactivated',
			{
				beside: [{ ...beside('Create B', 'Start'), disabled: true }],
				stillToRun: ['Create B'],
			},
		],
		['an If or a Switch, of which one way runs', { beside: [beside('Create B', 'Start')] }],
		[
			'a further Create behind it',
			{ beside: [step('Look', 'Create'), beside('Create B', 'Look')] },
		],
		[
			'a branch that joins it before the further Create',
			{
				beside: [
					step('Set', 'Start'),
					step('Merge', 'Create'),
					step('Merge', 'Set'),
					beside('Create B', 'Merge'),
				],
				stillToRun: ['Set'],
			},
		],
		[
			'a loop that comes back to itself',
			{
				nodesBefore: [
					{ name: 'Loop', type: 'n8n-nodes-base.set', node: { ...stubNode([]), execute: end } },
				],
				beside: [step('Loop', 'Create'), step('Set', 'Loop'), step('Loop', 'Set')],
				stillToRun: ['Set'],
			},
		],
	])('%s is no obstacle', async (_case, options) => {
		const run = await create(ofPayfect, options);
		expect(words(run).trim()).toBe('');
		expect(notesIn(run)).toHaveLength(1);
	});

	test('a checkout that is waited for already, or one on the way here, is no obstacle', async () => {
		const executionId = newExecution();
		const { flow } = await create(ofTokenPay, { executionId, nodeName: 'Create B' });
		const awaited = {
			hostedCheckouts: (flow.hostedCheckouts as IDataObject[]).map((note) => ({
				...note,
				awaited: '["Wait","0"]',
			})),
		};
		const elsewhere = { executionId, flow: awaited, beside: [beside('Create B', 'Start')] };
		expect((await create(ofPayfect, elsewhere)).status).toBe('success');
		const onTheWay = { executionId, flow, nodesBefore: [creator(ofTokenPay, 'Create B')] };
		expect((await create(ofPayfect, onTheWay)).status).toBe('success');
	});
});
