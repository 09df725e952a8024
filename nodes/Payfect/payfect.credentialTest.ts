import { testCredential, type Verdict } from '../shared/callbacks/testCredential';
import type { HttpReply } from '../shared/core/contract';
import { isObject } from '../shared/core/exactJson';
import { withoutFinalSlashes } from '../shared/core/urls';
import { getCheckoutCall, payfect, type PayfectCredentials } from './payfect.contract';

/** https://docs.payfect.finance/authentication: the API's host, and where on it the API is. */
const HOST = 'api.payfect.finance';
const PATH = '/api/v1';
const NOBODYS_CHECKOUT = '00000000-0000-4000-8000-000000000000';

/**
 * No call that only checks a key is documented. Inferred: looking up a checkout that cannot exist is
 * refused with 401 or 403 for a wrong key, and with 404 or 400 for a good one.
 */
export const payfectCredentialTest = testCredential(payfect, {
	call: (credentials: PayfectCredentials) => getCheckoutCall(NOBODYS_CHECKOUT, credentials),
	judge,
});

function judge(reply: HttpReply, { baseUrl }: PayfectCredentials): Verdict {
	const { status } = reply;
	// docs.payfect.finance, errors: "authentication failed or missing".
	if (status === 401)
		return {
			problem: "It refuses this key. Check 'API Key'; the callback secret key is a different one.",
		};
	// The same page: "authenticated, but no access to this resource".
	if (status === 403)
		return {
			problem:
				"Check 'API Key'; the callback secret key is a different one. If it is right, Payfect may answer so about a checkout that is not yours: leave the credential as it is and make a test checkout.",
		};
	if (status < 300) return { notTheApi: true, hint: wherePayfectIs() };
	if (status !== 400 && status !== 404) return 'open';
	if (!withoutFinalSlashes(baseUrl).endsWith(PATH))
		return {
			problem: `There may be no such address: check 'Base URL', which does not end in ${PATH}. If it is right, because a proxy of yours has another path, leave the credential as it is and make a test checkout.`,
		};
	return isPayfects(reply, baseUrl)
		? { works: 'The key was not refused.' }
		: { notTheApi: true, hint: wherePayfectIs() };
}

/** Inferred: the words of an error stand in `detail`, or in lists by field. */
function isPayfects({ body }: HttpReply, baseUrl: string): boolean {
	if (new URL(baseUrl).host === HOST) return true;
	if (!isObject(body)) return false;
	const values = Object.values(body);
	return typeof body.detail === 'string' || (values.length > 0 && values.every(Array.isArray));
}

function wherePayfectIs(): string {
	return `Payfect's own address is https://${HOST}${PATH}.`;
}
