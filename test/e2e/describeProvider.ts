import { freePorts } from '../n8n/supervisedProcess';
import {
	createdWorkflows,
	errorOf,
	itemsOf,
	makeActionWorkflow,
	makeCredential,
	makeTriggerWorkflow,
	secretsIn,
	Shop,
	stage,
	callbackUrl,
	type ProviderCase,
} from './support';

/**
 * What every provider has to do in a real n8n. Each case is a test with its name; what only one
 * provider does is in its own file.
 */
export function describeProvider(provider: ProviderCase): void {
	describe(`${provider.displayName} in a real n8n`, () => {
		const secrets: string[] = [];
		const create = {
			resource: 'checkout',
			operation: 'create',
			reference: 'order-1',
			...provider.order,
			...provider.callbackParameters?.('https://shop.example/callback'),
		};

		/** A credential whose secrets the last test looks for. */
		async function credential(fields: Parameters<typeof makeCredential>[1] = {}) {
			const made = await makeCredential(provider, fields);
			secrets.push(...secretsIn(made.data));
			return made;
		}

		async function shop(options: Parameters<typeof Shop.of>[1] = {}) {
			return await Shop.of(provider, { credential: (await credential()).credential, ...options });
		}

		test('Create Checkout gives the link to the cashier and keeps amount, currency and reference', async () => {
			const { item, checkout } = await (await shop()).order();
			expect(item).toMatchObject({
				provider: provider.provider,
				reference: checkout.reference,
				status: 'open',
				...provider.money,
			});
			expect(item.checkoutUrl).toMatch(/^https?:\/\//);
			expect(checkout).toMatchObject(provider.money);
		});

		test('a payment starts one execution, with the facts of the payment', async () => {
			const merchant = await shop();
			const { item, checkout } = await merchant.order();
			await merchant.payer(checkout);
			const { client } = await stage();
			const [execution] = await client.executions.waitFor(merchant.paid.id, 1);
			expect(execution && itemsOf(execution, 'Fulfilled')).toEqual([
				expect.objectContaining({
					provider: provider.provider,
					event: 'payment.succeeded',
					status: 'paid',
					reference: item.reference,
					...provider.money,
				}),
			]);
			expect(await merchant.executions()).toHaveLength(1);
		});

		test('an execution bears the reference and event ID of its payment as custom data', async () => {
			const merchant = await shop();
			const { item, checkout } = await merchant.order();
			await merchant.payer(checkout);
			const { client } = await stage();
			const [execution] = await client.executions.waitFor(merchant.paid.id, 1);
			const [event] = execution ? itemsOf(execution, 'Fulfilled') : [];
			expect(execution?.data.resultData.metadata).toEqual({
				reference: item.reference,
				eventId: event?.eventId,
			});
		});

		if (provider.callbackParameters)
			test('a checkout without an address of its own reports to the address of its credential', async () => {
				const merchant = await shop();
				const { credential: withAddress } = await credential({ callbackUrl: merchant.address });
				const shopWithout = await shop({ credential: withAddress, open: false });
				const { checkout } = await shopWithout.order({}, '');
				await merchant.payer(checkout);
				const { client } = await stage();
				const [execution] = await client.executions.waitFor(merchant.paid.id, 1);
				expect(execution && itemsOf(execution, 'Fulfilled')).toEqual([
					expect.objectContaining({ event: 'payment.succeeded', reference: checkout.reference }),
				]);
			});

		test('a payment is acknowledged in the words that the provider expects, to the byte', async () => {
			const merchant = await shop();
			const { checkout } = await merchant.order();
			const [delivery] = await merchant.payer(checkout);
			expect(delivery).toMatchObject({
				status: provider.acknowledgement.status,
				responseBody: provider.acknowledgement.body,
			});
			expect(delivery?.responseHeaders['content-type']).toBe(provider.acknowledgement.contentType);
		});

		test.each(['forged', 'tampered'] as const)(
			'a %s callback gets a real 401 that says nothing, and starts nothing',
			async (callback) => {
				const merchant = await shop();
				const { checkout } = await merchant.order();
				const [refused] = await merchant.payer(checkout, 'pay', { callback });
				expect(refused?.status).toBe(401);
				expect(refused?.responseBody).toBe('Unauthorized');
				expect(await merchant.executions()).toEqual([]);
			},
		);

		test('a payment after a forged callback still starts its execution', async () => {
			const merchant = await shop();
			const { checkout } = await merchant.order();
			await merchant.payer(checkout, 'pay', { callback: 'forged' });
			const [genuine] = await merchant.payer(checkout);
			expect(genuine?.status).toBe(provider.acknowledgement.status);
			expect(await merchant.executions()).toHaveLength(1);
		});

		test('ten copies of a callback at once start one execution', async () => {
			const merchant = await shop();
			const { checkout } = await merchant.order();
			const deliveries = await merchant.payer(checkout, 'pay', { copies: 10 });
			expect(deliveries).toHaveLength(10);
			expect(
				deliveries.filter(({ status }) => status === provider.acknowledgement.status).length,
			).toBeGreaterThanOrEqual(1);
			expect(await merchant.executions()).toHaveLength(1);
		});

		test('a callback that is delivered again later is acknowledged and starts nothing', async () => {
			const merchant = await shop();
			const { checkout } = await merchant.order();
			const [first] = await merchant.payer(checkout);
			const { client, sandbox } = await stage();
			await client.executions.waitFor(merchant.paid.id, 1);
			const again = await sandbox.redeliver(first?.id ?? '');
			expect(again).toMatchObject({
				status: provider.acknowledgement.status,
				responseBody: provider.acknowledgement.body,
			});
			expect(await merchant.executions()).toHaveLength(1);
		});

		test('two payments start two executions', async () => {
			const merchant = await shop();
			const orders = [await merchant.order(), await merchant.order()];
			await Promise.all(orders.map(async ({ checkout }) => await merchant.payer(checkout)));
			const { client } = await stage();
			const executions = await client.executions.waitFor(merchant.paid.id, 2);
			const references = executions.flatMap((execution) =>
				itemsOf(execution, 'Fulfilled').map(({ reference }) => reference),
			);
			expect(references.sort()).toEqual(orders.map(({ item }) => item.reference).sort());
		});

		test('the payment that was made is found again, before and after it was paid', async () => {
			const merchant = await shop();
			const { item, checkout } = await merchant.order();
			const { client } = await stage();
			const lookUp = await makeActionWorkflow(provider, merchant.credential, provider.lookUp(item));
			const before = itemsOf(await client.workflows.run(lookUp.id, 'Start'), 'Provider');
			await merchant.payer(checkout, 'pay', { callback: 'none' });
			const after = itemsOf(await client.workflows.run(lookUp.id, 'Start'), 'Provider');
			expect(before).toEqual([
				expect.objectContaining({
					provider: provider.provider,
					reference: item.reference,
					...provider.money,
				}),
			]);
			expect(before[0]?.status).not.toBe('paid');
			expect(after).toEqual([
				expect.objectContaining({ reference: item.reference, status: 'paid', ...provider.money }),
			]);
		});

		test('"Listen for test event" takes a payment on the test address as in production', async () => {
			const merchant = await shop({ open: false });
			const { client } = await stage();
			await client.workflows.listen(merchant.paid.id, 'Paid');
			const { item, checkout } = await merchant.order({}, await callbackUrl(merchant.paid, 'test'));
			const [delivery] = await merchant.payer(checkout);
			expect(delivery).toMatchObject({
				status: provider.acknowledgement.status,
				responseBody: provider.acknowledgement.body,
			});
			const [execution] = await client.executions.waitFor(merchant.paid.id, 1);
			expect(execution?.mode).toBe('manual');
			expect(execution && itemsOf(execution, 'Paid')[0]?.reference).toBe(item.reference);
		});

		test('publishing a trigger whose secret is missing fails and says which', async () => {
			const { credential: incomplete } = await credential(provider.missingSecret.fields);
			const workflow = await makeTriggerWorkflow(provider, incomplete);
			const { client } = await stage();
			await expect(client.workflows.publish(workflow.id)).rejects.toThrow(
				provider.missingSecret.words,
			);
			expect(await client.workflows.publicationStatus(workflow.id)).not.toBe('published');
		});

		test('a callback to an unpublished workflow gets 404 or is not sent, starts nothing, and works once it is published again', async () => {
			const merchant = await shop();
			const { client } = await stage();
			const { checkout } = await merchant.order();
			await client.workflows.unpublish(merchant.paid.id);
			const missed = await merchant.payer(checkout);
			// WooshPay has been told that nobody listens any more.
			expect(missed.map(({ status }) => status)).toEqual(provider.callbackParameters ? [404] : []);
			expect(await merchant.executions()).toEqual([]);
			await client.workflows.publish(merchant.paid.id);
			const { checkout: next } = await merchant.order();
			const [delivery] = await merchant.payer(next);
			expect(delivery?.status).toBe(provider.acknowledgement.status);
			// The missed payment may start one too: some providers send it again by themselves.
			const executions = await Promise.all(
				(await merchant.executions()).map(async ({ id }) => await client.executions.settled(id)),
			);
			expect(
				executions.filter(
					(execution) => itemsOf(execution, 'Paid')[0]?.reference === next.reference,
				),
			).toHaveLength(1);
		});

		test('a published trigger goes on receiving payments after n8n was restarted', async () => {
			const merchant = await shop();
			const { client, n8n } = await stage();
			const { checkout } = await merchant.order();
			await n8n.restart();
			const [delivery] = await merchant.payer(checkout);
			expect(delivery).toMatchObject({
				status: provider.acknowledgement.status,
				responseBody: provider.acknowledgement.body,
			});
			await client.executions.waitFor(merchant.paid.id, 1);
			expect(await merchant.executions()).toHaveLength(1);
		});

		test('an unreachable provider gives an error that names the item and says what to do', async () => {
			const [port] = await freePorts(1);
			const { credential: unreachable } = await credential({
				baseUrl: `http://127.0.0.1:${port}/${provider.provider}`,
			});
			const workflow = await makeActionWorkflow(provider, unreachable, create);
			const { client } = await stage();
			const execution = await client.workflows.run(workflow.id, 'Start');
			expect(execution.status).toBe('error');
			const { message, description } = errorOf(execution);
			expect(message).toMatch(new RegExp(`${provider.displayName}.*could not be reached`, 'i'));
			expect(`${message} ${description}`).toMatch(/\bitem 0\b/i);
			expect(description.length).toBeGreaterThan(20);
		});

		test('a key that the provider refuses gives an error in its words and says where to look', async () => {
			const { credential: wrong } = await credential(provider.wrongKey.fields);
			const workflow = await makeActionWorkflow(provider, wrong, create);
			const { client } = await stage();
			const execution = await client.workflows.run(workflow.id, 'Start');
			expect(execution.status).toBe('error');
			const { message, description } = errorOf(execution);
			expect(`${message} ${description}`).toMatch(provider.wrongKey.words);
		});

		test('the credential test passes with the right key', async () => {
			const { credential: good, data } = await credential();
			const { client } = await stage();
			expect(await client.credentials.test(good, data)).toMatchObject({ status: 'OK' });
		});

		test('the credential test fails with a wrong key', async () => {
			const { credential: wrong, data } = await credential(provider.wrongKey.fields);
			const { client } = await stage();
			expect(await client.credentials.test(wrong, data)).toMatchObject({ status: 'Error' });
		});

		test('no secret is in any stored execution, log line or answer', async () => {
			const { client, n8n, sandbox } = await stage();
			const executions = (
				await Promise.all(
					createdWorkflows().map(async ({ id }) => await client.executions.list(id)),
				)
			).flat();
			expect(executions.length).toBeGreaterThan(10);
			expect(secrets.length).toBeGreaterThan(0);
			const stored = await Promise.all(
				executions.map(async ({ id }) => (await client.executions.get(id)).stored),
			);
			const answers = (await sandbox.state()).deliveries.map(({ responseHeaders, responseBody }) =>
				JSON.stringify([responseHeaders, responseBody]),
			);
			const places = {
				'a stored execution': stored.join('\n'),
				"n8n's log": n8n.log(),
				'an answer to a callback': answers.join('\n'),
			};
			const found = Object.entries(places).flatMap(([place, text]) =>
				secrets.filter((secret) => text.includes(secret)).map(() => place),
			);
			expect(found).toEqual([]);
		});
	});
}
