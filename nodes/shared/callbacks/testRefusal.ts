import type {
	IExecuteFunctions,
	INodeExecutionData,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { labelExecution } from '../items/labelExecution';

/** No payment event has such a field. */
const REFUSAL = 'refusalOfTestEvent';

/**
 * The same answer, and, while somebody listens for a test event, an execution that shows these
 * words in the editor. n8n shows there nothing of what `webhook()` answers or logs; it shows what
 * `execute()` of the trigger throws, and runs no step behind it.
 */
export function shownInEditor(
	context: IWebhookFunctions,
	response: IWebhookResponseData,
	words: string,
): IWebhookResponseData {
	if (context.getMode() !== 'manual') return response;
	return { ...response, workflowData: [[{ json: { [REFUSAL]: words } }]] };
}

/**
 * `execute()` of every trigger: passes the event on that `webhook()` gave. The execution bears its
 * reference and event ID.
 */
export async function passEventOn(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	const words = items[0]?.json[REFUSAL];
	if (typeof words !== 'string') {
		const { reference, eventId } = items[0]?.json ?? {};
		labelExecution(context, { reference, eventId });
		return [items];
	}
	// With On Error: Continue n8n would pass the item on, as if it were a payment.
	if (context.continueOnFail()) return [[]];
	throw new NodeOperationError(context.getNode(), words);
}
