import type { INodeProperties } from 'n8n-workflow';
import { readRefund } from './wooshPay.contract';
import { lookupOperation } from '../shared/items/operation';
import { getRefundCall } from './wooshPay.refunds';

export const getRefundFields: INodeProperties[] = [
	{
		displayName: 'Refund ID',
		name: 'refundId',
		type: 'string',
		required: true,
		default: '',
		description: 'The ID that Create Refund returned as refundId',
		displayOptions: { show: { resource: ['refund'], operation: ['get'] } },
	},
];

export const getWooshPayRefund = lookupOperation({
	read: (row) => row.required('refundId', 'Map refundId from the node that made the refund.'),
	call: getRefundCall,
	result: (reply) => readRefund(reply, 'read'),
});
