import { createPublicKey, type KeyObject } from 'crypto';
import { decodeBase64 } from '../shared/core/bytes';
import { memoize } from '../shared/core/memoize';

/**
 * An RSA public key as people paste it: PEM, PEM on one line, or the bare base64 that
 * docs.efundflow.com/webhooks/signatures describes. Undefined if it is none (a private key is none
 * either). Inferred: X.509 SubjectPublicKeyInfo, since the page's sample reads it with Java's class
 * for that.
 */
export const readPlatformKey = memoize((text): KeyObject | undefined => {
	const [, inPem] =
		/^-----BEGIN PUBLIC KEY-----(.*)-----END PUBLIC KEY-----$/s.exec(text.trim()) ?? [];
	// A key copied out of JSON or a properties file has its line ends written as \n.
	const der = decodeBase64((inPem ?? text).replace(/\\r|\\n|\s/g, ''));
	if (!der) return undefined;
	try {
		const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
		return key.asymmetricKeyType === 'rsa' ? key : undefined;
	} catch {
		return undefined;
	}
});
