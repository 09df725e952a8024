import type { Finding, ReceivedCallback, Remembered } from '../core/contract';
import type { Receiver } from './confirmCallback';

/** A longer body is not what a provider sends of a payment, and each way reads all of it. */
const MAXIMUM_BYTES = 20_000;
const PAUSE_MILLISECONDS = 60_000;

/** By node, when it searched last. */
const searchedAt = new Map<string, number>();

/**
 * With which settings a callback would fit whose signature does not, for the words of its refusal.
 * Anybody can send such callbacks, and trying settings takes time: each node looks at one in a
 * minute, and at each that the editor listens for. Never throws: a fault in the search changes no
 * answer.
 */
export function findSetting<Credentials>(
	{ context, provider, credentials }: Receiver<Credentials>,
	received: ReceivedCallback,
	remembered: Remembered | undefined,
): Finding | undefined {
	const { callback } = provider.contract;
	if (callback.findSetting === undefined || received.rawBody.length > MAXIMUM_BYTES)
		return undefined;
	if (context.getMode() !== 'manual' && !maySearch(context, Date.now())) return undefined;
	try {
		return callback.findSetting(received, credentials, remembered);
	} catch {
		return undefined;
	}
}

/** Counts the search if there may be one. */
function maySearch(context: Receiver<unknown>['context'], now: number): boolean {
	const node = JSON.stringify([context.getWorkflow().id ?? '', context.getNode().id]);
	if (now - (searchedAt.get(node) ?? -Infinity) < PAUSE_MILLISECONDS) return false;
	searchedAt.set(node, now);
	return true;
}
