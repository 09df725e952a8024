import { createHash, timingSafeEqual } from 'crypto';
import type { Verdict } from './contract';

/** Compares without telling by its time where the difference is; the lengths may differ. */
export function equalInConstantTime(left: Buffer | string, right: Buffer | string): boolean {
	const digest = (value: Buffer | string) => createHash('sha256').update(value).digest();
	return timingSafeEqual(digest(left), digest(right));
}

/**
 * Decodes standard base64 (RFC 4648 section 4), padded. `Buffer.from` never refuses: it skips foreign characters and takes
 * impossible lengths, so the text is checked first.
 */
export function decodeBase64(text: string): Buffer | undefined {
	return text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

/** Decodes base64url (RFC 4648 section 5), padded. */
export function decodeBase64Url(text: string): Buffer | undefined {
	return text.length % 4 === 0 && /^[A-Za-z0-9_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64url') : undefined;
}

/** Decodes hexadecimal of either case. */
export function decodeHex(text: string): Buffer | undefined {
	return text.length % 2 === 0 && /^[0-9A-Fa-f]+$/.test(text) ? Buffer.from(text, 'hex') : undefined;
}

/**
 * Judges a callback with the current secret and then with the previous one, so that a secret can be rotated without losing a
 * callback. Empty secrets are not tried; with none at all the callback is refused.
 */
export function verifyWithAny(secrets: Array<string | undefined>, verify: (secret: string) => Verdict): Verdict {
	const present = secrets.filter((secret): secret is string => typeof secret === 'string' && secret !== '');
	let first: Verdict | undefined;
	for (const secret of present) {
		const verdict = verify(secret);
		if (verdict.genuine !== false) return verdict;
		first ??= verdict;
	}
	return first ?? { genuine: false, reason: 'the credential has no secret for callbacks', hint: 'Enter it in the credential.' };
}
