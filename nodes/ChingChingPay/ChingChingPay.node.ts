import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { callbackUrlHints } from '../shared/checkout/callbackUrlHints';
import { operationSubtitle } from '../shared/checkout/checkoutFields';
import { eachItem } from '../shared/items/eachItem';
import {
	callbackOperationField,
	callbackResource,
	waitForPaymentOperation,
} from '../shared/items/operationFields';
import { compareWithOrder, compareWithOrderFields } from '../shared/callbacks/compareWithOrder';
import { verifyCallback, verifyCallbackFields } from '../shared/callbacks/verifyCallback';
import {
	nothingToRegister,
	paidOrNotOutputs,
	resumeWebhook,
	waitingNodeTooltip,
} from '../shared/waiting/resumeWebhook';
import {
	resumeWhenSettled,
	waitForPayment,
	waitForPaymentFields,
} from '../shared/waiting/waitForPayment';
import { chingChingPayProvider } from './chingChingPay.provider';
import {
	createCheckoutFields,
	createChingChingPayCheckout,
	lastFields,
	moneyFields,
} from './createCheckout.operation';
import { createChingChingPayLink, createLinkFields } from './createLink.operation';
import { createChingChingPayRefund, createRefundFields } from './createRefund.operation';
import {
	downloadChingChingPaySettlement,
	downloadSettlementFields,
} from './downloadSettlement.operation';
import { getChingChingPayPayment, getPaymentFields } from './getPayment.operation';
import { getChingChingPaySettlements, getSettlementsFields } from './getSettlements.operation';
import { getChingChingPayTransaction, getTransactionFields } from './getTransaction.operation';
import { chingChingPayCredentialTest } from './chingChingPay.credentialTest';
import { verifyOptions } from './verifyCallback.fields';
import { chingChingPayCurrencies } from './checkoutOrder.fields';

export class ChingChingPay implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ChingChingPay',
		name: 'chingChingPay',
		icon: {
			light: 'file:../../icons/chingChingPay.svg',
			dark: 'file:../../icons/chingChingPay.dark.svg',
		},
		group: ['transform'],
		version: [1.1],
		subtitle: operationSubtitle({ createLink: 'Create Link' }),
		description:
			'Create hosted checkouts and payment links with ChingChingPay, look them up and refund them',
		documentationUrl:
			'https://hosted-checkout-nodes.example/docs/providers/chingchingpay.md#operations',
		defaults: { name: 'ChingChingPay' },
		inputs: [NodeConnectionTypes.Main],
		outputs: paidOrNotOutputs,
		usableAsTool: true,
		// Compare With Order sends nothing.
		credentials: [
			{
				name: 'chingChingPayApi',
				required: true,
				testedBy: 'chingChingPayCredentialTest',
				displayOptions: { hide: { operation: ['compare'] } },
			},
		],
		// Only for Wait for Payment: n8n's resume address of a paused execution.
		webhooks: [{ ...resumeWebhook }],
		waitingNodeTooltip,
		hints: callbackUrlHints,
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
					{ name: 'Refund', value: 'refund' },
					{ name: 'Settlement', value: 'settlement' },
					{ name: 'Transaction', value: 'transaction' },
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
						description: 'Start a payment with one method, for example a QR code or a redirect',
					},
					{
						name: 'Create Link',
						value: 'createLink',
						action: 'Create a payment link',
						description: 'Make a payment page on which the payer chooses the method',
					},
					{ ...waitForPaymentOperation },
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
						name: 'Get',
						value: 'get',
						action: 'Get a payment',
						description:
							'Look up an order with its channels and what was refunded. To see whether it is paid, use Transaction: Get.',
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
						action: 'Create a refund',
						description: 'Refund a payment, in full or in part',
					},
				],
				default: 'create',
				displayOptions: { show: { resource: ['refund'] } },
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Download',
						value: 'download',
						action: 'Download a settlement',
						description: 'Get the file of a settlement',
					},
					{
						name: 'Get Many',
						value: 'getAll',
						action: 'Get many settlements',
						description: 'List what ChingChingPay has settled with you',
					},
				],
				default: 'getAll',
				displayOptions: { show: { resource: ['settlement'] } },
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Get',
						value: 'get',
						action: 'Get a transaction',
						description: 'Look up whether a payment or refund went through',
					},
				],
				default: 'get',
				displayOptions: { show: { resource: ['transaction'] } },
			},
			...waitForPaymentFields(chingChingPayCurrencies),
			...compareWithOrderFields(chingChingPayCurrencies),
			...verifyCallbackFields,
			...verifyOptions,
			...getTransactionFields,
			...getPaymentFields,
			...getSettlementsFields,
			...downloadSettlementFields,
			...createRefundFields,
			...moneyFields,
			...createCheckoutFields,
			...createLinkFields,
			...lastFields,
		],
	};

	methods = { credentialTest: { chingChingPayCredentialTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		if (this.getNodeParameter('operation', 0) === 'compare') return await compareWithOrder(this);
		if (this.getNodeParameter('operation', 0) === 'waitForPayment')
			return await waitForPayment(this, chingChingPayProvider);
		return await eachItem(this, chingChingPayProvider, {
			callback: {
				verify: verifyCallback(chingChingPayProvider),
			},
			checkout: { create: createChingChingPayCheckout, createLink: createChingChingPayLink },
			payment: { get: getChingChingPayPayment },
			refund: { create: createChingChingPayRefund },
			settlement: {
				getAll: getChingChingPaySettlements,
				download: downloadChingChingPaySettlement,
			},
			transaction: { get: getChingChingPayTransaction },
		});
	}

	webhookMethods = { default: nothingToRegister };

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await resumeWhenSettled(this, chingChingPayProvider);
	}
}
