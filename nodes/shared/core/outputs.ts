import type { Checkout, PaymentEvent, PaymentEventData } from './contract';

/** The fields of a checkout in the order in which people need them: n8n shows the first five. */
const CHECKOUT_FIELDS = {
	reference: null,
	checkoutUrl: null,
	status: null,
	amount: null,
	currency: null,
	expiresAt: null,
	checkoutId: null,
	paymentId: null,
	qrCode: null,
	provider: null,
	providerStatus: null,
	statusReason: null,
	livemode: null,
	nextAction: null,
} satisfies Record<keyof Checkout, null>;

/** The fields of an event, likewise. */
const EVENT_FIELDS = {
	event: null,
	reference: null,
	amount: null,
	currency: null,
	status: null,
	statusReason: null,
	eventId: null,
	occurredAt: null,
	checkoutId: null,
	paymentId: null,
	provider: null,
	providerStatus: null,
	livemode: null,
	verifiedBy: null,
	raw: null,
} satisfies Record<keyof PaymentEvent, null>;

/** What many answers do not tell. */
type SeldomTold =
	'checkoutUrl' | 'qrCode' | 'expiresAt' | 'statusReason' | 'livemode' | 'nextAction';

/** A checkout with its fields in the order of every output; null where nothing is told. */
export function checkoutOf(
	told: Omit<Checkout, SeldomTold> & Partial<Pick<Checkout, SeldomTold>>,
): Checkout {
	return { ...CHECKOUT_FIELDS, ...told };
}

/** The event with what vouched for it, its fields in the order of every output. */
export function verifiedEvent(
	event: PaymentEventData,
	verifiedBy: PaymentEvent['verifiedBy'],
): PaymentEvent {
	return { ...EVENT_FIELDS, ...event, verifiedBy };
}
