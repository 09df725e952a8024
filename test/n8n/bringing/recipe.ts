import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { BringError } from './bringError';

/** What is brought, and what it takes of the machine. */
export interface Recipe {
	/** Of n8n. */
	version: string;
	/** Holds `package.json` and `package-lock.json`. */
	folder: string;
	/** In the folder where n8n is unpacked. */
	unpackedBytes: number;
	/** In npm's own cache. */
	downloadedBytes: number;
	/** Where sqlite3 fetches its ready-made file; what cannot be fetched there is compiled. */
	readyMadeDatabase: string;
}

export interface BroughtN8n {
	version: string;
	folder: string;
	/** The Node 24 binary that runs it; n8n 2.41 does not start on Node 20. */
	node: string;
	/** The script to run with that Node. */
	script: string;
}

type Packages = Record<
	string,
	{ version?: string; optional?: boolean; os?: string[]; cpu?: string[] }
>;

const recipes = path.join(__dirname, '..', 'versions');

/** A recipe of test/n8n/versions. Throws BringError where there is none for this version. */
export function recipeFor(version: string): Recipe {
	const folder = path.join(recipes, version);
	if (!existsSync(path.join(folder, 'package.json')))
		throw new BringError(
			`There is no recipe for n8n ${version}.`,
			`Take one of ${readdirSync(recipes)
				.filter((name) => /^\d/.test(name))
				.join(', ')}, or make one: test/n8n/versions/README.md.`,
		);
	return {
		version,
		folder,
		unpackedBytes: 4 * 1024 ** 3,
		downloadedBytes: 1024 ** 3,
		readyMadeDatabase: `https://github.com/TryGhost/node-sqlite3/releases/download/v5.1.7/sqlite3-v5.1.7-napi-v6-${process.platform}-${process.arch}.tar.gz`,
	};
}

export function broughtTo(folder: string, version: string): BroughtN8n {
	return {
		version,
		folder,
		node: path.join(folder, 'node_modules', 'node', 'bin', 'node'),
		script: path.join(folder, 'node_modules', 'n8n', 'bin', 'n8n'),
	};
}

export async function fingerprintOf({ folder }: Recipe): Promise<string> {
	const hash = createHash('sha256');
	for (const file of ['package.json', 'package-lock.json'])
		hash.update(await readFile(path.join(folder, file)));
	return hash.digest('hex');
}

/**
 * npm's own list of what it put there. It is written last, so it stands for an installation that
 * came to its end.
 */
const npmsList = (folder: string) => path.join(folder, 'node_modules', '.package-lock.json');

/**
 * Written before npm begins; older versions of this script left it there although npm had ended
 * well.
 */
export const beginMark = (folder: string) => path.join(folder, '.installing');

/** Whether npm came to its end in this folder the last time it was run there. */
export async function endedWell(folder: string): Promise<boolean> {
	const timeOf = async (file: string) => (await stat(file).catch(() => undefined))?.mtimeMs;
	const ended = await timeOf(npmsList(folder));
	return ended !== undefined && ended >= ((await timeOf(beginMark(folder))) ?? 0);
}

/**
 * Where the folder is not as the lock file says; what is for one platform only or optional may be
 * missing.
 */
export async function differencesFrom({ folder: recipe }: Recipe, folder: string) {
	const wanted = await packagesOf(path.join(recipe, 'package-lock.json'));
	const installed = await packagesOf(npmsList(folder));
	return Object.entries(wanted)
		.filter(([location, entry]) => location !== '' && !entry.optional && !entry.os && !entry.cpu)
		.filter(([location, { version }]) => installed[location]?.version !== version)
		.map(
			([location, { version }]) =>
				`${location.replace(/^node_modules\//, '')} ${version ?? ''} is ${installed[location]?.version ?? 'not there'}`,
		);
}

/** The versions of a package that the lock file holds, wherever it puts them. */
export async function lockedVersions({ folder }: Recipe, name: string): Promise<string[]> {
	const packages = await packagesOf(path.join(folder, 'package-lock.json'));
	return Object.entries(packages).flatMap(([location, { version }]) =>
		version !== undefined && location.endsWith(`node_modules/${name}`) ? [version] : [],
	);
}

async function packagesOf(lockFile: string): Promise<Packages> {
	const text = await readFile(lockFile, 'utf8').catch(() => '{"packages":{}}');
	return (JSON.parse(text) as { packages: Packages }).packages;
}
