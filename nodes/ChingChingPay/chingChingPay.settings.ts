import type { KeySource, SignatureEncoding, SigningAlgorithm } from './signature';

/** What stands behind the switch *My Provider Told Me Other Settings*. */
export interface OtherSettings {
	requestKeySource: KeySource;
	requestSignedText: 'rawBody' | 'sortedPairs' | 'template';
	/** Only with `template`. */
	requestTemplate: string;
	requestAlgorithm: SigningAlgorithm;
	requestEncoding: SignatureEncoding;
	/** One header a line. */
	requestHeaders: string;
	/** Comma- or line-separated. */
	successCodes: string;
	/** Where the status is in the query's `data`; a point goes one level down. */
	statusPath: string;
	acknowledgementBody: string;
}

/**
 * Documented is HMAC-SHA256 (folder-34819081). Inferred: all else, because the pages that say it have
 * lost these parts.
 */
const STANDARD: OtherSettings = {
	requestKeySource: 'signingSecret',
	requestSignedText: 'rawBody',
	requestTemplate: '',
	requestAlgorithm: 'hmacSha256',
	requestEncoding: 'hexLower',
	requestHeaders: '',
	successCodes: '0',
	statusPath: 'status',
	acknowledgementBody: 'success',
};

/** The settings that count: switched off the standard ones, whatever the credential holds. */
export function settingsOf(
	credentials: Partial<OtherSettings> & { otherSettings?: boolean },
): OtherSettings {
	if (credentials.otherSettings !== true) return STANDARD;
	const names = Object.keys(STANDARD) as Array<keyof OtherSettings>;
	const given = names.filter((name) => credentials[name] !== undefined);
	return { ...STANDARD, ...Object.fromEntries(given.map((name) => [name, credentials[name]])) };
}
