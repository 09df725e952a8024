import { createHash, createHmac } from 'node:crypto';
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

const named: Dialect[] = Object.entries(KEYS).flatMap(([requestKeySource, key]) =>
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

const timestamp = '1795262400';
const secret = String(credentials.signingSecret);
const hmac = (text: string) => createHmac('sha256', secret).update(text).digest('hex');

/** Templates of a text, how it is signed, and the headers that are sent besides. */
const TEMPLATES: Record<
	string,
	{ signature: (body: string) => string; headers?: object; proves: boolean }
> = {
	'{timestamp}.{body}': {
		signature: (body) => hmac(`${timestamp}.${body}`),
		headers: { 'x-timestamp': timestamp },
		proves: true,
	},
	'{body}{key}': { signature: (body) => hmac(body + String(credentials.apiKey)), proves: true },
	'{body}{secret}': {
		signature: (body) =>
			createHash('sha256')
				.update(body + secret)
				.digest('hex'),
		proves: false,
	},
};

const templates = Object.entries(TEMPLATES).map(
	([requestTemplate, { signature, headers = {}, proves }]): Dialect => ({
		name: requestTemplate,
		settings: {
			otherSettings: true,
			requestSignedText: 'template',
			requestTemplate,
			requestAlgorithm: proves ? 'hmacSha256' : 'sha256',
			requestHeaders: 'x-timestamp' in headers ? 'x-timestamp: {timestamp}' : '',
		},
		proofs: proves ? ['signature', 'signatureAndProvider'] : ['signatureAndProvider'],
		genuine: bodies.map((body) => {
			const text = JSON.stringify(body);
			return { headers: { ...headers, 'x-signature': signature(text) }, body: text };
		}),
	}),
);

export const dialects = [...named, ...templates];
