import { fromMinorUnits } from '../shared/core/money';
import {
	refuseBeyondLimits,
	sentCurrencies,
	sentDecimal,
	sentTotal,
	type MoneyLimits,
} from '../shared/core/moneyLimits';

/** The body of a checkout, if its money is within the limits of the credential. */
export function checkoutWithinLimits(
	body: Record<string, unknown>,
	limits: MoneyLimits,
): Record<string, unknown> {
	const { total, currencies } = sentTotal(body.line_items);
	refuseBeyondLimits(
		{
			amount: fromMinorUnits(total, currencies[0]),
			currencies: total === null ? [] : sentCurrencies(...currencies),
			toBeTold:
				'Give each line item a unit amount in place of a price ID, in a currency of ISO 4217.',
		},
		limits,
	);
	return body;
}

/** The same of a refund, whose currency is not sent. */
export function refundWithinLimits(
	body: Record<string, unknown>,
	currency: string,
	limits: MoneyLimits,
): Record<string, unknown> {
	refuseBeyondLimits(
		{
			amount: fromMinorUnits(sentDecimal(body.amount), currency),
			currencies: sentCurrencies(currency),
			toBeTold:
				"Set 'Amount From' to One Amount, and give the amount and the payment's currency of ISO 4217.",
		},
		limits,
	);
	return body;
}
