import { copyFile, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Owner } from '../n8n/client';
import { startN8n } from '../n8n/instance';
import { startBalancer } from '../queue/balancer';
import { startCluster, type MemberName, type StoredExecution } from '../queue/cluster';

export const modes = ['sqlite', 'queue'] as const;
export type Mode = (typeof modes)[number];

/** The n8n that is struck. */
export interface Target {
	/** The editor and the REST interface. */
	url: string;
	/** What providers get as callback address. */
	publicUrl: string;
	/** To sign in with. */
	owner: Owner;
	/** What the kills meet, in turn. */
	victims: readonly string[];
	/** While one is away, the others take callbacks. */
	othersGoOn: boolean;
	/** So long n8n takes at most to notice what a kill has done. */
	millisecondsUntilNoticed: number;
	/** Ends it with kill -9. */
	kill(victim: string): Promise<void>;
	/** Ends when it is ready again. */
	restart(victim: string): Promise<void>;
	/**
	 * All executions, in the order of their numbers, from n8n's database: its own list leaves some
	 * out.
	 */
	storedExecutions(): Promise<StoredExecution[]>;
	/** Its logs are kept in `logFolder`. */
	stop(): Promise<void>;
}

export const logFolder = path.join(__dirname, '..', '..', 'test-results', 'crash');

/**
 * Without it the default engine starts at most 17 executions a second, fewer than come together
 * after a kill.
 */
const lazyIsolates = { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' };

/**
 * @param direct providers reach n8n with nothing before it that knows whether n8n is ready; one n8n
 * on SQLite only
 */
export async function startTarget(
	mode: Mode,
	direct: boolean,
	say: (line: string) => void,
): Promise<Target> {
	return mode === 'sqlite' ? await startAlone(direct, say) : await startTogether(say);
}

/** n8n as most people run it: one process and SQLite. */
async function startAlone(direct: boolean, say: (line: string) => void): Promise<Target> {
	const balancer = direct ? undefined : await startBalancer();
	const environment = { ...lazyIsolates, ...(balancer && { WEBHOOK_URL: `${balancer.url}/` }) };
	const n8n = await startN8n({ say, environment }).catch(async (error: unknown) => {
		await balancer?.close();
		throw error;
	});
	const alone = { name: 'n8n', url: n8n.url };
	balancer?.route({ processors: [alone], main: alone });
	return {
		url: n8n.url,
		publicUrl: balancer?.url ?? n8n.url,
		owner: n8n.owner,
		victims: ['n8n'],
		othersGoOn: false,
		millisecondsUntilNoticed: 0,
		kill: async () => await n8n.kill(),
		restart: async () => await n8n.restart(),
		storedExecutions: async () => {
			const database = new DatabaseSync(path.join(n8n.userFolder, '.n8n', 'database.sqlite'), {
				readOnly: true,
			});
			try {
				return await Promise.resolve(
					database
						.prepare(
							'SELECT CAST(id AS TEXT) AS id, workflowId, status, mode FROM execution_entity WHERE deletedAt IS NULL ORDER BY execution_entity.id',
						)
						.all() as unknown as StoredExecution[],
				);
			} finally {
				database.close();
			}
		},
		stop: async () => {
			await balancer?.close();
			await n8n.stop();
			await mkdir(logFolder, { recursive: true });
			await copyFile(n8n.logFile, path.join(logFolder, 'n8n.log'));
			await rm(n8n.userFolder, { recursive: true, force: true, maxRetries: 5 });
		},
	};
}

async function startTogether(say: (line: string) => void): Promise<Target> {
	// An execution that was stored and never reached Redis stays "new" until n8n looks for such ones,
	// by default every three hours.
	const cluster = await startCluster({
		say,
		// An execution spends most of its time in pauses.
		workerConcurrency: 20,
		environment: { ...lazyIsolates, N8N_EXECUTIONS_QUEUE_RECOVERY_INTERVAL: '1' },
	});
	const victims: readonly (MemberName | 'redis')[] = [
		'worker-1',
		'processor-1',
		'redis',
		'worker-2',
		'processor-2',
	];
	const known = (name: string) => {
		const victim = victims.find((one) => one === name);
		if (victim === undefined) throw new Error(`There is no ${name} to kill.`);
		return victim;
	};
	return {
		url: cluster.mainUrl,
		publicUrl: cluster.publicUrl,
		owner: cluster.members.main.owner,
		victims,
		othersGoOn: true,
		// The lock on a job lasts a minute, and is looked at every half minute
		// (QUEUE_WORKER_LOCK_DURATION, QUEUE_WORKER_STALLED_INTERVAL): 97 and 122 s were seen.
		millisecondsUntilNoticed: 150_000,
		kill: async (name) => await cluster.kill(known(name)),
		restart: async (name) => await cluster.restart(known(name)),
		storedExecutions: cluster.storedExecutions,
		stop: async () => await cluster.stop(logFolder),
	};
}
