import { decodeBase64, decodeHex } from '../shared/core/bytes';
import type { CallbackProof, Finding } from '../shared/core/contract';
import { settingsOf, type OtherSettings } from './chingChingPay.settings';
import {
	judgeSignature,
	provesBody,
	type KeySource,
	type SignatureEncoding,
	type SignedCallback,
	type SigningAlgorithm,
} from './signature';
import { schemeOf, type SigningCredentials } from './signingScheme';

type Settings = Partial<OtherSettings> & { otherSettings: true; callbackProof?: CallbackProof };

const DIGEST_BYTES = 32;

const TEMPLATES = [
	'{sortedPairs}&key={secret}',
	'{sortedPairs}&key={key}',
	'{sortedPairs}{secret}',
	'{sortedJson}',
	'{key}{body}',
	'{body}{key}',
	'{secret}{body}',
	'{body}{secret}',
];
const TEMPLATES_WITH_TIME = ['{time}{body}', '{time}.{body}', '{body}{time}'];

const KEYS: Record<KeySource, string> = {
	signingSecret: 'Signing Secret',
	signingSecretHex: 'Signing Secret, Decoded From Hexadecimal',
	signingSecretBase64: 'Signing Secret, Decoded From Base64',
	apiKey: 'API Key',
};
const TEXTS: Record<OtherSettings['requestSignedText'], string> = {
	rawBody: 'Raw Body',
	sortedPairs: 'Sorted Pairs',
	template: 'Template',
};
const ALGORITHMS: Record<SigningAlgorithm, string> = {
	hmacSha256: 'HMAC-SHA256',
	sha256: 'SHA-256 Without a Key',
};
const ENCODINGS: Record<SignatureEncoding, string> = {
	hexLower: 'Hexadecimal, Lower Case',
	hexUpper: 'Hexadecimal, Upper Case',
	base64: 'Base64',
};

/**
 * With which of the ways of signing that payment services have a callback would fit that was refused.
 * For what is said only: nothing is accepted by it. At most 65 digests.
 */
export function findSetting(
	received: SignedCallback,
	credentials: SigningCredentials & { callbackProof?: CallbackProof },
): Finding | undefined {
	const signature = received.headers['x-signature'] ?? '';
	const requestEncoding = encodingOf(signature);
	if (requestEncoding === undefined) return undefined;
	for (const way of waysFor(received)) {
		const settings: Settings = { ...way, requestEncoding, otherSettings: true };
		const scheme = schemeOf({ ...credentials, ...settings });
		if ('problem' in scheme || judgeSignature(signature, received, scheme) !== 'right') continue;
		if (credentials.callbackProof === 'signature' && !provesBody(scheme))
			settings.callbackProof = 'signatureAndProvider';
		return { settings, says: inWords(settings, credentials) };
	}
	return undefined;
}

function encodingOf(signature: string): SignatureEncoding | undefined {
	if (decodeBase64(signature)?.length === DIGEST_BYTES) return 'base64';
	if (decodeHex(signature)?.length !== DIGEST_BYTES) return undefined;
	return /[A-F]/.test(signature) ? 'hexUpper' : 'hexLower';
}

function waysFor(received: SignedCallback): Array<Partial<OtherSettings>> {
	return textsFor(received).flatMap((text) => [
		...(Object.keys(KEYS) as KeySource[]).map((requestKeySource) => ({
			...text,
			requestKeySource,
			requestAlgorithm: 'hmacSha256' as const,
		})),
		{ ...text, requestKeySource: 'signingSecret', requestAlgorithm: 'sha256' },
	]);
}

function textsFor({ headers }: SignedCallback): Array<Partial<OtherSettings>> {
	const template = (requestTemplate: string, requestHeaders = '') => ({
		requestSignedText: 'template' as const,
		requestTemplate,
		requestHeaders,
	});
	const time = timeIn(headers);
	return [
		{ requestSignedText: 'rawBody', requestHeaders: '' },
		{ requestSignedText: 'sortedPairs', requestHeaders: '' },
		...TEMPLATES.map((text) => template(text)),
		...(time === undefined
			? []
			: TEMPLATES_WITH_TIME.map((text) =>
					template(text.replace('{time}', time.part), `${time.header}: ${time.part}`),
				)),
	];
}

/** The header that tells a Unix time, if there is one with a name that means that. */
function timeIn(headers: Record<string, string>): { header: string; part: string } | undefined {
	const [header, value = ''] =
		Object.entries(headers).find(
			([name, text]) => /^[\w-]{0,40}time(stamp)?$/.test(name) && /^\d{10}(\d{3})?$/.test(text),
		) ?? [];
	if (header === undefined) return undefined;
	return { header, part: value.length === 10 ? '{timestamp}' : '{timestampMilliseconds}' };
}

/** Only what has to be changed. */
function inWords(found: Settings, credentials: SigningCredentials): string {
	const [current, wanted] = [settingsOf(credentials), settingsOf(found)];
	const values: Array<[keyof OtherSettings, string, string]> = [
		['requestKeySource', 'Request Key', KEYS[wanted.requestKeySource]],
		['requestSignedText', 'Signed Text', TEXTS[wanted.requestSignedText]],
		['requestTemplate', 'Signed Text Template', wanted.requestTemplate],
		['requestAlgorithm', 'Signature Algorithm', ALGORITHMS[wanted.requestAlgorithm]],
		['requestEncoding', 'Signature Encoding', ENCODINGS[wanted.requestEncoding]],
		['requestHeaders', 'Further Headers', wanted.requestHeaders],
	];
	const changes = values
		.filter(([name, , value]) => wanted[name] !== current[name] && value !== '')
		.map(([, label, value]) => `'${label}' ${value}`);
	if (found.callbackProof !== undefined)
		changes.push("'When a Callback Comes' Check the Signature and Ask ChingChingPay");
	return `It is genuine with ${changes.join(', ')}. If requests are signed so, too, switch on 'My Provider Told Me Other Settings' in the credential and set this. If requests work as they are set now, set 'When a Callback Comes' to Ask ChingChingPay.`;
}
