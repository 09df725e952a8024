import type { INodeProperties } from 'n8n-workflow';
import { CallFailure } from '../shared/core/callFailure';
import { simpleField } from '../shared/checkout/checkoutFields';
import type { HttpCall } from '../shared/core/contract';
import { readDate } from '../shared/core/readDate';
import { readText } from '../shared/core/readText';
import { readTransaction, type EFundPayCredentials } from './eFundPay.contract';
import { listTransactionsCall, readPage, type TransactionFilters } from './eFundPay.transactions';
import { limitField, readMost, returnAllField } from '../shared/items/limit';
import { listOperation } from '../shared/items/operation';
import type { RowReader } from '../shared/items/rowReader';
import type { RowSender } from '../shared/items/rowSender';

const showOnlyForGetTransactions = { resource: ['transaction'], operation: ['getAll'] };
/** docs.efundflow.com/transactions/list and /refunds/list: 1 to 100. */
const LARGEST_PAGE = 100;

export const getManyTransactionsFields: INodeProperties[] = [
	{ ...returnAllField, displayOptions: { show: showOnlyForGetTransactions } },
	{
		...limitField,
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
				displayName: 'Payment ID',
				name: 'paymentId',
				type: 'string',
				default: '',
				placeholder: 'e.g. 7099948d-7286-47e4-aad8-b68f7eb44591',
				description: 'Only this one',
			},
			{
				displayName: 'Status',
				name: 'status',
				type: 'string',
				default: '',
				placeholder: 'e.g. capture_succeeded',
				description: 'Only transactions in this status, in the word that EFundPay uses',
			},
		],
		displayOptions: { show: showOnlyForGetTransactions },
	},
	{ ...simpleField, displayOptions: { show: showOnlyForGetTransactions } },
];

export const getManyEFundPayTransactions = listOperation({
	read: readFilters,
	most: readMost,
	find: async (filters, row: RowSender<EFundPayCredentials>, most) =>
		await readPages(row, most, (limit, cursor) =>
			listTransactionsCall(filters, limit, cursor, row.credentials),
		),
	result: readTransaction,
});

/**
 * As many as are wanted, page by page. What moves on to a later page meanwhile is not given twice.
 */
export async function readPages(
	row: RowSender<EFundPayCredentials>,
	most: number,
	call: (limit: number, cursor: string | null) => HttpCall,
): Promise<Array<Record<string, unknown>>> {
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
			return [...items.values()];
		if (items.size === before || cursors.has(page.next))
			throw new CallFailure('EFundPay gives the same page again and again', {
				advice: "Turn 'Return All' off, or narrow the list with filters.",
			});
		cursors.add(page.next);
		cursor = page.next;
	}
}

function readFilters(row: RowReader): TransactionFilters {
	const { createdAfter, createdBefore, paymentId, method, scheme, status } =
		row.collection('filters');
	const zone = row.timezone();
	return {
		...(paymentId === undefined ? {} : { paymentId: readText(paymentId, 'Payment ID') }),
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
