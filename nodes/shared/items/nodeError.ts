import type { IExecuteFunctions } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { CallFailure, IN_DOUBT } from '../core/callFailure';
import { InputError } from '../core/inputError';

/**
 * n8n's error classes, with the item; what is ours says what to do, what is unexpected says that it
 * is.
 */
export function asNodeError(
	context: IExecuteFunctions,
	error: unknown,
	itemIndex: number,
	reference: string | null = null,
): NodeApiError | NodeOperationError {
	const node = context.getNode();
	if (error instanceof NodeApiError || error instanceof NodeOperationError) {
		// n8n's own, such as that of a credential that was never chosen, say what is wrong only.
		error.description ??= adviceOn(error);
		return error;
	}
	// The whole reference, for the provider's search field; providers allow far shorter ones.
	const row = `item ${itemIndex}${reference === null ? '' : `, reference "${reference.slice(0, 200)}"`}`;
	const message = `${error instanceof Error ? error.message : 'Something unexpected happened'} [${row}]`;
	const nodeError =
		error instanceof CallFailure
			? new NodeApiError(
					node,
					{ message: error.message },
					{
						message,
						description: adviceOn(error),
						itemIndex,
						...(error.httpStatus === undefined ? {} : { httpCode: String(error.httpStatus) }),
					},
				)
			: new NodeOperationError(node, message, { itemIndex, description: adviceOn(error) });
	// n8n puts words of its own in place of a message that holds a name such as ECONNRESET or, in
	// "preexisting", EEXIST.
	nodeError.message = message;
	return nodeError;
}

function adviceOn(error: unknown): string {
	if (error instanceof InputError) return error.advice;
	if (error instanceof CallFailure)
		return error.mayHaveArrived && !error.advice.includes('may have been made')
			? `${IN_DOUBT} nevertheless. ${error.advice}`
			: error.advice;
	return isOurMistake(error)
		? 'This is unexpected. Please report it with the steps that lead to it.'
		: "Correct the node's settings, its expressions or its credential.";
}

/** n8n's errors, such as those of expressions and missing credentials, are classes of their own. */
function isOurMistake(error: unknown): boolean {
	return (
		!(error instanceof Error) ||
		[Error, TypeError, RangeError, ReferenceError, SyntaxError].some(
			(kind) => Object.getPrototypeOf(error) === kind.prototype,
		)
	);
}
