import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';
import { CallFailure } from '../core/callFailure';
import type { HttpCall, HttpReply } from '../core/contract';
import { isObject, readJson } from '../core/exactJson';
import { InputError } from '../core/inputError';
import { withRateLimit, pause } from './rateLimit';
import type { AnyContext, ProviderNode } from '../providerNode';

const REQUEST_TIMEOUT_MILLISECONDS = 30_000;
/** One row never takes longer than this over repeats, so that a provider that is down does not hold up a thousand rows. */
const MAXIMUM_ROW_MILLISECONDS = 120_000;
const MAXIMUM_ATTEMPTS = 5;
const FIRST_PAUSE_MILLISECONDS = 1_000;
const LONGEST_PAUSE_MILLISECONDS = 30_000;
/** Of an answer that is quoted in an error; what is beyond is not even looked at. */
const LONGEST_WORDS = 10_000;
/** A shorter piece of a secret is a hint, as providers give it on purpose (`…f3a9`), and is found in ordinary words. */
const SHORTEST_PIECE_OF_A_SECRET = 12;

/** Errors of the network at which nothing can have been sent. */
const NEVER_SENT = new Set([
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'CERT_HAS_EXPIRED',
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'ERR_TLS_CERT_ALTNAME_INVALID',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
	'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
	'UNABLE_TO_GET_ISSUER_CERT',
	'CERT_NOT_YET_VALID',
	'CERT_UNTRUSTED',
	'CERT_REVOKED',
]);

/** In our words: n8n puts its own in place of a tool's message that holds such a name, and they say that it can be sent again. */
const NO_ANSWER: Record<string, string> = {
	ETIMEDOUT: 'time-out',
	ESOCKETTIMEDOUT: 'time-out',
	ECONNABORTED: 'time-out',
	ECONNRESET: 'connection broken',
	EPIPE: 'connection broken',
};

export interface SendOptions {
	/** 1 where somebody waits for our own answer, as in a webhook. */
	maximumAttempts?: number;
	timeoutMilliseconds?: number;
	/** The answer is a file: it need not be JSON. */
	file?: boolean;
	/** The answer tells a secret that has to be kept as it is: it is not masked, and must not get into any output. */
	tellsSecret?: boolean;
	stopped?: AbortSignal;
}

/**
 * Sends one call through the credential and gives the provider's answer. Repeats it only where that cannot make a second
 * checkout: after 429 (obeying Retry-After) and when nothing was sent; after a 5xx, a time-out or an unreadable answer only calls
 * that read, or that the provider de-duplicates.
 *
 * @throws CallFailure in the provider's words; InputError for a credential that contradicts itself
 */
export async function sendCall<Credentials, Order>(
	context: AnyContext,
	provider: ProviderNode<Credentials, Order>,
	credentials: Credentials,
	call: HttpCall,
	options: SendOptions = {},
): Promise<HttpReply> {
	const { contract } = provider;
	const problem = contract.credentialProblem?.(credentials);
	if (problem !== undefined)
		throw new InputError(problem, 'Correct the credential; nothing was sent.');
	const end = Date.now() + MAXIMUM_ROW_MILLISECONDS;
	const maximumAttempts = options.maximumAttempts ?? MAXIMUM_ATTEMPTS;
	let doubt: CallFailure | undefined;
	for (let attempt = 1; ; attempt++) {
		options.stopped?.throwIfAborted();
		const send = async () => await sendOnce(context, provider, credentials, call, options);
		const { rateLimit } = contract;
		const outcome = rateLimit
			? await withRateLimit(
					`${contract.provider}:${rateLimit.scope(credentials)}`,
					rateLimit.requestsPerSecond,
					send,
					options.stopped,
				)
			: await send();
		if ('reply' in outcome) return outcome.reply;
		if (outcome.failure.mayHaveArrived) doubt = outcome.failure;
		// Never earlier than asked for, and not all at the same moment.
		const wait = (outcome.retryAfterMilliseconds ?? 0) + growingPause(attempt);
		const repeatable = outcome.harmless || call.retry !== 'never';
		if (
			!repeatable ||
			!outcome.temporary ||
			attempt >= maximumAttempts ||
			Date.now() + wait > end
		) {
			throw doubt === undefined || doubt === outcome.failure
				? outcome.failure
				: stillInDoubt(outcome.failure, doubt);
		}
		await pause(wait, options.stopped).catch((error: unknown) => {
			throw doubt ?? error;
		});
	}
}

/** What the last attempt says of itself, such as "nothing was sent", is not true of an earlier one that may have arrived. */
function stillInDoubt(last: CallFailure, doubt: CallFailure): CallFailure {
	return new CallFailure(`${last.message}; before, ${doubt.message}`, {
		advice: doubt.advice,
		httpStatus: last.httpStatus,
		mayHaveArrived: true,
	});
}

type SendResult =
	| { reply: HttpReply }
	/** `harmless`: the provider certainly did nothing. `temporary`: another try may succeed. */
	| {
			failure: CallFailure;
			harmless: boolean;
			temporary: boolean;
			retryAfterMilliseconds?: number;
	  };

async function sendOnce<Credentials, Order>(
	context: AnyContext,
	provider: ProviderNode<Credentials, Order>,
	credentials: Credentials,
	call: HttpCall,
	options: SendOptions,
): Promise<SendResult> {
	const { contract } = provider;
	const name = contract.displayName;
	let reply: HttpReply;
	try {
		reply = await request(context, provider.credentialName, credentials, call, options);
	} catch (error) {
		const problem = inputErrorIn(error);
		if (problem) throw problem;
		const code = networkCode(error);
		const blocked = ssrfBlockMessage(error);
		const harmless = blocked !== undefined || NEVER_SENT.has(code);
		const what = harmless
			? `${name} could not be reached (${blocked ?? code})`
			: `${name} gave no answer (${NO_ANSWER[code] ?? code})`;
		return {
			failure: new CallFailure(
				what,
				harmless
					? {
							advice: `Nothing was sent. Check the address in the credential and this server's network, then run it again.`,
						}
					: uncertain(call, `Run it again when ${name} answers.`),
			),
			harmless,
			temporary: blocked === undefined,
		};
	}
	const refusal = contract.failure(reply, credentials);
	const isReadable = options.file === true || reply.text === '' || reply.body !== undefined;
	const hidden = (text: string) =>
		secretsHidden(provider, credentials, call)(text.slice(0, LONGEST_WORDS));
	if (reply.status >= 200 && reply.status < 300 && !refusal && isReadable) {
		return {
			reply: {
				...(options.tellsSecret
					? reply
					: redactEcho(reply, context, provider.credentialName, credentials, call)),
				quoted: () => excerpt(hidden(reply.text)),
			},
		};
	}
	const words = excerpt(hidden(refusal?.message ?? '') || hidden(reply.text));
	if (reply.status === 429 || refusal?.rateLimited) {
		const retryAfterMilliseconds = retryAfter(reply, Date.now());
		const later =
			retryAfterMilliseconds === undefined
				? 'later'
				: `in ${Math.ceil(retryAfterMilliseconds / 1000)} seconds`;
		const failure = new CallFailure(`${name} asks to slow down (HTTP ${reply.status}): ${words}`, {
			advice: `Nothing was made. Lower 'Requests in Parallel', or run the row again ${later}.`,
			httpStatus: reply.status,
		});
		return { failure, harmless: true, temporary: true, retryAfterMilliseconds };
	}
	if (reply.status >= 500) {
		const failure = new CallFailure(`${name} answered HTTP ${reply.status}: ${words}`, {
			...uncertain(call, `Run it again when ${name} works.`),
			httpStatus: reply.status,
		});
		return { failure, harmless: false, temporary: true };
	}
	if (reply.status >= 400 || refusal) {
		const key = reply.status === 401 || reply.status === 403;
		const failure = new CallFailure(
			`${name} refused the request${reply.status >= 400 ? ` (HTTP ${reply.status})` : ''}: ${words}`,
			{
				advice:
					refusal?.advice ??
					(!isReadable
						? `This is no answer of ${name}'s API. Check the address in the credential, and whether a proxy or firewall is in between.`
						: key
							? 'Check the key in the credential, and that it belongs to the environment chosen there.'
							: `Correct what ${name} names, then run it again.`),
				httpStatus: reply.status,
				// A web page, or nothing at all, is no answer of the API: a proxy or a wrong address gives a 404, too.
				notFound:
					refusal?.notFound ??
					(reply.status === 404 && isObject(reply.body) && Object.keys(reply.body).length > 0),
			},
		);
		return { failure, harmless: true, temporary: false };
	}
	if (reply.status < 200 || reply.status >= 300) {
		const advice = 'Redirects are not followed. Check the address in the credential.';
		// 303 points from what was done to where it can be seen; the others say that it was not done here (RFC 9110, section 15.4).
		const doubt =
			reply.status === 303 ? uncertain(call, '') : { advice: '', mayHaveArrived: false };
		const failure = new CallFailure(`${name} answered with an unexpected HTTP ${reply.status}`, {
			...doubt,
			advice: `${advice} ${doubt.advice}`.trim(),
			httpStatus: reply.status,
		});
		return { failure, harmless: !doubt.mayHaveArrived, temporary: false };
	}
	const failure = new CallFailure(`${name}'s answer is not JSON: ${words}`, {
		...uncertain(call, `Check the address in the credential; if it is right, ask ${name}.`),
		httpStatus: reply.status,
	});
	return { failure, harmless: false, temporary: true };
}

function uncertain(call: HttpCall, otherwise: string): { advice: string; mayHaveArrived: boolean } {
	if (call.retry === 'idempotent') return { advice: otherwise, mayHaveArrived: false };
	return {
		advice: `It may have been made nevertheless, so it was not sent again blindly. ${call.howToFindOut ?? 'Look it up at the provider before you run this row again.'}`,
		mayHaveArrived: true,
	};
}

async function request(
	context: AnyContext,
	credentialName: string,
	credentials: unknown,
	call: HttpCall,
	options: SendOptions,
): Promise<HttpReply> {
	const request: IHttpRequestOptions = {
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
		request,
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
	const headers = Object.fromEntries(
		Object.entries(response.headers).map(([header, value]) => [
			header.toLowerCase(),
			Array.isArray(value) ? value.join(', ') : String(value),
		]),
	);
	return {
		status: response.statusCode,
		headers,
		text,
		bytes,
		body: text === '' ? undefined : readJson(text),
	};
}

/** n8n wraps what went wrong several times; what is looked for is on one of the layers, the outermost first. */
function causes(error: unknown): object[] {
	const layers: object[] = [];
	for (let layer = error; layers.length < 6 && typeof layer === 'object' && layer !== null;) {
		layers.push(layer);
		const { cause, errorResponse } = layer as { cause?: unknown; errorResponse?: unknown };
		layer = cause ?? errorResponse;
	}
	return layers;
}

function networkCode(error: unknown): string {
	// n8n 1.x keeps it in the place of the HTTP status, and nowhere else (1.123.81).
	const codes = causes(error).flatMap((layer) => [
		(layer as { code?: unknown }).code,
		(layer as { httpCode?: unknown }).httpCode,
	]);
	return (
		codes.find(
			(code): code is string => typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code),
		) ?? 'connection failed'
	);
}

/** Where n8n's protection against requests to its own network (N8N_SSRF_PROTECTION_ENABLED) has kept the request from being sent. */
function ssrfBlockMessage(error: unknown): string | undefined {
	return causes(error).find(
		(layer): layer is Error =>
			'name' in layer && typeof layer.name === 'string' && layer.name.startsWith('SsrfBlocked'),
	)?.message;
}

/** What the credential's `authenticate` threw. */
function inputErrorIn(error: unknown): InputError | undefined {
	return causes(error).find((layer) => layer instanceof InputError);
}

function excerpt(text: string): string {
	const words = text
		.replace(/<(script|style)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	return words === '' ? 'no words given' : words.length > 300 ? `${words.slice(0, 300)}…` : words;
}

function growingPause(attempt: number): number {
	const longest = Math.min(
		FIRST_PAUSE_MILLISECONDS * 2 ** (attempt - 1),
		LONGEST_PAUSE_MILLISECONDS,
	);
	// Jitter: rows that were refused together must not come back together.
	return longest * (0.5 + Math.random() / 2);
}

/** Retry-After in milliseconds, given in seconds or as a date (RFC 9110, section 10.2.3). */
export function retryAfter(
	reply: Pick<HttpReply, 'headers'>,
	nowMilliseconds: number,
): number | undefined {
	const value = reply.headers['retry-after']?.trim() ?? '';
	if (/^\d+$/.test(value)) return Number(value) * 1000;
	const date = Date.parse(value);
	return Number.isNaN(date) ? undefined : Math.max(0, date - nowMilliseconds);
}

/** A provider or a proxy may echo what it was sent; no credential value may reach an error that is stored and shown. */
function secretsHidden<Credentials, Order>(
	{ contract }: ProviderNode<Credentials, Order>,
	credentials: Credentials,
	call: HttpCall,
): (text: string) => string {
	const open: readonly string[] = contract.nonSecretFields ?? [];
	const fields = Object.entries(credentials as Record<string, unknown>).flatMap(([name, value]) =>
		typeof value === 'string' && !open.includes(name) && !/^https?:/i.test(value) ? [value] : [],
	);
	let headers: string[] = [];
	try {
		headers = Object.values(
			contract.authHeaders(credentials, call, { now: new Date(), nonce: '' }),
		).flatMap((value) => value.split(' '));
	} catch {
		// A credential that cannot sign is reported when the request is signed.
	}
	const secrets = [
		...[...fields, ...headers].filter((value) => value.length >= 8),
		...(call.secrets ?? []).filter((value) => value !== ''),
	];
	return (text) => secrets.reduce(redactFragments, text);
}

/** With `Simplify` off an answer is stored as it came; what should not be in it at all, a masked field of our credential or a card number, is not. */
function redactEcho(
	reply: HttpReply,
	context: AnyContext,
	credentialName: string,
	credentials: unknown,
	call: HttpCall,
): HttpReply {
	const fields = context
		.getCredentialsProperties(credentialName)
		.flatMap(({ name, typeOptions }) => {
			const value = (credentials as Record<string, unknown>)[name];
			return typeOptions?.password && typeof value === 'string'
				? [value, toBase64(value), toBase64(`${value}:`)]
				: [];
		});
	const echoed = [...fields, ...(call.secrets ?? [])].filter(
		(secret) => secret.length >= SHORTEST_PIECE_OF_A_SECRET && reply.text.includes(secret),
	);
	if (echoed.length === 0) return reply;
	const hide = (text: string) =>
		echoed.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
	const text = hide(reply.text);
	if (reply.body === undefined) return { ...reply, text, bytes: Buffer.from(text) };
	// A number with stars in it is no JSON, and the answer about a payment that was made would end as an error.
	const numbersAsText = JSON.stringify(reply.body, (_name, value: unknown) =>
		typeof value === 'number' && hide(String(value)).includes('*') ? String(value) : value,
	);
	return { ...reply, text, bytes: Buffer.from(text), body: readJson(hide(numbersAsText)) };
}

const toBase64 = (text: string) => Buffer.from(text).toString('base64');

/** The text with `***` in place of the secret and of every longer piece of it: an echo may be cut off anywhere. */
function redactFragments(text: string, secret: string): string {
	const length = Math.min(secret.length, SHORTEST_PIECE_OF_A_SECRET);
	const pieces = new Set(
		Array.from({ length: secret.length - length + 1 }, (_, start) =>
			secret.slice(start, start + length),
		),
	);
	const hidden = new Uint8Array(text.length);
	for (let at = 0; at + length <= text.length; at++)
		if (pieces.has(text.slice(at, at + length))) hidden.fill(1, at, at + length);
	return Array.from({ length: text.length }, (_, at) =>
		!hidden[at] ? text.charAt(at) : hidden[at - 1] ? '' : '***',
	).join('');
}
