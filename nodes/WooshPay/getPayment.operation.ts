import type { INodeProperties } from 'n8n-workflow';
import { simplified } from '../shared/checkout/createCheckout';
import { InputError } from '../shared/core/inputError';
import { getPaymentCall, readPayment } from './wooshPay.contract';
import type { Row } from '../shared/items/row';
import type { WooshPayCredentials } from './wooshPay.requests';

export const getPaymentFields: INodeProperties[] = [
	{
		displayName: 'Payment ID',
		name: 'paymentId',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. pi_1604012360740110336',
		description: 'The ID that Create Checkout and the trigger give as paymentId',
		displayOptions: { show: { resource: ['payment'], operation: ['get'] } },
	},
];

export async function getWooshPayPayment(row: Row<WooshPayCredentials>) {
	const paymentId = row.text('paymentId');
	if (paymentId === '')
		throw new InputError(
			"'Payment ID' is empty",
			'Map paymentId from the node that created the checkout, or from the trigger.',
		);
	const reply = await row.send(getPaymentCall(paymentId, row.credentials));
	return simplified(row, reply, () => readPayment(reply));
}
