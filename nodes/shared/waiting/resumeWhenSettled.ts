import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { acknowledge, onResponseSent, conflict, refuse } from '../callbacks/answerCallback';
import { decideCallback, type Expectation } from '../callbacks/decideCallback';
import { boundedLogLine } from '../callbacks/logLine';
import { credentialsOrNothing } from '../callbacks/receiveCallback';
import { readReceived, refuseTooLong } from '../callbacks/receivedBody';
import { labelExecution } from '../items/labelExecution';
import type { CallbackProvider } from '../providerNode';
import { askForMoney } from './askBeforeWaiting';
import {
	belongsElsewhere,
	completed,
	contradiction,
	decide,
	lacksMoney,
	type Expected,
} from './awaitedPayment';
import { outputsFor, readWaitingFor } from './waitingItem';
import { SENTENCES as CALLBACK_SENTENCES } from '../callbacks/reasons';
import { SENTENCES } from './reasons';

/**
 * `webhook()` of a node that waits: resumes the execution for a proved callback of this very
 * checkout that says paid, canceled or expired. Everything else is answered and changes nothing.
 * Never throws: n8n would take that for a payment.
 */
export async function resumeWhenSettled<Credentials>(
	context: IWebhookFunctions,
	provider: CallbackProvider<Credentials>,
): Promise<IWebhookResponseData> {
	const name = `${provider.contract.displayName} Wait for Payment`;
	try {
		const received = await readReceived(context);
		if (received === undefined) return refuseTooLong(context, name);
		const waiting = readWaitingFor(context);
		if (waiting === undefined) return refuse(context, 401, SENTENCES.notWaiting(name));
		const credentials = await credentialsOrNothing<Credentials>(context, provider.credentialName);
		if (credentials === undefined)
			return refuse(
				context,
				401,
				CALLBACK_SENTENCES.credentialUnreadable(name),
				'The execution goes on waiting; restore the credential.',
			);
		const judgement = await decideCallback({ context, provider, credentials }, received, {
			expectation: expectationOf(waiting.expected),
		});
		const accepted = provider.contract.callback.acknowledgement(credentials);
		if (!judgement.pass) {
			if (!judgement.acknowledge)
				return refuse(
					context,
					judgement.status,
					CALLBACK_SENTENCES.refused(name, judgement.message),
					judgement.hint,
				);
			boundedLogLine(context, 'info', SENTENCES.goesOnWaiting(name, judgement.note));
			return acknowledge(context, accepted);
		}
		const { event } = judgement;
		const mismatch = belongsElsewhere(event, waiting.expected);
		if (mismatch !== undefined)
			return refuse(context, 401, SENTENCES.refusedGenuine(name, mismatch.message));
		const payment = lacksMoney(event, waiting.expected)
			? await askForMoney({ context, provider, credentials }, event, waiting.expected)
			: event;
		const decided = decide(payment, waiting.expected);
		if (decided !== undefined) {
			if (!resumeOnce(context, waiting.expected)) return conflict(context);
			labelExecution(context, { eventId: payment.eventId });
			return {
				...acknowledge(context, accepted),
				workflowData: outputsFor(waiting, payment, decided),
			};
		}
		boundedLogLine(context, 'info', SENTENCES.goesOnAfter(name, event.event));
		return acknowledge(context, accepted);
	} catch (error) {
		return refuse(
			context,
			500,
			CALLBACK_SENTENCES.notHandled(
				name,
				error instanceof Error ? error.name : CALLBACK_SENTENCES.unknownError,
			),
			'The provider is asked to send it again; the execution goes on waiting.',
		);
	}
}

/** No n8n takes longer to note that an execution goes on; from then on it refuses copies itself. */
const N8N_CLAIMS_WITHIN_MILLISECONDS = 10_000;

/**
 * Waits that are being resumed, with the moment until which copies of the callback are turned away;
 * oldest first.
 */
const resuming = new Map<string, number>();

/**
 * Whether this callback is the one that resumes the execution. n8n 1.x lets each of several copies
 * that arrive together resume it (1.123.81: six copies, six shipments); n8n 2 lets the first. Holds
 * within one process, as n8n 1.x gives nothing to hold on to beyond.
 */
function resumeOnce(context: IWebhookFunctions, { checkoutId, reference }: Expected): boolean {
	const now = Date.now();
	for (const [key, until] of resuming) {
		if (until > now) break;
		resuming.delete(key);
	}
	// With the checkout: in a loop the same step of the same execution waits for the next one at
	// once.
	const key = JSON.stringify([
		context.getExecutionId(),
		context.getNode().name,
		checkoutId,
		reference,
	]);
	if (resuming.has(key)) return false;
	resuming.set(key, now + N8N_CLAIMS_WITHIN_MILLISECONDS);
	onResponseSent(context.getResponseObject(), undefined, (success) => {
		if (!success) resuming.delete(key);
	});
	return true;
}

/**
 * A callback that is a mere hint need not say what it is about: the resume address belongs to one
 * checkout, and that one is asked for.
 */
function expectationOf(expected: Expected): Expectation {
	return (claimed, confirmed) => {
		if (!confirmed) return belongsElsewhere(claimed, expected) ?? claimed;
		return contradiction(claimed, expected) ?? completed(claimed, expected);
	};
}
