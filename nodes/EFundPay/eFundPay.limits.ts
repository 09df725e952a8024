import { textOrNull } from '../shared/core/exactJson';
import { fromMinorUnits } from '../shared/core/money';
import {
	refuseBeyondLimits,
	sentCurrencies,
	sentDecimal,
	type MoneyLimits,
} from '../shared/core/moneyLimits';

/** The body of a create or a refund, if its money is within the limits of the credential. */
export function withinLimits(
	body: Record<string, unknown>,
	limits: MoneyLimits,
): Record<string, unknown> {
	refuseBeyondLimits(
		{
			amount: fromMinorUnits(sentDecimal(body.amount), textOrNull(body.currency)),
			currencies: sentCurrencies(body.currency),
			toBeTold: 'Use a currency of ISO 4217, and a whole number as amount in Extra Request Fields.',
		},
		limits,
	);
	return body;
}
