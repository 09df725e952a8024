/**
 * A whole n8n: how many orders are claimed a second, beside an execution that does nothing, with
 * n8n on SQLite and on PostgreSQL: by the one conditional update of a Data Table, by the same of
 * n8n's own Postgres node, and by the order desk's workflows from the event to the shipment. Each
 * claim is of an order of its own, and each is counted afterwards.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import axios from 'axios';
import type { IDataObject, INode } from 'n8n-workflow';
import { OrderDesk, type OrderRow } from '../e2e/orderDesk';
import { chain, node } from '../e2e/steps';
import { N8nClient } from '../n8n/client';
import { startN8n, type RunningN8n } from '../n8n/instance';
import { startServices, type Services } from '../queue/services';
import { engines } from './engines';
import { figure, median, medianRatio, printTable, say, times } from './support';

const { values: given } = parseArgs({
	options: {
		rounds: { type: 'string', default: '5' },
		count: { type: 'string', default: '60' },
		connections: { type: 'string', default: '10' },
		rows: { type: 'string', default: '1000' },
		engine: { type: 'string', default: 'lazy' },
	},
});
const ROUNDS = Number(given.rounds);
const COUNT = Number(given.count);
const CONNECTIONS = Number(given.connections);
/** Orders that stand in the table before. */
const ROWS = Number(given.rows);
/** Whatever goes wrong, it ends. */
const LONGEST_MILLISECONDS = 120_000;

const plain = 'an execution that does nothing';

interface Contestant {
	name: string;
	/** What is sent for one order, and where to */
	send: (reference: string) => Promise<unknown>;
	/** Orders that can be claimed; none for one that claims nothing */
	put?: (references: readonly string[]) => Promise<void>;
	/** How many of these are claimed or shipped. */
	claimed?: (references: readonly string[]) => Promise<number>;
}

type Postgres = Services['postgres'];

async function main(): Promise<void> {
	const [engine, ...more] = engines(given.engine);
	if (!engine || more.length > 0)
		throw new Error('One engine at a time: --engine lazy or --engine default.');
	const services = await startServices(say);
	try {
		const databases: [string, Record<string, string>, Postgres | undefined][] = [
			['SQLite', {}, undefined],
			['PostgreSQL', onPostgres(services.postgres), services.postgres],
		];
		for (const [database, environment, postgres] of databases)
			printTable(
				`n8n on ${database}, ${engine.title}: ${COUNT} at a time over ${CONNECTIONS} connections, ${ROWS} orders in the table before, medians of ${ROUNDS} rounds`,
				['', 'a second', 'spread', `against ${plain}`],
				await onDatabase(database, { ...engine.environment, ...environment }, postgres),
			);
	} finally {
		await services.end();
	}
}

const onPostgres = ({ port, database, user, password }: Postgres) => ({
	DB_TYPE: 'postgresdb',
	DB_POSTGRESDB_HOST: '127.0.0.1',
	DB_POSTGRESDB_PORT: String(port),
	DB_POSTGRESDB_DATABASE: database,
	DB_POSTGRESDB_USER: user,
	DB_POSTGRESDB_PASSWORD: password,
});

async function onDatabase(
	database: string,
	environment: Record<string, string>,
	postgres: Postgres | undefined,
): Promise<string[][]> {
	const userFolder = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-bench-'));
	let n8n: RunningN8n | undefined;
	try {
		n8n = await startN8n({ userFolder, environment, say });
		const client = new N8nClient(n8n.url);
		await client.signIn(n8n.owner);
		const contestants = [
			...(await openDataTable(client)),
			...(postgres ? await openPostgres(client, postgres) : []),
		];
		const results = await measure(database, contestants);
		const peer = results.get(plain) ?? [];
		return [...results].map(([name, perSecond]) => [
			name,
			figure(median(perSecond)),
			`${figure(Math.min(...perSecond))}–${figure(Math.max(...perSecond))}`,
			name === plain ? '' : times(medianRatio(perSecond, peer)),
		]);
	} finally {
		await n8n?.stop();
		rmSync(userFolder, { recursive: true, force: true });
	}
}

async function measure(
	database: string,
	contestants: readonly Contestant[],
): Promise<Map<string, number[]>> {
	const results = new Map(contestants.map(({ name }) => [name, [] as number[]]));
	// The first executions of anything in n8n are slower.
	for (const contestant of contestants) await measureOnce(contestant);
	for (let round = 0; round < ROUNDS; round++)
		for (const [place] of contestants.entries()) {
			// Whoever begins a round has it easier or harder than the others: each does once.
			const contestant = contestants[(place + round) % contestants.length] as Contestant;
			const perSecond = await measureOnce(contestant);
			results.get(contestant.name)?.push(perSecond);
			say(
				`${database}, round ${round + 1} of ${ROUNDS}: ${contestant.name}: ${figure(perSecond)} a second`,
			);
		}
	return results;
}

/** How many a second. Throws where not each order was claimed once. */
async function measureOnce({ name, send, put, claimed }: Contestant): Promise<number> {
	const references = Array.from({ length: COUNT }, () => `order-${randomUUID()}`);
	await put?.(references);
	const begun = performance.now();
	await Promise.all(references.map(send));
	const perSecond = (COUNT * 1000) / (performance.now() - begun);
	const done = (await claimed?.(references)) ?? COUNT;
	if (done !== COUNT) throw new Error(`${name}: ${done} of ${COUNT} orders were claimed.`);
	return perSecond;
}

const order = (reference: string, state = 'open'): Partial<OrderRow> => ({
	reference,
	amount: '20.50',
	currency: 'USDT',
	state,
});
/** What a trigger puts out for its payment. */
const event = (reference: string): IDataObject => ({
	event: 'payment.succeeded',
	reference,
	amount: '20.50',
	currency: 'USDT',
	eventId: `event-${reference}`,
	occurredAt: '2026-05-04T03:02:01.000Z',
	checkoutId: null,
	paymentId: null,
	provider: 'payfect',
});

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

/** Publishes a webhook with these steps behind it; gives what sends it one payment. */
async function webhook(client: N8nClient, name: string, steps: INode[]): Promise<Contestant> {
	const webhookId = randomUUID();
	const start = node('Called', 'n8n-nodes-base.webhook', 2, {
		webhookId,
		parameters: { path: webhookId, httpMethod: 'POST', responseMode: 'lastNode', options: {} },
	});
	const { id } = await client.workflows.create({ name, ...chain([start, ...steps]) });
	await client.workflows.publish(id);
	const url = `${client.url}/webhook/${webhookId}`;
	return {
		name,
		send: async (reference) =>
			await axios.post(url, event(reference), {
				httpAgent: agent,
				proxy: false,
				timeout: LONGEST_MILLISECONDS,
			}),
	};
}

/** A step that hands the event to another workflow, as the receiving workflows do. */
const calls = (id: string): INode[] => [
	node('The Event', 'n8n-nodes-base.set', 3.4, {
		parameters: { mode: 'raw', jsonOutput: '={{ JSON.stringify($json.body) }}', options: {} },
	}),
	node('Call', 'n8n-nodes-base.executeWorkflow', 1.2, {
		parameters: { workflowId: { __rl: true, mode: 'list', value: id }, options: {} },
	}),
];

const notPending = (rows: readonly Partial<OrderRow>[], references: readonly string[]) => {
	const asked = new Set(references);
	return rows.filter(
		({ reference, state }) =>
			asked.has(reference ?? '') && ['claimed', 'shipped'].includes(state ?? ''),
	).length;
};

async function openDataTable(client: N8nClient): Promise<Contestant[]> {
	// None of these asks a provider.
	const desk = await OrderDesk.open(
		{ client, sandbox: { url: 'https://sandbox.example' } },
		{ files: ['payment-arrives', 'ship'] },
	);
	await desk.insert(...old());
	const claim = node('Claim', 'n8n-nodes-base.dataTable', 1.1, {
		alwaysOutputData: true,
		parameters: {
			resource: 'row',
			operation: 'update',
			dataTableId: { __rl: true, mode: 'name', value: desk.table },
			matchType: 'allConditions',
			filters: {
				conditions: [
					{ keyName: 'reference', condition: 'eq', keyValue: '={{ $json.body.reference }}' },
					{ keyName: 'state', condition: 'eq', keyValue: 'open' },
				],
			},
			columns: {
				mappingMode: 'defineBelow',
				value: { state: 'claimed', claimedBy: '={{ $execution.id }}' },
				matchingColumns: [],
				schema: ['state', 'claimedBy'].map((id) => ({
					id,
					displayName: id,
					required: false,
					defaultMatch: false,
					display: true,
					type: 'string',
				})),
			},
			options: {},
		},
	});
	const table = {
		put: async (references: readonly string[]) =>
			await desk.insert(...references.map((reference) => order(reference))),
		claimed: async (references: readonly string[]) => notPending(await desk.rows(), references),
	};
	return [
		await webhook(client, plain, [node('Nothing', 'n8n-nodes-base.noOp', 1)]),
		{ ...(await webhook(client, 'the claim, in a Data Table', [claim])), ...table },
		{
			...(await webhook(
				client,
				'the order desk, from the event to the shipment',
				calls(desk.workflow('payment-arrives').id),
			)),
			...table,
		},
	];
}

const old = () => Array.from({ length: ROWS }, () => order(`order-${randomUUID()}`, 'shipped'));

async function openPostgres(client: N8nClient, postgres: Postgres): Promise<Contestant[]> {
	const { port, user, password, database, run, rows } = postgres;
	const { id, name } = await client.credentials.create({
		type: 'postgres',
		name: 'Orders',
		data: { host: '127.0.0.1', port, user, password, database },
	});
	const credentials = { postgres: { id, name } };
	const desk = await OrderDesk.open(
		{ client, sandbox: { url: 'https://sandbox.example' } },
		{
			files: ['claim-in-postgres'],
			each: (step) => (step.type === 'n8n-nodes-base.postgres' ? { ...step, credentials } : step),
		},
	);
	const insert = async (orders: readonly Partial<OrderRow>[]) =>
		await run(
			`INSERT INTO order_desk (reference, amount, currency, state) VALUES ${orders
				.map((one) => `('${one.reference}', '${one.amount}', '${one.currency}', '${one.state}')`)
				.join(', ')}`,
		);
	await insert(old());
	const claim = node('Claim', 'n8n-nodes-base.postgres', 2.6, {
		alwaysOutputData: true,
		credentials,
		parameters: {
			operation: 'executeQuery',
			query:
				"UPDATE order_desk SET state = 'claimed', \"claimedBy\" = $2 WHERE reference = $1 AND state = 'open' RETURNING *",
			options: { queryReplacement: '={{ [$json.body.reference, $execution.id] }}' },
		},
	});
	const table = {
		put: async (references: readonly string[]) =>
			await insert(references.map((reference) => order(reference))),
		claimed: async (references: readonly string[]) =>
			notPending(await rows<Partial<OrderRow>>('SELECT * FROM order_desk'), references),
	};
	return [
		{ ...(await webhook(client, "the claim, by n8n's Postgres node", [claim])), ...table },
		{
			...(await webhook(
				client,
				'the order desk with its orders in PostgreSQL',
				calls(desk.workflow('claim-in-postgres').id),
			)),
			...table,
		},
	];
}

main()
	.catch((error: unknown) => {
		console.error(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
		process.exitCode = 1;
	})
	.finally(() => agent.destroy());
