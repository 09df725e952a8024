import { InputError } from './inputError';
import { quote } from './quote';
import { readText } from './readText';

/**
 * The value of an options field, which an expression can fill with anything: n8n does not check it.
 *
 * @param field display name, for the error
 * @throws InputError when it is none of the choices: taken for the default, "cents" would charge a
 * hundredfold
 */
export function readChoice<Value extends string>(
	given: string,
	field: string,
	choices: readonly Value[],
): Value {
	const choice = choices.find((one) => one === given);
	if (choice !== undefined) return choice;
	throw new InputError(
		`'${field}' is none of its choices: ${quote(given)}`,
		`Choose one in the form, or let the expression give ${choices.join(' or ')}.`,
	);
}

/**
 * The same of an options field in a collection; null where it was not added.
 *
 * @throws InputError when it is none of the choices
 */
export function readOption<Value extends string>(
	given: unknown,
	field: string,
	choices: readonly Value[],
): Value | null {
	const text = readText(given, field);
	return text === '' ? null : readChoice(text, field, choices);
}
