import { WooshPayApi } from '../../../credentials/WooshPayApi.credentials';
import type { SandboxProvider } from '../../../sandbox/core/provider';
import { provider } from '../../../sandbox/providers/wooshpay';
import { startSandbox, type RunningSandbox } from '../../../sandbox/sandbox';

export interface Delivery {
	url: string;
	requestHeaders: Record<string, string>;
	requestBody: string;
}

interface State {
	checkouts: Array<{
		checkoutId: string;
		paymentId: string;
		reference: string | null;
		amount: string;
		currency: string;
		status: string;
		remarks: string[];
		request: Record<string, unknown>;
	}>;
	refusals: Array<{ method: string; path: string; reason: string }>;
	requests: { wooshpay: Record<string, number> };
	reports: {
		wooshpay: {
			endpoints: Array<{ id: string; url: string; events: string }>;
			refunds: Array<Record<string, unknown>>;
		};
	};
}

/** WooshPay as the sandbox plays it, emptied before each test of a file. */
export class WooshPaySandbox {
	private running?: RunningSandbox;

	static forEachTest(): WooshPaySandbox {
		const sandbox = new WooshPaySandbox();
		beforeAll(
			async () =>
				void (sandbox.running = await startSandbox({ providers: [provider as SandboxProvider] })),
		);
		beforeEach(async () => void (await sandbox.post('/control/reset', {})));
		afterAll(async () => await sandbox.running?.close());
		return sandbox;
	}

	get url(): string {
		return this.running?.url ?? '';
	}

	get credential(): Record<string, string> {
		return provider.credential(`${this.url}/wooshpay`).data as Record<string, string>;
	}

	/** The part of a node's setup that all tests share. */
	credentials(changes: Record<string, string> = {}) {
		return {
			credentialTypes: [new WooshPayApi()],
			credentials: { wooshPayApi: { ...this.credential, ...changes } },
		};
	}

	async state(): Promise<State> {
		return (await (await fetch(`${this.url}/control/state`)).json()) as State;
	}

	async fault(operation: string, fault: string | null, times = 1): Promise<void> {
		await this.post('/control/faults', { provider: 'wooshpay', operation, fault, times });
	}

	async latency(latencyMilliseconds: number): Promise<void> {
		await this.post('/control/settings', { latencyMilliseconds });
	}

	async act(
		checkoutId: string,
		action: string,
		how: Record<string, unknown> = {},
	): Promise<Delivery[]> {
		return (
			(await this.post(`/control/checkouts/wooshpay/${checkoutId}/${action}`, how)) as {
				deliveries: Delivery[];
			}
		).deliveries;
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

	private async post(path: string, body: unknown): Promise<unknown> {
		const answer = await fetch(`${this.url}${path}`, {
			method: 'POST',
			body: JSON.stringify(body),
		});
		const said = (await answer.json()) as unknown;
		if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(said)}`);
		return said;
	}
}
