import type { Remembered } from '../shared/core/contract';
import { isKeptSecret } from '../shared/core/secrets';
import type { WooshPayCredentials } from './wooshPay.requests';

export const modeOfKey = (secretKey: string) =>
	/^sk_(live|test)_/.exec(secretKey)?.[1] as 'live' | 'test' | undefined;

export function environmentOf({ environment, secretKey }: WooshPayCredentials): string {
	return [environment, modeOfKey(secretKey)].filter(Boolean).join(' ');
}

/** The secrets that a callback may be signed with, those of the trigger's own endpoint first. */
export function callbackSecrets(
	credentials: WooshPayCredentials,
	remembered: Remembered = [],
): Set<string> {
	const { webhookSecret, webhookSecretPrevious } = credentials;
	// The credential may have been changed since from test to live: a test payment must not be taken
	// for money.
	const here = remembered.filter(
		({ environment }) => environment === undefined || environment === environmentOf(credentials),
	);
	return new Set([
		...secretsOf(here),
		...[webhookSecret, webhookSecretPrevious].filter(
			(secret): secret is string => typeof secret === 'string' && secret !== '',
		),
	]);
}

/** What a trigger keeps of endpoints, at whatever account. */
export function secretsOf(remembered: Remembered): string[] {
	return remembered
		.flatMap(({ secret, secretPrevious }) => [secret, secretPrevious])
		.filter(isKeptSecret);
}
