import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TestEnvironment } from 'jest-environment-node';

/**
 * Gives each file a folder that keeps n8n-core away from the developer's n8n, and removes it
 * however the file ends.
 */
export default class UnitEnvironment extends TestEnvironment {
	private readonly userFolder = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-test-'));

	override async setup(): Promise<void> {
		await super.setup();
		// n8n-core reads both while it is being loaded, which is later.
		Object.assign(this.global.process.env, {
			N8N_USER_FOLDER: this.userFolder,
			N8N_ENCRYPTION_KEY: 'encryption key of the unit tests',
		});
	}

	override async teardown(): Promise<void> {
		await super.teardown();
		rmSync(this.userFolder, { recursive: true, force: true });
	}
}
