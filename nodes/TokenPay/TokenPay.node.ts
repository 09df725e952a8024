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
import { getChains, getCurrencies, namedCoins } from './chainAndCurrency.fields';
import { closeTokenPayCheckout } from './closeCheckout.operation';
import {
	askForCoins,
	createCheckoutFields,
	createTokenPayCheckout,
} from './createCheckout.operation';
import { getBalanceFields, getTokenPayBalance } from './getBalance.operation';
import { getTokenPayCheckout, whichCheckoutFields } from './getCheckout.operation';
import { getCurrenciesFields, getTokenPayCurrencies } from './getCurrencies.operation';
import { replySignatureProblem, type TokenPayCredentials } from './tokenPay.contract';
import { tokenPayCredentialTest } from './tokenPay.credentialTest';
import { tokenPayProvider } from './tokenPay.provider';
import { verifyOptions } from './verifyCallback.fields';
import { warn, type Operation } from '../shared/items/operation';

export class TokenPay implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'TokenPay',
		name: 'tokenPay',
		icon: { light: 'file:../../icons/tokenPay.svg', dark: 'file:../../icons/tokenPay.dark.svg' },
		group: ['transform'],
		version: [1.1],
		subtitle: operationSubtitle(),
		description: 'Create hosted checkouts paid in coins with TokenPay, look them up and close them',
		documentationUrl: 'https://hosted-checkout-nodes.example/docs/providers/tokenpay.md#operations',
		defaults: { name: 'TokenPay' },
		inputs: [NodeConnectionTypes.Main],
		outputs: paidOrNotOutputs,
		usableAsTool: true,
		// Compare With Order sends nothing.
		credentials: [
			{
				name: 'tokenPayApi',
				required: true,
				testedBy: 'tokenPayCredentialTest',
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
					{ name: 'Balance', value: 'balance' },
					{ ...callbackResource },
					{ name: 'Checkout', value: 'checkout' },
					{ name: 'Currency', value: 'currency' },
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
						name: 'Close',
						value: 'close',
						action: 'Close a checkout',
						description: 'Make an unpaid payment page stop taking money',
					},
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
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Get Many',
						value: 'getAll',
						action: 'Get many currencies',
						description: 'List the chains and coins that can be paid with',
					},
				],
				default: 'getAll',
				displayOptions: { show: { resource: ['currency'] } },
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
						action: 'Get a balance',
						description: 'Look up how much of a coin the merchant account holds',
					},
				],
				default: 'get',
				displayOptions: { show: { resource: ['balance'] } },
			},
			...waitForPaymentFields(namedCoins),
			...compareWithOrderFields(namedCoins),
			...verifyCallbackFields,
			...verifyOptions,
			...whichCheckoutFields,
			...getCurrenciesFields,
			...getBalanceFields,
			...createCheckoutFields,
		],
	};

	methods = {
		credentialTest: { tokenPayCredentialTest },
		loadOptions: { getChains, getCurrencies },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		if (this.getNodeParameter('operation', 0) === 'compare') return await compareWithOrder(this);
		if (this.getNodeParameter('operation', 0) === 'waitForPayment')
			return await waitForPayment(this, tokenPayProvider);
		await askForCoins(this);
		const checked = checkedReplies();
		return await eachItem(this, tokenPayProvider, {
			callback: {
				verify: verifyCallback(tokenPayProvider),
			},
			checkout: {
				create: checked(createTokenPayCheckout),
				get: checked(getTokenPayCheckout),
				close: checked(closeTokenPayCheckout),
			},
			currency: { getAll: getTokenPayCurrencies },
			balance: { get: checked(getTokenPayBalance) },
		});
	}

	webhookMethods = { default: nothingToRegister };

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await resumeWhenSettled(this, tokenPayProvider);
	}
}

/**
 * Has an operation say in the output panel, once per run, when an answer's signature does not hold.
 */
function checkedReplies() {
	let said = false;
	return (operation: Operation<TokenPayCredentials>): Operation<TokenPayCredentials> => ({
		...operation,
		send: async (order, row) =>
			await operation.send(order, {
				...row,
				async send(call, options) {
					const reply = await row.send(call, options);
					const problem = replySignatureProblem(reply, row.credentials);
					if (problem !== undefined && !said) {
						said = true;
						warn(
							row.context,
							`TokenPay's answer for item ${row.itemIndex} could not be verified: ${problem}. It was used nevertheless; check 'Base URL' in the credential if this repeats.`,
						);
					}
					return reply;
				},
			}),
	});
}
