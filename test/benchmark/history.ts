/**
 * What a callback costs when a hundred thousand payments lie behind, against the first thousand:
 * the triggers remember which events they have started. In this process, through what the triggers'
 * `webhook()` calls, without n8n.
 */
import { parseArgs } from 'node:util';
import type { ReceivedCallback } from '../../nodes/shared/core/contract';
import {
	beginDelivery,
	finishDelivery,
	forgetTestDeliveries,
	MAX_REMEMBERED_EVENTS,
} from '../../nodes/shared/callbacks/deliveredEvents';
import { receiveCallback } from '../../nodes/shared/callbacks/receiveCallback';
import { bareWebhookContext, listener } from '../support/bareWebhookContext';
import { merchants, type Merchant } from './signedPayments';
import {
	figure,
	heapMegabytes,
	median,
	medianRatio,
	printTable,
	processorMicroseconds,
	say,
	times,
} from './support';

const { values: given } = parseArgs({
	options: {
		rounds: { type: 'string', default: '5' },
		payments: { type: 'string', default: '100000' },
	},
});
const ROUNDS = Number(given.rounds);
const PAYMENTS = Number(given.payments);
/** How many are measured at a time. */
const WINDOW = 1_000;
/** As far behind as the first: half of them are remembered no more. */
const TWICE = 2 * PAYMENTS;

async function main(): Promise<void> {
	// The one whose proof takes least time, so that what history adds shows most.
	const merchant = merchants.find(({ name }) => name === 'wooshpay');
	if (!merchant) throw new Error('There is no WooshPay.');
	for (let warm = 0; warm < 20; warm++)
		await microsecondsEach(merchant, window(merchant, warm * WINDOW));
	const first: number[] = [];
	const then: number[] = [];
	const later: number[] = [];
	const megabytes: number[] = [];
	const laterMegabytes: number[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		forgetTestDeliveries(listener);
		const empty = heapMegabytes();
		first.push(await microsecondsEach(merchant, window(merchant, 0)));
		remember(merchant, WINDOW, PAYMENTS);
		megabytes.push(heapMegabytes() - empty);
		then.push(await microsecondsEach(merchant, window(merchant, PAYMENTS)));
		remember(merchant, PAYMENTS + WINDOW, TWICE);
		laterMegabytes.push(heapMegabytes() - empty);
		later.push(await microsecondsEach(merchant, window(merchant, TWICE)));
		say(`round ${round + 1} of ${ROUNDS}`);
	}
	printTable(
		`Processor time of ${WINDOW} callbacks of WooshPay, medians of ${ROUNDS} rounds; the latest ${MAX_REMEMBERED_EVENTS} events are remembered`,
		['payments before', 'each (µs)', 'against the first', 'memory (MB)'],
		[
			['none', figure(median(first)), '', ''],
			[
				String(PAYMENTS),
				figure(median(then)),
				times(medianRatio(then, first)),
				figure(median(megabytes)),
			],
			[
				String(TWICE),
				figure(median(later)),
				times(medianRatio(later, first)),
				figure(median(laterMegabytes)),
			],
		],
	);
}

function window(merchant: Merchant, from: number): ReceivedCallback[] {
	return Array.from({ length: WINDOW }, (_, index) => merchant.callback({ number: from + index }));
}

/**
 * What the trigger does with an event that it has proved; a hundred thousand signatures more would
 * tell nothing.
 */
function remember(merchant: Merchant, from: number, to: number): void {
	const sample = merchant.callback({ number: from });
	const verdict = merchant.verify(sample);
	if (verdict.genuine === false) throw new Error(verdict.message);
	const { eventId } = merchant.parseEvent(verdict.payload, sample);
	for (let number = from; number < to; number++) {
		const key = { ...listener, test: true, eventId: eventId.replace(String(from), String(number)) };
		beginDelivery(key, Date.now());
		finishDelivery(key, true, Date.now());
	}
}

async function microsecondsEach(
	{ node, credentials }: Merchant,
	callbacks: readonly ReceivedCallback[],
): Promise<number> {
	const calls = callbacks.map((callback) =>
		bareWebhookContext(callback, credentials, { events: ['payment.succeeded'] }),
	);
	heapMegabytes();
	const begun = processorMicroseconds();
	for (const { context, response } of calls) {
		const { workflowData, webhookResponse } = await receiveCallback(context, node);
		if (!workflowData) throw new Error('A callback started nothing.');
		response.send(webhookResponse);
	}
	return (processorMicroseconds() - begun) / callbacks.length;
}

main().catch((error: unknown) => {
	console.error(`\n${error instanceof Error ? error.message : String(error)}`);
	process.exitCode = 1;
});
