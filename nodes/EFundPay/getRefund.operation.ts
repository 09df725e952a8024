import type { INodeProperties } from 'n8n-workflow';
import { simpleField } from '../shared/checkout/checkoutFields';
import { getRefundCall, readRefundReply } from './eFundPay.refunds';
import { lookupOperation } from '../shared/items/operation';

const showOnlyForGetRefund = { resource: ['refund'], operation: ['get'] };

export const getRefundFields: INodeProperties[] = [
	{
		displayName: 'Refund ID',
		name: 'refundId',
		type: 'string',
		required: true,
		default: '',
		description: 'The ID that Create returned as refundId',
		displayOptions: { show: showOnlyForGetRefund },
	},
	{ ...simpleField, displayOptions: { show: showOnlyForGetRefund } },
];

export const getEFundPayRefund = lookupOperation({
	read: (row) => row.text('refundId'),
	call: getRefundCall,
	result: readRefundReply,
});
