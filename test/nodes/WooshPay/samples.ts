import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { HttpReply, PaymentEventData } from '../../../nodes/shared/core/contract';
import { readJson } from '../../../nodes/shared/core/exactJson';
import { wooshPay, type WooshPayOrder } from '../../../nodes/WooshPay/wooshPay.contract';
import type { WooshPayCredentials } from '../../../nodes/WooshPay/wooshPay.requests';

export const credentials: WooshPayCredentials = {
	environment: 'test',
	secretKey: 'sk_test_aW52ZW50ZWQta2V5LW9mLWEtdGVzdA==',
	webhookSecret: 'whsec_inventedSecretOfTheCredential1',
	callbackProof: 'signatureOrProvider',
};

export function order(more: Partial<WooshPayOrder> = {}): WooshPayOrder {
	return {
		amount: '12.99',
		lineItems: [],
		amountUnit: 'major',
		currency: 'GBP',
		reference: 'order-1001',
		description: 'Tea',
		successUrl: 'https://shop.example/thanks',
		cancelUrl: 'https://shop.example/basket',
		callbackUrl: null,
		extraFields: {},
		attempt: 1,
		retry: false,
		metadata: {},
		billingAddressCollection: null,
		captureMethod: null,
		customerEmail: null,
		expiresAt: null,
		merchantUserId: null,
		paymentMethodTypes: [],
		...more,
	};
}

export function reply(body: unknown, status = 200): HttpReply {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	return { status, headers: {}, text, body: readJson(text), bytes: Buffer.from(text) };
}

/** A whole answer of `fixtures/`, with some fields changed. */
export function answer(name: string, changes: Record<string, unknown> = {}): HttpReply {
	const { status, body } = JSON.parse(
		readFileSync(path.join(__dirname, 'fixtures', `${name}.json`), 'utf8'),
	) as { status: number; body: Record<string, unknown> };
	return reply({ ...body, ...changes }, status);
}

/** An event as WooshPay sends it about a payment. */
export function paymentEvent(
	type: string,
	object: Record<string, unknown> = {},
	more: Record<string, unknown> = {},
): Record<string, unknown> {
	const intent = {
		id: 'pi_1',
		object: 'payment_intent',
		currency: 'GBP',
		amount: 2598,
		amount_received: null,
		status: 'succeeded',
		merchant_order_id: 'order-1001',
		metadata: {},
		...object,
	};
	return {
		id: 'evt_1',
		object: 'event',
		created: 1768435199841,
		data: { object: intent },
		livemode: false,
		type,
		...more,
	};
}

export function factsOf(payload: Record<string, unknown>): PaymentEventData {
	return wooshPay.callback.parseEvent(payload, credentials);
}
