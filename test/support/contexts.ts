/**
 * Runs nodes, triggers and credentials in n8n-core's real contexts and engine, with n8n's real HTTP
 * helper.
 *
 *   const run = await runNode({ node: new Payfect(), credentialTypes: [new PayfectApi()],
 *     credentials: { payfectApi: { apiKey: 'key', baseUrl: sandbox.url } },
 *     parameters: { resource: 'checkout', operation: 'create', amount: '={{ $json.amount }}' },
 *     items: [{ json: { amount: '12.99' } }], continueOnFail: 'continueErrorOutput' });
 *   run.outputs[0], run.outputs[1], run.error, run.executions, run.logs, run.stored
 */
import type { Response } from 'express';
import {
	ExecuteContext,
	ExecutionLifecycleHooks,
	HookContext,
	PackageDirectoryLoader,
	SupplyDataContext,
	WebhookContext,
	WorkflowExecute,
} from 'n8n-core';
import {
	createRunExecutionData,
	NodeConnectionTypes,
	resolveWebhookDescriptionField,
	type ExecutionError,
	type ExecutionStatus,
	type ICredentialType,
	type IDataObject,
	type IExecuteData,
	type INodeExecutionData,
	type INodeType,
	type IRun,
	type IRunData,
	type IRunExecutionData,
	type IWebhookData,
	type IWebhookDescription,
	type IWebhookResponseData,
	type WorkflowActivateMode,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { parse, stringify } from 'flatted';
import path from 'node:path';
import {
	assemble,
	START_NODE,
	withCapturedLogs,
	type Assembled,
	type CapturedLogs,
	type LogLine,
	type NodeSetup,
} from './n8nParts';
import {
	parseBody,
	sendOverLoopback,
	UnreadableBody,
	type CallbackRequest,
	type ClientResponse,
	type N8nRequest,
} from './webhookServer';

export { DELETED, type LogLine, type NodeSetup } from './n8nParts';
export type { CallbackRequest, ClientResponse } from './webhookServer';

const noLogs = (): CapturedLogs => ({ logs: [], n8nLogs: [] });

export interface NodeRunOptions extends NodeSetup {
	/** The node's input. Default: one empty item. */
	items?: INodeExecutionData[];
	mode?: WorkflowExecuteMode;
	/** How often the node has already run in this execution (as inside a loop). */
	runIndex?: number;
	/** What nodes before it have left in the execution's context (`getContext('flow')`). */
	flow?: IDataObject;
	/** Names of nodes in `beside` that n8n has still to run in other branches. */
	stillToRun?: string[];
	/** Stops the execution, as the user's Stop button does, once this is settled. */
	stopWhen?: Promise<unknown>;
	/** The same by the clock. */
	abortAfterMilliseconds?: number;
	/**
	 * Calls the node as n8n does when an AI agent uses it as a tool. Error outputs and retries are
	 * not played then.
	 */
	asTool?: boolean;
	/** With `asTool`: what the model has filled in. `items` are the agent's own then. */
	toolArguments?: IDataObject;
}

export interface NodeRun extends CapturedLogs {
	status: ExecutionStatus;
	/** Items per output; an output that gave nothing is an empty list. */
	outputs: INodeExecutionData[][];
	/** Why the execution stopped, as n8n shows it. */
	error?: ExecutionError;
	/** Set while the execution waits. */
	waitTill?: Date;
	/** How often the node's `execute` ran: more than once only by Retry On Fail. */
	executions: number;
	/** The execution as n8n writes it to its database. */
	stored: string;
	/** The node's static data afterwards. */
	staticData: IDataObject;
	/** The execution's context (`getContext('flow')`) afterwards. */
	flow: IDataObject;
	/** What n8n shows beside the execution. */
	customData: Record<string, string>;
	/** The setup, for `callWebhook({ waiting })` and `resumeAtTimeLimit`. */
	setup: NodeSetup;
}

/**
 * Runs the node in a workflow `Start → node` through n8n's engine: expressions, defaults, error
 * outputs, Retry On Fail and pairedItem are n8n's own. Never throws for what the node does: see
 * `error`.
 */
export async function runNode(options: NodeRunOptions): Promise<NodeRun> {
	const setup = { ...options, executionId: options.executionId ?? '1' };
	const parts = assemble(setup);
	const items = structuredClone(options.items ?? [{ json: {} }]);
	const runData: IRunData = {};
	const task = (data: INodeExecutionData[]): IRunData[string][number] => ({
		startTime: 0,
		executionTime: 0,
		executionIndex: parts.additionalData.currentNodeExecutionIndex++,
		executionStatus: 'success',
		source: [],
		data: { main: [data] },
	});
	runData[START_NODE] = [task(items)];
	for (const node of (options.nodesBefore ?? []).filter(({ runs }) => runs !== 0))
		runData[node.name] = Array.from({ length: node.runs ?? 1 }, () =>
			task(structuredClone(node.items) ?? items),
		);
	if (options.runIndex)
		runData[parts.node.name] = Array.from({ length: options.runIndex }, () => task([]));
	const previousNode = options.nodesBefore?.at(-1)?.name ?? START_NODE;
	const entry: IExecuteData = {
		node: parts.node,
		data: { main: [items] },
		source: { main: [{ previousNode }] },
	};
	const others = (options.stillToRun ?? []).map((name) => ({
		...entry,
		node: parts.workflow.getNode(name)!,
	}));
	const data = createRunExecutionData({
		resultData: { runData },
		executionData: {
			nodeExecutionStack: [entry, ...others],
			contextData: { flow: structuredClone(options.flow) ?? {} },
		},
	});
	if (options.asTool) return await callAsTool(options, parts, data, entry);
	return await runEngine(setup, parts, data, options.mode ?? 'trigger', options);
}

type StopButton = Pick<NodeRunOptions, 'stopWhen' | 'abortAfterMilliseconds'>;

async function runEngine(
	setup: NodeSetup,
	parts: Assembled,
	data: IRunExecutionData,
	mode: WorkflowExecuteMode,
	{ stopWhen, abortAfterMilliseconds }: StopButton = {},
): Promise<NodeRun> {
	const { workflow, additionalData, node } = parts;
	additionalData.hooks = new ExecutionLifecycleHooks(mode, additionalData.executionId ?? '1', {
		id: workflow.id,
		name: workflow.name ?? '',
		active: true,
		activeVersionId: null,
		isArchived: false,
		createdAt: new Date(),
		updatedAt: new Date(),
		nodes: Object.values(workflow.nodes),
		connections: workflow.connectionsBySourceNode,
	});
	const captured = noLogs();
	const run = await withCapturedLogs(captured, async (): Promise<IRun> => {
		const running = new WorkflowExecute(additionalData, mode, data).processRunExecutionData(
			workflow,
		);
		void stopWhen?.finally(() => running.cancel());
		const stop =
			abortAfterMilliseconds === undefined
				? undefined
				: setTimeout(() => running.cancel(), abortAfterMilliseconds);
		try {
			return await running;
		} finally {
			clearTimeout(stop);
		}
	});
	const last = run.data.resultData.runData[node.name]?.at(-1);
	return {
		status: run.status,
		outputs: (last?.data?.main ?? []).map((items) => items ?? []),
		...(run.data.resultData.error && { error: run.data.resultData.error }),
		...(run.waitTill && { waitTill: run.waitTill }),
		executions: parts.executions(),
		stored: stringify(run.data),
		staticData: parts.staticData(),
		flow: run.data.executionData?.contextData.flow ?? {},
		customData: run.data.resultData.metadata ?? {},
		setup,
		...captured,
	};
}

async function callAsTool(
	{ mode = 'trigger', toolArguments, ...setup }: NodeRunOptions,
	parts: Assembled,
	data: IRunExecutionData,
	entry: IExecuteData,
): Promise<NodeRun> {
	const { workflow, node, additionalData, nodeType } = parts;
	const items = entry.data.main?.[0] ?? [];
	const captured = noLogs();
	let outputs: INodeExecutionData[][] = [];
	let error: ExecutionError | undefined;
	// n8n's own loop, in which each try is a run of its own (n8n-core 2.41.1,
	// makeHandleToolInvocation in get-input-connection-data.js).
	for (let runIndex = 0; runIndex < (node.retryOnFail ? (node.maxTries ?? 3) : 1); runIndex++) {
		// n8n gives a tool's `execute` this very context (n8n-core
		// dist/execution-engine/node-execution-context/utils/create-node-as-tool.js).
		const context = new SupplyDataContext(
			workflow,
			node,
			additionalData,
			mode,
			data,
			runIndex,
			items,
			entry.data,
			NodeConnectionTypes.AiTool,
			entry,
			[],
		);
		if (toolArguments)
			context.addInputData(NodeConnectionTypes.AiTool, [[{ json: toolArguments }]]);
		try {
			const answer = await withCapturedLogs(
				captured,
				async () => await nodeType.execute!.call(context as unknown as ExecuteContext),
			);
			if (Array.isArray(answer)) outputs = answer;
			error = undefined;
			break;
		} catch (thrown) {
			error = thrown as ExecutionError;
		}
	}
	return {
		status: error ? 'error' : 'success',
		outputs,
		...(error && { error }),
		executions: parts.executions(),
		stored: stringify([outputs, error]),
		staticData: parts.staticData(),
		flow: data.executionData?.contextData.flow ?? {},
		customData: data.resultData.metadata ?? {},
		setup,
		...captured,
	};
}

function storedData(run: NodeRun): IRunExecutionData {
	if (run.status !== 'waiting')
		throw new Error(`The execution does not wait, its status is "${run.status}".`);
	const data = parse(run.stored) as IRunExecutionData & { waitTill?: Date | string };
	// JSON has no dates; n8n reads this one from a column of its own.
	if (data.waitTill) data.waitTill = new Date(data.waitTill);
	return data;
}

/**
 * Goes on with a waiting execution whose time is up, as n8n's WaitTracker does: the node's own code
 * does not run again.
 */
export async function resumeAtTimeLimit(
	waiting: NodeRun,
	mode: WorkflowExecuteMode = 'trigger',
): Promise<NodeRun> {
	return await runEngine(waiting.setup, assemble(waiting.setup), storedData(waiting), mode);
}

export interface WebhookCallOptions extends NodeSetup {
	request: CallbackRequest;
	/**
	 * "Listen for test event": test address, mode `manual`. Default: a published workflow, mode
	 * `webhook`.
	 */
	isTest?: boolean;
	/** Which webhook of the description; default `default`. */
	webhookName?: string;
	/** The execution that waits, for a node that resumes by webhook. The setup is that of the run. */
	waiting?: NodeRun;
	/**
	 * Stands where n8n stores the execution. Throw in it to play a database that fails; await in it
	 * to play a slow one.
	 */
	store?: () => void | Promise<void>;
	/**
	 * The rest of the workflow when the response mode is `lastNode`: its last node's first item.
	 * Throw in it to play a workflow that fails.
	 */
	lastNode?: () => IDataObject | Promise<IDataObject>;
}

export interface WebhookCall extends CapturedLogs {
	/** What the sender of the callback got. */
	response: ClientResponse;
	/** What the node's `webhook` returned; undefined if it threw or was not called. */
	result?: IWebhookResponseData;
	/** What the node's `webhook` threw. */
	thrown?: unknown;
	/** Whether n8n called the node at all (it answers unreadable bodies by itself). */
	called: boolean;
	/** The items per output with which an execution started or went on; undefined: none did. */
	items?: INodeExecutionData[][];
	/** The execution after it was resumed; only with `waiting`. */
	resumed?: NodeRun;
	staticData: IDataObject;
}

/**
 * Sends a callback to the node's `webhook` over a real connection and answers by n8n's rules
 * (`executeWebhook` in n8n 2.41.1).
 *
 *   const call = await callWebhook({ node: new PayfectTrigger(), credentialTypes: [new PayfectApi()], credentials: { payfectApi },
 *     request: { headers: { 'content-type': 'application/json', authorization: token }, rawBody: Buffer.from(body) } });
 *   call.response.status, call.response.body, call.items, call.logs
 */
export async function callWebhook(options: WebhookCallOptions): Promise<WebhookCall> {
	const setup: NodeSetup = options.waiting ? { ...options, ...options.waiting.setup } : options;
	const parts = assemble(setup);
	const { workflow, node, nodeType, additionalData, webhookId } = parts;
	const description = webhookDescription(nodeType, options.webhookName ?? 'default');
	const mode: WorkflowExecuteMode = options.isTest
		? 'manual'
		: options.waiting
			? 'trigger'
			: 'webhook';
	const field = (name: keyof IWebhookDescription & string, fallback?: string | number): unknown => {
		const native = resolveWebhookDescriptionField(node, description, name);
		if (native.resolved) return native.value;
		return workflow.expression.getComplexParameterValue(
			node,
			description[name] as string,
			mode,
			{},
			undefined,
			fallback,
		);
	};
	const pathOfWebhook = String(field('path', '')).replace(/^\/|\/$/g, '');
	const address = options.waiting
		? `/webhook-waiting/${setup.executionId}`
		: `/webhook${options.isTest ? '-test' : ''}/${[webhookId, pathOfWebhook].filter(Boolean).join('/')}`;
	const webhookData: IWebhookData = {
		httpMethod: 'POST',
		node: node.name,
		path: pathOfWebhook,
		webhookDescription: description,
		workflowId: workflow.id,
		workflowExecuteAdditionalData: additionalData,
		...(options.isTest && { isTest: true }),
	};
	const runData = options.waiting && storedData(options.waiting);
	if (runData) enterWaitingNode(runData);

	const captured = noLogs();
	const call: Omit<WebhookCall, 'response' | 'staticData'> = { called: false, ...captured };
	const handle = async (request: N8nRequest, response: Response) => {
		additionalData.httpRequest = request as unknown as typeof additionalData.httpRequest;
		additionalData.httpResponse = response as unknown as typeof additionalData.httpResponse;
		const responseCode = field('responseCode', 200) as number;
		const reply = (body: unknown, status: number | string = responseCode) => {
			response.status(Number(status));
			if (typeof body === 'string') response.send(body);
			else response.json(body);
		};
		try {
			await parseBody(request, node.typeVersion);
		} catch (error) {
			if (!(error instanceof UnreadableBody)) throw error;
			return reply({ code: error.status === 422 ? 422 : 0, message: error.message }, error.status);
		}
		const closeFunctions: Array<() => Promise<void>> = [];
		const context = new WebhookContext(
			workflow,
			node,
			additionalData,
			mode,
			webhookData,
			closeFunctions,
			runData ?? null,
		);
		let result: IWebhookResponseData;
		try {
			call.called = true;
			result = call.result = await nodeType.webhook!.call(context);
		} catch (thrown) {
			call.thrown = thrown;
			reply({ code: 0, message: 'Workflow Webhook Error: Workflow could not be started!' }, 500);
			// A waiting execution goes on with one empty item, as if it had been paid; a trigger's is
			// stored as failed and runs nothing.
			if (options.waiting) call.items = [[{ json: {} }]];
			return;
		} finally {
			await Promise.allSettled(closeFunctions.map(async (close) => await close()));
		}

		const answered = result.noWebhookResponse === true;
		if (result.workflowData === undefined) {
			if (!answered) reply(result.webhookResponse ?? { message: 'Webhook call received' });
			return;
		}
		try {
			await options.store?.();
		} catch {
			if (!answered) reply({ code: 0, message: 'There was a problem executing the workflow' }, 500);
			return;
		}
		call.items = result.workflowData;
		if (answered) return;
		if (field('responseMode', 'onReceived') === 'onReceived') {
			const responseData = field('responseData', 'firstEntryJson');
			return reply(
				responseData === 'noData'
					? undefined
					: responseData || (result.webhookResponse ?? { message: 'Workflow was started' }),
			);
		}
		try {
			reply((await options.lastNode?.()) ?? {});
		} catch {
			reply({ message: 'Error in workflow' }, 500);
		}
	};
	const response = await sendOverLoopback(address, options.request, async (request, reply) => {
		await withCapturedLogs(captured, async () => await handle(request, reply));
	});
	if (options.waiting && runData && call.items)
		call.resumed = await resume(options.waiting.setup, runData, call.items);
	return { ...call, response, staticData: parts.staticData() };
}

/** What n8n's WaitingWebhooks does to the stored execution before it calls the node. */
function enterWaitingNode(data: IRunExecutionData): void {
	const entry = data.executionData?.nodeExecutionStack[0];
	if (entry) entry.node.disabled = true;
	data.waitTill = undefined;
	data.resultData.runData[data.resultData.lastNodeExecuted ?? '']?.pop();
}

async function resume(
	setup: NodeSetup,
	data: IRunExecutionData,
	items: INodeExecutionData[][],
): Promise<NodeRun> {
	const entry = data.executionData?.nodeExecutionStack[0];
	if (!entry) throw new Error('The stored execution has no node to go on with.');
	entry.data.main = items;
	entry.metadata = { ...entry.metadata, forwardAllOutputs: true };
	return await runEngine(setup, assemble(setup), data, 'trigger');
}

function webhookDescription(nodeType: INodeType, name: string): IWebhookDescription {
	const found = nodeType.description.webhooks?.find((webhook) => webhook.name === name);
	if (!found)
		throw new Error(`"${nodeType.description.displayName}" has no webhook named "${name}".`);
	return found;
}

export interface HookCallOptions extends NodeSetup {
	method: 'checkExists' | 'create' | 'delete';
	/** "Listen for test event". */
	isTest?: boolean;
	activation?: WorkflowActivateMode;
	webhookName?: 'default' | 'setup';
}

export interface HookCall extends CapturedLogs {
	/** What the hook returned; undefined if it threw. */
	result?: boolean;
	/** What the hook threw: n8n shows its message where the workflow is published. */
	error?: Error;
	/** The node's static data afterwards; pass it on to the next call. */
	staticData: IDataObject;
	/** The address under which the node receives its callbacks. */
	webhookUrl: string;
}

/**
 * Calls one of the node's webhook life-cycle methods as n8n does at publish, unpublish and test.
 *
 *   const created = await callHook({ ...setup, method: 'create', webhookId });
 *   const removed = await callHook({ ...setup, method: 'delete', webhookId, staticData: created.staticData });
 */
export async function callHook(options: HookCallOptions): Promise<HookCall> {
	const parts = assemble(options);
	const { workflow, node, nodeType, additionalData } = parts;
	const name = options.webhookName ?? 'default';
	const description = webhookDescription(nodeType, name);
	const webhookData: IWebhookData = {
		httpMethod: 'POST',
		node: node.name,
		path: String(description.path),
		webhookDescription: description,
		workflowId: workflow.id,
		workflowExecuteAdditionalData: additionalData,
		...(options.isTest && { isTest: true }),
	};
	// n8n removes a test listener's endpoint in the mode in which it removes production's
	// (test-webhooks.js).
	const registers = options.isTest ? 'manual' : 'trigger';
	const mode = options.method === 'delete' ? 'internal' : registers;
	const context = new HookContext(
		workflow,
		node,
		additionalData,
		mode,
		options.activation ?? (options.isTest ? 'manual' : 'activate'),
		webhookData,
	);
	const captured = noLogs();
	let result: boolean | undefined;
	let error: Error | undefined;
	try {
		result = await withCapturedLogs(
			captured,
			async () => await nodeType.webhookMethods?.[name]?.[options.method]?.call(context),
		);
	} catch (thrown) {
		error = thrown instanceof Error ? thrown : new Error(String(thrown));
	}
	return {
		...(result !== undefined && { result }),
		...(error && { error }),
		staticData: parts.staticData(),
		webhookUrl: context.getNodeWebhookUrl(name) ?? '',
		...captured,
	};
}

/** The fields of a credential as people paste them: with blanks around and a line end behind. */
export function pasted(
	{ properties }: ICredentialType,
	data: Record<string, string>,
): Record<string, string> {
	const typed = properties.filter(({ type }) => type === 'string').map(({ name }) => name);
	return Object.fromEntries(
		Object.entries(data).map(([name, value]) => [
			name,
			typed.includes(name) ? ` ${value} \n` : value,
		]),
	);
}

/**
 * Loads the built package (`npm run build` first) with the loader that n8n uses for community
 * packages.
 *
 *   const loaded = await loadFromDist();
 *   loaded.getNode('payfect').type, loaded.getCredential('payfectApi').type, loaded.types.nodes
 */
export async function loadFromDist(
	directory = path.resolve(__dirname, '..', '..'),
): Promise<PackageDirectoryLoader> {
	const loader = new PackageDirectoryLoader(directory);
	await loader.loadAll();
	return loader;
}

/** All log lines of a call as text, for "no secret in any log line". */
export function logText(captured: { logs: LogLine[]; n8nLogs: LogLine[] }): string {
	return stringify([captured.logs, captured.n8nLogs]);
}
