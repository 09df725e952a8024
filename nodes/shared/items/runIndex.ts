import type { IExecuteFunctions } from 'n8n-workflow';

/** How often the node has run before in this execution; the same when Retry On Fail repeats it. */
export function runIndexOf(context: IExecuteFunctions): number {
	return Number(context.evaluateExpression('{{ $runIndex }}', 0));
}
