/**
 * Memoizes a function of one text. Holds at most `most` results and is cleared when full, because
 * the texts may come from outside. Exceptions are not cached.
 */
export function memoize<Thing>(make: (text: string) => Thing, most = 50): (text: string) => Thing {
	const made = new Map<string, Thing>();
	return (text) => {
		if (made.has(text)) return made.get(text) as Thing;
		const thing = make(text);
		if (made.size >= most) made.clear();
		made.set(text, thing);
		return thing;
	};
}
