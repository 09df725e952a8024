import { minorUnitsWithinLimits } from '../shared/core/moneyLimits';
import type { EFundPayCredentials } from './eFundPay.contract';
import { baseUrlOf, readCurrency, readReference, TRANSACTIONS } from './eFundPay.contract';
import type { HttpCall, HttpReply, Refund, RefundOrder } from '../shared/core/contract';
import { InputError } from '../shared/core/inputError';
import { omitNull } from '../shared/core/omitNull';
import {
	ExactNumber,
	isObject,
	mergeExtraFields,
	textOrNull,
	writeJson,
} from '../shared/core/exactJson';
import { fromMinorUnits, smallestUnits } from '../shared/core/money';
import { queryText } from './eFundPay.transactions';
import { pathPart } from '../shared/core/urls';
import { lookup } from '../shared/core/lookup';
import { CallFailure, IN_DOUBT, quotedBody } from '../shared/core/callFailure';
import { quote } from '../shared/core/quote';

/** docs.efundflow.com/refunds/create, /refunds/get and /refunds/list */
const REFUNDS = '/refunds';

/** docs.efundflow.com/refunds/create */
const LONGEST_REFUND_REFERENCE = 50;

const LONGEST_REASON = 255;

export interface EFundPayRefundOrder extends RefundOrder {
	paymentId: string;
	amount: string;
	reason: string;
	reference: string;
	callbackUrl: string;
	bankDetail: { bankCode: string; accountName: string; accountNumber: string } | null;
}

/** docs.efundflow.com/refunds/create and, for bank details, /other/refund-policy. */
export function createRefundCall(
	refund: EFundPayRefundOrder,
	credentials: EFundPayCredentials,
): HttpCall {
	const currency = readCurrency(refund.currency);
	const { reason, bankDetail } = refund;
	if (reason === '' || reason.length > LONGEST_REASON)
		throw new InputError(
			`'Reason' is ${reason === '' ? 'empty' : `longer than ${LONGEST_REASON} characters`}`,
			`EFundPay requires a reason of at most ${LONGEST_REASON} characters.`,
		);
	const body = {
		amount: new ExactNumber(smallestUnits(refund.amount, refund.amountUnit, currency, 'Amount')),
		currency,
		reason,
		external_identifier: readReference(
			refund.reference,
			'Refund Reference',
			LONGEST_REFUND_REFERENCE,
		),
		webhooks_url: refund.callbackUrl,
		...omitNull({ bank_detail: bankDetail === null ? null : bankDetailFields(bankDetail) }),
	};
	return {
		method: 'POST',
		url: `${baseUrlOf(credentials)}${TRANSACTIONS}/${pathPart(refund.paymentId, 'Payment ID')}${REFUNDS}`,
		headers: { 'content-type': 'application/json' },
		body: writeJson(
			minorUnitsWithinLimits(mergeExtraFields(body, refund.extraFields), credentials),
		),
		// The page lists no idempotency key.
		retry: 'never',
		howToFindOut:
			"Look for this reference in 'Refund: Get Many' of the transaction before you run this row again.",
	};
}

function bankDetailFields({
	bankCode,
	accountName,
	accountNumber,
}: NonNullable<EFundPayRefundOrder['bankDetail']>) {
	if (!/^\d{3}$/.test(bankCode))
		throw new InputError(
			`'Bank Code' ${quote(bankCode)} is not a number of three digits`,
			'Enter the three digits of the bank; leading zeros count.',
		);
	if (accountName === '')
		throw new InputError(
			"'Bank Account Name' is empty",
			'Fill in the three bank fields, or remove all of them.',
		);
	if (!/^\d+$/.test(accountNumber))
		throw new InputError(
			"'Bank Account Number' is not digits only",
			'Enter the digits without blanks and dashes.',
		);
	return { bank_code: bankCode, bank_account_name: accountName, bank_account_no: accountNumber };
}

/** docs.efundflow.com/zh/refunds/get */
export function getRefundCall(refundId: string, credentials: EFundPayCredentials): HttpCall {
	return {
		method: 'GET',
		url: `${baseUrlOf(credentials)}${REFUNDS}/${pathPart(refundId, 'Refund ID')}`,
		retry: 'idempotent',
	};
}

/** docs.efundflow.com/refunds/list */
export function listRefundsCall(
	paymentId: string,
	limit: number,
	cursor: string | null,
	credentials: EFundPayCredentials,
): HttpCall {
	return {
		method: 'GET',
		url: `${baseUrlOf(credentials)}${TRANSACTIONS}/${pathPart(paymentId, 'Payment ID')}${REFUNDS}${queryText({ cursor, limit })}`,
		retry: 'idempotent',
	};
}

/** docs.efundflow.com/refunds/create */
const REFUND_STATUS: Record<string, Refund['status']> = {
	processing: 'pending',
	succeeded: 'succeeded',
	failed: 'failed',
	declined: 'failed',
	voided: 'canceled',
};

/** A refund of docs.efundflow.com/refunds/get, in our shape; the amount in major units. */
export function readRefund(body: Record<string, unknown>): Refund {
	const providerStatus = textOrNull(body.status);
	return {
		provider: 'efundpay',
		refundId: textOrNull(body.id),
		paymentId: textOrNull(body.transaction_id),
		reference: textOrNull(body.external_identifier),
		paymentReference: textOrNull(body.transaction_external_identifier),
		status: lookup(REFUND_STATUS, providerStatus) ?? 'unknown',
		providerStatus,
		amount: fromMinorUnits(body.amount, body.currency),
		currency: textOrNull(body.currency),
	};
}

/** The answer to a create or a get. */
export function readRefundReply(reply: HttpReply, { call }: { call: HttpCall }): Refund {
	const refund = readRefund(isObject(reply.body) ? reply.body : {});
	if (refund.refundId === null) {
		const made = call.method === 'POST';
		throw new CallFailure(`EFundPay's answer holds no refund id${quotedBody(reply)}`, {
			advice: made
				? `${IN_DOUBT} nevertheless. ${call.howToFindOut ?? ''}`
				: 'Check the address in the credential; if it is right, ask EFundPay.',
			mayHaveArrived: made,
		});
	}
	return refund;
}
