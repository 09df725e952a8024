import { beginDelivery, finishDelivery, forgetTestDeliveries, MOST_EVENTS_REMEMBERED, REMEMBERED_FOR_MILLISECONDS, type EventKey } from '../../../nodes/shared/deliveredEvents';

const start = Date.UTC(2030, 0, 1);
const hour = 60 * 60 * 1000;
let workflow = 0;
/** Each test has a workflow of its own: the marks are of the process. */
const newKey = (more: Partial<EventKey> = {}): EventKey => ({ workflowId: `workflow-${++workflow}`, nodeId: 'trigger', test: false, eventId: 'evt-1', ...more });

test('a copy that arrives while the first is in flight is told so', () => {
	const key = newKey();
	expect([beginDelivery(key, start), beginDelivery(key, start), beginDelivery(key, start)]).toEqual(['first', 'inFlight', 'inFlight']);
});

test('a copy that arrives after the first was acknowledged starts nothing', () => {
	const key = newKey();
	beginDelivery(key, start);
	finishDelivery(key, true, start);
	expect([beginDelivery(key, start), beginDelivery(key, start + 72 * hour)]).toEqual(['done', 'done']);
});

test('the next copy starts the workflow when the first was not acknowledged', () => {
	const key = newKey();
	beginDelivery(key, start);
	finishDelivery(key, false, start);
	expect(beginDelivery(key, start)).toBe('first');
});

test.each<[string, Partial<EventKey>]>([
	['event', { eventId: 'evt-2' }],
	['trigger', { nodeId: 'other' }],
	['workflow', { workflowId: 'other' }],
	['mode', { test: true }],
])('another %s is another delivery', (_what, more) => {
	const key = newKey();
	beginDelivery(key, start);
	finishDelivery(key, true, start);
	expect(beginDelivery({ ...key, ...more }, start)).toBe('first');
});

test('names that could run together do not', () => {
	const key = newKey({ nodeId: 'a', eventId: 'b' });
	beginDelivery(key, start);
	expect(beginDelivery({ ...key, nodeId: 'a"', eventId: 'b' }, start)).toBe('first');
	expect(beginDelivery({ ...key, nodeId: '', eventId: 'ab' }, start)).toBe('first');
});

test('an event is remembered for longer than the longest redelivery, 72 hours, and not for ever', () => {
	expect(REMEMBERED_FOR_MILLISECONDS).toBeGreaterThan(72 * hour);
	const key = newKey();
	beginDelivery(key, start);
	finishDelivery(key, true, start);
	expect(beginDelivery(key, start + REMEMBERED_FOR_MILLISECONDS)).toBe('first');
});

test('whoever listens for a test event anew sees an event that was shown before', () => {
	const key = newKey({ test: true });
	beginDelivery(key, start);
	finishDelivery(key, true, start);
	forgetTestDeliveries(key);
	expect(beginDelivery(key, start)).toBe('first');
});

test('listening for a test event does not forget what production has started', () => {
	const key = newKey();
	beginDelivery(key, start);
	finishDelivery(key, true, start);
	forgetTestDeliveries(key);
	expect(beginDelivery(key, start)).toBe('done');
});

test('when the memory is full the oldest finished event goes first, and none in flight', () => {
	const inFlight = newKey();
	const oldest = newKey();
	const newest = newKey();
	beginDelivery(inFlight, start);
	beginDelivery(oldest, start);
	finishDelivery(oldest, true, start);
	for (let event = 0; event < MOST_EVENTS_REMEMBERED; event++) {
		const key = { ...newest, eventId: `evt-${event}` };
		beginDelivery(key, start);
		finishDelivery(key, true, start);
	}
	expect(beginDelivery(inFlight, start)).toBe('inFlight');
	expect(beginDelivery({ ...newest, eventId: `evt-${MOST_EVENTS_REMEMBERED - 1}` }, start)).toBe('done');
	expect(beginDelivery(oldest, start)).toBe('first');
});
