import { Deliveries, type Dispatch } from '../../sandbox/core/deliveries';
import { eventually, Merchant } from './support';

/** The schedule of a provider that has one; only the scale makes it short enough for a test. */
const gapsMilliseconds = [15_000, 30_000, 180_000];
const merchant = new Merchant();
const deliveries = new Deliveries([], () => 0.0001);

beforeAll(async () => await merchant.start());
beforeEach(() => {
	deliveries.clear();
	merchant.received.splice(0);
	merchant.answers.splice(0);
});
afterEach(() => jest.useRealTimers());
afterAll(async () => await merchant.stop());

function dispatch(changes: Partial<Dispatch> = {}): Dispatch {
	return {
		provider: 'example',
		checkoutId: 'checkout-1',
		event: 'paid',
		quality: 'genuine',
		url: merchant.url,
		message: { headers: { 'Content-Type': 'application/json' }, body: '{"paid":true}' },
		gapsMilliseconds,
		acknowledged: ({ body, status }) => status === 200 && body === 'noted',
		...changes,
	};
}

test('what is not acknowledged is sent again until it is', async () => {
	merchant.answers.push(500, 409, 200);
	const first = await deliveries.send(dispatch());
	expect(first).toMatchObject({
		status: 500,
		acknowledged: false,
		nextAttemptAt: expect.any(Date),
	});
	await eventually(() => deliveries.all().at(-1)?.acknowledged === true);
	expect(deliveries.all().map(({ attempt, status }) => [attempt, status])).toEqual([
		[1, 500],
		[2, 409],
		[3, 200],
	]);
	expect(deliveries.all().at(-1)?.nextAttemptAt).toBeNull();
});

test('the schedule ends', async () => {
	merchant.answers.push(500, 500, 500, 500, 500);
	await deliveries.send(dispatch());
	await eventually(() => deliveries.size === 4 && deliveries.all().at(-1)?.status === 500);
	expect(deliveries.all().map(({ nextAttemptAt }) => nextAttemptAt !== null)).toEqual([
		true,
		true,
		true,
		false,
	]);
});

test('without a schedule it is sent once', async () => {
	merchant.answers.push(500);
	expect(await deliveries.send(dispatch({ gapsMilliseconds: [] }))).toMatchObject({
		status: 500,
		nextAttemptAt: null,
	});
});

test('a redelivery by hand that is acknowledged ends the schedule', async () => {
	const slow = new Deliveries([], () => 1);
	merchant.answers.push(500);
	const first = await slow.send(dispatch());
	expect(await slow.redeliver(first.id)).toMatchObject({ attempt: 2, acknowledged: true });
	merchant.answers.push(500);
	expect(await slow.redeliver(first.id)).toMatchObject({
		attempt: 3,
		acknowledged: false,
		nextAttemptAt: null,
	});
	slow.clear();
});

test('clearing ends every schedule', async () => {
	jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'Date'] });
	merchant.answers.push(500);
	await deliveries.send(dispatch({ gapsMilliseconds: [100_000] }));
	expect(jest.getTimerCount()).toBe(1);
	deliveries.clear();
	jest.runAllTimers();
	expect(deliveries.size).toBe(0);
});

test('an answer that is endless is cut off', async () => {
	const { createServer } = await import('node:http');
	const endless = createServer(
		(_request, response) => void response.end('x'.repeat(100_000)),
	).listen(0, '127.0.0.1');
	await new Promise((resolve) => endless.once('listening', resolve));
	const address = endless.address();
	const port = typeof address === 'object' ? address?.port : undefined;
	const delivery = await deliveries.send(
		dispatch({ url: `http://127.0.0.1:${port}/`, gapsMilliseconds: [] }),
	);
	expect(delivery).toMatchObject({
		acknowledged: false,
		error: expect.stringContaining('maxContentLength'),
	});
	endless.close();
});
