import { maximumAgeOption } from '../../../../nodes/shared/callbacks/triggerFields';
import {
	beginDelivery,
	finishDelivery,
	forgetTestDeliveries,
	MAX_REMEMBERED_EVENTS,
	REMEMBERED_FOR_MILLISECONDS,
	type EventKey,
} from '../../../../nodes/shared/callbacks/deliveredEvents';

const start = Date.UTC(2030, 0, 1);
const hour = 60 * 60 * 1000;
let workflow = 0;
/** Each test has a workflow of its own: the marks are of the process. */
const newKey = (more: Partial<EventKey> = {}): EventKey => ({
	workflowId: `workflow-${++workflow}`,
	nodeId: 'trigger',
	test: false,
	eventId: 'evt-1',
	...more,
});

test('a copy that arrives while the first is in flight is told so', () => {
	const key = newKey();
	expect([beginDelivery(key, start), beginDelivery(key, start), beginDelivery(key, start)]).toEqual(
		['first', 'inFlight', 'inFlight'],
	);
});

test('a copy that arrives after the first was acknowledged starts nothing', () => {
	const key = newKey();
	beginDelivery(key, start);
	finishDelivery(key, true, start);
	expect([beginDelivery(key, start), beginDelivery(key, start + 72 * hour)]).toEqual([
		'done',
		'done',
	]);
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

test('a captured callback that is sent again on the last day of the default Maximum Age starts nothing', () => {
	// Its signed time may be an hour ahead of our clock.
	const oldest = Number(maximumAgeOption.default) * 24 * hour + hour;
	const key = newKey();
	beginDelivery(key, start);
	finishDelivery(key, true, start);
	expect(beginDelivery(key, start + oldest)).toBe('done');
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
	for (let event = 0; event < MAX_REMEMBERED_EVENTS; event++) {
		const key = { ...newest, eventId: `evt-${event}` };
		beginDelivery(key, start);
		finishDelivery(key, true, start);
	}
	expect(beginDelivery(inFlight, start)).toBe('inFlight');
	expect(beginDelivery({ ...newest, eventId: `evt-${MAX_REMEMBERED_EVENTS - 1}` }, start)).toBe(
		'done',
	);
	expect(beginDelivery(oldest, start)).toBe('first');
});

test('a full memory goes on forgetting the oldest, one for each new event', () => {
	const key = newKey();
	const deliver = (event: number) => {
		beginDelivery({ ...key, eventId: `evt-${event}` }, start);
		finishDelivery({ ...key, eventId: `evt-${event}` }, true, start);
	};
	// More than twice as many: whatever was there before is gone, and every place was used again.
	const count = 2 * MAX_REMEMBERED_EVENTS + 1_000;
	for (let event = 0; event < count; event++) deliver(event);
	const remembered = (event: number) =>
		beginDelivery({ ...key, eventId: `evt-${event}` }, start) === 'done';
	// The tests above have left some in flight, which take a place each.
	expect(remembered(count - MAX_REMEMBERED_EVENTS + 100)).toBe(true);
	expect(remembered(count - 1)).toBe(true);
	expect(remembered(count - MAX_REMEMBERED_EVENTS - 1)).toBe(false);
});

test('a memory that was full of deliveries in flight takes in new events and forgets those that have ended', () => {
	const key = newKey();
	const id = (event: number) => ({ ...key, eventId: `evt-${event}` });
	for (let event = 0; event <= MAX_REMEMBERED_EVENTS + 1; event++) beginDelivery(id(event), start);
	for (let event = 0; event <= MAX_REMEMBERED_EVENTS + 1; event++)
		finishDelivery(id(event), true, start);
	for (const event of [-1, -2, -3]) expect(beginDelivery(id(event), start)).toBe('first');
	expect(beginDelivery(id(0), start)).toBe('first');
});
