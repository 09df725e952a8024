import type { INodeProperties } from 'n8n-workflow';
import { CallFailure } from '../shared/core/callFailure';
import { callbackUrlField, successUrlField } from '../shared/checkout/checkoutFields';
import type { HttpCall, HttpReply } from '../shared/core/contract';
import { paymentOperation } from '../shared/checkout/createCheckout';
import { InputError } from '../shared/core/inputError';
import { readObject, readOrder } from './createCheckout.operation';
import { readTransactionReply, type EFundPayCredentials } from './eFundPay.contract';
import {
	atOtherPath,
	createTransactionCall,
	withoutCard,
	type EFundPayMethod,
	type EFundPayTransactionOrder,
} from './eFundPay.transactions';
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
import type { RowSender } from '../shared/items/rowSender';

const showOnlyForCreateTransaction = { resource: ['transaction'], operation: ['create'] };

export const createTransactionFields: INodeProperties[] = [
	{
		displayName: 'Payment Method',
		name: 'paymentMethod',
		type: 'options',
		options: [
			{
				name: 'Card',
				value: 'card',
				description: 'You hold the card data; needs PCI DSS compliance',
				displayOptions: { hide: { '@tool': [true] } },
			},
			{
				name: 'Other',
				value: 'other',
				description: 'A method by the name that EFundPay gave you for it',
			},
		],
		default: 'card',
		description: 'What the payer pays with',
		displayOptions: { show: showOnlyForCreateTransaction },
	},
	{
		displayName:
			'Only for merchants with PCI DSS compliance: card data that passes through n8n is in the memory of this server, and in its stored executions if it comes from an input item. Everybody else uses Checkout: Create, where the payer enters the card at EFundPay.',
		name: 'cardNotice',
		type: 'notice',
		default: '',
		displayOptions: {
			show: { ...showOnlyForCreateTransaction, paymentMethod: ['card'] },
			hide: { '@tool': [true] },
		},
	},
	{
		displayName: 'Card Number',
		name: 'cardNumber',
		type: 'string',
		typeOptions: { password: true },
		required: true,
		default: '',
		description: 'Digits of the card number; never shown in outputs and errors of this node',
		displayOptions: {
			show: { ...showOnlyForCreateTransaction, paymentMethod: ['card'] },
			hide: { '@tool': [true] },
		},
	},
	{
		displayName: 'Card Expiration Date',
		name: 'cardExpirationDate',
		type: 'string',
		typeOptions: { password: true },
		required: true,
		default: '',
		placeholder: 'e.g. 08/29',
		description: 'Month and year as MM/YY',
		displayOptions: {
			show: { ...showOnlyForCreateTransaction, paymentMethod: ['card'] },
			hide: { '@tool': [true] },
		},
	},
	{
		displayName: 'Card Security Code',
		name: 'cardSecurityCode',
		type: 'string',
		typeOptions: { password: true },
		required: true,
		default: '',
		description:
			'The 3 or 4 digits. They may not be kept after the payment, so do not map them from a sheet.',
		displayOptions: {
			show: { ...showOnlyForCreateTransaction, paymentMethod: ['card'] },
			hide: { '@tool': [true] },
		},
	},
	{
		displayName: 'Method',
		name: 'method',
		type: 'string',
		required: true,
		default: '',
		description: "EFundPay's name of the method. The names are not documented: ask EFundPay.",
		displayOptions: { show: { ...showOnlyForCreateTransaction, paymentMethod: ['other'] } },
	},
	{
		displayName: 'Method Fields (JSON)',
		name: 'methodFields',
		type: 'json',
		default: '{}',
		description: 'What this method needs besides its name, as EFundPay spells it',
		displayOptions: { show: { ...showOnlyForCreateTransaction, paymentMethod: ['other'] } },
	},
	...moneyFields(showOnlyForCreateTransaction),
	{
		displayName: 'Buyer IP',
		name: 'buyerIp',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 203.0.113.195',
		description:
			"The payer's own IP address as your web page or form saw it, not the address of your server. EFundPay requires it against fraud.",
		displayOptions: { show: showOnlyForCreateTransaction },
	},
	{
		displayName: 'Callback',
		name: 'callback',
		type: 'options',
		options: [
			{ ...defaultAddressChoice },
			{
				name: 'URL',
				value: 'url',
				description: 'EFundPay sends the callback to the address below',
			},
		],
		default: 'url',
		description: 'Where EFundPay sends the callback once this is paid',
		displayOptions: { show: showOnlyForCreateTransaction },
	},
	{
		...callbackUrlField,
		displayOptions: { show: { ...showOnlyForCreateTransaction, callback: ['url'] } },
	},
	{
		displayName: 'Buyer Name',
		name: 'buyerName',
		type: 'string',
		default: '',
		placeholder: 'e.g. Maria Gomez',
		description:
			'Who pays. With every method but a card EFundPay requires a buyer: fill in the name, the email, or both.',
		displayOptions: { show: showOnlyForCreateTransaction },
	},
	...payerFields(showOnlyForCreateTransaction),
	{ ...successUrlField, displayOptions: { show: showOnlyForCreateTransaction } },
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: [
			{ ...billingDetailsOption },
			{
				displayName: 'Browser Info (JSON)',
				name: 'browserInfo',
				type: 'json',
				default: '{}',
				description: "The payer's browser, against fraud, as EFundPay spells it",
			},
			{ ...buyerOption },
			{
				displayName: 'Country',
				name: 'country',
				type: 'string',
				default: '',
				placeholder: 'e.g. TH',
				description: 'ISO 3166 code of two letters, where the payment is processed',
			},
			{
				displayName: 'Currency and Country in Payment Method',
				name: 'repeatInMethod',
				type: 'boolean',
				default: false,
				description:
					"Whether to repeat currency and country inside payment_method, which EFundPay's page implies for methods that redirect the payer",
			},
			{ ...metadataOption },
			{ ...shippingDetailsOption },
		],
		displayOptions: { show: showOnlyForCreateTransaction },
	},
	...lastFields(showOnlyForCreateTransaction),
];

export const createEFundPayTransaction = paymentOperation({
	read: readTransactionOrder,
	call: createTransactionCall,
	async send({ call }, row: RowSender<EFundPayCredentials>) {
		const reply = await sendToServedPath(call, row);
		return { ...reply, body: withoutCard(reply.body, call) };
	},
	result: readTransactionReply,
});

/** A path that is not served did nothing; both calls carry the same idempotency key besides. */
async function sendToServedPath(
	call: HttpCall,
	row: RowSender<EFundPayCredentials>,
): Promise<HttpReply> {
	const isNotServed = (error: unknown) =>
		error instanceof CallFailure &&
		!error.mayHaveArrived &&
		(error.httpStatus === 404 || error.httpStatus === 405);
	return await row
		.send(call)
		.catch(async (error: unknown) =>
			isNotServed(error)
				? await row.send(atOtherPath(call, row.credentials))
				: await Promise.reject(error as Error),
		);
}

function readTransactionOrder(
	row: RowReader,
	credentials: EFundPayCredentials,
): EFundPayTransactionOrder {
	const more = row.collection('additionalFields');
	const order = {
		...readOrder(row, credentials),
		paymentMethod: readMethod(row),
		buyerIp: row.text('buyerIp'),
		browserInfo: readObject(more, 'browserInfo', 'Browser Info (JSON)'),
		repeatsInMethod: more.repeatInMethod === true,
	};
	if (row.usedByAgent() && holdsCard(order)) {
		throw new InputError(
			'Card payments cannot be made by an AI agent',
			'Let the agent use Checkout: Create, where the payer enters the card at EFundPay.',
		);
	}
	return order;
}

function readMethod(row: RowReader): EFundPayMethod {
	if (row.choice('paymentMethod', ['card', 'other']) === 'card') {
		// Card numbers are written in groups of four.
		return {
			kind: 'card',
			number: row.text('cardNumber').replace(/[ -]/g, ''),
			expirationDate: row.text('cardExpirationDate'),
			securityCode: row.text('cardSecurityCode'),
		};
	}
	return {
		kind: 'other',
		method: row.required('method', "Enter EFundPay's name of the payment method."),
		fields:
			readObject(
				{ methodFields: row.value('methodFields', '') as string },
				'methodFields',
				'Method Fields (JSON)',
			) ?? {},
	};
}

/** A card can also be written into the JSON fields. */
function holdsCard({ paymentMethod, extraFields }: EFundPayTransactionOrder): boolean {
	return (
		paymentMethod.kind === 'card' ||
		paymentMethod.method === 'card' ||
		/"(number|security_code)"/.test(JSON.stringify([paymentMethod.fields, extraFields]))
	);
}
