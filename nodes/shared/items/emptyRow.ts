import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { InputError } from '../core/inputError';
import type { Run } from './run';
import { expressionsIn } from './savedExpressions';

/** n8n's Google Sheets node adds it to each row. */
const ROW_NUMBER = 'row_number';

const READS_THE_ITEM = /\$json\b|\$input\.item\b/;
const READS_ANOTHER_STEP = /\$\(|\$node\b|\$items\b|\$input\.(?!item\b)/;

/**
 * A blank line of a sheet is no order, even where each field that comes from it may be empty.
 * Nothing is said of a node whose expressions read other steps: it may need nothing of the item.
 *
 * @throws InputError for such a row
 */
export function refuseEmptyRow(
	context: IExecuteFunctions,
	run: Pick<Run, 'parameters' | 'readsItemOnly'>,
	itemIndex: number,
): void {
	if (!isEmptyRow(context, itemIndex)) return;
	run.readsItemOnly ??= readsItemOnly(run.parameters);
	if (run.readsItemOnly) throw emptyRow(context, itemIndex);
}

/** Whether the item is empty, and others of the run are not. */
export function isEmptyRow(context: IExecuteFunctions, itemIndex: number): boolean {
	const items = context.getInputData();
	const row = items[itemIndex];
	return row !== undefined && isEmpty(row) && !areAllEmpty(items);
}

/** Looked at once: of ten thousand empty items each would look at all of them. */
const allEmpty = new WeakMap<INodeExecutionData[], boolean>();

function areAllEmpty(items: INodeExecutionData[]): boolean {
	const known = allEmpty.get(items) ?? items.every(isEmpty);
	allEmpty.set(items, known);
	return known;
}

export function emptyRow(context: IExecuteFunctions, itemIndex: number): InputError {
	const row = context.getInputData()[itemIndex]?.json ?? {};
	const cells = ROW_NUMBER in row ? `{ ...$json, ${ROW_NUMBER}: '' }` : '$json';
	return new InputError(
		'The row is empty: no column of it holds anything',
		`Delete the empty rows of the sheet, or put a Filter in front of this step, with the condition that {{ Object.values(${cells}).join('').trim() }} is not empty.`,
	);
}

function isEmpty({ json, binary }: INodeExecutionData): boolean {
	return (
		binary === undefined &&
		Object.entries(json).every(([column, cell]) => column === ROW_NUMBER || isEmptyCell(cell))
	);
}

/** As the Filter sees it that the error advises. */
function isEmptyCell(cell: unknown): boolean {
	return cell === undefined || cell === null || (typeof cell === 'string' && cell.trim() === '');
}

function readsItemOnly(parameters: unknown): boolean {
	const expressions = expressionsIn([], parameters);
	return (
		expressions.some(({ text }) => READS_THE_ITEM.test(text)) &&
		!expressions.some(({ text }) => READS_ANOTHER_STEP.test(text))
	);
}
