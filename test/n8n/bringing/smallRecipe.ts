import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runQuietly } from '../../../scripts/longStep.cjs';
import { pack, type Published } from '../../support/npmRegistry';

/** The Node 24 that the project brings for itself. */
export const node24 = path.join(__dirname, '..', '..', '..', 'node_modules', 'node', 'bin', 'node');

const startAndAnswer = `
if (process.argv.includes('--version')) {
	console.log(require('../package.json').version);
} else {
	require('./start.js');
}`;

const answerReadiness = `
require('node:http')
	.createServer((request, response) => response.writeHead(request.url === '/healthz/readiness' ? 200 : 404).end())
	.listen(Number(process.env.N8N_PORT), '127.0.0.1');`;

const cannotStart = `
console.error('There is a fault in this n8n');
process.exit(1);`;

const database = `
require('./built.js');
exports.Database = class {};`;

const builds = { install: `node -e "require('fs').writeFileSync('built.js', '')"` };
const cannotBuild = { install: 'echo no compiler here >&2; exit 1' };

/**
 * An n8n of a few kilobytes that works as far as is looked at: it says its version, loads its
 * native parts and starts.
 */
export const packages = {
	n8n: n8n(answerReadiness),
	faultyN8n: n8n(cannotStart),
	node: pack(
		{ name: 'node', version: '24.21.0', bin: { node: 'bin/node' } },
		{ 'bin/node': `#!/bin/sh\nexec "${node24}" "$@"\n` },
	),
	isolatedVm: pack({ name: 'isolated-vm', version: '1.0.0' }, { 'index.js': '' }),
	sqlite3: pack({ name: 'sqlite3', version: '1.0.0', scripts: builds }, { 'index.js': database }),
	unbuildableSqlite3: pack(
		{ name: 'sqlite3', version: '1.0.0', scripts: cannotBuild },
		{ 'index.js': database },
	),
	helper: pack({ name: 'helper', version: '1.0.0' }),
	newerHelper: pack({ name: 'helper', version: '1.0.1' }),
	nextHelper: pack({ name: 'helper', version: '2.0.0' }),
	optionalHere: pack({
		name: 'optional-here',
		version: '1.0.0',
		os: [process.platform],
		cpu: [process.arch],
	}),
	optionalElsewhere: pack({ name: 'optional-elsewhere', version: '1.0.0', os: ['aix'] }),
};

function n8n(start: string): Published {
	return pack(
		{
			name: 'n8n',
			version: '1.0.0',
			bin: { n8n: 'bin/n8n' },
			dependencies: { helper: '^1.0.0', 'isolated-vm': '^1.0.0', sqlite3: '^1.0.0' },
			optionalDependencies: { 'optional-here': '^1.0.0', 'optional-elsewhere': '^1.0.0' },
		},
		{ 'bin/n8n': startAndAnswer, 'bin/start.js': start },
	);
}

/** What the registry had when the lock file was made. */
export const published: Published[] = [
	packages.n8n,
	packages.node,
	packages.isolatedVm,
	packages.sqlite3,
	packages.helper,
	packages.optionalHere,
	packages.optionalElsewhere,
];

/** What a machine has before: npm asks this registry and no other, and its cache is empty. */
export function emptyMachine(folder: string, registry: string): NodeJS.ProcessEnv {
	const bin = path.join(folder, 'bin');
	mkdirSync(bin, { recursive: true });
	// What this process has from npm of settings would count more than what is set here.
	const inherited = Object.fromEntries(
		Object.entries(process.env).filter(
			([name]) => !/^(npm_|JEST_|CXX$|MAKE$|PYTHON$)|proxy/i.test(name),
		),
	);
	return {
		...inherited,
		HOME: folder,
		TMPDIR: folder,
		PATH: [bin, inherited.PATH].join(path.delimiter),
		NO_PROXY: '127.0.0.1',
		npm_config_registry: registry,
		npm_config_cache: path.join(folder, 'npm'),
		npm_config_fetch_retries: '0',
		npm_config_audit: 'false',
		npm_config_fund: 'false',
		npm_config_update_notifier: 'false',
	};
}

/** A program that comes before the machine's own. */
export function placeProgram(folder: string, name: string, script: string): void {
	const file = path.join(folder, 'bin', name);
	writeFileSync(file, `#!/bin/sh\n${script}\n`);
	chmodSync(file, 0o755);
}

/** Writes package.json and the lock file that npm makes of it. */
export async function writeRecipe(folder: string, environment: NodeJS.ProcessEnv): Promise<void> {
	mkdirSync(folder, { recursive: true });
	writeFileSync(
		path.join(folder, 'package.json'),
		JSON.stringify({
			name: 'n8n-for-tests',
			private: true,
			version: '0.0.0',
			dependencies: { n8n: '1.0.0', node: '24.21.0' },
		}),
	);
	const made = await runQuietly({
		program: 'npm',
		args: ['install', '--package-lock-only', '--omit-lockfile-registry-resolved'],
		cwd: folder,
		environment,
	});
	if (made.code !== 0) throw new Error(`npm made no lock file: ${made.output}`);
}
