import type {
	IExecuteFunctions,
	INodeExecutionData,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';

/** A failed row, by the item it came from. */
export interface FailedRow {
	error: NodeApiError | NodeOperationError;
	itemIndex: number;
	reference: string | null;
}

/**
 * What leaves the node in place of a failed row: `error`, as text with the advice, and `reference`
 * where the row has one.
 *
 * n8n-core (`workflow-execute.js`, 1.123.81 and 2.41.1) moves an item to the error output when the
 * item itself has an `error`, or when its `json` has hardly a field besides. There it copies the
 * item with the row's own fields beneath ours, and later makes of each item that still has an
 * `error` that bare message. So ours has one that is not copied: it is seen, and gone in time.
 * Without an error output nothing is copied, and it must not be there.
 */
export function failedItem(
	context: IExecuteFunctions,
	{ error, itemIndex, reference }: FailedRow,
): INodeExecutionData {
	const message = [error.message, error.description].filter(Boolean).join('. ');
	const item: INodeExecutionData = {
		json: { error: message, ...(reference === null ? {} : { reference }) },
		pairedItem: { item: itemIndex },
	};
	if (context.getNode().onError === 'continueErrorOutput')
		Object.defineProperty(item, 'error', { value: { message }, enumerable: false });
	return item;
}
