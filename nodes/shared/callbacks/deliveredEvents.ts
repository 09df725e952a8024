/**
 * Which events this process has started an execution for. Static data cannot hold it (copies that
 * arrive together all pass, and n8n 2.41.1 does not save it when an execution starts), and nothing
 * else is shared between processes: across several processes or a restart, a copy can start a
 * second execution, which the documentation says with the recipe against it.
 */
export const MAX_REMEMBERED_EVENTS = 100_000;
/**
 * Longer than the default Maximum Age, seven days and an hour ahead: while a captured callback is
 * young enough to be taken, it must not start a second execution. The longest redelivery that a
 * provider documents is 72 hours.
 */
export const REMEMBERED_FOR_MILLISECONDS = 8 * 24 * 60 * 60 * 1000;

/** After this an unfinished delivery counts as lost, so that the next copy can start the execution. */
export const LONGEST_STORING_MILLISECONDS = 10 * 60 * 1000;

type Mark = { inFlightUntil: number } | { doneAt: number };

const marks = new Map<string, Mark>();

export interface EventKey {
	workflowId: string;
	nodeId: string;
	test: boolean;
	eventId: string;
}

const listener = (key: Omit<EventKey, 'eventId'>) =>
	JSON.stringify([key.workflowId, key.nodeId, key.test]);
const keyOf = (key: EventKey) => `${listener(key)}${key.eventId}`;

/**
 * `first`: this delivery shall start the execution, and must end with `finishDelivery`, at the
 * latest after `longestMilliseconds`.
 */
export function beginDelivery(
	key: EventKey,
	nowMilliseconds: number,
	longestMilliseconds = LONGEST_STORING_MILLISECONDS,
): 'first' | 'inFlight' | 'done' {
	const name = keyOf(key);
	const mark = marks.get(name);
	if (mark && 'doneAt' in mark && nowMilliseconds - mark.doneAt < REMEMBERED_FOR_MILLISECONDS)
		return 'done';
	if (mark && 'inFlightUntil' in mark && nowMilliseconds < mark.inFlightUntil) return 'inFlight';
	marks.delete(name);
	marks.set(name, { inFlightUntil: nowMilliseconds + longestMilliseconds });
	makeRoom();
	return 'first';
}

/**
 * `acknowledged` false: the provider was not told that all is well, so its next delivery must start
 * the execution.
 */
export function finishDelivery(
	key: EventKey,
	acknowledged: boolean,
	nowMilliseconds: number,
): void {
	const name = keyOf(key);
	marks.delete(name);
	if (acknowledged) marks.set(name, { doneAt: nowMilliseconds });
}

/** Somebody listens for a test event anew, and wants to see one that was shown before. */
export function forgetTestDeliveries(key: { workflowId: string; nodeId: string }): void {
	const prefix = listener({ ...key, test: true });
	for (const name of marks.keys()) if (name.startsWith(prefix)) marks.delete(name);
	// Where the walk stood keeps what was deleted in memory until it goes on.
	oldestFirst = undefined;
}

/**
 * Kept between calls: a fresh iterator of a Map skips deleted entries one by one, which would make
 * each eviction as slow as the memory is large.
 */
let oldestFirst: MapIterator<[string, Mark]> | undefined;

/** The oldest finished events go first; the ones in flight stay. */
function makeRoom(): void {
	while (marks.size > MAX_REMEMBERED_EVENTS) {
		oldestFirst ??= marks.entries();
		const next = oldestFirst.next();
		if (next.done === true) {
			// All are in flight; those that have ended by then are found the next time.
			oldestFirst = undefined;
			return;
		}
		const [name, mark] = next.value;
		if ('doneAt' in mark) marks.delete(name);
	}
}
