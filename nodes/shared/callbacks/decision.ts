import type { Finding, PaymentEvent, PaymentEventData } from '../core/contract';
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
	| ({ pass: false; acknowledge: false; status: 401 | 500 } & Told);

/** What is said of a refusal. */
interface Told extends Pick<Refused, 'message' | 'hint'> {
	/** Its words are the hint. */
	finding?: Finding;
}

/** 401: nothing shows that the provider has sent it. */
export function refuseForged(refused: Told): CallbackDecision {
	return decline(401, refused);
}

/** 500: a provider that repeats delivers it again. */
export function askAgainLater(refused: Told): CallbackDecision {
	return decline(500, refused);
}

function decline(status: 401 | 500, { message, hint, finding }: Told): CallbackDecision {
	return {
		pass: false,
		acknowledge: false,
		status,
		message,
		...(hint !== undefined && { hint }),
		...(finding && { finding }),
	};
}

/** A finding says more than the hint, which is the usual cause. */
export function withFinding<Refusal extends Told>(
	refusal: Refusal,
	finding: Finding | undefined,
): Refusal {
	return finding === undefined ? refusal : { ...refusal, finding, hint: finding.says };
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
