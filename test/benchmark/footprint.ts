/**
 * What the package adds to n8n: the tarball, the time and memory of loading it in a fresh process,
 * and a whole n8n started with and without it in turn.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { packPackage, installPackage, startN8n, type RunningN8n } from '../n8n/instance';
import { figure, median, printTable, residentMegabytes, say } from './support';

const { values: given } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const ROUNDS = Number(given.rounds);
/** Each takes half a minute for one figure that differs by less than the noise. */
const MOST_STARTS = 3;

interface Loaded {
	milliseconds: number;
	heapMegabytes: number;
	residentMegabytes: number;
}

async function main(): Promise<void> {
	const folder = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-footprint-'));
	try {
		const tarball = packPackage(folder);
		const installed = path.join(folder, 'with');
		await installPackage(installed, tarball);
		const { stdout } = await promisify(execFile)('tar', ['-tvzf', tarball]);
		const sizes = stdout
			.trim()
			.split('\n')
			.map((line) => Number(line.split(/\s+/)[2]));
		printTable(
			'Size',
			['', 'kB'],
			[
				['tarball', figure(statSync(tarball).size / 1000)],
				[
					`unpacked, ${sizes.length} files`,
					figure(sizes.reduce((sum, size) => sum + size, 0) / 1000),
				],
			],
		);
		await loads(path.join(installed, '.n8n', 'nodes', 'node_modules', 'n8n-nodes-hosted-checkout'));
		await starts(folder, tarball);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

async function loads(ours: string): Promise<void> {
	const packages = {
		'this package (5 providers, 10 nodes)': ours,
		'an empty package (3 triggers)': path.join(__dirname, 'emptyTrigger'),
	};
	// n8n hands its own n8n-workflow to the packages.
	const env = { ...process.env, NODE_PATH: path.join(__dirname, '..', '..', 'node_modules') };
	const results = new Map(Object.keys(packages).map((name) => [name, [] as Loaded[]]));
	for (let round = 0; round < ROUNDS; round++) {
		for (const [name, folder] of Object.entries(packages)) {
			const { stdout } = await promisify(execFile)(
				process.execPath,
				['--expose-gc', path.join(__dirname, 'loadPackage.cjs'), folder],
				{ timeout: 60_000, env },
			);
			results.get(name)?.push(JSON.parse(stdout) as Loaded);
		}
		say(`loading, round ${round + 1} of ${ROUNDS}`);
	}
	const of = (loaded: readonly Loaded[], what: keyof Loaded) =>
		figure(median(loaded.map((one) => one[what])));
	printTable(
		`Loaded in a fresh process, medians of ${ROUNDS} rounds`,
		['', 'time (ms)', 'heap (MB)', 'resident memory (MB)'],
		[...results].map(([name, loaded]) => [
			name,
			of(loaded, 'milliseconds'),
			of(loaded, 'heapMegabytes'),
			of(loaded, 'residentMegabytes'),
		]),
	);
}

interface Started {
	seconds: number;
	megabytes: number;
}

async function starts(folder: string, tarball: string): Promise<void> {
	const rounds = Math.min(ROUNDS, MOST_STARTS);
	const results = { 'n8n alone': [] as Started[], 'n8n with this package': [] as Started[] };
	const n8ns = new Map<keyof typeof results, RunningN8n>();
	try {
		for (const [name, installed] of [
			['n8n alone', null],
			['n8n with this package', tarball],
		] as const) {
			const userFolder = path.join(folder, name.replaceAll(' ', '-'));
			mkdirSync(userFolder);
			// The first start makes the database, which takes longer.
			const n8n = await startN8n({ userFolder, tarball: installed, say });
			n8ns.set(name, n8n);
			await n8n.stop();
		}
		for (let round = 0; round < rounds; round++) {
			for (const [name, n8n] of n8ns) {
				const begun = performance.now();
				await n8n.restart();
				results[name].push({
					seconds: (performance.now() - begun) / 1000,
					megabytes: residentMegabytes(n8n) ?? NaN,
				});
				await n8n.stop();
				say(`starting, round ${round + 1} of ${rounds}: ${name}`);
			}
		}
	} finally {
		for (const n8n of n8ns.values()) await n8n.stop();
	}
	const spread = (values: number[]) =>
		`${figure(median(values))} (${figure(Math.min(...values))}–${figure(Math.max(...values))})`;
	printTable(
		`Started in turn, medians of ${rounds} rounds and their spread`,
		['', 'ready after (s)', 'resident memory when ready (MB)'],
		Object.entries(results).map(([name, started]) => [
			name,
			spread(started.map(({ seconds }) => seconds)),
			spread(started.map(({ megabytes }) => megabytes)),
		]),
	);
}

main().catch((error: unknown) => {
	console.error(`\n${error instanceof Error ? error.message : String(error)}`);
	process.exitCode = 1;
});
