import type { PaymentEventData } from '../core/contract';
import { compareAmounts, LONGEST_AMOUNT } from '../core/money';

/** How a payment covers its order. */
export type PaidInFull = 'exact' | 'under' | 'over' | 'unknown';

const NUMBERS = ['checkoutId', 'reference', 'currency'] as const;
type Compared = (typeof NUMBERS)[number];

/**
 * The first of the fields in which the two name different things; undefined if there is none. What
 * either does not tell differs in nothing. Only of a currency the case is a matter of spelling: usdt
 * and USDT are one, orders A-1 and a-1 are two.
 */
export function firstDifference(
	left: Pick<PaymentEventData, Compared>,
	right: Pick<PaymentEventData, Compared>,
	fields: readonly Compared[] = NUMBERS,
): Compared | undefined {
	return fields.find((field) => {
		const [one, other] = [left[field], right[field]];
		if (one === null || other === null || one === other) return false;
		return field !== 'currency' || one.toLowerCase() !== other.toLowerCase();
	});
}

/**
 * A callback, signed or not, may say anything in its amount: what is no decimal text, or an endless
 * one, is none.
 */
function isAmount(text: string): boolean {
	return text.length <= LONGEST_AMOUNT && /^-?\d+(\.\d+)?$/.test(text);
}

/** Whether two amounts are equal in value (`20.5`, `20.50`), or the same text where one is none. */
export function isSameAmount(left: string, right: string): boolean {
	return left === right || (isAmount(left) && isAmount(right) && compareAmounts(left, right) === 0);
}

/** The smaller of two amounts; the other one where one is no amount. */
export function smallerAmount(said: string, found: string): string {
	if (!isAmount(said)) return found;
	if (!isAmount(found)) return said;
	return compareAmounts(said, found) < 0 ? said : found;
}
