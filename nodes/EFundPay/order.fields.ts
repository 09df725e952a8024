import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import {
	amountFromField,
	amountInChosenUnitField,
	amountUnitField,
	descriptionField,
	extraFieldsOption,
	lineItemsField,
	lineItemsJsonField,
	requestsInParallelOption,
	requiredReferenceField,
	simpleField,
} from '../shared/checkout/checkoutFields';
import { qrPictureOption } from '../shared/checkout/qrPicture';
import { allCurrencies, currencyField } from '../shared/items/currencies';

/** The samples of docs.efundflow.com come first; no page lists all that it takes. */
export const eFundPayCurrencies = allCurrencies(['USD', 'EUR', 'GBP', 'THB']);

/*
 * What a checkout and a direct transaction have in common; `show` is the resource and operation of
 * the one or the other.
 */
type Show = NonNullable<IDisplayOptions['show']>;

export const moneyFields = (show: Show): INodeProperties[] => [
	{ ...amountFromField, displayOptions: { show: show } },
	{
		...amountInChosenUnitField,
		displayOptions: { show: { ...show, amountFrom: ['amount'] } },
	},
	{
		...lineItemsField,
		displayOptions: { show: { ...show, amountFrom: ['lineItems'] } },
	},
	{
		...lineItemsJsonField,
		displayOptions: { show: { ...show, amountFrom: ['lineItemsJson'] } },
	},
	{ ...amountUnitField, displayOptions: { show: show } },
	{
		...currencyField,
		options: eFundPayCurrencies,
		default: 'USD',
		description: 'ISO 4217 code of three letters. Which of them EFundPay takes is not documented.',
		displayOptions: { show: show },
	},
	{
		...requiredReferenceField,
		description:
			'Your own order number, 1 to 64 characters, a new one for each order. It comes back with the callback, so that the payment can be matched to the order.',
		displayOptions: { show: show },
	},
];

export const payerFields = (show: Show): INodeProperties[] => [
	{
		displayName: 'Buyer Email',
		name: 'buyerEmail',
		type: 'string',
		default: '',
		placeholder: 'e.g. name@email.com',
		description: "The payer's email address",
		displayOptions: { show: show },
	},
	{
		...descriptionField,
		description:
			'What is sold; sent to EFundPay as the name of the one item of the cart. If it is empty, the reference is sent.',
		displayOptions: { show: { ...show, amountFrom: ['amount'] } },
	},
];

const attemptOption: INodeProperties = {
	displayName: 'Attempt',
	name: 'attempt',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 1,
	description:
		'Raise it, and give the order a new reference, to send it once more on purpose. EFundPay does not process the same row with the same attempt again.',
};

export const lastFields = (show: Show): INodeProperties[] => [
	{ ...simpleField, displayOptions: { show: show } },
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{ ...attemptOption },
			{ ...extraFieldsOption },
			{ ...qrPictureOption, displayOptions: { show: { '/resource': ['checkout'] } } },
			{ ...requestsInParallelOption },
		],
		displayOptions: { show: show },
	},
];

/** A choice of `Callback`; EFundPay requires an address, so it has no default of its own. */
export const defaultAddressChoice: INodePropertyOptions = {
	name: 'Default Address',
	value: 'none',
	description: "'Callback URL' of the credential",
};

/** In `additionalFields`. */
export const billingDetailsOption: INodeProperties = {
	displayName: 'Billing Details (JSON)',
	name: 'billingDetails',
	type: 'json',
	default: '{}',
	description: 'Billing address as EFundPay spells it',
	hint: 'e.g. { "first_name": "Maria", "last_name": "Gomez", "address": { "country": "TH", "city": "Bangkok", "line1": "1 Rama Road" } }',
};

export const buyerOption: INodeProperties = {
	displayName: 'Buyer (JSON)',
	name: 'buyer',
	type: 'json',
	default: '{}',
	description: 'More about the buyer, as EFundPay spells it; added to name and email',
};

export const metadataOption: INodeProperties = {
	displayName: 'Metadata (JSON)',
	name: 'metadata',
	type: 'json',
	default: '{}',
	description: 'Data of your own that EFundPay keeps with the payment',
};

export const shippingDetailsOption: INodeProperties = {
	displayName: 'Shipping Details (JSON)',
	name: 'shippingDetails',
	type: 'json',
	default: '{}',
	description: 'Shipping address as EFundPay spells it',
};
