import {
	refuseBeyondLimits,
	sentCurrencies,
	sentTotal,
	type MoneyLimits,
} from '../shared/core/moneyLimits';

/** The body of a create, if its money is within the limits of the credential. */
export function withinLimits(
	body: Record<string, unknown>,
	limits: MoneyLimits,
): Record<string, unknown> {
	const { total, currencies } = sentTotal(body.invoice_items);
	refuseBeyondLimits(
		{
			amount: total,
			currencies: sentCurrencies(body.currency, ...currencies),
			toBeTold: 'Give each line item a unit amount in place of a price ID.',
		},
		limits,
	);
	return body;
}
