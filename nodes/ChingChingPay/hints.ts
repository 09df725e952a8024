import type { Hint, Payload } from '../shared/core/contract';
import { isObject, readJson, readUtf8, textOrNull } from '../shared/core/exactJson';

/** Of these, an object that names a payment has one at least. */
const IDS = ['merchant_reference', 'transaction_id', 'payment_id'];
/** More values than any callback has are not looked through. */
const MOST_VALUES = 2_000;

/**
 * What a callback that nobody has signed says of the payment that it names. No page shows where it
 * names one, so it is looked for at any depth, in JSON that is written as a text, and in a form.
 * That lets nothing forged in: only the number is asked for, and the event is the answer.
 *
 * @returns what it holds where it names none, and undefined where it is neither JSON nor a form
 */
export function readHint(rawBody: Buffer): Hint | undefined {
	const text = readUtf8(rawBody) ?? '';
	const body = readJson(text) ?? readForm(text);
	return hintIn(body) ?? (isObject(body) ? { payload: body } : undefined);
}

/** The same of a body that is read; undefined where it names none. */
export function hintIn(body: unknown): Hint | undefined {
	let level: unknown[] = [body];
	let left = MOST_VALUES;
	while (level.length > 0 && left > 0) {
		const values = level.slice(0, left).map(opened);
		const [payload, besides] = different(values.filter(isObject).flatMap(withItsData));
		if (payload !== undefined) return { payload, ...(besides && { besides }) };
		left -= values.length;
		level = values.flatMap((value): unknown[] =>
			typeof value === 'object' && value !== null ? Object.values(value) : [],
		);
	}
	return undefined;
}

/** The fields of a form; undefined where the text is none. Of a repeated name the last one counts. */
export function readForm(text: string): Payload | undefined {
	return /^[\w.[\]%-]+=/.test(text) ? Object.fromEntries(new URLSearchParams(text)) : undefined;
}

/** Of a text that holds JSON, what is in it. */
function opened(value: unknown): unknown {
	return typeof value === 'string' && /^\s*[{[]/.test(value) ? readJson(value) : value;
}

/**
 * An object and its `data` are one, as in the answers (api-208767284), unless each names a payment
 * of its own.
 */
function withItsData(object: Payload): Payload[] {
	const data = opened(object.data);
	if (!isObject(data)) return [object];
	const contradicts = IDS.some((name) => {
		const [outer, inner] = [textOrNull(object[name]), textOrNull(data[name])];
		return outer !== null && inner !== null && outer !== inner;
	});
	return contradicts ? [object, data] : [{ ...object, ...data, data: null }];
}

/** Those that name a payment, each payment once. */
function different(objects: Payload[]): Payload[] {
	const byId = new Map<string, Payload>();
	for (const object of objects) {
		const name = IDS.find((id) => textOrNull(object[id]) !== null);
		if (name === undefined) continue;
		const id = `${name} ${textOrNull(object[name]) ?? ''}`;
		if (!byId.has(id)) byId.set(id, object);
	}
	return [...byId.values()];
}
