/**
 * The members that hold something: a provider refuses some fields that are null, and reads others
 * as "take it out".
 */
export function omitNull<Members extends Record<string, unknown>>(members: Members) {
	return Object.fromEntries(
		Object.entries(members).filter(([, value]) => value !== null && value !== undefined),
	) as { [Name in keyof Members]?: NonNullable<Members[Name]> };
}
