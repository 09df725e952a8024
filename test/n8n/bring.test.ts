import { spawn, type ChildProcess } from 'node:child_process';
import {
	cpSync,
	existsSync,
	mkdtempSync,
	readFileSync,
	readdirSync,
	rmSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { NpmRegistry, pack, type Published } from '../support/npmRegistry';
import type { Recipe } from './bringing/recipe';
import {
	emptyMachine,
	node24,
	packages,
	placeProgram,
	published,
	writeRecipe,
} from './bringing/smallRecipe';

// Each of them runs npm several times, on a machine that may be busy.
jest.setTimeout(300_000);

const root = path.join(__dirname, '..', '..');
const tsx = path.join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs');

/** A machine with a registry of its own, on which nothing was brought yet. */
class Machine {
	readonly folder = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-machine-'));
	readonly cache = path.join(this.folder, 'cache', 'n8n');
	readonly environment: NodeJS.ProcessEnv;
	readonly recipe: Recipe;
	private readonly running: ChildProcess[] = [];

	constructor(readonly registry: NpmRegistry) {
		this.environment = emptyMachine(this.folder, registry.url);
		this.recipe = {
			version: '1.0.0',
			folder: path.join(this.folder, 'recipe'),
			unpackedBytes: 0,
			downloadedBytes: 0,
			readyMadeDatabase: `${registry.url}ready-made`,
		};
		cpSync(lockedRecipe, this.recipe.folder, { recursive: true });
	}

	start() {
		const child = spawn(
			node24,
			[
				tsx,
				path.join(__dirname, 'bringing', 'bringSmall.ts'),
				JSON.stringify(this.recipe),
				this.cache,
			],
			{ cwd: root, env: this.environment, stdio: ['ignore', 'ignore', 'pipe'] },
		);
		this.running.push(child);
		let words = '';
		child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
		const ended = new Promise<{ code: number | null; words: string }>((resolve) =>
			child.on('close', (code) => resolve({ code, words })),
		);
		return { child, ended };
	}

	async bring() {
		return await this.start().ended;
	}

	versionOf(name: string): string {
		const file = path.join(this.cache, 'node_modules', name, 'package.json');
		return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
	}

	editLock(edit: (packages: Record<string, object>) => void): void {
		const file = path.join(this.recipe.folder, 'package-lock.json');
		const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, object> };
		edit(lock.packages);
		writeFileSync(file, JSON.stringify(lock));
	}

	/** Whether npm has this file whole in its cache. */
	holds(download: string): boolean {
		const index = path.join(this.folder, 'npm', '_cacache', 'index-v5');
		return (
			existsSync(index) &&
			readdirSync(index, { recursive: true, withFileTypes: true })
				.filter((entry) => entry.isFile())
				.some((entry) =>
					readFileSync(path.join(entry.parentPath, entry.name), 'utf8').includes(`${download}.tgz`),
				)
		);
	}

	async close(): Promise<void> {
		for (const child of this.running) child.kill('SIGKILL');
		await this.registry.close();
		rmSync(this.folder, { recursive: true, force: true });
	}
}

let lockedRecipe: string;
const machines: Machine[] = [];

async function machineWith(state: Published[] = published): Promise<Machine> {
	const machine = new Machine(await new NpmRegistry(state).open());
	machines.push(machine);
	return machine;
}

const without = (...gone: Published[]) => published.filter((each) => !gone.includes(each));

beforeAll(async () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-recipe-'));
	const registry = await new NpmRegistry(published).open();
	lockedRecipe = path.join(folder, 'recipe');
	await writeRecipe(lockedRecipe, emptyMachine(folder, registry.url));
	await registry.close();
});

afterAll(() => rmSync(path.dirname(lockedRecipe), { recursive: true, force: true }));

afterEach(async () => {
	for (const machine of machines.splice(0)) await machine.close();
});

it('brings what the lock file says, says each step with its time, and has nothing to do the next time', async () => {
	const machine = await machineWith([...published, packages.newerHelper]);
	const { code, words } = await machine.bring();
	expect(words).toContain('Downloading n8n 1.0.0');
	expect(words.match(/done after \d+:\d\d/g)).toHaveLength(3);
	expect(words).not.toContain('Not as the lock file says');
	expect(code).toBe(0);
	expect(machine.versionOf('helper')).toBe('1.0.0');
	await machine.registry.close();
	expect(await machine.bring()).toEqual({ code: 0, words: '' });
});

// "npm said that n8n is installed, but 4 packages are missing … Run the command again": on every
// fresh machine, for ever.
it('a lock file that npm has to complete, and does with a newer patch: n8n is brought, with a line of notice', async () => {
	const machine = await machineWith([...published, packages.newerHelper]);
	machine.editLock((locked) => {
		// Written on one platform only.
		delete locked['node_modules/optional-elsewhere'];
		locked['node_modules/n8n'] = {
			...locked['node_modules/n8n'],
			dependencies: { helper: '^1.0.1', 'isolated-vm': '^1.0.0', sqlite3: '^1.0.0' },
		};
	});
	const { code, words } = await machine.bring();
	expect(words).toContain('Not as the lock file says, and it works: helper 1.0.0 is 1.0.1');
	expect(code).toBe(0);
});

it('a locked version that is gone: a newer one is taken, with a line of notice', async () => {
	const machine = await machineWith([...without(packages.helper), packages.newerHelper]);
	const { code, words } = await machine.bring();
	expect(words).toContain('Not as the lock file says, and it works: helper 1.0.0 is 1.0.1');
	expect(code).toBe(0);
});

it('an optional part for this platform that the registry lacks: n8n is brought without it', async () => {
	const machine = await machineWith(without(packages.optionalHere));
	expect((await machine.bring()).code).toBe(0);
});

it('a download that is cut in the middle: it says so, and the next run goes on with what is there', async () => {
	const machine = await machineWith();
	machine.registry.faults.set('helper-1.0.0', 'cut');
	const cut = await machine.bring();
	expect(cut.words).toContain('then run the command again: what npm has downloaded is kept');
	expect(cut.code).toBe(1);
	machine.registry.faults.clear();
	expect((await machine.bring()).code).toBe(0);
});

it('Ctrl-C in the middle: nothing works on, and the next run goes on with what is there', async () => {
	const machine = await machineWith();
	machine.registry.faults.set('helper-1.0.0', 'held');
	const { child, ended } = machine.start();
	while (!machine.holds('n8n-1.0.0') || !machine.registry.downloads.includes('helper-1.0.0'))
		await wait(50);
	child.kill('SIGINT');
	const { code, words } = await ended;
	expect(words).toContain('Stopped. Run the command again to go on');
	expect(code).toBe(130);
	await machine.registry.untilLeft();
	machine.registry.faults.clear();
	expect((await machine.bring()).code).toBe(0);
	expect(machine.registry.downloads.filter((each) => each === 'n8n-1.0.0')).toHaveLength(1);
});

it('two runs at once: one waits for the other, and n8n is downloaded once', async () => {
	const machine = await machineWith();
	const both = await Promise.all([machine.bring(), machine.bring()]);
	expect(both.map(({ code }) => code)).toEqual([0, 0]);
	expect(both.filter(({ words }) => words.includes('Another run is bringing n8n'))).toHaveLength(1);
	expect(machine.registry.downloads.filter((each) => each === 'n8n-1.0.0')).toHaveLength(1);
});

describe('what an older version of the script left', () => {
	async function leftover(): Promise<Machine> {
		const machine = await machineWith([...published, packages.newerHelper]);
		expect((await machine.bring()).code).toBe(0);
		writeFileSync(path.join(machine.cache, '.whole'), 'of another recipe');
		return machine;
	}

	it('a package of another version and a mark that npm is at work: it is used, with a line of notice', async () => {
		const machine = await leftover();
		// npm ended well, later than the mark says.
		const mark = path.join(machine.cache, '.installing');
		writeFileSync(mark, '');
		utimesSync(mark, new Date(0), new Date(0));
		machine.editLock((locked) => (locked['node_modules/helper'] = { version: '1.0.2' }));
		const { code, words } = await machine.bring();
		expect(words).toContain('helper 1.0.2 is 1.0.0');
		expect(code).toBe(0);
		expect(existsSync(mark)).toBe(false);
		expect(machine.registry.downloads.filter((each) => each === 'n8n-1.0.0')).toHaveLength(1);
	});

	it('half-unpacked packages: they are unpacked anew', async () => {
		const machine = await leftover();
		writeFileSync(path.join(machine.cache, '.installing'), '');
		rmSync(path.join(machine.cache, 'node_modules', '.package-lock.json'));
		rmSync(path.join(machine.cache, 'node_modules', 'n8n', 'bin', 'start.js'));
		expect((await machine.bring()).code).toBe(0);
		expect(machine.registry.downloads.filter((each) => each === 'n8n-1.0.0')).toHaveLength(1);
	});

	it('without a network: it is used', async () => {
		const machine = await leftover();
		machine.editLock((locked) => (locked['node_modules/helper'] = { version: '1.0.2' }));
		await machine.registry.close();
		const { code, words } = await machine.bring();
		expect(words).toContain('It stays as it is');
		expect(code).toBe(0);
	});
});

it('without a network it says so before it begins', async () => {
	const machine = await machineWith();
	await machine.registry.close();
	const { code, words } = await machine.bring();
	expect(words).toContain('The npm registry did not answer as it should. Run "npm ping"');
	expect(words).not.toContain('Downloading');
	expect(code).toBe(1);
});

describe('the registry answers 404', () => {
	it('for the file of one version: the last one that it has is taken', async () => {
		const machine = await machineWith([
			pack({ name: 'helper', version: '0.9.0' }),
			...without(packages.helper),
			packages.newerHelper,
		]);
		machine.registry.faults.set('helper-1.0.1', 'gone');
		const { code, words } = await machine.bring();
		expect(words).toContain('The registry lacks helper@1.0.1; trying 0.9.0 in its place');
		expect(code).toBe(0);
		expect(machine.versionOf('helper')).toBe('0.9.0');
	});

	it('for every version that fits: the last one that it has is taken', async () => {
		const machine = await machineWith([...without(packages.helper), packages.nextHelper]);
		const { code, words } = await machine.bring();
		expect(words).toContain('The registry lacks helper@^1.0.0; trying 2.0.0 in its place');
		expect(code).toBe(0);
	});

	it('for a package as a whole: it is named, and nobody is told to repeat what cannot succeed', async () => {
		const machine = await machineWith(without(packages.helper));
		const { code, words } = await machine.bring();
		expect(words).toContain('The npm registry lacks helper@^1.0.0, and no other version of it');
		expect(words).toContain('npm config set registry <address>');
		expect(code).toBe(1);
	});

	it('for n8n: it is said before anything is downloaded', async () => {
		const machine = await machineWith(without(packages.n8n));
		const { code, words } = await machine.bring();
		expect(words).toContain('npm could not find n8n@1.0.0');
		expect(words).toContain('npm config set registry <address>');
		expect(code).toBe(1);
		expect(machine.registry.downloads).toEqual([]);
	});
});

describe('a full disk', () => {
	it('is seen before anything is downloaded', async () => {
		const machine = await machineWith();
		machine.recipe.unpackedBytes = 1024 ** 5;
		const { code, words } = await machine.bring();
		expect(words).toContain('n8n needs 1048576.0 GB of free disk for its download');
		expect(words).toContain('set XDG_CACHE_HOME to a folder on a larger disk');
		expect(code).toBe(1);
		expect(machine.registry.downloads).toEqual([]);
	});

	it('in the middle of the download: it is said, and nothing else is tried', async () => {
		const machine = await machineWith();
		const npm = await found('npm', machine.environment);
		placeProgram(
			machine.folder,
			'npm',
			`case "$1" in ci|install) echo "npm error code ENOSPC" >&2; exit 228;; esac\nexec "${npm}" "$@"`,
		);
		const { code, words } = await machine.bring();
		expect(words).toContain('The disk is full: free some space');
		expect(words.match(/^• (Downloading|Installing)/gm)).toHaveLength(1);
		expect(code).toBe(1);
	});
});

describe('no compiler', () => {
	/** Only what the script needs itself. */
	async function machineWithoutCompiler(): Promise<Machine> {
		const machine = await machineWith();
		for (const program of ['npm', 'sh', 'env']) {
			const link = path.join(machine.folder, 'bin', program);
			symlinkSync(await found(program, machine.environment), link);
		}
		symlinkSync(node24, path.join(machine.folder, 'bin', 'node'));
		machine.environment.PATH = path.join(machine.folder, 'bin');
		return machine;
	}

	it('is said before anything is downloaded, with the command that brings it', async () => {
		const machine = await machineWithoutCompiler();
		const { code, words } = await machine.bring();
		expect(words).toContain('Missing for that: a C++ compiler, make, Python 3.');
		expect(words).toContain('apt-get install build-essential python3');
		expect(code).toBe(1);
		expect(machine.registry.downloads).toEqual([]);
	});

	it('is no hindrance where the ready-made file can be fetched', async () => {
		const machine = await machineWithoutCompiler();
		// Any address that answers.
		machine.recipe.readyMadeDatabase = `${machine.registry.url}helper`;
		expect((await machine.bring()).code).toBe(0);
	});
});

it('a database that cannot be built: the compiler is quoted, and what is downloaded stays', async () => {
	const machine = await machineWith([...without(packages.sqlite3), packages.unbuildableSqlite3]);
	const { code, words } = await machine.bring();
	expect(words).toContain('sqlite3, its database, could not be built.');
	expect(words).toContain('no compiler here');
	expect(words).toContain('what is downloaded is kept');
	expect(code).toBe(1);
	await machine.bring();
	expect(machine.registry.downloads.filter((each) => each.startsWith('sqlite3-'))).toHaveLength(1);
});

it('an n8n that does not start is not taken for one that works, and its words are quoted', async () => {
	const machine = await machineWith([...without(packages.n8n), packages.faultyN8n]);
	const { code, words } = await machine.bring();
	expect(words).toContain('does not start (ended with code 1).\nThere is a fault in this n8n');
	expect(words).not.toContain('run the command again');
	expect(code).toBe(1);
	expect(existsSync(path.join(machine.cache, '.whole'))).toBe(false);
	expect(readdirSync(machine.folder).filter((name) => name.startsWith('hosted-checkout-'))).toEqual(
		[],
	);
});

async function found(program: string, environment: NodeJS.ProcessEnv): Promise<string> {
	const folders = (environment.PATH ?? '').split(path.delimiter);
	const file = folders.map((folder) => path.join(folder, program)).find((each) => existsSync(each));
	if (!file) throw new Error(`There is no ${program} on the PATH.`);
	return file;
}
