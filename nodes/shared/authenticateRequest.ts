import { randomBytes } from 'crypto';
import type { ICredentialDataDecryptedObject, IDataObject, IHttpRequestOptions } from 'n8n-workflow';
import type { HttpCall, PaymentContract } from './contract';
import { trimmed } from './providerNode';

/**
 * The `authenticate` of every credential: fixes the request as the exact text that will be sent, has the contract sign that
 * text, and puts both into the request. Works for our own calls and for n8n's HTTP Request node alike.
 *
 * @throws whatever the contract throws when the credential cannot sign (words, never values)
 */
export async function authenticateRequest<Credentials>(
	contract: Pick<PaymentContract<Credentials, never>, 'authHeaders'>,
	credentials: ICredentialDataDecryptedObject,
	request: IHttpRequestOptions,
): Promise<IHttpRequestOptions> {
	const { baseURL, qs, ...rest } = request as Omit<IHttpRequestOptions, 'body'> & { body?: unknown };
	const text = bodyText(rest.body);
	const call: HttpCall = {
		method: (request.method ?? 'GET') as HttpCall['method'],
		url: wholeUrl(request.url, baseURL, qs),
		repeat: 'once',
		...(text === undefined ? {} : { body: text }),
	};
	const stamp = { now: new Date(), nonce: randomBytes(16).toString('hex') };
	const headers: IDataObject = { ...request.headers, ...contract.authHeaders(trimmed(credentials) as Credentials, call, stamp) };
	if (text !== undefined && !Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')) {
		headers['content-type'] = rest.body instanceof URLSearchParams ? 'application/x-www-form-urlencoded' : 'application/json';
	}
	return {
		...rest,
		method: call.method,
		url: call.url,
		headers,
		// A Buffer is sent as it is; n8n trims a text and quotes one that is not JSON. A multipart form or a stream has no text that
		// could be fixed here; it is sent as n8n builds it.
		...(text === undefined ? {} : { body: Buffer.from(text, 'utf8') }),
	};
}

function bodyText(body: unknown): string | undefined {
	if (body === undefined || body === null) return undefined;
	if (typeof body === 'string') return body;
	if (Buffer.isBuffer(body)) return body.toString('utf8');
	if (body instanceof URLSearchParams) return body.toString();
	const plain = typeof body === 'object' && (Array.isArray(body) || Object.getPrototypeOf(body) === Object.prototype);
	// n8n sends nothing for an empty object.
	return plain && Object.keys(body).length > 0 ? JSON.stringify(body) : undefined;
}

function wholeUrl(url: string, baseURL: string | undefined, query: IDataObject | undefined): string {
	const absolute = /^https?:\/\//i.test(url) || !baseURL ? url : `${baseURL.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`;
	const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
		(Array.isArray(value) ? value : [value]).filter((entry) => entry !== undefined && entry !== null).map((entry) => `${encodeURIComponent(name)}=${encodeURIComponent(String(entry))}`),
	);
	return pairs.length === 0 ? absolute : `${absolute}${absolute.includes('?') ? '&' : '?'}${pairs.join('&')}`;
}
