import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { acknowledge, refuse, startExecutionOnce, withHint } from './answerCallback';
import type { PaymentEvent } from '../core/contract';
import { InputError } from '../core/inputError';
import { rememberedEndpoints } from './endpointMemory';
import { isChosen } from './chosenEvents';
import { decideCallback, type TriggerOptions } from './decideCallback';
import { readCredentials, type CallbackProvider } from '../providerNode';
import { readReceived, refuseTooLong } from './receivedBody';
import { shownInEditor } from './testRefusal';
import { boundedLogLine } from './logLine';
import type { Sentence } from '../core/sentences';
import { SENTENCES } from './reasons';

/**
 * The `webhook()` of every trigger: proves the callback over its raw bytes, asks the provider where
 * that is chosen, filters, starts one execution per event, and answers in the provider's words only
 * after n8n has stored the execution. Refuses with a real 401 and a neutral body; never throws.
 */
export async function receiveCallback<Credentials>(
	context: IWebhookFunctions,
	provider: CallbackProvider<Credentials>,
	providerEventOf: (event: PaymentEvent) => string = () => '',
): Promise<IWebhookResponseData> {
	const who = `${provider.contract.displayName} Trigger`;
	try {
		const received = await readReceived(context);
		if (received === undefined) return refuseTooLong(context, who);
		const credentials = await credentialsOrNothing<Credentials>(context, provider.credentialName);
		if (credentials === undefined)
			return refuseVisibly(
				context,
				401,
				SENTENCES.credentialUnreadable(who),
				'Choose the credential in the trigger and publish the workflow.',
			);
		const options = context.getNodeParameter('options', {}) as TriggerOptions;
		const { registration } = provider.contract.callback;
		const remembered =
			registration && rememberedEndpoints(context, registration.secretOf(credentials));
		const judgement = await decideCallback({ context, provider, credentials }, received, {
			maximumAge: options.maximumAge,
			...(remembered && { remembered }),
		});
		if (!judgement.pass) {
			if (!judgement.acknowledge)
				return refuseVisibly(
					context,
					judgement.status,
					SENTENCES.refused(who, judgement.message),
					judgement.hint,
				);
			const words = SENTENCES.acknowledged(who, judgement.note);
			boundedLogLine(context, 'info', words);
			const accepted = provider.contract.callback.acknowledgement(credentials);
			return shownInEditor(context, acknowledge(context, accepted), words);
		}
		const { event } = judgement;
		const accepted = provider.contract.callback.acknowledgement(credentials);
		return isChosen(context, event, providerEventOf(event))
			? startExecutionOnce(context, event, accepted, options.respond === 'whenFinished')
			: acknowledge(context, accepted);
	} catch (error) {
		if (error instanceof InputError)
			return refuseVisibly(context, 500, SENTENCES.notHandled(who, error.message), error.advice);
		return refuseVisibly(
			context,
			500,
			SENTENCES.notHandled(who, error instanceof Error ? error.name : SENTENCES.unknownError),
			'The provider is asked to send it again. If this repeats, please report it.',
		);
	}
}

/** A refusal whose words stand in the log, and in the editor of whoever listens for a test event. */
function refuseVisibly(
	context: IWebhookFunctions,
	status: 401 | 500,
	what: Sentence,
	hint = '',
): IWebhookResponseData {
	return shownInEditor(context, refuse(context, status, what, hint), withHint(what, hint));
}

/** Undefined where the credential was deleted or is not shared any more. */
export async function credentialsOrNothing<Credentials>(
	context: IWebhookFunctions,
	credentialName: string,
): Promise<Credentials | undefined> {
	try {
		return await readCredentials<Credentials>(context, credentialName);
	} catch {
		// Deleted, not shared, or none chosen: closed by default, and said in the log by the caller.
		return undefined;
	}
}
