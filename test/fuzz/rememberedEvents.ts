/**
 * How much memory the trigger's marks take when they are full (test/README.md names the result):
 *
 *   node scripts/run.mjs tsx test/fuzz/rememberedEvents.ts
 */
import { randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
	beginDelivery,
	finishDelivery,
	MAX_REMEMBERED_EVENTS,
} from '../../nodes/shared/callbacks/deliveredEvents';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const heapMegabytes = () => {
	collectGarbage();
	return process.memoryUsage().heapUsed / 2 ** 20;
};

const [workflowId, nodeId] = ['4f2aXnQ9dB1kLmZt', randomUUID()];
const deliver = (count: number) => {
	for (let event = 0; event < count; event++) {
		// As long as the longest that a provider makes: two ids of 36 characters and a status.
		const key = {
			workflowId,
			nodeId,
			test: false,
			eventId: `${randomUUID()}:${randomUUID()}:succeeded`,
		};
		beginDelivery(key, Date.now());
		finishDelivery(key, true, Date.now());
	}
};

const empty = heapMegabytes();
deliver(MAX_REMEMBERED_EVENTS);
const full = heapMegabytes() - empty;
deliver(MAX_REMEMBERED_EVENTS);
const twice = heapMegabytes() - empty;
console.log(
	`${MAX_REMEMBERED_EVENTS} events: ${full.toFixed(1)} MB; after as many again: ${twice.toFixed(1)} MB`,
);
