import type { INodeProperties } from 'n8n-workflow';
import { simpleField } from '../shared/checkout/checkoutFields';
import { simplified } from '../shared/checkout/createCheckout';
import type { EFundPayCredentials } from './eFundPay.contract';
import { getRefundCall, readRefundReply } from './eFundPay.refunds';
import type { Row } from '../shared/items/row';

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

export async function getEFundPayRefund(row: Row<EFundPayCredentials>) {
	const call = getRefundCall(row.text('refundId'), row.credentials);
	const reply = await row.send(call);
	return simplified(row, reply, () => readRefundReply(reply, call));
}
