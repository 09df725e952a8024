import { countingSettings, type Switched } from '../shared/core/otherSettings';

export type Hash = 'sha1' | 'sha256';

export type SignedText = 'canonical' | 'rawBody';

/** `documented`: as the pages show it, and no amount where they leave the unit open. */
export type CallbackUnit = 'documented' | 'major' | 'smallest';

/** What stands behind the switch *My Provider Told Me Other Settings*. */
interface OtherSettings {
	signatureHash: Hash;
	signedText: SignedText;
	callbackAmounts: CallbackUnit;
	callbackRefundAmounts: CallbackUnit;
	/** Words separated by commas or lines. */
	paidStatuses: string;
	/** PEM or bare base64. */
	merchantPrivateKey: string;
	/** The name of a header. */
	requestSignatureHeader: string;
}

export type SwitchedSettings = Switched<OtherSettings>;

const STANDARD: OtherSettings = {
	signatureHash: 'sha1',
	signedText: 'canonical',
	callbackAmounts: 'documented',
	callbackRefundAmounts: 'documented',
	paidStatuses: '',
	merchantPrivateKey: '',
	requestSignatureHeader: '',
};

export function settingsOf(credentials: SwitchedSettings): OtherSettings {
	return countingSettings(credentials, STANDARD);
}

/** How callbacks, and requests that are signed, are signed. */
export function signingOf(credentials: SwitchedSettings): { hash: Hash; signedText: SignedText } {
	const { signatureHash, signedText } = settingsOf(credentials);
	return {
		hash: signatureHash === 'sha256' ? 'sha256' : 'sha1',
		signedText: signedText === 'rawBody' ? 'rawBody' : 'canonical',
	};
}

/** Names of the choices in the credential. */
export const HASHES: Record<Hash, string> = { sha1: 'SHA-1', sha256: 'SHA-256' };
export const TEXTS: Record<SignedText, string> = {
	canonical: 'Canonical Text',
	rawBody: 'Raw Body',
};
