import { memoize } from '../shared/core/memoize';

const MINUTE_MILLISECONDS = 60_000;

/**
 * A wall-clock time in a time zone as ISO 8601 in UTC; null if the time or the zone does not exist.
 *
 * @param wallTime `2026-03-15T10:11:12`
 * @param zone IANA name, `Asia/Shanghai`
 */
export function utcOfWallTime(wallTime: string, zone: string): string | null {
	const asIfUtc = Date.parse(`${wallTime}Z`);
	if (Number.isNaN(asIfUtc) || !new Date(asIfUtc).toISOString().startsWith(wallTime)) return null;
	try {
		const guess = asIfUtc - offsetMilliseconds(asIfUtc, zone);
		// Once more, because the offset may change between the guess and the time itself.
		return new Date(asIfUtc - offsetMilliseconds(guess, zone)).toISOString();
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
	const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
	return (
		Date.UTC(year, month - 1, day, hour, minute) -
		Math.floor(utcMilliseconds / MINUTE_MILLISECONDS) * MINUTE_MILLISECONDS
	);
}
