import { InputError } from '../shared/core/inputError';
import { fromSmallestUnits, toSmallestUnits } from '../shared/core/money';
import { sentDecimal } from '../shared/core/moneyLimits';
import { settingsOf, type SettingFields } from './tokenPay.settings';

interface Coin {
	chain: string;
	currency: string;
	coinDecimals?: number;
}

/**
 * What a new order is sent, from an amount in whole coins.
 *
 * @throws InputError where the credential says smallest unit and nobody states how many a coin has
 */
export function orderAmount(amount: string, coin: Coin, credentials: SettingFields): string {
	if (settingsOf(credentials).orderAmounts === 'wholeCoins') return amount;
	return toSmallestUnits(amount, decimalsOf(coin));
}

/** The amount of a request, which counts what `orderAmount` gave, in whole coins. */
export function sentAmount(amount: unknown, coin: Coin, credentials: SettingFields): unknown {
	return settingsOf(credentials).orderAmounts === 'wholeCoins'
		? amount
		: fromSmallestUnits(sentDecimal(amount), decimalsOf(coin));
}

function decimalsOf({ coinDecimals, currency, chain }: Coin): number {
	if (coinDecimals === undefined)
		throw new InputError(
			`TokenPay's list of coins states no decimals of ${currency} on ${chain}, so the amount cannot be turned into its smallest unit`,
			"Run it again when TokenPay answers; if it stays so, set 'Amounts in Orders' in the credential to Whole Coins.",
		);
	return coinDecimals;
}
