import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError, sleep, type NodeApiError } from 'n8n-workflow';
import { CallFailure } from '../core/callFailure';
import { isToolExecution, readCredentials, type ProviderNode } from '../providerNode';
import { asNodeError } from './nodeError';
import { withWhatWasMade } from './stopReport';
import type { Operations, RowOutput } from './operation';
import { readerOf } from './rowReader';
import { senderOf } from './rowSender';
import { beginRun, endRun, mayGoOn, type Run } from './run';

const DEFAULT_REQUESTS_IN_PARALLEL = 5;
const MOST_REQUESTS_IN_PARALLEL = 50;

/**
 * Runs the operation that the node's `Resource` and `Operation` name on every input item: at most
 * `Requests in Parallel` at a time, results in the order of the items, each paired with its item.
 * With "Continue" a failed item becomes `{ error }` in the shape that reaches the error output;
 * with "Stop" the error says what had been made before.
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
	if ('error' in prepared) {
		if (!context.continueOnFail()) throw asNodeError(context, prepared.error, 0);
		return [
			items.map((_, itemIndex) =>
				failed(asNodeError(context, prepared.error, itemIndex), itemIndex),
			),
		];
	}
	const { operation, credentials, parallel } = prepared;
	const run = beginRun(context);
	const results = run.stopped?.aborted ? resultsOfStoppedTry(context, run) : [];
	const work = async (itemIndex: number): Promise<void> => {
		const row = readerOf(context, run, itemIndex);
		try {
			// Reading the row and noting its reference happen before the first await, so in the order of
			// the items.
			const order = operation.read(row, credentials);
			const sender = senderOf({ context, provider, credentials, run }, itemIndex);
			results[itemIndex] = paired(await operation.send(order, sender), itemIndex);
		} catch (error) {
			if (run.stopped?.aborted && !isWorthTelling(context, error)) return;
			const nodeError = asNodeError(context, error, itemIndex, row.reference());
			if (context.continueOnFail()) results[itemIndex] = [failed(nodeError, itemIndex)];
			else run.failure ??= { error: nodeError, itemIndex };
		}
	};
	await inParallel(items.length, parallel, run, work);
	const output = results.flat();
	endRun(run, output);
	const failure = failureOf(context, run);
	if (failure) throw withWhatWasMade(failure, run, items.length);
	return [output];
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
				? [failed(asNodeError(context, result.failure, index, reference), index)]
				: paired(result.output as IDataObject, index);
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

/**
 * Starts the rows in the order of the items, `parallel` at a time, as long as the run may go on.
 */
async function inParallel(
	rows: number,
	parallel: number,
	run: Run,
	work: (itemIndex: number) => Promise<void>,
): Promise<void> {
	let next = 0;
	const hasNext = () => next < rows && mayGoOn(run);
	let mayBegin = Promise.resolve();
	const worker = async (): Promise<void> => {
		while (hasNext()) {
			const previousStarted = mayBegin;
			let letNextBegin = () => {};
			mayBegin = new Promise((resolve) => (letNextBegin = resolve));
			await previousStarted;
			const row = hasNext() ? work(next++) : undefined;
			// One row starts per tick; otherwise n8n prepares all parallel requests before it sends the
			// first.
			void sleep(0).then(letNextBegin);
			await row;
		}
	};
	await Promise.all(Array.from({ length: Math.min(parallel, rows) }, worker));
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

/**
 * A failed row. Only a text, and no `error` beside `json`: n8n then merges the row's own fields
 * into it at the error output, and keeps the advice; an `error` it turns into its bare message,
 * after the merging.
 */
function failed(error: NodeApiError | NodeOperationError, itemIndex: number): INodeExecutionData {
	return {
		json: { error: [error.message, error.description].filter(Boolean).join('. ') },
		pairedItem: { item: itemIndex },
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
