import type { INodeProperties } from 'n8n-workflow';
import { simplified } from '../shared/checkout/createCheckout';
import { InputError } from '../shared/core/inputError';
import {
	getTransactionCall,
	readQueried,
	type ChingChingPayCredentials,
} from './chingChingPay.contract';
import type { Row } from '../shared/items/row';

const showOnlyForGetTransaction = { resource: ['transaction'], operation: ['get'] };

export const getTransactionFields: INodeProperties[] = [
	{
		displayName: 'Find By',
		name: 'lookUpBy',
		type: 'options',
		options: [
			{
				name: 'Reference',
				value: 'reference',
				description: 'Your own order number; the surer way',
			},
			{
				name: 'Transaction ID',
				value: 'transactionId',
				description:
					"ChingChingPay's number, which its documentation also calls the payment ID here",
			},
		],
		default: 'reference',
		description: 'Which number you have',
		displayOptions: { show: showOnlyForGetTransaction },
	},
	{
		displayName: 'Reference',
		name: 'reference',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. order-1001',
		description: 'The number of your own that the payment or refund was made with',
		displayOptions: { show: { ...showOnlyForGetTransaction, lookUpBy: ['reference'] } },
	},
	{
		displayName: 'Transaction ID',
		name: 'transactionId',
		type: 'string',
		required: true,
		default: '',
		description: "ChingChingPay's number of the transaction",
		hint: 'The paymentId of Create or of the trigger, not the checkoutId',
		displayOptions: { show: { ...showOnlyForGetTransaction, lookUpBy: ['transactionId'] } },
	},
];

export async function getChingChingPayTransaction(row: Row<ChingChingPayCredentials>) {
	const reply = await row.send(getTransactionCall(readNumber(row), row.credentials));
	return simplified(row, reply, () => readQueried(reply, row.credentials));
}

function readNumber(
	row: Row<ChingChingPayCredentials>,
): { reference: string } | { transactionId: string } {
	if (row.choice('lookUpBy', ['reference', 'transactionId'], 'Find By') === 'transactionId') {
		const transactionId = row.text('transactionId');
		if (transactionId === '')
			throw new InputError(
				"'Transaction ID' is empty",
				'Map paymentId from the node that created the checkout.',
			);
		return { transactionId };
	}
	const reference = row.text('reference');
	if (reference === '')
		throw new InputError(
			"'Reference' is empty",
			'Enter the order number that the payment was made with.',
		);
	return { reference };
}
