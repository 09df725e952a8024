import { isObject } from './exactJson';

/** Equal by value, as JSON: key order does not matter, a number is not a text. */
export function deepEqual(left: unknown, right: unknown): boolean {
	if (left === right) return true;
	if (Array.isArray(left) && Array.isArray(right))
		return (
			left.length === right.length && left.every((entry, index) => deepEqual(entry, right[index]))
		);
	if (isObject(left) && isObject(right)) {
		const names = Object.keys(left);
		return (
			names.length === Object.keys(right).length &&
			names.every((name) => Object.hasOwn(right, name) && deepEqual(left[name], right[name]))
		);
	}
	return false;
}
