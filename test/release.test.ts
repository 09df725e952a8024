import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { linkHome } from '../scripts/finishBuild.cjs';

const script = path.join(__dirname, '..', 'scripts', 'release.mjs');
const workflow = (name: string) =>
	readFileSync(path.join(__dirname, '..', '.github', 'workflows', name), 'utf8');

interface Job {
	if?: string;
	needs?: string[];
	permissions?: Record<string, string>;
	environment?: string;
	'continue-on-error'?: boolean;
	strategy?: object;
	steps: { run?: string; uses?: string; shell?: string; with?: Record<string, unknown> }[];
}

const parsed = (name: string) =>
	parse(workflow(name)) as {
		on: object;
		permissions: Record<string, string>;
		jobs: Record<string, Job>;
	};

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-release-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const real = {
	name: 'a-package',
	version: '1.2.3',
	author: 'A. Maintainer',
	homepage: 'https://a-package.test',
	repository: { type: 'git', url: 'git+https://github.com/a/a-package.git' },
	files: ['dist'],
};

const readme =
	'# A package\n\n[Docs](docs/more.md#part), [home](https://a-package.test), [below](#below)\n\n![What it looks like](docs/picture.png)\n';

/** What the script says of a package with these facts and files. */
function release(
	tag: string | undefined,
	packageJson: object = real,
	changelog = '# Changelog\n\n## 1.2.3\n',
	files: Record<string, string> = {},
): { status: number | null; bill: string; problems: string } {
	writeFileSync(path.join(folder, 'package.json'), JSON.stringify(packageJson));
	writeFileSync(path.join(folder, 'CHANGELOG.md'), changelog);
	writeFileSync(path.join(folder, 'secrets.txt'), 'not for npm');
	const beside = { 'README.md': readme, 'docs/more.md': '', 'docs/picture.png': '', ...files };
	for (const [name, text] of Object.entries(beside)) {
		mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
		writeFileSync(path.join(folder, name), text);
	}
	const { status, stdout, stderr } = spawnSync(
		process.execPath,
		[script, ...(tag === undefined ? [] : [tag])],
		{ cwd: folder, encoding: 'utf8' },
	);
	return { status, bill: stdout, problems: stderr };
}

describe('scripts/release.mjs', () => {
	it('names every file of the tarball and its size', () => {
		const { status, bill } = release(undefined);
		expect({ status, files: bill.split('\n').filter((line) => line.startsWith('- ')) }).toEqual({
			status: 0,
			files: [
				expect.stringMatching(/^- README\.md \(\d+\)$/),
				expect.stringMatching(/^- package\.json \(\d+\)$/),
			],
		});
		expect(bill).toMatch(/\| all \| 2 \| \d+ \|/);
	});

	it('lets a release through', () => {
		expect(release('v1.2.3')).toMatchObject({ status: 0, problems: '' });
	});

	it.each([
		['a tag of another version', 'v1.2.4', real, undefined, 'the tag must be v1.2.3'],
		[
			'a changelog without this version',
			'v1.2.3',
			real,
			'# Changelog\n\n## 1.2.2\n',
			'no heading "## 1.2.3"',
		],
		[
			'a version that the changelog still calls unreleased',
			'v1.2.3',
			real,
			'# Changelog\n\n## 1.2.3, unreleased\n',
			'take ", unreleased" out of it',
		],
		[
			'a repository that nobody has entered',
			'v1.2.3',
			{ ...real, repository: { type: 'git', url: 'https://a-package.example/a.git' } },
			undefined,
			'the neutral repository',
		],
	])('refuses %s', (_what, tag, packageJson, changelog, words) => {
		const { status, problems } = release(tag, packageJson, changelog);
		expect(status).toBe(1);
		expect(problems).toContain(words);
	});

	it.each([
		['a relative link without a file behind it', '[Docs](docs/gone.md)', 'no file "docs/gone.md"'],
		['a picture that is not there', '![It](docs/gone.png)', 'no file "docs/gone.png"'],
		['a picture in HTML that is not there', '<p><img src="gone.png"></p>', 'no file "gone.png"'],
		['a picture that is a folder', '![It](docs)', 'no file "docs"'],
		['a link that leaves the repository', '[Up](../other.md)', 'below this folder'],
		['a link from the root', '[Docs](/docs/more.md)', 'below this folder'],
		['a picture over http', '![It](http://a-package.test/a.png)', 'write https'],
		['a picture that npm takes out', '![It](data:image/png;base64,AAAA)', 'takes out the picture'],
		['a link to a placeholder', '[Home](https://a-package.example/x)', 'leads to a placeholder'],
	])('refuses a README with %s', (_what, text, words) => {
		const { status, problems } = release('v1.2.3', real, undefined, { 'README.md': text });
		expect(status).toBe(1);
		expect(problems).toContain(`README.md: `);
		expect(problems).toContain(words);
	});

	it('lets addresses through that a README shows and does not link to', () => {
		const text = 'Such as `https://n8n.example/webhook`:\n\n```\n[x](gone.md)\n```\n';
		expect(release('v1.2.3', real, undefined, { 'README.md': text })).toMatchObject({
			problems: '',
		});
	});

	it('refuses relative links where npm does not know the files of the repository', () => {
		const elsewhere = { ...real, repository: { type: 'git', url: 'https://a-package.test/a.git' } };
		const { status, problems } = release('v1.2.3', elsewhere);
		expect(status).toBe(1);
		expect(problems).toContain(
			'2 relative links and pictures, such as "docs/more.md#part", are dead',
		);
	});

	it('refuses a build that still leads to the neutral home', () => {
		const { status, problems } = release('v1.2.3', real, undefined, {
			'dist/a.node.js': "documentationUrl: 'https://hosted-checkout-nodes.example/docs/a.md'",
		});
		expect(status).toBe(1);
		expect(problems).toContain('dist/a.node.js still holds the neutral');
	});
});

describe('the build', () => {
	it.each([
		['https://github.com/a/b', 'https://github.com/a/b/blob/v1.2.3'],
		['https://github.com/a/b#readme', 'https://github.com/a/b/blob/v1.2.3'],
		['https://docs.a-package.test/', 'https://docs.a-package.test'],
	])('with the homepage %s leads to the pages there', (homepage, home) => {
		const page = "'https://hosted-checkout-nodes.example/docs/a.md#part'";
		mkdirSync(path.join(folder, 'nodes'));
		for (const name of ['nodes/a.js', 'nodes/a.node.json'])
			writeFileSync(path.join(folder, name), page);
		linkHome(folder, { homepage, version: '1.2.3' });
		for (const name of ['nodes/a.js', 'nodes/a.node.json'])
			expect(readFileSync(path.join(folder, name), 'utf8')).toBe(`'${home}/docs/a.md#part'`);
	});
});

describe('.github/workflows', () => {
	const { jobs: publishing, ...publishYml } = parsed('publish.yml');
	const { jobs: checking } = parsed('check.yml');
	const commands = (job: Job | undefined) => job?.steps.flatMap(({ run = [] }) => run);
	const actions = (job: Job | undefined) =>
		job?.steps.flatMap(({ uses = [] }) => uses).map((action) => action.replace(/@.*/, ''));

	it.each(['check.yml', 'nightly.yml', 'publish.yml'])(
		'%s uses actions by their commit, so that nobody can change them behind it',
		(name) => {
			const uses = [...workflow(name).matchAll(/uses: (\S+)/g)].map(([, action = '']) => action);
			expect(uses.length).toBeGreaterThan(0);
			expect(uses.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
		},
	);

	it('publish.yml checks, builds and packs in a job that cannot publish', () => {
		expect(publishYml.permissions).toEqual({ contents: 'read' });
		expect(publishing.build?.permissions).toBeUndefined();
		expect(publishing.build?.environment).toBeUndefined();
		expect(commands(publishing.build)).toEqual([
			'npm ci --ignore-scripts',
			'npm run lint -- --no-cache',
			'npm test',
			'node scripts/release.mjs "$GITHUB_REF_NAME" | tee -a "$GITHUB_STEP_SUMMARY"',
			'npm pack --ignore-scripts',
		]);
		// A pipe hides the first command's failure unless bash is named: GitHub then adds pipefail.
		expect(publishing.build?.steps.find(({ run }) => run?.includes(' | '))?.shell).toBe('bash');
		expect(publishing.build?.steps.at(-1)).toMatchObject({
			uses: expect.stringContaining('actions/upload-artifact@') as string,
			with: { name: 'tarball', path: '*.tgz', 'if-no-files-found': 'error' },
		});
	});

	// A dev dependency that runs beside the identity could publish what it likes under this package's
	// name.
	it('publish.yml gives the identity to a job that runs nothing but the publishing of that tarball', () => {
		const trusted = Object.entries(publishing).filter(
			([, job]) => job.permissions?.['id-token'] !== undefined,
		);
		expect(trusted.map(([name]) => name)).toEqual(['publish']);
		const { publish } = publishing;
		expect(publish?.permissions).toEqual({ 'id-token': 'write' });
		expect([publish?.needs, publish?.environment]).toEqual([['build'], 'npm']);
		expect(actions(publish)).toEqual(['actions/setup-node', 'actions/download-artifact']);
		expect(publish?.steps.find(({ uses }) => uses?.includes('download'))?.with).toEqual({
			name: 'tarball',
		});
		expect(commands(publish)).toEqual([
			'npm publish ./*.tgz --provenance --access public --ignore-scripts',
		]);
	});

	it('publish.yml publishes from tags only, and without a token', () => {
		expect(publishYml.on).toEqual({ push: { tags: ['v*'] } });
		expect(workflow('publish.yml')).not.toMatch(/secrets\.|NODE_AUTH_TOKEN|NPM_TOKEN/);
	});

	it('check.yml answers with lint and unit tests before it begins what takes long, on Node 20 and 24', () => {
		const { quick, full } = checking;
		expect(quick?.needs).toBeUndefined();
		expect(commands(quick)).toEqual(['npm run --silent lint -- --no-cache', 'npm test --silent']);
		expect(full?.needs).toEqual(['quick']);
		expect(commands(full)).toEqual(['.ci/run']);
		for (const job of [quick, full])
			expect(job?.strategy).toMatchObject({ matrix: { node: [20, 24] } });
	});

	it('check.yml has one job to require, which fails unless every other one succeeded', () => {
		const others = Object.keys(checking).filter((name) => name !== 'all');
		const results = others.map((name) => `\${{ needs.${name}.result }}`).join(' ');
		expect(checking.all).toMatchObject({ if: 'always()', needs: others });
		expect(commands(checking.all)).toEqual([
			`test "${results}" = "${others.map(() => 'success').join(' ')}"`,
		]);
	});

	it('nightly.yml runs what is too long for each change, and only the newest n8n may fail', () => {
		const { jobs } = parsed('nightly.yml');
		const long = (jobs.long?.strategy as { matrix: { include: { command: string }[] } }).matrix;
		const { scripts } = JSON.parse(
			readFileSync(path.join(__dirname, '..', 'package.json'), 'utf8'),
		) as { scripts: Record<string, string> };
		const run = long.include.flatMap(({ command }) =>
			[...command.matchAll(/npm run (?:--silent )?(\S+)/g)].map(([, name = '']) => name),
		);
		expect(run.filter((name) => !(name in scripts))).toEqual([]);
		expect(long.include.map(({ command }) => command)).toEqual(
			expect.arrayContaining([
				expect.stringContaining('test:fuzz'),
				expect.stringContaining('test:crash'),
				expect.stringContaining('throughScreen'),
				expect.stringContaining('fresh.sh'),
			]),
		);
		expect(
			Object.entries(jobs)
				.filter(([, job]) => job['continue-on-error'])
				.map(([name]) => name),
		).toEqual(['latest']);
	});

	// A copy from before once kept a set-up green that failed on every fresh machine.
	it.each(['check.yml', 'nightly.yml', 'publish.yml'])(
		'%s keeps nothing from an earlier run',
		(name) => {
			expect(workflow(name)).not.toMatch(/actions\/cache|cache:/);
		},
	);
});
