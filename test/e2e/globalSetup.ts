import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startSandbox, type RunningSandbox } from '../../sandbox/sandbox';
import { N8nClient } from '../n8n/client';
import { startN8n, type RunningN8n } from '../n8n/instance';
import { FAST_REDELIVERIES } from './redeliveries';

declare global {
	// Jest gives globalSetup and globalTeardown the same global object, and the tests another.
	var stageOfEndToEndTests: { n8n: RunningN8n; sandbox: RunningSandbox } | undefined;
}

/**
 * One sandbox and one n8n for all end-to-end files; how to reach them goes into the environment,
 * the only thing tests share with this.
 */
export default async function globalSetup(): Promise<void> {
	const say = (line: string) => process.stderr.write(`• ${line}\n`);
	const sandbox = await startSandbox({ port: 0, redeliveryScale: FAST_REDELIVERIES });
	try {
		const userFolder = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-e2e-'));
		const n8n = await startN8n({ userFolder, say });
		globalThis.stageOfEndToEndTests = { n8n, sandbox };
		await new N8nClient(n8n.url).signIn(n8n.owner);
		process.env.END_TO_END_STAGE = JSON.stringify({ userFolder, sandboxUrl: sandbox.url });
	} catch (error) {
		await globalThis.stageOfEndToEndTests?.n8n.stop();
		await sandbox.close();
		throw error;
	}
}
