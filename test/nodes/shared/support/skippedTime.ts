/**
 * Time that passes without anybody waiting for it: `sleep` of n8n-workflow returns at once and
 * moves the clock on.
 *
 *   jest.mock('n8n-workflow', () => require('./support/skippedTime').n8nWorkflowThatSkipsTime());
 *   beforeEach(resetTime);
 */
type N8nWorkflow = typeof import('n8n-workflow');

let skippedMilliseconds = 0;
let beforeSleep: () => void = () => undefined;

export function n8nWorkflowThatSkipsTime(): N8nWorkflow {
	return {
		...jest.requireActual<N8nWorkflow>('n8n-workflow'),
		sleep: async (milliseconds: number) => {
			beforeSleep();
			skippedMilliseconds += milliseconds;
			// Others go on while one sleeps.
			await new Promise((resolve) => setImmediate(resolve));
		},
	};
}

/** Stops the clock, so that only sleeping moves it on, and forgets what a test has set. */
export function resetTime(): void {
	jest.restoreAllMocks();
	skippedMilliseconds = 0;
	beforeSleep = () => undefined;
	const begun = Date.now();
	jest.spyOn(Date, 'now').mockImplementation(() => begun + skippedMilliseconds);
}

/** How long has been slept since `resetTime`. */
export function secondsSlept(): number {
	return skippedMilliseconds / 1000;
}

/** Does something, such as pressing Stop, when somebody begins to sleep. */
export function whenSomebodySleeps(work: () => void): void {
	beforeSleep = work;
}
