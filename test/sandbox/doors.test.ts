import { request } from 'node:http';
import { startSandbox, type RunningSandbox } from '../../sandbox/sandbox';
import { payfectCheckout, payfectKey, payfectOrder, sandboxForEachTest } from './support';

const sandbox = sandboxForEachTest({ hosts: ['host.docker.internal'] });

interface Answer {
	status: number | undefined;
	body: string;
}

/** A request with headers that `fetch` does not let a caller set. */
async function ask(
	path: string,
	options: { method?: string; headers?: Record<string, string>; body?: string } = {},
	url = sandbox.url,
): Promise<Answer> {
	return await new Promise((resolve, reject) => {
		const { method = 'GET', headers = {}, body } = options;
		request(`${url}${path}`, { method, headers }, (response) => {
			let text = '';
			response.setEncoding('utf8');
			response.on('data', (chunk: string) => (text += chunk));
			response.on('end', () => resolve({ status: response.statusCode, body: text }));
		})
			.on('error', reject)
			.end(body);
	});
}

const port = () => new URL(sandbox.url).port;

describe('the name by which it is called', () => {
	test.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]', 'host.docker.internal'])(
		'%s is answered, with any port',
		async (host) => {
			expect((await ask('/', { headers: { host } })).status).toBe(200);
			expect((await ask('/', { headers: { host: `${host}:8080` } })).status).toBe(200);
		},
	);

	// A page on the internet lets its own name lead to 127.0.0.1, and reads and pays here as this
	// server's own page.
	test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'my-laptop'])(
		'%s is refused with the way out, wherever it leads',
		async (name) => {
			for (const path of ['/', '/control/state', '/payfect/api/v1/checkouts/', '/style.css']) {
				const { status, body } = await ask(path, { headers: { host: `${name}:${port()}` } });
				expect(status).toBe(403);
				expect(body).toContain(`not to ${name}`);
				expect(body).toContain(`npm run sandbox -- --host ${name}`);
			}
		},
	);

	test.each(['a b', '127.0.0.1@evil.example', '127.0.0.1, evil.example', 'évil.example'])(
		'"%s" is refused and not repeated',
		async (host) => {
			const { status, body } = await ask('/', {
				headers: { host: Buffer.from(host).toString('latin1') },
			});
			expect([400, 403]).toContain(status);
			expect(body).not.toContain('evil.example');
		},
	);

	test('a refused name does nothing, and the dashboard says so', async () => {
		const id = await payfectCheckout(sandbox.url);
		await ask(`/control/checkouts/payfect/${id}/pay`, {
			method: 'POST',
			headers: { host: 'evil.example' },
		});
		expect((await sandbox.state()).checkouts[0]?.status).toBe('open');
		expect((await ask('/')).body).toContain('not to evil.example');
	});
});

describe('a request that changes something', () => {
	const form = { 'content-type': 'application/x-www-form-urlencoded' };
	const foreign: [string, Record<string, string>][] = [
		['another site, as browsers say it', { 'sec-fetch-site': 'cross-site' }],
		['another port of this machine', { 'sec-fetch-site': 'same-site' }],
		['another origin, where a browser says no more', { origin: 'https://evil.example' }],
		['a page without an origin', { origin: 'null' }],
		['another port, where a browser says no more', { origin: 'http://127.0.0.1:1' }],
	];

	test.each(foreign)('from %s is refused: cashier', async (_whose, headers) => {
		const id = await payfectCheckout(sandbox.url);
		const { status, body } = await ask(`/cashier/payfect/${id}`, {
			method: 'POST',
			headers: { ...form, ...headers },
			body: 'action=pay',
		});
		expect([status, body]).toEqual([403, expect.stringContaining('Open the page here')]);
		expect((await sandbox.state()).checkouts[0]?.status).toBe('open');
	});

	test.each(foreign)('from %s is refused: dashboard', async (_whose, headers) => {
		await payfectCheckout(sandbox.url);
		const answer = await ask('/dashboard/reset', { method: 'POST', headers });
		expect(answer.status).toBe(403);
		expect((await sandbox.state()).checkouts).toHaveLength(1);
	});

	test.each(foreign)('from %s is refused: control API, as JSON too', async (_whose, headers) => {
		const id = await payfectCheckout(sandbox.url);
		for (const [path, type] of [
			['/control/reset', undefined],
			[`/control/checkouts/payfect/${id}/pay`, 'application/json'],
			[`/control/checkouts/payfect/${id}/pay`, 'text/plain'],
		] as const)
			expect(
				(
					await ask(path, {
						method: 'POST',
						headers: { ...headers, ...(type && { 'content-type': type }) },
						body: '{}',
					})
				).status,
			).toBe(403);
		expect((await sandbox.state()).checkouts[0]?.status).toBe('open');
	});

	test.each(foreign)("from %s is refused: a provider's API", async (_whose, headers) => {
		const { status } = await ask('/payfect/api/v1/checkouts/', {
			method: 'POST',
			headers: {
				...headers,
				authorization: payfectKey,
				'content-type': 'application/json',
			},
			body: JSON.stringify(payfectOrder()),
		});
		expect(status).toBe(403);
		expect((await sandbox.state()).checkouts).toEqual([]);
	});

	test.each([
		['a program, which says neither', () => ({})],
		['its own page', () => ({ 'sec-fetch-site': 'same-origin', origin: sandbox.url })],
		['its own page, in a browser that says no more', () => ({ origin: sandbox.url })],
		['its own page without an origin', () => ({ 'sec-fetch-site': 'same-origin', origin: 'null' })],
		[
			'its own page by a name that was added',
			() => ({
				host: `host.docker.internal:${port()}`,
				origin: `http://host.docker.internal:${port()}`,
			}),
		],
	])('from %s is carried out', async (_whose, headers) => {
		const id = await payfectCheckout(sandbox.url);
		const { status } = await ask(`/cashier/payfect/${id}`, {
			method: 'POST',
			headers: { ...form, ...headers() },
			body: 'action=pay',
		});
		expect(status).toBe(303);
		expect((await sandbox.state()).checkouts[0]?.status).toBe('paid');
	});

	test('a link from another site to a cashier page is followed', async () => {
		const id = await payfectCheckout(sandbox.url);
		const { status } = await ask(`/cashier/payfect/${id}`, {
			headers: { 'sec-fetch-site': 'cross-site' },
		});
		expect(status).toBe(200);
	});
});

describe('another address to listen on', () => {
	// macOS has no second address of IPv4 on its loopback interface.
	const anotherAddress = process.platform === 'darwin' ? '::1' : '127.0.0.2';
	const anotherInUrl = process.platform === 'darwin' ? '[::1]' : '127.0.0.2';
	let second: RunningSandbox;
	afterEach(async () => await second.close());

	test('is answered beside 127.0.0.1, and the credentials call it by the name that was added', async () => {
		second = await startSandbox({ hosts: ['sandbox.test'], listen: [anotherAddress] });
		const { port: secondPort } = new URL(second.url);
		for (const address of ['127.0.0.1', anotherInUrl])
			expect(
				(
					await ask(
						'/',
						{ headers: { host: `sandbox.test:${secondPort}` } },
						`http://${address}:${secondPort}`,
					)
				).status,
			).toBe(200);
		const { body } = await ask('/', {}, second.url);
		expect(body).toContain(`http://sandbox.test:${secondPort}/payfect/api/v1`);
		// The payer's browser is on this machine.
		expect(body).toContain(`${second.url}/tokenpay`);
	});
});
