import type { INodeProperties } from 'n8n-workflow';
import { CallFailure } from '../shared/core/callFailure';
import type { HttpCall, HttpReply } from '../shared/core/contract';
import { isObject } from '../shared/core/exactJson';
import { readText } from '../shared/core/readText';
import type { ChingChingPayCredentials } from './chingChingPay.contract';
import {
	listSettlementsCall,
	readSettlements,
	type SettlementFilter,
} from './chingChingPay.settlements';
import { limitField, readMost, returnAllField } from '../shared/items/limit';
import { listOperation } from '../shared/items/operation';
import type { RowReader } from '../shared/items/rowReader';
import type { RowSender } from '../shared/items/rowSender';

/** What is asked for. No page tells how many a page may hold: the service may give fewer. */
const PAGE_SIZE = 50;
/** So that a service which ignores the page number cannot keep a workflow busy for ever. */
const MOST_PAGES = 1000;

const showOnlyForGetSettlements = { resource: ['settlement'], operation: ['getAll'] };

export const getSettlementsFields: INodeProperties[] = [
	{ ...returnAllField, displayOptions: { show: showOnlyForGetSettlements } },
	{ ...limitField, displayOptions: { show: { ...showOnlyForGetSettlements, returnAll: [false] } } },
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		options: [
			{
				displayName: 'End Time',
				name: 'endTime',
				type: 'string',
				default: '',
				placeholder: 'e.g. 1767225600',
				description: 'A timestamp, passed on as you give it: its unit is not documented',
			},
			{
				displayName: 'Is Transferred',
				name: 'isTransferred',
				type: 'string',
				default: '',
				description: 'Passed on as you give it: its values are not documented',
			},
			{
				displayName: 'Start Time',
				name: 'startTime',
				type: 'string',
				default: '',
				placeholder: 'e.g. 1764547200',
				description: 'A timestamp, passed on as you give it: its unit is not documented',
			},
		],
		displayOptions: { show: showOnlyForGetSettlements },
	},
];

/**
 * The settlements in the provider's words: no page shows what one looks like. Where no list can be
 * found, the whole answer is put out. How many a page holds is the service's choice, so a page is
 * the last one when it is shorter than the first, not shorter than asked for.
 */
export const getChingChingPaySettlements = listOperation({
	read: readFilter,
	most: readMost,
	find: findSettlements,
});

async function findSettlements(
	filter: SettlementFilter,
	row: RowSender<ChingChingPayCredentials>,
	most: number,
): Promise<Array<Record<string, unknown>>> {
	const first = await readPage(row, filter, 1);
	if (first.settlements === undefined) return [first.whole];
	const settlements = new Settlements();
	if (!settlements.add(first.settlements)) return [];
	const lengthOfFirst = settlements.all.length;
	for (let page = 2; page <= MOST_PAGES && settlements.all.length < most; page++) {
		const { settlements: found = [] } = await readPage(row, filter, page);
		if (!settlements.add(found) || found.length < lengthOfFirst) break;
	}
	return settlements.all;
}

/**
 * Each settlement once. A service that knows no pages gives the first one for ever; one that is
 * changed meanwhile moves settlements to a later page.
 */
class Settlements {
	readonly all: Array<Record<string, unknown>> = [];
	private readonly known = new Set<string>();

	/** False if there was nothing new. */
	add(found: Array<Record<string, unknown>>): boolean {
		const fresh = found.filter((settlement) => !this.known.has(JSON.stringify(settlement)));
		for (const settlement of fresh) this.known.add(JSON.stringify(settlement));
		this.all.push(...fresh);
		return fresh.length > 0;
	}
}

/** `settlements` is undefined where no list can be found in the answer; `whole` is all of it. */
async function readPage(
	row: RowSender<ChingChingPayCredentials>,
	filter: SettlementFilter,
	page: number,
) {
	const reply = await sendForPage(
		row,
		listSettlementsCall(filter, page, PAGE_SIZE, row.credentials),
		page,
	);
	return {
		settlements: reply === undefined ? undefined : readSettlements(reply),
		whole: isObject(reply?.body) ? reply.body : { body: reply?.body },
	};
}

/** Undefined where a page behind the last one is not an empty list but "not found". */
async function sendForPage(
	row: RowSender<ChingChingPayCredentials>,
	call: HttpCall,
	page: number,
): Promise<HttpReply | undefined> {
	return await row
		.send(call)
		.catch(async (error: unknown) =>
			page > 1 && error instanceof CallFailure && error.httpStatus === 404
				? undefined
				: await Promise.reject(error as Error),
		);
}

function readFilter(row: RowReader): SettlementFilter {
	const { isTransferred, startTime, endTime } = row.collection('filters');
	return {
		// A yes or no by its name, so a column of true and false fits.
		isTransferred:
			readText(
				typeof isTransferred === 'boolean' ? String(isTransferred) : isTransferred,
				'Is Transferred',
			) || null,
		startTime: readText(startTime, 'Start Time') || null,
		endTime: readText(endTime, 'End Time') || null,
	};
}
