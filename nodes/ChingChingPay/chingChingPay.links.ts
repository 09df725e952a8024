import type { ChingChingPayCredentials, ChingChingPayLinkOrder } from './chingChingPay.contract';
import {
	ONCE,
	baseUrlOf,
	commonFields,
	dataOf,
	made,
	minorUnits,
	paymentIdOf,
	post,
} from './chingChingPay.contract';
import type {
	Checkout,
	CheckoutContract,
	HttpCall,
	HttpReply,
	Sent,
} from '../shared/core/contract';
import { withinLimits } from './chingChingPay.limits';
import { omitNull } from '../shared/core/omitNull';
import { checkoutOf } from '../shared/core/outputs';
import { InputError } from '../shared/core/inputError';
import { mergeExtraFields, sentBody, textOrNull } from '../shared/core/exactJson';
import { readPayerLink } from '../shared/core/urls';

/** api-201789332 */
const LINK = '/api/v1/payments/link';

function createLinkCall(
	order: ChingChingPayLinkOrder,
	credentials: ChingChingPayCredentials,
): HttpCall {
	if (order.reference === null)
		throw new InputError(
			"'Reference' is empty",
			'Enter your own order number, a new one for each order.',
		);
	const body = omitNull({
		...commonFields(order, credentials, minorUnits(order)),
		payment_type: order.paymentType,
	});
	return post(
		credentials,
		LINK,
		withinLimits(mergeExtraFields(body, order.extraFields), credentials),
		ONCE,
	);
}

function readLink(
	reply: HttpReply,
	{ order, call, credentials }: Sent<ChingChingPayCredentials, ChingChingPayLinkOrder>,
): Checkout {
	const data = dataOf(reply);
	const paymentId = paymentIdOf(reply, credentials);
	const checkoutUrl = readPayerLink(data.payment_link, baseUrlOf(credentials));
	return checkoutOf({
		...made(sentBody(call), credentials),
		checkoutId: paymentId,
		paymentId: null,
		reference: textOrNull(data.merchant_reference) ?? order.reference,
		checkoutUrl,
		// Inferred, as above: the values of `status` are unknown.
		status: checkoutUrl === null ? 'unknown' : 'open',
		providerStatus: textOrNull(data.status),
	});
}

/** The other way to make a checkout: a payment link. */
export const chingChingPayLink: CheckoutContract<ChingChingPayCredentials, ChingChingPayLinkOrder> =
	{ checkout: { call: createLinkCall, result: readLink } };
