import type { INodeProperties } from 'n8n-workflow';
import { refundReferenceField } from '../shared/checkout/refundFields';
import { readExtraFields } from '../shared/checkout/readCheckoutOrder';
import { readText } from '../shared/core/readText';
import { metadataField, readMetadata } from './metadata.fields';
import { readCreateOptions } from './options.fields';
import { readRefund } from './wooshPay.contract';
import { createOperation } from '../shared/items/operation';
import type { RowReader } from '../shared/items/rowReader';
import { oneAmountFields, readPartOfPayment, sendInItsCurrency } from './partOfPayment.operation';
import { createRefundCall, type WooshPayRefundOrder } from './wooshPay.refunds';

const showOnlyForCreateRefund = { resource: ['refund'], operation: ['create'] };

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
			{ name: 'One Amount', value: 'amount', description: 'The amount to refund' },
			{ name: 'Whole Payment', value: 'payment', description: 'All that is left of the payment' },
		],
		default: 'amount',
		description: 'How much to refund',
		displayOptions: { show: showOnlyForCreateRefund },
	},
	...oneAmountFields('refund', showOnlyForCreateRefund),
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
	const more = row.collection('additionalFields');
	return {
		...readPartOfPayment(row),
		reference: row.text('reference', 'Refund Reference') || null,
		reason: readText(more.reason, 'Reason') || null,
		metadata: readMetadata(more.metadata),
		extraFields: readExtraFields(row),
		...readCreateOptions(row),
	};
}
