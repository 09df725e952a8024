import type { INodeProperties } from 'n8n-workflow';
import { createOperation } from '../shared/items/operation';
import { oneAmountFields, readPartOfPayment, sendInItsCurrency } from './partOfPayment.operation';
import { capturePaymentCall, readCaptured } from './wooshPay.payments';

const showOnlyForCapture = { resource: ['payment'], operation: ['capture'] };

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
	...oneAmountFields('capture', showOnlyForCapture),
];

export const captureWooshPayPayment = createOperation({
	read: readPartOfPayment,
	named: { field: 'Payment ID', by: ({ paymentId }) => paymentId },
	call: capturePaymentCall,
	send: sendInItsCurrency,
	result: readCaptured,
});
