import type { HttpCall, HttpReply, RegisteredEndpoint } from '../shared/core/contract';
import { isObject, textOrNull } from '../shared/core/exactJson';
import { CallFailure } from '../shared/core/callFailure';
import type { WooshPayCredentials } from './wooshPay.requests';
import { createCall, getCall } from './wooshPay.requests';
import { isKeptSecret } from '../shared/core/secrets';

/**
 * https://docs.wooshpay.com/42648310e0, /api-42648473 and /api-42648393. Inferred: the path of the
 * deletion, of which only the method is readable.
 */
export const WEBHOOK_ENDPOINTS = '/v1/webhook_endpoints';

/** Lists give 100 at the most (docs.wooshpay.com/api-42648473). */
const PAGE_SIZE = 100;

/**
 * api-42648473.
 *
 * @param after the id of the last endpoint of the page before
 */
export function listEndpointsCall(credentials: WooshPayCredentials, after?: string): HttpCall {
	const cursor = after === undefined ? '' : `&starting_after=${encodeURIComponent(after)}`;
	return getCall(`${WEBHOOK_ENDPOINTS}?limit=${PAGE_SIZE}${cursor}`, credentials);
}

/**
 * One page of endpoints; `next` where there are more.
 *
 * @throws CallFailure when the answer holds no list
 */
export function listedEndpoints(reply: HttpReply): {
	endpoints: RegisteredEndpoint[];
	next?: string;
} {
	const body = isObject(reply.body) ? reply.body : {};
	if (!Array.isArray(body.data))
		throw new CallFailure("WooshPay's answer holds no list of endpoints", {
			advice: 'Nothing was registered. Check the address in the credential.',
		});
	const endpoints = body.data.filter(isObject).map((endpoint) => ({
		id: textOrNull(endpoint.id) ?? '',
		url: textOrNull(endpoint.url) ?? '',
		enabled: endpoint.status !== 'disabled',
		events: Array.isArray(endpoint.enabled_events) ? endpoint.enabled_events.map(String) : [],
	}));
	// In other lists of WooshPay's `has_more` is null.
	const last = endpoints.at(-1)?.id;
	return body.has_more === true && last ? { endpoints, next: last } : { endpoints };
}

/** https://docs.wooshpay.com/42648310e0. WooshPay tells the secret here and in no list. */
export function createEndpointCall(
	url: string,
	events: string[],
	credentials: WooshPayCredentials,
): HttpCall {
	const body = { url, enabled_events: events, description: 'Registered by an n8n workflow' };
	return createCall(
		{
			path: WEBHOOK_ENDPOINTS,
			body,
			howToFindOut:
				'Publish the workflow again: an endpoint with its address is then found and replaced.',
		},
		credentials,
	);
}

/**
 * What the trigger has to keep of a new endpoint.
 *
 * @throws CallFailure when the answer lacks it: no callback could be verified
 */
export function rememberEndpoint(reply: HttpReply): { id: string; secret: string } {
	const body = isObject(reply.body) ? reply.body : {};
	const [id, secret] = [textOrNull(body.id), textOrNull(body.secret)];
	if (id === null || !isKeptSecret(secret)) {
		throw new CallFailure("WooshPay's answer holds no id or no secret of the endpoint", {
			advice: 'Without them no callback could be verified. Publish the workflow again.',
			mayHaveArrived: true,
		});
	}
	return { id, secret };
}
