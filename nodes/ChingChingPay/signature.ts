import { createHash, createHmac } from 'crypto';
import { decodeBase64, decodeHex, equalInConstantTime } from '../shared/core/bytes';
import type { HttpCall, SigningInputs } from '../shared/core/contract';
import { isObject, readJsonBytes, readUtf8, textOrNull } from '../shared/core/exactJson';
import { readForm } from './hints';
import { fillIn, partsOf, STAMPS, type FurtherHeader, type Part, type Piece } from './template';

export type KeySource = 'signingSecret' | 'signingSecretHex' | 'signingSecretBase64' | 'apiKey';
export type SignatureEncoding = 'hexLower' | 'hexUpper' | 'base64';
export type SigningAlgorithm =
	| 'hmacSha256'
	/** A hash without a key: the secret stands in the text. */
	| 'sha256';

/** The two that ChingChingPay gives a merchant. */
export interface Keys {
	apiKey: string;
	signingSecret: string;
}

/**
 * How a request is signed. HMAC-SHA256 is documented (folder-34819081 of the ChingChingPay
 * documentation); what is signed, with which key and in which spelling was in no copy of it that
 * could be read.
 */
export interface SigningScheme {
	algorithm: SigningAlgorithm;
	encoding: SignatureEncoding;
	/** The bytes that the HMAC is made with. */
	key: Buffer;
	/** What is signed. */
	text: Piece[];
	headers: FurtherHeader[];
	keys: Keys;
}

export interface SignedRequest {
	call: HttpCall;
	/** The path of the base URL, which {apiPath} leaves out. */
	basePath: string;
	stamp: SigningInputs;
}

/** What of a callback can be signed; its path and query are ours. */
export interface SignedCallback {
	/** Names in lower case. */
	headers: Record<string, string>;
	rawBody: Buffer;
}

const DIGEST_BYTES = 32;
/** Of these shapes none can be taken for a piece of a JSON object, nor a piece of it for one. */
const STAMP_SHAPES: Record<(typeof STAMPS)[number], RegExp> = {
	timestamp: /^\d{9,20}$/,
	timestampMilliseconds: /^\d{9,20}$/,
	nonce: /^[\w-]{1,128}$/,
};

/** The bytes of the key that is chosen; undefined where it is not spelled so. */
export function keyBytes(source: KeySource, { apiKey, signingSecret }: Keys): Buffer | undefined {
	if (source === 'signingSecretHex') return decodeHex(signingSecret);
	if (source === 'signingSecretBase64') return decodeBase64(signingSecret);
	return Buffer.from(source === 'apiKey' ? apiKey : signingSecret);
}

/** The value of `x-signature`, over what is sent. */
export function signRequest(request: SignedRequest, scheme: SigningScheme): string {
	const text = fillIn(scheme.text, (part) => ofRequest(part, request, scheme.keys));
	const digest = digestOf(text ?? Buffer.of(), scheme);
	if (scheme.encoding === 'base64') return digest.toString('base64');
	const hex = digest.toString('hex');
	return scheme.encoding === 'hexUpper' ? hex.toUpperCase() : hex;
}

/** The headers that are sent besides the documented ones, with the time and nonce that are signed. */
export function furtherHeaders(
	request: SignedRequest,
	{ headers, keys }: SigningScheme,
): Record<string, string> {
	return Object.fromEntries(
		headers.map(({ name, value }) => [
			name,
			fillIn(value, (part) => ofRequest(part, request, keys))?.toString() ?? '',
		]),
	);
}

/**
 * Judges a signature over a received callback, in constant time. Hexadecimal may be of either case,
 * whatever is sent.
 *
 * @returns `stampMissing`: a header that would tell a signed time or nonce is missing or malformed
 */
export function judgeSignature(
	signature: string,
	received: SignedCallback,
	scheme: SigningScheme,
): 'right' | 'malformed' | 'mismatch' | 'stampMissing' {
	const given = scheme.encoding === 'base64' ? decodeBase64(signature) : decodeHex(signature);
	if (given?.length !== DIGEST_BYTES) return 'malformed';
	const text = fillIn(scheme.text, (part) => ofCallback(part, received, scheme));
	if (text === undefined) return 'stampMissing';
	return equalInConstantTime(digestOf(text, scheme), given) ? 'right' : 'mismatch';
}

/**
 * Whether a good signature proves every byte of a callback's body: it is made with a key, and the
 * body stands in its text once, between what is fixed or of a shape that no piece of a JSON object
 * has. In sorted pairs nothing tells where a value ends; a hash without a key can be lengthened.
 */
export function provesBody({ algorithm, text }: SigningScheme): boolean {
	const others = partsOf(text).filter((part) => part !== 'body');
	return (
		algorithm === 'hmacSha256' &&
		partsOf(text).length - others.length === 1 &&
		others.every((part) => part === 'key' || part === 'secret' || isStamp(part))
	);
}

/** A part of the text that no callback tells: only requests can be signed so. */
export function partOfRequestsOnly({ text, headers }: SigningScheme): Part | undefined {
	return partsOf(text).find((part) =>
		isStamp(part) ? headerOf(part, headers) === undefined : OF_REQUEST_ONLY.includes(part),
	);
}

const OF_REQUEST_ONLY: readonly Part[] = ['method', 'path', 'apiPath', 'pathAndQuery', 'query'];

function digestOf(text: Buffer, { algorithm, key }: SigningScheme): Buffer {
	return (algorithm === 'sha256' ? createHash('sha256') : createHmac('sha256', key))
		.update(text)
		.digest();
}

function isStamp(part: Part): part is (typeof STAMPS)[number] {
	return STAMPS.some((stamp) => stamp === part);
}

function ofRequest(part: Part, request: SignedRequest, keys: Keys): Buffer | string {
	const { call, stamp } = request;
	return (
		ofContent(part, bodyOf(call), queryOf(call), keys) ??
		ofAddress(part, request) ??
		ofStamp(part, stamp)
	);
}

function bodyOf({ body = '' }: HttpCall): Buffer {
	return Buffer.from(body, 'utf8');
}

/** Without the question mark. */
function queryOf({ url }: HttpCall): string {
	return url.split('?').slice(1).join('?');
}

function ofContent(
	part: Part,
	body: Buffer,
	query: string,
	{ apiKey, signingSecret }: Keys,
): Buffer | string | undefined {
	switch (part) {
		case 'body':
			return body;
		case 'sortedPairs':
			return sortedPairs(body, query);
		case 'sortedJson':
			return sortedJson(body);
		case 'key':
			return apiKey;
		case 'secret':
			return signingSecret;
		default:
			return undefined;
	}
}

function ofAddress(part: Part, { call, basePath }: SignedRequest): string | undefined {
	const pathAndQuery = call.url.replace(/^https?:\/\/[^/?#]*/i, '');
	const path = pathAndQuery.split('?')[0] ?? '';
	switch (part) {
		case 'method':
			return call.method;
		case 'path':
			return path;
		case 'apiPath':
			return path.startsWith(basePath) ? path.slice(basePath.length) : path;
		case 'pathAndQuery':
			return pathAndQuery;
		case 'query':
			return queryOf(call);
		default:
			return undefined;
	}
}

function ofStamp(part: Part, { now, nonce }: SigningInputs): string {
	if (part === 'nonce') return nonce;
	const milliseconds = now.getTime();
	return String(part === 'timestamp' ? Math.floor(milliseconds / 1000) : milliseconds);
}

function ofCallback(
	part: Part,
	{ headers, rawBody }: SignedCallback,
	scheme: SigningScheme,
): Buffer | string | undefined {
	if (!isStamp(part)) return ofContent(part, rawBody, '', scheme.keys);
	const value = headers[headerOf(part, scheme.headers) ?? ''];
	return value !== undefined && STAMP_SHAPES[part].test(value) ? value : undefined;
}

/** The name of the header that tells a time or nonce and nothing else. */
function headerOf(stamp: Part, headers: FurtherHeader[]): string | undefined {
	return headers.find(({ value: [piece, ...more] }) => {
		const isAlone = piece !== undefined && more.length === 0;
		return isAlone && 'part' in piece && piece.part === stamp;
	})?.name;
}

/** The fields of a JSON object or a form; of a request without a body those of its query. */
function sortedPairs(body: Buffer, query: string): Buffer | string {
	if (body.length === 0) return joined([...new URLSearchParams(query)]);
	const fields = readJsonBytes(body);
	const pairs = isObject(fields) ? fields : readForm(readUtf8(body) ?? '');
	// Only an object has pairs; anything else can only be signed as it is.
	return pairs === undefined
		? body
		: joined(Object.entries(pairs).map(([name, value]) => [name, pairValue(value)]));
}

/** Pairs with a value, sorted by name, as `name=value` joined by `&`. */
function joined(pairs: Array<[string, string]>): string {
	return pairs
		.filter(([, value]) => value !== '')
		.sort(([left], [right]) => (left < right ? -1 : Number(left > right)))
		.map(([name, value]) => `${name}=${value}`)
		.join('&');
}

/** Numbers as they were written; objects and lists as compact JSON. */
function pairValue(value: unknown): string {
	if (value === null || value === undefined) return '';
	return textOrNull(value) ?? (value === '' ? '' : JSON.stringify(value));
}

/** The body as compact JSON, the names in each of its objects sorted. */
function sortedJson(body: Buffer): Buffer | string {
	const value = readJsonBytes(body);
	return value === undefined ? body : JSON.stringify(sorted(JSON.parse(body.toString('utf8'))));
}

function sorted(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sorted);
	if (!isObject(value)) return value;
	const names = Object.keys(value).sort((left, right) =>
		left < right ? -1 : Number(left > right),
	);
	return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}
