import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
	lackOf,
	lastLines,
	runQuietly,
	runStep,
	waysOut,
	type Ran,
} from '../../../scripts/longStep.cjs';
import { BringError } from './bringError';
import { checkRegistry } from './machine';
import { beginMark, lockedVersions, type Recipe } from './recipe';

/** One bringing: what, where to, and who is told what takes time. */
export interface Bringing {
	recipe: Recipe;
	folder: string;
	say(line: string): void;
}

// Install scripts of unrelated native packages fail without a network; what n8n needs is built
// afterwards.
const npmFlags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

/** Enough for what was ever missing at once; each round takes a try of npm. */
const mostReplacements = 5;

/**
 * Puts the packages into a folder that has none: exactly those of the lock file; else with the lock
 * file, as far as the registry allows; else without it. What an earlier run downloaded comes from
 * npm's cache. Throws BringError.
 */
export async function installPackages(bringing: Bringing): Promise<void> {
	const { recipe, folder, say } = bringing;
	await clear(folder);
	await copyRecipe(bringing);
	const exact = await npm(
		bringing,
		// npm's cache counts for as long as it holds the locked versions, whatever the registry says of
		// its age.
		['ci', '--prefer-offline'],
		`Downloading n8n ${recipe.version} (some 2,000 packages, 3 GB on disk; two to six minutes, once per machine)`,
	);
	if (exact.code === 0) return;
	say(`  The lock file cannot be followed exactly: ${firstReason(exact)}`);
	await clear(folder);
	const locked = await installWithLock(bringing);
	if (locked.code === 0) return;
	say(`  The lock file cannot be followed at all: ${firstReason(locked)}`);
	await installWithoutLock(bringing);
}

/**
 * Brings what is there closer to the lock file, as far as the registry allows. Says so where it
 * cannot.
 */
export async function completePackages(bringing: Bringing): Promise<void> {
	try {
		// Without a network npm would try again for minutes.
		await checkRegistry(bringing.recipe, bringing.folder);
		await copyRecipe(bringing);
		const ran = await installWithLock(bringing);
		if (ran.code !== 0) bringing.say(`  It stays as it is: ${firstReason(ran)}`);
	} catch (error) {
		bringing.say(`  It stays as it is: ${(error as Error).message.split('\n')[0]}`);
	}
}

async function installWithLock(bringing: Bringing): Promise<Ran> {
	return await npm(
		bringing,
		['install'],
		'Installing as far as the registry follows the lock file',
	);
}

async function installWithoutLock(bringing: Bringing): Promise<void> {
	const { recipe, folder, say } = bringing;
	const overrides: Record<string, string> = {};
	for (;;) {
		await clear(folder);
		await writeDescription(bringing, overrides);
		await rm(path.join(folder, 'package-lock.json'), { force: true });
		const ran = await npm(
			bringing,
			['install'],
			`Installing n8n ${recipe.version} without the lock file`,
		);
		if (ran.code === 0) return;
		const missing = missingPackage(ran.output);
		const key = missing && overrideKey(missing);
		if (!missing || !key || key in overrides || Object.keys(overrides).length === mostReplacements)
			throw couldNotInstall(ran, missing);
		const instead = await versionInstead(bringing, missing);
		if (instead === undefined) throw couldNotInstall(ran, missing);
		overrides[key] = instead;
		say(`  The registry lacks ${nameOf(missing)}; trying ${instead} in its place`);
	}
}

/** Half-unpacked packages look whole to npm. */
async function clear(folder: string): Promise<void> {
	await rm(path.join(folder, 'node_modules'), { recursive: true, force: true });
}

async function copyRecipe({ recipe, folder }: Bringing): Promise<void> {
	for (const file of ['package.json', 'package-lock.json'])
		await copyFile(path.join(recipe.folder, file), path.join(folder, file));
}

async function writeDescription(
	{ recipe, folder }: Bringing,
	more: Record<string, string>,
): Promise<void> {
	const text = await readFile(path.join(recipe.folder, 'package.json'), 'utf8');
	const description = JSON.parse(text) as { overrides?: Record<string, string> };
	const overrides = { ...description.overrides, ...more };
	await writeFile(
		path.join(folder, 'package.json'),
		JSON.stringify({ ...description, overrides }, null, '\t'),
	);
}

/**
 * Throws BringError where the machine lacks something: another way of installing would end the
 * same.
 */
async function npm({ folder, say }: Bringing, command: string[], title: string): Promise<Ran> {
	await writeFile(beginMark(folder), '');
	const ran = await runStep({
		title,
		program: 'npm',
		args: [...command, ...npmFlags],
		cwd: folder,
		environment: process.env,
		say,
	});
	if (ran.code === 0) {
		await rm(beginMark(folder), { force: true });
		return ran;
	}
	const lack = lackOf(ran.output);
	if (lack)
		throw new BringError(
			`Downloading n8n did not succeed (npm ended with ${ran.code}).\n${lastLines(ran.output)}`,
			waysOut[lack],
		);
	return ran;
}

/** What npm says of itself in one line, without its code words. */
function firstReason({ code, output }: Ran): string {
	const lines = output
		.split('\n')
		.map((line) => line.replace(/^npm (error|ERR!) ?(code .*|notarget|404)?/, '').trim())
		.filter((line) => line !== '');
	return lines[0] ?? `npm ended with ${code}`;
}

interface MissingPackage {
	name: string;
	/** The range that nothing fits. */
	range?: string;
	/** The version whose file is not there, although the registry lists it. */
	version?: string;
}

/** What the registry lacks, as npm tells it (ETARGET, E404). */
export function missingPackage(output: string): MissingPackage | undefined {
	const target = /No matching version found for (@?[^@\s]+)@(\S+?)\.?$/m.exec(output);
	if (target?.[1]) return { name: target[1], range: target[2] };
	const file =
		/404\b.* GET \S+?\/((?:@[^/\s]+(?:\/|%2f))?[^/\s]+)\/-\/[^/\s]+?-(\d[^/\s]*)\.tgz/i.exec(
			output,
		);
	if (file?.[1]) return { name: file[1].replace(/%2f/i, '/'), version: file[2] };
	const whole = /404\s+(?:The requested resource )?'(@?[^@'\s]+)@([^']*)'/.exec(output);
	return whole?.[1] ? { name: whole[1], range: whole[2] } : undefined;
}

const nameOf = ({ name, range, version }: MissingPackage) => `${name}@${range ?? version ?? ''}`;

/**
 * Only who asks for the range that nothing fits gets another version; a file that is gone concerns
 * everybody.
 */
const overrideKey = ({ name, range }: MissingPackage) => (range ? `${name}@${range}` : name);

/**
 * The version of the lock file where the registry has it, else the last one that it has, of the
 * same major if possible.
 */
async function versionInstead(
	{ recipe, folder }: Bringing,
	missing: MissingPackage,
): Promise<string | undefined> {
	const ran = await runQuietly({
		program: 'npm',
		args: ['view', missing.name, 'versions', '--json', '--prefer-online', '--loglevel=silent'],
		cwd: folder,
		environment: process.env,
	});
	if (ran.code !== 0) return undefined;
	const listed = [JSON.parse(ran.output) as string | string[]].flat();
	const usable = listed.filter((version) => version !== missing.version && !version.includes('-'));
	const major = /\d+/.exec(missing.range ?? missing.version ?? '')?.[0];
	const locked = await lockedVersions(recipe, missing.name);
	return (
		usable.findLast((version) => locked.includes(version)) ??
		usable.findLast((version) => version.split('.')[0] === major) ??
		usable.at(-1)
	);
}

function couldNotInstall(ran: Ran, missing: MissingPackage | undefined): BringError {
	const what = `n8n could not be installed (npm ended with ${ran.code}).\n${lastLines(ran.output)}`;
	return missing
		? new BringError(
				what,
				`The npm registry lacks ${nameOf(missing)}, and no other version of it could take its place. "npm config get registry" says which registry this is: set one that has the package with "npm config set registry <address>", then run the command again.`,
			)
		: new BringError(
				what,
				'npm says above why. Change that first: the same command ends the same way until then.',
			);
}
