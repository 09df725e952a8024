import type { INodeProperties } from 'n8n-workflow';
import type { TokenPayCredentials } from './tokenPay.contract';
import { entriesOf, getCurrenciesCall, readCoin } from './tokenPay.currencies';
import { limitField, readMost, returnAllField } from '../shared/items/limit';
import { listOperation } from '../shared/items/operation';
import type { RowSender } from '../shared/items/rowSender';

const showOnlyForGetCurrencies = { resource: ['currency'], operation: ['getAll'] };

export const getCurrenciesFields: INodeProperties[] = [
	{ ...returnAllField, displayOptions: { show: showOnlyForGetCurrencies } },
	{ ...limitField, displayOptions: { show: { ...showOnlyForGetCurrencies, returnAll: [false] } } },
];

/** TokenPay gives the whole list at once; there are no pages to ask for. */
export const getTokenPayCurrencies = listOperation({
	read: () => undefined,
	most: readMost,
	find: async (_filters, row: RowSender<TokenPayCredentials>) =>
		entriesOf(await row.send(getCurrenciesCall(row.credentials)), 'currencies'),
	result: readCoin,
});
