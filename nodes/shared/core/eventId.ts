import { createHash } from 'crypto';
import type { Payload, PaymentEventData } from './contract';
import { isObject } from './exactJson';
import { withoutFinalZeros } from './money';

/**
 * The event id where a provider gives none: what it is about and its state, so that every delivery
 * of one event has the same. Without a number, the whole payload: two payments must never be taken
 * for copies of each other. In whatever order its members stand: where the signature covers the
 * values alone, another order is no other event.
 */
export function eventIdOf(id: string | null, state: string | null, payload: Payload): string {
	return `${id ?? hashOf(payload)}:${state ?? ''}`;
}

function hashOf(payload: Payload): string {
	const text = JSON.stringify(payload, (_name, value: unknown) =>
		isObject(value) ? inOrder(value) : value,
	);
	return createHash('sha256').update(text).digest('hex');
}

function inOrder(members: Payload): Payload {
	return Object.fromEntries(
		Object.entries(members).sort(([left], [right]) => (left < right ? -1 : 1)),
	);
}

/**
 * The same, with the amount of a success behind it (`7:succeeded:20.5`, also where 20.50 is
 * written): a further payment of another amount on the same checkout is an event of its own and no
 * copy of the first one.
 *
 * Inferred: each success has its amount in the id, not only the one that differs. No callback says
 * both what was ordered and what was paid, and what a process remembers of an earlier payment is
 * gone after a restart: the redelivery of one event would get another id then.
 */
export function eventIdWithAmount(
	eventId: string,
	{ event, amount }: Pick<PaymentEventData, 'event' | 'amount'>,
): string {
	return event === 'payment.succeeded' && amount !== null
		? `${eventId}:${withoutFinalZeros(amount)}`
		: eventId;
}
