import { isBlank } from './readText';

/**
 * One `{{ … }}` of a field's saved text, as n8n finds it: a backslash in front of two braces makes
 * them plain text.
 */
const EXPRESSION = /(?<!\\)(?:\\\\)*\{\{[^]*?(?:(?<!\\)(?:\\\\)*\}\}|$)/g;

/**
 * Whether an expression gave nothing: undefined, null, empty or blank text. 0 and false are values.
 * Such a field is not one that was left empty on purpose: the expression looks in the wrong place,
 * as it does behind a step that replaces the item.
 *
 * @param raw the field as it is saved (`getNode().parameters`)
 * @param value what n8n makes of it
 */
export function expressionGaveNothing(raw: unknown, value: unknown): boolean {
	return isBlank(value) && textAround(raw) !== undefined;
}

/**
 * The same for a field that tells one order from another, where `order-{{ $json.id }}` that gives
 * `order-` has given nothing, too: every order would have the same number.
 */
export function expressionGaveNoIdentity(raw: unknown, value: unknown): boolean {
	if (expressionGaveNothing(raw, value)) return true;
	return typeof value === 'string' && textAround(raw) === withoutBlanks(value);
}

/**
 * What stands around the expressions of a saved field, without blanks; undefined where it holds
 * none.
 */
function textAround(raw: unknown): string | undefined {
	if (typeof raw !== 'string' || !raw.startsWith('=')) return undefined;
	const text = raw.slice(1);
	const around = text.replace(EXPRESSION, '');
	return around === text ? undefined : withoutBlanks(around);
}

function withoutBlanks(text: string): string {
	return text.replace(/[\s\p{Cf}]/gu, '');
}
