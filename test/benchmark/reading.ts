/**
 * How long n8n lets others wait while a sheet of 10,000 rows is read whose expressions are no plain
 * columns: `/healthz` is asked again and again, beside an n8n that does nothing. Nothing is sent,
 * because the last row is refused. Nothing is asserted, the numbers are for a person to read.
 *
 *   npm run bench -- reading                      # about two minutes
 *   npm run bench -- reading --rows 2000 --rounds 1
 */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { sandboxCredentials, startSandbox } from '../../sandbox/sandbox';
import { N8nClient } from '../n8n/client';
import { startN8n, type RunningN8n } from '../n8n/instance';
import { answersWhile, sheetThatIsOnlyRead } from '../support/reading';
import { figure, median, printTable, say } from './support';

const { values: given } = parseArgs({
	options: {
		rows: { type: 'string', default: '10000' },
		rounds: { type: 'string', default: '3' },
	},
});
const ROWS = Number(given.rows);
const ROUNDS = Number(given.rounds);
const IDLE_MILLISECONDS = 5_000;

interface Waited {
	seconds: number;
	/** How long each answer took. */
	milliseconds: number[];
}

async function main(): Promise<void> {
	const sandbox = await startSandbox();
	let n8n: RunningN8n | undefined;
	try {
		n8n = await startN8n({ say });
		const { url } = n8n;
		const client = new N8nClient(url);
		await client.signIn(n8n.owner);
		const offered = sandboxCredentials(sandbox.url).find(({ type }) => type === 'payfectApi');
		if (!offered) throw new Error('The sandbox offers no credential for Payfect.');
		const credential = await client.credentials.create(offered);
		const workflow = await client.workflows.create(sheetThatIsOnlyRead(ROWS, credential));
		const idle: Waited[] = [];
		const reading: Waited[] = [];
		for (let round = 1; round <= ROUNDS; round++) {
			const nothing = await answersWhile(
				url,
				new Promise((end) => setTimeout(end, IDLE_MILLISECONDS)),
			);
			idle.push({
				seconds: IDLE_MILLISECONDS / 1000,
				milliseconds: nothing.answers.map(({ milliseconds }) => milliseconds),
			});
			const { result, answers } = await answersWhile(
				url,
				client.workflows.run(workflow.id, 'Start'),
			);
			const task = result.data.resultData.runData.Create?.[0];
			if (!task?.error) throw new Error(`The rows were not refused: ${result.status}.`);
			const ended = task.startTime + task.executionTime;
			reading.push({
				seconds: task.executionTime / 1000,
				milliseconds: answers
					.filter(({ asked, answered }) => asked >= task.startTime && answered <= ended)
					.map(({ milliseconds }) => milliseconds),
			});
			say(`round ${round} of ${ROUNDS}: read in ${(task.executionTime / 1000).toFixed(1)} s`);
		}
		printTable(
			`/healthz while ${ROWS} rows are read, medians of ${ROUNDS} rounds, worst of all of them`,
			['n8n', 'took (s)', 'answers', 'median (ms)', '99 % within (ms)', 'worst (ms)'],
			[lineOf('does nothing', idle), lineOf('reads the rows', reading)],
		);
	} finally {
		await n8n?.stop();
		await sandbox.close();
		if (n8n) rmSync(n8n.userFolder, { recursive: true, force: true });
	}
}

function lineOf(name: string, rounds: Waited[]): string[] {
	const all = rounds.flatMap(({ milliseconds }) => milliseconds);
	const sorted = [...all].sort((left, right) => left - right);
	return [
		name,
		figure(median(rounds.map(({ seconds }) => seconds))),
		String(median(rounds.map(({ milliseconds }) => milliseconds.length))),
		figure(median(all)),
		figure(sorted[Math.floor(sorted.length * 0.99)] ?? NaN),
		figure(sorted.at(-1) ?? NaN),
	];
}

main().catch((error: unknown) => {
	console.error(`\n${error instanceof Error ? error.message : String(error)}`);
	process.exitCode = 1;
});
