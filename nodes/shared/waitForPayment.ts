import type { IExecuteData, IExecuteFunctions, INodeExecutionData, INodeProperties, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { CallFailure } from './callFailure';
import type { PaymentEvent, PaymentFacts } from './contract';
import { asNodeError } from './eachItem';
import { textOrNull } from './exactJson';
import { InputError } from './inputError';
import { compareAmounts } from './money';
import { readCredentials, type ProviderNode } from './providerNode';
import { acknowledge, credentialsOrNothing, judgeCallback, readReceived, refuse } from './receiveCallback';
import { sendCall } from './sendCall';

const HOUR_MILLISECONDS = 60 * 60 * 1000;
const UNIT_MILLISECONDS: Record<string, number> = { minutes: 60_000, hours: HOUR_MILLISECONDS, days: 24 * HOUR_MILLISECONDS };
const DEFAULT_LIMIT_MILLISECONDS = 24 * HOUR_MILLISECONDS;

/** Under this key the execution data of the waiting node holds what `webhook()` has to know; n8n stores it with the execution. */
const WAITING_FOR = 'waitingFor';

interface Expected {
	checkoutId: string | null;
	reference: string | null;
	amount: string | null;
	currency: string | null;
}

type PaidInFull = 'exact' | 'under' | 'over' | 'unknown';
type Outcome = 'paid' | 'underpaid' | 'failed' | 'canceled' | 'expired' | 'timeout';

export const waitForPaymentFields: INodeProperties[] = [
	{
		displayName:
			"The node that creates the checkout must have 'Callback' set to Resume This Execution. Send the link to the payer before this node, and put no other waiting node (Wait, Form page, Send and Wait) in between: whoever knows the address could resume that one.",
		name: 'waitNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { resource: ['checkout'], operation: ['waitForPayment'] } },
	},
	{
		displayName: 'Checkout ID',
		name: 'checkoutId',
		type: 'string',
		default: '={{ $json.checkoutId }}',
		description: 'The checkout to wait for, as Create returned it',
		displayOptions: { show: { resource: ['checkout'], operation: ['waitForPayment'] } },
	},
	{
		displayName: 'Reference',
		name: 'reference',
		type: 'string',
		default: '={{ $json.reference }}',
		description: 'Your order number of that checkout',
		displayOptions: { show: { resource: ['checkout'], operation: ['waitForPayment'] } },
	},
	{
		displayName: 'Amount',
		name: 'amount',
		type: 'string',
		default: '={{ $json.amount }}',
		description: 'What should be paid, in major units; compared with what is paid. Leave empty to not compare.',
		displayOptions: { show: { resource: ['checkout'], operation: ['waitForPayment'] } },
	},
	{
		displayName: 'Currency',
		name: 'currency',
		type: 'string',
		default: '={{ $json.currency }}',
		description: 'The currency that should be paid. A payment in another one does not count.',
		displayOptions: { show: { resource: ['checkout'], operation: ['waitForPayment'] } },
	},
	{
		displayName: 'Wait Until',
		name: 'limitType',
		type: 'options',
		options: [
			{ name: 'A Date', value: 'date', description: 'A fixed date and time' },
			{ name: 'A Time Has Passed', value: 'duration', description: 'Minutes, hours or days from now' },
			{ name: 'The Checkout Expires', value: 'checkoutExpiry', description: 'Its expiresAt; 24 hours from now if that is not known' },
		],
		default: 'checkoutExpiry',
		description: 'When to give up and leave through Not Paid. It can be up to a minute later.',
		displayOptions: { show: { resource: ['checkout'], operation: ['waitForPayment'] } },
	},
	{
		displayName: 'Time',
		name: 'limitAmount',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 24,
		description: 'How long to wait',
		displayOptions: { show: { resource: ['checkout'], operation: ['waitForPayment'], limitType: ['duration'] } },
	},
	{
		displayName: 'Unit',
		name: 'limitUnit',
		type: 'options',
		options: [
			{ name: 'Days', value: 'days' },
			{ name: 'Hours', value: 'hours' },
			{ name: 'Minutes', value: 'minutes' },
		],
		default: 'hours',
		displayOptions: { show: { resource: ['checkout'], operation: ['waitForPayment'], limitType: ['duration'] } },
	},
	{
		displayName: 'Date',
		name: 'limitDate',
		type: 'dateTime',
		default: '',
		description: 'When to give up',
		displayOptions: { show: { resource: ['checkout'], operation: ['waitForPayment'], limitType: ['date'] } },
	},
];

/**
 * `execute()` of Wait for Payment: asks the provider once whether the checkout is paid already (a callback that came while the
 * execution was still running got n8n's 409, and not every provider repeats it), then pauses the execution.
 *
 * @returns outputs Paid and Not Paid: the input item's fields with `payment`, `outcome` and `paidInFull`
 */
export async function waitForPayment<Credentials, Order>(context: IExecuteFunctions, provider: ProviderNode<Credentials, Order>): Promise<INodeExecutionData[][]> {
	const started = await start(context, provider).then(
		(outputs) => ({ outputs }),
		(error: unknown) => ({ error }),
	);
	if ('outputs' in started) return started.outputs;
	throw asNodeError(context, started.error, 0);
}

async function start<Credentials, Order>(context: IExecuteFunctions, provider: ProviderNode<Credentials, Order>): Promise<INodeExecutionData[][]> {
	const { displayName, callback } = provider.contract;
	if (context.isToolExecution()) throw new InputError('Wait for Payment is not available to AI agents', 'Use it in a workflow: an agent cannot be paused for hours.');
	const items = context.getInputData();
	const item = items[0];
	if (item === undefined) return [[], []];
	if (items.length > 1) {
		throw new InputError(
			`Wait for Payment got ${items.length} items, but an execution can wait for one payment at a time`,
			"Put 'Loop Over Items' (batch size 1) around create and wait, one after the other; or call a sub-workflow for each row with 'Wait For Sub-Workflow Completion' off and create, wait and fulfil in there, all at once.",
		);
	}
	refuseOtherWaitingNodes(context);
	const expected = readExpected(context);
	const credentials = await readCredentials<Credentials>(context, provider.credentialName);
	const problem = callback.problem(credentials) ?? callback.cannotTellPaid?.(credentials);
	if (problem !== undefined) throw new InputError(`${displayName} callbacks cannot be understood: ${problem}`, 'Correct the credential, then run it again.');
	const limit = readLimit(context, item);
	const already = await askOnce(context, provider, credentials, expected);
	const decided = already === undefined ? undefined : decide(already, expected);
	if (already !== undefined && decided !== undefined) return outputsFor(item, already, decided);
	const executeData = context.getExecuteData();
	const timedOut: INodeExecutionData = { ...item, json: { ...item.json, payment: null, outcome: 'timeout' satisfies Outcome, paidInFull: 'unknown' satisfies PaidInFull }, pairedItem: { item: 0 } };
	// At the time limit n8n resumes without running this node: what stands in `main` here is what leaves its outputs then.
	executeData.data = { ...executeData.data, main: [[], [timedOut]], [WAITING_FOR]: [[{ json: { ...expected } }], [item]] };
	context.setMetadata({ forwardAllOutputs: true });
	await context.putExecutionToWait(limit);
	return [items, []];
}

/**
 * `webhook()` of a node that waits: resumes the execution for a proved callback of this very checkout that says paid, canceled or
 * expired. Everything else is answered and changes nothing. Never throws: n8n would take that for a payment.
 */
export async function resumeWhenPaid<Credentials, Order>(context: IWebhookFunctions, provider: ProviderNode<Credentials, Order>): Promise<IWebhookResponseData> {
	const name = `${provider.contract.displayName} Wait for Payment`;
	try {
		const waiting = readWaitingFor(context);
		if (waiting === undefined) return refuse(context, 401, `${name} refused a callback: this node is not waiting for a payment.`);
		const credentials = await credentialsOrNothing<Credentials>(context, provider.credentialName);
		if (credentials === undefined) return refuse(context, 401, `${name} refused a callback: its credential cannot be read.`, 'The execution goes on waiting; restore the credential.');
		// A callback may come days after the checkout was made, and the execution takes only one.
		const judgement = await judgeCallback(context, provider, credentials, await readReceived(context), {});
		const accepted = provider.contract.callback.accepted(credentials);
		if (!judgement.pass) {
			if (!judgement.acknowledge) return refuse(context, judgement.status, `${name} refused a callback: ${judgement.reason}.`, judgement.hint);
			context.logger.info(`${name} acknowledged a callback and goes on waiting: ${judgement.note}.`);
			return acknowledge(context, accepted);
		}
		const { event } = judgement;
		const mismatch = belongsElsewhere(event, waiting.expected);
		if (mismatch !== undefined) return refuse(context, 401, `${name} refused a genuine callback: its ${mismatch} is not that of the checkout it waits for.`, 'The checkout was created with the resume URL of another execution.');
		const decided = decide(event, waiting.expected);
		if (decided === undefined) return acknowledge(context, accepted);
		return { ...acknowledge(context, accepted), workflowData: outputsFor(waiting.item, event, decided) };
	} catch (error) {
		return refuse(context, 500, `${name} could not handle a callback: ${error instanceof Error ? error.name : 'unknown error'}.`, 'The provider is asked to send it again; the execution goes on waiting.');
	}
}

function readExpected(context: IExecuteFunctions): Expected {
	const text = (parameter: string) => {
		const value = context.getNodeParameter(parameter, 0, '') as unknown;
		return typeof value === 'string' || typeof value === 'number' ? String(value).trim() || null : null;
	};
	const expected = { checkoutId: text('checkoutId'), reference: text('reference'), amount: text('amount'), currency: text('currency') };
	if (expected.checkoutId === null && expected.reference === null) {
		throw new InputError("'Checkout ID' and 'Reference' are both empty", 'Map checkoutId and reference from the node that created the checkout.');
	}
	if (expected.amount !== null && !/^\d+(\.\d+)?$/.test(expected.amount)) throw new InputError("'Amount' is not a plain number", 'Map amount from the node that created the checkout, or leave it empty.');
	return expected;
}

function readLimit(context: IExecuteFunctions, item: INodeExecutionData): Date {
	const now = Date.now();
	const kind = context.getNodeParameter('limitType', 0) as string;
	if (kind === 'duration') {
		const milliseconds = Number(context.getNodeParameter('limitAmount', 0)) * (UNIT_MILLISECONDS[context.getNodeParameter('limitUnit', 0) as string] ?? NaN);
		if (!(milliseconds > 0) || milliseconds > 8.64e15 - now) throw new InputError("'Time' is not a number above zero", 'Enter how long to wait.');
		return new Date(now + milliseconds);
	}
	const given = kind === 'date' ? context.getNodeParameter('limitDate', 0) : item.json.expiresAt;
	if (kind !== 'date' && (given === undefined || given === null || given === '')) return new Date(now + DEFAULT_LIMIT_MILLISECONDS);
	// By way of JSON: an expression may give text, a Date or a DateTime of luxon, which all write the same ISO text.
	const limit = new Date(JSON.parse(JSON.stringify(given)) as string);
	if (Number.isNaN(limit.getTime())) throw new InputError(kind === 'date' ? "'Date' is not a date" : 'expiresAt of the input item is not a date', "Give a date such as 2026-12-31T18:00:00Z, or choose A Time Has Passed for 'Wait Until'.");
	return limit;
}

/** Undefined when it cannot be asked, is not answered, or does not know; waiting goes on then. */
async function askOnce<Credentials, Order>(context: IExecuteFunctions, provider: ProviderNode<Credentials, Order>, credentials: Credentials, expected: Expected): Promise<PaymentEvent | undefined> {
	const { confirm } = provider.contract.callback;
	const asked: PaymentFacts = {
		provider: provider.contract.provider,
		event: 'unknown',
		eventId: '',
		paymentId: null,
		status: 'unknown',
		providerStatus: null,
		livemode: null,
		occurredAt: null,
		raw: {},
		...expected,
	};
	const call = confirm?.call(asked, credentials);
	if (!confirm || call === undefined) return undefined;
	const answered = await sendCall(context, provider, credentials, call)
		.then((reply) => ({ found: confirm.facts(reply, asked, credentials) }))
		.catch((error: unknown) => ({ error }));
	if ('error' in answered) {
		if (answered.error instanceof InputError) throw answered.error;
		const words = answered.error instanceof CallFailure ? answered.error.message : 'unexpected answer';
		context.addExecutionHints({ message: `Could not ask before waiting whether it is paid already: ${words}`, type: 'warning', location: 'outputPane' });
		return undefined;
	}
	const { found } = answered;
	if (found === undefined || belongsElsewhere(found, expected) !== undefined) return undefined;
	return { ...found, verifiedBy: 'provider' };
}

/** Undefined while it is open. A declined card is not the end: the payer tries again on the same page. */
function decide(event: PaymentFacts, expected: Expected): { outcome: Outcome; paidInFull: PaidInFull } | undefined {
	if (event.event === 'payment.succeeded') {
		const paidInFull = compareWithExpected(event, expected);
		return { outcome: paidInFull === 'under' ? 'underpaid' : 'paid', paidInFull };
	}
	if (event.event === 'payment.canceled') return { outcome: 'canceled', paidInFull: 'unknown' };
	if (event.event === 'payment.expired') return { outcome: 'expired', paidInFull: 'unknown' };
	return undefined;
}

function compareWithExpected(event: PaymentFacts, expected: Expected): PaidInFull {
	if (event.amount === null || expected.amount === null || !/^\d+(\.\d+)?$/.test(event.amount)) return 'unknown';
	const difference = compareAmounts(event.amount, expected.amount);
	return difference === 0 ? 'exact' : difference < 0 ? 'under' : 'over';
}

/** The field by which the event is another checkout's; undefined if it is this one's. At least one number must be shared. */
function belongsElsewhere(event: PaymentFacts, expected: Expected): string | undefined {
	const differs = (left: string | null, right: string | null) => left !== null && right !== null && left !== right;
	const shares = (left: string | null, right: string | null) => left !== null && left === right;
	if (differs(event.checkoutId, expected.checkoutId)) return 'checkout id';
	if (differs(event.reference, expected.reference)) return 'reference';
	if (!shares(event.checkoutId, expected.checkoutId) && !shares(event.reference, expected.reference)) return 'number (it names neither this checkout id nor this reference)';
	if (differs(event.currency?.toLowerCase() ?? null, expected.currency?.toLowerCase() ?? null)) return 'currency';
	return undefined;
}

function outputsFor(item: INodeExecutionData, payment: PaymentFacts, { outcome, paidInFull }: { outcome: Outcome; paidInFull: PaidInFull }): INodeExecutionData[][] {
	const output: INodeExecutionData = { ...item, json: { ...item.json, payment: { ...payment }, outcome, paidInFull }, pairedItem: { item: 0 } };
	return outcome === 'paid' ? [[output], []] : [[], [output]];
}

function readWaitingFor(context: IWebhookFunctions): { expected: Expected; item: INodeExecutionData } | undefined {
	// n8n keeps the data of the waiting node on the context; its types do not show it.
	const { executeData } = context as unknown as { executeData?: IExecuteData };
	const [expectedItems, inputItems] = executeData?.data[WAITING_FOR] ?? [];
	const expected = expectedItems?.[0];
	const item = inputItems?.[0];
	if (expected === undefined || item === undefined) return undefined;
	const { checkoutId, reference, amount, currency } = expected.json;
	return { expected: { checkoutId: textOrNull(checkoutId), reference: textOrNull(reference), amount: textOrNull(amount), currency: textOrNull(currency) }, item };
}

const WAITING_NODE_TYPES = new Set(['n8n-nodes-base.wait', 'n8n-nodes-base.form']);

/**
 * The resume URL resumes whichever node of the execution is waiting, so between the node that gives it to the provider and this
 * one no node may wait that does not prove what it receives.
 */
function refuseOtherWaitingNodes(context: IExecuteFunctions): void {
	const seen = new Set<string>([context.getNode().name]);
	let level = [context.getNode().name];
	while (level.length > 0) {
		const parents = level.flatMap((name) => context.getParentNodes(name, { depth: 1, includeNodeParameters: true }));
		level = [];
		for (const parent of parents) {
			if (seen.has(parent.name)) continue;
			seen.add(parent.name);
			const parameters: Record<string, unknown> = parent.parameters ?? {};
			const waits = (WAITING_NODE_TYPES.has(parent.type) && parameters.operation !== 'completion') || parameters.operation === 'sendAndWait';
			if (waits && !parent.disabled) {
				throw new InputError(
					`'${parent.name}' waits between the node that creates the checkout and this one`,
					'Whoever knows the resume address could resume it without paying. Move it before the checkout is created, or after Wait for Payment.',
				);
			}
			// Before the checkout is created, the provider does not know the address yet.
			if (parameters.callback !== 'resumeExecution') level.push(parent.name);
		}
	}
}
