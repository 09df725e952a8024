import { testCredential, type Verdict } from '../shared/callbacks/testCredential';
import type { HttpReply } from '../shared/core/contract';
import {
	answerInWords,
	chingChingPay,
	getTransactionCall,
	NOBODYS_REFERENCE,
	saysUnknownTransaction,
	signatureAdvice,
	type ChingChingPayCredentials,
} from './chingChingPay.contract';

const WITHOUT_VERSION = "'Base URL' goes up to, but without, /api/v1.";
const UNDERSTOOD = 'The request was understood.';

/**
 * A signed query for a reference that cannot exist. A merchant has to read the service's words to
 * find out how it wants its requests signed.
 */
export const chingChingPayCredentialTest = testCredential(chingChingPay, {
	call: (credentials: ChingChingPayCredentials) =>
		getTransactionCall({ reference: NOBODYS_REFERENCE }, credentials),
	judge,
});

function judge(reply: HttpReply, credentials: ChingChingPayCredentials): Verdict {
	const words = answerInWords(reply);
	if (words === undefined) return { notTheApi: true, hint: WITHOUT_VERSION };
	const succeeds = reply.status < 300 && chingChingPay.failure(reply, credentials) === undefined;
	if (succeeds || saysUnknownTransaction(words)) return { works: UNDERSTOOD };
	if (reply.status === 429) return 'open';
	const ifDenied =
		'If these words only say that there is no such transaction, the credential works: save it.';
	if (reply.status === 404 || reply.status === 405)
		return {
			problem: `${ifDenied} Else there is no such address: check 'Environment' and 'Base URL'. ${WITHOUT_VERSION}`,
		};
	const ifInTrouble = reply.status >= 500 ? ' If it is about neither, test again later.' : '';
	return { problem: `${ifDenied} ${signatureAdvice(credentials)}${ifInTrouble}` };
}
