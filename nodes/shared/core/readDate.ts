import { InputError } from './inputError';
import { quote } from './quote';
import { isDate } from './readText';
import { utcOfWallTime } from './zonedTime';

/** `2026-12-31`, `2026-12-31 18:00`, `2026-12-31T18:00:00.000`, with or without a zone behind the time. */
const ISO =
	/^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?))?)?$/i;
/**
 * `Thu, 31 Dec 2026 18:00:00 GMT` of mails and HTTP; `Thu Dec 31 2026 18:00:00 GMT+0800 (…)` of
 * JavaScript.
 */
const WITH_ZONE_IN_WORDS =
	/^[a-z]{3},? (?:\d{1,2} [a-z]{3}|[a-z]{3} \d{1,2}) \d{4} \d\d:\d\d(?::\d\d)? (?:GMT|UTC|(?:GMT|UTC)?[+-]\d{4})(?: \([^()]*\))?$/i;

/**
 * A date and time as people pick, type or map it. A text that names no zone, as n8n's date picker
 * gives it, is read in the workflow's time zone; a date without a time is its midnight.
 *
 * @param value text, a Date, or a DateTime of luxon
 * @param field display name, for the error
 * @param zone IANA name: `getTimezone()` of the context
 * @throws InputError when it is no date, or one that does not exist
 */
export function readDate(value: unknown, field: string, zone: string): Date {
	const time = new Date(timeOf(value, zone) ?? NaN);
	if (Number.isNaN(time.getTime()))
		throw new InputError(
			`'${field}' is not a date and time: ${quote(shownAs(value))}`,
			isDateOfSheet(value)
				? 'A sheet keeps dates as such numbers. Turn it into a date in the expression: {{ new Date(Math.round((… - 25569) * 86400) * 1000).toISOString().slice(0, 19) }}.'
				: 'Pick a date, or give one as 2026-12-31 18:00 (in the time zone of the workflow) or 2026-12-31T18:00:00Z.',
		);
	return time;
}

/** Days since the end of 1899, of the years in which somebody may pay: 2009 to 2091. */
function isDateOfSheet(value: unknown): boolean {
	const days = typeof value === 'string' && /^\d{5}(\.\d+)?$/.test(value) ? Number(value) : value;
	return typeof days === 'number' && days >= 40_000 && days < 70_000;
}

function timeOf(value: unknown, zone: string): string | number | null {
	if (isDate(value)) return (value as Date).valueOf();
	if (typeof value !== 'string') return null;
	const text = value.trim();
	if (WITH_ZONE_IN_WORDS.test(text)) return text;
	const [, date, time = '00:00', seconds = '00', fraction = '', offset] = ISO.exec(text) ?? [];
	if (date === undefined) return null;
	const wallTime = `${date}T${time}:${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}`;
	if (offset === undefined) return utcOfWallTime(wallTime, zone);
	const utc = utcOfWallTime(wallTime, 'UTC');
	return utc === null ? null : Date.parse(utc) - offsetMilliseconds(offset);
}

/** Of `+08:00`, `+0800`, `+08`, `Z`; NaN for more than a day has. */
function offsetMilliseconds(offset: string): number {
	const [, sign, hours, minutes = '00'] = /^([+-])(\d\d):?(\d\d)?$/.exec(offset) ?? [];
	if (hours === undefined) return 0;
	if (Number(hours) > 23 || Number(minutes) > 59) return NaN;
	return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function shownAs(value: unknown): string {
	if (value === undefined || value === null) return '';
	if (isDate(value)) return 'Invalid Date';
	return typeof value === 'string' || typeof value === 'bigint'
		? String(value)
		: JSON.stringify(value);
}
