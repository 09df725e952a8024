import type { INodeProperties, IWebhookDescription } from 'n8n-workflow';

/**
 * The fields that Create Checkout has on every provider, as literals to be spread into a node's
 * `properties`: n8n's linters read literals and nothing else. The names are saved in people's
 * workflows (they cannot change).
 */
export const amountFromField: INodeProperties = {
	displayName: 'Amount From',
	name: 'amountFrom',
	type: 'options',
	options: [
		{
			name: 'Line Items',
			value: 'lineItems',
			description: 'Name, unit amount and quantity of each thing sold',
		},
		{
			name: 'Line Items as JSON',
			value: 'lineItemsJson',
			description: 'The same as a JSON list, from a sheet column or an earlier node',
		},
		{ name: 'One Amount', value: 'amount', description: 'The total to be paid' },
	],
	default: 'amount',
	description: 'Where the amount to be paid comes from',
	displayOptions: {
		show: { resource: ['checkout', 'transaction'], operation: ['create', 'createLink'] },
	},
};

export const amountField: INodeProperties = {
	displayName: 'Amount',
	name: 'amount',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 12.50',
	description:
		'The amount in major units (12.50 means twelve and a half), as text or a number. It is converted exactly and never rounded.',
	displayOptions: {
		show: {
			resource: ['checkout', 'transaction'],
			operation: ['create', 'createLink'],
			amountFrom: ['amount'],
		},
	},
};

/** For forms that have `amountUnitField` below. */
export const amountInChosenUnitField: INodeProperties = {
	...amountField,
	description:
		'The amount in the unit chosen below (12.50 of the major unit means twelve and a half), as text or a number. It is converted exactly and never rounded.',
};

export const lineItemsJsonField: INodeProperties = {
	displayName: 'Line Items (JSON)',
	name: 'lineItemsJson',
	type: 'json',
	required: true,
	// Not an example: whoever forgets to replace it would sell tea.
	default: '[]',
	description:
		'A list of objects with name, unitAmount (price of one, better as text) and quantity',
	hint: 'e.g. [{ "name": "Tea", "unitAmount": "12.50", "quantity": 2 }]',
	displayOptions: {
		show: {
			resource: ['checkout', 'transaction'],
			operation: ['create', 'createLink'],
			amountFrom: ['lineItemsJson'],
		},
	},
};

/** For providers with nothing but name, unit amount and quantity per item. */
export const lineItemsField: INodeProperties = {
	displayName: 'Line Items',
	name: 'lineItems',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, sortable: true },
	placeholder: 'Add Line Item',
	default: { item: [{ name: '', unitAmount: '', quantity: 1 }] },
	description: 'What is sold; the amount to be paid is the exact sum of unit amount times quantity',
	options: [
		{
			displayName: 'Line Item',
			name: 'item',
			values: [
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					default: '',
					placeholder: 'e.g. Tea',
					description: 'What the payer reads',
				},
				{
					displayName: 'Unit Amount',
					name: 'unitAmount',
					type: 'string',
					default: '',
					placeholder: 'e.g. 12.50',
					description: 'Price of one',
				},
				{
					displayName: 'Quantity',
					name: 'quantity',
					type: 'number',
					typeOptions: { minValue: 1 },
					default: 1,
					description: 'How many of it',
				},
			],
		},
	],
	displayOptions: {
		show: {
			resource: ['checkout', 'transaction'],
			operation: ['create', 'createLink'],
			amountFrom: ['lineItems'],
		},
	},
};

/** Only for providers whose API takes integers. */
export const amountUnitField: INodeProperties = {
	displayName: 'Amount Unit',
	name: 'amountUnit',
	type: 'options',
	options: [
		{
			name: 'Major Unit (12.50)',
			value: 'major',
			description: '12.50 means twelve and a half dollars, euros, …',
		},
		{
			name: 'Smallest Unit (1250)',
			value: 'smallest',
			description: '1250 means the same; for tables that already hold cents',
		},
	],
	default: 'major',
	description:
		'The unit in which amounts are given here. How many decimals a currency has is known by ISO 4217 (JPY 0, KWD 3).',
	displayOptions: {
		show: { resource: ['checkout', 'transaction'], operation: ['create', 'createLink'] },
	},
};

export const referenceField: INodeProperties = {
	displayName: 'Reference',
	name: 'reference',
	type: 'string',
	default: '',
	placeholder: 'e.g. order-1001',
	description:
		'Your own order number. It comes back with the callback, so that the payment can be matched to the order.',
	displayOptions: {
		show: { resource: ['checkout', 'transaction'], operation: ['create', 'createLink'] },
	},
};

/** For providers that cannot do without it. */
export const requiredReferenceField: INodeProperties = {
	displayName: 'Reference',
	name: 'reference',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. order-1001',
	description:
		'Your own order number, a new one for each order. It comes back with the callback, so that the payment can be matched to the order.',
	displayOptions: {
		show: { resource: ['checkout', 'transaction'], operation: ['create', 'createLink'] },
	},
};

export const descriptionField: INodeProperties = {
	displayName: 'Description',
	name: 'description',
	type: 'string',
	default: '',
	placeholder: 'e.g. Two boxes of tea',
	description: 'What the payer reads about the order',
	displayOptions: {
		show: { resource: ['checkout', 'transaction'], operation: ['create', 'createLink'] },
	},
};

export const successUrlField: INodeProperties = {
	displayName: 'Success URL',
	name: 'successUrl',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://shop.example/thanks',
	description:
		'Where the payer is sent after paying. Arriving there does not prove a payment; the callback does.',
	displayOptions: {
		show: { resource: ['checkout', 'transaction'], operation: ['create', 'createLink'] },
	},
};

export const cancelUrlField: INodeProperties = {
	displayName: 'Cancel URL',
	name: 'cancelUrl',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://shop.example/basket',
	description: 'Where the payer is sent after giving up',
	displayOptions: {
		show: { resource: ['checkout', 'transaction'], operation: ['create', 'createLink'] },
	},
};

export const callbackUrlField: INodeProperties = {
	displayName: 'Callback URL',
	name: 'callbackUrl',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. https://n8n.example/webhook/…/callback',
	description: 'Address that shall receive the payment callback',
	hint: "The trigger's Production URL, under 'Webhook URLs' there",
	displayOptions: {
		show: {
			resource: ['checkout', 'transaction', 'refund'],
			operation: ['create', 'createLink'],
			callback: ['url'],
		},
	},
};

export const extraFieldsField: INodeProperties = {
	displayName: 'Extra Request Fields',
	name: 'extraFields',
	type: 'json',
	default: '{}',
	description:
		'JSON object merged into the request last, for fields that this node does not know yet',
	displayOptions: { show: { operation: ['create', 'createLink'] } },
};

export const simpleField: INodeProperties = {
	displayName: 'Simplify',
	name: 'simple',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
	displayOptions: { hide: { operation: ['compare', 'verify', 'waitForPayment'] } },
};

export const requestsInParallelOption: INodeProperties = {
	displayName: 'Requests in Parallel',
	name: 'requestsInParallel',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 50 },
	default: 5,
	description: 'How many rows are sent at the same time, 50 at the most',
};

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
	required: true,
	default: ['payment.succeeded'],
	description: 'Which events start the workflow. Others are acknowledged and start nothing.',
};

/** What the canvas shows below an action node: operation and resource in the words of the form. */
export const operationSubtitle =
	'={{ ({ compare: "Compare With Order", createLink: "Create Link", getAll: "Get Many", waitForPayment: "Wait for Payment" }[$parameter["operation"]] ?? $parameter["operation"].charAt(0).toUpperCase() + $parameter["operation"].slice(1)) + ": " + $parameter["resource"].charAt(0).toUpperCase() + $parameter["resource"].slice(1) }}';

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
