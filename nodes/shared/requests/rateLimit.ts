import { sleep } from 'n8n-workflow';

const SLICE_MILLISECONDS = 250;
/** A little more than a second: two clocks do not run exactly alike. */
const WINDOW_MILLISECONDS = 1050;

/** Who waits for a turn. */
type Waiter = symbol;

interface Queue {
	/** When each place is free (since 1970, milliseconds); Infinity while a request is on its way. */
	freeAt: number[];
	/** In the order in which they came. Whoever is in `first` goes before all that are in `then`. */
	waiting: Record<Turn, Set<Waiter>>;
}

/** `first`: somebody waits for our own answer, as in a webhook. `then`: all else. */
export type Turn = 'first' | 'then';

/** Shared by all nodes of this process. */
const queues = new Map<string, Queue>();

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

/** By what a provider counts requests, and how many it takes. */
export interface RateLimit {
	scope: string;
	requestsPerSecond: number;
}

/** How a request waits for its turn. */
export interface Waiting {
	turn?: Turn;
	stopped?: AbortSignal;
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
	{ scope, requestsPerSecond }: RateLimit,
	send: () => Promise<Result>,
	{ turn = 'then', stopped }: Waiting = {},
): Promise<Result> {
	const queue = queues.get(scope) ?? {
		freeAt: Array.from({ length: requestsPerSecond }, () => 0),
		waiting: { first: new Set(), then: new Set() },
	};
	queues.set(scope, queue);
	const place = await nextPlace(queue, turn, stopped);
	try {
		return await send();
	} finally {
		queue.freeAt[place] = Date.now() + WINDOW_MILLISECONDS;
	}
}

/** Takes a place as soon as one is free and nobody is before this one. */
async function nextPlace(
	queue: Queue,
	turn: Turn,
	stopped: AbortSignal | undefined,
): Promise<number> {
	const self: Waiter = Symbol(turn);
	queue.waiting[turn].add(self);
	try {
		for (;;) {
			stopped?.throwIfAborted();
			const free = queue.freeAt.findIndex((time) => time <= Date.now());
			if (free !== -1 && nextOf(queue) === self) {
				queue.freeAt[free] = Infinity;
				return free;
			}
			await sleep(untilNextLook(queue));
		}
	} finally {
		queue.waiting[turn].delete(self);
	}
}

function nextOf({ waiting }: Queue): Waiter | undefined {
	const [next] = waiting.first.size > 0 ? waiting.first : waiting.then;
	return next;
}

/** Until a place is free, as far as that is known. */
function untilNextLook({ freeAt }: Queue): number {
	const left = Math.min(...freeAt) - Date.now();
	return Math.min(Math.max(left, 1), SLICE_MILLISECONDS);
}
