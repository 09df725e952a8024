import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { controlApi } from './core/control';
import { pages } from './core/pages/pages';
import type { SandboxCredential, SandboxProvider } from './core/provider';
import { providerApi } from './core/providerApi';
import { SandboxState } from './core/state';
import { findProviders } from './providers';

export interface RunningSandbox {
	/** Without a final slash: `http://127.0.0.1:4100` */
	readonly url: string;
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
	/** Host names, besides this machine, that callbacks may be sent to */
	readonly allowedCallbackHosts?: readonly string[];
	/** All that have a file in `sandbox/providers/` by default */
	readonly providers?: readonly SandboxProvider[];
}

const onlyThisMachine = '127.0.0.1';

/** Starts the sandbox on 127.0.0.1. Rejects with Node's own error (`EADDRINUSE`) where the port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
	const app = new Hono<{ Bindings: HttpBindings }>();
	// Node's own Request and Response stay in place: the sandbox is a guest in the process of a test.
	const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server;
	server.listen(options.port ?? 0, onlyThisMachine);
	await once(server, 'listening');

	const url = `http://${onlyThisMachine}:${(server.address() as AddressInfo).port}`;
	const sandbox = new SandboxState(
		url,
		options.providers ?? findProviders(),
		{
			latencyMilliseconds: options.latencyMilliseconds ?? 0,
			redeliveryScale: options.redeliveryScale ?? 0.001,
		},
		options.allowedCallbackHosts ?? [],
	);
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

	let closed: Promise<unknown> | undefined;
	return {
		url,
		async close() {
			sandbox.reset();
			closed ??= once(server.close(), 'close');
			server.closeAllConnections();
			await closed;
		},
	};
}

/** What to type into n8n's credentials, one for each provider, with the field names that the credential has there. */
export function sandboxCredentials(sandboxUrl: string): SandboxCredential[] {
	return findProviders().map((provider) => provider.credential(`${sandboxUrl}/${provider.name}`));
}
