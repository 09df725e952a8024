import type { Verification } from './contract';
import { refusals } from './sentences';

export const REFUSALS = refusals({
	no_secret: {
		message: 'the credential has no secret for callbacks',
		hint: 'Enter it in the credential.',
	},
});

/** False for a secret that was stored masked: everybody knows `***`, and could sign with it. */
export function isKeptSecret(value: unknown): value is string {
	return typeof value === 'string' && value !== '' && !value.includes('***');
}

/**
 * Judges a callback with the current secret and then with the previous one, so that a secret can be
 * rotated without losing a callback. Empty secrets are not tried; with none at all the callback is
 * refused.
 */
export function verifyWithAny(
	secrets: Array<string | undefined>,
	verify: (secret: string) => Verification,
): Verification {
	const present = secrets.filter(
		(secret): secret is string => typeof secret === 'string' && secret !== '',
	);
	let first: Verification | undefined;
	for (const secret of present) {
		const verdict = verify(secret);
		if (verdict.genuine) return verdict;
		first ??= verdict;
	}
	return (
		first ?? {
			genuine: false,
			fault: 'ours',
			...REFUSALS.no_secret,
		}
	);
}
