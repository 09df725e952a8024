import type { PaymentEvent } from '../../nodes/shared/core/contract';
import { startProviderServer, type ProviderServer } from '../nodes/shared/support/providerServer';
import { callWebhook } from '../support/contexts';
import { newCredential, newTrigger } from '../support/providers';
import { parameters, type FuzzOptions, type received } from './fuzzCallbacks';
import type { FuzzedProvider } from './genuineCallbacks';
import { withSkippedTime } from './skippedTime';

/** Node takes 16 KiB. */
const LONGEST_HEADERS = 16_000;
let calls = 0;

/**
 * The same through the trigger itself, in n8n-core's WebhookContext, over a real connection, and a
 * server for the provider's API. n8n's own refusals of bodies that it cannot read are counted as
 * 422.
 */
export async function throughContext<Result>(
	work: (way: Pick<FuzzOptions, 'judge' | 'pauses'>) => Promise<Result>,
): Promise<Result> {
	const server = await startProviderServer();
	try {
		return await work({
			judge: async (...given) => await receivedOver(server, ...given),
			pauses: withSkippedTime,
		});
	} finally {
		server.close();
	}
}

function answerFrom(server: ProviderServer, { askable }: FuzzedProvider): void {
	server.respond(({ path, body }) => {
		const answer = askable?.api({ url: path, body });
		return { status: answer?.status ?? 200, body: JSON.stringify(answer?.body ?? {}) };
	});
}

const receivedOver = async (
	server: ProviderServer,
	...[provider, callback]: Parameters<typeof received>
): ReturnType<typeof received> => {
	answerFrom(server, provider);
	// What Node refuses to send cannot arrive either.
	const headers = Object.fromEntries(
		Object.entries(callback.headers).filter(
			([name, value]) =>
				/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value),
		),
	);
	// TokenPay's signature is as long as the body.
	if (JSON.stringify(headers).length > LONGEST_HEADERS) return { status: 431, body: '', log: '' };
	const webhookId = `fuzz-${++calls}`;
	const call = await callWebhook({
		node: newTrigger(provider.folder),
		credentialTypes: [newCredential(provider.folder)],
		credentials: {
			[provider.node.credentialName]: {
				...(provider.credentials as Record<string, string>),
				...(provider.askable && { environment: 'custom', baseUrl: server.url }),
			},
		},
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
