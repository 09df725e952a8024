import type { ChingChingPayCredentials } from './chingChingPay.contract';
import {
	ONCE,
	dataOf,
	isEmpty,
	post,
	readTransaction,
	succeeded,
	taggedCallbackUrl,
	unreadable,
} from './chingChingPay.contract';
import type { HttpCall, HttpReply, Refund, RefundOrder, Sent } from '../shared/core/contract';
import { sentDecimal } from '../shared/core/moneyLimits';
import { withinLimits } from './chingChingPay.limits';
import { omitNull } from '../shared/core/omitNull';
import { InputError } from '../shared/core/inputError';
import { ExactNumber, mergeExtraFields, sentBody, textOrNull } from '../shared/core/exactJson';
import { fromMinorUnits, smallestUnits } from '../shared/core/money';

/** api-219517934 */
const REFUND = '/api/v1/payments/transactions/refund';

export interface ChingChingPayRefundOrder extends RefundOrder {
	amount: string;
	reference: string;
	/** The merchant's number of the payment; this or `paymentId`. */
	paymentReference: string | null;
	paymentId: string | null;
	description: string | null;
	callbackUrl: string | null;
}

/**
 * api-219517934; the amount in the smallest unit.
 *
 * @throws InputError for an order without a reference or a payment, and beyond the credential's
 *   limits
 */
export function createRefundCall(
	order: ChingChingPayRefundOrder,
	credentials: ChingChingPayCredentials,
): HttpCall {
	if (order.reference === '')
		throw new InputError(
			"'Refund Reference' is empty",
			'Enter a number of your own for this refund, a new one for each refund.',
		);
	if (order.paymentReference === null && order.paymentId === null) {
		throw new InputError(
			"'Payment Reference' and 'Payment ID' are both empty",
			'Fill in one of them: the payment that is to be refunded.',
		);
	}
	const body = omitNull({
		amount: new ExactNumber(
			smallestUnits(order.amount, order.amountUnit, order.currency, 'Amount'),
		),
		currency: order.currency.toUpperCase(),
		merchant_reference: order.reference,
		original_merchant_reference: order.paymentReference,
		transaction_id: order.paymentId,
		transaction_type: 'refund',
		description: order.description,
		callback_url: taggedCallbackUrl(order.callbackUrl, credentials),
	});
	return post(
		credentials,
		REFUND,
		withinLimits(mergeExtraFields(body, order.extraFields), credentials),
		ONCE,
	);
}

/** api-219517934. Refund statuses are unknown; the merchant's paid values count here, too. */
export function readRefund(
	reply: HttpReply,
	{ order, call, credentials }: Sent<ChingChingPayCredentials, ChingChingPayRefundOrder>,
): Refund {
	const data = dataOf(reply);
	if (isEmpty(data) || !succeeded(reply, credentials)) throw unreadable('refund', reply);
	const transaction = readTransaction(data, credentials);
	const sent = sentBody(call);
	return {
		provider: 'chingchingpay',
		refundId: transaction.transactionId,
		paymentId: order.paymentId,
		reference: transaction.reference ?? order.reference,
		paymentReference: transaction.originalReference ?? order.paymentReference,
		status: transaction.successful ? 'succeeded' : 'unknown',
		providerStatus: transaction.providerStatus,
		amount: transaction.amount ?? fromMinorUnits(sentDecimal(sent.amount), sent.currency),
		currency: transaction.currency ?? textOrNull(sent.currency),
	};
}
