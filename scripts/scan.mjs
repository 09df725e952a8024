/**
 * n8n's scan of community packages, as its reviewers run it on a published one: over the source and
 * over the tarball. `npx @n8n/scan-community-package` itself asks npm and GitHub for both, and for
 * the provenance, so it has nothing to look at before a release; its scanner is called here.
 *
 *   npm run scan                  the package as this working copy packs it
 *   npm run scan -- a-tarball.tgz another tarball beside this source
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
	analyzePackage,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';

/** Those that the scan looks at in a tarball (`analyzePackageByName`). */
const TARBALL_FILE_PATTERNS = ['**/*.js', 'package.json'];

const [given] = process.argv.slice(2);
const folder = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-scan-'));
try {
	const source = await scan('source', process.cwd(), SOURCE_FILE_PATTERNS);
	const tarball = await scan('tarball', unpack(given ?? pack()), TARBALL_FILE_PATTERNS);
	process.exitCode = source && tarball ? 0 : 1;
} finally {
	rmSync(folder, { recursive: true, force: true });
}

async function scan(name, directory, patterns) {
	const result = await analyzePackage(directory, patterns);
	// Of nothing it says that it passed.
	const passed = result.passed && result.message === undefined;
	console.log(`${passed ? 'passed' : 'FAILED'}: ${name}${passed ? '' : `, ${result.message}`}`);
	if (result.details) console.log(result.details);
	return passed;
}

function pack() {
	const answer = execFileSync(
		'npm',
		['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder],
		{ encoding: 'utf8' },
	);
	return path.join(folder, JSON.parse(answer)[0].filename);
}

function unpack(tarball) {
	const into = path.join(folder, 'package');
	mkdirSync(into);
	execFileSync('tar', ['-xzf', path.resolve(tarball), '-C', into, '--strip-components=1']);
	return into;
}
