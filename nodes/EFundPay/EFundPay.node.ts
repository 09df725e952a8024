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
import { createCheckoutFields, createEFundPayCheckout } from './createCheckout.operation';
import { createEFundPayRefund, createRefundFields } from './createRefund.operation';
import { createEFundPayTransaction, createTransactionFields } from './createTransaction.operation';
import { eFundPayCredentialTest } from './eFundPay.credentialTest';
import { eFundPayProvider } from './eFundPay.provider';
import { getManyEFundPayRefunds, getManyRefundsFields } from './getManyRefunds.operation';
import {
	getManyEFundPayTransactions,
	getManyTransactionsFields,
} from './getManyTransactions.operation';
import { getEFundPayRefund, getRefundFields } from './getRefund.operation';
import {
	getEFundPayTransaction,
	getTransactionFields,
	lookUpOptionsFields,
} from './getTransaction.operation';
import { eFundPayCurrencies } from './order.fields';

export class EFundPay implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'EFundPay',
		name: 'eFundPay',
		icon: { light: 'file:../../icons/eFundPay.svg', dark: 'file:../../icons/eFundPay.dark.svg' },
		group: ['transform'],
		version: [1.1],
		subtitle: operationSubtitle(),
		description: 'Create hosted checkouts and payments with EFundPay, look them up and refund them',
		documentationUrl: 'https://hosted-checkout-nodes.example/docs/providers/efundpay.md#operations',
		defaults: { name: 'EFundPay' },
		inputs: [NodeConnectionTypes.Main],
		outputs: paidOrNotOutputs,
		usableAsTool: true,
		// Compare With Order sends nothing.
		credentials: [
			{
				name: 'eFundPayApi',
				required: true,
				testedBy: 'eFundPayCredentialTest',
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
					{ name: 'Checkout', value: 'checkout' },
					{ ...callbackResource },
					{ name: 'Refund', value: 'refund' },
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
						description: 'Make a payment page and get its link',
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
						name: 'Create',
						value: 'create',
						action: 'Create a transaction',
						description: 'Pay directly, with card data or another method that you name',
					},
					{
						name: 'Get',
						value: 'get',
						action: 'Get a transaction',
						description: 'Look up whether a checkout or transaction is paid',
					},
					{
						name: 'Get Many',
						value: 'getAll',
						action: 'Get many transactions',
						description: 'List checkouts and transactions, the last changed first',
					},
				],
				default: 'get',
				displayOptions: { show: { resource: ['transaction'] } },
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
					{
						name: 'Get Many',
						value: 'getAll',
						action: 'Get many refunds',
						description: 'List the refunds of one payment',
					},
				],
				default: 'create',
				displayOptions: { show: { resource: ['refund'] } },
			},
			...waitForPaymentFields(eFundPayCurrencies),
			...compareWithOrderFields(eFundPayCurrencies),
			...verifyCallbackFields,
			...getTransactionFields,
			...getManyTransactionsFields,
			...getRefundFields,
			...getManyRefundsFields,
			...lookUpOptionsFields,
			...createRefundFields,
			...createTransactionFields,
			...createCheckoutFields,
		],
	};

	methods = { credentialTest: { eFundPayCredentialTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		if (this.getNodeParameter('operation', 0) === 'compare') return await compareWithOrder(this);
		if (this.getNodeParameter('operation', 0) === 'waitForPayment')
			return await waitForPayment(this, eFundPayProvider);
		return await eachItem(this, eFundPayProvider, {
			callback: {
				verify: verifyCallback(eFundPayProvider),
			},
			checkout: { create: createEFundPayCheckout },
			transaction: {
				create: createEFundPayTransaction,
				get: getEFundPayTransaction,
				getAll: getManyEFundPayTransactions,
			},
			refund: {
				create: createEFundPayRefund,
				get: getEFundPayRefund,
				getAll: getManyEFundPayRefunds,
			},
		});
	}

	webhookMethods = { default: nothingToRegister };

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await resumeWhenSettled(this, eFundPayProvider);
	}
}
