import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { IDataObject, INode } from 'n8n-workflow';
import type { Workflow } from '../n8n/client';
import { LocalServer } from '../support/localServer';

/** Between two steps of the desk, where an execution stays for a while and can be met by a kill. */
interface Place {
	name: string;
	/** Of examples/order-desk, without .json */
	file: string;
	after: string;
	/** Which of its outputs */
	output: number;
}

/** From the claim to the written shipment, in the order in which an order comes through. */
export const places: readonly Place[] = [
	{ name: 'before the claim', file: 'payment-arrives', after: 'Claim It', output: 0 },
	{ name: 'claimed', file: 'payment-arrives', after: 'Claimed?', output: 0 },
	{ name: 'shipping, not called yet', file: 'ship', after: 'Still Ours?', output: 0 },
	{
		name: 'called, not written yet',
		file: 'ship',
		after: 'Ship the Order (replace me)',
		output: 0,
	},
	{ name: 'shipped', file: 'ship', after: 'Written Back?', output: 0 },
];

interface Passing {
	place: string;
	item: IDataObject;
}

/**
 * What steps of the desk pass on their way: it keeps each item for a while and gives it back as it
 * came. So it knows of every execution that was killed there.
 */
export class Pauses extends LocalServer<Passing> {
	/** How many executions were killed, by the name of the place. */
	readonly met = new Map<string, number>();
	private readonly there = new Map<string, number>();

	constructor(millisecondsEach: number) {
		super(async ({ place, item }, caller) => {
			add(this.there, place, 1);
			await wait(millisecondsEach);
			add(this.there, place, -1);
			if (caller.isGone()) add(this.met, place, 1);
			return item;
		});
	}

	/** Whether an execution is at this place now. */
	isAt = (place: string): boolean => (this.there.get(place) ?? 0) > 0;

	/** The same workflow with a pause at each place of this file. */
	in(file: string, workflow: Workflow): Workflow {
		const nodes = [...workflow.nodes];
		const connections = structuredClone(workflow.connections);
		for (const place of places.filter((one) => one.file === file)) {
			const outputs = connections[place.after]?.main;
			const following = outputs?.[place.output];
			if (!outputs || !following?.length)
				throw new Error(`order-desk/${file}.json: nothing follows "${place.after}".`);
			const pause = this.node(place.name);
			connections[pause.name] = { main: [following] };
			outputs[place.output] = [{ node: pause.name, type: 'main', index: 0 }];
			nodes.push(pause);
		}
		return { ...workflow, nodes, connections };
	}

	private node(place: string): INode {
		return {
			id: randomUUID(),
			name: `Pause: ${place}`,
			type: 'n8n-nodes-base.httpRequest',
			typeVersion: 4.2,
			position: [0, 0],
			parameters: {
				method: 'POST',
				url: this.url,
				sendBody: true,
				specifyBody: 'json',
				jsonBody: `={{ JSON.stringify({ place: ${JSON.stringify(place)}, item: $json }) }}`,
				options: {},
			},
		};
	}
}

const add = (counts: Map<string, number>, place: string, by: number) =>
	counts.set(place, (counts.get(place) ?? 0) + by);
