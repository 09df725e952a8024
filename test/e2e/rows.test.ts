import { randomUUID } from 'node:crypto';
import type { IConnections, IDataObject, INode } from 'n8n-workflow';
import type { Execution } from '../n8n/client';
import { answersWhile, sheetThatIsOnlyRead } from '../support/reading';
import { errorOf, makeCredential, node, packageName, stage, type ProviderCase } from './support';

type Provider = Pick<ProviderCase, 'provider' | 'displayName' | 'node' | 'credential'> & {
	order: IDataObject;
};

const payfect: Provider = {
	provider: 'payfect',
	displayName: 'Payfect',
	node: 'payfect',
	credential: 'payfectApi',
	order: { currency: 'usdt', callback: 'none', description: 'Tea' },
};
const tokenPay: Provider = {
	provider: 'tokenpay',
	displayName: 'TokenPay',
	node: 'tokenPay',
	credential: 'tokenPayApi',
	order: { chain: 'TRON', currency: 'USDT', callback: 'none', description: 'Tea' },
};

/** Start → a sheet of rows → Create Checkout → "Made", and "Failed" behind the error output. */
async function sheetWorkflow(
	provider: Provider,
	rows: IDataObject[],
	settings: Partial<INode> = {},
	parameters: IDataObject = {},
) {
	const { client } = await stage();
	const { credential } = await makeCredential(provider as ProviderCase);
	const nodes = [
		node('Start', 'n8n-nodes-base.manualTrigger', 1),
		node('Sheet', 'n8n-nodes-base.set', 3.4, {
			parameters: {
				assignments: {
					assignments: [
						{ id: randomUUID(), name: 'rows', type: 'array', value: JSON.stringify(rows) },
					],
				},
				options: {},
			},
		}),
		node('Rows', 'n8n-nodes-base.splitOut', 1, {
			parameters: { fieldToSplitOut: 'rows', options: {} },
		}),
		node('Create Checkouts', `${packageName}.${provider.node}`, 1.1, {
			...settings,
			parameters: {
				resource: 'checkout',
				operation: 'create',
				amountFrom: 'amount',
				amount: '={{ $json.amount }}',
				reference: '={{ $json.reference }}',
				...provider.order,
				...parameters,
			} as INode['parameters'],
			credentials: { [credential.type]: { id: credential.id, name: credential.name } },
		}),
		node('Made', 'n8n-nodes-base.noOp', 1),
		node('Failed', 'n8n-nodes-base.noOp', 1),
	];
	const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
	const connections: IConnections = {
		Start: { main: [to('Sheet')] },
		Sheet: { main: [to('Rows')] },
		Rows: { main: [to('Create Checkouts')] },
		'Create Checkouts': { main: [to('Made'), to('Failed')] },
	};
	return await client.workflows.create({
		name: `${provider.displayName} rows`,
		nodes,
		connections,
	});
}

const itemsAt = (execution: Execution, nodeName: string) =>
	execution.data.resultData.runData[nodeName]?.[0]?.data?.main?.[0] ?? [];

/** Rows with references that no other test uses. */
function sheetOf(count: number): Array<{ reference: string; amount: string; buyer: string }> {
	const prefix = randomUUID().slice(0, 8);
	return Array.from({ length: count }, (_, index) => ({
		reference: `${prefix}-${index}`,
		amount: `${index + 1}.50`,
		buyer: `Buyer ${index}`,
	}));
}

/** Parameters with which the node can read all rows, and Payfect refuses one of them. */
const refusedByPayfect = (row: number, requestsInParallel = 5): IDataObject => ({
	options: {
		requestsInParallel,
		extraFields: `={{ $json.buyer === 'Buyer ${row}' ? '{"success_url": "nowhere"}' : '{}' }}`,
	},
});

/** How many checkouts the provider has of each row. */
async function madeOf(provider: Provider, rows: Array<{ reference: string }>): Promise<number[]> {
	const { checkouts } = await (await stage()).sandbox.state(provider.provider);
	return rows.map(
		({ reference }) => checkouts.filter((checkout) => checkout.reference === reference).length,
	);
}

describe('rows in a real n8n', () => {
	test('failed rows leave through the error output, and only they do, with their own fields and what to do', async () => {
		const rows = sheetOf(10);
		const sheet = rows.map((row, index) =>
			index === 3
				? { ...row, amount: '12,50' }
				: index === 7
					? { ...row, reference: rows[1]?.reference }
					: row,
		);
		const { client } = await stage();
		const workflow = await sheetWorkflow(payfect, sheet, { onError: 'continueErrorOutput' });
		const execution = await client.workflows.run(workflow.id, 'Start');
		expect(execution.status).toBe('success');
		expect(itemsAt(execution, 'Made').map(({ json }) => json.reference)).toEqual(
			rows.filter((_row, index) => index !== 3 && index !== 7).map(({ reference }) => reference),
		);
		expect(itemsAt(execution, 'Failed').map(({ json }) => json)).toEqual([
			{
				...sheet[3],
				error: expect.stringMatching(
					/^'Amount' is not a plain number: "12,50" \[item 3.*Use a point for the decimals/,
				) as string,
			},
			{
				...sheet[7],
				error: expect.stringMatching(
					/was already used by item 1 of this run, so nothing was sent/,
				) as string,
			},
		]);
		expect(await madeOf(payfect, rows)).toEqual([1, 1, 1, 0, 1, 1, 1, 0, 1, 1]);
	});

	test('with Stop nothing is sent when any row cannot be, and the error names each of them', async () => {
		const rows = sheetOf(10);
		const { client } = await stage();
		const workflow = await sheetWorkflow(
			payfect,
			rows.map((row, index) => (index >= 8 ? { ...row, amount: '-1' } : row)),
		);
		const execution = await client.workflows.run(workflow.id, 'Start');
		expect(execution.status).toBe('error');
		expect(await madeOf(payfect, rows)).toEqual(Array(10).fill(0));
		const { message, description } = errorOf(execution);
		expect(message).toContain('2 of 10 rows cannot be sent as they are');
		expect(description).toContain(`[item 8, reference "${rows[8]?.reference}"]`);
		expect(description).toContain(`[item 9, reference "${rows[9]?.reference}"]`);
		expect(description).toContain('Nothing was sent.');
	});

	test('a run that stops names the row, its reference and the checkouts that had been made', async () => {
		const rows = sheetOf(10);
		const { client } = await stage();
		const workflow = await sheetWorkflow(payfect, rows, {}, refusedByPayfect(6, 3));
		const execution = await client.workflows.run(workflow.id, 'Start');
		expect(execution.status).toBe('error');
		const made = (await madeOf(payfect, rows)).flatMap((count, index) =>
			count === 1 ? [rows[index]?.reference ?? ''] : [],
		);
		expect(made.length).toBeGreaterThanOrEqual(4);
		const { message, description } = errorOf(execution);
		expect(message).toContain(`[item 6, reference "${rows[6]?.reference}"]`);
		expect(description).toContain(`${made.length} of 10 rows had been made`);
		expect(made.filter((reference) => !description.includes(reference))).toEqual([]);
	});

	test.each([
		['stopWorkflow', 0, 0],
		['stopWorkflow', 6, 4],
		['continueErrorOutput', 0, 7],
	] as const)(
		'Retry On Fail makes no second checkout when a row fails (%s, row %i)',
		async (onError, bad, atLeast) => {
			const rows = sheetOf(8);
			const { client } = await stage();
			const workflow = await sheetWorkflow(
				payfect,
				rows,
				{ onError, retryOnFail: true, maxTries: 3, waitBetweenTries: 100 },
				refusedByPayfect(bad),
			);
			const execution = await client.workflows.run(workflow.id, 'Start');
			expect(execution.status).toBe(onError === 'stopWorkflow' ? 'error' : 'success');
			const made = await madeOf(payfect, rows);
			expect(made[bad]).toBe(0);
			expect(made.filter((count) => count > 1)).toEqual([]);
			expect(made.filter((count) => count === 1).length).toBeGreaterThanOrEqual(atLeast);
		},
	);

	test("TokenPay's five requests a second hold when two workflows create checkouts at the same time", async () => {
		const sheets = [sheetOf(15), sheetOf(15)];
		const { client, sandbox } = await stage();
		const workflows = await Promise.all(
			sheets.map(
				async (rows) =>
					await sheetWorkflow(tokenPay, rows, {}, { options: { requestsInParallel: 10 } }),
			),
		);
		const refusedBefore = (await sandbox.state('tokenpay')).refusals.length;
		const executions = await Promise.all(
			workflows.map(async ({ id }) => await client.workflows.run(id, 'Start')),
		);
		expect(executions.map(({ status }) => status)).toEqual(['success', 'success']);
		// The sandbox counts by itself, and refuses the sixth request within any second.
		expect((await sandbox.state('tokenpay')).refusals.slice(refusedBefore)).toEqual([]);
		expect(await madeOf(tokenPay, sheets.flat())).toEqual(Array(30).fill(1));
	});

	test('n8n goes on answering while 10,000 rows are read whose expressions are no columns', async () => {
		const { client, n8n } = await stage();
		const { credential } = await makeCredential(payfect as ProviderCase);
		const workflow = await client.workflows.create(sheetThatIsOnlyRead(10_000, credential));
		const { result, answers } = await answersWhile(
			n8n.url,
			client.workflows.run(workflow.id, 'Start'),
		);
		expect(errorOf(result).message).toContain('[item 9999, reference "read-9999-4"]');
		expect(errorOf(result).description).toContain('Nothing was sent.');
		const task = result.data.resultData.runData.Create?.[0];
		const started = task?.startTime ?? 0;
		const ended = started + (task?.executionTime ?? 0);
		// Were it one piece of work, one question at the most would begin and be answered in its time.
		const meanwhile = answers.filter(
			({ asked, answered }) => asked >= started && answered <= ended,
		);
		expect(meanwhile.length).toBeGreaterThanOrEqual(20);
		expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
	});
});
