import type { IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';
import {
	customDataOf,
	nodesStillToRun,
	nodeTypeOf,
	runsAsTool,
	storedByWaitingNode,
	timesRun,
} from '../../../nodes/shared/n8nInternals';

const execute = (members: object) => members as unknown as IExecuteFunctions;
const webhook = (members: object) => members as unknown as IWebhookFunctions;

describe('what is private in n8n', () => {
	test.each<[string, object]>([
		['no run data at all', {}],
		['run data without a part', { runExecutionData: {} }],
		[
			'parts without what is looked for',
			{ runExecutionData: { executionData: {}, resultData: {} } },
		],
		[
			'another shape',
			{
				runExecutionData: {
					executionData: { nodeExecutionStack: 'none' },
					resultData: { runData: 1 },
				},
			},
		],
	])('is undefined in an n8n that has %s', (_case, members) => {
		const context = execute(members);
		expect([nodesStillToRun(context), timesRun(context, 'Create'), runsAsTool(context)]).toEqual([
			undefined,
			undefined,
			undefined,
		]);
	});

	test.each<[string, object]>([
		['no execution data', {}],
		['execution data without content', { executeData: {} }],
	])('is undefined for a waiting node in an n8n that has %s', (_case, members) => {
		expect(storedByWaitingNode(webhook(members))).toBeUndefined();
	});

	test.each<[string, object]>([
		['no workflow', {}],
		['a workflow without types', { workflow: {} }],
	])('is no type of the node in an n8n that has %s', (_case, members) => {
		const getNode = () => ({ type: 'a-type', typeVersion: 1 });
		expect(nodeTypeOf(execute({ ...members, getNode }))).toBeUndefined();
	});

	// n8n 1.x has none; in a trigger's webhook() reading it throws.
	test.each<[string, object]>([
		['no custom data', {}],
		[
			'custom data that cannot be read',
			{
				get customData() {
					throw new Error('runExecutionData is not available in this context');
				},
			},
		],
	])('is no custom data in an n8n that has %s', (_case, members) => {
		expect(customDataOf(webhook(members))).toBeUndefined();
	});

	test('is read where it is there', () => {
		const create = { name: 'Create' };
		const context = execute({
			runExecutionData: {
				executionData: { nodeExecutionStack: [{ node: create }, {}, undefined] },
				resultData: { runData: { Create: [{}, {}] } },
			},
			isToolExecution: () => true,
		});
		expect(nodesStillToRun(context)).toEqual([create]);
		expect([timesRun(context, 'Create'), timesRun(context, 'Wait')]).toEqual([2, 0]);
		expect(runsAsTool(context)).toBe(true);
		const data = { main: [] };
		expect(storedByWaitingNode(webhook({ executeData: { data } }))).toBe(data);
	});
});
