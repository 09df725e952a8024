import type { PaymentEvent, PaymentEventData } from '../core/contract';

export type CallbackDecision =
	| { pass: true; event: PaymentEvent }
	/**
	 * Genuine or harmless, but starts nothing: acknowledged, so that the provider does not send it
	 * again.
	 */
	| { pass: false; acknowledge: true; note: string }
	/**
	 * 401: it is not genuine. 500: we cannot tell, now or as the credential is set, so the provider is
	 * asked to send it again.
	 */
	| { pass: false; acknowledge: false; status: 401 | 500; reason: string; hint?: string };

export function refuseForged(reason: string, hint?: string): CallbackDecision {
	return {
		pass: false,
		acknowledge: false,
		status: 401,
		reason,
		...(hint === undefined ? {} : { hint }),
	};
}

export function askAgainLater(reason: string, hint: string): CallbackDecision {
	return { pass: false, acknowledge: false, status: 500, reason, hint };
}

export function acknowledgeOnly(note: string): CallbackDecision {
	return { pass: false, acknowledge: true, note };
}

export function fire(
	event: PaymentEventData,
	verifiedBy: PaymentEvent['verifiedBy'],
): CallbackDecision {
	return { pass: true, event: { ...event, verifiedBy } };
}
