import { setTimeout as wait } from 'node:timers/promises';
import { openShop } from './create';
import { startFastClock, stopFastClock } from './fastClock';
import { sheetOf, shops } from './shops';

jest.mock('n8n-workflow', () =>
	jest.requireActual<typeof import('./fastClock')>('./fastClock').n8nWorkflowOnFastClock(),
);
beforeAll(startFastClock);
afterAll(stopFastClock);

// The waiting is the same for all, but for the one with a bound of its own.
describe.each(shops().filter(([name]) => /^(payfect|tokenpay)$/.test(name)))(
	'stopping the execution with %s',
	(_name, shop) => {
		test('ends the waiting of rows that were asked to slow down: nothing more is sent', async () => {
			await openShop(shop, async (open) => {
				const { run } = await open.create(sheetOf(200), {
					fault: { fault: '429-seconds', times: 100_000 },
					abortAfterMilliseconds: 20_000,
					continueOnFail: 'continueRegularOutput',
				});
				expect(run.status).toBe('canceled');
				// What was on its way at that moment may still arrive.
				let sent = -1;
				for (let now = 0; now !== sent; now = (await open.state()).refusals.length) {
					sent = now;
					await wait(100);
				}
				expect(sent).toBeGreaterThan(0);
				// Each row would have been sent again several times.
				await wait(400);
				expect((await open.state()).refusals).toHaveLength(sent);
			});
		});

		test('sends none of the rows that have not had their turn', async () => {
			await openShop(shop, async (open) => {
				const { run } = await open.create(sheetOf(200), {
					fault: { fault: 'timeout-after', times: 5 },
					abortAfterMilliseconds: 2_000,
				});
				expect(run.status).toBe('canceled');
				await wait(400);
				expect((await open.state()).checkouts.length).toBeLessThanOrEqual(5);
			});
		});
	},
);
