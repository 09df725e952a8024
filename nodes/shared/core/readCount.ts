import { InputError } from './inputError';
import { quote } from './quote';
import { readText } from './readText';

/**
 * How many, as people enter or map it: a number, its text, or `2.00` as sheets write it.
 *
 * @param field display name, for the error
 * @throws InputError when it is no whole number above zero
 */
export function readCount(value: unknown, field: string, advice: string): number {
	const text = readText(value, field);
	const count = Number(text);
	if (!/^\d+(\.0+)?$/.test(text) || count < 1 || !Number.isSafeInteger(count))
		throw new InputError(
			`'${field}' is not a whole number above zero${text === '' ? '' : `: ${quote(text)}`}`,
			advice,
		);
	return count;
}
