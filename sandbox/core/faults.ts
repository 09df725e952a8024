/**
 * Faults of the network and of a server in trouble, which every provider can have, with what they
 * do.
 */
export const commonFaults = [
	{ fault: '429-seconds', meaning: 'Too many requests, Retry-After in seconds; nothing is stored' },
	{ fault: '429-date', meaning: 'Too many requests, Retry-After as a date; nothing is stored' },
	{ fault: '500', meaning: 'Server error; nothing is stored' },
	{ fault: '500-after', meaning: 'Server error, although the call was carried out' },
	{ fault: 'timeout-before', meaning: 'No answer; nothing is stored' },
	{ fault: 'timeout-after', meaning: 'No answer, although the call was carried out' },
	{ fault: 'reset-before', meaning: 'Connection reset; nothing is stored' },
	{ fault: 'reset-after', meaning: 'Connection reset, although the call was carried out' },
	{ fault: 'html', meaning: 'An HTML page with status 200, although the call was carried out' },
	{ fault: 'half-json', meaning: 'Half of the JSON answer, although the call was carried out' },
	{ fault: '401', meaning: 'The key is refused; nothing is stored' },
] as const;

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
