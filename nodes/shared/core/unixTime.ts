import { textOrNull } from './exactJson';

/**
 * A Unix time in seconds (10 digits) or milliseconds (13 digits) as ISO 8601, UTC; null for
 * anything else. For providers that leave open which of the two they send: only one of them is near
 * our time.
 */
export function readUnixTime(value: unknown): string | null {
	const text = textOrNull(value) ?? '';
	if (/^\d{10}$/.test(text)) return new Date(Number(text) * 1000).toISOString();
	return /^\d{13}$/.test(text) ? new Date(Number(text)).toISOString() : null;
}
