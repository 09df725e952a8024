/**
 * A whole n8n: from a verified callback to its stored execution, for each trigger, beside an empty
 * trigger that reads one credential and n8n's own Webhook node; and how fast forged ones are
 * refused and copies acknowledged. With n8n's default expression engine and with
 * `N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true`. Every callback is a genuine one of its own, over
 * loopback.
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import type { ICredentialDataDecryptedObject, IDataObject, INode } from 'n8n-workflow';
import { sandboxCredentials, startSandbox, type RunningSandbox } from '../../sandbox/sandbox';
import type { ReceivedCallback } from '../../nodes/shared/core/contract';
import { N8nClient, type Credential } from '../n8n/client';
import { installPackage, startN8n, type RunningN8n } from '../n8n/instance';
import { runNode } from '../support/contexts';
import { newCredential, newNode } from '../support/providers';
import { SandboxClient } from '../support/sandboxClient';
import { engines } from './engines';
import { merchants, type Merchant } from './signedPayments';
import {
	figure,
	median,
	medianRatio,
	printTable,
	processorMilliseconds,
	say,
	times,
} from './support';

const { values: given } = parseArgs({
	options: {
		rounds: { type: 'string', default: '5' },
		count: { type: 'string' },
		connections: { type: 'string', default: '10' },
		engine: { type: 'string', default: 'default,lazy' },
	},
});
const ROUNDS = Number(given.rounds);
const CONNECTIONS = Number(given.connections);
/** Whatever goes wrong, it ends. */
const LONGEST_MILLISECONDS = 120_000;

interface Contestant {
	name: string;
	workflowId: string;
	url: string;
	/** The callback of this payment, whatever has to be there at the provider being there. */
	callback(payment: number): Promise<ReceivedCallback>;
	/** Only those that prove callbacks refuse any and know copies. */
	verifies: boolean;
}

interface Measurement {
	startsPerSecond: number;
	/** Of n8n, for one started execution; what a busy machine changes least. */
	processorMilliseconds: number;
	refusedPerSecond: number;
	copiesPerSecond: number;
}

const emptyTrigger = 'the same trigger, empty';
let payments = 0;

async function main(): Promise<void> {
	const chosen = engines(given.engine);
	const sandbox = await startSandbox();
	const userFolder = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-bench-'));
	let n8n: RunningN8n | undefined;
	try {
		await installPackage(userFolder, await packEmptyTrigger(userFolder));
		n8n = await startN8n({ userFolder, say });
		const client = new N8nClient(n8n.url);
		await client.signIn(n8n.owner);
		const contestants = await open(client, sandbox);
		for (const { title, environment, count } of chosen) {
			await n8n.restart(environment);
			await measure(
				n8n,
				contestants,
				title,
				given.count === undefined ? count : Number(given.count),
			);
		}
	} finally {
		await n8n?.stop();
		await sandbox.close();
		rmSync(userFolder, { recursive: true, force: true });
	}
}

async function packEmptyTrigger(folder: string): Promise<string> {
	const { stdout } = await promisify(execFile)(
		'npm',
		['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
		{ cwd: path.join(__dirname, 'emptyTrigger') },
	);
	const [packed] = JSON.parse(stdout) as { filename: string }[];
	return path.join(folder, packed?.filename ?? '');
}

async function open(client: N8nClient, sandbox: RunningSandbox): Promise<Contestant[]> {
	const contestants: Contestant[] = [];
	const publish = async (
		name: string,
		type: string,
		typeVersion: number,
		parameters: IDataObject,
		credential: Credential | undefined,
		rest: Pick<Contestant, 'callback' | 'verifies'>,
	) => {
		const webhookId = randomUUID();
		const trigger: INode = {
			id: randomUUID(),
			name: 'Paid',
			type,
			typeVersion,
			position: [0, 0],
			webhookId,
			parameters: parameters as INode['parameters'],
			...(credential && {
				credentials: { [credential.type]: { id: credential.id, name: credential.name } },
			}),
		};
		const fulfilled: INode = {
			id: randomUUID(),
			name: 'Fulfilled',
			type: 'n8n-nodes-base.noOp',
			typeVersion: 1,
			position: [240, 0],
			parameters: {},
		};
		const workflow = await client.workflows.create({
			name,
			nodes: [trigger, fulfilled],
			connections: { Paid: { main: [[{ node: 'Fulfilled', type: 'main', index: 0 }]] } },
		});
		await client.workflows.publish(workflow.id);
		const address =
			type === 'n8n-nodes-base.webhook' ? String(parameters.path) : `${webhookId}/callback`;
		contestants.push({
			name,
			workflowId: workflow.id,
			url: `${client.url}/webhook/${address}`,
			...rest,
		});
	};
	const first = merchants.find(({ name }) => name === 'payfect');
	if (!first) throw new Error('There is no Payfect.');
	const any = {
		callback: async (payment: number) => first.callback({ number: payment }),
		verifies: false,
	};
	const secret = await client.credentials.create({
		name: 'Empty',
		type: 'emptyTriggerApi',
		data: { secret: 'not-empty' },
	});
	await publish(
		emptyTrigger,
		'n8n-nodes-empty-trigger.emptyTrigger',
		1.1,
		{ options: {} },
		secret,
		any,
	);
	await publish(
		`${emptyTrigger}, response mode by resolver (as here)`,
		'n8n-nodes-empty-trigger.emptyResolverTrigger',
		1.1,
		{ options: {} },
		secret,
		any,
	);
	await publish(
		`${emptyTrigger}, response mode by expression`,
		'n8n-nodes-empty-trigger.emptyExpressionTrigger',
		1.1,
		{ options: {} },
		secret,
		any,
	);
	await publish(
		"n8n's Webhook node",
		'n8n-nodes-base.webhook',
		2,
		{ httpMethod: 'POST', path: randomUUID(), responseMode: 'onReceived', options: {} },
		undefined,
		any,
	);
	for (const merchant of merchants) {
		const { displayName, trigger, node } = merchant;
		const offered = sandboxCredentials(sandbox.url).find(
			({ type }) => type === node.credentialName,
		);
		if (!offered)
			throw new Error(`The sandbox offers no credential of type ${node.credentialName}.`);
		const data = { ...offered.data, ...merchant.secrets };
		const credential = await client.credentials.create({
			name: displayName,
			type: node.credentialName,
			data: { ...data, callbackProof: 'signature' },
		});
		const signed = async (payment: number) => merchant.callback({ number: payment });
		const { proofs } = node.contract.callback;
		// TokenPay is always asked, at most five times a second: that is its rate.
		if (!proofs.includes('signature')) continue;
		const asks = proofs[0] === 'provider';
		const type = `n8n-nodes-hosted-checkout.${trigger}`;
		await publish(
			asks ? `${displayName}, provider not asked` : displayName,
			type,
			1.1,
			{ options: {} },
			credential,
			{ callback: signed, verifies: true },
		);
		if (!asks) continue;
		await publish(
			`${displayName}, provider asked (its default)`,
			type,
			1.1,
			{ options: {} },
			await client.credentials.create({
				name: `${displayName}, asked`,
				type: node.credentialName,
				data: { ...data, callbackProof: 'provider' },
			}),
			{
				verifies: true,
				callback: async (payment) => {
					// The form's defaults beside what is typed in.
					await payAtSandbox(merchant, { ...merchant.credentials, ...data }, sandbox, payment);
					return await signed(payment);
				},
			},
		);
	}
	return contestants;
}

/** So that the provider knows the payment when it is asked. */
async function payAtSandbox(
	{ name, displayName, node, order }: Merchant,
	credentials: Record<string, unknown>,
	sandbox: RunningSandbox,
	payment: number,
): Promise<void> {
	const { outputs, error } = await runNode({
		node: newNode(displayName),
		credentialTypes: [newCredential(displayName)],
		credentials: { [node.credentialName]: credentials as ICredentialDataDecryptedObject },
		parameters: {
			resource: 'checkout',
			operation: 'create',
			callback: 'none',
			reference: `order-${payment}`,
			...order,
		},
	});
	if (error) throw error;
	const { checkoutId } = outputs[0]?.[0]?.json ?? {};
	await new SandboxClient(sandbox.url).act(name, String(checkoutId), 'pay', { callback: 'none' });
}

async function measure(
	n8n: RunningN8n,
	contestants: readonly Contestant[],
	title: string,
	count: number,
): Promise<void> {
	const database = new DatabaseSync(path.join(n8n.userFolder, '.n8n', 'database.sqlite'), {
		readOnly: true,
	});
	const results = new Map(contestants.map((contestant) => [contestant, [] as Measurement[]]));
	try {
		const once = async (contestant: Contestant) =>
			await measureOnce(n8n, database, contestant, count);
		// The first executions of anything in n8n are slower.
		for (const contestant of contestants) await once(contestant);
		for (let round = 0; round < ROUNDS; round++) {
			// Whoever begins a round has it easier or harder than the others: each does once.
			const order = contestants.map(
				(_, place) => contestants[(place + round * 2) % contestants.length] as Contestant,
			);
			for (const contestant of order) {
				const measurement = await once(contestant);
				results.get(contestant)?.push(measurement);
				say(
					`round ${round + 1} of ${ROUNDS}: ${contestant.name}: ${figure(measurement.startsPerSecond)} a second`,
				);
			}
		}
	} finally {
		database.close();
	}
	print(title, count, results);
}

async function measureOnce(
	n8n: RunningN8n,
	database: DatabaseSync,
	contestant: Contestant,
	count: number,
): Promise<Measurement> {
	const genuine: ReceivedCallback[] = [];
	for (let made = 0; made < count; made++) genuine.push(await contestant.callback(++payments));
	const stored = database.prepare(
		"SELECT count(*) AS stored FROM execution_entity WHERE workflowId = ? AND status = 'success'",
	);
	const executions = () => Number(stored.get(contestant.workflowId)?.stored);
	const before = executions();
	const processorBefore = processorMilliseconds(n8n);
	const begun = performance.now();
	await send(contestant.url, genuine, 200);
	while (executions() < before + count) {
		if (performance.now() - begun > LONGEST_MILLISECONDS)
			throw new Error(
				`${contestant.name}: ${executions() - before} executions of ${count} were stored.`,
			);
		await wait(20);
	}
	const startsPerSecond = perSecond(count, begun);
	const processor = (processorMilliseconds(n8n) ?? NaN) - (processorBefore ?? NaN);
	const measurement: Measurement = {
		startsPerSecond,
		processorMilliseconds: processor / count,
		refusedPerSecond: NaN,
		copiesPerSecond: NaN,
	};
	if (!contestant.verifies) return measurement;
	// A genuine body with the genuine signature of the next one.
	const forged = genuine.map(({ rawBody }, index) => ({
		rawBody,
		headers: genuine[(index + 1) % count]?.headers ?? {},
	}));
	const refusing = performance.now();
	await send(contestant.url, forged, 401);
	measurement.refusedPerSecond = perSecond(count, refusing);
	const copying = performance.now();
	await send(contestant.url, genuine, 200);
	measurement.copiesPerSecond = perSecond(count, copying);
	await wait(100);
	if (executions() !== before + count)
		throw new Error(
			`${contestant.name}: ${executions() - before} executions of ${count} payments.`,
		);
	return measurement;
}

const perSecond = (count: number, begun: number) => (count * 1000) / (performance.now() - begun);

/** Sends each once, over so many connections at a time as are allowed. */
async function send(
	url: string,
	callbacks: readonly ReceivedCallback[],
	expected: number,
): Promise<void> {
	const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
	try {
		await Promise.all(
			callbacks.map(async ({ headers, rawBody }) => {
				const status = await new Promise<number | undefined>((resolve, reject) => {
					const sent = request(
						url,
						{
							method: 'POST',
							agent,
							timeout: LONGEST_MILLISECONDS,
							headers: { ...headers, 'content-length': rawBody.length },
						},
						(response) => {
							response.resume();
							response.on('end', () => resolve(response.statusCode));
							response.on('error', reject);
						},
					);
					sent.on('timeout', () => sent.destroy(new Error('n8n did not answer.')));
					sent.on('error', reject);
					sent.end(rawBody);
				});
				if (status !== expected) throw new Error(`n8n answered ${status} in place of ${expected}.`);
			}),
		);
	} finally {
		agent.destroy();
	}
}

function print(
	title: string,
	count: number,
	results: ReadonlyMap<Contestant, Measurement[]>,
): void {
	const of = (contestant: Contestant, what: keyof Measurement) =>
		(results.get(contestant) ?? []).map((measurement) => measurement[what]);
	const peer = [...results.keys()].find(({ name }) => name === emptyTrigger);
	const lines = [...results.keys()].map((contestant) => {
		const starts = of(contestant, 'startsPerSecond');
		const against =
			contestant === peer || !peer ? NaN : medianRatio(starts, of(peer, 'startsPerSecond'));
		const [refused, copies] = [
			of(contestant, 'refusedPerSecond'),
			of(contestant, 'copiesPerSecond'),
		];
		return [
			contestant.name,
			figure(median(starts)),
			`${figure(Math.min(...starts))}–${figure(Math.max(...starts))}`,
			times(against),
			figure(median(of(contestant, 'processorMilliseconds'))),
			figure(median(refused)),
			times(medianRatio(refused, starts)),
			figure(median(copies)),
			times(medianRatio(copies, starts)),
		];
	});
	printTable(
		`${title}: ${count} callbacks over ${CONNECTIONS} connections, medians of ${ROUNDS} rounds`,
		[
			'',
			'executions a second',
			'spread',
			'against the empty trigger',
			"n8n's processor time each (ms)",
			'forged refused a second',
			'against executions',
			'copies acknowledged a second',
			'against executions',
		],
		lines,
	);
}

main().catch((error: unknown) => {
	console.error(`\n${error instanceof Error ? error.message : String(error)}`);
	process.exitCode = 1;
});
