import { lookup } from '../../../../nodes/shared/core/lookup';

const table: Record<string, string> = { paid: 'yes' };

it.each([
	['paid', 'yes'],
	['PAID', undefined],
	['', undefined],
	[null, undefined],
	['constructor', undefined],
	['__proto__', undefined],
])('finds %p as %p: never what every object inherits', (word, meaning) => {
	expect(lookup(table, word)).toBe(meaning);
});
