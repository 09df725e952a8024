import type { TokenPayCredentials } from './tokenPay.contract';
import { readUnixTime } from '../shared/core/unixTime';
import { isSuccess, post, wholeCoins } from './tokenPay.contract';
import type { HttpCall, HttpReply, Payload } from '../shared/core/contract';
import { readBaseUrl } from '../shared/core/urls';
import { isObject, textOrNull } from '../shared/core/exactJson';
import { CallFailure } from '../shared/core/callFailure';

/** https://apidoc.tokenpay.me/currency/currency-information */
const CURRENCIES = '/v1/currency/index';

/** https://apidoc.tokenpay.me/currency/balance-inquiry */
const BALANCE = '/v1/merchant/balance';

/**
 * https://apidoc.tokenpay.me/currency/currency-information: chains and coins, with their decimals.
 */
export function getCurrenciesCall(credentials: TokenPayCredentials): HttpCall {
	return {
		method: 'GET',
		url: `${readBaseUrl(credentials.baseUrl)}${CURRENCIES}`,
		retry: 'idempotent',
	};
}

export interface Coin {
	provider: 'tokenpay';
	/** As requests want it: `TRON`. */
	chain: string | null;
	/** As requests want it: `USDT`. */
	currency: string | null;
	/** TokenPay's id of the pair: `TRON_USDT`. */
	code: string | null;
	name: string | null;
	/** `TRC20` and the like. */
	network: string | null;
	decimals: number | null;
	contractAddress: string | null;
	/** As it came: the page gives no unit. */
	minimumAmount: string | null;
	maximumAmount: string | null;
}

/** https://apidoc.tokenpay.me/description/data-structure (CurrencyDetail) */
export function readCoin(entry: Payload): Coin {
	return {
		provider: 'tokenpay',
		chain: textOrNull(entry.chain),
		currency: textOrNull(entry.currency),
		code: textOrNull(entry.code),
		name: textOrNull(entry.name),
		network: textOrNull(entry.network),
		decimals: typeof entry.decimal === 'number' ? entry.decimal : null,
		contractAddress: textOrNull(entry.contract_address),
		minimumAmount: textOrNull(entry.min_payment_amount),
		maximumAmount: textOrNull(entry.max_payment_amount),
	};
}

/** The table has no `app_id` in the body; the signature names it. */
export function getBalanceCall(
	{ chain, currency }: { chain: string; currency: string },
	credentials: TokenPayCredentials,
): HttpCall {
	return {
		...post(BALANCE, { mch_id: credentials.merchantId, chain, currency }, credentials),
		retry: 'idempotent',
	};
}

export interface Balance {
	provider: 'tokenpay';
	chain: string | null;
	currency: string | null;
	network: string | null;
	/** Decimal text in whole coins. */
	balance: string | null;
	updatedAt: string | null;
}

/** https://apidoc.tokenpay.me/currency/balance-inquiry */
export function readBalance(entry: Payload): Balance {
	return {
		provider: 'tokenpay',
		chain: textOrNull(entry.chain),
		currency: textOrNull(entry.currency),
		network: textOrNull(entry.network),
		balance: wholeCoins(entry.balance, entry.decimal),
		updatedAt: readUnixTime(entry.modify_time),
	};
}

/**
 * The objects in `data`, whether it is a list or one object: the page of the balance
 * (currency/balance-inquiry) calls it a list and shows an object.
 */
export function entriesOf(reply: HttpReply, what: string): Payload[] {
	const data = isSuccess(reply) && isObject(reply.body) ? reply.body.data : undefined;
	const entries = Array.isArray(data) ? data : [data];
	if (!entries.every(isObject))
		throw new CallFailure(`TokenPay's answer holds no ${what}`, {
			advice: 'Check the address in the credential; if it is right, ask TokenPay.',
		});
	return entries;
}
