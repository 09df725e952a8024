import { createDecipheriv, createHmac, createSecretKey } from 'node:crypto';
import { payfectProvider } from '../../nodes/Payfect/payfect.provider';
import { credentials, fernetToken, paid, secretKey } from '../nodes/Payfect/support';
import { vectors } from '../nodes/Payfect/fixtures/vectors.json';
import { openAndFillIn, plainText, replaced, testProvider } from '../providers';

const vectorKey = vectors[0]?.key ?? '';

/** A genuine one with the key of the vectors. */
function signed(more: object) {
	const body = JSON.stringify({ ...paid, ...more });
	const at = new Date('2026-11-21T12:00:00Z');
	return { headers: { 'x-payfect-signature': fernetToken(body, vectorKey, at) }, body };
}

export const provider = testProvider(payfectProvider, {
	folder: 'Payfect',
	order: { amount: '20.50', currency: 'usdt', description: 'One box of tea' },
	money: { amount: '20.50', currency: 'usdt' },
	foreignCurrency: 'usdc',
	// Inferred: no page of Payfect says which answer it expects; see nodes/Payfect/README.md.
	acknowledgement: plainText('OK'),
	lookUp: ({ checkoutId }) => ({ resource: 'checkout', operation: 'get', checkoutId }),
	checkouts: { 'checkout.get': { parameters: ({ checkoutId }) => ({ checkoutId }) } },
	otherMoney: {
		fields: {
			currency: 'usdc',
			invoice_items: [
				{
					price_data: { currency: 'usdc', unit_amount: '25.00', product_data: { name: 'Tea' } },
					quantity: 1,
				},
			],
		},
		money: { amount: '25.00', currency: 'usdc' },
	},
	form: {
		operations: { checkout: ['create', 'get', 'waitForPayment'], callback: ['compare', 'verify'] },
		amountUnits: [],
		callback: ['none', 'resumeExecution', 'url'],
		createOptions: ['extraFields', 'qrPicture', 'requestsInParallel'],
		events: ['payment.succeeded', 'payment.pending', 'payment.expired', 'unknown'],
		triggerOptions: ['maximumAge', 'respond'],
	},
	rows: { deduplicates: 'never', referenceOptional: true },
	wait: { asksBefore: true, verifiedBy: 'signature' },
	credential: {
		wrongKey: { fields: { apiKey: 'payfect-a-key-that-nobody-issued' }, words: /Invalid API key/ },
		missingSecret: {
			fields: { callbackSecretKey: '', callbackSecretKeyPrevious: '' },
			words: /Callback Secret Key/,
		},
		wrongSecret: {
			field: 'callbackSecretKey',
			value: Buffer.from('a-key-of-32-bytes-nobody-ever-us').toString('base64url') + '=',
			words: /X-Payfect-Signature/,
		},
		inCreateCheckout: [
			[
				'no key',
				{ apiKey: '' },
				"'API Key' in the Payfect credential is empty. Correct the credential; nothing was sent.",
			],
			[
				'a wrong key',
				{ apiKey: 'wrong' },
				"Payfect refused the request (HTTP 401): Invalid API key. Check 'API Key' in the credential.",
			],
		],
		atPublishing: [
			[
				'no secret',
				{ callbackSecretKey: '' },
				`Payfect callbacks cannot be verified: 'Callback Secret Key' in the Payfect credential is empty. ${openAndFillIn}`,
			],
			[
				'the API key as secret',
				{ callbackSecretKey: 'payfect-api-key' },
				`Payfect callbacks cannot be verified: 'Callback Secret Key' in the Payfect credential is not a key of 32 bytes in base64url (44 characters that end with =). ${openAndFillIn}`,
			],
		],
	},
	callback: {
		// docs.payfect.finance/payment/query
		api(genuine) {
			const payloads = genuine.map(({ rawBody }) => JSON.parse(rawBody.toString()) as typeof paid);
			return ({ url }) => {
				const said = payloads.find(({ id }) => url.endsWith(`/checkouts/${id}/`));
				if (said === undefined) return { status: 404, body: { detail: 'Not found.' } };
				const { id, amount, currency, merchant, status } = said;
				const word = status === 'succeeded' ? 'complete' : 'open';
				return {
					body: {
						id,
						clientReferenceId: said.client_reference_id,
						amountTotal: amount,
						currency,
						status: word,
						merchant: { id: merchant, name: 'Example Shop' },
						paymentIntent: said.payment_intent,
						isLivemode: said.is_livemode,
					},
				};
			};
		},
		signatureHeader: 'x-payfect-signature',
		bodyIsCopy: true,
		withStatus: (payload, word) => replaced(payload, 'status', word),
	},
	signing: {
		credentials,
		secretFields: ['callbackSecretKey'],
		sign({ number, items, bytes = 0 }) {
			const content = JSON.stringify({
				...paid,
				id: `checkout-${number}`,
				client_reference_id: `order-${number}`,
				items,
			}).padEnd(bytes);
			return {
				headers: {
					'content-type': 'application/json',
					'x-payfect-signature': fernetToken(content),
				},
				rawBody: Buffer.from(content),
			};
		},
		bare({ headers }) {
			const key = Buffer.from(secretKey, 'base64url');
			const [signing, encryption] = [
				createSecretKey(key.subarray(0, 16)),
				createSecretKey(key.subarray(16)),
			];
			const token = headers['x-payfect-signature'] ?? '';
			return () => {
				const raw = Buffer.from(token, 'base64url');
				createHmac('sha256', signing).update(raw.subarray(0, -32)).digest();
				const decipher = createDecipheriv('aes-128-cbc', encryption, raw.subarray(9, 25));
				JSON.parse(
					Buffer.concat([decipher.update(raw.subarray(25, -32)), decipher.final()]).toString(),
				);
			};
		},
	},
	vectors: {
		credentials: {
			apiKey: 'key',
			callbackSecretKey: vectorKey,
			baseUrl: 'https://api.payfect.finance/api/v1',
			callbackProof: 'signature',
			merchantId: paid.merchant,
		},
		secrets: [vectorKey],
		genuine: [
			...vectors
				.filter(({ key, expect }) => key === vectorKey && expect.valid)
				.map((vector) => ({
					headers: { 'x-payfect-signature': String(vector.signature_header) },
					body: vector.body,
				})),
			signed({ id: 'checkout-2', client_reference_id: 'order-0002', amount: '7.00' }),
			signed({ id: 'checkout-without-order', client_reference_id: null }),
			signed({ id: 'checkout-3', client_reference_id: 'order-0003', status: 'pending' }),
		],
		besides: [
			// What else may be encrypted with the key is nothing without a body that says the same.
			signed({ id: undefined, status: undefined, amount: '900.00' }),
			signed({ id: undefined, status: undefined, merchant: undefined, note: 'a key' }),
		],
	},
});
