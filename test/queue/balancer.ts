import { once } from 'node:events';
import {
	createServer,
	request as httpRequest,
	type IncomingMessage,
	type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import axios, { isAxiosError } from 'axios';

export interface Target {
	name: string;
	url: string;
}

/**
 * The load balancer that n8n wants in front of several webhook processors: one public address for
 * all of them.
 */
export interface Balancer {
	url: string;
	/**
	 * Callbacks go to these in turn, everything else to `main`. Until this is called every request
	 * gets 503.
	 */
	route(to: { processors: readonly Target[]; main: Target }): void;
	/** From now on callbacks go to this processor only; undefined: to each in turn again. */
	prefer(name: string | undefined): void;
	close(): Promise<void>;
}

/** What n8n's webhook processors answer; test addresses and the editor belong to main. */
const ofProcessors = /^\/(webhook|webhook-waiting|form|form-waiting)\//;

/** As nginx has it: no longer than this is waited for an answer. */
const answerWithinMilliseconds = 60_000;

/** How often each n8n is asked whether it is ready. */
const checkEveryMilliseconds = 500;

/**
 * Round robin on 127.0.0.1. Asks the next processor where one refuses the connection, as load
 * balancers do; once a request was sent it is not repeated. The answer's header `x-served-by` names
 * who answered.
 *
 * One that is not ready gets nothing: n8n 2.41.1 answers every request with 200 and "n8n is
 * starting up. Please wait" while it brings its database up to date (`setupHealthCheck` in
 * n8n/dist/abstract-server.js), which providers take for an acknowledgement.
 */
export async function startBalancer(): Promise<Balancer> {
	let processors: readonly Target[] = [];
	let main: Target | undefined;
	let preferred: string | undefined;
	let turn = 0;
	let closed = false;
	const away = new Set<string>();

	const candidates = (path: string): readonly Target[] => {
		if (!ofProcessors.test(path)) return main ? [main] : [];
		const ready = processors.filter(({ name }) => !away.has(name));
		if (preferred !== undefined) return ready.filter(({ name }) => name === preferred);
		const first = turn++ % Math.max(ready.length, 1);
		return [...ready.slice(first), ...ready.slice(0, first)];
	};

	const watch = async ({ name, url }: Target) => {
		while (!closed) {
			const status = await axios
				.get(`${url}/healthz/readiness`, {
					timeout: 2_000,
					proxy: false,
					validateStatus: () => true,
				})
				.then(
					(answer) => answer.status,
					// One that is merely slow is not taken out.
					(error: unknown) =>
						isAxiosError(error) && error.code === 'ECONNREFUSED' ? 503 : undefined,
				);
			if (status === 200) away.delete(name);
			else if (status !== undefined) away.add(name);
			await wait(checkEveryMilliseconds);
		}
	};

	const server = createServer((incoming, outgoing) => {
		void (async () => {
			const body = await buffer(incoming);
			for (const target of candidates(incoming.url ?? '/')) {
				if (await pass(incoming, body, target, outgoing)) return;
				away.add(target.name);
			}
			outgoing.writeHead(503).end();
		})().catch(() => outgoing.destroy());
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		route: (to) => {
			({ processors, main } = to);
			for (const target of processors) void watch(target);
		},
		prefer: (name) => (preferred = name),
		close: async () => {
			closed = true;
			server.close();
			server.closeAllConnections();
			if (server.listening) await once(server, 'close');
		},
	};
}

/** False: nobody was there, and nothing was sent. */
async function pass(
	incoming: IncomingMessage,
	body: Buffer,
	{ name, url }: Target,
	outgoing: ServerResponse,
): Promise<boolean> {
	const headers: IncomingMessage['headers'] = {
		...incoming.headers,
		'content-length': String(body.length),
	};
	// It belongs to the connection with the sender, not to the request.
	for (const header of ['connection', 'keep-alive', 'transfer-encoding']) delete headers[header];
	return await new Promise((resolve) => {
		const end = (status: number) => {
			if (outgoing.headersSent) outgoing.destroy();
			else outgoing.writeHead(status, { 'x-served-by': name }).end();
			resolve(true);
		};
		const sent = httpRequest(
			`${url}${incoming.url ?? '/'}`,
			{ method: incoming.method, headers, agent: false, timeout: answerWithinMilliseconds },
			(answer) => {
				delete answer.headers.connection;
				outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, 'x-served-by': name });
				answer.pipe(outgoing);
				answer.on('error', () => outgoing.destroy());
				answer.on('end', () => resolve(true));
			},
		);
		sent.on('timeout', () => {
			end(504);
			sent.destroy();
		});
		sent.on('error', (error: NodeJS.ErrnoException) =>
			error.code === 'ECONNREFUSED' ? resolve(false) : end(502),
		);
		// A provider that hangs up hangs up on n8n.
		outgoing.on('close', () => outgoing.writableFinished || sent.destroy());
		sent.end(body);
	});
}
