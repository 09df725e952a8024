import type { INodeProperties } from 'n8n-workflow';
import {
	amountField,
	amountFromField,
	callbackUrlField,
	cancelUrlField,
	descriptionField,
	extraFieldsOption,
	lineItemAdditionalFields,
	lineItemAmountField,
	lineItemNameField,
	lineItemQuantityField,
	lineItemsField,
	lineItemsJsonField,
	moreLineItemFields,
	referenceField,
	requestsInParallelOption,
	simpleField,
	successUrlField,
} from '../shared/checkout/checkoutFields';
import { qrPictureOption } from '../shared/checkout/qrPicture';
import { currencyField } from '../shared/items/currencies';
import { payfectCurrencies } from './currencies.fields';
import { createCheckout } from '../shared/checkout/createCheckout';
import { InputError } from '../shared/core/inputError';
import { readCheckoutOrder } from '../shared/checkout/readCheckoutOrder';
import { readText } from '../shared/core/readText';
import { payfect, type PayfectCredentials, type PayfectOrder } from './payfect.contract';
import type { RowReader } from '../shared/items/rowReader';

const showOnlyForCreateCheckout = { resource: ['checkout'], operation: ['create'] };

/** In this order, and not in alphabetical order as n8n's linter would have it inside the collection. */
const lineItemFields: INodeProperties[] = [
	lineItemNameField,
	{ ...lineItemAmountField, description: 'Price of one, in major units' },
	lineItemQuantityField,
	{
		...lineItemAdditionalFields,
		options: [
			...moreLineItemFields,
			{
				displayName: 'Price ID',
				name: 'price',
				type: 'string',
				default: '',
				description: 'ID of a price that exists at Payfect; name and unit amount stay empty then',
			},
		],
	},
];

export const createCheckoutFields: INodeProperties[] = [
	{ ...amountFromField },
	{ ...amountField },
	{
		...lineItemsField,
		options: [
			{
				displayName: 'Line Item',
				name: 'item',
				values: lineItemFields,
			},
		],
	},
	{ ...lineItemsJsonField },
	{
		...currencyField,
		options: payfectCurrencies,
		default: 'usdt',
		description: 'Currency code as Payfect spells it; usdt is the only one its documentation names',
		displayOptions: { show: showOnlyForCreateCheckout },
	},
	{ ...referenceField },
	{
		displayName: 'Callback',
		name: 'callback',
		type: 'options',
		options: [
			{
				name: 'Default Address',
				value: 'none',
				description:
					"'Callback URL' of the credential, else the address that is set in Payfect's dashboard; without either no callback is sent",
			},
			{
				name: 'Resume This Execution',
				value: 'resumeExecution',
				description: 'For Wait for Payment further on in this workflow',
			},
			{ name: 'URL', value: 'url', description: 'Payfect sends the callback to the address below' },
		],
		default: 'url',
		description: 'Where Payfect sends the callback once this checkout is paid',
		displayOptions: { show: showOnlyForCreateCheckout },
	},
	{ ...callbackUrlField },
	{
		...descriptionField,
		description:
			'The name of what is paid, as the payer reads it. Sent with One Amount only, as line items have names of their own.',
	},
	{ ...successUrlField },
	{ ...cancelUrlField },
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: [
			{
				displayName: 'Payment Currency',
				name: 'paymentCurrency',
				type: 'options',
				allowArbitraryValues: true,
				options: payfectCurrencies,
				default: 'usdt',
				description:
					'The coin that the payer pays with, chosen in advance. Needs the payment network, too.',
			},
			{
				displayName: 'Payment Network',
				name: 'paymentNetwork',
				type: 'string',
				default: 'tron',
				placeholder: 'e.g. tron',
				description:
					'The chain that the payer pays on, chosen in advance. Needs the payment currency, too.',
			},
		],
		displayOptions: { show: showOnlyForCreateCheckout },
	},
	{ ...simpleField },
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{ ...extraFieldsOption, displayOptions: { show: { '/operation': ['create'] } } },
			{
				...qrPictureOption,
				displayOptions: { show: { '/resource': ['checkout'], '/operation': ['create'] } },
			},
			{ ...requestsInParallelOption },
		],
		displayOptions: { show: { resource: ['checkout'], operation: ['create', 'get'] } },
	},
];

export const createPayfectCheckout = createCheckout(payfect, readOrder);

function readOrder(row: RowReader, credentials: PayfectCredentials): PayfectOrder {
	const more = row.collection('additionalFields');
	const paymentCurrency = readText(more.paymentCurrency, 'Payment Currency');
	const paymentNetwork = readText(more.paymentNetwork, 'Payment Network');
	if ((paymentCurrency === '') !== (paymentNetwork === '')) {
		throw new InputError(
			"'Payment Currency' and 'Payment Network' belong together",
			'Fill in both, or remove both so that the payer chooses.',
		);
	}
	return {
		...readCheckoutOrder(row, { credentials }),
		paymentMethod:
			paymentCurrency === '' ? null : { currency: paymentCurrency, network: paymentNetwork },
	};
}
