import { rm } from 'node:fs/promises';
import { startN8n } from '../n8n/instance';
import { startBalancer } from '../queue/balancer';
import { startCluster, type MemberName } from '../queue/cluster';

export const modes = ['sqlite', 'queue'] as const;
export type Mode = (typeof modes)[number];

/** The n8n that is struck. */
export interface Target {
	/** The editor and the REST interface. */
	url: string;
	/** What providers get as callback address. */
	publicUrl: string;
	/** What the kills meet, in turn. */
	victims: readonly string[];
	/** While one is away, the others take callbacks. */
	othersGoOn: boolean;
	/** Ends it with kill -9. */
	kill(victim: string): Promise<void>;
	/** Ends when it is ready again. */
	restart(victim: string): Promise<void>;
	stop(): Promise<void>;
}

/** Without it the default engine starts at most 17 executions a second, fewer than come together after a kill. */
const lazyIsolates = { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' };

/** @param direct providers reach n8n with nothing before it that knows whether n8n is ready; one n8n on SQLite only */
export async function startTarget(mode: Mode, direct: boolean, say: (line: string) => void): Promise<Target> {
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
		victims: ['n8n'],
		othersGoOn: false,
		kill: async () => await n8n.kill(),
		restart: async () => await n8n.restart(),
		stop: async () => {
			await balancer?.close();
			await n8n.stop();
			await rm(n8n.userFolder, { recursive: true, force: true, maxRetries: 5 });
		},
	};
}

async function startTogether(say: (line: string) => void): Promise<Target> {
	// n8n looks every three hours for executions that no worker has any more, and marks them as crashed; here there is no time for that.
	const cluster = await startCluster({ say, environment: { ...lazyIsolates, N8N_EXECUTIONS_QUEUE_RECOVERY_INTERVAL: '1' } });
	const victims: readonly (MemberName | 'redis')[] = ['worker-1', 'processor-1', 'redis', 'worker-2', 'processor-2'];
	const known = (name: string) => {
		const victim = victims.find((one) => one === name);
		if (victim === undefined) throw new Error(`There is no ${name} to kill.`);
		return victim;
	};
	return {
		url: cluster.mainUrl,
		publicUrl: cluster.publicUrl,
		victims,
		othersGoOn: true,
		kill: async (name) => await cluster.kill(known(name)),
		restart: async (name) => await cluster.restart(known(name)),
		stop: async () => await cluster.stop(),
	};
}
