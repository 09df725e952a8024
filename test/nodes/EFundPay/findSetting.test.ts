/**
 * What is said of a callback that was refused although EFundPay has sent it: the settings that fit,
 * or how it was signed. It stays refused.
 */
import crypto, { constants, createHmac, createSign, sign as signWith } from 'node:crypto';
import { eFundPay, type EFundPayCredentials } from '../../../nodes/EFundPay/eFundPay.contract';
import type { ReceivedCallback } from '../../../nodes/shared/core/contract';
import {
	bareBase64,
	callback,
	credentials,
	payment,
	platform,
	sign,
	stranger,
	textOf,
} from './callbacks';

const raw = JSON.stringify(payment);
const canonical = textOf(payment);
const withoutSeparators = canonical.replace(/[=&]/g, '');

const findSetting = eFundPay.callback.findSetting!;
/** What is found of a callback that is refused, as it has to be. */
function foundIn(received: ReceivedCallback, more: Partial<EFundPayCredentials> = {}) {
	const using = { ...credentials, ...more };
	expect(eFundPay.callback.verify(received, using).genuine).toBe(false);
	return findSetting(received, using);
}

describe('where settings fit, they are named, and the callback is taken with them', () => {
	it.each([
		['SHA-256', 'Canonical Text', sign(canonical, { hash: 'RSA-SHA256' })],
		['SHA-1', 'Raw Body', sign(raw)],
		['SHA-256', 'Raw Body', sign(raw, { hash: 'RSA-SHA256' })],
	])('%s over %s', (hash, text, signature) => {
		const received = callback(payment, signature);
		const finding = foundIn(received);
		expect(finding?.says).toContain(
			`It is genuine with 'Signature Hash' ${hash} and 'Signed Text' ${text}: switch on 'My Provider Told Me Other Settings'`,
		);
		expect(
			eFundPay.callback.verify(received, { ...credentials, ...finding?.settings }).genuine,
		).toBe(true);
	});

	it('also of the standard values, where others are set', () => {
		const set = { otherSettings: true, signatureHash: 'sha256', signedText: 'rawBody' } as const;
		expect(foundIn(callback(payment), set)?.settings).toEqual({
			otherSettings: true,
			signatureHash: 'sha1',
			signedText: 'canonical',
		});
	});

	it('also with the previous key, and in the last of several signatures', () => {
		const signatures = `${sign('other')}, AAAA,${sign(raw)}`;
		const rotated = {
			platformPublicKey: bareBase64(stranger.publicKey),
			platformPublicKeyPrevious: credentials.platformPublicKey,
		};
		expect(foundIn(callback(payment, signatures), rotated)?.settings).toMatchObject({
			signedText: 'rawBody',
		});
	});
});

describe('where no setting fits, it is said how the callback was signed', () => {
	const key = platform.privateKey;
	const pss = { key, padding: constants.RSA_PKCS1_PSS_PADDING };
	const bytes = Buffer.from(sign(canonical), 'base64');
	const php = { ...payment, installments: 0, memo: '' };

	it.each<[string, ReceivedCallback]>([
		[
			'RSA with PSS, SHA-256, over Raw Body, in base64',
			callback(payment, signWith('sha256', Buffer.from(raw), pss).toString('base64')),
		],
		[
			'RSA with PKCS#1 v1.5, SHA-1, over Canonical Text, in hexadecimal',
			callback(payment, bytes.toString('hex')),
		],
		[
			'RSA with PKCS#1 v1.5, SHA-1, over Canonical Text, in base64url or base64 without padding',
			callback(payment, bytes.toString('base64url')),
		],
		[
			'RSA with PKCS#1 v1.5, SHA-1, over the canonical text without empty fields, in base64',
			callback(php, sign(canonical)),
		],
		[
			'RSA with PKCS#1 v1.5, SHA-256, over the header timestamp, a point and the raw body, in base64',
			callback(
				payment,
				createSign('RSA-SHA256').update(`20260315101115.${raw}`).sign(key, 'base64'),
			),
		],
	])('%s', (way, received) => {
		expect(foundIn(received)).toEqual({
			settings: {},
			says: expect.stringContaining(
				`in a way that no setting takes: ${way}. Ask EFundPay`,
			) as string,
		});
	});

	it('of a body that is no JSON object: an RSA signature over its bytes', () => {
		expect(foundIn(callback('[]', sign('[]')))?.says).toContain("'Signed Text' Raw Body");
	});

	it.each<[string, string, Partial<EFundPayCredentials>, 'hex' | 'base64', string]>([
		[
			'Platform Public Key',
			'shared-secret',
			{ platformPublicKey: 'shared-secret' },
			'hex',
			withoutSeparators,
		],
		['Secret Key', credentials.secretKey, {}, 'base64', raw],
		['Secret Key', credentials.secretKey, {}, 'hex', canonical],
	])('an HMAC of %s', (field, secret, more, encoding, text) => {
		const signature = createHmac('sha256', secret).update(text).digest(encoding);
		const finding = foundIn(callback(payment, signature), more);
		expect(finding?.settings).toEqual({});
		expect(finding?.says).toContain(`It is signed with an HMAC of '${field}' (SHA-256, over`);
		expect(finding?.says).not.toContain(secret);
	});

	// proof-attacks.md: without separators the same text is another reference with another amount.
	it('an HMAC without separators is accepted under no setting', () => {
		const secret = 'shared-secret';
		const received = callback(
			payment,
			createHmac('sha256', secret).update(withoutSeparators).digest('hex'),
		);
		const verdicts = (['canonical', 'rawBody'] as const).flatMap((signedText) =>
			(['sha1', 'sha256'] as const).map(
				(signatureHash) =>
					eFundPay.callback.verify(received, {
						...credentials,
						otherSettings: true,
						signedText,
						signatureHash,
						platformPublicKey: secret,
						platformPublicKeyPrevious: credentials.platformPublicKey,
					}).genuine,
			),
		);
		expect(verdicts).toEqual([false, false, false, false]);
	});
});

describe('nothing is found', () => {
	it.each([
		['in what a stranger has signed', sign(canonical, { key: stranger.privateKey })],
		['in a signature of another body', sign(textOf({ ...payment, ll_transaction_id: '1' }))],
		['in words', 'signature'],
		['without a signature', ''],
	])('%s', (_case, signature) => {
		expect(foundIn(callback(payment, signature))).toBeUndefined();
	});
});

it('a changed callback fits nothing', () => {
	const changed = { ...payment, payment_data: { ...payment.payment_data, payment_amount: '0.01' } };
	for (const signature of [sign(raw), sign(raw, { hash: 'RSA-SHA256' }), sign(canonical)])
		expect(foundIn(callback(changed, signature))).toBeUndefined();
});

it('anybody can send such a callback: however long its header is, the work is bounded', () => {
	const verify = jest.spyOn(crypto, 'verify');
	const hmac = jest.spyOn(crypto, 'createHmac');
	const keys = { platformPublicKeyPrevious: bareBase64(stranger.publicKey) };
	const many = callback(payment, Array(45).fill(sign('other')).join(','));
	expect(findSetting(many, { ...credentials, ...keys })).toBeUndefined();
	// Five signatures over ten texts with two keys and two paddings; ten digests with three secrets.
	expect(verify).toHaveBeenCalledTimes(5 * 10 * 2 * 2);
	expect(hmac).toHaveBeenCalledTimes(3 * 10);
	verify.mockRestore();
	hmac.mockRestore();
});
