import type { INodeProperties } from 'n8n-workflow';
import { amountUnitField } from '../shared/checkout/checkoutFields';
import { readAmountUnit } from '../shared/checkout/readCheckoutOrder';
import { refundAmountField } from '../shared/checkout/refundFields';
import type { HttpReply, Sent } from '../shared/core/contract';
import { InputError } from '../shared/core/inputError';
import { decimalsOf, readAmount } from '../shared/core/money';
import { allCurrencies, currencyField } from '../shared/items/currencies';
import type { RowReader } from '../shared/items/rowReader';
import type { RowSender } from '../shared/items/rowSender';
import { readPaymentId } from './getPayment.operation';
import { getPaymentCall, readPayment } from './wooshPay.contract';
import type { PartOfPayment } from './wooshPay.payments';
import type { WooshPayCredentials } from './wooshPay.requests';

/**
 * The fields of `Amount From: One Amount`.
 *
 * @param toDoWhat `refund`
 */
export function oneAmountFields(
	toDoWhat: string,
	operation: { resource: string[]; operation: string[] },
): INodeProperties[] {
	const displayOptions = { show: { ...operation, amountFrom: ['amount'] } };
	return [
		{
			...refundAmountField,
			description: `How much to ${toDoWhat}, as text or a number. It is converted exactly and never rounded.`,
			displayOptions,
		},
		{ ...amountUnitField, displayOptions },
		{
			...currencyField,
			options: allCurrencies(),
			description: 'Currency of the payment, by which the amount is converted',
			displayOptions,
		},
	];
}

/**
 * Which payment, and how much of it. Inferred: the pages require nothing, but without a payment it
 * makes no sense.
 *
 * @throws InputError naming the field that is wrong
 */
export function readPartOfPayment(row: RowReader): PartOfPayment {
	const paymentId = readPaymentId(row);
	// A choice of its own: an empty cell of a sheet must not take everything.
	if (row.choice('amountFrom', ['amount', 'payment']) === 'payment')
		return { paymentId, amount: null, amountUnit: 'major', currency: '' };
	const amountUnit = readAmountUnit(row);
	const currency = row.required(
		'currency',
		'Enter the currency of the payment, or map it from the input item.',
	);
	const amount = readAmount(row.value('amount'), 'Amount', decimalsOf(currency, amountUnit));
	return { paymentId, amount, amountUnit, currency };
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
		const { currency } = readPayment(
			await row.send(getPaymentCall(order.paymentId, credentials)),
			credentials,
		);
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
