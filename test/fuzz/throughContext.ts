import { receiveCallback } from '../../nodes/shared/callbacks/receiveCallback';
import type { PaymentEvent } from '../../nodes/shared/core/contract';
import { callWebhook } from '../support/contexts';
import { newCredential, newTrigger } from '../support/providers';
import { parameters, type received } from './fuzzCallbacks';

let calls = 0;

/**
 * The same through the trigger itself, in n8n-core's WebhookContext, over a real connection. n8n's
 * own refusals of bodies that it cannot read are counted as 422.
 */
export const receivedThroughContext: typeof received = async (provider, callback) => {
	// What Node refuses to send cannot arrive either.
	const headers = Object.fromEntries(
		Object.entries(callback.headers).filter(
			([name, value]) =>
				/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value),
		),
	);
	const webhookId = `fuzz-${++calls}`;
	const node = newTrigger(provider.folder);
	// What is fuzzed is the proof by signature, which alone TokenPay's own trigger does not offer.
	if (provider.credentials.callbackProof === 'signature')
		node.webhook = async function () {
			return await receiveCallback(this, provider.node);
		};
	const call = await callWebhook({
		node,
		credentialTypes: [newCredential(provider.folder)],
		credentials: { [provider.node.credentialName]: provider.credentials as Record<string, string> },
		parameters: parameters as Record<string, string>,
		webhookId,
		nodeId: webhookId,
		request: { headers, rawBody: callback.rawBody },
	});
	const { status, body } = call.response;
	const event = call.items?.[0]?.[0]?.json as unknown as PaymentEvent | undefined;
	return {
		status: call.called ? status : 422,
		body: call.called ? body : undefined,
		...(event && { event }),
		log: call.logs.map(({ message }) => message).join('\n'),
	};
};
