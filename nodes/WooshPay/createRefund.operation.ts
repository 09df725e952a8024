import type { INodeProperties } from 'n8n-workflow';
import { amountUnitField } from '../shared/checkout/checkoutFields';
import { refundAmountField, refundReferenceField } from '../shared/checkout/refundFields';
import { allCurrencies, currencyField } from '../shared/items/currencies';
import { decimalsOf, readAmount } from '../shared/core/money';
import { readAmountUnit, readExtraFields } from '../shared/checkout/readCheckoutOrder';
import { readText } from '../shared/core/readText';
import { metadataField, readMetadata } from './metadata.fields';
import { readPaymentId } from './getPayment.operation';
import { readCreateOptions } from './options.fields';
import { readRefund } from './wooshPay.contract';
import { createOperation } from '../shared/items/operation';
import type { RowReader } from '../shared/items/rowReader';
import { sendInItsCurrency } from './partOfPayment.operation';
import { createRefundCall, type WooshPayRefundOrder } from './wooshPay.refunds';

const showOnlyForCreateRefund = { resource: ['refund'], operation: ['create'] };
const showOnlyForRefundOfOneAmount = { ...showOnlyForCreateRefund, amountFrom: ['amount'] };

export const createRefundFields: INodeProperties[] = [
	{
		displayName: 'Payment ID',
		name: 'paymentId',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. pi_1604012360740110336',
		description: 'The payment to refund: paymentId of the trigger or of Create Checkout',
		displayOptions: { show: showOnlyForCreateRefund },
	},
	{
		displayName: 'Amount From',
		name: 'amountFrom',
		type: 'options',
		options: [
			{ name: 'One Amount', value: 'amount', description: 'The amount to give back' },
			{ name: 'Whole Payment', value: 'payment', description: 'All that is left of the payment' },
		],
		default: 'amount',
		description: 'How much to give back',
		displayOptions: { show: showOnlyForCreateRefund },
	},
	{
		...refundAmountField,
		description:
			'How much to give back, as text or a number. It is converted exactly and never rounded.',
		displayOptions: { show: showOnlyForRefundOfOneAmount },
	},
	{ ...amountUnitField, displayOptions: { show: showOnlyForRefundOfOneAmount } },
	{
		...currencyField,
		options: allCurrencies(),
		description: 'Currency of the payment, by which the amount is converted',
		displayOptions: { show: showOnlyForRefundOfOneAmount },
	},
	{
		...refundReferenceField,
		description:
			'Your own number of this refund, a new one for each. It is kept in the metadata, and it marks a repeated request as the same one.',
		displayOptions: { show: showOnlyForCreateRefund },
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: [
			{ ...metadataField },
			{
				displayName: 'Reason',
				name: 'reason',
				type: 'options',
				options: [
					{ name: 'Duplicate', value: 'duplicate' },
					{ name: 'Fraudulent', value: 'fraudulent' },
					{ name: 'Requested by Customer', value: 'requested_by_customer' },
					{ name: 'Resolved Dispute', value: 'resolved_dispute' },
				],
				default: 'requested_by_customer',
				description: 'Why it is refunded',
			},
		],
		displayOptions: { show: showOnlyForCreateRefund },
	},
];

export const createWooshPayRefund = createOperation({
	read: readRefundOrder,
	named: { field: 'Refund Reference', by: ({ reference }) => reference },
	call: createRefundCall,
	send: sendInItsCurrency,
	result: (reply, { call }) => ({
		...readRefund(reply, 'create'),
		idempotencyKey: call.headers?.['Idempotency-Key'] ?? null,
	}),
});

function readRefundOrder(row: RowReader): WooshPayRefundOrder {
	// Inferred: the page requires nothing, but a refund without a payment makes no sense.
	const paymentId = readPaymentId(row);
	// Not "empty refunds everything": an empty cell of a sheet would.
	const whole = row.choice('amountFrom', ['amount', 'payment']) === 'payment';
	const currency = whole
		? ''
		: row.required('currency', 'Enter the currency of the payment, or map it from the input item.');
	const more = row.collection('additionalFields');
	const amountUnit = readAmountUnit(row);
	return {
		paymentId,
		amount: whole
			? null
			: readAmount(row.value('amount'), 'Amount', decimalsOf(currency, amountUnit)),
		amountUnit,
		currency,
		reference: row.text('reference', 'Refund Reference') || null,
		reason: readText(more.reason, 'Reason') || null,
		metadata: readMetadata(more.metadata),
		extraFields: readExtraFields(row),
		...readCreateOptions(row),
	};
}
