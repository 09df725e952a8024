import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { INode, INodeTypeDescription } from 'n8n-workflow';
import type { Credential, N8nClient, NewWorkflow, Workflow } from '../../test/n8n/client';

const folder = path.join(__dirname, '..', '..', 'examples');
const packagePrefix = 'n8n-nodes-hosted-checkout.';

export interface Example {
	file: string;
	workflow: Workflow;
	/** Where the order form of this workflow is, if it begins with one of n8n's forms or with a page of its own. */
	formUrl?: string;
	/** The step that stands for a sheet of orders, and the manual start in front of it, if it begins with them. */
	sheet?: { start: string; orders: string };
}

/** Imports every file of examples/ as a newcomer would, does what its notes ask for, and publishes it. */
export async function importExamples(client: N8nClient, credentials: readonly Credential[], thankYouPage: string): Promise<Example[]> {
	const descriptions = await client.nodeTypes(packagePrefix);
	const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort();
	const examples: Example[] = [];
	for (const file of files) {
		const saved = JSON.parse(await readFile(path.join(folder, file), 'utf8')) as NewWorkflow;
		// The editor gives imported triggers new addresses, too.
		const nodes = saved.nodes.map((node) => ({ ...node, ...(node.webhookId ? { webhookId: randomUUID() } : {}) }));
		for (const node of nodes) setUp(node, nodes, descriptions, credentials, client.url, thankYouPage, file);
		const workflow = await client.workflows.create({ ...saved, nodes });
		await client.workflows.publish(workflow.id);
		const form = nodes.find(({ type }) => type === 'n8n-nodes-base.formTrigger');
		const start = nodes.find(({ type }) => type === 'n8n-nodes-base.manualTrigger');
		const orders = nodes.find(({ name }) => name === 'Orders');
		const page = nodes.find(({ type, parameters }) => type === 'n8n-nodes-base.webhook' && parameters.httpMethod === 'GET');
		const formUrl = form ? `${client.url}/form/${form.webhookId}` : page ? `${client.url}/webhook/${String(page.parameters.path)}` : undefined;
		examples.push({ file, workflow, ...(formUrl !== undefined ? { formUrl } : start && orders ? { sheet: { start: start.name, orders: orders.name } } : {}) });
	}
	return examples;
}

/** Chooses the credential, and enters the trigger's address and the thank-you page where the notes say so. */
function setUp(node: INode, nodes: INode[], descriptions: INodeTypeDescription[], credentials: readonly Credential[], n8nUrl: string, thankYouPage: string, file: string): void {
	if (!node.type.startsWith(packagePrefix)) return;
	const description = descriptions.find(({ name }) => name === node.type);
	if (!description) throw new Error(`examples/${file}: n8n does not know the node type ${node.type}.`);
	for (const { name } of description.credentials ?? []) {
		const credential = credentials.find(({ type }) => type === name);
		if (!credential) throw new Error(`examples/${file}: the sandbox offers no credential of type ${name}.`);
		node.credentials = { [name]: { id: credential.id, name: credential.name } };
	}
	if (String(node.parameters.successUrl ?? '').startsWith('https://shop.example/')) node.parameters.successUrl = thankYouPage;
	if (node.parameters.callback === 'url') {
		const trigger = nodes.find(({ type }) => type === `${node.type}Trigger`);
		const webhook = descriptions.find(({ name }) => name === trigger?.type)?.webhooks?.[0];
		const own = nodes.find(({ type }) => type === 'n8n-nodes-base.webhook');
		if (trigger && webhook) node.parameters.callbackUrl = `${n8nUrl}/webhook/${trigger.webhookId}/${webhook.path}`;
		else if (own) node.parameters.callbackUrl = `${n8nUrl}/webhook/${String(own.parameters.path)}`;
		else throw new Error(`examples/${file}: "${node.name}" has a callback, but there is neither a trigger of its provider nor a Webhook node.`);
	}
}
