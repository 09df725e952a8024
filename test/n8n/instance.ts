import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import axios from 'axios';
import { bringN8n } from './bring';
import { newOwner, type Owner } from './client';
import { environmentOfN8n } from './environment';
import { endProcess, freePorts, isRunning, killGroup, startProcess } from './supervisedProcess';

const root = path.join(__dirname, '..', '..');

export interface StartOptions {
	/** n8n's data; a fresh folder under the system's temporary folder where none is given. */
	userFolder?: string;
	/** A free one where none is given. */
	port?: number;
	/** On top of, and over, the usual settings. */
	environment?: Record<string, string>;
	/**
	 * What this n8n is: `['start']` (default: all in one, or the main of several), `['webhook']`,
	 * `['worker', …]`; with more than one, `environment` has to say where they meet.
	 */
	command?: readonly string[];
	/** What Node is given before n8n's own program, for example `--inspect=127.0.0.1:9229`. */
	nodeArguments?: readonly string[];
	/**
	 * The package to install; packed from this clone's `dist` where none is given; null: none is
	 * installed.
	 */
	tarball?: string | null;
	/**
	 * Whom `signIn` makes its owner; by default the one that this user folder has had, or a new one.
	 */
	owner?: Owner;
	/** Told what takes time. */
	say?: (line: string) => void;
}

export interface RunningN8n {
	/** Without a slash at the end, for example `http://127.0.0.1:34567`. */
	url: string;
	userFolder: string;
	/** To sign in with. */
	owner: Owner;
	logFile: string;
	/** Everything n8n printed since the user folder was made, over restarts. */
	log(): string;
	/** Undefined while it runs, otherwise how it ended. */
	ended(): string | undefined;
	/** Called once, when this start of n8n ends for whatever reason. */
	onEnd(listener: (how: string) => void): void;
	/** In order, as an administrator does it. */
	stop(): Promise<void>;
	/** At once, as a power cut does it. */
	kill(): Promise<void>;
	/** Stops it where it runs, and starts it with the same data on the same port. */
	restart(environment?: Record<string, string>): Promise<void>;
}

/** What another process (or another of Jest's contexts) needs to take hold of a running n8n. */
interface InstanceFile {
	pid: number;
	port: number;
	brokerPort: number;
	command: readonly string[];
	nodeArguments: readonly string[];
	environment: Record<string, string>;
	owner: Owner;
}

/** n8n could not be started: says why in n8n's words, and what to do. */
export class StartError extends Error {
	constructor(what: string, log: string, wayOut: string) {
		const lines = log.trim().split('\n').slice(-25).join('\n');
		super(`${what}\n${lines ? `The last lines of its log:\n${lines}\n` : ''}${wayOut}`);
		this.name = 'StartError';
	}
}

/**
 * Packs the built package into this folder, as npm would publish it. Returns the tarball's path.
 * Throws when `dist` is not whole.
 */
export function packPackage(folder: string): string {
	mkdirSync(folder, { recursive: true });
	const packed = npm(['pack', '--ignore-scripts', '--json', '--pack-destination', folder], root);
	const [description] = JSON.parse(packed) as { filename: string; files: { path: string }[] }[];
	if (!description) throw new Error('"npm pack" made no tarball.');
	const { n8n } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
		n8n: { nodes: string[]; credentials: string[] };
	};
	const inside = new Set(description.files.map((file) => file.path));
	const missing = [...n8n.nodes, ...n8n.credentials].filter((file) => !inside.has(file));
	if (missing.length > 0) {
		throw new Error(
			`The package is not built, or is being built by another command right now: ${missing.join(', ')} is missing. Run "npm run build", then this again.`,
		);
	}
	return path.join(folder, description.filename);
}

/**
 * Installs the package where n8n has the community packages that its users install; n8n loads it at
 * its next start.
 */
export async function installPackage(userFolder: string, tarball: string): Promise<void> {
	const folder = path.join(userFolder, '.n8n', 'nodes');
	await mkdir(folder, { recursive: true });
	const description = path.join(folder, 'package.json');
	if (!existsSync(description))
		writeFileSync(
			description,
			JSON.stringify({ name: 'installed-nodes', private: true, dependencies: {} }),
		);
	// n8n itself installs without the peer n8n-workflow: it hands its own copy to the nodes.
	npm(
		[
			'install',
			'--ignore-scripts',
			'--legacy-peer-deps',
			'--no-audit',
			'--no-fund',
			'--loglevel=error',
			tarball,
		],
		folder,
	);
}

function npm(args: string[], cwd: string): string {
	const done = spawnSync('npm', args, { cwd, encoding: 'utf8', timeout: 120_000 });
	if (done.status !== 0)
		throw new Error(
			`"npm ${args[0]}" did not succeed: ${done.error?.message ?? done.stderr.trim()}`,
		);
	return done.stdout;
}

/**
 * Starts n8n with this package installed, and ends when it is ready. Throws BringError or
 * StartError.
 */
export async function startN8n(options: StartOptions = {}): Promise<RunningN8n> {
	const say = options.say ?? (() => undefined);
	const userFolder = options.userFolder ?? mkdtempSync(path.join(tmpdir(), 'hosted-checkout-n8n-'));
	if (options.tarball !== null) {
		say('Installing the package into n8n');
		await installPackage(userFolder, options.tarball ?? packPackage(userFolder));
	}
	const instance: InstanceFile = {
		pid: 0,
		port: 0,
		brokerPort: 0,
		command: options.command ?? ['start'],
		nodeArguments: options.nodeArguments ?? [],
		environment: options.environment ?? {},
		owner: options.owner ?? ownerOf(userFolder) ?? newOwner(),
	};
	for (let attempt = 1; ; attempt++) {
		const [port = 0, brokerPort = 0] = await freePorts(2);
		instance.port = options.port ?? port;
		instance.brokerPort = brokerPort;
		try {
			return await launch(userFolder, instance, say);
		} catch (error) {
			// Somebody may have taken the port between the look and the start.
			const portTaken =
				error instanceof StartError && /port.*(in use|already)|EADDRINUSE/i.test(error.message);
			if (!portTaken || options.port !== undefined || attempt === 3) throw error;
		}
	}
}

/** Takes hold of an n8n that another process started in this user folder. */
export function attachN8n(
	userFolder: string,
	say: (line: string) => void = () => undefined,
): RunningN8n {
	return handleOf(userFolder, readInstance(userFolder), say);
}

const instanceFile = (userFolder: string) => path.join(userFolder, 'instance.json');
const logFile = (userFolder: string) => path.join(userFolder, 'n8n.log');

function readInstance(userFolder: string): InstanceFile {
	return JSON.parse(readFileSync(instanceFile(userFolder), 'utf8')) as InstanceFile;
}

function ownerOf(userFolder: string): Owner | undefined {
	return existsSync(instanceFile(userFolder)) ? readInstance(userFolder).owner : undefined;
}

function readLog(userFolder: string): string {
	return existsSync(logFile(userFolder)) ? readFileSync(logFile(userFolder), 'utf8') : '';
}

const howEnded = new Map<number, string>();
const endListeners = new Map<number, ((how: string) => void)[]>();

async function launch(
	userFolder: string,
	instance: InstanceFile,
	say: (line: string) => void,
): Promise<RunningN8n> {
	const n8n = await bringN8n(say);
	const logBefore = readLog(userFolder).length;
	const child = startProcess({
		node: n8n.node,
		args: [...instance.nodeArguments, n8n.script, ...instance.command],
		environment: environmentOfN8n({ userFolder, ...instance }),
		logFile: logFile(userFolder),
	});
	instance.pid = child.pid;
	child.onEnd((how) => {
		howEnded.set(child.pid, how);
		// What n8n started (its task runner) must not stay behind when it was killed.
		killGroup(child.pid, 'SIGKILL');
		for (const listener of endListeners.get(child.pid) ?? []) listener(how);
	});
	writeFileSync(instanceFile(userFolder), JSON.stringify(instance), { mode: 0o600 });

	const url = `http://127.0.0.1:${instance.port}`;
	say(`Starting n8n ${n8n.version} on ${url}`);
	const begun = Date.now();
	const deadline = begun + 180_000;
	let nextWord = begun + 10_000;
	// Not /healthz: it answers seconds earlier, while migrations and the loading of nodes still run.
	const isReady = async () =>
		(await answers(`${url}/healthz/readiness`)) &&
		!isStillRegistering(n8n.version, instance, readLog(userFolder).slice(logBefore));
	while (!(await isReady())) {
		const how = child.ended();
		const log = readLog(userFolder).slice(logBefore);
		if (how !== undefined) throw new StartError(`n8n did not start (${how}).`, log, wayOutOf(log));
		if (Date.now() > deadline) {
			await child.kill();
			throw new StartError(
				'n8n was not ready after three minutes and has been stopped.',
				log,
				'A busy machine can cause this: run the command again when it is idle.',
			);
		}
		if (Date.now() > nextWord) {
			say(`  n8n is still starting (${Math.round((Date.now() - begun) / 1000)} s)`);
			nextWord += 10_000;
		}
		await wait(100);
	}
	return handleOf(userFolder, instance, say);
}

/**
 * n8n 1.x says that it is ready before it has its REST interface and the addresses of published
 * workflows.
 */
function isStillRegistering(version: string, { command }: InstanceFile, log: string): boolean {
	return (
		version.startsWith('1.') &&
		command[0] === 'start' &&
		!log.includes('Editor is now accessible via')
	);
}

function wayOutOf(log: string): string {
	if (/EADDRINUSE|already in use/i.test(log))
		return 'Another program uses the port: end it, or choose another port.';
	if (/ENOSPC/.test(log)) return 'The disk is full: free some space and run the command again.';
	if (/ERR_DLOPEN_FAILED|NODE_MODULE_VERSION/.test(log))
		return 'A native part of n8n does not fit this machine: remove the n8n folder in the cache and run the command again.';
	return 'n8n says above why.';
}

async function answers(url: string): Promise<boolean> {
	return await axios.get(url, { timeout: 2000, proxy: false }).then(
		() => true,
		() => false,
	);
}

function handleOf(
	userFolder: string,
	instance: InstanceFile,
	say: (line: string) => void,
): RunningN8n {
	return {
		url: `http://127.0.0.1:${instance.port}`,
		userFolder,
		owner: instance.owner,
		logFile: logFile(userFolder),
		log: () => readLog(userFolder),
		// Asked anew each time: another process may have restarted it.
		ended: () => {
			const { pid } = readInstance(userFolder);
			return isRunning(pid) ? undefined : (howEnded.get(pid) ?? 'ended');
		},
		onEnd: (listener) => {
			const { pid } = readInstance(userFolder);
			const how = howEnded.get(pid);
			if (how !== undefined) listener(how);
			else endListeners.set(pid, [...(endListeners.get(pid) ?? []), listener]);
		},
		stop: async () => await endProcess(readInstance(userFolder).pid),
		kill: async () => {
			const { pid } = readInstance(userFolder);
			killGroup(pid, 'SIGKILL');
			await endProcess(pid);
		},
		restart: async (environment) => {
			const latest = readInstance(userFolder);
			await endProcess(latest.pid);
			await launch(userFolder, { ...latest, environment: environment ?? latest.environment }, say);
		},
	};
}
