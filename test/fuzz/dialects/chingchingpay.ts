import { createHmac } from 'node:crypto';
import { testProviderNamed } from '../../providers';
import type { Dialect } from '../dialects';

const { credentials } = testProviderNamed('chingchingpay').vectors;

const content = (number: number, more: object = {}) => ({
	amount: 1000 + number,
	currency: 'HKD',
	merchant_id: credentials.merchantId,
	merchant_reference: `ORDER-${number}`,
	payment_id: `P_${number}`,
	status: credentials.paidValues,
	transaction_id: `T_${number}`,
	transaction_type: 'sale',
	...more,
});

const bodies = [
	content(1),
	content(2),
	content(3, { status: 'OPEN' }),
	content(4, { transaction_type: 'refund', merchant_reference: 'REFUND-4' }),
];

const KEYS = { signingSecret: credentials.signingSecret, apiKey: credentials.apiKey };

const sortedPairs = (body: object) =>
	Object.entries(body)
		.sort(([left], [right]) => (left < right ? -1 : 1))
		.map((pair) => pair.join('='))
		.join('&');
const TEXTS = { rawBody: (body: object) => JSON.stringify(body), sortedPairs };

const ENCODINGS = {
	hexLower: (digest: Buffer) => digest.toString('hex'),
	hexUpper: (digest: Buffer) => digest.toString('hex').toUpperCase(),
	base64: (digest: Buffer) => digest.toString('base64'),
};

/** Without the one that is the default of the credential. */
export const dialects: Dialect[] = Object.entries(KEYS).flatMap(([requestKeySource, key]) =>
	Object.entries(TEXTS).flatMap(([requestSignedText, textOf]) =>
		Object.entries(ENCODINGS).map(([requestEncoding, encoded]): Dialect => ({
			name: `${requestKeySource} ${requestSignedText} ${requestEncoding}`,
			settings: { otherSettings: true, requestKeySource, requestSignedText, requestEncoding },
			proofs:
				requestSignedText === 'sortedPairs'
					? ['signatureAndProvider']
					: ['signature', 'signatureAndProvider'],
			genuine: bodies.map((body) => {
				const digest = createHmac('sha256', String(key)).update(textOf(body)).digest();
				return {
					headers: { 'x-signature': encoded(digest) },
					body: JSON.stringify(body),
				};
			}),
		})),
	),
);
