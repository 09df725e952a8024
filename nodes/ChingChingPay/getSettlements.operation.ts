import type { IDataObject, INodeProperties } from 'n8n-workflow';
import type { Row } from '../shared/eachItem';
import { isObject } from '../shared/exactJson';
import { InputError } from '../shared/inputError';
import { listSettlementsCall, readSettlements, type ChingChingPayCredentials } from './chingChingPay.contract';
import { readTexts } from './checkoutOrder.operation';

/** Inferred: no page tells how many a page may hold. */
const PAGE_SIZE = 50;
/** So that a service which ignores the page number cannot keep a workflow busy for ever. */
const MOST_PAGES = 1000;

const showOnlyForGetSettlements = { resource: ['settlement'], operation: ['getAll'] };

export const getSettlementsFields: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
		displayOptions: { show: showOnlyForGetSettlements },
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { ...showOnlyForGetSettlements, returnAll: [false] } },
	},
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
				description: 'A timestamp, passed on as you give it: its unit is documented nowhere',
			},
			{
				displayName: 'Is Transferred',
				name: 'isTransferred',
				type: 'string',
				default: '',
				description: 'Passed on as you give it: its values are documented nowhere',
			},
			{
				displayName: 'Start Time',
				name: 'startTime',
				type: 'string',
				default: '',
				placeholder: 'e.g. 1764547200',
				description: 'A timestamp, passed on as you give it: its unit is documented nowhere',
			},
		],
		displayOptions: { show: showOnlyForGetSettlements },
	},
];

/** The settlements in the provider's words: no page shows what one looks like. Where no list can be found, the whole answer is put out. */
export async function getChingChingPaySettlements(row: Row<ChingChingPayCredentials>): Promise<IDataObject[]> {
	const filter = readTexts(row, 'filters', ['isTransferred', 'startTime', 'endTime']);
	const limit = row.value('returnAll', false) === true ? Infinity : readLimit(row);
	const settlements: Array<Record<string, unknown>> = [];
	let before = '';
	for (let page = 1; page <= MOST_PAGES && settlements.length < limit; page++) {
		const reply = await row.send(listSettlementsCall(filter, page, PAGE_SIZE, row.credentials));
		const found = readSettlements(reply);
		if (found === undefined) return page === 1 ? [isObject(reply.body) ? (reply.body as IDataObject) : { body: reply.body as IDataObject }] : (settlements as IDataObject[]);
		const text = JSON.stringify(found);
		if (text === before) break;
		before = text;
		settlements.push(...found);
		if (found.length < PAGE_SIZE) break;
	}
	return settlements.slice(0, limit) as IDataObject[];
}

function readLimit(row: Row<ChingChingPayCredentials>): number {
	const limit = Number(row.value('limit', PAGE_SIZE));
	if (!Number.isInteger(limit) || limit < 1) throw new InputError("'Limit' is not a whole number above zero", 'Enter 1, 2, 3 and so on.');
	return limit;
}
