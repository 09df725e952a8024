/**
 * Payments arrive while n8n is killed with -9 again and again: what was lost, what was done twice,
 * what is found again. Prints a table in Markdown and "N passed, N failed" for the lines that are
 * promises.
 *
 *   npm run test:crash                            # one n8n on SQLite, about five minutes
 *   npm run test:crash -- --direct                # the same with nothing before n8n that knows whether it is ready
 *   npm run test:crash -- --mode queue            # Redis, PostgreSQL, main, two processors, two workers
 *   npm run test:crash -- --payments 200 --kills 2 --per-second 10
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as wait } from 'node:timers/promises';
import { startSandbox } from '../../sandbox/sandbox';
import { SandboxClient } from '../support/sandboxClient';
import { N8nClient } from '../n8n/client';
import { StartError } from '../n8n/instance';
import { stopEverything } from '../n8n/supervisedProcess';
import { gather, remember, type Memory } from './evidence';
import { Finder } from './finder';
import { byKind, failed, inMarkdown, judge, judgeFinding, type Line } from './judge';
import { openShops, type Payment, type Shop } from './shops';
import { logFolder, modes, startTarget, type Mode, type Target } from './target';
import { Warehouse } from './warehouse';

/** How long a shipment takes: so long an execution is under way, and can be met by a kill. */
const MILLISECONDS_OF_WORK = 500;
/**
 * TokenPay's eleven hours become almost seven minutes: longer than n8n is away at all kills
 * together, on a slow machine too.
 */
const REDELIVERY_SCALE = 0.01;
/** After the last payment, for redeliveries and for what n8n has under way. */
const LONGEST_WAIT_MILLISECONDS = 300_000;
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
			'per-second': { type: 'string', default: '10' },
			kills: { type: 'string', default: '5' },
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
			'Usage: npm run test:crash -- [--mode sqlite [--direct]|queue] [--payments 1000] [--per-second 10] [--kills 5]',
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
	const target = await startTarget(asked.mode, asked.direct, say);
	cleanUps.push(target.stop);
	const sandbox = new SandboxClient(sandboxServer.url);
	const client = new N8nClient(target.url);
	await client.signIn(target.owner);
	const shops = await openShops({
		client,
		sandbox,
		publicUrl: target.publicUrl,
		warehouseUrl: warehouse.url,
		payments: asked.payments,
		say,
	});

	say(`${asked.payments} payments, ${asked.perSecond} a second`);
	const memory: Memory = new Map();
	const struck = await payAndKill(interleaved(shops), sandbox, {
		target,
		...asked,
		afterKill: async () => await remember(memory, target, client),
	});
	const settling = Date.now();
	await settled(target, sandbox);
	await wait(Math.max(0, settling + target.millisecondsUntilNoticed - Date.now()));
	say('Reading everything back');
	const evidence = await gather(shops, memory, target, client, sandbox, warehouse);
	say('Looking for crashed payments with the example');
	const finder = await Finder.of(client, warehouse.url);
	const [found, again] = [await finder.look(), await finder.look()];
	const lines = [...judge(evidence), ...judgeFinding(evidence, found, again, warehouse)];
	print(asked, struck, lines, (Date.now() - begun) / 1000);
	console.log(`\n${byKind(evidence, warehouse)}`);
	const crashed = evidence.stories.flatMap(({ executions }) =>
		executions.flatMap(({ id, status }) => (status === 'crashed' ? [id] : [])),
	);
	console.log(`\nCrashed executions: ${crashed.join(', ') || 'none'}`);
	return verdict(lines);
}

/** One of each shop in turn, so that every kill meets all of them. */
function interleaved(shops: Shop[]): Payment[] {
	const longest = Math.max(...shops.map((shop) => shop.payments.length));
	return Array.from({ length: longest }, (_, index) =>
		shops.flatMap(({ payments }) => payments[index] ?? []),
	).flat();
}

interface Struck {
	victim: string;
	/** How many payments had been made */
	afterPayments: number;
	awaySeconds: number;
}

interface Beat {
	target: Target;
	perSecond: number;
	kills: number;
	afterKill: () => Promise<void>;
}

/**
 * Pays on the beat and kills meanwhile, evenly spread over the payments. Where nothing is left that
 * could take a callback, it goes on paying for some seconds and then waits until n8n is back: how
 * long that takes is a matter of the machine, and a slow one must not turn this into payments to an
 * n8n that is not there. Ends when each first delivery has its answer or none, and all is started
 * again.
 */
async function payAndKill(
	payments: Payment[],
	sandbox: SandboxClient,
	{ target, perSecond, kills, afterKill }: Beat,
): Promise<Struck[]> {
	const killAt = new Map(
		Array.from({ length: kills }, (_, index) => [
			Math.floor(((index + 0.5) / kills) * payments.length),
			target.victims[index % target.victims.length] ?? '',
		]),
	);
	const struck: Struck[] = [];
	const underWay: Promise<unknown>[] = [];
	let strike: { since: number; done: Promise<void>; over: boolean } | undefined;
	const beat = 1000 / perSecond;
	let next = Date.now();
	for (const [index, { shop, checkoutId }] of payments.entries()) {
		const victim = killAt.get(index);
		if (victim !== undefined) {
			await strike?.done;
			const current = { since: Date.now(), over: false, done: Promise.resolve() };
			current.done = killAndRestart(target, victim).then(async (awaySeconds) => {
				current.over = true;
				struck.push({ victim, afterPayments: index, awaySeconds });
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
		underWay.push(sandbox.act(shop.provider.provider, checkoutId, 'pay'));
	}
	await strike?.done;
	await Promise.all(underWay);
	return struck;
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
		`\n${mode}${direct ? ', nothing before n8n' : ', behind a load balancer that asks whether n8n is ready'}: ${payments} payments at ${perSecond} a second, ${kills} times kill -9, redeliveries at ${REDELIVERY_SCALE} of the documented times, a shipment takes ${MILLISECONDS_OF_WORK} ms; ${Math.round(seconds)} s in all`,
	);
	console.log(
		`kill -9: ${struck.map(({ victim, afterPayments, awaySeconds }) => `${victim} after ${afterPayments} payments (away for ${awaySeconds.toFixed(1)} s)`).join(', ')}\n`,
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
