import fc from 'fast-check';
import {
	decodeBase64,
	decodeBase64Url,
	decodeHex,
	equalInConstantTime,
} from '../../../../nodes/shared/core/bytes';
import type { Verification } from '../../../../nodes/shared/core/contract';
import { verifyWithAny } from '../../../../nodes/shared/core/secrets';
import { refusedAs } from '../support/said';

describe('decoding', () => {
	it.each([
		'',
		'=',
		'==',
		'QQ',
		'QQ=',
		'QQ===',
		'QQ==QQ==',
		'Q Q=',
		'QQ==\n',
		'\nQQ==',
		'QQ-_',
		'QQ*=',
		'A===',
		'QQ=Q',
		'\uff31\uff31==',
		'QR==',
	])('refuses %j as base64', (text) => {
		expect(decodeBase64(text)).toBeUndefined();
	});

	it.each(['', '=', 'QQ', 'QQ+/', 'QQ===', 'QQ==\n', ' QQ==', 'QR=='])(
		'refuses %j as base64url',
		(text) => {
			expect(decodeBase64Url(text)).toBeUndefined();
		},
	);

	it.each(['', 'a', 'abc', '0x61', 'zz', '61 61', '61\n'])('refuses %j as hexadecimal', (text) => {
		expect(decodeHex(text)).toBeUndefined();
	});

	it('gives back every sequence of bytes', () => {
		const bytes = fc
			.uint8Array({ minLength: 1, maxLength: 100 })
			.map((array) => Buffer.from(array));
		expect(() =>
			fc.assert(
				fc.property(bytes, (original) => {
					const base64 = original.toString('base64');
					const base64Url = base64.replaceAll('+', '-').replaceAll('/', '_');
					const hex = original.toString('hex');
					return [
						decodeBase64(base64),
						decodeBase64Url(base64Url),
						decodeHex(hex),
						decodeHex(hex.toUpperCase()),
					].every((decoded) => decoded?.equals(original));
				}),
			),
		).not.toThrow();
	});
});

describe('equalInConstantTime', () => {
	it.each<[string | Buffer, string | Buffer, boolean]>([
		['abc', 'abc', true],
		['abc', Buffer.from('abc'), true],
		['abc', 'abd', false],
		['abc', 'ab', false],
		['abc', 'ABC', false],
		['', '', true],
		['', 'a', false],
	])('%j and %j: %p', (left, right, expected) => {
		expect(equalInConstantTime(left, right)).toBe(expected);
	});
});

describe('verifyWithAny', () => {
	const tried: string[] = [];
	beforeEach(() => (tried.length = 0));
	const only =
		(good: string) =>
		(secret: string): Verification => {
			tried.push(secret);
			return secret === good
				? { genuine: true, payload: { secret } }
				: { genuine: false, ...refusedAs('wrong', `not ${tried.length}`) };
		};

	it('is content with the current secret', () => {
		expect(verifyWithAny(['current', 'previous'], only('current'))).toEqual({
			genuine: true,
			payload: { secret: 'current' },
		});
		expect(tried).toEqual(['current']);
	});

	it('takes the previous secret while secrets are being changed', () => {
		expect(verifyWithAny(['current', 'previous'], only('previous'))).toMatchObject({
			genuine: true,
		});
	});

	it('gives the reason of the current secret when none fits', () => {
		expect(verifyWithAny(['current', 'previous'], only('other'))).toEqual({
			genuine: false,
			code: 'wrong',
			message: 'not 1',
		});
	});

	it.each([[[]], [['']], [[undefined]], [['', undefined]]])(
		'refuses with the secrets %j, and asks nobody',
		(secrets) => {
			expect(verifyWithAny(secrets, only(''))).toMatchObject({
				genuine: false,
				code: 'no_secret',
				message: expect.stringMatching(/no secret/) as string,
			});
			expect(tried).toEqual([]);
		},
	);

	it('does not try an empty secret beside a good one', () => {
		verifyWithAny(['', 'previous'], only('previous'));
		expect(tried).toEqual(['previous']);
	});
});
