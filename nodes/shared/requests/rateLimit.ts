import { sleep } from 'n8n-workflow';

const SLICE_MILLISECONDS = 250;
/** A little more than a second: two clocks do not run exactly alike. */
const WINDOW_MILLISECONDS = 1050;

/** One request that takes its turn. */
interface Turn {
	/**
	 * When the next one at its place may leave (since 1970, milliseconds); undefined until that is
	 * known.
	 */
	freeAt: () => number | undefined;
}

/**
 * By scope, the latest request at each of its places, and how many there were; shared by all nodes
 * of this process.
 */
const queues = new Map<string, { places: Turn[]; count: number }>();

/**
 * Module level on purpose: a closure created inside `withRateLimit` would keep every earlier turn
 * alive.
 */
const always = (time: number) => () => time;

/**
 * Waits in short slices, so that stopping the execution stops the waiting. Timers are not allowed
 * in verified nodes.
 */
export async function pause(milliseconds: number, stopped?: AbortSignal): Promise<void> {
	const end = Date.now() + milliseconds;
	for (let left = milliseconds; left > 0; left = end - Date.now()) {
		stopped?.throwIfAborted();
		await sleep(Math.min(left, SLICE_MILLISECONDS));
	}
	stopped?.throwIfAborted();
}

/**
 * Sends when it is the turn of one more request of this scope, so that never more than
 * `requestsPerSecond` arrive within a second: there are as many places, and each is free again a
 * second after its answer has come. Spacing the departures is not enough: requests that are sent a
 * pause apart may arrive together.
 *
 * Holds for one n8n process; several processes each count for themselves.
 */
export async function withRateLimit<Result>(
	scope: string,
	requestsPerSecond: number,
	send: () => Promise<Result>,
	stopped?: AbortSignal,
): Promise<Result> {
	const queue = queues.get(scope) ?? { places: [], count: 0 };
	queues.set(scope, queue);
	const place = queue.count++ % requestsPerSecond;
	const before = queue.places[place] ?? { freeAt: () => 0 };
	const turn: Turn = { freeAt: () => undefined };
	queue.places[place] = turn;
	let hasItsTurn = false;
	try {
		let freeAt = before.freeAt();
		for (; freeAt === undefined; freeAt = before.freeAt()) await pause(SLICE_MILLISECONDS, stopped);
		await pause(freeAt - Date.now(), stopped);
		hasItsTurn = true;
	} finally {
		// A cancelled waiter passes its predecessor's state on.
		if (!hasItsTurn) turn.freeAt = () => before.freeAt();
	}
	try {
		return await send();
	} finally {
		const freeAt = Date.now() + WINDOW_MILLISECONDS;
		turn.freeAt = always(freeAt);
	}
}
