import type { IDataObject } from 'n8n-workflow';
import { CallFailure } from '../core/callFailure';
import type { Checkout, CheckoutContract, CheckoutOrder, HttpReply } from '../core/contract';
import { isObject } from '../core/exactJson';
import type { Row } from '../items/row';
import { dropEarlierRounds } from './checkoutNotes';
import { noteCheckout, refuseSecondCheckout, resumesThisExecution } from './resumingCheckout';

/**
 * Makes the checkout of one row: the order is read by the operation, the request and the answer by
 * the contract.
 *
 * @returns the common `Checkout` (core/contract.ts), or the provider's answer as it came with
 * `Simplify` off
 */
export async function createCheckout<Credentials, Order extends CheckoutOrder>(
	row: Row<Credentials>,
	{ checkout }: CheckoutContract<Credentials, Order>,
	order: Order,
): Promise<IDataObject> {
	const call = checkout.call(order, row.credentials);
	warnAboutCallbackUrl(row, order.callbackUrl, call.url);
	return await makeCheckout(row, order, async () => {
		const reply = await row.send(call);
		return { reply, result: () => checkout.result(reply, order, row.credentials) };
	});
}

interface Made {
	reply: HttpReply;
	/** What was made, in our shape; throws where the answer does not show it. */
	result: () => Checkout;
}

/**
 * Makes what a payer can pay, at most once for a row. Where its callback resumes this execution, a
 * note of it stays in the execution for Wait for Payment.
 *
 * @returns `result`, or the answer as it came with `Simplify` off
 */
export async function makeCheckout<Credentials>(
	row: Row<Credentials>,
	{ reference, callbackUrl }: Pick<CheckoutOrder, 'reference' | 'callbackUrl'>,
	send: () => Promise<Made>,
): Promise<IDataObject> {
	const resumes = resumesThisExecution(row.context, callbackUrl);
	if (resumes) refuseSecondCheckout(row.context);
	return await row.make(reference, async () => {
		if (resumes) dropEarlierRounds(row.context);
		const { reply, result } = await send();
		const output = simplifiedIfCreated(row, reply, result);
		if (resumes) noteCheckout(row.context, result);
		return output;
	});
}

/** The result in our shape, or with `Simplify` off the provider's answer as it came. */
export function simplified<Credentials>(
	row: Row<Credentials>,
	reply: HttpReply,
	result: () => object,
): IDataObject {
	return isSimple(row) ? (result() as IDataObject) : asItCame(reply);
}

/**
 * The same for what a call has made or changed. A row that leaves the node looks made, so an answer
 * in which nothing of it can be found is the same error with `Simplify` off; only a missing part,
 * such as the link, is then left to who reads the answer.
 */
export function simplifiedIfCreated<Credentials>(
	row: Row<Credentials>,
	reply: HttpReply,
	result: () => object,
): IDataObject {
	if (isSimple(row)) return result() as IDataObject;
	const problem = problemOf(result);
	if (problem !== undefined && !(problem instanceof CallFailure && problem.made)) throw problem;
	return asItCame(reply);
}

function problemOf(result: () => object): Error | undefined {
	try {
		result();
		return undefined;
	} catch (error) {
		return error as Error;
	}
}

const isSimple = <Credentials>(row: Row<Credentials>) => row.value('simple', true) !== false;

function asItCame(reply: HttpReply): IDataObject {
	return isObject(reply.body) ? (reply.body as IDataObject) : { body: reply.body as IDataObject };
}

const LOCAL_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0)$/i;

/**
 * A provider on the internet cannot call this machine, and n8n answers at a test URL only while
 * somebody listens.
 */
export function warnAboutCallbackUrl<Credentials>(
	row: Row<Credentials>,
	callbackUrl: string | null,
	apiUrl: string,
): void {
	if (callbackUrl === null || row.itemIndex !== 0) return;
	const callback = new URL(callbackUrl);
	const warn = (message: string) =>
		row.context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
	if (/\/webhook-test\//.test(callback.pathname))
		warn(
			"'Callback URL' is a test URL: n8n answers there only while the editor listens. Use the Production URL of the trigger and publish its workflow.",
		);
	else if (LOCAL_HOST.test(callback.hostname) && !LOCAL_HOST.test(new URL(apiUrl).hostname))
		warn(
			"'Callback URL' is an address of this machine, which the provider cannot reach. Set WEBHOOK_URL of n8n to its public address, then copy the URL again.",
		);
	else if (row.text('callback') === 'resumeExecution' && !isWaitedFor(row))
		warn(
			"'Callback' is Resume This Execution, but no Wait for Payment follows: nothing in this workflow will hear of the payment.",
		);
}

function isWaitedFor<Credentials>({ context }: Row<Credentials>): boolean {
	return context
		.getChildNodes(context.getNode().name, { includeNodeParameters: true })
		.some(
			({ type, disabled, parameters }) =>
				type === context.getNode().type && !disabled && parameters?.operation === 'waitForPayment',
		);
}
