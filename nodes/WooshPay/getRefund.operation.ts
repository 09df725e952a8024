import type { INodeProperties } from 'n8n-workflow';
import { simplified } from '../shared/checkout/createCheckout';
import { InputError } from '../shared/core/inputError';
import { readRefund } from './wooshPay.contract';
import type { Row } from '../shared/items/row';
import type { WooshPayCredentials } from './wooshPay.requests';
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

export async function getWooshPayRefund(row: Row<WooshPayCredentials>) {
	const refundId = row.text('refundId');
	if (refundId === '')
		throw new InputError(
			"'Refund ID' is empty",
			'Map refundId from the node that made the refund.',
		);
	const reply = await row.send(getRefundCall(refundId, row.credentials));
	return simplified(row, reply, () => readRefund(reply, 'read'));
}
