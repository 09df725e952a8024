import type { CheckoutContract, Sent } from '../../../../nodes/shared/core/contract';

/** What the answer to a checkout of this order is read with. */
export function sentFor<Credentials, Order>(
	{ checkout }: CheckoutContract<Credentials, Order>,
	order: Order,
	credentials: Credentials,
): Sent<Credentials, Order> {
	return { order, credentials, call: checkout.call(order, credentials) };
}
