import type { INodeProperties } from 'n8n-workflow';
import { simplified } from '../shared/checkout/createCheckout';
import { InputError } from '../shared/core/inputError';
import {
	getPaymentCall,
	readPayment,
	type ChingChingPayCredentials,
} from './chingChingPay.contract';
import type { Row } from '../shared/items/row';

export const getPaymentFields: INodeProperties[] = [
	{
		displayName: 'Payment ID',
		name: 'paymentId',
		type: 'string',
		required: true,
		default: '',
		description: "ChingChingPay's number of the order",
		hint: 'The checkoutId that Create or Create Link returned, not its paymentId',
		displayOptions: { show: { resource: ['payment'], operation: ['get'] } },
	},
];

export async function getChingChingPayPayment(row: Row<ChingChingPayCredentials>) {
	const paymentId = row.text('paymentId');
	if (paymentId === '')
		throw new InputError(
			"'Payment ID' is empty",
			'Map checkoutId from the node that created the checkout.',
		);
	const reply = await row.send(getPaymentCall(paymentId, row.credentials));
	return simplified(row, reply, () => readPayment(reply, row.credentials));
}
