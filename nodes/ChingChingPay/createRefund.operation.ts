import type { INodeProperties } from 'n8n-workflow';
import { amountUnitField } from '../shared/checkout/checkoutFields';
import { refundAmountField, refundReferenceField } from '../shared/checkout/refundFields';
import { currencyField } from '../shared/items/currencies';
import { chingChingPayCurrencies } from './checkoutOrder.fields';
import { decimalsOf, readAmount } from '../shared/core/money';
import {
	readAmountUnit,
	readCallbackUrl,
	readExtraFields,
} from '../shared/checkout/readCheckoutOrder';
import {
	readRefund,
	createRefundCall,
	type ChingChingPayRefundOrder,
} from './chingChingPay.refunds';
import type { ChingChingPayCredentials } from './chingChingPay.contract';
import { createOperation } from '../shared/items/operation';
import type { RowReader } from '../shared/items/rowReader';

const showOnlyForCreateRefund = { resource: ['refund'], operation: ['create'] };

export const createRefundFields: INodeProperties[] = [
	{
		displayName: 'Payment Reference',
		name: 'paymentReference',
		type: 'string',
		default: '',
		placeholder: 'e.g. order-1001',
		description: 'Your own order number of the payment that is refunded',
		hint: 'The reference of Create or of the trigger. Fill in this, or the payment ID below.',
		displayOptions: { show: showOnlyForCreateRefund },
	},
	{
		displayName: 'Payment ID',
		name: 'paymentId',
		type: 'string',
		default: '',
		description:
			"ChingChingPay's number of the payment that is refunded, where you have no reference",
		hint: 'The paymentId of Create or of the trigger',
		displayOptions: { show: showOnlyForCreateRefund },
	},
	{
		...refundAmountField,
		description:
			'How much is refunded, in the unit chosen below (12.50 of the major unit means twelve and a half). It is converted exactly and never rounded.',
		displayOptions: { show: showOnlyForCreateRefund },
	},
	{
		...amountUnitField,
		description: 'The unit in which the amount is given here',
		displayOptions: { show: showOnlyForCreateRefund },
	},
	{
		...currencyField,
		options: chingChingPayCurrencies,
		default: 'HKD',
		description: 'Three-letter code of the payment',
		displayOptions: { show: showOnlyForCreateRefund },
	},
	{
		...refundReferenceField,
		required: true,
		placeholder: 'e.g. refund-1001-1',
		description: 'A number of your own for this refund, a new one for each refund',
		displayOptions: { show: showOnlyForCreateRefund },
	},
	{
		displayName: 'Description',
		name: 'description',
		type: 'string',
		default: '',
		placeholder: 'e.g. Returned goods',
		description: 'Why it is refunded',
		displayOptions: { show: showOnlyForCreateRefund },
	},
];

export const createChingChingPayRefund = createOperation({
	read: readOrder,
	named: { field: 'Refund Reference', by: ({ reference }) => reference },
	call: createRefundCall,
	result: readRefund,
});

function readOrder(
	row: RowReader,
	credentials: ChingChingPayCredentials,
): ChingChingPayRefundOrder {
	const currency = row.required('currency', 'Enter the currency of the payment.');
	return {
		amount: readAmount(row.value('amount'), 'Amount', decimalsOf(currency, readAmountUnit(row))),
		amountUnit: readAmountUnit(row),
		currency,
		reference: row.text('reference', 'Refund Reference'),
		paymentReference: row.text('paymentReference') || null,
		paymentId: row.text('paymentId') || null,
		description: row.text('description') || null,
		callbackUrl: readCallbackUrl(row, credentials),
		extraFields: readExtraFields(row),
	};
}
