import type { HttpReply, Sent } from '../shared/core/contract';
import { InputError } from '../shared/core/inputError';
import type { RowSender } from '../shared/items/rowSender';
import { getPaymentCall, readPayment } from './wooshPay.contract';
import type { WooshPayCredentials } from './wooshPay.requests';

/** What gives back or captures a part of a payment. */
interface PartOfPayment {
	paymentId: string;
	/** Null is the whole, which needs no currency. */
	amount: string | null;
	currency: string;
}

/**
 * Sends a part of a payment, once the payment has told its currency. The request names none, so
 * that 5.00 of another currency could be a hundredfold: 500 cents, and 500 yen.
 *
 * @throws InputError when the payment is in another currency
 */
export async function sendInItsCurrency(
	{ order, call, credentials }: Sent<WooshPayCredentials, PartOfPayment>,
	row: RowSender<WooshPayCredentials>,
): Promise<HttpReply> {
	if (order.amount !== null) {
		const { currency } = readPayment(await row.send(getPaymentCall(order.paymentId, credentials)));
		refuseOtherCurrency(currency, order.currency);
	}
	return await row.send(call);
}

function refuseOtherCurrency(ofPayment: string | null, given: string): void {
	if (ofPayment === null || ofPayment.toUpperCase() === given.toUpperCase()) return;
	throw new InputError(
		`'Currency' is ${given.toUpperCase()}, but the payment is in ${ofPayment.toUpperCase()}; nothing was sent`,
		'Map amount and currency from the same item, such as that of the trigger.',
	);
}
