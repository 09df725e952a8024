import { createHmac } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { ChingChingPayApi } from '../../../credentials/ChingChingPayApi.credentials';
import { ChingChingPay } from '../../../nodes/ChingChingPay/ChingChingPay.node';
import { runNode, type NodeRun, type NodeRunOptions } from '../../support/contexts';
import type { Fault, PayerAction, SandboxState } from '../../support/sandboxClient';
import { TestSandbox } from '../../support/testSandbox';

/** A sandbox for the tests of a file, emptied before each of them, and a merchant who uses it. */
export class Shop {
	sandbox!: TestSandbox;

	static forEachTest(): Shop {
		const shop = new Shop();
		beforeAll(async () => void (shop.sandbox = await TestSandbox.start()));
		beforeEach(async () => await shop.sandbox.reset());
		afterAll(async () => await shop.sandbox.close());
		return shop;
	}

	get url(): string {
		return this.sandbox.url;
	}

	/** The fields that the sandbox accepts; its callbacks are signed, and SBX_PAID means paid. */
	credential(more: IDataObject = {}): Record<string, string> {
		return { ...this.sandbox.credential('chingChingPayApi'), ...more } as Record<string, string>;
	}

	async state(): Promise<SandboxState> {
		return await this.sandbox.state('chingchingpay');
	}

	/** What the payer does with a checkout, the first one unless it is given, without a callback. */
	async act(action: PayerAction, checkoutId?: string): Promise<void> {
		const id = checkoutId ?? (await this.state()).checkouts[0]?.checkoutId ?? '';
		await this.sandbox.act('chingchingpay', id, action, { callback: 'none' });
	}

	async fault(operation: string, fault: Fault, times = 1): Promise<void> {
		await this.sandbox.fault('chingchingpay', operation, fault, times);
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
