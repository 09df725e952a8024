import { isObject } from '../shared/core/exactJson';

/**
 * The text that a callback's signature covers: at each level the keys in ascending order,
 * `key=value` for texts, numbers and booleans, unescaped; an object in place without its own name;
 * of a list only its objects; null left out; joined by `&`. Inferred: EFundPay names the method
 * (`generateSignatureString`) but its page is cut there; this is how the method of that name in
 * LianLian's GlobalPay SDK works (globalpay-dev/ga-payment-javasdk).
 *
 * @param payload as `readJson` gives it, so that numbers are written as they came (`5.50` stays
 * `5.50`)
 */
export function canonicalText(payload: Record<string, unknown>): string {
	return pairsOf(payload, '=').join('&');
}

/** The same without `=` and `&`, as LianLian's SDK has it for HMACs. */
export function canonicalTextWithoutSeparators(payload: Record<string, unknown>): string {
	return pairsOf(payload, '').join('');
}

function pairsOf(
	object: Record<string, unknown>,
	equals: '=' | '',
	pairs: string[] = [],
): string[] {
	for (const name of Object.keys(object).sort()) {
		const value = object[name];
		if (typeof value === 'string') pairs.push(`${name}${equals}${value}`);
		else if (Array.isArray(value))
			for (const entry of value.filter(isObject)) pairsOf(entry, equals, pairs);
		else if (isObject(value)) pairsOf(value, equals, pairs);
		else if (value !== null && value !== undefined)
			pairs.push(`${name}${equals}${JSON.stringify(value)}`);
	}
	return pairs;
}

/**
 * The payload without what that text leaves out: null, what stands bare in a list, and lists and
 * objects with nothing in them. Anybody can add those to a genuine callback.
 */
export function coveredByCanonicalText(payload: Record<string, unknown>): Record<string, unknown> {
	return Object.values(payload).every(isWhollyCovered) ? payload : coveredFields(payload);
}

function isWhollyCovered(value: unknown): boolean {
	if (Array.isArray(value))
		return value.length > 0 && value.every((entry) => isObject(entry) && isWhollyCovered(entry));
	if (!isObject(value)) return value !== null;
	let fields = 0;
	for (const name in value) {
		if (!isWhollyCovered(value[name])) return false;
		fields++;
	}
	return fields > 0;
}

function coveredFields(object: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(object)
			.map(([name, value]): [string, unknown] => [name, covered(value)])
			.filter(([, value]) => value !== undefined),
	);
}

/** Undefined when nothing of it is covered. */
function covered(value: unknown): unknown {
	if (value === null) return undefined;
	if (Array.isArray(value)) {
		const entries = value.filter(isObject).map(coveredFields).filter(hasFields);
		return entries.length > 0 ? entries : undefined;
	}
	if (!isObject(value)) return value;
	const entry = coveredFields(value);
	return hasFields(entry) ? entry : undefined;
}

const hasFields = (object: Record<string, unknown>) => Object.keys(object).length > 0;
