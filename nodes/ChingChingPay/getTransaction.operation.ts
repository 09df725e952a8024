import type { INodeProperties } from 'n8n-workflow';
import { getTransactionCall, readQueried } from './chingChingPay.contract';
import { lookupOperation } from '../shared/items/operation';
import type { RowReader } from '../shared/items/rowReader';

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

export const getChingChingPayTransaction = lookupOperation({
	read: readNumber,
	call: getTransactionCall,
	result: (reply, { credentials }) => readQueried(reply, credentials),
});

function readNumber(row: RowReader): { reference: string } | { transactionId: string } {
	const by = row.choice('lookUpBy', ['reference', 'transactionId'], 'Find By');
	return by === 'transactionId'
		? {
				transactionId: row.required(
					'transactionId',
					'Map paymentId from the node that created the checkout.',
				),
			}
		: {
				reference: row.required(
					'reference',
					'Enter the order number that the payment was made with.',
				),
			};
}
