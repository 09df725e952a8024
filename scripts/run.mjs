#!/usr/bin/env node
/**
 * Runs one of the project's commands with everything it needs in place, from a fresh clone on:
 *
 *   node scripts/run.mjs [--build] [--types] [--n8n[=version]] <command> [arguments…]
 *
 * It installs the dependencies when they are missing or the lock file has changed, brings Node 24
 * (n8n's native parts need it; the machine's own Node may be 20), and then runs the command with
 * that Node first on the PATH. `--build` compiles the package, `--types` checks the types of tests
 * and sandbox, `--n8n` brings n8n itself, `--n8n=<version>` another one of test/n8n/versions/.
 * Where all is in place it does nothing. Plain JavaScript without dependencies: it runs before
 * there are any.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
	exitOnSignals,
	freeBytes,
	lackOf,
	lastLines,
	runStep,
	tell,
	waysOut,
} from './longStep.cjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bin = path.join(root, 'node_modules', '.bin');

const flags = new Set();
const command = process.argv.slice(2);
while (command[0]?.startsWith('--')) flags.add(command.shift());

const environment = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` };
// A setting of the machine that npm does not know makes every npm call print a warning.
delete environment.npm_config_nodedir;

function fail(what, way) {
	console.error(`\n${what}\n${way}`);
	process.exit(1);
}

/**
 * Runs a program on this terminal. Ctrl-C reaches it through the terminal; this process only waits
 * for it to clean up.
 */
async function runInFront(program, args) {
	const child = spawn(program, args, { cwd: root, env: environment, stdio: 'inherit' });
	const pass = () => child.kill('SIGTERM');
	const wait = () => undefined;
	process.on('SIGTERM', pass).on('SIGINT', wait);
	const ended = await new Promise((resolve) => {
		child.on('error', (error) => resolve({ code: 1, error }));
		child.on('exit', (code, signal) => resolve({ code: code ?? (signal === 'SIGINT' ? 130 : 1) }));
	});
	process.off('SIGTERM', pass).off('SIGINT', wait);
	return ended;
}

async function step(title, program, args, way) {
	tell(title);
	const { code, error } = await runInFront(program, args);
	// It has said so itself.
	if (code === 130) process.exit(code);
	if (code !== 0)
		fail(
			`"${program} ${args.join(' ')}" did not succeed (${error?.message ?? `exit ${code}`}).`,
			way,
		);
}

async function longStep(title, args) {
	return await runStep({
		title,
		program: 'npm',
		args: [...args, '--no-audit', '--no-fund', '--loglevel=error'],
		cwd: root,
		environment,
		say: tell,
	});
}

/**
 * Exactly as the lock file says; else as far as the registry allows; else without it. `--no-save`:
 * the clone stays as it is.
 */
const waysToInstall = [
	['Installing the dependencies (about a minute, once)', 'ci', '--prefer-offline'],
	['The lock file cannot be followed exactly; installing as far as it can', 'install', '--no-save'],
	[
		'The lock file cannot be followed at all; installing without it',
		'install',
		'--no-save',
		'--no-package-lock',
	],
];

async function installDependencies() {
	const lockFile = readFileSync(path.join(root, 'package-lock.json'));
	const fingerprint = createHash('sha256').update(lockFile).digest('hex');
	const stamp = path.join(root, 'node_modules', '.installed-from');
	if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return;
	const leaveSignals = exitOnSignals();
	await installPackages();
	const ran = await longStep('Bringing Node 24 (npm package "node")', ['rebuild', 'node']);
	if (ran.code !== 0)
		fail(
			`Node 24 could not be brought (npm package "node").\n${lastLines(ran.output)}`,
			waysOut[lackOf(ran.output) ?? 'network'],
		);
	writeFileSync(stamp, fingerprint);
	leaveSignals();
}

async function installPackages() {
	await checkDisk();
	let ran;
	for (const [title, ...args] of waysToInstall) {
		// "npm ci" does it by itself. Half-unpacked packages look whole to "npm install".
		if (ran) rmSync(path.join(root, 'node_modules'), { recursive: true, force: true });
		ran = await longStep(title, [...args, '--ignore-scripts']);
		if (ran.code === 0) return;
		const lack = lackOf(ran.output);
		if (lack) fail(`npm ended with ${ran.code}.\n${lastLines(ran.output)}`, waysOut[lack]);
	}
	fail(
		`The dependencies could not be installed (npm ended with ${ran.code}).\n${lastLines(ran.output)}`,
		'npm says above what is missing. "npm config get registry" says which registry it asked: set one that has it with "npm config set registry <address>", then run the command again.',
	);
}

async function checkDisk() {
	const gigabytes = (await freeBytes(root)) / 1024 ** 3;
	if (gigabytes < 1)
		fail(
			`The dependencies need 1 GB of free disk, and ${root} has ${gigabytes.toFixed(1)} GB.`,
			'Free some space, or put the clone on a larger disk, and run the command again.',
		);
}

/** Of every file that the build reads. */
function fingerprintOfSources() {
	const hash = createHash('sha256');
	const folders = ['nodes', 'credentials', 'icons'].flatMap((folder) =>
		readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => path.join(entry.parentPath ?? entry.path, entry.name)),
	);
	for (const file of [
		...folders.sort(),
		...['package.json', 'tsconfig.json', 'gulpfile.js', 'scripts/finishBuild.cjs'].map((file) =>
			path.join(root, file),
		),
	]) {
		hash.update(`${path.relative(root, file)}\n`).update(readFileSync(file));
	}
	return hash.digest('hex');
}

/** Compiles the package unless `dist` was made from these very sources, by this very build. */
async function build() {
	const stamp = path.join(root, 'node_modules', '.built-from');
	const dist = path.join(root, 'dist');
	const state = (fingerprint) =>
		`${fingerprint} ${existsSync(dist) ? statSync(dist).mtimeMs : 'none'}`;
	const fingerprint = fingerprintOfSources();
	if (existsSync(stamp) && existsSync(dist) && readFileSync(stamp, 'utf8') === state(fingerprint))
		return;
	await step(
		'Building the package',
		'gulp',
		['build', '--silent'],
		'The compiler says above what is wrong.',
	);
	// Sources that were edited meanwhile may be in it or not.
	if (fingerprintOfSources() === fingerprint) writeFileSync(stamp, state(fingerprint));
}

if (Number(process.versions.node.split('.')[0]) < 20) {
	fail(
		`This is Node ${process.versions.node}.`,
		'Install Node 20 or newer (from nodejs.org, or with "nvm install 24"), then run the command again. Node 24 for n8n is brought by the project itself.',
	);
}
await installDependencies();
if (flags.has('--build')) await build();
if (flags.has('--types'))
	await step(
		'Checking types',
		'tsc',
		['-p', 'test/tsconfig.json'],
		'The compiler says above what is wrong.',
	);
const n8n = [...flags].find((flag) => /^--n8n(=|$)/.test(flag));
if (n8n?.includes('=')) environment.N8N_VERSION_UNDER_TEST = n8n.split('=')[1];
if (n8n)
	await step(
		'Looking for n8n',
		'tsx',
		['test/n8n/bring.ts'],
		'The message above says which step failed.',
	);

const [program, ...args] = command;
const { code, error } = await runInFront(program, args);
if (error)
	fail(
		`"${program}" could not be started: ${error.message}.`,
		'Delete node_modules and run the command again.',
	);
process.exit(code);
