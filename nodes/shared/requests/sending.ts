import type { HttpCall } from '../core/contract';
import type { AnyContext, ProviderNode } from '../providerNode';

export interface SendOptions {
	/** 1 where somebody waits for our own answer, as in a webhook. */
	maximumAttempts?: number;
	timeoutMilliseconds?: number;
	/** The answer is a file: it need not be JSON. */
	file?: boolean;
	/** The answer tells a secret that has to be kept as it is: it is not masked, and must not get into any output. */
	tellsSecret?: boolean;
	stopped?: AbortSignal;
}

/** One call and all that it takes to send it. */
export interface Sending<Credentials, Order> {
	context: AnyContext;
	provider: ProviderNode<Credentials, Order>;
	credentials: Credentials;
	call: HttpCall;
	options: SendOptions;
}
