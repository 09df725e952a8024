import { withRateLimit, pause } from '../../../../nodes/shared/requests/rateLimit';

beforeEach(() => jest.useFakeTimers({ now: Date.UTC(2030, 0, 1) }));
afterEach(() => jest.useRealTimers());

const limit = (name: string) => ({ scope: name, requestsPerSecond: 5 });

let scope = 0;
const newScope = () => `application-${++scope}`;

/** The clock's times at which callers that come at once are let through. */
async function departures(
	calls: Array<{ scope: string; requestsPerSecond: number }>,
): Promise<Array<{ scope: string; at: number }>> {
	const left: Array<{ scope: string; at: number }> = [];
	const all = Promise.all(
		calls.map(async (call) => {
			await withRateLimit(call, async () => left.push({ scope: call.scope, at: Date.now() }));
		}),
	);
	await jest.runAllTimersAsync();
	await all;
	return left;
}

const mostInASecond = (times: number[]) =>
	Math.max(
		...times.map((start) => times.filter((time) => time >= start && time < start + 1000).length),
	);

test('of 100 callers that come at once, never more than 5 leave within a second, and all leave', async () => {
	const name = newScope();
	const times = (
		await departures(Array.from({ length: 100 }, () => ({ scope: name, requestsPerSecond: 5 })))
	).map(({ at }) => at);
	expect(times).toHaveLength(100);
	expect(mostInASecond(times)).toBe(5);
});

test('the first ones need not wait', async () => {
	const name = newScope();
	const begun = Date.now();
	const times = (
		await departures(Array.from({ length: 5 }, () => ({ scope: name, requestsPerSecond: 5 })))
	).map(({ at }) => at);
	expect(times).toEqual(Array(5).fill(begun));
});

test('callers leave in the order in which they came', async () => {
	const name = newScope();
	const left: number[] = [];
	const all = Promise.all(
		Array.from(
			{ length: 20 },
			async (_, caller) => await withRateLimit(limit(name), async () => left.push(caller)),
		),
	);
	await jest.runAllTimersAsync();
	await all;
	expect(left).toEqual(Array.from({ length: 20 }, (_, caller) => caller));
});

test('a question goes before a hundred creates that came earlier, and the bound holds', async () => {
	const name = newScope();
	const begun = Date.now();
	const times: number[] = [];
	let askedAfter = Infinity;
	const creates = Promise.all(
		Array.from(
			{ length: 100 },
			async () => await withRateLimit(limit(name), async () => times.push(Date.now())),
		),
	);
	await jest.advanceTimersByTimeAsync(3_000);
	const question = withRateLimit(
		limit(name),
		async () => {
			times.push(Date.now());
			askedAfter = Date.now() - begun - 3_000;
		},
		{ turn: 'first' },
	);
	await jest.runAllTimersAsync();
	await Promise.all([creates, question]);
	expect(askedAfter).toBeLessThan(1_100);
	expect(times).toHaveLength(101);
	expect(mostInASecond(times)).toBe(5);
});

test('a question that is given up lets the creates go on', async () => {
	const name = newScope();
	const stop = new AbortController();
	const sent = Array.from(
		{ length: 5 },
		async () => await withRateLimit(limit(name), () => pause(5_000)),
	);
	const question = withRateLimit(limit(name), () => Promise.resolve('asked'), {
		turn: 'first',
		stopped: stop.signal,
	}).catch((error: Error) => error.name);
	const create = withRateLimit(limit(name), () => Promise.resolve('made'));
	await jest.advanceTimersByTimeAsync(1_000);
	stop.abort();
	await jest.runAllTimersAsync();
	expect(await question).toBe('AbortError');
	expect(await create).toBe('made');
	await Promise.all(sent);
});

test('the bound also holds for callers that come later', async () => {
	const name = newScope();
	const times: number[] = [];
	const come = async (count: number) =>
		await Promise.all(
			Array.from(
				{ length: count },
				async () => await withRateLimit(limit(name), async () => times.push(Date.now())),
			),
		);
	const early = come(4);
	await jest.advanceTimersByTimeAsync(700);
	const late = come(12);
	await jest.runAllTimersAsync();
	await Promise.all([early, late]);
	expect(times).toHaveLength(16);
	expect(mostInASecond(times)).toBeLessThanOrEqual(5);
});

test('the bound holds for what arrives, however long a request takes to get there', async () => {
	const name = newScope();
	const arrivals: number[] = [];
	let way = 0;
	const send = async () => {
		// The first five take almost a second to arrive, those behind them no time.
		way += 1;
		await pause(way <= 5 ? 900 : 0);
		arrivals.push(Date.now());
	};
	const all = Promise.all(
		Array.from({ length: 20 }, async () => await withRateLimit(limit(name), send)),
	);
	await jest.runAllTimersAsync();
	await all;
	expect(arrivals).toHaveLength(20);
	expect(mostInASecond(arrivals)).toBe(5);
});

test('a request that fails takes a place like any other, and gives it back', async () => {
	const name = newScope();
	const times: number[] = [];
	const fail = async () => {
		times.push(Date.now());
		throw new Error('refused');
	};
	const all = Promise.allSettled(
		Array.from({ length: 15 }, async () => await withRateLimit(limit(name), fail)),
	);
	await jest.runAllTimersAsync();
	await all;
	expect(times).toHaveLength(15);
	expect(mostInASecond(times)).toBe(5);
});

test('those of a stopped execution leave at once, and others keep the bound', async () => {
	const name = newScope();
	const stop = new AbortController();
	const times: number[] = [];
	const send = async () => times.push(Date.now());
	const first = Promise.all(
		Array.from({ length: 5 }, async () => await withRateLimit(limit(name), send)),
	);
	const stopped = Promise.allSettled(
		Array.from(
			{ length: 10 },
			async () => await withRateLimit(limit(name), send, { stopped: stop.signal }),
		),
	);
	const last = Promise.all(
		Array.from({ length: 5 }, async () => await withRateLimit(limit(name), send)),
	);
	await jest.advanceTimersByTimeAsync(300);
	stop.abort();
	await jest.advanceTimersByTimeAsync(300);
	expect((await stopped).map(({ status }) => status)).toEqual(Array(10).fill('rejected'));
	await jest.runAllTimersAsync();
	await Promise.all([first, last]);
	expect(times).toHaveLength(10);
	expect(mostInASecond(times)).toBe(5);
});

test('one application does not wait for another', async () => {
	const [busy, idle] = [newScope(), newScope()];
	const begun = Date.now();
	const left = await departures([
		...Array.from({ length: 50 }, () => ({ scope: busy, requestsPerSecond: 5 })),
		{ scope: idle, requestsPerSecond: 5 },
	]);
	expect(left.find((one) => one.scope === idle)?.at).toBe(begun);
});

test('stopping the execution stops the waiting', async () => {
	const stop = new AbortController();
	const waiting = pause(60_000, stop.signal).then(
		() => 'waited to the end',
		(error: Error) => error.name,
	);
	await jest.advanceTimersByTimeAsync(500);
	stop.abort();
	await jest.advanceTimersByTimeAsync(500);
	await expect(waiting).resolves.toBe('AbortError');
});

test('nobody waits for an execution that was stopped before', async () => {
	await expect(pause(0, AbortSignal.abort())).rejects.toThrow();
});

test('a pause is as long as it says', async () => {
	const begun = Date.now();
	const done = pause(1_234).then(() => Date.now() - begun);
	await jest.runAllTimersAsync();
	await expect(done).resolves.toBe(1_234);
});
