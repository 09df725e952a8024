import { createDecipheriv, createHmac, createSecretKey, type KeyObject } from 'crypto';
import { decodeBase64Url, equalInConstantTime } from '../shared/core/bytes';
import { memoize } from '../shared/core/memoize';
import type { Refused } from '../shared/core/sentences';
import { REFUSALS } from './payfect.reasons';

/** https://docs.payfect.finance/payment/callback */
export const SIGNATURE_HEADER = 'x-payfect-signature';

/** Version byte, time (8), IV (16), at least one block (16), HMAC (32). */
const SHORTEST_TOKEN = 73;

export type FernetResult = { plaintext: Buffer; signedAt: Date } | Refused;

/**
 * A Fernet key has 32 bytes: the first 16 sign, the last 16 encrypt. The closing `=` may be
 * missing, as it gets lost in copying. Undefined if it is none. Source: github.com/fernet/spec,
 * "Key Format".
 */
export const readFernetKey = memoize(
	(key): { signing: KeyObject; encryption: KeyObject } | undefined => {
		const bytes = decodeBase64Url(key.length === 43 ? `${key}=` : key);
		// Node 24 takes bare bytes for a key five times as slowly.
		return bytes?.length === 32
			? {
					signing: createSecretKey(bytes.subarray(0, 16)),
					encryption: createSecretKey(bytes.subarray(16)),
				}
			: undefined;
	},
);

/**
 * Verifies a Fernet token and decrypts it: HMAC before anything is decrypted, in constant time,
 * over the raw bytes before it. Source: github.com/fernet/spec, "Token Format" and "Verifying".
 */
export function openFernetToken(token: string, key: string): FernetResult {
	const keys = readFernetKey(key);
	if (!keys) return REFUSALS.bad_key;
	const raw = decodeBase64Url(token);
	if (!raw) return REFUSALS.bad_base64;
	if (raw[0] !== 0x80) return REFUSALS.bad_version;
	if (raw.length < SHORTEST_TOKEN) return REFUSALS.too_short;
	const signed = raw.subarray(0, -32);
	const expected = createHmac('sha256', keys.signing).update(signed).digest();
	if (!equalInConstantTime(expected, raw.subarray(-32))) return REFUSALS.bad_hmac;
	const ciphertext = signed.subarray(25);
	if (ciphertext.length % 16 !== 0) return REFUSALS.bad_ciphertext;
	try {
		const decipher = createDecipheriv('aes-128-cbc', keys.encryption, signed.subarray(9, 25));
		const plaintext = Buffer.concat([decipher.update(ciphertext), decipher.final()]);
		return { plaintext, signedAt: new Date(Number(signed.readBigUInt64BE(1)) * 1000) };
	} catch {
		// Padding that does not add up; told apart from a bad HMAC in the log only.
		return REFUSALS.bad_ciphertext;
	}
}
