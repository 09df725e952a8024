import type { CheckoutOrder, LineItem } from './contract';
import { InputError } from './inputError';

/** What the payer reads where a provider knows no line items (`2 × Tea, Cup`); null without any. */
export function namesOf(lineItems: LineItem[]): string | null {
	return lineItems.length === 0
		? null
		: lineItems
				.map(({ name, quantity }) => (quantity === 1 ? name : `${quantity} × ${name}`))
				.join(', ');
}

/**
 * The order as one line item, where a provider takes nothing else.
 *
 * @throws InputError when there is nothing to call it by
 */
export function wholeOrderAsItem(
	{ description, reference, amount }: CheckoutOrder,
	displayName: string,
): LineItem {
	const name = description ?? reference;
	if (name === null)
		throw new InputError(
			"'Description' and 'Reference' are both empty",
			`Fill in one of them: ${displayName} shows it to the payer as the name of what is paid.`,
		);
	return { name, unitAmount: amount ?? '0', quantity: 1 };
}
