import type { IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';
import { askProvider } from '../callbacks/askProvider';
import { CallFailure } from '../core/callFailure';
import type { PaymentEvent, PaymentEventData, Question } from '../core/contract';
import { InputError } from '../core/inputError';
import { MAXIMUM_ASKING_MILLISECONDS, MAXIMUM_CONFIRMING_MILLISECONDS } from '../core/limits';
import { verifiedEvent } from '../core/outputs';
import type { CallbackProvider } from '../providerNode';
import type { SendOptions } from '../requests/sendCall';
import { belongsElsewhere, completed, withMoney, type Expected } from './awaitedPayment';
import { withCode } from '../core/sentences';

const QUESTION = { maximumAttempts: 2, timeoutMilliseconds: MAXIMUM_ASKING_MILLISECONDS };
const QUESTION_DURING_CALLBACK = {
	maximumAttempts: 1,
	timeoutMilliseconds: MAXIMUM_CONFIRMING_MILLISECONDS,
};

/**
 * What the provider says before the execution pauses; undefined when it cannot be asked, is not
 * answered, or does not know.
 *
 * @throws InputError when it knows the checkout with other facts than those that are waited for
 */
export async function askOnce<Credentials>(
	context: IExecuteFunctions,
	provider: CallbackProvider<Credentials>,
	credentials: Credentials,
	expected: Expected,
): Promise<PaymentEvent | undefined> {
	const asked: PaymentEventData = {
		provider: provider.contract.provider,
		event: 'unknown',
		eventId: '',
		paymentId: null,
		status: 'unknown',
		providerStatus: null,
		statusReason: null,
		livemode: null,
		occurredAt: null,
		raw: {},
		checkoutId: expected.checkoutId,
		reference: expected.reference,
		amount: expected.amount,
		currency: expected.currency,
	};
	const stopped = context.getExecutionCancelSignal();
	const { confirm, lookUpAwaited } = provider.contract.callback;
	const asking = { context, provider, credentials, question: confirm ?? lookUpAwaited };
	const answered = await ask(asking, asked, { ...QUESTION, ...(stopped ? { stopped } : {}) });
	if (answered === undefined) return undefined;
	if ('error' in answered) {
		if (answered.error instanceof InputError || stopped?.aborted) throw answered.error;
		const words =
			answered.error instanceof CallFailure ? answered.error.message : 'unexpected answer';
		context.addExecutionHints({
			message: `Could not ask before waiting whether it is paid already: ${words}`,
			type: 'warning',
			location: 'outputPane',
		});
		return undefined;
	}
	const { found } = answered;
	if (found === undefined) return undefined;
	const mismatch = belongsElsewhere(found, expected);
	if (mismatch === undefined) return verifiedEvent(found, 'provider');
	throw new InputError(
		`${provider.contract.displayName} knows this checkout, but ${mismatch.message}`,
		"No callback for it could be accepted. Map 'Checkout ID', 'Reference' and 'Currency' from the node that created the checkout.",
	);
}

interface Asking<Credentials> {
	context: IExecuteFunctions | IWebhookFunctions;
	provider: CallbackProvider<Credentials>;
	credentials: Credentials;
}

/**
 * What the provider's API says about a payment; undefined where it cannot be asked. Never throws.
 */
async function ask<Credentials>(
	{ question, ...asker }: Asking<Credentials> & { question: Question<Credentials> | undefined },
	known: PaymentEventData,
	options: SendOptions,
): Promise<{ found: PaymentEventData | undefined } | { error: unknown } | undefined> {
	const about = question?.askFor(known);
	if (question === undefined || about === undefined) return undefined;
	const answered = await askProvider(asker, { question, about }, options);
	return 'contradiction' in answered
		? {
				error: new CallFailure(withCode(answered.contradiction).message, {
					advice: 'Correct the credential.',
				}),
			}
		: answered;
}

/**
 * A genuine payment that does not tell its amount or currency, with what the provider's API tells
 * of them. Nothing is taken from an answer that says something else than paid, or that is about
 * another checkout.
 */
export async function askForMoney<Credentials>(
	asking: Asking<Credentials>,
	event: PaymentEvent,
	expected: Expected,
): Promise<PaymentEvent> {
	// What came from the API already would not tell more the second time.
	if (event.verifiedBy !== 'signature') return event;
	const answered = await ask(
		{ ...asking, question: asking.provider.contract.callback.confirm },
		completed(event, expected),
		QUESTION_DURING_CALLBACK,
	);
	const found = answered !== undefined && 'found' in answered ? answered.found : undefined;
	if (found?.event !== 'payment.succeeded' || belongsElsewhere(found, expected) !== undefined)
		return event;
	return verifiedEvent(withMoney(event, found), 'signature+provider');
}
