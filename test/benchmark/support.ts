import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RunningN8n } from '../n8n/instance';

/** What is under way, on the error output: the table alone is the result. */
export const say = (line: string) => process.stderr.write(`• ${line}\n`);

export function median(numbers: readonly number[]): number {
	return [...numbers].sort((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? NaN;
}

/**
 * The median of what this and that measured in the same round: what a busy machine does to a round,
 * it does to both.
 */
export function medianRatio(these: readonly number[], those: readonly number[]): number {
	return median(these.map((value, round) => value / (those[round] ?? NaN)));
}

/** Three digits that count: 1234, 12.3, 1.23. */
export function figure(value: number): string {
	if (!Number.isFinite(value)) return '';
	const decimals = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
	return value.toFixed(decimals);
}

export const times = (value: number) => (Number.isFinite(value) ? `${value.toFixed(2)} ×` : '');

/** In Markdown. */
export function printTable(
	caption: string,
	head: readonly string[],
	lines: ReadonlyArray<readonly string[]>,
): void {
	console.log(`\n${caption}, ${cpus().length} cores\n`);
	for (const cells of [head, head.map(() => '---'), ...lines])
		console.log(`| ${cells.join(' | ')} |`);
}

export function residentMegabytes(n8n: RunningN8n): number | null {
	const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(aboutProcess(n8n, 'status'))?.[1];
	return kilobytes === undefined ? null : Number(kilobytes) / 1024;
}

/** Looks twenty times a second; `stop` gives the most that there was. */
export function watchMegabytes(n8n: RunningN8n): { stop(): number } {
	let most = NaN;
	const look = () => (most = Math.max(residentMegabytes(n8n) ?? NaN, most || 0));
	look();
	const timer = setInterval(look, 50);
	return {
		stop() {
			clearInterval(timer);
			look();
			return most;
		},
	};
}

/**
 * User and system time, which Linux counts in hundredths of a second (fields 14 and 15 of proc(5)'s
 * stat).
 */
export function processorMilliseconds(n8n: RunningN8n): number | null {
	const fields = aboutProcess(n8n, 'stat').split(') ')[1]?.split(' ');
	return fields === undefined ? null : (Number(fields[11]) + Number(fields[12])) * 10;
}

/** What the system tells about n8n's process; nothing where there is no /proc. */
function aboutProcess(n8n: RunningN8n, file: 'stat' | 'status'): string {
	try {
		const { pid } = JSON.parse(
			readFileSync(path.join(n8n.userFolder, 'instance.json'), 'utf8'),
		) as { pid: number };
		return readFileSync(`/proc/${pid}/${file}`, 'utf8');
	} catch {
		return '';
	}
}

/** Processor time of this thread: what else the machine does is not in it. */
export function processorMicroseconds(): number {
	const { user, system } = process.threadCpuUsage();
	return user + system;
}

let garbageCollector: (() => void) | undefined;

/** After a collection of garbage. */
export function heapMegabytes(): number {
	if (garbageCollector === undefined) {
		setFlagsFromString('--expose-gc');
		garbageCollector = runInNewContext('gc') as () => void;
	}
	garbageCollector();
	return process.memoryUsage().heapUsed / 2 ** 20;
}
