import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const script = path.join(__dirname, '..', 'scripts', 'release.mjs');
const workflow = (name: string) =>
	readFileSync(path.join(__dirname, '..', '.github', 'workflows', name), 'utf8');

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-release-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const real = {
	name: 'a-package',
	version: '1.2.3',
	author: 'A. Maintainer',
	homepage: 'https://a-package.test',
	repository: { type: 'git', url: 'git+https://a-package.test/a.git' },
	files: ['dist'],
};

/** What the script says of a package with these facts. */
function release(
	tag: string | undefined,
	packageJson: object = real,
	changelog = '# Changelog\n\n## 1.2.3\n',
): { status: number | null; bill: string; problems: string } {
	writeFileSync(path.join(folder, 'package.json'), JSON.stringify(packageJson));
	writeFileSync(path.join(folder, 'CHANGELOG.md'), changelog);
	writeFileSync(path.join(folder, 'secrets.txt'), 'not for npm');
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
			files: [expect.stringMatching(/^- package\.json \(\d+\)$/)],
		});
		expect(bill).toMatch(/\| all \| 1 \| \d+ \|/);
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
			'# Changelog\n\n## Unreleased\n',
			'no part "## 1.2.3"',
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
});

describe('.github/workflows', () => {
	it.each(['check.yml', 'publish.yml'])(
		'%s uses actions by their commit, so that nobody can change them behind it',
		(name) => {
			const uses = [...workflow(name).matchAll(/uses: (\S+)/g)].map(([, action = '']) => action);
			expect(uses.length).toBeGreaterThan(0);
			expect(uses.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
		},
	);

	it('publish.yml publishes with provenance, without a token, only from tags and only what was checked', () => {
		const text = workflow('publish.yml');
		const commands = [...text.matchAll(/^ {6}- run: (.+)$/gm)].map(([, command = '']) => command);
		expect(commands).toEqual([
			'npm ci --ignore-scripts',
			'npm run lint',
			'npm test',
			'node scripts/release.mjs "$GITHUB_REF_NAME" | tee -a "$GITHUB_STEP_SUMMARY"',
			'npm publish --provenance --access public --ignore-scripts',
		]);
		expect(text).toContain('id-token: write');
		expect(text).toContain("tags: ['v*']");
		expect(text).not.toMatch(/secrets\.|NODE_AUTH_TOKEN|NPM_TOKEN/);
		// A pipe hides the first command's failure unless bash is named: GitHub then adds pipefail.
		expect(text).toContain('shell: bash');
	});
});
