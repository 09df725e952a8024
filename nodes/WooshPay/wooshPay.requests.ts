import { readBaseUrl } from '../shared/core/urls';
import type { CallbackProof, HttpCall } from '../shared/core/contract';
import { writeJson } from '../shared/core/exactJson';
import type { MoneyLimits } from '../shared/core/moneyLimits';
import type { Switched } from '../shared/core/otherSettings';
import { idempotencyKey } from '../shared/core/idempotencyKey';
import { omitNull } from '../shared/core/omitNull';

/**
 * https://docs.wooshpay.com/apidoc/project-1296482/doc-1763752: one host for live keys, one for
 * test keys.
 */
const LIVE_API = 'https://api.wooshpay.com';

const TEST_API = 'https://apitest.wooshpay.com';

/**
 * The reference marks both headers as required on every call, GET too; `sendCall` accepts JSON by
 * itself.
 */
export const JSON_HEADERS = { 'content-type': 'application/json' };

/** What stands behind the switch *My Provider Told Me Other Settings*. */
export interface OtherSettings {
	/** Words for paid besides the usual ones, separated by commas or lines. */
	paidValues: string;
}

export interface WooshPayCredentials extends MoneyLimits, Switched<OtherSettings> {
	environment: 'live' | 'test' | 'custom';
	/** Only with the environment `custom`. */
	baseUrl?: string;
	secretKey: string;
	/** Of an endpoint that was registered by hand; the trigger keeps the secret of its own. */
	webhookSecret?: string;
	webhookSecretPrevious?: string;
	callbackProof?: CallbackProof;
}

/** Retry settings of calls that create something. */
export interface CreateOptions {
	/** 1; more makes a new idempotency key on purpose. */
	attempt: number;
	/**
	 * Whether to send it again after a time-out or a server error, trusting that the key is heeded.
	 */
	retry: boolean;
}

/** What is created, where, and how to find out whether it was when no answer came. */
export interface Creation extends Partial<CreateOptions> {
	path: string;
	body: Record<string, unknown>;
	howToFindOut: string;
	reference?: string | null;
}

/**
 * The address of the API, without a slash at its end.
 *
 * @throws InputError when a custom one is no absolute URL
 */
export function apiUrl(credentials: WooshPayCredentials): string {
	if (credentials.environment === 'custom') return readBaseUrl(credentials.baseUrl ?? '');
	return credentials.environment === 'live' ? LIVE_API : TEST_API;
}

/** A request that only reads. */
export function getCall(path: string, credentials: WooshPayCredentials): HttpCall {
	return {
		method: 'GET',
		url: `${apiUrl(credentials)}${path}`,
		headers: { ...JSON_HEADERS },
		retry: 'idempotent',
	};
}

/**
 * A call that creates something. With a reference it carries an idempotency key. The key is
 * documented by name only (409 and `idempotency_error` of doc-1763752), not which endpoints heed it
 * and for how long: so it is only trusted where the user says so.
 */
export function createCall(
	{ path, body, howToFindOut, reference = null, attempt = 1, retry = false }: Creation,
	credentials: WooshPayCredentials,
): HttpCall {
	const call = {
		method: 'POST' as const,
		url: `${apiUrl(credentials)}${path}`,
		body: writeJson(body),
	};
	const key = idempotencyKey(call, reference, attempt);
	return {
		...call,
		headers: { ...JSON_HEADERS, ...omitNull({ 'Idempotency-Key': key }) },
		retry: key !== undefined && retry ? 'idempotencyKey' : 'never',
		howToFindOut,
	};
}
