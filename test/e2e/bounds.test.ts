/**
 * What comes from outside has an end: a stranger's long body, and an answer of a provider (or of
 * what stands in its place) that goes on for ever.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import axios from 'axios';
import { median, processorMilliseconds, residentMegabytes } from '../benchmark/support';
import { BrokenServer } from '../nodes/shared/support/brokenServer';
import { callbackByUrl } from './callbackCases';
import {
	callbackCases,
	closeMerchants,
	logLinesAbout,
	openMerchant,
	providerCase,
} from './callbackSupport';
import {
	errorOf,
	makeActionWorkflow,
	makeCredential,
	node,
	stage,
	uniqueReference,
	type ProviderCase,
} from './support';

const chingChingPay = providerCase('chingchingpay');
const noOp = node('Fulfilled', 'n8n-nodes-base.noOp', 1);

let server: BrokenServer;
beforeAll(async () => (server = await BrokenServer.start()));
afterEach(closeMerchants);
afterAll(() => server.close());

async function post(url: string, body: string | Buffer): Promise<{ status: number; body: string }> {
	const { status, data } = await axios.post<string>(url, body, {
		headers: { 'content-type': 'application/json' },
		proxy: false,
		maxBodyLength: Infinity,
		responseType: 'text',
		transformResponse: (text: string) => text,
		validateStatus: () => true,
	});
	return { status, body: data };
}

/** Published while the server answers well: publishing asks once. */
async function openMerchantThatIsAsked() {
	server.misbehave({ json: '{"code":404,"message":"transaction not found"}' });
	return await openMerchant(chingChingPay, {
		fields: { callbackProof: 'provider', baseUrl: server.url },
		then: [noOp],
	});
}

/**
 * n8n's processor time so far, when it has nothing more to do; wall time where the system does not
 * tell it.
 */
async function processorTime(): Promise<number> {
	const { n8n } = await stage();
	const now = () => processorMilliseconds(n8n);
	for (let before = now(); before !== null;) {
		await wait(500);
		const after = now() ?? before;
		if (after - before <= 50) return after;
		before = after;
	}
	return Date.now();
}

test('a body of 15 MB costs n8n no more than the same body at its own Webhook node, and gets a 413', async () => {
	const { n8n, client } = await stage();
	const { address, paid } = await openMerchant(chingChingPay, {
		fields: { callbackProof: 'provider' },
		then: [noOp],
	});
	const path = randomUUID();
	const webhook = await client.workflows.create({
		name: 'Only a webhook',
		nodes: [
			node('Callback', 'n8n-nodes-base.webhook', 2, {
				webhookId: path,
				parameters: { httpMethod: 'POST', path, options: {} },
			}),
		],
		connections: {},
		settings: { saveDataSuccessExecution: 'none' },
	});
	await client.workflows.publish(webhook.id);
	// Many small numbers, which take longest to read exactly.
	const fields: string[] = [];
	for (let length = 0; length < 15_000_000; length += (fields.at(-1)?.length ?? 0) + 1)
		fields.push(`"k${fields.length}":1.0`);
	const body = Buffer.from(`{${fields.join(',')}}`);
	const costs = { webhook: [] as number[], trigger: [] as number[] };
	const cost = async (url: string) => {
		const before = await processorTime();
		const answer = await post(url, body);
		return { answer, milliseconds: (await processorTime()) - before };
	};
	for (let round = 0; round < 3; round++) {
		costs.webhook.push((await cost(`${n8n.url}/webhook/${path}`)).milliseconds);
		const { answer, milliseconds } = await cost(address);
		costs.trigger.push(milliseconds);
		expect(answer).toEqual({ status: 413, body: 'Content Too Large' });
	}
	await client.workflows.unpublish(webhook.id);
	// Both have the body parsed by n8n. Half as much again and half a second are for what the machine
	// does besides.
	expect(median(costs.trigger)).toBeLessThan(1.5 * median(costs.webhook) + 500);
	expect(await client.executions.list(paid.id)).toEqual([]);
	expect((await logLinesAbout(paid)).join('\n')).toContain('its body is longer than 250 kB');
});

describe('an answer that never ends', () => {
	/**
	 * What n8n's process has grown by, at the most, while the work was done. Nothing where the system
	 * does not tell it.
	 */
	async function growthMegabytes(work: () => Promise<void>): Promise<number> {
		const { n8n } = await stage();
		const before = residentMegabytes(n8n) ?? 0;
		let most = before;
		let isDone = false;
		const done = work().finally(() => (isDone = true));
		while (!isDone) {
			most = Math.max(most, residentMegabytes(n8n) ?? 0);
			await wait(50);
		}
		await done;
		return most - before;
	}

	beforeEach(() => server.misbehave('never ends'));
	/**
	 * Once nobody reads any more; to an answer belong its limit, and what the buffers of the sockets
	 * hold.
	 */
	async function megabytesPerAnswer(): Promise<number> {
		await server.isLeft();
		return server.bytesSent / server.requests / 1_000_000;
	}

	test('to the question of a trigger: the callback gets 500 and n8n stays as large as it is', async () => {
		const { address, paid } = await openMerchantThatIsAsked();
		server.misbehave('never ends');
		const hint = JSON.stringify({ merchant_reference: 'order-1', status: 'SBX_PAID' });
		const growth = await growthMegabytes(async () => {
			for (let copy = 0; copy < 5; copy++) expect((await post(address, hint)).status).toBe(500);
		});
		expect(growth).toBeLessThan(200);
		expect(await megabytesPerAnswer()).toBeLessThan(25);
		expect((await logLinesAbout(paid)).join('\n')).toContain(
			'the provider could not be asked (ChingChingPay answered with more than 5 MB)',
		);
	});

	test.each(callbackCases)(
		'to Create Checkout of $displayName: an error that says that it may have been made',
		async (provider) => {
			const { client } = await stage();
			const { credential } = await makeCredential(provider as ProviderCase, {
				baseUrl: server.url,
				checkoutBaseUrl: server.url,
				environment: 'custom',
			});
			const { id } = await makeActionWorkflow(provider as ProviderCase, credential, {
				resource: 'checkout',
				operation: 'create',
				reference: uniqueReference(),
				...provider.order,
				...provider.callbackParameters?.('https://shop.example/callback'),
			});
			const { message, description } = errorOf(await client.workflows.run(id, 'Start'));
			expect(message).toContain(`${provider.displayName} answered with more than 5 MB`);
			expect(description).toContain('It may have been made nevertheless');
			expect(await megabytesPerAnswer()).toBeLessThan(25);
		},
	);
});

test('an answer that drips does not hold up a callback: it gets 500 when the time for the question is over', async () => {
	const { address, paid } = await openMerchantThatIsAsked();
	server.misbehave('drips');
	const hint = JSON.stringify({ merchant_reference: 'order-1', status: 'SBX_PAID' });
	expect((await post(address, hint)).status).toBe(500);
	expect((await logLinesAbout(paid)).join('\n')).toContain(
		'ChingChingPay gave no complete answer within 8 seconds (time-out)',
	);
	await server.isLeft();
});

test('an answer that drips does not hold up a row, however n8n stops its requests', async () => {
	server.misbehave('drips');
	const { client } = await stage();
	const payfect = providerCase('payfect');
	const { credential } = await makeCredential(payfect as ProviderCase, { baseUrl: server.url });
	const { id } = await makeActionWorkflow(payfect as ProviderCase, credential, {
		resource: 'checkout',
		operation: 'create',
		reference: uniqueReference(),
		...payfect.order,
		...callbackByUrl('https://shop.example/callback'),
	});
	const { message } = errorOf(await client.workflows.run(id, 'Start'));
	expect(message).toContain('Payfect gave no complete answer within 60 seconds (time-out)');
	await server.isLeft();
});
