import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
	eventually,
	Merchant,
	payfectCheckout,
	postToPayfect,
	sandboxForEachTest,
} from './support';

const sandbox = sandboxForEachTest();
const merchant = new Merchant();
beforeAll(async () => await merchant.start());
beforeEach(() => void merchant.received.splice(0));
afterAll(async () => await merchant.stop());

const page = async (path: string) => await (await fetch(`${sandbox.url}${path}`)).text();
const submit = async (path: string, fields: Record<string, string>) =>
	await fetch(`${sandbox.url}${path}`, {
		method: 'POST',
		body: new URLSearchParams(fields),
		redirect: 'manual',
	});

describe('the cashier page', () => {
	test('says what is paid to whom, and that it is a sandbox', async () => {
		const id = await payfectCheckout(sandbox.url);
		const html = await page(`/cashier/payfect/${id}`);
		for (const text of [
			'Sandbox.',
			'Example Shop',
			'41.00',
			'usdt',
			'order-0001',
			'2 × Tea',
			'Pay 41.00 usdt',
			'Cancel',
			'Let it expire',
		])
			expect(html).toContain(text);
	});

	test('the answer to the create call leads to it', async () => {
		const answer = await postToPayfect(sandbox.url, {
			currency: 'usdt',
			invoice_items: [
				{
					quantity: 1,
					price_data: { currency: 'usdt', unit_amount: '5', product_data: { name: 'Tea' } },
				},
			],
		});
		const { url } = (await answer.json()) as { url: string };
		expect((await fetch(url)).status).toBe(200);
	});

	test.each([
		['pay', 'https://shop.example/ok', 'paid'],
		['cancel', 'https://shop.example/no', 'open'],
		['expire', undefined, 'expired'],
	])('the button %s sends the payer to the right page', async (action, address, status) => {
		const id = await payfectCheckout(sandbox.url);
		const answer = await submit(`/cashier/payfect/${id}`, { action });
		expect([answer.status, answer.headers.get('location')]).toEqual([
			303,
			address ?? `/cashier/payfect/${id}`,
		]);
		expect((await sandbox.state()).checkouts[0]?.status).toBe(status);
	});

	test('without a success page the payer stays and sees that it is paid', async () => {
		const id = await payfectCheckout(sandbox.url, { success_url: undefined });
		const answer = await submit(`/cashier/payfect/${id}`, { action: 'pay' });
		expect(answer.headers.get('location')).toBe(`/cashier/payfect/${id}`);
		const html = await page(`/cashier/payfect/${id}`);
		expect(html).toContain('This checkout is paid.');
		expect(html).not.toContain('<button');
	});

	test('a tester can have forged copies sent', async () => {
		const id = await payfectCheckout(sandbox.url, { callback_url: merchant.url });
		await submit(`/cashier/payfect/${id}`, { action: 'pay', callback: 'forged', copies: '3' });
		expect((await sandbox.state()).deliveries.map(({ quality }) => quality)).toEqual([
			'forged',
			'forged',
			'forged',
		]);
	});

	test('says what the merchant was told and what came of it', async () => {
		const id = await payfectCheckout(sandbox.url, { callback_url: merchant.url });
		await sandbox.control(`/control/checkouts/payfect/${id}/pay`, { callback: 'forged' });
		expect(await page(`/cashier/payfect/${id}`)).toMatch(/forged: answered 200, acknowledged/);
	});

	test('after Pay loads itself again until the answer to the callback is there, and then no more', async () => {
		let answer: () => void = () => undefined;
		const slow = createServer((_request, response) => {
			answer = () => response.end('OK');
		}).listen(0, '127.0.0.1');
		await once(slow, 'listening');
		try {
			const { port } = slow.address() as AddressInfo;
			const id = await payfectCheckout(sandbox.url, { callback_url: `http://127.0.0.1:${port}/` });
			const cashier = `/cashier/payfect/${id}`;
			expect(await page(cashier)).not.toContain('http-equiv="refresh"');
			await submit(cashier, { action: 'pay' });
			const waiting = await page(cashier);
			expect(waiting).toContain('<meta http-equiv="refresh" content="1">');
			expect(waiting).toContain('This page shows the answer by itself.');
			await eventually(async () => {
				answer();
				return (await page(cashier)).includes('answered 200, acknowledged');
			});
			expect(await page(cashier)).not.toContain('http-equiv="refresh"');
		} finally {
			slow.closeAllConnections();
			slow.close();
		}
	});

	test('says that nobody was told where there is no address, and sends nobody to look for an execution', async () => {
		const id = await payfectCheckout(sandbox.url, {
			callback_url: undefined,
			success_url: undefined,
		});
		expect(await page(`/cashier/payfect/${id}`)).not.toContain('No callback');
		await submit(`/cashier/payfect/${id}`, { action: 'pay' });
		const html = await page(`/cashier/payfect/${id}`);
		expect(html).toContain('This checkout has no callback address of its own.');
		expect(html).not.toContain('Executions');
	});

	test('a second click on Pay, from a page that was still open, pays nothing', async () => {
		const id = await payfectCheckout(sandbox.url, { callback_url: merchant.url });
		await submit(`/cashier/payfect/${id}`, { action: 'pay' });
		const second = await submit(`/cashier/payfect/${id}`, { action: 'pay' });
		expect(second.status).toBe(409);
		expect(await second.text()).toContain('this one is paid');
		expect((await sandbox.state()).deliveries).toHaveLength(1);
	});

	test('of an unknown checkout is a 404 in words', async () => {
		const answer = await fetch(`${sandbox.url}/cashier/payfect/unknown`);
		expect([answer.status, await answer.text()]).toEqual([
			404,
			expect.stringContaining('There is no such checkout'),
		]);
	});
});

describe('the dashboard', () => {
	test('when nothing has happened, says what to do', async () => {
		const html = await page('/');
		for (const text of [
			'run a workflow with a Create Checkout step',
			'Click Pay on a checkout',
			'A request that a provider would refuse',
			'No fault is switched on',
		])
			expect(html).toContain(text);
	});

	test('shows a checkout with a link to its cashier, a refusal with its reason, a delivery with its answer', async () => {
		const id = await payfectCheckout(sandbox.url, { callback_url: merchant.url, colour: 'green' });
		await sandbox.control(`/control/checkouts/payfect/${id}/pay`);
		await postToPayfect(sandbox.url, '{}');
		const html = await page('/');
		for (const text of [
			`href="/cashier/payfect/${id}"`,
			'unknown field: colour',
			'currency: This field is required.',
			merchant.url,
			'acknowledged',
			'Redeliver',
		])
			expect(html).toContain(text);
	});

	test('says that a 404 at the test of a credential means a right key, and says it of nothing else', async () => {
		const lookUp = async (id: string, key: string) =>
			await fetch(`${sandbox.url}/payfect/api/v1/checkouts/${id}/`, {
				headers: { authorization: `Api-Key ${key}` },
			});
		const nobodys = '00000000-0000-4000-8000-000000000000';
		await lookUp(nobodys, 'wrong');
		await lookUp('11111111-0000-4000-8000-000000000000', 'payfect-sandbox-not-a-real-key');
		expect(await page('/')).not.toContain('has the right key');
		await lookUp(nobodys, 'payfect-sandbox-not-a-real-key');
		expect(await page('/')).toContain('has the right key');
	});

	// A phone shows each cell in a line of its own, below each other, without the head of the table.
	test('names its column in every cell', async () => {
		const id = await payfectCheckout(sandbox.url, { callback_url: merchant.url });
		await sandbox.control(`/control/checkouts/payfect/${id}/pay`);
		await postToPayfect(sandbox.url, '{}');
		const html = await page('/');
		const cells = [...html.matchAll(/<td [^>]*?data-column="([^"]*)"/g)].map(([, name]) => name);
		expect(html.match(/<td/g)).toHaveLength(cells.length);
		expect([...new Set(cells)]).toEqual([
			...new Set([...html.matchAll(/<th [^>]*>([^<]*)</g)].map(([, name]) => name)),
		]);
	});

	test('folds lists that are still empty and what is inferred', async () => {
		const html = await page('/');
		expect(html).not.toContain('<h2 id="report-');
		const [folded = ''] =
			/<details[^>]*><summary>Lists that are still empty[^]*?<\/details>/.exec(html) ?? [];
		expect(folded).toContain('WooshPay: prices');
		expect(html).toMatch(/<details><summary>What it assumes[^]*A callback is delivered once/);
	});

	test('its Redeliver button sends the callback again', async () => {
		const id = await payfectCheckout(sandbox.url, { callback_url: merchant.url });
		const { deliveries } = await sandbox.control(`/control/checkouts/payfect/${id}/pay`);
		const answer = await submit(`/dashboard/deliveries/${deliveries[0]?.id}/redeliver`, {});
		expect([answer.status, answer.headers.get('location')]).toEqual([303, '/#deliveries']);
		expect(merchant.received).toHaveLength(2);
	});

	test('its form switches a fault on, and shows it', async () => {
		await submit('/dashboard/faults', { operation: 'payfect/create', fault: '500', times: '2' });
		expect((await sandbox.state()).faults).toEqual([
			{ provider: 'payfect', operation: 'create', fault: '500', timesLeft: 2 },
		]);
		expect(await page('/')).toContain('for 2 more calls');
	});

	test.each([
		['/dashboard/faults', { operation: 'payfect/create', fault: '500', times: 'many' }],
		['/dashboard/settings', { latencyMilliseconds: '-1', redeliveryScale: '0.5' }],
	])('a form of %s that was filled in wrongly says so', async (path, fields) => {
		const answer = await submit(path, fields);
		expect([answer.status, await answer.text()]).toEqual([
			400,
			expect.stringContaining('role="alert"'),
		]);
	});

	test('its form changes the settings', async () => {
		await submit('/dashboard/settings', { latencyMilliseconds: '7', redeliveryScale: '0.5' });
		expect((await sandbox.state()).settings).toEqual({
			latencyMilliseconds: 7,
			redeliveryScale: 0.5,
		});
	});

	test('its Reset button forgets everything', async () => {
		await payfectCheckout(sandbox.url);
		await submit('/dashboard/reset', {});
		expect((await sandbox.state()).checkouts).toEqual([]);
	});

	test('has the credential to copy, and what is inferred', async () => {
		const html = await page('/');
		for (const text of [
			'Callback Secret Key',
			'payfect-sandbox-not-a-real-key',
			`${sandbox.url}/payfect/api/v1`,
			'A callback is delivered once',
		])
			expect(html).toContain(text);
	});

	test('refreshes by itself only when asked, and can be told to stop', async () => {
		expect(await page('/')).not.toContain('http-equiv="refresh"');
		const html = await page('/?refresh=5');
		expect(html).toContain('<meta http-equiv="refresh" content="5">');
		expect(html).toContain('<a href="/">Switch that off</a>');
	});
});

test('what a request says is text on every page, never markup', async () => {
	const markup = '<img src=x onerror=alert(1)>"\'';
	const id = await payfectCheckout(sandbox.url, {
		client_reference_id: markup,
		currency: markup,
		[markup]: 1,
		callback_url: `${merchant.url}${encodeURIComponent(markup)}`,
	});
	await sandbox.control(`/control/checkouts/payfect/${id}/pay`, { keepStatus: true });
	for (const path of ['/', `/cashier/payfect/${id}`]) {
		const html = await page(path);
		expect(html).toContain('&lt;img src=x');
		expect(html).not.toContain('<img');
	}
});

test('every field has a label, every table a caption, every page a language and one main part', async () => {
	const id = await payfectCheckout(sandbox.url, { callback_url: merchant.url });
	await sandbox.control(`/control/checkouts/payfect/${id}/pay`, { keepStatus: true });
	await postToPayfect(sandbox.url, '{}');
	for (const path of ['/', `/cashier/payfect/${id}`]) {
		const html = await page(path);
		const labelled = new Set([...html.matchAll(/<label for="([^"]+)"/g)].map(([, field]) => field));
		const fields = [...html.matchAll(/<(?:input|select)\s[^>]*\bid="([^"]+)"/g)].map(
			([, field]) => field,
		);
		expect(fields.length).toBeGreaterThan(0);
		expect(fields.filter((field) => !labelled.has(field))).toEqual([]);
		expect(html.match(/<(input|select)\b/g)).toHaveLength(fields.length);
		expect(html.match(/<table\b/g)?.length).toBe(html.match(/<caption>/g)?.length);
		expect(html.match(/<main\b/g)).toHaveLength(1);
		expect(html).toContain('<html lang="en">');
	}
});
