import { readPayment } from './wooshPay.contract';
import { createOperation } from '../shared/items/operation';
import { readPaymentId } from './getPayment.operation';
import { cancelPaymentCall } from './wooshPay.payments';

/** At most once: what an earlier try has canceled would be refused. */
export const cancelWooshPayPayment = createOperation({
	read: readPaymentId,
	call: cancelPaymentCall,
	result: (reply, { credentials }) => readPayment(reply, credentials, 'end'),
});
