import type { PaymentEventData } from '../core/contract';
import { firstDifference, type PaidInFull } from '../callbacks/compareEvents';
import { compareAmounts, LONGEST_AMOUNT } from '../core/money';
import type { Refused } from '../core/sentences';
import { REFUSALS } from './reasons';

/** What a payment is held against. */
export interface Expected {
	checkoutId: string | null;
	reference: string | null;
	amount: string | null;
	currency: string | null;
	/**
	 * Whether too little, or an amount that nobody tells, keeps the order from leaving through Paid.
	 */
	compareAmount: boolean;
}

type WaitOutcome =
	'paid' | 'underpaid' | 'paidAmountUnknown' | 'failed' | 'canceled' | 'expired' | 'timeout';

export interface Decision {
	outcome: WaitOutcome;
	paidInFull: PaidInFull;
}

export const TIMED_OUT: Decision = { outcome: 'timeout', paidInFull: 'unknown' };

const DECIMAL = /^\d+(\.\d+)?$/;

/** Whether the text can be compared with another amount. */
export function isDecimal(text: string | null): text is string {
	return text !== null && text.length <= LONGEST_AMOUNT && DECIMAL.test(text);
}

/**
 * Undefined while it is open. A declined card alone is not the end: the payer tries again on the
 * same page.
 */
export function decide(event: PaymentEventData, expected: Expected): Decision | undefined {
	if (event.event === 'payment.succeeded') return decidePaid(event, expected);
	if (event.event === 'payment.canceled') return { outcome: 'canceled', paidInFull: 'unknown' };
	if (event.event === 'payment.expired') return { outcome: 'expired', paidInFull: 'unknown' };
	const closed = event.status === 'canceled' || event.status === 'expired';
	return event.event === 'payment.failed' && closed
		? { outcome: 'failed', paidInFull: 'unknown' }
		: undefined;
}

const PAID_OUTCOMES = {
	exact: 'paid',
	over: 'paid',
	under: 'underpaid',
	unknown: 'paidAmountUnknown',
} as const;

function decidePaid(event: PaymentEventData, expected: Expected): Decision {
	if (!expected.compareAmount) return { outcome: 'paid', paidInFull: 'unknown' };
	const paidInFull = compareWithExpected(event, expected);
	return { outcome: PAID_OUTCOMES[paidInFull], paidInFull };
}

function compareWithExpected(event: PaymentEventData, expected: Expected): PaidInFull {
	if (!isDecimal(event.amount) || !isDecimal(expected.amount)) return 'unknown';
	const difference = compareAmounts(event.amount, expected.amount);
	if (difference < 0) return 'under';
	// Same number, unknown currency: it may be worth less.
	if (event.currency === null || expected.currency === null) return 'unknown';
	return difference === 0 ? 'exact' : 'over';
}

/**
 * Whether the payment cannot be compared with what is expected before somebody tells its amount and
 * currency.
 */
export function lacksMoney(event: PaymentEventData, { compareAmount }: Expected): boolean {
	const told = isDecimal(event.amount) && event.currency !== null;
	return compareAmount && event.event === 'payment.succeeded' && !told;
}

/**
 * The event with the amount and currency that it does not tell itself; of two amounts the smaller
 * counts.
 */
export function withMoney<Event extends PaymentEventData>(
	event: Event,
	found: PaymentEventData,
): Event {
	return {
		...event,
		amount: smallerKnownAmount(event.amount, found.amount),
		currency: event.currency ?? found.currency,
	};
}

function smallerKnownAmount(told: string | null, found: string | null): string | null {
	if (!isDecimal(found)) return told;
	return isDecimal(told) && compareAmounts(told, found) <= 0 ? told : found;
}

/**
 * Why the event is not about this checkout; undefined if it is. At least one number must
 * be shared.
 */
export function belongsElsewhere(event: PaymentEventData, expected: Expected): Refused | undefined {
	const another = contradiction(event, expected);
	if (another !== undefined) return another;
	const shares = (['checkoutId', 'reference'] as const).some(
		(field) => event[field] !== null && event[field] === expected[field],
	);
	return shares ? undefined : REFUSALS.names_neither;
}

const FIELD_IN_WORDS = {
	checkoutId: 'checkout id',
	reference: 'reference',
	currency: 'currency',
} as const;

/**
 * What the event says of another checkout than this one; undefined where it says nothing
 * of the kind.
 */
export function contradiction(event: PaymentEventData, expected: Expected): Refused | undefined {
	const field = firstDifference(event, expected);
	return field === undefined ? undefined : REFUSALS.another_checkout(FIELD_IN_WORDS[field]);
}

/**
 * The event with the numbers of the checkout that is waited for, where it does not name them
 * itself.
 */
export function completed(event: PaymentEventData, expected: Expected): PaymentEventData {
	return {
		...event,
		checkoutId: event.checkoutId ?? expected.checkoutId,
		reference: event.reference ?? expected.reference,
	};
}
