import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import {
	copyFile,
	mkdir,
	readFile,
	rename,
	rm,
	stat,
	statfs,
	utimes,
	writeFile,
} from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Brings n8n into a cache folder outside the clone, so that every clone and every run on a machine shares one copy (3 GB).
 * The steps are measured: install scripts of unrelated native packages fail without a network, so none is run, and then
 * only what is needed is built: `node` (brings Node 24) and `sqlite3` (n8n's database).
 */
export const n8nVersion = process.env.N8N_VERSION_UNDER_TEST ?? '2.41.1';

export interface BroughtN8n {
	version: string;
	folder: string;
	/** The Node 24 binary that runs it; n8n 2.41 does not start on Node 20. */
	node: string;
	/** The script to run with that Node. */
	script: string;
}

/** A step that failed: what happened, and what the reader can do about it. */
export class BringError extends Error {
	constructor(
		what: string,
		readonly wayOut: string,
	) {
		super(`${what}\n${wayOut}`);
		this.name = 'BringError';
	}
}

type Say = (line: string) => void;

interface Ran {
	code: number | null;
	output: string;
}

const neededBytes = 5 * 1024 ** 3;
const staleAfterMilliseconds = 30_000;

export function cacheFolder(version = n8nVersion): string {
	const base = process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache');
	return path.join(base, 'n8n-nodes-hosted-checkout', `n8n-${version}`);
}

function describe(folder: string, version: string): BroughtN8n {
	return {
		version,
		folder,
		node: path.join(folder, 'node_modules', 'node', 'bin', 'node'),
		script: path.join(folder, 'node_modules', 'n8n', 'bin', 'n8n'),
	};
}

/** Ends as soon as n8n is there and whole; `say` is told what takes time. Throws BringError. */
export async function bringN8n(
	say: Say = () => undefined,
	version = n8nVersion,
	folder = cacheFolder(version),
): Promise<BroughtN8n> {
	const recipe = path.join(__dirname, 'versions', version);
	if (!existsSync(recipe))
		throw new BringError(
			`There is no recipe for n8n ${version}.`,
			`Take one of ${readdirSync(path.dirname(recipe))
				.filter((name) => /^\d/.test(name))
				.join(', ')}, or make one: test/n8n/versions/README.md.`,
		);
	const fingerprint = await fingerprintOf(recipe);
	const stamp = path.join(folder, '.whole');
	const n8n = describe(folder, version);
	const isStamped = async () =>
		(await readText(stamp)) === fingerprint && existsSync(n8n.node) && existsSync(n8n.script);
	if (await isStamped()) return n8n;

	await mkdir(folder, { recursive: true }).catch((error: Error) => {
		throw new BringError(
			`The folder ${folder} for n8n cannot be made: ${error.message}.`,
			'Set XDG_CACHE_HOME to a folder that you may write to.',
		);
	});
	const release = await lock(path.join(folder, '.lock'), say);
	try {
		// Somebody else may have brought it while this run waited for the lock.
		if (await isStamped()) return n8n;
		await rm(stamp, { force: true });
		await installPackages(recipe, folder, fingerprint, say);
		await buildNode(n8n, say);
		await buildDatabase(n8n, say);
		await checkVersion(n8n, say);
		await writeFile(stamp, fingerprint);
		say(`n8n ${version} is in ${folder}`);
		return n8n;
	} finally {
		await release();
	}
}

async function fingerprintOf(recipe: string): Promise<string> {
	const hash = createHash('sha256');
	for (const file of ['package.json', 'package-lock.json'])
		hash.update(await readFile(path.join(recipe, file)));
	return hash.digest('hex');
}

async function readText(file: string): Promise<string | undefined> {
	return await readFile(file, 'utf8').catch(() => undefined);
}

async function installPackages(
	recipe: string,
	folder: string,
	fingerprint: string,
	say: Say,
): Promise<void> {
	const installing = path.join(folder, '.installing');
	const modules = path.join(folder, 'node_modules');
	const interrupted = existsSync(installing);
	if (existsSync(modules) && !interrupted) {
		const missing = await missingPackages(recipe, folder);
		if (missing.length === 0) return;
		say(
			`The n8n in ${folder} is not whole (${missing.length} packages are missing or of another version, for example ${missing[0]}); installing it anew.`,
		);
	} else if (interrupted) {
		say('An earlier download of n8n was interrupted; starting it anew.');
	}

	const { bavail, bsize } = await statfs(folder);
	// What is there already is removed first and so counts as free.
	if (!existsSync(modules) && bavail * bsize < neededBytes) {
		throw new BringError(
			`n8n needs 5 GB of free disk for its download, and ${folder} has ${(Number(bavail * bsize) / 1024 ** 3).toFixed(1)} GB.`,
			'Free some space, or set XDG_CACHE_HOME to a folder on a larger disk.',
		);
	}
	// Asked first: without a network npm tries again for many minutes before it gives up.
	const asked = await run(
		'npm',
		[
			'view',
			'n8n@latest',
			'name',
			'--fetch-retries=1',
			'--fetch-timeout=20000',
			'--loglevel=error',
		],
		folder,
	);
	if (asked.code !== 0) throw explainInstall(asked);
	await writeFile(installing, fingerprint);
	await rm(modules, { recursive: true, force: true });
	for (const file of ['package.json', 'package-lock.json'])
		await copyFile(path.join(recipe, file), path.join(folder, file));
	say(
		`Downloading n8n ${path.basename(recipe)} (some 2,000 packages, 3 GB on disk; two to six minutes, once per machine)`,
	);
	// Not `npm ci`: it refuses a lock file in which an optional native part for another platform is missing from the registry.
	const npm = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
	const locations = [...(await packagesOf(path.join(recipe, 'package-lock.json'))).keys()];
	const onDisk = () =>
		locations.filter((location) => existsSync(path.join(folder, location, 'package.json'))).length;
	const ran = await run(
		'npm',
		npm,
		folder,
		say,
		() => `${onDisk()} of ${locations.length} packages`,
	);
	if (ran.code !== 0) throw explainInstall(ran);
	await copyFile(path.join(recipe, 'package-lock.json'), path.join(folder, 'package-lock.json'));
	const missing = await missingPackages(recipe, folder);
	if (missing.length > 0) {
		throw new BringError(
			`npm said that n8n is installed, but ${missing.length} packages are missing, for example ${missing[0]}.`,
			'Run the command again.',
		);
	}
	await rm(installing, { force: true });
}

interface LockFile {
	packages: Record<string, { version?: string; optional?: boolean; os?: string[]; cpu?: string[] }>;
}

/** Where the lock file puts each package, apart from those made for one platform only, and its version. */
async function packagesOf(lockFile: string): Promise<Map<string, string | undefined>> {
	const { packages } = JSON.parse((await readText(lockFile)) ?? '{"packages":{}}') as LockFile;
	return new Map(
		Object.entries(packages)
			.filter(([location, entry]) => location !== '' && !entry.optional && !entry.os && !entry.cpu)
			.map(([location, { version }]) => [location, version]),
	);
}

/** What the recipe wants and the folder has not, or has in another version. */
async function missingPackages(recipe: string, folder: string): Promise<string[]> {
	const wanted = await packagesOf(path.join(recipe, 'package-lock.json'));
	// npm's own list of what it put there; written when it is done.
	const installed = await packagesOf(path.join(folder, 'node_modules', '.package-lock.json'));
	return [...wanted]
		.filter(
			([location, version]) =>
				installed.get(location) !== version ||
				!existsSync(path.join(folder, location, 'package.json')),
		)
		.map(([location]) => location);
}

function explainInstall(ran: Ran): BringError {
	const what = `Downloading n8n did not succeed (npm ended with ${ran.code}).\n${lastLines(ran.output)}`;
	if (/ENOSPC/.test(ran.output))
		return new BringError(
			what,
			'The disk is full: n8n needs 5 GB. Free some space, or set XDG_CACHE_HOME to a folder on a larger disk.',
		);
	if (/ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|network/i.test(ran.output)) {
		return new BringError(
			what,
			'The npm registry could not be reached. Check it with "npm ping", then run the command again.',
		);
	}
	return new BringError(what, 'npm says above why. Run the command again once that is mended.');
}

async function buildNode(n8n: BroughtN8n, say: Say): Promise<void> {
	if (await isNode24(n8n)) return;
	say('Bringing Node 24 for n8n');
	const ran = await run('npm', ['rebuild', 'node', '--loglevel=error'], n8n.folder, say);
	if (ran.code === 0 && (await isNode24(n8n))) return;
	throw new BringError(
		`Node 24 could not be brought (npm package "node").\n${lastLines(ran.output)}`,
		'Its binary comes from the npm registry: check "npm ping", then run the command again.',
	);
}

async function isNode24(n8n: BroughtN8n): Promise<boolean> {
	if (!existsSync(n8n.node)) return false;
	const { output } = await run(n8n.node, ['--version'], n8n.folder);
	return output.trim().startsWith('v24.');
}

async function buildDatabase(n8n: BroughtN8n, say: Say): Promise<void> {
	const loads = async () =>
		(await run(n8n.node, ['-e', 'new (require("sqlite3").Database)(":memory:")'], n8n.folder))
			.code === 0;
	if (await loads()) return;
	say('Building sqlite3, the database of n8n (about a minute)');
	const ran = await run('npm', ['rebuild', 'sqlite3', '--loglevel=error'], n8n.folder, say);
	if (ran.code === 0 && (await loads())) return;
	throw new BringError(
		`sqlite3, the database of n8n, could not be built.\n${lastLines(ran.output)}`,
		'It is compiled where no ready-made file can be fetched, which takes a C++ compiler and Python (Debian and Ubuntu: apt-get install build-essential python3). Install them, then run the command again; what is already downloaded is kept.',
	);
}

async function checkVersion(n8n: BroughtN8n, say: Say): Promise<void> {
	say('Checking n8n');
	const native = await run(n8n.node, ['-e', 'require("isolated-vm")'], n8n.folder);
	const ran =
		native.code === 0 ? await run(n8n.node, [n8n.script, '--version'], n8n.folder) : native;
	if (ran.code === 0 && ran.output.trim().split('\n').at(-1)?.trim() === n8n.version) return;
	throw new BringError(
		`The n8n in ${n8n.folder} does not start, or is not ${n8n.version}.\n${lastLines(ran.output)}`,
		'Remove that folder and run the command again: it will be downloaded anew.',
	);
}

function lastLines(output: string, count = 15): string {
	return output.trim().split('\n').slice(-count).join('\n');
}

/** Runs a program to its end. What it prints is kept for the error message; meanwhile `progress` is said every ten seconds. */
async function run(
	program: string,
	args: string[],
	cwd: string,
	say: Say = () => undefined,
	progress?: () => string,
): Promise<Ran> {
	// Node's own colours and warnings do not belong into the version number that is read from its output.
	const environment = { ...process.env, NODE_NO_WARNINGS: '1' };
	const begun = Date.now();
	const elapsed = () => {
		const seconds = Math.round((Date.now() - begun) / 1000);
		return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
	};
	const ticker = setInterval(() => {
		say(`  ${elapsed()}  ${progress?.() ?? 'still working'}`);
	}, 10_000);
	try {
		return await new Promise<Ran>((resolve) => {
			const child = spawn(program, args, {
				cwd,
				env: environment,
				stdio: ['ignore', 'pipe', 'pipe'],
			});
			const stopChild = () => child.kill('SIGTERM');
			process.once('exit', stopChild);
			let output = '';
			const keep = (chunk: Buffer) => (output = (output + chunk.toString('utf8')).slice(-20_000));
			child.stdout.on('data', keep);
			child.stderr.on('data', keep);
			child.on('error', (error) => resolve({ code: null, output: `${output}\n${error.message}` }));
			child.on('close', (code) => {
				process.off('exit', stopChild);
				resolve({ code, output });
			});
		});
	} finally {
		clearInterval(ticker);
	}
}

/**
 * One bringer at a time: two npm runs in one folder destroy each other's work. The owner touches the file every few
 * seconds; one that is no longer touched, or whose process on this machine is gone, is taken over.
 */
async function lock(file: string, say: Say): Promise<() => Promise<void>> {
	const mine = JSON.stringify({ host: hostname(), pid: process.pid, token: randomUUID() });
	let told = false;
	for (;;) {
		try {
			await writeFile(file, mine, { flag: 'wx' });
			break;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
				throw new BringError(
					`The lock file ${file} cannot be written: ${(error as Error).message}.`,
					'Set XDG_CACHE_HOME to a folder that you may write to.',
				);
			}
		}
		const theirs = await readText(file);
		if (theirs !== undefined && (await isAbandoned(file, theirs))) {
			// Renamed, not removed: of two runs that both found it abandoned only one can succeed, and the look at what was
			// renamed tells whether it was the abandoned one or a fresh one.
			const aside = `${file}.${randomUUID()}`;
			const took = await rename(file, aside).then(
				() => true,
				() => false,
			);
			if (took && (await readText(aside)) !== theirs) await rename(aside, file);
			else await rm(aside, { force: true });
			continue;
		}
		if (!told) say('Another run is bringing n8n; waiting for it.');
		told = true;
		await wait(1000);
	}
	const heartbeat = setInterval(() => {
		const now = new Date();
		void utimes(file, now, now).catch(() => undefined);
	}, 5000);
	heartbeat.unref();
	return async () => {
		clearInterval(heartbeat);
		if ((await readText(file)) === mine) await rm(file, { force: true });
	};
}

async function isAbandoned(file: string, content: string): Promise<boolean> {
	const touched = await stat(file).then(
		(found) => found.mtimeMs,
		() => Date.now(),
	);
	if (Date.now() - touched > staleAfterMilliseconds) return true;
	try {
		const owner = JSON.parse(content) as { host?: unknown; pid?: unknown };
		if (owner.host !== hostname() || typeof owner.pid !== 'number') return false;
		process.kill(owner.pid, 0);
		return false;
	} catch (error) {
		// ESRCH: no such process. Anything else (half-written JSON, somebody else's process) is left to the age.
		return (error as NodeJS.ErrnoException).code === 'ESRCH';
	}
}

if (require.main === module) {
	for (const signal of ['SIGINT', 'SIGTERM'] as const)
		process.once(signal, () => process.exit(130));
	bringN8n((line) => console.error(`• ${line}`)).catch((error: unknown) => {
		console.error(`\n${error instanceof Error ? error.message : String(error)}`);
		process.exit(1);
	});
}
