/**
 * From 1,000 rows to 1,000 checkouts in a real n8n: our node, n8n's HTTP Request node, the same
 * requests without n8n, and the least time that the provider's latency allows. Prints a table in
 * Markdown; nothing is asserted, the numbers are for a person to read.
 *
 *   npm run bench -- rows              # about ten minutes
 *   npm run bench -- rows --rows 200 --rounds 1
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import axios from 'axios';
import type { IDataObject, INode } from 'n8n-workflow';
import { sandboxCredentials, startSandbox } from '../../sandbox/sandbox';
import { N8nClient, type Credential, type Workflow } from '../n8n/client';
import { startN8n, type RunningN8n } from '../n8n/instance';
import { median, printTable, processorMilliseconds, residentMegabytes, say } from './support';

const { values: given } = parseArgs({
	options: {
		rows: { type: 'string', default: '1000' },
		latency: { type: 'string', default: '50' },
		rounds: { type: 'string', default: '3' },
		parallel: { type: 'string', default: '1,5,10,50' },
	},
});
const ROWS = Number(given.rows);
const LATENCY_MILLISECONDS = Number(given.latency);
const ROUNDS = Number(given.rounds);
const IN_PARALLEL = given.parallel.split(',').map(Number);

const provider = 'payfect';
const measured = 'Create Checkouts';

interface Contestant {
	name: string;
	/** Requests at the same time; null: as many as it likes. */
	parallel: number | null;
	/** Undefined: the same requests without n8n. */
	node?: INode;
}

interface Measurement {
	seconds: number;
	/**
	 * Processor time of n8n for one row, its start and end included; what a busy machine does not
	 * change.
	 */
	processorMillisecondsPerRow: number | null;
	/** Megabytes that the process of n8n has more than before. */
	grownBy: number | null;
}

async function main(): Promise<void> {
	const sandbox = await startSandbox({ latencyMilliseconds: LATENCY_MILLISECONDS });
	let n8n: RunningN8n | undefined;
	try {
		n8n = await startN8n({ say });
		const client = new N8nClient(n8n.url);
		await client.signIn(n8n.owner);
		const offered = sandboxCredentials(sandbox.url).find(({ type }) => type === `${provider}Api`);
		if (!offered) throw new Error(`The sandbox offers no credential for ${provider}.`);
		const credential = await client.credentials.create(offered);
		const createUrl = `${String(offered.data.baseUrl)}/checkouts/`;
		const contestants = contestantsFor(credential, createUrl);
		const results = new Map<Contestant, Measurement[]>(
			contestants.map((contestant) => [contestant, []]),
		);
		const workflows = new Map<Contestant, Workflow>();
		for (const contestant of contestants) {
			if (!contestant.node) continue;
			const workflow = await client.workflows.create({
				name: contestant.name,
				...workflowOf(contestant.node),
			});
			await client.workflows.publish(workflow.id);
			workflows.set(contestant, workflow);
		}
		const runOnce = async (contestant: Contestant): Promise<Measurement> => {
			if (!contestant.node)
				return {
					seconds: await bareClient(
						createUrl,
						contestant.parallel ?? ROWS,
						String(offered.data.apiKey),
					),
					processorMillisecondsPerRow: null,
					grownBy: null,
				};
			const workflow = workflows.get(contestant);
			if (!n8n || !workflow) throw new Error('There is no workflow to run.');
			await axios.post(`${sandbox.url}/control/reset`);
			const before = { megabytes: residentMegabytes(n8n), processor: processorMilliseconds(n8n) };
			await axios.post(
				`${n8n.url}/webhook/${workflow.nodes[0]?.webhookId}`,
				{},
				{ timeout: 600_000, proxy: false },
			);
			const after = { megabytes: residentMegabytes(n8n), processor: processorMilliseconds(n8n) };
			const [latest] = await client.executions.list(workflow.id);
			const execution = await client.executions.get(latest?.id ?? '');
			const task = execution.data.resultData.runData[measured]?.[0];
			const made = (
				await axios.get<{ checkouts: unknown[] }>(
					`${sandbox.url}/control/state?provider=${provider}`,
				)
			).data.checkouts.length;
			if (execution.status !== 'success' || made !== ROWS || task?.data?.main?.[0]?.length !== ROWS)
				throw new Error(
					`${contestant.name}: ${execution.status}, ${made} checkouts instead of ${ROWS}.`,
				);
			const processor = difference(before.processor, after.processor);
			return {
				seconds: task.executionTime / 1000,
				processorMillisecondsPerRow: processor === null ? null : processor / ROWS,
				grownBy: difference(before.megabytes, after.megabytes),
			};
		};
		// The first run of anything in n8n is slower: modules are loaded and code is compiled.
		for (const contestant of contestants.filter(
			({ node, parallel }) => node && (parallel === null || parallel >= 10),
		))
			await runOnce(contestant);
		for (let round = 1; round <= ROUNDS; round++) {
			for (const contestant of contestants) {
				const result = await runOnce(contestant);
				results.get(contestant)?.push(result);
				say(`round ${round} of ${ROUNDS}: ${contestant.name}: ${result.seconds.toFixed(2)} s`);
			}
		}
		print(results);
	} finally {
		await n8n?.stop();
		await sandbox.close();
		if (n8n) rmSync(n8n.userFolder, { recursive: true, force: true });
	}
}

function contestantsFor(credential: Credential, createUrl: string): Contestant[] {
	const node = (type: string, typeVersion: number, parameters: IDataObject): INode => ({
		id: randomUUID(),
		name: measured,
		type,
		typeVersion,
		position: [480, 0],
		parameters: parameters as INode['parameters'],
		credentials: { [credential.type]: { id: credential.id, name: credential.name } },
	});
	const ours = (parallel: number) =>
		node('n8n-nodes-hosted-checkout.payfect', 1.1, {
			resource: 'checkout',
			operation: 'create',
			amountFrom: 'amount',
			amount: '={{ $json.amount }}',
			currency: 'usdt',
			reference: '={{ $json.reference }}',
			description: 'Tea',
			callback: 'none',
			options: { requestsInParallel: parallel },
		});
	const httpRequest = (options: IDataObject) =>
		node('n8n-nodes-base.httpRequest', 4.2, {
			method: 'POST',
			url: createUrl,
			authentication: 'predefinedCredentialType',
			nodeCredentialType: credential.type,
			sendBody: true,
			specifyBody: 'json',
			jsonBody:
				'={{ JSON.stringify({ client_reference_id: $json.reference, currency: "usdt", invoice_items: [{ price_data: { currency: "usdt", unit_amount: $json.amount, product_data: { name: "Tea" } }, quantity: 1 }] }) }}',
			options,
		});
	return [
		...IN_PARALLEL.flatMap((parallel): Contestant[] => [
			{ name: `no n8n at all, ${parallel} in parallel`, parallel },
			{ name: `this package, ${parallel} in parallel`, parallel, node: ours(parallel) },
			{
				name: `HTTP Request, batches of ${parallel}`,
				parallel,
				node: httpRequest({
					batching: { batch: { batchSize: parallel, batchInterval: LATENCY_MILLISECONDS } },
				}),
			},
		]),
		{ name: 'HTTP Request, unbounded', parallel: null, node: httpRequest({}) },
	];
}

/** Webhook → a sheet of rows → the node that is measured; answered when all is done. */
function workflowOf(node: INode): Pick<Workflow, 'nodes' | 'connections'> {
	const webhookId = randomUUID();
	const rows = `={{ Array.from({ length: ${ROWS} }, (_, index) => ({ reference: 'order-' + (index + 1), amount: (index + 1) + '.50' })) }}`;
	const nodes: INode[] = [
		{
			id: randomUUID(),
			name: 'Start',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			position: [0, 0],
			webhookId,
			parameters: {
				httpMethod: 'POST',
				path: webhookId,
				responseMode: 'lastNode',
				responseData: 'noData',
			},
		},
		{
			id: randomUUID(),
			name: 'Sheet',
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			position: [160, 0],
			parameters: {
				assignments: {
					assignments: [{ id: randomUUID(), name: 'rows', type: 'array', value: rows }],
				},
				options: {},
			},
		},
		{
			id: randomUUID(),
			name: 'Rows',
			type: 'n8n-nodes-base.splitOut',
			typeVersion: 1,
			position: [320, 0],
			parameters: { fieldToSplitOut: 'rows', options: {} },
		},
		node,
	];
	const connections = Object.fromEntries(
		nodes
			.slice(0, -1)
			.map(({ name }, index) => [
				name,
				{ main: [[{ node: nodes[index + 1]?.name ?? '', type: 'main' as const, index: 0 }]] },
			]),
	);
	return { nodes, connections };
}

async function bareClient(url: string, parallel: number, apiKey: string): Promise<number> {
	const { stdout } = await promisify(execFile)(
		process.execPath,
		[
			path.join(__dirname, 'bareClient.mjs'),
			url,
			String(ROWS),
			String(parallel),
			`Api-Key ${apiKey}`,
		],
		{ timeout: 600_000 },
	);
	return Number(stdout);
}

const difference = (before: number | null, after: number | null) =>
	before === null || after === null ? null : after - before;

function print(results: Map<Contestant, Measurement[]>): void {
	const secondsOf = (contestant: Contestant) =>
		(results.get(contestant) ?? []).map(({ seconds }) => seconds);
	const lines = [...results.keys()].map((contestant) => {
		const { name, parallel } = contestant;
		const seconds = secondsOf(contestant);
		const limit = parallel === null ? null : (ROWS * LATENCY_MILLISECONDS) / parallel / 1000;
		const others = [...results.keys()].filter((other) => other.parallel === parallel);
		const bare = others.find(({ node }) => node === undefined);
		const rival = others.find((other) => other.node?.type === 'n8n-nodes-base.httpRequest');
		const grown = (results.get(contestant) ?? []).flatMap(({ grownBy }) => grownBy ?? []);
		const processor = (results.get(contestant) ?? []).flatMap(
			({ processorMillisecondsPerRow }) => processorMillisecondsPerRow ?? [],
		);
		const ofLimit = limit === null ? '' : (limit / median(seconds)).toFixed(2);
		const ofBare =
			bare === undefined || contestant === bare
				? ''
				: (median(secondsOf(bare)) / median(seconds)).toFixed(2);
		const asFast =
			rival === undefined || contestant === rival || contestant === bare
				? ''
				: `${(median(secondsOf(rival)) / median(seconds)).toFixed(2)} ×`;
		const spread = `${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)}`;
		return [
			name,
			limit?.toFixed(2) ?? '',
			median(seconds).toFixed(2),
			spread,
			ofLimit,
			ofBare,
			asFast,
			processor.length === 0 ? '' : median(processor).toFixed(1),
			grown.length === 0 ? '' : Math.round(median(grown)).toString(),
		];
	});
	printTable(
		`${ROWS} rows, latency ${LATENCY_MILLISECONDS} ms, medians of ${ROUNDS} rounds, limit = rows × latency ÷ parallel`,
		[
			'',
			'limit (s)',
			'took (s)',
			'spread (s)',
			'share of the limit',
			'share of no n8n',
			'against HTTP Request',
			'processor time per row (ms)',
			'memory grew (MB)',
		],
		lines,
	);
}

main().catch((error: unknown) => {
	console.error(`\n${error instanceof Error ? error.message : String(error)}`);
	process.exitCode = 1;
});
