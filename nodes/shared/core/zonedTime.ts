import { memoize } from './memoize';

const SECOND_MILLISECONDS = 1000;
/** No zone is further from UTC than 14 hours, so its clocks cannot change twice in between. */
const DAY_MILLISECONDS = 24 * 60 * 60 * SECOND_MILLISECONDS;

/**
 * A wall-clock time in a time zone as ISO 8601 in UTC; null if the time or the zone does not exist.
 * Where the clocks are put forward, a time in the gap is as much later, as luxon and n8n have it.
 * Where they are put back, a time that comes twice is the first of the two.
 *
 * @param wallTime `2026-03-15T10:11:12`, with or without milliseconds (`.123`)
 * @param zone IANA name, `Asia/Shanghai`
 */
export function utcOfWallTime(wallTime: string, zone: string): string | null {
	const asIfUtc = Date.parse(`${wallTime}Z`);
	if (Number.isNaN(asIfUtc) || !new Date(asIfUtc).toISOString().startsWith(wallTime)) return null;
	try {
		const before = asIfUtc - offsetMilliseconds(asIfUtc - DAY_MILLISECONDS, zone);
		const after = asIfUtc - offsetMilliseconds(asIfUtc + DAY_MILLISECONDS, zone);
		const shown = [before, after].filter(
			(time) => time + offsetMilliseconds(time, zone) === asIfUtc,
		);
		return new Date(Math.min(...(shown.length === 0 ? [before] : shown))).toISOString();
	} catch {
		return null;
	}
}

/** Throws a RangeError for a zone that does not exist. */
const clockOf = memoize(
	(zone) =>
		new Intl.DateTimeFormat('en-US', {
			timeZone: zone,
			hourCycle: 'h23',
			year: 'numeric',
			month: 'numeric',
			day: 'numeric',
			hour: 'numeric',
			minute: 'numeric',
			second: 'numeric',
		}),
);

/**
 * How far the zone's clocks are ahead of UTC at that time. Throws a RangeError for a zone that does
 * not exist.
 */
function offsetMilliseconds(utcMilliseconds: number, zone: string): number {
	const parts = Object.fromEntries(
		clockOf(zone)
			.formatToParts(utcMilliseconds)
			.map(({ type, value }) => [type, Number(value)]),
	);
	const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
	// Not with `Date.UTC` alone, which takes the years 0 to 99 for 1900 to 1999.
	const wallTime = new Date(Date.UTC(2000, month - 1, day, hour, minute, second));
	wallTime.setUTCFullYear(year, month - 1, day);
	return (
		wallTime.getTime() - Math.floor(utcMilliseconds / SECOND_MILLISECONDS) * SECOND_MILLISECONDS
	);
}
