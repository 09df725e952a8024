import type { IDataObject, INode, INodeExecutionData, INodeTypes } from 'n8n-workflow';
import { NodeHelpers, Workflow } from 'n8n-workflow';
import { runNode, type NodeRun, type NodeRunOptions } from '../../../support/contexts';
import { testProviders } from '../../../providers';
import { newCredential, newNode } from '../../../support/providers';

/** What a trigger gives, with what Compare With Order does not look at. */
const event = {
	provider: 'payfect',
	event: 'payment.succeeded',
	eventId: '1:succeeded',
	reference: 'order-1',
	amount: '20.50',
	currency: 'usdt',
	raw: {},
};
const order = { expectedAmount: '20.50', expectedCurrency: 'USDT' };
const folders = testProviders().map(({ folder }) => folder);
const [first = ''] = folders;

async function compare(
	{ folder = first, ...parameters }: IDataObject & { folder?: string },
	items: IDataObject[],
	more: Partial<NodeRunOptions> = {},
): Promise<NodeRun> {
	return await runNode({
		node: newNode(folder),
		// No credential: none was ever chosen.
		credentialTypes: [newCredential(folder)],
		items: items.map((json) => ({ json })),
		...more,
		parameters: { resource: 'callback', operation: 'compare', ...order, ...parameters },
	});
}

const jsonOf = (output: INodeExecutionData[] = []) => output.map(({ json }) => json);

/** The output through which a payment leaves, and its `paidInFull`. */
async function outcome(of: IDataObject, parameters: IDataObject = {}, folder = first) {
	const { outputs, error } = await compare({ folder, ...parameters }, [of]);
	if (error) throw error;
	const [paid = [], notPaid = []] = outputs;
	expect([...paid, ...notPaid]).toHaveLength(1);
	return [
		paid.length === 1 ? 'Paid in Full' : 'Not Paid in Full',
		(paid[0] ?? notPaid[0])?.json.paidInFull,
	];
}

async function words(
	parameters: IDataObject,
	of: IDataObject = event,
	more: Partial<NodeRunOptions> = {},
): Promise<string> {
	const { error, outputs } = await compare(parameters, [of], more);
	expect(outputs.flat()).toEqual([]);
	return `${error?.message ?? ''} ${(error as { description?: string })?.description ?? ''}`;
}

describe.each(folders)('Compare With Order of %s', (folder) => {
	it('lets what is paid in full through one output, and everything else through the other', async () => {
		const { outputs, error } = await compare({ folder }, [
			event,
			{ ...event, amount: '20.49' },
			{ ...event, amount: '21' },
			{ ...event, amount: null },
		]);
		expect(error).toBeUndefined();
		expect(outputs.map(jsonOf)).toEqual([
			[
				{ ...event, paidInFull: 'exact' },
				{ ...event, amount: '21', paidInFull: 'over' },
			],
			[
				{ ...event, amount: '20.49', paidInFull: 'under' },
				{ ...event, amount: null, paidInFull: 'unknown' },
			],
		]);
	});

	it('has two outputs whose names say which is which', () => {
		const { description } = newNode(folder);
		const node: INode = {
			id: '1',
			name: folder,
			type: description.name,
			typeVersion: 1.1,
			position: [0, 0],
			parameters: { resource: 'callback', operation: 'compare' },
		};
		const nodeType = newNode(folder);
		const nodeTypes: INodeTypes = {
			getByName: () => nodeType,
			getByNameAndVersion: () => nodeType,
			getKnownTypes: () => ({}),
		};
		const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
		expect(NodeHelpers.getNodeOutputs(workflow, node, description)).toMatchObject([
			{ displayName: 'Paid in Full' },
			{ displayName: 'Not Paid in Full' },
		]);
	});
});

describe('Compare With Order', () => {
	it.each([
		['20.5', '20.50'],
		['20.500', '20.5'],
		['020.50', '20.5'],
		[20.5, '20.50'],
		['20.50', 20.5],
		['9007199254740993.01', '9007199254740993.01'],
		['0.10000000000000000001', '0.10000000000000000001'],
	])('%s is %s', async (amount, expectedAmount) => {
		expect(await outcome({ ...event, amount }, { expectedAmount })).toEqual([
			'Paid in Full',
			'exact',
		]);
	});

	// As numbers these are equal: a floating-point If lets them through.
	it.each([
		['9007199254740992', '9007199254740993', 'under'],
		['0.1', '0.10000000000000000001', 'under'],
		['9007199254740993', '9007199254740992', 'over'],
		['9.99', '10', 'under'],
	])('%s for %s is %s', async (amount, expectedAmount, paidInFull) => {
		expect(await outcome({ ...event, amount }, { expectedAmount })).toEqual([
			paidInFull === 'over' ? 'Paid in Full' : 'Not Paid in Full',
			paidInFull,
		]);
	});

	it.each([
		['of nothing', { amount: '0.00' }, 'under'],
		['without an amount', { amount: null }, 'unknown'],
		['with an empty amount', { amount: '' }, 'unknown'],
		['with an amount that is none', { amount: '1e3' }, 'unknown'],
		['with a negative amount', { amount: '-20.50' }, 'unknown'],
		['with a number that has lost digits', { amount: 20.500000000000004 }, 'unknown'],
		['with an endless amount', { amount: '9'.repeat(100_000) }, 'unknown'],
		['without a currency', { currency: null }, 'unknown'],
		['with an empty currency', { currency: '' }, 'unknown'],
		['in another currency', { currency: 'IDR' }, 'unknown'],
		['of less in another currency', { currency: 'IDR', amount: '1' }, 'unknown'],
		['that is pending', { event: 'payment.pending' }, 'unknown'],
		['that failed', { event: 'payment.failed' }, 'unknown'],
		['of a kind that nobody knows', { event: 'unknown' }, 'unknown'],
		['back to the payer', { event: 'refund.succeeded' }, 'unknown'],
	])('a payment %s is not paid in full', async (_what, differing, paidInFull) => {
		expect(await outcome({ ...event, ...differing })).toEqual(['Not Paid in Full', paidInFull]);
	});

	it.each(['usdt', 'USDT', ' Usdt '])(
		'takes %j for the currency usdt',
		async (expectedCurrency) => {
			expect(await outcome(event, { expectedCurrency })).toEqual(['Paid in Full', 'exact']);
		},
	);

	it('reads what Wait for Payment gave: what was paid, not what was ordered', async () => {
		const waited = {
			reference: 'order-1',
			amount: '20.50',
			currency: 'usdt',
			outcome: 'underpaid',
		};
		expect(await outcome({ ...waited, payment: { ...event, amount: '20.49' } })).toEqual([
			'Not Paid in Full',
			'under',
		]);
		expect(
			await outcome(
				{ ...waited, payment: event },
				{ expectedAmount: '={{ $json.amount }}', expectedCurrency: '={{ $json.currency }}' },
			),
		).toEqual(['Paid in Full', 'exact']);
		expect(await outcome({ ...waited, outcome: 'timeout', payment: null })).toEqual([
			'Not Paid in Full',
			'unknown',
		]);
	});

	it('passes the order on where the event is mapped from the trigger', async () => {
		const row = { reference: 'order-1', amount: '20.50', currency: 'USDT', state: 'open' };
		const { outputs } = await compare(
			{
				paymentEvent: "={{ $('Trigger').item.json }}",
				expectedAmount: '={{ $json.amount }}',
				expectedCurrency: '={{ $json.currency }}',
			},
			[row],
			{ nodesBefore: [{ name: 'Trigger', type: 'trigger', items: [{ json: event }] }] },
		);
		expect(outputs.map(jsonOf)).toEqual([[{ ...row, paidInFull: 'exact' }], []]);
	});

	it('keeps files, and each item paired with its own', async () => {
		const binary = { data: { data: '', mimeType: 'image/png' } };
		const { outputs } = await compare({}, [], {
			items: [{ json: { ...event, amount: '1' } }, { json: event, binary }],
		});
		expect(outputs[0]).toMatchObject([{ binary, pairedItem: { item: 1 } }]);
		expect(outputs[1]).toMatchObject([{ pairedItem: { item: 0 } }]);
	});

	it.each<[string, IDataObject, string]>([
		[
			'an amount that is none',
			{ expectedAmount: 'twenty' },
			"'Expected Amount' is not a plain number",
		],
		['an amount of nothing', { expectedAmount: '0.00' }, "'Expected Amount' is zero"],
		['an amount with a comma', { expectedAmount: '20,50' }, 'Use a point for the decimals'],
		['a list as the currency', { expectedCurrency: '={{ ["USD"] }}' }, 'is not a text but a list'],
		[
			'an amount whose expression gives nothing',
			{ expectedAmount: '={{ $json.price }}' },
			"The expression in 'Expected Amount' gives nothing",
		],
		[
			'a currency whose expression gives nothing',
			{ expectedCurrency: '={{ $json.money }}' },
			"The expression in 'Expected Currency' gives nothing",
		],
		[
			'an event whose expression gives nothing',
			{ paymentEvent: '={{ $json.callback }}' },
			"The expression in 'Payment Event' gives nothing",
		],
		[
			'an event that is a text',
			{ paymentEvent: '={{ $json.amount }}' },
			"'Payment Event' is no payment event",
		],
		[
			'the amount of the event itself',
			{ expectedAmount: '={{ $json.amount }}' },
			"'Expected Amount' is the amount of the payment event itself",
		],
		[
			'the currency of the event itself',
			{ expectedCurrency: '={{$json["currency"]}}' },
			"'Expected Currency' is the currency of the payment event itself",
		],
	])('%s is refused with words', async (_what, parameters, message) => {
		expect(await words(parameters)).toContain(message);
	});

	it('says how to reach the event where a step has replaced the item by the row of the order', async () => {
		const row = { reference: 'order-1', amount: '20.50', currency: 'usdt' };
		expect(await words({}, row)).toMatch(
			/'Payment Event' is no payment event.*\{\{ \$\('Trigger'\)\.item\.json \}\}/,
		);
	});

	it('names the trigger of this provider where there is one, and works with what it says', async () => {
		const row = { reference: 'order-1', amount: '20.50', currency: 'USDT' };
		const type = `n8n-nodes-hosted-checkout.${newNode(first).description.name}Trigger`;
		const nodesBefore = [{ name: "Shop's Trigger", type, items: [{ json: event }] }];
		const refused = await words({}, row, { nodesBefore });
		const [, advised = ''] = /Set it to (.*)\.$/.exec(refused.trim()) ?? [];
		const { outputs } = await compare({ paymentEvent: `=${advised}` }, [row], { nodesBefore });
		expect(jsonOf(outputs[0])).toEqual([{ ...row, paidInFull: 'exact' }]);
	});

	it("does not run with 'Always Output Data': n8n would send an empty item through Paid in Full", async () => {
		const underpaid = { ...event, amount: '1' };
		expect(await words({}, underpaid, { settings: { alwaysOutputData: true } })).toContain(
			"'Always Output Data' is on",
		);
	});

	describe.each([
		['with Continue', 'continueRegularOutput', 1],
		['with an error output', 'continueErrorOutput', 2],
	] as const)('what cannot be compared, %s,', (_how, continueOnFail, output) => {
		it('never leaves through Paid in Full, and the others go on', async () => {
			const { outputs, error } = await compare(
				{ expectedAmount: '={{ $json.price }}' },
				[{ ...event }, { ...event, price: '20.50' }],
				{ continueOnFail },
			);
			expect(error).toBeUndefined();
			expect(jsonOf(outputs[0])).toEqual([{ ...event, price: '20.50', paidInFull: 'exact' }]);
			expect(jsonOf(outputs[output])).toMatchObject([
				{
					error: expect.stringContaining("'Expected Amount' gives nothing") as string,
					reference: event.reference,
				},
			]);
			expect(outputs.flat()).toHaveLength(2);
		});

		// The record of the order is the item, and the event is mapped from the trigger.
		it('names the order by the reference of its event', async () => {
			const { outputs } = await compare(
				{ paymentEvent: '={{ $json.from }}', expectedAmount: '={{ $json.price }}' },
				[{ from: event }],
				{ continueOnFail },
			);
			expect(jsonOf(outputs[output])).toMatchObject([{ reference: event.reference }]);
		});

		it("sends nothing through Paid in Full with 'Always Output Data' either", async () => {
			const { outputs } = await compare({}, [event], {
				continueOnFail,
				settings: { alwaysOutputData: true },
			});
			expect(outputs[0]).toEqual([]);
			expect(jsonOf(outputs[output])).toMatchObject([
				{ error: expect.stringContaining("'Always Output Data' is on") as string },
			]);
		});
	});
});
