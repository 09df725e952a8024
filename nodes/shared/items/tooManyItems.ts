import { InputError } from '../core/inputError';

/**
 * Both ways to wait for many payments; n8n pauses whole executions, and one address resumes one.
 */
export function tooManyItems(what: string, itemCount: number): InputError {
	return new InputError(
		`${what} got ${itemCount} items, but an execution can wait for one payment at a time`,
		"One after the other: put 'Loop Over Items' (batch size 1) around create and wait. All at once: call a sub-workflow for each item with 'Wait For Sub-Workflow Completion' off, and create, wait and fulfil in there.",
	);
}
