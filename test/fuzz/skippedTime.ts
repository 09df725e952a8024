/** Goes on from one work to the next: what is counted by time would stand in the future else. */
let skippedMilliseconds = 0;

export const skip = (milliseconds: number): void => void (skippedMilliseconds += milliseconds);

/** With a clock that `skip` moves on. */
export async function withSkippedTime<Result>(work: () => Promise<Result>): Promise<Result> {
	const { now } = Date;
	Date.now = () => now() + skippedMilliseconds;
	return await work().finally(() => (Date.now = now));
}

/**
 * Pauses end at once and move the clock on, and nothing runs out of time. For work that waits for
 * nothing else than pauses.
 */
export async function withoutPauses<Result>(work: () => Promise<Result>): Promise<Result> {
	const { setTimeout } = globalThis;
	const { timeout } = AbortSignal;
	const never = new AbortController().signal;
	AbortSignal.timeout = () => never;
	globalThis.setTimeout = ((done: () => void, milliseconds = 0) => {
		skip(milliseconds);
		return setImmediate(done);
	}) as unknown as typeof setTimeout;
	return await withSkippedTime(work).finally(() => {
		globalThis.setTimeout = setTimeout;
		AbortSignal.timeout = timeout;
	});
}
