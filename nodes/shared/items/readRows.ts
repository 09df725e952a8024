import { sleep, type IExecuteFunctions } from 'n8n-workflow';
import { ADVICE_ON_FORMULA_ERROR, isFormulaError } from '../core/formulaError';
import { InputError } from '../core/inputError';
import { quote } from '../core/quote';
import { ADVICE_ON_ENCODING, hasLostLetters } from './columnAdvice';
import { batchesOf, isOfEarlierBatch } from './earlierBatches';
import { refuseEmptyRow } from './emptyRow';
import type { NamedReference, Operation } from './operation';
import { readerOf } from './rowReader';
import type { Run } from './run';
import { expressionsIn } from './savedExpressions';

/** A row that can be sent. */
export interface ReadRow {
	order: unknown;
	/** The merchant's own number of what it makes. */
	reference: string | null;
}

/** What every row of a run is read with. */
export interface Reading<Credentials> {
	context: IExecuteFunctions;
	run: Run;
	operation: Operation<Credentials>;
	credentials: Credentials;
}

/**
 * Half of the 20 milliseconds after which others have their turn: one row more may take a while,
 * too.
 */
const MILLISECONDS_WITHOUT_PAUSE = 10;

/**
 * Does something with each row, in the order of the items. Lets n8n do other things in between, such
 * as answering callbacks, and ends when the user stops the execution.
 */
export async function visitRows(
	rows: number,
	{ stopped }: Pick<Run, 'stopped'>,
	visit: (itemIndex: number) => void,
): Promise<void> {
	let pausedAt = performance.now();
	for (let itemIndex = 0; itemIndex < rows; itemIndex++) {
		if (performance.now() - pausedAt >= MILLISECONDS_WITHOUT_PAUSE) {
			await sleep(0);
			pausedAt = performance.now();
		}
		if (stopped?.aborted) return;
		visit(itemIndex);
	}
}

/**
 * Reads a row, and takes its reference for it.
 *
 * @throws whatever is wrong with the row; its reference is then left to the rows behind it
 */
export function readRow<Credentials>(
	{ context, run, operation, credentials }: Reading<Credentials>,
	itemIndex: number,
): ReadRow {
	refuseEmptyRow(context, run, itemIndex);
	const order = operation.read(readerOf(context, run, itemIndex), credentials);
	operation.check?.(order, context);
	const named = operation.named?.(order);
	if (named !== undefined) takeReference(context, run, itemIndex, named);
	return { order, reference: named?.reference ?? null };
}

/** Reads a row once more. What it is called may have changed since. */
export function readRowAgain<Credentials>(
	reading: Reading<Credentials>,
	itemIndex: number,
	{ reference }: ReadRow,
): ReadRow {
	if (reference !== null) reading.run.references.delete(reference);
	return readRow(reading, itemIndex);
}

/** @throws InputError when an earlier row of the run or of another batch has it, or it is damaged or no reference */
function takeReference(
	context: IExecuteFunctions,
	run: Run,
	itemIndex: number,
	{ reference, field }: NamedReference,
): void {
	if (reference === null) return;
	if (hasLostLetters(reference))
		throw new InputError(
			`'${field}' ${quote(reference)} holds letters that were lost when its file was read`,
			ADVICE_ON_ENCODING,
		);
	if (isFormulaError(reference))
		throw new InputError(`'${field}' is ${quote(reference)}`, ADVICE_ON_FORMULA_ERROR);
	const earlierRow = run.references.get(reference);
	if (earlierRow !== undefined) {
		throw new InputError(
			`'${field}' ${quote(reference)} was already used by item ${earlierRow} of this run, so nothing was sent`,
			'Give each row a reference of its own, or remove the repeated row.',
		);
	}
	if (run.batches === undefined) run.batches = batchesOf(context);
	if (run.batches !== null && isOfEarlierBatch(run.batches, reference)) {
		throw new InputError(
			`'${field}' ${quote(reference)} was already used by an earlier batch of this execution, so nothing was sent`,
			'Give each row a reference of its own, or remove the repeated row. For a new checkout of the same order, add to its reference which one it is, such as -2.',
		);
	}
	run.references.set(reference, itemIndex);
}

/** What n8n's expressions and plain JavaScript call the current time and chance. */
const TIME_OR_CHANCE = /\$now|\$today|\bDateTime\b|\bDate\b|\bMath\.random\b/;

/**
 * Whether an expression of the node gives another value later on: in a long run the last row is sent
 * half an hour after it was read.
 */
export function mentionsTheTime(saved: unknown): boolean {
	return expressionsIn([], saved).some(({ text }) => TIME_OR_CHANCE.test(text));
}
