import type { INodeProperties } from 'n8n-workflow';
import {
	amountInChosenUnitField,
	amountFromField,
	amountUnitField,
	callbackUrlField,
	cancelUrlField,
	descriptionField,
	extraFieldsOption,
	lineItemsField,
	lineItemsJsonField,
	referenceField,
	requestsInParallelOption,
	requiredReferenceField,
	simpleField,
	successUrlField,
} from '../shared/checkout/checkoutFields';
import { qrPictureOption } from '../shared/checkout/qrPicture';
import { currencyField } from '../shared/items/currencies';
import { readUrl } from '../shared/core/urls';
import { createCheckout } from '../shared/checkout/createCheckout';
import { readJsonField } from '../shared/core/exactJson';
import {
	readCallbackUrl,
	readCheckoutOrder,
	readExtraFields,
} from '../shared/checkout/readCheckoutOrder';
import { readText } from '../shared/core/readText';
import {
	chingChingPay,
	type ChingChingPayCredentials,
	type ChingChingPayOrder,
} from './chingChingPay.contract';
import {
	chingChingPayCurrencies,
	deviceIdOption,
	expiresAtOption,
	merchantIdField,
	readMerchantFields,
	storeIdOption,
} from './checkoutOrder.fields';
import type { RowReader } from '../shared/items/rowReader';

const showOnlyForCreateCheckout = { resource: ['checkout'], operation: ['create'] };
const showOnlyForBothWays = { resource: ['checkout'], operation: ['create', 'createLink'] };
/** A command moves no money. */
const hideForCommands = { transactionType: ['command'] };

/** The fields of both ways to make a checkout, up to where they part; what is required comes first. */
export const moneyFields: INodeProperties[] = [
	{
		displayName: 'Transaction Type',
		name: 'transactionType',
		type: 'options',
		options: [
			{
				name: 'Command',
				value: 'command',
				description: 'Moves no money, such as getting an authorization for automatic debits',
			},
			{ name: 'Sale', value: 'sale', description: 'A payment' },
		],
		default: 'sale',
		description: 'What is started. Refunds have an operation of their own.',
		displayOptions: { show: showOnlyForCreateCheckout },
	},
	{
		...amountFromField,
		displayOptions: {
			show: showOnlyForBothWays,
			hide: hideForCommands,
		},
	},
	{
		...amountInChosenUnitField,
		displayOptions: {
			show: { ...showOnlyForBothWays, amountFrom: ['amount'] },
			hide: hideForCommands,
		},
	},
	{
		...lineItemsField,
		displayOptions: {
			show: { ...showOnlyForBothWays, amountFrom: ['lineItems'] },
			hide: hideForCommands,
		},
	},
	{
		...lineItemsJsonField,
		displayOptions: {
			show: { ...showOnlyForBothWays, amountFrom: ['lineItemsJson'] },
			hide: hideForCommands,
		},
	},
	{
		...amountUnitField,
		displayOptions: {
			show: showOnlyForBothWays,
			hide: hideForCommands,
		},
	},
	{
		displayName: 'Currency',
		name: 'currency',
		type: 'options',
		options: chingChingPayCurrencies,
		default: 'HKD',
		description: 'The two currencies that the documentation names',
		displayOptions: { show: showOnlyForCreateCheckout, hide: hideForCommands },
	},
	{
		...currencyField,
		options: chingChingPayCurrencies,
		default: 'HKD',
		description:
			'Three-letter code. Which ones links take is not documented; HKD and CNY are those of checkouts.',
		displayOptions: { show: { resource: ['checkout'], operation: ['createLink'] } },
	},
	{
		...referenceField,
		description:
			'Your own order number, a new one for each order; only an order that is continued by its checkout ID needs none. It comes back with the callback.',
		displayOptions: { show: showOnlyForCreateCheckout },
	},
	{
		...requiredReferenceField,
		displayOptions: { show: { resource: ['checkout'], operation: ['createLink'] } },
	},
	{
		displayName: 'Channel ID',
		name: 'channelId',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 1',
		description:
			'The number of the payment channel, from ChingChingPay. A channel must have been switched on for you.',
		displayOptions: { show: showOnlyForCreateCheckout },
	},
	{
		displayName: 'Payment Method',
		name: 'paymentMethod',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. HK_ALIPAY_AUTODEBIT_PAY',
		description:
			'A value from the list of methods that ChingChingPay gives you. If you have none, use Create Link: the payer chooses on its page.',
		displayOptions: { show: showOnlyForCreateCheckout },
	},
	{
		displayName: 'Callback',
		name: 'callback',
		type: 'options',
		options: [
			{
				name: 'Default Address',
				value: 'none',
				description:
					"'Callback URL' of the credential; without one no callback is sent, and the operation Get a Transaction looks the payment up",
			},
			{
				name: 'Resume This Execution',
				value: 'resumeExecution',
				description: 'For Wait for Payment further on in this workflow',
				displayOptions: { show: { resource: ['checkout'] } },
			},
			{
				name: 'URL',
				value: 'url',
				description: 'ChingChingPay sends callbacks to the address below',
			},
		],
		default: 'url',
		description: 'Where ChingChingPay sends callbacks about the status',
		displayOptions: {
			show: { resource: ['checkout', 'refund'], operation: ['create', 'createLink'] },
		},
	},
	{
		...callbackUrlField,
		displayOptions: {
			show: {
				resource: ['checkout', 'refund'],
				operation: ['create', 'createLink'],
				callback: ['url'],
			},
		},
	},
];

export const createCheckoutFields: INodeProperties[] = [
	{ ...descriptionField, displayOptions: { show: showOnlyForCreateCheckout } },
	{ ...successUrlField, displayOptions: { show: showOnlyForCreateCheckout } },
	{ ...cancelUrlField, displayOptions: { show: showOnlyForCreateCheckout } },
	{ ...merchantIdField, displayOptions: { show: showOnlyForCreateCheckout } },
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: [
			{
				displayName: 'Checkout ID',
				name: 'checkoutId',
				type: 'string',
				default: '',
				description: 'An order that exists already and is to be paid; empty makes a new order',
				hint: 'The checkoutId of an earlier answer, not its paymentId',
			},
			{
				displayName: 'Client IP',
				name: 'clientIp',
				type: 'string',
				default: '',
				placeholder: 'e.g. 203.0.113.7',
				description: "The payer's IP address",
			},
			{ ...deviceIdOption },
			{ ...expiresAtOption },
			{
				displayName: 'Method Options (JSON)',
				name: 'paymentMethodOption',
				type: 'json',
				default: '{}',
				description:
					'Object with what the method needs, such as {"payment_inst": "ALIPAYHK"}. It is sent as JSON-encoded text, as ChingChingPay wants it.',
			},
			{ ...storeIdOption },
		],
		displayOptions: { show: showOnlyForCreateCheckout },
	},
];

export const lastFields: INodeProperties[] = [
	{
		...simpleField,
		displayOptions: {
			hide: { resource: ['settlement', 'callback'], operation: ['waitForPayment'] },
		},
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				...extraFieldsOption,
				displayOptions: { show: { '/operation': ['create', 'createLink'] } },
			},
			{
				...qrPictureOption,
				displayOptions: {
					show: { '/resource': ['checkout'], '/operation': ['create', 'createLink'] },
				},
			},
			{ ...requestsInParallelOption },
		],
		displayOptions: { hide: { resource: ['callback'], operation: ['waitForPayment'] } },
	},
];

export const createChingChingPayCheckout = createCheckout(chingChingPay, readOrder);

function readOrder(row: RowReader, credentials: ChingChingPayCredentials): ChingChingPayOrder {
	const transactionType = row.choice('transactionType', ['sale', 'command']);
	const more = row.collection('additionalFields');
	return {
		...(transactionType === 'command'
			? readCommand(row, credentials)
			: readCheckoutOrder(row, { credentials })),
		...readMerchantFields(row),
		clientIp: readText(more.clientIp, 'Client IP') || null,
		checkoutId: readText(more.checkoutId, 'Checkout ID') || null,
		transactionType,
		channelId: row.text('channelId'),
		paymentMethod: row.text('paymentMethod'),
		paymentMethodOption: readJsonField(more.paymentMethodOption, 'Method Options (JSON)'),
	};
}

/** Without amount and currency, whose fields are hidden then. */
function readCommand(
	row: RowReader,
	credentials: ChingChingPayCredentials,
): ReturnType<typeof readCheckoutOrder> {
	return {
		amount: null,
		lineItems: [],
		amountUnit: 'major',
		currency: '',
		reference: row.text('reference') || null,
		description: row.text('description') || null,
		successUrl: readUrl(row.value('successUrl', ''), 'Success URL'),
		cancelUrl: readUrl(row.value('cancelUrl', ''), 'Cancel URL'),
		callbackUrl: readCallbackUrl(row, credentials),
		extraFields: readExtraFields(row),
	};
}
