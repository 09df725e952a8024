import type { ICredentialType, INodeType } from 'n8n-workflow';
import { ChingChingPayApi } from '../../credentials/ChingChingPayApi.credentials';
import { EFundPayApi } from '../../credentials/EFundPayApi.credentials';
import { PayfectApi } from '../../credentials/PayfectApi.credentials';
import { TokenPayApi } from '../../credentials/TokenPayApi.credentials';
import { WooshPayApi } from '../../credentials/WooshPayApi.credentials';
import { ChingChingPayTrigger } from '../../nodes/ChingChingPay/ChingChingPayTrigger.node';
import { EFundPayTrigger } from '../../nodes/EFundPay/EFundPayTrigger.node';
import { PayfectTrigger } from '../../nodes/Payfect/PayfectTrigger.node';
import type { PaymentEvent } from '../../nodes/shared/core/contract';
import { TokenPayTrigger } from '../../nodes/TokenPay/TokenPayTrigger.node';
import { WooshPayTrigger } from '../../nodes/WooshPay/WooshPayTrigger.node';
import { callWebhook } from '../support/contexts';
import { parameters, type received } from './fuzzCallbacks';

const shells: Record<string, () => { node: INodeType; credentialType: ICredentialType }> = {
	chingchingpay: () => ({
		node: new ChingChingPayTrigger(),
		credentialType: new ChingChingPayApi(),
	}),
	efundpay: () => ({ node: new EFundPayTrigger(), credentialType: new EFundPayApi() }),
	payfect: () => ({ node: new PayfectTrigger(), credentialType: new PayfectApi() }),
	tokenpay: () => ({ node: new TokenPayTrigger(), credentialType: new TokenPayApi() }),
	wooshpay: () => ({ node: new WooshPayTrigger(), credentialType: new WooshPayApi() }),
};
let calls = 0;

/**
 * The same through the trigger itself, in n8n-core's WebhookContext, over a real connection. n8n's
 * own refusals of bodies that it cannot read are counted as 422.
 */
export const receivedThroughContext: typeof received = async (provider, callback) => {
	const shell = shells[provider.name]?.();
	if (!shell) throw new Error(`There is no trigger for ${provider.name}.`);
	// What Node refuses to send cannot arrive either.
	const headers = Object.fromEntries(
		Object.entries(callback.headers).filter(
			([name, value]) =>
				/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value),
		),
	);
	const webhookId = `fuzz-${++calls}`;
	const call = await callWebhook({
		node: shell.node,
		credentialTypes: [shell.credentialType],
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
