import type { Verification } from '../core/contract';
import type { Refused } from '../core/sentences';
import { REFUSALS } from './reasons';

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
const DEFAULT_MAXIMUM_AGE_DAYS = 7;
const ANY_AGE = 0;

type AgeProblem = 'no_time' | 'too_old' | 'in_the_future';

/**
 * Why a time is too old or too far ahead for 'Maximum Age'. Ahead of our clock it may be
 * by a tenth of the maximum age, at least a minute and at most an hour: a wrong clock must not lose
 * payments, and a future time does an attacker no good.
 *
 * @param time milliseconds since 1970
 * @param happened what was done then, such as `signed`
 */
export function timeProblem(
	time: number,
	happened: string,
	maximumAge: unknown,
	nowMilliseconds: number,
): Refused<AgeProblem> | undefined {
	const maximumAgeDays = readMaximumAge(maximumAge);
	if (maximumAgeDays === ANY_AGE) return undefined;
	const maximum = maximumAgeDays * DAY_MILLISECONDS;
	const age = nowMilliseconds - time;
	if (Number.isNaN(age)) return REFUSALS.no_time(happened);
	const seconds = Math.round(Math.abs(age) / 1000);
	if (age > maximum) return REFUSALS.too_old(happened, seconds);
	const ahead = Math.min(Math.max(maximum / 10, 60_000), 3_600_000);
	return -age > ahead ? REFUSALS.in_the_future(happened, seconds) : undefined;
}

/** The same of the time that a signature covers; undefined where it covers none. */
export function ageProblem(
	verdict: Verification,
	maximumAge: unknown,
	nowMilliseconds: number,
): Refused<AgeProblem> | undefined {
	return verdict.genuine && verdict.signedAt !== undefined
		? timeProblem(verdict.signedAt.getTime(), 'signed', maximumAge, nowMilliseconds)
		: undefined;
}

/** An expression can give anything, and nothing but a plain 0 may switch the check off. */
function readMaximumAge(value: unknown): number {
	if (value === 0 || value === '0') return ANY_AGE;
	const days = typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN;
	return days > 0 && Number.isFinite(days) ? days : DEFAULT_MAXIMUM_AGE_DAYS;
}
