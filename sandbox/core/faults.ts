/** Faults of the network and of a server in trouble, which every provider can have, with what they do. */
export const commonFaults = {
	'429-seconds': 'Too many requests, Retry-After in seconds; nothing is stored',
	'429-date': 'Too many requests, Retry-After as a date; nothing is stored',
	'500': 'Server error; nothing is stored',
	'500-after': 'Server error, although the call was carried out',
	'timeout-before': 'No answer; nothing is stored',
	'timeout-after': 'No answer, although the call was carried out',
	'reset-before': 'Connection reset; nothing is stored',
	'reset-after': 'Connection reset, although the call was carried out',
	html: 'An HTML page with status 200, although the call was carried out',
	'half-json': 'Half of the JSON answer, although the call was carried out',
	'401': 'The key is refused; nothing is stored',
} as const;

export interface SwitchedOnFault {
	readonly provider: string;
	readonly operation: string;
	readonly fault: string;
	/** How many more calls it will hit */
	timesLeft: number;
}

/** The faults that are switched on: at most one for each operation of each provider. */
export class Faults {
	private readonly byOperation = new Map<string, SwitchedOnFault>();

	/** Switches a fault on for the next calls, in place of an earlier one; null switches it off. */
	set(provider: string, operation: string, fault: string | null, times: number): void {
		const key = `${provider}/${operation}`;
		if (fault === null) this.byOperation.delete(key);
		else this.byOperation.set(key, { provider, operation, fault, timesLeft: times });
	}

	/** The fault that hits the call which has just arrived, counted as used. */
	take(provider: string, operation: string): string | undefined {
		const key = `${provider}/${operation}`;
		const found = this.byOperation.get(key);
		if (found === undefined) return undefined;
		found.timesLeft -= 1;
		if (found.timesLeft <= 0) this.byOperation.delete(key);
		return found.fault;
	}

	list(): SwitchedOnFault[] {
		return [...this.byOperation.values()];
	}

	clear(): void {
		this.byOperation.clear();
	}
}
