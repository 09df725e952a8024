import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { currencyField } from '../items/currencies';

/**
 * The form of Wait for Payment.
 *
 * @param currencies to choose from
 */
export const waitForPaymentFields = (currencies: INodePropertyOptions[]): INodeProperties[] => [
	{
		displayName:
			"This node knows the checkout that this execution has created. The node that creates it must have 'Callback' set to Resume This Execution. Send the link to the payer before this node, and put no other waiting node (Wait, Form page, Send and Wait) in between: whoever knows the address could resume that one.",
		name: 'waitNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { resource: ['checkout'], operation: ['waitForPayment'] } },
	},
	{
		displayName: 'Checkout ID',
		name: 'checkoutId',
		type: 'string',
		default: '',
		placeholder: 'from the checkout',
		description: "Only for a checkout that was made by hand: the provider's ID of it",
		displayOptions: { show: { resource: ['checkout'], operation: ['waitForPayment'] } },
	},
	{
		displayName: 'Reference',
		name: 'reference',
		type: 'string',
		default: '',
		placeholder: 'from the checkout',
		description: 'Only for a checkout that was made by hand: your order number',
		displayOptions: { show: { resource: ['checkout'], operation: ['waitForPayment'] } },
	},
	{
		displayName: 'Amount',
		name: 'amount',
		type: 'string',
		default: '',
		placeholder: 'from the checkout',
		description:
			'Only for a checkout that was made by hand: what should be paid, in major units. Less, or an amount that the provider does not state, leaves through Not Paid.',
		displayOptions: { show: { resource: ['checkout'], operation: ['waitForPayment'] } },
	},
	{
		...currencyField,
		required: false,
		options: [{ name: 'From the Checkout', value: '' }, ...currencies],
		placeholder: 'from the checkout',
		description:
			'Only for a checkout that was made by hand: the currency that should be paid. A payment in another one does not count.',
		displayOptions: { show: { resource: ['checkout'], operation: ['waitForPayment'] } },
	},
	{
		displayName: 'Wait Until',
		name: 'limitType',
		type: 'options',
		options: [
			{ name: 'A Date', value: 'date', description: 'A fixed date and time' },
			{
				name: 'A Time Has Passed',
				value: 'duration',
				description: 'Minutes, hours or days from now',
			},
			{
				name: 'The Checkout Expires',
				value: 'checkoutExpiry',
				description: 'Its expiresAt; 24 hours from now if that is not known',
			},
		],
		default: 'checkoutExpiry',
		description: 'When to give up and leave through Not Paid. It can be up to a minute later.',
		hint: 'If the checkout has no expiry, this step waits 24 hours, unless you choose another limit here',
		displayOptions: { show: { resource: ['checkout'], operation: ['waitForPayment'] } },
	},
	{
		displayName: 'Time',
		name: 'limitAmount',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 24,
		description: 'How long to wait',
		displayOptions: {
			show: { resource: ['checkout'], operation: ['waitForPayment'], limitType: ['duration'] },
		},
	},
	{
		displayName: 'Unit',
		name: 'limitUnit',
		type: 'options',
		options: [
			{ name: 'Days', value: 'days' },
			{ name: 'Hours', value: 'hours' },
			{ name: 'Minutes', value: 'minutes' },
		],
		default: 'hours',
		displayOptions: {
			show: { resource: ['checkout'], operation: ['waitForPayment'], limitType: ['duration'] },
		},
	},
	{
		displayName: 'Date',
		name: 'limitDate',
		type: 'dateTime',
		required: true,
		default: '',
		description: 'When to give up',
		displayOptions: {
			show: { resource: ['checkout'], operation: ['waitForPayment'], limitType: ['date'] },
		},
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Compare Amount',
				name: 'compareAmount',
				type: 'boolean',
				default: true,
				description:
					'Whether to compare what is paid with Amount and Currency. Switched off, any payment of this checkout leaves through Paid, however little it is.',
			},
		],
		displayOptions: { show: { resource: ['checkout'], operation: ['waitForPayment'] } },
	},
];
