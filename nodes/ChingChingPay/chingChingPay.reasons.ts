import { refusals, sentences } from '../shared/core/sentences';

/** Why a callback is not taken for ChingChingPay's. */
export const REFUSALS = refusals({
	signature_missing: {
		message: 'the header x-signature is missing or empty',
		hint: "If ChingChingPay does not sign callbacks, set 'When a Callback Comes' in the credential to Ask ChingChingPay.",
	},
	signature_malformed: {
		message: (encoding: 'base64' | 'hexadecimal') =>
			`the header x-signature is not 32 bytes in ${encoding}`,
	},
	signature_mismatch: {
		message: 'the header x-signature is not made with this secret over this body',
		hint: "The usual cause: another secret, or another scheme than 'Signed Text' and 'Request Key' in the credential say.",
	},
	malformed_body: { message: 'the signed body is not a JSON object' },
	malformed_unsigned_body: {
		code: 'malformed_body',
		message: 'the body is neither a JSON object nor a form',
	},
	other_merchant: {
		message: "the transaction is not that of 'Merchant ID' in the credential",
	},
});

/** What is wrong with the credential. */
export const SENTENCES = sentences({
	apiKeyEmpty: "'API Key' in the ChingChingPay credential is empty",
	signingSecretEmpty: "'Signing Secret' in the ChingChingPay credential is empty",
	baseUrlBlank: (problem: string) => `'Base URL' in the ChingChingPay credential ${problem}`,
	baseUrlNotAbsolute: "'Base URL' in the ChingChingPay credential is not an absolute URL",
	sortedPairsAlone:
		"'Signed Text' in the ChingChingPay credential is Sorted Pairs, which leave open where a value ends, so 'When a Callback Comes' cannot be Trust Its Signature",
	paidValuesEmpty:
		"'Paid Values' in the ChingChingPay credential is empty, so no answer could be recognized as paid",
});
