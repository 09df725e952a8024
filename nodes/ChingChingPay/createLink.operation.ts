import type { INodeProperties } from 'n8n-workflow';
import { createCheckout } from '../shared/createCheckout';
import type { Row } from '../shared/eachItem';
import { readCheckoutOrder } from '../shared/readCheckoutOrder';
import { chingChingPayLink, type ChingChingPayCredentials } from './chingChingPay.contract';
import { deviceIdOption, expiresAtOption, readMerchantFields, readTexts, storeIdOption } from './checkoutOrder.operation';

export const createLinkFields: INodeProperties[] = [
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: [
			{ ...deviceIdOption },
			{ ...expiresAtOption },
			{
				displayName: 'Payment Type',
				name: 'paymentType',
				type: 'options',
				options: [
					{ name: 'Checkout', value: 'checkout' },
					{ name: 'Link', value: 'link' },
				],
				default: 'link',
				description: 'The two documented values; what the difference is, the documentation does not say',
			},
			{ ...storeIdOption },
		],
		displayOptions: { show: { resource: ['checkout'], operation: ['createLink'] } },
	},
];

export async function createChingChingPayLink(row: Row<ChingChingPayCredentials>) {
	const order = { ...readCheckoutOrder(row), ...readMerchantFields(row), ...readTexts(row, 'additionalFields', ['paymentType']) };
	return await createCheckout(row, { contract: chingChingPayLink, credentialName: 'chingChingPayApi' }, order);
}
