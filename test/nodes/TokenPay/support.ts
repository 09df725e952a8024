import type { HttpReply } from '../../../nodes/shared/core/contract';
import { readJson } from '../../../nodes/shared/core/exactJson';
import type { TokenPayOrder } from '../../../nodes/TokenPay/tokenPay.contract';

/** An order of 12.50 USDT on TRON. */
export const order = (more: Partial<TokenPayOrder> = {}): TokenPayOrder => ({
	amount: '12.50',
	lineItems: [],
	amountUnit: 'major',
	currency: 'USDT',
	reference: 'order-1',
	description: null,
	successUrl: null,
	cancelUrl: null,
	callbackUrl: null,
	extraFields: {},
	chain: 'TRON',
	coinDecimals: 6,
	expiresInSeconds: 3600,
	attach: null,
	locale: null,
	toAddress: null,
	...more,
});

export const reply = (body: unknown, more: Partial<HttpReply> = {}): HttpReply => {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	return {
		status: 200,
		headers: {},
		text,
		body: readJson(text),
		bytes: Buffer.from(text),
		...more,
	};
};
