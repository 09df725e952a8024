import type { IDataObject } from 'n8n-workflow';
import type { CallFailure } from '../core/callFailure';

/** What a row puts out, and what it made in our shape where files are made of it. */
export interface MadeRow<Result extends object = object> {
	output: IDataObject;
	result?: Result | undefined;
}

/** What one row has made, or why nobody knows whether it has. */
export interface CreatedRow {
	reference: string | null;
	result: { made: MadeRow } | { failure: CallFailure };
}

/** The rows by item, and when a try of the run began or ended last (since 1970, milliseconds). */
interface KnownRun {
	rows: Map<number, CreatedRow>;
	usedAt: number;
}

/**
 * What runs of nodes with Retry On Fail have made, the one that was used least recently first. Only
 * a retry of the same run asks for it, and a run that succeeded is forgotten at once; so it is this
 * process alone that has to know.
 */
const runs = new Map<string, KnownRun>();
const MOST_OTHER_RUNS = 1_000;
const MOST_ROWS_OF_OTHER_RUNS = 20_000;
/** n8n repeats a node five seconds after it failed at the latest. */
const ASKED_FOR_WITHIN_MILLISECONDS = 60_000;

/**
 * The rows of this run, to be read and added to, and to be given to `keepResults` or `dropResults` at
 * the end of the try.
 */
export function resultsOfEarlierTries(run: string): Map<number, CreatedRow> {
	const known = runs.get(run);
	if (!known) forgetOldest();
	return keepResults(run, known?.rows ?? new Map<number, CreatedRow>());
}

/** At the end of a try after which n8n repeats the node. */
export function keepResults(run: string, rows: Map<number, CreatedRow>): Map<number, CreatedRow> {
	runs.delete(run);
	runs.set(run, { rows, usedAt: Date.now() });
	return rows;
}

/** When the run has ended for good. */
export function dropResults(run: string): void {
	runs.delete(run);
}

/** Never one that may still be asked for, however many rows it has. */
function forgetOldest(): void {
	const latest = Date.now() - ASKED_FOR_WITHIN_MILLISECONDS;
	let kept = [...runs.values()].reduce((sum, { rows }) => sum + rows.size, 0);
	for (const [oldest, { rows, usedAt }] of runs) {
		if (usedAt > latest || (kept <= MOST_ROWS_OF_OTHER_RUNS && runs.size <= MOST_OTHER_RUNS))
			return;
		kept -= rows.size;
		runs.delete(oldest);
	}
}
