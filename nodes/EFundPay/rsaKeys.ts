import { createPrivateKey, createPublicKey, type KeyObject } from 'crypto';
import { decodeBase64 } from '../shared/core/bytes';
import { memoize } from '../shared/core/memoize';

/**
 * An RSA public key as people paste it: PEM, PEM on one line, or the bare base64 that
 * docs.efundflow.com/webhooks/signatures describes. Undefined if it is none (a private key is none
 * either). Inferred: X.509 SubjectPublicKeyInfo, since the page's sample reads it with Java's class
 * for that; a key exported as PKCS#1 is the same key and read as well.
 */
export const readPlatformKey = memoize((text): KeyObject | undefined => {
	const der = derOf(text, /^-----BEGIN (RSA )?PUBLIC KEY-----([^-]*)-----END \1?PUBLIC KEY-----$/);
	if (!der) return undefined;
	const key = keyIn(der, 'spki') ?? (isPrivate(der) ? undefined : keyIn(der, 'pkcs1'));
	return key?.asymmetricKeyType === 'rsa' ? key : undefined;
});

/** An RSA private key in the same forms, PKCS#8 or PKCS#1. Undefined if it is none, or encrypted. */
export const readMerchantKey = memoize((text): KeyObject | undefined => {
	const der = derOf(
		text,
		/^-----BEGIN (RSA )?PRIVATE KEY-----([^-]*)-----END \1?PRIVATE KEY-----$/,
	);
	if (!der) return undefined;
	const key = privateKeyIn(der, 'pkcs8') ?? privateKeyIn(der, 'pkcs1');
	return key?.asymmetricKeyType === 'rsa' ? key : undefined;
});

/** The bytes of a key; a key copied out of JSON is in quotes, with its line ends written as \n. */
function derOf(text: string, pem: RegExp): Buffer | undefined {
	const plain = text
		.replace(/\\[rn]/g, '\n')
		.replace(/["']/g, '')
		.trim();
	return decodeBase64((pem.exec(plain)?.[2] ?? plain).replace(/\s/g, ''));
}

function keyIn(der: Buffer, type: 'spki' | 'pkcs1'): KeyObject | undefined {
	return made(() => createPublicKey({ key: der, format: 'der', type }));
}

/** Out of a private key Node reads the public one, too. */
const isPrivate = (der: Buffer) =>
	(['pkcs1', 'pkcs8'] as const).some((type) => privateKeyIn(der, type) !== undefined);

function privateKeyIn(der: Buffer, type: 'pkcs1' | 'pkcs8'): KeyObject | undefined {
	return made(() => createPrivateKey({ key: der, format: 'der', type }));
}

function made(make: () => KeyObject): KeyObject | undefined {
	try {
		return make();
	} catch {
		return undefined;
	}
}
