import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { SandboxOptions } from '../../sandbox/sandbox';
import type { SandboxCheckout, SandboxDelivery, SandboxState } from '../support/sandboxClient';
import { TestSandbox } from '../support/testSandbox';

/**
 * One sandbox for the tests of a file, emptied before each of them; refusals of its control
 * interface are answers here.
 */
export function sandboxForEachTest(options: SandboxOptions = {}): {
	readonly url: string;
	control: typeof control;
	state: () => Promise<SandboxState>;
} {
	let running: TestSandbox;
	beforeAll(async () => (running = await TestSandbox.start(options)));
	beforeEach(async () => await running.reset());
	afterAll(async () => await running.close());
	return {
		get url() {
			return running.url;
		},
		control: async (path, body) => await control(`${running.url}${path}`, body),
		state: async () => await running.state(),
	};
}

export interface ControlAnswer {
	status: number;
	error?: string;
	checkout?: SandboxCheckout;
	deliveries: SandboxDelivery[];
}

async function control(url: string, body?: unknown): Promise<ControlAnswer> {
	const answer = await fetch(url, {
		method: 'POST',
		body: body === undefined ? undefined : JSON.stringify(body),
	});
	return { ...((await answer.json()) as ControlAnswer), status: answer.status };
}

export interface Received {
	headers: Record<string, unknown>;
	body: string;
}

/**
 * A merchant's server that notes every callback and gives the next of the answers it was told (200
 * when there is none).
 */
export class Merchant {
	readonly received: Received[] = [];
	readonly answers: number[] = [];
	private server!: Server;
	url = '';

	async start(): Promise<void> {
		this.server = createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				this.received.push({
					headers: request.headers,
					body: Buffer.concat(chunks).toString('utf8'),
				});
				const status = this.answers.shift() ?? 200;
				response.writeHead(
					status,
					status === 302 ? { location: `${this.url}elsewhere` } : { 'x-merchant': 'example' },
				);
				response.end('noted');
			});
		}).listen(0, '127.0.0.1');
		await once(this.server, 'listening');
		this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		await once(this.server.close(), 'close');
	}
}

/** Asks until it holds; the tests' own time limit ends a vain wait. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
	while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}

export const payfectKey = 'Api-Key payfect-sandbox-not-a-real-key';

/** A request with all documented fields; a test changes what it is about. */
export function payfectOrder(changes: Record<string, unknown> = {}): Record<string, unknown> {
	return {
		client_reference_id: 'order-0001',
		currency: 'usdt',
		invoice_items: [
			{
				price_data: {
					currency: 'usdt',
					unit_amount: '20.50',
					product_data: {
						name: 'Tea',
						description: 'One box',
						images: ['https://shop.example/tea.png'],
					},
				},
				quantity: 2,
			},
		],
		success_url: 'https://shop.example/ok',
		cancel_url: 'https://shop.example/no',
		payment_method_data: {
			type: 'cryptopaymentmethoddetail',
			paymentMethodDetail: { currency: 'usdt', network: 'tron' },
		},
		...changes,
	};
}

/** Sends a request to Payfect's create call; a body that is text is sent as it is. */
export async function postToPayfect(
	sandboxUrl: string,
	body: unknown,
	{ path = '/checkouts/', headers = {} }: { path?: string; headers?: Record<string, string> } = {},
): Promise<Response> {
	return await fetch(`${sandboxUrl}/payfect/api/v1${path}`, {
		method: 'POST',
		headers: { Authorization: payfectKey, 'Content-Type': 'application/json', ...headers },
		body: typeof body === 'string' ? body : JSON.stringify(body),
	});
}

/** Makes a checkout and gives its id. */
export async function payfectCheckout(
	sandboxUrl: string,
	changes: Record<string, unknown> = {},
): Promise<string> {
	const answer = await postToPayfect(sandboxUrl, payfectOrder(changes));
	return ((await answer.json()) as { id: string }).id;
}
