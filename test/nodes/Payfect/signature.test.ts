import { openFernetToken, readFernetKey } from '../../../nodes/Payfect/signature';
import { ageProblem } from '../../../nodes/shared/callbacks/maximumAge';
import { fernetToken, secretKey } from './support';
import { REFUSALS } from '../../../nodes/Payfect/payfect.reasons';

/**
 * The official cases: github.com/fernet/spec, generate.json, verify.json and invalid.json
 * (8a21920).
 */
const officialKey = 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=';
const officialToken =
	'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==';

it('opens the official token', () => {
	expect(openFernetToken(officialToken, officialKey)).toEqual({
		plaintext: Buffer.from('hello'),
		signedAt: new Date('1985-10-26T01:20:00-07:00'),
	});
});

it.each<[string, string, keyof typeof REFUSALS]>([
	[
		'incorrect mac',
		'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykQUFBQUFBQUFBQQ==',
		'bad_hmac',
	],
	['too short', 'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPA==', 'too_short'],
	[
		'invalid base64',
		'%%%%%%%%%%%%%AECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==',
		'bad_base64',
	],
	[
		'payload size not multiple of block size',
		'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPOm73QeoCk9uGib28Xe5vz6oxq5nmxbx_v7mrfyudzUm',
		'too_short',
	],
	[
		'payload padding error',
		'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0ODz4LEpdELGQAad7aNEHbf-JkLPIpuiYRLQ3RtXatOYREu2FWke6CnJNYIbkuKNqOhw==',
		'bad_ciphertext',
	],
	[
		'incorrect IV (causes padding error)',
		'gAAAAAAdwJ6xBQECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAkLhFLHpGtDBRLRTZeUfWgHSv49TF2AUEZ1TIvcZjK1zQ==',
		'bad_ciphertext',
	],
	['trailing characters after b64 padding', `${officialToken}trailingdata`, 'bad_base64'],
	[
		'invalid characters in b64',
		'*gAAAAAAdwJ6wAAECAwQFBgcI!CQoLDA0ODy021?cpGVWKZ_eEwC@GM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==',
		'bad_base64',
	],
	[
		'invalid non-urlsafe characters in b64',
		'gAAAAAAdwJ6wAAEC/AwQFBgcICQoLDA0ODy+021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==',
		'bad_base64',
	],
])('refuses the official case "%s"', (_description, token, code) => {
	expect(openFernetToken(token, officialKey)).toEqual(REFUSALS[code]);
});

it.each([
	[
		'far-future TS (unacceptable clock skew)',
		'gAAAAAAdwStRAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAnja1xKYyhd-Y6mSkTOyTGJmw2Xc2a6kBd-iX9b_qXQcw==',
		'1985-10-26T01:20:01-07:00',
		/in the future/,
	],
	[
		'expired TTL',
		'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==',
		'1985-10-26T01:21:31-07:00',
		/signed 90 seconds ago/,
	],
])(
	'refuses the official case "%s" by its age, at its clock and with its 60 seconds',
	(_description, token, now, reason) => {
		const opened = openFernetToken(token, officialKey);
		const verdict =
			'code' in opened
				? { genuine: false as const, ...opened }
				: { genuine: true as const, payload: {}, signedAt: opened.signedAt };
		expect(ageProblem(verdict, 60 / 86_400, Date.parse(now))?.message).toMatch(reason);
	},
);

it('opens a token of any length of text', () => {
	for (let length = 0; length < 70; length++) {
		const text = 'x'.repeat(length);
		expect(openFernetToken(fernetToken(text), secretKey)).toMatchObject({
			plaintext: Buffer.from(text),
		});
	}
});

it('refuses a token in which any one bit was changed', () => {
	const raw = Buffer.from(fernetToken('{"paid": true}'), 'base64url');
	const changed = Array.from({ length: raw.length * 8 }, (_, bit) => {
		const copy = Buffer.from(raw);
		copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
		return copy.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
	});
	expect(changed.filter((token) => !('code' in openFernetToken(token, secretKey)))).toEqual([]);
});

it.each([
	['an API key', 'a1b2c3d4.0123456789abcdef0123456789abcdef'],
	['31 bytes', `${Buffer.alloc(31, 1).toString('base64url')}==`],
	['33 bytes', Buffer.alloc(33, 1).toString('base64url')],
	['plain base64', Buffer.alloc(32, 0xff).toString('base64')],
	['hexadecimal', '00'.repeat(32)],
	['nothing', ''],
	['blanks inside', `${secretKey.slice(0, 20)} ${secretKey.slice(20)}`],
])('is no key: %s', (_what, key) => {
	expect(readFernetKey(key)).toBeUndefined();
	expect(openFernetToken(officialToken, key)).toEqual(REFUSALS.bad_key);
});
