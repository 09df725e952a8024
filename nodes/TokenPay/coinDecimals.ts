import type { HttpCall, HttpReply } from '../shared/core/contract';
import type { TokenPayCredentials } from './tokenPay.contract';
import { entriesOf, getCurrenciesCall, readCoin, type Coin } from './tokenPay.currencies';

/** How long a list that came counts, and for how long nobody asks again after none came. */
const LIST_MILLISECONDS = 15 * 60_000;
const NO_LIST_MILLISECONDS = 60_000;
const MOST_CREDENTIALS = 50;

/** By credential, the list that came last; undefined where none came. */
const lists = new Map<string, { coins: Coin[] | undefined; until: number }>();

const keyOf = ({ baseUrl, appId }: TokenPayCredentials) => JSON.stringify([baseUrl, appId]);

/**
 * Has TokenPay's list of coins at hand for `listedCoin`: asks for it at most once in a quarter of
 * an hour for each credential. Never throws, because an order can do without.
 */
export async function learnCoins(
	credentials: TokenPayCredentials,
	ask: (call: HttpCall) => Promise<HttpReply>,
): Promise<void> {
	const key = keyOf(credentials);
	const before = lists.get(key);
	if (before !== undefined && before.until > Date.now()) return;
	const coins = await listOf(credentials, ask).catch(() => undefined);
	if (lists.size >= MOST_CREDENTIALS) lists.clear();
	const lifetime = coins === undefined ? NO_LIST_MILLISECONDS : LIST_MILLISECONDS;
	lists.set(key, { coins: coins ?? before?.coins, until: Date.now() + lifetime });
}

async function listOf(
	credentials: TokenPayCredentials,
	ask: (call: HttpCall) => Promise<HttpReply>,
): Promise<Coin[]> {
	return entriesOf(await ask(getCurrenciesCall(credentials)), 'currencies').map(readCoin);
}

/**
 * The coin as TokenPay's list has it, whatever case it is given in: as requests want it, and with
 * its decimals. Undefined where it is not in the list, or no list could be had.
 */
export function listedCoin(
	chain: string,
	currency: string,
	credentials: TokenPayCredentials,
): Coin | undefined {
	const coins = lists.get(keyOf(credentials))?.coins ?? [];
	return (
		coins.find((coin) => coin.chain === chain && coin.currency === currency) ??
		coins.find((coin) => isSame(coin.chain, chain) && isSame(coin.currency, currency))
	);
}

/** The decimals that TokenPay states for a coin; undefined where it states none. */
export function coinDecimals(coin: Coin | undefined): number | undefined {
	const decimals = coin?.decimals ?? -1;
	return Number.isInteger(decimals) && decimals >= 0 ? decimals : undefined;
}

const isSame = (listed: string | null, given: string) =>
	listed?.toUpperCase() === given.toUpperCase();
