/**
 * The same function, which makes a thing that takes long to make only once for each text. Keeps the
 * things of the latest `most` texts at the most, as some texts come from outside. What it throws is
 * not kept.
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
