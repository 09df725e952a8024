import { readCheckout } from './wooshPay.contract';
import { createOperation } from '../shared/items/operation';
import { readCheckoutId } from './getCheckout.operation';
import { expireCheckoutCall } from './wooshPay.payments';

/** At most once: what an earlier try has ended would be refused. */
export const expireWooshPayCheckout = createOperation({
	read: readCheckoutId,
	call: expireCheckoutCall,
	result: (reply, { credentials }) => readCheckout(reply, credentials, 'end'),
});
