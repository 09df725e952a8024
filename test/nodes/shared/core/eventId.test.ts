import type { PaymentEventName } from '../../../../nodes/shared/core/contract';
import { eventIdOf, eventIdWithAmount } from '../../../../nodes/shared/core/eventId';

const idOf = (amount: string | null, event: PaymentEventName = 'payment.succeeded') =>
	eventIdWithAmount('7:paid', { event, amount });

test.each(['20.5', '20.50', '20.500000000000000000'])(
	'%s is the same payment however the amount is spelled: a redelivery keeps its id',
	(amount) => {
		expect(idOf(amount)).toBe('7:paid:20.5');
	},
);

test('whole amounts keep their zeros: 20 is not 2', () => {
	expect([idOf('20'), idOf('200.00')]).toEqual(['7:paid:20', '7:paid:200']);
});

test('a success whose amount nobody states has the id that it had without one', () => {
	expect(idOf(null)).toBe('7:paid');
});

test.each<PaymentEventName>(['payment.pending', 'refund.succeeded', 'unknown'])(
	'%s has no amount in its id: what is not paid is told once for each state',
	(event) => {
		expect(idOf('20.5', event)).toBe('7:paid');
	},
);

test('two payments without any number are never copies of each other', () => {
	expect(eventIdOf(null, 'paid', { amount: '1' })).not.toBe(
		eventIdOf(null, 'paid', { amount: '2' }),
	);
});

test('one callback has one id in whatever order its members stand: who reorders it starts nothing anew', () => {
	const written = { amount: '1', resource: { nonce: 'n', ciphertext: 'c' } };
	const reordered = { resource: { ciphertext: 'c', nonce: 'n' }, amount: '1' };
	expect(eventIdOf(null, 'paid', reordered)).toBe(eventIdOf(null, 'paid', written));
});
