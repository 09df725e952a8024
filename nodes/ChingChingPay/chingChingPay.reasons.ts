import { refusals, sentences } from '../shared/core/sentences';
import { HEADER_PARTS, PARTS } from './template';

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
	stamp_missing: {
		message: 'a header that tells the signed time or nonce is missing or malformed',
		hint: "Callbacks may be signed otherwise than requests: then set 'When a Callback Comes' in the credential to Ask ChingChingPay.",
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

const inBraces = (part: string) => `{${part}}`;

/** What is wrong with the credential. */
export const SENTENCES = sentences({
	apiKeyEmpty: "'API Key' in the ChingChingPay credential is empty",
	signingSecretEmpty: "'Signing Secret' in the ChingChingPay credential is empty",
	baseUrlBlank: (problem: string) => `'Base URL' in the ChingChingPay credential ${problem}`,
	baseUrlNotAbsolute: "'Base URL' in the ChingChingPay credential is not an absolute URL",
	keyNotDecodable:
		"'Signing Secret' or 'Previous Signing Secret' in the ChingChingPay credential is not written as 'Request Key' says",
	templateEmpty: "'Signed Text Template' in the ChingChingPay credential is empty",
	templateMalformed: (at: number) =>
		`'Signed Text Template' in the ChingChingPay credential has at character ${at} a brace that belongs to no part; the parts are ${PARTS.map(inBraces).join(', ')}`,
	headersMalformed: (line: number) =>
		`line ${line} of 'Further Headers' in the ChingChingPay credential is no header; write name: value, ten lines at the most, with the parts ${HEADER_PARTS.map(inBraces).join(', ')}, and none that is sent anyway, such as x-api-key`,
	hashWithoutSecret:
		"'Signature Algorithm' in the ChingChingPay credential is SHA-256 Without a Key, but neither {secret} nor {key} stands in 'Signed Text Template', so anybody could make the signature",
	stampNotSent:
		"'Signed Text Template' in the ChingChingPay credential holds a time or a nonce that no line of 'Further Headers' sends, such as x-timestamp: {timestamp}",
	textAlone:
		"'Signed Text' or 'Signature Algorithm' in the ChingChingPay credential leaves open what a callback says (only an HMAC over the raw body tells), so 'When a Callback Comes' cannot be Trust Its Signature",
	textOfRequests: (part: string) =>
		`'Signed Text Template' in the ChingChingPay credential holds ${inBraces(part)}, which no callback tells, so 'When a Callback Comes' has to be Ask ChingChingPay`,
	paidValuesEmpty:
		"'Paid Values' in the ChingChingPay credential is empty, so no answer could be recognized as paid",
});
