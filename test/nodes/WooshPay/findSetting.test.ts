import { createHmac } from 'node:crypto';
import { findSetting } from '../../../nodes/WooshPay/findSetting';
import { wooshPay } from '../../../nodes/WooshPay/wooshPay.contract';
import type { WooshPayCredentials } from '../../../nodes/WooshPay/wooshPay.requests';
import type { ReceivedCallback, Remembered } from '../../../nodes/shared/core/contract';
import { credentials as sample, paymentEvent } from './samples';

const secret = 'whsec_aW52ZW50ZWQgc2VjcmV0IG9mIGEgdGVzdA==';
const strangers = 'whsec_somebodyWhoOnlyGuesses';
const ofOtherMode = 'whsec_secretOfTheOtherMode';
const credentials: WooshPayCredentials = { ...sample, webhookSecret: secret };
const remembered: Remembered = [{ secret: ofOtherMode, environment: 'live live' }];
const body = JSON.stringify(paymentEvent('payment_intent.succeeded', { id: 'pi_1' }));
const time = '1768435200000';

interface Signing {
	key?: string | Buffer;
	text?: string;
	encoding?: 'hex' | 'base64';
	header?: string;
	/** What arrives in place of the body that was signed. */
	arrives?: string;
}

function callback(signing: Signing = {}): ReceivedCallback {
	const { key = secret, text = `${time}.${body}`, encoding = 'hex', arrives = body } = signing;
	const signature = createHmac('sha256', key).update(text).digest(encoding);
	return {
		headers: { [signing.header ?? 'wooshpay-signature']: `t=${time},v1=${signature}` },
		rawBody: Buffer.from(arrives),
	};
}

const bare = secret.replace('whsec_', '');

it.each<[what: string, Signing, RegExp]>([
	[
		'it was signed with the secret key',
		{ key: sample.secretKey },
		/'Secret Key': enter that key in 'Webhook Secret'/,
	],
	[
		'the secret is one of the other mode',
		{ key: ofOtherMode },
		/Unpublish the workflow, then publish it\.$/,
	],
	[
		'a proxy has renamed the header',
		{ header: 'x-forwarded-signature' },
		/the header x-forwarded-signature/,
	],
	[
		'a proxy has written the body anew',
		{ arrives: JSON.stringify(JSON.parse(body), null, 2) },
		/a proxy in front of n8n writes bodies anew/,
	],
	[
		'the signature is base64',
		{ encoding: 'base64' },
		/the whole secret, over the time, a point and the body, in base64/,
	],
	['only the body is signed', { text: body }, /over the body alone, in hex/],
	['the point is missing', { text: `${time}${body}` }, /without a point, in hex/],
	['the prefix is no part of the key', { key: bare }, /the secret without whsec_, over/],
	[
		'the key is what the secret decodes to',
		{ key: Buffer.from(bare, 'base64') },
		/decoded as base64, over/,
	],
])('finds that %s, and lets nothing in', (_what, signing, words) => {
	const received = callback(signing);
	expect(wooshPay.callback.verify(received, credentials, remembered).genuine).toBe(false);
	const finding = findSetting(received, credentials, remembered);
	expect(finding?.says).toMatch(words);
	const told = JSON.stringify(finding);
	const secrets = [secret, bare, ofOtherMode, sample.secretKey];
	expect(secrets.filter((each) => told.includes(each))).toEqual([]);
});

it.each<[string, ReceivedCallback]>([
	['a forged signature', callback({ key: strangers })],
	['no signature', { headers: {}, rawBody: Buffer.from(body) }],
	[
		'a header that is no signature',
		{ headers: { 'wooshpay-signature': 'v1' }, rawBody: Buffer.from(body) },
	],
	['a body that is no JSON', callback({ key: strangers, arrives: 'no' })],
	['what is refused for another reason', callback()],
])('finds nothing for %s', (_what, received) => {
	expect(findSetting(received, credentials, remembered)).toBeUndefined();
});

it('tries five signatures, however many a forger sends', () => {
	const forged = Array.from({ length: 5 }, () => `v1=${'0'.repeat(64)}`).join(',');
	const good = createHmac('sha256', secret).update(body).digest('hex');
	const headers = { 'wooshpay-signature': `t=${time},${forged},v1=${good}` };
	expect(findSetting({ headers, rawBody: Buffer.from(body) }, credentials)).toBeUndefined();
});
