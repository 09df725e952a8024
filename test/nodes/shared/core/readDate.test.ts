import { DateTime } from 'luxon';
import { readDate } from '../../../../nodes/shared/core/readDate';

const ZONE = 'America/New_York';
const utc = (value: unknown) => readDate(value, 'Date', ZONE).toISOString();

it.each([
	['as n8n picks it', '2026-11-30T06:41:25', '2026-11-30T11:41:25.000Z'],
	['with a blank', '2026-12-31 18:00:00', '2026-12-31T23:00:00.000Z'],
	['without seconds', ' 2026-07-31 18:00 ', '2026-07-31T22:00:00.000Z'],
	['with milliseconds', '2026-12-31T18:00:00.250', '2026-12-31T23:00:00.250Z'],
	['with more digits than milliseconds', '2026-12-31T18:00:00.250999', '2026-12-31T23:00:00.250Z'],
	['without a time', '2026-12-31', '2026-12-31T05:00:00.000Z'],
])("a text %s is a time of the workflow's zone", (_how, text, expected) => {
	expect(utc(text)).toBe(expected);
});

it.each([
	['2026-12-31T18:00:00Z', '2026-12-31T18:00:00.000Z'],
	['2026-12-31T18:00:00.5z', '2026-12-31T18:00:00.500Z'],
	['2026-12-31 18:00:00 UTC', '2026-12-31T18:00:00.000Z'],
	['2026-12-31T18:00:00+08:00', '2026-12-31T10:00:00.000Z'],
	['2026-12-31T18:00-0330', '2026-12-31T21:30:00.000Z'],
	['2026-12-31T18:00+02', '2026-12-31T16:00:00.000Z'],
	['Thu, 31 Dec 2026 18:00:00 GMT', '2026-12-31T18:00:00.000Z'],
	['Thu Dec 31 2026 18:00:00 GMT+0800 (China Standard Time)', '2026-12-31T10:00:00.000Z'],
])('%s has a zone of its own', (text, expected) => {
	expect(utc(text)).toBe(expected);
});

it('takes dates of expressions as they are', () => {
	const time = '2026-12-31T18:00:00.000Z';
	expect(
		[new Date(time), DateTime.fromISO(time), DateTime.fromISO(time, { zone: ZONE })].map(utc),
	).toEqual([time, time, time]);
});

it.each([
	['nothing', undefined],
	['a word', 'tomorrow'],
	['a date of one country, which another reads as another day', '05/12/2026'],
	['a date that the server would read in its own zone', 'Dec 31, 2026 18:00'],
	['a year', '2026'],
	['a number of seconds', 1767225600],
	['a day that does not exist', '2026-02-30'],
	['a day that does not exist, with a zone', '2026-02-30T00:00:00Z'],
	['an hour that does not exist', '2026-02-03 25:00'],
	['a zone that does not exist', '2026-02-03T05:00:00+24:00'],
	['words with a zone', 'about 18:00:00 GMT'],
	['a list', ['2026-12-31']],
	['a Date that is none', new Date('soon')],
	['a DateTime that is none', DateTime.fromISO('soon')],
])('%s is refused', (_what, value) => {
	expect(() => utc(value)).toThrow("'Date' is not a date and time");
});

it('takes what the refusal says to give', () => {
	const { advice } = ((): { advice: string } => {
		try {
			utc('tomorrow');
		} catch (error) {
			return error as { advice: string };
		}
		return { advice: '' };
	})();
	const examples = advice.match(/\d{4}-[^ ]+(?: \d\d:\d\d)?/g) ?? [];
	expect(examples.map((example) => utc(example.replace(/\.$/, '')))).toEqual([
		'2026-12-31T23:00:00.000Z',
		'2026-12-31T18:00:00.000Z',
	]);
});
