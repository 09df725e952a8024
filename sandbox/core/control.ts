import { Hono } from 'hono';
import { z } from 'zod';
import { commonFaults } from './faults';
import type { ActionOptions } from './playedProvider';
import type { SandboxState } from './state';

export const actionOptions = z
	.object({
		callback: z.enum(['genuine', 'forged', 'tampered', 'none']).default('genuine'),
		copies: z.number().int().min(1).max(100).default(1),
		keepStatus: z.boolean().optional(),
		claim: z
			.object({ amount: z.string(), currency: z.string(), reference: z.string().nullable() })
			.partial()
			.strict()
			.default({}),
	})
	.strict()
	// A forger pays nothing, so the checkout stays as it is unless the test says otherwise.
	.transform((options): ActionOptions => ({
		...options,
		keepStatus: options.keepStatus ?? options.callback === 'forged',
	}));

export const switchFault = z
	.object({
		provider: z.string(),
		operation: z.string(),
		fault: z.string().nullable(),
		times: z.number().int().min(1).max(100_000).default(1),
	})
	.strict();

export const chooseReading = z
	.object({ provider: z.string(), dialect: z.string(), reading: z.string().nullable() })
	.strict();

export const changeSettings = z
	.object({
		latencyMilliseconds: z.number().int().min(0).max(60_000),
		redeliveryScale: z.number().positive().max(10),
	})
	.partial()
	.strict();

const newKey = z.object({ key: z.string().min(1) }).strict();

/** Switches a fault on or off, or says what is wrong with the names. */
export function setFault(
	sandbox: SandboxState,
	{ provider, operation, fault, times }: z.infer<typeof switchFault>,
): string | undefined {
	const played = sandbox.played.get(provider);
	if (played === undefined) return noProvider(sandbox, provider);
	const operations = new Set(played.provider.operations.map((known) => known.operation));
	if (!operations.has(operation))
		return `${played.provider.displayName} has no operation "${operation}". There are: ${[...operations].join(', ')}.`;
	const faults = [
		...commonFaults.map((common) => common.fault),
		...Object.keys(played.provider.faults ?? {}),
	];
	if (fault !== null && !faults.includes(fault))
		return `There is no fault "${fault}". There are: ${faults.join(', ')}.`;
	sandbox.faults.set(provider, operation, fault, times);
	return undefined;
}

/** Chooses the reading of a dialect, or says what is wrong with the names. */
export function setDialect(
	sandbox: SandboxState,
	{ provider, dialect, reading }: z.infer<typeof chooseReading>,
): string | undefined {
	const played = sandbox.played.get(provider);
	return played === undefined ? noProvider(sandbox, provider) : played.choose(dialect, reading);
}

function noProvider(sandbox: SandboxState, provider: string): string {
	return `There is no provider "${provider}". There are: ${[...sandbox.played.keys()].join(', ')}.`;
}

/** The JSON API that tests drive the sandbox with, to be mounted at `/control`. */
export function controlApi(sandbox: SandboxState): Hono {
	const app = new Hono();

	app.get('/state', (c) => {
		const wanted = c.req.query('provider');
		const played = [...sandbox.played.values()].filter(
			(one) => wanted === undefined || one.name === wanted,
		);
		const names = new Set(played.map((one) => one.name));
		return c.json({
			checkouts: played.flatMap((one) => one.checkouts.all()),
			refusals: sandbox.refusals().filter((refusal) => names.has(refusal.provider)),
			deliveries: sandbox.deliveries.all().filter((delivery) => names.has(delivery.provider)),
			requests: Object.fromEntries(
				played.map((one) => [one.name, Object.fromEntries(one.requests)]),
			),
			reports: Object.fromEntries(
				played.map((one) => [one.name, one.provider.report?.(one.context) ?? {}]),
			),
			faults: sandbox.faults.list().filter((fault) => names.has(fault.provider)),
			dialects: Object.fromEntries(played.map((one) => [one.name, one.dialects()])),
			settings: sandbox.settings,
		});
	});

	app.post('/checkouts/:provider/:checkoutId/:action', async (c) => {
		const { provider, checkoutId, action } = c.req.param();
		const played = sandbox.played.get(provider);
		if (played === undefined) return c.json({ error: `There is no provider "${provider}".` }, 404);
		const options = actionOptions.safeParse(await bodyOrNothing(c.req.text()));
		if (!options.success) return c.json({ error: inWords(options.error) }, 400);
		const result = played.act(checkoutId, action, options.data);
		if (!result.done) return c.json({ error: result.reason }, result.status);
		const deliveries = await result.deliveries;
		return c.json({ checkout: result.checkout, deliveries });
	});

	app.post('/deliveries/:deliveryId/redeliver', async (c) => {
		const delivery = await sandbox.deliveries.redeliver(c.req.param('deliveryId'));
		if (delivery === undefined)
			return c.json({ error: `There is no delivery "${c.req.param('deliveryId')}".` }, 404);
		return c.json({ deliveries: [delivery] });
	});

	app.post('/faults', async (c) => {
		const wanted = switchFault.safeParse(await bodyOrNothing(c.req.text()));
		const problem = wanted.success ? setFault(sandbox, wanted.data) : inWords(wanted.error);
		return problem === undefined
			? c.json({ faults: sandbox.faults.list() })
			: c.json({ error: problem }, 400);
	});

	app.post('/dialects', async (c) => {
		const wanted = chooseReading.safeParse(await bodyOrNothing(c.req.text()));
		const problem = wanted.success ? setDialect(sandbox, wanted.data) : inWords(wanted.error);
		return problem === undefined
			? c.json({ dialects: sandbox.played.get(wanted.data?.provider ?? '')?.dialects() })
			: c.json({ error: problem }, 400);
	});

	app.post('/settings', async (c) => {
		const wanted = changeSettings.safeParse(await bodyOrNothing(c.req.text()));
		if (!wanted.success) return c.json({ error: inWords(wanted.error) }, 400);
		return c.json({ settings: Object.assign(sandbox.settings, wanted.data) });
	});

	app.post('/keys/:provider', async (c) => {
		const played = sandbox.played.get(c.req.param('provider'));
		if (played?.provider.renewKey === undefined)
			return c.json({ error: `The key of "${c.req.param('provider')}" cannot be renewed.` }, 404);
		const wanted = newKey.safeParse(await bodyOrNothing(c.req.text()));
		if (!wanted.success) return c.json({ error: inWords(wanted.error) }, 400);
		played.provider.renewKey(played.context, wanted.data.key);
		return c.json({ renewed: true });
	});

	app.post('/reset', (c) => {
		sandbox.reset();
		return c.json({ reset: true });
	});

	app.all('*', (c) =>
		c.json(
			{
				error: `The control API has no ${c.req.method} ${c.req.path}; sandbox/README.md lists its calls.`,
			},
			404,
		),
	);
	return app;
}

/**
 * An empty body is an empty object, so that `curl -X POST` works; text that is no JSON fails the
 * schema in words.
 */
async function bodyOrNothing(body: Promise<string>): Promise<unknown> {
	const text = await body;
	if (text.trim() === '') return {};
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}

function inWords(error: z.ZodError): string {
	return error.issues
		.map((issue) => [issue.path.join('.') || 'body', issue.message].join(': '))
		.join('; ');
}
