import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { exitOnSignals, tell } from '../../scripts/longStep.cjs';
import { BringError, BuildError } from './bringing/bringError';
import { completePackages, installPackages, type Bringing } from './bringing/install';
import { checkMachine } from './bringing/machine';
import { lock } from './bringing/oneBringer';
import {
	beginMark,
	broughtTo,
	differencesFrom,
	endedWell,
	fingerprintOf,
	recipeFor,
	type BroughtN8n,
	type Recipe,
} from './bringing/recipe';
import { makeWork } from './bringing/works';

export { BringError, type BroughtN8n };

export const n8nVersion = process.env.N8N_VERSION_UNDER_TEST ?? '2.41.1';

export function cacheFolder(version = n8nVersion): string {
	const base = process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache');
	return path.join(base, 'n8n-nodes-hosted-checkout', `n8n-${version}`);
}

/**
 * Brings n8n into a cache folder outside the clone, so that every clone and every run on a machine
 * shares one copy (3 GB). Ends as soon as it is there and works; `say` is told what takes time.
 * Throws BringError.
 */
export async function bringN8n(
	say: (line: string) => void = () => undefined,
	recipe: Recipe = recipeFor(n8nVersion),
	folder = cacheFolder(recipe.version),
): Promise<BroughtN8n> {
	const fingerprint = await fingerprintOf(recipe);
	const stamp = path.join(folder, '.whole');
	const n8n = broughtTo(folder, recipe.version);
	const isStamped = async () =>
		(await readFile(stamp, 'utf8').catch(() => undefined)) === fingerprint &&
		existsSync(n8n.node) &&
		existsSync(n8n.script);
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
		await bring({ recipe, folder, say });
		await rm(beginMark(folder), { force: true });
		await writeFile(stamp, fingerprint);
		say(`n8n ${recipe.version} is in ${folder}`);
		return n8n;
	} finally {
		await release();
	}
}

/** What counts is that n8n works; where it is not as the lock file says, that is worth a line. */
async function bring(bringing: Bringing): Promise<void> {
	const { recipe, folder, say } = bringing;
	if (!(await worksAsItIs(bringing))) {
		say('Checking what this machine has: disk, npm registry, compiler');
		await checkMachine(recipe, folder);
		await installPackages(bringing);
		await makeWork(bringing);
	}
	const [first, ...more] = await differencesFrom(recipe, folder);
	if (first)
		say(
			`  Not as the lock file says, and it works: ${first}${more.length > 0 ? ` (and ${more.length} more)` : ''}`,
		);
}

/** What an earlier run, or an older version of this script, left there is used where it works. */
async function worksAsItIs(bringing: Bringing): Promise<boolean> {
	const { recipe, folder, say } = bringing;
	if (!(await endedWell(folder))) return false;
	if ((await differencesFrom(recipe, folder)).length > 0) await completePackages(bringing);
	try {
		await makeWork(bringing);
		return true;
	} catch (error) {
		if (!(error instanceof BringError) || error instanceof BuildError) throw error;
		say(
			`  What is in ${folder} does not work; installing it anew: ${error.message.split('\n')[0]}`,
		);
		return false;
	}
}

/** Brings one after the other as a command does: with words on the screen and an exit code. */
export function runBringing(places: { recipe: Recipe; folder?: string }[]): void {
	exitOnSignals();
	const all = async () => {
		for (const { recipe, folder } of places) await bringN8n(tell, recipe, folder);
	};
	all().catch((error: unknown) => {
		console.error(`\n${error instanceof Error ? error.message : String(error)}`);
		process.exit(1);
	});
}

if (require.main === module) {
	const versions = process.argv.slice(2);
	runBringing(
		(versions.length > 0 ? versions : [n8nVersion]).map((version) => ({
			recipe: recipeFor(version),
		})),
	);
}
