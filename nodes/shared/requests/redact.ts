import type { HttpCall, HttpReply } from '../core/contract';
import { readJson } from '../core/exactJson';
import type { ProviderNode } from '../providerNode';
import type { Sending } from './sending';

/**
 * Shorter pieces are left: providers show such hints on purpose (`…f3a9`), and they match ordinary
 * text.
 */
const SHORTEST_PIECE_OF_A_SECRET = 12;
/** Of an answer that is quoted in an error; what is beyond is not even looked at. */
const LONGEST_WORDS = 10_000;

/** Fields of every credential that are no secrets. */
const OPEN_EVERYWHERE = ['largestAmount', 'allowedCurrencies'];

/** What an error shows of an answer: its words, without markup, and not many. */
export function excerpt(text: string): string {
	const words = text
		.replace(/<(script|style)[\s\S]*?<\/\1>|<[^<>]*>/gi, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	if (words === '') return 'no words given';
	return words.length > 300 ? `${words.slice(0, 300)}…` : words;
}

/**
 * A provider or a proxy may echo what it was sent; no credential value may reach an error that is
 * stored and shown.
 */
export function secretsHidden<Credentials>(
	{ contract }: ProviderNode<Credentials>,
	credentials: Credentials,
	call: HttpCall,
): (text: string) => string {
	const open: readonly string[] = [...(contract.nonSecretFields ?? []), ...OPEN_EVERYWHERE];
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
	return (text) => secrets.reduce(redactFragments, text.slice(0, LONGEST_WORDS));
}

/**
 * Masks secrets of the credential and card numbers that the provider echoed, because raw answers are
 * stored with *Simplify* off.
 */
export function redactEcho<Credentials>(
	reply: HttpReply,
	{ context, provider, credentials, call }: Sending<Credentials>,
): HttpReply {
	const fields = context
		.getCredentialsProperties(provider.credentialName)
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
	// A number with stars in it is no JSON, and the answer about a payment that was made would end as
	// an error.
	const numbersAsText = JSON.stringify(reply.body, (_name, value: unknown) =>
		typeof value === 'number' && hide(String(value)).includes('*') ? String(value) : value,
	);
	return { ...reply, text, bytes: Buffer.from(text), body: readJson(hide(numbersAsText)) };
}

const toBase64 = (text: string) => Buffer.from(text).toString('base64');

/**
 * The text with `***` in place of the secret and of every longer piece of it: an echo may be cut
 * off anywhere.
 */
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
	return Array.from({ length: text.length }, (_, at) => {
		if (!hidden[at]) return text.charAt(at);
		return hidden[at - 1] ? '' : '***';
	}).join('');
}
