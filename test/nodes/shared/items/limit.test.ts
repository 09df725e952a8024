import { InputError } from '../../../../nodes/shared/core/inputError';
import { readMost } from '../../../../nodes/shared/items/limit';
import type { RowReader } from '../../../../nodes/shared/items/rowReader';

const most = (fields: Record<string, unknown>) =>
	readMost({
		value: (name: string, fallback: unknown) => fields[name] ?? fallback,
	} as unknown as RowReader);

it('is all with Return All, whatever Limit says', () => {
	expect(most({ returnAll: true, limit: 'x' })).toBe(Infinity);
});

it.each([
	[3, 3],
	['3', 3],
	['3.00', 3],
	[' 3 ', 3],
	[undefined, 50],
])('is Limit (%j) without it', (limit, expected) => {
	expect(most({ limit })).toBe(expected);
});

// One provider gave one result for 0 and for "abc", another 50, a third said that they are wrong.
it.each([0, -1, 2.5, 'abc', '', '0x10', '1e2', '9007199254740993'])(
	'is refused on every provider where Limit is %j',
	(limit) => {
		expect(() => most({ limit })).toThrow(InputError);
		expect(() => most({ limit })).toThrow("'Limit' is not a whole number above zero");
	},
);
