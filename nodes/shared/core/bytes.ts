import { timingSafeEqual } from 'crypto';

/**
 * Compares without telling by its time where the difference is; a difference in length, which is no
 * secret, is told at once.
 */
export function equalInConstantTime(left: Buffer | string, right: Buffer | string): boolean {
	const [one, other] = [left, right].map((value) =>
		typeof value === 'string' ? Buffer.from(value) : value,
	) as [Buffer, Buffer];
	return one.length === other.length && timingSafeEqual(one, other);
}

/**
 * Decodes standard base64 (RFC 4648 section 4), padded. `Buffer.from` never refuses: it skips
 * foreign characters and takes impossible lengths, so the bytes are encoded again. Of several texts
 * for the same bytes only the one that encoders make is taken.
 */
export function decodeBase64(text: string): Buffer | undefined {
	const bytes = Buffer.from(text, 'base64');
	return bytes.length > 0 && bytes.toString('base64') === text ? bytes : undefined;
}

/** Decodes base64url (RFC 4648 section 5), padded; as strictly. */
export function decodeBase64Url(text: string): Buffer | undefined {
	const bytes = Buffer.from(text, 'base64url');
	return bytes.length > 0 &&
		bytes.toString('base64url').padEnd(Math.ceil(bytes.length / 3) * 4, '=') === text
		? bytes
		: undefined;
}

/** Decodes hexadecimal of either case. */
export function decodeHex(text: string): Buffer | undefined {
	return text.length % 2 === 0 && /^[0-9A-Fa-f]+$/.test(text)
		? Buffer.from(text, 'hex')
		: undefined;
}
