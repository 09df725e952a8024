import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { ReceivedCallback } from '../../nodes/shared/core/contract';
import { readCallback, readStored, stored, type ReadCallback, type Reading } from './callbacks';
import { choicesInWords, fieldsOf, readCredentials, variableOf, whyLive } from './environment';
import { listen } from './listen';
import { Stop, type Fields, type LiveProvider, type Observation } from './provider';
import { liveProviders } from './providers';
import { planOf, reportOf } from './report';
import { runCheck, type Checked } from './run';

const DEFAULT_PORT = 4180;
const LISTENS_MINUTES = 30;

const usage = `Settles with your keys what a provider's pages leave open, and says which settings to choose.

  npm run check:live -- <provider> [options]

  providers: ${liveProviders.map(({ name }) => name).join(', ')}

Without an option it shows what would be sent, and sends nothing.

  --yes                  sends it
  --live                 allows an address or key that may be live
  --listen               takes callbacks on 127.0.0.1 afterwards, until Ctrl-C or ${LISTENS_MINUTES} minutes have passed
  --port <number>        where it listens (default ${DEFAULT_PORT})
  --callback-url <url>   the public address of your tunnel to that port; without it only the sandbox can send
  --replay <file>        reads a callback that --listen has stored; sends nothing
  --out <folder>         where the report and the callbacks are written (default: this folder)
  --variables            lists the environment variables that hold the credential's fields
  --help                 this text

How to: docs/live-check.md`;

/** What the command takes from outside; tests give their own. */
export interface Surroundings {
	say?: (text: string) => void;
	pause?: (milliseconds: number) => Promise<unknown>;
	/** Resolves when no more callbacks are waited for. */
	untilStopped?: () => Promise<unknown>;
}

interface Options {
	provider: LiveProvider;
	yes: boolean;
	live: boolean;
	listen: boolean;
	port: number;
	callbackUrl: string | null;
	replay: string | undefined;
	out: string;
	variables: boolean;
}

/** Runs `npm run check:live`. @returns the exit code: 0 done, 1 not done, and what to do was said */
export async function command(
	args: string[],
	environment: NodeJS.ProcessEnv,
	surroundings: Surroundings = {},
): Promise<number> {
	const { say = console.log } = surroundings;
	try {
		const options = readOptions(args);
		if (options === 'help') say(usage);
		else if (options.variables) say(variablesInWords(options.provider));
		else if (options.replay === undefined) return await check(options, environment, surroundings);
		else replay(options, options.replay, environment, say);
		return 0;
	} catch (error) {
		if (!(error instanceof Stop)) throw error;
		say(error.message);
		return 1;
	}
}

function readOptions(args: string[]): Options | 'help' {
	const { values, positionals } = parsed(args);
	if (values.help === true) return 'help';
	const provider = liveProviders.find(({ name }) => name === positionals[0]?.toLowerCase());
	if (provider === undefined || positionals.length > 1)
		throw new Stop(`Name one provider. Nothing was sent.\n\n${usage}`);
	const port = Number(values.port ?? DEFAULT_PORT);
	if (!Number.isInteger(port) || port < 0 || port > 65_535)
		throw new Stop(`--port cannot be "${values.port}". Nothing was sent.\n\n${usage}`);
	const { yes = false, live = false, variables = false, replay: file } = values;
	return {
		provider,
		yes,
		live,
		variables,
		listen: values.listen ?? false,
		port,
		callbackUrl: readUrl(values['callback-url']),
		replay: file,
		out: values.out ?? '.',
	};
}

function parsed(args: string[]) {
	try {
		return parseArgs({
			args,
			allowPositionals: true,
			options: {
				yes: { type: 'boolean' },
				live: { type: 'boolean' },
				listen: { type: 'boolean' },
				port: { type: 'string' },
				'callback-url': { type: 'string' },
				replay: { type: 'string' },
				out: { type: 'string' },
				variables: { type: 'boolean' },
				help: { type: 'boolean' },
			},
		});
	} catch (error) {
		throw new Stop(`${(error as Error).message}\n\n${usage}`);
	}
}

function readUrl(text: string | undefined): string | null {
	if (text === undefined) return null;
	if (!URL.canParse(text) || !/^https?:/.test(text))
		throw new Stop(
			`--callback-url cannot be "${text}": give the whole address of your tunnel, such as https://example.ngrok.app. Nothing was sent.`,
		);
	return text;
}

function variablesInWords(provider: LiveProvider): string {
	return fieldsOf(provider)
		.map((field) => {
			const { name, displayName } = field;
			const isNeeded = provider.needs.includes(name) ? ' (needed)' : '';
			const choices = choicesInWords(field);
			return `${variableOf(provider, name)}   ${displayName}${isNeeded}${choices && `: ${choices}`}`;
		})
		.join('\n');
}

async function check(
	options: Options,
	environment: NodeJS.ProcessEnv,
	{ say = console.log, pause, untilStopped = untilCtrlC }: Surroundings,
): Promise<number> {
	const { provider } = options;
	const credentials = readCredentials(provider, environment);
	requireUsable(provider, credentials);
	requireTests(options, credentials);
	const callbackUrl = options.listen
		? (options.callbackUrl ?? `http://127.0.0.1:${options.port}`)
		: options.callbackUrl;
	say(planOf(provider, credentials, callbackUrl));
	if (!options.yes) {
		say('\nNothing was sent. If you want this sent, run it again with --yes.');
		return 0;
	}
	const report = new Report(options, say);
	const reading: Reading = { provider, credentials };
	const waiting: ReceivedCallback[] = [];
	let take = (received: ReceivedCallback): void => {
		waiting.push(received);
	};
	const listener = options.listen
		? await listen(provider, credentials, options.port, (received) => take(received))
		: undefined;
	try {
		const checked = await runCheck(provider, credentials, {
			callbackUrl: options.listen && options.port === 0 ? (listener?.url ?? null) : callbackUrl,
			...(pause && { pause }),
		});
		report.add(checked);
		if (listener !== undefined && checked.stopped === undefined) {
			Object.assign(reading, readingOf(options, checked));
			take = (received) => report.addCallback(received, reading);
			waiting.forEach(take);
			say(
				`\nListening on ${listener.url}. Now pay at ${checked.made?.checkoutUrl ?? "the provider's page"} with a test method of the provider. Ctrl-C ends it.`,
			);
			await untilStopped();
			await checked.tidyUp();
			report.end(listener.url);
		}
		return checked.stopped === undefined ? 0 : 1;
	} finally {
		await listener?.close();
	}
}

function requireUsable(provider: LiveProvider, credentials: Fields): void {
	const problem =
		provider.contract.credentialProblem?.(credentials) ?? addressProblem(provider, credentials);
	if (problem !== undefined)
		throw new Stop(`${problem}. Correct the environment variable. Nothing was sent.`);
}

/** Why nothing can be sent to the address: the problem of the key is said by the contract. */
function addressProblem(provider: LiveProvider, credentials: Fields): string | undefined {
	const problem = `'Base URL' is no whole address such as https://pay.example.com/v1 (${variableOf(provider, 'baseUrl')})`;
	try {
		return /^https?:$/.test(new URL(provider.address(credentials)).protocol) ? undefined : problem;
	} catch {
		return problem;
	}
}

function requireTests({ provider, live }: Options, credentials: Fields): void {
	const why = whyLive(provider, credentials);
	if (why !== undefined && !live)
		throw new Stop(
			`This may be live: ${why}. Nothing was sent. Take a test key if you have one. If you have none, --live allows it: nothing is paid, but the checkouts are real.`,
		);
}

function readingOf({ provider }: Options, checked: Checked): Reading {
	const { credentials, reference, remembered } = checked;
	const { amount } = provider.order(reference, null, credentials);
	return {
		provider,
		credentials,
		ordered: { reference, amount },
		...(remembered.length > 0 && { remembered }),
	};
}

/** What is said and written down, as it comes. */
class Report {
	private checked?: Checked;
	private readonly callbacks: ReadCallback[] = [];
	private readonly bodies = new Set<string>();

	constructor(
		private readonly options: Options,
		private readonly say: (text: string) => void,
	) {
		mkdirSync(options.out, { recursive: true });
	}

	add(checked: Checked): void {
		this.checked = checked;
		for (const { asks, observations } of checked.steps)
			this.say(`\n${asks}\n${inWords(this.options.provider, observations)}`.trimEnd());
		if (checked.made?.checkoutUrl) this.say(`\nPayment page: ${checked.made.checkoutUrl}`);
		if (checked.stopped !== undefined) this.say(`\n${checked.stopped}`);
		this.write();
	}

	/** Keeps it, unless it is kept already, and says what it is. */
	addCallback(received: ReceivedCallback, reading: Reading): void {
		const { provider, replay: file = this.store(received) } = this.options;
		const read = readCallback(received, reading);
		const text = received.rawBody.toString('base64');
		const hasBody = fieldsOf(provider).some(({ name }) => name === 'acknowledgementBody');
		if (this.bodies.has(text))
			read.observations.push({
				unknown: 'acknowledgement',
				found: 'came again',
				means: `The answer did not acknowledge it, or every callback is sent several times. Ask the provider what it waits for${hasBody ? ", and enter that in 'Acknowledgement Body' behind 'My Provider Told Me Other Settings'" : ''}.`,
			});
		this.bodies.add(text);
		this.callbacks.push(read);
		this.say(
			`\nCallback: ${file} (raw, do not pass it on)\n${inWords(provider, read.observations)}`,
		);
		this.write();
	}

	/** Says how the listening ended. */
	end(url: string): void {
		this.say(
			this.callbacks.length === 0
				? `\nEnded. No callback came. If you paid, check that your tunnel leads to ${url}, and that --callback-url is its address.`
				: `\nEnded. Callbacks received: ${this.callbacks.length}. All is in the report.`,
		);
	}

	private store(received: ReceivedCallback): string {
		const file = this.file(`${Date.now()}-${this.callbacks.length + 1}.callback.json`);
		// It holds a signature and what names people: for nobody else on this machine.
		writeFileSync(file, stored(this.options.provider, received), { mode: 0o600 });
		return file;
	}

	private write(): void {
		const file = this.file(this.options.replay === undefined ? 'md' : 'replay.md');
		writeFileSync(file, reportOf(this.options.provider, this.checked, this.callbacks));
		this.say(`\nReport: ${file}`);
	}

	private file(ending: string): string {
		return path.join(this.options.out, `live-check-${this.options.provider.name}.${ending}`);
	}
}

function inWords(provider: LiveProvider, observations: Observation[]): string {
	return observations
		.map(
			({ unknown, found, means }) =>
				`  ${provider.unknowns[unknown]?.question ?? unknown}: ${found}\n    ${means}`,
		)
		.join('\n');
}

function replay(
	options: Options,
	file: string,
	environment: NodeJS.ProcessEnv,
	say: (text: string) => void,
): void {
	const { provider } = options;
	const credentials = readCredentials(provider, environment);
	new Report(options, say).addCallback(readStored(provider, textOf(file)), {
		provider,
		credentials,
	});
}

function textOf(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		throw new Stop(
			`${file} cannot be read (${(error as NodeJS.ErrnoException).code}). Give --replay the file that --listen has written.`,
		);
	}
}

async function untilCtrlC(): Promise<void> {
	await new Promise<void>((resolve) => {
		const timer = setTimeout(resolve, LISTENS_MINUTES * 60_000);
		process.once('SIGINT', () => {
			clearTimeout(timer);
			resolve();
		});
	});
}
