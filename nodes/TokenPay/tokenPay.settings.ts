import { listOf } from '../shared/core/listOf';
import { countingSettings, type Switched } from '../shared/core/otherSettings';

/** What stands behind the switch *My Provider Told Me Other Settings*. */
export interface OtherSettings {
	/** What `amount` of a new order counts. */
	orderAmounts: AmountUnit;
	/** What `amount` counts in looked-up orders and in callbacks. */
	answerAmounts: AmountUnit;
	/** Further codes that deny an order, separated by commas or lines. */
	unknownOrderCodes: string;
	acknowledgementBody: string;
}

export type AmountUnit = 'wholeCoins' | 'smallestUnit';

/**
 * Inferred: whole coins, since samples send 9 for USDT; smallest units in answers, which print
 * `decimals` beside them. apidoc.tokenpay.me/chinese/dai-fu/hui-tiao-tong-zhi: the body must be
 * `success`, of the callback of a payout; the order's page says "a successful response" only.
 */
const STANDARD: OtherSettings = {
	orderAmounts: 'wholeCoins',
	answerAmounts: 'smallestUnit',
	unknownOrderCodes: '',
	acknowledgementBody: 'success',
};

export type SettingFields = Switched<OtherSettings>;

export function settingsOf(credentials: SettingFields): OtherSettings {
	return countingSettings(credentials, STANDARD);
}

/** Whether the credential says that this code denies an order, besides those that the page names. */
export function deniesOrder(code: string, credentials: SettingFields): boolean {
	return listOf(settingsOf(credentials).unknownOrderCodes).includes(code);
}
