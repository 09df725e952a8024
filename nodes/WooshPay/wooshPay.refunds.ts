import { CreateOptions, WooshPayCredentials, createCall, getCall } from './wooshPay.requests';
import type { HttpCall, RefundOrder } from '../shared/core/contract';
import { minorUnits, withReference } from './wooshPay.contract';
import { refundWithinLimits } from './wooshPay.limits';
import { mergeExtraFields } from '../shared/core/exactJson';
import { pathPart } from '../shared/core/urls';
import { omitNull } from '../shared/core/omitNull';

/** https://docs.wooshpay.com/api-51369554 and /api-52306151 */
const REFUNDS = '/v1/refunds';

export interface WooshPayRefundOrder extends RefundOrder, CreateOptions {
	paymentId: string;
	reason: string | null;
	metadata: Record<string, string>;
}

/**
 * `amount` is text in the request's table and a number in every answer (api-51369554). Inferred: a
 * number, as everywhere else.
 */
export function createRefundCall(
	refund: WooshPayRefundOrder,
	credentials: WooshPayCredentials,
): HttpCall {
	const metadata = withReference(refund.metadata, refund.reference);
	const body = omitNull({
		payment_intent: refund.paymentId,
		amount: refund.amount === null ? null : minorUnits(refund.amount, refund, 'Amount'),
		reason: refund.reason,
		metadata,
	});
	return createCall(
		{
			path: REFUNDS,
			body: refundWithinLimits(
				mergeExtraFields(body, refund.extraFields),
				refund.currency,
				credentials,
			),
			howToFindOut: 'Look at the payment in the WooshPay dashboard before you refund it again.',
			reference: refund.reference,
			attempt: refund.attempt,
			retry: refund.retry,
		},
		credentials,
	);
}

/** api-52306151 */
export function getRefundCall(refundId: string, credentials: WooshPayCredentials): HttpCall {
	return getCall(`${REFUNDS}/${pathPart(refundId, 'Refund ID')}`, credentials);
}
