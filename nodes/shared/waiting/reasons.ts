import { refusals, sentences } from '../core/sentences';

/** Why a callback is not that of the checkout that is waited for. */
export const REFUSALS = refusals({
	another_checkout: {
		message: (field: string) => `its ${field} is not that of the checkout that is waited for`,
	},
	names_neither: {
		message: 'it names neither the checkout id nor the reference that is waited for',
	},
});

/** What else Wait for Payment says. `who` is the node's provider and operation. */
export const SENTENCES = sentences({
	notWaiting: (who: string) => `${who} refused a callback: this node is not waiting for a payment.`,
	refusedGenuine: (who: string, why: string) => `${who} refused a genuine callback: ${why}.`,
	goesOnWaiting: (who: string, why: string) =>
		`${who} acknowledged a callback and goes on waiting: ${why}.`,
	goesOnAfter: (who: string, event: string) =>
		`${who} acknowledged a callback and goes on waiting: it says ${event}.`,

	createdElsewhere: (node: string, executionId: string) =>
		`'${node}' has created the checkout in execution ${executionId}, and its callbacks go there, not to this execution`,
	nothingCreated: (node: string) =>
		`'${node}' has created no checkout in this execution, so no callback can reach it: its output is pinned, only a part of the workflow is run, or it failed`,
	addressNotGiven: (displayName: string) =>
		`No node before this one gives ${displayName} the resume address of this execution, so no callback can reach it`,
});
