import type { INodeType } from 'n8n-workflow';
import type { NodeSetup } from './n8nParts';

/** A node of which only the parameters matter. */
export function stubNode(parameters: string[]): INodeType {
	return {
		description: {
			displayName: 'Stub',
			name: 'stub',
			group: ['transform'],
			version: 1,
			description: 'Stands for a node of n8n of which only parameters matter',
			defaults: { name: 'Stub' },
			inputs: ['main'],
			outputs: ['main'],
			properties: parameters.map((name) => ({
				displayName: name,
				name,
				type: 'string' as const,
				default: '',
			})),
		},
		async execute() {
			return [this.getInputData()];
		},
	};
}

/** A step that makes a checkout by hand whose callback resumes the execution. */
export const madeByHand: NonNullable<NodeSetup['nodesBefore']>[number] = {
	name: 'Made by Hand',
	type: 'n8n-nodes-base.httpRequest',
	node: stubNode(['body']),
	parameters: { body: '={{ $execution.resumeUrl }}' },
};
