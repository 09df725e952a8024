/**
 * Workflows as earlier versions saved them, imported and run as they are; what else may not change
 * is test/saved-workflows/.
 */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { NewWorkflow, Workflow } from '../n8n/client';
import { callbackCases, pay, placeOrder, type CallbackCase } from './callbackSupport';
import {
	callbackUrl,
	itemsOf,
	makeCredential,
	packageName,
	stage,
	type ProviderCase,
} from './support';

const folder = path.join(__dirname, '..', 'saved-workflows');
const saved = readdirSync(folder, { withFileTypes: true })
	.filter((entry) => entry.isDirectory())
	.flatMap(({ name: version }) =>
		readdirSync(path.join(folder, version))
			.filter((file) => file.endsWith('.run.json'))
			.map((file) => ({
				version,
				file,
				provider: callbackCases.find(({ node }) => file === `${node}.run.json`) as CallbackCase,
			})),
	);

async function imported(version: string, file: string, provider: CallbackCase): Promise<Workflow> {
	const { client } = await stage();
	const { credential } = await makeCredential(provider as ProviderCase);
	const workflow = JSON.parse(
		readFileSync(path.join(folder, version, file), 'utf8'),
	) as NewWorkflow;
	const nodes = workflow.nodes.map((node) => ({
		...node,
		...(node.webhookId ? { webhookId: randomUUID() } : {}),
		...(node.type.startsWith(packageName)
			? { credentials: { [credential.type]: { id: credential.id, name: credential.name } } }
			: {}),
	}));
	return await client.workflows.create({ ...workflow, nodes });
}

describe.each(saved)('$file, saved with version $version', ({ version, file, provider }) => {
	let workflow: Workflow;
	beforeAll(async () => {
		workflow = await imported(version, file, provider);
	});
	afterAll(async () => await (await stage()).client.workflows.unpublish(workflow.id));

	test('makes its checkout, and goes on as paid when it is paid', async () => {
		const { client, sandbox } = await stage();
		const begun = await client.workflows.run(workflow.id, 'Start');
		const [checkout] = itemsOf(begun, 'Create');
		expect(checkout).toMatchObject({
			provider: provider.provider,
			reference: `saved-${begun.id}`,
			status: 'open',
		});
		await sandbox.act(provider.provider, String(checkout?.checkoutId), 'pay');
		const ended =
			begun.status === 'waiting'
				? await client.executions.waitFor(workflow.id, 1).then(([first]) => first)
				: begun;
		expect(ended && itemsOf(ended, 'Paid')).toEqual([
			expect.objectContaining({ reference: `saved-${begun.id}` }),
		]);
	});

	test('its trigger is published and told of a payment', async () => {
		const { client } = await stage();
		await client.workflows.publish(workflow.id);
		// n8n has given the node that waits an address, too.
		const address = await callbackUrl({
			...workflow,
			nodes: workflow.nodes.filter(({ name }) => name === 'Trigger'),
		});
		const order = await placeOrder({ provider, address });
		const [delivery] = await pay({ provider, address }, order);
		expect(delivery).toMatchObject({
			status: provider.acknowledgement.status,
			responseBody: provider.acknowledgement.body,
		});
		const executions = await Promise.all(
			(await client.executions.list(workflow.id)).map(
				async ({ id }) => await client.executions.get(id),
			),
		);
		expect(executions.flatMap((execution) => itemsOf(execution, 'Told'))).toEqual([
			expect.objectContaining({ event: 'payment.succeeded', reference: order.reference }),
		]);
	});
});
