import { minorUnitsWithinLimits, type MoneyLimits } from '../shared/core/moneyLimits';

/** The body of a checkout, link or refund, if its money is within the limits of the credential. */
export function withinLimits(
	body: Record<string, unknown>,
	limits: MoneyLimits,
): Record<string, unknown> {
	// api-208767284: a command moves no money.
	if (body.transaction_type === 'command' && body.amount === undefined) return body;
	return minorUnitsWithinLimits(body, limits);
}
