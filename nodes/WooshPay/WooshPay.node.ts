import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { operationSubtitle, simpleField } from '../shared/checkout/checkoutFields';
import { allCurrencies } from '../shared/items/currencies';
import { eachItem } from '../shared/items/eachItem';
import {
	callbackOperationField,
	callbackResource,
	getCheckoutOperation,
} from '../shared/items/operationFields';
import { compareWithOrder, compareWithOrderFields } from '../shared/callbacks/compareWithOrder';
import { paidOrNotOutputs } from '../shared/waiting/resumeWebhook';
import { withEndpointHint } from '../shared/callbacks/endpointHint';
import { verifyCallback, verifyCallbackFields } from '../shared/callbacks/verifyCallback';
import { cancelWooshPayPayment } from './cancelPayment.operation';
import { capturePaymentFields, captureWooshPayPayment } from './capturePayment.operation';
import { createCheckoutFields, createWooshPayCheckout } from './createCheckout.operation';
import { createPriceFields, createWooshPayPrice } from './createPrice.operation';
import { createProductFields, createWooshPayProduct } from './createProduct.operation';
import { createRefundFields, createWooshPayRefund } from './createRefund.operation';
import { expireWooshPayCheckout } from './expireCheckout.operation';
import { checkoutIdFields, getWooshPayCheckout } from './getCheckout.operation';
import { getWooshPayPayment, paymentIdFields } from './getPayment.operation';
import { getWooshPayPrice, priceIdFields } from './getPrice.operation';
import { getRefundFields, getWooshPayRefund } from './getRefund.operation';
import { optionsFields } from './options.fields';
import { updatePriceFields, updateWooshPayPrice } from './updatePrice.operation';
import { wooshPayCredentialTest } from './wooshPay.credentialTest';
import { wooshPayProvider } from './wooshPay.provider';
import { verifyOptions } from './verifyCallback.fields';

export class WooshPay implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'WooshPay',
		name: 'wooshPay',
		icon: { light: 'file:../../icons/wooshPay.svg', dark: 'file:../../icons/wooshPay.dark.svg' },
		group: ['transform'],
		version: [1.1],
		subtitle: operationSubtitle(),
		description: 'Create hosted checkouts with WooshPay, capture, look up and refund payments',
		documentationUrl: 'https://hosted-checkout-nodes.example/docs/providers/wooshpay.md#operations',
		defaults: { name: 'WooshPay' },
		inputs: [NodeConnectionTypes.Main],
		outputs: paidOrNotOutputs,
		usableAsTool: true,
		// Compare With Order sends nothing.
		credentials: [
			{
				name: 'wooshPayApi',
				required: true,
				testedBy: 'wooshPayCredentialTest',
				displayOptions: { hide: { operation: ['compare'] } },
			},
		],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ ...callbackResource },
					{ name: 'Checkout', value: 'checkout' },
					{ name: 'Payment', value: 'payment' },
					{ name: 'Price', value: 'price' },
					{ name: 'Product', value: 'product' },
					{ name: 'Refund', value: 'refund' },
				],
				default: 'checkout',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Create',
						value: 'create',
						action: 'Create a checkout',
						description: 'Make a payment page and get its link',
					},
					{
						name: 'Expire',
						value: 'expire',
						action: 'Expire a checkout',
						description: 'Close an unpaid payment page, so that nobody can pay there',
					},
					{ ...getCheckoutOperation },
				],
				default: 'create',
				displayOptions: { show: { resource: ['checkout'] } },
			},
			{ ...callbackOperationField },
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Cancel',
						value: 'cancel',
						action: 'Cancel a payment',
						description: 'Release money that the payer has authorized',
					},
					{
						name: 'Capture',
						value: 'capture',
						action: 'Capture a payment',
						description: "Take the money that the payer has authorized, where 'Capture' is Manual",
					},
					{
						name: 'Get',
						value: 'get',
						action: 'Get a payment',
						description: 'Look up the status of a payment',
					},
				],
				default: 'get',
				displayOptions: { show: { resource: ['payment'] } },
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Create',
						value: 'create',
						action: 'Create a price',
						description: 'Set what a product costs, for checkouts that use the price by its ID',
					},
					{
						name: 'Get',
						value: 'get',
						action: 'Get a price',
						description: 'Look up what a product costs',
					},
					{
						name: 'Update',
						value: 'update',
						action: 'Update a price',
						description: 'Change whether it is active, its nickname, lookup key or metadata',
					},
				],
				default: 'create',
				displayOptions: { show: { resource: ['price'] } },
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Create',
						value: 'create',
						action: 'Create a product',
						description: 'Describe what you sell, so that it can have prices',
					},
				],
				default: 'create',
				displayOptions: { show: { resource: ['product'] } },
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Create',
						value: 'create',
						action: 'Create a refund',
						description: 'Refund a payment, in full or in part',
					},
					{
						name: 'Get',
						value: 'get',
						action: 'Get a refund',
						description: 'Look up the status of a refund',
					},
				],
				default: 'create',
				displayOptions: { show: { resource: ['refund'] } },
			},
			...compareWithOrderFields(allCurrencies()),
			...verifyCallbackFields,
			...verifyOptions,
			...checkoutIdFields,
			...createCheckoutFields,
			...paymentIdFields,
			...capturePaymentFields,
			...priceIdFields,
			...createPriceFields,
			...updatePriceFields,
			...createProductFields,
			...createRefundFields,
			...getRefundFields,
			{ ...simpleField },
			...optionsFields,
		],
	};

	methods = { credentialTest: { wooshPayCredentialTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		if (this.getNodeParameter('operation', 0) === 'compare') return await compareWithOrder(this);
		const run = async () =>
			await eachItem(this, wooshPayProvider, {
				callback: {
					verify: verifyCallback(wooshPayProvider),
				},
				checkout: {
					create: createWooshPayCheckout,
					expire: expireWooshPayCheckout,
					get: getWooshPayCheckout,
				},
				payment: {
					cancel: cancelWooshPayPayment,
					capture: captureWooshPayPayment,
					get: getWooshPayPayment,
				},
				price: { create: createWooshPayPrice, get: getWooshPayPrice, update: updateWooshPayPrice },
				product: { create: createWooshPayProduct },
				refund: { create: createWooshPayRefund, get: getWooshPayRefund },
			});
		const isCheckout = this.getNodeParameter('resource', 0) === 'checkout';
		const creates = isCheckout && this.getNodeParameter('operation', 0) === 'create';
		return creates ? await withEndpointHint(this, wooshPayProvider, run) : await run();
	}
}
