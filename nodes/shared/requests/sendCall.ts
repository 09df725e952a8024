import { CallFailure } from '../core/callFailure';
import type { HttpCall, HttpReply } from '../core/contract';
import { InputError } from '../core/inputError';
import { pause, withRateLimit } from './rateLimit';
import {
	deadlineIn,
	endOf,
	type Deadline,
	type Sender,
	type SendOptions,
	type Sending,
} from './sending';
import { sendOnce, type Failed, type SendResult } from './sendOnce';

export type { Sender, SendOptions } from './sending';

/**
 * After this no attempt of a row begins any more, so that a provider that is down does not hold up
 * a thousand rows; one that has begun has an end of its own.
 */
const MAXIMUM_ROW_MILLISECONDS = 120_000;
const MAXIMUM_ATTEMPTS = 5;
const FIRST_PAUSE_MILLISECONDS = 1_000;
const LONGEST_PAUSE_MILLISECONDS = 30_000;

/**
 * Sends one call through the credential and gives the provider's answer. Repeats it only where that
 * cannot make a second checkout: after 429 (obeying Retry-After) and when nothing was sent; after a
 * 5xx, a time-out or an unreadable answer only calls that read, or that the provider de-duplicates.
 *
 * @throws CallFailure in the provider's words; InputError for a credential that contradicts itself
 */
export async function sendCall<Credentials>(
	sender: Sender<Credentials>,
	call: HttpCall,
	options: SendOptions = {},
): Promise<HttpReply> {
	refuseUnusable(sender);
	const end = Date.now() + MAXIMUM_ROW_MILLISECONDS;
	const maximumAttempts = options.maximumAttempts ?? MAXIMUM_ATTEMPTS;
	let doubt: CallFailure | undefined;
	for (let attempt = 1; ; attempt++) {
		options.stopped?.throwIfAborted();
		const outcome = await sendInTurn({ ...sender, call, options });
		if ('reply' in outcome) return outcome.reply;
		if (outcome.failure.mayHaveArrived) doubt = outcome.failure;
		// Never earlier than asked for, and not all at the same moment.
		const wait = (outcome.retryAfterMilliseconds ?? 0) + growingPause(attempt);
		if (!mayRepeat(call, outcome) || attempt >= maximumAttempts || Date.now() + wait > end)
			throw stillInDoubt(outcome.failure, doubt);
		await pause(wait, options.stopped).catch((error: unknown) => {
			throw doubt ?? error;
		});
	}
}

function refuseUnusable<Credentials>({
	provider: { contract },
	credentials,
}: Sender<Credentials>): void {
	const problem = contract.credentialProblem?.(credentials);
	if (problem !== undefined)
		throw new InputError(problem, 'Correct the credential; nothing was sent.');
}

/** Where the provider documents a rate, when it is this request's turn. */
async function sendInTurn<Credentials>(sending: Sending<Credentials>): Promise<SendResult> {
	const { provider, credentials, options } = sending;
	const { rateLimit } = provider.contract;
	const deadline =
		options.timeoutMilliseconds === undefined ? undefined : deadlineIn(options.timeoutMilliseconds);
	if (!rateLimit) return await sendOnce(sending, deadline);
	let isSent = false;
	const sent = withRateLimit(
		{
			scope: `${provider.contract.provider}:${rateLimit.scope(credentials)}`,
			requestsPerSecond: rateLimit.requestsPerSecond,
		},
		async () => {
			isSent = true;
			return await sendOnce(sending, deadline);
		},
		{
			turn: options.turn,
			stopped: deadline === undefined ? options.stopped : endOf(deadline, options.stopped),
		},
	);
	return await sent.catch((error: unknown) => {
		if (isSent || deadline === undefined || options.stopped?.aborted) throw error;
		return turnDidNotCome(provider.contract.displayName, deadline);
	});
}

function turnDidNotCome(name: string, { milliseconds }: Deadline): SendResult {
	const failure = new CallFailure(
		`Requests to ${name} wait for their turn, and this one's did not come within ${milliseconds / 1000} seconds`,
		{ advice: `Nothing was sent. Run it again when fewer requests to ${name} are on their way.` },
	);
	return { failure, harmless: true, temporary: true };
}

function mayRepeat({ retry }: HttpCall, { harmless, temporary }: Failed): boolean {
	return temporary && (harmless || retry !== 'never');
}

/**
 * What the last attempt says of itself, such as "nothing was sent", is not true of an earlier one
 * that may have arrived.
 */
function stillInDoubt(last: CallFailure, doubt: CallFailure | undefined): CallFailure {
	if (doubt === undefined || doubt === last) return last;
	return new CallFailure(`${last.message}; before, ${doubt.message}`, {
		advice: doubt.advice,
		httpStatus: last.httpStatus,
		mayHaveArrived: true,
	});
}

function growingPause(attempt: number): number {
	const longest = Math.min(
		FIRST_PAUSE_MILLISECONDS * 2 ** (attempt - 1),
		LONGEST_PAUSE_MILLISECONDS,
	);
	// Jitter: rows that were refused together must not come back together.
	return longest * (0.5 + Math.random() / 2);
}
