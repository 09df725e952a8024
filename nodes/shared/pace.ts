import { sleep } from 'n8n-workflow';

const SLICE_MILLISECONDS = 250;
/** A little more than a second: requests that leave evenly may arrive unevenly. */
const WINDOW_MILLISECONDS = 1100;

/** The times (since 1970, milliseconds) at which the latest requests of each scope leave; shared by all nodes of this process. */
const departures = new Map<string, number[]>();

/** Waits in short slices, so that stopping the execution stops the waiting. Timers are not allowed in verified nodes. */
export async function pause(milliseconds: number, stopped?: AbortSignal): Promise<void> {
	const end = Date.now() + milliseconds;
	for (let left = milliseconds; left > 0; left = end - Date.now()) {
		stopped?.throwIfAborted();
		await sleep(Math.min(left, SLICE_MILLISECONDS));
	}
	stopped?.throwIfAborted();
}

/**
 * Waits until one more request of this scope may leave, so that never more than `requestsPerSecond` leave within a second.
 * Holds for one n8n process; several processes each count for themselves.
 */
export async function takeTurn(scope: string, requestsPerSecond: number, stopped?: AbortSignal): Promise<void> {
	const now = Date.now();
	const times = departures.get(scope) ?? [];
	const earliest = times.length < requestsPerSecond ? now : Math.max(now, (times[times.length - requestsPerSecond] ?? 0) + WINDOW_MILLISECONDS);
	departures.set(scope, [...times, earliest].slice(-requestsPerSecond));
	await pause(earliest - now, stopped);
}
