import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { n8nVersion } from '../n8n/bring';

/**
 * Stops what globalSetup started. n8n's log is kept in test-results/, for looking at a failure;
 * .ci/run uses two versions.
 */
export default async function globalTeardown(): Promise<void> {
	const stage = globalThis.stageOfEndToEndTests;
	if (!stage) return;
	await stage.n8n.stop();
	await stage.sandbox.close();
	const results = path.join(__dirname, '..', '..', 'test-results');
	await mkdir(results, { recursive: true });
	await writeFile(path.join(results, `n8n-${n8nVersion}.log`), stage.n8n.log());
	await rm(stage.n8n.userFolder, { recursive: true, force: true });
}
