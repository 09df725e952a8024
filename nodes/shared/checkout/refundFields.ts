import type { INodeProperties } from 'n8n-workflow';

/*
 * The fields that Create Refund has on every provider that refunds, to be spread with a description
 * and a `displayOptions`; `Amount Unit` and `Currency` are those of Create Checkout.
 */

export const refundAmountField: INodeProperties = {
	displayName: 'Amount',
	name: 'amount',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 12.50',
	description: 'How much to refund',
};

export const refundReferenceField: INodeProperties = {
	displayName: 'Refund Reference',
	name: 'reference',
	type: 'string',
	default: '',
	placeholder: 'e.g. refund-1001',
	description: 'Your own number of this refund, a new one for each refund',
};
