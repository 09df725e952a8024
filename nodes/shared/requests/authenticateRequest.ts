import { randomBytes } from 'crypto';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IHttpRequestOptions,
} from 'n8n-workflow';
import type { ApiContract, HttpCall } from '../core/contract';
import { readUtf8, textOrNull } from '../core/exactJson';
import { withoutFinalSlashes } from '../core/urls';
import { trimmed } from '../providerNode';

const FORM = 'application/x-www-form-urlencoded';

/**
 * The `authenticate` of every credential: fixes the request as the exact text that will be sent,
 * has the contract sign that text, and puts both into the request. Works for our own calls and for
 * n8n's HTTP Request node alike.
 *
 * @throws whatever the contract throws when the credential cannot sign (words, never values)
 */
export async function authenticateRequest<Credentials>(
	contract: Pick<ApiContract<Credentials>, 'authHeaders'>,
	credentials: ICredentialDataDecryptedObject,
	request: IHttpRequestOptions,
): Promise<IHttpRequestOptions> {
	// The HTTP Request node still says `uri` and `form`, as the older helpers of n8n do.
	const { url, uri, baseURL, qs, form, ...rest } = request as Omit<IHttpRequestOptions, 'url'> & {
		url?: string;
		uri?: string;
		form?: IDataObject;
	};
	const body: unknown =
		rest.body === undefined && form !== undefined ? new URLSearchParams(pairs(form)) : rest.body;
	const text = bodyText(body);
	const call: HttpCall = {
		method: (request.method ?? 'GET') as HttpCall['method'],
		url: wholeUrl(url ?? uri ?? '', baseURL, qs),
		retry: 'never',
		...(text === undefined ? {} : { body: text }),
	};
	const stamp = { now: new Date(), nonce: randomBytes(16).toString('hex') };
	const headers: IDataObject = {
		...request.headers,
		...contract.authHeaders(trimmed(credentials) as Credentials, call, stamp),
	};
	const signed = { ...rest, method: call.method, url: call.url, headers };
	// A multipart form, a file or a stream has no text that could be fixed here; it is sent as n8n
	// builds it.
	return text === undefined ? signed : { ...signed, ...fixedBody(headers, text, body) };
}

/** The body so that n8n sends these very bytes, with its content type. */
function fixedBody(
	headers: IDataObject,
	text: string,
	original: unknown,
): { headers: IDataObject; body: string | Buffer } {
	const given = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type');
	const standard = original instanceof URLSearchParams ? FORM : 'application/json';
	const contentType = given === undefined ? standard : (textOrNull(given[1]) ?? '');
	return {
		headers: given === undefined ? { ...headers, 'content-type': contentType } : headers,
		// n8n sends a Buffer as it is, but trims a text and quotes one that is not JSON. The Buffer of
		// a form it writes anew.
		body: contentType.startsWith(FORM) ? text : Buffer.from(text, 'utf8'),
	};
}

function bodyText(body: unknown): string | undefined {
	if (body === undefined || body === null) return undefined;
	if (typeof body === 'string') return body;
	if (Buffer.isBuffer(body)) return readUtf8(body);
	if (body instanceof URLSearchParams) return body.toString();
	const plain =
		typeof body === 'object' &&
		(Array.isArray(body) || Object.getPrototypeOf(body) === Object.prototype);
	// n8n sends nothing for an empty object.
	return plain && Object.keys(body).length > 0 ? JSON.stringify(body) : undefined;
}

function wholeUrl(
	url: string,
	baseURL: string | undefined,
	query: IDataObject | undefined,
): string {
	const absolute =
		/^https?:\/\//i.test(url) || !baseURL
			? url
			: `${withoutFinalSlashes(baseURL)}/${url.replace(/^\/+/, '')}`;
	const text = pairs(query ?? {})
		.map((pair) => pair.map(encodeURIComponent).join('='))
		.join('&');
	return text === '' ? absolute : `${absolute}${absolute.includes('?') ? '&' : '?'}${text}`;
}

/** A list becomes a field that is repeated. */
function pairs(fields: IDataObject): Array<[string, string]> {
	return Object.entries(fields).flatMap(([name, value]) =>
		(Array.isArray(value) ? value : [value]).flatMap((entry): Array<[string, string]> =>
			entry === undefined || entry === null ? [] : [[name, String(entry)]],
		),
	);
}
