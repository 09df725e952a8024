import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

/*
 * What the forms of several nodes offer, as values to be spread: n8n's linters read literals and
 * nothing else. The operation that is a field's default has to stand in the form itself.
 */

export const callbackResource: INodePropertyOptions = {
	name: 'Callback',
	value: 'callback',
	displayOptions: { hide: { '@tool': [true] } },
};

export const getCheckoutOperation: INodePropertyOptions = {
	name: 'Get',
	value: 'get',
	action: 'Get a checkout',
	description: 'Look up whether a checkout is paid',
};

export const waitForPaymentOperation: INodePropertyOptions = {
	name: 'Wait for Payment',
	value: 'waitForPayment',
	action: 'Wait for payment of a checkout',
	description: 'Pause this execution until a checkout is paid or the time is up',
	displayOptions: { hide: { '@tool': [true] } },
};

/** What every node can do with a callback. */
export const callbackOperationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Compare With Order',
			value: 'compare',
			action: 'Compare a callback with its order',
			description: 'Compare a payment with what the order costs, to the last decimal',
		},
		{
			name: 'Verify',
			value: 'verify',
			action: 'Verify a callback',
			description: "Check the signature of a callback that n8n's Webhook node received",
		},
	],
	default: 'verify',
	displayOptions: { show: { resource: ['callback'] } },
};
