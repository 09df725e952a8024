import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { CallFailure } from './callFailure';
import type { HttpCall, HttpReply } from './contract';
import { readJsonField } from './exactJson';
import { InputError } from './inputError';
import { shown } from './money';
import { readCredentials, type ProviderNode } from './providerNode';
import { sendCall, type SendOptions } from './sendCall';

const DEFAULT_REQUESTS_IN_PARALLEL = 5;
const MOST_REQUESTS_IN_PARALLEL = 50;

/** One input item and what an operation needs to work on it. */
export interface Row<Credentials> {
	itemIndex: number;
	context: IExecuteFunctions;
	credentials: Credentials;
	/** The value of a parameter for this item, text trimmed; '' if the field is empty. */
	text(parameter: string): string;
	value(parameter: string, fallback?: unknown): unknown;
	/** The fields of a collection parameter that are filled in, texts trimmed. */
	collection(parameter: string): IDataObject;
	/** A JSON field: parsed, undefined if empty. */
	json(parameter: string, displayName: string): unknown;
	send(call: HttpCall, options?: SendOptions): Promise<HttpReply>;
	/**
	 * Makes something at the provider, at most once: what this execution, node, run and item has made already is returned when
	 * n8n's Retry On Fail runs the whole node again. A reference that an earlier row of this run has used is refused.
	 */
	make(reference: string | null, send: () => Promise<IDataObject>): Promise<IDataObject>;
	/** The reference that `make` was called with, for errors. */
	reference(): string | null;
}

export type Operation<Credentials> = (row: Row<Credentials>) => Promise<IDataObject | IDataObject[] | INodeExecutionData>;

interface Made {
	reference: string | null;
	/** What was made, or why nobody knows whether it was. */
	result: { output: IDataObject } | { failure: CallFailure };
}

/**
 * What nodes with Retry On Fail have made, by execution, node, run and item. Only this process knows it, and only a retry of the
 * same execution asks for it, seconds later; the oldest entries make room.
 */
const madeBefore = new Map<string, Made>();
const MOST_MADE_REMEMBERED = 20_000;

/**
 * Runs the operation that the node's `Resource` and `Operation` name on every input item: at most `Requests in Parallel` at a
 * time, results in the order of the items, each paired with its item. With "Continue" a failed item becomes `{ error }` in the
 * shape that reaches the error output; with "Stop" the error says what had been made before.
 */
export async function eachItem<Credentials, Order>(
	context: IExecuteFunctions,
	provider: ProviderNode<Credentials, Order>,
	operations: Record<string, Record<string, Operation<Credentials>>>,
): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	if (items.length === 0) return [[]];
	const resource = context.getNodeParameter('resource', 0);
	const operationName = context.getNodeParameter('operation', 0);
	const operation = operations[resource]?.[operationName];
	if (!operation) {
		throw new NodeOperationError(context.getNode(), `There is no operation '${operationName}' for '${resource}'`, { description: 'Open the node and choose the operation again.' });
	}
	const credentials = await readCredentials<Credentials>(context, provider.credentialName);
	const stopped = context.getExecutionCancelSignal();
	const references = new Map<string, number>();
	const results: INodeExecutionData[][] = [];
	const made: Array<{ itemIndex: number; reference: string | null }> = [];
	let firstFailure: { error: unknown; itemIndex: number } | undefined;

	const work = async (itemIndex: number): Promise<void> => {
		const row = rowOf(context, provider, credentials, itemIndex, { references, made, stopped });
		try {
			// Reading the row and noting its reference happen before the first await, so in the order of the items.
			const output = await operation(row);
			results[itemIndex] = paired(output, itemIndex);
		} catch (error) {
			const nodeError = asNodeError(context, error, itemIndex, row.reference());
			if (context.continueOnFail() && !stopped?.aborted) {
				const json = { error: [nodeError.message, nodeError.description].filter(Boolean).join('. ') };
				results[itemIndex] = [{ json, error: nodeError, pairedItem: { item: itemIndex } }];
			} else {
				firstFailure ??= { error: nodeError, itemIndex };
			}
		}
	};

	let next = 0;
	const worker = async (): Promise<void> => {
		while (next < items.length && !firstFailure && !stopped?.aborted) await work(next++);
	};
	await Promise.all(Array.from({ length: Math.min(requestsInParallel(context), items.length) }, worker));
	if (firstFailure) throw withWhatWasMade(firstFailure.error, made, items.length);
	return [results.flat()];
}

function requestsInParallel(context: IExecuteFunctions): number {
	const { requestsInParallel: chosen } = context.getNodeParameter('options', 0, {}) as { requestsInParallel?: number };
	return Math.max(1, Math.min(MOST_REQUESTS_IN_PARALLEL, Math.trunc(chosen ?? DEFAULT_REQUESTS_IN_PARALLEL) || DEFAULT_REQUESTS_IN_PARALLEL));
}

function paired(output: IDataObject | IDataObject[] | INodeExecutionData, itemIndex: number): INodeExecutionData[] {
	const pairedItem = { item: itemIndex };
	if (Array.isArray(output)) return output.map((json) => ({ json, pairedItem }));
	return isFile(output) ? [{ ...output, pairedItem }] : [{ json: output, pairedItem }];
}

function isFile(output: IDataObject | INodeExecutionData): output is INodeExecutionData {
	return output.binary !== undefined && output.json !== undefined;
}

function rowOf<Credentials, Order>(
	context: IExecuteFunctions,
	provider: ProviderNode<Credentials, Order>,
	credentials: Credentials,
	itemIndex: number,
	run: { references: Map<string, number>; made: Array<{ itemIndex: number; reference: string | null }>; stopped?: AbortSignal },
): Row<Credentials> {
	const value = (parameter: string, fallback?: unknown): unknown => context.getNodeParameter(parameter, itemIndex, fallback);
	const trim = (entry: unknown) => (typeof entry === 'string' ? entry.trim() : entry);
	let ownReference: string | null = null;
	return {
		reference: () => ownReference,
		itemIndex,
		context,
		credentials,
		value,
		text(parameter) {
			const entry = value(parameter, '');
			return typeof entry === 'string' ? entry.trim() : typeof entry === 'number' || typeof entry === 'bigint' ? String(entry) : '';
		},
		collection(parameter) {
			const entries = Object.entries(value(parameter, {}) as IDataObject).map(([name, entry]) => [name, trim(entry)] as const);
			return Object.fromEntries(entries.filter(([, entry]) => entry !== '' && entry !== undefined && entry !== null)) as IDataObject;
		},
		json: (parameter, displayName) => readJsonField(value(parameter, ''), displayName),
		send: async (call, options) => await sendCall(context, provider, credentials, call, { stopped: run.stopped, ...options }),
		async make(reference, send) {
			const key = retryKey(context, itemIndex);
			const before = key === undefined ? undefined : madeBefore.get(key);
			const earlierRow = reference === null ? undefined : run.references.get(reference);
			if (earlierRow !== undefined) {
				throw new InputError(`'Reference' ${shown(reference ?? '')} was already used by item ${earlierRow} of this run, so nothing was sent`, 'Give each row a reference of its own, or remove the repeated row.');
			}
			ownReference = reference;
			if (reference !== null) run.references.set(reference, itemIndex);
			if (before) {
				if ('failure' in before.result) throw before.result.failure;
				run.made.push({ itemIndex, reference: before.reference });
				return before.result.output;
			}
			const outcome = await send().then(
				(output) => ({ output }),
				(error: unknown) => ({ error }),
			);
			if ('error' in outcome) {
				// Repeating the node must not repeat blindly what may have been made.
				if (key !== undefined && outcome.error instanceof CallFailure && outcome.error.mayHaveArrived) remember(key, { reference, result: { failure: outcome.error } });
				throw outcome.error;
			}
			run.made.push({ itemIndex, reference });
			if (key !== undefined) remember(key, { reference, result: outcome });
			return outcome.output;
		},
	};
}

function remember(key: string, made: Made): void {
	madeBefore.set(key, made);
	const oldest = madeBefore.keys().next();
	if (madeBefore.size > MOST_MADE_REMEMBERED && !oldest.done) madeBefore.delete(oldest.value);
}

/** Undefined where nothing repeats the node. */
function retryKey(context: IExecuteFunctions, itemIndex: number): string | undefined {
	const node = context.getNode();
	const executionId = context.getExecutionId();
	if (!node.retryOnFail || !executionId) return undefined;
	const runIndex = context.evaluateExpression('{{ $runIndex }}', itemIndex) as number;
	return [executionId, node.id, runIndex, itemIndex].join(':');
}

/** n8n's error classes, with the item; what is ours says what to do, what is unexpected says that it is. */
export function asNodeError(context: IExecuteFunctions, error: unknown, itemIndex: number, reference: string | null = null): NodeApiError | NodeOperationError {
	const node = context.getNode();
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	const message = `${error instanceof Error ? error.message : 'Something unexpected happened'} [item ${itemIndex}${reference === null ? '' : `, reference ${shown(reference)}`}]`;
	if (error instanceof CallFailure) {
		const httpCode = error.httpStatus === undefined ? undefined : String(error.httpStatus);
		return new NodeApiError(node, { message: error.message }, { message, description: error.advice, itemIndex, ...(httpCode ? { httpCode } : {}) });
	}
	const description = error instanceof InputError ? error.advice : 'This is unexpected. Please report it with the steps that lead to it.';
	return new NodeOperationError(node, message, { itemIndex, description });
}

/** With "Stop" the rows that were made are lost from the output; the error is the only place left to say which they are. */
function withWhatWasMade(error: unknown, made: Array<{ itemIndex: number; reference: string | null }>, rows: number): unknown {
	if (rows === 1 || !(error instanceof NodeApiError || error instanceof NodeOperationError)) return error;
	const list = [...made].sort((left, right) => left.itemIndex - right.itemIndex).map(({ itemIndex, reference }) => reference ?? `item ${itemIndex}`);
	const named = list.length > 50 ? `${list.slice(0, 50).join(', ')} and ${list.length - 50} more` : list.join(', ');
	const before =
		list.length === 0
			? 'Nothing had been made before.'
			: `${list.length} of ${rows} rows had been made before: ${named}. Do not run those again; set 'On Error' to Continue to keep what is made.`;
	error.description = [error.description, before].filter(Boolean).join(' ');
	return error;
}
