import type { CheckoutStatus, PaymentEventName } from '../shared/core/contract';
import { listOf } from '../shared/core/listOf';
import { lookup } from '../shared/core/lookup';
import { settingsOf, type SwitchedSettings } from './otherSettings';

export interface Meaning {
	event: PaymentEventName;
	status: CheckoutStatus;
}

/**
 * docs.efundflow.com/other/transaction-status. Only `capture_succeeded` is surely paid:
 * `authorization_succeeded` is not captured yet, and refund statuses other than `refund_succeeded`
 * do not tell what is left of the payment.
 */
const TRANSACTION_STATUS: Record<string, CheckoutStatus> = {
	processing: 'pending',
	authorization_pending: 'pending',
	authorization_succeeded: 'pending',
	authorization_failed: 'failed',
	authorization_void: 'canceled',
	buyer_approval_pending: 'open',
	buyer_approval_succeeded: 'pending',
	buyer_approval_failed: 'failed',
	buyer_approval_timeout: 'expired',
	capture_pending: 'pending',
	capture_succeeded: 'paid',
	capture_failed: 'failed',
	refund_succeeded: 'refunded',
};

const PAID: Meaning = { event: 'payment.succeeded', status: 'paid' };

/**
 * docs.efundflow.com/webhooks/payment-webhooks shows `PS` only. Inferred: the others mean what
 * LianLian's SDK says (OrderStatusEnum), whose signed text and fields EFundPay's callbacks have.
 */
const PAYMENT_CODES: Record<string, Meaning> = {
	PS: PAID,
	PF: { event: 'payment.failed', status: 'failed' },
	PC: { event: 'payment.canceled', status: 'canceled' },
	WP: { event: 'payment.pending', status: 'pending' },
	PP: { event: 'payment.pending', status: 'pending' },
	CB: { event: 'dispute.updated', status: 'unknown' },
};

/**
 * docs.efundflow.com/webhooks/refund-webhooks shows `RS` only; the others likewise. `PR` says that a
 * part is back: that is no success beside the one that follows, or one refund would count twice.
 */
const REFUND_CODES: Record<string, Meaning> = {
	RS: { event: 'refund.succeeded', status: 'refunded' },
	RP: { event: 'refund.pending', status: 'pending' },
	PR: { event: 'refund.pending', status: 'pending' },
	CB: { event: 'dispute.updated', status: 'unknown' },
};

const UNKNOWN_CODE: Meaning = { event: 'unknown', status: 'unknown' };

/** The documented words of which no page says whether a payment can stop there for good. */
const MAY_BE_PAID = ['authorization_succeeded', 'buyer_approval_succeeded'];

/** What *Paid Statuses* cannot turn into a payment: words of EFundPay, and of LianLian's SDK. */
const KNOWN_AS_UNPAID = [
	...Object.entries(TRANSACTION_STATUS)
		.filter(([word, status]) => status !== 'paid' && !MAY_BE_PAID.includes(word))
		.map(([word]) => word),
	...Object.keys(PAYMENT_CODES).filter((word) => word !== 'PS'),
	...Object.keys(REFUND_CODES),
	...['refund_pending', 'refund_failed', 'IN', 'ER'],
];

/** What the status of a transaction means. */
export function transactionStatus(
	word: string | null,
	credentials: SwitchedSettings,
): CheckoutStatus {
	return isNamedPaid(word, credentials) ? 'paid' : (lookup(TRANSACTION_STATUS, word) ?? 'unknown');
}

/** What the code of a payment in a callback means. */
export function paymentMeaning(word: string | null, credentials: SwitchedSettings): Meaning {
	return isNamedPaid(word, credentials) ? PAID : (lookup(PAYMENT_CODES, word) ?? UNKNOWN_CODE);
}

/** What the code of a refund in a callback means. */
export function refundMeaning(word: string | null): Meaning {
	return lookup(REFUND_CODES, word) ?? UNKNOWN_CODE;
}

/** Whether a callback with this code says that money came or went back. */
export function isSuccess(word: string, credentials: SwitchedSettings): boolean {
	return word === 'PS' || word === 'RS' || isNamedPaid(word, credentials);
}

/** The first of *Paid Statuses* that EFundPay, or LianLian, knows as something else. */
export function documentedAsUnpaid(credentials: SwitchedSettings): string | undefined {
	return namedStatuses(credentials).find((word) => KNOWN_AS_UNPAID.includes(word));
}

function isNamedPaid(word: string | null, credentials: SwitchedSettings): boolean {
	return (
		word !== null && namedStatuses(credentials).includes(word) && !KNOWN_AS_UNPAID.includes(word)
	);
}

function namedStatuses(credentials: SwitchedSettings): string[] {
	return listOf(settingsOf(credentials).paidStatuses);
}
