import type { INodeProperties } from 'n8n-workflow';
import { readUrl } from '../shared/core/urls';
import {
	amountUnitField,
	callbackUrlField,
	extraFieldsOption,
	requestsInParallelOption,
	simpleField,
} from '../shared/checkout/checkoutFields';
import { refundAmountField, refundReferenceField } from '../shared/checkout/refundFields';
import { currencyField } from '../shared/items/currencies';
import { eFundPayCurrencies } from './order.fields';
import { readCallbackAddress } from '../shared/core/callbackAddress';
import { callbackUrlWarning } from '../shared/checkout/createCheckout';
import { requiredCallbackUrl, type EFundPayCredentials } from './eFundPay.contract';
import { decimalsOf, readAmount } from '../shared/core/money';
import { readAmountUnit, readExtraFields } from '../shared/checkout/readCheckoutOrder';
import { readText } from '../shared/core/readText';
import { createRefundCall, readRefundReply, type EFundPayRefundOrder } from './eFundPay.refunds';
import { createOperation } from '../shared/items/operation';
import type { RowReader } from '../shared/items/rowReader';

const showOnlyForCreateRefund = { resource: ['refund'], operation: ['create'] };

export const createRefundFields: INodeProperties[] = [
	{
		displayName: 'Payment ID',
		name: 'paymentId',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 7099948d-7286-47e4-aad8-b68f7eb44591',
		description: 'The payment to refund',
		hint: "The paymentId that Create returned: keep it in the order's row. A callback does not have it.",
		displayOptions: { show: showOnlyForCreateRefund },
	},
	{
		...refundAmountField,
		description: 'How much to refund, in the unit chosen below; the whole payment or a part of it',
		displayOptions: { show: showOnlyForCreateRefund },
	},
	{ ...amountUnitField, displayOptions: { show: showOnlyForCreateRefund } },
	{
		...currencyField,
		options: eFundPayCurrencies,
		default: 'USD',
		description: "The payment's own currency",
		displayOptions: { show: showOnlyForCreateRefund },
	},
	{
		...refundReferenceField,
		required: true,
		description: 'Your own number of this refund, 1 to 50 characters, a new one for each refund',
		displayOptions: { show: showOnlyForCreateRefund },
	},
	{
		displayName: 'Reason',
		name: 'reason',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. Goods returned',
		description: 'Why it is refunded, at most 255 characters',
		displayOptions: { show: showOnlyForCreateRefund },
	},
	{
		...callbackUrlField,
		description:
			"The address that receives the refund callback: the Production URL of the EFundPay Trigger. Left empty, 'Callback URL' of the credential counts.",
		displayOptions: { show: showOnlyForCreateRefund },
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: [
			{
				displayName: 'Bank Account Name',
				name: 'bankAccountName',
				type: 'string',
				default: '',
				description:
					'Only for QR PromptPay and Thailand Mobile Banking, together with the two other bank fields',
			},
			{
				displayName: 'Bank Account Number',
				name: 'bankAccountNumber',
				type: 'string',
				default: '',
				description:
					'Digits only. For QR PromptPay and Thailand Mobile Banking, together with the two other bank fields.',
			},
			{
				displayName: 'Bank Code',
				name: 'bankCode',
				type: 'string',
				default: '',
				placeholder: 'e.g. 004',
				description:
					'Three digits. For QR PromptPay and Thailand Mobile Banking, together with the two other bank fields.',
			},
		],
		displayOptions: { show: showOnlyForCreateRefund },
	},
	{ ...simpleField, displayOptions: { show: showOnlyForCreateRefund } },
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [{ ...extraFieldsOption }, { ...requestsInParallelOption }],
		displayOptions: { show: showOnlyForCreateRefund },
	},
];

export const createEFundPayRefund = createOperation({
	read: readRefundOrder,
	named: { field: 'Refund Reference', by: ({ reference }) => reference },
	call: createRefundCall,
	result: readRefundReply,
	warning: callbackUrlWarning,
});

function readRefundOrder(row: RowReader, credentials: EFundPayCredentials): EFundPayRefundOrder {
	const bank = row.collection('additionalFields');
	const callbackUrl = requiredCallbackUrl(
		readUrl(row.value('callbackUrl', ''), 'Callback URL') ?? readCallbackAddress(credentials),
	);
	return {
		paymentId: row.text('paymentId'),
		amount: readAmount(
			row.value('amount'),
			'Amount',
			decimalsOf(row.text('currency'), readAmountUnit(row)),
		),
		amountUnit: readAmountUnit(row),
		currency: row.text('currency'),
		reason: row.text('reason'),
		reference: row.text('reference', 'Refund Reference'),
		callbackUrl,
		bankDetail:
			Object.keys(bank).length === 0
				? null
				: {
						bankCode: readText(bank.bankCode, 'Bank Code'),
						accountName: readText(bank.bankAccountName, 'Bank Account Name'),
						accountNumber: readText(bank.bankAccountNumber, 'Bank Account Number'),
					},
		extraFields: readExtraFields(row),
	};
}
