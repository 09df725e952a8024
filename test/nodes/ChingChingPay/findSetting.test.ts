/** Which settings would have fitted a refused callback: said, and never accepted. */
import { createHash, createHmac } from 'node:crypto';
import {
	chingChingPay,
	type ChingChingPayCredentials,
} from '../../../nodes/ChingChingPay/chingChingPay.contract';
import { credentials, received } from './support';

const SECRET = '00ff00ff00ff00ff';
const KEY = 'api-key-of-the-test';
const body = '{"merchant_reference":"order-1","amount":1000}';
const pairs = 'amount=1000&merchant_reference=order-1';

type Settings = Partial<ChingChingPayCredentials>;
const credential = (more: Settings = {}) =>
	credentials({ callbackProof: 'signature', signingSecret: SECRET, ...more });
const hmac = (text: string, key: string | Buffer = SECRET) =>
	createHmac('sha256', key).update(text).digest();
const { findSetting, verify, setupProblem } = chingChingPay.callback;
const found = (headers: Record<string, string>, more: Settings = {}) =>
	findSetting?.(received(body, headers), credential(more));

it.each<[string, string, string]>([
	['the API key', hmac(body, KEY).toString('hex'), "'Request Key' API Key."],
	['base64', hmac(body).toString('base64'), "'Signature Encoding' Base64."],
	[
		'the decoded secret',
		hmac(body, Buffer.from(SECRET, 'hex')).toString('hex'),
		"'Request Key' Signing Secret, Decoded From Hexadecimal.",
	],
	[
		'sorted pairs with the API key in base64',
		hmac(pairs, KEY).toString('base64'),
		"'Request Key' API Key, 'Signed Text' Sorted Pairs, 'Signature Encoding' Base64, 'When a Callback Comes' Check the Signature and Ask ChingChingPay.",
	],
	[
		'pairs with the secret behind them',
		hmac(`${pairs}&key=${SECRET}`).toString('hex').toUpperCase(),
		"'Signed Text' Template, 'Signed Text Template' {sortedPairs}&key={secret}, 'Signature Encoding' Hexadecimal, Upper Case, ",
	],
	[
		'a hash with the secret',
		createHash('sha256').update(`${body}${SECRET}`).digest('hex'),
		"'Signed Text Template' {body}{secret}, 'Signature Algorithm' SHA-256 Without a Key, ",
	],
	[
		'a time before the body',
		hmac(`1767225600${body}`).toString('hex'),
		"'Signed Text Template' {timestamp}{body}, 'Further Headers' x-pay-timestamp: {timestamp}.",
	],
])('says that it is genuine with %s', (_case, signature, words) => {
	const headers = { 'x-signature': signature, 'x-pay-timestamp': '1767225600' };
	const finding = found(headers);
	expect(finding?.says).toContain(`It is genuine with `);
	expect(finding?.says).toContain(words);
	expect(finding?.says).not.toContain(SECRET);
	expect(finding?.says).not.toContain(KEY);
	// Refused until it is set, and taken then.
	expect(verify(received(body, headers), credential()).genuine).toBe(false);
	const set = credential(finding?.settings as Settings);
	expect(verify(received(body, headers), set).genuine).toBe(true);
	expect(setupProblem(set)).toBeUndefined();
});

it('names the switch, because nothing behind it counts while it is off', () => {
	const finding = found(
		{ 'x-signature': hmac(body, KEY).toString('hex') },
		{ otherSettings: false },
	);
	expect(finding?.says).toContain("switch on 'My Provider Told Me Other Settings'");
	expect(finding?.settings).toMatchObject({ otherSettings: true, requestKeySource: 'apiKey' });
});

it.each([
	['of a stranger', { 'x-signature': hmac(body, 'stranger').toString('hex') }],
	['that is none', { 'x-signature': 'sha256=abc' }],
	['that lacks', {}],
	['with a time that is no time', { 'x-signature': 'ab'.repeat(32), 'x-timestamp': '{' }],
])('finds nothing for a signature %s', (_case, headers) => {
	expect(found(headers as Record<string, string>)).toBeUndefined();
});
