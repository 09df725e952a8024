import fc from 'fast-check';
import {
	ExactNumber,
	isObject,
	mergeExtraFields,
	readJson,
	readJsonField,
	readUtf8,
	textOrNull,
	writeJson,
} from '../../../../nodes/shared/core/exactJson';
import { InputError } from '../../../../nodes/shared/core/inputError';

describe('readJson', () => {
	it.each([
		['{"a": 1.0}', { a: '1.0' }],
		['{"a": 5.50}', { a: '5.50' }],
		['{"a": 1e3}', { a: '1e3' }],
		['{"a": 1E+2}', { a: '1E+2' }],
		['{"a": -0}', { a: '-0' }],
		['{"a": 0.0000001}', { a: '0.0000001' }],
		['{"a": 12345678901234567890}', { a: '12345678901234567890' }],
		['{"a": 9007199254740993}', { a: '9007199254740993' }],
		['{"a": -9007199254740993}', { a: '-9007199254740993' }],
		['{"a": 12345678901.123456789}', { a: '12345678901.123456789' }],
		['{"a": 0.123456789012345678}', { a: '0.123456789012345678' }],
		['[1.0, 2, [3.00]]', ['1.0', 2, ['3.00']]],
		['1.0', '1.0'],
		[
			'{"a": 20.5, "b": 0, "c": -7, "d": 9007199254740991, "e": 0.1}',
			{ a: 20.5, b: 0, c: -7, d: 9007199254740991, e: 0.1 },
		],
		['{"a": true, "b": false, "c": null}', { a: true, b: false, c: null }],
	])('%s keeps its numbers as they were written', (text, value) => {
		expect(readJson(text)).toEqual(value);
	});

	it.each([
		['{"a": "1.0", "b": 1.0}', { a: '1.0', b: '1.0' }],
		['{"1.0": 2.0}', { '1.0': '2.0' }],
		[
			'{"a": "say \\"1.0\\" and 12345678901234567890", "b": 1.0}',
			{ a: 'say "1.0" and 12345678901234567890', b: '1.0' },
		],
		['{"a": "\\\\", "b": 1.0}', { a: '\\', b: '1.0' }],
		['{"a": "\\u0022", "b": 1.0}', { a: '"', b: '1.0' }],
		['{"a": "\u0663.\u0660 \u8336", "b": 1.0}', { a: '\u0663.\u0660 \u8336', b: '1.0' }],
		['{"a": "\u2028\u2029", "b": 1.0}', { a: '\u2028\u2029', b: '1.0' }],
	])('%s changes nothing inside of texts', (text, value) => {
		expect(readJson(text)).toEqual(value);
	});

	it.each([
		['letters', 'x', 'x'],
		['escaped signs', '\\"\\\\\\n', '"\\\n'],
	])('reads a text of 12 MB of %s beside a number that it changes', (_case, written, read) => {
		// A file in an answer; the stack ended at some eight, and it was called no JSON.
		const times = Math.ceil(12_000_000 / written.length);
		const value = readJson(`{"file": "${written.repeat(times)}", "amount": 1.0}`);
		expect(value).toEqual({ file: read.repeat(times), amount: '1.0' });
	});

	it('takes the last of duplicate keys', () => {
		expect(readJson('{"amount": "1.00", "amount": 2.00}')).toEqual({ amount: '2.00' });
	});

	it('keeps a key named __proto__ as data', () => {
		const value = readJson('{"__proto__": {"paid": true}, "a": 1.0}') as Record<string, unknown>;
		expect(Object.keys(value)).toEqual(['__proto__', 'a']);
		expect(value.paid).toBeUndefined();
	});

	it.each([
		'',
		' ',
		'{',
		'{"a":1}x',
		'{a:1}',
		"{'a':1}",
		'{"a":1,}',
		'[1,]',
		'01',
		'1.',
		'.5',
		'+1',
		'NaN',
		'undefined',
		'{"a":1}{"b":2}',
		'\ufeff{"a":1}',
		'{"a":"\n"}',
		'<html></html>',
	])('%j is not JSON', (text) => {
		expect(readJson(text)).toBeUndefined();
	});

	it('takes 100 levels and refuses what is nested deeper, also by a hundred thousand', () => {
		const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
		expect(readJson(nested(100))).toBeDefined();
		expect(readJson(nested(101))).toBeUndefined();
		expect(readJson(nested(100_000))).toBeUndefined();
		expect(readJson(`${'{"a":'.repeat(5000)}1.0${'}'.repeat(5000)}`)).toBeUndefined();
	});

	it('reads a text of a million characters beside a number that must be kept', () => {
		const long = 'tea '.repeat(250_000);
		expect(readJson(JSON.stringify({ long }).replace('}', ',"a":1.0}'))).toEqual({
			long,
			a: '1.0',
		});
	});

	it('gives the same as JSON.parse wherever that loses nothing', () => {
		const exact = fc
			.jsonValue({ noUnicodeString: false })
			.filter(
				(value) =>
					!/[eE]|-0(?![.\d])/.test(JSON.stringify(value).replace(/"(?:[^"\\]|\\.)*"/g, '')),
			);
		expect(() =>
			fc.assert(
				fc.property(exact, (value) =>
					expect(readJson(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value))),
				),
			),
		).not.toThrow();
	});

	it('never loses a digit of a number, wherever it stands', () => {
		const literal = fc.stringMatching(/^-?(0|[1-9]\d{0,24})(\.\d{1,24})?([eE][+-]?\d{1,2})?$/);
		const space = fc.constantFrom('', ' ', '\n', '\t', '\r\n  ');
		const text = fc.oneof(literal, fc.string()).map((content) => JSON.stringify(content));
		const place = fc.constantFrom<(written: string, before: string, text: string) => string>(
			(written, before) => `${before}${written}`,
			(written, before) => `[${before}${written}]`,
			(written, before, content) => `[${content},${before}${written}${before}]`,
			(written, before, content) => `{${content}:${before}{"b":[{},${before}${written}]}}`,
			(written, before, content) =>
				`{${content}${before}:${before}${written}${before},"after all of it":null}`,
		);
		const leaves = (value: unknown): unknown[] =>
			typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value];
		expect(() =>
			fc.assert(
				fc.property(literal, space, text, place, (written, before, content, put) =>
					leaves(readJson(put(written, before, content))).some((leaf) => String(leaf) === written),
				),
				{ numRuns: 5000 },
			),
		).not.toThrow();
	});

	it('never loses a digit of a number, however it is written', () => {
		const literal = fc.stringMatching(/^-?(0|[1-9]\d{0,24})(\.\d{1,24})?([eE][+-]?\d{1,2})?$/);
		expect(() =>
			fc.assert(
				fc.property(literal, (written) => {
					const { value } = readJson(`{"value":${written}}`) as { value: unknown };
					return String(value) === written;
				}),
				{ numRuns: 5000 },
			),
		).not.toThrow();
	});
});

describe('readUtf8', () => {
	it('reads what is UTF-8', () => {
		expect(readUtf8(Buffer.from('\u8336 \u{1f375}', 'utf8'))).toBe('\u8336 \u{1f375}');
	});

	it.each([
		['a lone continuation byte', [0x80]],
		['a character cut off', [0xe8, 0x8c]],
		['an overlong form', [0xc0, 0xaf]],
		['a surrogate', [0xed, 0xa0, 0x80]],
		['Latin 1', [...Buffer.from('caf\u00e9', 'latin1')]],
	])('refuses %s instead of replacing it', (_case, bytes) => {
		expect(readUtf8(Buffer.from(bytes))).toBeUndefined();
	});

	it('reads the character that stands for wrong bytes elsewhere, where it was really sent', () => {
		expect(readUtf8(Buffer.from('tea \ufffd tea'))).toBe('tea \ufffd tea');
	});

	it('keeps a byte order mark, so that such a body is not taken for JSON', () => {
		expect(readUtf8(Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]))).toBe('\ufeff{}');
	});
});

describe('textOrNull', () => {
	it.each<[unknown, string | null]>([
		['a', 'a'],
		['', null],
		[0, '0'],
		[20.5, '20.5'],
		[12345678901234567890n, '12345678901234567890'],
		[null, null],
		[undefined, null],
		[true, null],
		[{}, null],
		[['a'], null],
	])('%p gives %p', (value, text) => {
		expect(textOrNull(value)).toBe(text);
	});
});

describe('isObject', () => {
	it.each<[unknown, boolean]>([
		[{}, true],
		[[], false],
		[null, false],
		['a', false],
		[undefined, false],
	])('%p: %p', (value, expected) => {
		expect(isObject(value)).toBe(expected);
	});
});

describe('writeJson', () => {
	it.each([
		[{ amount: new ExactNumber('1.0') }, '{"amount":1.0}'],
		[{ amount: new ExactNumber('12345678901234567890') }, '{"amount":12345678901234567890}'],
		[{ amount: new ExactNumber('-5.50') }, '{"amount":-5.50}'],
		[[new ExactNumber('1'), { deep: [new ExactNumber('0.10')] }], '[1,{"deep":[0.10]}]'],
		[{ z: 1, a: undefined, b: null, text: '1.0' }, '{"z":1,"b":null,"text":"1.0"}'],
		[{ name: '\u8336 "tea" \\' }, '{"name":"\u8336 \\"tea\\" \\\\"}'],
	])('%j becomes %s', (value, text) => {
		expect(writeJson(value)).toBe(text);
	});

	it.each([
		'',
		'1e3',
		'1,2',
		'1"',
		'1","paid":true,"x":"',
		'.5',
		'5.',
		'+1',
		'NaN',
		'Infinity',
		'0x1',
		'1\n',
		' 1',
		'1}',
	])('refuses %j as an exact number', (text) => {
		expect(() => new ExactNumber(text)).toThrow('not a decimal number');
	});

	it.each([
		'\u0001exact:5',
		'"\u0001exact:5',
		'"\u0001exact:5"',
		'\\u0001exact:5',
		'"\\u0001exact:5',
		'exact:5',
		'\u0001exact:5","amount":"1',
	])('leaves the text %j, which looks like our own mark, a text', (reference) => {
		const written = writeJson({ reference, amount: new ExactNumber('7.00') });
		expect(JSON.parse(written)).toEqual({ reference, amount: 7 });
		expect(written).toContain('"amount":7.00');
	});

	it('leaves a name that looks like our own mark a name', () => {
		expect(JSON.parse(writeJson({ '\u0001exact:5': new ExactNumber('7') }))).toEqual({
			'\u0001exact:5': 7,
		});
	});

	it('writes whatever it is given as the JSON of the same value', () => {
		const marked = fc.oneof(
			fc.string(),
			fc.constantFrom('\u0001exact:5', '"\u0001exact:5', 'exact:'),
		);
		expect(() =>
			fc.assert(
				fc.property(
					fc.dictionary(marked, fc.oneof(marked, fc.array(marked), fc.integer())),
					(value) =>
						expect(JSON.parse(writeJson({ value, n: new ExactNumber('7') }))).toEqual(
							JSON.parse(JSON.stringify({ value, n: 7 })),
						),
				),
			),
		).not.toThrow();
	});
});

describe('mergeExtraFields', () => {
	it('adds fields, replaces values and goes into objects', () => {
		const body = { a: 1, deep: { x: 1, y: 2 }, list: [1, 2] };
		const merged = mergeExtraFields(body, { b: 2, deep: { y: 3, z: 4 }, list: [9] });
		expect(merged).toEqual({ a: 1, b: 2, deep: { x: 1, y: 3, z: 4 }, list: [9] });
		expect(body).toEqual({ a: 1, deep: { x: 1, y: 2 }, list: [1, 2] });
	});

	/** The table of RFC 7396, appendix A, as far as both are objects. */
	it.each<[string, string, string]>([
		['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
		['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
		['{"a":"b"}', '{"a":null}', '{}'],
		['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
		['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
		['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
		['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
		['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
		['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
		['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
		['{"a":"b"}', '{"a":{"b":null,"c":1}}', '{"a":{"c":1}}'],
	])('patches %s with %s as RFC 7396 says', (body, patch, merged) => {
		const parsed = (text: string) => JSON.parse(text) as Record<string, unknown>;
		expect(JSON.stringify(mergeExtraFields(parsed(body), parsed(patch)))).toBe(merged);
	});

	it('replaces an exact number instead of merging into it', () => {
		expect(
			writeJson(mergeExtraFields({ amount: new ExactNumber('1.0') }, { amount: { value: 2 } })),
		).toBe('{"amount":{"value":2}}');
	});

	it('takes __proto__ as a name like any other', () => {
		const merged = mergeExtraFields(
			{ a: 1 },
			JSON.parse(
				'{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}',
			) as Record<string, unknown>,
		);
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
		expect(merged.polluted).toBeUndefined();
		expect(JSON.stringify(merged)).toBe(
			'{"a":1,"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
		);
	});
});

describe('readJsonField', () => {
	it.each<[unknown, unknown]>([
		['{"a": 1}', { a: 1 }],
		['', undefined],
		['  ', undefined],
		[{ a: 1 }, { a: 1 }],
		[undefined, undefined],
	])('%j gives %j', (value, expected) => {
		expect(readJsonField(value, 'Extra Request Fields')).toEqual(expected);
	});

	it.each([
		'0.1',
		'-0',
		'1.50',
		'1e3',
		'100000000000000000000',
		'9007199254740991',
		'0.30000000000000004',
		'"1580071150141046784"',
	])('takes %s, whose value is kept', (text) => {
		expect(readJsonField(`{"a": [${text}]}`, 'Extra Request Fields')).toEqual({
			a: [JSON.parse(text)],
		});
	});

	it('reads a text of 12 MB', () => {
		const file = 'x'.repeat(12_000_000);
		expect(readJsonField(`{"file": "${file}", "a": 1.5}`, 'Extra Request Fields')).toEqual({
			file,
			a: 1.5,
		});
	});

	it('refuses a number that does not end, at once', () => {
		expect(() =>
			readJsonField(`{"a": 1${'0'.repeat(1_000_000)}1}`, 'Extra Request Fields'),
		).toThrow(/'Extra Request Fields' holds a number that would not be sent as it is written/);
	});

	it.each([
		'1580071150141046784',
		'9007199254740993',
		'90071992547409.93',
		'0.123456789012345678',
		'12.340000000000000001',
		'1e400',
		'1e-400',
	])('refuses %s, which would be sent as another number', (text) => {
		expect(() => readJsonField(`{"a": [1, ${text}]}`, 'Extra Request Fields')).toThrow(
			`'Extra Request Fields' holds a number that would not be sent as it is written: "${text}"`,
		);
	});

	it('names the field and says what is wrong', () => {
		expect(() => readJsonField("{'a': 1}", 'Extra Request Fields')).toThrow(InputError);
		expect(() => readJsonField("{'a': 1}", 'Extra Request Fields')).toThrow(
			/^'Extra Request Fields' is not valid JSON: /,
		);
	});
});
