import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type Context } from 'hono';
import { setTimeout as wait } from 'node:timers/promises';
import type { commonFaults } from './faults';
import type { PlayedProvider } from './playedProvider';
import type { ApiCall, ApiReply, SandboxOperation } from './provider';
import type { SandboxState } from './state';

type ServerContext = Context<{ Bindings: HttpBindings }>;
type CommonFault = (typeof commonFaults)[number]['fault'];

/**
 * A call without an answer is cut off after this time, so that a forgotten client cannot pile up
 * connections.
 */
const hangAtMostMilliseconds = 120_000;
const retryAfterSeconds = 1;

/** The HTTP API of one provider, to be mounted at `/<name>`. */
export function providerApi(
	played: PlayedProvider,
	sandbox: SandboxState,
): Hono<{ Bindings: HttpBindings }> {
	const app = new Hono<{ Bindings: HttpBindings }>();
	for (const operation of played.provider.operations) {
		app.on(
			operation.method,
			operation.path,
			async (c) => await answer(c, operation, played, sandbox),
		);
	}
	app.all('*', async (c) => {
		const call = await readCall(c, played.name);
		const nothingThere: ApiReply = { status: 404, body: { message: 'Not found' } };
		const reply = played.provider.unmatched?.(call) ?? nothingThere;
		note(sandbox, played.name, call, {
			status: reply.status,
			reason: reply.refusal ?? `${call.method} ${call.providerTarget} is not a documented call.`,
		});
		return toResponse(reply);
	});
	return app;
}

async function answer(
	c: ServerContext,
	operation: SandboxOperation,
	played: PlayedProvider,
	sandbox: SandboxState,
): Promise<Response> {
	const { provider, context } = played;
	played.countRequest(operation.operation);
	// Taken before the body is awaited, so that a fault for one call hits the first of two.
	const fault = sandbox.faults.take(provider.name, operation.operation);
	const answerAt = performance.now() + sandbox.settings.latencyMilliseconds;
	const latency = async () => {
		const left = answerAt - performance.now();
		if (left > 0) await wait(left, undefined, { ref: false });
	};
	const call = await readCall(c, provider.name);

	const noteFault = (status: number | null) =>
		note(sandbox, provider.name, call, { status, reason: `Fault switched on: ${fault}` });
	const instead = fault === undefined ? undefined : replyInstead(fault, played);
	if (instead !== undefined) {
		noteFault(instead.status);
		await latency();
		return toResponse(instead);
	}
	if (fault === 'timeout-before' || fault === 'reset-before') {
		noteFault(null);
		return await withoutAnswer(c, fault);
	}

	const reply = provider.authenticate(call, context) ?? (await operation.handle(call, context));
	if (reply.refusal !== undefined)
		note(sandbox, provider.name, call, { status: reply.status, reason: reply.refusal });
	const response = toResponse(reply);
	await latency();
	switch (fault as CommonFault | undefined) {
		case '500-after':
			noteFault(500);
			return toResponse(serverError);
		case 'timeout-after':
		case 'reset-after':
			noteFault(null);
			return await withoutAnswer(c, fault as CommonFault);
		case 'html':
			noteFault(200);
			return toResponse({
				status: 200,
				body: maintenancePage,
				headers: { 'content-type': 'text/html; charset=utf-8' },
			});
		case 'half-json': {
			noteFault(response.status);
			const text = await response.text();
			return new Response(text.slice(0, Math.ceil(text.length / 2)), {
				status: response.status,
				headers: response.headers,
			});
		}
		default:
			return response;
	}
}

const serverError: ApiReply = { status: 500, body: { message: 'Internal server error' } };
const maintenancePage =
	'<!DOCTYPE html><html lang="en"><head><title>Maintenance</title></head><body><h1>We will be back soon</h1></body></html>';

/** The reply of a fault that takes the place of the real one before anything is stored. */
function replyInstead(fault: string, played: PlayedProvider): ApiReply | undefined {
	const tooMany = { status: 429, body: { message: 'Too many requests' } };
	switch (fault) {
		case '429-seconds':
			return { ...tooMany, headers: { 'Retry-After': String(retryAfterSeconds) } };
		case '429-date':
			// An HTTP date has whole seconds. One more keeps it in the future.
			return {
				...tooMany,
				headers: {
					'Retry-After': new Date(Date.now() + (retryAfterSeconds + 1) * 1000).toUTCString(),
				},
			};
		case '500':
			return serverError;
		case '401':
			return played.provider.wrongKey();
		default:
			return played.provider.faults?.[fault]?.();
	}
}

async function withoutAnswer(c: ServerContext, fault: string): Promise<Response> {
	const { socket } = c.env.incoming;
	if (fault.startsWith('timeout') && !socket.destroyed) {
		const gone = new AbortController();
		socket.once('close', () => gone.abort());
		await wait(hangAtMostMilliseconds, undefined, { signal: gone.signal, ref: false }).catch(
			() => undefined,
		);
	}
	socket.resetAndDestroy();
	return RESPONSE_ALREADY_SENT;
}

async function readCall(c: ServerContext, name: string): Promise<ApiCall> {
	// As Node parsed it: signatures may cover the path, and the URL class would normalize it.
	const target = c.env.incoming.url ?? '';
	const query = target.indexOf('?');
	return {
		method: c.req.method,
		target,
		providerTarget: target.slice(name.length + 1),
		params: c.req.param(),
		query: new URLSearchParams(query === -1 ? '' : target.slice(query)),
		headers: Object.fromEntries(
			Object.entries(c.env.incoming.headers).map(([header, value]) => [
				header,
				Array.isArray(value) ? value.join(', ') : value,
			]),
		),
		rawBody: Buffer.from(await c.req.arrayBuffer()),
	};
}

function toResponse({ status, body, headers }: ApiReply): Response {
	if (body === undefined || status === 204) return new Response(null, { status, headers });
	if (typeof body === 'string')
		return new Response(body, {
			status,
			headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
		});
	return new Response(JSON.stringify(body), {
		status,
		headers: { 'content-type': 'application/json', ...headers },
	});
}

function note(
	sandbox: SandboxState,
	provider: string,
	call: ApiCall,
	refusal: { readonly status: number | null; readonly reason: string },
): void {
	sandbox.refuse({ provider, method: call.method, path: call.target, ...refusal });
}
