import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import axios from 'axios';
import type { IDataObject, INode } from 'n8n-workflow';
import { aMinute, eventually, type Credential, type Workflow } from '../n8n/client';
import { logLinesAbout, redeliveryScale, Warehouse } from './callbackSupport';
import { providerCase } from './callbackCases';
import { describeProvider } from './describeProvider';
import { FAST_REDELIVERIES } from './redeliveries';
import {
	callbackUrl,
	chain,
	createdWorkflows,
	errorOf,
	itemsOf,
	makeActionWorkflow,
	makeCredential,
	makeTriggerWorkflow,
	makeWorkflow,
	node,
	packageName,
	Shop,
	stage,
	uniqueReference,
} from './support';
import { callWooshPay, endpointsAtWooshPay } from './wooshPayAccount';

const wooshPay = providerCase('wooshpay');

/**
 * All tests have one account at WooshPay: a shop that stays open would get the payments of the next
 * one.
 */
const closed = new Set<string>();
afterEach(async () => {
	const { client } = await stage();
	for (const { id } of createdWorkflows().filter((workflow) => !closed.has(workflow.id))) {
		if ((await client.workflows.get(id)).active) await client.workflows.unpublish(id);
		closed.add(id);
	}
	// n8n removes the one of a test listener only after it has answered the test event.
	let left: string[] = [];
	await eventually(
		async () => {
			left = (await endpointsAtWooshPay()).map(({ url }) => url);
			return left.length === 0 || undefined;
		},
		aMinute,
		() => `No workflow is published, but WooshPay still has ${left.join(', ')}`,
	);
});

describeProvider(wooshPay);

async function withTrigger(
	workflow: Workflow,
	change: (trigger: INode) => INode,
): Promise<Workflow> {
	const { client } = await stage();
	const latest = await client.workflows.get(workflow.id);
	return await client.workflows.save({
		...latest,
		nodes: latest.nodes.map((node) => (node.name === 'Paid' ? change(node) : node)),
	});
}

describe('the endpoint of WooshPay Trigger', () => {
	const foreign = 'https://shop.example/webhooks/of-another-system';

	test("there is exactly one for each published workflow, whatever is done to it, and nobody else's is touched", async () => {
		const { client, n8n } = await stage();
		const other = await callWooshPay('POST', 'webhook_endpoints', {
			url: foreign,
			enabled_events: ['payment_intent.succeeded'],
		});
		const { credential } = await makeCredential(wooshPay);
		const workflow = await makeTriggerWorkflow(wooshPay, credential);
		const address = await callbackUrl(workflow);
		const seen: Record<string, string[]> = {};
		const note = async (step: string) =>
			void (seen[step] = (await endpointsAtWooshPay()).map(
				({ url, events }) => `${url} ${events}`,
			));
		const others = `${foreign} payment_intent.succeeded`;
		const paid = `${address} payment_intent.succeeded`;
		const paidOrFailed = `${address} payment_intent.succeeded, payment_intent.payment_failed`;

		await note('saved');
		await client.workflows.publish(workflow.id);
		await note('published');
		const edited = await withTrigger(workflow, (trigger) => ({
			...trigger,
			parameters: { ...trigger.parameters, events: ['payment.succeeded', 'payment.failed'] },
		}));
		await note('edited');
		await client.workflows.publish(workflow.id);
		await note('published again');
		await n8n.restart();
		await note('restarted');

		const copied = await makeWorkflow(
			'A copy',
			edited.nodes.map((node) => ({
				...node,
				id: randomUUID(),
				...(node.webhookId ? { webhookId: randomUUID() } : {}),
			})),
		);
		const copy = `${await callbackUrl(copied)} payment_intent.succeeded, payment_intent.payment_failed`;
		await note('copied');
		await client.workflows.publish(copied.id);
		await note('the copy published');
		await client.workflows.unpublish(copied.id);
		await note('the copy unpublished');

		await loseStaticData(workflow.id);
		await withTrigger(workflow, (trigger) => ({
			...trigger,
			parameters: { ...trigger.parameters, events: ['payment.succeeded'] },
		}));
		await client.workflows.publish(workflow.id);
		await note('published after the static data was lost');
		await loseStaticData(workflow.id);
		await client.workflows.unpublish(workflow.id);
		await note('unpublished after the static data was lost');

		expect(seen).toEqual({
			saved: [others],
			published: [others, paid],
			edited: [others, paid],
			'published again': [others, paidOrFailed],
			restarted: [others, paidOrFailed],
			copied: [others, paidOrFailed],
			'the copy published': [others, paidOrFailed, copy],
			'the copy unpublished': [others, paidOrFailed],
			'published after the static data was lost': [others, paid],
			'unpublished after the static data was lost': [others],
		});
		expect((await endpointsAtWooshPay()).map(({ id }) => id)).toEqual([other.id]);
		await callWooshPay('DELETE', `webhook_endpoints/${other.id}`);
	});

	test('a payment is taken after the workflow was published with other events, also with a callback of the endpoint before', async () => {
		const { client, sandbox } = await stage();
		const shop = await Shop.of(wooshPay);
		const { checkout } = await shop.order();
		const deliveries = await shop.payer(checkout, 'pay', { callback: 'tampered' });
		expect(deliveries.map(({ status }) => status)).toEqual([401]);
		const { checkout: second } = await shop.order();
		const [genuine] = await shop.payer(second);
		await withTrigger(shop.paid, (trigger) => ({
			...trigger,
			parameters: { ...trigger.parameters, events: ['payment.succeeded', 'refund.succeeded'] },
		}));
		await client.workflows.publish(shop.paid.id);
		expect(await sandbox.redeliver(genuine?.id ?? '')).toMatchObject({
			status: 200,
			responseBody: 'OK',
		});
		const { checkout: third } = await shop.order();
		const [afterwards] = await shop.payer(third);
		expect(afterwards?.status).toBe(200);
		expect((await client.executions.waitFor(shop.paid.id, 2)).length).toBe(2);
	});

	test('a payment is taken though the secret was lost over a restart: WooshPay is asked for the event', async () => {
		const { client, n8n } = await stage();
		const shop = await Shop.of(wooshPay);
		await loseStaticData(shop.paid.id);
		await n8n.restart();
		const { checkout } = await shop.order();
		const [taken] = await shop.payer(checkout);
		expect(taken?.status).toBe(200);
		const [execution] = await client.executions.waitFor(shop.paid.id, 1);
		expect(execution && itemsOf(execution, 'Paid')[0]).toMatchObject({
			event: 'payment.succeeded',
			reference: checkout.reference,
			verifiedBy: 'provider',
		});
	});

	test('where only the signature counts callbacks get 500 when the secret was lost over a restart, and are taken once what the log line says is done', async () => {
		const { client, n8n } = await stage();
		const { credential } = await makeCredential(wooshPay, { callbackProof: 'signature' });
		const shop = await Shop.of(wooshPay, { credential });
		await loseStaticData(shop.paid.id);
		await n8n.restart();
		const { checkout } = await shop.order();
		const [refused] = await shop.payer(checkout);
		expect(refused?.status).toBe(500);
		expect((await logLinesAbout(shop.paid)).join('\n')).toContain(
			'Unpublish the workflow, then publish it.',
		);
		await client.workflows.unpublish(shop.paid.id);
		await client.workflows.publish(shop.paid.id);
		const { checkout: next } = await shop.order();
		const [taken] = await shop.payer(next);
		expect(taken?.status).toBe(200);
		expect(await shop.executions()).toHaveLength(1);
	});

	test('listening for a test event leaves the production endpoint in place, and removes its own afterwards', async () => {
		const { client } = await stage();
		const shop = await Shop.of(wooshPay);
		const before = await endpointsAtWooshPay();
		await client.workflows.listen(shop.paid.id, 'Paid');
		expect((await endpointsAtWooshPay()).map(({ url }) => url).sort()).toEqual(
			[...before.map(({ url }) => url), await callbackUrl(shop.paid, 'test')].sort(),
		);
		await client.workflows.stopListening(shop.paid.id);
		// n8n answers before it has taken the test endpoint down.
		await eventually(
			async () => ((await endpointsAtWooshPay()).length === before.length ? true : undefined),
			aMinute,
			() => 'The test endpoint was not removed',
		);
		expect(await endpointsAtWooshPay()).toEqual(before);
		const { checkout } = await shop.order();
		const [delivery] = await shop.payer(checkout);
		expect(delivery?.status).toBe(200);
	});

	test('a publication that WooshPay refuses says why, and leaves nothing behind', async () => {
		const { client, sandbox } = await stage();
		const { credential } = await makeCredential(wooshPay);
		const workflow = await makeTriggerWorkflow(wooshPay, credential);
		await sandbox.fault('wooshpay', 'createEndpoint', '500-after', 20);
		await expect(client.workflows.publish(workflow.id)).rejects.toThrow(
			/could not be registered at WooshPay.*HTTP 500/,
		);
		await sandbox.fault('wooshpay', 'createEndpoint', null);
		expect(await endpointsAtWooshPay()).toEqual([]);
	});
});

/**
 * n8n saves the static data of a workflow as one whole. Who loaded it before the trigger was
 * registered anew, and saves it afterwards, puts the secret of an endpoint back that is gone.
 */
describe('a payment starts the workflow once though another node of it put the old static data back', () => {
	const warehouse = new Warehouse();
	let feed: Server;
	beforeAll(async () => {
		await warehouse.open();
		feed = createServer((_request, response) => {
			response.writeHead(200, { 'content-type': 'application/rss+xml' }).end(feedWithNews());
		}).listen(0, '127.0.0.1');
		await once(feed, 'listening');
	});
	afterAll(() => {
		warehouse.close();
		feed.closeAllConnections();
		feed.close();
	});

	test('a polling trigger', async () => {
		const url = `http://127.0.0.1:${(feed.address() as AddressInfo).port}/feed`;
		const shop = await shopBeside([
			node('Feed', 'n8n-nodes-base.rssFeedReadTrigger', 1, {
				parameters: { pollTimes: { item: [{ mode: 'everyMinute' }] }, feedUrl: url },
			}),
		]);
		const first = await keptBy(shop.paid);
		await publishWithOtherEvents(shop.paid);
		// It polls once a minute.
		await putBack(shop.paid, first, 3 * aMinute);
		await expectPaidOnce(shop);
	}, 360_000);

	test('a Code node whose execution ends after the publication', async () => {
		const { client, n8n } = await stage();
		const path = `beside-${randomUUID()}`;
		const shop = await shopBeside([
			node('Started Before', 'n8n-nodes-base.webhook', 2, {
				webhookId: randomUUID(),
				parameters: { httpMethod: 'POST', path, options: {} },
			}),
			warehouse.node('Slow', '={{ JSON.stringify({ reference: $json.body.reference }) }}'),
			node('Writes Static Data', 'n8n-nodes-base.code', 2, {
				parameters: {
					jsCode: "$getWorkflowStaticData('global').seen = $json.shipped;\nreturn $input.all();",
				},
			}),
		]);
		const first = await keptBy(shop.paid);
		const reference = uniqueReference();
		const letGo = warehouse.hold(reference);
		await axios.post(`${n8n.url}/webhook/${path}`, { reference }, { proxy: false });
		await warehouse.waitUntilAsked(reference);
		await publishWithOtherEvents(shop.paid);
		letGo();
		await client.executions.waitFor(shop.paid.id, 1);
		await putBack(shop.paid, first, aMinute);
		await expectPaidOnce(shop);
	});

	/** A shop whose workflow has these nodes besides, each leading to the next one. */
	async function shopBeside(nodes: INode[]): Promise<Shop> {
		const { client } = await stage();
		const shop = await Shop.of(wooshPay, { open: false });
		const beside = chain(nodes);
		const latest = await client.workflows.get(shop.paid.id);
		await client.workflows.save({
			...latest,
			nodes: [...latest.nodes, ...beside.nodes],
			connections: { ...latest.connections, ...beside.connections },
		});
		await client.workflows.publish(shop.paid.id);
		return shop;
	}

	async function publishWithOtherEvents(workflow: Workflow): Promise<void> {
		const { client } = await stage();
		const before = await keptBy(workflow);
		await withTrigger(workflow, (trigger) => ({
			...trigger,
			parameters: { ...trigger.parameters, events: ['payment.succeeded', 'payment.failed'] },
		}));
		await client.workflows.publish(workflow.id);
		expect((await endpointsAtWooshPay()).map(({ id }) => id)).not.toContain(before.endpointId);
	}

	async function putBack(workflow: Workflow, kept: IDataObject, within: number): Promise<void> {
		await eventually(
			async () => ((await keptBy(workflow)).secret === kept.secret ? true : undefined),
			within,
			() => 'Nobody has put the old static data back',
		);
	}

	async function expectPaidOnce(shop: Shop): Promise<void> {
		const { client } = await stage();
		const { checkout } = await shop.order();
		const [delivery] = await shop.payer(checkout);
		expect(delivery?.status).toBe(200);
		const all = await Promise.all(
			(await shop.executions()).map(async ({ id }) => await client.executions.settled(id)),
		);
		expect(all.filter(({ data }) => data.resultData.runData.Paid)).toHaveLength(1);
	}

	/** Whenever it is asked, there is something newer than before. */
	function feedWithNews(): string {
		const date = new Date(Date.now() + 60_000).toUTCString();
		return `<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><item><title>News</title><pubDate>${date}</pubDate></item></channel></rss>`;
	}
});

describe('what n8n does not tell a published trigger', () => {
	/** What stands below the output of Create Checkout, run in the editor. */
	async function hintsOfCreate({ credential }: Shop): Promise<string> {
		const { client } = await stage();
		const workflow = await makeActionWorkflow(wooshPay, credential, {
			resource: 'checkout',
			operation: 'create',
			reference: uniqueReference(),
			...wooshPay.order,
		});
		const { data } = await client.workflows.run(workflow.id, 'Start');
		return JSON.stringify(data.resultData.runData.Provider?.[0]?.hints ?? []);
	}

	const hint = 'No WooshPay Trigger of this n8n is registered at this account';
	const latencyMilliseconds = 600;

	test('nobody who opens the workflow or reads the database finds the secret of its endpoint', async () => {
		const { client, n8n } = await stage();
		const shop = await Shop.of(wooshPay);
		const { checkout } = await shop.order();
		await shop.payer(checkout);
		const kept = await keptBy(shop.paid);
		expect(kept).toMatchObject({ url: shop.address, secret: expect.any(String) as string });
		const opened = JSON.stringify(await client.workflows.get(shop.paid.id));
		expect([opened, JSON.stringify(kept), n8n.log()].join()).not.toMatch(/whsec_/);
	});

	test("a new host name: what WooshPay still sends to the old one is taken, and 'unpublish, then publish' registers the new one", async () => {
		const { client, n8n } = await stage();
		const shop = await Shop.of(wooshPay);
		const moved = n8n.url.replace('127.0.0.1', 'localhost');
		try {
			await n8n.restart({ WEBHOOK_URL: moved });
			await client.workflows.publish(shop.paid.id);
			expect((await endpointsAtWooshPay()).map(({ url }) => url)).toEqual([shop.address]);
			const { checkout } = await shop.order();
			expect((await shop.payer(checkout))[0]?.status).toBe(200);
			await client.workflows.unpublish(shop.paid.id);
			await client.workflows.publish(shop.paid.id);
			expect((await endpointsAtWooshPay()).map(({ url }) => url)).toContain(
				shop.address.replace(n8n.url, moved),
			);
			await client.workflows.unpublish(shop.paid.id);
		} finally {
			await n8n.restart({});
		}
		// The old address may be another n8n's, so it stays: as the log says, by hand.
		for (const { id } of await endpointsAtWooshPay())
			await callWooshPay('DELETE', `webhook_endpoints/${id}`);
	});

	test('another key in the same credential, without a publication: no payment is lost, before or after a restart, though the key was mistyped at first', async () => {
		const { client, n8n, sandbox } = await stage();
		const { credential, data } = await makeCredential(wooshPay);
		const edit = async (key: string) =>
			await client.credentials.update(credential, { ...data, secretKey: key });
		const shop = await Shop.of(wooshPay, { credential });
		const renewed = `sk_test_${randomUUID()}`;
		// Made with the key that counts then, and paid when the payer likes.
		const orders = [];
		for (let count = 0; count < 4; count++) orders.push((await shop.order()).checkout);
		const [beforeEdit, afterEdit, mistyped, afterRestart] = orders as [
			(typeof orders)[0],
			(typeof orders)[0],
			(typeof orders)[0],
			(typeof orders)[0],
		];
		const endpoints = await endpointsAtWooshPay();
		// A redelivery of WooshPay's own in flight would make the one below a copy (409).
		await redeliveryScale(1);
		try {
			await sandbox.renewKey('wooshpay', renewed);
			expect((await shop.payer(beforeEdit))[0]?.status).toBe(200);
			await edit(renewed);
			expect((await shop.payer(afterEdit))[0]?.status).toBe(200);
			// What the process kept of the secret is gone, and what is encrypted with the old key is lost.
			await edit('sk_test_mistyped');
			await n8n.restart();
			const [refused] = await shop.payer(mistyped);
			expect(refused?.status).toBe(500);
			await edit(renewed);
			expect((await sandbox.redeliver(refused?.id ?? '')).status).toBe(200);
			expect((await shop.payer(afterRestart))[0]?.status).toBe(200);

			expect(await endpointsAtWooshPay()).toEqual(endpoints);
			const executions = await client.executions.waitFor(shop.paid.id, orders.length);
			expect(
				executions.map((execution) => {
					const [event] = itemsOf(execution, 'Paid');
					return [event?.reference, event?.verifiedBy];
				}),
			).toEqual([
				[beforeEdit.reference, 'signature'],
				[afterEdit.reference, 'signature'],
				[mistyped.reference, 'provider'],
				[afterRestart.reference, 'provider'],
			]);
			await client.workflows.unpublish(shop.paid.id);
			expect(await endpointsAtWooshPay()).toEqual([]);
		} finally {
			await redeliveryScale(FAST_REDELIVERIES);
			await sandbox.renewKey('wooshpay', String(data.secretKey));
		}
	});

	// Killed before the endpoint is registered, and when it is, before its secret is saved.
	test.each([700, 1500])(
		"n8n killed %i ms after a publication began: Create says that nobody listens, or the callback comes; 'unpublish, then publish' heals it",
		async (milliseconds) => {
			const { client, n8n, sandbox } = await stage();
			const shop = await Shop.of(wooshPay, { open: false });
			await sandbox.latency(latencyMilliseconds);
			const publishing = client.workflows.publish(shop.paid.id).catch(() => undefined);
			await new Promise((resolve) => setTimeout(resolve, milliseconds));
			await n8n.kill();
			await publishing;
			await sandbox.latency(0);
			await n8n.restart();
			const registered = await endpointsAtWooshPay();
			expect((await hintsOfCreate(shop)).includes(hint)).toBe(registered.length === 0);
			// Its secret was never saved, but WooshPay knows the event: what it delivers is not lost.
			const { checkout: meanwhile } = await shop.order();
			const delivered = await shop.payer(meanwhile);
			expect(delivered.map(({ status }) => status)).toEqual(registered.map(() => 200));
			expect(await shop.executions()).toHaveLength(registered.length);
			// n8n goes on publishing for some 100 seconds, and takes no other order meanwhile.
			await eventually(
				async () =>
					await client.workflows.unpublish(shop.paid.id).then(
						() => true,
						() => undefined,
					),
				4 * aMinute,
				() => 'The workflow could not be unpublished',
			);
			await client.workflows.publish(shop.paid.id);
			const { checkout } = await shop.order();
			expect((await shop.payer(checkout))[0]?.status).toBe(200);
			expect(await shop.executions()).toHaveLength(registered.length + 1);
		},
		360_000,
	);
});

test('product, price, checkout, payment and refund work one after the other', async () => {
	const { sandbox } = await stage();
	const { credential } = await makeCredential(wooshPay);
	const refusals = async () =>
		(await sandbox.state()).refusals.filter(
			({ provider, path: where }) =>
				provider === 'wooshpay' && /products|prices|refunds/.test(where),
		);
	const refusedBefore = await refusals();
	const run = async (parameters: IDataObject) => await outputOf(credential, parameters);
	const { productId } = await run({ resource: 'product', operation: 'create', name: 'Tea' });
	const { priceId } = await run({
		resource: 'price',
		operation: 'create',
		productId: String(productId),
		amount: '12.99',
		currency: 'GBP',
	});
	const lineItems = { item: [{ additionalFields: { price: String(priceId) }, quantity: 2 }] };
	const checkout = await run({
		resource: 'checkout',
		operation: 'create',
		...wooshPay.order,
		amountFrom: 'lineItems',
		lineItems,
		reference: `order-${randomUUID()}`,
	});
	expect(checkout).toMatchObject({ amount: '25.98', status: 'open' });
	await sandbox.act('wooshpay', String(checkout.checkoutId), 'pay');
	expect(
		await run({ resource: 'payment', operation: 'get', paymentId: String(checkout.paymentId) }),
	).toMatchObject({ status: 'paid', amount: '25.98' });
	expect(
		await run({
			resource: 'refund',
			operation: 'create',
			paymentId: String(checkout.paymentId),
			amount: '5',
			currency: 'GBP',
		}),
	).toMatchObject({ status: 'succeeded', amount: '5.00' });
	expect(await refusals()).toEqual(refusedBefore);
});

describe('money that the payer has only authorized', () => {
	test('starts nothing and is pending, until a part of it is captured: that is what the callback says', async () => {
		const shop = await Shop.of(wooshPay);
		const { client } = await stage();
		const { item, checkout } = await shop.order({ additionalFields: { captureMethod: 'manual' } });
		const paymentId = String(item.paymentId);
		const payment = async (operation: string, more: IDataObject = {}) =>
			await outputOf(shop.credential, { resource: 'payment', operation, paymentId, ...more });
		expect(await shop.payer(checkout)).toEqual([]);
		expect(await payment('get')).toMatchObject({ status: 'pending', amount: '20.50' });
		expect(
			await payment('capture', { amountFrom: 'amount', amount: '12.50', currency: 'GBP' }),
		).toMatchObject({ status: 'paid', amount: '12.50', paymentId });
		const [execution] = await client.executions.waitFor(shop.paid.id, 1);
		expect(execution && itemsOf(execution, 'Paid')[0]).toMatchObject({
			event: 'payment.succeeded',
			status: 'paid',
			amount: '12.50',
			reference: checkout.reference,
		});
	});

	test('is released by Cancel', async () => {
		const { sandbox } = await stage();
		const { credential } = await makeCredential(wooshPay);
		const { checkoutId, paymentId } = await outputOf(credential, {
			resource: 'checkout',
			operation: 'create',
			reference: uniqueReference(),
			...wooshPay.order,
			additionalFields: { captureMethod: 'manual' },
		});
		await sandbox.act('wooshpay', String(checkoutId), 'pay');
		const canceled = { resource: 'payment', operation: 'cancel', paymentId: String(paymentId) };
		expect(await outputOf(credential, canceled)).toMatchObject({ status: 'canceled' });
	});
});

test('a link ends when the form says, or at once by Expire', async () => {
	const { credential } = await makeCredential(wooshPay);
	const made = await outputOf(credential, {
		resource: 'checkout',
		operation: 'create',
		reference: uniqueReference(),
		...wooshPay.order,
		additionalFields: {
			expiresAt: '2099-12-31T18:00:00+08:00',
			customerEmail: 'payer@shop.example',
		},
	});
	expect(made).toMatchObject({ status: 'open', expiresAt: '2099-12-31T10:00:00.000Z' });
	const { checkoutId } = made;
	expect(
		await outputOf(credential, { resource: 'checkout', operation: 'expire', checkoutId }),
	).toMatchObject({ checkoutId, status: 'expired' });
});

test("a refund starts from the trigger's item: payment, amount and currency are mapped by their names", async () => {
	const { client } = await stage();
	const shop = await Shop.of(wooshPay, { open: false });
	const latest = await client.workflows.get(shop.paid.id);
	const trigger = latest.nodes.find(({ name }) => name === 'Paid') as INode;
	const refund = node('Refund', `${packageName}.${wooshPay.node}`, 1.1, {
		parameters: {
			resource: 'refund',
			operation: 'create',
			paymentId: '={{ $json.paymentId }}',
			amount: '={{ $json.amount }}',
			currency: '={{ $json.currency }}',
		},
		credentials: trigger.credentials,
	});
	await client.workflows.save({ ...latest, ...chain([trigger, refund]) });
	await client.workflows.publish(shop.paid.id);
	const { item, checkout } = await shop.order();
	await shop.payer(checkout);
	const [execution] = await client.executions.waitFor(shop.paid.id, 1);
	expect(execution && itemsOf(execution, 'Refund')[0]).toMatchObject({
		paymentId: item.paymentId,
		status: 'succeeded',
		amount: '20.50',
		currency: 'GBP',
	});
});

/** The item that leaves the node. */
async function outputOf(credential: Credential, parameters: IDataObject): Promise<IDataObject> {
	const { client } = await stage();
	const workflow = await makeActionWorkflow(wooshPay, credential, parameters);
	const execution = await client.workflows.run(workflow.id, 'Start');
	if (execution.status !== 'success') throw new Error(errorOf(execution).message);
	return itemsOf(execution, 'Provider')[0] ?? {};
}

/** What a crash between registering and saving, or a restored database, does. */
async function loseStaticData(workflowId: string): Promise<void> {
	const { changes } = await inDatabase((database) =>
		database.prepare('UPDATE workflow_entity SET staticData = NULL WHERE id = ?').run(workflowId),
	);
	expect(Number(changes)).toBe(1);
}

/** What the trigger's static data holds. */
async function keptBy({ id }: Pick<Workflow, 'id'>): Promise<IDataObject> {
	const row = await inDatabase((database) =>
		database.prepare('SELECT staticData FROM workflow_entity WHERE id = ?').get(id),
	);
	const saved = JSON.parse(String(row?.staticData ?? '{}')) as Record<string, IDataObject>;
	return saved['node:Paid'] ?? {};
}

async function inDatabase<Result>(work: (database: DatabaseSync) => Result): Promise<Result> {
	const { n8n } = await stage();
	const database = new DatabaseSync(path.join(n8n.userFolder, '.n8n', 'database.sqlite'), {
		timeout: 10_000,
	});
	try {
		return work(database);
	} finally {
		database.close();
	}
}
