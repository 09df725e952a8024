import { Steps } from '../../../sandbox/demo/steps';

let written: string;
let clock: number;
const steps = () => new Steps({ write: (text: string) => void (written += text) }, () => clock);

beforeEach(() => {
	written = '';
	clock = 0;
});

test('each step has one line with the seconds that it took', () => {
	const { say } = steps();
	say('Starting the sandbox');
	clock = 1_240;
	say('Starting n8n');
	expect(written).toBe('• Starting the sandbox 1.2 s\n• Starting n8n');
});

test('progress stands below its step, and the seconds are those of the step', () => {
	const all = steps();
	all.say('Starting n8n');
	clock = 10_000;
	all.say('  still starting');
	clock = 12_000;
	all.end();
	expect(written).toBe('• Starting n8n\n    still starting\n  12.0 s\n');
});

test('a step that has ended is not ended again', () => {
	const all = steps();
	all.say('Starting n8n');
	all.end();
	all.end();
	expect(written).toBe('• Starting n8n 0.0 s\n');
});
