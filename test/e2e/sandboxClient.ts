import axios, { type AxiosInstance } from 'axios';

export interface SandboxCheckout {
	provider: string;
	checkoutId: string;
	reference: string | null;
	status: string;
	amount: string | null;
	currency: string | null;
	callbackUrl: string | null;
}

export interface SandboxDelivery {
	id: string;
	provider: string;
	checkoutId: string;
	url: string;
	attempt: number;
	requestHeaders: Record<string, string>;
	requestBody: string;
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
	status: number;
	reason: string;
}

export interface SandboxState {
	checkouts: SandboxCheckout[];
	refusals: SandboxRefusal[];
	deliveries: SandboxDelivery[];
}

export type PayerAction = 'pay' | 'cancel' | 'expire' | 'underpay' | 'overpay';

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
	| 'half-json';

/** The sandbox as a test drives it: through its control interface, which does what the buttons of its pages do. */
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

	/** What the payer does on the cashier page. Gives the first delivery of each copy, with the answer it got. */
	async act(
		provider: string,
		checkoutId: string,
		action: PayerAction,
		how: {
			callback?: 'genuine' | 'forged' | 'tampered' | 'none';
			copies?: number;
			keepStatus?: boolean;
		} = {},
	): Promise<SandboxDelivery[]> {
		const answer = await this.http.post<{ deliveries: SandboxDelivery[] }>(
			`/checkouts/${provider}/${encodeURIComponent(checkoutId)}/${action}`,
			how,
		);
		return answer.data.deliveries;
	}

	async redeliver(deliveryId: string): Promise<SandboxDelivery> {
		const answer = await this.http.post<{ deliveries: [SandboxDelivery] }>(
			`/deliveries/${deliveryId}/redeliver`,
		);
		return answer.data.deliveries[0];
	}

	/** Back to how it was started: no checkouts, endpoints, faults and redeliveries, and the settings that it was given. */
	async reset(): Promise<void> {
		await this.http.post('/reset');
	}

	async fault(provider: string, operation: string, fault: Fault | null, times = 1): Promise<void> {
		await this.http.post('/faults', { provider, operation, fault, times });
	}
}
