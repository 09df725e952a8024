import { createHmac } from 'node:crypto';
import { chingChingPayProvider } from '../../nodes/ChingChingPay/chingChingPay.provider';
import { isObject, readJsonBytes } from '../../nodes/shared/core/exactJson';
import { credentials } from '../nodes/ChingChingPay/support';
import { vectors } from '../nodes/ChingChingPay/fixtures/vectors.json';
import { openAndFillIn, plainText, replaced, testProvider } from '../providers';

const second = {
	merchant_reference: 'ORDER-1002',
	transaction_id: 'T_TEST_2',
	payment_id: 'P_TEST_2',
	amount: 700,
};

/** The sandbox's own: requests are signed with it as well. */
const signingSecret = 'chingchingpay-sandbox-not-a-secret';

const accepted = vectors.filter(
	({ direction, expected }) => direction === 'callback' && 'accept' in expected && expected.accept,
) as unknown as Array<{
	verifier_key: string;
	headers: Record<string, string>;
	body_bytes_hex: string;
}>;
const vectorSecret = accepted[0]?.verifier_key ?? '';
const genuineBody = Buffer.from(accepted[0]?.body_bytes_hex ?? '', 'hex');

const content = (more: object) =>
	({ ...JSON.parse(genuineBody.toString()), ...more }) as Record<string, unknown>;

/** A genuine one with the secret of the vectors. */
function signed(more: object) {
	return withSignature(JSON.stringify(content(more)));
}

function withSignature(text: string, contentType = 'application/json') {
	const body = Buffer.from(text);
	const signature = createHmac('sha256', vectorSecret).update(body).digest('hex');
	return { headers: { 'content-type': contentType, 'x-signature': signature }, body };
}

export const provider = testProvider(chingChingPayProvider, {
	folder: 'ChingChingPay',
	order: {
		amount: '20.50',
		currency: 'HKD',
		description: 'One box of tea',
		channelId: '1',
		paymentMethod: 'HK_ALIPAY_REDIRECT',
	},
	money: { amount: '20.50', currency: 'HKD' },
	foreignCurrency: 'CNY',
	// Inferred: no page says which answer ChingChingPay expects; the credential's default.
	acknowledgement: plainText('success'),
	lookUp: ({ reference }) => ({
		resource: 'transaction',
		operation: 'get',
		findBy: 'reference',
		reference,
	}),
	checkouts: {
		'checkout.createLink': {
			parameters: ({ reference }) => ({
				amount: '20.50',
				currency: 'HKD',
				reference: `${String(reference)}-link`,
				callback: 'none',
			}),
		},
		'payment.get': { parameters: ({ checkoutId }) => ({ checkoutId }) },
		'transaction.get': { parameters: ({ reference }) => ({ lookUpBy: 'reference', reference }) },
	},
	otherMoney: {
		fields: { amount: 2500, currency: 'CNY' },
		money: { amount: '25.00', currency: 'CNY' },
	},
	form: {
		operations: {
			checkout: ['create', 'createLink', 'waitForPayment'],
			transaction: ['get'],
			payment: ['get'],
			refund: ['create'],
			settlement: ['getAll', 'download'],
			callback: ['compare', 'verify'],
		},
		amountUnits: ['major', 'smallest'],
		callback: ['none', 'resumeExecution', 'url'],
		createOptions: ['extraFields', 'qrPicture', 'requestsInParallel'],
		events: ['payment.succeeded', 'refund.succeeded', 'unknown'],
		triggerOptions: ['maximumAge', 'respond'],
	},
	rows: { deduplicates: 'never', referenceOptional: false },
	wait: {
		order: {
			operation: 'createLink',
			amount: '20.50',
			currency: 'HKD',
			description: 'One box of tea',
		},
		asksBefore: true,
		verifiedBy: 'signature+provider',
	},
	credential: {
		wrongKey: {
			fields: { apiKey: 'chingchingpay-a-key-that-nobody-issued' },
			words: /invalid api key[\s\S]*'API Key'/,
		},
		missingSecret: {
			fields: { signingSecret: '', signingSecretPrevious: '' },
			words: /Signing Secret/,
		},
		wrongSecret: {
			field: 'signingSecret',
			value: 'chingchingpay-secret-nobody-ever-had',
			words: /x-signature|signature/i,
		},
		inCreateCheckout: [
			[
				'no key',
				{ apiKey: '' },
				"'API Key' in the ChingChingPay credential is empty. Correct the credential; nothing was sent.",
			],
			[
				'a wrong key',
				{ apiKey: 'wrong' },
				/^ChingChingPay refused the request \(HTTP 401\): invalid api key.*check 'API Key' and 'Signing Secret' in the credential/,
			],
			[
				'no signing secret',
				{ signingSecret: '' },
				"'Signing Secret' in the ChingChingPay credential is empty. Correct the credential; nothing was sent.",
			],
			[
				'a wrong signing secret',
				{ signingSecret: 'wrong' },
				/^ChingChingPay refused the request \(HTTP 401\): invalid signature.*'Request Key', 'Signed Text' and 'Signature Encoding'/,
			],
			[
				'no merchant number anywhere',
				{ merchantId: '' },
				"'Merchant ID' is empty. Enter it here, or once for all in the credential.",
			],
		],
		atPublishing: [
			[
				'no signing secret',
				{ signingSecret: '' },
				`ChingChingPay callbacks cannot be verified: 'Signing Secret' in the ChingChingPay credential is empty. ${openAndFillIn}`,
			],
		],
	},
	callback: {
		// Inferred, as in the sandbox: it denies a transaction with nothing in `data`.
		api(genuine) {
			const transactions = genuine
				.map(({ rawBody }) => readJsonBytes(rawBody))
				.filter(isObject)
				.filter((one) => 'merchant_reference' in one);
			return ({ url, body }) => {
				const asked = Object.entries(
					url.includes('/payments/detail/')
						? { payment_id: url.split('/').at(-1) }
						: (JSON.parse(body) as object),
				);
				const found = transactions.find((one) =>
					asked.every(([name, value]) => one[name] === value),
				);
				return { body: { code: 0, message: '', data: found ?? null } };
			};
		},
		// Of two payments that it knows, neither is the one that is meant.
		rearranged: () => ({
			event: 'unknown',
			reference: null,
			amount: null,
			checkoutId: null,
			paymentId: null,
			verifiedBy: 'provider',
		}),
		signatureHeader: 'x-signature',
		withStatus: (payload, word) => replaced(payload, 'status', word),
	},
	signing: {
		credentials: credentials({
			callbackProof: 'signature',
			signingSecret,
			paidValues: 'SBX_PAID',
		}),
		secretFields: ['signingSecret'],
		sign({ number, items, bytes = 0 }) {
			const content = {
				amount: 2050,
				currency: 'HKD',
				merchant_reference: `order-${number}`,
				payment_id: `P${number}`,
				status: 'SBX_PAID',
				transaction_id: `T${number}`,
				transaction_type: 'sale',
				items,
			};
			const rawBody = Buffer.from(JSON.stringify(content).padEnd(bytes));
			return {
				headers: {
					'content-type': 'application/json',
					'x-signature': createHmac('sha256', signingSecret).update(rawBody).digest('hex'),
				},
				rawBody,
			};
		},
		bare:
			({ rawBody }) =>
			() => {
				createHmac('sha256', signingSecret).update(rawBody).digest();
				JSON.parse(rawBody.toString());
			},
	},
	vectors: {
		credentials: credentials({
			callbackProof: 'signature',
			signingSecret: vectorSecret,
			paidValues: 'PLACEHOLDER_STATUS',
		}),
		secrets: [vectorSecret],
		genuine: [
			...accepted
				.filter(({ verifier_key: key }) => key === vectorSecret)
				.map((vector) => ({
					headers: vector.headers,
					body: Buffer.from(vector.body_bytes_hex, 'hex'),
				})),
			signed(second),
			signed({ merchant_reference: 'ORDER-1003', transaction_id: 'T_TEST_3', status: 'OPEN' }),
			signed({
				merchant_reference: 'REFUND-1002',
				transaction_id: 'T_TEST_4',
				transaction_type: 'refund',
			}),
			// No page shows where a callback names its payment.
			withSignature(JSON.stringify({ code: 0, data: { transaction: content(second) } })),
			withSignature(JSON.stringify({ data: JSON.stringify(content(second)) })),
			withSignature(
				`event=paid&merchant_reference=${second.merchant_reference}&status=OPEN`,
				'application/x-www-form-urlencoded',
			),
			withSignature(JSON.stringify({ transaction_type: 'refund', data: content(second) })),
			withSignature(JSON.stringify({ event: { payment_id: second.payment_id } })),
		],
		besides: [withSignature(JSON.stringify({ sale: content({}), refund: content(second) }))],
	},
});
