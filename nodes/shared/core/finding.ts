import type { Finding, ReceivedCallback } from './contract';

/** What no setting mends: another value, another header, another proxy. */
export const findingInWords = (says: string): Finding => ({ settings: {}, says });

/**
 * The name under which a proxy passes on what the provider puts into a header of another name.
 *
 * @param looksLike what its value looks like, so that few have to be verified
 * @param most how many are verified: more are somebody trying
 */
export function renamedHeader(
	headers: ReceivedCallback['headers'],
	{ looksLike, most }: { looksLike: RegExp; most: number },
	isGenuine: (value: string) => boolean,
): string | undefined {
	return Object.entries(headers)
		.filter(([name, value]) => /^[\w-]{1,60}$/.test(name) && looksLike.test(value))
		.slice(0, most)
		.find(([, value]) => isGenuine(value))?.[0];
}
