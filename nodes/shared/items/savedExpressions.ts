/** An expression of a parameter, and where in the parameter it stands. */
export interface SavedExpression {
	/** From the parameter's name on; a number is a row of a list. */
	path: string[];
	text: string;
}

/**
 * All expressions in a saved value, in its collections and their rows too.
 *
 * @param path of the value itself
 */
export function expressionsIn(path: string[], saved: unknown): SavedExpression[] {
	if (typeof saved === 'string') return saved.startsWith('=') ? [{ path, text: saved }] : [];
	if (typeof saved !== 'object' || saved === null) return [];
	return Object.entries(saved).flatMap(([name, entry]) => expressionsIn([...path, name], entry));
}
