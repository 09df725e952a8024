import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import axios from 'axios';
import { cacheFolder } from '../n8n/bring';
import { freePorts, startProcess } from '../n8n/supervisedProcess';

/**
 * A community package is taken by n8n from a registry of one's own only under a scope (any other
 * name needs a licence).
 */
export const scope = '@hosted-checkout-test';

export interface Registry {
	/** For npm's setting `userconfig`: packages of the scope come from here. */
	npmrc: string;
	/** Publishes a copy of the tarball under the scope; gives its name. */
	publish(tarball: string): string;
	close(): Promise<void>;
}

/**
 * An npm registry on this machine (verdaccio, brought into the cache folder once) that asks no
 * other.
 */
export async function startRegistry(say: (line: string) => void): Promise<Registry> {
	const program = bringVerdaccio(say);
	const folder = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-registry-'));
	const [port = 0] = await freePorts(1);
	const url = `http://127.0.0.1:${port}/`;
	const config = path.join(folder, 'config.yaml');
	const everybody = { access: '$all', publish: '$all' };
	// JSON is YAML.
	writeFileSync(
		config,
		JSON.stringify({
			storage: path.join(folder, 'storage'),
			packages: { '**': everybody },
			log: { type: 'stdout', format: 'json', level: 'warn' },
			web: { enable: false },
		}),
	);
	const npmrc = path.join(folder, 'npmrc');
	// npm publishes with a token only; the registry does not look at it.
	writeFileSync(npmrc, `${scope}:registry=${url}\n//127.0.0.1:${port}/:_authToken=nobody\n`);
	const server = startProcess({
		node: process.execPath,
		args: [program, '--config', config, '--listen', `127.0.0.1:${port}`],
		environment: process.env,
		logFile: path.join(folder, 'log'),
	});
	const deadline = Date.now() + 60_000;
	while (
		!(await axios.get(`${url}-/ping`, { proxy: false, timeout: 2000 }).then(
			() => true,
			() => false,
		))
	) {
		if (server.ended() !== undefined || Date.now() > deadline)
			throw new Error(
				`The registry did not start (${server.ended() ?? 'no answer within a minute'}).\n${readFileSync(path.join(folder, 'log'), 'utf8')}`,
			);
		await wait(200);
	}
	return {
		npmrc,
		publish(tarball) {
			const copy = path.join(folder, 'copy');
			mkdirSync(copy);
			run('tar', ['-xzf', tarball, '-C', copy], folder);
			const descriptionFile = path.join(copy, 'package', 'package.json');
			const description = JSON.parse(readFileSync(descriptionFile, 'utf8')) as { name: string };
			const name = `${scope}/${description.name}`;
			writeFileSync(descriptionFile, JSON.stringify({ ...description, name }));
			run(
				'npm',
				[
					'publish',
					'--ignore-scripts',
					'--access=public',
					`--userconfig=${npmrc}`,
					'--loglevel=error',
				],
				path.join(copy, 'package'),
			);
			return name;
		},
		async close() {
			await server.stop();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

function bringVerdaccio(say: (line: string) => void): string {
	const version = '6.8.0';
	const folder = path.join(path.dirname(cacheFolder()), `verdaccio-${version}`);
	const program = path.join(folder, 'node_modules', 'verdaccio', 'bin', 'verdaccio');
	const stamp = path.join(folder, '.whole');
	if (existsSync(stamp)) return program;
	say('Bringing verdaccio, an npm registry (about a minute, once per machine)');
	// What an interrupted installation left.
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	// What it asks for as node-fetch is an alias that not every mirror has.
	writeFileSync(
		path.join(folder, 'package.json'),
		JSON.stringify({
			name: 'registry-for-tests',
			private: true,
			dependencies: { verdaccio: version },
			overrides: { 'node-fetch': '2.7.0' },
		}),
	);
	run(
		'npm',
		['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
		folder,
	);
	writeFileSync(stamp, '');
	return program;
}

function run(program: string, args: string[], cwd: string): void {
	const done = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: 300_000 });
	if (done.status !== 0)
		throw new Error(
			`"${program} ${args[0] ?? ''}" did not succeed: ${done.error?.message ?? done.stderr.trim()}`,
		);
}
