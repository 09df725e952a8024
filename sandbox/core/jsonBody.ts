import type { ApiCall } from './provider';

/**
 * The body of a call as JSON, with the sentence to refuse it with where it is none.
 * Demands the content type, since a client that forgets it has built its request wrongly.
 */
export function readJsonBody(
	call: ApiCall,
):
	| { readonly ok: true; readonly value: unknown }
	| { readonly ok: false; readonly problem: string } {
	const contentType = call.headers['content-type'] ?? '';
	if (!/^application\/json\s*(;|$)/i.test(contentType))
		return {
			ok: false,
			problem: `The content type must be application/json, not "${contentType}".`,
		};
	try {
		return { ok: true, value: JSON.parse(call.rawBody.toString('utf8')) as unknown };
	} catch {
		return { ok: false, problem: 'The body is not JSON.' };
	}
}
