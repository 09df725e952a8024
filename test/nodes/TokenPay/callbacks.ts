import { createCipheriv } from 'node:crypto';
import type { TokenPayCredentials } from '../../../nodes/TokenPay/tokenPay.contract';

export const appSecret = 'tokenpay-test-not-a-real-secret!';

export const credentials: TokenPayCredentials = {
	appId: 'application-of-the-test',
	merchantId: '12345678',
	appSecret,
	appSecretPrevious: '',
	baseUrl: 'https://api.tokenpay.me',
	checkoutBaseUrl: 'https://api.tokenpay.me',
	callbackProof: 'signatureAndProvider',
};

/** The content of a callback for 15 TRX, as ttpay.io/doc/en/api/intro/structure.html prints it. */
export const paid = {
	out_trade_no: 'order-1',
	transaction_id: 'e98b3029477f4bdcb971797a9d9e09ce',
	trade_state: 'SUCCESS',
	pay_time: 1673407329000,
	amount: 15000000,
	decimals: 6,
	chain: 'TRON',
	currency: { chain: 'TRON', currency: 'TRX', decimal: 6 },
};

export function encryptEcb(text: string | Buffer, secret = appSecret): string {
	const cipher = createCipheriv('aes-256-ecb', secret, null);
	return Buffer.concat([cipher.update(text), cipher.final()]).toString('base64');
}

/** A `resource`, its content given as an object or as the exact text. */
export function resource(
	content: unknown,
	{
		secret = appSecret,
		nonce = '0123456789ab',
		nonceAs = 'utf8',
		...rest
	}: {
		secret?: string;
		nonce?: string;
		/** How `nonce` writes the bytes. */
		nonceAs?: 'utf8' | 'base64' | 'hex';
		algorithm?: string | undefined;
		original_type?: string;
		associated_data?: string;
	} = {},
) {
	const cipher = createCipheriv('aes-256-gcm', secret, Buffer.from(nonce || 'x', nonceAs));
	cipher.setAAD(Buffer.from(rest.associated_data ?? ''));
	const text = typeof content === 'string' ? content : JSON.stringify(content);
	const ciphertext = Buffer.concat([
		cipher.update(text, 'utf8'),
		cipher.final(),
		cipher.getAuthTag(),
	]).toString('base64');
	return {
		original_type: 'transaction',
		algorithm: 'AEAD_AES_256_GCM',
		ciphertext,
		nonce,
		...rest,
	};
}

/** As the payout page has it, which proves nothing of the content. */
export function resourceInEcb(content: unknown, secret = appSecret, kind = 'transaction') {
	return {
		original_type: kind,
		algorithm: 'AES-256-ECB',
		ciphertext: encryptEcb(JSON.stringify(content), secret),
		nonce: '0123456789ab',
	};
}

export function envelope(more: Record<string, unknown> = {}): Record<string, unknown> {
	return {
		app_id: credentials.appId,
		mch_id: credentials.merchantId,
		create_time: '2026-11-21 12:00:00',
		resource_type: 'encrypt-resource',
		event_type: 'X.SUCCESS',
		resource: resource(paid),
		...more,
	};
}

export interface Signing {
	secret?: string;
	timestamp?: string;
	nonce?: string;
	prefix?: string;
	/** What is signed in place of the body that is sent. */
	signed?: string;
}

/** A callback as it arrives: lower-case headers and the body's bytes. */
export function callback(
	body: unknown = envelope(),
	{
		secret = appSecret,
		timestamp = String(Date.now()),
		nonce = '6dc5fa18434198b0b81411fb5f3f5861',
		prefix = 'ttpay',
		signed,
	}: Signing = {},
) {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	const signature = encryptEcb(`${timestamp}\n${nonce}\n${signed ?? text}`, secret);
	return {
		headers: {
			'content-type': 'application/json',
			[`${prefix}-timestamp`]: timestamp,
			[`${prefix}-nonce`]: nonce,
			[`${prefix}-signature`]: signature,
		} as Record<string, string>,
		rawBody: Buffer.from(text),
	};
}
