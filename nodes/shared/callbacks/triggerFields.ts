import type { INodeProperties, INodePropertyOptions, IWebhookDescription } from 'n8n-workflow';
import type { ApiContract, CallbackContract, PaymentEventName } from '../core/contract';
import { lookup } from '../core/lookup';

/** Each event as the form of a trigger offers it. */
const EVENT_OPTIONS: Record<
	PaymentEventName,
	Pick<INodePropertyOptions, 'name' | 'description'>
> = {
	'payment.succeeded': { name: 'Payment Succeeded', description: 'Paid' },
	'payment.pending': { name: 'Payment Pending', description: 'Not paid yet; do not ship' },
	'payment.failed': { name: 'Payment Failed' },
	'payment.canceled': { name: 'Payment Canceled' },
	'payment.expired': { name: 'Payment Expired' },
	'refund.succeeded': { name: 'Refund Succeeded' },
	'refund.pending': { name: 'Refund Pending' },
	'refund.failed': { name: 'Refund Failed' },
	'dispute.updated': {
		name: 'Dispute Updated',
		description: 'A payer disputes a payment, or a dispute has moved on',
	},
	unknown: {
		name: 'Unknown',
		description: 'A genuine callback whose status this node does not know; do not ship',
	},
};

/** An event in the words of the form; as it is where it is none. */
export function eventLabel(event: string): string {
	return lookup(EVENT_OPTIONS, event)?.name ?? event;
}

/**
 * The events that a provider's callbacks can say, for the `options` of `Events`. Payment Succeeded
 * comes first: n8n's node panel lists the triggers in this order.
 */
export function eventOptions({
	displayName,
	callback: { events, eventsWhenAsked = [] },
}: ProviderEvents): INodePropertyOptions[] {
	return events.map((value) => {
		const { name, description = '' } = EVENT_OPTIONS[value];
		const condition = eventsWhenAsked.includes(value)
			? `Only where 'When a Callback Comes' of the credential says to ask ${displayName}`
			: '';
		const described = [description, condition].filter(Boolean).join('. ');
		return { name, value, ...(described === '' ? {} : { description: described }) };
	});
}

type ProviderEvents = Pick<ApiContract<never>, 'displayName'> & {
	callback: Pick<CallbackContract<never>['callback'], 'events' | 'eventsWhenAsked'>;
};

/** The trigger's event filter; `options` are what its provider sends (`eventOptions`). */
export const eventsField: INodeProperties = {
	displayName: 'Events',
	name: 'events',
	type: 'multiOptions',
	default: ['payment.succeeded'],
	description: 'Which events start the workflow. Others are acknowledged and start nothing.',
};

/** What the canvas shows below a trigger: the events in the words of the form. */
export const eventsSubtitle =
	'={{ $parameter["events"].map((event) => event.split(".").map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ")).join(", ") }}';

/** Answered when the workflow has ended, or as soon as n8n has stored the execution. */
const RESPONSE_MODE =
	'={{ $parameter["options"]["respond"] === "whenFinished" ? "lastNode" : "onReceived" }}';

/** The address of every trigger. */
export const callbackWebhook: IWebhookDescription = {
	name: 'default',
	httpMethod: 'POST',
	path: 'callback',
	responseMode: RESPONSE_MODE,
	// Empty, not absent: without it n8n answers the literal text "firstEntryJson".
	responseData: '',
	// n8n reads the field through this function instead of its expression engine, which takes ten
	// times as long. A symbol of the global registry, because older versions of n8n-workflow do not
	// export it; those evaluate the expression.
	[Symbol.for('n8n.webhookDescriptionResolvers')]: {
		responseMode: {
			template: RESPONSE_MODE,
			resolve: ({ options }: { options?: { respond?: string } }) =>
				options?.respond === 'whenFinished' ? 'lastNode' : 'onReceived',
		},
	},
};

export const respondOption: INodeProperties = {
	displayName: 'Respond',
	name: 'respond',
	type: 'options',
	options: [
		{
			name: 'Immediately',
			value: 'immediately',
			description: 'As soon as n8n has stored the execution',
		},
		{
			name: 'When Workflow Finishes',
			value: 'whenFinished',
			description:
				'If the workflow fails, the provider gets an error, so that it delivers again if it repeats callbacks. A workflow that waits (Wait node, Wait for Payment) is acknowledged when it starts to wait.',
		},
	],
	default: 'immediately',
	description: 'When the provider gets its acknowledgement',
};

/**
 * Of providers that sign when they signed; what they repeat for how long is added by those that say
 * so.
 */
export const maximumAgeOption: INodeProperties = {
	displayName: 'Maximum Age',
	name: 'maximumAge',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 7,
	description: 'Refuse callbacks that were signed more than this many days ago. 0 accepts any age.',
	hint: 'In days',
};
