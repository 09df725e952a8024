import type { INodeProperties } from 'n8n-workflow';
import { chainField, currencyField } from './chainAndCurrency.fields';
import type { TokenPayCredentials } from './tokenPay.contract';
import { entriesOf, getBalanceCall, readBalance } from './tokenPay.currencies';
import { listOperation } from '../shared/items/operation';
import type { RowSender } from '../shared/items/rowSender';

const showOnlyForGetBalance = { resource: ['balance'], operation: ['get'] };

export const getBalanceFields: INodeProperties[] = [
	{
		...chainField,
		description:
			'The blockchain of the coin, such as TRON. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		displayOptions: { show: showOnlyForGetBalance },
	},
	{
		...currencyField,
		description:
			'The coin, such as USDT. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		displayOptions: { show: showOnlyForGetBalance },
	},
];

export const getTokenPayBalance = listOperation({
	read: (row) => ({
		chain: row.required('chain', 'Choose a chain, or map it from the input item.'),
		currency: row.required('currency', 'Choose a currency, or map it from the input item.'),
	}),
	find: async (coin, row: RowSender<TokenPayCredentials>) =>
		entriesOf(await row.send(getBalanceCall(coin, row.credentials)), 'balance'),
	result: readBalance,
});
