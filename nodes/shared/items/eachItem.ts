import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError, sleep } from 'n8n-workflow';
import { CallFailure } from '../core/callFailure';
import { isToolExecution, readCredentials, type ProviderNode } from '../providerNode';
import { rememberBatch } from './earlierBatches';
import { failedItem, type FailedRow } from './failedItem';
import { asNodeError } from './nodeError';
import { failureOfReading, logAfterStop, noteUnreadable, withWhatWasMade } from './stopReport';
import type { Operations, RowOutput } from './operation';
import {
	mentionsTheTime,
	readRow,
	readRowAgain,
	visitRows,
	type Reading,
	type ReadRow,
} from './readRows';
import { readerOf } from './rowReader';
import { senderOf, type RowSource } from './rowSender';
import { beginRun, endRun, mayGoOn, type Run } from './run';

const DEFAULT_REQUESTS_IN_PARALLEL = 5;
const MOST_REQUESTS_IN_PARALLEL = 50;

/**
 * Rows begin one behind the other for so long; then n8n has its turn to send what it has prepared.
 * After each row would cost a third of the row's processor time.
 */
const MILLISECONDS_OF_BEGINNING = 5;

/** What the rows of a run are read and sent with, and what has come of them. */
interface Work<Credentials> extends Reading<Credentials>, RowSource<Credentials> {
	/** Of each item. */
	results: INodeExecutionData[][];
	/** Each row is read again right before it is sent. */
	readsAgain: boolean;
}

/**
 * Runs the operation that the node's `Resource` and `Operation` name on every input item: reads all
 * of them, then sends at most `Requests in Parallel` at a time; results in the order of the items,
 * each paired with its item. With "Continue" a failed item leaves as an error (`failedItem`). With
 * "Stop" nothing is sent where any row cannot be, and the error says what had been made before.
 */
export async function eachItem<Credentials>(
	context: IExecuteFunctions,
	provider: ProviderNode<Credentials>,
	operations: Operations<Credentials>,
): Promise<INodeExecutionData[][]> {
	const given = context.getInputData();
	// n8n's older agents give a tool no items, only the parameters that the agent filled in.
	const items = given.length === 0 && isToolExecution(context) ? [{ json: {} }] : given;
	if (items.length === 0) return [[]];
	const prepared = await prepare(context, provider, operations).catch((error: unknown) => ({
		error,
	}));
	if ('error' in prepared) return await failAll(context, items.length, prepared.error);
	const { operation, credentials, parallel } = prepared;
	const run = beginRun(context);
	const results = run.stopped?.aborted ? resultsOfStoppedTry(context, run) : [];
	const readsAgain = mentionsTheTime(run.parameters);
	const work = { context, provider, credentials, operation, run, results, readsAgain };
	const rows = await readAll(work, items.length);
	await inParallel([...rows.keys()], parallel, run, async (itemIndex) => {
		const row = rows.get(itemIndex) as ReadRow;
		// It takes its memory until it is sent, and no longer.
		rows.delete(itemIndex);
		await sendRow(work, itemIndex, row);
	});
	const output = results.flat();
	endRun(run, output);
	rememberBatch(context, run);
	logAfterStop(context, run, items.length);
	const failure = failureOf(context, run);
	if (failure) throw withWhatWasMade(failure, run, items.length);
	return [output];
}

/** What no row can be sent without is missing. */
async function failAll(
	context: IExecuteFunctions,
	rows: number,
	error: unknown,
): Promise<INodeExecutionData[][]> {
	if (!context.continueOnFail()) throw asNodeError(context, error, 0);
	const run = beginRun(context);
	const failed: INodeExecutionData[] = [];
	await visitRows(rows, run, (itemIndex) => {
		const reference = readerOf(context, run, itemIndex).reference();
		failed.push(
			failedItem(context, {
				error: asNodeError(context, error, itemIndex, reference),
				itemIndex,
				reference,
			}),
		);
	});
	return [failed];
}

/** @returns the rows that can be sent, by their items */
async function readAll<Credentials>(
	work: Work<Credentials>,
	count: number,
): Promise<Map<number, ReadRow>> {
	const { context, run, results, readsAgain } = work;
	const rows = new Map<number, ReadRow>();
	await visitRows(count, run, (itemIndex) => {
		try {
			const { order, reference } = readRow(work, itemIndex);
			rows.set(itemIndex, { order: readsAgain ? undefined : order, reference });
		} catch (error) {
			const failed = () => failedRow(work, error, itemIndex);
			if (context.continueOnFail()) results[itemIndex] = [failedItem(context, failed())];
			else noteUnreadable(run, failed);
		}
	});
	run.failure = failureOfReading(context, run, count);
	return rows;
}

async function sendRow<Credentials>(
	work: Work<Credentials>,
	itemIndex: number,
	read: ReadRow,
): Promise<void> {
	const { context, operation, run, results } = work;
	let { reference } = read;
	try {
		const row = work.readsAgain ? readRowAgain(work, itemIndex, read) : read;
		reference = row.reference;
		results[itemIndex] = paired(
			await operation.send(row.order, senderOf(work, itemIndex)),
			itemIndex,
		);
	} catch (error) {
		if (run.stopped?.aborted && !isWorthTelling(context, error)) return;
		const failed = failedRow(work, error, itemIndex, reference);
		if (context.continueOnFail()) results[itemIndex] = [failedItem(context, failed)];
		else run.failure ??= failed;
	}
}

function failedRow<Credentials>(
	{ context, run }: Work<Credentials>,
	error: unknown,
	itemIndex: number,
	known: string | null = null,
): FailedRow {
	const reference = known ?? readerOf(context, run, itemIndex).reference();
	return { error: asNodeError(context, error, itemIndex, reference), itemIndex, reference };
}

/**
 * n8n repeats the node after a stop, too, and what it gives then takes the place of what it gave
 * before.
 */
function resultsOfStoppedTry(context: IExecuteFunctions, run: Run): INodeExecutionData[][] {
	const results: INodeExecutionData[][] = [];
	for (const [index, { reference, result }] of run.before ?? []) {
		results[index] =
			'failure' in result
				? [
						failedItem(context, {
							error: asNodeError(context, result.failure, index, reference),
							itemIndex: index,
							reference,
						}),
					]
				: paired(result.made.output, index);
	}
	return results;
}

/**
 * After a stop: of a row that was on its way the error is all that tells that it may have been
 * made.
 */
function isWorthTelling(context: IExecuteFunctions, error: unknown): boolean {
	return error instanceof CallFailure && error.mayHaveArrived && context.continueOnFail();
}

/** Starts the rows in their order, `parallel` at a time, as long as the run may go on. */
async function inParallel(
	rows: number[],
	parallel: number,
	run: Run,
	work: (itemIndex: number) => Promise<void>,
): Promise<void> {
	let next = 0;
	const hasNext = () => next < rows.length && mayGoOn(run);
	let mayBegin = Promise.resolve();
	let pausedAt = -Infinity;
	const pause = async () => {
		if (performance.now() - pausedAt < MILLISECONDS_OF_BEGINNING) return;
		await sleep(0);
		pausedAt = performance.now();
	};
	const worker = async (): Promise<void> => {
		while (hasNext()) {
			const previousStarted = mayBegin;
			let letNextBegin = () => {};
			mayBegin = new Promise((resolve) => (letNextBegin = resolve));
			await previousStarted;
			const row = hasNext() ? work(rows[next++] as number) : undefined;
			void pause().then(letNextBegin);
			await row;
		}
	};
	await Promise.all(Array.from({ length: Math.min(parallel, rows.length) }, worker));
}

/**
 * Why the node throws; undefined if it does not. n8n knows by the word "canceled" that the user
 * stopped it, and that nothing failed.
 */
function failureOf(context: IExecuteFunctions, run: Run): Run['failure'] {
	if (!run.stopped?.aborted || context.continueOnFail()) return run.failure;
	return {
		error: new NodeOperationError(context.getNode(), 'The execution was canceled'),
		itemIndex: -1,
	};
}

/**
 * What all rows need. Fails them all: n8n would send the input of a node that throws to its success
 * output, as if it were made.
 */
async function prepare<Credentials>(
	context: IExecuteFunctions,
	provider: ProviderNode<Credentials>,
	operations: Operations<Credentials>,
) {
	const resource = context.getNodeParameter('resource', 0);
	const operationName = context.getNodeParameter('operation', 0);
	const ofResource = Object.hasOwn(operations, resource) ? (operations[resource] ?? {}) : {};
	const operation = Object.hasOwn(ofResource, operationName)
		? ofResource[operationName]
		: undefined;
	if (!operation) {
		throw new NodeOperationError(
			context.getNode(),
			`There is no operation '${operationName}' for '${resource}'`,
			{ description: 'Open the node and choose the operation again.' },
		);
	}
	return {
		operation,
		credentials: await readCredentials<Credentials>(context, provider.credentialName),
		parallel: requestsInParallel(context),
	};
}

function requestsInParallel(context: IExecuteFunctions): number {
	const { requestsInParallel: chosen } = context.getNodeParameter('options', 0, {}) as {
		requestsInParallel?: number;
	};
	return Math.max(
		1,
		Math.min(
			MOST_REQUESTS_IN_PARALLEL,
			Math.trunc(chosen ?? DEFAULT_REQUESTS_IN_PARALLEL) || DEFAULT_REQUESTS_IN_PARALLEL,
		),
	);
}

function paired(output: RowOutput, itemIndex: number): INodeExecutionData[] {
	const pairedItem = { item: itemIndex };
	if (Array.isArray(output)) return output.map((json) => ({ json, pairedItem }));
	return isFile(output) ? [{ ...output, pairedItem }] : [{ json: output, pairedItem }];
}

function isFile(output: IDataObject | INodeExecutionData): output is INodeExecutionData {
	return output.binary !== undefined && output.json !== undefined;
}
