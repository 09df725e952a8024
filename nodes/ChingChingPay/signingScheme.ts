import type { Sentence } from '../shared/core/sentences';
import type { Switched } from '../shared/core/otherSettings';
import { SENTENCES } from './chingChingPay.reasons';
import { settingsOf, type OtherSettings } from './chingChingPay.settings';
import { keyBytes, type Keys, type SigningScheme } from './signature';
import { partsOf, readHeaders, readTemplate, STAMPS, type Piece } from './template';

/** What of the credential decides how requests are signed. */
export type SigningCredentials = Keys & Switched<OtherSettings>;

/** The choices of *Signed Text* that have a name. */
const NAMED_TEXTS = { rawBody: '{body}', sortedPairs: '{sortedPairs}' } as const;

/** The text that the key is made of: the API key, or the signing secret. */
export function signingKey(credentials: SigningCredentials): string {
	return settingsOf(credentials).requestKeySource === 'apiKey'
		? credentials.apiKey
		: credentials.signingSecret;
}

/**
 * How the credential wants its requests signed, or in words why they cannot be.
 *
 * @param key in place of the one that `signingKey` gives
 */
export function schemeOf(
	credentials: SigningCredentials,
	key = signingKey(credentials),
): SigningScheme | { problem: Sentence } {
	const settings = settingsOf(credentials);
	const keys: Keys =
		settings.requestKeySource === 'apiKey'
			? { apiKey: key, signingSecret: credentials.signingSecret }
			: { apiKey: credentials.apiKey, signingSecret: key };
	const bytes = keyBytes(settings.requestKeySource, keys);
	const template = templateOf(settings);
	const text = readTemplate(template);
	const headers = readHeaders(settings.requestHeaders);
	if (bytes === undefined) return { problem: SENTENCES.keyNotDecodable };
	if (template === '') return { problem: SENTENCES.templateEmpty };
	if ('wrongAt' in text) return { problem: SENTENCES.templateMalformed(text.wrongAt) };
	if ('wrongLine' in headers) return { problem: SENTENCES.headersMalformed(headers.wrongLine) };
	const scheme: SigningScheme = {
		algorithm: settings.requestAlgorithm,
		encoding: settings.requestEncoding,
		key: bytes,
		text,
		headers,
		keys,
	};
	const problem = contradictionIn(scheme);
	return problem === undefined ? scheme : { problem };
}

function templateOf({ requestSignedText, requestTemplate }: OtherSettings): string {
	return requestSignedText === 'template' ? requestTemplate : NAMED_TEXTS[requestSignedText];
}

/** What each setting allows, but nobody could verify. */
function contradictionIn({
	algorithm,
	text,
	headers,
	keys: { signingSecret },
}: SigningScheme): Sentence | undefined {
	const parts = partsOf(text);
	if (parts.includes('secret') && signingSecret === '') return SENTENCES.signingSecretEmpty;
	if (algorithm === 'sha256' && !parts.includes('secret') && !parts.includes('key'))
		return SENTENCES.hashWithoutSecret;
	const sent = headers.flatMap(({ value }) => kindsOfStamp(value));
	return kindsOfStamp(text).every((kind) => sent.includes(kind))
		? undefined
		: SENTENCES.stampNotSent;
}

/** Whoever is told the time in milliseconds knows the seconds, and so the other way round. */
function kindsOfStamp(pieces: Piece[]): string[] {
	return partsOf(pieces)
		.filter((part) => STAMPS.some((stamp) => stamp === part))
		.map((part) => (part === 'nonce' ? 'nonce' : 'time'));
}
