import { CallFailure } from '../core/callFailure';
import type { AskedFor, PaymentEventData } from '../core/contract';
import type { CallbackProvider } from '../providerNode';
import { sendCall, type Sender, type SendOptions } from '../requests/sendCall';

/** Who asks, with which credential. */
export interface Asker<Credentials> extends Sender<Credentials> {
	provider: CallbackProvider<Credentials>;
}

export type Answered =
	/** Undefined: the provider does not know what it was asked for. */
	| { found: PaymentEventData | undefined }
	/** In words why the answer cannot belong to this credential. */
	| { contradiction: string }
	/** It could not be asked, or its answer could not be read. */
	| { error: unknown };

/**
 * What the provider's API says about one payment. Only the number that is asked for goes in, so
 * nothing that a callback claims can come out. Never throws.
 */
export async function askProvider<Credentials>(
	sender: Asker<Credentials>,
	about: AskedFor,
	options: SendOptions,
): Promise<Answered> {
	const { displayName, callback } = sender.provider.contract;
	try {
		if (!callback.confirm)
			throw new CallFailure(`${displayName} cannot be asked about payments`, { advice: '' });
		const call = callback.confirm.call(about, sender.credentials);
		const reply = await sendCall(sender, call, options);
		const found = callback.confirm.facts(reply, about, sender.credentials);
		const contradiction = found && callback.confirm.contradiction?.(found, sender.credentials);
		return contradiction === undefined ? { found } : { contradiction };
	} catch (error) {
		return error instanceof CallFailure && error.notFound ? { found: undefined } : { error };
	}
}
