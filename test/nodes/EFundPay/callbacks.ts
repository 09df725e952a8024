import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { ReceivedCallback } from '../../../nodes/shared/core/contract';
import type { EFundPayCredentials } from '../../../nodes/EFundPay/eFundPay.contract';

/** Keys for these tests only. */
export const platform = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });

export const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
export const bareBase64 = (key: KeyObject) =>
	key.export({ type: 'spki', format: 'der' }).toString('base64');

export const credentials: EFundPayCredentials = {
	environment: 'live',
	secretKey: 'sk_live_made_up_for_the_tests',
	merchantAccountId: 'default',
	platformPublicKey: pem(platform.publicKey),
};

export const payment = {
	ll_transaction_id: '2026031500112233',
	merchant_transaction_id: 'order-1',
	payment_data: {
		account_date: '20260315',
		exchange_rate: '1.00000000',
		payment_amount: '20.50',
		payment_currency_code: 'USD',
		payment_status: 'PS',
		payment_time: '20260315101112',
		settlement_amount: '20.50',
		settlement_currency_code: 'USD',
	},
};

export const refund = {
	ll_transaction_id: '2026031600445566',
	merchant_transaction_id: 'refund-1',
	original_transaction_id: 'order-1',
	refund_data: {
		account_date: '20260316',
		actual_refund_amount: 500,
		actual_refund_currency_code: 'USD',
		reason: 'Goods returned',
		refund_amount: 500,
		refund_currency_code: 'USD',
		refund_status: 'RS',
		refund_time: '20260316090807',
		settlement_currency_code: 'USD',
	},
};

/**
 * The text that is signed, written down independently of the package for bodies of one nested
 * object.
 */
export function textOf(body: object): string {
	const inOrder = (entries: Array<[string, unknown]>) =>
		[...entries].sort(([left], [right]) => (left < right ? -1 : 1));
	return inOrder(Object.entries(body))
		.flatMap(([name, value]) =>
			typeof value === 'object' && value !== null
				? inOrder(Object.entries(value)).map((pair) => pair.join('='))
				: [`${name}=${String(value)}`],
		)
		.join('&');
}

export function sign(
	text: string | Buffer,
	{ key = platform.privateKey, hash = 'RSA-SHA1' }: { key?: KeyObject; hash?: string } = {},
): string {
	return createSign(hash).update(text).sign(key, 'base64');
}

export function callback(
	body: object | string,
	signature = sign(textOf(typeof body === 'string' ? (JSON.parse(body) as object) : body)),
	headers: Record<string, string> = {},
): ReceivedCallback {
	return {
		headers: {
			timestamp: '20260315101115',
			timezone: 'Asia/Shanghai',
			...(signature === '' ? {} : { signature }),
			...headers,
		},
		rawBody: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
	};
}
