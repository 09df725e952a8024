import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { copyFile, cp, mkdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { watch } from 'chokidar';
import ts from 'typescript';
import { N8nClient } from '../../test/n8n/client';
import { startN8n, type RunningN8n } from '../../test/n8n/instance';
import { bundlePackages, linkHome } from '../../scripts/finishBuild.cjs';
import { stopEverything } from '../../test/n8n/supervisedProcess';
import { sandboxCredentials } from '../sandbox';
import { startSandboxProcess } from './sandboxProcess';
import { Steps } from './steps';

const root = path.join(__dirname, '..', '..');
const packageName = 'n8n-nodes-hosted-checkout';

/**
 * Where n8n's data stay from one time to the next. Not in the clone: Node would find the clone's
 * own n8n-workflow from there, and n8n's nodes have to use n8n's. Each clone has its own.
 */
const usualFolder = path.join(
	process.env.XDG_DATA_HOME || path.join(homedir(), '.local', 'share'),
	packageName,
	`dev-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`,
);

const usage = `Compiles this working copy into a real n8n at each change and restarts it, with the sandbox beside it.

  npm run dev -- [options]

  --port <number>      n8n's; the sandbox has the next one (default 5690)
  --inspect <number>   the debugger's, which .vscode/launch.json attaches to (default 9229)
  --folder <path>      where n8n's data stay (default ${usualFolder})
  --help               this text`;

const steps = new Steps(process.stderr);
const { say } = steps;
const tell = (line: string) => {
	steps.end();
	console.error(line);
};

interface Settings {
	port: number;
	sandboxPort: number;
	inspectPort: number;
	folder: string;
}

function readSettings(): Settings | undefined {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: '5690' },
			inspect: { type: 'string', default: '9229' },
			folder: { type: 'string', default: usualFolder },
			help: { type: 'boolean' },
		},
	});
	if (values.help) return undefined;
	for (const text of [values.port, values.inspect])
		if (!/^\d{4,5}$/.test(text) || Number(text) > 65_534)
			throw new Error(`"${text}" is no port: a number from 1024 to 65534.`);
	const port = Number(values.port);
	return {
		port,
		sandboxPort: port + 1,
		inspectPort: Number(values.inspect),
		folder: path.resolve(values.folder),
	};
}

async function mustBeFree(port: number, option: string): Promise<void> {
	const server = createServer();
	await new Promise<void>((resolve, reject) =>
		server.once('error', reject).listen(port, '127.0.0.1', resolve),
	).catch(() => {
		throw new Error(
			`Port ${port} is taken, perhaps by another "npm run dev". Stop that, or choose another: npm run dev -- ${option}`,
		);
	});
	await new Promise((resolve) => server.close(resolve));
}

/**
 * The package as n8n finds what its users installed, so that the nodes have the names that users
 * get.
 */
const packageIn = (folder: string) =>
	path.join(folder, '.n8n', 'nodes', 'node_modules', packageName);

/** What is not compiled: package.json, icons, codex files and output schemas. */
async function copyAssets(folder: string): Promise<void> {
	const into = packageIn(folder);
	await copyFile(path.join(root, 'package.json'), path.join(into, 'package.json'));
	await cp(path.join(root, 'icons'), path.join(into, 'dist', 'icons'), { recursive: true });
	await cp(path.join(root, 'nodes'), path.join(into, 'dist', 'nodes'), {
		recursive: true,
		filter: (file) => !/\.(ts|md)$/.test(file),
	});
	await bundlePackages(path.join(into, 'dist'));
	linkHome(path.join(into, 'dist'), packageJson());
}

/** Compiles at each change, with source maps. Nothing is written while there is an error. */
function compileAndWatch(folder: string, onEnd: (errors: number) => void): { close(): void } {
	const format = {
		getCanonicalFileName: (file: string) => file,
		getCurrentDirectory: () => root,
		getNewLine: () => '\n',
	};
	const host = ts.createWatchCompilerHost(
		path.join(root, 'tsconfig.json'),
		{ outDir: path.join(packageIn(folder), 'dist'), sourceMap: true, noEmitOnError: true },
		ts.sys,
		ts.createEmitAndSemanticDiagnosticsBuilderProgram,
		(diagnostic) => tell(ts.formatDiagnosticsWithColorAndContext([diagnostic], format).trimEnd()),
		(_diagnostic, _newLine, _options, errors) => {
			if (errors === undefined) say('Compiling');
			else onEnd(errors);
		},
	);
	return ts.createWatchProgram(host);
}

/** Makes of many wishes at once, or while it is being done, one. */
function oneAtATime(work: () => Promise<void>): () => void {
	let isWanted = false;
	let isWorking = false;
	return () => {
		isWanted = true;
		if (isWorking) return;
		isWorking = true;
		void (async () => {
			while (isWanted) {
				// An editor that saves all files does so one after the other.
				await wait(300);
				isWanted = false;
				await work();
			}
			isWorking = false;
		})();
	};
}

async function makeCredentials(client: N8nClient, folder: string, sandboxUrl: string) {
	const madeFor = path.join(folder, 'credentials-made-for');
	if (existsSync(madeFor) && readFileSync(madeFor, 'utf8') === sandboxUrl) return;
	const there = await client.credentials.list();
	for (const { type, name, data } of sandboxCredentials(sandboxUrl)) {
		const earlier = there.find((credential) => credential.name === name);
		if (earlier) await client.credentials.update(earlier, { ...data });
		else await client.credentials.create({ type, name, data: { ...data } });
	}
	writeFileSync(madeFor, sandboxUrl);
}

const packageJson = () =>
	JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
		homepage: string;
		version: string;
		n8n: { nodes: string[] };
	};

/** Nodes that package.json names and n8n does not offer; it only logs why. */
async function missingNodes(client: N8nClient): Promise<string[]> {
	const offered = (await client.nodeTypes(`${packageName}.`)).map(({ name }) => name.toLowerCase());
	return packageJson()
		.n8n.nodes.map((file) => path.basename(file, '.node.js'))
		.filter((name) => !offered.includes(`${packageName}.${name}`.toLowerCase()));
}

function lastWords(n8n: RunningN8n): string {
	return n8n.log().trim().split('\n').slice(-10).join('\n');
}

/** n8n with the working copy as it is now: started, or stopped and started again. */
class LiveN8n {
	private running: RunningN8n | undefined;

	private isInvited = false;

	constructor(
		private readonly settings: Settings,
		private readonly sandboxUrl: string,
	) {}

	async renew(): Promise<void> {
		const { port, inspectPort, folder } = this.settings;
		if (this.running !== undefined) {
			say('Stopping n8n');
			await this.running.restart();
		} else {
			this.running = await startN8n({
				userFolder: folder,
				port,
				tarball: null,
				nodeArguments: [`--inspect=127.0.0.1:${inspectPort}`, '--enable-source-maps'],
				say,
			});
		}
		const client = new N8nClient(this.running.url);
		await client.signIn(this.running.owner);
		await makeCredentials(client, folder, this.sandboxUrl);
		const missing = await missingNodes(client);
		steps.end();
		if (missing.length > 0)
			tell(
				`n8n did not load ${missing.join(', ')}. The last lines of its log:\n${lastWords(this.running)}`,
			);
		if (this.isInvited) tell(`  It runs with the change: ${this.running.url}`);
		else this.invite(this.running);
	}

	private invite({ url, owner, logFile }: RunningN8n): void {
		this.isInvited = true;
		console.log(`
  n8n       ${url}   e-mail ${owner.email}   password ${owner.password}   log ${logFile}
  Sandbox   ${this.sandboxUrl}   its credentials are in this n8n: "Payfect (sandbox)" and so on
  Debugger  127.0.0.1:${this.settings.inspectPort}   in VS Code: Run and Debug, "Attach to npm run dev"
  Change a file, and n8n restarts with it. Ctrl-C ends all; workflows stay in ${this.settings.folder}
`);
	}
}

async function main(): Promise<void> {
	const settings = readSettings();
	if (settings === undefined) return console.log(usage);
	const { port, sandboxPort, inspectPort, folder } = settings;
	await mustBeFree(port, `--port ${port + 10}`);
	await mustBeFree(sandboxPort, `--port ${port + 10}`);
	await mustBeFree(inspectPort, `--inspect ${inspectPort + 1}`);

	let stopping = false;
	const closers: (() => unknown)[] = [];
	const ended = new Promise<void>((resolve) => {
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
			process.on(signal, () => {
				// A terminal and npm may both pass on the same Ctrl-C.
				if (stopping) return;
				stopping = true;
				tell('');
				say('Stopping the compiler, n8n and the sandbox');
				resolve();
			});
		}
	});

	for (const old of [path.join(packageIn(folder), 'dist'), path.join(folder, 'n8n.log')])
		await rm(old, { recursive: true, force: true });
	await mkdir(packageIn(folder), { recursive: true });
	const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
	say(`Starting the sandbox on ${sandboxUrl}`);
	await startSandboxProcess(sandboxUrl, path.join(folder, 'sandbox.log'), []);

	const live = new LiveN8n(settings, sandboxUrl);
	let compiles = false;
	const renew = oneAtATime(async () => {
		if (stopping || !compiles) return;
		try {
			await copyAssets(folder);
			await live.renew();
		} catch (error) {
			// A stop that the user asked for makes whatever was under way fail.
			if (!stopping)
				tell(
					`${error instanceof Error ? error.message : String(error)}\nThe next change is tried again.`,
				);
		}
	});
	const compiler = compileAndWatch(folder, (errors) => {
		compiles = errors === 0;
		steps.end();
		if (compiles) renew();
		else tell('n8n stays as it is until this is repaired.');
	});
	const assets = watch(['icons', 'nodes', 'package.json'], {
		cwd: root,
		ignoreInitial: true,
		ignored: (file, stats) => stats?.isFile() === true && !/\.(svg|json)$/.test(file),
	}).on('all', renew);
	closers.push(
		() => compiler.close(),
		async () => await assets.close(),
	);

	await ended;
	for (const close of closers) await close();
	await stopEverything();
	steps.end();
}

main().then(
	() => process.exit(0),
	async (error: unknown) => {
		tell(`\n${error instanceof Error ? error.message : String(error)}`);
		await stopEverything();
		process.exit(1);
	},
);
