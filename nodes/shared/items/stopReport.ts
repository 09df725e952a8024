import type { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { Run, RowName } from './run';

/** In an error, where all the user can do is to look each of them up. */
const MOST_ROWS_NAMED = 1_000;

/**
 * With "Stop" the rows that were made are lost from the output; the error is the only place left to
 * say which they are.
 */
export function withWhatWasMade(
	{ error, itemIndex }: { error: NodeApiError | NodeOperationError; itemIndex: number },
	run: Run,
	rows: number,
): unknown {
	if (rows === 1) return error;
	// A retry that stops early has not come to all that an earlier try made.
	const before = [...(run.before ?? [])].map(([index, { reference, result }]) => ({
		itemIndex: index,
		reference,
		inDoubt: 'failure' in result,
	}));
	const made = unique([...run.made, ...before.filter(({ inDoubt }) => !inDoubt)]);
	const inDoubt = unique([...run.inDoubt, ...before.filter((row) => row.inDoubt)]).filter(
		(row) => row.itemIndex !== itemIndex,
	);
	const sentences = [
		made.length === 0
			? 'Nothing had been made before.'
			: `${made.length} of ${rows} rows had been made: ${named(made)}.`,
		inDoubt.length === 0 ? '' : `${inDoubt.length} more may have been made: ${named(inDoubt)}.`,
		made.length + inDoubt.length === 0
			? ''
			: "Do not run those again; set 'On Error' to Continue to keep what is made.",
	];
	error.description = [error.description, ...sentences].filter(Boolean).join(' ');
	return error;
}

/** In the order of the items, each once. */
function unique(rows: RowName[]): RowName[] {
	return [...new Map(rows.map((row) => [row.itemIndex, row])).values()].sort(
		(left, right) => left.itemIndex - right.itemIndex,
	);
}

function named(rows: RowName[]): string {
	const list = rows.map(({ itemIndex, reference }) => reference ?? `item ${itemIndex}`);
	return list.length > MOST_ROWS_NAMED
		? `${list.slice(0, MOST_ROWS_NAMED).join(', ')} and ${list.length - MOST_ROWS_NAMED} more up to item ${rows.at(-1)?.itemIndex}`
		: list.join(', ');
}
