import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { BringError } from './bringError';

const staleAfterMilliseconds = 30_000;

/**
 * One bringer at a time: two npm runs in one folder destroy each other's work. The owner touches
 * the file every few seconds; one that is no longer touched, or whose process on this machine is
 * gone, is taken over. Gives the release.
 */
export async function lock(
	file: string,
	say: (line: string) => void,
): Promise<() => Promise<void>> {
	const mine = JSON.stringify({ host: hostname(), pid: process.pid, token: randomUUID() });
	let told = false;
	while (!(await take(file, mine))) {
		if (await takenFromTheGone(file)) continue;
		if (!told) say('Another run is bringing n8n; waiting for it');
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

async function take(file: string, mine: string): Promise<boolean> {
	try {
		await writeFile(file, mine, { flag: 'wx' });
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
		throw new BringError(
			`The lock file ${file} cannot be written: ${(error as Error).message}.`,
			'Set XDG_CACHE_HOME to a folder that you may write to, on a disk with free space.',
		);
	}
}

/** Whether an abandoned lock was there and is out of the way. */
async function takenFromTheGone(file: string): Promise<boolean> {
	const theirs = await readText(file);
	if (theirs === undefined || !(await isAbandoned(file, theirs))) return false;
	// Renamed, not removed: of two runs that both found it abandoned only one can succeed, and the
	// look at what was renamed tells whether it was the abandoned one or a fresh one.
	const aside = `${file}.${randomUUID()}`;
	const took = await rename(file, aside).then(
		() => true,
		() => false,
	);
	if (took && (await readText(aside)) !== theirs) await rename(aside, file);
	else await rm(aside, { force: true });
	return true;
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
		// ESRCH: no such process. Anything else (half-written JSON, somebody else's process) is left to
		// the age.
		return (error as NodeJS.ErrnoException).code === 'ESRCH';
	}
}

async function readText(file: string): Promise<string | undefined> {
	return await readFile(file, 'utf8').catch(() => undefined);
}
