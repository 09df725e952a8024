import { payfectKey, payfectOrder, postToPayfect, sandboxForEachTest } from './support';

const sandbox = sandboxForEachTest();

async function switchOn(fault: string | null, times = 1): Promise<void> {
	expect(
		await sandbox.control('/control/faults', {
			provider: 'payfect',
			operation: 'create',
			fault,
			times,
		}),
	).toMatchObject({ status: 200 });
}

const create = async (signal?: AbortSignal) =>
	await fetch(`${sandbox.url}/payfect/api/v1/checkouts/`, {
		method: 'POST',
		headers: { Authorization: payfectKey, 'Content-Type': 'application/json' },
		body: JSON.stringify(payfectOrder()),
		signal,
	});
const stored = async () => (await sandbox.state()).checkouts.length;
const causeOf = async (call: Promise<unknown>) =>
	await call.then(
		() => undefined,
		(error: Error & { cause?: { code?: string } }) => error.cause?.code ?? error.name,
	);

test('429-seconds: Retry-After in seconds, nothing stored', async () => {
	await switchOn('429-seconds');
	const answer = await create();
	expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1']);
	expect(await stored()).toBe(0);
});

test('429-date: Retry-After as a date to come, nothing stored', async () => {
	await switchOn('429-date');
	const asked = Date.now();
	const answer = await create();
	expect(answer.status).toBe(429);
	expect(answer.headers.get('retry-after')).toMatch(/ GMT$/);
	expect(Date.parse(answer.headers.get('retry-after') ?? '')).toBeGreaterThan(asked);
	expect(await stored()).toBe(0);
});

test.each([
	['500', 0],
	['500-after', 1],
])('%s: status 500, %i stored', async (fault, count) => {
	await switchOn(fault);
	expect((await create()).status).toBe(500);
	expect(await stored()).toBe(count);
});

test('401: what the provider says to a wrong key, nothing stored', async () => {
	await switchOn('401');
	const answer = await create();
	expect([answer.status, await answer.json()]).toEqual([401, { detail: 'Invalid API key.' }]);
	expect(await stored()).toBe(0);
});

test.each([
	['reset-before', 0],
	['reset-after', 1],
])('%s: the connection is reset, %i stored', async (fault, count) => {
	await switchOn(fault);
	expect(await causeOf(create())).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
	expect(await stored()).toBe(count);
});

test.each([
	['timeout-before', 0],
	['timeout-after', 1],
])('%s: no answer comes, %i stored', async (fault, count) => {
	await switchOn(fault);
	expect(await causeOf(create(AbortSignal.timeout(300)))).toMatch(/TimeoutError/);
	expect(await stored()).toBe(count);
});

test('html: a page with status 200, stored', async () => {
	await switchOn('html');
	const answer = await create();
	expect([answer.status, answer.headers.get('content-type')]).toEqual([
		200,
		'text/html; charset=utf-8',
	]);
	expect(await answer.text()).toContain('<h1>');
	expect(await stored()).toBe(1);
});

test('half-json: the beginning of the real answer, stored', async () => {
	await switchOn('half-json');
	const answer = await create();
	const text = await answer.text();
	const [checkout] = (await sandbox.state()).checkouts;
	expect(answer.headers.get('content-type')).toBe('application/json');
	expect(text.startsWith(`{"id":"${checkout?.checkoutId}"`)).toBe(true);
	expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
});

test('a fault hits as many calls as it was told, and they are listed with the reason', async () => {
	await switchOn('500', 2);
	const statuses = await Promise.all([1, 2, 3].map(async () => (await create()).status));
	expect(statuses.sort()).toEqual([200, 500, 500]);
	const { refusals, requests } = await sandbox.state();
	expect(refusals.map(({ reason }) => reason)).toEqual([
		'Fault switched on: 500',
		'Fault switched on: 500',
	]);
	expect(requests).toMatchObject({ payfect: { create: 3 } });
});

test('null switches a fault off', async () => {
	await switchOn('500', 5);
	await switchOn(null);
	expect((await create()).status).toBe(200);
});

test('a fault of one call leaves the others alone', async () => {
	await sandbox.control('/control/faults', { provider: 'payfect', operation: 'get', fault: '500' });
	expect((await create()).status).toBe(200);
});

test.each([
	['provider', { provider: 'nobody', operation: 'create', fault: '500' }, 'payfect'],
	['operation', { provider: 'payfect', operation: 'pay', fault: '500' }, 'create, get'],
	['fault', { provider: 'payfect', operation: 'create', fault: '418' }, '429-seconds'],
])('an unknown %s is refused with those there are', async (_case, body, named) => {
	expect(await sandbox.control('/control/faults', body)).toMatchObject({
		status: 400,
		error: expect.stringContaining(named),
	});
});

test('latency is waited before the answer', async () => {
	await sandbox.control('/control/settings', { latencyMilliseconds: 60_000 });
	expect(await causeOf(create(AbortSignal.timeout(200)))).toBe('TimeoutError');
});

test('a reset forgets checkouts, refusals, deliveries, counts, faults and settings', async () => {
	await create();
	await postToPayfect(sandbox.url, '{');
	await switchOn('500', 5);
	await sandbox.control('/control/settings', { latencyMilliseconds: 5 });
	await sandbox.control('/control/reset');
	expect(await sandbox.state()).toMatchObject({
		checkouts: [],
		refusals: [],
		deliveries: [],
		faults: [],
		requests: { payfect: {} },
		settings: { latencyMilliseconds: 0 },
	});
});
