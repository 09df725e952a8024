import type { Finding, ReceivedCallback, Remembered } from '../core/contract';
import type { Receiver } from './confirmCallback';

/** Of one node. As many lines of a text are written in that time (logLine.ts). */
const MOST_IN_A_MINUTE = 20;
const MINUTE_MILLISECONDS = 60_000;

const minutes = new Map<string, { beganAt: number; searches: number }>();

/**
 * With which settings a callback would fit whose signature does not, for the words of its refusal.
 * Anybody can send such callbacks, and trying settings takes time, so that of each node only a few
 * in a minute are looked at. Never throws: a fault in the search changes no answer.
 */
export function findSetting<Credentials>(
	{ context, provider, credentials }: Receiver<Credentials>,
	received: ReceivedCallback,
	remembered: Remembered | undefined,
): Finding | undefined {
	const { callback } = provider.contract;
	if (callback.findSetting === undefined) return undefined;
	const node = JSON.stringify([context.getWorkflow().id ?? '', context.getNode().id]);
	if (!maySearch(node, Date.now())) return undefined;
	try {
		return callback.findSetting(received, credentials, remembered);
	} catch {
		return undefined;
	}
}

/** Counts the search if there is one. */
function maySearch(node: string, now: number): boolean {
	const current = minutes.get(node);
	if (current === undefined || now - current.beganAt >= MINUTE_MILLISECONDS) {
		minutes.set(node, { beganAt: now, searches: 1 });
		return true;
	}
	current.searches += 1;
	return current.searches <= MOST_IN_A_MINUTE;
}
