/**
 * Each promise of the crash campaign can be found broken: what a campaign that lost or doubled a
 * payment would print.
 */
import { failed, judge, judgeFinding } from './judge';
import type { Story } from './evidence';

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
const execution = (status: string) => ({
	id: '1',
	workflowId: 'w-1',
	status,
	mode: 'webhook',
	hasEvent: true,
});
const shipment = { reference: 'order-1', eventId: 'event-1', by: 'shop' };

/** Paid, acknowledged, run, shipped and recorded, once; with what went wrong written over it. */
function story(
	wrong: Partial<Omit<Story, 'payment'>> & {
		respond?: 'immediately' | 'whenFinished';
		repeats?: boolean;
	} = {},
): Story {
	const { respond = 'whenFinished', repeats = true, ...more } = wrong;
	const shop = {
		provider: { displayName: 'Payfect' },
		respond,
		repeats,
	} as Story['payment']['shop'];
	return {
		payment: { shop, reference: 'order-1', checkoutId: 'c-1' },
		deliveries: [delivery],
		executions: [execution('success')],
		asked: [shipment],
		shipped: [shipment],
		rows: [{ reference: 'order-1' }],
		acknowledged: true,
		...more,
	};
}

const broken = (one: Story) =>
	failed(judge({ stories: [one], strangers: [] })).map(({ what }) => what);

test.each(['immediately', 'whenFinished'] as const)(
	'a payment that went well breaks no promise (%s)',
	(respond) => {
		expect(broken(story({ respond }))).toEqual([]);
	},
);

test.each<[string, Story]>([
	[
		'acknowledged, but no execution stored',
		story({ respond: 'immediately', executions: [], shipped: [], rows: [] }),
	],
	[
		'executions neither ended nor crashed',
		story({ respond: 'immediately', executions: [execution('running')] }),
	],
	[
		'*When Workflow Finishes*: acknowledged, but not fulfilled',
		story({ repeats: false, executions: [execution('crashed')], rows: [] }),
	],
	[
		'*When Workflow Finishes*, the provider repeats: unfinished at the end',
		story({ acknowledged: false, executions: [execution('crashed')], rows: [] }),
	],
	[
		'*Immediately*, the provider repeats: never acknowledged',
		story({ respond: 'immediately', acknowledged: false }),
	],
	['shipped more than once', story({ shipped: [shipment, shipment] })],
	['recorded more than once in the Data Table', story({ rows: [{}, {}] })],
	['recorded, but not shipped', story({ shipped: [] })],
])('%s', (what, one) => {
	expect(broken(one)).toEqual([what]);
});

test('a provider that does not repeat, and that nobody told 2xx, breaks no promise: only it knows of the payment', () => {
	expect(
		broken(
			story({
				repeats: false,
				acknowledged: false,
				executions: [],
				asked: [],
				shipped: [],
				rows: [],
			}),
		),
	).toEqual([]);
});

describe('the example that finds crashed payments', () => {
	const crashed = story({
		respond: 'immediately',
		executions: [execution('crashed')],
		shipped: [],
		rows: [],
	});
	const event = { reference: 'order-1', eventId: 'event-1' };
	const nothing = { events: [], fulfilled: [] };
	const wrong = (
		...[found, again, shipped]: [
			Parameters<typeof judgeFinding>[1],
			Parameters<typeof judgeFinding>[2],
			(typeof shipment)[],
		]
	) =>
		failed(judgeFinding({ stories: [crashed], strangers: [] }, found, again, { shipped })).map(
			({ what }) => what,
		);

	test('finds and fulfils it', () => {
		expect(
			wrong({ events: [event], fulfilled: [event] }, { events: [event], fulfilled: [] }, [
				shipment,
			]),
		).toEqual([]);
	});

	test('overlooks it', () => {
		expect(wrong(nothing, nothing, [])).toEqual([
			'… not found by the example',
			'stored by n8n with its event, and not shipped in the end',
		]);
	});

	test('fulfils it twice', () => {
		expect(
			wrong({ events: [event], fulfilled: [event] }, { events: [event], fulfilled: [event] }, [
				shipment,
				shipment,
			]),
		).toEqual([
			'… fulfilled again when the example looks again',
			'shipped more than once in the end',
		]);
	});
});
