import { createDecipheriv } from 'node:crypto';
import type { ReceivedCallback } from '../../nodes/shared/core/contract';
import { tokenPayProvider } from '../../nodes/TokenPay/tokenPay.provider';
import {
	appSecret,
	callback,
	credentials,
	encryptEcb,
	envelope,
	paid,
	resource,
	resourceInEcb,
} from '../nodes/TokenPay/callbacks';
import tokenPayVectors from '../nodes/TokenPay/fixtures/vectors.json';
import { openAndFillIn, plainText, replaced, testProvider } from '../providers';

const accepted = tokenPayVectors.vectors.filter(
	({ kind, expect }) => kind === 'callback' && expect.valid,
) as unknown as Array<{ app_secret: string; headers: Record<string, string>; raw_body: string }>;
const vectorSecret = accepted[0]?.app_secret ?? '';

const ofVectors = { app_id: tokenPayVectors.app_id, mch_id: tokenPayVectors.mch_id };

interface Content {
	isOrder: boolean;
	content: Partial<typeof paid>;
}

/** What the bodies hold that were made here, and of which kind that is. */
const contents = new Map<string, Content>();

export interface Dialect {
	kind?: string;
	/** How its content is encrypted. */
	encrypted?: (content: object, kind: string) => object;
	/** What of the body is signed. */
	signedPart?: (body: Record<string, unknown>) => unknown;
	timestamp?: string;
	/** In place of what the envelope says else. */
	envelope?: Record<string, unknown>;
}

const inGcm =
	(options: Parameters<typeof resource>[1] = {}) =>
	(content: object, kind: string) =>
		resource(content, { secret: vectorSecret, original_type: kind, ...options });

/** A genuine one with the secret of the vectors. */
export function signed(more: object, dialect: Dialect = {}) {
	const { kind = 'transaction', encrypted = inGcm(), timestamp = '1795262400000' } = dialect;
	const content = { ...paid, ...more };
	const body = envelope({
		...ofVectors,
		...(kind !== 'transaction' && { event_type: 'PAYPAYANOTHER.SUCCESS' }),
		...dialect.envelope,
		resource: encrypted(content, kind),
	});
	const { headers, rawBody } = callback(body, {
		secret: vectorSecret,
		timestamp,
		...(dialect.signedPart && { signed: JSON.stringify(dialect.signedPart(body)) }),
	});
	contents.set(rawBody.toString(), { isOrder: kind === 'transaction', content });
	return { headers, body: rawBody };
}

/** What a genuine callback of the vectors' secret holds, and of which kind that is. */
function opened({ rawBody }: ReceivedCallback): Content {
	const made = contents.get(rawBody.toString());
	if (made !== undefined) return made;
	const { resource: encrypted } = JSON.parse(rawBody.toString()) as {
		resource: { ciphertext: string; nonce: string; original_type: string };
	};
	const bytes = Buffer.from(encrypted.ciphertext, 'base64');
	const decipher = createDecipheriv('aes-256-gcm', vectorSecret, encrypted.nonce, {
		authTagLength: 16,
	});
	decipher.setAuthTag(bytes.subarray(-16));
	const text = Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]);
	return {
		isOrder: encrypted.original_type === 'transaction',
		content: JSON.parse(text.toString()) as Partial<typeof paid>,
	};
}

const resourceAlone: Dialect = { signedPart: (body) => body.resource };
/** In the order that the live service was seen to have, in which a payout can be made an order. */
const resourceSorted: Dialect = {
	encrypted: (content, kind) => {
		const { algorithm, ciphertext, nonce, original_type } = inGcm()(content, kind);
		return { algorithm, ciphertext, nonce, original_type };
	},
	...resourceAlone,
};

/** What the pages leave open, each in a spelling of its own. */
export const dialects: Record<string, Dialect> = {
	'resource signed': resourceAlone,
	'resource sorted': resourceSorted,
	'resource sorted, no ids': {
		...resourceSorted,
		envelope: { app_id: undefined, mch_id: undefined },
	},
	'ecb label': { encrypted: inGcm({ algorithm: 'AES-256-ECB' }) },
	'no label': { encrypted: inGcm({ algorithm: undefined }) },
	'associated data': { encrypted: inGcm({ associated_data: 'transaction' }) },
	'nonce in hex': { encrypted: inGcm({ nonce: '00112233445566778899aabb', nonceAs: 'hex' }) },
	'nonce in base64': { encrypted: inGcm({ nonce: 'ABEiM0RVZneImaq7', nonceAs: 'base64' }) },
	ecb: { encrypted: (content, kind) => resourceInEcb(content, vectorSecret, kind) },
	'10 digits': { timestamp: '1795262400' },
	'16 digits': { timestamp: '1795262400000000' },
	'iso 8601': { timestamp: '2026-11-21T12:00:00Z' },
	'no ids': { envelope: { app_id: undefined, mch_id: undefined } },
};

/** Callbacks about money that leaves, with the numbers of orders. */
export const payouts = (dialect: Dialect) =>
	['order-2', 'order-3', 'payout-1'].map((reference, index) =>
		signed(
			{
				transaction_id: `payout-${index}`,
				out_trade_no: reference,
				amount: 99_000_000,
				// So that blocks of both kinds stand at every distance from each other.
				memo: 'x'.repeat(index * 5),
			},
			{ ...dialect, kind: 'payanother' },
		),
	);

export const provider = testProvider(tokenPayProvider, {
	folder: 'TokenPay',
	order: { amount: '20.50', chain: 'TRON', currency: 'USDT', description: 'One box of tea' },
	// Amounts come back without final zeros, since a coin may have eighteen decimals.
	money: { amount: '20.5', currency: 'USDT' },
	foreignCurrency: 'TRX',
	asksFirst: '/v1/currency/index',
	acknowledgement: plainText('success'),
	lookUp: ({ reference }) => ({
		resource: 'checkout',
		operation: 'get',
		findBy: 'reference',
		reference,
	}),
	checkouts: {
		'checkout.get': { parameters: ({ reference }) => ({ findBy: 'reference', reference }) },
		'checkout.close': { parameters: ({ reference }) => ({ findBy: 'reference', reference }) },
	},
	otherMoney: {
		fields: { amount: 25, currency: 'TRX' },
		money: { amount: '25', currency: 'TRX' },
	},
	form: {
		operations: {
			checkout: ['create', 'get', 'close', 'waitForPayment'],
			currency: ['getAll'],
			balance: ['get'],
			callback: ['compare', 'verify'],
		},
		amountUnits: [],
		callback: ['none', 'resumeExecution', 'url'],
		createOptions: ['extraFields', 'qrPicture', 'requestsInParallel'],
		events: [
			'payment.succeeded',
			'payment.canceled',
			'payment.pending',
			'refund.succeeded',
			'unknown',
		],
		triggerOptions: ['maximumAge', 'respond'],
	},
	rows: { deduplicates: 'never', referenceOptional: false },
	wait: { asksBefore: true, verifiedBy: 'signature+provider' },
	credential: {
		wrongKey: {
			fields: { appSecret: 'tokenpay-secret-nobody-ever-had!' },
			words: /invalid signature[\s\S]*App Secret/,
		},
		missingSecret: { fields: { appSecret: '', appSecretPrevious: '' }, words: /App Secret/ },
		wrongSecret: {
			field: 'appSecret',
			value: 'tokenpay-secret-nobody-ever-had!',
			words: /TTPay-Signature was not made over this body with this secret/,
		},
		inCreateCheckout: [
			[
				'no application',
				{ appId: '' },
				"'App ID' in the TokenPay credential is empty. Correct the credential; nothing was sent.",
			],
			[
				'an application that does not exist',
				{ appId: 'wrong' },
				"TokenPay refused the request: application does not exist (code 20000). Check 'App ID' and 'Merchant ID' in the credential.",
			],
			[
				'no merchant number',
				{ merchantId: '' },
				"'Merchant ID' in the TokenPay credential is empty. Correct the credential; nothing was sent.",
			],
			[
				'no secret',
				{ appSecret: '' },
				"'App Secret' in the TokenPay credential is empty. Correct the credential; nothing was sent.",
			],
			[
				'a secret that is cut off',
				{ appSecret: '0123456789abcdef' },
				"'App Secret' in the TokenPay credential is not 32 bytes long. Correct the credential; nothing was sent.",
			],
			[
				'no address of the payment page',
				{ checkoutBaseUrl: '' },
				"'Checkout Base URL' in the credential is not an absolute URL. Open the credential and enter the address with https:// in front.",
			],
		],
		atPublishing: [
			[
				'a secret that is cut off',
				{ appSecret: '0123456789abcdef' },
				`TokenPay callbacks cannot be verified: 'App Secret' in the TokenPay credential is not 32 bytes long. ${openAndFillIn}`,
			],
			[
				'a previous secret that is cut off',
				{ appSecretPrevious: '0123456789abcdef' },
				`TokenPay callbacks cannot be verified: 'Previous App Secret' in the TokenPay credential is not 32 bytes long. ${openAndFillIn}`,
			],
		],
	},
	callback: {
		// apidoc.tokenpay.me/order/order-inquiry, which knows orders and no payouts
		api(genuine) {
			const orders = genuine
				.map(opened)
				.flatMap(({ isOrder, content }) => (isOrder ? content : []));
			return ({ body }) => {
				const asked = JSON.parse(body) as Partial<typeof paid>;
				const found = orders.find((order) =>
					asked.transaction_id === undefined
						? order.out_trade_no === asked.out_trade_no
						: order.transaction_id === asked.transaction_id,
				);
				return { body: found ? { code: 0, data: found } : { code: 12002, msg: 'no data' } };
			};
		},
		// As n8n's HTTP Request node does with this credential for any call.
		signedByUser({ headers, rawBody }) {
			const [timestamp, nonce] = [headers['ttpay-timestamp'], headers['ttpay-nonce']];
			return {
				...callback(rawBody.toString('utf8'), { secret: vectorSecret, timestamp, nonce }),
				rawBody,
			};
		},
		// Whoever can sign can name another kind for a genuine content: unknown, whatever it holds.
		rearranged(genuine) {
			const {
				transaction_id: paymentId,
				out_trade_no: reference,
				amount: smallestUnits = NaN,
				decimals = NaN,
			} = opened(genuine).content;
			const amount = String(smallestUnits / 10 ** decimals);
			return { event: 'unknown', status: 'unknown', paymentId, reference, amount };
		},
		signatureHeader: 'ttpay-signature',
		withStatus: (payload, word) => replaced(payload, 'trade_state', word),
	},
	signing: {
		credentials,
		secretFields: ['appId', 'merchantId', 'appSecret'],
		sign({ number, items, bytes = 0 }) {
			const content = {
				...paid,
				out_trade_no: `order-${number}`,
				transaction_id: `transaction-${number}`,
				pay_time: Date.now(),
				items,
			};
			return callback(JSON.stringify(envelope({ resource: resource(content) })).padEnd(bytes));
		},
		bare({ rawBody }) {
			// To find the ciphertext in the body takes one more parse, which is not in here.
			const { resource: encrypted } = JSON.parse(rawBody.toString()) as {
				resource: { ciphertext: string; nonce: string };
			};
			return () => {
				encryptEcb(rawBody);
				const bytes = Buffer.from(encrypted.ciphertext, 'base64');
				const decipher = createDecipheriv('aes-256-gcm', appSecret, encrypted.nonce, {
					authTagLength: 16,
				});
				decipher.setAuthTag(bytes.subarray(-16));
				JSON.parse(
					Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString(),
				);
			};
		},
	},
	vectors: {
		credentials: {
			appId: tokenPayVectors.app_id,
			merchantId: tokenPayVectors.mch_id,
			appSecret: vectorSecret,
			appSecretPrevious: '',
			baseUrl: 'https://api.tokenpay.me',
			checkoutBaseUrl: 'https://api.tokenpay.me',
			callbackProof: 'signatureAndProvider',
		},
		secrets: [vectorSecret],
		genuine: [
			...accepted
				.filter(({ app_secret: secret }) => secret === vectorSecret)
				.map((vector) => ({ headers: vector.headers, body: vector.raw_body })),
			signed({ transaction_id: 'transaction-2', out_trade_no: 'order-2', amount: 7_000_000 }),
			signed({ transaction_id: 'transaction-3', out_trade_no: 'order-3', trade_state: 'REFUND' }),
			signed({ transaction_id: 'transaction-4', out_trade_no: 'order-4', trade_state: 'NOTPAY' }),
			signed({ transaction_id: 'transaction-5', out_trade_no: 'order-5', trade_state: 'CLOSED' }),
			...Object.values(dialects).map((dialect, index) =>
				signed(
					{ transaction_id: `dialect-${index}`, out_trade_no: `in-dialect-${index}` },
					dialect,
				),
			),
		],
		// A payout has the fields of an order, and may have the number of the order that it pays back.
		besides: [{}, resourceAlone, resourceSorted].flatMap(payouts),
	},
});
