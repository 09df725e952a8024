import { createHmac } from 'node:crypto';
import axios from 'axios';
import { wooshPayProvider } from '../../nodes/WooshPay/wooshPay.provider';
import { credentials, paymentEvent } from '../nodes/WooshPay/samples';
import { vectors } from '../nodes/WooshPay/fixtures/vectors.json';
import { plainText, replaced, testProvider } from '../providers';

const webhookSecret = credentials.webhookSecret ?? '';
const vectorSecret = vectors[0]?.secret ?? '';

/** A genuine one with the secret of the vectors. */
function signed(id: string, type: string, object: Record<string, unknown>) {
	const body = JSON.stringify(paymentEvent(type, object, { id }));
	const time = 1768435200000;
	const signature = createHmac('sha256', vectorSecret).update(`${time}.${body}`).digest('hex');
	return { headers: { 'wooshpay-signature': `t=${time},v1=${signature}` }, body };
}

/** The header as the Chinese page names it. */
function underItsOtherName({ headers, body }: ReturnType<typeof signed>) {
	return { headers: { signature: headers['wooshpay-signature'] }, body };
}

export const provider = testProvider(wooshPayProvider, {
	folder: 'WooshPay',
	order: {
		amount: '20.50',
		currency: 'GBP',
		description: 'One box of tea',
		successUrl: 'https://shop.example/thanks',
		cancelUrl: 'https://shop.example/basket',
	},
	money: { amount: '20.50', currency: 'GBP' },
	foreignCurrency: 'USD',
	answeredFirst: {
		'refund.create': { id: 'sample-paymentId', object: 'payment_intent', currency: 'GBP' },
	},
	acknowledgement: plainText('OK'),
	lookUp: ({ checkoutId }) => ({ resource: 'checkout', operation: 'get', checkoutId }),
	checkouts: {
		'checkout.get': { parameters: ({ checkoutId }) => ({ checkoutId }) },
		'payment.get': { parameters: ({ paymentId }) => ({ paymentId }) },
		'checkout.expire': { parameters: ({ checkoutId }) => ({ checkoutId }) },
		'payment.capture': {
			order: { additionalFields: { captureMethod: 'manual' } },
			action: 'pay',
			parameters: ({ paymentId }) => ({ paymentId }),
		},
		'payment.cancel': { parameters: ({ paymentId }) => ({ paymentId }) },
	},
	otherMoney: {
		fields: {
			line_items: [
				{
					price_data: { currency: 'EUR', unit_amount: 2500, product_data: { name: 'Tea' } },
					quantity: 1,
				},
			],
		},
		money: { amount: '25.00', currency: 'EUR' },
	},
	form: {
		operations: {
			checkout: ['create', 'expire', 'get'],
			product: ['create'],
			price: ['create', 'get', 'update'],
			payment: ['cancel', 'capture', 'get'],
			refund: ['create', 'get'],
			callback: ['compare', 'verify'],
		},
		amountUnits: ['major', 'smallest'],
		callback: [],
		createOptions: ['attempt', 'extraFields', 'qrPicture', 'requestsInParallel', 'retry'],
		events: [
			'payment.succeeded',
			'payment.failed',
			'payment.canceled',
			'payment.expired',
			'payment.pending',
			'refund.succeeded',
			'refund.failed',
			'refund.pending',
			'dispute.updated',
			'unknown',
		],
		triggerOptions: ['additionalProviderEvents', 'maximumAge', 'respond'],
		values: { updateFields: { nickname: 'Winter' } },
	},
	rows: { deduplicates: 'withRetry', referenceOptional: true },
	credential: {
		wrongKey: {
			fields: { secretKey: 'sk_test_a-key-that-nobody-issued' },
			words: /Invalid API key/,
		},
		missingSecret: {
			fields: { secretKey: '' },
			words: /'Secret Key' in the WooshPay credential is empty/,
		},
		inCreateCheckout: [
			[
				'no key',
				{ secretKey: '' },
				"'Secret Key' in the WooshPay credential is empty. Correct the credential; nothing was sent.",
			],
			[
				'a wrong key',
				{ secretKey: 'wrong' },
				"WooshPay refused the request (HTTP 401): Invalid API key. (error_401). Check 'Secret Key' in the credential, and that it belongs to 'Environment'.",
			],
			[
				'a test key for live payments',
				{ environment: 'live', secretKey: 'sk_test_1234567890' },
				"'Secret Key' in the WooshPay credential is a test key, but 'Environment' is Live. Correct the credential; nothing was sent.",
			],
			[
				'a live key for trying out',
				{ environment: 'test', secretKey: 'sk_live_1234567890' },
				"'Secret Key' in the WooshPay credential is a live key, but 'Environment' is Test. Correct the credential; nothing was sent.",
			],
		],
		atPublishing: [
			[
				'a wrong key',
				{ secretKey: 'wrong' },
				/^The endpoint of this trigger could not be registered at WooshPay: WooshPay refused the request \(HTTP 401\).*Check 'Secret Key' in the credential.*then publish the workflow again\.$/,
			],
		],
		async registerByHand({ providerUrl, fields, callbackUrl }) {
			const { data } = await axios.post<{ secret: string }>(
				`${providerUrl}/v1/webhook_endpoints`,
				{
					url: callbackUrl,
					enabled_events: [
						'payment_intent.succeeded',
						'payment_intent.payment_failed',
						'checkout.session.expired',
					],
				},
				{ auth: { username: fields.secretKey ?? '', password: '' }, proxy: false },
			);
			return { webhookSecret: data.secret };
		},
	},
	callback: {
		// docs.wooshpay.com: GET /v1/events/{id}
		api(genuine) {
			const events = genuine.map(({ rawBody }) => JSON.parse(rawBody.toString()) as { id: string });
			return ({ url }) =>
				events
					.filter(({ id }) => url.endsWith(`/events/${id}`))
					.map((event) => ({ body: event }))[0] ?? {
					status: 404,
					body: { error: { message: 'No such event' } },
				};
		},
		signatureHeader: 'wooshpay-signature',
		withStatus: (payload, word) => replaced(payload, 'type', `payment_intent.${word}`),
	},
	signing: {
		credentials,
		secretFields: ['webhookSecret'],
		sign({ number, items, bytes = 0 }) {
			const object = { id: `pi_${number}`, merchant_order_id: `order-${number}`, items };
			const content = JSON.stringify(
				paymentEvent('payment_intent.succeeded', object, { id: `evt_${number}` }),
			).padEnd(bytes);
			const time = Date.now();
			const signature = createHmac('sha256', webhookSecret)
				.update(`${time}.${content}`)
				.digest('hex');
			return {
				headers: {
					'content-type': 'application/json',
					'wooshpay-signature': `t=${time},v1=${signature}`,
				},
				rawBody: Buffer.from(content),
			};
		},
		bare({ headers, rawBody }) {
			const time = /t=(\d+)/.exec(headers['wooshpay-signature'] ?? '')?.[1] ?? '';
			return () => {
				createHmac('sha256', webhookSecret).update(`${time}.`).update(rawBody).digest();
				JSON.parse(rawBody.toString());
			};
		},
	},
	vectors: {
		credentials: { ...credentials, webhookSecret: vectorSecret },
		secrets: [vectorSecret, credentials.secretKey],
		genuine: [
			...vectors
				.filter(({ secret, expect }) => secret === vectorSecret && expect.signature_match)
				.map(({ header, body }) => ({ headers: { 'wooshpay-signature': header }, body })),
			signed('evt_2', 'payment_intent.succeeded', { id: 'pi_2', merchant_order_id: 'order-2' }),
			signed('evt_without_order', 'payment_intent.succeeded', {
				id: 'pi_without_order',
				merchant_order_id: null,
			}),
			signed('evt_3', 'payment_intent.payment_failed', { id: 'pi_3', status: 'failed' }),
			signed('evt_4', 'charge.refund.updated', {
				id: 're_4',
				object: 'refund',
				payment_intent: 'pi_2',
				amount: 1000,
			}),
			underItsOtherName(
				signed('evt_5', 'payment_intent.succeeded', { id: 'pi_5', merchant_order_id: 'order-5' }),
			),
		],
		besides: [
			// It comes beside payment_intent.succeeded, and must never count as a second payment.
			signed('evt_6', 'checkout.session.completed', {
				id: 'cs_6',
				object: 'checkout.session',
				status: 'complete',
				payment_status: 'paid',
				payment_intent: 'pi_5',
			}),
		],
	},
});
