import { idempotencyKey } from '../../../../nodes/shared/core/idempotencyKey';

const call = {
	method: 'POST',
	url: 'https://api.example/checkouts',
	body: '{"reference":"order-1","amount":1250,"callback":"https://n8n.example/a"}',
} as const;

test('the same row has the same key in every run', () => {
	expect(idempotencyKey({ ...call }, 'order-1', 1)).toBe(idempotencyKey({ ...call }, 'order-1', 1));
});

test('without a reference there is no key: two equal rows are two customers', () => {
	expect(idempotencyKey(call, null, 1)).toBeUndefined();
});

test.each([
	['amount', { ...call, body: call.body.replace('1250', '1251') }, 1],
	['callback URL', { ...call, body: call.body.replace('/a', '/b') }, 1],
	['address', { ...call, url: 'https://sandbox.example/checkouts' }, 1],
	['method', { ...call, method: 'PUT' as const }, 1],
	['Attempt', call, 2],
])('another %s makes another key', (_field, other, attempt) => {
	expect(idempotencyKey(other, 'order-1', attempt)).not.toBe(idempotencyKey(call, 'order-1', 1));
});

test('is plain text that fits into a header and tells nothing about the order', () => {
	expect(idempotencyKey(call, 'order-1', 1)).toMatch(/^[0-9a-f]{64}$/);
});
