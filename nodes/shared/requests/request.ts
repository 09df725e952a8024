import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';
import type { HttpReply } from '../core/contract';
import { readJson } from '../core/exactJson';
import { MAXIMUM_IDLE_MILLISECONDS, MAXIMUM_REPLY_BYTES } from '../core/limits';
import { readAtMost } from '../core/readAtMost';
import type { AnyContext } from '../providerNode';
import { endOf, type Deadline, type Sending } from './sending';

/** The whole answer had not come in time. */
export class ReplyTooLate extends Error {
	constructor(
		readonly milliseconds: number,
		cause: unknown,
	) {
		super('reply too late', { cause });
	}
}

/** The answer has more bytes than it may have. */
export class ReplyTooLong extends Error {
	constructor(
		readonly status: number,
		readonly maximumBytes: number,
	) {
		super('reply too long');
	}
}

/**
 * Sends one HTTP request through n8n and the credential, and reads the whole answer, whatever its
 * status.
 *
 * @throws ReplyTooLate, ReplyTooLong, or what n8n throws
 */
export async function request<Credentials>(
	sending: Sending<Credentials>,
	deadline: Deadline,
): Promise<HttpReply> {
	const { stopped } = sending.options;
	return await requestUntil(sending, deadline).catch((error: unknown) => {
		if (error instanceof ReplyTooLong || stopped?.aborted || !deadline.signal.aborted) throw error;
		throw new ReplyTooLate(deadline.milliseconds, error);
	});
}

async function requestUntil<Credentials>(
	{ context, provider: { credentialName }, credentials, call, options }: Sending<Credentials>,
	deadline: Deadline,
): Promise<HttpReply> {
	const end = endOf(deadline, options.stopped);
	const sent: IHttpRequestOptions = {
		method: call.method,
		url: call.url,
		headers: { accept: 'application/json', ...call.headers },
		body: call.body,
		// n8n reads without a limit (2.41.1: maxContentLength is Infinity); a stream is counted here,
		// unpacked.
		encoding: 'stream',
		returnFullResponse: true,
		// Without it n8n sends the request a second time after a 401.
		ignoreHttpStatusErrors: true,
		// A redirected POST loses its body or goes to another host with our signature.
		disableFollowRedirect: true,
		abortSignal: end,
		// Idle time, which a byte now and then prolongs for ever.
		...(deadline.milliseconds > MAXIMUM_IDLE_MILLISECONDS
			? { timeout: MAXIMUM_IDLE_MILLISECONDS }
			: {}),
	};
	// Without the credential n8n reads it from its database and decrypts it anew for each request.
	const credentialsDecrypted = {
		id: '',
		name: credentialName,
		type: credentialName,
		data: credentials as ICredentialDataDecryptedObject,
	};
	const response = (await context.helpers.httpRequestWithAuthentication.call(
		endingWith(context, end),
		credentialName,
		sent,
		{ credentialsDecrypted },
	)) as { statusCode: number; headers: Record<string, unknown>; body: AsyncIterable<Uint8Array> };
	const maximumBytes = call.maximumReplyBytes ?? MAXIMUM_REPLY_BYTES;
	const bytes = await readAtMost(response.body, maximumBytes);
	if (bytes === undefined) throw new ReplyTooLong(response.statusCode, maximumBytes);
	const text = bytes.toString('utf8');
	return {
		status: response.statusCode,
		headers: lowerCased(response.headers),
		text,
		bytes,
		body: text === '' ? undefined : readJson(text),
	};
}

/**
 * The context with this end in place of the execution's. n8n replaces the signal of a request by
 * that of the context on which its helper is called (n8n-core 2.41.1,
 * request-helpers/authentication.js; 1.123.81, request-helper-functions.js).
 */
function endingWith<Context extends AnyContext>(context: Context, end: AbortSignal): Context {
	return Object.create(context, {
		getExecutionCancelSignal: { value: () => end },
	}) as Context;
}

function lowerCased(headers: Record<string, unknown>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [
			name.toLowerCase(),
			Array.isArray(value) ? value.join(', ') : String(value),
		]),
	);
}
