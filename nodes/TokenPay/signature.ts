import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'crypto';
import { decodeBase64, equalInConstantTime } from '../shared/core/bytes';
import { readJson, readJsonBytes, readUtf8 } from '../shared/core/exactJson';
import { hasRepeatedNames } from '../shared/core/repeatedNames';
import { memoize } from '../shared/core/memoize';
import { deepEqual } from '../shared/core/deepEqual';
import { readUnixTime } from '../shared/core/unixTime';

const ALGORITHM = 'aes-256-ecb';
const SECRET_BYTES = 32;

/**
 * The app secret as a key: its UTF-8 bytes, exactly 32 of them; undefined if it has another length.
 * Source: apidoc.tokenpay.me/chinese/shuo-ming/jie-mi-hui-tiao (32 bytes),
 * ttpay.io/doc/zh/api/intro/sign.html (taken as text).
 */
export const readAppSecret = memoize((secret): KeyObject | undefined => {
	const key = Buffer.from(secret, 'utf8');
	// Node 24 takes bare bytes for a key five times as slowly.
	return key.length === SECRET_BYTES ? createSecretKey(key) : undefined;
});

/**
 * TokenPay's "signature": the text itself, encrypted with AES-256-ECB, in base64. Source:
 * apidoc.tokenpay.me/description/signature-verification. Inferred: PKCS#7 padding, as three public
 * clients have it.
 */
export function signText(text: Buffer | string, key: KeyObject): string {
	const cipher = createCipheriv(ALGORITHM, key, null);
	return Buffer.concat([
		typeof text === 'string' ? cipher.update(text, 'utf8') : cipher.update(text),
		cipher.final(),
	]).toString('base64');
}

/** A callback or an answer, with the texts of its three signature headers untouched. */
export interface SignedMessage {
	timestamp: string;
	nonce: string;
	signature: string;
	rawBody: Buffer;
}

/**
 * The same names under the product's old and its new name; a set counts only if it is complete, and
 * sets are never mixed.
 */
const HEADER_SETS = ['ttpay', 'tokenpay'];

/**
 * The signed message; undefined where one of the three headers is missing. Source:
 * apidoc.tokenpay.me/description/signature-verification, whose copies name `TTPay-…` or
 * `tokenpay-…`. Inferred: the first are live, the second came from renaming the product on the
 * page.
 */
export function readSignedMessage(
	headers: Record<string, string>,
	rawBody: Buffer,
): SignedMessage | undefined {
	return HEADER_SETS.map((prefix) => ({
		timestamp: headers[`${prefix}-timestamp`] ?? '',
		nonce: headers[`${prefix}-nonce`] ?? '',
		signature: headers[`${prefix}-signature`] ?? '',
		rawBody,
	})).find(
		({ timestamp, nonce, signature }) => timestamp !== '' && nonce !== '' && signature !== '',
	);
}

/** A date and a time with its zone, and nothing else. */
const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * The time that a callback was signed at: Unix seconds, milliseconds or microseconds (10, 13 or 16
 * digits), or ISO 8601 with a zone; undefined for anything else. Pages and samples contradict each
 * other. Nothing looser may count: encrypted blocks of an old callback can be put together so that a
 * part of its body stands where the time belongs, and a "time" without an age would never be too old.
 */
export function readSignedTime(timestamp: string): Date | undefined {
	const isMicroseconds = /^\d{16}$/.test(timestamp);
	const text = readUnixTime(isMicroseconds ? timestamp.slice(0, -3) : timestamp);
	const time = new Date(text ?? (ISO_8601.test(timestamp) ? timestamp : NaN));
	return Number.isNaN(time.getTime()) ? undefined : time;
}

/** Whether any header of a signature is there at all. */
export function hasSignatureHeader(headers: Record<string, string>): boolean {
	return HEADER_SETS.some((prefix) =>
		['timestamp', 'nonce', 'signature'].some((part) => headers[`${prefix}-${part}`] !== undefined),
	);
}

/**
 * Whether the message was signed with this key. Documented is the raw body; the live service was
 * seen to sign an answer's content with the keys in another order (third-party code), so a
 * signature that decrypts to the same time, the same nonce and an equal JSON value counts too.
 *
 * @param signedParts the values that may be what was signed, from the parsed body
 */
export function isSignedWith(
	key: KeyObject,
	message: SignedMessage,
	signedParts: (body: unknown) => unknown[] = (body) => [body],
): boolean {
	const head = Buffer.from(`${message.timestamp}\n${message.nonce}\n`, 'utf8');
	if (equalInConstantTime(signText(Buffer.concat([head, message.rawBody]), key), message.signature))
		return true;
	const signed = decryptEcb(message.signature, key);
	if (signed === undefined || !equalInConstantTime(signed.subarray(0, head.length), head))
		return false;
	const text = readUtf8(signed.subarray(head.length)) ?? '';
	// Blocks of several messages can be put together so that one member follows another of its name.
	const value = readJson(text);
	if (value === undefined || hasRepeatedNames(text)) return false;
	const body = readJsonBytes(message.rawBody);
	return body !== undefined && signedParts(body).some((part) => deepEqual(part, value));
}

/** What a base64 text encrypts with AES-256-ECB; undefined where it was made with another key. */
export function decryptEcb(base64: string, key: KeyObject): Buffer | undefined {
	const bytes = decodeBase64(base64);
	if (bytes === undefined) return undefined;
	try {
		const decipher = createDecipheriv(ALGORITHM, key, null);
		return Buffer.concat([decipher.update(bytes), decipher.final()]);
	} catch {
		// Not whole blocks, or the padding does not add up: made with another key.
		return undefined;
	}
}
