import type { Refusal } from '../shared/core/contract';
import { lookup } from '../shared/core/lookup';

interface BusinessCode {
	meaning: string;
	advice?: string;
	rateLimited?: true;
	notFound?: true;
}

const WHITELIST =
	"If it names nothing: TokenPay serves listed addresses only, so check that this server's outgoing IP is in the application's IP whitelist.";
const SLOW_DOWN = { meaning: 'too many requests', rateLimited: true } as const;

/**
 * apidoc.tokenpay.me/error-code/status-code and /chinese/cuo-wu-ma/ye-wu-zhuang-tai-ma. What to do
 * is Inferred.
 */
const CODES: Record<string, BusinessCode> = {
	100: {
		meaning: 'bad request parameters',
		advice: "Check 'Extra Request Fields' and the other values of this row.",
	},
	103: {
		meaning: 'invalid signature',
		advice:
			"Check 'App ID', 'Merchant ID' and 'App Secret' in the credential: all three belong to one application.",
	},
	104: {
		meaning: 'signature expired',
		advice: "Check this server's clock: TokenPay compares it with its own.",
	},
	11000: { meaning: 'operation failed', advice: `Correct what TokenPay names. ${WHITELIST}` },
	11001: SLOW_DOWN,
	11003: {
		meaning: 'required parameter missing',
		advice: 'Fill in what TokenPay names, then run it again.',
	},
	12001: {
		meaning: 'data already exists',
		advice:
			"TokenPay has an order with this 'Reference': look it up with Checkout: Get, or give this row a reference of its own.",
	},
	12002: {
		meaning: 'data does not exist',
		advice: 'TokenPay knows no such order: check the reference or the payment ID.',
		notFound: true,
	},
	12003: {
		meaning: 'data empty',
		advice: 'TokenPay has nothing to show for this.',
		notFound: true,
	},
	20000: {
		meaning: 'application does not exist',
		advice: "Check 'App ID' and 'Merchant ID' in the credential.",
	},
	20001: {
		meaning: 'application disabled',
		advice:
			'Enable the application in the TokenPay merchant backend, or ask TokenPay why it is disabled.',
	},
	20002: { meaning: 'balance too low', advice: 'Top up the merchant account at TokenPay.' },
	20003: {
		meaning: 'quota too low',
		advice: 'Ask TokenPay to raise the quota of the merchant account.',
	},
	20004: SLOW_DOWN,
	20005: {
		meaning: 'invalid parameter',
		advice: 'Correct what TokenPay names, then run it again.',
	},
};

/**
 * A refusal by its business code: TokenPay's own words, then the code and what it means in English
 * (the words may be Chinese).
 */
export function refusalOf(code: string, words: string | null): Refusal {
	const known = lookup(CODES, code);
	const number = known === undefined ? `code ${code}` : `code ${code}: ${known.meaning}`;
	return {
		message:
			words === null ? number : `${words} (${words === known?.meaning ? `code ${code}` : number})`,
		advice:
			known === undefined
				? `TokenPay documents no such code. Correct what it names. ${WHITELIST}`
				: known.advice,
		rateLimited: known?.rateLimited,
		notFound: known?.notFound ?? false,
	};
}
