import fc from 'fast-check';
import type { PaymentEvent, ReceivedCallback } from '../../nodes/shared/core/contract';
import { forgetTestDeliveries } from '../../nodes/shared/callbacks/deliveredEvents';
import { receiveCallback } from '../../nodes/shared/callbacks/receiveCallback';
import { deepEqual } from '../../nodes/shared/core/deepEqual';
import { bareWebhookContext, listener } from '../support/bareWebhookContext';
import { fuzzedProviders, type FuzzedProvider } from './genuineCallbacks';
import { mutate, mutation, type Mutation } from './mutations';

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

/** What `webhook()` does with a callback. */
export async function received(
	provider: FuzzedProvider,
	callback: ReceivedCallback,
): Promise<Outcome> {
	const { context, response, answer } = bareWebhookContext(
		callback,
		provider.credentials,
		parameters,
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
	seed: number;
	count: number;
	/** Statuses and how often, and how many had the content of a genuine callback. */
	statuses: Record<string, number>;
	equal: number;
	/** In words, with what is needed to play it again. */
	failure?: string;
}

function says(event: PaymentEvent, facts: Partial<PaymentEvent>): boolean {
	return (Object.keys(facts) as Array<keyof PaymentEvent>).every((name) =>
		deepEqual(event[name], facts[name]),
	);
}

/**
 * Sends mutated callbacks to a provider's trigger. Nothing may start that says something else than
 * a genuine callback, no answer may be a 5xx, no refusal may say anything, and no log line may hold
 * a secret.
 */
export async function fuzzCallbacks(
	provider: FuzzedProvider,
	{
		count,
		seed,
		path,
		judge = received,
	}: { count: number; seed: number; path?: string; judge?: typeof received },
): Promise<FuzzRun> {
	const run: FuzzRun = { provider: provider.name, seed, count, statuses: {}, equal: 0 };
	const known: object[] = [];
	for (const callback of provider.genuine) {
		const { event, status } = await judge(provider, callback);
		if (event === undefined || status !== 200)
			throw new Error(`A genuine callback of ${provider.name} was not taken: ${status}.`);
		known.push(provider.signedPart(event));
	}
	const foreign = fuzzedProviders
		.filter(({ name }) => name !== provider.name)
		.flatMap(({ genuine }) => genuine);
	const property = fc.asyncProperty(
		fc.nat(provider.genuine.length - 1),
		fc.array(mutation, { minLength: 1, maxLength: 3 }),
		async (index: number, changes: Mutation[]) => {
			const start = provider.genuine[index];
			if (start === undefined) throw new Error('There is no such genuine callback.');
			const callback = changes.reduce(
				(changed, change) => mutate(changed, change, provider.genuine, foreign),
				start,
			);
			const { status, body, event, log } = await judge(provider, callback);
			run.statuses[status] = (run.statuses[status] ?? 0) + 1;
			if (status >= 500) throw new Error(`answered ${status}: ${log}`);
			if (status === 401 && body !== 'Unauthorized')
				throw new Error(`a refusal said ${JSON.stringify(body)}`);
			if (status === 401 && event !== undefined)
				throw new Error('a refused callback started a workflow');
			if (provider.secrets.some((secret) => log.includes(secret)))
				throw new Error('a log line holds a secret');
			if (event === undefined) return;
			// Where the signature is good but the kind or the spelling is none that anybody knows, it fires
			// unknown, and must say nothing of any payment.
			if (changes.some(({ kind }) => LEAVES_SIGNATURE_GOOD.has(kind)) && saysNothing(event)) return;
			const isKnown = known.some((one) => deepEqual(one, provider.signedPart(event)));
			if (!isKnown && !provider.rearranged.some((facts) => says(event, facts)))
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
		run.failure = `${provider.name}: ${error}\n  with ${JSON.stringify(result.counterexample)}\n  again: --provider ${provider.name} --seed ${seed} --path ${result.counterexamplePath ?? ''}`;
	}
	return run;
}
