import { createHmac } from 'crypto';
import { decodeBase64, decodeHex, equalInConstantTime } from '../shared/core/bytes';
import { isObject, readJsonBytes, textOrNull } from '../shared/core/exactJson';

/**
 * How a request is signed. HMAC-SHA256 is documented (folder-34819081 of the ChingChingPay
 * documentation); what is signed, with which key and in which spelling was in no copy of it that
 * could be read. Inferred: the first of each.
 */
export interface SignatureScheme {
	signedText: 'rawBody' | 'sortedPairs';
	encoding: 'hexLower' | 'hexUpper' | 'base64';
}

/** What a signature covers: the exact body, and of a request without a body its query. */
export interface SignedContent {
	body: Buffer;
	/** Without the question mark. */
	query?: string;
}

const DIGEST_BYTES = 32;

/** The value of `x-signature`, over the exact body or query that is sent. */
export function signRequest(
	content: SignedContent,
	key: string,
	{ signedText, encoding }: SignatureScheme,
): string {
	const digest = createHmac('sha256', key).update(whatIsSigned(content, signedText)).digest();
	if (encoding === 'base64') return digest.toString('base64');
	return encoding === 'hexUpper' ? digest.toString('hex').toUpperCase() : digest.toString('hex');
}

/**
 * Judges a signature over a received body, in constant time. Hexadecimal may be of either case,
 * whatever is sent.
 */
export function judgeSignature(
	signature: string,
	content: SignedContent,
	key: string,
	{ signedText, encoding }: SignatureScheme,
): 'right' | 'malformed' | 'mismatch' {
	const received = encoding === 'base64' ? decodeBase64(signature) : decodeHex(signature);
	if (received?.length !== DIGEST_BYTES) return 'malformed';
	const expected = createHmac('sha256', key).update(whatIsSigned(content, signedText)).digest();
	return equalInConstantTime(expected, received) ? 'right' : 'mismatch';
}

function whatIsSigned(
	{ body, query = '' }: SignedContent,
	signedText: SignatureScheme['signedText'],
): Buffer | string {
	if (signedText === 'rawBody') return body;
	if (body.length === 0) return joined([...new URLSearchParams(query)]);
	const fields = readJsonBytes(body);
	// Only an object has pairs; anything else can only be signed as it is.
	return isObject(fields)
		? joined(Object.entries(fields).map(([name, value]) => [name, pairValue(value)]))
		: body;
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
