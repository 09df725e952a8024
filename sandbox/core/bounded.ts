/**
 * A Map that forgets its oldest entries beyond a number, so that a sandbox left running does not
 * grow.
 */
export class BoundedMap<Key, Value> {
	private readonly entries = new Map<Key, Value>();

	constructor(
		readonly capacity: number,
		private readonly forgotten: (value: Value) => void = () => undefined,
	) {}

	set(key: Key, value: Value): void {
		this.entries.set(key, value);
		if (this.entries.size <= this.capacity) return;
		for (const [oldest, old] of this.entries) {
			this.entries.delete(oldest);
			this.forgotten(old);
			return;
		}
	}

	get(key: Key): Value | undefined {
		return this.entries.get(key);
	}

	delete(key: Key): boolean {
		return this.entries.delete(key);
	}

	/** Oldest first */
	values(): Value[] {
		return [...this.entries.values()];
	}

	get size(): number {
		return this.entries.size;
	}

	clear(): void {
		this.entries.clear();
	}
}
