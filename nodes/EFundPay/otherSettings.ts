export type Hash = 'sha1' | 'sha256';

export type SignedText = 'canonical' | 'rawBody';

/** `documented`: as the pages show it, and no amount where they leave the unit open. */
export type CallbackUnit = 'documented' | 'major' | 'smallest';

/** What the credential has behind *My Provider Told Me Other Settings*. */
export interface OtherSettings {
	signatureHash?: Hash;
	signedText?: SignedText;
	callbackAmounts?: CallbackUnit;
	callbackRefundAmounts?: CallbackUnit;
	/** Words separated by commas or lines. */
	paidStatuses?: string;
	/** PEM or bare base64. */
	merchantPrivateKey?: string;
	/** The name of a header. */
	requestSignatureHeader?: string;
}

/** With the switch itself. */
export interface SwitchedSettings extends OtherSettings {
	otherSettings?: boolean;
}

/** The settings that count: none while the switch is off, whatever is stored. */
export function countingSettings(credentials: SwitchedSettings): OtherSettings {
	return credentials.otherSettings === true ? credentials : {};
}

/** How callbacks, and requests that are signed, are signed. */
export function signingOf(credentials: SwitchedSettings): { hash: Hash; signedText: SignedText } {
	const { signatureHash, signedText } = countingSettings(credentials);
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
