/**
 * Payments arrive at the order desk while n8n is killed with -9 again and again, between claim and
 * shipment too: what was lost, what was done twice, what is found again. The warehouse ships each
 * time it is asked. Prints a table in Markdown and "N passed, N failed" for the lines that are
 * promises.
 *
 *   npm run test:crash                            # one n8n on SQLite, about five minutes
 *   npm run test:crash -- --direct                # the same with nothing before n8n that knows whether it is ready
 *   npm run test:crash -- --mode queue            # Redis, PostgreSQL, main, two processors, two workers
 *   npm run test:crash -- --payments 300 --kills 6 --per-second 3
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as wait } from 'node:timers/promises';
import { startSandbox } from '../../sandbox/sandbox';
import { SandboxClient } from '../support/sandboxClient';
import { N8nClient } from '../n8n/client';
import { StartError } from '../n8n/instance';
import { stopEverything } from '../n8n/supervisedProcess';
import { gather, remember, standings, type Memory } from './evidence';
import { byKind, failed, inMarkdown, judge, metInMarkdown, type Line } from './judge';
import { lookForCrashes, reconcile } from './looks';
import { Pauses, places } from './pauses';
import { kinds, openShops, type Order, type Shop } from './shops';
import { logFolder, modes, startTarget, type Mode, type Target } from './target';
import { Warehouse } from './warehouse';

/** How long a shipment takes: so long an execution is under way, and can be met by a kill. */
const MILLISECONDS_OF_WORK = 500;
/** So long an execution stays at each place between claim and shipment, to be met there. */
const MILLISECONDS_OF_A_PAUSE = 400;
/**
 * TokenPay's eleven hours become almost seven minutes: longer than n8n is away at all kills
 * together, on a slow machine too.
 */
const REDELIVERY_SCALE = 0.01;
/** After the last payment, for redeliveries and for what n8n has under way. */
const LONGEST_WAIT_MILLISECONDS = 300_000;
/** A kill waits no longer than this for an execution to meet. */
const LONGEST_MILLISECONDS_UNTIL_TAKEN = 20_000;
/** So long payments go on after a kill when there is no n8n left to take their callbacks. */
const MILLISECONDS_PAID_TO_NOBODY = 5_000;

const say = (line: string) => console.error(`• ${line}`);
const cleanUps: (() => Promise<unknown>)[] = [];
let stopping: Promise<void> | undefined;

async function stopAll(): Promise<void> {
	stopping ??= (async () => {
		for (const cleanUp of cleanUps.reverse()) await cleanUp().catch(() => undefined);
		await stopEverything();
	})();
	await stopping;
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			payments: { type: 'string', default: '1000' },
			'per-second': { type: 'string', default: '3' },
			kills: { type: 'string', default: '6' },
			mode: { type: 'string', default: 'sqlite' },
			direct: { type: 'boolean', default: false },
		},
	});
	const mode = modes.find((one) => one === values.mode);
	const [payments, perSecond, kills] = [values.payments, values['per-second'], values.kills].map(
		Number,
	) as [number, number, number];
	if (
		!mode ||
		(values.direct && mode !== 'sqlite') ||
		!(payments >= 9) ||
		!(perSecond > 0) ||
		!(kills >= 0)
	)
		throw new Error(
			'Usage: npm run test:crash -- [--mode sqlite [--direct]|queue] [--payments 1000] [--per-second 3] [--kills 6]',
		);
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.on(signal, () => {
			if (stopping !== undefined) return;
			say('Stopping everything');
			void stopAll().then(() => process.exit(130));
		});
	}
	try {
		process.exitCode = (await campaign({ mode, direct: values.direct, payments, perSecond, kills }))
			? 0
			: 1;
	} catch (error) {
		// A stop that the user asked for makes whatever was under way fail.
		if (stopping === undefined) throw error;
	} finally {
		await stopAll();
	}
}

interface Wanted {
	mode: Mode;
	direct: boolean;
	payments: number;
	perSecond: number;
	kills: number;
}

async function campaign(asked: Wanted): Promise<boolean> {
	const begun = Date.now();
	const sandboxServer = await startSandbox({ redeliveryScale: REDELIVERY_SCALE });
	cleanUps.push(async () => await sandboxServer.close());
	const warehouse = new Warehouse(MILLISECONDS_OF_WORK);
	await warehouse.open();
	cleanUps.push(async () => warehouse.close());
	const pauses = new Pauses(MILLISECONDS_OF_A_PAUSE);
	await pauses.open();
	cleanUps.push(async () => pauses.close());
	const target = await startTarget(asked.mode, asked.direct, say);
	cleanUps.push(target.stop);
	const sandbox = new SandboxClient(sandboxServer.url);
	const client = new N8nClient(target.url);
	await client.signIn(target.owner);
	const opened = await openShops({
		client,
		sandbox,
		publicUrl: target.publicUrl,
		warehouseUrl: warehouse.url,
		pauses,
		payments: asked.payments,
		say,
	});

	say(`${asked.payments} payments, ${asked.perSecond} orders a second`);
	const memory: Memory = new Map();
	const stops = stopsOf(pauses, warehouse);
	const struck = await payAndKill(interleaved(opened.shops), sandbox, {
		target,
		...asked,
		strikesAt: stops,
		afterKill: async () => await remember(memory, target, client),
	});
	const settling = Date.now();
	await settled(target, sandbox);
	await wait(Math.max(0, settling + target.millisecondsUntilNoticed - Date.now()));
	const { desk } = opened;
	const before = await standings(desk, warehouse);
	say('The desk looks for crashed executions, twice');
	const found = await lookForCrashes(desk);
	await lookForCrashes(desk);
	const afterCrashes = await standings(desk, warehouse);
	say('The desk reconciles, twice');
	const takenOver: [number, number] = [await reconcile(desk), await reconcile(desk)];
	const after = await standings(desk, warehouse);
	say('Reading everything back');
	const evidence = await gather(
		{ opened, memory, target, client, sandbox },
		{ before, found: afterCrashes, after },
	);
	const lines = judge(evidence, { found, takenOver });
	print(asked, struck, lines, (Date.now() - begun) / 1000);
	console.log(`\n${byKind(evidence)}`);
	console.log(`\n${metInMarkdown(new Map(stops.map(({ name, met }) => [name, met()])))}`);
	return verdict(lines);
}

/** A place between claim and shipment, at which executions stay for a while. */
interface Stop {
	name: string;
	isTaken: () => boolean;
	/** How many executions kills have met there */
	met: () => number;
}

/** In the order in which an order comes through. */
function stopsOf(pauses: Pauses, warehouse: Warehouse): Stop[] {
	const stops = places.map(({ name }): Stop => ({
		name,
		isTaken: () => pauses.isAt(name),
		met: () => pauses.met.get(name) ?? 0,
	}));
	const called = places.findIndex(({ name }) => name === 'called, not written yet');
	const call = { isTaken: warehouse.isAsked, met: () => warehouse.callsCutOff };
	return stops.toSpliced(called, 0, { name: 'the call itself', ...call });
}

/** One of each shop in turn, so that every kill meets all of them. */
function interleaved(shops: Shop[]): Order[] {
	const longest = Math.max(...shops.map(({ orders }) => orders.length));
	return Array.from({ length: longest }, (_, index) =>
		shops.flatMap(({ orders }) => orders[index] ?? []),
	).flat();
}

interface Struck {
	victim: string;
	/** How many orders had been paid, or left unpaid */
	afterOrders: number;
	awaySeconds: number;
}

interface Beat {
	target: Target;
	perSecond: number;
	kills: number;
	/** Each kill waits until an execution is at the next of them. */
	strikesAt: readonly Stop[];
	afterKill: () => Promise<void>;
}

/**
 * Pays on the beat and kills meanwhile, evenly spread over the orders. All of an order is paid at
 * the same moment. Where nothing is left that
 * could take a callback, it goes on paying for some seconds and then waits until n8n is back: how
 * long that takes is a matter of the machine, and a slow one must not turn this into payments to an
 * n8n that is not there. Ends when each first delivery has its answer or none, and all is started
 * again.
 */
async function payAndKill(
	orders: Order[],
	sandbox: SandboxClient,
	{ target, perSecond, kills, strikesAt, afterKill }: Beat,
): Promise<Struck[]> {
	const killAt = new Map(
		Array.from({ length: kills }, (_, index) => [
			Math.floor(((index + 0.5) / kills) * orders.length),
			target.victims[index % target.victims.length] ?? '',
		]),
	);
	const struck: Struck[] = [];
	const underWay: Promise<unknown>[] = [];
	let strike: { since: number; done: Promise<void>; over: boolean } | undefined;
	const beat = 1000 / perSecond;
	let next = Date.now();
	for (const [index, order] of orders.entries()) {
		const victim = killAt.get(index);
		if (victim !== undefined) {
			await strike?.done;
			const current = { since: Infinity, over: false, done: Promise.resolve() };
			const stop = strikesAt[struck.length % strikesAt.length];
			current.done = untilTaken(stop).then(async () => {
				current.since = Date.now();
				const awaySeconds = await killAndRestart(target, victim);
				current.over = true;
				struck.push({ victim, afterOrders: index, awaySeconds });
				say(`kill -9 number ${struck.length}: ${victim} was away for ${awaySeconds.toFixed(1)} s`);
				await afterKill();
			});
			// Awaited in any case later on; until then it is no unhandled rejection.
			current.done.catch(() => undefined);
			strike = current;
		}
		next = Math.max(next + beat, Date.now());
		await wait(next - Date.now());
		if (
			strike &&
			!strike.over &&
			!target.othersGoOn &&
			Date.now() - strike.since > MILLISECONDS_PAID_TO_NOBODY
		)
			await strike.done;
		underWay.push(pay(order, sandbox));
	}
	await strike?.done;
	await Promise.all(underWay);
	return struck;
}

async function untilTaken(stop: Stop | undefined): Promise<void> {
	const deadline = Date.now() + LONGEST_MILLISECONDS_UNTIL_TAKEN;
	while (stop && !stop.isTaken() && Date.now() < deadline) await wait(20);
}

/** Pays every link of the order at the same moment, each callback in as many copies as its kind has. */
async function pay({ shop, kind, links }: Order, sandbox: SandboxClient): Promise<void> {
	const { copies } = kinds[kind];
	if (copies === 0) return;
	await Promise.all(
		links.map(
			async ({ checkoutId }) =>
				await sandbox.act(shop.provider.provider, checkoutId, 'pay', { copies }),
		),
	);
}

async function killAndRestart(target: Target, victim: string): Promise<number> {
	const killed = Date.now();
	await target.kill(victim);
	await restart(target, victim);
	return (Date.now() - killed) / 1000;
}

/**
 * As a service manager does: a process that ends while it starts (n8n does when Redis is slow to
 * answer) is started again.
 */
async function restart(target: Target, victim: string): Promise<void> {
	for (let attempt = 1; ; attempt++) {
		try {
			return await target.restart(victim);
		} catch (error) {
			if (!(error instanceof StartError) || attempt === 3) throw error;
			say(`${victim} ended while it started, and is started again`);
		}
	}
}

/**
 * Ends when no provider will send anything any more and no execution is under way, or when the time
 * is up: then the counts say so.
 */
async function settled(target: Target, sandbox: SandboxClient): Promise<void> {
	const deadline = Date.now() + LONGEST_WAIT_MILLISECONDS;
	say('Waiting for redeliveries and executions');
	for (;;) {
		const latest = new Map(
			(await sandbox.state()).deliveries.map((delivery) => [
				`${delivery.provider} ${delivery.checkoutId}`,
				delivery,
			]),
		);
		const open = [...latest.values()].filter(
			({ status, error, nextAttemptAt }) =>
				nextAttemptAt !== null || (status === null && error === null),
		).length;
		const running = (await target.storedExecutions()).filter(({ status }) =>
			['new', 'running', 'unknown'].includes(status),
		);
		if (open === 0 && running.length === 0) return;
		if (Date.now() > deadline)
			return say(
				`The time is up: ${open} deliveries and ${running.length} executions are still under way.`,
			);
		await wait(3_000);
	}
}

function print(
	{ mode, direct, payments, perSecond, kills }: Wanted,
	struck: Struck[],
	lines: Line[],
	seconds: number,
): void {
	console.log(
		`\n${mode}${direct ? ', nothing before n8n' : ', behind a load balancer that asks whether n8n is ready'}: ${payments} payments, ${perSecond} orders a second, ${kills} times kill -9, redeliveries at ${REDELIVERY_SCALE} of the documented times, a shipment takes ${MILLISECONDS_OF_WORK} ms, each pause ${MILLISECONDS_OF_A_PAUSE} ms; ${Math.round(seconds)} s in all`,
	);
	console.log(
		`kill -9: ${struck.map(({ victim, afterOrders, awaySeconds }) => `${victim} after ${afterOrders} orders (away for ${awaySeconds.toFixed(1)} s)`).join(', ')}\n`,
	);
	console.log(inMarkdown(lines));
}

function verdict(lines: Line[]): boolean {
	const wrong = failed(lines);
	const promises = lines.filter(({ mustBe }) => mustBe !== undefined).length;
	for (const { what, count, mustBe } of wrong)
		console.log(`\nFAILED: ${what}: ${count}, must be ${mustBe}`);
	console.log(`\n${promises - wrong.length} passed, ${wrong.length} failed`);
	return wrong.length === 0;
}

main().catch((error: unknown) => {
	console.error(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
	console.error(
		`\nWhat n8n has written, if it was started, is in ${path.relative(process.cwd(), logFolder)}.`,
	);
	process.exitCode = 1;
});
