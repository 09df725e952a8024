import type { INodeProperties } from 'n8n-workflow';
import { readCount } from '../core/readCount';
import type { RowReader } from './rowReader';

/** To be spread with a `displayOptions`. */
export const returnAllField: INodeProperties = {
	displayName: 'Return All',
	name: 'returnAll',
	type: 'boolean',
	default: false,
	description: 'Whether to return all results or only up to a given limit',
};

/** To be spread with a `displayOptions`. */
export const limitField: INodeProperties = {
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 50,
	description: 'Max number of results to return',
};

/**
 * How many results `Return All` and `Limit` ask for.
 *
 * @throws InputError when `Limit` is no whole number above zero
 */
export function readMost(row: RowReader): number {
	if (row.value('returnAll', false) === true) return Infinity;
	return readCount(row.value('limit', limitField.default), 'Limit', 'Enter 1, 2, 3 and so on.');
}
