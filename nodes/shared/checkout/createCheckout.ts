import type { Checkout, CheckoutContract, CheckoutOrder, HttpCall } from '../core/contract';
import { labelExecution } from '../items/labelExecution';
import { createOperation, type Creation, type Operation } from '../items/operation';
import { isLocalAddress } from '../core/urls';
import type { RowReader } from '../items/rowReader';
import { dropEarlierRounds } from './checkoutNotes';
import { qrPicture } from './qrPicture';
import { noteCheckout, refuseSecondCheckout, resumesThisExecution } from './resumingCheckout';

/**
 * Create Checkout: the order is read by the provider's own function, the request and the answer are
 * the contract's. Puts out the common `Checkout` (core/contract.ts), or with `Simplify` off the
 * provider's answer as it came.
 */
export function createCheckout<Credentials, Order extends CheckoutOrder>(
	{ checkout }: CheckoutContract<Credentials, Order>,
	read: (row: RowReader, credentials: Credentials) => Order,
): Operation<Credentials> {
	return paymentOperation({
		read,
		call: (order, credentials: Credentials) => checkout.call(order, credentials),
		result: (reply, sent) => checkout.result(reply, sent),
		files: qrPicture,
	});
}

/**
 * Makes what a payer can pay. Where its callback resumes this execution, a note of it stays in the
 * execution for Wait for Payment. An execution of one row bears its reference.
 */
export function paymentOperation<Credentials, Order extends CheckoutOrder>(
	creation: Creation<Credentials, Order, Checkout>,
): Operation<Credentials> {
	return createOperation({
		...creation,
		named: { field: 'Reference', by: ({ reference }) => reference },
		warning: callbackUrlWarning,
		check: ({ order }, context) => {
			if (resumesThisExecution(context, order.callbackUrl)) refuseSecondCheckout(context);
		},
		follow: ({ order }, { context }) => {
			const isOnlyRow = context.getInputData().length === 1;
			const resumes = resumesThisExecution(context, order.callbackUrl);
			return {
				sending: () => {
					if (isOnlyRow) labelExecution(context, { reference: order.reference });
					if (resumes) dropEarlierRounds(context);
				},
				made: (result) => {
					if (resumes) noteCheckout(context, result);
				},
			};
		},
	});
}

/**
 * A provider on the internet cannot call this machine, and n8n answers at a test URL only while
 * somebody listens.
 */
export function callbackUrlWarning(row: RowReader) {
	const isHeardByNobody =
		row.text('callback') === 'resumeExecution' && !row.isFollowedBy('waitForPayment');
	return (sent: { order: Pick<CheckoutOrder, 'callbackUrl'>; call: HttpCall }) => {
		if (sent.order.callbackUrl === null) return undefined;
		const callback = new URL(sent.order.callbackUrl);
		if (/\/webhook-test\//.test(callback.pathname))
			return "'Callback URL' is a test URL: n8n answers there only while the editor listens. Use the Production URL of the trigger and publish its workflow.";
		if (isLocalAddress(sent.order.callbackUrl) && !isLocalAddress(sent.call.url))
			return "'Callback URL' is an address of this machine, which the provider cannot reach. Set WEBHOOK_URL of n8n to its public address, then copy the URL again.";
		return isHeardByNobody
			? "'Callback' is Resume This Execution, but no Wait for Payment follows: nothing in this workflow will hear of the payment."
			: undefined;
	};
}
