import { testCredential, type Verdict } from '../shared/callbacks/testCredential';
import type { HttpReply } from '../shared/core/contract';
import { isObject } from '../shared/core/exactJson';
import { wooshPay } from './wooshPay.contract';
import { WEBHOOK_ENDPOINTS } from './wooshPay.endpoints';
import { getCall, type WooshPayCredentials } from './wooshPay.requests';

const WITHOUT_VERSION = "'Base URL' goes up to, but without, /v1.";

/**
 * No call that only checks a key is documented. Inferred: the list of webhook endpoints, which the
 * trigger needs anyway, is answered for a good key (docs.wooshpay.com/api-42648473).
 */
export const wooshPayCredentialTest = testCredential(wooshPay, {
	call: (credentials: WooshPayCredentials) => getCall(`${WEBHOOK_ENDPOINTS}?limit=1`, credentials),
	judge,
});

/** Statuses of docs.wooshpay.com/apidoc/project-1296482/doc-1763752. */
function judge({ status, body }: HttpReply): Verdict {
	if (status < 300)
		return isObject(body) && Array.isArray(body.data)
			? { works: 'The key may list webhook endpoints.' }
			: { notTheApi: true, hint: WITHOUT_VERSION };
	if (status === 401)
		return {
			problem:
				"It refuses this key. Check 'Secret Key', and that it belongs to 'Environment' (with Custom, to 'Base URL').",
		};
	if (status === 403)
		return {
			problem:
				"This key may not list webhook endpoints, which the trigger needs. Use a secret key (sk_…) with that permission in 'Secret Key'. If no workflow has a WooshPay Trigger, leave the credential as it is and make a test checkout.",
		};
	return status === 404 || status === 405 ? { notTheApi: true, hint: WITHOUT_VERSION } : 'open';
}
