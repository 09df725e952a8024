/**
 * A callback as n8n receives it: real bytes over a loopback connection, a request that is parsed by
 * n8n 2.41.1's rules (dist/middlewares/body-parser.js, `parseRequestBody` of
 * dist/webhooks/webhook-helpers.js), and Express in the version and with the settings that n8n has
 * (dist/abstract-server.js).
 */
import { randomUUID } from 'node:crypto';
import {
	Agent,
	createServer,
	request as httpRequest,
	type OutgoingHttpHeaders,
	type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse as parseQueryString } from 'node:querystring';
import { buffer } from 'node:stream/consumers';
import { createGunzip, createInflate } from 'node:zlib';
import { parseIncomingMessage } from '@n8n/backend-network';
import express, { type Request, type Response } from 'express';

export interface CallbackRequest {
	/** Default: POST. */
	method?: string;
	/** As they are written on the wire. No content type is added. */
	headers?: Record<string, string | string[]>;
	/** The exact bytes of the body. */
	rawBody?: Buffer | string;
	/** The query without the question mark. */
	query?: string;
}

/** An answer as the sender of the callback sees it. */
export interface ClientResponse {
	status: number;
	/** Lower-case names. */
	headers: Record<string, string | string[] | undefined>;
	body: string;
}

/** What n8n adds to Express's request before it calls a node. */
export type N8nRequest = Request & {
	rawBody?: Buffer;
	readRawBody: () => Promise<void>;
	contentType?: string;
	encoding?: BufferEncoding;
};

export class UnreadableBody extends Error {
	constructor(
		readonly status: number,
		message: string,
	) {
		super(message);
	}
}

/** n8n's N8N_PAYLOAD_SIZE_MAX default. */
const LARGEST_BODY_BYTES = 16 * 1024 * 1024;
const CALL_HEADER = 'x-harness-call';

type Handler = (request: N8nRequest, response: Response) => Promise<void>;
const handlers = new Map<string, Handler>();
let server: Promise<Server> | undefined;
const agent = new Agent({ keepAlive: true });

/** One server for all calls of a test file; it does not keep the process alive. */
async function listening(): Promise<Server> {
	server ??= new Promise((resolve, reject) => {
		const app = express();
		app.disable('x-powered-by');
		app.set('query parser', 'extended');
		app.use((incoming: Request, response: Response) => {
			const call = String(incoming.headers[CALL_HEADER]);
			delete incoming.headers[CALL_HEADER];
			void handlers
				.get(call)?.(n8nRequest(incoming), response)
				.catch((error: unknown) => {
					if (!response.headersSent) response.status(500).json({ code: 0, message: String(error) });
				});
		});
		const created = createServer(app);
		// None: a connection that is closed just when the next call takes it would be a failure of the
		// harness.
		created.keepAliveTimeout = 0;
		created.on('connection', (socket) => socket.unref());
		created.on('error', reject);
		created.listen(0, '127.0.0.1', () => resolve(created.unref()));
	});
	return await server;
}

function n8nRequest(incoming: Request): N8nRequest {
	const request = incoming as N8nRequest;
	parseIncomingMessage(request as unknown as Parameters<typeof parseIncomingMessage>[0]);
	request.readRawBody = async () => {
		if (request.rawBody) return;
		const unzip = { gzip: createGunzip, deflate: createInflate }[
			String(request.headers['content-encoding'])
		];
		const bytes = await buffer(unzip ? request.pipe(unzip()) : request);
		if (bytes.length > LARGEST_BODY_BYTES)
			throw new UnreadableBody(500, 'request entity too large');
		request.rawBody = bytes;
	};
	return request;
}

/**
 * Reads and parses the body as n8n does before it calls a node's `webhook`. Throws `UnreadableBody`
 * where n8n answers by itself.
 */
export async function parseBody(request: N8nRequest, typeVersion: number): Promise<void> {
	const { contentType } = request;
	if (contentType?.startsWith('multipart/'))
		throw new Error('Multipart bodies are not played by this harness.');
	const parsable =
		contentType !== undefined &&
		(['application/json', 'text/plain', 'application/x-www-form-urlencoded'].some((type) =>
			contentType.startsWith(type),
		) ||
			/[/+]xml$/.test(contentType));
	if (typeVersion > 1 && !parsable) return;
	try {
		await request.readRawBody();
	} catch (error) {
		throw error instanceof UnreadableBody
			? error
			: new UnreadableBody(500, 'There was a problem executing the workflow');
	}
	if (!request.rawBody?.length) return;
	try {
		const encoded = request.headers['content-encoding'];
		if (encoded !== undefined && !['gzip', 'deflate', 'identity'].includes(encoded))
			throw new Error('unsupported content encoding');
		const text = request.rawBody.toString(request.encoding);
		if (contentType === 'application/json') request.body = JSON.parse(text.replace(/^\uFEFF/, ''));
		else if (contentType === 'application/x-www-form-urlencoded')
			request.body = parseQueryString(text, undefined, undefined, { maxKeys: 1000 });
		else if (contentType === 'text/plain') request.body = text;
	} catch {
		throw new UnreadableBody(422, 'Failed to parse request body');
	}
}

/** Sends the request to `handle` over a loopback connection and waits for the whole answer. */
export async function sendOverLoopback(
	path: string,
	call: CallbackRequest,
	handle: Handler,
): Promise<ClientResponse> {
	const { port } = (await listening()).address() as AddressInfo;
	const id = randomUUID();
	handlers.set(id, handle);
	const body = Buffer.from(call.rawBody ?? '');
	const headers: OutgoingHttpHeaders = {
		'content-length': body.length,
		...call.headers,
		[CALL_HEADER]: id,
	};
	try {
		return await new Promise((resolve, reject) => {
			const sent = httpRequest(
				{
					host: '127.0.0.1',
					port,
					agent,
					method: call.method ?? 'POST',
					path: call.query ? `${path}?${call.query}` : path,
					headers,
					timeout: 10_000,
				},
				(answer) => {
					buffer(answer).then(
						(bytes) =>
							resolve({
								status: answer.statusCode ?? 0,
								headers: answer.headers,
								body: bytes.toString('utf8'),
							}),
						reject,
					);
				},
			);
			sent.on('timeout', () =>
				sent.destroy(
					new Error(
						'No answer within 10 seconds: the node neither answered nor returned a webhookResponse.',
					),
				),
			);
			sent.on('error', reject);
			sent.end(body);
		});
	} finally {
		handlers.delete(id);
	}
}
