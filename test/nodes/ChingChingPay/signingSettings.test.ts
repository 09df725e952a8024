/**
 * How ChingChingPay wants its requests signed is in no readable copy of its pages: whoever is told
 * must be able to set it.
 */
import { createHash, createHmac } from 'node:crypto';
import {
	chingChingPay,
	type ChingChingPayCredentials,
} from '../../../nodes/ChingChingPay/chingChingPay.contract';
import type { HttpCall } from '../../../nodes/shared/core/contract';
import { order, Shop, wordsOf } from './sandbox';
import { credentials, received } from './support';
import { testCredential } from '../../support/testCredential';

type Settings = Partial<ChingChingPayCredentials>;

const SECRET = 'signing-secret-of-the-test';
const KEY = 'api-key-of-the-test';
const stamp = { now: new Date(1_767_225_600_123), nonce: '0123456789abcdef0123456789abcdef' };
const body = '{"merchant_reference":"o1","amount":1000,"extra":{"z":1,"a":"é"}}';
const pairs = 'amount=1000&extra={"z":1,"a":"é"}&merchant_reference=o1';
const path = '/gateway/api/v1/payments/checkout';
const post: HttpCall = {
	method: 'POST',
	url: `https://gateway.example${path}`,
	body,
	retry: 'never',
};
const list: HttpCall = {
	method: 'GET',
	url: 'https://gateway.example/gateway/api/v1/settlements?page=2&is_transferred=true',
	retry: 'idempotent',
};

const headersOf = (call: HttpCall, settings: Settings) =>
	chingChingPay.authHeaders(credentials(settings), call, stamp);
const template = (requestTemplate: string, more: Settings = {}): Settings => ({
	requestSignedText: 'template',
	requestTemplate,
	...more,
});
const hmac = (text: string, key: string | Buffer = SECRET) =>
	createHmac('sha256', key).update(text).digest('hex');
const TIME = 'x-timestamp: {timestamp}';

describe('a request is signed over', () => {
	it.each<[string, string, string]>([
		['the raw body', '{body}', body],
		['sorted pairs and the secret', '{sortedPairs}&key={secret}', `${pairs}&key=${SECRET}`],
		[
			'sorted JSON',
			'{sortedJson}',
			'{"amount":1000,"extra":{"a":"é","z":1},"merchant_reference":"o1"}',
		],
		['path and body', '{path}{body}', `${path}${body}`],
		['the path from /api on, and body', '{apiPath}{body}', `/api/v1/payments/checkout${body}`],
		['method, path and body', '{method}{path}{body}', `POST${path}${body}`],
		['API key and body', '{key}{body}', `${KEY}${body}`],
		['lines', '{method}\\n{path}\\n{body}\\n', `POST\n${path}\n${body}\n`],
		['lines as typed', '{method}\n{body}', `POST\n${body}`],
	])('%s', (_case, text, expected) => {
		expect(headersOf(post, template(text))['x-signature']).toBe(hmac(expected));
	});

	it.each<[string, string, string]>([
		['nothing, with the raw body', '{body}', ''],
		[
			'its path and query',
			'{pathAndQuery}',
			'/gateway/api/v1/settlements?page=2&is_transferred=true',
		],
		[
			'method, path and query',
			'{method} {apiPath} {query}',
			'GET /api/v1/settlements page=2&is_transferred=true',
		],
		['its query as sorted pairs', '{sortedPairs}', 'is_transferred=true&page=2'],
	])('without a body %s', (_case, text, expected) => {
		expect(headersOf(list, template(text))['x-signature']).toBe(hmac(expected));
	});

	it('time and nonce, which further headers send', () => {
		const requestHeaders =
			'X-Timestamp: {timestampMilliseconds}\n\nx-nonce: {nonce}\nx-merchant: M 1:{key}';
		const { 'x-signature': signature, ...sent } = headersOf(
			post,
			template('{timestamp}.{nonce}.{body}', { requestHeaders }),
		);
		expect(signature).toBe(hmac(`1767225600.${stamp.nonce}.${body}`));
		expect(sent).toEqual({
			'x-api-key': KEY,
			'x-timestamp': '1767225600123',
			'x-nonce': stamp.nonce,
			'x-merchant': `M 1:${KEY}`,
		});
	});

	it.each<[string, Settings, string]>([
		['the API key', { requestKeySource: 'apiKey' }, hmac(body, KEY)],
		[
			'the secret decoded from hexadecimal',
			{ requestKeySource: 'signingSecretHex', signingSecret: '00ff10' },
			hmac(body, Buffer.of(0, 255, 16)),
		],
		[
			'the secret decoded from base64',
			{ requestKeySource: 'signingSecretBase64', signingSecret: 'AP8Q' },
			hmac(body, Buffer.of(0, 255, 16)),
		],
		[
			'no key, but a hash over the secret',
			template('{body}{secret}', { requestAlgorithm: 'sha256' }),
			createHash('sha256').update(`${body}${SECRET}`).digest('hex'),
		],
	])('with %s', (_case, settings, expected) => {
		expect(headersOf(post, settings)['x-signature']).toBe(expected);
	});

	it('the raw body while the switch is off, whatever was entered before', () => {
		const settings = template('{sortedPairs}', {
			otherSettings: false,
			requestKeySource: 'apiKey',
			requestEncoding: 'base64',
			requestHeaders: TIME,
		});
		expect(headersOf(post, settings)).toEqual({ 'x-api-key': KEY, 'x-signature': hmac(body) });
	});
});

/** Each with a word of the field that it is about, and how it works. */
const WRONG: Array<[string, Settings, string]> = [
	[
		'an empty template',
		template(''),
		"'Signed Text Template' in the ChingChingPay credential is empty",
	],
	[
		'an unknown part',
		template('{body}{salt}'),
		"'Signed Text Template' in the ChingChingPay credential has at character 7 a brace",
	],
	['a brace that is not closed', template('{body'), 'at character 1 a brace'],
	[
		'a header without a value',
		template('{body}', { requestHeaders: 'x-a: 1\nx-b' }),
		"line 2 of 'Further Headers'",
	],
	[
		'a header that is sent anyway',
		{ requestHeaders: 'X-Signature: {key}' },
		"line 1 of 'Further Headers'",
	],
	['a header with the secret', { requestHeaders: 'x-a: {secret}' }, "line 1 of 'Further Headers'"],
	[
		'a header of two lines',
		{ requestHeaders: 'x-a: 1\\nx-api-key: 2' },
		"line 1 of 'Further Headers'",
	],
	['a hash without the secret', { requestAlgorithm: 'sha256' }, "'Signature Algorithm'"],
	[
		'a time that is not sent',
		template('{timestamp}{body}', { requestHeaders: 'x-nonce: {nonce}' }),
		"no line of 'Further Headers' sends",
	],
	[
		'a nonce that is not sent',
		template('{nonce}{body}', { requestHeaders: TIME }),
		"no line of 'Further Headers' sends",
	],
	[
		'a secret that is not hexadecimal',
		{ requestKeySource: 'signingSecretHex' },
		"as 'Request Key' says",
	],
	[
		'no secret for {secret}',
		template('{secret}{body}', { requestKeySource: 'apiKey', signingSecret: '' }),
		"'Signing Secret' in the ChingChingPay credential is empty",
	],
];

const shop = Shop.forEachTest();

describe('settings that cannot sign', () => {
	it.each(WRONG)(
		'%s is said in the test of the credential, and nothing is sent',
		async (_case, settings, words) => {
			const { status, message } = await testCredential(
				'ChingChingPay',
				shop.credential({ otherSettings: true, ...settings }),
			);
			expect({ status, message }).toEqual({
				status: 'Error',
				message: expect.stringContaining(words) as string,
			});
			expect((await shop.state()).requests.chingchingpay).toEqual({});
		},
	);

	it('a malformed template stops Create with the name of the field, and nothing is sent', async () => {
		const result = await shop.run(order, {
			credential: { otherSettings: true, ...template('{body}{salt}') },
		});
		expect(wordsOf(result)).toContain("'Signed Text Template' in the ChingChingPay credential");
		expect(wordsOf(result)).toContain('the parts are {body}, {sortedPairs}');
		expect((await shop.state()).requests.chingchingpay).toEqual({});
	});

	it('a template that holds a secret by mistake is not repeated', () => {
		const settings = template('{body}{my-secret-in-braces}');
		expect(chingChingPay.credentialProblem?.(credentials(settings))).not.toContain('my-secret');
	});
});

describe('a callback that is signed like the requests', () => {
	const callback =
		'{"merchant_reference":"order-1","status":"WORD","amount":1000,"currency":"HKD"}';
	const judge = (settings: Settings, text: string, headers: Record<string, string>) =>
		chingChingPay.callback.verify(
			received(text, headers),
			credentials({ callbackProof: 'signatureAndProvider', ...settings }),
		);
	const problem = (settings: Settings) =>
		chingChingPay.callback.setupProblem(credentials(settings));

	it.each<[string, Settings, string]>([
		[
			'fixed text, key and secret',
			template('{key}|{body}|{secret}'),
			`${KEY}|${callback}|${SECRET}`,
		],
		['a time', template('{timestamp}.{body}', { requestHeaders: TIME }), `1767225600.${callback}`],
	])('is proved by an HMAC over its body with %s', (_case, settings, text) => {
		const headers = { 'x-signature': hmac(text), 'x-timestamp': '1767225600' };
		expect(judge(settings, callback, headers)).toEqual({
			genuine: true,
			payload: JSON.parse(callback) as unknown,
		});
		expect(judge(settings, callback.replace('1000', '9000'), headers)).toMatchObject({
			genuine: false,
			code: 'signature_mismatch',
		});
		expect(problem({ callbackProof: 'signature', ...settings })).toBeUndefined();
	});

	it.each<[string, Settings, string]>([
		[
			'without its body',
			template('{key}{timestamp}', { requestHeaders: TIME }),
			hmac(`${KEY}1767225600`),
		],
		[
			'over its body and the same as sorted pairs',
			template('{body}{sortedPairs}'),
			hmac(`${callback}amount=1000&currency=HKD&merchant_reference=order-1&status=WORD`),
		],
		['over its body twice', template('{body}{body}'), hmac(callback + callback)],
		[
			'over sorted JSON',
			template('{sortedJson}'),
			hmac('{"amount":1000,"currency":"HKD","merchant_reference":"order-1","status":"WORD"}'),
		],
		[
			'that is a hash',
			template('{body}{secret}', { requestAlgorithm: 'sha256' }),
			createHash('sha256').update(`${callback}${SECRET}`).digest('hex'),
		],
	])(
		'is only a hint by a signature %s, and must not be trusted alone',
		(_case, settings, signature) => {
			const headers = { 'x-signature': signature, 'x-timestamp': '1767225600' };
			expect(judge(settings, callback, headers)).toMatchObject({ genuine: true, isHint: true });
			expect(problem({ callbackProof: 'signatureAndProvider', ...settings })).toBeUndefined();
			expect(problem({ callbackProof: 'signature', ...settings })).toContain(
				"'When a Callback Comes' cannot be Trust Its Signature",
			);
		},
	);

	it.each(['{method}', '{path}', '{apiPath}', '{query}', '{pathAndQuery}'])(
		'cannot be verified where %s is signed, so ChingChingPay has to be asked',
		(part) => {
			const settings = template(`${part}{body}`);
			for (const callbackProof of ['signature', 'signatureAndProvider'] as const)
				expect(problem({ callbackProof, ...settings })).toContain(
					`holds ${part}, which no callback tells, so 'When a Callback Comes' has to be Ask ChingChingPay`,
				);
			expect(judge(settings, callback, { 'x-signature': hmac(`POST${callback}`) }).genuine).toBe(
				false,
			);
		},
	);

	// Prevents that a piece of a genuine body is passed off as a nonce, and the rest as the body.
	it('is refused where a piece of its body was moved into the nonce', () => {
		const settings = template('{nonce}{body}', { requestHeaders: 'x-nonce: {nonce}' });
		const genuine = `{"a":${callback}`;
		const headers = { 'x-signature': hmac(`0123${genuine}`), 'x-nonce': '0123{"a":' };
		expect(judge(settings, callback, headers)).toMatchObject({ genuine: false });
		expect(judge(settings, genuine, { ...headers, 'x-nonce': '0123' }).genuine).toBe(true);
	});

	it('is no more than unknown where a piece of its nonce was moved into the body', () => {
		const settings = template('{nonce}{body}', { requestHeaders: 'x-nonce: {nonce}' });
		const headers = { 'x-signature': hmac(`0123${callback}`), 'x-nonce': '01' };
		expect(judge(settings, `23${callback}`, headers)).toMatchObject({
			unreadable: { code: 'malformed_body' },
		});
	});

	it('is refused in words where the header with the signed time lacks', () => {
		const settings = template('{timestamp}{body}', { requestHeaders: TIME });
		expect(judge(settings, callback, { 'x-signature': hmac(callback) })).toMatchObject({
			genuine: false,
			code: 'stamp_missing',
		});
	});

	it('is proved with the previous secret in the text and as the key', () => {
		const settings = template('{body}{secret}', { signingSecretPrevious: 'older' });
		expect(
			judge(settings, callback, { 'x-signature': hmac(`${callback}older`, 'older') }),
		).toMatchObject({ genuine: true });
	});

	it('says that a previous secret is not written as the current one', () => {
		expect(
			problem({
				callbackProof: 'signature',
				requestKeySource: 'signingSecretHex',
				signingSecret: '00ff',
				signingSecretPrevious: 'older',
			}),
		).toContain("'Previous Signing Secret'");
	});
});
