import { createHmac } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { WooshPay } from '../../../nodes/WooshPay/WooshPay.node';
import { WooshPayTrigger } from '../../../nodes/WooshPay/WooshPayTrigger.node';
import {
	callHook,
	callWebhook,
	logText,
	runNode,
	type HookCall,
	type WebhookCall,
} from '../../support/contexts';
import type { CallbackProof } from '../../../nodes/shared/core/contract';
import { startProviderServer, type ProviderServer } from '../shared/support/providerServer';
import type { PayerAction, SandboxDelivery, Telling } from '../../support/sandboxClient';
import { decryptedEndpoint } from '../../support/decryptedEndpoint';
import { WooshPaySandbox } from './sandbox';

const sandbox = WooshPaySandbox.forEachTest();

interface Setting {
	parameters?: IDataObject;
	credential?: Record<string, string>;
	staticData?: IDataObject;
	workflowId?: string;
	webhookId?: string;
	n8nAddress?: string;
	isTest?: boolean;
	/** In an n8n that was started anew: what the package remembered in its process is gone. */
	restarted?: boolean;
	node?: WooshPayTrigger;
}

/**
 * A trigger as it stands in a published workflow; each test has a webhook address and a workflow of
 * its own.
 */
let trigger: { webhookId: string; workflowId: string; nodeId: string };
let count = 0;
/** What the credential says about callbacks, where a test says nothing else. */
let callbackProof: CallbackProof;
beforeEach(() => {
	count += 1;
	callbackProof = 'signatureOrProvider';
	trigger = { webhookId: `webhook-${count}`, workflowId: `workflow-${count}`, nodeId: 'node-1' };
});

function newProcess(): WooshPayTrigger {
	let loaded: { WooshPayTrigger: typeof WooshPayTrigger } | undefined;
	jest.isolateModules(() => {
		loaded = jest.requireActual<NonNullable<typeof loaded>>(
			'../../../nodes/WooshPay/WooshPayTrigger.node',
		);
	});
	if (!loaded) throw new Error('The trigger was not loaded.');
	return new loaded.WooshPayTrigger();
}

const setup = ({ credential, restarted, ...setting }: Setting) => ({
	node: restarted ? newProcess() : new WooshPayTrigger(),
	...sandbox.credentials({ callbackProof, ...credential }),
	...trigger,
	...setting,
});
const hook = async (
	method: 'checkExists' | 'create' | 'delete',
	setting: Setting = {},
): Promise<HookCall> => await callHook({ ...setup(setting), method });
const endpoints = async () => await sandbox.endpoints();
/** The static data of this test's trigger. */
const decrypted = (staticData: IDataObject, secretKey = sandbox.credential.secretKey ?? '') =>
	decryptedEndpoint(staticData, trigger, secretKey);
const registeredAt = async (address: string) =>
	(await endpoints()).filter(({ url }) => url === address);

/** What n8n does when a workflow is published: ask, then register if needed. */
async function publish(setting: Setting = {}): Promise<HookCall> {
	const asked = await hook('checkExists', setting);
	return asked.result === true || asked.error ? asked : await hook('create', setting);
}

async function sell(
	reference = `order-${count}`,
): Promise<{ checkoutId: string; paymentId: string }> {
	const parameters = {
		resource: 'checkout',
		operation: 'create',
		amount: '12.99',
		currency: 'GBP',
		reference,
		description: 'Tea',
		successUrl: 'https://shop.example/a',
		cancelUrl: 'https://shop.example/b',
	};
	const { outputs } = await runNode({ node: new WooshPay(), ...sandbox.credentials(), parameters });
	return outputs[0]?.[0]?.json as { checkoutId: string; paymentId: string };
}

async function receive(
	{ requestHeaders, requestBody }: Pick<SandboxDelivery, 'requestHeaders' | 'requestBody'>,
	setting: Setting = {},
): Promise<WebhookCall> {
	const headers = Object.fromEntries(
		Object.entries(requestHeaders).filter(([name]) => name !== 'User-Agent'),
	);
	return await callWebhook({
		...setup(setting),
		request: { headers, rawBody: Buffer.from(requestBody) },
	});
}

/**
 * Publishes the trigger, sells something, and gives what WooshPay sends when the payer has acted.
 */
async function deliveryOf(
	action: PayerAction,
	setting: Setting = {},
	how: Telling = {},
): Promise<{ delivery: SandboxDelivery; published: HookCall; paymentId: string }> {
	const published = await publish(setting);
	if (published.error) throw published.error;
	const { checkoutId, paymentId } = await sell();
	if (['refund', 'dispute'].includes(action)) await sandbox.act(checkoutId, 'pay');
	const [delivery] = await sandbox.act(checkoutId, action, how);
	if (!delivery) throw new Error('WooshPay sent nothing.');
	return { delivery, published, paymentId };
}

describe('publishing', () => {
	it('registers one endpoint with the address of the trigger, for the chosen events only', async () => {
		const { result, webhookUrl } = await publish({
			parameters: { events: ['payment.succeeded', 'refund.succeeded'] },
		});
		expect(result).toBe(true);
		expect(await endpoints()).toEqual([
			{
				id: expect.any(String) as string,
				url: webhookUrl,
				events: 'payment_intent.succeeded, charge.refund.updated',
			},
		]);
		expect((await sandbox.state()).refusals).toEqual([]);
	});

	it('asks for the provider events that the user adds', async () => {
		await publish({
			parameters: { options: { additionalProviderEvents: 'payout.paid, payment_intent.created' } },
		});
		expect((await endpoints())[0]?.events).toBe(
			'payment_intent.succeeded, payout.paid, payment_intent.created',
		);
	});

	it('asks for the provider events of the user alone, where no other is chosen', async () => {
		await publish({
			parameters: { events: [], options: { additionalProviderEvents: 'payout.paid' } },
		});
		expect((await endpoints())[0]?.events).toBe('payout.paid');
	});

	it('of an address of this machine says that a provider elsewhere cannot reach it', async () => {
		const server = await startProviderServer();
		server.respond(({ method }) => ({
			body: JSON.stringify(
				method === 'POST' ? { id: 'we_1', secret: 'whsec_0123456789abcdef' } : { data: [] },
			),
		}));
		// No name of this machine, and leads here.
		const elsewhere = server.url.replace('127.0.0.1', '[::ffff:127.0.0.1]');
		const published = await publish({
			n8nAddress: 'http://127.0.0.1:5678',
			credential: { baseUrl: elsewhere },
		});
		server.close();
		expect(published.result).toBe(true);
		expect(logText(published)).toMatch(
			/http:\/\/127\.0\.0\.1:5678\/\S+ is an address of this machine, which the provider cannot reach\. Set WEBHOOK_URL of n8n/,
		);
	});

	it('of an address of this machine says nothing where the provider is on it too', async () => {
		const published = await publish({ n8nAddress: 'http://127.0.0.1:5678' });
		expect(logText(published)).not.toContain('cannot reach');
	});

	it('again changes nothing', async () => {
		const { staticData } = await publish();
		const before = await endpoints();
		expect((await hook('checkExists', { staticData })).result).toBe(true);
		expect(await endpoints()).toEqual(before);
	});

	it.each([
		['other events were chosen', { parameters: { events: ['payment.failed'] } }],
		['the secret was lost', { staticData: {}, restarted: true }],
		[
			'the secret was lost, but one is in the credential',
			{
				staticData: {},
				restarted: true,
				credential: { webhookSecret: 'whsec_ofSomeOtherEndpointAltogether' },
			},
		],
	])('makes the endpoint anew when %s, and there is still one', async (_case, change: Setting) => {
		const { staticData, webhookUrl } = await publish();
		const [before] = await endpoints();
		const again = await publish({ staticData, ...change });
		const after = await registeredAt(webhookUrl);
		expect(after).toHaveLength(1);
		expect(after[0]?.id).not.toBe(before?.id);
		expect(decrypted(again.staticData).secret).not.toBe(decrypted(staticData).secret);
	});

	it('leaves one endpoint where somebody has registered the same address by hand, twice', async () => {
		const { webhookUrl, staticData } = await publish();
		await sandbox.api('POST', '/v1/webhook_endpoints', {
			url: webhookUrl,
			enabled_events: ['payment_intent.succeeded'],
		});
		await sandbox.api('POST', '/v1/webhook_endpoints', {
			url: webhookUrl,
			enabled_events: ['payment_intent.succeeded'],
		});
		await publish({ staticData });
		expect(await registeredAt(webhookUrl)).toHaveLength(1);
	});

	it('finds its endpoint behind a hundred others, and touches none of them', async () => {
		for (let index = 0; index < 130; index++)
			await sandbox.api('POST', '/v1/webhook_endpoints', {
				url: `https://shop.example/hook-${index}`,
				enabled_events: ['payment_intent.succeeded'],
			});
		const others = await endpoints();
		const { staticData, webhookUrl } = await publish();
		expect((await hook('checkExists', { staticData })).result).toBe(true);
		expect((await publish({ staticData: {} })).result).toBe(true);
		expect(await registeredAt(webhookUrl)).toHaveLength(1);
		expect((await endpoints()).filter(({ url }) => url !== webhookUrl)).toEqual(others);
	});

	it('of a copy that brought the static data of its original leaves the original alone', async () => {
		const original = await publish();
		const copy = { staticData: original.staticData, webhookId: `${trigger.webhookId}-copy` };
		await publish(copy);
		expect(await endpoints()).toHaveLength(2);
		expect((await hook('checkExists', { staticData: original.staticData })).result).toBe(true);
	});

	it('of an unpublished copy that is deleted leaves the original alone', async () => {
		const original = await publish();
		await hook('delete', {
			staticData: original.staticData,
			webhookId: `${trigger.webhookId}-copy`,
		});
		expect(await registeredAt(original.webhookUrl)).toHaveLength(1);
	});

	it('after n8n has moved to another host name leaves the old address, which another n8n may use, and says so', async () => {
		const old = await publish({ n8nAddress: 'https://old.example' });
		const moved = await publish({ staticData: old.staticData, n8nAddress: 'https://new.example' });
		expect((await endpoints()).map(({ url }) => url)).toEqual([old.webhookUrl, moved.webhookUrl]);
		expect(logText(moved)).toContain(`the endpoint with the address ${old.webhookUrl} stays`);
	});

	it.each(['published', 'unpublished'])(
		"a backup, restored on another host and %s there, leaves production's endpoint alone",
		async (done) => {
			const production = await publish({ n8nAddress: 'https://n8n.shop.example' });
			const backup = {
				staticData: production.staticData,
				n8nAddress: 'https://staging.shop.example',
			};
			await (done === 'published' ? publish(backup) : hook('delete', backup));
			expect(await registeredAt(production.webhookUrl)).toHaveLength(1);
			expect(
				(
					await hook('checkExists', {
						staticData: production.staticData,
						n8nAddress: 'https://n8n.shop.example',
					})
				).result,
			).toBe(true);
		},
	);

	it.each([
		[
			'without a secret key',
			{ credential: { secretKey: '' } },
			/'Secret Key' in the WooshPay credential is empty.*Correct the credential/,
		],
		[
			'with a key that WooshPay refuses',
			{ credential: { secretKey: 'sk_test_wrong' } },
			/could not be looked up at WooshPay.*Invalid API key.*Check 'Secret Key'/,
		],
		[
			'for an event that WooshPay does not have',
			{ parameters: { events: ['payment.shipped'] } },
			/'Events' names nothing that WooshPay sends/,
		],
		[
			'without any event',
			{ parameters: { events: [] } },
			/'Events' is empty.*name some in 'Additional Provider Events'/,
		],
		[
			'with a choice for callbacks that there is not',
			{ credential: { callbackProof: 'provider' } },
			/'When a Callback Comes' in the WooshPay credential is "provider", which is none of its choices/,
		],
		[
			'with an address that WooshPay does not take',
			{ n8nAddress: 'http://n8n.example' },
			/could not be registered at WooshPay.*must be an https address/,
		],
	])('%s fails in words', async (_case, setting: Setting, words) => {
		const { error } = await publish(setting);
		expect(error?.message).toMatch(words);
	});

	it('whose answer was lost leaves no second endpoint when n8n tries again', async () => {
		await sandbox.fault('createEndpoint', '500-after');
		const failed = await publish();
		expect(failed.error?.message).toContain('HTTP 500');
		const again = await publish({ staticData: failed.staticData });
		expect(await registeredAt(again.webhookUrl)).toHaveLength(1);
	});

	it('shows no key in its errors', async () => {
		const secretKey = 'sk_test_c2VudGluZWwtc2VjcmV0LW9mLWEtdGVzdA==';
		const failed = await publish({ credential: { secretKey } });
		expect([failed.error?.message, logText(failed)].join()).not.toContain(secretKey);
	});
});

describe('publishing again', () => {
	let server: ProviderServer;
	let registered: Array<IDataObject & { id: string }>;
	/** Members of each list beside the endpoints. */
	let list: IDataObject;
	beforeAll(async () => void (server = await startProviderServer()));
	beforeEach(() => {
		server.reset();
		registered = [];
		list = {};
		let made = 0;
		server.respond(({ method, path, body }) => {
			if (method === 'DELETE')
				registered = registered.filter(({ id }) => id !== path.split('/').at(-1));
			if (method !== 'POST') return { body: JSON.stringify({ ...list, data: registered }) };
			const endpoint = { id: `we_${++made}`, ...(JSON.parse(body) as object), status: 'enabled' };
			registered.push(endpoint);
			return { body: JSON.stringify({ ...endpoint, secret: `whsec_of_endpoint_${made}` }) };
		});
	});
	afterAll(() => server.close());
	const there = (setting: Setting = {}): Setting => ({
		...setting,
		credential: { baseUrl: server.url, secretKey: 'sk_test_abcdefghijkl' },
	});

	it('makes the endpoint anew where WooshPay has disabled it: nothing would arrive there', async () => {
		const { staticData, webhookUrl } = await publish(there());
		registered = registered.map((endpoint) => ({ ...endpoint, status: 'disabled' }));
		const again = await publish(there({ staticData }));
		expect(registered).toEqual([
			expect.objectContaining({ url: webhookUrl, status: 'enabled' }) as unknown,
		]);
		expect(again.staticData.endpointId).toBe(registered[0]?.id);
	});

	it('does not read a list for ever that gives the same page each time, and says there is more', async () => {
		const { staticData } = await publish(there());
		list = { has_more: true };
		server.received.length = 0;
		expect((await hook('checkExists', there({ staticData }))).error).toBeUndefined();
		expect(server.received.map(({ path }) => path)).toHaveLength(2);
	});
});

describe('unpublishing', () => {
	it("removes the endpoint and nobody else's", async () => {
		await sandbox.api('POST', '/v1/webhook_endpoints', {
			url: 'https://shop.example/hook',
			enabled_events: ['payment_intent.succeeded'],
		});
		const { staticData } = await publish();
		expect((await hook('delete', { staticData })).result).toBe(true);
		expect((await endpoints()).map(({ url }) => url)).toEqual(['https://shop.example/hook']);
	});

	it('removes the endpoint whose id was lost', async () => {
		await publish();
		expect((await hook('delete', { staticData: {} })).result).toBe(true);
		expect(await endpoints()).toEqual([]);
	});

	it('of an endpoint that is already gone succeeds', async () => {
		const { staticData } = await publish();
		await sandbox.api('DELETE', `/v1/webhook_endpoints/${String(staticData.endpointId)}`);
		expect((await hook('delete', { staticData })).result).toBe(true);
	});

	it('succeeds when the endpoint vanishes between the look and the removal', async () => {
		const { staticData } = await publish();
		await sandbox.latency(50);
		const [first, second] = await Promise.all([
			hook('delete', { staticData }),
			hook('delete', { staticData }),
		]);
		expect([first.result, second.result]).toEqual([true, true]);
		const { requests, refusals } = await sandbox.state();
		expect([requests.wooshpay?.deleteEndpoint, refusals.length]).toEqual([2, 1]);
	});

	it('names what stays behind when WooshPay cannot be asked: n8n only logs it', async () => {
		const { staticData } = await publish();
		await sandbox.fault('deleteEndpoint', '500', 5);
		const [left] = await endpoints();
		expect((await hook('delete', { staticData })).error?.message).toMatch(
			new RegExp(`could not be removed at WooshPay: .* remove ${left?.url} at WooshPay by hand`),
		);
	});
});

/**
 * n8n saves the static data of a workflow as one whole: a polling trigger or a Code node that
 * loaded it before the latest registration saves the old one over it.
 */
describe('static data that another writer put back', () => {
	beforeEach(() => void (callbackProof = 'signature'));
	const changed = { parameters: { events: ['payment.succeeded', 'payment.failed'] } };

	/** Published, changed and published again: gives what static data held before and after. */
	async function publishTwice() {
		const first = await publish();
		const removed = await hook('delete', { staticData: first.staticData });
		const second = await publish({ ...changed, staticData: removed.staticData });
		return { first: first.staticData, between: removed.staticData, second: second.staticData };
	}
	async function payment(): Promise<SandboxDelivery> {
		const { checkoutId } = await sell();
		const [delivery] = await sandbox.act(checkoutId, 'pay');
		if (!delivery) throw new Error('WooshPay sent nothing.');
		return delivery;
	}

	it.each(['first', 'between'] as const)(
		'does not make the trigger refuse a payment: what it held %s',
		async (moment) => {
			const saved = await publishTwice();
			const call = await receive(await payment(), { ...changed, staticData: saved[moment] });
			expect([call.response.status, call.items?.length]).toEqual([200, 1]);
		},
	);

	it('does not keep the secret of a payment from being found there, when the process has none', async () => {
		const { second } = await publishTwice();
		const call = await receive(await payment(), {
			...changed,
			staticData: second,
			restarted: true,
		});
		expect([call.response.status, call.items?.length]).toEqual([200, 1]);
	});

	it.each(['first', 'between'] as const)(
		'is put right when n8n asks for the endpoint, and the endpoint stays: what it held %s',
		async (moment) => {
			const saved = await publishTwice();
			const before = await endpoints();
			const asked = await hook('checkExists', { ...changed, staticData: saved[moment] });
			expect([asked.result, decrypted(asked.staticData)]).toEqual([true, decrypted(saved.second)]);
			expect(await endpoints()).toEqual(before);
		},
	);

	it('does not lose the secret of the endpoint before: a callback on its way is taken after a third publication', async () => {
		const saved = await publishTwice();
		const delivery = await payment();
		const removed = await hook('delete', { ...changed, staticData: saved.first });
		const { secret } = decrypted(saved.second);
		expect(decrypted(removed.staticData).secretPrevious).toBe(secret);
		// And once more between removal and registration.
		const third = await publish({ staticData: saved.first });
		expect(decrypted(third.staticData).secretPrevious).toBe(secret);
		expect((await receive(delivery, { staticData: third.staticData })).response.status).toBe(200);
	});

	it('does not lose it either when a registration fails and n8n cleans up', async () => {
		const { staticData } = await publish();
		const delivery = await payment();
		await sandbox.fault('createEndpoint', '500', 5);
		const failed = await hook('create', { staticData });
		expect(failed.error?.message).toContain('could not be registered');
		const cleaned = await hook('delete', { staticData: failed.staticData });
		await sandbox.fault('createEndpoint', null);
		const again = await publish({ staticData: cleaned.staticData });
		expect((await receive(delivery, { staticData: again.staticData })).response.status).toBe(200);
	});

	it('counts where it names the endpoint that WooshPay has, as another main process may have registered it', async () => {
		const { staticData } = await publish();
		const elsewhere = await hook('create', { staticData, restarted: true });
		const asked = await hook('checkExists', { staticData: elsewhere.staticData });
		expect([asked.result, asked.staticData]).toEqual([true, elsewhere.staticData]);
	});

	it('does no harm either when n8n only found the endpoint in place, as n8n 1.x does when it starts', async () => {
		const { staticData } = await publish();
		const node = newProcess();
		const found = await callHook({ ...setup({ staticData }), node, method: 'checkExists' });
		expect(found.result).toBe(true);
		const call = await receive(await payment(), { staticData: {}, node });
		expect([call.response.status, call.items?.length]).toEqual([200, 1]);
	});

	it('is believed no more than before: the secret of an endpoint that was removed twice over proves nothing', async () => {
		const first = await publish();
		const delivery = await payment();
		let { staticData } = first;
		for (let publication = 0; publication < 2; publication++) {
			staticData = (await hook('delete', { staticData })).staticData;
			staticData = (await publish({ staticData })).staticData;
		}
		expect((await receive(delivery, { staticData })).response.status).toBe(401);
	});

	it.each([
		['workflow', { workflowId: 'a-copy' }],
		['address', { webhookId: 'a-copy' }],
	])(
		'is not made good by the secret of a node with the same id of another %s',
		async (_case, copy) => {
			await publish();
			const call = await receive(await payment(), { ...copy, staticData: {} });
			expect([call.response.status, call.items]).toEqual([500, undefined]);
		},
	);
});

describe('the secret of the endpoint', () => {
	it('stands nowhere in clear: not in the static data, not in a log line', async () => {
		const { delivery, published } = await deliveryOf('pay');
		const { secret } = decrypted(published.staticData);
		expect(secret).toMatch(/^whsec_/);
		const { staticData } = published;
		const received = await receive(delivery, { staticData });
		const removed = await hook('delete', { staticData });
		const again = await publish({ staticData: removed.staticData });
		expect(decrypted(again.staticData).secretPrevious).toBe(secret);
		const kept = [published, removed, again].map((call) => JSON.stringify(call.staticData));
		const logged = [published, received, removed, again].map(logText);
		expect([...kept, ...logged].join('\n')).not.toContain(String(secret));
		expect(kept.join()).not.toContain('whsec_');
	});

	it('counts as lost after the key in the same credential was changed and n8n restarted, and following the log line heals it', async () => {
		const changed = { restarted: true, credential: { secretKey: 'sk_test_after_the_change' } };
		const { delivery, published } = await deliveryOf('pay');
		const refused = await receive(delivery, { ...changed, staticData: published.staticData });
		// Not forged: WooshPay repeats what is answered so, and the log line says how to heal it.
		expect(refused.response.status).toBe(500);
		expect(logText(refused)).toMatch(
			/no_secret.*asked about it\. Unpublish the workflow, then publish it/,
		);
		expect(logText(refused)).not.toMatch(/forged/i);
	});

	it('is read by the process in which the key was changed: nothing that is on its way is lost', async () => {
		const changed = { credential: { secretKey: 'sk_test_after_the_change' } };
		const { delivery, published } = await deliveryOf('pay');
		const call = await receive(delivery, { ...changed, staticData: published.staticData });
		expect([call.response.status, call.items?.length]).toEqual([200, 1]);
	});

	it('that cannot be read does not keep the endpoint from being removed', async () => {
		const { staticData } = await publish();
		const unreadable = { ...staticData, secret: 'AAAA' };
		await hook('delete', { staticData: unreadable, restarted: true });
		expect(await endpoints()).toEqual([]);
	});
});

describe('listening for a test event', () => {
	beforeEach(() => void (callbackProof = 'signature'));
	it("takes the callbacks of its own endpoint only, not of production's, and production's secret stays", async () => {
		const production = await publish();
		const [ofProduction] = await sandbox.act((await sell()).checkoutId, 'pay');
		const test = await publish({ isTest: true });
		if (!ofProduction) throw new Error('WooshPay sent nothing.');
		const call = await receive(ofProduction, { isTest: true, staticData: test.staticData });
		expect(call.response.status).toBe(401);
		await hook('delete', { isTest: true, staticData: test.staticData });
		expect((await receive(ofProduction, { staticData: {} })).response.status).toBe(200);
		expect(production.result).toBe(true);
	});

	it('registers the test address beside the production one, and removes only that', async () => {
		const production = await publish();
		const test = await publish({ isTest: true });
		expect((await endpoints()).map(({ url }) => url)).toEqual([
			production.webhookUrl,
			test.webhookUrl,
		]);
		expect(test.webhookUrl).toContain('/webhook-test/');
		await hook('delete', { isTest: true, staticData: test.staticData });
		expect((await endpoints()).map(({ url }) => url)).toEqual([production.webhookUrl]);
		expect((await hook('checkExists', { staticData: production.staticData })).result).toBe(true);
	});
});

/** Two accounts, chosen by the base URL, that tell the secret which the test wants. */
describe('the kept secret', () => {
	let server: ProviderServer;
	beforeAll(async () => void (server = await startProviderServer()));
	afterAll(() => server.close());

	const secretKey = 'sk_test_c2FtcGxlLWtleS1vZi10aGUtZ3VpZGU=';
	let told: Record<string, string>;
	let registered: Record<string, Map<string, IDataObject>>;
	beforeEach(() => {
		callbackProof = 'signature';
		told = {};
		registered = {};
		let made = 0;
		server.respond(({ method, path, body }) => {
			const account = path.split('/')[1] ?? '';
			const list = (registered[account] ??= new Map());
			if (method === 'DELETE')
				return list.delete(path.split('/').at(-1) ?? '')
					? {}
					: { status: 404, body: '{"error":{"message":"no such endpoint"}}' };
			if (method !== 'POST')
				return { body: JSON.stringify({ object: 'list', data: [...list.values()] }) };
			const endpoint = { id: `we_${++made}`, ...(JSON.parse(body) as object), status: 'enabled' };
			list.set(endpoint.id, endpoint);
			return { body: JSON.stringify({ ...endpoint, secret: told[account] }) };
		});
	});

	const at = (account: string, setting: Setting = {}): Setting => ({
		...setting,
		credential: { baseUrl: `${server.url}/${account}`, secretKey, ...setting.credential },
	});
	const paymentSignedWith = (key: string) => {
		const requestBody = JSON.stringify({
			id: 'evt_1',
			type: 'payment_intent.succeeded',
			created: Date.now(),
			data: {
				object: {
					id: 'pi_1',
					amount: 1299,
					currency: 'GBP',
					status: 'succeeded',
					merchant_order_id: 'order-1',
				},
			},
		});
		const time = Date.now();
		return {
			requestBody,
			requestHeaders: {
				'Content-Type': 'application/json',
				'Wooshpay-Signature': `t=${time},v1=${createHmac('sha256', key).update(`${time}.${requestBody}`).digest('hex')}`,
			},
		};
	};

	it('that holds the key of the credential, as in the documented example, is kept as it was told: nobody can sign with stars', async () => {
		told.shop = Buffer.from(`${secretKey}:`).toString('base64');
		const { staticData } = await publish(at('shop'));
		expect(
			(await receive(paymentSignedWith('***'), at('shop', { staticData }))).response.status,
		).toBe(401);
		const genuine = await receive(paymentSignedWith(told.shop), at('shop', { staticData }));
		expect([genuine.response.status, genuine.items?.length]).toEqual([200, 1]);
	});

	it.each([{ secret: '***' }, { secretPrevious: 'whsec_***' }, { secret: 'whsec_known_to_all' }])(
		'that somebody wrote into the static data is never believed: %j',
		async (masked) => {
			const call = await receive(
				paymentSignedWith(Object.values(masked)[0] ?? ''),
				at('shop', { staticData: { endpointId: 'we_1', ...masked } }),
			);
			expect([call.response.status, call.items]).toEqual([500, undefined]);
		},
	);

	it('that somebody wrote into the static data makes the trigger register anew, and is forgotten', async () => {
		told.shop = 'whsec_0123456789abcdef';
		const { staticData } = await publish(at('shop'));
		const again = await publish(
			at('shop', { staticData: { ...staticData, secret: '***' }, restarted: true }),
		);
		const { secret, secretPrevious } = decrypted(again.staticData, secretKey);
		expect([secret, secretPrevious]).toEqual([told.shop, undefined]);
		expect(registered.shop?.size).toBe(1);
	});

	describe('of the test account, when the credential was changed to the live one', () => {
		const asTest = { credential: { secretKey: 'sk_test_abcdefghijkl' } };
		const asLive = { credential: { secretKey: 'sk_live_abcdefghijkl' } };
		beforeEach(() =>
			Object.assign(told, { test: 'whsec_test_0123456789', live: 'whsec_live_0123456789' }),
		);
		const liveTrigger = async (staticData: IDataObject) =>
			await receive(
				paymentSignedWith('whsec_test_0123456789'),
				at('live', { ...asLive, staticData }),
			);
		const proved = async (staticData: IDataObject) =>
			(
				await receive(
					paymentSignedWith('whsec_live_0123456789'),
					at('live', { ...asLive, staticData }),
				)
			).response.status;

		it('and the workflow unpublished and published, proves no payment any more, and the log names the endpoint that is left', async () => {
			const before = await publish(at('test', asTest));
			const removed = await hook(
				'delete',
				at('live', { ...asLive, staticData: before.staticData }),
			);
			const { staticData } = await publish(
				at('live', { ...asLive, staticData: removed.staticData }),
			);
			const call = await liveTrigger(staticData);
			expect([call.response.status, call.items, await proved(staticData)]).toEqual([
				401,
				undefined,
				200,
			]);
			expect(logText(removed)).toContain(
				`is not at this account. If the credential was changed to another account, or from test to live, remove ${before.webhookUrl} at the other one by hand`,
			);
		});

		it('after the workflow was unpublished there, proves no payment any more', async () => {
			const before = await publish(at('test', asTest));
			const removed = await hook(
				'delete',
				at('test', { ...asTest, staticData: before.staticData }),
			);
			const { staticData } = await publish(
				at('live', { ...asLive, staticData: removed.staticData }),
			);
			expect([(await liveTrigger(staticData)).response.status, await proved(staticData)]).toEqual([
				401, 200,
			]);
		});

		it.each([
			['in the same process', false],
			['after a restart', true],
		])(
			'and the workflow stays published, proves no payment any more %s, and the log says what to do',
			async (_case, restarted) => {
				const { staticData } = await publish(at('test', asTest));
				const call = await receive(
					paymentSignedWith('whsec_test_0123456789'),
					at('live', { ...asLive, staticData, restarted }),
				);
				expect([call.response.status, call.items]).toEqual([500, undefined]);
				expect(logText(call)).toContain('Unpublish the workflow, then publish it.');
			},
		);
	});

	it('that is told as stars only is not kept: publishing says so', async () => {
		told.shop = 'whsec_***';
		expect((await publish(at('shop'))).error?.message).toContain(
			'holds no id or no secret of the endpoint',
		);
	});
});

describe('a callback', () => {
	it('that is genuine starts the workflow with the payment event, and is acknowledged', async () => {
		const { delivery, published, paymentId } = await deliveryOf('pay');
		const { response, items } = await receive(delivery, { staticData: published.staticData });
		expect(response).toMatchObject({ status: 200, body: 'OK' });
		expect(items?.[0]).toEqual([
			{
				json: expect.objectContaining({
					provider: 'wooshpay',
					event: 'payment.succeeded',
					status: 'paid',
					paymentId,
					reference: `order-${count}`,
					amount: '12.99',
					currency: 'GBP',
					livemode: false,
					verifiedBy: 'signature',
				}) as object,
			},
		]);
	});

	it('of the endpoint before is still taken after the workflow was unpublished and published', async () => {
		const { delivery, published } = await deliveryOf('pay');
		const removed = await hook('delete', { staticData: published.staticData });
		const again = await publish({ staticData: removed.staticData });
		expect((await receive(delivery, { staticData: again.staticData })).response.status).toBe(200);
	});

	it('of an endpoint that was registered by hand is taken with the secret in the credential', async () => {
		const { delivery, published } = await deliveryOf('pay');
		const call = await receive(delivery, {
			staticData: {},
			restarted: true,
			credential: { webhookSecret: String(decrypted(published.staticData).secret) },
		});
		expect([call.response.status, call.items?.length]).toEqual([200, 1]);
	});

	it.each(['forged', 'tampered'] as const)(
		'that is %s gets a real 401 that says nothing, and starts nothing',
		async (callback) => {
			const { delivery, published } = await deliveryOf('pay', {}, { callback });
			const call = await receive(delivery, { staticData: published.staticData });
			expect(call.response).toMatchObject({ status: 401, body: 'Unauthorized' });
			expect(call.items).toBeUndefined();
			expect(logText(call)).toContain('signature_mismatch');
			expect(logText(call)).not.toContain(String(decrypted(published.staticData).secret));
		},
	);

	const lostSecrets = [
		['no_secret', 500],
		['signature_mismatch', 401],
	] as const;
	/** A payment, and the trigger after a restart: its secret is gone, or an old one is there. */
	async function deliveredAfterLoss(reason: string) {
		const earlier = await publish();
		const { delivery } = await deliveryOf('pay', { staticData: {}, restarted: true });
		const staticData = reason === 'no_secret' ? {} : earlier.staticData;
		return { delivery, afterRestart: { staticData, restarted: true } };
	}

	it.each(lostSecrets)(
		'starts the workflow though its secret was lost over a restart (%s): WooshPay is asked for the event',
		async (reason) => {
			const { delivery, afterRestart } = await deliveredAfterLoss(reason);
			const call = await receive(delivery, afterRestart);
			expect(call.response).toMatchObject({ status: 200, body: 'OK' });
			expect(call.items?.[0]?.[0]?.json).toMatchObject({
				event: 'payment.succeeded',
				reference: `order-${count}`,
				amount: '12.99',
				verifiedBy: 'provider',
			});
		},
	);

	it('starts the workflow once, verified by its signature and then by asking WooshPay', async () => {
		const { delivery, published } = await deliveryOf('pay');
		const { staticData } = published;
		const first = await receive(delivery, { staticData });
		const signature = delivery.requestHeaders['Wooshpay-Signature'] ?? '';
		const unfit = signature.replace(/v1=.*/, `v1=${'0'.repeat(64)}`);
		const again = await receive(
			{ ...delivery, requestHeaders: { ...delivery.requestHeaders, 'Wooshpay-Signature': unfit } },
			{ staticData },
		);
		expect((await sandbox.state()).requests.wooshpay).toMatchObject({ getEvent: 1 });
		expect(first.items?.[0]?.[0]?.json).toMatchObject({ verifiedBy: 'signature' });
		expect([again.response.status, again.items]).toEqual([200, undefined]);
	});

	it.each(lostSecrets)(
		'is refused as %s (%d) where only its signature counts, and following the log line heals it',
		async (reason, status) => {
			callbackProof = 'signature';
			const { delivery, afterRestart } = await deliveredAfterLoss(reason);
			const call = await receive(delivery, afterRestart);
			expect(call.response.status).toBe(status);
			expect(logText(call)).toContain(reason);
			expect(logText(call)).toMatch(/unpublish the workflow, then publish it/i);
			expect(logText(call)).not.toMatch(
				/correct the credential|publish (it|the workflow) (again|anew)/i,
			);
			const unpublished = await hook('delete', afterRestart);
			const { staticData } = await publish({
				staticData: unpublished.staticData,
				restarted: true,
			});
			const { checkoutId } = await sell(`order-${count}-next`);
			const [next] = await sandbox.act(checkoutId, 'pay');
			expect(
				(await receive(next ?? delivery, { staticData, restarted: true })).response.status,
			).toBe(200);
		},
	);

	it.each([
		['authenticate', 'payment.pending', null],
		['fail', 'payment.failed', 'card_declined'],
		['void', 'payment.canceled', null],
		['refund', 'refund.succeeded', null],
		['dispute', 'dispute.updated', null],
	] as const)('about "%s" is the event %s, with the reason %p', async (action, event, reason) => {
		const setting = { parameters: { events: [event] } };
		const { delivery, published } = await deliveryOf(action, setting);
		const { items } = await receive(delivery, { ...setting, staticData: published.staticData });
		expect(items?.[0]?.[0]?.json).toMatchObject({ event, statusReason: reason });
	});

	it('that was filtered out is acknowledged and starts nothing', async () => {
		const { delivery, published } = await deliveryOf('pay');
		const call = await receive(delivery, {
			parameters: { events: ['refund.succeeded'] },
			staticData: published.staticData,
		});
		expect([call.response.status, call.response.body, call.items]).toEqual([200, 'OK', undefined]);
	});

	it('whose own name is listed passes the filter', async () => {
		const setting = {
			parameters: {
				events: ['refund.succeeded'],
				options: { additionalProviderEvents: 'payment_intent.requires_action' },
			},
		};
		const { delivery, published } = await deliveryOf('authenticate', setting);
		const { items } = await receive(delivery, { ...setting, staticData: published.staticData });
		expect(items?.[0]?.[0]?.json).toMatchObject({
			event: 'payment.pending',
			raw: { type: 'payment_intent.requires_action' },
		});
	});

	describe('signed eight days ago', () => {
		const old = (delivery: SandboxDelivery, secret: string) => {
			const time = Date.now() - 8 * 24 * 60 * 60 * 1000;
			return {
				...delivery,
				requestHeaders: {
					...delivery.requestHeaders,
					'Wooshpay-Signature': `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${delivery.requestBody}`).digest('hex')}`,
				},
			};
		};

		it.each([
			[{}, 401],
			[{ maximumAge: 9 }, 200],
			[{ maximumAge: 0 }, 200],
		])('with the options %j gets %d', async (options, status) => {
			const { delivery, published } = await deliveryOf('pay');
			const secret = String(decrypted(published.staticData).secret);
			const call = await receive(old(delivery, secret), {
				parameters: { options },
				staticData: published.staticData,
			});
			expect(call.response.status).toBe(status);
		});
	});

	describe('whose event WooshPay is asked for as well', () => {
		beforeEach(() => void (callbackProof = 'signatureAndProvider'));

		it('starts the workflow when WooshPay has the same event', async () => {
			const { delivery, published } = await deliveryOf('pay');
			const { items } = await receive(delivery, { staticData: published.staticData });
			expect(items?.[0]?.[0]?.json).toMatchObject({
				event: 'payment.succeeded',
				amount: '12.99',
				verifiedBy: 'signature+provider',
			});
			expect((await sandbox.state()).requests.wooshpay).toMatchObject({ getEvent: 1 });
		});

		it('that WooshPay cannot be asked about now gets a 500, so that WooshPay sends it again', async () => {
			const { delivery, published } = await deliveryOf('pay');
			await sandbox.fault('getEvent', '500');
			const { staticData } = published;
			expect((await receive(delivery, { staticData })).response.status).toBe(500);
			expect((await receive(delivery, { staticData })).response.status).toBe(200);
		});

		it.each(['refund', 'dispute'] as const)('about a %s is asked about, too', async (action) => {
			const setting = { parameters: { events: ['refund.succeeded', 'dispute.updated'] } };
			const { delivery, published } = await deliveryOf(action, setting);
			const { items } = await receive(delivery, { ...setting, staticData: published.staticData });
			expect(items?.[0]?.[0]?.json).toMatchObject({
				event: action === 'refund' ? 'refund.succeeded' : 'dispute.updated',
				verifiedBy: 'signature+provider',
			});
		});

		it('passes the filter by the type that WooshPay tells', async () => {
			const setting = {
				parameters: {
					events: ['refund.succeeded'],
					options: { additionalProviderEvents: 'payment_intent.requires_action' },
				},
			};
			const { delivery, published } = await deliveryOf('authenticate', setting);
			const { items } = await receive(delivery, { ...setting, staticData: published.staticData });
			expect(items?.[0]?.[0]?.json).toMatchObject({ event: 'payment.pending' });
		});
	});
});
