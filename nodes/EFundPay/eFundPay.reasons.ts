import { refusals, sentences } from '../shared/core/sentences';

/** Why a callback is not taken for EFundPay's, or for what it seems to be. */
export const REFUSALS = refusals({
	missing_signature: {
		message: 'the header "signature" is missing or empty',
		hint: 'It was not sent by EFundPay, or a proxy removed the header.',
	},
	body_not_object: {
		message: 'the body is not a JSON object',
		hint: 'It was not sent by EFundPay, or a proxy changed it.',
	},
	bad_key: { message: 'the platform public key in the credential is not an RSA public key' },
	hash_unavailable: {
		message: (hash: string) => `this server cannot check ${hash} signatures`,
		hint: "Its OpenSSL settings bar them. Ask EFundPay for SHA-256 and set 'Signature Hash', or have SHA-1 allowed.",
	},
	signature_mismatch: {
		message: 'the signature does not belong to this body and this platform public key',
		hint: 'The usual causes: the key belongs to the other environment, or a proxy changed the body.',
	},
	field_misplaced: { message: (field: string) => `${field} is not where it belongs` },
	unknown_kind: { message: 'it is not exactly one of payment and refund' },
	field_malformed: { message: (field: string) => `${field} is missing or malformed` },
	amount_malformed: {
		code: 'field_malformed',
		message: 'payment_amount is missing or malformed',
	},
});

/** What is wrong with the credential. */
export const SENTENCES = sentences({
	secretKeyEmpty: "'Secret Key' in the EFundPay credential is empty",
	baseUrlBlank: (problem: string) => `'Base URL' in the EFundPay credential ${problem}`,
	baseUrlNotAbsolute: "'Base URL' in the EFundPay credential is not an absolute URL",
	liveKeyForTest:
		"'Secret Key' in the EFundPay credential is a live key (sk_live_), but the address is that of the test environment",
	testKeyForLive:
		"'Secret Key' in the EFundPay credential is a test key (sk_test_), but the address is that of the live environment",
	platformKeyEmpty: "'Platform Public Key' in the EFundPay credential is empty",
	platformKeyMalformed:
		"'Platform Public Key' in the EFundPay credential is not an RSA public key in PEM or base64",
	merchantPrivateKeyEmpty:
		"'Merchant Private Key' in the EFundPay credential is empty, but 'Request Signature Header' is not",
	merchantPrivateKeyMalformed:
		"'Merchant Private Key' in the EFundPay credential is not an RSA private key in PEM or base64",
	requestSignatureHeaderEmpty:
		"'Request Signature Header' in the EFundPay credential is empty, but 'Merchant Private Key' is not",
	requestSignatureHeaderMalformed:
		"'Request Signature Header' in the EFundPay credential is not a name for a header of its own",
	paidStatusKnownAsUnpaid: (word: string) =>
		`'Paid Statuses' in the EFundPay credential names ${word}, which does not mean paid`,
	previousPlatformKeyMalformed:
		"'Previous Platform Public Key' in the EFundPay credential is not an RSA public key in PEM or base64",
});
