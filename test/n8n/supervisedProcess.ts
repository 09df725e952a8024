import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const guard = path.join(__dirname, 'leaveWithParent.cjs');

/** Those that run now, oldest first. */
const started = new Map<number, SupervisedProcess>();

export interface SupervisedProcess {
	pid: number;
	/** Undefined while it runs; afterwards how it ended, in words. */
	ended(): string | undefined;
	/** Called once, when it ends by itself or by `stop` or `kill`. */
	onEnd(listener: (how: string) => void): void;
	/** In order; at once where that takes too long. Afterwards `ended` says how. */
	stop(): Promise<void>;
	/** At once, with all that it started. Afterwards `ended` says how. */
	kill(): Promise<void>;
}

export interface ProcessOptions {
	node: string;
	args: string[];
	cwd?: string;
	environment: NodeJS.ProcessEnv;
	/**
	 * Everything it prints is appended here; a file and no pipe, so that reading it never holds the
	 * process up.
	 */
	logFile: string;
}

/**
 * Starts a Node program in a process group of its own that ends with this process, however this
 * process ends.
 */
export function startProcess({
	node,
	args,
	cwd,
	environment,
	logFile,
}: ProcessOptions): SupervisedProcess {
	const log = openSync(logFile, 'a');
	// A group of its own: Ctrl-C in the terminal then reaches this process only, which stops the
	// others in order.
	const child = spawn(node, ['--require', guard, ...args], {
		cwd,
		env: environment,
		detached: true,
		stdio: ['ignore', log, log, 'pipe'],
	});
	closeSync(log);
	const pid = child.pid;
	if (pid === undefined) throw new Error(`"${node}" could not be started.`);
	let ended: string | undefined;
	const listeners: ((how: string) => void)[] = [];
	const killWithThisProcess = () => killGroup(pid, 'SIGKILL');
	process.once('exit', killWithThisProcess);
	child.once('exit', (code, signal) => {
		process.off('exit', killWithThisProcess);
		started.delete(pid);
		ended = signal ? `ended by ${signal}` : `ended with code ${code}`;
		for (const listener of listeners) listener(ended);
	});
	child.stdio[3]?.on('error', () => undefined);
	const onEnd = (listener: (how: string) => void) =>
		void (ended === undefined ? listeners.push(listener) : listener(ended));
	// The system knows a moment before Node says so. Whoever starts it again in that moment would
	// find it still running.
	const told = async () => {
		if (!isRunning(pid)) await new Promise(onEnd);
	};
	const supervised: SupervisedProcess = {
		pid,
		ended: () => ended,
		onEnd,
		stop: async () => {
			await endProcess(pid);
			await told();
		},
		kill: async () => {
			killGroup(pid, 'SIGKILL');
			await gone(pid, 10_000);
			await told();
		},
	};
	started.set(pid, supervised);
	return supervised;
}

/**
 * Stops whatever this process started and still runs, the newest first; also what is only just
 * starting.
 */
export async function stopEverything(): Promise<void> {
	for (const supervised of [...started.values()].reverse()) await supervised.stop();
}

/**
 * SIGTERM, and SIGKILL where that does not help within 15 seconds; ends when the process is gone.
 */
export async function endProcess(pid: number): Promise<void> {
	signal(pid, 'SIGTERM');
	if (await gone(pid, 15_000)) {
		killGroup(pid, 'SIGKILL');
		return;
	}
	killGroup(pid, 'SIGKILL');
	await gone(pid, 10_000);
}

export function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
	} catch {
		return false;
	}
	try {
		// A process that has ended but was not yet waited for still answers to kill(0).
		return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
	} catch {
		return true;
	}
}

async function gone(pid: number, withinMilliseconds: number): Promise<boolean> {
	const end = Date.now() + withinMilliseconds;
	while (isRunning(pid)) {
		if (Date.now() > end) return false;
		await wait(50);
	}
	return true;
}

function signal(pid: number, name: NodeJS.Signals): void {
	try {
		process.kill(pid, name);
	} catch {
		// It has ended already.
	}
}

export function killGroup(pid: number, name: NodeJS.Signals): void {
	signal(-pid, name);
}

/** As many ports as asked for that nobody listens on now, all on the loopback address. */
export async function freePorts(count: number): Promise<number[]> {
	const servers = await Promise.all(
		Array.from({ length: count }, async () => {
			const server = createServer();
			await new Promise<void>((resolve, reject) =>
				server.once('error', reject).listen(0, '127.0.0.1', resolve),
			);
			return server;
		}),
	);
	const ports = servers.map((server) => {
		const address = server.address();
		return typeof address === 'object' && address ? address.port : 0;
	});
	await Promise.all(
		servers.map(async (server) => await new Promise((resolve) => server.close(resolve))),
	);
	return ports;
}
