import { verify as verifySignature, type KeyObject } from 'crypto';
import type { Payload, ReceivedCallback, Verification } from '../shared/core/contract';
import { isObject, readJsonBytes, textOrNull } from '../shared/core/exactJson';
import { decodeBase64 } from '../shared/core/bytes';
import { canonicalText, coveredByCanonicalText } from './canonicalText';
import { REFUSALS } from './eFundPay.reasons';
import { readPlatformKey } from './rsaKeys';
import type { Refused } from '../shared/core/sentences';
import { verifyWithAny } from '../shared/core/secrets';
import { HASHES, signingOf, type SwitchedSettings } from './otherSettings';
import { isSuccess } from './statuses';

/** The fields of the credential that say how EFundPay signs its callbacks. */
export interface SignatureSettings extends SwitchedSettings {
	/** PEM or bare base64. */
	platformPublicKey?: string;
	platformPublicKeyPrevious?: string;
}

/** Of each key; more than two nobody needs, and each one is tried over the whole body. */
export const MOST_SIGNATURES = 5;

/**
 * docs.efundflow.com/webhooks/signatures: RSA, base64, several signatures separated by commas of
 * which one must match. Hash and signed text are settings, because the page is cut where it would
 * name them. The time header is not signed, so it proves nothing.
 */
export function verifyCallbackSignature(
	received: ReceivedCallback,
	credentials: SignatureSettings,
): Verification {
	const header = received.headers.signature?.trim() ?? '';
	if (header === '')
		return {
			genuine: false,
			...REFUSALS.missing_signature,
		};
	const body = readJsonBytes(received.rawBody);
	if (!isObject(body))
		return {
			genuine: false,
			...REFUSALS.body_not_object,
		};
	const entries = header.split(',').flatMap((entry) => decodeBase64(entry.trim()) ?? []);
	const canonical = canonicalText(body);
	const { hash, signedText } = signingOf(credentials);
	const data = signedText === 'rawBody' ? received.rawBody : Buffer.from(canonical, 'utf8');
	const verdict = verifyWithAny(
		[credentials.platformPublicKey, credentials.platformPublicKeyPrevious],
		(keyText) => {
			const key = readPlatformKey(keyText);
			if (!key)
				return {
					genuine: false,
					fault: 'ours',
					...REFUSALS.bad_key,
				};
			const signatures = entries
				.filter((entry) => entry.length === signatureLength(key))
				.slice(0, MOST_SIGNATURES);
			try {
				if (signatures.some((signature) => verifySignature(hash, data, key, signature)))
					return {
						genuine: true,
						payload: signedText === 'rawBody' ? body : coveredByCanonicalText(body),
					};
			} catch {
				return {
					genuine: false,
					fault: 'ours',
					...REFUSALS.hash_unavailable(HASHES[hash]),
				};
			}
			return {
				genuine: false,
				fault: 'noSecretFits',
				...REFUSALS.signature_mismatch,
			};
		},
	);
	if (!verdict.genuine) return verdict;
	return asFarAsSigned(verdict, signedText === 'canonical' ? canonical : undefined, credentials);
}

/** How many bytes a signature has: as many as its key, so that nothing else has to be tried. */
export function signatureLength(key: KeyObject): number {
	return Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
}

/** @param canonical the text that was signed; undefined where the bytes were */
function asFarAsSigned(
	verdict: Extract<Verification, { genuine: true }>,
	canonical: string | undefined,
	credentials: SignatureSettings,
): Verification {
	// The bytes of a raw body say what was signed, whatever shape it has.
	const problem =
		kindProblem(verdict.payload) ??
		(canonical === undefined
			? undefined
			: canonicalProblem(verdict.payload, canonical, credentials));
	if (problem === undefined) return verdict;
	// Rearranged under a genuine signature, or a kind that EFundPay does not document: what was signed
	// is all that can be said of it.
	const signed = canonical === undefined ? verdict.payload : { signed_text: canonical };
	return { genuine: true, payload: signed, unreadable: problem };
}

/** In the signed text, so that no other cut of it hides a success. */
const STATUSES = /(?:^|&)(?:payment|refund)_status=([^&]*)/g;

/**
 * A success must have the documented fields. A failed, canceled or pending one may lack some, since
 * no page shows one; each documented field that it has must still be the one that was signed.
 */
function canonicalProblem(
	payload: Payload,
	canonical: string,
	credentials: SignatureSettings,
): Refused | undefined {
	const saysSuccess = [...canonical.matchAll(STATUSES)].some(([, word = '']) =>
		isSuccess(word, credentials),
	);
	return (
		(saysSuccess ? successProblem(payload) : undefined) ?? rearrangementProblem(payload, canonical)
	);
}

/**
 * docs.efundflow.com/webhooks/payment-webhooks and refund-webhooks: what stands beside, and what
 * stands inside payment_data or refund_data.
 */
const IDS_OF_CALLBACK = ['ll_transaction_id', 'merchant_transaction_id', 'original_transaction_id'];

const DATA_OF_CALLBACK = [
	...[
		'account_date',
		'exchange_rate',
		'payment_amount',
		'payment_currency_code',
		'payment_status',
		'payment_time',
		'settlement_amount',
		'settlement_currency_code',
	],
	...[
		'actual_refund_amount',
		'actual_refund_currency_code',
		'refund_amount',
		'refund_currency_code',
		'refund_status',
		'refund_time',
	],
];

const DOCUMENTED_FIELD = new RegExp(
	`(?:^|&)(${[...IDS_OF_CALLBACK, ...DATA_OF_CALLBACK].join('|')})=([^&]*)`,
	'g',
);

/**
 * The signed text does not tell where a name or a value ends nor in which object it stood, so the
 * same text can be cut into another body: fields moved, folded into a text or a name, or taken out
 * of a text that somebody else wrote (a reason, an address).
 *
 * Why this is enough: however it is cut, the text is the same, and each documented field of the
 * genuine callback stands in it as `name=value` between two `&`, since none of these values holds
 * that sign. If each documented name stands there only with the value that is read, that value is
 * the genuine one. A field that the genuine callback lacks could be cut out of its texts: a refund
 * could show all the fields of a payment. But the refund's own status still stands in the text, and
 * no payment has that; nor has a refund a payment's.
 *
 * `reason`, which is free text, and fields that no page describes can still be cut differently: no
 * event depends on them.
 *
 * @param payload of a payment or a refund, not of both
 * @param canonical the text that was signed
 */
function rearrangementProblem(payload: Payload, canonical: string): Refused | undefined {
	const { payment_data: payment, refund_data: refund } = payload;
	const [data, foreign] = isObject(payment)
		? [payment, 'refund_status']
		: [refund as Payload, 'payment_status'];
	for (const [, name = '', value] of canonical.matchAll(DOCUMENTED_FIELD)) {
		const read = (IDS_OF_CALLBACK.includes(name) ? payload : data)[name];
		if (name === foreign || (typeof read === 'string' ? read : JSON.stringify(read)) !== value)
			return REFUSALS.field_misplaced(name);
	}
	return undefined;
}

/** Both, or neither, would be read as what the sender may not mean. */
function kindProblem({ payment_data: payment, refund_data: refund }: Payload): Refused | undefined {
	return isObject(payment) === isObject(refund) ? REFUSALS.unknown_kind : undefined;
}

const IDS_OF_PAYMENT = ['ll_transaction_id', 'merchant_transaction_id'];

/**
 * Values are signed unescaped and names of nested objects not at all, so differently shaped JSON
 * can carry one signature: the documented fields must be there, without the sign that joins them. A
 * number makes the same signed text as the text that the pages show.
 */
function successProblem(payload: Payload): Refused | undefined {
	const { payment_data: payment, refund_data: refund } = payload;
	const required = isObject(payment)
		? [
				...IDS_OF_PAYMENT.map((name) => [name, payload[name]] as const),
				...['payment_status', 'payment_currency_code'].map(
					(name) => [name, payment[name]] as const,
				),
			]
		: [
				...[...IDS_OF_PAYMENT, 'original_transaction_id'].map(
					(name) => [name, payload[name]] as const,
				),
				['refund_status', (refund as Payload).refund_status] as const,
			];
	const wrong = required.find(([, value]) => textOrNull(value)?.includes('&') ?? true);
	if (wrong) return REFUSALS.field_malformed(wrong[0]);
	if (isObject(payment) && !/^\d+(\.\d+)?$/.test(textOrNull(payment.payment_amount) ?? ''))
		return REFUSALS.amount_malformed;
	return undefined;
}
