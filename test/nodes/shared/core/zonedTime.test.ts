import { DateTime, IANAZone, Settings } from 'luxon';
import { utcOfWallTime } from '../../../../nodes/shared/core/zonedTime';

const MINUTE_MILLISECONDS = 60_000;
const HOUR_MILLISECONDS = 60 * MINUTE_MILLISECONDS;
const DAY_MILLISECONDS = 24 * HOUR_MILLISECONDS;

it.each([
	['2026-03-15T10:11:12', 'Asia/Shanghai', '2026-03-15T02:11:12.000Z'],
	['2026-03-15T10:11:12.345', 'Asia/Shanghai', '2026-03-15T02:11:12.345Z'],
	['2026-01-15T10:00:00', 'America/New_York', '2026-01-15T15:00:00.000Z'],
	['2026-07-15T10:00:00', 'America/New_York', '2026-07-15T14:00:00.000Z'],
	['2026-03-08T03:30:00', 'America/New_York', '2026-03-08T07:30:00.000Z'],
	['2026-03-15T00:30:00', 'Asia/Kolkata', '2026-03-14T19:00:00.000Z'],
	['0026-11-30T06:00:00', 'UTC', '0026-11-30T06:00:00.000Z'],
])('%s in %s is %s', (wallTime, zone, utc) => {
	expect(utcOfWallTime(wallTime, zone)).toBe(utc);
});

it.each([
	['the gap in New York is an hour later', '2026-03-08T02:30:00', 'America/New_York', '07:30'],
	['the gap in Berlin is an hour later', '2026-03-29T02:30:00', 'Europe/Berlin', '01:30'],
	[
		'the hour that comes twice in New York is the first',
		'2026-11-01T01:30:00',
		'America/New_York',
		'05:30',
	],
	[
		'the hour that comes twice in Berlin is the first',
		'2026-10-25T02:30:00',
		'Europe/Berlin',
		'00:30',
	],
	[
		'the half hour that comes twice on Lord Howe is the first',
		'2026-04-05T01:45:00',
		'Australia/Lord_Howe',
		'14:45',
	],
])('a time in %s', (_what, wallTime, zone, utc) => {
	expect(utcOfWallTime(wallTime, zone)?.slice(11, 16)).toBe(utc);
});

it.each([
	['a day that does not exist', '2026-02-30T00:00:00', 'UTC'],
	['an hour that does not exist', '2026-02-03T25:00:00', 'UTC'],
	['a zone that does not exist', '2026-02-03T05:00:00', 'Mars/Olympus'],
])('is null for %s', (_what, wallTime, zone) => {
	expect(utcOfWallTime(wallTime, zone)).toBeNull();
});

/** Half an hour, two hours, a whole day; at midnight; in the middle of winter; in both hemispheres. */
const ZONES = [
	'Africa/Casablanca',
	'America/New_York',
	'America/Santiago',
	'America/Sao_Paulo',
	'America/St_Johns',
	'Antarctica/Troll',
	'Asia/Gaza',
	'Asia/Kathmandu',
	'Asia/Tehran',
	'Australia/Lord_Howe',
	'Europe/Berlin',
	'Europe/Dublin',
	'Pacific/Apia',
	'Pacific/Chatham',
];

/** The moments at which the zone's clocks were or will be changed. */
function changesOf(zone: IANAZone): number[] {
	const changes: number[] = [];
	const end = Date.UTC(2031, 0, 1);
	for (let day = Date.UTC(2010, 0, 1); day < end; day += DAY_MILLISECONDS) {
		let [before, after] = [day, day + DAY_MILLISECONDS];
		if (zone.offset(before) === zone.offset(after)) continue;
		while (after - before > MINUTE_MILLISECONDS) {
			const middle = Math.floor((before + after) / 2 / MINUTE_MILLISECONDS) * MINUTE_MILLISECONDS;
			if (zone.offset(middle) === zone.offset(day)) before = middle;
			else after = middle;
		}
		changes.push(after);
	}
	return changes;
}

// luxon takes the offset of the present for its first guess, so of a time that comes twice it gives
// the first one only before the change.
describe('is what luxon says before the change', () => {
	afterEach(() => {
		Settings.now = () => Date.now();
		Settings.resetCaches();
	});

	it.each(ZONES)('in %s, around each change of its clocks', (name) => {
		const zone = IANAZone.create(name);
		const differing = changesOf(zone).flatMap((change) => {
			Settings.resetCaches();
			Settings.now = () => change - DAY_MILLISECONDS;
			const minutes = [
				-1500, -121, -61, -60, -31, -30, -1, 0, 1, 29, 30, 31, 59, 60, 61, 121, 1500,
			];
			return minutes
				.map((minute) =>
					new Date(
						change + zone.offset(change - 1) * MINUTE_MILLISECONDS + minute * MINUTE_MILLISECONDS,
					)
						.toISOString()
						.slice(0, 19),
				)
				.map((wallTime) => [
					wallTime,
					utcOfWallTime(wallTime, name),
					DateTime.fromISO(wallTime, { zone }).toUTC().toISO(),
				])
				.filter(([, ours, luxons]) => ours !== luxons);
		});
		expect(differing).toEqual([]);
	});

	it('is tried around hundreds of changes', () => {
		const changes = ZONES.flatMap((name) => changesOf(IANAZone.create(name)));
		expect(changes.length).toBeGreaterThan(300);
	});
});
