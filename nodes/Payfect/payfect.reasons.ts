import { refusals, sentences } from '../shared/core/sentences';

const NOT_A_TOKEN = 'the header X-Payfect-Signature is not a token made with this secret';

/** Why a callback is not taken for Payfect's. */
export const REFUSALS = refusals({
	missing_signature: {
		message: 'the header X-Payfect-Signature is missing or empty',
		hint: 'It was not sent by Payfect, or a proxy removed the header.',
	},
	bad_key: {
		message: NOT_A_TOKEN,
		hint: "'Callback Secret Key' in the credential is not a Fernet key of 32 bytes; it is not the API key.",
	},
	bad_base64: { message: NOT_A_TOKEN },
	bad_version: { message: NOT_A_TOKEN },
	too_short: { message: NOT_A_TOKEN },
	bad_hmac: {
		message: NOT_A_TOKEN,
		hint: "The usual cause: 'Callback Secret Key' belongs to the other mode (test or live) or was renewed.",
	},
	bad_ciphertext: { message: NOT_A_TOKEN },
	payload_not_json: { message: 'the decrypted token is not JSON' },
	payload_not_object: { message: 'the decrypted token is not an object' },
	body_not_json: { message: 'the body is not JSON' },
	body_not_object: { code: 'body_not_json', message: 'the body is not a JSON object' },
	body_mismatch: {
		message:
			'the body differs from the decrypted token, which lacks one of id, amount, status, currency and merchant',
		hint: 'Forged, or a kind of callback that Payfect documents nowhere.',
	},
	other_merchant: {
		message: "the checkout is not that of 'Merchant ID' in the credential",
	},
});

/** What is wrong with the credential, and what is said of a callback that is taken. */
export const SENTENCES = sentences({
	bodyDiffers: 'its body differs from the decrypted token; what the token says counts',
	merchantIdEmpty: "'Merchant ID' in the Payfect credential is empty",
	apiKeyEmpty: "'API Key' in the Payfect credential is empty",
	callbackSecretKeyEmpty: "'Callback Secret Key' in the Payfect credential is empty",
	callbackSecretKeyMalformed:
		"'Callback Secret Key' in the Payfect credential is not a key of 32 bytes in base64url (44 characters that end with =)",
	previousKeyMalformed:
		"'Previous Callback Secret Key' in the Payfect credential is not a key of 32 bytes in base64url",
});
