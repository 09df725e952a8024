import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import type { PaymentEventName } from '../core/contract';

/** The trigger's `Events`, which an expression can fill with anything. */
export function chosenEvents(context: IHookFunctions | IWebhookFunctions): PaymentEventName[] {
	const events: unknown = context.getNodeParameter('events', []);
	return Array.isArray(events) ? (events as PaymentEventName[]) : [];
}
