import type { IExecuteFunctions, NodeTypeAndVersion } from 'n8n-workflow';
import type { Checkout } from '../core/contract';
import { InputError } from '../core/inputError';
import { nodesStillToRun } from '../n8nInternals';
import { tooManyItems } from '../items/tooManyItems';
import { leaveNote, ownNotes } from './checkoutNotes';

const ONE_AFTER_THE_OTHER =
	"An execution can wait for one payment at a time, as all its checkouts have the same callback address. One after the other: connect the second Create behind the first Wait for Payment. At the same time: call a sub-workflow for each branch with 'Wait For Sub-Workflow Completion' off, and create, wait and fulfil in there.";

/** Whether the callback of this checkout resumes this execution. */
export function resumesThisExecution(
	context: IExecuteFunctions,
	callbackUrl: string | null,
): boolean {
	// Evaluating takes its time, and of a thousand rows none may have this address.
	if (!callbackUrl?.includes(`/${context.getExecutionId()}`)) return false;
	const resumeUrl = context.evaluateExpression('{{ $execution.resumeUrl }}', 0);
	return typeof resumeUrl === 'string' && resumeUrl !== '' && callbackUrl.includes(resumeUrl);
}

/**
 * Before such a checkout is made: one address cannot tell the payments of two, so the second payer
 * would pay for something that is never shipped, or not get a link before the first has paid.
 *
 * @throws InputError when another branch of the workflow makes one as well
 */
export function refuseSecondCheckout(context: IExecuteFunctions): void {
	const itemCount = context.getInputData().length;
	if (itemCount > 1) throw tooManyItems("'Callback URL' with the resume address", itemCount);
	const own = context.getNode().name;
	const toCome = creatorStillToRun(context, own);
	if (toCome !== undefined)
		throw new InputError(
			`'${toCome}' in another branch of this workflow would create a checkout for the same execution, so nothing was sent`,
			ONE_AFTER_THE_OTHER,
		);
	const before = new Set(context.getParentNodes(own).map(({ name }) => name));
	const open = ownNotes(context).find(
		(note) => note.awaited === '' && note.node !== own && !before.has(note.node),
	);
	if (open !== undefined)
		throw new InputError(
			`'${open.node}' in another branch of this workflow has created a checkout that nothing waits for yet, so nothing was sent`,
			ONE_AFTER_THE_OTHER,
		);
}

/** The note for Wait for Payment; none where the answer does not show what was made. */
export function noteCheckout(context: IExecuteFunctions, result: () => Checkout): void {
	let checkout: Checkout;
	try {
		checkout = result();
	} catch {
		// With `Simplify` off an answer may lack the link.
		return;
	}
	leaveNote(context, checkout);
}

/** What a node's parameters tell its provider to do with a callback: go on with this execution. */
export function tellsToResume({
	parameters = {},
}: Pick<NodeTypeAndVersion, 'parameters'>): boolean {
	const { callback, callbackUrl } = parameters;
	return (
		callback === 'resumeExecution' ||
		(callback === 'url' && typeof callbackUrl === 'string' && /resumeUrl/i.test(callbackUrl))
	);
}

/** The name of a node that will make such a checkout in a branch that n8n has still to run. */
function creatorStillToRun(context: IExecuteFunctions, own: string): string | undefined {
	const behind = new Set(context.getChildNodes(own).map(({ name }) => name));
	for (const start of nodesStillToRun(context) ?? []) {
		const branch = [start, ...context.getChildNodes(start.name, { includeNodeParameters: true })];
		const creator = branch.find(
			(node) =>
				node.name !== own &&
				!node.disabled &&
				tellsToResume(node) &&
				leadsTo(context, start.name, node.name, behind),
		);
		if (creator) return creator.name;
	}
	return undefined;
}

/**
 * Whether a way leads from one node to the other that does not pass through what is behind the
 * checkout (`behind`): what both branches have in common runs once they meet again, or in the next
 * round of a loop.
 */
function leadsTo(
	context: IExecuteFunctions,
	start: string,
	end: string,
	behind: ReadonlySet<string>,
): boolean {
	const seen = new Set([end]);
	const open = [end];
	for (let name = open.pop(); name !== undefined; name = open.pop()) {
		if (name === start) return true;
		if (name !== end && behind.has(name)) continue;
		for (const parent of context.getParentNodes(name, { depth: 1 })) {
			if (seen.has(parent.name)) continue;
			seen.add(parent.name);
			open.push(parent.name);
		}
	}
	return false;
}
