import { createSecretKey, type KeyObject } from 'crypto';
import { decodeBase64, decodeHex } from '../shared/core/bytes';
import type { Finding, ReceivedCallback } from '../shared/core/contract';
import { isObject, readJsonBytes, readUtf8 } from '../shared/core/exactJson';
import { findingInWords } from '../shared/core/finding';
import { openResource } from './encryptedResource';
import { decryptEcb, readAppSecret, readSignedMessage, type SignedMessage } from './signature';

interface Secrets {
	appId: string;
	merchantId: string;
	appSecret: string;
	appSecretPrevious?: string;
}

const SECRET_BYTES = 32;

/** What to do where TokenPay has sent it, and signs in a way that no page shows. */
const ASK_TOKENPAY: Pick<Finding, 'settings'> & { way: string } = {
	settings: { callbackProof: 'provider' },
	way: "With 'When a Callback Comes' set to Ask TokenPay in the credential, its signature is not looked at, and TokenPay is asked about the order that it names.",
};

/**
 * What keeps a callback of TokenPay's from fitting: values in each other's field, a secret in another
 * writing, a signature in another header or over another text. A signature is the encrypted text, and
 * so shows what was signed. What only this application's secret can have made is TokenPay's, or was
 * put together of its callbacks; it stays refused all the same.
 *
 * @param namesOrder whether its content opens and names an order that TokenPay can be asked about
 */
export function findSetting(
	received: ReceivedCallback,
	credentials: Secrets,
	namesOrder: () => boolean,
): Finding | undefined {
	const elsewhere = otherSecrets(credentials).find(({ key }) => madeWith(key, received));
	if (elsewhere) return findingInWords(elsewhere.says);
	const { appId, merchantId } = credentials;
	const isOurs = ownKeys(credentials).some((key) => madeWith(key, received));
	const body = readJsonBytes(received.rawBody);
	if (isOurs && isObject(body) && body.app_id === merchantId && body.mch_id === appId)
		return findingInWords(
			"It fits with 'App ID' and 'Merchant ID' in each other's place: exchange the two in the credential.",
		);
	if (!namesOrder()) return undefined;
	const { settings, way } = ASK_TOKENPAY;
	return { settings, says: `${howSigned(received, ownKeys(credentials))} ${way}` };
}

function ownKeys({ appSecret, appSecretPrevious = '' }: Secrets): KeyObject[] {
	return [appSecret, appSecretPrevious].flatMap((secret) => readAppSecret(secret) ?? []);
}

/** What else may be the secret, by what people mistake. */
function otherSecrets({ appId, appSecret }: Secrets): Array<{ key: KeyObject; says: string }> {
	const bare = appSecret.replace(/^["'`]+|["'`]+$|\s/g, '');
	const texts: Array<[Buffer | undefined, string]> = [
		[
			Buffer.from(appId),
			"It fits what stands in 'App ID': exchange 'App ID' and 'App Secret' in the credential.",
		],
		[
			bare === appSecret ? undefined : Buffer.from(bare),
			"It fits 'App Secret' without its quotes and blanks: enter it without them.",
		],
		[
			decodeHex(bare),
			"It fits the bytes that 'App Secret' writes in hexadecimal: ask TokenPay for the secret as text of 32 characters.",
		],
		[
			decodeBase64(bare),
			"It fits the bytes that 'App Secret' writes in base64: ask TokenPay for the secret as text of 32 characters.",
		],
	];
	return texts.flatMap(([bytes, says]) =>
		bytes?.length === SECRET_BYTES ? [{ key: createSecretKey(bytes), says }] : [],
	);
}

/** Whether nobody can have made it without this key: by its signature's text, or by its content. */
function madeWith(key: KeyObject, { headers, rawBody }: ReceivedCallback): boolean {
	const message = readSignedMessage(headers, rawBody);
	const text = message && signedText(message, [key]);
	if (message && text?.includes(`${message.timestamp}\n${message.nonce}\n`)) return true;
	const body = readJsonBytes(rawBody);
	const opened = openResource(isObject(body) ? body.resource : undefined, key);
	return !('code' in opened) && opened.unverified === undefined;
}

function signedText({ signature }: SignedMessage, keys: KeyObject[]): string | undefined {
	for (const key of keys) {
		const bytes = decryptEcb(signature, key);
		const text = bytes && readUtf8(bytes);
		if (text !== undefined) return text;
	}
	return undefined;
}

/** In words, without anything of the callback. */
function howSigned({ headers, rawBody }: ReceivedCallback, keys: KeyObject[]): string {
	const message = readSignedMessage(headers, rawBody);
	if (message === undefined)
		return /^TTPAY-AES-256-ECB /.test(headers.authorization ?? '')
			? "Its content was encrypted with 'App Secret', and its signature stands in the header Authorization, which this package does not read in callbacks."
			: "Its content was encrypted with 'App Secret', and the headers of its signature are missing: a proxy may have removed them.";
	const text = signedText(message, keys);
	if (text === undefined)
		return "Its content was encrypted with 'App Secret', and its signature was not made with it.";
	const head = `${message.timestamp}\n${message.nonce}\n`;
	const body = readUtf8(rawBody) ?? '';
	if (text.startsWith('/') && text.endsWith(`${head}${body}`))
		return "It was signed with 'App Secret' as requests are, with the path of its address before time, nonce and body.";
	if (text === `${message.nonce}\n${message.timestamp}\n${body}`)
		return "It was signed with 'App Secret', with the nonce before the time.";
	return "It was signed with 'App Secret', over a text that differs from what has arrived.";
}
