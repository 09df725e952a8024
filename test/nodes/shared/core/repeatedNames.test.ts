import { hasRepeatedNames } from '../../../../nodes/shared/core/repeatedNames';

it.each([
	['{"a":1,"a":2}'],
	['{"a":{"b":1,"c":2,"b":3}}'],
	['[{"a":1},{"b":1,"b":1}]'],
	['{"a":1,"\\u0061":2}'],
	['{"a":{},"b":[],"a":1}'],
	['{"":1,"":2}'],
	['{"__proto__":1,"__proto__":2}'],
])('%s names a member twice', (json) => {
	expect(hasRepeatedNames(json)).toBe(true);
});

it.each([
	['{"a":1,"b":{"a":1}}'],
	['[{"a":1},{"a":1}]'],
	['["a","a"]'],
	['{"a":["b","b",{"b":"b"}]}'],
	['{"a":"a","b":"a"}'],
	['{"a":"{\\"b\\":1,\\"b\\":2}"}'],
	['{"a":"}","b":"{","c":",\\"a\\":"}'],
	['{"constructor":1,"toString":2}'],
	['1'],
	['"a"'],
])('%s does not', (json) => {
	expect(hasRepeatedNames(json)).toBe(false);
});
