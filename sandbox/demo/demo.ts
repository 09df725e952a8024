import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as wait } from 'node:timers/promises';
import { N8nClient } from '../../test/n8n/client';
import { startN8n, type RunningN8n } from '../../test/n8n/instance';
import {
	freePorts,
	stopEverything,
	type SupervisedProcess,
} from '../../test/n8n/supervisedProcess';
import { sandboxCredentials } from '../sandbox';
import { importExamples, type Example } from './examples';
import { invitation } from './invitation';
import { startSandboxProcess } from './sandboxProcess';
import { Steps } from './steps';
import {
	findChromium,
	howToGetChromium,
	openBrowser,
	pictureEditor,
	readOnPhone,
	walkExample,
} from './walk';

const usage = `Starts the sandbox and a real n8n with this package, its credentials and the example workflows.

  npm run demo                       start it, and leave it running until Ctrl-C
  npm run demo -- --check            walk every example in a browser without you, and stop
  npm run demo -- --check --pictures <folder>   the same, with pictures of what was seen
  npm run demo -- --host <name>      let it be called by this name too, besides 127.0.0.1, localhost and [::1]; may be repeated`;

const steps = new Steps(process.stderr);
const { say } = steps;

interface Demo {
	n8n: RunningN8n;
	sandbox: SupervisedProcess;
	sandboxUrl: string;
	client: N8nClient;
	examples: Example[];
}

/** What has to be undone besides ending the processes that were started. */
const cleanUps: (() => Promise<void>)[] = [];
let stopping: Promise<void> | undefined;

async function stopAll(): Promise<void> {
	stopping ??= (async () => {
		await stopEverything();
		for (const cleanUp of cleanUps.reverse()) await cleanUp();
	})();
	await stopping;
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			check: { type: 'boolean' },
			pictures: { type: 'string' },
			host: { type: 'string', multiple: true, default: [] },
			help: { type: 'boolean' },
		},
	});
	if (values.help) return console.log(usage);
	const chromium = values.check ? findChromium() : undefined;
	if (values.check && chromium === undefined) throw new Error(howToGetChromium);

	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.on(signal, () => {
			// A terminal and npm may both pass on the same Ctrl-C.
			if (stopping !== undefined) return;
			steps.end();
			console.error('');
			say('Stopping n8n and the sandbox');
			void stopAll().then(() => {
				steps.end();
				process.exit(signal === 'SIGINT' && !values.check ? 0 : 130);
			});
		});
	}
	try {
		const demo = await start(values.host);
		steps.end();
		if (chromium === undefined) await keepRunning(demo);
		else process.exitCode = (await check(demo, chromium, values.pictures)) ? 0 : 1;
	} catch (error) {
		// A stop that the user asked for makes whatever was under way fail.
		if (stopping === undefined) throw error;
	} finally {
		await stopAll();
	}
}

async function start(hosts: readonly string[]): Promise<Demo> {
	const folder = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-demo-'));
	cleanUps.push(async () => await rm(folder, { recursive: true, force: true, maxRetries: 5 }));
	const [sandboxPort = 0] = await freePorts(1);
	const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
	say(`Starting the sandbox of the payment providers on ${sandboxUrl}`);
	const sandbox = await startSandboxProcess(
		sandboxUrl,
		path.join(folder, 'sandbox.log'),
		hosts.flatMap((host) => ['--host', host]),
	);
	const n8n = await startN8n({
		userFolder: path.join(folder, 'n8n'),
		nodeArguments: ['--require', path.join(__dirname, 'n8nDoors.cjs')],
		environment: { DEMO_HOSTS: JSON.stringify(hosts) },
		say,
	});

	say('Making the credentials and the example workflows');
	const client = new N8nClient(n8n.url);
	await client.signIn(n8n.owner);
	const known = await client.credentialTypes();
	const credentials = [];
	for (const { type, name, data } of sandboxCredentials(sandboxUrl)) {
		if (known.includes(type))
			credentials.push(await client.credentials.create({ type, name, data: { ...data } }));
	}
	return {
		n8n,
		sandbox,
		sandboxUrl,
		client,
		examples: await importExamples(client, credentials, `${sandboxUrl}/thanks`),
	};
}

async function keepRunning(demo: Demo): Promise<void> {
	const { n8n, sandbox, sandboxUrl } = demo;
	console.log(invitation(demo));
	const other = (how: string) => {
		if (stopping === undefined)
			console.error(`\n${how}\nPress Ctrl-C to stop what is left, then run "npm run demo" again.`);
	};
	sandbox.onEnd((how) =>
		other(
			`The sandbox has stopped (${how}). n8n still runs at ${n8n.url}, but no checkout can be made: "could not be reached".`,
		),
	);
	n8n.onEnd((how) =>
		other(
			`n8n has stopped (${how}). The sandbox still runs at ${sandboxUrl}, but its callbacks reach nobody. Last lines of n8n's log:\n${n8n.log().trim().split('\n').slice(-5).join('\n')}`,
		),
	);
	// Until a signal ends it.
	while (stopping === undefined) await wait(500);
}

async function check(
	{ client, sandboxUrl, examples, n8n }: Demo,
	chromium: string,
	pictures?: string,
): Promise<boolean> {
	let passed = 0;
	let failed = 0;
	const browser = await openBrowser(chromium);
	cleanUps.push(async () => await browser.close());
	for (const example of examples) {
		console.log(`\n${example.file}: ${example.workflow.name}`);
		if (example.unpublished !== undefined) {
			console.log(`  imported, not published: ${example.unpublished}`);
			continue;
		}
		if (!example.formUrl && !example.sheet) {
			console.log(
				'  imported and published; it begins neither with an order form nor with a sheet, so there is nothing to walk',
			);
			continue;
		}
		try {
			await walkExample(browser, example, {
				client,
				sandboxUrl,
				pictures,
				saw: (line) => console.log(`  saw ${line}`),
			});
			if (pictures) await pictureEditor(browser, example, n8n, pictures);
			console.log('  passed');
			passed++;
		} catch (error) {
			failed++;
			console.log(`  FAILED: ${error instanceof Error ? error.message : String(error)}`);
			if (n8n.ended() !== undefined)
				console.log(
					`  n8n has stopped (${n8n.ended()}); the last lines of its log:\n${n8n.log().trim().split('\n').slice(-10).join('\n')}`,
				);
		}
	}
	console.log("\nThe sandbox's pages on a phone");
	try {
		await readOnPhone(browser, sandboxUrl, (line) => console.log(`  saw ${line}`));
		console.log('  passed');
		passed++;
	} catch (error) {
		failed++;
		console.log(`  FAILED: ${error instanceof Error ? error.message : String(error)}`);
	}
	await stopAll();
	console.log(`\n${passed} passed, ${failed} failed`);
	return failed === 0 && passed > 0;
}

main().then(
	() => process.exit(),
	(error: unknown) => {
		console.error(`\n${error instanceof Error ? error.message : String(error)}`);
		process.exit(1);
	},
);
