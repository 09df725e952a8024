import type { IExecuteFunctions, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { isToolExecution, usedByAgent } from '../providerNode';
import type { ColumnReader } from './column';
import type { Batches } from './earlierBatches';
import type { FailedRow } from './failedItem';
import { dropResults, keepResults, resultsOfEarlierTries, type CreatedRow } from './retryMemory';
import { runIndexOf } from './runIndex';
import type { SavedExpression } from './savedExpressions';

/** A row as errors name it. */
export interface RowName {
	itemIndex: number;
	reference: string | null;
}

/** What the rows of one run of the node share. */
export interface Run {
	/** Which row each reference is taken by. */
	references: Map<string, number>;
	/** What earlier batches have made; undefined until it is asked for, null where there are none. */
	batches?: Batches | null;
	made: RowName[];
	/** Rows of which nobody knows whether they were made. */
	inDoubt: RowName[];
	/** Tells this run from others when n8n repeats the node; undefined where nothing repeats it. */
	retryKey?: string;
	/** What earlier tries of this run have made; undefined where nothing repeats the node. */
	before?: Map<number, CreatedRow>;
	/** The kinds of warning that have been shown. */
	warnedOf: Set<string>;
	/** Aborted when the user stops the execution. */
	stopped?: AbortSignal;
	/** With "Stop": the rows that cannot be sent, found before the first is. */
	unreadable: { count: number; first: FailedRow[] };
	/** With "Stop": the failure of the row that failed first. No row begins after it. */
	failure?: Omit<FailedRow, 'reference'>;
	/**
	 * The row that ended last got no answer at all. The rows after it get one attempt each, so that a
	 * thousand rows do not take an hour to find out that the provider is down.
	 */
	latestRow: 'answered' | 'unanswered';
	/** The node's parameters as they are saved, expressions not evaluated. */
	parameters: INodeParameters;
	/** Whether the expressions read the item and no other step; undefined until it is asked for. */
	readsItemOnly?: boolean;
	/**
	 * The values that are the same for all rows: n8n takes its time for each, a fifth of a row's in
	 * all.
	 */
	fixed: Map<string, unknown>;
	/** The items, where `$json` in an expression is the item: columns are read from them. */
	rows?: INodeExecutionData[];
	/** By parameter; undefined where n8n has to evaluate it. */
	columns: Map<string, ColumnReader | undefined>;
	/** By parameter, its saved expressions that are refused when they give nothing. */
	expressions: Map<string, SavedExpression[]>;
}

/** What the rows of one run of the node share. */
export function beginRun(context: IExecuteFunctions): Run {
	const key = retryKey(context);
	const stopped = context.getExecutionCancelSignal();
	const rows = itemsThatAreJson(context);
	return {
		references: new Map(),
		made: [],
		inDoubt: [],
		warnedOf: new Set(),
		unreadable: { count: 0, first: [] },
		latestRow: 'answered',
		parameters: context.getNode().parameters,
		fixed: new Map(),
		columns: new Map(),
		expressions: new Map(),
		...(rows ? { rows } : {}),
		...(key === undefined ? {} : { retryKey: key, before: resultsOfEarlierTries(key) }),
		...(stopped ? { stopped } : {}),
	};
}

/**
 * The items of the run; undefined where `$json` is something else, as for a tool: the item of the
 * agent.
 */
function itemsThatAreJson(context: IExecuteFunctions): INodeExecutionData[] | undefined {
	if (usedByAgent(context)) return undefined;
	const items = context.getInputData();
	const isJson = (index: number): boolean =>
		context.getWorkflowDataProxy(index).$json === items[index]?.json;
	try {
		return isJson(0) && isJson(items.length - 1) ? items : undefined;
	} catch {
		// n8n has no such item: its own evaluation says so, row by row.
		return undefined;
	}
}

/** Whether another row may begin. */
export function mayGoOn(run: Run): boolean {
	return run.failure === undefined && !run.stopped?.aborted;
}

/** Keeps what was made for as long as n8n may repeat this run of the node. */
export function endRun(run: Run, output: INodeExecutionData[]): void {
	if (run.retryKey === undefined || run.before === undefined) return;
	if (!mayGoOn(run) || isRepeated(output)) keepResults(run.retryKey, run.before);
	else dropResults(run.retryKey);
}

/**
 * n8n's own test: with Retry On Fail it repeats the whole node when the first item that left it has
 * an error.
 */
function isRepeated(output: INodeExecutionData[]): boolean {
	const error = output[0]?.json.error;
	return error !== undefined && error !== null && error !== false;
}

/**
 * What stays the same when n8n repeats this run of the node; undefined where nothing repeats it.
 */
function retryKey(context: IExecuteFunctions): string | undefined {
	const node = context.getNode();
	const executionId = context.getExecutionId();
	if (!node.retryOnFail || !executionId) return undefined;
	// n8n counts each try of a tool as a run of its own (n8n-core 2.41.1,
	// get-input-connection-data.js); what the agent asks for stays.
	const run = isToolExecution(context)
		? JSON.stringify(Object.keys(node.parameters).map((name) => context.getNodeParameter(name, 0)))
		: runIndexOf(context);
	return [executionId, node.id, run].join(':');
}
