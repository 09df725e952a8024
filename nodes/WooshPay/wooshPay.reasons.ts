import { refusals, sentences } from '../shared/core/sentences';

type Mode = 'live' | 'test';

/** Why a callback is not taken for WooshPay's. */
export const REFUSALS = refusals({
	missing_header: {
		message: 'the header Wooshpay-Signature is missing or empty',
		hint: 'It was not sent by WooshPay, or a proxy removed the header.',
	},
	malformed_header: {
		message: 'the header Wooshpay-Signature is not "t=…,v1=…"',
		hint: 'It was not sent by WooshPay, or a proxy changed the header.',
	},
	malformed_signature: {
		message: 'v1 in the header Wooshpay-Signature is not 64 hexadecimal digits',
		hint: 'It was not sent by WooshPay, or a proxy changed the header.',
	},
	signature_mismatch: {
		message: 'the signature was not made with a secret of this trigger',
		hint: "Forged, or a body that a proxy changed; or the secret of this trigger's endpoint was lost, or another n8n registered the same address: unpublish the workflow, then publish it. Of an endpoint that was registered by hand, enter the secret in 'Webhook Secret'.",
	},
	no_secret: {
		message: 'this trigger has no secret of an endpoint at the account in its credential',
		hint: 'Unpublish the workflow, then publish it.',
	},
	other_environment: {
		message: (about: Mode, expected: Mode) =>
			`it is about ${about} payments, and the credential is for ${expected} ones`,
		hint: "Check 'Environment' and 'Secret Key' in the credential.",
	},
	body_not_object: { message: 'the signed body is not a JSON object' },
	unsigned_body_not_object: { code: 'body_not_object', message: 'the body is not a JSON object' },
});

/** What is wrong with the credential. */
export const SENTENCES = sentences({
	secretKeyEmpty: "'Secret Key' in the WooshPay credential is empty",
	secretKeyPublishable:
		"'Secret Key' in the WooshPay credential is a publishable key (pk_…); the secret one begins with sk_",
	liveKeyForTest:
		"'Secret Key' in the WooshPay credential is a live key, but 'Environment' is Test",
	testKeyForLive:
		"'Secret Key' in the WooshPay credential is a test key, but 'Environment' is Live",
	notPaid: (word: string) =>
		`'Paid Values' in the WooshPay credential holds ${word}, which does not mean paid`,
	webhookSecretEmpty: "'Webhook Secret' in the WooshPay credential is empty",
});
