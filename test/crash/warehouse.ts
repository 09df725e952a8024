import { setTimeout as wait } from 'node:timers/promises';
import { LocalServer } from '../support/localServer';

/** What a workflow asked to be shipped. */
export interface Asked {
	reference: string;
	eventId: string;
	/** The workflow that asked */
	by: string;
}

/**
 * The merchant's own system behind the workflows: takes its time, and ships a payment once however
 * often it is asked, as the recipe advises.
 */
export class Warehouse extends LocalServer<Asked> {
	readonly shipped: Asked[] = [];
	private readonly keys = new Set<string>();

	/** @param millisecondsOfWork how long one shipment takes: what a kill finds under way */
	constructor(millisecondsOfWork: number) {
		super(async (asked) => {
			await wait(millisecondsOfWork);
			if (!this.keys.has(asked.eventId)) this.shipped.push(asked);
			this.keys.add(asked.eventId);
			return { shipped: asked.reference };
		});
	}
}
