import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import type { PaymentEvent, PaymentEventName } from '../core/contract';
import { InputError } from '../core/inputError';

/** The trigger's `Events`, which an expression can fill with anything. */
export function chosenEvents(context: IHookFunctions | IWebhookFunctions): PaymentEventName[] {
	const events: unknown = context.getNodeParameter('events', []);
	return Array.isArray(events) ? (events as PaymentEventName[]) : [];
}

/** The trigger's `Additional Provider Events`: the provider's own names, separated by commas. */
export function additionalProviderEvents(context: IHookFunctions | IWebhookFunctions): string[] {
	const { additionalProviderEvents: names = '' } = context.getNodeParameter('options', {}) as {
		additionalProviderEvents?: string;
	};
	return names.split(/[\s,]+/).filter(Boolean);
}

/**
 * Whether the trigger's fields choose this event.
 *
 * @param providerEvent the provider's own name of it, where there are such
 * @throws InputError where they choose none at all, as an expression does that gives nothing: every
 * payment would be acknowledged and lost
 */
export function isChosen(
	context: IWebhookFunctions,
	{ event }: PaymentEvent,
	providerEvent: string,
): boolean {
	const events = chosenEvents(context);
	const additional = additionalProviderEvents(context);
	if (events.length === 0 && additional.length === 0)
		throw new InputError(
			"'Events' is empty",
			'Choose the events that start the workflow, and publish it again. The provider is asked to send this one again.',
		);
	return events.includes(event) || additional.includes(providerEvent);
}
