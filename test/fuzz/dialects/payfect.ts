import { fernetToken, paid } from '../../nodes/Payfect/support';
import { testProviderNamed } from '../../providers';
import type { Dialect } from '../dialects';

const key = String(testProviderNamed('payfect').vectors.credentials.callbackSecretKey);
const at = new Date('2026-11-21T12:00:00Z');

/** A token, and a body that says the same otherwise, something else, or less. */
function withBody(more: object, bodyOf: (content: object) => string) {
	const content = { ...paid, ...more };
	return {
		headers: { 'x-payfect-signature': fernetToken(JSON.stringify(content), key, at) },
		body: bodyOf(content),
	};
}

const BODIES: Record<string, (content: object) => string> = {
	'body has more': (content) => JSON.stringify({ ...content, sent_at: '2026-11-21' }),
	'body has less': () => '{}',
	'body is nested': (content) => JSON.stringify({ data: content }),
	'body is text in text': (content) => JSON.stringify(JSON.stringify(content)),
	'body is about another': (content) =>
		JSON.stringify({ ...content, id: 'checkout-9', client_reference_id: 'order-9', amount: '9' }),
};

const payments = [
	{},
	{ id: 'checkout-2', client_reference_id: 'order-0002', amount: '7.00' },
	{ id: 'checkout-4', client_reference_id: null },
	{ id: 'checkout-3', client_reference_id: 'order-0003', status: 'pending' },
];

export const dialects: Dialect[] = Object.entries(BODIES).map(([name, bodyOf]) => ({
	name,
	// Where the provider is asked alone, no token is read.
	proofs: ['signature', 'signatureAndProvider'],
	genuine: payments.map((more) => withBody(more, bodyOf)),
	// Encrypted with the same key, but no callback; who sends it does not know what it says.
	besides: [
		withBody({ merchant: undefined, id: 'refund-1', amount: '900.00' }, () => '{}'),
		withBody({ amount: 900 }, () => '{}'),
	],
	known: payments.map((more) => withBody(more, (content) => JSON.stringify(content))),
}));
