import { createDecipheriv, type KeyObject } from 'crypto';
import { decodeBase64, decodeHex } from '../shared/core/bytes';
import { isObject, readJsonBytes, textOrNull } from '../shared/core/exactJson';
import type { Refused } from '../shared/core/sentences';
import { decryptEcb } from './signature';
import { REFUSALS } from './tokenPay.reasons';

/** apidoc.tokenpay.me/description/decrypt-callback */
const ALGORITHM = 'AEAD_AES_256_GCM';
const TAG_BYTES = 16;
/** What a nonce of GCM usually has (NIST SP 800-38D, section 8.2). */
const NONCE_BYTES = 12;

export type OpenedResource =
	| {
			content: Payload;
			originalType: string | null;
			/** Why nothing proves what the content says: it is encrypted only. */
			unverified?: Refused;
	  }
	/** `isUnknownKind`: of a kind that no page shows, so that nobody can tell whether it is genuine. */
	| (Refused & { isUnknownKind?: true });

type Payload = Record<string, unknown>;

/**
 * Decrypts the `resource` of a callback. Source: apidoc.tokenpay.me/description/decrypt-callback and
 * /chinese/shuo-ming/jie-mi-hui-tiao (AES-256-GCM, tag of 128 bit). What GCM opens was encrypted with
 * this secret, whatever `algorithm` calls it. The payout page knows AES-256-ECB only, which proves
 * nothing: such a content comes out as unverified.
 */
export function openResource(resource: unknown, key: KeyObject): OpenedResource {
	if (!isObject(resource)) return { ...REFUSALS.missing_resource, isUnknownKind: true };
	const opened = openWithGcm(resource, key);
	const algorithm = textOrNull(resource.algorithm) ?? 'none';
	if (!('code' in opened) || algorithm === ALGORITHM) return opened;
	const unverified = REFUSALS.unknown_algorithm(JSON.stringify(algorithm.slice(0, 40)));
	const plaintext = decryptEcb(textOrNull(resource.ciphertext) ?? '', key);
	const content = plaintext && readJsonBytes(plaintext);
	return isObject(content)
		? { content, originalType: textOrNull(resource.original_type), unverified }
		: { ...unverified, isUnknownKind: true };
}

/** Inferred: the tag stands behind the ciphertext. */
function openWithGcm(resource: Payload, key: KeyObject): OpenedResource {
	const ciphertext = textOrNull(resource.ciphertext) ?? '';
	const nonces = readNonce(textOrNull(resource.nonce) ?? '');
	if (nonces.length === 0) return REFUSALS.missing_nonce;
	const bytes = decodeBase64(ciphertext);
	if (bytes === undefined) return REFUSALS.bad_base64;
	if (bytes.length <= TAG_BYTES) return REFUSALS.ciphertext_too_short;
	const associated = textOrNull(resource.associated_data) ?? '';
	for (const nonce of nonces) {
		for (const associatedData of new Set(['', associated])) {
			const plaintext = decryptGcm(bytes, { key, nonce, associatedData });
			if (plaintext === undefined) continue;
			const content = readJsonBytes(plaintext);
			return isObject(content)
				? { content, originalType: textOrNull(resource.original_type) }
				: REFUSALS.content_not_object;
		}
	}
	return REFUSALS.gcm_auth_failed;
}

/**
 * The bytes that a nonce may stand for, at most two. Third-party code takes it as text, of any
 * length; other code as base64. Each reading has to pass a check of 128 bit, so that one more opens
 * nothing that was not encrypted with this secret.
 */
function readNonce(nonce: string): Buffer[] {
	const decoded = [decodeBase64(nonce), decodeHex(nonce)];
	return [
		...(nonce === '' ? [] : [Buffer.from(nonce, 'utf8')]),
		...decoded.filter((bytes) => bytes?.length === NONCE_BYTES),
	] as Buffer[];
}

/**
 * The plaintext; undefined where it is not authentic. The page authenticates nothing besides;
 * WeChat Pay, whose format this is, and third-party code authenticate `associated_data`, which only
 * adds to what has to fit.
 */
function decryptGcm(
	bytes: Buffer,
	{ key, nonce, associatedData }: { key: KeyObject; nonce: Buffer; associatedData: string },
): Buffer | undefined {
	try {
		const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
		decipher.setAAD(Buffer.from(associatedData, 'utf8'));
		decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
		return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
	} catch {
		return undefined;
	}
}
