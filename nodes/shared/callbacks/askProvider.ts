import { CallFailure } from '../core/callFailure';
import type { AskedFor, PaymentEventData, Question } from '../core/contract';
import type { CallbackProvider } from '../providerNode';
import { sendCall, type Sender, type SendOptions } from '../requests/sendCall';
import type { Refused } from '../core/sentences';

/** Who asks, with which credential. */
export interface Asker<Credentials> extends Sender<Credentials> {
	provider: CallbackProvider<Credentials>;
}

export type Answered =
	/** Undefined: the provider does not know what it was asked for. */
	| { found: PaymentEventData | undefined }
	/** Why the answer cannot belong to this credential. */
	| { contradiction: Refused }
	/** It could not be asked, or its answer could not be read. */
	| { error: unknown };

/** What is asked, and about which payment. */
export interface Asked<Credentials> {
	question: Question<Credentials>;
	about: AskedFor;
}

/**
 * What the provider's API says about one payment. Only the number that is asked for goes in, so
 * nothing that a callback claims can come out. Never throws.
 */
export async function askProvider<Credentials>(
	sender: Asker<Credentials>,
	{ question, about }: Asked<Credentials>,
	options: SendOptions,
): Promise<Answered> {
	try {
		const call = question.call(about, sender.credentials);
		const reply = await sendCall(sender, call, options);
		const found = question.facts(reply, about, sender.credentials);
		const contradiction = found && question.contradiction?.(found, sender.credentials);
		return contradiction === undefined ? { found } : { contradiction };
	} catch (error) {
		return error instanceof CallFailure && error.notFound ? { found: undefined } : { error };
	}
}
