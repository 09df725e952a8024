/**
 * Bounds for the questions to a provider that callbacks cause. A signed callback is never limited;
 * one that is not signed anybody can send, as many as they like, with invented references.
 *
 * Nothing is remembered of what a provider did not know: an order that it does not know yet may be
 * paid a moment later.
 */

/** `tagged`: it came to an address with the tag of the credential (core/callbackTag.ts). */
export type Lane = 'untagged' | 'tagged';

/** By whom questions are counted, and how many the provider takes. */
export interface CountedBy {
	scope: string;
	/** The documented limit; absent where there is none. */
	requestsPerSecond?: number;
}

interface Budget {
	perSecond: number;
	/** So many may come at once. */
	burst: number;
}

/** Of a documented limit, unsigned questions take at most this part. */
const UNTAGGED_PART = 1 / 5;
/** So many seconds' worth of our own callbacks may come at once: about as long as a question may take. */
const TAGGED_BURST_SECONDS = 8;
/**
 * Where no limit is documented: more than a busy shop's payments, far less than what would trouble a
 * provider or get its merchant blocked.
 */
const UNDOCUMENTED: Record<Lane, Budget> = {
	untagged: { perSecond: 5, burst: 50 },
	tagged: { perSecond: 20, burst: 160 },
};

/** By scope and lane, when nothing of what was asked counts any more (since 1970, milliseconds). */
const restedAt = new Map<string, number>();

/**
 * Whether one more callback that is not signed may be looked up at the provider; counts it if so.
 * Holds for one process.
 */
export function mayLookUp(countedBy: CountedBy, lane: Lane, nowMilliseconds: number): boolean {
	const { perSecond, burst } = budgetOf(countedBy, lane);
	const key = JSON.stringify([countedBy.scope, lane]);
	const each = 1000 / perSecond;
	const restsAt = Math.max(restedAt.get(key) ?? 0, nowMilliseconds);
	if (restsAt - nowMilliseconds > (burst - 1) * each) return false;
	restedAt.set(key, restsAt + each);
	return true;
}

function budgetOf({ requestsPerSecond }: CountedBy, lane: Lane): Budget {
	if (requestsPerSecond === undefined) return UNDOCUMENTED[lane];
	const untagged = requestsPerSecond * UNTAGGED_PART;
	if (lane === 'untagged') return { perSecond: untagged, burst: 1 };
	const perSecond = requestsPerSecond - untagged;
	return { perSecond, burst: perSecond * TAGGED_BURST_SECONDS };
}

/** Between two questions for one waiting execution. */
export const PAUSE_OF_AN_EXECUTION_MILLISECONDS = 10_000;

/** By execution, when it was last asked for; the oldest first. */
const askedForAt = new Map<string, number>();

/**
 * Whether the provider may be asked on account of an unsigned callback at the address of this
 * waiting execution; counts it if so. Whoever knows that address could otherwise have it asked as
 * often as they like.
 */
export function mayLookUpFor(executionId: string, nowMilliseconds: number): boolean {
	for (const [id, at] of askedForAt) {
		if (nowMilliseconds - at < PAUSE_OF_AN_EXECUTION_MILLISECONDS) break;
		askedForAt.delete(id);
	}
	if (askedForAt.has(executionId)) return false;
	askedForAt.set(executionId, nowMilliseconds);
	return true;
}
