import { InputError } from './inputError';
import { holdsEveryDigit } from './money';

/** Also of characters that nobody sees, such as a zero-width space. */
const BLANK = /^[\s\p{Cf}]*$/u;

/** Undefined, null, empty or blank text; 0 and false are values. */
export function isBlank(value: unknown): boolean {
	return value === undefined || value === null || (typeof value === 'string' && BLANK.test(value));
}

/**
 * The value of a text field, which an expression can fill with anything: trimmed, '' if the field
 * is empty. Taken for empty, what is no text would be left out without a word: an order its number,
 * a list its filter.
 *
 * @param field display name, for the error
 * @throws InputError for objects, lists, dates and switches, and for numbers that do not hold what
 * was typed
 */
export function readText(value: unknown, field: string): string {
	const given = value ?? '';
	if (typeof given === 'string' || typeof given === 'bigint') return String(given).trim();
	if (typeof given !== 'number')
		throw new InputError(
			`'${field}' is not a text but ${kindOf(given)}`,
			isDate(given) ? DATE_ADVICE : 'Map one field that holds text or a number.',
		);
	if (Number.isNaN(given))
		throw new InputError(
			`'${field}' is not a number`,
			'Correct the expression, or map one field that holds text or a number.',
		);
	// Not shown: it is not what the user typed, and a card number is read here, too.
	if (!holdsEveryDigit(given))
		throw new InputError(
			`'${field}' has more digits than a number holds exactly`,
			'Give it as text, for example from a column that is formatted as text.',
		);
	return String(given);
}

const DATE_ADVICE =
	"Write it as text in the expression, for example with .format('yyyy-MM-dd') behind it.";

function kindOf(value: unknown): string {
	if (Array.isArray(value)) return 'a list';
	if (isDate(value)) return 'a date';
	return typeof value === 'object' ? 'an object' : 'a switch';
}

/**
 * A Date, or a DateTime of luxon, which `$now` gives. By name: expressions may have classes of
 * their own.
 */
export function isDate(value: unknown): boolean {
	return (
		Object.prototype.toString.call(value) === '[object Date]' ||
		(typeof value === 'object' && value !== null && 'isLuxonDateTime' in value)
	);
}
