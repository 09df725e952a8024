import type { INodeProperties } from 'n8n-workflow';
import {
	cancelUrlField,
	descriptionField,
	successUrlField,
} from '../shared/checkout/checkoutFields';
import { createCheckout } from '../shared/checkout/createCheckout';
import { readCheckoutOrder } from '../shared/checkout/readCheckoutOrder';
import { readText } from '../shared/core/readText';
import type { ChingChingPayCredentials, ChingChingPayLinkOrder } from './chingChingPay.contract';
import {
	deviceIdOption,
	expiresAtOption,
	merchantIdField,
	readMerchantFields,
	storeIdOption,
} from './checkoutOrder.fields';
import { chingChingPayLink } from './chingChingPay.links';
import type { RowReader } from '../shared/items/rowReader';

const showOnlyForCreateLink = { resource: ['checkout'], operation: ['createLink'] };

export const createLinkFields: INodeProperties[] = [
	{ ...descriptionField, displayOptions: { show: showOnlyForCreateLink } },
	{ ...successUrlField, displayOptions: { show: showOnlyForCreateLink } },
	{ ...cancelUrlField, displayOptions: { show: showOnlyForCreateLink } },
	{ ...merchantIdField, displayOptions: { show: showOnlyForCreateLink } },
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
				description: 'The two documented values; how they differ is not documented',
			},
			{ ...storeIdOption },
		],
		displayOptions: { show: showOnlyForCreateLink },
	},
];

export const createChingChingPayLink = createCheckout(chingChingPayLink, readOrder);

function readOrder(row: RowReader, credentials: ChingChingPayCredentials): ChingChingPayLinkOrder {
	return {
		...readCheckoutOrder(row, { credentials }),
		...readMerchantFields(row),
		paymentType: readText(row.collection('additionalFields').paymentType, 'Payment Type') || null,
	};
}
