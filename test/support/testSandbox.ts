import {
	sandboxCredentials,
	startSandbox,
	type RunningSandbox,
	type SandboxOptions,
} from '../../sandbox/sandbox';
import { SandboxClient } from './sandboxClient';

/** A sandbox of a test's own. */
export class TestSandbox extends SandboxClient {
	private constructor(private readonly running: RunningSandbox) {
		super(running.url);
	}

	static async start(options: SandboxOptions = {}): Promise<TestSandbox> {
		return new TestSandbox(await startSandbox(options));
	}

	async close(): Promise<void> {
		await this.running.close();
	}

	/** What it accepts in a credential of this type. */
	credential(type: string): Record<string, string> {
		const found = sandboxCredentials(this.url).find((offered) => offered.type === type);
		if (!found) throw new Error(`No provider of the sandbox has the credential ${type}.`);
		return found.data as Record<string, string>;
	}
}
