import { testCredential, type Verdict } from '../shared/callbacks/testCredential';
import type { HttpReply } from '../shared/core/contract';
import { isObject, textOrNull } from '../shared/core/exactJson';
import { lookup } from '../shared/core/lookup';
import { getOrderCall, tokenPay, type TokenPayCredentials } from './tokenPay.contract';
import { deniesOrder } from './tokenPay.settings';

/** The order is denied: the request was read and its signature fits (businessCodes.ts). */
const UNDERSTOOD = ['0', '12002', '12003'];
const NOBODYS_REFERENCE = 'n8n-credential-test';
const ALL_THREE =
	"Check 'App ID', 'Merchant ID' and 'App Secret': all three belong to one application.";
const WHITELIST =
	"Check that this server's outgoing IP is in the application's IP whitelist in the TokenPay merchant backend: which code TokenPay refuses other addresses with is not documented.";
const SLOW_DOWN = 'TokenPay asks to slow down: test again in a minute.';

/** What to do about a code; what the codes mean is in businessCodes.ts. Inferred. */
const WAYS_OUT: Record<string, string> = {
	100: `TokenPay could not read the request. ${ALL_THREE}`,
	103: `TokenPay refuses the signature. ${ALL_THREE}`,
	104: "Check this server's clock: TokenPay compares it with its own.",
	11000: WHITELIST,
	11001: SLOW_DOWN,
	11003: ALL_THREE,
	20000: "TokenPay knows no such application. Check 'App ID' and 'Merchant ID'.",
	20001: 'Enable the application in the TokenPay merchant backend.',
	20002: 'Top up the merchant account at TokenPay.',
	20003: 'Ask TokenPay to raise the quota of the merchant account.',
	20004: SLOW_DOWN,
	20005: ALL_THREE,
};

/**
 * No call that only checks a key is documented. Inferred: a signed query for an order that cannot
 * exist is answered with 12002 or 12003 when the credential is right.
 */
export const tokenPayCredentialTest = testCredential(tokenPay, {
	call: (credentials: TokenPayCredentials) =>
		getOrderCall({ reference: NOBODYS_REFERENCE }, credentials),
	judge,
});

/**
 * The code decides; which HTTP status comes with it is documented nowhere. Every answer has `code`
 * with `msg` or `request_id` (apidoc.tokenpay.me/currency/currency-information).
 */
function judge({ body }: HttpReply, credentials: TokenPayCredentials): Verdict {
	const { code: given, msg, request_id: requestId } = isObject(body) ? body : {};
	const code = textOrNull(given) ?? '';
	const isEnvelope = typeof msg === 'string' || typeof requestId === 'string';
	if (!/^\d+$/.test(code) || !isEnvelope)
		return { notTheApi: true, hint: "'Base URL' goes up to, but without, /v1." };
	if (UNDERSTOOD.includes(code) || deniesOrder(code, credentials))
		return { works: 'The signature fits.' };
	return {
		problem:
			lookup(WAYS_OUT, code) ?? `Correct what TokenPay names. If it names nothing: ${WHITELIST}`,
	};
}
