import type {
	IExecuteData,
	IExecuteFunctions,
	INode,
	INodeType,
	IRunExecutionData,
	IWebhookFunctions,
	IWorkflowExecutionCustomData,
	Workflow,
} from 'n8n-workflow';

/*
 * Everything of n8n that is used here although it is private, or missing in n8n 1.x (read in
 * 2.41.1 and 1.123.81, n8n-core/dist/execution-engine/node-execution-context). Each function
 * answers undefined where this n8n does not have it, and whoever calls it does without.
 */

/**
 * The nodes that n8n has queued in this execution and not run yet, those of other branches among
 * them; what follows them is not in there. Private in all versions.
 */
export function nodesStillToRun(context: IExecuteFunctions): INode[] | undefined {
	const stack: unknown = runDataOf(context)?.executionData?.nodeExecutionStack;
	if (!Array.isArray(stack)) return undefined;
	return (stack as Array<Partial<IExecuteData> | undefined>).flatMap((entry) =>
		typeof entry?.node?.name === 'string' ? [entry.node] : [],
	);
}

/** How often a node has run in this execution. Private in all versions. */
export function timesRun(context: IExecuteFunctions, nodeName: string): number | undefined {
	const runData = runDataOf(context)?.resultData?.runData;
	if (typeof runData !== 'object') return undefined;
	return Object.hasOwn(runData, nodeName) ? runData[nodeName]?.length : 0;
}

/**
 * What the node put into its execution data before it paused the execution. Private in all versions.
 */
export function storedByWaitingNode(
	context: IWebhookFunctions,
): Partial<IExecuteData['data']> | undefined {
	const { executeData } = context as unknown as { executeData?: Partial<IExecuteData> };
	return executeData?.data;
}

/** The node's own type, of which the form is a part. Protected in all versions. */
export function nodeTypeOf(context: IExecuteFunctions): INodeType | undefined {
	const { workflow } = context as unknown as { workflow?: Partial<Workflow> };
	const { type, typeVersion } = context.getNode();
	return workflow?.nodeTypes?.getByNameAndVersion(type, typeVersion);
}

/** Whether an older agent runs the node as a tool. Missing in 1.x. */
export function runsAsTool(context: IExecuteFunctions): boolean | undefined {
	const { isToolExecution } = context as Partial<IExecuteFunctions>;
	return isToolExecution?.call(context);
}

/**
 * What n8n shows beside an execution (*Custom data*). Missing in 1.x, and in the `webhook()` of a
 * trigger, whose execution does not exist yet.
 */
export function customDataOf(
	context: IExecuteFunctions | IWebhookFunctions,
): IWorkflowExecutionCustomData | undefined {
	try {
		return (context as { customData?: IWorkflowExecutionCustomData }).customData;
	} catch {
		return undefined;
	}
}

type PartialRunData = {
	[Part in keyof IRunExecutionData]?: Partial<IRunExecutionData[Part]>;
};

function runDataOf(context: IExecuteFunctions): PartialRunData | undefined {
	return (context as unknown as { runExecutionData?: PartialRunData }).runExecutionData;
}
