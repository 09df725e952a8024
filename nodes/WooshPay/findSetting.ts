import { createHmac } from 'crypto';
import { equalInConstantTime } from '../shared/core/bytes';
import type { Finding, ReceivedCallback, Remembered } from '../shared/core/contract';
import { readJsonBytes, writeJson } from '../shared/core/exactJson';
import { findingInWords, renamedHeader } from '../shared/core/finding';
import { callbackSecrets, secretsOf } from './callbackSecrets';
import { checkSignature, SIGNATURE_HEADERS } from './signature';
import type { WooshPayCredentials } from './wooshPay.requests';

/** Signatures, headers and secrets of each: more is nobody's that we know. */
const MOST = 5;

/**
 * What keeps a callback of WooshPay's from fitting: a secret in another field or of another account,
 * a renamed header, a body that a proxy has written anew, another way of signing. The secret of an
 * endpoint that somebody else registered is nowhere to be found. It stays refused all the same.
 */
export function findSetting(
	received: ReceivedCallback,
	credentials: WooshPayCredentials,
	remembered: Remembered = [],
): Finding | undefined {
	const secrets = [...callbackSecrets(credentials, remembered)].slice(0, MOST);
	const header = SIGNATURE_HEADERS.map((name) => received.headers[name]).find(Boolean);
	if (header === undefined) return inOtherHeader(received, secrets);
	const { rawBody } = received;
	if (secrets.some((secret) => fits(header, rawBody, secret))) return undefined;
	if (fits(header, rawBody, credentials.secretKey))
		return findingInWords(
			"It was signed with the key in 'Secret Key': enter that key in 'Webhook Secret' as well.",
		);
	if (secretsOf(remembered).some((secret) => fits(header, rawBody, secret)))
		return findingInWords(
			'It was signed with the secret that this trigger got at another account, or in the other mode (test or live). Unpublish the workflow, then publish it.',
		);
	return rewritten(header, rawBody, secrets) ?? signedOtherwise(header, rawBody, secrets);
}

const fits = (header: string, body: Buffer, secret: string) =>
	secret !== '' && 'signedAt' in checkSignature(header, body, secret);

function inOtherHeader(
	{ headers, rawBody }: ReceivedCallback,
	secrets: readonly string[],
): Finding | undefined {
	const name = renamedHeader(headers, { looksLike: /^t=\d+,\s*v1=/, most: MOST }, (value) =>
		secrets.some((secret) => fits(value, rawBody, secret)),
	);
	return name === undefined
		? undefined
		: findingInWords(
				`Its signature stands in the header ${name}: have the proxy in front of n8n pass Wooshpay-Signature on by that name.`,
			);
}

/** Read and written again, as proxies do that look into bodies. */
function rewritten(
	header: string,
	rawBody: Buffer,
	secrets: readonly string[],
): Finding | undefined {
	const body = readJsonBytes(rawBody);
	if (body === undefined) return undefined;
	const compact = Buffer.from(writeJson(body));
	return secrets.some((secret) => fits(header, compact, secret))
		? findingInWords(
				'Its body was signed without the white space that it has now: a proxy in front of n8n writes bodies anew. Have it pass them on unchanged.',
			)
		: undefined;
}

interface Way {
	says: string;
	key: (secret: string) => Buffer;
	text: (time: string, body: Buffer) => Buffer;
}

const KEYS: Array<Omit<Way, 'text'>> = [
	{ says: 'the whole secret', key: (secret) => Buffer.from(secret) },
	{ says: 'the secret without whsec_', key: (secret) => Buffer.from(bare(secret)) },
	{
		says: 'the secret without whsec_, decoded as base64',
		key: (secret) => Buffer.from(bare(secret), 'base64'),
	},
];

const TEXTS: Array<Omit<Way, 'key'>> = [
	{
		says: 'the time, a point and the body',
		text: (time, body) => Buffer.concat([Buffer.from(`${time}.`), body]),
	},
	{ says: 'the body alone', text: (_time, body) => body },
	{
		says: 'the time and the body, without a point',
		text: (time, body) => Buffer.concat([Buffer.from(time), body]),
	},
];

const ENCODINGS = ['hex', 'base64'] as const;

const bare = (secret: string) => secret.replace(/^whsec_/, '');

/**
 * In a way that no page shows. There is no setting for it, so the words say which way it is, for
 * whoever adds one.
 */
function signedOtherwise(
	header: string,
	body: Buffer,
	secrets: readonly string[],
): Finding | undefined {
	const { time, signatures } = readLoosely(header);
	for (const key of KEYS)
		for (const text of TEXTS) {
			const expected = secrets.map((secret) =>
				createHmac('sha256', key.key(secret)).update(text.text(time, body)).digest(),
			);
			const encoding = ENCODINGS.find((each) =>
				signatures.some((signature) =>
					expected.some((digest) => equalInConstantTime(Buffer.from(signature, each), digest)),
				),
			);
			if (encoding !== undefined)
				return findingInWords(
					`It was signed with ${key.says}, over ${text.says}, in ${encoding}, which this version does not accept: please report that. Look such payments up with Payment: Get until then.`,
				);
		}
	return undefined;
}

/** Time and signatures, whatever is around their equals signs and whatever the time is. */
function readLoosely(header: string): { time: string; signatures: string[] } {
	const elements = header
		.split(',')
		.map((element) => /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(element)?.slice(1) ?? []);
	return {
		time: elements.find(([name]) => name === 't')?.[1] ?? '',
		signatures: elements
			.filter(([name]) => name === 'v1')
			.map(([, value = '']) => value)
			.slice(0, MOST),
	};
}
