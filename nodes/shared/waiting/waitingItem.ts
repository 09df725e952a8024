import type {
	IDataObject,
	IExecuteData,
	INodeExecutionData,
	IWebhookFunctions,
} from 'n8n-workflow';
import type { PaymentEventData } from '../core/contract';
import { textOrNull } from '../core/exactJson';
import { storedByWaitingNode } from '../n8nInternals';
import { TIMED_OUT, type Decision, type Expected } from './awaitedPayment';

/**
 * Under this key the execution data of the waiting node holds what `webhook()` has to know; n8n
 * stores it with the execution.
 */
const WAITING_FOR = 'waitingFor';

/** What Wait for Payment has to know when a callback comes. */
export interface Waiting {
	expected: Expected;
	item: INodeExecutionData;
}

/**
 * What leaves Wait for Payment: the input item's own fields, and what became of the checkout.
 *
 * @returns the outputs Paid and Not Paid
 */
export function outputsFor(
	{ item, expected }: Waiting,
	payment: PaymentEventData,
	{ outcome, paidInFull }: Decision,
): INodeExecutionData[][] {
	const output: INodeExecutionData = {
		...item,
		json: {
			...item.json,
			...(outcome === 'paid' ? paidCheckout(item.json, expected, payment) : {}),
			payment: { ...payment },
			outcome,
			paidInFull,
		},
		pairedItem: { item: 0 },
	};
	return outcome === 'paid' ? [[output], []] : [[], [output]];
}

/**
 * What is no longer true of the checkout as Create put it out, where that is the item and no other
 * checkout or row. Its own number of the payment stays.
 */
function paidCheckout(
	json: IDataObject,
	expected: Expected,
	payment: PaymentEventData,
): IDataObject {
	if (!isCheckout(json, payment.provider, expected)) return {};
	const { status, providerStatus, statusReason } = payment;
	return { status, providerStatus, statusReason, paymentId: json.paymentId ?? payment.paymentId };
}

/** Whether an item is this checkout in our shape, whole or a part of it. */
function isCheckout(
	json: IDataObject,
	provider: string,
	{ checkoutId, reference }: Pick<Expected, 'checkoutId' | 'reference'>,
): boolean {
	const differs = (given: unknown, is: string | null) =>
		given !== undefined && given !== null && is !== null && textOrNull(given) !== is;
	return (
		json.provider === provider &&
		!differs(json.checkoutId, checkoutId) &&
		!differs(json.reference, reference)
	);
}

/** The outputs when the time is up. */
export function outputsAtLimit(item: INodeExecutionData): INodeExecutionData[][] {
	const json = { ...item.json, payment: null, ...TIMED_OUT };
	return [[], [{ ...item, json, pairedItem: { item: 0 } }]];
}

/** Puts into the execution data what a callback will be held against. */
export function storeWaitingFor(executeData: IExecuteData, { expected, item }: Waiting): void {
	executeData.data = {
		...executeData.data,
		// At the time limit n8n resumes without running this node: what stands in `main` here is what
		// leaves its outputs then.
		main: outputsAtLimit(item),
		[WAITING_FOR]: [[{ json: { ...expected } }], [item]],
	};
}

/** What `storeWaitingFor` has stored; undefined where the node does not wait for a payment. */
export function readWaitingFor(context: IWebhookFunctions): Waiting | undefined {
	const [expectedItems, inputItems] = storedByWaitingNode(context)?.[WAITING_FOR] ?? [];
	const expected = expectedItems?.[0];
	const item = inputItems?.[0];
	if (expected === undefined || item === undefined) return undefined;
	const { checkoutId, reference, amount, currency, compareAmount } = expected.json;
	return {
		expected: {
			checkoutId: textOrNull(checkoutId),
			reference: textOrNull(reference),
			amount: textOrNull(amount),
			currency: textOrNull(currency),
			compareAmount: compareAmount !== false,
		},
		item,
	};
}
