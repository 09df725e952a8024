import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { HttpCall, HttpReply } from '../core/contract';
import { sendCall, type SendOptions } from '../requests/sendCall';
import type { Run } from './run';
import type { CreatedRow } from './retryMemory';
import type { ProviderNode } from '../providerNode';
import { readText } from '../core/readText';
import { readChoice } from '../core/readChoice';
import { readJsonField } from '../core/exactJson';
import { CallFailure } from '../core/callFailure';
import { InputError } from '../core/inputError';
import { IN_DOUBT } from './nodeError';
import { quote } from '../core/quote';

/** One input item and what an operation needs to work on it. */
export interface Row<Credentials> {
	itemIndex: number;
	context: IExecuteFunctions;
	credentials: Credentials;
	/**
	 * The value of a parameter for this item, text trimmed; '' if the field is empty.
	 *
	 * @param field display name, where it is not that of the parameter
	 * @throws InputError when it is no text, or a number that has lost digits (`readText`)
	 */
	text(parameter: string, field?: string): string;
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
	value(parameter: string, fallback?: unknown): unknown;
	/**
	 * The fields of a collection parameter that are filled in, texts trimmed. What shall be a text is
	 * read with `readText`.
	 */
	collection(parameter: string): IDataObject;
	/** A JSON field: parsed, undefined if empty. */
	json(parameter: string, displayName: string): unknown;
	send(call: HttpCall, options?: SendOptions): Promise<HttpReply>;
	/**
	 * Makes something at the provider, at most once: what this execution, node, run and item has made
	 * already is returned when n8n's Retry On Fail runs the whole node again. A reference that an
	 * earlier row of this run has used is refused.
	 *
	 * @param field display name of the reference, where it is not `Reference`
	 */
	make(
		reference: string | null,
		send: () => Promise<IDataObject>,
		field?: string,
	): Promise<IDataObject>;
	/** The `Reference` field, for errors; null if it is empty or there is none. */
	reference(): string | null;
}

export type Operation<Credentials> = (
	row: Row<Credentials>,
) => Promise<IDataObject | IDataObject[] | INodeExecutionData>;

/** What every row of a run is read and sent with. */
export interface RowSource<Credentials> {
	context: IExecuteFunctions;
	provider: ProviderNode<Credentials>;
	credentials: Credentials;
	run: Run;
}

/** The row of one item. */
export function rowOf<Credentials>(
	{ context, provider, credentials, run }: RowSource<Credentials>,
	itemIndex: number,
): Row<Credentials> {
	const value = (parameter: string, fallback?: unknown): unknown => {
		if (run.fixed.has(parameter)) return run.fixed.get(parameter);
		const entry: unknown = context.getNodeParameter(parameter, itemIndex, fallback);
		if (isFixed(run.parameters[parameter])) run.fixed.set(parameter, entry);
		return entry;
	};
	const trim = (entry: unknown) => (typeof entry === 'string' ? entry.trim() : entry);
	let accepted: HttpCall | undefined;
	const row: Row<Credentials> = {
		reference: () => {
			try {
				return row.text('reference') || null;
			} catch {
				// Its expression is what went wrong.
				return null;
			}
		},
		itemIndex,
		context,
		credentials,
		value,
		text(parameter, field = labelOf(parameter)) {
			return readText(value(parameter, ''), field);
		},
		choice(parameter, choices, field = labelOf(parameter)) {
			if (!(parameter in run.parameters)) return choices[0];
			return readChoice(row.text(parameter, field), field, choices);
		},
		collection(parameter) {
			const entries = Object.entries(value(parameter, {}) as IDataObject).map(
				([name, entry]) => [name, trim(entry)] as const,
			);
			return Object.fromEntries(
				entries.filter(([, entry]) => entry !== '' && entry !== undefined && entry !== null),
			) as IDataObject;
		},
		json: (parameter, displayName) => readJsonField(value(parameter, ''), displayName),
		async send(call, options) {
			const reply = await sendCall({ context, provider, credentials }, call, {
				stopped: run.stopped,
				...(run.isSilent ? { maximumAttempts: 1 } : {}),
				...options,
			}).catch((error: unknown) => {
				if (error instanceof CallFailure) run.isSilent = error.httpStatus === undefined;
				throw error;
			});
			run.isSilent = false;
			if (call.retry !== 'idempotent') accepted = call;
			return reply;
		},
		async make(reference, send, field = 'Reference') {
			const earlierRow = reference === null ? undefined : run.references.get(reference);
			if (earlierRow !== undefined) {
				throw new InputError(
					`'${field}' ${quote(reference ?? '')} was already used by item ${earlierRow} of this run, so nothing was sent`,
					'Give each row a reference of its own, or remove the repeated row.',
				);
			}
			if (reference !== null) run.references.set(reference, itemIndex);
			const before = run.before?.get(itemIndex);
			// Another reference is another order, whatever item it has.
			const result =
				before?.reference === reference ? before.result : await tryCreate(send, () => accepted);
			if ('error' in result) throw result.error;
			run.before?.set(itemIndex, { reference, result });
			if ('failure' in result) {
				run.inDoubt.push({ itemIndex, reference });
				throw result.failure;
			}
			run.made.push({ itemIndex, reference });
			return result.output as IDataObject;
		},
	};
	return row;
}

/** `checkoutId` → `Checkout ID`, as the forms write it. */
function labelOf(parameter: string): string {
	const words = parameter
		.replace(/([A-Z])/g, ' $1')
		.replace(/\bId\b/g, 'ID')
		.replace(/\bIp\b/g, 'IP')
		.replace(/\bUrl\b/g, 'URL');
	return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Whether a saved value is no expression. Lists and objects may hold some further down. */
function isFixed(saved: unknown): boolean {
	return (
		typeof saved === 'number' ||
		typeof saved === 'boolean' ||
		(typeof saved === 'string' && !saved.startsWith('='))
	);
}

/**
 * Tells apart what was made, what may have been made (and must not be repeated blindly when the
 * node is), and what was not.
 */
async function tryCreate(
	send: () => Promise<IDataObject>,
	accepted: () => HttpCall | undefined,
): Promise<CreatedRow['result'] | { error: unknown }> {
	try {
		return { output: await send() };
	} catch (error) {
		if (error instanceof CallFailure) return error.mayHaveArrived ? { failure: error } : { error };
		const call = accepted();
		if (!call) return { error };
		const what = error instanceof Error ? error.message : 'The answer could not be read';
		const advice = [
			error instanceof InputError ? error.advice : '',
			`${IN_DOUBT} nevertheless: the provider had accepted it.`,
			call.howToFindOut ?? '',
		];
		return {
			failure: new CallFailure(what, {
				advice: advice.filter(Boolean).join(' '),
				mayHaveArrived: true,
			}),
		};
	}
}
