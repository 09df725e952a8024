import type { INodeProperties } from 'n8n-workflow';
import { amountUnitField } from '../shared/checkout/checkoutFields';
import { readAmountUnit, readCurrency } from '../shared/checkout/readCheckoutOrder';
import { refundAmountField } from '../shared/checkout/refundFields';
import { decimalsOf, readAmount } from '../shared/core/money';
import { allCurrencies, currencyField } from '../shared/items/currencies';
import { createOperation } from '../shared/items/operation';
import type { RowReader } from '../shared/items/rowReader';
import { readPaymentId } from './getPayment.operation';
import { sendInItsCurrency } from './partOfPayment.operation';
import { capturePaymentCall, readCaptured, type Capture } from './wooshPay.payments';

const showOnlyForCapture = { resource: ['payment'], operation: ['capture'] };
const showOnlyForCaptureOfOneAmount = { ...showOnlyForCapture, amountFrom: ['amount'] };

export const capturePaymentFields: INodeProperties[] = [
	{
		displayName: 'Amount From',
		name: 'amountFrom',
		type: 'options',
		options: [
			{
				name: 'One Amount',
				value: 'amount',
				description: 'A part of it; the rest of the money is released',
			},
			{ name: 'Whole Payment', value: 'payment', description: 'All that the payer authorized' },
		],
		default: 'payment',
		description: 'How much to capture. A payment can be captured once.',
		displayOptions: { show: showOnlyForCapture },
	},
	{
		...refundAmountField,
		description:
			'How much to capture, as text or a number. It is converted exactly and never rounded.',
		displayOptions: { show: showOnlyForCaptureOfOneAmount },
	},
	{ ...amountUnitField, displayOptions: { show: showOnlyForCaptureOfOneAmount } },
	{
		...currencyField,
		options: allCurrencies(),
		description: 'Currency of the payment, by which the amount is converted',
		displayOptions: { show: showOnlyForCaptureOfOneAmount },
	},
];

export const captureWooshPayPayment = createOperation({
	read: readCapture,
	named: { field: 'Payment ID', by: ({ paymentId }) => paymentId },
	call: capturePaymentCall,
	send: sendInItsCurrency,
	result: readCaptured,
});

function readCapture(row: RowReader): Capture {
	const paymentId = readPaymentId(row);
	// A choice of its own: an empty cell must not capture everything.
	if (row.choice('amountFrom', ['payment', 'amount']) === 'payment')
		return { paymentId, amount: null, amountUnit: 'major', currency: '' };
	const amountUnit = readAmountUnit(row);
	const currency = readCurrency(row);
	const amount = readAmount(row.value('amount'), 'Amount', decimalsOf(currency, amountUnit));
	return { paymentId, amount, amountUnit, currency };
}
