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
	getCheckoutOperation,
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
import { createCheckoutFields, createPayfectCheckout } from './createCheckout.operation';
import { getCheckoutFields, getPayfectCheckout } from './getCheckout.operation';
import { payfectCredentialTest } from './payfect.credentialTest';
import { payfectProvider } from './payfect.provider';
import { verifyOptions } from './verifyCallback.fields';
import { payfectCurrencies } from './currencies.fields';

export class Payfect implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Payfect',
		name: 'payfect',
		icon: { light: 'file:../../icons/payfect.svg', dark: 'file:../../icons/payfect.dark.svg' },
		group: ['transform'],
		version: [1.1],
		subtitle: operationSubtitle(),
		description: 'Create hosted checkouts with Payfect and look them up',
		documentationUrl: 'https://hosted-checkout-nodes.example/docs/providers/payfect.md#operations',
		defaults: { name: 'Payfect' },
		inputs: [NodeConnectionTypes.Main],
		outputs: paidOrNotOutputs,
		usableAsTool: true,
		// Compare With Order sends nothing.
		credentials: [
			{
				name: 'payfectApi',
				required: true,
				testedBy: 'payfectCredentialTest',
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
				options: [{ name: 'Checkout', value: 'checkout' }, { ...callbackResource }],
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
					{ ...getCheckoutOperation },
					{ ...waitForPaymentOperation },
				],
				default: 'create',
				displayOptions: { show: { resource: ['checkout'] } },
			},
			{ ...callbackOperationField },
			...waitForPaymentFields(payfectCurrencies),
			...compareWithOrderFields(payfectCurrencies),
			...verifyCallbackFields,
			...verifyOptions,
			...getCheckoutFields,
			...createCheckoutFields,
		],
	};

	methods = { credentialTest: { payfectCredentialTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		if (this.getNodeParameter('operation', 0) === 'compare') return await compareWithOrder(this);
		if (this.getNodeParameter('operation', 0) === 'waitForPayment')
			return await waitForPayment(this, payfectProvider);
		return await eachItem(this, payfectProvider, {
			checkout: { create: createPayfectCheckout, get: getPayfectCheckout },
			callback: {
				verify: verifyCallback(payfectProvider),
			},
		});
	}

	webhookMethods = { default: nothingToRegister };

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await resumeWhenSettled(this, payfectProvider);
	}
}
