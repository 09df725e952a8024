import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import {
	checkoutNotes,
	ownNotes,
	waitKey,
	type CheckoutFacts,
	type CheckoutNote,
} from '../checkout/checkoutNotes';
import { textOrNull } from '../core/exactJson';
import { InputError } from '../core/inputError';
import { timesRun } from '../n8nInternals';
import type { WayToHere } from './wayToHere';
import type { Sentence } from '../core/sentences';
import { SENTENCES } from './reasons';

/** One run of Wait for Payment. */
export interface WaitRun {
	context: IExecuteFunctions;
	item: INodeExecutionData;
	/** The value of `provider` in the outputs of this node. */
	provider: string;
	displayName: string;
	way: WayToHere;
}

export interface FoundCheckout {
	/** Undefined where only the fields can tell. */
	checkout?: CheckoutFacts;
	/** Set where no callback can reach this execution. */
	unreachable?: Unreachable;
}

export interface Unreachable {
	reason: Sentence;
	/** What gives this workflow a checkout that can be waited for. */
	wayOut: string;
}

const RUN_THE_WHOLE_WORKFLOW =
	'Run the whole workflow from its trigger, with no output pinned: that creates another checkout.';

/**
 * The checkout that this run waits for, by the note that Create has left in the execution: the item
 * may be the answer of an e-mail step by now.
 *
 * @throws InputError when there are several that it could be
 */
export function takeCheckout(run: WaitRun): FoundCheckout {
	const { context, provider, displayName, way } = run;
	const own = ownNotes(context).filter((note) => note.provider === provider && isLatest(run, note));
	const note = pickNote(run, own);
	if (note !== undefined) {
		note.awaited = waitKey(context);
		return { checkout: note };
	}
	const older = checkoutNotes(context).findLast((other) => other.provider === provider);
	if (older !== undefined && older.executionId !== context.getExecutionId())
		return {
			checkout: older,
			unreachable: {
				reason: SENTENCES.createdElsewhere(older.node, older.executionId),
				wayOut: RUN_THE_WHOLE_WORKFLOW,
			},
		};
	const checkout = checkoutOf(run);
	const creator = way.creators.find(({ name }) => hasRun(context, name));
	if (creator !== undefined)
		return {
			...checkout,
			unreachable: {
				reason: SENTENCES.nothingCreated(creator.name),
				wayOut: RUN_THE_WHOLE_WORKFLOW,
			},
		};
	if (way.addressIsGiven) return checkout;
	return {
		...checkout,
		unreachable: {
			reason: SENTENCES.addressNotGiven(displayName),
			wayOut:
				"Create the checkout in this same workflow, before this node, with 'Callback' set to Resume This Execution. In a sub-workflow both have to be in there.",
		},
	};
}

/** In a loop whose Create failed this time, the checkout of the round before is not its own. */
function isLatest({ context }: WaitRun, { node, runIndex }: CheckoutNote): boolean {
	const times = timesRun(context, node);
	return times === undefined || times === 0 || runIndex === String(times - 1);
}

function pickNote(run: WaitRun, notes: CheckoutNote[]): CheckoutNote | undefined {
	const key = waitKey(run.context);
	const mine = notes.find(({ awaited }) => awaited === key);
	if (mine !== undefined) return mine;
	const open = notes.filter(({ awaited }) => awaited === '');
	if (open.length > 0) return lastOfOneWay(run, open);
	const again = notes.findLast((note) => isNamed(run, note));
	const taken = notes.at(-1);
	if (again !== undefined || taken === undefined) return again;
	throw new InputError(
		`The checkout of '${taken.node}' has been waited for already, and neither the fields nor the input item say that it is meant again`,
		"Map its number into 'Reference' or 'Checkout ID' to wait for it again. For another payment create another checkout before this node.",
	);
}

/**
 * The youngest, where each of the others was made on the way to it, as an expired link is before
 * the new one.
 */
function lastOfOneWay({ context }: WaitRun, open: CheckoutNote[]): CheckoutNote | undefined {
	const last = open.at(-1);
	if (last === undefined) return undefined;
	const before = new Set(context.getParentNodes(last.node).map(({ name }) => name));
	const other = open.find(({ node }) => node !== last.node && !before.has(node));
	if (other === undefined) return last;
	throw new InputError(
		`'${other.node}' and '${last.node}' have both created a checkout in this execution, in branches of their own`,
		"An execution can wait for one payment at a time. Connect the second Create behind the first Wait for Payment, or call a sub-workflow for each branch with 'Wait For Sub-Workflow Completion' off.",
	);
}

function isNamed({ context, item, provider }: WaitRun, note: CheckoutNote): boolean {
	return (['checkoutId', 'reference'] as const).some((name) => {
		if (note[name] === null) return false;
		const given = textOrNull(context.getNodeParameter(name, 0, ''));
		return (
			given === note[name] || (item.json.provider === provider && item.json[name] === note[name])
		);
	});
}

/** The checkout in our shape: the item itself, or else the output of the node that made it. */
function checkoutOf(run: WaitRun): { checkout?: CheckoutFacts } {
	const outputs = run.way.creators.map(({ name }) => outputOf(run.context, name));
	const json = [run.item.json, ...outputs].find((each) => each?.provider === run.provider);
	if (json === undefined) return {};
	const { checkoutId, reference, amount, currency, expiresAt } = json;
	return {
		checkout: {
			checkoutId: textOrNull(checkoutId),
			reference: textOrNull(reference),
			amount: textOrNull(amount),
			currency: textOrNull(currency),
			expiresAt: textOrNull(expiresAt),
		},
	};
}

interface NodeOutput {
	isExecuted?: boolean;
	first?: () => INodeExecutionData | undefined;
}

/** Not by an expression: a name may hold what no expression can quote. */
function nodeOutput(context: IExecuteFunctions, name: string): NodeOutput | undefined {
	try {
		const { $: node } = context.getWorkflowDataProxy(0) as { $?: (name: string) => NodeOutput };
		return node?.(name);
	} catch {
		return undefined;
	}
}

function hasRun(context: IExecuteFunctions, name: string): boolean {
	return nodeOutput(context, name)?.isExecuted === true;
}

function outputOf(context: IExecuteFunctions, name: string): IDataObject | undefined {
	try {
		return nodeOutput(context, name)?.first?.()?.json;
	} catch {
		// It has not run, or the way from its output to here is lost.
		return undefined;
	}
}
