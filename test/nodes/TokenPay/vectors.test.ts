import { createSecretKey } from 'node:crypto';
import { ageProblem } from '../../../nodes/shared/callbacks/maximumAge';
import { openResource } from '../../../nodes/TokenPay/encryptedResource';
import { readAppSecret } from '../../../nodes/TokenPay/signature';
import {
	replySignatureProblem,
	tokenPay,
	type TokenPayCredentials,
} from '../../../nodes/TokenPay/tokenPay.contract';
import file from './fixtures/vectors.json';

interface Vector {
	id: string;
	kind: string;
	app_secret: string;
	path: string;
	timestamp: string;
	nonce: string;
	body: string;
	authorization?: string;
	signature: string;
	resource: unknown;
	headers: Record<string, string>;
	raw_body: string;
	now_ms: number;
	tolerance_ms: number;
	decrypted: object;
	expect: {
		valid: boolean;
		reason?: string;
		fields?: Record<string, unknown>;
		ack?: { status: number; content_type: string; body: string };
	};
}

const vectors = file.vectors as unknown as Vector[];
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

const credentialsOf = (vector: Vector): TokenPayCredentials => ({
	appId: file.app_id,
	merchantId: file.mch_id,
	appSecret: vector.app_secret,
	baseUrl: 'https://api.tokenpay.me',
	checkoutBaseUrl: 'https://api.tokenpay.me',
	callbackProof: 'signatureAndProvider',
});

const lowerCase = (headers: Record<string, string>) =>
	Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/**
 * The reason word that this vector gets, or "valid". `tolerance_ms` plays the part of Maximum Age.
 */
const verdicts: Record<string, (vector: Vector) => string> = {
	request_signature(vector) {
		const stamp = { now: new Date(Number(vector.timestamp)), nonce: vector.nonce };
		const call = {
			method: 'POST' as const,
			url: `https://api.tokenpay.me${vector.path}`,
			body: vector.body,
			retry: 'never' as const,
		};
		const { Authorization } = tokenPay.authHeaders(credentialsOf(vector), call, stamp);
		const given =
			vector.authorization ??
			`TTPAY-AES-256-ECB app_id=${file.app_id},mch_id=${file.mch_id},nonce_str=${vector.nonce},timestamp=${vector.timestamp},signature=${vector.signature}`;
		return Authorization === given ? 'valid' : 'signature_mismatch';
	},
	config: (vector) =>
		tokenPay.credentialProblem?.(credentialsOf(vector))?.includes('32 bytes')
			? 'app_secret_length'
			: 'valid',
	resource(vector) {
		const opened = openResource(
			vector.resource,
			readAppSecret(vector.app_secret) ?? createSecretKey(Buffer.alloc(32)),
		);
		return 'code' in opened ? opened.code : 'valid';
	},
	callback(vector) {
		const verdict = tokenPay.callback.verify(
			{ headers: lowerCase(vector.headers), rawBody: Buffer.from(vector.raw_body) },
			credentialsOf(vector),
		);
		if (verdict.genuine === false) return verdict.code;
		return ageProblem(verdict, vector.tolerance_ms / DAY_MILLISECONDS, vector.now_ms)
			? 'stale_timestamp'
			: 'valid';
	},
	reply(vector) {
		const bytes = Buffer.from(vector.raw_body);
		const reply = {
			status: 200,
			headers: lowerCase(vector.headers),
			text: vector.raw_body,
			body: JSON.parse(vector.raw_body) as unknown,
			bytes,
		};
		return replySignatureProblem(reply, credentialsOf(vector)) === undefined
			? 'valid'
			: 'signature_mismatch';
	},
};

describe("TokenPay's vectors", () => {
	it.each(vectors.map((vector) => [vector.id, vector] as const))('%s', (_id, vector) => {
		expect(verdicts[vector.kind]?.(vector)).toBe(
			vector.expect.valid ? 'valid' : vector.expect.reason,
		);
	});

	const valid = vectors.filter(({ kind, expect: { valid } }) => kind === 'callback' && valid);
	it.each(valid.map((vector) => [vector.id, vector] as const))(
		'%s gives the decrypted content and its exact amount',
		(_id, vector) => {
			const verdict = tokenPay.callback.verify(
				{ headers: lowerCase(vector.headers), rawBody: Buffer.from(vector.raw_body) },
				credentialsOf(vector),
			);
			const [whole] = vectors.filter(({ id }) => id === 'callback-valid');
			expect(
				verdict.genuine === true &&
					tokenPay.callback.parseEvent(verdict.payload, credentialsOf(vector)),
			).toMatchObject({
				event: 'payment.succeeded',
				reference: 'n8n-20261121-0001',
				amount: '9',
				currency: 'USDT',
				raw: whole?.decrypted,
			});
		},
	);

	it('callback-valid is acknowledged as it says', () => {
		const [vector] = vectors.filter(({ id }) => id === 'callback-valid');
		const { status, contentType, body } = tokenPay.callback.acknowledgement(credentialsOf(vector!));
		expect({ status, content_type: contentType.split(';')[0], body }).toEqual(vector?.expect.ack);
	});
});
