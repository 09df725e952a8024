import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import type { PayfectCredentials } from '../../../nodes/Payfect/payfect.contract';
import type { HttpReply } from '../../../nodes/shared/core/contract';
import { readJson } from '../../../nodes/shared/core/exactJson';

const fernetKey = (thirtyTwoLetters: string) =>
	`${Buffer.from(thirtyTwoLetters).toString('base64url')}=`;

export const secretKey = fernetKey('a-secret-key-of-thirty-two-bytes');
export const previousSecretKey = fernetKey('the-key-before-has-32-bytes-also');
export const strangersKey = fernetKey('somebody-who-guesses-32-letters-');

export const credentials: PayfectCredentials = {
	apiKey: 'sentinel-api-key-71c2f0',
	callbackSecretKey: secretKey,
	callbackSecretKeyPrevious: '',
	baseUrl: 'https://api.payfect.finance/api/v1',
	callbackProof: 'signature',
};

/** Follows docs.payfect.finance/payment/callback; all values are invented. */
export const paid = {
	id: '3f0c9a52-7d4e-4a61-9b1c-5e2f8d7a6c01',
	amount: '20.50',
	status: 'succeeded',
	currency: 'usdt',
	merchant: '7b1d2c3e-4f50-4a6b-8c7d-9e0f1a2b3c4d',
	is_livemode: false,
	payment_intent: 'a1b2c3d4-e5f6-4789-8abc-def012345678',
	payment_method: {
		id: '0c1d2e3f-4a5b-4c6d-8e7f-90a1b2c3d4e5',
		payment_method_detail: { network: 'tron', currency: 'usdt' },
	},
	client_reference_id: 'order-0001',
};

/** A Fernet token as github.com/fernet/spec describes it. */
export function fernetToken(plaintext: string | Buffer, key = secretKey, at = new Date()): string {
	const bytes = Buffer.from(key, 'base64url');
	const initializationVector = randomBytes(16);
	const cipher = createCipheriv('aes-128-cbc', bytes.subarray(16), initializationVector);
	const versionAndTime = Buffer.alloc(9, 0x80);
	versionAndTime.writeBigUInt64BE(BigInt(Math.floor(at.getTime() / 1000)), 1);
	const signed = Buffer.concat([
		versionAndTime,
		initializationVector,
		cipher.update(plaintext),
		cipher.final(),
	]);
	const token = Buffer.concat([
		signed,
		createHmac('sha256', bytes.subarray(0, 16)).update(signed).digest(),
	]);
	return token.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

export function reply(status: number, body: unknown): HttpReply {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	return {
		status,
		headers: {},
		text,
		body: text === '' ? undefined : readJson(text),
		bytes: Buffer.from(text),
	};
}
