import type { PaymentEvent, PaymentEventData } from '../core/contract';
import { verifiedEvent } from '../core/outputs';
import type { Refused, Sentence } from '../core/sentences';

export type CallbackDecision =
	| { pass: true; event: PaymentEvent }
	/**
	 * Genuine or harmless, but starts nothing: acknowledged, so that the provider does not send it
	 * again.
	 */
	| { pass: false; acknowledge: true; note: Sentence }
	/**
	 * 401: it is not genuine. 500: we cannot tell, now or as the credential is set, so the provider is
	 * asked to send it again.
	 */
	| { pass: false; acknowledge: false; status: 401 | 500; message: Sentence; hint?: string };

/** What is said of a refusal. */
type Told = Pick<Refused, 'message' | 'hint'>;

/** 401: nothing shows that the provider has sent it. */
export function refuseForged(refused: Told): CallbackDecision {
	return decline(401, refused);
}

/** 500: a provider that repeats delivers it again. */
export function askAgainLater(refused: Told): CallbackDecision {
	return decline(500, refused);
}

function decline(status: 401 | 500, { message, hint }: Told): CallbackDecision {
	return {
		pass: false,
		acknowledge: false,
		status,
		message,
		...(hint === undefined ? {} : { hint }),
	};
}

/** Acknowledged, so that it is not sent again, and nothing starts. */
export function acknowledgeOnly(note: Sentence): CallbackDecision {
	return { pass: false, acknowledge: true, note };
}

/** The event, with what vouched for it. */
export function fire(
	event: PaymentEventData,
	verifiedBy: PaymentEvent['verifiedBy'],
): CallbackDecision {
	return { pass: true, event: verifiedEvent(event, verifiedBy) };
}
