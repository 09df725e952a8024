import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { eachItem, type Operation } from '../shared/eachItem';
import { getChains, getCurrencies } from './chainAndCurrency.operation';
import { closeTokenPayCheckout } from './closeCheckout.operation';
import { createCheckoutFields, createTokenPayCheckout } from './createCheckout.operation';
import { getBalanceFields, getTokenPayBalance } from './getBalance.operation';
import { getTokenPayCheckout, whichCheckoutFields } from './getCheckout.operation';
import { getCurrenciesFields, getTokenPayCurrencies } from './getCurrencies.operation';
import { replySignatureProblem, tokenPay, type TokenPayCredentials } from './tokenPay.contract';

export class TokenPay implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'TokenPay',
		name: 'tokenPay',
		icon: { light: 'file:../../icons/tokenPay.svg', dark: 'file:../../icons/tokenPay.dark.svg' },
		group: ['transform'],
		version: [1.1],
		subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
		description: 'Create hosted checkouts paid in coins with TokenPay, look them up and close them',
		defaults: { name: 'TokenPay' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		credentials: [{ name: 'tokenPayApi', required: true }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Balance', value: 'balance' },
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
					{ name: 'Close', value: 'close', action: 'Close a checkout', description: 'Make an unpaid payment page stop taking money' },
					{ name: 'Create', value: 'create', action: 'Create a checkout', description: 'Make a payment page and get its link' },
					{ name: 'Get', value: 'get', action: 'Get a checkout', description: 'Look up whether a checkout is paid' },
				],
				default: 'create',
				displayOptions: { show: { resource: ['checkout'] } },
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: [{ name: 'Get Many', value: 'getAll', action: 'Get many currencies', description: 'List the chains and coins that can be paid with' }],
				default: 'getAll',
				displayOptions: { show: { resource: ['currency'] } },
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: [{ name: 'Get', value: 'get', action: 'Get a balance', description: 'Look up how much of a coin the merchant account holds' }],
				default: 'get',
				displayOptions: { show: { resource: ['balance'] } },
			},
			...whichCheckoutFields,
			...getCurrenciesFields,
			...getBalanceFields,
			...createCheckoutFields,
		],
	};

	methods = { loadOptions: { getChains, getCurrencies } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const checked = checkedReplies(this);
		return await eachItem(
			this,
			{ contract: tokenPay, credentialName: 'tokenPayApi' },
			{
				checkout: { create: checked(createTokenPayCheckout), get: checked(getTokenPayCheckout), close: checked(closeTokenPayCheckout) },
				currency: { getAll: getTokenPayCurrencies },
				balance: { get: checked(getTokenPayBalance) },
			},
		);
	}
}

/** Has an operation say in the output panel, once per run, when an answer's signature does not hold. */
function checkedReplies(context: IExecuteFunctions) {
	let said = false;
	return (operation: Operation<TokenPayCredentials>): Operation<TokenPayCredentials> =>
		async (row) =>
			await operation({
				...row,
				async send(call, options) {
					const reply = await row.send(call, options);
					const problem = replySignatureProblem(reply, row.credentials);
					if (problem !== undefined && !said) {
						said = true;
						const message = `TokenPay's answer for item ${row.itemIndex} is not proved: ${problem}. It was used nevertheless; check 'Base URL' in the credential if this repeats.`;
						context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
					}
					return reply;
				},
			});
}
