import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import axios from 'axios';
import { startProcess, type SupervisedProcess } from '../../test/n8n/supervisedProcess';

const root = path.join(__dirname, '..', '..');

/** A process of its own, so that what happens to the sandbox does not happen to n8n. */
export async function startSandboxProcess(
	url: string,
	logFile: string,
	options: readonly string[],
): Promise<SupervisedProcess> {
	const sandbox = startProcess({
		node: process.execPath,
		args: [
			...['--import', 'tsx', path.join('sandbox', 'start.ts')],
			...['--port', new URL(url).port, ...options],
		],
		cwd: root,
		environment: process.env,
		logFile,
	});
	const deadline = Date.now() + 30_000;
	while (
		!(await axios.get(url, { timeout: 1000, proxy: false }).then(
			() => true,
			() => false,
		))
	) {
		if (sandbox.ended() !== undefined || Date.now() > deadline) {
			throw new Error(
				`The sandbox did not start (${sandbox.ended() ?? 'no answer within 30 seconds'}).\n${readFileSync(logFile, 'utf8')}`,
			);
		}
		await wait(100);
	}
	return sandbox;
}
