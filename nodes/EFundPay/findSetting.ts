import { constants, createHmac, verify, type KeyObject } from 'crypto';
import { decodeBase64, decodeHex, equalInConstantTime } from '../shared/core/bytes';
import type { Finding, ReceivedCallback } from '../shared/core/contract';
import { isObject, readJsonBytes } from '../shared/core/exactJson';
import { findingInWords } from '../shared/core/finding';
import { canonicalText, canonicalTextWithoutSeparators } from './canonicalText';
import { HASHES, TEXTS, type Hash, type SignedText } from './otherSettings';
import { readPlatformKey } from './rsaKeys';
import { MOST_SIGNATURES, signatureLength, type SignatureSettings } from './signature';

const PADDINGS = { pkcs1: 'PKCS#1 v1.5', pss: 'PSS' };

/** Texts that no setting has. */
const FURTHER_TEXTS = {
	/** LianLian's PHP SDK (namespace lianlianpay\v3sdk). */
	withoutEmpty: 'the canonical text without empty fields',
	/** Gr4vy's way. */
	timestampAndBody: 'the header timestamp, a point and the raw body',
	/** LianLian's SDK (SignUtil, noPadding), for its HMAC. */
	withoutSeparators: 'the canonical text without = and &',
};

type Text = SignedText | keyof typeof FURTHER_TEXTS;

const NAMES_OF_TEXTS: Record<Text, string> = { ...TEXTS, ...FURTHER_TEXTS };

/** One way in which a callback may be signed. */
interface Way {
	text: Text;
	bytes: Buffer;
	hash: Hash;
}

interface Signature {
	bytes: Buffer;
	encoding: string;
}

const LOOK_UP = "Until then look payments up with 'Transaction: Get'.";

/**
 * How a refused callback was signed: with other settings, or in a way that this node does not take.
 * For words only. An HMAC is never accepted: over a text without separators anybody can cut values
 * anew. Bounded: five signatures, each over ten texts with two keys and two paddings, and ten digests
 * with each of three secrets.
 */
export function findSetting(
	received: ReceivedCallback,
	credentials: SignatureSettings & { secretKey: string },
): Finding | undefined {
	const ways = waysOf(received);
	const signatures = (received.headers.signature ?? '')
		.split(',')
		.slice(0, MOST_SIGNATURES)
		.flatMap((entry) => readingsOf(entry.trim()));
	return rsaFinding(signatures, ways, credentials) ?? hmacFinding(signatures, ways, credentials);
}

function waysOf({ headers, rawBody }: ReceivedCallback): Way[] {
	const body = readJsonBytes(rawBody);
	const ofBody: Array<[Text, Buffer]> = isObject(body) ? textsOf(body) : [];
	const timestampAndBody = Buffer.concat([Buffer.from(`${headers.timestamp ?? ''}.`), rawBody]);
	const texts: Array<[Text, Buffer]> = [
		...ofBody,
		['rawBody', rawBody],
		['timestampAndBody', timestampAndBody],
	];
	return texts.flatMap(([text, bytes]) =>
		(Object.keys(HASHES) as Hash[]).map((hash) => ({ text, bytes, hash })),
	);
}

function textsOf(body: Record<string, unknown>): Array<[Text, Buffer]> {
	return [
		['canonical', Buffer.from(canonicalText(body))],
		['withoutEmpty', Buffer.from(canonicalText(withoutEmpty(body)))],
		['withoutSeparators', Buffer.from(canonicalTextWithoutSeparators(body))],
	];
}

function withoutEmpty(object: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(object)
			.filter(([, value]) => !['', 0, false, '0'].includes(value as never))
			.map(([name, value]) => [name, isObject(value) ? withoutEmpty(value) : value]),
	);
}

/** The bytes that an entry of the header may stand for. */
function readingsOf(entry: string): Signature[] {
	const [base64, hex] = [decodeBase64(entry), decodeHex(entry)];
	const bare = /^[\w+/-]+={0,2}$/.test(entry) ? Buffer.from(entry, 'base64') : undefined;
	return [
		...(base64 ? [{ bytes: base64, encoding: 'base64' }] : []),
		...(hex ? [{ bytes: hex, encoding: 'hexadecimal' }] : []),
		...(bare && !base64 ? [{ bytes: bare, encoding: 'base64url or base64 without padding' }] : []),
	];
}

function rsaFinding(
	signatures: Signature[],
	ways: Way[],
	{ platformPublicKey = '', platformPublicKeyPrevious = '' }: SignatureSettings,
): Finding | undefined {
	for (const key of [platformPublicKey, platformPublicKeyPrevious].map(readPlatformKey)) {
		if (!key) continue;
		for (const signature of signatures.filter(({ bytes }) => bytes.length === signatureLength(key)))
			for (const padding of Object.keys(PADDINGS) as Array<keyof typeof PADDINGS>) {
				const way = ways.find((one) => isSigned(one, signature.bytes, { key, padding }));
				if (way) return ofRsa(way, signature.encoding, padding);
			}
	}
	return undefined;
}

function isSigned(
	{ hash, bytes }: Way,
	signature: Buffer,
	{ key, padding }: { key: KeyObject; padding: keyof typeof PADDINGS },
): boolean {
	const how =
		padding === 'pss'
			? { key, padding: constants.RSA_PKCS1_PSS_PADDING }
			: { key, padding: constants.RSA_PKCS1_PADDING };
	try {
		return verify(hash, bytes, how, signature);
	} catch {
		// The server's OpenSSL bars the hash.
		return false;
	}
}

function ofRsa({ text, hash }: Way, encoding: string, padding: keyof typeof PADDINGS): Finding {
	const isSetting = padding === 'pkcs1' && encoding === 'base64' && text in TEXTS;
	if (isSetting)
		return {
			settings: { otherSettings: true, signatureHash: hash, signedText: text },
			says: `It is genuine with 'Signature Hash' ${HASHES[hash]} and 'Signed Text' ${NAMES_OF_TEXTS[text]}: switch on 'My Provider Told Me Other Settings' in the credential and set these.`,
		};
	return findingInWords(
		`It is signed with EFundPay's key in a way that no setting takes: RSA with ${PADDINGS[padding]}, ${HASHES[hash]}, over ${NAMES_OF_TEXTS[text]}, in ${encoding}. Ask EFundPay for ${PADDINGS.pkcs1} over the canonical text or the raw body, in base64. ${LOOK_UP}`,
	);
}

function hmacFinding(
	signatures: Signature[],
	ways: Way[],
	credentials: SignatureSettings & { secretKey: string },
): Finding | undefined {
	const secrets = {
		'Secret Key': credentials.secretKey,
		'Platform Public Key': credentials.platformPublicKey ?? '',
		'Previous Platform Public Key': credentials.platformPublicKeyPrevious ?? '',
	};
	for (const [field, secret] of Object.entries(secrets).filter(([, value]) => value !== ''))
		for (const { text, hash, bytes } of ways) {
			const digest = createHmac(hash, secret).update(bytes).digest();
			if (signatures.some((signature) => equalInConstantTime(signature.bytes, digest)))
				return findingInWords(
					`It is signed with an HMAC of '${field}' (${HASHES[hash]}, over ${NAMES_OF_TEXTS[text]}), and only RSA signatures are taken. Ask EFundPay to sign with RSA, and for its public key. ${LOOK_UP}`,
				);
		}
	return undefined;
}
