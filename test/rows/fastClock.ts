type N8nWorkflow = typeof import('n8n-workflow');

/**
 * How many times as fast as it is. More would leave a row on a busy machine no time to be sent
 * again within its two minutes.
 */
const TIMES = 10;

const real = { Date: globalThis.Date, setTimeout: globalThis.setTimeout };

/**
 * Makes the time of a test file pass faster: what the clock says, and n8n's `sleep`. Connections
 * and their time-outs stay as slow as they are.
 *
 *   jest.mock('n8n-workflow', () => jest.requireActual<typeof import('./fastClock')>('./fastClock').n8nWorkflowOnFastClock());
 *   beforeAll(startFastClock);
 *   afterAll(stopFastClock);
 */
export function n8nWorkflowOnFastClock(): N8nWorkflow {
	const sleep = async (milliseconds: number) =>
		await new Promise<void>((resolve) => void real.setTimeout(resolve, milliseconds / TIMES));
	return { ...jest.requireActual<N8nWorkflow>('n8n-workflow'), sleep };
}

export function startFastClock(): void {
	const begun = real.Date.now();
	const startOfClock = performance.now();
	const now = () => begun + Math.floor((performance.now() - startOfClock) * TIMES);
	globalThis.Date = class extends real.Date {
		constructor(...given: [] | [number]) {
			super(...((given.length === 0 ? [now()] : given) as [number]));
		}
		static override now = now;
	} as DateConstructor;
}

export function stopFastClock(): void {
	globalThis.Date = real.Date;
}
