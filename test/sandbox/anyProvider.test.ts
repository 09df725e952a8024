import { request } from 'node:http';
import { standardActions, type SandboxProvider } from '../../sandbox/core/provider';
import { eventually, Merchant, sandboxForEachTest } from './support';

interface Endpoints {
	readonly urls: string[];
}

/**
 * A made-up provider that uses what no single real one does, and answers with what it was given.
 */
const example: SandboxProvider<Endpoints, null> = {
	name: 'example',
	displayName: 'Example',
	inferred: [],
	dialects: {
		word: {
			label: 'Word for paid',
			readings: { paid: 'paid', 404: 'a number' },
			default: 'paid',
		},
	},
	credential: (providerUrl) => ({
		type: 'exampleApi',
		name: 'Example',
		data: { baseUrl: providerUrl },
	}),
	newState: () => ({ urls: [] }),
	authenticate: () => undefined,
	wrongKey: () => ({ status: 401, body: 'no' }),
	faults: { 'too-often': () => ({ status: 200, body: { code: 11001 } }) },
	report: ({ state }) => ({ endpoints: state.urls.map((url) => ({ url })) }),
	operations: [
		{
			operation: 'create',
			method: 'POST',
			path: '/v1/orders/:id',
			handle({ params, rawBody }, { checkouts }) {
				checkouts.add({
					checkoutId: params.id ?? '',
					amount: '10',
					currency: 'JPY',
					request: rawBody.toString('hex'),
					details: null,
				});
				return { status: 201, body: { id: params.id } };
			},
		},
		{
			operation: 'echo',
			method: 'POST',
			path: '/v1/echo',
			handle: ({ target, providerTarget, rawBody, headers, query }) => ({
				status: 200,
				body: {
					target,
					providerTarget,
					rawBody: rawBody.toString('hex'),
					header: headers['x-example'],
					a: query.get('a'),
				},
			}),
		},
		{
			operation: 'refund',
			method: 'POST',
			path: '/v1/refunds/:id',
			handle({ params }, { checkouts, tell }) {
				const checkout = checkouts.get(params.id ?? '');
				if (checkout !== undefined) tell(checkout, 'refunded', { details: { refund: 'refund-1' } });
				return { status: 204, body: undefined };
			},
		},
		{
			operation: 'word',
			method: 'GET',
			path: '/v1/word',
			handle: (_call, { dialect }) => ({ status: 200, body: { word: dialect('word') } }),
		},
		{
			operation: 'register',
			method: 'POST',
			path: '/v1/endpoints',
			handle: ({ rawBody }, { state }) => ({
				status: 200,
				body: state.urls.push(rawBody.toString()),
			}),
		},
	],
	actions: {
		...standardActions,
		dispute: {
			label: 'Dispute',
			from: ['paid'],
			event: 'disputed',
			returnTo: 'cashier',
			by: 'tester',
		},
	},
	callbacks: {
		compose: ({ kind, id, details }, quality, { secret }) =>
			kind === 'canceled'
				? undefined
				: {
						headers: { 'x-secret': secret ?? '' },
						body: JSON.stringify({ kind, id, quality, details }),
					},
		targets: (_event, { state }) =>
			state.urls.map((url, index) => ({ url, secret: `secret-${index}` })),
		acknowledged: ({ status, body }, { dialect }) =>
			status === 200 && body === (dialect('word') === 'paid' ? 'noted' : '404'),
		redeliveryGapsMilliseconds: [15_000],
	},
};

const sandbox = sandboxForEachTest({ providers: [example as SandboxProvider] });
const merchants = [new Merchant(), new Merchant()];
const [first, second] = merchants as [Merchant, Merchant];
beforeAll(async () => await Promise.all(merchants.map(async (merchant) => await merchant.start())));
beforeEach(() => merchants.forEach((merchant) => merchant.received.splice(0)));
afterAll(async () => await Promise.all(merchants.map(async (merchant) => await merchant.stop())));

const post = async (path: string, body = '') =>
	await fetch(`${sandbox.url}/example${path}`, { method: 'POST', body });
const kinds = (merchant: Merchant) =>
	merchant.received.map(({ body }) => (JSON.parse(body) as { kind: string }).kind);

test('an operation is given path and body exactly as they were on the socket', async () => {
	const path = '/example/v1/echo?a=%C3%BC+1&b=%2f../x';
	const body = Buffer.from([0x7b, 0x22, 0xff, 0x00, 0x0a, 0x7d]);
	const text = await new Promise<string>((resolve, reject) => {
		const call = request(
			sandbox.url + path,
			{ method: 'POST', headers: { 'X-Example': 'Value' } },
			(answer) => {
				let received = '';
				answer.on('data', (chunk: Buffer) => (received += chunk.toString()));
				answer.on('end', () => resolve(received));
			},
		);
		call.on('error', reject);
		call.end(body);
	});
	expect(JSON.parse(text)).toEqual({
		target: path,
		providerTarget: path.slice('/example'.length),
		rawBody: body.toString('hex'),
		header: 'Value',
		a: 'ü 1',
	});
});

test("a callback goes to every registered endpoint, with that endpoint's secret and one event id", async () => {
	await post('/v1/endpoints', first.url);
	await post('/v1/endpoints', second.url);
	await post('/v1/orders/1');
	const { deliveries } = await sandbox.control('/control/checkouts/example/1/pay');
	expect(deliveries).toHaveLength(2);
	expect(merchants.map(({ received }) => received[0]?.headers['x-secret'])).toEqual([
		'secret-0',
		'secret-1',
	]);
	expect(first.received[0]?.body).toBe(second.received[0]?.body);
});

test('an event that the provider tells nobody about is not sent', async () => {
	await post('/v1/endpoints', first.url);
	await post('/v1/orders/1');
	expect(await sandbox.control('/control/checkouts/example/1/cancel')).toMatchObject({
		checkout: { status: 'canceled' },
		deliveries: [],
	});
});

test('an API call can cause a callback of its own', async () => {
	await post('/v1/endpoints', first.url);
	await post('/v1/orders/1');
	expect((await post('/v1/refunds/1')).status).toBe(204);
	await eventually(() => first.received.length === 1);
	expect(JSON.parse(first.received[0]?.body ?? '')).toMatchObject({
		kind: 'refunded',
		details: { refund: 'refund-1' },
	});
});

test("an action of the provider's own is offered when it can be done, and told", async () => {
	await post('/v1/endpoints', first.url);
	await post('/v1/orders/1');
	expect((await sandbox.control('/control/checkouts/example/1/dispute')).status).toBe(409);
	await sandbox.control('/control/checkouts/example/1/pay');
	expect(await (await fetch(`${sandbox.url}/cashier/example/1`)).text()).toContain(
		'value="dispute"',
	);
	expect(await sandbox.control('/control/checkouts/example/1/dispute')).toMatchObject({
		checkout: { status: 'paid' },
	});
	expect(kinds(first)).toEqual(['paid', 'disputed']);
});

test("a genuine callback is repeated on the provider's schedule, a forged one is not", async () => {
	first.answers.push(500, 500);
	await post('/v1/endpoints', first.url);
	await post('/v1/orders/1');
	const forged = await sandbox.control('/control/checkouts/example/1/pay', { callback: 'forged' });
	expect(forged.deliveries[0]).toMatchObject({ status: 500, nextAttemptAt: null });
	const genuine = await sandbox.control('/control/checkouts/example/1/pay');
	expect(genuine.deliveries[0]).toMatchObject({ status: 500, nextAttemptAt: expect.any(String) });
	await eventually(() => first.received.length === 3);
	expect(kinds(first)).toEqual(['paid', 'paid', 'paid']);
});

test('a fault that only this provider has', async () => {
	expect(
		(
			await sandbox.control('/control/faults', {
				provider: 'example',
				operation: 'create',
				fault: 'too-often',
			})
		).status,
	).toBe(200);
	expect(await (await post('/v1/orders/1')).json()).toEqual({ code: 11001 });
	expect((await sandbox.state()).checkouts).toEqual([]);
});

describe('a dialect', () => {
	const word = async () => {
		const answer = await fetch(`${sandbox.url}/example/v1/word`);
		return ((await answer.json()) as { word: string }).word;
	};
	const submit = async (fields: Record<string, string>) =>
		await fetch(`${sandbox.url}/dashboard/dialects/example`, {
			method: 'POST',
			body: new URLSearchParams(fields),
			redirect: 'manual',
		});
	const choose = async (reading: string | null, dialect = 'word', provider = 'example') =>
		await sandbox.control('/control/dialects', { provider, dialect, reading });

	test('plays what is assumed until another reading is chosen, and after a reset', async () => {
		expect(await word()).toBe('paid');
		expect((await choose('404')).status).toBe(200);
		expect([await word(), (await sandbox.state()).dialects]).toEqual([
			'404',
			{ example: { word: '404' } },
		]);
		await choose(null);
		expect(await word()).toBe('paid');
		await choose('404');
		await sandbox.control('/control/reset');
		expect([await word(), (await sandbox.state()).dialects]).toEqual([
			'paid',
			{ example: { word: 'paid' } },
		]);
	});

	test('is chosen on the dashboard, which shows the choice', async () => {
		const page = async () => await (await fetch(`${sandbox.url}/`)).text();
		expect(await page()).toContain('<option value="paid" selected>paid (assumed)</option>');
		expect((await submit({ word: '404' })).headers.get('location')).toBe('/#inferred');
		expect(await word()).toBe('404');
		expect(await page()).toContain('<option value="404" selected>a number</option>');
	});

	test('may say what acknowledges a callback', async () => {
		await post('/v1/endpoints', first.url);
		await post('/v1/orders/1');
		await choose('404');
		const { deliveries } = await sandbox.control('/control/checkouts/example/1/pay');
		// The merchant answers "noted".
		expect(deliveries[0]?.acknowledged).toBe(false);
	});

	test.each([
		['provider', async () => await choose('404', 'word', 'nobody'), 'There are: example.'],
		['dialect', async () => await choose('404', 'toString'), 'There are: word.'],
		['reading', async () => await choose('toString'), 'There are: 404, paid.'],
	])('that names no %s says which there are', async (_what, wrong, words) => {
		const { status, error } = await wrong();
		expect([status, error]).toEqual([400, expect.stringContaining(words)]);
	});

	test('that the form names wrongly is said on the page', async () => {
		const answer = await submit({ word: 'nonsense' });
		expect([answer.status, await answer.text()]).toEqual([
			400,
			expect.stringContaining('has no reading &quot;nonsense&quot;'),
		]);
	});
});

test('what the provider remembers is in the report, and gone after a reset', async () => {
	await post('/v1/endpoints', first.url);
	expect(await (await fetch(`${sandbox.url}/control/state`)).json()).toMatchObject({
		reports: { example: { endpoints: [{ url: first.url }] } },
	});
	expect(await (await fetch(`${sandbox.url}/`)).text()).toContain('Example: endpoints');
	await sandbox.control('/control/reset');
	expect(await (await fetch(`${sandbox.url}/control/state`)).json()).toMatchObject({
		reports: { example: { endpoints: [] } },
	});
});

test('a call that no page documents is a 404, and is listed', async () => {
	expect((await post('/v1/nothing')).status).toBe(404);
	expect((await sandbox.state()).refusals).toEqual([
		expect.objectContaining({
			path: '/example/v1/nothing',
			reason: 'POST /v1/nothing is not a documented call.',
		}),
	]);
});
