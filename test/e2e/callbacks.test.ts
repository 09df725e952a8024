import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { aMinute, eventually } from '../n8n/client';
import {
	callbackCases,
	closeMerchants,
	delivered,
	logLinesAbout,
	openMerchant,
	pay,
	placeOrder,
	redeliveryScale,
	sendAgain,
	Warehouse,
	type Answer,
	type CallbackCase,
	providerCase,
} from './callbackSupport';
import { callbackUrl, makeCredential, node, secretsIn, stage, type ProviderCase } from './support';
import { endpointsAtWooshPay } from './wooshPayAccount';

const warehouse = new Warehouse();
/** Gives no item, as a last node that only stores something or filters everything out. */
const nothing = node('Nothing', 'n8n-nodes-base.filter', 1, {
	parameters: { conditions: { boolean: [{ value1: false, value2: true }] } },
});

beforeAll(async () => {
	await warehouse.open();
	await redeliveryScale(1);
});
afterEach(closeMerchants);
afterAll(() => warehouse.close());

const acknowledged = ({ acknowledgement }: CallbackCase): Answer => acknowledgement;

async function endedExecutions(workflowId: string): Promise<string[]> {
	const { client } = await stage();
	const executions = await client.executions.list(workflowId);
	return await Promise.all(
		executions.reverse().map(async ({ id }) => (await client.executions.settled(id)).status),
	);
}

describe.each(callbackCases)('$displayName, Respond: When Workflow Finishes', (provider) => {
	const open = async () =>
		await openMerchant(provider, {
			trigger: { respond: 'whenFinished' },
			then: [warehouse.node('Ship')],
		});

	test('the acknowledgement, to the byte, comes after the workflow has finished', async () => {
		const merchant = await open();
		const order = await placeOrder(merchant);
		warehouse.break(order.reference);
		const [first] = await pay(merchant, order);
		if (!first) throw new Error('Nothing was delivered.');
		warehouse.mend(order.reference);
		const letGo = warehouse.hold(order.reference);
		const second = sendAgain(first);
		await warehouse.waitUntilAsked(order.reference, 2);
		expect(second.answered()).toBe(false);
		letGo();
		expect(await second.answer).toEqual(acknowledged(provider));
		expect(warehouse.times(order.reference)).toBe(1);
	});

	test('a workflow that fails is answered with 500; the redelivery runs it again, and a third delivery does not', async () => {
		const merchant = await open();
		const order = await placeOrder(merchant);
		warehouse.break(order.reference);
		const [failed] = await pay(merchant, order);
		if (!failed) throw new Error('Nothing was delivered.');
		expect(failed.status).toBe(500);
		warehouse.mend(order.reference);
		expect(await delivered(failed)).toEqual(acknowledged(provider));
		expect(await delivered(failed)).toEqual(acknowledged(provider));
		expect(warehouse.times(order.reference)).toBe(1);
		expect(await endedExecutions(merchant.paid.id)).toEqual(['error', 'success']);
	});

	test('a last node without items is acknowledged in the same words', async () => {
		const merchant = await openMerchant(provider, {
			trigger: { respond: 'whenFinished' },
			then: [nothing],
		});
		const [delivery] = await pay(merchant, await placeOrder(merchant));
		expect({
			status: delivery?.status,
			contentType: delivery?.responseHeaders['content-type'],
			body: delivery?.responseBody,
		}).toEqual(acknowledged(provider));
	});

	test('a copy while the workflow runs gets 409, also after the provider has hung up, and afterwards the acknowledgement without a second run', async () => {
		const merchant = await open();
		const order = await placeOrder(merchant);
		warehouse.break(order.reference);
		const [first] = await pay(merchant, order);
		if (!first) throw new Error('Nothing was delivered.');
		warehouse.mend(order.reference);
		const letGo = warehouse.hold(order.reference);
		const running = sendAgain(first);
		await warehouse.waitUntilAsked(order.reference, 2);
		expect((await delivered(first)).status).toBe(409);
		running.hangUp();
		await expect(running.answer).rejects.toThrow('hung up');
		expect((await delivered(first)).status).toBe(409);
		letGo();
		expect(await endedExecutions(merchant.paid.id)).toEqual(['error', 'success']);
		expect(
			await eventually(
				async () =>
					await delivered(first).then((answer) => (answer.status === 409 ? undefined : answer)),
				aMinute,
				() => 'Copies were still refused',
			),
		).toEqual(acknowledged(provider));
		expect(warehouse.times(order.reference)).toBe(1);
	});
});

describe.each(callbackCases)('$displayName, Respond: Immediately', (provider) => {
	test('a workflow that fails does not take the acknowledgement back', async () => {
		const merchant = await openMerchant(provider, { then: [warehouse.node('Ship')] });
		const order = await placeOrder(merchant);
		warehouse.break(order.reference);
		const [delivery] = await pay(merchant, order);
		expect(delivery).toMatchObject({
			status: provider.acknowledgement.status,
			responseBody: provider.acknowledgement.body,
		});
		expect(await endedExecutions(merchant.paid.id)).toEqual(['error']);
	});

	test('a delivery that n8n cannot store gets 500, and the next one starts the execution', async () => {
		const merchant = await openMerchant(provider, { then: [warehouse.node('Ship')] });
		const order = await placeOrder(merchant);
		const { n8n } = await stage();
		const database = new DatabaseSync(path.join(n8n.userFolder, '.n8n', 'database.sqlite'), {
			timeout: 10_000,
		});
		let first;
		try {
			// Any process that writes for longer than n8n waits does this to it: a backup, a full disk, a
			// second n8n.
			database.exec('BEGIN IMMEDIATE');
			[first] = await pay(merchant, order);
		} finally {
			// Ends the transaction, too.
			database.close();
		}
		if (!first) throw new Error('Nothing was delivered.');
		expect(first.status).toBe(500);
		expect(warehouse.times(order.reference, 'asked')).toBe(0);
		expect(await delivered(first)).toEqual(acknowledged(provider));
		await warehouse.waitUntilAsked(order.reference);
		expect(warehouse.times(order.reference)).toBe(1);
	});

	test('a listener for a test event leaves the published trigger alone', async () => {
		const merchant = await openMerchant(provider, { then: [warehouse.node('Ship')] });
		const { client } = await stage();
		const inProduction = async (count: number) =>
			await eventually(
				async () => {
					const executions = (await client.executions.list(merchant.paid.id)).filter(
						({ mode }) => mode === 'webhook',
					);
					return executions.length === count ? true : undefined;
				},
				aMinute,
				() => `There were not ${count} production executions`,
			);
		await client.workflows.listen(merchant.paid.id, 'Paid');
		const [delivery] = await pay(merchant, await placeOrder(merchant));
		expect(delivery).toMatchObject({
			status: provider.acknowledgement.status,
			responseBody: provider.acknowledgement.body,
		});
		await inProduction(1);
		await client.workflows.stopListening(merchant.paid.id);
		const [next] = await pay(merchant, await placeOrder(merchant));
		expect(next).toMatchObject({
			status: provider.acknowledgement.status,
			responseBody: provider.acknowledgement.body,
		});
		await inProduction(2);
	});
});

test.each(callbackCases)(
	'$displayName: while somebody listens for a test event, a callback that is refused shows there why, and no step behind the trigger runs',
	async (provider) => {
		const merchant = await openMerchant(provider, { then: [warehouse.node('Ship')] });
		const { client } = await stage();
		await client.workflows.listen(merchant.paid.id, 'Paid');
		const refused = await fetch(await callbackUrl(merchant.paid, 'test'), {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: '{"event":"payment.succeeded"}',
		});
		expect([refused.status, await refused.text()]).toEqual([401, 'Unauthorized']);
		const [execution] = await client.executions.waitFor(merchant.paid.id, 1, 'error');
		expect(execution?.mode).toBe('manual');
		expect(execution?.data.resultData.error?.message).toContain(
			`${provider.displayName} Trigger refused a callback: `,
		);
		expect(execution?.data.resultData.runData).not.toHaveProperty('Ship');
	},
);

test('WooshPay: a power cut while the workflow runs loses neither the payment nor the endpoint', async () => {
	const provider = providerCase('wooshpay');
	const merchant = await openMerchant(provider, {
		trigger: { respond: 'whenFinished' },
		then: [warehouse.node('Ship')],
	});
	const { n8n } = await stage();
	const order = await placeOrder(merchant);
	const letGo = warehouse.hold(order.reference);
	const paying = pay(merchant, order);
	await warehouse.waitUntilAsked(order.reference);
	warehouse.break(order.reference);
	await n8n.kill();
	letGo();
	const [cut] = await paying;
	if (!cut) throw new Error('Nothing was delivered.');
	expect(cut.status).toBeNull();
	warehouse.mend(order.reference);
	await n8n.restart();
	expect((await endpointsAtWooshPay()).map(({ url }) => url)).toEqual([merchant.address]);
	expect(await delivered(cut)).toEqual(acknowledged(provider));
	expect(warehouse.times(order.reference)).toBe(1);
});

/** WooshPay's endpoint brings its own secret, which nobody can enter wrongly. */
const withSecrets = callbackCases.flatMap((provider) =>
	provider.wrongSecret ? [{ ...provider, wrongSecret: provider.wrongSecret }] : [],
);

describe.each(withSecrets)('what an operator reads in the log about $displayName', (provider) => {
	const { wrongSecret } = provider;
	const asProvider: Pick<ProviderCase, 'credential'> = provider;

	test('a wrong secret in the credential: provider, workflow, node, which check failed and what to look at, and no secret', async () => {
		const fields = { [wrongSecret.field]: wrongSecret.value };
		const merchant = await openMerchant(provider);
		const order = await placeOrder(merchant);
		const { client } = await stage();
		// Afterwards: with a secret that signs requests as well, publishing would say it.
		const { data: wrong } = await makeCredential(asProvider as ProviderCase, fields);
		await client.credentials.update(merchant.credential, wrong);
		const [delivery] = await pay(merchant, order);
		expect(delivery?.status).toBe(401);
		const lines = await logLinesAbout(merchant.paid);
		const refusal =
			lines.find((line) => line.includes(`${provider.displayName} Trigger refused a callback`)) ??
			'';
		expect(refusal).toMatch(wrongSecret.words);
		expect(refusal).toContain(
			`(workflow "${provider.displayName} callbacks", ${merchant.paid.id}; node "Paid")`,
		);
		const confidential = [...secretsIn(wrong), order.reference, delivery?.requestBody ?? ''];
		expect(
			confidential.filter((value) => value !== '' && lines.join('\n').includes(value)),
		).toEqual([]);
	});
});

describe.each(callbackCases)('what an operator reads in the log about $displayName', (provider) => {
	test('a deleted credential: refused with 401, and the log says to choose one', async () => {
		const merchant = await openMerchant(provider);
		const order = await placeOrder(merchant);
		const { client } = await stage();
		await client.credentials.delete(merchant.credential.id);
		const [delivery] = await pay(merchant, order);
		expect(delivery?.status).toBe(401);
		expect((await logLinesAbout(merchant.paid)).join('\n')).toMatch(
			/its credential cannot be read\. Choose the credential in the trigger and publish the workflow/,
		);
		expect(await endedExecutions(merchant.paid.id)).toEqual([]);
	});
});
