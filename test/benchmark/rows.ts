/**
 * From 1,000 rows to 1,000 checkouts in a real n8n: our node, n8n's HTTP Request node, and the same
 * requests without n8n, over http and over TLS; then the memory that more rows take. Prints tables
 * in Markdown, for docs/rows.md; nothing is asserted, the numbers are for a person to read.
 *
 *   npm run bench -- rows              # about 15 minutes
 *   npm run bench -- rows --rows 200 --rounds 1 --parallel 10 --tls none --memory none
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import axios from 'axios';
import type { IDataObject, INode } from 'n8n-workflow';
import { sandboxCredentials, startSandbox, type RunningSandbox } from '../../sandbox/sandbox';
import { chain } from '../e2e/steps';
import { N8nClient, type Credential, type Workflow } from '../n8n/client';
import { startN8n, type RunningN8n } from '../n8n/instance';
import {
	median,
	printTable,
	processorMilliseconds,
	residentMegabytes,
	say,
	watchMegabytes,
} from './support';
import { startTlsProxy } from './tlsProxy';

const { values: given } = parseArgs({
	options: {
		rows: { type: 'string', default: '1000' },
		latency: { type: 'string', default: '50' },
		rounds: { type: 'string', default: '3' },
		parallel: { type: 'string', default: '1,5,10,50' },
		tls: { type: 'string', default: '10,50' },
		memory: { type: 'string', default: '1000,2000,4000' },
		// A folder into which Node writes a profile of n8n when it ends.
		profile: { type: 'string' },
	},
});
const ROWS = Number(given.rows);
const LATENCY_MILLISECONDS = Number(given.latency);
const ROUNDS = Number(given.rounds);
const numbers = (list: string): number[] => (list === 'none' ? [] : list.split(',').map(Number));

const provider = 'payfect';
const measured = 'Create Checkouts';
const BARE = 'no n8n at all';
const OURS = 'this package';
const THEIRS = 'HTTP Request';

type Transport = 'http' | 'TLS';

interface Contestant {
	name: string;
	transport: Transport;
	/** Requests at the same time. */
	parallel: number;
	/** Undefined: the same requests without n8n. */
	node?: INode;
}

interface Measurement {
	seconds: number;
	/**
	 * Of n8n, its start and end of the execution included; what a busy machine does not change. NaN
	 * where the system does not tell.
	 */
	processorMillisecondsPerRow: number;
	/** What n8n's whole process has more at its highest than before, and afterwards. */
	peakMegabytes: number;
	grownMegabytes: number;
}

/** The n8n, the provider and the credentials by which the one reaches the other. */
interface Stage {
	n8n: RunningN8n;
	client: N8nClient;
	sandbox: RunningSandbox;
	apiKey: string;
	credentials: Record<Transport, Credential>;
	baseUrls: Record<Transport, string>;
}

async function main(): Promise<void> {
	const sandbox = await startSandbox({ latencyMilliseconds: LATENCY_MILLISECONDS });
	const withTls = numbers(given.tls).length > 0;
	const proxy = withTls ? await startTlsProxy(sandbox.url) : undefined;
	let n8n: RunningN8n | undefined;
	try {
		n8n = await startN8n({
			say,
			environment: proxy ? { NODE_EXTRA_CA_CERTS: proxy.certificateFile } : {},
			nodeArguments: given.profile ? ['--cpu-prof', `--cpu-prof-dir=${given.profile}`] : [],
		});
		const stage = await prepare(n8n, sandbox, proxy?.url ?? sandbox.url);
		await compareSpeed(stage, proxy?.certificateFile);
		await compareMemory(stage);
	} finally {
		await n8n?.stop();
		proxy?.close();
		await sandbox.close();
		if (n8n) rmSync(n8n.userFolder, { recursive: true, force: true });
	}
}

async function prepare(n8n: RunningN8n, sandbox: RunningSandbox, tlsUrl: string): Promise<Stage> {
	const client = new N8nClient(n8n.url);
	await client.signIn(n8n.owner);
	const offered = sandboxCredentials(sandbox.url).find(({ type }) => type === `${provider}Api`);
	if (!offered) throw new Error(`The sandbox offers no credential for ${provider}.`);
	const plain = String(offered.data.baseUrl);
	const baseUrls = { http: plain, TLS: plain.replace(sandbox.url, tlsUrl) };
	const credentialFor = async (transport: Transport) =>
		await client.credentials.create({
			...offered,
			name: `${offered.name} over ${transport}`,
			data: { ...offered.data, baseUrl: baseUrls[transport] },
		});
	const credentials = { http: await credentialFor('http'), TLS: await credentialFor('TLS') };
	return { n8n, client, sandbox, apiKey: String(offered.data.apiKey), credentials, baseUrls };
}

async function compareSpeed(stage: Stage, certificateFile: string | undefined): Promise<void> {
	const contestants = [
		...numbers(given.parallel).flatMap((parallel) => contestantsFor(stage, 'http', parallel)),
		...numbers(given.tls).flatMap((parallel) => contestantsFor(stage, 'TLS', parallel)),
	];
	if (contestants.length === 0) return;
	const workflows = new Map<Contestant, Workflow>();
	for (const contestant of contestants) {
		if (contestant.node) workflows.set(contestant, await publish(stage, contestant.node, ROWS));
	}
	const runOnce = async (contestant: Contestant): Promise<Measurement> => {
		const workflow = workflows.get(contestant);
		return workflow
			? await runInN8n(stage, workflow, ROWS)
			: await bareClient(stage, contestant, certificateFile);
	};
	// The first run of anything in n8n is slower: modules are loaded and code is compiled.
	for (const contestant of contestants.filter(({ node, parallel }) => node && parallel >= 10))
		await runOnce(contestant);
	const results = new Map<Contestant, Measurement[]>(contestants.map((each) => [each, []]));
	for (let round = 1; round <= ROUNDS; round++) {
		for (const contestant of contestants) {
			const result = await runOnce(contestant);
			results.get(contestant)?.push(result);
			say(
				`round ${round} of ${ROUNDS}: ${contestant.name}, ${contestant.parallel} in parallel over ${contestant.transport}: ${result.seconds.toFixed(2)} s`,
			);
		}
	}
	printSpeed(results);
}

async function publish(stage: Stage, node: INode, rows: number): Promise<Workflow> {
	const workflow = await stage.client.workflows.create({
		name: `${rows} rows`,
		...workflowOf(node, rows),
	});
	await stage.client.workflows.publish(workflow.id);
	return workflow;
}

async function runInN8n(stage: Stage, workflow: Workflow, rows: number): Promise<Measurement> {
	const { n8n, client, sandbox } = stage;
	await axios.post(`${sandbox.url}/control/reset`, undefined, { proxy: false });
	const now = () => ({
		megabytes: residentMegabytes(n8n) ?? NaN,
		processor: processorMilliseconds(n8n) ?? NaN,
	});
	const before = now();
	const watched = watchMegabytes(n8n);
	await axios.post(
		`${n8n.url}/webhook/${workflow.nodes[0]?.webhookId}`,
		{},
		{ timeout: 600_000, proxy: false },
	);
	const after = now();
	const highest = watched.stop();
	const [latest] = await client.executions.list(workflow.id);
	const execution = await client.executions.get(latest?.id ?? '');
	const task = execution.data.resultData.runData[measured]?.[0];
	const { data: state } = await axios.get<{ checkouts: unknown[] }>(
		`${sandbox.url}/control/state?provider=${provider}`,
		{ proxy: false },
	);
	const made = state.checkouts.length;
	if (execution.status !== 'success' || made !== rows || task?.data?.main?.[0]?.length !== rows)
		throw new Error(`${workflow.name}: ${execution.status}, ${made} checkouts instead of ${rows}.`);
	return {
		seconds: task.executionTime / 1000,
		processorMillisecondsPerRow: (after.processor - before.processor) / rows,
		peakMegabytes: highest - before.megabytes,
		grownMegabytes: after.megabytes - before.megabytes,
	};
}

function contestantsFor(stage: Stage, transport: Transport, parallel: number): Contestant[] {
	return [
		{ name: BARE, transport, parallel },
		{ name: OURS, transport, parallel, node: ours(stage.credentials[transport], parallel) },
		{
			name: THEIRS,
			transport,
			parallel,
			node: httpRequest(stage, transport, {
				batching: { batch: { batchSize: parallel, batchInterval: LATENCY_MILLISECONDS } },
			}),
		},
	];
}

function nodeOf(
	credential: Credential,
	type: string,
	typeVersion: number,
	parameters: IDataObject,
): INode {
	return {
		id: randomUUID(),
		name: measured,
		type,
		typeVersion,
		position: [480, 0],
		parameters: parameters as INode['parameters'],
		credentials: { [credential.type]: { id: credential.id, name: credential.name } },
	};
}

function ours(credential: Credential, parallel: number): INode {
	return nodeOf(credential, 'n8n-nodes-hosted-checkout.payfect', 1.1, {
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
}

function httpRequest(stage: Stage, transport: Transport, options: IDataObject): INode {
	const credential = stage.credentials[transport];
	return nodeOf(credential, 'n8n-nodes-base.httpRequest', 4.2, {
		method: 'POST',
		url: `${stage.baseUrls[transport]}/checkouts/`,
		authentication: 'predefinedCredentialType',
		nodeCredentialType: credential.type,
		sendBody: true,
		specifyBody: 'json',
		jsonBody:
			'={{ JSON.stringify({ client_reference_id: $json.reference, currency: "usdt", invoice_items: [{ price_data: { currency: "usdt", unit_amount: $json.amount, product_data: { name: "Tea" } }, quantity: 1 }] }) }}',
		options,
	});
}

/** Webhook → a sheet of rows → the node that is measured; answered when all is done. */
function workflowOf(node: INode, count: number): Pick<Workflow, 'nodes' | 'connections'> {
	const webhookId = randomUUID();
	const rows = `={{ Array.from({ length: ${count} }, (_, index) => ({ reference: 'order-' + (index + 1), amount: (index + 1) + '.50' })) }}`;
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
		{ ...node, id: randomUUID() },
	];
	return chain(nodes);
}

async function bareClient(
	{ baseUrls, apiKey }: Stage,
	{ transport, parallel }: Contestant,
	certificateFile: string | undefined,
): Promise<Measurement> {
	const { stdout } = await promisify(execFile)(
		process.execPath,
		[
			path.join(__dirname, 'bareClient.mjs'),
			`${baseUrls[transport]}/checkouts/`,
			String(ROWS),
			String(parallel),
			`Api-Key ${apiKey}`,
		],
		{
			timeout: 600_000,
			env: { ...process.env, ...(certificateFile && { NODE_EXTRA_CA_CERTS: certificateFile }) },
		},
	);
	const taken = JSON.parse(stdout) as Pick<Measurement, 'seconds' | 'processorMillisecondsPerRow'>;
	return { ...taken, peakMegabytes: NaN, grownMegabytes: NaN };
}

/** Each round against the same round of the other: what a busy machine does, it does to both. */
function ratios(
	these: readonly Measurement[],
	those: readonly Measurement[] | undefined,
): number[] {
	return these.map(({ seconds }, round) => (those?.[round]?.seconds ?? NaN) / seconds);
}

/** The median first, then every round. */
function roundByRound(values: readonly number[]): string {
	const [middle, ...all] = [median(values), ...values].map((value) => value.toFixed(2));
	return middle === 'NaN' ? '' : `**${middle}** (${all.join(', ')})`;
}

function printSpeed(results: Map<Contestant, Measurement[]>): void {
	const rivalOf = ({ transport, parallel }: Contestant, name: string) =>
		[...results].find(
			([other]) =>
				other.name === name && other.transport === transport && other.parallel === parallel,
		)?.[1];
	const lines = [...results].map(([contestant, measurements]) => {
		const { name, transport, parallel } = contestant;
		const seconds = measurements.map((each) => each.seconds);
		const limit = (ROWS * LATENCY_MILLISECONDS) / parallel / 1000;
		const againstTheirs = ratios(measurements, rivalOf(contestant, THEIRS));
		return [
			`${parallel}, ${transport}`,
			name,
			limit.toFixed(2),
			median(seconds).toFixed(2),
			name === BARE ? '' : roundByRound(ratios(measurements, rivalOf(contestant, BARE))),
			name === OURS ? `${median(againstTheirs).toFixed(2)} ×` : '',
			median(measurements.map((each) => each.processorMillisecondsPerRow)).toFixed(1),
			name === BARE ? '' : megabytes(measurements.map((each) => each.grownMegabytes)),
		];
	});
	printTable(
		`${ROWS} rows, latency ${LATENCY_MILLISECONDS} ms, medians of ${ROUNDS} rounds (in brackets: every round), limit = rows × latency ÷ parallel`,
		[
			'in parallel',
			'',
			'limit (s)',
			'took (s)',
			'of no n8n',
			'as fast as HTTP Request',
			'processor time a row (ms)',
			'memory grew (MB)',
		],
		lines,
	);
}

const megabytes = (values: readonly number[]) => Math.round(median(values)).toString();

/** More rows take more memory only for what they hold: a row that waits costs nothing else. */
async function compareMemory(stage: Stage): Promise<void> {
	const lines: string[][] = [];
	for (const rows of numbers(given.memory)) {
		const measurementsOf = async (node: INode): Promise<Measurement[]> => {
			const workflow = await publish(stage, node, rows);
			const measurements: Measurement[] = [];
			for (let round = 1; round <= ROUNDS; round++) {
				measurements.push(await runInN8n(stage, workflow, rows));
				say(`memory of ${rows} rows, round ${round} of ${ROUNDS}`);
			}
			return measurements;
		};
		const own = await measurementsOf(ours(stage.credentials.http, 50));
		const theirs = await measurementsOf(
			httpRequest(stage, 'http', {
				batching: { batch: { batchSize: 50, batchInterval: LATENCY_MILLISECONDS } },
			}),
		);
		lines.push([
			String(rows),
			...[own, theirs].flatMap((measurements) => [
				megabytes(measurements.map((each) => each.peakMegabytes)),
				megabytes(measurements.map((each) => each.grownMegabytes)),
			]),
		]);
	}
	if (lines.length === 0) return;
	printTable(
		`Memory of n8n's whole process over what it had before, 50 in parallel, medians of ${ROUNDS} rounds (MB)`,
		['rows', `${OURS}: at its highest`, 'after it', `${THEIRS}: at its highest`, 'after it'],
		lines,
	);
}

main().catch((error: unknown) => {
	console.error(`\n${error instanceof Error ? error.message : String(error)}`);
	process.exitCode = 1;
});
