import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';
import type { HttpReply } from '../core/contract';
import { readJson } from '../core/exactJson';
import type { Sending } from './sending';

const REQUEST_TIMEOUT_MILLISECONDS = 30_000;

/** Sends one HTTP request through n8n and the credential, and reads the whole answer, whatever its status. */
export async function request<Credentials, Order>({
	context,
	provider: { credentialName },
	credentials,
	call,
	options,
}: Sending<Credentials, Order>): Promise<HttpReply> {
	const sent: IHttpRequestOptions = {
		method: call.method,
		url: call.url,
		headers: { accept: 'application/json', ...call.headers },
		body: call.body,
		encoding: 'arraybuffer',
		returnFullResponse: true,
		// Without it n8n sends the request a second time after a 401.
		ignoreHttpStatusErrors: true,
		// A redirected POST loses its body or goes to another host with our signature.
		disableFollowRedirect: true,
		timeout: options.timeoutMilliseconds ?? REQUEST_TIMEOUT_MILLISECONDS,
		...(options.stopped ? { abortSignal: options.stopped } : {}),
	};
	// Without the credential n8n reads it from its database and decrypts it anew for each request.
	const credentialsDecrypted = {
		id: '',
		name: credentialName,
		type: credentialName,
		data: credentials as ICredentialDataDecryptedObject,
	};
	const response = (await context.helpers.httpRequestWithAuthentication.call(
		context,
		credentialName,
		sent,
		{ credentialsDecrypted },
	)) as { statusCode: number; headers: Record<string, unknown>; body: unknown };
	const bytes = Buffer.isBuffer(response.body)
		? response.body
		: Buffer.from(
				typeof response.body === 'string'
					? response.body
					: new Uint8Array((response.body ?? new ArrayBuffer(0)) as ArrayBuffer),
			);
	const text = bytes.toString('utf8');
	return {
		status: response.statusCode,
		headers: lowerCased(response.headers),
		text,
		bytes,
		body: text === '' ? undefined : readJson(text),
	};
}

function lowerCased(headers: Record<string, unknown>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [
			name.toLowerCase(),
			Array.isArray(value) ? value.join(', ') : String(value),
		]),
	);
}
