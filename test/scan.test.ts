import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const script = path.join(__dirname, '..', 'scripts', 'scan.mjs');

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-scan-test-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const packageJson = {
	name: 'n8n-nodes-fixture',
	version: '1.0.0',
	description: 'A package that is right',
	license: 'MIT',
	author: { name: 'A. Maintainer', email: 'a@package.test' },
	keywords: ['n8n-community-node-package'],
	peerDependencies: { 'n8n-workflow': '*' },
	n8n: { n8nNodesApiVersion: 1, nodes: ['dist/nodes/A/A.node.js'] },
	files: ['dist'],
};

/** What the scan says of a package with these files. */
function scan(files: Record<string, string>): { status: number | null; said: string } {
	const all = {
		'package.json': JSON.stringify(packageJson),
		'nodes/A/a.ts': 'export const a = 1;\n',
		'dist/nodes/A/a.js': '"use strict";\nexports.a = 1;\n',
		...files,
	};
	for (const [name, text] of Object.entries(all)) {
		mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
		writeFileSync(path.join(folder, name), text);
	}
	const { status, stdout } = spawnSync(process.execPath, [script], {
		cwd: folder,
		encoding: 'utf8',
	});
	return { status, said: stdout };
}

it('lets a package through of which source and tarball are right', () => {
	expect(scan({})).toEqual({ status: 0, said: 'passed: source\npassed: tarball\n' });
});

it('fails on what only the source does', () => {
	const { status, said } = scan({ 'nodes/A/a.ts': "console.log('a');\n" });
	expect(said).toMatch(/^FAILED: source, .*no-console.*passed: tarball\n$/s);
	expect(status).toBe(1);
});

it('fails on what only the tarball does, as a build can put anything into it', () => {
	const { status, said } = scan({ 'dist/nodes/A/a.js': "require('fs').readFileSync('a');\n" });
	expect(said).toMatch(/^passed: source\nFAILED: tarball, .*no-restricted-imports/s);
	expect(status).toBe(1);
});

it('is part of what CI runs', () => {
	const ciRun = readFileSync(path.join(__dirname, '..', '.ci', 'run'), 'utf8');
	expect(ciRun).toMatch(/^part build .*\npart scan \d+ npm run --silent scan$/m);
});
