/** Steps and what left them: of all of test/, in and out of Jest. */
import { randomUUID } from 'node:crypto';
import type { IDataObject, INode } from 'n8n-workflow';
import type { Execution, Workflow } from '../n8n/client';

export const packageName = 'n8n-nodes-hosted-checkout';

export function node(
	name: string,
	type: string,
	typeVersion: number,
	more: Partial<INode> = {},
): INode {
	return { id: randomUUID(), name, type, typeVersion, position: [0, 0], parameters: {}, ...more };
}

/** Connects the nodes one behind the other. */
export function chain(nodes: INode[]): Pick<Workflow, 'nodes' | 'connections'> {
	const connections = Object.fromEntries(
		nodes
			.slice(0, -1)
			.map((from, index) => [
				from.name,
				{ main: [[{ node: nodes[index + 1]?.name ?? '', type: 'main' as const, index: 0 }]] },
			]),
	);
	return {
		nodes: nodes.map((one, index) => ({ ...one, position: [index * 240, 0] })),
		connections,
	};
}

/**
 * A schedule that came round while a test runs its step by hand would do the same work at the same
 * time: its next day is 29 February.
 */
export const notByTheClock = (node: INode): INode =>
	node.type === 'n8n-nodes-base.scheduleTrigger'
		? {
				...node,
				parameters: { rule: { interval: [{ field: 'cronExpression', expression: '0 0 29 2 *' }] } },
			}
		: node;

/** What one step put out, over all runs and outputs. */
export const leftOf = (execution: Execution, step: string): IDataObject[] =>
	(execution.data.resultData.runData[step] ?? []).flatMap(({ data }) =>
		(data?.main ?? []).flatMap((items) => (items ?? []).map((item) => item.json)),
	);
