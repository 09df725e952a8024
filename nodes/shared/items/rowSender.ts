import type { IExecuteFunctions } from 'n8n-workflow';
import { CallFailure, IN_DOUBT } from '../core/callFailure';
import type { HttpCall, HttpReply } from '../core/contract';
import { InputError } from '../core/inputError';
import type { ProviderNode } from '../providerNode';
import { sendCall, type SendOptions } from '../requests/sendCall';
import { warn } from './operation';
import type { CreatedRow, MadeRow } from './retryMemory';
import type { Run } from './run';

/** One input item, as an operation sends what it has read. */
export interface RowSender<Credentials> {
	itemIndex: number;
	context: IExecuteFunctions;
	credentials: Credentials;
	send(call: HttpCall, options?: SendOptions): Promise<HttpReply>;
	/**
	 * Makes something at the provider, at most once: what this execution, node, run and item has made
	 * already is returned when n8n's Retry On Fail runs the whole node again.
	 *
	 * @param reference the merchant's own number of it
	 */
	make<Result extends object>(
		reference: string | null,
		send: () => Promise<MadeRow<Result>>,
	): Promise<MadeRow<Result>>;
	/** Shows a warning in the output panel, the first of its kind in this run only. */
	warnOnce(kind: string, message: string): void;
}

/** What every row of a run is sent with. */
export interface RowSource<Credentials> {
	context: IExecuteFunctions;
	provider: ProviderNode<Credentials>;
	credentials: Credentials;
	run: Run;
}

/** Sends for one item of the run. */
export function senderOf<Credentials>(
	{ context, provider, credentials, run }: RowSource<Credentials>,
	itemIndex: number,
): RowSender<Credentials> {
	let accepted: HttpCall | undefined;
	return {
		itemIndex,
		context,
		credentials,
		async send(call, options) {
			const reply = await sendCall({ context, provider, credentials }, call, {
				stopped: run.stopped,
				...(run.latestRow === 'unanswered' ? { maximumAttempts: 1 } : {}),
				...options,
			}).catch((error: unknown) => {
				if (error instanceof CallFailure)
					run.latestRow = error.httpStatus === undefined ? 'unanswered' : 'answered';
				throw error;
			});
			run.latestRow = 'answered';
			if (call.retry !== 'idempotent') accepted = call;
			return reply;
		},
		warnOnce(kind, message) {
			if (run.warnedOf.has(kind)) return;
			run.warnedOf.add(kind);
			warn(context, message);
		},
		async make<Result extends object>(
			reference: string | null,
			send: () => Promise<MadeRow<Result>>,
		) {
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
			// The same item of the same node and run made it: its result has the same type.
			return result.made as MadeRow<Result>;
		},
	};
}

/**
 * Tells apart what was made, what may have been made (and must not be repeated blindly when the
 * node is), and what was not.
 */
async function tryCreate(
	send: () => Promise<MadeRow>,
	accepted: () => HttpCall | undefined,
): Promise<CreatedRow['result'] | { error: unknown }> {
	try {
		return { made: await send() };
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
