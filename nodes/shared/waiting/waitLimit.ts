import type { IExecuteFunctions, NodeExecutionHint } from 'n8n-workflow';
import { textOrNull } from '../core/exactJson';
import { InputError } from '../core/inputError';
import { readChoice } from '../core/readChoice';
import { readDate } from '../core/readDate';

const HOUR_MILLISECONDS = 60 * 60 * 1000;
const UNIT_MILLISECONDS = {
	minutes: 60_000,
	hours: HOUR_MILLISECONDS,
	days: 24 * HOUR_MILLISECONDS,
};
const DEFAULT_LIMIT_MILLISECONDS = 24 * HOUR_MILLISECONDS;
/**
 * n8n takes this date for "no limit", and databases sort what comes after the year 9999 wrongly.
 */
const LATEST_LIMIT_MILLISECONDS = Date.parse('3000-01-01T00:00:00Z');
/**
 * How much later than its limit n8n may look at a waiting execution (n8n 2.41.1, wait-tracker.js).
 */
const N8N_LOOKS_EVERY_MILLISECONDS = 60_000;

const DATE_HAS_PASSED: NodeExecutionHint = {
	message:
		"The date in 'Date' has passed, so nothing is waited for: what is not paid yet leaves through Not Paid at once. Choose a later date, or A Time Has Passed for 'Wait Until'.",
	type: 'warning',
	location: 'outputPane',
};

/**
 * When to give up.
 *
 * @param expiresAt of the checkout, for a wait that ends with it
 * @throws InputError when the fields name no time
 */
export function readLimit(context: IExecuteFunctions, expiresAt: unknown): Date {
	const now = Date.now();
	const choice = <Value extends string>(
		parameter: string,
		field: string,
		choices: readonly Value[],
	) => readChoice(textOrNull(context.getNodeParameter(parameter, 0)) ?? '', field, choices);
	const kind = choice('limitType', 'Wait Until', ['date', 'duration', 'checkoutExpiry']);
	if (kind === 'duration') {
		const milliseconds =
			Number(context.getNodeParameter('limitAmount', 0)) *
			UNIT_MILLISECONDS[choice('limitUnit', 'Unit', ['minutes', 'hours', 'days'])];
		if (!(milliseconds > 0))
			throw new InputError("'Time' is not a number above zero", 'Enter how long to wait.');
		return limitAt(now + milliseconds, 'Time');
	}
	const given = kind === 'date' ? context.getNodeParameter('limitDate', 0) : expiresAt;
	if (kind !== 'date' && (given === undefined || given === null || given === ''))
		return new Date(now + DEFAULT_LIMIT_MILLISECONDS);
	const field = kind === 'date' ? 'Date' : 'expiresAt';
	const limit = readDate(given, field, context.getTimezone()).getTime();
	if (kind === 'date' && limit <= now) context.addExecutionHints(DATE_HAS_PASSED);
	return limitAt(limit, field);
}

/**
 * When the time is up n8n counts the workflow's own time-out from the start of the execution,
 * waiting included, and cancels it.
 */
export function refuseShorterTimeout(context: IExecuteFunctions, limit: Date): void {
	const { executionTimeout } = context.getWorkflowSettings();
	if (typeof executionTimeout !== 'number' || executionTimeout <= 0) return;
	if (limit.getTime() + N8N_LOOKS_EVERY_MILLISECONDS < Date.now() + executionTimeout * 1000) return;
	throw new InputError(
		"'Timeout Workflow' in the settings of this workflow is shorter than the wait",
		'Switch it off, or wait for less: n8n would cancel the execution when the time is up, so Not Paid would never run.',
	);
}

function limitAt(milliseconds: number, field: string): Date {
	if (milliseconds >= LATEST_LIMIT_MILLISECONDS)
		throw new InputError(
			`'${field}' is after the year 2999`,
			'n8n would wait without a limit then.',
		);
	return new Date(milliseconds);
}
