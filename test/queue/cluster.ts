import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packPackage, startN8n, type RunningN8n } from '../n8n/instance';
import { startBalancer, type Balancer } from './balancer';
import { startServices, type Services } from './services';

export type ProcessorName = 'processor-1' | 'processor-2';
export type WorkerName = 'worker-1' | 'worker-2';
export type MemberName = 'main' | ProcessorName | WorkerName;

export const processorNames: readonly ProcessorName[] = ['processor-1', 'processor-2'];
const workerNames: readonly WorkerName[] = ['worker-1', 'worker-2'];

export interface StoredExecution {
	id: string;
	workflowId: string;
	status: string;
	mode: string;
}

export interface ClusterOptions {
	/** On top of, and over, the settings of every n8n in it. */
	environment?: Record<string, string>;
	/** How many executions one worker runs at a time; n8n's own default is 10. */
	workerConcurrency?: number;
	/** The package to install in each; packed from this clone's `dist` where none is given. */
	tarball?: string;
	/** Told what takes time. */
	say?: (line: string) => void;
}

/**
 * n8n's queue mode on this machine: Redis, PostgreSQL, one main, two webhook processors, two
 * workers, a load balancer.
 */
export interface Cluster {
	/**
	 * What providers get as callback address: the load balancer before the processors (n8n's
	 * WEBHOOK_URL).
	 */
	publicUrl: string;
	/** The editor and n8n's REST interface. */
	mainUrl: string;
	processorUrls: Record<ProcessorName, string>;
	members: Record<MemberName, RunningN8n>;
	/** n8n's own database, in which a team may keep a table of its own, too. */
	postgres: Pick<Services['postgres'], 'port' | 'password' | 'user' | 'database' | 'rows' | 'run'>;
	/** Sends all callbacks through one processor, or through each in turn again. */
	through(processor: ProcessorName | undefined): void;
	/** Ends it at once, as a power cut does. */
	kill(name: MemberName | 'redis'): Promise<void>;
	/**
	 * Starts it with the same data on the same port; one that still runs is stopped in order first.
	 * Ends when it is ready.
	 */
	restart(name: MemberName | 'redis'): Promise<void>;
	/**
	 * The workers on which this execution was begun, in no order; two entries: it was begun twice (or
	 * waited in between).
	 */
	startsOf(executionId: string): WorkerName[];
	/**
	 * All executions that n8n has stored, in the order of their numbers, from its database. n8n's own
	 * list is no count: an execution that ends while the list is read can be missing, and beyond 100
	 * it skips those that began out of order.
	 */
	storedExecutions(): Promise<StoredExecution[]>;
	/** Members that do not run, with how they ended. */
	ended(): Partial<Record<MemberName, string>>;
	/** Stops everything and removes its data; the logs are kept in this folder where one is given. */
	stop(logFolder?: string): Promise<void>;
}

/**
 * Starts all of it on free ports of 127.0.0.1, the package installed in each n8n; ends when
 * everything is ready. Everything ends with this process, however it ends. Throws BringError
 * (something has to be installed by hand) or StartError.
 */
export async function startCluster({
	environment = {},
	workerConcurrency = 5,
	say = () => undefined,
	...options
}: ClusterOptions = {}): Promise<Cluster> {
	const undo: Array<() => Promise<unknown>> = [];
	const takeBack = async () => {
		for (const step of undo.splice(0).reverse()) await step();
	};
	try {
		const services = await startServices(say);
		undo.push(services.end);
		const balancer: Balancer = await startBalancer();
		undo.push(balancer.close);
		const folder = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-queue-'));
		undo.push(async () => await rm(folder, { recursive: true, force: true }));

		const tarball = options.tarball ?? packPackage(folder);
		const { redis, postgres } = services;
		const shared = {
			EXECUTIONS_MODE: 'queue',
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(redis.port),
			QUEUE_BULL_REDIS_PASSWORD: redis.password,
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(postgres.port),
			DB_POSTGRESDB_DATABASE: postgres.database,
			DB_POSTGRESDB_USER: postgres.user,
			DB_POSTGRESDB_PASSWORD: postgres.password,
			N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
			OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
			// So that a callback that succeeds was surely taken by a processor.
			N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
			WEBHOOK_URL: `${balancer.url}/`,
			...environment,
		};
		const start = async (name: MemberName, command: readonly string[]) => {
			const started = await startN8n({
				userFolder: path.join(folder, name),
				command,
				environment: shared,
				tarball,
				say: (line) => say(`${name}: ${line}`),
			});
			undo.push(started.stop);
			return started;
		};
		// First and alone: main brings the database up to date.
		const main = await start('main', ['start']);
		const worker = ['worker', `--concurrency=${workerConcurrency}`];
		const started = await Promise.allSettled([
			start('processor-1', ['webhook']),
			start('processor-2', ['webhook']),
			start('worker-1', worker),
			start('worker-2', worker),
		]);
		const [processor1, processor2, worker1, worker2] = started.map((one) => {
			if (one.status === 'rejected') throw one.reason;
			return one.value;
		}) as [RunningN8n, RunningN8n, RunningN8n, RunningN8n];
		const members: Record<MemberName, RunningN8n> = {
			main,
			'processor-1': processor1,
			'processor-2': processor2,
			'worker-1': worker1,
			'worker-2': worker2,
		};
		const names = Object.keys(members) as MemberName[];
		const processors = processorNames.map((name) => ({ name, url: members[name].url }));
		balancer.route({ processors, main: { name: 'main', url: main.url } });

		return {
			publicUrl: balancer.url,
			mainUrl: main.url,
			processorUrls: { 'processor-1': processor1.url, 'processor-2': processor2.url },
			members,
			postgres,
			through: balancer.prefer,
			kill: async (name) => await (name === 'redis' ? redis : members[name]).kill(),
			restart: async (name) => {
				if (name !== 'redis') return await members[name].restart();
				await redis.stop();
				return await redis.start();
			},
			startsOf: (executionId) =>
				workerNames.flatMap((name) =>
					members[name]
						.log()
						.split(`Worker started execution ${executionId} (job `)
						.slice(1)
						.map(() => name),
				),
			storedExecutions: async () =>
				await postgres.rows(
					'SELECT id::text, "workflowId", status, mode FROM execution_entity WHERE "deletedAt" IS NULL ORDER BY execution_entity.id',
				),
			ended: () =>
				Object.fromEntries(
					names.flatMap((name) =>
						members[name].ended() === undefined ? [] : [[name, members[name].ended()]],
					),
				),
			stop: async (logFolder) => {
				await Promise.all(names.map(async (name) => await members[name].stop()));
				if (logFolder !== undefined) {
					await mkdir(logFolder, { recursive: true });
					const logs = {
						...Object.fromEntries(names.map((name) => [name, members[name].log()])),
						redis: redis.log(),
						postgres: postgres.log(),
					};
					await Promise.all(
						Object.entries(logs).map(
							async ([name, log]) =>
								await writeFile(path.join(logFolder, `queue-${name}.log`), log),
						),
					);
				}
				await takeBack();
			},
		};
	} catch (error) {
		await takeBack();
		throw error;
	}
}
