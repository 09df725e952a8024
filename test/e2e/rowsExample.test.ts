import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import type { Execution, NewWorkflow, Workflow } from '../n8n/client';
import { makeCredential, stage, type ProviderCase } from './support';

const example = readFileSync(
	path.join(__dirname, '..', '..', 'examples', 'rows-to-checkouts.json'),
	'utf8',
);
const payfect = {
	provider: 'payfect',
	displayName: 'Payfect',
	credential: 'payfectApi',
} as ProviderCase;

/** What one step of the example put out, over all outputs. */
const left = (execution: Execution, step: string): IDataObject[] =>
	(execution.data.resultData.runData[step] ?? []).flatMap(({ data }) =>
		(data?.main ?? []).flatMap((items) => (items ?? []).map(({ json }) => json)),
	);

/** The example as a user sets it up, with a table of its own. */
async function setUp(rows: Array<{ reference: string; buyer: string; amount: string }>) {
	const { client, n8n, sandbox } = await stage();
	const { credential } = await makeCredential(payfect);
	const table = `rows_${randomUUID().slice(0, 8)}`;
	const saved = JSON.parse(example.replaceAll('hosted_checkout_rows', table)) as NewWorkflow;
	let workflow: Workflow = await client.workflows.create({
		...saved,
		nodes: saved.nodes.map((node) => ({
			...node,
			...(node.webhookId !== undefined || node.name === 'Payfect Trigger'
				? { webhookId: randomUUID() }
				: {}),
			...(node.type.startsWith('n8n-nodes-hosted-checkout.')
				? { credentials: { [credential.type]: { id: credential.id, name: credential.name } } }
				: {}),
		})),
	});
	const trigger = workflow.nodes.find(({ name }) => name === 'Payfect Trigger');
	const address = `${n8n.url}/webhook/${trigger?.webhookId}/callback`;
	const enter = async (sheet: typeof rows) => {
		const latest = await client.workflows.get(workflow.id);
		const nodes = latest.nodes.map((node) => {
			const parameters = {
				...node.parameters,
				...(node.name === 'Sheet' ? { jsonOutput: JSON.stringify({ rows: sheet }) } : {}),
				...(node.name === 'Create Checkouts' ? { callbackUrl: address } : {}),
			};
			return { ...node, parameters };
		});
		workflow = await client.workflows.save({ ...latest, nodes });
	};
	await enter(rows);
	return {
		workflow: () => workflow,
		enter,
		run: async () => {
			const execution = await client.workflows.run(workflow.id, 'Run');
			expect(execution.status).toBe('success');
			return execution;
		},
		/** How many checkouts the provider has for each row. */
		made: async () => {
			const { checkouts } = await sandbox.state('payfect');
			return rows.map(
				({ reference }) => checkouts.filter((checkout) => checkout.reference === reference).length,
			);
		},
	};
}

function threeRows() {
	const prefix = randomUUID().slice(0, 8);
	return ['20.50', '7', '135.25'].map((amount, index) => ({
		reference: `${prefix}-${index}`,
		buyer: `Buyer ${index}`,
		amount,
	}));
}

describe('the example rows-to-checkouts in a real n8n', () => {
	test('writes the link back, and makes nothing when it is run again', async () => {
		const { run, made } = await setUp(threeRows());
		const written = left(await run(), 'Write the Link Back');
		expect(written.map(({ status, buyer, amount }) => [status, buyer, amount])).toEqual([
			['open', 'Buyer 0', '20.50'],
			['open', 'Buyer 1', '7'],
			['open', 'Buyer 2', '135.25'],
		]);
		expect(
			written
				.map(({ checkoutUrl }) => String(checkoutUrl))
				.filter((url) => !/^http:.*\/cashier\//.test(url)),
		).toEqual([]);
		expect(left(await run(), 'Create Checkouts')).toEqual([]);
		expect(await made()).toEqual([1, 1, 1]);
	});

	test('writes the problem of a bad row back, and makes it once the sheet is corrected', async () => {
		const rows = threeRows();
		const { run, made, enter } = await setUp(rows);
		await enter(rows.map((row, index) => (index === 1 ? { ...row, amount: '7,00' } : row)));
		const [problem] = left(await run(), 'Write the Problem Back');
		expect(problem).toMatchObject({
			status: 'failed',
			buyer: 'Buyer 1',
			problem: expect.stringContaining('Use a point for the decimals') as string,
		});
		expect(await made()).toEqual([1, 0, 1]);
		await enter(rows);
		expect(left(await run(), 'Write the Link Back').map(({ reference }) => reference)).toEqual([
			rows[1]?.reference,
		]);
		expect(await made()).toEqual([1, 1, 1]);
	});

	test('leaves a row that may have been made to a person, however often it is run', async () => {
		const { run, made } = await setUp(threeRows());
		const { sandbox } = await stage();
		await sandbox.fault('payfect', 'create', 'reset-after');
		expect(left(await run(), 'Write the Problem Back')).toEqual([
			expect.objectContaining({
				status: 'look it up',
				problem: expect.stringContaining('look in its dashboard') as string,
			}),
		]);
		await run();
		expect(await made()).toEqual([1, 1, 1]);
	});

	test('notes in the row that it was paid', async () => {
		const rows = threeRows();
		const { run, workflow } = await setUp(rows);
		const { client, sandbox } = await stage();
		await client.workflows.publish(workflow().id);
		await run();
		const checkout = await sandbox.checkoutOf('payfect', rows[0]?.reference ?? '');
		await sandbox.act('payfect', checkout.checkoutId, 'pay');
		const executions = await client.executions.waitFor(workflow().id, 2);
		expect(executions.flatMap((execution) => left(execution, 'Note the Payment'))).toEqual([
			expect.objectContaining({
				reference: rows[0]?.reference,
				status: 'paid',
				paid: '20.50 usdt',
			}),
		]);
	});
});
