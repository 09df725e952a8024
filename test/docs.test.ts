import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loggedSentences } from './support/refusalWords';

const root = path.join(__dirname, '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

describe('test/README.md', () => {
	const page = read('test/README.md');
	const promises = [...page.matchAll(/^\| (.+) \| `(test\/[^`]+)` › (.+) \|$/gm)].map(
		([, promise = '', file = '', title = '']) => ({ promise, file, title }),
	);

	test('names a test for each promise', () => {
		expect(promises.length).toBeGreaterThan(30);
	});

	test.each(promises)('$promise: the test is there', ({ file, title }) => {
		expect(existsSync(path.join(root, file)) && read(file).includes(title)).toBe(true);
	});

	test.each([
		...new Set(
			[...page.matchAll(/`((?:examples|test)\/[\w./-]+\.\w+)`/g)].map(([, file = '']) => file),
		),
	])('%s is there', (file) => {
		expect(existsSync(path.join(root, file))).toBe(true);
	});
});

describe('docs/log.md', () => {
	const logLines = read('docs/log.md')
		.split('\n## n8n')[0]
		?.split('\n')
		.filter((line) => line.startsWith('| '));
	const phrases = (logLines ?? []).flatMap((line) =>
		[...(line.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, phrase = '']) => phrase),
	);
	const sources = readdirSync(path.join(root, 'nodes'), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.ts'))
		.map((file) => read(path.join('nodes', file)))
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

/** Longer pages were true and complete, and nobody read them. */
describe('what users read', () => {
	const wordsIn = (file: string) => read(file).split(/\s+/).filter(Boolean).length;
	const pages = [
		'README.md',
		...['docs', 'docs/providers'].flatMap((folder) =>
			readdirSync(path.join(root, folder))
				.filter((file) => file.endsWith('.md'))
				.map((file) => `${folder}/${file}`),
		),
	];

	test('README has less than 900 words', () => {
		expect(wordsIn('README.md')).toBeLessThan(900);
	});

	test('all English pages together have less than 20,000 words', () => {
		expect(pages.map(wordsIn).reduce((sum, words) => sum + words, 0)).toBeLessThan(20_000);
	});
});
