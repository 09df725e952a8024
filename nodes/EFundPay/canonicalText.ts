import { isObject } from '../shared/exactJson';

/**
 * The text that a callback's signature covers: at each level the keys in ascending order, `key=value` for texts, numbers and
 * booleans, unescaped; an object in place without its own name; of a list only its objects; null left out; joined by `&`.
 * Inferred: EFundPay names the method (`generateSignatureString`) but its page is cut there; this is how the method of that name in
 * LianLian's GlobalPay SDK works (globalpay-dev/ga-payment-javasdk).
 *
 * @param payload as `readJson` gives it, so that numbers are written as they came (`5.50` stays `5.50`)
 */
export function canonicalText(payload: Record<string, unknown>): string {
	return pairs(payload).join('&');
}

function pairs(object: Record<string, unknown>): string[] {
	return Object.keys(object)
		.sort()
		.flatMap((name) => {
			const value = object[name];
			if (value === null || value === undefined) return [];
			if (Array.isArray(value)) return value.filter(isObject).flatMap(pairs);
			return isObject(value) ? pairs(value) : [`${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`];
		});
}

/**
 * The payload without what that text leaves out: null, what stands bare in a list, and lists and objects with nothing in them. Anybody
 * can add those to a genuine callback.
 */
export function coveredByCanonicalText(payload: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(payload)
			.map(([name, value]): [string, unknown] => [name, covered(value)])
			.filter(([, value]) => value !== undefined),
	);
}

/** Undefined when nothing of it is covered. */
function covered(value: unknown): unknown {
	if (value === null) return undefined;
	if (Array.isArray(value)) {
		const entries = value.filter(isObject).map(coveredByCanonicalText).filter((entry) => Object.keys(entry).length > 0);
		return entries.length > 0 ? entries : undefined;
	}
	if (!isObject(value)) return value;
	const entry = coveredByCanonicalText(value);
	return Object.keys(entry).length > 0 ? entry : undefined;
}
