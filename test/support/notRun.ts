import type { INode } from 'n8n-workflow';

/**
 * The names of the steps of which an example's note says that our tests do not run them: their
 * service has one address, written into n8n's node.
 */
export function notRunSteps(nodes: readonly INode[]): string[] {
	const note = nodes.find(({ type }) => type === 'n8n-nodes-base.stickyNote');
	const text = String(note?.parameters.content);
	const [, steps = ''] = /Not run by our tests: (.*)\.$/m.exec(text) ?? [];
	return [...steps.matchAll(/\*\*([^*]+)\*\*/g)].map(([, name = '']) => name);
}
