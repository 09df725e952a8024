import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { INode, INodeTypeDescription } from 'n8n-workflow';
import type { Credential, N8nClient, NewWorkflow, Workflow } from '../../test/n8n/client';

export const examplesFolder = path.join(__dirname, '..', '..', 'examples');
/** Its workflows call each other. */
const deskFolder = 'order-desk';
/** Where the orders of the demo begin. */
export const deskForm = path.join(deskFolder, 'orders-from-a-form.json');
export const deskTable = 'order_desk';
/** Stands in every example for what the user ships with. */
export const shippingStep = 'Ship the Order (replace me)';
const packagePrefix = 'n8n-nodes-hosted-checkout.';

export interface Example {
	file: string;
	workflow: Workflow;
	/**
	 * Where the order form of this workflow is, if it begins with one of n8n's forms or with a page
	 * of its own.
	 */
	formUrl?: string;
	/**
	 * The step that stands for a sheet of orders, and the manual start in front of it, if it begins
	 * with them.
	 */
	sheet?: { start: string; orders: string };
	/** The order desk, if this is its order form: what became of the order stands in its table. */
	desk?: { table: string };
	/**
	 * Why n8n does not publish it: a credential of another service, which the sandbox cannot play.
	 */
	unpublished?: string;
}

/** What somebody who imports an example has at hand. */
export interface Importer {
	client: N8nClient;
	credentials: readonly Credential[];
	thankYouPage: string;
	/** Of this package's nodes, as n8n offers them. */
	descriptions: readonly INodeTypeDescription[];
	/** Those whose workflows call each other: what was imported before, each added by the import. */
	imported?: Workflow[];
}

/** Which workflow a step calls, by the name that the file remembers of it. */
export const calledBy = ({ type, parameters }: INode): string | undefined =>
	type === 'n8n-nodes-base.executeWorkflow'
		? String((parameters.workflowId as { cachedResultName?: string }).cachedResultName ?? '')
		: undefined;

/**
 * The same files in the order in which they can be imported: n8n publishes nothing that calls what
 * is not published, and the address of a callback is known once its trigger is there.
 */
export function inImportOrder(workflows: ReadonlyMap<string, NewWorkflow>): string[] {
	const ordered: string[] = [];
	const visit = (file: string, callers: readonly string[]) => {
		if (ordered.includes(file)) return;
		if (callers.includes(file))
			throw new Error(`${[...callers, file].join(' → ')} need each other`);
		const { nodes = [] } = workflows.get(file) ?? {};
		for (const [other, { name, nodes: others }] of workflows)
			if (
				other !== file &&
				nodes.some(
					(node) =>
						calledBy(node) === name ||
						(node.parameters.callback === 'url' &&
							others.some(({ type }) => type === triggerOf(node))),
				)
			)
				visit(other, [...callers, file]);
		ordered.push(file);
	};
	for (const file of workflows.keys()) visit(file, []);
	return ordered;
}

/** The type of the trigger that belongs to a step of a provider. */
const triggerOf = ({ type }: INode): string => `${type.replace(/Tool$/, '')}Trigger`;

async function readExamples(folder: string): Promise<Map<string, NewWorkflow>> {
	const files = (await readdir(path.join(examplesFolder, folder)))
		.filter((file) => file.endsWith('.json'))
		.sort();
	const workflows = new Map<string, NewWorkflow>();
	for (const file of files)
		workflows.set(path.join(folder, file), await readExample(path.join(folder, file)));
	return workflows;
}

const readExample = async (file: string): Promise<NewWorkflow> =>
	JSON.parse(await readFile(path.join(examplesFolder, file), 'utf8')) as NewWorkflow;

/**
 * Imports every file of examples/ as a newcomer would, does what its notes ask for, and publishes
 * it.
 */
export async function importExamples(
	client: N8nClient,
	credentials: readonly Credential[],
	thankYouPage: string,
): Promise<Example[]> {
	const importer: Importer = {
		client,
		credentials,
		thankYouPage,
		descriptions: await client.nodeTypes(packagePrefix),
	};
	const examples: Example[] = [];
	const desk: Importer = { ...importer, imported: [] };
	for (const file of inImportOrder(await readExamples(deskFolder)))
		examples.push(await importExample(file, desk));
	for (const file of (await readExamples('')).keys())
		examples.push(await importExample(file, importer));
	return examples;
}

/**
 * Imports one example, does what its notes ask for, and publishes it.
 *
 * @param change what this user does besides, before it is saved
 */
export async function importExample(
	file: string,
	importer: Importer,
	change: (saved: NewWorkflow) => NewWorkflow = (saved) => saved,
): Promise<Example> {
	const { client } = importer;
	const saved = change(await readExample(file));
	// The editor gives n8n's own triggers new addresses, too, and others only if the file has none:
	// so it holds none of this package's.
	const isCalled = ({ type, webhookId }: INode) =>
		webhookId !== undefined ||
		importer.descriptions.some(({ name, webhooks = [] }) => name === type && webhooks.length > 0);
	const nodes = saved.nodes.map((node) => ({
		...node,
		...(isCalled(node) ? { webhookId: randomUUID() } : {}),
	}));
	for (const node of nodes) setUp(node, nodes, importer, file);
	const workflow = await client.workflows.create({ ...saved, nodes });
	importer.imported?.push(workflow);
	const unpublished = await client.workflows.publish(workflow.id).then(
		() => undefined,
		(error: Error) => {
			const [missing] = /Missing required credential: \w+/.exec(error.message) ?? [];
			if (missing === undefined) throw error;
			return missing;
		},
	);
	if (unpublished !== undefined) return { file, workflow, unpublished };
	await runSetUpOnce(client, workflow.id, nodes, file);
	const formUrl = formUrlOf(nodes, client.url);
	return {
		file,
		workflow,
		...(formUrl === undefined ? sheetOf(nodes) : { formUrl }),
		...(file === deskForm ? { desk: { table: deskTable } } : {}),
	};
}

async function runSetUpOnce(
	client: N8nClient,
	workflowId: string,
	nodes: INode[],
	file: string,
): Promise<void> {
	const once = nodes.find(
		({ name, type }) => name === 'Set Up Once' && type === 'n8n-nodes-base.manualTrigger',
	);
	if (!once) return;
	const { status, data } = await client.workflows.run(workflowId, once.name);
	if (status !== 'success')
		throw new Error(
			`examples/${file}: "${once.name}" ended with "${status}": ${data.resultData.error?.message ?? 'no message'}`,
		);
}

/** Where orders begin: a form, or a page of n8n's own Webhook node. */
function formUrlOf(nodes: INode[], n8nUrl: string): string | undefined {
	// Only an order form: the one for refunds leads to no payment page.
	const form = nodes.find(
		({ type }) =>
			type === 'n8n-nodes-base.formTrigger' &&
			nodes.some(({ name }) => name === shippingStep || name === 'Make the Link'),
	);
	if (form) return `${n8nUrl}/form/${form.webhookId}`;
	const page = nodes.find(
		({ type, parameters }) => type === 'n8n-nodes-base.webhook' && parameters.httpMethod === 'GET',
	);
	return page && `${n8nUrl}/webhook/${String(page.parameters.path)}`;
}

function sheetOf(nodes: INode[]): Pick<Example, 'sheet'> {
	const start = nodes.find(({ type }) => type === 'n8n-nodes-base.manualTrigger');
	const orders = nodes.find(({ name }) => name === 'Orders (replace me)');
	return start && orders ? { sheet: { start: start.name, orders: orders.name } } : {};
}

/**
 * Chooses the credential, and enters the trigger's address and the thank-you page where the notes
 * say so.
 */
function setUp(node: INode, nodes: INode[], importer: Importer, file: string): void {
	const { client, credentials, thankYouPage, descriptions } = importer;
	pickWorkflow(node, importer, file);
	if (!node.type.startsWith(packagePrefix)) return;
	// n8n makes the tool for AI agents out of the node: same form, same credential.
	const type = node.type.replace(/Tool$/, '');
	const description = descriptions.find(({ name }) => name === type);
	if (!description) throw new Error(`examples/${file}: n8n does not know the node type ${type}.`);
	for (const { name } of description.credentials ?? []) {
		const credential = credentials.find((one) => one.type === name);
		if (!credential)
			throw new Error(`examples/${file}: the sandbox offers no credential of type ${name}.`);
		node.credentials = { [name]: { id: credential.id, name: credential.name } };
	}
	if (String(node.parameters.successUrl ?? '').startsWith('https://shop.example/'))
		node.parameters.successUrl = thankYouPage;
	if (node.parameters.callback === 'url' && !node.parameters.callbackUrl)
		node.parameters.callbackUrl = `${client.url}/webhook/${callbackPath(node, nodes, importer, file)}`;
}

/** As a user picks it from the list: an imported workflow has an ID that the file cannot know. */
function pickWorkflow(node: INode, { imported }: Importer, file: string): void {
	const called = calledBy(node);
	if (called === undefined || imported === undefined) return;
	const found = imported.find(({ name }) => name === called);
	if (!found) throw new Error(`examples/${file} calls "${called}", which was not imported before.`);
	node.parameters.workflowId = {
		__rl: true,
		mode: 'list',
		value: found.id,
		cachedResultName: called,
	};
}

/** Of the trigger of the node's provider, else of n8n's own Webhook node. */
function callbackPath(
	node: INode,
	nodes: INode[],
	{ descriptions, imported = [] }: Importer,
	file: string,
): string {
	const trigger = [...nodes, ...imported.flatMap((one) => one.nodes)].find(
		({ type }) => type === triggerOf(node),
	);
	const webhook = descriptions.find(({ name }) => name === trigger?.type)?.webhooks?.[0];
	if (trigger && webhook) return `${trigger.webhookId}/${webhook.path}`;
	const own = nodes.find((one) => one.type === 'n8n-nodes-base.webhook');
	if (own) return String(own.parameters.path);
	throw new Error(
		`examples/${file}: "${node.name}" has a callback, but there is neither a trigger of its provider nor a Webhook node.`,
	);
}
