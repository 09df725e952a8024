import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { CallFailure } from '../shared/core/callFailure';
import { simpleField } from '../shared/checkout/checkoutFields';
import type { HttpCall } from '../shared/core/contract';
import { readDate } from '../shared/core/readDate';
import { readText } from '../shared/core/readText';
import { readTransaction, type EFundPayCredentials } from './eFundPay.contract';
import { listTransactionsCall, readPage, type TransactionFilters } from './eFundPay.transactions';
import type { Row } from '../shared/items/row';

const showOnlyForGetTransactions = { resource: ['transaction'], operation: ['getAll'] };
/** docs.efundflow.com/transactions/list and /refunds/list: 1 to 100. */
const LARGEST_PAGE = 100;

export const getManyTransactionsFields: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
		displayOptions: { show: showOnlyForGetTransactions },
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { ...showOnlyForGetTransactions, returnAll: [false] } },
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		options: [
			{
				displayName: 'Card Scheme',
				name: 'scheme',
				type: 'string',
				default: '',
				placeholder: 'e.g. visa',
				description: 'Only cards of this scheme',
			},
			{
				displayName: 'Created After',
				name: 'createdAfter',
				type: 'dateTime',
				default: '',
				description: 'Only transactions made at this time or later',
			},
			{
				displayName: 'Created Before',
				name: 'createdBefore',
				type: 'dateTime',
				default: '',
				description: 'Only transactions made at this time or earlier',
			},
			{
				displayName: 'Method',
				name: 'method',
				type: 'string',
				default: '',
				placeholder: 'e.g. card',
				description: 'Only payments by this method, in the word that EFundPay uses',
			},
			{
				displayName: 'Status',
				name: 'status',
				type: 'string',
				default: '',
				placeholder: 'e.g. capture_succeeded',
				description: 'Only transactions in this status, in the word that EFundPay uses',
			},
			{
				displayName: 'Transaction ID',
				name: 'id',
				type: 'string',
				default: '',
				placeholder: 'e.g. 7099948d-7286-47e4-aad8-b68f7eb44591',
				description: 'Only this one',
			},
		],
		displayOptions: { show: showOnlyForGetTransactions },
	},
	{ ...simpleField, displayOptions: { show: showOnlyForGetTransactions } },
];

export async function getManyEFundPayTransactions(
	row: Row<EFundPayCredentials>,
): Promise<IDataObject[]> {
	const filters = readFilters(row);
	const items = await readPages(row, (limit, cursor) =>
		listTransactionsCall(filters, limit, cursor, row.credentials),
	);
	return row.value('simple', true) === false
		? (items as IDataObject[])
		: items.map((item) => ({ ...readTransaction(item, row.credentials) }));
}

/**
 * What `Return All` or `Limit` asks for, page by page. What moves on to a later page meanwhile is
 * not given twice.
 */
export async function readPages(
	row: Row<EFundPayCredentials>,
	call: (limit: number, cursor: string | null) => HttpCall,
): Promise<Array<Record<string, unknown>>> {
	const most =
		row.value('returnAll', false) === true
			? Infinity
			: Math.max(1, Math.trunc(Number(row.value('limit', 50))) || 1);
	// The same for every page: one page of the documentation calls the cursor a page number.
	const limit = Math.min(most, LARGEST_PAGE);
	const items = new Map<unknown, Record<string, unknown>>();
	const cursors = new Set<string>();
	for (let cursor: string | null = null; ;) {
		const page = readPage(await row.send(call(limit, cursor)));
		const before = items.size;
		for (const item of page.items) items.set(item.id ?? item, item);
		// A cursor on an empty page leads nowhere, and a new one may come with every page.
		if (page.next === null || page.items.length === 0 || items.size >= most)
			return [...items.values()].slice(0, most);
		if (items.size === before || cursors.has(page.next))
			throw new CallFailure('EFundPay gives the same page again and again', {
				advice: "Turn 'Return All' off, or narrow the list with filters.",
			});
		cursors.add(page.next);
		cursor = page.next;
	}
}

function readFilters(row: Row<EFundPayCredentials>): TransactionFilters {
	const { createdAfter, createdBefore, id, method, scheme, status } = row.collection('filters');
	const zone = row.context.getTimezone();
	return {
		...(id === undefined ? {} : { id: readText(id, 'Transaction ID') }),
		...(method === undefined ? {} : { method: readText(method, 'Method') }),
		...(scheme === undefined ? {} : { scheme: readText(scheme, 'Card Scheme') }),
		...(status === undefined ? {} : { status: readText(status, 'Status') }),
		...(createdAfter === undefined
			? {}
			: { createdAfter: readDate(createdAfter, 'Created After', zone) }),
		...(createdBefore === undefined
			? {}
			: { createdBefore: readDate(createdBefore, 'Created Before', zone) }),
	};
}
