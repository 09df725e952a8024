import { canonicalText } from '../../nodes/EFundPay/canonicalText';
import { verify as verifySignature } from 'node:crypto';
import { eFundPayProvider } from '../../nodes/EFundPay/eFundPay.provider';
import type { Payload } from '../../nodes/shared/core/contract';
import { isObject, readJson } from '../../nodes/shared/core/exactJson';
import {
	callback,
	credentials,
	payment,
	platform,
	refund,
	sign,
	textOf,
} from '../nodes/EFundPay/callbacks';
import { keys, vectors } from '../nodes/EFundPay/fixtures/vectors.json';
import { openAndFillIn, replaced, testProvider } from '../providers';

/**
 * With what no page describes, which may hold anything. The platform of the tests has signed them,
 * with the previous key.
 */
const undocumented = [
	{
		...payment,
		customer_data: { first: 'a&b=c', memo: 'Tom & Jerry', reason: 'gift' },
		payment_url: 'https://pay.efundpay.com/p?id=1&lang=en',
	},
	{
		...payment,
		ll_transaction_id: 2026031500112234,
		payment_data: { ...payment.payment_data, payment_amount: 20.5 },
	},
	{
		...payment,
		ll_transaction_id: '2026031500112235',
		payment_data: { payment_status: 'PF', reason: 'declined & closed' },
	},
	{ merchant_transaction_id: 'order-2', payment_data: { payment_status: 'PC' } },
	{
		ll_transaction_id: '2026031600445567',
		refund_data: { refund_status: 'RP', refund_amount: 500 },
	},
	{
		...refund,
		refund_data: { ...refund.refund_data, reason: 'see https://shop.example/?a=1&b=2' },
	},
].map((body) => callback(body));

/** Of what arrived, the fields that the pages describe, as text. */
function described(raw: unknown, like: object): object {
	const fields = Object.entries(like).filter(
		([name]) => name !== 'reason' && isObject(raw) && name in raw,
	);
	return Object.fromEntries(
		fields.map(([name, entry]: [string, unknown]) => [
			name,
			isObject(entry) ? described((raw as Payload)[name], entry) : String((raw as Payload)[name]),
		]),
	);
}

const cardNumber = '4000000000000002';

export const provider = testProvider(eFundPayProvider, {
	folder: 'EFundPay',
	order: {
		amount: '20.50',
		currency: 'USD',
		description: 'One box of tea',
		successUrl: 'https://shop.example/thanks',
		buyerName: 'Maria Gomez',
		buyerEmail: 'maria@shop.example',
	},
	money: { amount: '20.50', currency: 'USD' },
	foreignCurrency: 'EUR',
	acknowledgement: {
		status: 200,
		contentType: 'application/json; charset=utf-8',
		body: '{"code":"200","message":"SUCCESS"}',
	},
	// Only by the id that Create returned: no call finds a payment by its reference.
	lookUp: ({ checkoutId }) => ({
		resource: 'transaction',
		operation: 'get',
		paymentId: checkoutId,
	}),
	checkouts: {
		'transaction.create': {
			parameters: ({ reference }) => ({
				amount: '20.50',
				currency: 'USD',
				reference: `${String(reference)}-direct`,
				paymentMethod: 'card',
				cardNumber,
				cardExpirationDate: '12/39',
				cardSecurityCode: '123',
				buyerIp: '203.0.113.7',
				callbackUrl: 'https://n8n.example/webhook/1/callback',
			}),
		},
		'transaction.get': { parameters: ({ paymentId }) => ({ paymentId }) },
		'transaction.getAll': { parameters: () => ({ limit: 1 }) },
	},
	otherMoney: {
		fields: { amount: 2500, currency: 'EUR' },
		money: { amount: '25.00', currency: 'EUR' },
	},
	form: {
		operations: {
			checkout: ['create', 'waitForPayment'],
			transaction: ['create', 'get', 'getAll'],
			refund: ['create', 'get', 'getAll'],
			callback: ['compare', 'verify'],
		},
		amountUnits: ['major', 'smallest'],
		callback: ['none', 'resumeExecution', 'url'],
		createOptions: ['attempt', 'extraFields', 'qrPicture', 'requestsInParallel'],
		events: [
			'payment.succeeded',
			'payment.failed',
			'payment.canceled',
			'payment.pending',
			'refund.succeeded',
			'refund.pending',
			'dispute.updated',
			'unknown',
		],
		triggerOptions: ['respond'],
		cardNumber,
		values: {
			cardNumber,
			cardExpirationDate: '12/39',
			cardSecurityCode: '123',
			buyerIp: '203.0.113.7',
			method: 'alipay',
		},
	},
	rows: { deduplicates: 'always', referenceOptional: false },
	wait: { asksBefore: true, verifiedBy: 'signature' },
	credential: {
		wrongKey: {
			fields: { secretKey: 'sk_test_a_key_that_nobody_issued' },
			words: /Invalid API key[\s\S]*'Secret Key' and 'Merchant Account ID'/,
		},
		missingSecret: {
			fields: { platformPublicKey: '', platformPublicKeyPrevious: '' },
			words: /Platform Public Key/,
		},
		wrongSecret: {
			field: 'platformPublicKey',
			value:
				'MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCqGKukO1De7zhZj6+H0qtjTkVxwTCpvKe4eCZ0FPqri0cb2JZfXJ/DgYSF6vUpwmJG8wVQZKjeGcjDOL5UlsuusFncCzWBQ7RKNUSesmQRMSGkVb1/3j+skZ6UtW+5u09lHNsj6tQ51s1SPrCBkedbNf0Tp0GbMJDyR4e9T04ZZwIDAQAB',
			words: /signature does not belong to this body and this platform public key/,
		},
		inCreateCheckout: [
			[
				'no key',
				{ secretKey: '' },
				"'Secret Key' in the EFundPay credential is empty. Correct the credential; nothing was sent.",
			],
			[
				'a wrong key',
				{ secretKey: 'wrong' },
				/^EFundPay refused the request \(HTTP 401\): Invalid API key.*Check 'Secret Key' and 'Merchant Account ID' in the credential, and that both belong to the environment chosen there\.$/,
			],
			[
				"another merchant's account",
				{ merchantAccountId: 'wrong' },
				/^EFundPay refused the request \(HTTP 403\).*Check 'Secret Key' and 'Merchant Account ID' in the credential/,
			],
			[
				'no account',
				{ merchantAccountId: '' },
				/x-merchant-account-id is required.*If it asks for the merchant account, enter 'Merchant Account ID' in the credential\.$/,
			],
			[
				'a test key for live payments',
				{ environment: 'live', secretKey: 'sk_test_1234567890' },
				"'Secret Key' in the EFundPay credential is a test key (sk_test_), but the address is that of the live environment. Correct the credential; nothing was sent.",
			],
			[
				'a live key for trying out',
				{ environment: 'test', secretKey: 'sk_live_1234567890' },
				"'Secret Key' in the EFundPay credential is a live key (sk_live_), but the address is that of the test environment. Correct the credential; nothing was sent.",
			],
		],
		atPublishing: [
			[
				'no platform key',
				{ platformPublicKey: '' },
				`EFundPay callbacks cannot be verified: 'Platform Public Key' in the EFundPay credential is empty. ${openAndFillIn}`,
			],
			[
				'the secret key as platform key',
				{ platformPublicKey: 'sk_test_1234567890' },
				`EFundPay callbacks cannot be verified: 'Platform Public Key' in the EFundPay credential is not an RSA public key in PEM or base64. ${openAndFillIn}`,
			],
		],
	},
	callback: {
		signatureHeader: 'signature',
		withStatus: (payload, word) => replaced(payload, 'payment_status', word),
		/**
		 * Not the time zone, which stands in a header, not fields that no page describes, and not
		 * whether a value is a text.
		 */
		signedPart: (event) => ({
			...event,
			occurredAt: null,
			raw: described(event.raw, { ...payment, ...refund }),
		}),
		// The signed text does not tell where a value ends: only that text is certain.
		rearranged: ({ rawBody }) => ({
			event: 'unknown',
			reference: null,
			amount: null,
			paymentId: null,
			raw: { signed_text: canonicalText(readJson(rawBody.toString()) as Payload) },
		}),
	},
	signing: {
		credentials,
		secretFields: ['platformPublicKey'],
		sign({ number, items, bytes = 0 }) {
			const content = {
				...payment,
				ll_transaction_id: String(2_026_000_000_000_000 + number),
				merchant_transaction_id: `order-${number}`,
			};
			// "items" comes before every name that EFundPay has.
			const text = [...(items ?? []).map(textOf), textOf(content)].join('&');
			return callback(JSON.stringify({ ...content, items }).padEnd(bytes), sign(text), {
				'content-type': 'application/json',
			});
		},
		bare({ headers, rawBody }) {
			const { items = [], ...content } = JSON.parse(rawBody.toString()) as { items?: object[] };
			const text = Buffer.from([...items.map(textOf), textOf(content)].join('&'));
			const signature = Buffer.from(headers.signature ?? '', 'base64');
			return () => {
				verifySignature('sha1', text, platform.publicKey, signature);
				JSON.parse(rawBody.toString());
			};
		},
	},
	vectors: {
		credentials: {
			...credentials,
			platformPublicKey: keys.platform.publicKeyPem,
			platformPublicKeyPrevious: credentials.platformPublicKey,
		},
		secrets: [credentials.secretKey],
		genuine: [
			...vectors
				.filter(({ expect }) => expect.accept)
				.map(({ headers, rawBody }) => ({
					headers: headers as Record<string, string>,
					body: rawBody,
				})),
			...undocumented.map(({ headers, rawBody }) => ({ headers, body: rawBody })),
		],
	},
});
