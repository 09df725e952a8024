import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { controlApi } from './core/control';
import { refusedHost, refusedOrigin } from './core/doors';
import { pages } from './core/pages/pages';
import type { SandboxCredential, SandboxProvider } from './core/provider';
import { providerApi } from './core/providerApi';
import { SandboxState } from './core/state';
import { findProviders } from './providers';

export interface RunningSandbox {
	/** Without a final slash: `http://127.0.0.1:4100` */
	readonly url: string;
	/**
	 * The same by the first of `hosts`: what n8n is to call where it reaches the sandbox by that name
	 * only
	 */
	readonly apiUrl: string;
	/** Stops answering, sending and waiting; open connections are cut. */
	close(): Promise<void>;
}

export interface SandboxOptions {
	/** 0 (default): a free one */
	readonly port?: number;
	/** Waited before each answer of a provider's API; 0 by default */
	readonly latencyMilliseconds?: number;
	/** What the documented waiting times between deliveries are multiplied by; 0.001 by default */
	readonly redeliveryScale?: number;
	/**
	 * Names in the `Host` header, besides 127.0.0.1, localhost and [::1], that are answered, without
	 * a port
	 */
	readonly hosts?: readonly string[];
	/** Addresses of this machine, besides 127.0.0.1, on which it listens */
	readonly listen?: readonly string[];
	/** Host names, besides this machine, that callbacks may be sent to */
	readonly allowedCallbackHosts?: readonly string[];
	/** All that have a file in `sandbox/providers/` by default */
	readonly providers?: readonly SandboxProvider[];
}

const thisMachine = '127.0.0.1';

/**
 * Listens on this machine, and on these further addresses with the same port; on all of them or
 * none.
 */
async function listenOn(
	fetch: Hono<{ Bindings: HttpBindings }>['fetch'],
	wantedPort: number,
	addresses: readonly string[],
): Promise<{ port: number; close(): Promise<void> }> {
	const servers: Server[] = [];
	const listen = async (port: number, address: string): Promise<number> => {
		// Node's own Request and Response stay in place: the sandbox is a guest in the process of a
		// test.
		const server = createAdaptorServer({ fetch, overrideGlobalObjects: false });
		servers.push(server as Server);
		server.listen(port, address);
		await once(server, 'listening');
		return (server.address() as AddressInfo).port;
	};
	const close = async () => {
		await Promise.all(
			servers.splice(0).map(async (server) => {
				if (!server.listening) return;
				const closed = once(server.close(), 'close');
				server.closeAllConnections();
				await closed;
			}),
		);
	};
	const port = await listen(wantedPort, thisMachine);
	try {
		for (const address of addresses) await listen(port, address);
	} catch (error) {
		await close();
		throw error;
	}
	return { port, close };
}

/**
 * Starts the sandbox. Rejects with Node's own error (`EADDRINUSE`, `EADDRNOTAVAIL`) where it cannot
 * listen.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
	const app = new Hono<{ Bindings: HttpBindings }>();
	const { port, close } = await listenOn(app.fetch, options.port ?? 0, options.listen ?? []);
	const url = `http://${thisMachine}:${port}`;
	const hosts = (options.hosts ?? []).map((host) => host.toLowerCase());
	const apiUrl = hosts[0] === undefined ? url : `http://${hosts[0]}:${port}`;
	const sandbox = new SandboxState(
		{ url, apiUrl },
		options.providers ?? findProviders(),
		{
			latencyMilliseconds: options.latencyMilliseconds ?? 0,
			redeliveryScale: options.redeliveryScale ?? 0.001,
		},
		options.allowedCallbackHosts ?? [],
	);
	app.use(async (c, next) => {
		const { incoming } = c.env;
		const reason = refusedHost(incoming, hosts) ?? refusedOrigin(incoming);
		if (reason === undefined) return await next();
		sandbox.refuse({
			provider: 'sandbox',
			method: c.req.method,
			path: c.req.path,
			status: 403,
			reason,
		});
		return c.json({ error: reason }, 403);
	});
	app.route('/control', controlApi(sandbox));
	for (const played of sandbox.played.values())
		app.route(`/${played.name}`, providerApi(played, sandbox));
	app.route('/', pages(sandbox));
	app.onError((error, c) => {
		console.error(error);
		sandbox.refuse({
			provider: 'sandbox',
			method: c.req.method,
			path: c.req.path,
			status: 500,
			reason: `The sandbox itself failed: ${error.message}`,
		});
		return c.json({ error: `The sandbox itself failed: ${error.message}` }, 500);
	});

	let closed: Promise<void> | undefined;
	return {
		url,
		apiUrl,
		async close() {
			sandbox.reset();
			closed ??= close();
			await closed;
		},
	};
}

/**
 * What to type into n8n's credentials, one for each provider, with the field names that the
 * credential has there.
 *
 * @param apiUrl where n8n reaches the sandbox, if that is another address than the payer's
 */
export function sandboxCredentials(sandboxUrl: string, apiUrl = sandboxUrl): SandboxCredential[] {
	return findProviders().map((provider) =>
		provider.credential(`${apiUrl}/${provider.name}`, `${sandboxUrl}/${provider.name}`),
	);
}
