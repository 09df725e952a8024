import { Hono } from 'hono';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { actionOptions, changeSettings, setDialect, setFault, switchFault } from '../control';
import type { SandboxCheckout } from '../provider';
import type { SandboxState } from '../state';
import { cashierPage, noSuchPage, thanksPage } from './cashier';
import { dashboardPage } from './dashboard';

/** The pages for people: the dashboard and the cashier of each checkout. */
export function pages(sandbox: SandboxState): Hono {
	const app = new Hono();
	const style = readFileSync(path.join(__dirname, 'style.css'), 'utf8');

	app.use(async (c, next) => {
		await next();
		// Names and references come from requests: should one ever slip through unescaped, it still
		// runs nothing.
		c.header(
			'Content-Security-Policy',
			"default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
		);
		c.header('Cache-Control', 'no-store');
	});

	app.get('/style.css', (c) => c.body(style, 200, { 'Content-Type': 'text/css; charset=utf-8' }));
	app.get('/favicon.ico', (c) => c.body(null, 204));

	app.get('/', async (c) => {
		const refreshSeconds = /^\d{1,3}$/.test(c.req.query('refresh') ?? '')
			? Math.max(2, Number(c.req.query('refresh')))
			: undefined;
		return c.html(await dashboardPage(sandbox, { refreshSeconds }));
	});

	app.post('/dashboard/deliveries/:deliveryId/redeliver', async (c) => {
		await sandbox.deliveries.redeliver(c.req.param('deliveryId'));
		return c.redirect('/#deliveries', 303);
	});

	app.post('/dashboard/faults', async (c) => {
		const form = await c.req.parseBody();
		const [provider, operation] = text(form.operation).split('/');
		const wanted = switchFault.safeParse({
			provider,
			operation,
			fault: text(form.fault) === '' ? null : text(form.fault),
			times: Number(form.times),
		});
		const problem = wanted.success
			? setFault(sandbox, wanted.data)
			: 'Type how many calls the fault hits: a whole number from 1 to 100000.';
		return problem === undefined
			? c.redirect('/#faults', 303)
			: c.html(await dashboardPage(sandbox, { problem }), 400);
	});

	app.post('/dashboard/dialects/:provider', async (c) => {
		const { provider } = c.req.param();
		const problems = Object.entries(await c.req.parseBody()).flatMap(
			([dialect, reading]) =>
				setDialect(sandbox, { provider, dialect, reading: text(reading) }) ?? [],
		);
		return problems.length === 0
			? c.redirect('/#inferred', 303)
			: c.html(await dashboardPage(sandbox, { problem: problems.join(' ') }), 400);
	});

	app.post('/dashboard/settings', async (c) => {
		const form = await c.req.parseBody();
		const wanted = changeSettings.safeParse({
			latencyMilliseconds: Number(form.latencyMilliseconds),
			redeliveryScale: Number(form.redeliveryScale),
		});
		if (!wanted.success) {
			const problem =
				'Type whole milliseconds from 0 to 60000, and a factor above 0 and at most 1.';
			return c.html(await dashboardPage(sandbox, { problem }), 400);
		}
		Object.assign(sandbox.settings, wanted.data);
		return c.redirect('/#faults', 303);
	});

	app.post('/dashboard/reset', (c) => {
		sandbox.reset();
		return c.redirect('/', 303);
	});

	const deliveriesOf = ({ provider, checkoutId }: SandboxCheckout) =>
		sandbox.deliveries
			.all()
			.filter((delivery) => delivery.provider === provider && delivery.checkoutId === checkoutId);

	app.get('/cashier/:provider/:checkoutId', async (c) => {
		const played = sandbox.played.get(c.req.param('provider'));
		const checkout = played?.checkouts.get(c.req.param('checkoutId'));
		if (played === undefined || checkout === undefined)
			return c.html(await noSuchPage('There is no such checkout.'), 404);
		return c.html(await cashierPage(played, checkout, deliveriesOf(checkout)));
	});

	app.post('/cashier/:provider/:checkoutId', async (c) => {
		const { provider, checkoutId } = c.req.param();
		const played = sandbox.played.get(provider);
		const checkout = played?.checkouts.get(checkoutId);
		if (played === undefined || checkout === undefined)
			return c.html(await noSuchPage('There is no such checkout.'), 404);
		const form = await c.req.parseBody();
		const options = actionOptions.safeParse({
			callback: form.callback,
			copies: form.copies === undefined ? undefined : Number(form.copies),
		});
		if (!options.success)
			return c.html(
				await cashierPage(
					played,
					checkout,
					deliveriesOf(checkout),
					'Type how many copies of the callback are sent: a whole number from 1 to 100.',
				),
				400,
			);
		const result = played.act(checkoutId, text(form.action), options.data);
		if (!result.done)
			return c.html(
				await cashierPage(played, checkout, deliveriesOf(checkout), result.reason),
				result.status,
			);
		// As in life, the payer goes back without waiting for what the merchant's server answers to the
		// callback; a tester wants to see it.
		result.deliveries.catch(console.error);
		const returnTo = options.data.callback === 'genuine' ? result.action.returnTo : 'cashier';
		return c.redirect(returnAddress(returnTo, checkout) ?? c.req.path, 303);
	});

	app.get('/thanks', async (c) => c.html(await thanksPage()));

	app.all('*', async (c) => c.html(await noSuchPage('The sandbox has no such page.'), 404));
	return app;
}

function returnAddress(
	returnTo: 'success' | 'cancel' | 'cashier',
	checkout: { successUrl: string | null; cancelUrl: string | null },
): string | null {
	if (returnTo === 'cashier') return null;
	return returnTo === 'success' ? checkout.successUrl : checkout.cancelUrl;
}

function text(field: unknown): string {
	return typeof field === 'string' ? field : '';
}
