import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { freeBytes, lackOf, lastLines, runQuietly, waysOut } from '../../../scripts/longStep.cjs';
import { BringError } from './bringError';
import type { Recipe } from './recipe';

/**
 * Looks for what the machine lacks before anything is downloaded. Throws BringError with the
 * command that brings it.
 */
export async function checkMachine(recipe: Recipe, folder: string): Promise<void> {
	await checkDisk(recipe, folder);
	await checkRegistry(recipe, folder);
	await checkCompiler(recipe, folder);
}

async function checkDisk(recipe: Recipe, folder: string): Promise<void> {
	const found = await runQuietly({
		program: 'npm',
		args: ['config', 'get', 'cache', '--loglevel=silent'],
		cwd: folder,
		environment: process.env,
	});
	const npmCache = path.resolve(folder, found.output.trim().split('\n').at(-1) ?? '');
	// npm makes it when it is first needed.
	await mkdir(npmCache, { recursive: true }).catch((error: Error) => {
		throw new BringError(
			`npm's cache ${npmCache} cannot be made: ${error.message}.`,
			'Set npm_config_cache to a folder that you may write to.',
		);
	});
	const shared = (await stat(npmCache)).dev === (await stat(folder)).dev;
	const { unpackedBytes, downloadedBytes } = recipe;
	await checkFree(folder, unpackedBytes + (shared ? downloadedBytes : 0), 'XDG_CACHE_HOME');
	if (!shared) await checkFree(npmCache, downloadedBytes, 'npm_config_cache');
}

async function checkFree(folder: string, needed: number, variable: string): Promise<void> {
	const free = await freeBytes(folder);
	if (free >= needed) return;
	const gigabytes = (bytes: number) => (bytes / 1024 ** 3).toFixed(1);
	throw new BringError(
		`n8n needs ${gigabytes(needed)} GB of free disk for its download, and ${folder} has ${gigabytes(free)} GB.`,
		`Free some space, or set ${variable} to a folder on a larger disk.`,
	);
}

/**
 * Without a network npm tries again for many minutes before it gives up, so it is asked for one
 * package first.
 */
export async function checkRegistry(recipe: Recipe, folder: string): Promise<void> {
	const wanted = `n8n@${recipe.version}`;
	const asked = await runQuietly({
		program: 'npm',
		args: [
			'view',
			wanted,
			'version',
			'--prefer-online',
			'--fetch-retries=1',
			'--fetch-retry-mintimeout=1000',
			'--fetch-timeout=20000',
			'--loglevel=error',
		],
		cwd: folder,
		environment: process.env,
	});
	if (asked.code === 0 && asked.output.includes(recipe.version)) return;
	const lack = lackOf(asked.output);
	throw new BringError(
		`npm could not find ${wanted} (it ended with ${asked.code}).\n${lastLines(asked.output)}`,
		lack
			? waysOut[lack]
			: 'The registry that npm uses does not have this version: "npm config get registry" says which one it is. Set one that has it with "npm config set registry <address>", then run the command again.',
	);
}

/**
 * Needed only where the ready-made file cannot be fetched, so it is asked for only where a compiler
 * is missing.
 */
async function checkCompiler(recipe: Recipe, folder: string): Promise<void> {
	const missing = await missingBuildTools(folder);
	if (missing.length === 0) return;
	// Whether the file can be fetched through a proxy, npm finds out.
	if (process.env.HTTPS_PROXY ?? process.env.https_proxy ?? process.env.npm_config_https_proxy)
		return;
	const answer = await fetch(recipe.readyMadeDatabase, {
		method: 'HEAD',
		signal: AbortSignal.timeout(10_000),
	}).catch(() => undefined);
	if (answer?.ok) return;
	throw new BringError(
		`sqlite3, the database of n8n, has to be compiled here: its ready-made file cannot be fetched from ${new URL(recipe.readyMadeDatabase).host}. Missing for that: ${missing.join(', ')}.`,
		`${howToInstallTools()}, then run the command again.`,
	);
}

/** Of the tools that compile sqlite3, those that this machine lacks. */
export async function missingBuildTools(folder: string): Promise<string[]> {
	// There node-gyp looks for Visual Studio, which has no program on the PATH.
	if (process.platform === 'win32') return [];
	const { CXX, MAKE, PYTHON } = process.env;
	const tools = {
		'a C++ compiler': [CXX, 'c++', 'g++', 'clang++'],
		make: [MAKE, 'make', 'gmake'],
		'Python 3': [PYTHON, 'python3', 'python'],
	};
	const missing: string[] = [];
	for (const [name, programs] of Object.entries(tools)) {
		if (!(await anyRuns(programs, folder))) missing.push(name);
	}
	return missing;
}

async function anyRuns(programs: (string | undefined)[], cwd: string): Promise<boolean> {
	for (const program of programs.filter((each) => each !== undefined)) {
		const ran = await runQuietly({ program, args: ['--version'], cwd, environment: process.env });
		if (ran.code === 0) return true;
	}
	return false;
}

export function howToInstallTools(): string {
	return process.platform === 'darwin'
		? 'Install them with "xcode-select --install"'
		: 'Install them (Debian and Ubuntu: "apt-get install build-essential python3"; Fedora: "dnf install gcc-c++ make python3"; Alpine: "apk add build-base python3")';
}
