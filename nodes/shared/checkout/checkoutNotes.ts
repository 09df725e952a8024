import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { Checkout } from '../core/contract';
import { isObject } from '../core/exactJson';
import { runIndexOf } from '../items/runIndex';

/** What Wait for Payment has to know of a checkout; amounts in major units. */
export type CheckoutFacts = Pick<
	Checkout,
	'checkoutId' | 'reference' | 'amount' | 'currency' | 'expiresAt'
>;

/**
 * What Create leaves in the execution for Wait for Payment. Plain texts: n8n stores them with the
 * execution, and they pass through every step in between.
 */
export interface CheckoutNote extends CheckoutFacts {
	/** The execution that made it, the only one whose resume address the provider has. */
	executionId: string;
	/** The name of the node that made it, and which of its runs did. */
	node: string;
	runIndex: string;
	provider: string;
	/** Which run of which Wait for Payment has taken it (`waitKey`); empty while none has. */
	awaited: string;
}

const KEY = 'hostedCheckouts';
const MOST_NOTES = 20;

/** The notes in this execution, the oldest first. What is written into one stays in it. */
export function checkoutNotes(context: IExecuteFunctions): CheckoutNote[] {
	const notes: unknown = context.getContext('flow')[KEY];
	return Array.isArray(notes) ? notes.filter(isNote) : [];
}

/** Those of checkouts that this very execution has made. */
export function ownNotes(context: IExecuteFunctions): CheckoutNote[] {
	const executionId = context.getExecutionId();
	return checkoutNotes(context).filter((note) => note.executionId === executionId);
}

/**
 * Before a checkout is made: those that the node made in earlier rounds of a loop can be waited for
 * no more, and if this round fails, none of them may pass for its checkout.
 */
export function dropEarlierRounds(context: IExecuteFunctions): void {
	const { name } = context.getNode();
	const runIndex = String(runIndexOf(context));
	keep(
		context,
		checkoutNotes(context).filter((note) => note.node !== name || note.runIndex === runIndex),
	);
}

/** Leaves the note of a checkout that the node has just made. */
export function leaveNote(context: IExecuteFunctions, checkout: Checkout): void {
	const note: CheckoutNote = {
		executionId: context.getExecutionId(),
		node: context.getNode().name,
		runIndex: String(runIndexOf(context)),
		provider: checkout.provider,
		checkoutId: checkout.checkoutId,
		reference: checkout.reference,
		amount: checkout.amount,
		currency: checkout.currency,
		expiresAt: checkout.expiresAt,
		awaited: '',
	};
	keep(context, [...checkoutNotes(context), note]);
}

/** Tells this run of this node from others; the same when n8n's Retry On Fail repeats it. */
export function waitKey(context: IExecuteFunctions): string {
	return JSON.stringify([context.getNode().name, String(runIndexOf(context))]);
}

function keep(context: IExecuteFunctions, notes: CheckoutNote[]): void {
	const flow: IDataObject = context.getContext('flow');
	flow[KEY] = notes.slice(-MOST_NOTES);
}

/** Any step of a workflow may write into the execution's context. */
function isNote(entry: unknown): entry is CheckoutNote {
	if (!isObject(entry)) return false;
	const isText = (name: string) => typeof entry[name] === 'string';
	const isTextOrNull = (name: string) => entry[name] === null || isText(name);
	return (
		['executionId', 'node', 'runIndex', 'provider', 'awaited'].every(isText) &&
		['checkoutId', 'reference', 'amount', 'currency', 'expiresAt'].every(isTextOrNull)
	);
}
