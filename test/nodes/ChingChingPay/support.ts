import type {
	ChingChingPayCredentials,
	ChingChingPayOrder,
} from '../../../nodes/ChingChingPay/chingChingPay.contract';
import type { HttpReply, ReceivedCallback } from '../../../nodes/shared/core/contract';
import { readJson } from '../../../nodes/shared/core/exactJson';

export const credentials = (
	more: Partial<ChingChingPayCredentials> = {},
): ChingChingPayCredentials => ({
	environment: 'custom',
	baseUrl: 'https://gateway.example/gateway',
	apiKey: 'api-key-of-the-test',
	signingSecret: 'signing-secret-of-the-test',
	merchantId: 'M_TEST',
	callbackProof: 'provider',
	paidValues: '',
	otherSettings: true,
	...more,
});

export const order = (more: Partial<ChingChingPayOrder> = {}): ChingChingPayOrder => ({
	amount: '10.00',
	lineItems: [],
	amountUnit: 'major',
	currency: 'HKD',
	reference: 'order-1',
	description: null,
	successUrl: null,
	cancelUrl: null,
	callbackUrl: null,
	extraFields: {},
	merchantId: null,
	storeId: null,
	deviceId: null,
	expiresAt: null,
	transactionType: 'sale',
	channelId: '1',
	paymentMethod: 'METHOD',
	paymentMethodOption: undefined,
	clientIp: null,
	checkoutId: null,
	...more,
});

export function reply(body: unknown, status = 200): HttpReply {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	return { status, headers: {}, text, body: readJson(text), bytes: Buffer.from(text) };
}

export const answered = (data: unknown, more: Record<string, unknown> = {}) =>
	reply({ code: 0, message: 'success', data, ...more });

export const received = (body: string, headers: Record<string, string> = {}): ReceivedCallback => ({
	headers,
	rawBody: Buffer.from(body),
});

export const sentBody = (call: { body?: string }) =>
	JSON.parse(call.body ?? '') as Record<string, unknown>;
