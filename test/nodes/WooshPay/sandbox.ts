import { WooshPayApi } from '../../../credentials/WooshPayApi.credentials';
import type { SandboxProvider } from '../../../sandbox/core/provider';
import { provider } from '../../../sandbox/providers/wooshpay';
import type {
	Fault,
	PayerAction,
	SandboxDelivery,
	SandboxState,
	Telling,
} from '../../support/sandboxClient';
import { TestSandbox } from '../../support/testSandbox';

/** WooshPay as the sandbox plays it, emptied before each test of a file. */
export class WooshPaySandbox {
	private sandbox!: TestSandbox;

	static forEachTest(): WooshPaySandbox {
		const wooshPay = new WooshPaySandbox();
		beforeAll(
			async () =>
				void (wooshPay.sandbox = await TestSandbox.start({
					providers: [provider as SandboxProvider],
				})),
		);
		beforeEach(async () => await wooshPay.sandbox.reset());
		afterAll(async () => await wooshPay.sandbox.close());
		return wooshPay;
	}

	get url(): string {
		return this.sandbox.url;
	}

	get credential(): Record<string, string> {
		return this.sandbox.credential('wooshPayApi');
	}

	/** The part of a node's setup that all tests share. */
	credentials(changes: Record<string, string> = {}) {
		return {
			credentialTypes: [new WooshPayApi()],
			credentials: { wooshPayApi: { ...this.credential, ...changes } },
		};
	}

	async state(): Promise<SandboxState> {
		return await this.sandbox.state();
	}

	/** How often each operation was called. */
	async requests(): Promise<Record<string, number>> {
		return (await this.state()).requests.wooshpay ?? {};
	}

	async endpoints(): Promise<Array<{ id: string; url: string; events: string }>> {
		const { reports } = await this.state();
		return (reports.wooshpay?.endpoints ?? []) as Array<{
			id: string;
			url: string;
			events: string;
		}>;
	}

	async refunds(): Promise<Array<Record<string, unknown>>> {
		return (await this.state()).reports.wooshpay?.refunds ?? [];
	}

	async fault(operation: string, fault: Fault | null, times = 1): Promise<void> {
		await this.sandbox.fault('wooshpay', operation, fault, times);
	}

	async latency(milliseconds: number): Promise<void> {
		await this.sandbox.latency(milliseconds);
	}

	async act(checkoutId: string, action: PayerAction, how?: Telling): Promise<SandboxDelivery[]> {
		return await this.sandbox.act('wooshpay', checkoutId, action, how);
	}

	/** What somebody else with the same account does: a call of the API without the package. */
	async api(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
		const authorization = `Basic ${Buffer.from(`${this.credential.secretKey}:`).toString('base64')}`;
		const headers = {
			authorization,
			accept: 'application/json',
			'content-type': 'application/json',
		};
		const answer = await fetch(`${this.url}/wooshpay${path}`, {
			method,
			headers,
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		return { status: answer.status, ...((await answer.json()) as Record<string, unknown>) };
	}
}
