import { hkdfSync } from 'crypto';
import { equalInConstantTime } from './bytes';

/** The query parameter that holds the tag. */
export const TAG_PARAMETER = 'hc';

const CONTEXT = 'n8n-nodes-hosted-checkout:callback-tag';
/** 96 bits: nobody guesses it, and the address stays short. */
const TAG_BYTES = 12;
/** Of a parameter that is repeated. */
const MOST_TAGS = 4;

/**
 * The callback address with a tag that only this credential can make. Where callbacks are not
 * signed, anybody who knows the address of a trigger can send invented ones. The tag tells the
 * callbacks of our own checkouts from these, so that a flood does not take their turn. It proves
 * nothing else: logs on the way may show it.
 *
 * The same credential and address always give the same, because idempotency keys cover the address.
 *
 * @param url absolute. n8n finds the trigger by its path alone. The address of a waiting execution
 * (it has a `signature`) is not changed: n8n 1.x signs its whole query
 */
export function withCallbackTag(url: string, secret: string): string {
	const parameters = new URL(url).searchParams;
	if (secret === '' || parameters.has('signature') || parameters.has(TAG_PARAMETER, tagOf(secret)))
		return url;
	// Byte for byte as it was typed, and the tag behind it: URL would write it anew.
	const [address = '', ...fragment] = url.split('#');
	const tagged = `${address}${address.includes('?') ? '&' : '?'}${TAG_PARAMETER}=${tagOf(secret)}`;
	return [tagged, ...fragment].join('#');
}

/**
 * Whether a callback came to an address with the tag of one of these secrets.
 *
 * @param query as n8n reads it: a parameter that is repeated is a list
 */
export function hasCallbackTag(query: unknown, secrets: string[]): boolean {
	const given = (query as Record<string, unknown> | null | undefined)?.[TAG_PARAMETER];
	const tags = (Array.isArray(given) ? given : [given])
		.slice(0, MOST_TAGS)
		.filter((tag) => typeof tag === 'string');
	return secrets
		.filter((secret) => secret !== '')
		.some((secret) => tags.some((tag) => equalInConstantTime(tag, tagOf(secret))));
}

function tagOf(secret: string): string {
	return Buffer.from(hkdfSync('sha256', secret, '', CONTEXT, TAG_BYTES)).toString('base64url');
}
