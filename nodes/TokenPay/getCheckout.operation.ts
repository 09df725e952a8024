import type { INodeProperties } from 'n8n-workflow';
import { getOrderCall, readOrderReply, type OrderKey } from './tokenPay.contract';
import { lookupOperation } from '../shared/items/operation';
import type { RowReader } from '../shared/items/rowReader';

const showOnlyForOneCheckout = { resource: ['checkout'], operation: ['get', 'close'] };

/** Get and Close name the checkout in the same way. */
export const whichCheckoutFields: INodeProperties[] = [
	{
		displayName: 'Find By',
		name: 'findBy',
		type: 'options',
		options: [
			{
				name: 'Payment ID',
				value: 'paymentId',
				description:
					"TokenPay's own ID of the order, which the callback and Get return as paymentId",
			},
			{ name: 'Reference', value: 'reference', description: 'Your own order number' },
		],
		default: 'reference',
		description:
			'What the checkout is known by. TokenPay cannot look up the checkoutId that Create returns.',
		displayOptions: { show: showOnlyForOneCheckout },
	},
	{
		displayName: 'Reference',
		name: 'reference',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. order-1001',
		description: 'Your own order number, as the checkout was created with',
		displayOptions: { show: { ...showOnlyForOneCheckout, findBy: ['reference'] } },
	},
	{
		displayName: 'Payment ID',
		name: 'paymentId',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. e98b3029477f4bdcb971797a9d9e09ce',
		description: "TokenPay's transaction_id of the order",
		displayOptions: { show: { ...showOnlyForOneCheckout, findBy: ['paymentId'] } },
	},
];

/**
 * What the order is looked up by.
 *
 * @throws InputError when the chosen field is empty
 */
export function readOrderKey(row: RowReader): OrderKey {
	return row.choice('findBy', ['reference', 'paymentId']) === 'paymentId'
		? {
				paymentId: row.required(
					'paymentId',
					'Map paymentId from the callback or from Checkout: Get.',
				),
			}
		: {
				reference: row.required(
					'reference',
					'Map the reference that the checkout was created with.',
				),
			};
}

export const getTokenPayCheckout = lookupOperation({
	read: readOrderKey,
	call: getOrderCall,
	result: (reply, { credentials }) => readOrderReply(reply, credentials),
});
