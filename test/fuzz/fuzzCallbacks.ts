import fc from 'fast-check';
import type { PaymentEvent, ReceivedCallback } from '../../nodes/shared/core/contract';
import { forgetTestDeliveries } from '../../nodes/shared/callbacks/deliveredEvents';
import { receiveCallback } from '../../nodes/shared/callbacks/receiveCallback';
import { deepEqual } from '../../nodes/shared/core/deepEqual';
import { bareWebhookContext, listener } from '../support/bareWebhookContext';
import { foreignTo, type FuzzedProvider } from './genuineCallbacks';
import { mutate, mutation, type Mutation } from './mutations';
import { skip, withoutPauses, type withSkippedTime } from './skippedTime';

/** The vectors were signed at fixed times. */
export const parameters: Record<string, unknown> = {
	options: { maximumAge: 0 },
	events: [
		'payment.succeeded',
		'payment.pending',
		'payment.failed',
		'payment.canceled',
		'payment.expired',
		'refund.succeeded',
		'refund.failed',
		'refund.pending',
		'dispute.updated',
		'unknown',
	],
};

export interface Outcome {
	status: number;
	body: unknown;
	/** The event that a workflow would start with. */
	event?: PaymentEvent;
	log: string;
}

/** Longer than what unsigned questions of any provider are counted by. */
const PAUSE_MILLISECONDS = 10_000;

/** What `webhook()` does with a callback. */
export async function received(
	provider: FuzzedProvider,
	callback: ReceivedCallback,
): Promise<Outcome> {
	const { context, response, answer } = bareWebhookContext(
		callback,
		provider.credentials,
		parameters,
		provider.askable,
	);
	// Each callback is judged as if it were the first: what is de-duplicated would hide what passed.
	forgetTestDeliveries(listener);
	const result = await receiveCallback(context, provider.node);
	const item = result.workflowData?.[0]?.[0]?.json;
	// While somebody listens for a test event a refusal is shown as an execution that says why.
	const isEvent = item !== undefined && !('refusalOfTestEvent' in item);
	if (result.noWebhookResponse !== true) response.send(result.webhookResponse);
	return { ...answer, ...(isEvent && { event: item as unknown as PaymentEvent }) };
}

/**
 * Changes that can leave a good signature over something that is no callback any more: two signed
 * messages joined, or the text that EFundPay signs put into another place of the body.
 */
const LEAVES_SIGNATURE_GOOD = new Set(['spliceMessage', 'nest']);

function saysNothing({ event, checkoutId, paymentId, reference, amount }: PaymentEvent): boolean {
	return (
		event === 'unknown' && [checkoutId, paymentId, reference, amount].every((fact) => fact === null)
	);
}

export interface FuzzRun {
	provider: string;
	proof: string;
	dialect: string;
	seed: number;
	count: number;
	/** Statuses and how often, and how many had the content of a genuine callback. */
	statuses: Record<string, number>;
	equal: number;
	/** In words, with what is needed to play it again. */
	failure?: string;
}

/** Where the provider is asked: what makes it deliver once more what its own query does not know. */
const SENT_AGAIN = /it came before \S+ own query knows of it/;

function says(event: PaymentEvent, facts: Partial<PaymentEvent>): boolean {
	return (Object.keys(facts) as Array<keyof PaymentEvent>).every((name) =>
		deepEqual(event[name], facts[name]),
	);
}

/** The events of the genuine callbacks: whatever starts must say one of these. */
async function genuineEvents(
	provider: FuzzedProvider,
	judge: typeof received,
): Promise<PaymentEvent[]> {
	const events: PaymentEvent[] = [];
	for (const callback of provider.genuine) {
		const { event, status, log } = await judge(provider, callback);
		if (event === undefined || status !== 200)
			throw new Error(
				`A genuine callback of ${provider.name} was not taken under ${provider.proof}, ${provider.dialect}: ${status} ${log}`,
			);
		events.push(event);
	}
	for (const callback of provider.besides) {
		const { event } = await judge(provider, callback);
		if (event !== undefined && event.event !== 'unknown')
			throw new Error(`What is no payment of ${provider.name} started with ${event.event}.`);
		if (event !== undefined) events.push(event);
	}
	return events;
}

/** Whether an event says what a genuine one does; who has verified it may differ where both can. */
function isGenuine(provider: FuzzedProvider, event: PaymentEvent, known: PaymentEvent[]): boolean {
	const asked = provider.proof === 'signatureOrProvider' && event.verifiedBy === 'provider';
	return known.some((one) =>
		deepEqual(
			provider.signedPart(asked ? { ...one, verifiedBy: 'provider' } : one),
			provider.signedPart(event),
		),
	);
}

/** What is wrong with an answer, whatever was sent. */
function problemOf(
	{ secrets, proof }: FuzzedProvider,
	{ status, body, event, log }: Outcome,
): string | undefined {
	const mayBeSentAgain = proof !== 'signature' && SENT_AGAIN.test(log);
	if (status >= 500 && !mayBeSentAgain) return `answered ${status}: ${log}`;
	if (status === 401 && body !== 'Unauthorized') return `a refusal said ${JSON.stringify(body)}`;
	if (status !== 200 && event !== undefined) return 'a refused callback started a workflow';
	if (secrets.some((secret) => log.includes(secret))) return 'a log line holds a secret';
	return undefined;
}

/**
 * Sends mutated callbacks to a provider's trigger. Nothing may start that says something else than
 * a genuine callback, no answer may be a 5xx (but where the provider is asked and does not know what
 * was signed), no refusal may say anything, and no log line may hold a secret.
 */
export async function fuzzCallbacks(
	provider: FuzzedProvider,
	{ pauses = withoutPauses, ...options }: FuzzOptions,
): Promise<FuzzRun> {
	return await pauses(async () => await fuzz(provider, options));
}

export interface FuzzOptions {
	count: number;
	seed: number;
	path?: string;
	judge?: typeof received;
	/** Where more is waited for than pauses. */
	pauses?: typeof withSkippedTime;
}

async function fuzz(
	provider: FuzzedProvider,
	{ count, seed, path, judge: judgeOne = received }: Omit<FuzzOptions, 'pauses'>,
): Promise<FuzzRun> {
	const { name, proof, dialect } = provider;
	const run: FuzzRun = { provider: name, proof, dialect, seed, count, statuses: {}, equal: 0 };
	const judge: typeof received = async (...given) => {
		skip(PAUSE_MILLISECONDS);
		return await judgeOne(...given);
	};
	const known = await genuineEvents(provider, judge);
	const own = [...provider.genuine, ...provider.besides];
	const foreign = foreignTo(name);
	const { signedByUser } = provider;
	const property = fc.asyncProperty(
		fc.nat(own.length - 1),
		fc.array(mutation, { minLength: 1, maxLength: 3 }),
		fc.boolean(),
		async (index: number, changes: Mutation[], asUser: boolean) => {
			const start = own[index];
			if (start === undefined) throw new Error('There is no such genuine callback.');
			const changed = changes.reduce(
				(callback, change) => mutate(callback, change, own, foreign),
				start,
			);
			const isSigned = asUser && signedByUser !== undefined;
			const outcome = await judge(provider, isSigned ? signedByUser(changed) : changed);
			const { status, event } = outcome;
			run.statuses[status] = (run.statuses[status] ?? 0) + 1;
			const problem = problemOf(provider, outcome);
			if (problem !== undefined) throw new Error(problem);
			if (event === undefined) return;
			// Where the signature is good but the kind or the spelling is none that anybody knows, it fires
			// unknown, and must say nothing of any payment.
			const mayBeGood = isSigned || changes.some(({ kind }) => LEAVES_SIGNATURE_GOOD.has(kind));
			if (mayBeGood && saysNothing(event)) return;
			if (
				!isGenuine(provider, event, known) &&
				!provider.rearranged.some((facts) => says(event, facts))
			)
				throw new Error(`a workflow started with ${JSON.stringify(event)}`);
			run.equal++;
		},
	);
	const result = await fc.check(property, {
		seed,
		numRuns: count,
		...(path !== undefined && { path }),
		endOnFailure: path !== undefined,
	});
	if (result.failed) {
		const error =
			result.errorInstance instanceof Error
				? result.errorInstance.message
				: String(result.errorInstance);
		run.failure = `${name}, ${proof}, ${dialect}: ${error}\n  with ${JSON.stringify(result.counterexample)}\n  again: --provider ${name} --proof ${proof} --dialect '${dialect}' --seed ${seed} --path ${result.counterexamplePath ?? ''}`;
	}
	return run;
}
