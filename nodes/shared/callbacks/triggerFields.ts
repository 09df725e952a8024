import type { INodeProperties, IWebhookDescription } from 'n8n-workflow';

/** The trigger's event filter, the same list on every provider. */
export const eventsField: INodeProperties = {
	displayName: 'Events',
	name: 'events',
	type: 'multiOptions',
	options: [
		{
			name: 'Dispute Updated',
			value: 'dispute.updated',
			description: 'A payer disputes a payment, or a dispute has moved on',
		},
		{ name: 'Payment Canceled', value: 'payment.canceled' },
		{ name: 'Payment Expired', value: 'payment.expired' },
		{ name: 'Payment Failed', value: 'payment.failed' },
		{ name: 'Payment Pending', value: 'payment.pending', description: 'Not paid yet; do not ship' },
		{ name: 'Payment Succeeded', value: 'payment.succeeded', description: 'Paid' },
		{ name: 'Refund Failed', value: 'refund.failed' },
		{ name: 'Refund Pending', value: 'refund.pending' },
		{ name: 'Refund Succeeded', value: 'refund.succeeded' },
		{
			name: 'Unknown',
			value: 'unknown',
			description: 'A genuine callback whose status this node does not know; do not ship',
		},
	],
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
				'An error is answered when the workflow fails, so that a provider that repeats delivers again. A workflow that waits (Wait node, Wait for Payment) is answered when it begins to wait.',
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
