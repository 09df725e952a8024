import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { InputError } from '../shared/core/inputError';
import { chainField, currencyField } from './chainAndCurrency.fields';
import type { TokenPayCredentials } from './tokenPay.contract';
import { entriesOf, getBalanceCall, readBalances } from './tokenPay.currencies';
import type { Row } from '../shared/items/row';

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

export async function getTokenPayBalance(row: Row<TokenPayCredentials>): Promise<IDataObject[]> {
	const chain = row.text('chain');
	const currency = row.text('currency');
	if (chain === '')
		throw new InputError("'Chain' is empty", 'Choose a chain, or map it from the input item.');
	if (currency === '')
		throw new InputError(
			"'Currency' is empty",
			'Choose a currency, or map it from the input item.',
		);
	const reply = await row.send(getBalanceCall(chain, currency, row.credentials));
	return (
		row.value('simple', true) === false ? entriesOf(reply, 'balance') : readBalances(reply)
	) as IDataObject[];
}
