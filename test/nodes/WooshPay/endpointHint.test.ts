import type { IDataObject, WorkflowExecuteMode } from 'n8n-workflow';
import { WooshPayApi } from '../../../credentials/WooshPayApi.credentials';
import { WooshPay } from '../../../nodes/WooshPay/WooshPay.node';
import { runNode, type NodeRun } from '../../support/contexts';
import {
	startProviderServer,
	type ProviderServer,
	type Reply,
} from '../shared/support/providerServer';
import { answer } from './samples';

const HINT = 'No WooshPay Trigger of this n8n is registered at this account';
const minute = 60_000;

let server: ProviderServer;
/** What the list of endpoints answers; what creates something always works. */
let list: () => Reply;
const endpoints = (urls: string[], more: IDataObject = {}) => ({
	body: JSON.stringify({
		...more,
		data: urls.map((url, index) => ({ id: `we_${index}`, url, status: 'enabled' })),
	}),
});

beforeAll(async () => (server = await startProviderServer()));
beforeEach(() => {
	server.reset();
	list = () => endpoints([]);
	server.respond(({ method }) =>
		method === 'GET' ? list() : { body: answer('createCheckout.success').text },
	);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.close());

let accounts = 0;
const newAccount = () => `sk_test_account_${++accounts}_abcdef`;

async function create(
	secretKey = newAccount(),
	mode: WorkflowExecuteMode = 'manual',
	parameters: IDataObject = {},
): Promise<NodeRun> {
	return await runNode({
		node: new WooshPay(),
		credentialTypes: [new WooshPayApi()],
		credentials: { wooshPayApi: { environment: 'custom', baseUrl: server.url, secretKey } },
		mode,
		parameters: {
			resource: 'checkout',
			operation: 'create',
			amount: '12.99',
			currency: 'GBP',
			description: 'Tea',
			successUrl: 'https://shop.example/thanks',
			cancelUrl: 'https://shop.example/basket',
			...parameters,
		},
	});
}
const asked = () => server.received.filter(({ method }) => method === 'GET').length;

it('is shown in the editor where no endpoint of this n8n is registered, with the way out', async () => {
	list = () => endpoints(['https://other.example/webhook/1', 'https://n8n.example.evil/webhook/1']);
	const run = await create();
	expect(run.outputs[0]).toHaveLength(1);
	expect(run.stored).toContain(HINT);
	expect(run.stored).toContain('unpublish it, then publish it');
	expect(run.stored).toContain('harmless if another system takes the callbacks');
});

it.each<[string, () => Reply]>([
	['one is', () => endpoints(['https://n8n.example/webhook/5f3c/webhook'])],
	[
		'there are more pages of the list',
		() => endpoints(['https://a.example/1'], { has_more: true }),
	],
	['WooshPay refuses to tell', () => ({ status: 403, body: '{"error":{"message":"no"}}' })],
	['WooshPay is down', () => ({ status: 500, body: 'down' })],
	['the answer is no list', () => ({ body: '[]' })],
])('is not shown where %s, and the checkout is made', async (_case, reply) => {
	list = reply;
	const run = await create();
	expect(run.outputs[0]).toHaveLength(1);
	expect(run.stored).not.toContain(HINT);
	expect(asked()).toBe(1);
});

it('is not asked for in a published workflow, where nobody sees it', async () => {
	const run = await create(newAccount(), 'trigger');
	expect(run.outputs[0]).toHaveLength(1);
	expect(asked()).toBe(0);
});

it('is not asked for where no checkout is created', async () => {
	await create(newAccount(), 'manual', {
		resource: 'payment',
		operation: 'get',
		paymentId: 'pi_1',
	});
	expect(server.received.map(({ path }) => path)).toEqual(['/v1/payment_intents/pi_1']);
});

it('is shown again in the next run without another question, and asked for after 15 minutes', async () => {
	const account = newAccount();
	await create(account);
	const again = await create(account);
	expect(again.stored).toContain(HINT);
	expect(asked()).toBe(1);
	const now = Date.now();
	jest.spyOn(Date, 'now').mockImplementation(() => now + 16 * minute);
	list = () => endpoints(['https://n8n.example/webhook/5f3c/webhook']);
	expect((await create(account)).stored).not.toContain(HINT);
	expect(asked()).toBe(2);
});

it('is asked for once for each credential', async () => {
	await create();
	await create();
	expect(asked()).toBe(2);
});

it('does not keep an answer of WooshPay waiting that does not come: the checkout leaves the node after three seconds', async () => {
	list = () => 'hang';
	const run = await create();
	expect(run.outputs[0]).toHaveLength(1);
	expect(run.stored).not.toContain(HINT);
});

it('does not hide why a row failed', async () => {
	const run = await create(newAccount(), 'manual', { amount: 'free' });
	expect(run.error?.message).toContain("'Amount'");
});
