import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import {
	FIELDS_PAGE,
	operationsOf,
	pageOf,
	PLACES,
	placesIn,
	readProvider,
	withFields,
	withTables,
	type ProviderCode,
} from '../scripts/providerTables';
import { testProviders } from './providers';
import { formLabels } from './support/formLabels';
import { filesWithTables, refusalWords, tablesMadeIn } from './support/refusalWords';

const root = path.resolve(__dirname, '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const exists = (file: string) => existsSync(path.join(root, file));
// A provider that is not finished yet is told what it lacks by test/newProvider.test.ts.
const folders = testProviders().map(({ folder }) => folder);

const filesIn = (folder: string, ending: string) =>
	readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith(ending))
		.map((file) => path.posix.join(folder, file.split(path.sep).join('/')));

const pages = [
	...readdirSync(root).filter((file) => file.endsWith('.md')),
	...filesIn('docs', '.md'),
	...filesIn('nodes', 'README.md'),
	...filesIn('test', 'README.md'),
	'sandbox/README.md',
];

let code: Record<string, ProviderCode>;
beforeAll(async () => {
	code = Object.fromEntries(
		await Promise.all(folders.map(async (folder) => [folder, await readProvider(folder)] as const)),
	);
});
const codeOf = (folder: string): ProviderCode => {
	const found = code[folder];
	if (found === undefined) throw new Error(`There is no ${folder}.`);
	return found;
};

describe.each(folders)("%s's page", (folder) => {
	it('has a place for each list', () => {
		expect(placesIn(read(pageOf(folder)))).toEqual(PLACES);
	});

	it('says what the forms say', () => {
		const page = read(pageOf(folder));
		expect(
			withTables(page, codeOf(folder)) === page
				? 'the same'
				: `${pageOf(folder)} is not what the code gives. Run: npm run docs`,
		).toBe('the same');
	});

	it('is linked from the page about its API, and repeats none of its sentences', () => {
		const short = read(`nodes/${folder}/README.md`);
		expect(short).toContain(`../../${pageOf(folder)}`);
		const sentences = (text: string) =>
			text
				.replace(/<!-- generated[\s\S]*?end of generated -->/g, '')
				.split(/\n|(?<=[.:;]) /)
				.map((each) => each.replace(/^[\s|*-]+|[\s|*.]+$/g, ''))
				.filter((each) => each.length > 50);
		const known = new Set(sentences(short));
		expect(sentences(read(pageOf(folder))).filter((each) => known.has(each))).toEqual([]);
	});
});

describe('docs/fields.md', () => {
	it('says what each output field of every provider is', () => {
		const page = read(FIELDS_PAGE);
		expect(
			withFields(page, folders.map(codeOf)) === page
				? 'the same'
				: `${FIELDS_PAGE} is not what the code gives. Run: npm run docs`,
		).toBe('the same');
	});
});

describe('the Chinese pages', () => {
	const translated = folders.flatMap((folder) =>
		['zh-Hans', 'zh-Hant'].map(
			(language) => [folder, `docs/${language}/${folder.toLowerCase()}.md`] as const,
		),
	);

	it.each(translated)(
		'of %s, %s, name every field of the credential and every operation',
		(folder, page) => {
			const { node, credential } = codeOf(folder);
			const names = [
				...credential.properties
					.filter(({ type }) => type !== 'notice')
					.map(({ displayName }) => displayName),
				...operationsOf(node).map(({ title }) => title),
			];
			const text = read(page);
			expect(names.filter((name) => !text.includes(`*${name}*`))).toEqual([]);
		},
	);
});

describe('links', () => {
	/** As GitHub makes them. */
	const anchorsOf = (page: string) =>
		[...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
			title
				.toLowerCase()
				.replace(/`/g, '')
				.replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
				.trim()
				.replace(/\s/g, '-'),
		);

	it.each(pages)('of %s lead somewhere', (page) => {
		const text = read(page).replace(/```[\s\S]*?```|`[^`\n]*`/g, '');
		const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
			.map(([, target = '']) => target)
			.filter((target) => !/^https?:/.test(target));
		const broken = targets.filter((target) => {
			const [file = '', anchor] = target.split('#');
			const there =
				file === '' ? page : path.posix.join(path.posix.dirname(page), decodeURIComponent(file));
			return (
				!exists(there) ||
				(anchor !== undefined && !anchorsOf(read(there)).includes(decodeURIComponent(anchor)))
			);
		});
		expect(broken).toEqual([]);
	});
});

describe('pictures', () => {
	it.each(filesIn('docs/images', '.png'))('%s is small, and shown in README', (file) => {
		expect(statSync(path.join(root, file)).size).toBeLessThan(150_000);
		expect(read('README.md')).toContain(`](${file})`);
	});

	it.each(filesIn('docs/images', '.gif'))('%s loads fast, and is shown in README', (file) => {
		expect(statSync(path.join(root, file)).size).toBeLessThan(1_000_000);
		expect(read('README.md')).toContain(`](${file})`);
	});
});

describe('what is written in italics', () => {
	/** What n8n itself shows (2.41.1). */
	const ofN8n = [
		...[
			'Create credential',
			'New credential',
			'Save',
			'Retry',
			'Connection tested successfully',
			'Webhook URLs',
			'Production URL',
			'Test URL',
			'Raw Body',
			'Settings',
			'Community nodes',
			'Install',
			'Execute step',
			'Expression',
			'Executions',
			'Import',
			'From file',
		],
		...[
			'On Error',
			'Retry On Fail',
			'Always Output Data',
			'Timeout Workflow',
			'Wait For Sub-Workflow Completion',
			'Respond to Webhook',
			'Send and Wait',
			'Save successful production executions',
		],
	];
	const ours = [
		...pages.filter((page) => /^docs\/(providers|zh-)/.test(page)),
		'docs/moving-between-providers.md',
		'docs/troubleshooting.md',
		'docs/security.md',
	].filter(exists);

	it.each(ours)('in %s stands so in a form', (page) => {
		const known = new Set([
			...ofN8n,
			...folders.flatMap((folder) => formLabels(codeOf(folder))),
			// Among the settings of test/unknowns.test.ts: no form, the node itself.
			'automatic',
		]);
		const text = read(page).replace(/```[\s\S]*?```|`[^`\n]*`|\*\*/g, '');
		const labels = [...text.matchAll(/\*([^*\n]+)\*/g)].flatMap(([, label = '']) =>
			label.split(' → '),
		);
		expect([...new Set(labels)].filter((label) => !known.has(label))).toEqual([]);
	});
});

describe('the words of refusals and log lines', () => {
	const plain = (page: string) => read(page).replaceAll('`', '');
	const files = filesWithTables().map((file) => [file, refusalWords(file)] as const);

	it('are found', () => {
		expect(files.flatMap(([, words]) => words).length).toBeGreaterThan(200);
	});

	it.each(files)('of %s are in tables that can be found', (file) => {
		const tables = tablesMadeIn(file);
		expect(tables).toEqual(['REFUSALS', 'SENTENCES'].filter((name) => tables.includes(name)));
	});

	it.each(files)('of %s stand in docs/log.md or on a page of the provider', (file, words) => {
		const folder = folders.find((each) => file.startsWith(`nodes/${each}/`));
		const text = [
			plain('docs/log.md'),
			...(folder === undefined
				? [plain('docs/wait-for-payment.md')]
				: [plain(pageOf(folder)), plain(`nodes/${folder}/README.md`)]),
		].join('\n');
		expect(words.filter((word) => !text.includes(word))).toEqual([]);
	});
});
