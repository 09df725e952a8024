import type { HttpCall } from '../core/contract';
import type { Turn } from './rateLimit';
import type { AnyContext, ProviderNode } from '../providerNode';

export interface SendOptions {
	/** Default 5 (sendCall.ts). 1 where somebody waits for our own answer, as in a webhook. */
	maximumAttempts?: number;
	/**
	 * For each attempt in whole, waiting for its turn included. Absent: what a call of its kind may
	 * take from when it is sent.
	 */
	timeoutMilliseconds?: number;
	/** The answer is a file: it need not be JSON. */
	file?: boolean;
	/**
	 * The answer tells a secret that has to be kept as it is: it is not masked, and must not get into
	 * any output.
	 */
	tellsSecret?: boolean;
	/** Where a rate limit makes requests wait. Default: behind those that came before. */
	turn?: Turn;
	stopped?: AbortSignal;
}

/** Who sends: through which helper of n8n, to which provider, with which credential. */
export interface Sender<Credentials> {
	context: AnyContext;
	provider: ProviderNode<Credentials>;
	credentials: Credentials;
}

/** One call and all that it takes to send it. */
export interface Sending<Credentials> extends Sender<Credentials> {
	call: HttpCall;
	options: SendOptions;
}

/** When an attempt is over, whatever has come by then. */
export interface Deadline {
	milliseconds: number;
	signal: AbortSignal;
}

/** The one clock that is allowed: verified nodes may not set timers. */
export function deadlineIn(milliseconds: number): Deadline {
	return { milliseconds, signal: AbortSignal.timeout(milliseconds) };
}

/** Over when the time is up or the execution is stopped. */
export function endOf({ signal }: Deadline, stopped: AbortSignal | undefined): AbortSignal {
	return stopped ? AbortSignal.any([stopped, signal]) : signal;
}
