import { parseArgs } from 'node:util';
import { credentialInWords } from './core/credentialInWords';
import { sandboxCredentials, startSandbox } from './sandbox';

const defaultPort = 4100;
const usage = `Plays the payment providers on this machine.

  npm run sandbox -- [options]

  --port <number>              where it listens on 127.0.0.1 (default ${defaultPort})
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

async function main(): Promise<void> {
	const values = readOptions();
	if (values.help) stop(usage, 0);
	const port =
		numberOption(
			'port',
			values.port,
			(value) => Number.isInteger(value) && value >= 0 && value < 65_536,
		) ?? defaultPort;
	const sandbox = await startSandbox({
		port,
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
	for (const credential of sandboxCredentials(sandbox.url)) {
		console.log(`\n  ${credential.name}`);
		for (const { label, value } of credentialInWords(credential))
			console.log(`    ${label}: ${value === '' ? '(leave it empty)' : value}`);
	}
	console.log('\nStop it with Ctrl-C.');
}

void main();
