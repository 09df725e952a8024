import { readUnixTime } from '../../../../nodes/shared/core/unixTime';

describe('a Unix time', () => {
	it.each([
		[1673407329000, '2023-01-11T03:22:09.000Z'],
		['1673407329', '2023-01-11T03:22:09.000Z'],
		[0, null],
		['', null],
		['tomorrow', null],
		['16734073290', null],
	])('%j is read as %s', (value, expected) => {
		expect(readUnixTime(value)).toBe(expected);
	});
});
