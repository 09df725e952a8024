import axios, { type AxiosInstance } from 'axios';

export interface SandboxCheckout {
	provider: string;
	checkoutId: string;
	paymentId: string | null;
	reference: string | null;
	status: string;
	amount: string | null;
	paidAmount: string | null;
	currency: string | null;
	description: string;
	callbackUrl: string | null;
	successUrl: string | null;
	cancelUrl: string | null;
	/** The request that made it, parsed. */
	request: Record<string, unknown>;
	/** What is odd about the request but not refused. */
	remarks: string[];
}

/** What was sent to a merchant. */
export interface Callback {
	requestHeaders: Record<string, string>;
	requestBody: string;
}

export interface SandboxDelivery extends Callback {
	id: string;
	provider: string;
	checkoutId: string;
	quality: string;
	url: string;
	attempt: number;
	status: number | null;
	responseHeaders: Record<string, string>;
	responseBody: string;
	/** By what this provider waits for */
	acknowledged: boolean;
	error: string | null;
	/** When the provider will send it again by itself */
	nextAttemptAt: string | null;
}

export interface SandboxRefusal {
	provider: string;
	method: string;
	path: string;
	/** Null where the connection was cut or left hanging. */
	status: number | null;
	reason: string;
}

export interface SandboxState {
	checkouts: SandboxCheckout[];
	refusals: SandboxRefusal[];
	deliveries: SandboxDelivery[];
	/** How often each operation of each provider was called. */
	requests: Record<string, Record<string, number> | undefined>;
	faults: Array<{ fault: string; timesLeft: number }>;
	/** The reading of each dialect that is played, by provider. */
	dialects: Record<string, Record<string, string> | undefined>;
	settings: { latencyMilliseconds: number };
	/** The tables that only one provider has, such as registered endpoints and refunds. */
	reports: Record<string, Record<string, Array<Record<string, unknown>>> | undefined>;
}

export type PayerAction =
	| 'pay'
	| 'cancel'
	| 'expire'
	| 'underpay'
	| 'overpay'
	/** WooshPay's own. */
	| 'authenticate'
	| 'fail'
	| 'void'
	| 'refund'
	| 'dispute';

/** How the merchant is told of what the payer does. */
export interface Telling {
	callback?: 'genuine' | 'forged' | 'tampered' | 'none';
	copies?: number;
	/** The callback says it, but at the provider nothing changes. */
	keepStatus?: boolean;
	/** What the callback says in place of what is true. */
	claim?: { amount?: string; currency?: string; reference?: string | null };
}

export type Fault =
	| '429-seconds'
	| '429-date'
	| '500'
	| '500-after'
	| '401'
	| 'timeout-before'
	| 'timeout-after'
	| 'reset-before'
	| 'reset-after'
	| 'html'
	| 'half-json'
	/** TokenPay's own. */
	| 'too-often';

/**
 * The sandbox as a test drives it: through its control interface, which does what the buttons of
 * its pages do.
 */
export class SandboxClient {
	private readonly http: AxiosInstance;

	constructor(readonly url: string) {
		this.http = axios.create({ baseURL: `${url}/control`, timeout: 30_000, proxy: false });
	}

	/** What happened so far; of one provider only where one is named. */
	async state(provider?: string): Promise<SandboxState> {
		return (await this.http.get<SandboxState>('/state', { params: { provider } })).data;
	}

	async checkoutOf(provider: string, reference: string): Promise<SandboxCheckout> {
		const { checkouts } = await this.state(provider);
		const found = checkouts.filter((checkout) => checkout.reference === reference);
		const [checkout] = found;
		if (!checkout || found.length > 1)
			throw new Error(
				`The sandbox has ${found.length} checkouts of ${provider} with reference ${reference}.`,
			);
		return checkout;
	}

	/**
	 * What the payer does on the cashier page. Gives the first delivery of each copy, with the answer
	 * it got.
	 */
	async act(
		provider: string,
		checkoutId: string,
		action: PayerAction,
		how: Telling = {},
	): Promise<SandboxDelivery[]> {
		const { deliveries } = await this.post<{ deliveries: SandboxDelivery[] }>(
			`/checkouts/${provider}/${encodeURIComponent(checkoutId)}/${action}`,
			how,
		);
		return deliveries;
	}

	async redeliver(deliveryId: string): Promise<SandboxDelivery> {
		const { deliveries } = await this.post<{ deliveries: [SandboxDelivery] }>(
			`/deliveries/${deliveryId}/redeliver`,
		);
		return deliveries[0];
	}

	/**
	 * Back to how it was started: no checkouts, endpoints, faults and redeliveries, and the settings
	 * that it was given.
	 */
	async reset(): Promise<void> {
		await this.post('/reset');
	}

	/** @param fault null switches it off */
	async fault(provider: string, operation: string, fault: Fault | null, times = 1): Promise<void> {
		await this.post('/faults', { provider, operation, fault, times });
	}

	/** Plays another reading of what a provider's pages leave open; null is the one that is assumed. */
	async dialect(provider: string, dialect: string, reading: string | null): Promise<void> {
		await this.post('/dialects', { provider, dialect, reading });
	}

	/** The provider takes this key from now on, and the one before no more. */
	async renewKey(provider: string, key: string): Promise<void> {
		await this.post(`/keys/${provider}`, { key });
	}

	/** Waited before each answer of a provider. */
	async latency(latencyMilliseconds: number): Promise<void> {
		await this.post('/settings', { latencyMilliseconds });
	}

	private async post<Answer>(path: string, body: unknown = {}): Promise<Answer> {
		return (await this.http.post<Answer>(path, body)).data;
	}
}
