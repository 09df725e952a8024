import { refusals, sentences } from '../shared/core/sentences';

/** Why a callback is not taken for TokenPay's, or for what it seems to be. */
export const REFUSALS = refusals({
	missing_header: {
		message:
			'one of the headers TTPay-Timestamp, TTPay-Nonce and TTPay-Signature is missing or empty',
		hint: 'It was not sent by TokenPay, or a proxy removed headers.',
	},
	app_secret_length: {
		message: 'the app secret is not 32 bytes long',
		hint: 'Copy it again from the TokenPay merchant backend.',
	},
	signature_mismatch: {
		message: 'TTPay-Signature was not made over this body with this secret',
		hint: "The usual cause: 'App Secret' in the credential is another application's or was renewed.",
	},
	bad_timestamp: {
		message: 'TTPay-Timestamp is neither a Unix time of 10, 13 or 16 digits nor ISO 8601',
	},
	body_not_json: { message: 'the body is not a JSON object' },
	repeated_names: {
		message: 'the body names a member twice',
		hint: 'It was put together from several callbacks.',
	},
	other_application: {
		message: "app_id is not the credential's 'App ID'",
		hint: 'It belongs to another application with the same secret.',
	},
	other_merchant: { message: "mch_id is not the credential's 'Merchant ID'" },
	missing_resource: { message: 'the body has no resource' },
	unknown_algorithm: {
		message: (algorithm: string) =>
			`the resource is encrypted with ${algorithm}, and cannot be opened as AEAD_AES_256_GCM`,
	},
	missing_nonce: { message: 'the resource has no nonce' },
	bad_base64: { message: 'the ciphertext is not base64' },
	ciphertext_too_short: { message: 'the ciphertext is shorter than its tag' },
	gcm_auth_failed: { message: 'the resource cannot be decrypted with this secret' },
	content_not_object: { message: 'the decrypted resource is not a JSON object' },
});

/** What is wrong with the credential, or with the signature of an answer. */
export const SENTENCES = sentences({
	appIdEmpty: "'App ID' in the TokenPay credential is empty",
	merchantIdEmpty: "'Merchant ID' in the TokenPay credential is empty",
	appSecretEmpty: "'App Secret' in the TokenPay credential is empty",
	appSecretLength: "'App Secret' in the TokenPay credential is not 32 bytes long",
	previousAppSecretLength: "'Previous App Secret' in the TokenPay credential is not 32 bytes long",
	replySignatureIncomplete: 'a part of its signature is missing',
	replySignatureMismatch: 'its signature does not fit',
});
