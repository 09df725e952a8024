import type { IBinaryData, IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { readJsonField } from '../core/exactJson';
import { InputError } from '../core/inputError';
import { readChoice } from '../core/readChoice';
import { readText } from '../core/readText';
import { usedByAgent } from '../providerNode';
import { columnReader, type ColumnReader } from './column';
import { decidingExpressions, labelOf, refuseEmptyExpressions } from './emptyExpressions';
import type { Run } from './run';
import type { SavedExpression } from './savedExpressions';

/**
 * One input item, as an operation reads it. Nothing here reaches the network, so all rows of a run
 * can be read before the first is sent.
 */
export interface RowReader {
	itemIndex: number;
	/**
	 * The value of a parameter for this item, text trimmed; '' if the field is empty.
	 *
	 * @param field display name, where it is not that of the parameter
	 * @throws InputError when it is no text, or a number that has lost digits (`readText`)
	 */
	text(parameter: string, field?: string): string;
	/**
	 * The same for a field that must not be empty.
	 *
	 * @param advice what to do where it is, in the error
	 * @throws InputError when it is empty, too
	 */
	required(parameter: string, advice: string, field?: string): string;
	/**
	 * The value of an options field; the first choice where this operation has no such field.
	 *
	 * @param field display name, where it is not that of the parameter
	 * @throws InputError when an expression has filled it with none of the choices
	 */
	choice<Value extends string>(
		parameter: string,
		choices: readonly [Value, ...Value[]],
		field?: string,
	): Value;
	/**
	 * As n8n evaluates it for this item. Everything else here reads through it.
	 *
	 * @throws InputError when an expression gives nothing, where that is no field left empty on
	 *   purpose (`emptyExpressions.ts`)
	 */
	value(parameter: string, fallback?: unknown): unknown;
	/** As it is saved, expressions not evaluated. */
	saved(parameter: string): unknown;
	/**
	 * The fields of a collection parameter that are filled in, texts trimmed. What shall be a text is
	 * read with `readText`.
	 */
	collection(parameter: string): IDataObject;
	/** A JSON field: parsed, undefined if empty. */
	json(parameter: string, displayName: string): unknown;
	/** A file of the item. */
	binary(field: string): IBinaryData | undefined;
	/** The `Reference` field, for errors; null if it is empty or there is none. */
	reference(): string | null;
	/** How many items this run of the node has. */
	itemCount(): number;
	/** The workflow's, such as `Europe/Berlin`. */
	timezone(): string;
	usedByAgent(): boolean;
	/** Where n8n resumes this execution while it waits. */
	resumeUrl(): string;
	/** Whether a node of this type that does `operation` comes later in the workflow. */
	isFollowedBy(operation: string): boolean;
}

/** Reads one item of the run. */
export function readerOf(context: IExecuteFunctions, run: Run, itemIndex: number): RowReader {
	const value = (parameter: string, fallback?: unknown): unknown => {
		if (run.fixed.has(parameter)) return run.fixed.get(parameter);
		const entry: unknown =
			readColumns(run, parameter, itemIndex) ??
			context.getNodeParameter(parameter, itemIndex, fallback);
		if (isFixed(run.parameters[parameter])) run.fixed.set(parameter, entry);
		else refuseEmptyExpressions({ context, itemIndex }, expressionsOf(run, parameter), entry);
		return entry;
	};
	const row: RowReader = {
		itemIndex,
		value,
		saved: (parameter) => run.parameters[parameter],
		text: (parameter, field = labelOf(parameter)) => readText(value(parameter, ''), field),
		required(parameter, advice, field = labelOf(parameter)) {
			const text = row.text(parameter, field);
			if (text === '') throw new InputError(`'${field}' is empty`, advice);
			return text;
		},
		choice(parameter, choices, field = labelOf(parameter)) {
			if (!(parameter in run.parameters)) return choices[0];
			return readChoice(row.text(parameter, field), field, choices);
		},
		collection: (parameter) => filledIn(value(parameter, {}) as IDataObject),
		json: (parameter, displayName) => readJsonField(value(parameter, ''), displayName),
		binary: (field) => context.getInputData()[itemIndex]?.binary?.[field],
		reference() {
			try {
				return row.text('reference') || null;
			} catch {
				// Its expression is what went wrong.
				return null;
			}
		},
		itemCount: () => context.getInputData().length,
		timezone: () => context.getTimezone(),
		usedByAgent: () => usedByAgent(context),
		resumeUrl: () => context.evaluateExpression('{{ $execution.resumeUrl }}', itemIndex) as string,
		isFollowedBy: (operation) => isFollowedBy(context, operation),
	};
	return row;
}

/** Undefined where n8n has to evaluate the parameter. */
function readColumns(run: Run, parameter: string, itemIndex: number): unknown {
	const row = run.rows?.[itemIndex]?.json;
	return row && columnReaderOf(run, parameter)?.(row);
}

function columnReaderOf(run: Run, parameter: string): ColumnReader | undefined {
	if (run.columns.has(parameter)) return run.columns.get(parameter);
	const reader = columnReader(run.parameters[parameter]);
	run.columns.set(parameter, reader);
	return reader;
}

function expressionsOf(run: Run, parameter: string): SavedExpression[] {
	const known = run.expressions.get(parameter);
	if (known !== undefined) return known;
	const expressions = decidingExpressions(parameter, run.parameters[parameter]);
	run.expressions.set(parameter, expressions);
	return expressions;
}

function filledIn(collection: IDataObject): IDataObject {
	const entries = Object.entries(collection).map(
		([name, entry]) => [name, typeof entry === 'string' ? entry.trim() : entry] as const,
	);
	return Object.fromEntries(
		entries.filter(([, entry]) => entry !== '' && entry !== undefined && entry !== null),
	);
}

function isFollowedBy(context: IExecuteFunctions, operation: string): boolean {
	const { name, type: own } = context.getNode();
	return context
		.getChildNodes(name, { includeNodeParameters: true })
		.some(
			({ type, disabled, parameters }) =>
				type === own && !disabled && parameters?.operation === operation,
		);
}

/** Whether a saved value is no expression. Lists and objects may hold some further down. */
function isFixed(saved: unknown): boolean {
	return (
		typeof saved === 'number' ||
		typeof saved === 'boolean' ||
		(typeof saved === 'string' && !saved.startsWith('='))
	);
}
