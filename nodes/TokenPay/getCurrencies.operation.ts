import type { IDataObject, INodeProperties } from 'n8n-workflow';
import type { TokenPayCredentials } from './tokenPay.contract';
import { entriesOf, getCurrenciesCall, readCurrencies } from './tokenPay.currencies';
import type { Row } from '../shared/items/row';

const showOnlyForGetCurrencies = { resource: ['currency'], operation: ['getAll'] };

export const getCurrenciesFields: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
		displayOptions: { show: showOnlyForGetCurrencies },
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { ...showOnlyForGetCurrencies, returnAll: [false] } },
	},
];

/** TokenPay gives the whole list at once; there are no pages to ask for. */
export async function getTokenPayCurrencies(row: Row<TokenPayCredentials>): Promise<IDataObject[]> {
	const reply = await row.send(getCurrenciesCall(row.credentials));
	const coins = (
		row.value('simple', true) === false ? entriesOf(reply, 'currencies') : readCurrencies(reply)
	) as IDataObject[];
	return row.value('returnAll') === true
		? coins
		: coins.slice(0, Math.max(1, Number(row.value('limit', 50)) || 50));
}
