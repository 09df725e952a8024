import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import type { Acknowledgement, PaymentEvent } from '../core/contract';
import { beginDelivery, finishDelivery, type EventKey } from './deliveredEvents';
import { boundedLogLine } from './logLine';
import type { Sentence } from '../core/sentences';
import { SENTENCES } from './reasons';

type Response = ReturnType<IWebhookFunctions['getResponseObject']>;

/**
 * Starts at most one execution for each event. A copy gets 409 while the first is being stored, and
 * the acknowledgement afterwards. `whenFinished`: acknowledges when the execution has ended, not
 * when it is stored.
 */
export function startExecutionOnce(
	context: IWebhookFunctions,
	event: PaymentEvent,
	accepted: Acknowledgement,
	whenFinished: boolean,
): IWebhookResponseData {
	const key: EventKey = {
		workflowId: context.getWorkflow().id ?? '',
		nodeId: context.getNode().id,
		test: context.getMode() === 'manual',
		eventId: event.eventId,
	};
	const delivery = beginDelivery(key, Date.now(), whenFinished ? Infinity : undefined);
	if (delivery === 'done') return acknowledge(context, accepted);
	if (delivery === 'inFlight') return conflict(context);
	const finished = (success: boolean) => finishDelivery(key, success, Date.now());
	onResponseSent(context.getResponseObject(), whenFinished ? accepted : undefined, finished);
	const workflowData = [[{ json: { ...event } }]];
	return whenFinished ? { workflowData } : { ...acknowledge(context, accepted), workflowData };
}

/**
 * To a copy of a callback that is being handled. Not acknowledged: should the first copy fail to be
 * stored, the provider has to send this one again.
 */
export function conflict(context: IWebhookFunctions): IWebhookResponseData {
	context.getResponseObject().status(409).type('text/plain').send('Conflict');
	return { noWebhookResponse: true };
}

/**
 * n8n sends its answer when the execution is stored, or in the other mode when it has ended, and an
 * error when that failed; also when the provider has hung up meanwhile. So the event counts as
 * handled then: a provider that hung up because n8n was slow and delivers again must not start a
 * second execution.
 *
 * `accepted`: when the workflow has ended, n8n answers with its last item. A provider that waits
 * for words of its own would take that for a refusal and deliver the finished payment again, so the
 * body of a success is replaced.
 */
export function onResponseSent(
	response: Response,
	accepted: Acknowledgement | undefined,
	finished: (success: boolean) => void,
): void {
	const send = response.send.bind(response);
	response.send = (body: unknown) => {
		// express's json() comes through here with the text of the JSON.
		const success = response.statusCode >= 200 && response.statusCode < 300;
		finished(success);
		if (!success || accepted === undefined) return send(body);
		response.status(accepted.status);
		response.setHeader('Content-Type', accepted.contentType);
		return send(accepted.body);
	};
}

/** A reply that n8n sends itself, after it has stored the execution if one starts. */
export function acknowledge(
	context: IWebhookFunctions,
	accepted: Acknowledgement,
): IWebhookResponseData {
	const response = context.getResponseObject();
	response.status(accepted.status);
	response.setHeader('Content-Type', accepted.contentType);
	return { webhookResponse: accepted.body };
}

/** The whole body of each refusal: nothing that helps whoever tries. */
const REFUSALS = {
	401: 'Unauthorized',
	413: 'Content Too Large',
	500: 'Internal Server Error',
} as const;

/** What happened and the way out, as one text. */
export function withHint(what: Sentence, hint: string): Sentence {
	return hint === '' ? what : SENTENCES.withHint(what, hint);
}

/** A refusal is written here: n8n sends what `webhookResponse` holds with status 200. */
export function refuse(
	context: IWebhookFunctions,
	status: keyof typeof REFUSALS,
	what: Sentence,
	hint = '',
): IWebhookResponseData {
	boundedLogLine(context, status === 500 ? 'error' : 'warn', withHint(what, hint));
	context.getResponseObject().status(status).type('text/plain').send(REFUSALS[status]);
	return { noWebhookResponse: true };
}
