import { chingChingPay } from '../../../nodes/ChingChingPay/chingChingPay.contract';
import type { HttpCall } from '../../../nodes/shared/core/contract';
import file from './fixtures/vectors.json';
import { credentials } from './support';

interface Vector {
	id: string;
	direction: string;
	title: string;
	request_line: string;
	hmac_key_used_by_sender: string;
	verifier_key: string;
	body_utf8: string;
	body_bytes_hex: string;
	hmac_sha256_hex: string;
	hmac_sha256_base64: string;
	headers: Record<string, string>;
	expected: { accept?: boolean; reason?: string; must_differ_from?: string };
}

const vectors = file.vectors as unknown as Vector[];
const requests = vectors.filter(({ direction }) => direction === 'request');
const callbacks = vectors.filter(({ direction }) => direction === 'callback');
const named = (list: Vector[]) =>
	list.map((vector) => [`${vector.id}: ${vector.title}`, vector] as const);

const apiKey = 'ccp_test_api_key_0001';
/** The setting that a vector is for: REQ-08 signs with the API key. */
const settingsOf = ({ hmac_key_used_by_sender: key }: Vector) =>
	credentials({
		apiKey,
		signingSecret: key === apiKey ? '' : key,
		requestKeySource: key === apiKey ? 'apiKey' : 'signingSecret',
	});
const callOf = (vector: Vector): HttpCall => ({
	method: 'POST',
	url: `https://test-api.chingchingpay.com/gateway${vector.request_line.split(' ')[1]}`,
	body: vector.body_utf8,
	retry: 'never',
});
const stamp = { now: new Date(0), nonce: '' };

it('covers every vector', () => {
	expect(requests.length + callbacks.length).toBe(vectors.length);
	expect([requests.length, callbacks.length]).toEqual([6, 8]);
});

it.each(named(requests))('%s', (_title, vector) => {
	expect(Buffer.from(vector.body_utf8).toString('hex')).toBe(vector.body_bytes_hex);
	const headers = chingChingPay.authHeaders(settingsOf(vector), callOf(vector), stamp);
	expect(headers).toEqual({
		'x-api-key': vector.headers['x-api-key'],
		'x-signature': vector.hmac_sha256_hex,
	});
	expect(vector.headers['x-signature']).toBe(vector.hmac_sha256_hex);
});

it.each(named(requests))('%s, in the other two encodings', (_title, vector) => {
	const signature = (requestEncoding: 'hexUpper' | 'base64') =>
		chingChingPay.authHeaders({ ...settingsOf(vector), requestEncoding }, callOf(vector), stamp)[
			'x-signature'
		];
	expect(signature('hexUpper')).toBe(vector.hmac_sha256_hex.toUpperCase());
	expect(signature('base64')).toBe(vector.hmac_sha256_base64);
});

it.each(named(requests.filter(({ expected }) => expected.must_differ_from !== undefined)))(
	'%s, differs',
	(_title, vector) => {
		const other = requests.find(({ id }) => id === vector.expected.must_differ_from);
		expect(vector.hmac_sha256_hex).not.toBe(other?.hmac_sha256_hex);
	},
);

it.each(named(callbacks))('%s', (_title, vector) => {
	// The policy of the vectors: callbacks carry x-signature made like that of a request.
	const settings = credentials({
		callbackProof: 'signature',
		signingSecret: vector.verifier_key,
	});
	const verdict = chingChingPay.callback.verify(
		{ headers: vector.headers, rawBody: Buffer.from(vector.body_bytes_hex, 'hex') },
		settings,
	);
	const refused = verdict.genuine ? verdict.unreadable : verdict;
	expect({ accept: refused === undefined, reason: refused?.code }).toEqual({
		accept: vector.expected.accept,
		reason: vector.expected.reason,
	});
});
