import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Stops what globalSetup started. n8n's log is kept in test-results/, for looking at a failure. */
export default async function globalTeardown(): Promise<void> {
	const stage = globalThis.stageOfEndToEndTests;
	if (!stage) return;
	await stage.n8n.stop();
	await stage.sandbox.close();
	const results = path.join(__dirname, '..', '..', 'test-results');
	await mkdir(results, { recursive: true });
	await writeFile(path.join(results, 'n8n.log'), stage.n8n.log());
	await rm(stage.n8n.userFolder, { recursive: true, force: true });
}
