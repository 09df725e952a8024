import type {
	IDataObject,
	IExecuteData,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	IWebhookFunctions,
	IWebhookResponseData,
	NodeExecutionHint,
	NodeTypeAndVersion,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { CallFailure } from '../core/callFailure';
import type {
	ApiContract,
	CallbackContract,
	PaymentEvent,
	PaymentEventData,
} from '../core/contract';
import { textOrNull } from '../core/exactJson';
import { InputError } from '../core/inputError';
import { MAXIMUM_ASKING_MILLISECONDS, MAXIMUM_CONFIRMING_MILLISECONDS } from '../core/limits';
import { tooManyItems } from '../items/tooManyItems';
import { readChoice } from '../core/readChoice';
import { readCredentials, usedByAgent, type CallbackProvider } from '../providerNode';
import { readDate } from '../core/readDate';
import { acknowledge, onResponseSent, conflict, refuse } from '../callbacks/answerCallback';
import { decideCallback, type Expectation } from '../callbacks/decideCallback';
import { credentialsOrNothing } from '../callbacks/receiveCallback';
import { readReceived, refuseTooLong } from '../callbacks/receivedBody';
import { asNodeError } from '../items/nodeError';
import { sendCall, type SendOptions } from '../requests/sendCall';
import {
	belongsElsewhere,
	completed,
	contradiction,
	decide,
	lacksMoney,
	TIMED_OUT,
	withMoney,
	type Decision,
	type Expected,
} from './awaitedPayment';
import { readExpected } from './readExpected';
import { logLineFromOutside } from '../callbacks/logLine';

const HOUR_MILLISECONDS = 60 * 60 * 1000;
const UNIT_MILLISECONDS = {
	minutes: 60_000,
	hours: HOUR_MILLISECONDS,
	days: 24 * HOUR_MILLISECONDS,
};
const DEFAULT_LIMIT_MILLISECONDS = 24 * HOUR_MILLISECONDS;
/**
 * n8n takes this date for "no limit", and databases sort what comes after the year 9999 wrongly.
 */
const LATEST_LIMIT_MILLISECONDS = Date.parse('3000-01-01T00:00:00Z');
/**
 * How much later than its limit n8n may look at a waiting execution (n8n 2.41.1, wait-tracker.js).
 */
const N8N_LOOKS_EVERY_MILLISECONDS = 60_000;
const QUESTION = { maximumAttempts: 2, timeoutMilliseconds: MAXIMUM_ASKING_MILLISECONDS };
const QUESTION_DURING_CALLBACK = {
	maximumAttempts: 1,
	timeoutMilliseconds: MAXIMUM_CONFIRMING_MILLISECONDS,
};

const DATE_HAS_PASSED: NodeExecutionHint = {
	message:
		"The date in 'Date' has passed, so nothing is waited for: what is not paid yet leaves through Not Paid at once. Choose a later date, or A Time Has Passed for 'Wait Until'.",
	type: 'warning',
	location: 'outputPane',
};

/**
 * Under this key the execution data of the waiting node holds what `webhook()` has to know; n8n
 * stores it with the execution.
 */
const WAITING_FOR = 'waitingFor';

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
		description:
			'What should be paid, in major units. Less, or an amount that nobody tells, leaves through Not Paid.',
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
			{
				name: 'A Time Has Passed',
				value: 'duration',
				description: 'Minutes, hours or days from now',
			},
			{
				name: 'The Checkout Expires',
				value: 'checkoutExpiry',
				description: 'Its expiresAt; 24 hours from now if that is not known',
			},
		],
		default: 'checkoutExpiry',
		description: 'When to give up and leave through Not Paid. It can be up to a minute later.',
		hint: 'A checkout whose provider names no expiry is waited for 24 hours, unless you choose another limit here',
		displayOptions: { show: { resource: ['checkout'], operation: ['waitForPayment'] } },
	},
	{
		displayName: 'Time',
		name: 'limitAmount',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 24,
		description: 'How long to wait',
		displayOptions: {
			show: { resource: ['checkout'], operation: ['waitForPayment'], limitType: ['duration'] },
		},
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
		displayOptions: {
			show: { resource: ['checkout'], operation: ['waitForPayment'], limitType: ['duration'] },
		},
	},
	{
		displayName: 'Date',
		name: 'limitDate',
		type: 'dateTime',
		required: true,
		default: '',
		description: 'When to give up',
		displayOptions: {
			show: { resource: ['checkout'], operation: ['waitForPayment'], limitType: ['date'] },
		},
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Compare Amount',
				name: 'compareAmount',
				type: 'boolean',
				default: true,
				description:
					'Whether to compare what is paid with Amount and Currency. Switched off, any payment of this checkout leaves through Paid, however little it is.',
			},
		],
		displayOptions: { show: { resource: ['checkout'], operation: ['waitForPayment'] } },
	},
];

/**
 * `execute()` of Wait for Payment: asks the provider once whether the checkout is paid already (a
 * callback that came while the execution was still running got n8n's 409, and not every provider
 * repeats it), then pauses the execution.
 *
 * @returns outputs Paid and Not Paid: the input item's fields with `payment`, `outcome` and
 * `paidInFull`
 */
export async function waitForPayment<Credentials>(
	context: IExecuteFunctions,
	provider: CallbackProvider<Credentials>,
): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	const started = await start(context, provider).then(
		(outputs) => ({ outputs }),
		(error: unknown) => ({ error }),
	);
	if ('outputs' in started) return started.outputs;
	const error = asNodeError(context, started.error, 0);
	if (!context.continueOnFail()) throw error;
	// If we threw, n8n would put the input item on the first output, Paid. So the error goes to Not
	// Paid, from where n8n moves it to the error output if there is one.
	const json = { error: [error.message, error.description].filter(Boolean).join('. ') };
	return [[], items.map((_, item) => ({ json, error, pairedItem: { item } }))];
}

async function start<Credentials>(
	context: IExecuteFunctions,
	provider: CallbackProvider<Credentials>,
): Promise<INodeExecutionData[][]> {
	refuseAgents(context);
	const [item] = context.getInputData();
	if (item === undefined) return [[], []];
	const executeData = context.getExecuteData();
	refuseUnsafeSettings(context, executeData);
	const { contract } = provider;
	const creators = refuseOtherWaitingNodes(context, contract.displayName);
	const expected = readExpected({ context, item, provider: contract.provider, creators });
	const credentials = await readCredentials<Credentials>(context, provider.credentialName);
	refuseUnreadableCallbacks(contract, credentials);
	const limit = readLimit(context, item);
	refuseShorterTimeout(context, limit);
	const already = await askOnce(context, provider, credentials, expected);
	const decided = already === undefined ? undefined : decide(already, expected);
	if (already !== undefined && decided !== undefined) return outputsFor(item, already, decided);
	const timedOut: INodeExecutionData = {
		...item,
		json: { ...item.json, payment: null, ...TIMED_OUT },
		pairedItem: { item: 0 },
	};
	if (limit.getTime() <= Date.now()) return [[], [timedOut]];
	// At the time limit n8n resumes without running this node: what stands in `main` here is what
	// leaves its outputs then.
	executeData.data = {
		...executeData.data,
		main: [[], [timedOut]],
		[WAITING_FOR]: [[{ json: { ...expected } }], [item]],
	};
	context.setMetadata({ forwardAllOutputs: true });
	await context.putExecutionToWait(limit);
	return [[], []];
}

function refuseAgents(context: IExecuteFunctions): void {
	if (usedByAgent(context))
		throw new InputError(
			'Wait for Payment is not available to AI agents',
			'Use it in a workflow: an agent cannot be paused for hours.',
		);
}

function refuseUnsafeSettings(context: IExecuteFunctions, { data }: IExecuteData): void {
	if (context.getNode().alwaysOutputData)
		throw new InputError(
			"'Always Output Data' is on in the settings of this node",
			'Switch it off: when a checkout is not paid, n8n would send an empty item through Paid.',
		);
	// What came in, also where 'Execute Once' would drop all but the first.
	const itemCount = data.main?.[0]?.length ?? 1;
	if (itemCount > 1) throw tooManyItems('Wait for Payment', itemCount);
}

function refuseUnreadableCallbacks<Credentials>(
	{ displayName, callback }: ApiContract<Credentials> & CallbackContract<Credentials>,
	credentials: Credentials,
): void {
	const problem = callback.setupProblem(credentials) ?? callback.cannotTellPaid?.(credentials);
	if (problem !== undefined)
		throw new InputError(
			`${displayName} callbacks cannot be understood: ${problem}`,
			'Correct the credential, then run it again.',
		);
}

/**
 * `webhook()` of a node that waits: resumes the execution for a proved callback of this very
 * checkout that says paid, canceled or expired. Everything else is answered and changes nothing.
 * Never throws: n8n would take that for a payment.
 */
export async function resumeWhenPaid<Credentials>(
	context: IWebhookFunctions,
	provider: CallbackProvider<Credentials>,
): Promise<IWebhookResponseData> {
	const name = `${provider.contract.displayName} Wait for Payment`;
	try {
		const received = await readReceived(context);
		if (received === undefined) return refuseTooLong(context, name);
		const waiting = readWaitingFor(context);
		if (waiting === undefined)
			return refuse(
				context,
				401,
				`${name} refused a callback: this node is not waiting for a payment.`,
			);
		const credentials = await credentialsOrNothing<Credentials>(context, provider.credentialName);
		if (credentials === undefined)
			return refuse(
				context,
				401,
				`${name} refused a callback: its credential cannot be read.`,
				'The execution goes on waiting; restore the credential.',
			);
		const judgement = await decideCallback(
			context,
			provider,
			credentials,
			received,
			{},
			undefined,
			expectationOf(waiting.expected),
		);
		const accepted = provider.contract.callback.acknowledgement(credentials);
		if (!judgement.pass) {
			if (!judgement.acknowledge)
				return refuse(
					context,
					judgement.status,
					`${name} refused a callback: ${judgement.reason}.`,
					judgement.hint,
				);
			logLineFromOutside(
				context,
				'info',
				`${name} acknowledged a callback and goes on waiting: ${judgement.note}.`,
			);
			return acknowledge(context, accepted);
		}
		const { event } = judgement;
		const mismatch = belongsElsewhere(event, waiting.expected);
		if (mismatch !== undefined)
			return refuse(context, 401, `${name} refused a genuine callback: ${mismatch}.`);
		const payment = lacksMoney(event, waiting.expected)
			? await askForMoney({ context, provider, credentials }, event, waiting.expected)
			: event;
		const decided = decide(payment, waiting.expected);
		if (decided !== undefined)
			return resumeOnce(context, waiting.expected)
				? {
						...acknowledge(context, accepted),
						workflowData: outputsFor(waiting.item, payment, decided),
					}
				: conflict(context);
		logLineFromOutside(
			context,
			'info',
			`${name} acknowledged a callback and goes on waiting: it says ${event.event}.`,
		);
		return acknowledge(context, accepted);
	} catch (error) {
		return refuse(
			context,
			500,
			`${name} could not handle a callback: ${error instanceof Error ? error.name : 'unknown error'}.`,
			'The provider is asked to send it again; the execution goes on waiting.',
		);
	}
}

/** No n8n takes longer to note that an execution goes on; from then on it refuses copies itself. */
const N8N_CLAIMS_WITHIN_MILLISECONDS = 10_000;

/**
 * Waits that are being resumed, with the moment until which copies of the callback are turned away;
 * oldest first.
 */
const resuming = new Map<string, number>();

/**
 * Whether this callback is the one that resumes the execution. n8n 1.x lets each of several copies
 * that arrive together resume it (1.123.81: six copies, six shipments); n8n 2 lets the first. Holds
 * within one process, as n8n 1.x gives nothing to hold on to beyond.
 */
function resumeOnce(context: IWebhookFunctions, { checkoutId, reference }: Expected): boolean {
	const now = Date.now();
	for (const [key, until] of resuming) {
		if (until > now) break;
		resuming.delete(key);
	}
	// With the checkout: in a loop the same step of the same execution waits for the next one at
	// once.
	const key = JSON.stringify([
		context.getExecutionId(),
		context.getNode().name,
		checkoutId,
		reference,
	]);
	if (resuming.has(key)) return false;
	resuming.set(key, now + N8N_CLAIMS_WITHIN_MILLISECONDS);
	onResponseSent(context.getResponseObject(), undefined, (success) => {
		if (!success) resuming.delete(key);
	});
	return true;
}

function readLimit(context: IExecuteFunctions, item: INodeExecutionData): Date {
	const now = Date.now();
	const choice = <Value extends string>(
		parameter: string,
		field: string,
		choices: readonly Value[],
	) => readChoice(textOrNull(context.getNodeParameter(parameter, 0)) ?? '', field, choices);
	const kind = choice('limitType', 'Wait Until', ['date', 'duration', 'checkoutExpiry']);
	if (kind === 'duration') {
		const milliseconds =
			Number(context.getNodeParameter('limitAmount', 0)) *
			UNIT_MILLISECONDS[choice('limitUnit', 'Unit', ['minutes', 'hours', 'days'])];
		if (!(milliseconds > 0))
			throw new InputError("'Time' is not a number above zero", 'Enter how long to wait.');
		return limitAt(now + milliseconds, 'Time');
	}
	const given = kind === 'date' ? context.getNodeParameter('limitDate', 0) : item.json.expiresAt;
	if (kind !== 'date' && (given === undefined || given === null || given === ''))
		return new Date(now + DEFAULT_LIMIT_MILLISECONDS);
	const field = kind === 'date' ? 'Date' : 'expiresAt';
	const limit = readDate(given, field, context.getTimezone()).getTime();
	if (kind === 'date' && limit <= now) context.addExecutionHints(DATE_HAS_PASSED);
	return limitAt(limit, field);
}

/**
 * When the time is up n8n counts the workflow's own time-out from the start of the execution,
 * waiting included, and cancels it.
 */
function refuseShorterTimeout(context: IExecuteFunctions, limit: Date): void {
	const { executionTimeout } = context.getWorkflowSettings();
	if (typeof executionTimeout !== 'number' || executionTimeout <= 0) return;
	if (limit.getTime() + N8N_LOOKS_EVERY_MILLISECONDS < Date.now() + executionTimeout * 1000) return;
	throw new InputError(
		"'Timeout Workflow' in the settings of this workflow is shorter than the wait",
		'Switch it off, or wait for less: n8n would cancel the execution when the time is up, so Not Paid would never run.',
	);
}

function limitAt(milliseconds: number, field: string): Date {
	if (milliseconds >= LATEST_LIMIT_MILLISECONDS)
		throw new InputError(
			`'${field}' is after the year 2999`,
			'n8n would wait without a limit then.',
		);
	return new Date(milliseconds);
}

/** Undefined when it cannot be asked, is not answered, or does not know; waiting goes on then. */
async function askOnce<Credentials>(
	context: IExecuteFunctions,
	provider: CallbackProvider<Credentials>,
	credentials: Credentials,
	expected: Expected,
): Promise<PaymentEvent | undefined> {
	const asked: PaymentEventData = {
		provider: provider.contract.provider,
		event: 'unknown',
		eventId: '',
		paymentId: null,
		status: 'unknown',
		providerStatus: null,
		livemode: null,
		occurredAt: null,
		raw: {},
		checkoutId: expected.checkoutId,
		reference: expected.reference,
		amount: expected.amount,
		currency: expected.currency,
	};
	const stopped = context.getExecutionCancelSignal();
	const answered = await ask({ context, provider, credentials }, asked, {
		...QUESTION,
		...(stopped ? { stopped } : {}),
	});
	if (answered === undefined) return undefined;
	if ('error' in answered) {
		if (answered.error instanceof InputError || stopped?.aborted) throw answered.error;
		const words =
			answered.error instanceof CallFailure ? answered.error.message : 'unexpected answer';
		context.addExecutionHints({
			message: `Could not ask before waiting whether it is paid already: ${words}`,
			type: 'warning',
			location: 'outputPane',
		});
		return undefined;
	}
	const { found } = answered;
	if (found === undefined) return undefined;
	const mismatch = belongsElsewhere(found, expected);
	if (mismatch === undefined) return { ...found, verifiedBy: 'provider' };
	throw new InputError(
		`${provider.contract.displayName} knows this checkout, but ${mismatch}`,
		"No callback for it could be accepted. Map 'Checkout ID', 'Reference' and 'Currency' from the node that created the checkout.",
	);
}

interface Asking<Credentials> {
	context: IExecuteFunctions | IWebhookFunctions;
	provider: CallbackProvider<Credentials>;
	credentials: Credentials;
}

/**
 * What the provider's API says about a payment; undefined where it cannot be asked. Never throws.
 */
async function ask<Credentials>(
	{ context, provider, credentials }: Asking<Credentials>,
	about: PaymentEventData,
	options: SendOptions,
): Promise<{ found: PaymentEventData | undefined } | { error: unknown } | undefined> {
	const { confirm } = provider.contract.callback;
	try {
		const call = confirm?.call(about, credentials);
		if (!confirm || call === undefined) return undefined;
		const reply = await sendCall({ context, provider, credentials }, call, options);
		return { found: confirm.facts(reply, about, credentials) };
	} catch (error) {
		return { error };
	}
}

/**
 * A genuine payment that does not tell its amount or currency, with what the provider's API tells
 * of them. Nothing is taken from an answer that says something else than paid, or that is about
 * another checkout.
 */
async function askForMoney<Credentials>(
	asking: Asking<Credentials>,
	event: PaymentEvent,
	expected: Expected,
): Promise<PaymentEvent> {
	// What came from the API already would not tell more the second time.
	if (event.verifiedBy !== 'signature') return event;
	const answered = await ask(asking, completed(event, expected), QUESTION_DURING_CALLBACK);
	const found = answered !== undefined && 'found' in answered ? answered.found : undefined;
	if (found?.event !== 'payment.succeeded' || belongsElsewhere(found, expected) !== undefined)
		return event;
	return { ...withMoney(event, found), verifiedBy: 'signature+provider' };
}

/**
 * A callback that is a mere hint need not say what it is about: the resume address belongs to one
 * checkout, and that one is asked for.
 */
function expectationOf(expected: Expected): Expectation {
	return (claimed, confirmed) => {
		if (!confirmed) return belongsElsewhere(claimed, expected) ?? claimed;
		return contradiction(claimed, expected) ?? completed(claimed, expected);
	};
}

function outputsFor(
	item: INodeExecutionData,
	payment: PaymentEventData,
	{ outcome, paidInFull }: Decision,
): INodeExecutionData[][] {
	const output: INodeExecutionData = {
		...item,
		json: {
			...item.json,
			...(outcome === 'paid' ? paidCheckout(item.json, payment) : {}),
			payment: { ...payment },
			outcome,
			paidInFull,
		},
		pairedItem: { item: 0 },
	};
	return outcome === 'paid' ? [[output], []] : [[], [output]];
}

/**
 * What is no longer true of the checkout as Create put it out, where that is the item. Its own
 * number of the payment stays.
 */
function paidCheckout(json: IDataObject, payment: PaymentEventData): IDataObject {
	if (json.provider !== payment.provider) return {};
	const { status, providerStatus } = payment;
	return { status, providerStatus, paymentId: json.paymentId ?? payment.paymentId };
}

function readWaitingFor(
	context: IWebhookFunctions,
): { expected: Expected; item: INodeExecutionData } | undefined {
	// n8n keeps the data of the waiting node on the context; its types do not show it.
	const { executeData } = context as unknown as { executeData?: IExecuteData };
	const [expectedItems, inputItems] = executeData?.data[WAITING_FOR] ?? [];
	const expected = expectedItems?.[0];
	const item = inputItems?.[0];
	if (expected === undefined || item === undefined) return undefined;
	const { checkoutId, reference, amount, currency, compareAmount } = expected.json;
	return {
		expected: {
			checkoutId: textOrNull(checkoutId),
			reference: textOrNull(reference),
			amount: textOrNull(amount),
			currency: textOrNull(currency),
			compareAmount: compareAmount !== false,
		},
		item,
	};
}

/** Some tools of agents wait for a person. */
const CONNECTIONS = [NodeConnectionTypes.Main, NodeConnectionTypes.AiTool];

/**
 * Looks at the nodes between the one that gives the resume URL to the provider and this one. The
 * URL resumes whichever node of the execution is waiting, so none of them may wait that does not
 * prove what it receives. And where no node gives it away, nothing would ever resume this one.
 *
 * @returns the nodes of this node's type that give it away, the nearest first
 */
function refuseOtherWaitingNodes(
	context: IExecuteFunctions,
	displayName: string,
): NodeTypeAndVersion[] {
	const here = context.getNode();
	const seen = new Set<string>([here.name]);
	let level = [here.name];
	const creators: NodeTypeAndVersion[] = [];
	let withoutResume: string | undefined;
	while (level.length > 0) {
		const parents = level.flatMap((name) =>
			CONNECTIONS.flatMap((connectionType) =>
				context.getParentNodes(name, { connectionType, depth: 1, includeNodeParameters: true }),
			),
		);
		level = [];
		for (const parent of parents) {
			if (seen.has(parent.name)) continue;
			seen.add(parent.name);
			if (!parent.disabled && isWaitingNode(parent)) {
				throw new InputError(
					`'${parent.name}' waits between the node that creates the checkout and this one`,
					'Whoever knows the resume address could resume it without paying. Move it before the checkout is created, or after Wait for Payment.',
				);
			}
			const callback = parent.disabled ? 'none' : callbackOf(parent, here.type);
			// Before the checkout is created, the provider does not know the address yet.
			if (callback === 'resumes') creators.push(parent);
			else level.push(parent.name);
			if (callback === 'elsewhere') withoutResume ??= parent.name;
		}
	}
	if (creators.length === 0 && withoutResume !== undefined) {
		throw new InputError(
			`'${withoutResume}' does not tell ${displayName} to resume this execution, so Wait for Payment would never hear of a payment`,
			"Set its field 'Callback' to Resume This Execution.",
		);
	}
	return creators.filter(({ type }) => type === here.type);
}

/**
 * n8n's own nodes that pause an execution, each with its webhook that resumes it (2.41.1:
 * `restartWebhook` in their descriptions).
 */
function isWaitingNode({ type, parameters = {} }: NodeTypeAndVersion): boolean {
	if (type === 'n8n-nodes-base.wait') return true;
	if (type === 'n8n-nodes-base.form') return parameters.operation !== 'completion';
	// The first version of the chat node has a switch in place of the operation.
	return (
		parameters.operation === 'sendAndWait' ||
		parameters.operation === 'dispatchAndWait' ||
		(/\.chat$/.test(type) && parameters.waitUserReply === true)
	);
}

/**
 * What a node that creates checkouts at this provider does with their callbacks; `none` for any
 * other node.
 */
function callbackOf(
	{ type, parameters = {} }: NodeTypeAndVersion,
	ownType: string,
): 'resumes' | 'elsewhere' | 'none' {
	const { callback, callbackUrl } = parameters;
	if (typeof callback !== 'string') return 'none';
	if (
		callback === 'resumeExecution' ||
		(callback === 'url' && typeof callbackUrl === 'string' && /resumeUrl/i.test(callbackUrl))
	)
		return 'resumes';
	// An expression may choose either.
	return type === ownType && !callback.startsWith('=') ? 'elsewhere' : 'none';
}
