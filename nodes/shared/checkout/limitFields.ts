import type { INodeProperties } from 'n8n-workflow';

/** In every credential, before the switch of the rarer settings: `refuseBeyondLimits` (core/moneyLimits.ts). */
export const largestAmountField: INodeProperties = {
	displayName: 'Largest Amount',
	name: 'largestAmount',
	type: 'string',
	default: '',
	placeholder: 'e.g. 500 EUR, 60000 JPY',
	description:
		'Checkouts and refunds of more are refused, whoever runs the node, AI agents included. In major units. A number alone counts for every currency that is not named. Empty: no limit.',
	hint: 'The most that one checkout or refund may be, such as 500, or 500 EUR, 60000 JPY',
};

export const allowedCurrenciesField: INodeProperties = {
	displayName: 'Allowed Currencies',
	name: 'allowedCurrencies',
	type: 'string',
	default: '',
	placeholder: 'e.g. EUR, USD',
	description:
		'Checkouts and refunds in another currency are refused, whoever runs the node, AI agents included. Empty: every currency.',
	hint: 'The currencies that checkouts and refunds may be in, such as EUR, USD',
};

/** Both, where people pay in coins and there are no refunds. */
export const coinLimitFields: INodeProperties[] = [
	{
		...largestAmountField,
		placeholder: 'e.g. 500 USDT',
		hint: 'The most that one checkout may be, such as 500, or 500 USDT',
	},
	{
		...allowedCurrenciesField,
		placeholder: 'e.g. USDT',
		hint: 'The currencies that checkouts may be in, such as USDT',
	},
];
