/**
 * What proving a callback and reading its event takes, against the crypto calls that cannot be left
 * out and one JSON.parse of what they prove. Without n8n.
 */
import { parseArgs } from 'node:util';
import { itemsOfBytes, merchants, type Merchant } from './signedPayments';
import {
	figure,
	median,
	medianRatio,
	printTable,
	processorMicroseconds,
	say,
	times,
} from './support';

const { values: given } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const ROUNDS = Number(given.rounds);
const SIZES = { '1 kB': 1_000, '100 kB': 100_000 };
const BATCH_MILLISECONDS = 20;
/**
 * They take turns so often in a round that each gets its share of whatever else the machine does.
 */
const TURNS = 10;

function main(): void {
	const lines: string[][] = [];
	for (const merchant of merchants) {
		for (const [size, bytes] of Object.entries(SIZES)) {
			const received = ofSize(merchant, bytes);
			const verify = () => {
				const verdict = merchant.verify(received);
				if (verdict.genuine === false)
					throw new Error(`${merchant.displayName}: ${verdict.message}`);
				return verdict.payload;
			};
			const verifyAndRead = () => merchant.parseEvent(verify(), received);
			const { event } = verifyAndRead();
			if (event !== 'payment.succeeded')
				throw new Error(`${merchant.displayName}: the callback says "${event}".`);
			const [bare = [], verified = [], read = []] = measure([
				merchant.bare(received),
				verify,
				verifyAndRead,
			]);
			say(`${merchant.displayName}, ${size}`);
			const microseconds = [bare, verified, read].map((took) => figure(median(took)));
			lines.push([
				merchant.displayName,
				`${figure(received.rawBody.length / 1000)} kB`,
				...microseconds,
				times(medianRatio(verified, bare)),
				times(medianRatio(read, bare)),
			]);
		}
	}
	printTable(
		`Processor time, medians of ${ROUNDS} rounds`,
		[
			'',
			'body',
			'crypto and one parse (µs)',
			'verified (µs)',
			'verified and event read (µs)',
			'verified, against crypto and one parse',
			'with the event',
		],
		lines,
	);
}

/** Microseconds that each of these took, round by round. */
function measure(works: ReadonlyArray<() => unknown>): number[][] {
	const batches = works.map(batchSize);
	const took = works.map((): number[] => []);
	for (let round = 0; round < ROUNDS; round++) {
		const turns = works.map((): number[] => []);
		for (let turn = 0; turn < TURNS; turn++)
			works.forEach((work, index) =>
				turns[index]?.push(microsecondsEach(work, batches[index] ?? 1)),
			);
		took.forEach((rounds, index) => rounds.push(median(turns[index] ?? [])));
	}
	return took;
}

/** A genuine callback whose body is as near to this size as whole rows allow, and not shorter. */
function ofSize(merchant: Merchant, bytes: number) {
	for (let filler = 0; ; filler += Math.max(70, bytes / 50)) {
		const received = merchant.callback({ number: 1, items: itemsOfBytes(filler) });
		if (received.rawBody.length >= bytes) return received;
	}
}

/** How often it runs in the time of a batch, once the engine has compiled it. */
function batchSize(work: () => unknown): number {
	let count = 1;
	for (let turn = 0; turn < 30; turn++)
		count = Math.ceil((BATCH_MILLISECONDS * 1000) / Math.max(1, microsecondsEach(work, count)));
	return count;
}

function microsecondsEach(work: () => unknown, count: number): number {
	const begun = processorMicroseconds();
	for (let done = 0; done < count; done++) work();
	return (processorMicroseconds() - begun) / count;
}

main();
