import { commonFaults } from '../../sandbox/core/faults';
import type { Fault } from '../support/sandboxClient';
import { create, madeTwice, type Created } from './create';
import { startFastClock, stopFastClock } from './fastClock';
import { sheetOf, shops } from './shops';
import { controlTimeouts } from './timeouts';

jest.mock('n8n-workflow', () =>
	jest.requireActual<typeof import('./fastClock')>('./fastClock').n8nWorkflowOnFastClock(),
);
controlTimeouts();
beforeAll(startFastClock);
afterAll(stopFastClock);

const ROWS = 200;
const IN_PARALLEL = 20;
/** One for each of the rows that are on their way at the same time. */
const FAULTS = 20;

/** Nothing was done, and it will be. */
const asksToSlowDown: Fault[] = ['429-seconds', '429-date'];
/** Nothing was done, and sending it again will not help. */
const refuses: Fault[] = ['401'];

describe.each(shops())('200 rows through %s', (_name, shop) => {
	describe.each(commonFaults.map(({ fault }) => fault))('with the fault %s', (fault) => {
		let created: Created;
		beforeAll(async () => {
			created = await create(shop, sheetOf(ROWS), {
				requestsInParallel: IN_PARALLEL,
				continueOnFail: 'continueRegularOutput',
				fault: { fault, times: FAULTS },
			});
		});
		const failed = () => created.rows.filter(({ error }) => error !== undefined);

		test('give one item for each row, in order and paired', () => {
			expect(created.run.error).toBeUndefined();
			expect(created.rows.map(({ pairedItem }) => pairedItem)).toEqual(
				sheetOf(ROWS).map((_row, item) => ({ item })),
			);
		});

		test('make no second checkout for any reference', () => {
			expect(madeTwice(created)).toEqual([]);
		});

		test('end as one checkout, or as one error that names item and reference', () => {
			const isRight = ({
				error,
				json,
				exists: [checkout],
				reference,
				item,
			}: Created['rows'][number]) =>
				error === undefined
					? checkout !== undefined &&
						[json.checkoutId, json.paymentId].includes(checkout.checkoutId) &&
						json.reference === reference
					: error.includes(`[item ${item}, reference "${reference}"]`);
			expect(created.rows.filter((row) => !isRight(row))).toEqual([]);
		});

		test('never hide behind an error that the checkout may exist', () => {
			expect(
				failed().filter(
					({ error, exists }) => exists.length > 0 && !/may have been made/.test(error ?? ''),
				),
			).toEqual([]);
		});

		const isRepeated =
			asksToSlowDown.includes(fault) || (shop.deduplicates && !refuses.includes(fault));
		test(`${isRepeated ? 'are all made, because the node sends them again' : 'are made but for those that met the fault: these are not sent again'}`, () => {
			expect(failed()).toHaveLength(isRepeated ? 0 : FAULTS);
			expect(created.checkouts.length).toBeGreaterThanOrEqual(ROWS - failed().length);
		});
	});
});
