/**
 * The members that hold something: a provider refuses some fields that are null, and reads others
 * as "take it out".
 */
export function omitNull<Value>(members: Record<string, Value | null | undefined>) {
	return Object.fromEntries(
		Object.entries(members).filter(
			(entry): entry is [string, Value] => entry[1] !== null && entry[1] !== undefined,
		),
	);
}
