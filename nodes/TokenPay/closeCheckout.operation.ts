import type { Checkout } from '../shared/core/contract';
import { InputError } from '../shared/core/inputError';
import { readOrderKey } from './getCheckout.operation';
import {
	closeOrderCall,
	getOrderCall,
	readClosedOrder,
	readOrderReply,
	type OrderKey,
	type TokenPayCredentials,
} from './tokenPay.contract';
import { operationOf } from '../shared/items/operation';
import type { RowSender } from '../shared/items/rowSender';
import { readShape, simplifiedIfCreated } from '../shared/items/simplify';
import { quote } from '../shared/core/quote';

/**
 * Closes the order. By reference it is looked up first, since TokenPay closes by its own id only
 * and Create does not return that.
 */
export const closeTokenPayCheckout = operationOf({
	read: (row) => ({ key: readOrderKey(row), shape: readShape(row) }),
	async send({ key, shape }, row: RowSender<TokenPayCredentials>) {
		const { paymentId, known } = await find(row, key);
		const reply = await row.send(closeOrderCall(paymentId, row.credentials));
		return simplifiedIfCreated(shape, reply, () => readClosedOrder(reply, paymentId, known));
	},
});

async function find(
	row: RowSender<TokenPayCredentials>,
	key: OrderKey,
): Promise<{ paymentId: string; known?: Checkout }> {
	if ('paymentId' in key) return key;
	const known = readOrderReply(await row.send(getOrderCall(key, row.credentials)), row.credentials);
	if (known.status === 'paid')
		throw new InputError(
			`The order ${quote(key.reference)} is paid, so it was not closed`,
			'Handle it as a paid order.',
		);
	if (known.paymentId === null)
		throw new InputError(
			`TokenPay gives no payment ID for the order ${quote(key.reference)}, without which it cannot be closed`,
			'Close it in the TokenPay merchant backend.',
		);
	return { paymentId: known.paymentId, known };
}
