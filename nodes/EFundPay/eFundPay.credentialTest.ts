import { testCredential, type Verdict } from '../shared/callbacks/testCredential';
import type { HttpReply } from '../shared/core/contract';
import { isObject } from '../shared/core/exactJson';
import { eFundPay, type EFundPayCredentials } from './eFundPay.contract';
import { listTransactionsCall } from './eFundPay.transactions';

const VERSION = "'Base URL' ends in the version, for example /v4.";

/**
 * Lists one transaction: docs.efundflow.com/transactions/list, scope transactions.read. It does not
 * verify the right to create payments.
 */
export const eFundPayCredentialTest = testCredential(eFundPay, {
	call: (credentials: EFundPayCredentials) => listTransactionsCall({}, 1, null, credentials),
	judge,
});

/** No page about errors was found. Inferred: 401, 403 and 404 mean what HTTP says. */
function judge({ status, body }: HttpReply): Verdict {
	if (status < 300)
		return isObject(body) && Array.isArray(body.items)
			? { works: 'Key and account fit.' }
			: { notTheApi: true, hint: VERSION };
	if (status === 401)
		return {
			problem:
				"It refuses this key. Check 'Secret Key', 'Merchant Account ID' and that both belong to 'Environment'.",
		};
	if (status === 403)
		return {
			problem:
				"Check 'Merchant Account ID', and that the key may read transactions (scope transactions.read).",
		};
	return status === 404 || status === 405 ? { notTheApi: true, hint: VERSION } : 'open';
}
