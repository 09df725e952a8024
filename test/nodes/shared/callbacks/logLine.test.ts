import type { IWebhookFunctions } from 'n8n-workflow';
import { boundedLogLine, MAX_LINES_PER_MINUTE } from '../../../../nodes/shared/callbacks/logLine';
import { sentence } from '../support/said';

const start = Date.UTC(2030, 0, 1);
beforeEach(() => jest.useFakeTimers({ now: start }));
afterEach(() => jest.useRealTimers());

let triggers = 0;

/** A trigger of its own, and the lines that it has written. */
function trigger() {
	const lines: string[] = [];
	const write = (line: string) => lines.push(line);
	const id = String(++triggers);
	const context = {
		getWorkflow: () => ({ id, name: 'Fulfil' }),
		getNode: () => ({ id: 'node', name: 'Trigger' }),
		logger: { info: write, warn: write, error: write },
	} as unknown as IWebhookFunctions;
	return { lines, say: (message: string) => boundedLogLine(context, 'warn', sentence(message)) };
}

function flood({ say }: ReturnType<typeof trigger>, count: number): void {
	for (let index = 0; index < count; index++) say('refused: forged');
}

it('a flood of one text leaves room for another, which is the one that an operator looks for', () => {
	const flooded = trigger();
	flood(flooded, 1000);
	flooded.say('refused: the secret is wrong');
	expect(flooded.lines.at(-1)).toContain('refused: the secret is wrong');
	expect(flooded.lines.length).toBeLessThanOrEqual(MAX_LINES_PER_MINUTE);
});

it('a flood of invented texts is bounded, too', () => {
	const flooded = trigger();
	for (let index = 0; index < 1000; index++) flooded.say(`refused: currency ${index}`);
	expect(flooded.lines).toHaveLength(MAX_LINES_PER_MINUTE);
});

it('how many were left out is said with the next line, however late it comes', () => {
	const flooded = trigger();
	flood(flooded, 322);
	const written = flooded.lines.length;
	jest.setSystemTime(start + 3 * 60 * 60 * 1000);
	flooded.say('refused: forged');
	expect(flooded.lines).toHaveLength(written + 2);
	expect(flooded.lines[written]).toContain(
		`… and ${322 - written} more callbacks in the minute from 2030-01-01T00:00:00.000Z on, not written one by one (workflow "Fulfil"`,
	);
	expect(flooded.lines[written + 1]).toContain('refused: forged');
});

it('a flood that goes on for an hour leaves a bounded log in which each callback is counted', () => {
	const flooded = trigger();
	for (let second = 0; second < 3600; second++) {
		jest.setSystemTime(start + second * 1000);
		flood(flooded, 20);
	}
	jest.setSystemTime(start + 3_700_000);
	flooded.say('refused: forged');
	const leftOut = flooded.lines.flatMap((line) =>
		[...line.matchAll(/^… and (\d+) more/g)].map(([, count]) => Number(count)),
	);
	const one = flooded.lines.length - leftOut.length;
	expect(one + leftOut.reduce((sum, count) => sum + count, 0)).toBe(3600 * 20 + 1);
	expect(flooded.lines.length).toBeLessThanOrEqual(61 * (MAX_LINES_PER_MINUTE + 1));
});

it('a flood of one trigger costs another no line', () => {
	const [flooded, quiet] = [trigger(), trigger()];
	flood(flooded, 1000);
	quiet.say('refused: forged');
	expect(quiet.lines).toHaveLength(1);
});
