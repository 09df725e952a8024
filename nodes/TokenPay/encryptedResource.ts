import { createDecipheriv, type KeyObject } from 'crypto';
import { decodeBase64 } from '../shared/core/bytes';
import { isObject, readJsonBytes, textOrNull } from '../shared/core/exactJson';
import type { Refused } from '../shared/core/sentences';
import { REFUSALS } from './tokenPay.reasons';

/**
 * apidoc.tokenpay.me/description/decrypt-callback. The payout page names another one, which no page
 * describes.
 */
const ALGORITHM = 'AEAD_AES_256_GCM';
const TAG_BYTES = 16;

export type OpenedResource =
	| { content: Record<string, unknown>; originalType: string | null }
	/** `isUnknownKind`: of a kind that no page shows, so that nobody can tell whether it is genuine. */
	| (Refused & { isUnknownKind?: true });

/**
 * Decrypts the `resource` of a callback, which authenticates its content. Source:
 * apidoc.tokenpay.me/description/decrypt-callback and /chinese/shuo-ming/jie-mi-hui-tiao
 * (AES-256-GCM, tag of 128 bit, nothing authenticated besides). Inferred: the tag stands behind the
 * ciphertext and the nonce is taken as UTF-8 text of any length.
 */
export function openResource(resource: unknown, key: KeyObject): OpenedResource {
	if (!isObject(resource)) return { ...REFUSALS.missing_resource, isUnknownKind: true };
	const algorithm = textOrNull(resource.algorithm) ?? 'none';
	if (algorithm !== ALGORITHM)
		return {
			...REFUSALS.unknown_algorithm(JSON.stringify(algorithm.slice(0, 40))),
			isUnknownKind: true,
		};
	const nonce = Buffer.from(textOrNull(resource.nonce) ?? '', 'utf8');
	if (nonce.length === 0) return REFUSALS.missing_nonce;
	const bytes = decodeBase64(textOrNull(resource.ciphertext) ?? '');
	if (bytes === undefined) return REFUSALS.bad_base64;
	if (bytes.length <= TAG_BYTES) return REFUSALS.ciphertext_too_short;
	const plaintext = decrypt(bytes, nonce, key);
	if (plaintext === undefined) return REFUSALS.gcm_auth_failed;
	const content = readJsonBytes(plaintext);
	if (!isObject(content)) return REFUSALS.content_not_object;
	return { content, originalType: textOrNull(resource.original_type) };
}

function decrypt(bytes: Buffer, nonce: Buffer, key: KeyObject): Buffer | undefined {
	try {
		const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
		decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
		return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
	} catch {
		return undefined;
	}
}
