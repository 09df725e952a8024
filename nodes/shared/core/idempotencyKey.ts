import { createHash } from 'crypto';
import type { HttpCall } from './contract';

/**
 * The key by which a provider knows that a request is the same one again: a hash over everything
 * that is sent, so that the same row has the same key in every run, and a changed amount or
 * callback URL another. `attempt` makes a new key on purpose.
 *
 * @returns undefined without a reference: two equal rows are two customers
 */
export function idempotencyKey(
	call: Pick<HttpCall, 'method' | 'url' | 'body'>,
	reference: string | null,
	attempt: number,
): string | undefined {
	if (reference === null) return undefined;
	return createHash('sha256')
		.update(JSON.stringify([call.method, call.url, call.body ?? '', attempt]))
		.digest('hex');
}
