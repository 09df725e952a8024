import { findSetting } from '../../../nodes/Payfect/findSetting';
import { payfect, type PayfectCredentials } from '../../../nodes/Payfect/payfect.contract';
import type { ReceivedCallback } from '../../../nodes/shared/core/contract';
import { runNode } from '../../support/contexts';
import { newCredential, newNode } from '../../support/providers';
import {
	credentials,
	fernetToken,
	paid,
	previousSecretKey,
	secretKey,
	strangersKey,
} from './support';

const apiKey = credentials.apiKey;
const content = JSON.stringify(paid);
const callback = (
	token: string = fernetToken(content),
	body: string = content,
	header = 'x-payfect-signature',
): ReceivedCallback => ({ headers: { [header]: token }, rawBody: Buffer.from(body) });
const hexadecimal = Buffer.from(secretKey, 'base64url').toString('hex');
/** A key that is written with both signs that differ. */
const slashes = Buffer.from(`${'\xff\xfe\xfb'.repeat(10)}ab`, 'latin1');
const urlSafe = `${slashes.toString('base64url')}=`;
const lacking = JSON.stringify({ ...paid, merchant: undefined });

const findings: Array<[what: string, ReceivedCallback, Partial<PayfectCredentials>, RegExp]> = [
	[
		'the API key stands in Callback Secret Key',
		callback(),
		{ callbackSecretKey: apiKey },
		/holds the API key/,
	],
	[
		'the two keys are in the place of each other',
		callback(),
		{ apiKey: secretKey, callbackSecretKey: apiKey },
		/fits the key in 'API Key'/,
	],
	[
		'the key has quotes around it',
		callback(),
		{ callbackSecretKey: `"${secretKey}"` },
		/without quotes/,
	],
	['the key is hexadecimal', callback(), { callbackSecretKey: hexadecimal }, /as base64url/],
	[
		'the key is written in standard base64',
		callback(fernetToken(content, urlSafe)),
		{ callbackSecretKey: slashes.toString('base64') },
		/with - for each \+/,
	],
	[
		'a proxy has renamed the header',
		callback(fernetToken(content), content, 'x-forwarded-signature'),
		{},
		/stands in the header x-forwarded-signature/,
	],
	[
		'a genuine token lacks a documented member, beside a body that differs',
		callback(fernetToken(lacking), content),
		{},
		/'When a Callback Comes' set to Ask Payfect/,
	],
	[
		'the same with the previous key',
		callback(fernetToken(lacking, previousSecretKey), content),
		{ callbackSecretKeyPrevious: previousSecretKey },
		/Ask Payfect/,
	],
];

it.each(findings)('finds that %s, and lets nothing in', (_what, received, fields, words) => {
	const mine = { ...credentials, ...fields };
	expect(payfect.callback.verify(received, mine).genuine).toBe(false);
	const finding = findSetting(received, mine);
	expect(finding?.says).toMatch(words);
	const told = JSON.stringify(finding);
	const secrets = [secretKey, apiKey, previousSecretKey, hexadecimal, urlSafe];
	expect(secrets.filter((secret) => told.includes(secret))).toEqual([]);
});

it.each<[string, ReceivedCallback]>([
	['a forged token', callback(fernetToken(content, strangersKey))],
	['no token', { headers: {}, rawBody: Buffer.from(content) }],
	['a forged token in another header', callback(fernetToken(content, strangersKey), content, 'x')],
	['a token that names no checkout', callback(fernetToken(lacking), '{}')],
])('finds nothing for %s', (_what, received) => {
	expect(findSetting(received, credentials)).toBeUndefined();
});

it('tries three other headers, however many a forger sends', () => {
	const forged = Object.fromEntries(
		['a', 'b', 'c'].map((name) => [name, fernetToken(content, strangersKey)]),
	);
	const headers = { ...forged, d: fernetToken(content) };
	expect(findSetting({ headers, rawBody: Buffer.from(content) }, credentials)).toBeUndefined();
});

it('Verify says what was found, also where the credential has no key in the right form', async () => {
	const received = callback();
	const { error } = await runNode({
		node: newNode('Payfect'),
		credentialTypes: [newCredential('Payfect')],
		credentials: { payfectApi: { ...credentials, callbackSecretKey: apiKey } as never },
		parameters: { resource: 'callback', operation: 'verify' },
		items: [
			{
				json: { headers: received.headers },
				binary: {
					data: { data: received.rawBody.toString('base64'), mimeType: 'application/json' },
				},
			},
		],
	});
	expect((error as { description?: string } | undefined)?.description).toMatch(/holds the API key/);
});
