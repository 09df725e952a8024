import { InputError } from './inputError';
import { quote } from './quote';

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
