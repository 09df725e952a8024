import type { IDataObject, INodeProperties } from 'n8n-workflow';
import {
	callbackUrlField,
	cancelUrlField,
	successUrlField,
} from '../shared/checkout/checkoutFields';
import { createCheckout } from '../shared/checkout/createCheckout';
import { isObject, readJsonField } from '../shared/core/exactJson';
import { InputError } from '../shared/core/inputError';
import { readCheckoutOrder } from '../shared/checkout/readCheckoutOrder';
import { readCount } from '../shared/core/readCount';
import { readText } from '../shared/core/readText';
import { eFundPay, type EFundPayCredentials, type EFundPayOrder } from './eFundPay.contract';
import type { RowReader } from '../shared/items/rowReader';
import {
	billingDetailsOption,
	buyerOption,
	defaultAddressChoice,
	lastFields,
	metadataOption,
	moneyFields,
	payerFields,
	shippingDetailsOption,
} from './order.fields';

const showOnlyForCreateCheckout = { resource: ['checkout'], operation: ['create'] };

export const createCheckoutFields: INodeProperties[] = [
	...moneyFields(showOnlyForCreateCheckout),
	{ ...successUrlField, required: true, displayOptions: { show: showOnlyForCreateCheckout } },
	{ ...cancelUrlField, displayOptions: { show: showOnlyForCreateCheckout } },
	{
		displayName: 'Callback',
		name: 'callback',
		type: 'options',
		options: [
			{ ...defaultAddressChoice },
			{
				name: 'Resume This Execution',
				value: 'resumeExecution',
				description: 'For Wait for Payment further on in this workflow',
			},
			{
				name: 'URL',
				value: 'url',
				description: 'EFundPay sends the callback to the address below',
			},
		],
		default: 'url',
		description: 'Where EFundPay sends the callback once this checkout is paid',
		displayOptions: { show: showOnlyForCreateCheckout },
	},
	{
		...callbackUrlField,
		displayOptions: { show: { ...showOnlyForCreateCheckout, callback: ['url'] } },
	},
	{
		displayName: 'Buyer Name',
		name: 'buyerName',
		type: 'string',
		default: '',
		placeholder: 'e.g. Maria Gomez',
		description: 'Who pays',
		hint: 'EFundPay requires a buyer: fill in the name, the email, or both',
		displayOptions: { show: showOnlyForCreateCheckout },
	},
	...payerFields(showOnlyForCreateCheckout),
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: [
			{ ...billingDetailsOption },
			{ ...buyerOption },
			{
				displayName: 'Country',
				name: 'country',
				type: 'string',
				default: '',
				placeholder: 'e.g. TH',
				description:
					'ISO 3166 code of two letters. EFundPay also chooses by it which services may process the payment.',
			},
			{ ...metadataOption },
			{ ...shippingDetailsOption },
		],
		displayOptions: { show: showOnlyForCreateCheckout },
	},
	...lastFields(showOnlyForCreateCheckout),
];

export const createEFundPayCheckout = createCheckout(eFundPay, readOrder);

/** The fields that a checkout and a direct transaction have in common. */
export function readOrder(row: RowReader, credentials: EFundPayCredentials): EFundPayOrder {
	const more = row.collection('additionalFields');
	return {
		...readCheckoutOrder(row, { credentials }),
		buyer: {
			name: row.text('buyerName') || null,
			email: row.text('buyerEmail') || null,
			more: readObject(more, 'buyer', 'Buyer (JSON)') ?? {},
		},
		country: readText(more.country, 'Country') || null,
		billingDetails: readObject(more, 'billingDetails', 'Billing Details (JSON)'),
		shippingDetails: readObject(more, 'shippingDetails', 'Shipping Details (JSON)'),
		metadata: readObject(more, 'metadata', 'Metadata (JSON)'),
		attempt: readAttempt(row),
	};
}

/**
 * A JSON field of a collection; null if it is empty.
 *
 * @param displayName for the error
 */
export function readObject(
	fields: IDataObject,
	name: string,
	displayName: string,
): Record<string, unknown> | null {
	const value = readJsonField(fields[name], displayName) ?? null;
	if (value !== null && !isObject(value))
		throw new InputError(
			`'${displayName}' is not a JSON object`,
			'Enter an object such as {"field": "value"}.',
		);
	return value === null || Object.keys(value).length === 0 ? null : value;
}

function readAttempt(row: RowReader): number {
	const { attempt = 1 } = row.collection('options');
	return readCount(attempt, 'Attempt', 'Enter 1, or 2 to send the same order once more.');
}
