import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import type { FailedRow } from './failedItem';
import type { Run, RowName } from './run';

/** In an error, where all the user can do is to look each of them up. */
const MOST_ROWS_NAMED = 1_000;

/** In an error, each with what is wrong with it. */
const MOST_ROWS_EXPLAINED = 100;

/** With "Stop": one more row that cannot be sent. */
export function noteUnreadable({ unreadable }: Run, failed: () => FailedRow): void {
	unreadable.count += 1;
	if (unreadable.first.length < MOST_ROWS_EXPLAINED) unreadable.first.push(failed());
}

/** Why nothing is sent: each row that cannot be, with its reason; undefined if all can. */
export function failureOfReading(
	context: IExecuteFunctions,
	{ unreadable: { count, first } }: Run,
	rows: number,
): Run['failure'] {
	const [row] = first;
	if (row === undefined || count === 1) return row;
	const others = count > first.length ? [`And ${count - first.length} more rows.`] : [];
	const error = new NodeOperationError(
		context.getNode(),
		`${count} of ${rows} rows cannot be sent as they are`,
		{
			itemIndex: row.itemIndex,
			description: [...reasonsAndAdvice(first), ...others].filter(Boolean).join('\n'),
		},
	);
	return { error, itemIndex: row.itemIndex };
}

/**
 * Behind the rows of one kind what to do about them: n8n shows it all as one paragraph, in which
 * nobody could tell which advice is for which row.
 */
function reasonsAndAdvice(failed: readonly FailedRow[]): string[] {
	const kinds = new Map<string, string[]>();
	for (const each of failed) {
		const advice = each.error.description ?? '';
		kinds.set(advice, [...(kinds.get(advice) ?? []), `${reasonOf(each)}.`]);
	}
	return [...kinds].flatMap(([advice, reasons]) => [...reasons, advice]);
}

/** n8n's own errors do not say which row it is. */
function reasonOf({ error, itemIndex }: FailedRow): string {
	return error.message.includes(`[item ${itemIndex}`)
		? error.message
		: `${error.message} [item ${itemIndex}]`;
}

/**
 * With "Stop" the rows that were made are lost from the output; the error is the only place left to
 * say which they are.
 */
export function withWhatWasMade(
	{ error, itemIndex }: NonNullable<Run['failure']>,
	run: Run,
	rows: number,
): unknown {
	const nothingSent = run.unreadable.count > 0;
	const { made, inDoubt } = knownRows(run);
	// A row that has failed by itself says in its own words that it may have been made.
	const others = nothingSent ? inDoubt : inDoubt.filter((row) => row.itemIndex !== itemIndex);
	const known = made.length + others.length;
	if (rows === 1 && (known === 0 || !nothingSent)) return error;
	const sentences = [
		nothingSent ? `Nothing was sent${known === 0 ? '' : ' in this try'}.` : '',
		known === 0 && nothingSent ? '' : whatWasMade({ made, inDoubt: others }, rows),
		known === 0 ? '' : "Do not run those again; set 'On Error' to Continue to keep what is made.",
	];
	error.description = [error.description, ...sentences].filter(Boolean).join(' ');
	return error;
}

/**
 * After a stop n8n keeps neither output nor error of the node that was running; its log is the only
 * place left to say which rows were made.
 */
export function logAfterStop(context: IExecuteFunctions, run: Run, rows: number): void {
	// n8n repeats the node after a stop, too: that is not worth a second line.
	if (!run.stopped?.aborted || run.made.length + run.inDoubt.length === 0) return;
	const execution = context.getExecutionId();
	const { name, id } = context.getWorkflow();
	// One line, whatever a reference holds.
	const what = whatWasMade(knownRows(run), rows).replace(/\p{Cc}/gu, ' ');
	context.logger.warn(
		`The execution was stopped. ${what} Do not run those again. (workflow ${JSON.stringify(name ?? '')}, ${id ?? 'not saved'}; node ${JSON.stringify(context.getNode().name)}; execution ${execution})`,
	);
}

interface KnownRows {
	made: RowName[];
	inDoubt: RowName[];
}

/** Also what an earlier try has made: a retry that ends early has not come to all of it. */
function knownRows(run: Run): KnownRows {
	const before = [...(run.before ?? [])].map(([itemIndex, { reference, result }]) => ({
		itemIndex,
		reference,
		inDoubt: 'failure' in result,
	}));
	return {
		made: unique([...run.made, ...before.filter(({ inDoubt }) => !inDoubt)]),
		inDoubt: unique([...run.inDoubt, ...before.filter(({ inDoubt }) => inDoubt)]),
	};
}

function whatWasMade({ made, inDoubt }: KnownRows, rows: number): string {
	const certain =
		made.length === 0
			? 'Nothing had been made before.'
			: `${made.length} of ${rows} rows had been made: ${named(made)}.`;
	return inDoubt.length === 0
		? certain
		: `${certain} ${inDoubt.length} more may have been made: ${named(inDoubt)}.`;
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
