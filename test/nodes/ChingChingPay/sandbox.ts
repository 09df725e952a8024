import { createHmac } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { ChingChingPayApi } from '../../../credentials/ChingChingPayApi.credentials';
import { ChingChingPay } from '../../../nodes/ChingChingPay/ChingChingPay.node';
import { sandboxCredentials, startSandbox, type RunningSandbox } from '../../../sandbox/sandbox';
import { runNode, type NodeRun, type NodeRunOptions } from '../../support/contexts';

export interface State {
	checkouts: Array<{
		checkoutId: string;
		paymentId: string;
		amount: string;
		currency: string;
		reference: string | null;
		description: string;
		callbackUrl: string | null;
		remarks: string[];
		request: Record<string, unknown>;
	}>;
	refusals: Array<{ reason: string; path: string }>;
	requests: { chingchingpay?: Record<string, number> };
	deliveries: Array<{
		url: string;
		requestHeaders: Record<string, string>;
		requestBody: string;
	}>;
}

/** A sandbox for the tests of a file, emptied before each of them, and a merchant who uses it. */
export class Shop {
	private running!: RunningSandbox;

	static forEachTest(): Shop {
		const shop = new Shop();
		beforeAll(async () => {
			shop.running = await startSandbox();
		});
		beforeEach(async () => await shop.control('/reset'));
		afterAll(async () => await shop.running.close());
		return shop;
	}

	get url(): string {
		return this.running.url;
	}

	/** The fields that the sandbox accepts; its callbacks are signed, and SBX_PAID means paid. */
	credential(more: IDataObject = {}): Record<string, string> {
		const data = sandboxCredentials(this.url).find(({ type }) => type === 'chingChingPayApi')?.data;
		return { ...data, ...more } as Record<string, string>;
	}

	async control(path: string, body: unknown = {}): Promise<void> {
		const answer = await fetch(`${this.url}/control${path}`, {
			method: 'POST',
			body: JSON.stringify(body),
		});
		if (!answer.ok) throw new Error(`The sandbox refuses ${path}: ${await answer.text()}`);
	}

	async state(): Promise<State> {
		return (await (
			await fetch(`${this.url}/control/state?provider=chingchingpay`)
		).json()) as State;
	}

	/** What the payer does with the only checkout, without a callback. */
	async act(action: string): Promise<void> {
		const [checkout] = (await this.state()).checkouts;
		await this.control(`/checkouts/chingchingpay/${checkout?.checkoutId}/${action}`, {
			callback: 'none',
		});
	}

	async run(
		parameters: IDataObject,
		{ credential, ...options }: Partial<NodeRunOptions> & { credential?: IDataObject } = {},
	): Promise<NodeRun> {
		return await runNode({
			node: new ChingChingPay(),
			credentialTypes: [new ChingChingPayApi()],
			credentials: { chingChingPayApi: this.credential(credential) },
			parameters,
			...options,
		});
	}
}

export const order = {
	resource: 'checkout',
	operation: 'create',
	amountFrom: 'amount',
	amount: '20.50',
	currency: 'HKD',
	reference: 'order-1',
	callback: 'none',
	channelId: '1',
	paymentMethod: 'ANY_METHOD',
};

export const link = {
	resource: 'checkout',
	operation: 'createLink',
	amountFrom: 'amount',
	amount: '20.50',
	currency: 'HKD',
	reference: 'order-1',
	callback: 'none',
};

export const jsonOf = ({ outputs }: NodeRun) => (outputs[0] ?? []).map(({ json }) => json);
export const wordsOf = ({ error }: NodeRun) =>
	`${error?.message} ${(error as { description?: string } | undefined)?.description}`;

/** A callback with this body, signed like a request with the sandbox's secret. */
export function signedCallback(
	body: unknown,
	secret = 'chingchingpay-sandbox-not-a-secret',
): { headers: Record<string, string>; rawBody: string } {
	const rawBody = typeof body === 'string' ? body : JSON.stringify(body);
	return {
		headers: {
			'content-type': 'application/json',
			'x-signature': createHmac('sha256', secret).update(rawBody).digest('hex'),
		},
		rawBody,
	};
}
