/**
 * More than a busy shop's payments, far less than what would trouble a provider or get its merchant
 * blocked.
 */
export const MAX_LOOKUPS_PER_MINUTE = 300;
const MINUTE_MILLISECONDS = 60_000;

const askedAt = new Map<string, number[]>();

/**
 * Whether one more callback may be looked up at the provider. Where callbacks are not signed
 * anybody can send some with invented references; that must not become a flood of API calls. Counts
 * for one node in one process.
 */
export function mayLookUp(node: string, nowMilliseconds: number): boolean {
	const recent = (askedAt.get(node) ?? []).filter(
		(time) => nowMilliseconds - time < MINUTE_MILLISECONDS,
	);
	const allowed = recent.length < MAX_LOOKUPS_PER_MINUTE;
	askedAt.set(node, allowed ? [...recent, nowMilliseconds] : recent);
	return allowed;
}
