import { createDecipheriv, type KeyObject } from 'crypto';
import { decodeBase64 } from '../shared/core/bytes';
import { isObject, readJson, readUtf8, textOrNull } from '../shared/core/exactJson';

/**
 * apidoc.tokenpay.me/description/decrypt-callback. The payout page names another one, which no page
 * describes.
 */
const ALGORITHM = 'AEAD_AES_256_GCM';
const TAG_BYTES = 16;

export type OpenedResource =
	| { content: Record<string, unknown>; originalType: string | null }
	/** `isUnknownKind`: of a kind that no page shows, so that nobody can tell whether it is genuine. */
	| { reason: string; words: string; isUnknownKind?: true };

/**
 * Decrypts the `resource` of a callback, which authenticates its content. Source:
 * apidoc.tokenpay.me/description/decrypt-callback and /chinese/shuo-ming/jie-mi-hui-tiao
 * (AES-256-GCM, tag of 128 bit, nothing authenticated besides). Inferred: the tag stands behind the
 * ciphertext and the nonce is taken as UTF-8 text of any length.
 */
export function openResource(resource: unknown, key: KeyObject): OpenedResource {
	if (!isObject(resource))
		return {
			reason: 'missing_resource',
			words: 'the body has no resource',
			isUnknownKind: true,
		};
	const algorithm = textOrNull(resource.algorithm) ?? 'none';
	if (algorithm !== ALGORITHM)
		return {
			reason: 'unknown_algorithm',
			isUnknownKind: true,
			words: `the resource is encrypted with ${JSON.stringify(algorithm.slice(0, 40))}, and only ${ALGORITHM} is known`,
		};
	const nonce = Buffer.from(textOrNull(resource.nonce) ?? '', 'utf8');
	if (nonce.length === 0) return { reason: 'missing_nonce', words: 'the resource has no nonce' };
	const bytes = decodeBase64(textOrNull(resource.ciphertext) ?? '');
	if (bytes === undefined) return { reason: 'bad_base64', words: 'the ciphertext is not base64' };
	if (bytes.length <= TAG_BYTES)
		return { reason: 'ciphertext_too_short', words: 'the ciphertext is shorter than its tag' };
	const plaintext = decrypt(bytes, nonce, key);
	if (plaintext === undefined)
		return {
			reason: 'gcm_auth_failed',
			words: 'the resource cannot be decrypted with this secret',
		};
	const content = readJson(readUtf8(plaintext) ?? '');
	if (!isObject(content))
		return { reason: 'content_not_object', words: 'the decrypted resource is not a JSON object' };
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
