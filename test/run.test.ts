import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { runQuietly } from '../scripts/longStep.cjs';
import { emptyMachine, node24, packages } from './n8n/bringing/smallRecipe';
import { NpmRegistry, type Published } from './support/npmRegistry';

// Each of them runs npm, on a machine that may be busy.
jest.setTimeout(300_000);

const { helper, newerHelper, node } = packages;

let folder: string;
let registry: NpmRegistry | undefined;

beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-clone-'));
});

afterEach(async () => {
	await registry?.close();
	rmSync(folder, { recursive: true, force: true });
});

/**
 * A clone whose dependencies are two small packages, with the lock file of a day when helper was at
 * 1.0.0.
 */
async function cloneWith(state: Published[]): Promise<void> {
	registry = await new NpmRegistry(state).open();
	mkdirSync(path.join(folder, 'scripts'));
	for (const file of ['run.mjs', 'longStep.cjs'])
		copyFileSync(path.join(__dirname, '..', 'scripts', file), path.join(folder, 'scripts', file));
	const description = {
		name: 'clone',
		version: '0.0.0',
		devDependencies: { helper: '^1.0.0', node: '24.21.0' },
	};
	writeFileSync(path.join(folder, 'package.json'), JSON.stringify(description));
	const locked = ({ manifest }: Published) => ({ version: manifest.version, dev: true });
	writeFileSync(
		lockFile(),
		JSON.stringify({
			...description,
			lockfileVersion: 3,
			packages: {
				'': description,
				'node_modules/helper': locked(helper),
				'node_modules/node': { ...locked(node), bin: { node: 'bin/node' } },
			},
		}),
	);
}

const lockFile = () => path.join(folder, 'package-lock.json');

/** The command says the version of what was installed. */
async function run(...before: string[]) {
	return await runQuietly({
		program: node24,
		args: [...before, 'scripts/run.mjs', 'node', '-p', 'require("helper/package.json").version'],
		cwd: folder,
		environment: emptyMachine(path.join(folder, 'home'), registry?.url ?? ''),
	});
}

it('installs what the lock file says, and nothing the next time', async () => {
	await cloneWith([helper, newerHelper, node]);
	const first = await run();
	expect(first.output).toContain('Installing the dependencies');
	expect(first.output).toMatch(/\n1\.0\.0\n$/);
	expect((await run()).output).toBe('1.0.0\n');
});

// It ended with "check that the registry can be reached", which it could, for ever.
it('a locked version that is gone: another is installed, it is said, and the clone stays as it is', async () => {
	await cloneWith([newerHelper, node]);
	const before = readFileSync(lockFile(), 'utf8');
	const { code, output } = await run();
	expect(output).toContain('The lock file cannot be followed at all; installing without it');
	expect(output).toMatch(/\n1\.0\.1\n$/);
	expect(code).toBe(0);
	expect(readFileSync(lockFile(), 'utf8')).toBe(before);
});

it('a package that the registry lacks: npm names it, and the way out is another registry', async () => {
	await cloneWith([node]);
	const { code, output } = await run();
	expect(output).toContain('helper');
	expect(output).toContain('npm config set registry <address>');
	expect(code).toBe(1);
});

it('a download that is cut in the middle: it says so, and the next run goes on', async () => {
	await cloneWith([helper, node]);
	registry?.faults.set('helper-1.0.0', 'cut');
	const cut = await run();
	expect(cut.output).toContain('then run the command again: what npm has downloaded is kept');
	expect(cut.code).toBe(1);
	registry?.faults.clear();
	expect((await run()).code).toBe(0);
});

it('Ctrl-C in the middle: npm works on no longer, and the next run goes on', async () => {
	await cloneWith([helper, node]);
	registry?.faults.set('helper-1.0.0', 'held');
	const child = spawn(node24, ['scripts/run.mjs', 'node', '--version'], {
		cwd: folder,
		env: emptyMachine(path.join(folder, 'home'), registry?.url ?? ''),
		stdio: ['ignore', 'ignore', 'pipe'],
	});
	let words = '';
	child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
	const ended = once(child, 'close');
	while (!registry?.downloads.includes('helper-1.0.0')) await wait(50);
	child.kill('SIGINT');
	expect(await ended).toEqual([130, null]);
	expect(words).toContain('Stopped. Run the command again to go on');
	await registry.untilLeft();
	registry.faults.clear();
	expect((await run()).output).toMatch(/\n1\.0\.0\n$/);
});

it('Node 18: says which Node is needed and how to get it, before anything else', async () => {
	await cloneWith([helper, node]);
	const older = path.join(folder, 'older.cjs');
	writeFileSync(
		older,
		`Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.8' } });`,
	);
	const { code, output } = await run('--require', older);
	expect(output).toBe(
		'\nThis is Node 18.20.8.\nInstall Node 20 or newer (from nodejs.org, or with "nvm install 24"), then run the command again. Node 24 for n8n is brought by the project itself.\n',
	);
	expect(code).toBe(1);
});
