import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import {
	amountField,
	amountFromField,
	callbackUrlField,
	descriptionField,
	extraFieldsOption,
	lineItemsField,
	lineItemsJsonField,
	requestsInParallelOption,
	requiredReferenceField,
	simpleField,
	successUrlField,
} from '../shared/checkout/checkoutFields';
import { qrPictureOption } from '../shared/checkout/qrPicture';
import { readUrlOrAppRoute } from '../shared/core/urls';
import { createCheckout } from '../shared/checkout/createCheckout';
import { readCheckoutOrder } from '../shared/checkout/readCheckoutOrder';
import { readCredentials } from '../shared/providerNode';
import { sendCall } from '../shared/requests/sendCall';
import { readCount } from '../shared/core/readCount';
import { readText } from '../shared/core/readText';
import { coinDecimals, learnCoins, listedCoin } from './coinDecimals';
import { chainField, currencyField } from './chainAndCurrency.fields';
import { tokenPay, type TokenPayCredentials, type TokenPayOrder } from './tokenPay.contract';
import { tokenPayProvider } from './tokenPay.provider';
import type { RowReader } from '../shared/items/rowReader';

const showOnlyForCreateCheckout = { resource: ['checkout'], operation: ['create'] };

export const createCheckoutFields: INodeProperties[] = [
	{ ...amountFromField },
	{
		...amountField,
		description:
			'The amount in whole coins (12.50 means twelve and a half), as text or a number. It is sent with exactly these digits and never rounded.',
	},
	{ ...lineItemsField },
	{ ...lineItemsJsonField },
	{ ...chainField, displayOptions: { show: showOnlyForCreateCheckout } },
	{ ...currencyField, displayOptions: { show: showOnlyForCreateCheckout } },
	{ ...requiredReferenceField },
	{
		displayName: 'Expires In (Seconds)',
		name: 'expiresIn',
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		required: true,
		default: 3600,
		description:
			'How long the payer has to pay. Which lifetimes TokenPay accepts is not documented; its samples have 600 and 3600.',
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
					"'Callback URL' of the credential, else the address that is set in TokenPay's merchant backend; without either no callback is sent",
			},
			{
				name: 'Resume This Execution',
				value: 'resumeExecution',
				description: 'For Wait for Payment further on in this workflow',
			},
			{
				name: 'URL',
				value: 'url',
				description: 'TokenPay sends the callback to the address below',
			},
		],
		default: 'url',
		description: 'Where TokenPay sends the callback once this checkout is paid',
		displayOptions: { show: showOnlyForCreateCheckout },
	},
	{ ...callbackUrlField },
	{
		...descriptionField,
		description:
			'What the payer reads about the order. If empty, the names of the line items are used.',
	},
	{
		...successUrlField,
		placeholder: 'e.g. https://shop.example/order',
		description:
			"Where the cashier's Back button leads, https or the route of an app such as myapp://order/1. Arriving there does not prove a payment; the callback does.",
		hint: 'The payer also lands here after a failed payment',
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: [
			{
				displayName: 'Attached Text',
				name: 'attach',
				type: 'string',
				default: '',
				description:
					'Text of your own that comes back with the callback once the checkout is paid, in raw.attach',
			},
			{
				displayName: 'Collecting Wallet',
				name: 'toAddress',
				type: 'string',
				default: '',
				description: 'Address of the wallet that receives the coins',
				hint: 'Leave it out unless your application at TokenPay watches wallets of your own',
			},
			{
				displayName: 'Language',
				name: 'locale',
				type: 'options',
				options: [
					{ name: 'Chinese', value: 'zh_cn' },
					{ name: 'English', value: 'en' },
				],
				default: 'en',
				description: 'The language that the cashier starts with',
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
			{
				...extraFieldsOption,
				displayOptions: { show: { '/operation': ['create'] } },
			},
			{ ...qrPictureOption, displayOptions: { show: { '/operation': ['create'] } } },
			{
				...requestsInParallelOption,
				description:
					'How many rows are worked on at the same time, 50 at the most. TokenPay takes 5 requests a second from one application, which is kept in any case.',
			},
		],
		displayOptions: { hide: { operation: ['compare', 'verify', 'waitForPayment'] } },
	},
];

/**
 * To be called before the first row is read: with the coin's decimals each amount is checked, and
 * what is wrong with it is said with them. A question that changes nothing; without an answer
 * TokenPay decides.
 */
export async function askForCoins(context: IExecuteFunctions): Promise<void> {
	if (context.getNodeParameter('operation', 0) !== 'create') return;
	try {
		const credentials = await readCredentials<TokenPayCredentials>(context, 'tokenPayApi');
		const stopped = context.getExecutionCancelSignal();
		await learnCoins(
			credentials,
			async (call) =>
				await sendCall({ context, provider: tokenPayProvider, credentials }, call, {
					maximumAttempts: 1,
					timeoutMilliseconds: 5_000,
					...(stopped ? { stopped } : {}),
				}),
		);
	} catch {
		// A credential that cannot be read is reported with the rows.
	}
}

export const createTokenPayCheckout = createCheckout(tokenPay, readOrder);

function readOrder(row: RowReader, credentials: TokenPayCredentials): TokenPayOrder {
	const { attach, toAddress, locale } = row.collection('additionalFields');
	const chain = row.required('chain', 'Choose a chain, or map it from the input item.');
	const coin = listedCoin(chain, row.text('currency'), credentials);
	const decimals = coinDecimals(coin);
	// apidoc.tokenpay.me/order/order-creation: https, or the route of an app.
	const order = readCheckoutOrder(row, {
		credentials,
		coinDecimals: decimals,
		readSuccessUrl: readUrlOrAppRoute,
	});
	return {
		...order,
		chain: coin?.chain ?? chain,
		currency: coin?.currency ?? order.currency,
		...(decimals === undefined ? {} : { coinDecimals: decimals }),
		expiresInSeconds: readCount(
			row.value('expiresIn', ''),
			'Expires In (Seconds)',
			'Enter seconds, for example 3600 for an hour.',
		),
		attach: readText(attach, 'Attached Text') || null,
		toAddress: readText(toAddress, 'Collecting Wallet') || null,
		locale: readText(locale, 'Language') || null,
		reference: row.required(
			'reference',
			'Give each row an order number of its own: TokenPay requires one.',
		),
	};
}
