import {
	isExpression,
	WorkflowExpression,
	type IDataObject,
	type INodeExecutionData,
	type INodeProperties,
} from 'n8n-workflow';
import { CallFailure } from '../../../../nodes/shared/core/callFailure';
import { eachItem } from '../../../../nodes/shared/items/eachItem';
import {
	createOperation,
	listOperation,
	lookupOperation,
	operationOf,
	type Creation,
	type Operations,
} from '../../../../nodes/shared/items/operation';
import type { RowSender } from '../../../../nodes/shared/items/rowSender';
import { keepResults, resultsOfEarlierTries } from '../../../../nodes/shared/items/retryMemory';
import { readAmount } from '../../../../nodes/shared/core/money';
import { DELETED, runNode, type NodeRun, type NodeRunOptions } from '../../../support/contexts';
import {
	createCall,
	ProbeApi,
	probeNode,
	probeProvider,
	type ProbeCredentials,
} from '../support/probe';
import { startProviderServer, type ProviderServer, type Reply } from '../support/providerServer';
import { resetTime, whenSomebodySleeps } from '../support/skippedTime';

jest.mock('n8n-workflow', () =>
	jest
		.requireActual<typeof import('../support/skippedTime')>('../support/skippedTime')
		.n8nWorkflowThatSkipsTime(),
);

const key = 'sentinel-key-3f9a1c77e2';
let server: ProviderServer;
/** What the provider has stored, in the order of arrival. */
let stored: string[];
beforeAll(async () => (server = await startProviderServer()));
beforeEach(() => {
	resetTime();
	server.reset();
	stored = [];
	server.respond(({ body }) => makeIt(body));
});
afterAll(() => {
	jest.restoreAllMocks();
	server.close();
});

function makeIt(body: string): Reply {
	const { reference } = JSON.parse(body) as { reference: string };
	stored.push(reference);
	return { body: JSON.stringify({ id: `checkout-${stored.length}`, reference }) };
}
const referenceOf = (body: string) => (JSON.parse(body) as { reference: string }).reference;

const properties: INodeProperties[] = [
	{ displayName: 'Resource', name: 'resource', type: 'string', default: 'checkout' },
	{ displayName: 'Operation', name: 'operation', type: 'string', default: 'create' },
	{ displayName: 'Amount', name: 'amount', type: 'string', default: '12.50' },
	{ displayName: 'Reference', name: 'reference', type: 'string', default: '' },
	{ displayName: 'Extra', name: 'extra', type: 'json', default: '' },
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		default: {},
		options: [
			{
				displayName: 'Requests in Parallel',
				name: 'requestsInParallel',
				type: 'number',
				default: 5,
			},
		],
	},
];

const created: Creation<ProbeCredentials, { reference: string | null; amount: string }> = {
	read: (row) => ({
		reference: row.text('reference') || null,
		amount: readAmount(row.value('amount'), 'Amount'),
	}),
	named: { field: 'Reference', by: ({ reference }) => reference },
	call: (order, credentials) => createCall(credentials, order),
	result: ({ body }) => body as object,
};

const operations: Operations<ProbeCredentials> = {
	checkout: {
		create: createOperation(created),
		createAndRead: createOperation({
			...created,
			result({ body }) {
				if ((body as IDataObject).id === undefined)
					throw new CallFailure("Probe's answer holds no checkout id", {
						advice: 'It may have been made nevertheless.',
						mayHaveArrived: true,
					});
				return body as object;
			},
		}),
		createOnce: createOperation({
			...created,
			call: (order, credentials) => createCall(credentials, order, { retry: 'idempotencyKey' }),
		}),
		get: lookupOperation({
			read: (row) => row.text('reference'),
			call: (reference, { baseUrl }: ProbeCredentials) => ({
				method: 'GET',
				url: `${baseUrl}/checkouts/${reference}`,
				retry: 'idempotent',
			}),
			result: ({ body }) => body as object,
		}),
		list: listOperation({
			read: () => undefined,
			find: async (_filters, row: RowSender<ProbeCredentials>) => {
				const { body } = await row.send({
					method: 'GET',
					url: `${row.credentials.baseUrl}/checkouts`,
					retry: 'idempotent',
				});
				return body as IDataObject[];
			},
		}),
		download: operationOf({
			read: () => undefined,
			send: async () => ({
				json: { file: 'a.csv' },
				binary: { data: { data: 'YQ==', mimeType: 'text/csv' } },
			}),
		}),
		read: operationOf({
			read: (row) => ({
				text: row.text('reference'),
				options: row.collection('options'),
				extra: row.json('extra', 'Extra') as IDataObject,
			}),
			send: async (fields) => fields,
		}),
		crash: operationOf({
			read: () => undefined,
			async send() {
				throw new TypeError('Cannot read properties of undefined');
			},
		}),
	},
};

const node = probeNode(
	async (context) => await eachItem(context, probeProvider(), operations),
	properties,
);
let execution = 100;

async function run(
	references: Array<string | IDataObject>,
	options: Partial<NodeRunOptions> = {},
): Promise<NodeRun> {
	return await runNode({
		node,
		nodeId: 'the-node',
		credentialTypes: [new ProbeApi()],
		credentials: { probeApi: { key, account: 'account-0001', baseUrl: server.url } },
		items: references.map((row): INodeExecutionData => ({
			json: typeof row === 'string' ? { reference: row, amount: '12.50' } : row,
		})),
		executionId: String(++execution),
		...options,
		parameters: {
			resource: 'checkout',
			operation: 'create',
			reference: '={{ $json.reference }}',
			amount: '={{ $json.amount }}',
			...options.parameters,
		},
	});
}

const rows = (count: number) => Array.from({ length: count }, (_, index) => `order-${index}`);
const json = (items: INodeExecutionData[] | undefined) => (items ?? []).map((item) => item.json);

describe('rows', () => {
	it('leave in the order of the items, each paired with its own, whatever the order of the answers', async () => {
		const waiting: Array<() => void> = [];
		server.respond(async ({ body }) => {
			await new Promise<void>((resolve) => {
				waiting.push(resolve);
				if (waiting.length === 5)
					waiting
						.splice(0)
						.reverse()
						.forEach((answer) => answer());
			});
			return makeIt(body);
		});
		const { outputs } = await run(rows(20));
		expect(json(outputs[0]).map(({ reference }) => reference)).toEqual(rows(20));
		expect(outputs[0]?.map(({ pairedItem }) => pairedItem)).toEqual(
			rows(20).map((_, item) => ({ item })),
		);
		expect(stored).not.toEqual(rows(20));
	});

	it.each<[string, IDataObject, number]>([
		['five by default', {}, 5],
		['as many as Requests in Parallel says', { requestsInParallel: 12 }, 12],
		['one at a time', { requestsInParallel: 1 }, 1],
		['fifty at the most', { requestsInParallel: 1000 }, 50],
		['one at a time for a number below one', { requestsInParallel: -3 }, 1],
		['five for a text that is no number', { requestsInParallel: 'many' }, 5],
	])('are sent in parallel, %s', async (_case, options, bound) => {
		let underWay = 0;
		const waiting: Array<() => void> = [];
		server.respond(async ({ body }) => {
			underWay += 1;
			// Nobody is answered before the bound is reached; were it passed, the server would count more
			// at once.
			await new Promise<void>((resolve) => {
				waiting.push(resolve);
				if (waiting.length === bound)
					setImmediate(() => setImmediate(() => waiting.splice(0).forEach((answer) => answer())));
			});
			underWay -= 1;
			return makeIt(body);
		});
		const { outputs } = await run(rows(bound * 2), { parameters: { options } });
		expect(outputs[0]).toHaveLength(bound * 2);
		expect(server.mostAtOnce).toBe(bound);
		expect(underWay).toBe(0);
	});

	describe('begin', () => {
		async function pausesWhile(now: () => number): Promise<number> {
			let pauses = 0;
			whenSomebodySleeps(() => (pauses += 1));
			jest.spyOn(performance, 'now').mockImplementation(now);
			const { outputs } = await run(rows(50), {
				parameters: { options: { requestsInParallel: 50 } },
			});
			expect(outputs[0]).toHaveLength(50);
			return pauses;
		}

		// A pause after each row takes a third of its processor time, and no more than 900 begin a second.
		it('without a pause between them while it takes no time', async () => {
			expect(await pausesWhile(() => 1_000)).toBe(1);
		});

		it('with pauses where it takes time, so that n8n sends the first before all are prepared', async () => {
			let milliseconds = 0;
			expect(await pausesWhile(() => (milliseconds += 5))).toBeGreaterThanOrEqual(50);
		});
	});

	it('may be none', async () => {
		const { outputs, status } = await run([]);
		expect([status, outputs.flat(), server.received.length]).toEqual(['success', [], 0]);
	});

	it('may give several items, all paired with the same row', async () => {
		server.respond(() => ({ body: '[{"id":1},{"id":2}]' }));
		const { outputs } = await run(rows(2), { parameters: { operation: 'list' } });
		expect(outputs[0]?.map((item) => [item.json.id, item.pairedItem])).toEqual([
			[1, { item: 0 }],
			[2, { item: 0 }],
			[1, { item: 1 }],
			[2, { item: 1 }],
		]);
	});

	it('may give a file', async () => {
		const { outputs } = await run(['a'], { parameters: { operation: 'download' } });
		expect(outputs[0]).toMatchObject([
			{ json: { file: 'a.csv' }, binary: { data: { data: 'YQ==' } }, pairedItem: { item: 0 } },
		]);
	});

	it('are read trimmed, without the fields that are left empty', async () => {
		const { outputs } = await run([' order-1 '], {
			parameters: { operation: 'read', options: { requestsInParallel: 2 }, extra: '{"a": 1}' },
		});
		expect(json(outputs[0])).toEqual([
			{ text: 'order-1', options: { requestsInParallel: 2 }, extra: { a: 1 } },
		]);
	});
});

describe('a bad row', () => {
	const mixed = ['order-0', { reference: 'order-1', amount: '12,50' }, 'order-2'];
	const message = `'Amount' is not a plain number: "12,50" [item 1, reference "order-1"]`;

	it('leaves through the error output, and only it does, when that is chosen', async () => {
		const { outputs, status } = await run(mixed, { continueOnFail: 'continueErrorOutput' });
		expect(status).toBe('success');
		expect(json(outputs[0]).map(({ reference }) => reference)).toEqual(['order-0', 'order-2']);
		expect(outputs[1]).toMatchObject([
			{
				json: { reference: 'order-1', error: expect.stringContaining(message) as string },
				pairedItem: { item: 1 },
			},
		]);
		expect(outputs[1]).toHaveLength(1);
	});

	it('stays at its place with its error when the node continues', async () => {
		const { outputs } = await run(mixed, { continueOnFail: 'continueRegularOutput' });
		expect(json(outputs[0])).toEqual([
			{ id: 'checkout-1', reference: 'order-0' },
			{
				error: expect.stringContaining('Use a point for the decimals') as string,
				reference: 'order-1',
			},
			{ id: 'checkout-2', reference: 'order-2' },
		]);
	});

	it('stops the node with its item, its reference and what to do', async () => {
		const { status, error } = await run(mixed, {
			parameters: { options: { requestsInParallel: 1 } },
		});
		expect(status).toBe('error');
		expect(error?.message).toBe(message);
		expect(error?.description).toMatch(/^Use a point for the decimals, for example 12\.50\./);
		expect((error as { context?: IDataObject }).context?.itemIndex).toBe(1);
	});

	it('that stops the node names the checkouts that were made', async () => {
		server.respond(({ body }) =>
			referenceOf(body) === 'order-2' ? { status: 400 } : makeIt(body),
		);
		const { error } = await run(rows(4), { parameters: { options: { requestsInParallel: 1 } } });
		expect(error?.description).toMatch(/2 of 4 rows had been made.*: order-0, order-1\./);
		expect(error?.description).toMatch(/Do not run those again/);
		expect(stored).toEqual(['order-0', 'order-1']);
	});

	it('that stops the node keeps back the rows behind it', async () => {
		server.respond(({ body }) =>
			body.includes('order-1')
				? { status: 422, body: '{"error":{"message":"Reference too long"}}' }
				: makeIt(body),
		);
		const { error } = await run(rows(6), { parameters: { options: { requestsInParallel: 1 } } });
		expect(error?.message).toMatch(/Reference too long \[item 1/);
		expect(error?.description).toMatch(/1 of 6 rows had been made.*: order-0\./);
		expect(stored).toEqual(['order-0']);
		expect(server.received).toHaveLength(2);
	});

	it('that stops the node names a checkout that was still on its way', async () => {
		let refused = () => {};
		const secondRefused = new Promise<void>((resolve) => (refused = resolve));
		server.respond(async ({ body }) => {
			if (referenceOf(body) === 'order-1') {
				setImmediate(() => setImmediate(refused));
				return { status: 400 };
			}
			await secondRefused;
			return makeIt(body);
		});
		const { error } = await run(rows(2), {
			parameters: { options: { requestsInParallel: 2 } },
		});
		expect(error?.description).toMatch(/1 of 2 rows had been made.*: order-0\./);
	});

	it('without a reference is named by its item', async () => {
		server.respond(({ body }, index) => (index === 1 ? { status: 400 } : makeIt(body)));
		const { error } = await run([{ amount: '1' }, { amount: '2' }], {
			parameters: { reference: '', options: { requestsInParallel: 1 } },
		});
		expect(error?.message).toMatch(/\[item 1\]$/);
		expect(error?.description).toMatch(/1 of 2 rows had been made.*: item 0\./);
	});

	it("shows the provider's own words and status", async () => {
		server.respond(() => ({ status: 422, body: '{"error":{"message":"Reference too long"}}' }));
		const { error } = await run(['order-0']);
		expect(error).toMatchObject({
			message:
				'Probe refused the request (HTTP 422): Reference too long [item 0, reference "order-0"]',
			httpCode: '422',
		});
	});

	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'that is our own mistake loses no other row (%s)',
		async (continueOnFail) => {
			const { outputs } = await run(['order-0'], {
				continueOnFail,
				parameters: { operation: 'crash' },
			});
			const failed = continueOnFail === 'continueErrorOutput' ? outputs[1] : outputs[0];
			expect(json(failed)).toEqual([
				expect.objectContaining({
					error: expect.stringMatching(
						/Cannot read properties of undefined \[item 0.*Please report it/,
					) as string,
				}),
			]);
		},
	);
});

describe('rows that cannot be read', () => {
	const bad = (reference: string) => ({ reference, amount: '12,50' });

	// The rows before it were live payment links that stood in no output.
	it('keep all others back when the node stops, however late they come', async () => {
		const { status, error } = await run([...rows(20), bad('bad')]);
		expect([status, server.received.length]).toEqual(['error', 0]);
		expect(error?.message).toContain('[item 20, reference "bad"]');
		expect(error?.description).toMatch(/Use a point for the decimals.* Nothing was sent\.$/);
	});

	it('are all named with what is wrong with each, and those of one kind with what to do behind them', async () => {
		const { error } = await run([
			'order-0',
			bad('order-1'),
			{ reference: 'order-2', amount: '0' },
			'order-0',
			bad('order-4'),
		]);
		expect(error?.message).toBe('4 of 5 rows cannot be sent as they are');
		expect((error as { context?: IDataObject }).context?.itemIndex).toBe(1);
		expect(error?.description?.split('\n')).toEqual([
			`'Amount' is not a plain number: "12,50" [item 1, reference "order-1"].`,
			`'Amount' is not a plain number: "12,50" [item 4, reference "order-4"].`,
			expect.stringMatching(/^Use a point for the decimals/),
			expect.stringMatching(/^'Amount' .*\[item 2, reference "order-2"\]\.$/),
			expect.stringMatching(/^Enter an amount that is more than zero/),
			expect.stringMatching(
				/"order-0" was already used by item 0.*\[item 3, reference "order-0"\]\.$/,
			),
			expect.stringMatching(/^Give each row a reference of its own.* Nothing was sent\.$/),
		]);
		expect(server.received).toHaveLength(0);
	});

	it('are counted from the hundred and first on', async () => {
		const { error } = await run(rows(130).map(bad));
		expect(error?.message).toBe('130 of 130 rows cannot be sent as they are');
		expect(error?.description?.match(/\[item \d+,/g)).toHaveLength(100);
		expect(error?.description).toMatch(
			/\[item 99, reference "order-99"\]\.\nUse a point .*\nAnd 30 more rows\. Nothing was sent\.$/,
		);
	});

	it('leave their reference to the rows behind them', async () => {
		const { outputs } = await run([bad('order-1'), 'order-1'], {
			continueOnFail: 'continueErrorOutput',
		});
		expect(json(outputs[0])).toEqual([{ id: 'checkout-1', reference: 'order-1' }]);
	});

	// The column has another name, so nothing but the node can say which order it was.
	it.each([
		['continueRegularOutput', {}],
		['continueErrorOutput', { orderNo: 'order-1', amount: '12,50' }],
	] as const)('leave with their reference beside the error (%s)', async (continueOnFail, own) => {
		const { outputs } = await run([{ orderNo: 'order-1', amount: '12,50' }], {
			continueOnFail,
			parameters: { reference: '={{ $json.orderNo }}' },
		});
		expect(outputs.flat().map((item) => item.json)).toEqual([
			{
				...own,
				error: expect.stringMatching(/12,50.*Use a point for the decimals/) as string,
				reference: 'order-1',
			},
		]);
	});

	it('say what an earlier try of the run has made and may have made', async () => {
		const executionId = `read-${++execution}`;
		const retry = { retryOnFail: { maxTries: 1, waitBetweenTries: 1 }, executionId };
		server.respond(({ body }, index) => {
			const reply = makeIt(body);
			return index === 1 ? { status: 500 } : index === 2 ? { status: 400 } : reply;
		});
		const parameters = { options: { requestsInParallel: 1 } };
		const sheet = ['order-0', 'order-1', 'order-2'];
		await run(sheet, { ...retry, parameters });
		const sent = server.received.length;
		const { error } = await run(['order-0', bad('order-1'), 'order-2'], { ...retry, parameters });
		expect(server.received).toHaveLength(sent);
		expect(error?.description).toContain(
			'Nothing was sent in this try. 1 of 3 rows had been made: order-0. 1 more may have been made: order-1. Do not run those again',
		);
	});
});

describe('reading many rows', () => {
	/** Each row takes six milliseconds; the times at which others had their turn. */
	function slowRows(whenOthersHaveTheirTurn: (read: number) => void = () => undefined) {
		let now = 0;
		let read = 0;
		const turns: number[] = [];
		jest.spyOn(performance, 'now').mockImplementation(() => now);
		whenSomebodySleeps(() => {
			turns.push(now);
			whenOthersHaveTheirTurn(read);
		});
		const slow = probeNode(
			async (context) =>
				await eachItem(context, probeProvider(), {
					checkout: {
						create: operationOf({
							read: () => {
								now += 6;
								read += 1;
							},
							send: async () => ({}),
						}),
					},
				}),
			properties,
		);
		return { slow, turns, read: () => read, now: () => now };
	}

	// n8n answers no callback and no health check meanwhile.
	it('lets others have their turn at least every 20 milliseconds', async () => {
		const { slow, turns, now } = slowRows();
		await run(rows(50), { node: slow });
		const all = [0, ...turns, now()];
		expect(Math.max(...all.slice(1).map((turn, index) => turn - (all[index] ?? 0)))).toBeLessThan(
			20,
		);
		expect(now()).toBe(300);
	});

	it('ends when the user stops the execution, and sends nothing', async () => {
		let stop = () => {};
		const stopWhen = new Promise<void>((resolve) => (stop = resolve));
		const { slow, read } = slowRows((count) => {
			if (count >= 10) stop();
		});
		const { status } = await run(rows(1_000), { node: slow, stopWhen });
		expect(status).toBe('canceled');
		expect(read()).toBeLessThan(100);
	});
});

describe('a column', () => {
	afterEach(() => jest.restoreAllMocks());

	/** The texts that n8n's engine evaluates while `work` runs. */
	async function evaluated(work: () => Promise<unknown>): Promise<string[]> {
		const engine = jest.spyOn(WorkflowExpression.prototype, 'resolveSimpleParameterValue');
		await work();
		const texts = engine.mock.calls.map(([text]) => text);
		return texts.filter((text): text is string => isExpression(text));
	}

	// n8n takes 0.4 ms for each, a sheet of ten thousand rows with five columns 20 seconds.
	it("is read without n8n's engine, and what is none by it, once for each row", async () => {
		let outputs: NodeRun['outputs'] = [];
		const computed = '={{ $json.amount + "0" }}';
		const texts = await evaluated(async () => {
			({ outputs } = await run(rows(20), { parameters: { amount: computed } }));
		});
		expect(texts).toEqual(rows(20).map(() => computed));
		expect(json(outputs[0]).map(({ reference }) => reference)).toEqual(rows(20));
	});

	it('is read in a collection, too', async () => {
		const texts = await evaluated(async () => {
			const { outputs } = await run([{ reference: 'a', many: 2 }], {
				parameters: {
					operation: 'read',
					amount: '',
					options: { requestsInParallel: '={{ $json.many }}' },
				},
			});
			expect(json(outputs[0])).toMatchObject([{ options: { requestsInParallel: 2 } }]);
		});
		// How many rows run at once is one question before the first.
		expect(texts).toEqual(['={{ $json.many }}']);
	});

	it("of an AI agent's item is what a tool's expression means, not what the model has filled in", async () => {
		await run([{ reference: 'order-1', amount: '12.50' }], {
			asTool: true,
			toolArguments: { reference: 'order-2', amount: '0.01' },
		});
		expect(server.received.map(({ body }) => JSON.parse(body) as IDataObject)).toMatchObject([
			{ reference: 'order-1', amount: '12.50' },
		]);
	});

	it('that is empty in a row is refused there as by n8n', async () => {
		const { outputs } = await run(['order-1', ' '], { continueOnFail: 'continueErrorOutput' });
		expect(json(outputs[1])).toEqual([
			expect.objectContaining({
				error: expect.stringContaining(
					"'Reference' is empty: its expression {{ $json.reference }} gives nothing for this item",
				) as string,
			}),
		]);
	});
});

describe('a row that mentions the current time', () => {
	/** The values that were read of the row, and what of it was sent. */
	async function readings(amount: string) {
		const seen: unknown[] = [];
		let sent: unknown;
		const clock = probeNode(
			async (context) =>
				await eachItem(context, probeProvider(), {
					checkout: {
						create: operationOf({
							read: (row) => {
								seen.push(row.value('amount'));
								return seen.length;
							},
							send: async (order) => {
								sent = order;
								return {};
							},
						}),
					},
				}),
			properties,
		);
		await run(['order-1'], { node: clock, parameters: { amount } });
		return [seen.length, sent];
	}

	// The last of ten thousand rows is sent half an hour after it was read.
	it.each([
		'={{ $now.plus(30, "minutes").toISO() }}',
		'={{ $today.toISO() }}',
		'={{ DateTime.now().toISO() }}',
		'={{ new Date().toISOString() }}',
		'={{ Date.now() }}',
		'={{ Math.random() }}',
	])('is read again right before it is sent (%s)', async (amount) => {
		expect(await readings(amount)).toEqual([2, 2]);
	});

	it.each(['={{ $json.amount }}', 'Date.now()'])('not: is read once (%s)', async (amount) => {
		expect(await readings(amount)).toEqual([1, 1]);
	});

	it('may be called something else then, and is not taken for its own repetition', async () => {
		const { outputs } = await run(['a', 'b'], {
			parameters: { reference: '={{ $json.reference + Math.random() }}' },
		});
		expect(json(outputs[0]).map(({ reference }) => reference)).toEqual(stored);
		const still = await run(['a', 'b'], {
			parameters: { reference: '={{ $json.reference + $today.toFormat("yy") }}' },
		});
		expect(still.outputs[0]).toHaveLength(2);
	});
});

describe('what is wrong with the node as a whole', () => {
	// n8n sends the input of a node that throws to the success output when the error output is
	// chosen.
	it.each<[string, Partial<NodeRunOptions>, RegExp]>([
		['no credential', { credentials: {} }, /credential/i],
		['a deleted credential', { credentials: { probeApi: DELETED } }, /credential/i],
		[
			'an operation that does not exist',
			{ parameters: { operation: 'steal' } },
			/There is no operation 'steal' for 'checkout'/,
		],
		[
			'a resource that does not exist',
			{ parameters: { resource: 'moon' } },
			/There is no operation 'create' for 'moon'/,
		],
		[
			'an operation with the name of an inherited member',
			{ parameters: { operation: 'toString' } },
			/There is no operation 'toString'/,
		],
	])('%s fails every row, and none leaves as if it were made', async (_case, options, words) => {
		const { outputs, error } = await run(rows(2), {
			continueOnFail: 'continueErrorOutput',
			...options,
		});
		expect(json(outputs[0])).toEqual([]);
		expect(json(outputs[1])).toEqual([
			expect.objectContaining({ error: expect.stringMatching(words) as string }),
			expect.objectContaining({ error: expect.stringMatching(words) as string }),
		]);
		expect(error).toBeUndefined();
		expect(server.received).toHaveLength(0);
	});

	it.each<[string, Partial<NodeRunOptions>, RegExp]>([
		['no credential', { credentials: {} }, /credential/i],
		[
			'an operation that does not exist',
			{ parameters: { operation: 'steal' } },
			/There is no operation 'steal' for 'checkout'/,
		],
	])('%s stops the node with words', async (_case, options, words) => {
		const { status, error } = await run(rows(2), options);
		expect(status).toBe('error');
		expect(error?.message).toMatch(words);
	});
});

describe('a repeated reference', () => {
	it('is refused before anything is sent, naming the row that had it', async () => {
		const { outputs } = await run(['order-1', 'order-2', 'order-1', 'order-1'], {
			continueOnFail: 'continueErrorOutput',
		});
		expect(stored.sort()).toEqual(['order-1', 'order-2']);
		expect(json(outputs[1]).map(({ error }) => error)).toEqual([
			expect.stringMatching(
				/'Reference' "order-1" was already used by item 0 of this run, so nothing was sent/,
			),
			expect.stringMatching(/item 0/),
		]);
	});

	it('that is empty is none: two equal rows are two customers', async () => {
		const { outputs } = await run([{ amount: '5' }, { amount: '5' }], {
			parameters: { reference: '' },
		});
		expect(outputs[0]).toHaveLength(2);
		expect(stored).toHaveLength(2);
	});

	it('in another run is none of our business', async () => {
		await run(['order-1']);
		await run(['order-1']);
		expect(stored).toEqual(['order-1', 'order-1']);
	});
});

describe('an answer that cannot be read', () => {
	// It is an answer: the provider is there.
	it('does not take their retries from the rows behind it', async () => {
		server.respond(({ body }, index) =>
			index === 0 ? { body: '{"unexpected":true}' } : index === 1 ? { status: 429 } : makeIt(body),
		);
		const result = await run(rows(2), {
			continueOnFail: 'continueRegularOutput',
			parameters: { operation: 'createAndRead', options: { requestsInParallel: 1 } },
		});
		expect(json(result.outputs[0])).toMatchObject([
			{ error: expect.any(String) as string },
			{ reference: 'order-1' },
		]);
	});
});

describe('Retry On Fail', () => {
	const retryOnFail = { maxTries: 3, waitBetweenTries: 1 };

	it('makes no second checkout: row 1 failing once leaves one of each', async () => {
		let refused = false;
		server.respond(({ body }) => {
			if (referenceOf(body) !== 'order-1' || refused) return makeIt(body);
			refused = true;
			return { status: 400, body: '{"error":{"message":"Try later"}}' };
		});
		const result = await run(rows(10), { retryOnFail });
		expect(result).toMatchObject({ status: 'success', executions: 2 });
		expect([...stored].sort()).toEqual(rows(10));
		expect(json(result.outputs[0]).map(({ reference }) => reference)).toEqual(rows(10));
	});

	// An expression that reads the clock or a counter gives another one at each try.
	it('gives no row the checkout of another order, where the reference of its item has changed since', async () => {
		server.respond(({ body }) => (referenceOf(body) === 'bad' ? { status: 400 } : makeIt(body)));
		const executionId = `changed-${++execution}`;
		await run(['order-1', 'bad'], { retryOnFail, executionId });
		const { outputs } = await run(['order-2'], { retryOnFail, executionId });
		expect(json(outputs[0])).toEqual([{ id: 'checkout-2', reference: 'order-2' }]);
	});

	it('does not repeat a checkout that may have been made', async () => {
		server.respond(({ body }) => {
			makeIt(body);
			return referenceOf(body) === 'order-1' ? { status: 500 } : { body: '{"id":"1"}' };
		});
		const result = await run(rows(3), { retryOnFail });
		expect(result).toMatchObject({ status: 'error', executions: 3 });
		expect([...stored].sort()).toEqual(rows(3));
		expect(result.error?.message).toMatch(/HTTP 500.*\[item 1, reference "order-1"\]/);
		expect(result.error?.description).toMatch(/It may have been made nevertheless/);
	});

	// n8n serves a tool so to its older agents: each try is a run of its own.
	it('of a tool does not repeat a refund or checkout that may have been made', async () => {
		server.respond(({ body }) => {
			makeIt(body);
			return 'reset';
		});
		const result = await run([''], { asTool: true, retryOnFail, parameters: { reference: '' } });
		expect(stored).toHaveLength(1);
		expect(JSON.stringify([result.error, result.outputs])).toContain('may have been made');
	});

	it('of a tool takes another order without a reference for another order', async () => {
		const executionId = `agent-${++execution}`;
		server.respond(({ body }, index) => (index === 0 ? { status: 500 } : makeIt(body)));
		const tool = { asTool: true, retryOnFail, executionId, parameters: { reference: '' } };
		await run([{ amount: '1' }], tool);
		const other = await run([{ amount: '2' }], tool);
		expect([other.status, server.received.length]).toEqual(['success', 2]);
	});

	it('makes nothing twice in a sheet of more rows than are kept of other runs, though another node begins meanwhile', async () => {
		const large = resultsOfEarlierTries('large');
		for (let item = 0; item < 25_000; item++)
			large.set(item, { reference: `order-${item}`, result: { made: { output: {} } } });
		resultsOfEarlierTries('another');
		expect(resultsOfEarlierTries('large').size).toBe(25_000);
		keepResults('large', large);
		for (let other = 0; other < 1_500; other++) resultsOfEarlierTries(`failing-${other}`);
		expect(resultsOfEarlierTries('large').size).toBe(25_000);
	});

	it('forgets what no retry can ask for any more', () => {
		resultsOfEarlierTries('old').set(0, { reference: 'order-1', result: { made: { output: {} } } });
		for (let other = 0; other < 1_500; other++) resultsOfEarlierTries(`after-${other}`);
		jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 120_000);
		resultsOfEarlierTries('new');
		expect(resultsOfEarlierTries('old').size).toBe(0);
	});

	it('repeats what the provider refused', async () => {
		server.respond(() => ({ status: 400, body: '{"error":{"message":"No"}}' }));
		await run(['order-1'], { retryOnFail });
		expect(server.received).toHaveLength(3);
	});

	it.each<[string, Partial<NodeRunOptions>]>([
		['another execution', { executionId: 'other-execution' }],
		['the next run in a loop', { runIndex: 1 }],
		['another node', { nodeId: 'other-node' }],
	])('is not taken for %s', async (_case, other) => {
		// The second row of the first run fails for good, so what its first row made is still
		// remembered.
		server.respond(({ body }) => (referenceOf(body) === 'bad' ? { status: 400 } : makeIt(body)));
		const executionId = `loop-${++execution}`;
		await run(['order-1', 'bad'], { retryOnFail, executionId });
		await run(['order-1'], { retryOnFail, executionId, ...other });
		expect(stored).toEqual(['order-1', 'order-1']);
	});

	it('off: a node that is run again in the same execution makes what it is told', async () => {
		const executionId = `same-${++execution}`;
		await run(['order-1'], { executionId });
		await run(['order-1'], { executionId });
		expect(stored).toEqual(['order-1', 'order-1']);
	});
});

describe('stopping the execution', () => {
	/** The provider answers so; settled as soon as this many requests have arrived. */
	const arrival = (count: number, answer: Parameters<ProviderServer['respond']>[0]) =>
		new Promise<void>((resolve) =>
			server.respond((request, index) => {
				if (index + 1 === count) resolve();
				return answer(request, index);
			}),
		);

	it('sends no further row, fails none, and says which rows were made and which may have been', async () => {
		const stopWhen = arrival(10, ({ body }, index) => (index < 5 ? makeIt(body) : 'hang'));
		const result = await run(rows(200), {
			stopWhen,
			parameters: { options: { requestsInParallel: 5 } },
		});
		expect(result.status).toBe('canceled');
		expect(server.received).toHaveLength(10);
		expect(result.error?.description).toBe(
			"5 of 200 rows had been made: order-0, order-1, order-2, order-3, order-4. 5 more may have been made: order-5, order-6, order-7, order-8, order-9. Do not run those again; set 'On Error' to Continue to keep what is made.",
		);
	});

	// n8n throws the node's output and its error away.
	it.each([undefined, 'continueRegularOutput', 'continueErrorOutput'] as const)(
		"leaves a line in n8n's log that names what was made and what may have been (%s)",
		async (continueOnFail) => {
			const stopWhen = arrival(10, ({ body }, index) => (index < 5 ? makeIt(body) : 'hang'));
			const result = await run(rows(200), {
				stopWhen,
				...(continueOnFail === undefined ? {} : { continueOnFail }),
				retryOnFail: { maxTries: 3, waitBetweenTries: 1 },
			});
			const lines = JSON.stringify([result.logs, result.n8nLogs]).match(/5 of 200 rows[^"\\]*/g);
			expect(lines?.filter((line) => line.includes('Do not run those again. ('))).toEqual([
				expect.stringContaining(
					'5 of 200 rows had been made: order-0, order-1, order-2, order-3, order-4. 5 more may have been made: order-5, order-6, order-7, order-8, order-9.',
				),
			]);
		},
	);

	it('keeps what was made when the node continues on errors', async () => {
		const stopWhen = arrival(10, ({ body }, index) => (index < 5 ? makeIt(body) : 'hang'));
		const result = await run(rows(200), {
			stopWhen,
			continueOnFail: 'continueRegularOutput',
		});
		expect(result.status).toBe('canceled');
		expect(
			json(result.outputs[0])
				.slice(0, 5)
				.map(({ reference }) => reference),
		).toEqual(rows(5));
	});

	// They are nowhere else: the row after them is where somebody would go on.
	it('leaves an error for each row that was on its way when the node continues on errors', async () => {
		const stopWhen = arrival(10, ({ body }, index) => (index < 5 ? makeIt(body) : 'hang'));
		const result = await run(rows(200), {
			stopWhen,
			continueOnFail: 'continueRegularOutput',
		});
		expect(
			json(result.outputs[0])
				.slice(5)
				.map(({ error }) => error),
		).toEqual(
			[5, 6, 7, 8, 9].map((item) =>
				expect.stringMatching(
					new RegExp(`\\[item ${item}, reference "order-${item}"\\].*may have been made`),
				),
			),
		);
	});

	// An error would be one more row to look up by hand, of an order that was certainly not made.
	it('leaves nothing of a row that was refused and waits for its next try, when the node continues on errors', async () => {
		const stopWhen = new Promise<void>((resolve) =>
			server.respond(({ body }, index) => {
				if (index === 0) return makeIt(body);
				whenSomebodySleeps(resolve);
				return { status: 429 };
			}),
		);
		const result = await run(rows(3), {
			stopWhen,
			continueOnFail: 'continueRegularOutput',
			parameters: { options: { requestsInParallel: 1 } },
		});
		expect(result.status).toBe('canceled');
		expect(json(result.outputs[0])).toEqual([{ id: 'checkout-1', reference: 'order-0' }]);
	});

	it('leaves nothing of a row that only looks something up, when the node continues on errors', async () => {
		// The provider is gone, so row 1 is tried only once: that try is what Stop cuts off.
		const stopWhen = arrival(6, (_request, index) => (index < 5 ? 'reset' : 'hang'));
		const result = await run(rows(3), {
			stopWhen,
			continueOnFail: 'continueRegularOutput',
			parameters: { operation: 'get', options: { requestsInParallel: 1 } },
		});
		expect(result.status).toBe('canceled');
		expect(json(result.outputs[0])).toEqual([
			{
				error: expect.stringContaining('[item 0, reference "order-0"]') as string,
				reference: 'order-0',
			},
		]);
	});

	it('names the rows that were on their way also where the provider de-duplicates', async () => {
		const stopWhen = arrival(5, () => 'hang');
		const result = await run(rows(200), {
			stopWhen,
			parameters: { operation: 'createOnce' },
		});
		expect(result.error?.description).toContain(
			'5 more may have been made: order-0, order-1, order-2, order-3, order-4.',
		);
	});

	it('with Retry On Fail, by which n8n repeats the node, names the same rows', async () => {
		const stopWhen = arrival(10, ({ body }, index) => (index < 5 ? makeIt(body) : 'hang'));
		const result = await run(rows(200), {
			stopWhen,
			retryOnFail: { maxTries: 3, waitBetweenTries: 1 },
		});
		expect(server.received).toHaveLength(10);
		expect(result.error?.description).toContain(
			'5 of 200 rows had been made: order-0, order-1, order-2, order-3, order-4. 5 more may have been made',
		);
	});

	it('with Retry On Fail keeps what was made when the node continues on errors', async () => {
		const stopWhen = arrival(10, ({ body }, index) =>
			index === 0
				? { status: 400, body: '{"error":{"message":"No"}}' }
				: index < 5
					? makeIt(body)
					: 'hang',
		);
		const result = await run(rows(200), {
			stopWhen,
			retryOnFail: { maxTries: 3, waitBetweenTries: 1 },
			continueOnFail: 'continueRegularOutput',
		});
		const made = json(result.outputs[0]).filter(({ error }) => error === undefined);
		expect(made.map(({ reference }) => reference)).toEqual([
			'order-1',
			'order-2',
			'order-3',
			'order-4',
		]);
	});
});

describe('a credential value', () => {
	it.each<[string, Reply]>([
		['a refusal', { status: 401, body: JSON.stringify({ error: { message: `Bad key ${key}` } }) }],
		['an HTML page', { body: `<html>${key}</html>` }],
		['a server error', { status: 500, body: key }],
	])('is in nothing that n8n stores after %s', async (_case, reply) => {
		server.respond(() => reply);
		const runs = [
			await run(['order-1']),
			await run(['order-1'], { continueOnFail: 'continueRegularOutput' }),
			await run(['order-1'], { continueOnFail: 'continueErrorOutput' }),
		];
		for (const { stored: data, logs, n8nLogs } of runs) {
			const text = `${data}${JSON.stringify([logs, n8nLogs])}`;
			expect(text).not.toContain(key);
			expect(text).toContain('***');
		}
	});
});
