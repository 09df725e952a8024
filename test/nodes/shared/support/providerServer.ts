import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface ReceivedRequest {
	method: string;
	/** With the query. */
	path: string;
	headers: IncomingHttpHeaders;
	bytes: Buffer;
	body: string;
}

/** What the server does with a request; `reset` cuts the connection, `hang` never answers. */
export type Reply =
	{ status?: number; headers?: Record<string, string>; body?: string | Buffer } | 'reset' | 'hang';

export interface ProviderServer {
	url: string;
	/** In the order of their arrival. */
	received: ReceivedRequest[];
	/** The most requests that were under way at once. */
	readonly mostAtOnce: number;
	/** Takes the place of the answers below; held answers are released by resolving the promise. */
	respond(answer: (request: ReceivedRequest, index: number) => Reply | Promise<Reply>): void;
	reset(): void;
	close(): void;
}

/**
 * A local server that stands for a provider's API and notes what arrives. Answers `{}` unless told
 * otherwise.
 */
export async function startProviderServer(): Promise<ProviderServer> {
	let answer: Parameters<ProviderServer['respond']>[0] = () => ({});
	let underWay = 0;
	let most = 0;
	const received: ReceivedRequest[] = [];
	const write = (response: ServerResponse, reply: Reply) => {
		if (reply === 'reset') return response.socket?.resetAndDestroy();
		if (reply === 'hang') return undefined;
		response.writeHead(reply.status ?? 200, {
			'content-type': 'application/json',
			...reply.headers,
		});
		return response.end(reply.body ?? '{}');
	};
	const server = createServer((incoming, response) => {
		underWay += 1;
		most = Math.max(most, underWay);
		response.once('close', () => (underWay -= 1));
		void buffer(incoming)
			.then(async (bytes) => {
				const request: ReceivedRequest = {
					method: incoming.method ?? '',
					path: incoming.url ?? '',
					headers: incoming.headers,
					bytes,
					body: bytes.toString('utf8'),
				};
				received.push(request);
				write(response, await answer(request, received.length - 1));
			})
			.catch(() => response.destroy());
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		received,
		get mostAtOnce() {
			return most;
		},
		respond: (next) => (answer = next),
		reset() {
			answer = () => ({});
			received.length = 0;
			most = 0;
		},
		close() {
			server.closeAllConnections();
			server.close();
		},
	};
}
