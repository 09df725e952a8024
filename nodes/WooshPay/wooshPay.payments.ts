import type { Checkout, CheckoutOrder, HttpCall, HttpReply } from '../shared/core/contract';
import { isObject, writeJson } from '../shared/core/exactJson';
import { fromMinorUnits, smallestUnits } from '../shared/core/money';
import { omitNull } from '../shared/core/omitNull';
import { pathPart } from '../shared/core/urls';
import { PAYMENT_INTENTS, SESSIONS, minorUnits, readPayment } from './wooshPay.contract';
import { JSON_HEADERS, apiUrl, type WooshPayCredentials } from './wooshPay.requests';

/*
 * What ends a checkout or settles a payment. The pages of these calls exist, but only their method
 * (POST) can be read. Inferred: the paths, which other people's integrations use.
 */

/** What is given back or captured of a payment. */
export interface PartOfPayment extends Pick<CheckoutOrder, 'amountUnit' | 'currency'> {
	paymentId: string;
	/** Decimal text; null is the whole, which needs no currency. */
	amount: string | null;
}

/** Inferred: without a body, as other people's integrations send it. */
export function expireCheckoutCall(checkoutId: string, credentials: WooshPayCredentials): HttpCall {
	return {
		...post(`${SESSIONS}/${pathPart(checkoutId, 'Checkout ID')}/expire`, credentials),
		howToFindOut: 'Use Checkout: Get to see whether the checkout has expired.',
	};
}

/**
 * `amount_to_capture` in the smallest unit (doc-2895670); the rest of the money is released.
 * Inferred: without it everything is captured.
 */
export function capturePaymentCall(
	capture: PartOfPayment,
	credentials: WooshPayCredentials,
): HttpCall {
	const { amount, paymentId } = capture;
	return {
		...post(`${PAYMENT_INTENTS}/${pathPart(paymentId, 'Payment ID')}/capture`, credentials),
		body: writeJson(
			omitNull({
				amount_to_capture: amount === null ? null : minorUnits(amount, capture, 'Amount'),
			}),
		),
		howToFindOut: 'Use Payment: Get to see whether the payment is captured.',
	};
}

/** Inferred: with an empty object, since no field of it can be read. */
export function cancelPaymentCall(paymentId: string, credentials: WooshPayCredentials): HttpCall {
	return {
		...post(`${PAYMENT_INTENTS}/${pathPart(paymentId, 'Payment ID')}/cancel`, credentials),
		body: writeJson({}),
		howToFindOut: 'Use Payment: Get to see whether the payment is canceled.',
	};
}

/** Nothing says that a second one is harmless, so that none is sent blindly. */
function post(path: string, credentials: WooshPayCredentials) {
	return {
		method: 'POST' as const,
		url: `${apiUrl(credentials)}${path}`,
		headers: { ...JSON_HEADERS },
		retry: 'never' as const,
	};
}

/**
 * The payment that was captured. Its amount is what was captured: what WooshPay says was received,
 * else what was asked for.
 *
 * @throws CallFailure when the answer holds no payment
 */
export function readCaptured(
	reply: HttpReply,
	{ order, credentials }: { order: PartOfPayment; credentials: WooshPayCredentials },
): Checkout {
	const payment = readPayment(reply, credentials, 'end');
	if (payment.status !== 'paid' || payment.amount !== null) return payment;
	const authorized = isObject(reply.body) ? reply.body.amount : null;
	const captured =
		order.amount === null
			? authorized
			: smallestUnits(order.amount, order.amountUnit, order.currency, 'Amount');
	return { ...payment, amount: fromMinorUnits(captured, payment.currency) };
}
