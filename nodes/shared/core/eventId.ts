import { createHash } from 'crypto';
import type { Payload } from './contract';

/**
 * The event id where a provider gives none: what it is about and its state, so that every delivery
 * of one event has the same. Without a number, the whole payload: two payments must never be taken
 * for copies of each other.
 */
export function eventIdOf(id: string | null, state: string | null, payload: Payload): string {
	return `${id ?? createHash('sha256').update(JSON.stringify(payload)).digest('hex')}:${state ?? ''}`;
}
