import { setTimeout as wait } from 'node:timers/promises';
import { LocalServer } from '../support/localServer';

/** What a workflow asked to be shipped. */
export interface Asked {
	reference: string;
}

/**
 * The merchant's own system behind the desk: takes its time, and ships whenever it is asked. It
 * knows no idempotency key, so nothing but the desk keeps an order from being shipped twice.
 */
export class Warehouse extends LocalServer<Asked> {
	private cutOff = 0;
	private underWay = 0;

	/** @param millisecondsOfWork how long one shipment takes: what a kill finds under way */
	constructor(millisecondsOfWork: number) {
		super(async ({ reference }, caller) => {
			this.underWay++;
			await wait(millisecondsOfWork);
			this.underWay--;
			if (caller.isGone()) this.cutOff++;
			return { shipmentId: `shipment-of-${reference}` };
		});
	}

	/** Whether a call is under way now. */
	isAsked = (): boolean => this.underWay > 0;

	/** How many calls lost their caller: it was killed while it waited. */
	get callsCutOff(): number {
		return this.cutOff;
	}
}
