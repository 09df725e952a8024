import type { Finding, ReceivedCallback } from '../shared/core/contract';
import { isObject, readJsonBytes } from '../shared/core/exactJson';
import { findingInWords, renamedHeader } from '../shared/core/finding';
import type { PayfectCredentials } from './payfect.contract';
import { openFernetToken, SIGNATURE_HEADER, type FernetResult } from './signature';

/** What a Fernet token begins with: its version and a time before the year 2106. */
const BEGINNING_OF_TOKENS = /^gAAAAA/;
/** More than one that a proxy has renamed is somebody trying. */
const MOST_OTHER_HEADERS = 3;

/**
 * What keeps a callback of Payfect's from fitting: keys in the wrong field or in another writing, a
 * renamed header, a form of body that no page shows. The key of the other mode (test or live) is
 * nowhere to be found. A token that opens was made with that key, so nobody else has sent it; it
 * stays refused all the same.
 */
export function findSetting(
	{ headers, rawBody }: ReceivedCallback,
	credentials: PayfectCredentials,
): Finding | undefined {
	const { apiKey, callbackSecretKey: secret, callbackSecretKeyPrevious = '' } = credentials;
	const token = headers[SIGNATURE_HEADER];
	if (secret !== '' && secret === apiKey)
		return findingInWords(
			"'Callback Secret Key' in the credential holds the API key. Enter the secret key.",
		);
	if (!token) return inOtherHeader(headers, secret);
	if (opens(token, apiKey))
		return findingInWords(
			"It fits the key in 'API Key' of the credential: enter that one in 'Callback Secret Key', and your API key in 'API Key'.",
		);
	const writing = otherWritings(secret).find(({ key }) => opens(token, key));
	if (writing)
		return findingInWords(
			`It fits 'Callback Secret Key' in another writing: enter that key ${writing.how}.`,
		);
	const isPayfects = [secret, callbackSecretKeyPrevious].some((key) => opens(token, key));
	return isPayfects ? askedAbout(rawBody) : undefined;
}

function opens(token: string, key: string): boolean {
	const opened: FernetResult = openFernetToken(token, key);
	return 'plaintext' in opened;
}

function inOtherHeader(headers: ReceivedCallback['headers'], secret: string): Finding | undefined {
	const name = renamedHeader(
		headers,
		{ looksLike: BEGINNING_OF_TOKENS, most: MOST_OTHER_HEADERS },
		(value) => opens(value, secret),
	);
	return name === undefined
		? undefined
		: findingInWords(
				`Its token stands in the header ${name}: have the proxy in front of n8n pass X-Payfect-Signature on by that name.`,
			);
}

/** The same key as people copy it from elsewhere, and how to write it. */
function otherWritings(secret: string): Array<{ key: string; how: string }> {
	const bare = secret.replace(/^["'`]+|["'`]+$|\s/g, '');
	return [
		{ key: bare, how: 'without quotes and blanks' },
		{
			key: bare.replaceAll('+', '-').replaceAll('/', '_'),
			how: 'with - for each + and _ for each /',
		},
		{
			key: /^[0-9a-f]{64}$/i.test(bare) ? urlSafe(Buffer.from(bare, 'hex')) : '',
			how: 'as base64url in place of hexadecimal',
		},
	].filter(({ key }) => key !== secret && key !== '');
}

/** With the closing `=`, as Fernet keys have it. */
const urlSafe = (bytes: Buffer) => `${bytes.toString('base64url')}=`;

/** Its token is genuine, and was refused for what stands in it or beside it. */
function askedAbout(rawBody: Buffer): Finding | undefined {
	const body = readJsonBytes(rawBody);
	if (!isObject(body) || typeof body.id !== 'string') return undefined;
	return {
		settings: { callbackProof: 'provider' },
		says: "Its token was made with 'Callback Secret Key', so that Payfect has sent one like it. With 'When a Callback Comes' set to Ask Payfect, and 'Merchant ID' filled in, the checkout that it names is looked up.",
	};
}
