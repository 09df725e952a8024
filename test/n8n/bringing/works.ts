import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import axios from 'axios';
import {
	clock,
	lackOf,
	lastLines,
	runQuietly,
	runStep,
	waysOut,
} from '../../../scripts/longStep.cjs';
import { environmentOfN8n } from '../environment';
import { freePorts, startProcess } from '../supervisedProcess';
import { BringError, BuildError } from './bringError';
import type { Bringing } from './install';
import { howToInstallTools, missingBuildTools } from './machine';
import { broughtTo, type BroughtN8n } from './recipe';

/** What n8n cannot start without, and how to see that it loads. */
const nativeParts = {
	'isolated-vm': { what: 'the engine of its expressions', load: 'require("isolated-vm")' },
	sqlite3: { what: 'its database', load: 'new (require("sqlite3").Database)(":memory:")' },
};

/** Node's own colours and warnings do not belong into the output that is read. */
const environment = () => ({ ...process.env, NODE_NO_WARNINGS: '1' });

/** Builds what is not built yet, and then sees n8n work. Throws BringError where it does not. */
export async function makeWork(bringing: Bringing): Promise<void> {
	const n8n = broughtTo(bringing.folder, bringing.recipe.version);
	await bringNode(n8n, bringing);
	for (const name of Object.keys(nativeParts) as (keyof typeof nativeParts)[])
		await buildNative(name, n8n, bringing);
	const begun = Date.now();
	bringing.say('Checking that n8n works: it says its version and starts once');
	await checkVersion(n8n);
	await checkStart(n8n);
	bringing.say(`  done after ${clock(Date.now() - begun)}`);
}

async function bringNode(n8n: BroughtN8n, { folder, say }: Bringing): Promise<void> {
	if (await isNode24(n8n)) return;
	const ran = await runStep({
		title: 'Bringing Node 24 for n8n (npm package "node")',
		program: 'npm',
		args: ['rebuild', 'node', '--loglevel=error'],
		cwd: folder,
		environment: environment(),
		say,
	});
	if (ran.code === 0 && (await isNode24(n8n))) return;
	throw new BringError(
		`Node 24 could not be brought (npm package "node").\n${lastLines(ran.output)}`,
		waysOut[lackOf(ran.output) ?? 'network'],
	);
}

async function isNode24(n8n: BroughtN8n): Promise<boolean> {
	if (!existsSync(n8n.node)) return false;
	const ran = await runQuietly({
		program: n8n.node,
		args: ['--version'],
		cwd: n8n.folder,
		environment: environment(),
	});
	return ran.output.trim().startsWith('v24.');
}

async function buildNative(
	name: keyof typeof nativeParts,
	n8n: BroughtN8n,
	{ folder, say }: Bringing,
): Promise<void> {
	const { what, load } = nativeParts[name];
	const loads = async () =>
		await runQuietly({
			program: n8n.node,
			args: ['-e', load],
			cwd: folder,
			environment: environment(),
		});
	let failed = await loads();
	if (failed.code === 0) return;
	if (!existsSync(path.join(folder, 'node_modules', name, 'package.json')))
		throw new BringError(`${name}, ${what}, is not in ${folder}.`, doesNotWork(n8n));
	// The second time its ready-made file is there and does not fit this machine.
	for (const flags of [[], ['--build-from-source']]) {
		const ran = await runStep({
			title: `Building ${name}, ${what}${flags.length > 0 ? ', from its source' : ''} (about a minute)`,
			program: 'npm',
			args: ['rebuild', name, '--loglevel=error', ...flags],
			cwd: folder,
			environment: { ...environment(), ...headersOf(n8n) },
			say,
		});
		failed = ran.code === 0 ? await loads() : ran;
		if (failed.code === 0) return;
	}
	const missing = await missingBuildTools(folder);
	throw new BuildError(
		`${name}, ${what}, could not be built.\n${lastLines(failed.output)}`,
		missing.length > 0
			? `It is compiled where no ready-made file can be fetched, and ${missing.join(', ')} cannot be found. ${howToInstallTools()}, then run the command again; what is downloaded is kept.`
			: 'The compiler says above what it lacks. Once it is there, run the command again; what is downloaded is kept.',
	);
}

/**
 * The npm package "node" has its headers beside it: without them the compiler's would be
 * downloaded, from no npm registry.
 */
function headersOf(n8n: BroughtN8n): { npm_config_nodedir?: string } {
	const beside = path.join(n8n.folder, 'node_modules', 'node', 'node_modules');
	if (!existsSync(beside)) return {};
	const nodedir = readdirSync(beside)
		.map((name) => path.join(beside, name))
		.find((folder) => existsSync(path.join(folder, 'include', 'node', 'node_api.h')));
	return nodedir ? { npm_config_nodedir: nodedir } : {};
}

async function checkVersion(n8n: BroughtN8n): Promise<void> {
	const ran = await runQuietly({
		program: n8n.node,
		args: [n8n.script, '--version'],
		cwd: n8n.folder,
		environment: environment(),
	});
	if (ran.code === 0 && ran.output.trim().split('\n').at(-1)?.trim() === n8n.version) return;
	throw new BringError(
		`The n8n in ${n8n.folder} does not say that it is ${n8n.version}.\n${lastLines(ran.output)}`,
		doesNotWork(n8n),
	);
}

async function checkStart(n8n: BroughtN8n): Promise<void> {
	const userFolder = await mkdtemp(path.join(tmpdir(), 'hosted-checkout-bring-'));
	const [port = 0, brokerPort = 0] = await freePorts(2);
	const logFile = path.join(userFolder, 'n8n.log');
	const started = startProcess({
		node: n8n.node,
		args: [n8n.script, 'start'],
		environment: environmentOfN8n({ userFolder, port, brokerPort }),
		logFile,
	});
	try {
		const deadline = Date.now() + 300_000;
		while (!(await isReady(port))) {
			const how = started.ended() ?? (Date.now() > deadline ? 'no answer in five minutes' : '');
			if (how)
				throw new BringError(
					`The n8n in ${n8n.folder} does not start (${how}).\n${lastLines(await readFile(logFile, 'utf8'))}`,
					doesNotWork(n8n),
				);
			await wait(200);
		}
	} finally {
		await started.kill();
		await rm(userFolder, { recursive: true, force: true });
	}
}

async function isReady(port: number): Promise<boolean> {
	return await axios
		.get(`http://127.0.0.1:${port}/healthz/readiness`, { timeout: 5000, proxy: false })
		.then(
			() => true,
			() => false,
		);
}

const doesNotWork = ({ folder }: BroughtN8n) =>
	`All its packages are in place, so downloading them again does not help; the lines above are n8n's own and say what it lacks. To try it by hand: ${path.join(folder, 'node_modules', 'node', 'bin', 'node')} ${path.join(folder, 'node_modules', 'n8n', 'bin', 'n8n')} start`;
