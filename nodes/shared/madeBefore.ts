import type { CallFailure } from './callFailure';

/** What one row has made, or why nobody knows whether it has. */
export interface MadeRow {
	reference: string | null;
	result: { output: Record<string, unknown> } | { failure: CallFailure };
}

/**
 * What runs of nodes with Retry On Fail have made, by run and item, oldest run first. Only a retry of the same run asks for it,
 * seconds later, and a run that succeeded is forgotten at once; so it is this process alone that has to know.
 */
const runs = new Map<string, Map<number, MadeRow>>();
const MOST_OTHER_RUNS = 1_000;
const MOST_ROWS_OF_OTHER_RUNS = 20_000;

/** The rows of this run, to be read and added to. However many they are, none of them is forgotten before the run is. */
export function rowsMadeBefore(run: string): Map<number, MadeRow> {
	const known = runs.get(run);
	if (known) return known;
	let others = [...runs.values()].reduce((sum, rows) => sum + rows.size, 0);
	for (const [oldest, rows] of runs) {
		if (others <= MOST_ROWS_OF_OTHER_RUNS && runs.size <= MOST_OTHER_RUNS) break;
		others -= rows.size;
		runs.delete(oldest);
	}
	const rows = new Map<number, MadeRow>();
	runs.set(run, rows);
	return rows;
}

export function forgetRun(run: string): void {
	runs.delete(run);
}
