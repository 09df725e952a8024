import type { Fault } from '../support/sandboxClient';
import { create, madeTwice, openShop } from './create';
import { startFastClock, stopFastClock } from './fastClock';
import { sheetOf, shops } from './shops';
import { controlTimeouts } from './timeouts';

jest.mock('n8n-workflow', () =>
	jest.requireActual<typeof import('./fastClock')>('./fastClock').n8nWorkflowOnFastClock(),
);
controlTimeouts();
beforeAll(startFastClock);
afterAll(stopFastClock);

const ROWS = 20;
const retryOnFail = { maxTries: 3, waitBetweenTries: 1 };
/** A row that fails before anything is sent for it, each time that n8n runs the node. */
const withBadRow = (bad: number) =>
	sheetOf(ROWS).map((row, item) => (item === bad ? { ...row, amount: '1,50' } : row));
let executions = 0;
const executionId = () => `repeats-${++executions}`;

describe.each(shops())("n8n's Retry On Fail with %s", (_name, shop) => {
	test('makes no second checkout when row 1 fails and the node continues', async () => {
		const created = await create(shop, withBadRow(0), {
			retryOnFail,
			continueOnFail: 'continueRegularOutput',
			executionId: executionId(),
		});
		expect(created.run.executions).toBe(retryOnFail.maxTries);
		expect(madeTwice(created)).toEqual([]);
		expect(created.rows.map(({ error, exists }) => [error === undefined, exists.length])).toEqual(
			withBadRow(0).map((_row, item) => [item > 0, item > 0 ? 1 : 0]),
		);
	});

	test('sends nothing when row 1 fails and the node stops', async () => {
		const created = await create(shop, withBadRow(0), { retryOnFail, executionId: executionId() });
		expect(created.run.executions).toBe(retryOnFail.maxTries);
		expect(created.checkouts).toEqual([]);
		expect(created.run.error?.message).toContain('[item 0, reference "order-1"]');
	});

	test('sends nothing at all when a later row cannot be read and the node stops', async () => {
		const created = await create(shop, withBadRow(ROWS / 2), {
			retryOnFail,
			executionId: executionId(),
		});
		expect(created.run.executions).toBe(retryOnFail.maxTries);
		expect(created.checkouts).toEqual([]);
		expect(created.run.error?.message).toContain('[item 10, reference "order-11"]');
		expect(created.run.error?.description).toContain('Nothing was sent.');
	});

	test('makes no second checkout when the provider refuses rows and the node stops, and names those that it made', async () => {
		const repeated = { retryOnFail, executionId: executionId(), nodeId: 'create' };
		const created = await openShop(shop, async (open) => {
			await open.create(withBadRow(0), { ...repeated, continueOnFail: 'continueRegularOutput' });
			return await open.create(sheetOf(ROWS), {
				...repeated,
				fault: { fault: '401', times: 1_000 },
			});
		});
		expect(created.run.executions).toBe(retryOnFail.maxTries);
		expect(madeTwice(created)).toEqual([]);
		expect(created.checkouts.length).toBeGreaterThan(0);
		const { message, description } = created.run.error ?? {};
		expect(message).toContain('[item 0, reference "order-1"]');
		expect(
			created.checkouts.filter(
				({ reference }) => !new RegExp(`\\b${reference}\\b`).test(description ?? ''),
			),
		).toEqual([]);
		expect(description).toContain(`${created.checkouts.length} of ${ROWS} rows`);
	});

	test.each<Fault>([
		'500-after',
		'timeout-after',
		'reset-after',
		'html',
		'half-json',
		'500',
		'timeout-before',
		'reset-before',
	])('makes no second checkout of rows that may have been made (%s)', async (fault) => {
		const created = await create(shop, sheetOf(ROWS), {
			retryOnFail,
			continueOnFail: 'continueRegularOutput',
			executionId: executionId(),
			fault: { fault, times: 5 },
		});
		expect(madeTwice(created)).toEqual([]);
		expect(created.rows.filter(({ error }) => error !== undefined)).toHaveLength(
			shop.deduplicates ? 0 : 5,
		);
		expect(created.checkouts.length).toBeGreaterThanOrEqual(ROWS - 5);
	});
});

describe.each(shops().filter(([, shop]) => shop.referenceOptional))(
	'two equal rows through %s',
	(_name, shop) => {
		test('without a reference are two checkouts', async () => {
			const row = { reference: '', amount: '12.50' };
			const created = await create(shop, [row, row], { parameters: { reference: '' } });
			expect(created.run.error).toBeUndefined();
			expect(created.checkouts).toHaveLength(2);
			expect(new Set(created.rows.map(({ json }) => json.checkoutId)).size).toBe(2);
		});
	},
);

describe.each(shops())('two rows with one reference through %s', (_name, shop) => {
	test('are one checkout: the second is refused before anything is sent', async () => {
		const [first, second] = [
			{ reference: 'order-1', amount: '12.50' },
			{ reference: 'order-1', amount: '20' },
		];
		const created = await create(shop, [first, second, { reference: 'order-2', amount: '5' }], {
			continueOnFail: 'continueRegularOutput',
		});
		expect(
			created.checkouts.map(({ reference, amount }) => [reference, Number(amount)]).sort(),
		).toEqual([
			['order-1', 12.5],
			['order-2', 5],
		]);
		expect(created.rows.map(({ error }) => error === undefined)).toEqual([true, false, true]);
		expect(created.rows[1]?.error).toMatch(
			/"order-1" was already used by item 0 of this run, so nothing was sent/,
		);
	});
});
