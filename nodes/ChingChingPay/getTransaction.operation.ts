import type { INodeProperties } from 'n8n-workflow';
import { getTransactionCall, readQueried } from './chingChingPay.contract';
import { lookupOperation } from '../shared/items/operation';
import type { RowReader } from '../shared/items/rowReader';

const showOnlyForGetTransaction = { resource: ['transaction'], operation: ['get'] };

export const getTransactionFields: INodeProperties[] = [
	{
		displayName: 'Find By',
		name: 'findBy',
		type: 'options',
		options: [
			{
				name: 'Payment ID',
				value: 'paymentId',
				description:
					"ChingChingPay's number of the transaction: the paymentId of Create or of the trigger",
			},
			{
				name: 'Reference',
				value: 'reference',
				description: 'Your own order number; the more reliable way',
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
		description: 'Your own number of the payment or refund',
		displayOptions: { show: { ...showOnlyForGetTransaction, findBy: ['reference'] } },
	},
	{
		displayName: 'Payment ID',
		name: 'paymentId',
		type: 'string',
		required: true,
		default: '',
		description: "ChingChingPay's number of the transaction",
		hint: 'The paymentId of Create or of the trigger, not the checkoutId',
		displayOptions: { show: { ...showOnlyForGetTransaction, findBy: ['paymentId'] } },
	},
];

export const getChingChingPayTransaction = lookupOperation({
	read: readNumber,
	call: getTransactionCall,
	result: (reply, { credentials }) => readQueried(reply, credentials),
});

function readNumber(row: RowReader): { reference: string } | { paymentId: string } {
	const by = row.choice('findBy', ['reference', 'paymentId']);
	return by === 'paymentId'
		? {
				paymentId: row.required(
					'paymentId',
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
