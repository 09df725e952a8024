import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { ReceivedCallback } from '../../nodes/shared/core/contract';
import { readAtMost } from '../../nodes/shared/core/readAtMost';
import { Stop, type Fields, type LiveProvider } from './provider';

const MAXIMUM_BYTES = 1_000_000;

/** What receives callbacks. */
export interface Listener {
	url: string;
	close(): Promise<void>;
}

/**
 * Takes callbacks on this machine only, and acknowledges them as the trigger would.
 *
 * @throws Stop where the port is taken
 */
export async function listen(
	provider: LiveProvider,
	credentials: Fields,
	port: number,
	onCallback: (received: ReceivedCallback) => void,
): Promise<Listener> {
	const server = createServer((request, response) => {
		void (async () => {
			const rawBody = await readAtMost(request, MAXIMUM_BYTES);
			if (request.method !== 'POST' || rawBody === undefined) {
				response.writeHead(request.method === 'POST' ? 413 : 405).end();
				return;
			}
			const headers = Object.entries(request.headers).map(([name, value]) => [
				name,
				Array.isArray(value) ? value.join(', ') : (value ?? ''),
			]);
			const { status, contentType, body } = provider.contract.callback.acknowledgement(credentials);
			response.writeHead(status, { 'content-type': contentType }).end(body);
			onCallback({ headers: Object.fromEntries(headers) as Record<string, string>, rawBody });
		})().catch(() => response.destroy());
	});
	server.listen(port, '127.0.0.1');
	await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
		throw new Stop(
			`Nothing can listen on port ${port} (${error.code}). Choose another one: --port ${port + 1}. Nothing was sent.`,
		);
	});
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		close: async () => {
			const closed = once(server.close(), 'close');
			server.closeAllConnections();
			await closed;
		},
	};
}
