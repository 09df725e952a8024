import { parseArgs } from 'node:util';
import { credentialInWords } from './core/credentialInWords';
import { sandboxCredentials, startSandbox } from './sandbox';

const defaultPort = 4100;
const usage = `Plays the payment providers on this machine.

  npm run sandbox -- [options]

  --port <number>              where it listens on 127.0.0.1 (default ${defaultPort})
  --host <name>                another name by which it may be called, besides 127.0.0.1, localhost and [::1]; may be repeated.
                               n8n in a container: --host host.docker.internal. The credentials are printed with the first one
  --listen <address>           another address of this machine on which it listens, besides 127.0.0.1; may be repeated.
                               Docker on Linux: --listen 172.17.0.1. Whoever reaches that address reaches the sandbox
  --latency <milliseconds>     waited before each answer of a provider's API (default 0)
  --redelivery-scale <factor>  what the documented waiting times between deliveries are multiplied by (default 0.001)
  --help                       this text`;

function stop(message: string, code: number): never {
	(code === 0 ? console.log : console.error)(message);
	process.exit(code);
}

function numberOption(
	name: string,
	text: string | undefined,
	isAllowed: (value: number) => boolean,
): number | undefined {
	if (text === undefined) return undefined;
	const value = Number(text);
	return text.trim() !== '' && isAllowed(value)
		? value
		: stop(`--${name} cannot be "${text}".\n\n${usage}`, 1);
}

function readOptions() {
	try {
		const { values } = parseArgs({
			options: {
				port: { type: 'string' },
				host: { type: 'string', multiple: true, default: [] },
				listen: { type: 'string', multiple: true, default: [] },
				latency: { type: 'string' },
				'redelivery-scale': { type: 'string' },
				help: { type: 'boolean' },
			},
		});
		return values;
	} catch (error) {
		return stop(`${(error as Error).message}\n\n${usage}`, 1);
	}
}

/** Names that can stand in a `Host` header. */
function hostOptions(names: readonly string[]): readonly string[] {
	const wrong = names.find((name) => !/^(\[[\da-f:.]+\]|[\w.-]+)$/i.test(name));
	return wrong === undefined
		? names
		: stop(
				`--host cannot be "${wrong}": a name without http:// and without a port.\n\n${usage}`,
				1,
			);
}

async function main(): Promise<void> {
	const values = readOptions();
	if (values.help) stop(usage, 0);
	const hosts = hostOptions(values.host);
	if (values.listen.length > 0 && hosts.length === 0)
		stop(
			`--listen ${values.listen[0]} alone lets nobody in: add --host with the name by which the sandbox is called there.\n\n${usage}`,
			1,
		);
	const everywhere = values.listen.find((address) => ['0.0.0.0', '::'].includes(address));
	if (everywhere !== undefined)
		stop(
			`--listen cannot be ${everywhere}: that is every network of this machine. Name the one address that is needed, such as 172.17.0.1 for Docker on Linux.`,
			1,
		);
	const port =
		numberOption(
			'port',
			values.port,
			(value) => Number.isInteger(value) && value >= 0 && value < 65_536,
		) ?? defaultPort;
	const sandbox = await startSandbox({
		port,
		hosts,
		listen: values.listen,
		latencyMilliseconds: numberOption(
			'latency',
			values.latency,
			(value) => Number.isInteger(value) && value >= 0,
		),
		redeliveryScale: numberOption(
			'redelivery-scale',
			values['redelivery-scale'],
			(value) => value > 0 && value <= 1,
		),
	}).catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'EADDRINUSE') {
			return stop(
				`Port ${port} is taken: perhaps a sandbox is running already (look at http://127.0.0.1:${port}).\nStop it, or choose another: npm run sandbox -- --port ${port + 1}`,
				1,
			);
		}
		if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
			return stop(
				`This machine does not have the address of --listen ${values.listen.join(', ')}. "ip address" (Windows: ipconfig) lists those that it has.`,
				1,
			);
		if (error.code === 'EACCES')
			return stop(
				`Port ${port} is not allowed for this user. Choose one above 1023: npm run sandbox -- --port ${defaultPort}`,
				1,
			);
		throw error;
	});

	// Before the lines that invite to press Ctrl-C.
	let stopping = false;
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.on(signal, () => {
			if (stopping) return;
			stopping = true;
			void sandbox.close().then(() => stop('\nThe sandbox has stopped.', 0));
		});
	}

	console.log(
		`The sandbox is running. No money moves here.\n\n  Dashboard   ${sandbox.url}/\n\nCredentials to make in n8n:`,
	);
	for (const credential of sandboxCredentials(sandbox.url, sandbox.apiUrl)) {
		console.log(`\n  ${credential.name}`);
		for (const { label, value } of credentialInWords(credential))
			console.log(`    ${label}: ${value === '' ? '(leave it empty)' : value}`);
	}
	console.log('\nStop it with Ctrl-C.');
}

void main();
