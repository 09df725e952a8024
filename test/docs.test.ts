import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loggedSentences } from './support/refusalWords';

const root = path.join(__dirname, '..');
const page = readFileSync(path.join(root, 'docs', 'callbacks.md'), 'utf8');

describe('docs/callbacks.md', () => {
	const promises = [...page.matchAll(/^\| (.+) \| `(test\/[^`]+)` › (.+) \|$/gm)].map(
		([, promise = '', file = '', title = '']) => ({ promise, file, title }),
	);

	test('names a test for each promise', () => {
		expect(promises.length).toBeGreaterThan(30);
	});

	test.each(promises)('$promise: the test is there', ({ file, title }) => {
		expect(
			existsSync(path.join(root, file)) &&
				readFileSync(path.join(root, file), 'utf8').includes(title),
		).toBe(true);
	});

	test.each(
		[...page.matchAll(/`((?:examples|test)\/[\w./-]+\.\w+)`/g)].map(([, file = '']) => file),
	)('%s is there', (file) => {
		expect(existsSync(path.join(root, file))).toBe(true);
	});

	const logLines = (page.split('## What the log says')[1]?.split('\n## ')[0] ?? '')
		.split('\n')
		.filter((line) => line.startsWith('| '));
	const phrases = logLines.flatMap((line) =>
		[...(line.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, phrase = '']) => phrase),
	);
	const sources = readdirSync(path.join(root, 'nodes'), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.ts'))
		.map((file) => readFileSync(path.join(root, 'nodes', file), 'utf8'))
		.join('\n');

	const sentences = loggedSentences();

	test('explains the log lines', () => {
		expect(phrases.length).toBeGreaterThan(20);
	});

	test.each(phrases)('the triggers do write "%s"', (phrase) => {
		expect(
			sources.includes(phrase) || sentences.some((sentence) => sentence.includes(phrase)),
		).toBe(true);
	});
});
