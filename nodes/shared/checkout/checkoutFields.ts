import type { INodeProperties } from 'n8n-workflow';

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
		show: { resource: ['checkout'], operation: ['create'] },
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
			resource: ['checkout'],
			operation: ['create'],
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
			resource: ['checkout'],
			operation: ['create'],
			amountFrom: ['lineItemsJson'],
		},
	},
};

export const lineItemNameField: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	default: '',
	placeholder: 'e.g. Tea',
	description: 'What the payer reads',
};

export const lineItemAmountField: INodeProperties = {
	displayName: 'Unit Amount',
	name: 'unitAmount',
	type: 'string',
	default: '',
	placeholder: 'e.g. 12.50',
	description: 'Price of one',
};

export const lineItemQuantityField: INodeProperties = {
	displayName: 'Quantity',
	name: 'quantity',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 1,
	description: 'How many are sold',
};

/** In the additional fields of a line item, where the provider shows it. */
export const moreLineItemFields: INodeProperties[] = [
	{
		displayName: 'Description',
		name: 'description',
		type: 'string',
		default: '',
		description: 'More about it, for the payer',
	},
	{
		displayName: 'Image URLs',
		name: 'images',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://shop.example/tea.png',
		description: 'Addresses of pictures, comma-separated',
	},
];

/**
 * What few line items need is added one by one, so that the form stays short. A JSON list has it
 * beside the name.
 */
export const lineItemAdditionalFields: INodeProperties = {
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	description: 'What more this line item has',
};

/**
 * What everybody fills in comes first; written inside the collection, n8n's linter would have it in
 * alphabetical order.
 */
const lineItemFields = [lineItemNameField, lineItemAmountField, lineItemQuantityField];

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
			values: lineItemFields,
		},
	],
	displayOptions: {
		show: {
			resource: ['checkout'],
			operation: ['create'],
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
		'The unit in which amounts are given here. ISO 4217 says how many decimals a currency has (JPY 0, KWD 3).',
	displayOptions: {
		show: { resource: ['checkout'], operation: ['create'] },
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
		show: { resource: ['checkout'], operation: ['create'] },
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
		show: { resource: ['checkout'], operation: ['create'] },
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
		show: { resource: ['checkout'], operation: ['create'] },
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
		show: { resource: ['checkout'], operation: ['create'] },
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
		show: { resource: ['checkout'], operation: ['create'] },
	},
};

export const callbackUrlField: INodeProperties = {
	displayName: 'Callback URL',
	name: 'callbackUrl',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://n8n.example/webhook/…/callback',
	description:
		"The address that receives the payment callback. Left empty, 'Callback URL' of the credential counts.",
	hint: "The trigger's Production URL: open the trigger and look under 'Webhook URLs'. Leave it empty if the credential has it.",
	displayOptions: {
		show: {
			resource: ['checkout'],
			operation: ['create'],
			callback: ['url'],
		},
	},
};

/** In every credential whose provider takes a callback address with each checkout. */
export const credentialCallbackUrlField: INodeProperties = {
	displayName: 'Callback URL',
	name: 'callbackUrl',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://n8n.example/webhook/…/callback',
	description:
		"The address that receives the callbacks of all checkouts made with this credential. A 'Callback URL' in the node takes precedence.",
	hint: "The trigger's Production URL: open the trigger and look under 'Webhook URLs'. Entered here once, it counts for every node that names no other.",
};

/** In the options of whatever sends a body; elsewhere it is not offered. */
export const extraFieldsOption: INodeProperties = {
	displayName: 'Extra Request Fields',
	name: 'extraFields',
	type: 'json',
	default: '{}',
	description:
		'JSON object merged into the request last (RFC 7396), for fields that this node does not know yet; null takes a field out',
	hint: 'e.g. { "locale": "en", "description": null }',
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

/**
 * What the canvas shows below an action node: operation and resource in the words of the form.
 *
 * @param names of operations that one provider alone has, where the value is more than one word
 */
export function operationSubtitle(names: Record<string, string> = {}): string {
	const words = JSON.stringify({
		...names,
		compare: 'Compare With Order',
		getAll: 'Get Many',
		waitForPayment: 'Wait for Payment',
	});
	return `={{ (${words}[$parameter["operation"]] ?? $parameter["operation"].charAt(0).toUpperCase() + $parameter["operation"].slice(1)) + ": " + $parameter["resource"].charAt(0).toUpperCase() + $parameter["resource"].slice(1) }}`;
}
