import {
	refuseBeyondLimits,
	sentCurrencies,
	sentDecimal,
	type MoneyLimits,
} from '../shared/core/moneyLimits';

/** The body of a create, if its money is within the limits of the credential. */
export function withinLimits(
	body: Record<string, unknown>,
	limits: MoneyLimits,
): Record<string, unknown> {
	refuseBeyondLimits(
		{
			amount: sentDecimal(body.amount),
			currencies: sentCurrencies(body.currency),
			toBeTold:
				'Give amount and currency as plain values in Extra Request Fields, or take them out there.',
		},
		limits,
	);
	return body;
}
