import { randomUUID } from 'node:crypto';
import axios from 'axios';
import type { IConnections, IDataObject, INode } from 'n8n-workflow';
import type { Credential, Workflow } from '../n8n/client';
import type { SandboxCheckout } from '../support/sandboxClient';
import { callbackCases, type CallbackCase, providerCase } from './callbackCases';
import {
	goodCredential,
	itemsOf,
	makeActionWorkflow,
	node,
	packageName,
	stage,
	uniqueReference,
	type ProviderCase,
} from './support';

const text = 'text/plain; charset=utf-8';

/** n8n's Webhook node → Verify → the provider's acknowledgement → "Fulfilled", or 401. */
async function receiving(
	provider: CallbackCase,
	credential: Credential,
	path: string,
	webhookOptions: IDataObject,
): Promise<Workflow> {
	const { client } = await stage();
	const answer = (name: string, { status, contentType, body }: CallbackCase['acknowledgement']) =>
		node(name, 'n8n-nodes-base.respondToWebhook', 1.4, {
			parameters: {
				respondWith: 'text',
				responseBody: body,
				options: {
					responseCode: status,
					responseHeaders: { entries: [{ name: 'Content-Type', value: contentType }] },
				},
			},
		});
	const nodes: INode[] = [
		node('Callback', 'n8n-nodes-base.webhook', 2, {
			webhookId: path,
			parameters: {
				httpMethod: 'POST',
				path,
				responseMode: 'responseNode',
				options: webhookOptions,
			} as INode['parameters'],
		}),
		node('Verify', `${packageName}.${provider.node}`, 1.1, {
			parameters: { resource: 'callback', operation: 'verify' },
			credentials: { [credential.type]: { id: credential.id, name: credential.name } },
			onError: 'continueErrorOutput',
		}),
		answer('Acknowledge', provider.acknowledgement),
		node('Fulfilled', 'n8n-nodes-base.noOp', 1),
		answer('Refuse', { status: 401, contentType: text, body: 'Unauthorized' }),
	];
	const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
	const connections: IConnections = {
		Callback: { main: [to('Verify')] },
		Verify: { main: [to('Acknowledge'), to('Refuse')] },
		Acknowledge: { main: [to('Fulfilled')] },
	};
	const workflow = await client.workflows.create({
		name: `${provider.displayName} verifies`,
		nodes: nodes.map((one, index) => ({ ...one, position: [index * 240, 0] })),
		connections,
	});
	await client.workflows.publish(workflow.id);
	return workflow;
}

describe.each(callbackCases)("Verify of $displayName behind n8n's own Webhook node", (provider) => {
	let credential: Credential;
	let workflow: Workflow;
	let address: string;

	beforeAll(async () => {
		const { client, n8n, sandbox } = await stage();
		const path = randomUUID();
		address = `${n8n.url}/webhook/${path}`;
		const fields = goodCredential(provider, sandbox.url);
		const registered = await provider.registerByHand?.({
			providerUrl: `${sandbox.url}/${provider.provider}`,
			fields: fields as Record<string, string>,
			callbackUrl: address,
		});
		const data = { ...fields, ...registered };
		credential = await client.credentials.create({
			name: `${provider.displayName} ${path.slice(0, 8)}`,
			type: provider.credential,
			data,
		});
		workflow = await receiving(provider, credential, path, { rawBody: true });
	});

	async function order(callbackUrl = address): Promise<SandboxCheckout> {
		const { client, sandbox } = await stage();
		const reference = uniqueReference();
		const parameters = {
			resource: 'checkout',
			operation: 'create',
			reference,
			...provider.callbackParameters?.(callbackUrl),
			...provider.order,
		};
		const action = await makeActionWorkflow(provider as ProviderCase, credential, parameters);
		await client.workflows.run(action.id, 'Start');
		return await sandbox.checkoutOf(provider.provider, reference);
	}
	/** What reached this workflow; a provider that knows endpoints tells those of other tests too. */
	const pay = async (checkoutId: string, options?: { callback: 'forged' | 'tampered' }) => {
		const { sandbox } = await stage();
		return (await sandbox.act(provider.provider, checkoutId, 'pay', options)).find(
			// Some addresses carry a tag behind what was typed.
			({ url }) => url.split('?')[0] === address,
		);
	};
	const fulfilled = async (reference: string | null) => {
		const { client } = await stage();
		// The answer is sent in the middle of the workflow, so the execution may still be running.
		const executions = await Promise.all(
			(await client.executions.list(workflow.id)).map(
				async ({ id }) => await client.executions.settled(id),
			),
		);
		return executions
			.flatMap((execution) => itemsOf(execution, 'Fulfilled'))
			.filter((item) => item.reference === reference);
	};

	test('a payment is acknowledged in the words that the provider expects, to the byte, and gives the payment event', async () => {
		const checkout = await order();
		const delivery = await pay(checkout.checkoutId);
		expect(delivery).toMatchObject({
			status: provider.acknowledgement.status,
			responseBody: provider.acknowledgement.body,
		});
		expect(delivery?.responseHeaders['content-type']).toBe(provider.acknowledgement.contentType);
		expect(await fulfilled(checkout.reference)).toEqual([
			expect.objectContaining({
				provider: provider.provider,
				event: 'payment.succeeded',
				status: 'paid',
				...provider.money,
			}),
		]);
	});

	test.each(['forged', 'tampered'] as const)(
		'a %s callback is refused with 401 and fulfils nothing',
		async (callback) => {
			const checkout = await order();
			const delivery = await pay(checkout.checkoutId, { callback });
			expect(delivery).toMatchObject({ status: 401, responseBody: 'Unauthorized' });
			expect(await fulfilled(checkout.reference)).toEqual([]);
		},
	);
});

describe("Verify behind n8n's own Webhook node", () => {
	test("without the option 'Raw Body' nothing is verified, and the error names the option", async () => {
		const provider = providerCase('payfect');
		const { client, n8n, sandbox } = await stage();
		const path = randomUUID();
		const credential = await client.credentials.create({
			name: `Payfect ${path.slice(0, 8)}`,
			type: 'payfectApi',
			data: goodCredential(provider, sandbox.url),
		});
		const workflow = await receiving(provider, credential, path, {});
		await axios.post(
			`${n8n.url}/webhook/${path}`,
			{ id: 'any' },
			{ proxy: false, validateStatus: () => true },
		);
		const [execution] = await client.executions.waitFor(workflow.id, 1);
		expect(execution && itemsOf(execution, 'Fulfilled')).toEqual([]);
		expect(execution?.stored).toContain("Switch on 'Raw Body'");
	});
});
