import type { IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';
import { customDataOf } from '../n8nInternals';

/** n8n logs an error for each longer value. */
const LONGEST_VALUE = 255;

/**
 * Writes what an execution is about into its custom data, so that it stands beside the execution in
 * n8n's list and API. What is missing or empty is left out; an n8n without custom data does without.
 */
export function labelExecution(
	context: IExecuteFunctions | IWebhookFunctions,
	facts: { reference?: unknown; eventId?: unknown },
): void {
	const customData = customDataOf(context);
	for (const [name, value] of Object.entries(facts))
		if (typeof value === 'string' && value !== '')
			customData?.set(name, value.slice(0, LONGEST_VALUE));
}
