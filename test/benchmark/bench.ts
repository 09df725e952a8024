/**
 * Every benchmark, one after another in processes of their own. Each prints a table in Markdown;
 * nothing is asserted, the numbers are for a person to read. Run it on a machine that does nothing
 * else.
 *
 *   npm run bench                                    # about half an hour
 *   npm run bench -- callbacks verification          # these parts only
 *   npm run bench -- callbacks --rounds 1 --count 20 # for a look
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { stopEverything } from '../n8n/supervisedProcess';

/** The parts in the order in which they run, and which options each takes. */
const parts: Record<string, readonly string[]> = {
	rows: ['rows', 'rounds', 'latency', 'parallel', 'tls', 'memory', 'profile'],
	reading: ['rows', 'rounds'],
	callbacks: ['rounds', 'count', 'connections', 'engine'],
	flood: ['seconds', 'perSecond', 'engine'],
	claims: ['rounds', 'count', 'connections', 'rows', 'engine'],
	verification: ['rounds'],
	history: ['rounds', 'payments'],
	footprint: ['rounds'],
};

async function main(): Promise<void> {
	const names = [...new Set(Object.values(parts).flat())];
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
	});
	const unknown = positionals.find((name) => !Object.hasOwn(parts, name));
	if (unknown !== undefined)
		throw new Error(`There is no part "${unknown}". There are: ${Object.keys(parts).join(', ')}.`);
	for (const [part, options] of Object.entries(parts)) {
		if (positionals.length > 0 && !positionals.includes(part)) continue;
		console.log(`\n## ${part}`);
		const given = options.flatMap((name) =>
			values[name] === undefined ? [] : [`--${name}`, String(values[name])],
		);
		// The same Node with the same loader for TypeScript as this process.
		const child = spawn(
			process.execPath,
			[...process.execArgv, path.join(__dirname, `${part}.ts`), ...given],
			{ stdio: 'inherit' },
		);
		for (const signal of ['SIGINT', 'SIGTERM'] as const)
			process.once(signal, () => child.kill(signal));
		const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
		if (code !== 0) throw new Error(`"${part}" did not end well (${signal ?? `code ${code}`}).`);
	}
}

main()
	.catch((error: unknown) => {
		console.error(`\n${error instanceof Error ? error.message : String(error)}`);
		process.exitCode = 1;
	})
	.finally(stopEverything);
