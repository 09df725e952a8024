/**
 * Each promise of the crash campaign can be found broken: what a campaign that lost or doubled a
 * payment would print.
 */
import { failed, judge, type Looks } from './judge';
import type { Payment, Standing, Story } from './evidence';
import type { Kind, Respond } from './shops';

const delivery = {
	id: 'delivery-1',
	provider: 'payfect',
	checkoutId: 'c-1',
	quality: 'genuine',
	url: '',
	attempt: 1,
	requestHeaders: {},
	requestBody: '',
	status: 200,
	responseHeaders: {},
	responseBody: 'OK',
	acknowledged: true,
	error: null,
	nextAttemptAt: null,
};
const execution = (status: string, eventId?: string) => ({
	id: '1',
	workflowId: 'w-1',
	status,
	mode: 'webhook',
	...(eventId !== undefined && { eventId }),
});
/** Delivered, acknowledged and run, once. */
const payment = (wrong: Partial<Payment> = {}): Payment => ({
	deliveries: [delivery],
	executions: [execution('success', 'event-1')],
	acknowledged: true,
	...wrong,
});
const standing = (
	state: string,
	shipped: number,
	attention = '',
	eventId = 'event-1',
): Standing => ({
	shipped,
	rows: [{ state, attention, eventId }],
});
const shipped = standing('shipped', 1);
const open = standing('open', 0, '', '');

/** Paid, shipped and written back, once; with what went wrong written over it. */
function story({
	respond = 'whenFinished',
	repeats = true,
	kind = 'once',
	...wrong
}: Partial<Omit<Story, 'order'>> & {
	respond?: Respond;
	repeats?: boolean;
	kind?: Kind;
} = {}): Story {
	const shop = { provider: { displayName: 'Payfect' }, respond, repeats };
	return {
		order: { shop, reference: 'order-1', kind, links: [] } as unknown as Story['order'],
		payments: [payment()],
		before: shipped,
		found: shipped,
		after: shipped,
		...wrong,
	};
}

const nothingFound: Looks = { found: new Set(), takenOver: [0, 0] };
const broken = (one: Story, looks: Looks = nothingFound) =>
	failed(judge({ stories: [one], strangers: [], strangeRows: [] }, looks)).map(({ what }) => what);
const never = { acknowledged: false, deliveries: [], executions: [] };

test.each<[string, Story]>([
	['paid once', story()],
	['paid once, acknowledged at once', story({ respond: 'immediately' })],
	[
		'paid twice, and said so',
		story({
			kind: 'twice',
			payments: [payment(), payment({ executions: [execution('success', 'event-2')] })],
			after: standing('shipped', 1, 'paid twice: 20.50 USDT'),
		}),
	],
	[
		'paid too little, and said so',
		story({ kind: 'underpaid', after: standing('underpaid', 0, 'paid too little: 1 of 2') }),
	],
	['not paid', story({ kind: 'unpaid', payments: [], before: open, found: open, after: open })],
	[
		'killed while it was shipped, and left to a person',
		story({ after: standing('shipping', 1, 'shipped or not?') }),
	],
	[
		'never acknowledged, by a provider that does not repeat, and looked up by reconcile',
		story({ repeats: false, payments: [payment(never)], before: open, found: open }),
	],
	[
		'paid twice, and one of them never stored: only the provider knows of it',
		story({ kind: 'twice', repeats: false, payments: [payment(), payment(never)] }),
	],
])('breaks no promise: %s', (_what, one) => {
	expect(broken(one)).toEqual([]);
});

test.each<[string, Story]>([
	[
		'acknowledged, but no execution stored',
		story({ respond: 'immediately', payments: [payment({ executions: [] })] }),
	],
	[
		'executions neither ended nor crashed',
		story({ payments: [payment({ executions: [execution('running', 'event-1')] })] }),
	],
	[
		'*When Workflow Finishes*: acknowledged, but not written in the table',
		story({ repeats: false, before: open }),
	],
	[
		'*When Workflow Finishes*, the provider repeats: not written in the table at the end',
		story({ payments: [payment({ acknowledged: false })], before: open }),
	],
	[
		'*Immediately*, the provider repeats: never acknowledged',
		story({ respond: 'immediately', payments: [payment({ acknowledged: false })] }),
	],
	['shipped more than once', story({ after: standing('shipped', 2) })],
	['shipped, and never paid', story({ kind: 'unpaid', payments: [] })],
	[
		'shipped, and paid too little',
		story({ kind: 'underpaid', after: standing('underpaid', 1, 'paid too little: 1 of 2') }),
	],
	[
		'written as `shipped`, and the warehouse was never asked',
		story({ after: standing('shipped', 0, 'noted by somebody') }),
	],
	[
		'paid twice, both payments stored, and no `attention`',
		story({
			kind: 'twice',
			payments: [payment(), payment({ executions: [execution('success', 'event-2')] })],
		}),
	],
	[
		'orders without a row of their own, and rows without an order',
		story({ after: { shipped: 1, rows: [...shipped.rows, ...shipped.rows] } }),
	],
])('%s', (what, one) => {
	expect(broken(one)).toEqual([what]);
});

test.each<[string, Story]>([
	['still claimed', story({ after: standing('claimed', 0) })],
	['underpaid', story({ kind: 'underpaid', after: standing('underpaid', 0) })],
	['still shipping, called or not', story({ after: standing('shipping', 1) })],
])('paid, and at the end neither shipped nor with `attention`: %s', (_how, one) => {
	expect(broken(one)).toEqual(['paid, and at the end neither shipped nor with `attention`']);
});

test('a row that belongs to no order is counted', () => {
	const strange = { attention: 'payment without an order: 20.50 USDT' };
	const lines = judge({ stories: [story()], strangers: [], strangeRows: [strange] }, nothingFound);
	expect(failed(lines)).toEqual([
		expect.objectContaining({
			what: 'orders without a row of their own, and rows without an order',
			count: 1,
			why: '1 × payment without an order',
		}),
	]);
});

test('an execution that names no payment is counted', () => {
	const strangers = [execution('success')];
	expect(
		failed(judge({ stories: [], strangers, strangeRows: [] }, nothingFound)).map(
			({ what }) => what,
		),
	).toEqual(['executions that never named a payment']);
});

describe('what the desk finds when it looks', () => {
	const crashed = story({
		respond: 'immediately',
		payments: [payment({ executions: [execution('crashed', 'event-1')] })],
		before: open,
	});

	test('finds and ships it', () => {
		expect(broken(crashed, { ...nothingFound, found: new Set(['event-1']) })).toEqual([]);
	});

	test('overlooks it', () => {
		expect(broken(crashed)).toEqual(['… not found by `crashed-executions`']);
	});

	test('takes a claim over again', () => {
		expect(broken(story(), { ...nothingFound, takenOver: [1, 1] })).toEqual([
			'… taken over again when it runs again',
		]);
	});
});
