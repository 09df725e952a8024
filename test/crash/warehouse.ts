import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';

/** What a workflow asked to be shipped. */
export interface Asked {
	reference: string;
	eventId: string;
	/** The workflow that asked */
	by: string;
}

/** The merchant's own system behind the workflows: takes its time, and ships a payment once however often it is asked, as the recipe advises. */
export class Warehouse {
	readonly asked: Asked[] = [];
	readonly shipped: Asked[] = [];
	private readonly keys = new Set<string>();
	private readonly server = createServer((request, response) => {
		void (async () => {
			const asked = (await json(request)) as Asked;
			this.asked.push(asked);
			await wait(this.millisecondsOfWork);
			if (!this.keys.has(asked.eventId)) this.shipped.push(asked);
			this.keys.add(asked.eventId);
			response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ shipped: asked.reference }));
		})().catch(() => response.destroy());
	});

	/** @param millisecondsOfWork how long one shipment takes: what a kill finds under way */
	constructor(private readonly millisecondsOfWork: number) {}

	async open(): Promise<void> {
		this.server.listen(0, '127.0.0.1');
		await once(this.server, 'listening');
	}

	close(): void {
		this.server.closeAllConnections();
		this.server.close();
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/ship`;
	}
}
