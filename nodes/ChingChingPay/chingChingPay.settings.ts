import { countingSettings, type Switched } from '../shared/core/otherSettings';
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

export function settingsOf(credentials: Switched<OtherSettings>): OtherSettings {
	return countingSettings(credentials, STANDARD);
}
