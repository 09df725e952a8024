import { sign, type KeyObject } from 'crypto';
import type { HttpCall } from '../shared/core/contract';
import { isObject, readJson } from '../shared/core/exactJson';
import { InputError } from '../shared/core/inputError';
import type { Sentence } from '../shared/core/sentences';
import { canonicalText } from './canonicalText';
import { SENTENCES } from './eFundPay.reasons';
import { settingsOf, HASHES, signingOf, type Hash, type SwitchedSettings } from './otherSettings';
import { readMerchantKey } from './rsaKeys';

/** RFC 9110, section 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** What a request needs for something else. */
const TAKEN_NAMES = [
	...['authorization', 'x-merchant-account-id', 'idempotency-key', 'x-forwarded-for'],
	...['content-type', 'content-length', 'host', 'accept', 'connection', 'transfer-encoding'],
];

/** What is wrong with the two fields that requests are signed with; both empty: nothing is signed. */
export function requestSigningProblem(credentials: SwitchedSettings): Sentence | undefined {
	const { merchantPrivateKey, requestSignatureHeader: header } = settingsOf(credentials);
	if (merchantPrivateKey === '')
		return header === '' ? undefined : SENTENCES.merchantPrivateKeyEmpty;
	if (header === '') return SENTENCES.requestSignatureHeaderEmpty;
	if (!HEADER_NAME.test(header) || TAKEN_NAMES.includes(header.toLowerCase()))
		return SENTENCES.requestSignatureHeaderMalformed;
	return readMerchantKey(merchantPrivateKey) ? undefined : SENTENCES.merchantPrivateKeyMalformed;
}

/**
 * The header that signs a request with a body: RSA in base64, over the same text and with the same
 * hash as callbacks. Inferred: docs.efundflow.com/overview shows a private key and is cut where it
 * would say what for; LianLian's SDK signs requests as it does callbacks. The name of the header is
 * in no page, so the user gives it.
 *
 * @param credentials in which `requestSigningProblem` finds nothing
 * @throws InputError when this server cannot sign, or the body has no canonical text
 */
export function requestSignature(
	{ body = '' }: Pick<HttpCall, 'body'>,
	credentials: SwitchedSettings,
): Record<string, string> {
	const { merchantPrivateKey, requestSignatureHeader } = settingsOf(credentials);
	const { hash, signedText } = signingOf(credentials);
	const key = readMerchantKey(merchantPrivateKey);
	if (!key || body === '') return {};
	const text = signedText === 'rawBody' ? body : canonicalTextOf(body);
	const signature = signatureOf(text, hash, key);
	if (signature === undefined)
		throw new InputError(
			`This server cannot make ${HASHES[hash]} signatures`,
			"Its OpenSSL settings bar them: have them allowed, or ask EFundPay for another 'Signature Hash'.",
		);
	return { [requestSignatureHeader]: signature };
}

function signatureOf(text: string, hash: Hash, key: KeyObject): string | undefined {
	try {
		return sign(hash, Buffer.from(text), key).toString('base64');
	} catch {
		return undefined;
	}
}

function canonicalTextOf(body: string): string {
	const fields = readJson(body);
	if (!isObject(fields))
		throw new InputError(
			'The body is not a JSON object, so that it cannot be signed',
			"Send a JSON object, or set 'Signed Text' in the credential to Raw Body.",
		);
	return canonicalText(fields);
}
