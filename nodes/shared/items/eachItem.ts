import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeParameters,
} from 'n8n-workflow';
import { NodeApiError, NodeOperationError, sleep } from 'n8n-workflow';
import { CallFailure } from '../core/callFailure';
import type { HttpCall, HttpReply } from '../core/contract';
import { readJsonField } from '../core/exactJson';
import { InputError } from '../core/inputError';
import { dropResults, keepResults, resultsOfEarlierTries, type CreatedRow } from './retryMemory';
import { quote } from '../core/money';
import { isToolExecution, readCredentials, type ProviderNode } from '../providerNode';
import { readChoice } from '../core/readChoice';
import { readText } from '../core/readText';
import { sendCall, type SendOptions } from '../requests/sendCall';

const DEFAULT_REQUESTS_IN_PARALLEL = 5;
const MOST_REQUESTS_IN_PARALLEL = 50;
/** In an error, where all the user can do is to look each of them up. */
const MOST_ROWS_NAMED = 1_000;

/** In every error about a row that is in doubt, so that a workflow can tell it from one that was certainly not made (docs/rows.md). */
const IN_DOUBT = 'It may have been made';

/** One input item and what an operation needs to work on it. */
export interface Row<Credentials> {
	itemIndex: number;
	context: IExecuteFunctions;
	credentials: Credentials;
	/**
	 * The value of a parameter for this item, text trimmed; '' if the field is empty.
	 *
	 * @param field display name, where it is not that of the parameter
	 * @throws InputError when it is no text, or a number that has lost digits (`readText`)
	 */
	text(parameter: string, field?: string): string;
	/**
	 * The value of an options field; the first choice where this operation has no such field.
	 *
	 * @param field display name, where it is not that of the parameter
	 * @throws InputError when an expression has filled it with none of the choices
	 */
	choice<Value extends string>(
		parameter: string,
		choices: readonly [Value, ...Value[]],
		field?: string,
	): Value;
	value(parameter: string, fallback?: unknown): unknown;
	/** The fields of a collection parameter that are filled in, texts trimmed. What shall be a text is read with `readText`. */
	collection(parameter: string): IDataObject;
	/** A JSON field: parsed, undefined if empty. */
	json(parameter: string, displayName: string): unknown;
	send(call: HttpCall, options?: SendOptions): Promise<HttpReply>;
	/**
	 * Makes something at the provider, at most once: what this execution, node, run and item has made already is returned when
	 * n8n's Retry On Fail runs the whole node again. A reference that an earlier row of this run has used is refused.
	 *
	 * @param field display name of the reference, where it is not `Reference`
	 */
	make(
		reference: string | null,
		send: () => Promise<IDataObject>,
		field?: string,
	): Promise<IDataObject>;
	/** The `Reference` field, for errors; null if it is empty or there is none. */
	reference(): string | null;
}

export type Operation<Credentials> = (
	row: Row<Credentials>,
) => Promise<IDataObject | IDataObject[] | INodeExecutionData>;

/** A row as errors name it. */
interface RowName {
	itemIndex: number;
	reference: string | null;
}

/** What the rows of one run of the node share. */
interface Run {
	references: Map<string, number>;
	made: RowName[];
	/** Rows of which nobody knows whether they were made. */
	inDoubt: RowName[];
	/** What earlier tries of this run have made; undefined where nothing repeats the node. */
	before?: Map<number, CreatedRow>;
	stopped?: AbortSignal;
	/**
	 * The latest row to end got no answer whatever, for all its attempts. The rows behind it are then tried once each: a thousand
	 * rows would otherwise take an hour to find out that nobody is there.
	 */
	isSilent: boolean;
	/** The node's parameters as they are saved, expressions not evaluated. */
	parameters: INodeParameters;
	/** The values that are the same for all rows: n8n takes its time for each, a fifth of a row's in all. */
	fixed: Map<string, unknown>;
}

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
	const stopped = context.getExecutionCancelSignal();
	const runKey = retryKey(context);
	const before = runKey === undefined ? undefined : resultsOfEarlierTries(runKey);
	const results: INodeExecutionData[][] = [];
	// n8n repeats the node after a stop, too, and what it gives then takes the place of what it gave before.
	if (stopped?.aborted) {
		for (const [index, { reference, result }] of before ?? [])
			results[index] =
				'failure' in result
					? [failed(asNodeError(context, result.failure, index, reference), index)]
					: paired(result.output as IDataObject, index);
	}
	let firstFailure: { error: NodeApiError | NodeOperationError; itemIndex: number } | undefined;
	const run: Run = {
		references: new Map(),
		made: [],
		inDoubt: [],
		isSilent: false,
		parameters: context.getNode().parameters,
		fixed: new Map(),
		...(before ? { before } : {}),
		...(stopped ? { stopped } : {}),
	};

	const work = async (itemIndex: number): Promise<void> => {
		const row = rowOf(context, provider, credentials, itemIndex, run);
		try {
			// Reading the row and noting its reference happen before the first await, so in the order of the items.
			const output = await operation(row);
			results[itemIndex] = paired(output, itemIndex);
		} catch (error) {
			// Of a row that was on its way the error is all that tells that it may have been made.
			if (
				stopped?.aborted &&
				!(error instanceof CallFailure && error.mayHaveArrived && context.continueOnFail())
			)
				return;
			const nodeError = asNodeError(context, error, itemIndex, row.reference());
			if (context.continueOnFail()) {
				results[itemIndex] = [failed(nodeError, itemIndex)];
			} else {
				firstFailure ??= { error: nodeError, itemIndex };
			}
		}
	};

	let next = 0;
	const hasNext = () => next < items.length && !firstFailure && !stopped?.aborted;
	let mayBegin = Promise.resolve();
	const worker = async (): Promise<void> => {
		while (hasNext()) {
			const before = mayBegin;
			let letNextBegin = () => {};
			mayBegin = new Promise((resolve) => (letNextBegin = resolve));
			await before;
			const row = hasNext() ? work(next++) : undefined;
			// Rows that begin together wait for each other's preparation before n8n sends the first of them, and so all along the sheet.
			void sleep(0).then(letNextBegin);
			await row;
		}
	};
	await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, worker));
	const output = results.flat();
	if (runKey !== undefined && before) {
		if (stopped?.aborted || firstFailure || isRepeated(output)) keepResults(runKey, before);
		else dropResults(runKey);
	}
	if (stopped?.aborted && !context.continueOnFail()) {
		// n8n knows by this word that the user stopped it, and that nothing failed.
		throw withWhatWasMade(
			{
				error: new NodeOperationError(context.getNode(), 'The execution was canceled'),
				itemIndex: -1,
			},
			run,
			items.length,
		);
	}
	if (firstFailure) throw withWhatWasMade(firstFailure, run, items.length);
	return [output];
}

/** What all rows need. Fails them all: n8n would send the input of a node that throws to its success output, as if it were made. */
async function prepare<Credentials, Order>(
	context: IExecuteFunctions,
	provider: ProviderNode<Credentials, Order>,
	operations: Record<string, Record<string, Operation<Credentials>>>,
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
 * A failed row. Only a text, and no `error` beside `json`: n8n then merges the row's own fields into it at the error output, and
 * keeps the advice; an `error` it turns into its bare message, after the merging.
 */
function failed(error: NodeApiError | NodeOperationError, itemIndex: number): INodeExecutionData {
	return {
		json: { error: [error.message, error.description].filter(Boolean).join('. ') },
		pairedItem: { item: itemIndex },
	};
}

/** n8n's own test: with Retry On Fail it repeats the whole node when the first item that left it has an error. */
function isRepeated(output: INodeExecutionData[]): boolean {
	const error = output[0]?.json.error;
	return error !== undefined && error !== null && error !== false;
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

function paired(
	output: IDataObject | IDataObject[] | INodeExecutionData,
	itemIndex: number,
): INodeExecutionData[] {
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
	run: Run,
): Row<Credentials> {
	const value = (parameter: string, fallback?: unknown): unknown => {
		if (run.fixed.has(parameter)) return run.fixed.get(parameter);
		const entry: unknown = context.getNodeParameter(parameter, itemIndex, fallback);
		if (isFixed(run.parameters[parameter])) run.fixed.set(parameter, entry);
		return entry;
	};
	const trim = (entry: unknown) => (typeof entry === 'string' ? entry.trim() : entry);
	let accepted: HttpCall | undefined;
	const row: Row<Credentials> = {
		reference: () => {
			try {
				return row.text('reference') || null;
			} catch {
				// Its expression is what went wrong.
				return null;
			}
		},
		itemIndex,
		context,
		credentials,
		value,
		text(parameter, field = labelOf(parameter)) {
			return readText(value(parameter, ''), field);
		},
		choice(parameter, choices, field = labelOf(parameter)) {
			if (!(parameter in run.parameters)) return choices[0];
			return readChoice(row.text(parameter, field), field, choices);
		},
		collection(parameter) {
			const entries = Object.entries(value(parameter, {}) as IDataObject).map(
				([name, entry]) => [name, trim(entry)] as const,
			);
			return Object.fromEntries(
				entries.filter(([, entry]) => entry !== '' && entry !== undefined && entry !== null),
			) as IDataObject;
		},
		json: (parameter, displayName) => readJsonField(value(parameter, ''), displayName),
		async send(call, options) {
			const reply = await sendCall(context, provider, credentials, call, {
				stopped: run.stopped,
				...(run.isSilent ? { maximumAttempts: 1 } : {}),
				...options,
			}).catch((error: unknown) => {
				if (error instanceof CallFailure) run.isSilent = error.httpStatus === undefined;
				throw error;
			});
			run.isSilent = false;
			if (call.retry !== 'idempotent') accepted = call;
			return reply;
		},
		async make(reference, send, field = 'Reference') {
			const earlierRow = reference === null ? undefined : run.references.get(reference);
			if (earlierRow !== undefined) {
				throw new InputError(
					`'${field}' ${quote(reference ?? '')} was already used by item ${earlierRow} of this run, so nothing was sent`,
					'Give each row a reference of its own, or remove the repeated row.',
				);
			}
			if (reference !== null) run.references.set(reference, itemIndex);
			const before = run.before?.get(itemIndex);
			// Another reference is another order, whatever item it has.
			const result =
				before?.reference === reference ? before.result : await tryCreate(send, () => accepted);
			if ('error' in result) throw result.error;
			run.before?.set(itemIndex, { reference, result });
			if ('failure' in result) {
				run.inDoubt.push({ itemIndex, reference });
				throw result.failure;
			}
			run.made.push({ itemIndex, reference });
			return result.output as IDataObject;
		},
	};
	return row;
}

/** `checkoutId` → `Checkout ID`, as the forms write it. */
function labelOf(parameter: string): string {
	const words = parameter
		.replace(/([A-Z])/g, ' $1')
		.replace(/\bId\b/g, 'ID')
		.replace(/\bIp\b/g, 'IP')
		.replace(/\bUrl\b/g, 'URL');
	return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Whether a saved value is no expression. Lists and objects may hold some further down. */
function isFixed(saved: unknown): boolean {
	return (
		typeof saved === 'number' ||
		typeof saved === 'boolean' ||
		(typeof saved === 'string' && !saved.startsWith('='))
	);
}

/** Tells apart what was made, what may have been made (and must not be repeated blindly when the node is), and what was not. */
async function tryCreate(
	send: () => Promise<IDataObject>,
	accepted: () => HttpCall | undefined,
): Promise<CreatedRow['result'] | { error: unknown }> {
	try {
		return { output: await send() };
	} catch (error) {
		if (error instanceof CallFailure) return error.mayHaveArrived ? { failure: error } : { error };
		const call = accepted();
		if (!call) return { error };
		const what = error instanceof Error ? error.message : 'The answer could not be read';
		const advice = [
			error instanceof InputError ? error.advice : '',
			`${IN_DOUBT} nevertheless: the provider had accepted it.`,
			call.howToFindOut ?? '',
		];
		return {
			failure: new CallFailure(what, {
				advice: advice.filter(Boolean).join(' '),
				mayHaveArrived: true,
			}),
		};
	}
}

/** What stays the same when n8n repeats this run of the node; undefined where nothing repeats it. */
function retryKey(context: IExecuteFunctions): string | undefined {
	const node = context.getNode();
	const executionId = context.getExecutionId();
	if (!node.retryOnFail || !executionId) return undefined;
	// n8n counts each try of a tool as a run of its own (n8n-core 2.41.1, get-input-connection-data.js); what the agent asks for stays.
	const run = isToolExecution(context)
		? JSON.stringify(Object.keys(node.parameters).map((name) => context.getNodeParameter(name, 0)))
		: (context.evaluateExpression('{{ $runIndex }}', 0) as number);
	return [executionId, node.id, run].join(':');
}

/** n8n's error classes, with the item; what is ours says what to do, what is unexpected says that it is. */
export function asNodeError(
	context: IExecuteFunctions,
	error: unknown,
	itemIndex: number,
	reference: string | null = null,
): NodeApiError | NodeOperationError {
	const node = context.getNode();
	if (error instanceof NodeApiError || error instanceof NodeOperationError) {
		// n8n's own, such as that of a credential that was never chosen, say what is wrong only.
		error.description ??= adviceOn(error);
		return error;
	}
	// The whole reference, for the provider's search field; providers allow far shorter ones.
	const row = `item ${itemIndex}${reference === null ? '' : `, reference "${reference.slice(0, 200)}"`}`;
	const message = `${error instanceof Error ? error.message : 'Something unexpected happened'} [${row}]`;
	const nodeError =
		error instanceof CallFailure
			? new NodeApiError(
					node,
					{ message: error.message },
					{
						message,
						description: adviceOn(error),
						itemIndex,
						...(error.httpStatus === undefined ? {} : { httpCode: String(error.httpStatus) }),
					},
				)
			: new NodeOperationError(node, message, { itemIndex, description: adviceOn(error) });
	// n8n puts words of its own in place of a message that holds a name such as ECONNRESET or, in "preexisting", EEXIST.
	nodeError.message = message;
	return nodeError;
}

function adviceOn(error: unknown): string {
	if (error instanceof InputError) return error.advice;
	if (error instanceof CallFailure)
		return error.mayHaveArrived && !error.advice.includes('may have been made')
			? `${IN_DOUBT} nevertheless. ${error.advice}`
			: error.advice;
	return isOurMistake(error)
		? 'This is unexpected. Please report it with the steps that lead to it.'
		: "Correct the node's settings, its expressions or its credential.";
}

/** n8n's errors, such as those of expressions and missing credentials, are classes of their own. */
function isOurMistake(error: unknown): boolean {
	return (
		!(error instanceof Error) ||
		[Error, TypeError, RangeError, ReferenceError, SyntaxError].some(
			(kind) => Object.getPrototypeOf(error) === kind.prototype,
		)
	);
}

/** With "Stop" the rows that were made are lost from the output; the error is the only place left to say which they are. */
function withWhatWasMade(
	{ error, itemIndex }: { error: NodeApiError | NodeOperationError; itemIndex: number },
	run: Run,
	rows: number,
): unknown {
	if (rows === 1) return error;
	// A retry that stops early has not come to all that an earlier try made.
	const before = [...(run.before ?? [])].map(([index, { reference, result }]) => ({
		itemIndex: index,
		reference,
		inDoubt: 'failure' in result,
	}));
	const made = unique([...run.made, ...before.filter(({ inDoubt }) => !inDoubt)]);
	const inDoubt = unique([...run.inDoubt, ...before.filter((row) => row.inDoubt)]).filter(
		(row) => row.itemIndex !== itemIndex,
	);
	const sentences = [
		made.length === 0
			? 'Nothing had been made before.'
			: `${made.length} of ${rows} rows had been made: ${named(made)}.`,
		inDoubt.length === 0 ? '' : `${inDoubt.length} more may have been made: ${named(inDoubt)}.`,
		made.length + inDoubt.length === 0
			? ''
			: "Do not run those again; set 'On Error' to Continue to keep what is made.",
	];
	error.description = [error.description, ...sentences].filter(Boolean).join(' ');
	return error;
}

/** In the order of the items, each once. */
function unique(rows: RowName[]): RowName[] {
	return [...new Map(rows.map((row) => [row.itemIndex, row])).values()].sort(
		(left, right) => left.itemIndex - right.itemIndex,
	);
}

function named(rows: RowName[]): string {
	const list = rows.map(({ itemIndex, reference }) => reference ?? `item ${itemIndex}`);
	return list.length > MOST_ROWS_NAMED
		? `${list.slice(0, MOST_ROWS_NAMED).join(', ')} and ${list.length - MOST_ROWS_NAMED} more up to item ${rows.at(-1)?.itemIndex}`
		: list.join(', ');
}
