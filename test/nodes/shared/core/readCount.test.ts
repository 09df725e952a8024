import { InputError } from '../../../../nodes/shared/core/inputError';
import { readCount } from '../../../../nodes/shared/core/readCount';

it.each([
	[3, 3],
	['3', 3],
	[' 12 ', 12],
	['2.00', 2],
])('%j is %d', (value, count) => {
	expect(readCount(value, 'Attempt', 'Enter 1.')).toBe(count);
});

// JavaScript takes each of them for a number, or rounds it: the key of another order would be sent.
it.each([
	0,
	-1,
	2.5,
	'',
	undefined,
	null,
	'abc',
	'1e3',
	'0x10',
	true,
	[3],
	{ count: 3 },
	NaN,
	'9007199254740993',
])('%j is refused', (value) => {
	expect(() => readCount(value, 'Attempt', 'Enter 1.')).toThrow(InputError);
	expect(() => readCount(value, 'Attempt', 'Enter 1.')).toThrow(/^'Attempt' is not/);
});
