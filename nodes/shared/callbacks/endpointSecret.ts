import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'crypto';

const CONTEXT = 'n8n-nodes-hosted-checkout:endpoint-secret';
const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
/** NIST SP 800-38D: 96 bits, random for each text. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The key under which a trigger encrypts what it keeps in its workflow: whoever may open the
 * workflow, but not use the credential, cannot read it. Another trigger has another key, even with
 * the same credential.
 *
 * @param secret of the credential; after a change of it what was encrypted before cannot be read
 */
export function storageKey(secret: string, workflowId: string, nodeId: string): Buffer {
	const salt = JSON.stringify([workflowId, nodeId]);
	return Buffer.from(hkdfSync('sha256', secret, salt, CONTEXT, KEY_BYTES));
}

/**
 * A text, encrypted with AES-256-GCM.
 *
 * @param about what it belongs to, which stays readable beside it; put beside anything else it
 * cannot be decrypted
 */
export function encryptText(text: string, key: Buffer, about: string[]): string {
	const nonce = randomBytes(NONCE_BYTES);
	const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
	cipher.setAAD(Buffer.from(JSON.stringify(about)));
	const content = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
	return Buffer.concat([nonce, content, cipher.getAuthTag()]).toString('base64url');
}

/** The text; undefined where it was not encrypted with this key and about this. */
export function decryptText(encrypted: unknown, key: Buffer, about: string[]): string | undefined {
	if (typeof encrypted !== 'string') return undefined;
	const bytes = Buffer.from(encrypted, 'base64url');
	if (bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined;
	try {
		const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), {
			authTagLength: TAG_BYTES,
		});
		decipher.setAAD(Buffer.from(JSON.stringify(about)));
		decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
		const content = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
		return Buffer.concat([decipher.update(content), decipher.final()]).toString('utf8');
	} catch {
		return undefined;
	}
}
