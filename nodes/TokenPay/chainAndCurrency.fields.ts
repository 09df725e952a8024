import type { ILoadOptionsFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { CallFailure } from '../shared/core/callFailure';
import { InputError } from '../shared/core/inputError';
import { readCredentials } from '../shared/providerNode';
import { sendCall } from '../shared/requests/sendCall';
import { type TokenPayCredentials } from './tokenPay.contract';
import { tokenPayProvider } from './tokenPay.provider';
import { entriesOf, getCurrenciesCall, readCoin, type Coin } from './tokenPay.currencies';

/**
 * To be spread with a `displayOptions`. The lists come from TokenPay; what is not in them can be
 * given by expression.
 */
export const chainField: INodeProperties = {
	displayName: 'Chain Name or ID',
	name: 'chain',
	type: 'options',
	typeOptions: { loadOptionsMethod: 'getChains' },
	required: true,
	default: '',
	description:
		'The blockchain that is paid on, such as TRON. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
};

export const currencyField: INodeProperties = {
	displayName: 'Currency Name or ID',
	name: 'currency',
	type: 'options',
	typeOptions: { loadOptionsMethod: 'getCurrencies', loadOptionsDependsOn: ['chain'] },
	required: true,
	default: '',
	description:
		'The coin that is paid with, such as USDT. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
};

/**
 * The coins that apidoc.tokenpay.me names, for operations that ask nobody; Create has TokenPay's own
 * list.
 */
export const namedCoins: INodePropertyOptions[] = ['BNB', 'ETH', 'TRX', 'USDT'].map((coin) => ({
	name: coin,
	value: coin,
}));

export async function getChains(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return listed((await loadCoins(this)).map(({ chain }) => ({ value: chain, name: chain })));
}

/**
 * The coins of the chosen chain; every coin while the chain is not chosen, or is known only when
 * the workflow runs.
 */
export async function getCurrencies(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const coins = await loadCoins(this);
	const chain = this.getCurrentNodeParameter('chain');
	const ofChain = coins.filter((coin) => coin.chain === chain);
	return listed(
		(ofChain.length > 0 ? ofChain : coins).map(({ currency, name }) => ({
			value: currency,
			name: name === null || name === currency ? currency : `${currency ?? ''} (${name})`,
		})),
	);
}

async function loadCoins(context: ILoadOptionsFunctions): Promise<Coin[]> {
	try {
		const credentials = await readCredentials<TokenPayCredentials>(context, 'tokenPayApi');
		const reply = await sendCall(
			{ context, provider: tokenPayProvider, credentials },
			getCurrenciesCall(credentials),
			{ maximumAttempts: 1 },
		);
		return entriesOf(reply, 'currencies').map(readCoin);
	} catch (error) {
		const known = error instanceof CallFailure || error instanceof InputError;
		throw new NodeOperationError(
			context.getNode(),
			known ? error.message : 'The list could not be loaded',
			{ description: known ? error.advice : 'Choose a credential, then open the list again.' },
		);
	}
}

/** Each value once (a coin is on several chains), sorted by name. */
function listed(
	entries: Array<{ value: string | null; name: string | null }>,
): INodePropertyOptions[] {
	const byValue = new Map<string, INodePropertyOptions>();
	for (const { value, name } of entries)
		if (value !== null && !byValue.has(value)) byValue.set(value, { value, name: name ?? value });
	return [...byValue.values()].sort((left, right) => left.name.localeCompare(right.name));
}
