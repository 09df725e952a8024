import { randomUUID } from 'node:crypto';
import type { IDataObject, INode, INodeTypeDescription } from 'n8n-workflow';
import { sandboxCredentials } from '../../sandbox/sandbox';
import {
	N8nClient,
	type Credential,
	type Execution,
	type ExecutionSummary,
	type Workflow,
} from '../n8n/client';
import { attachN8n, type RunningN8n } from '../n8n/instance';
import {
	SandboxClient,
	type PayerAction,
	type SandboxCheckout,
	type SandboxDelivery,
} from '../support/sandboxClient';
import { chain, node, packageName } from './steps';

export { chain, node, packageName };

/** Where a step has to wait for n8n to restart on a busy machine. */
jest.setTimeout(180_000);

/** The n8n and the sandbox that globalSetup started. */
export interface Stage {
	n8n: RunningN8n;
	client: N8nClient;
	sandbox: SandboxClient;
}

let signedIn: Promise<Stage> | undefined;

export async function stage(): Promise<Stage> {
	signedIn ??= (async () => {
		const settings = process.env.END_TO_END_STAGE;
		if (settings === undefined)
			throw new Error(
				'There is no n8n for the end-to-end tests. Run them with "npm run test:e2e".',
			);
		const { userFolder, sandboxUrl } = JSON.parse(settings) as {
			userFolder: string;
			sandboxUrl: string;
		};
		const n8n = attachN8n(userFolder);
		const client = new N8nClient(n8n.url);
		await client.signIn(n8n.owner);
		return { n8n, client, sandbox: new SandboxClient(sandboxUrl) };
	})();
	return await signedIn;
}

/**
 * What one provider's node, trigger and credential are called, and what makes them work and fail.
 */
export interface ProviderCase {
	/** As in the output field `provider` and in the sandbox's addresses. */
	provider: string;
	displayName: string;
	node: string;
	trigger: string;
	credential: string;
	/** Parameters of an order that the provider accepts, without reference and callback. */
	order: IDataObject;
	/** What the order above must show in the checkout and in the payment event. */
	money: { amount: string; currency: string };
	/**
	 * Parameters that hand the trigger's address to the provider; WooshPay's trigger registers it by
	 * itself and has none.
	 */
	callbackParameters?: (url: string) => IDataObject;
	/** Parameters of the operation that looks the payment up again. */
	lookUp: (checkout: Pick<CreatedCheckout, 'checkoutId' | 'reference'>) => IDataObject;
	/** Credential fields without which no callback can be proved, and what publishing says then. */
	missingSecret: { fields: IDataObject; words: RegExp };
	/**
	 * Credential fields that make the provider refuse every request, and what the error says then.
	 */
	wrongKey: { fields: IDataObject; words: RegExp };
	/** The answer that the provider takes for "received", to the byte. */
	acknowledgement: { status: number; contentType: string; body: string };
}

export interface CreatedCheckout {
	provider: string;
	checkoutId: string;
	paymentId: string | null;
	reference: string;
	checkoutUrl: string;
	status: string;
	amount: string;
	currency: string;
}

/** A reference that no other test uses. */
export function uniqueReference(): string {
	return `order-${randomUUID().slice(0, 13)}`;
}

/** The fields that the sandbox accepts, as n8n's credential of this provider has them. */
export function goodCredential(
	{ credential }: Pick<ProviderCase, 'credential'>,
	sandboxUrl: string,
): Record<string, unknown> {
	const found = sandboxCredentials(sandboxUrl).find(({ type }) => type === credential);
	if (!found) throw new Error(`The sandbox offers no credential of type ${credential}.`);
	return { ...found.data };
}

/** Every text of a credential that must never be seen outside of it: no address, number or choice. */
export function secretsIn(fields: Record<string, unknown>): string[] {
	return Object.entries(fields)
		.filter(
			([name, value]) =>
				!/url$|^merchantId$|^callbackProof$/i.test(name) &&
				typeof value === 'string' &&
				value.length >= 12,
		)
		.map(([, value]) => String(value));
}

/** A credential in n8n; fields given here replace those that the sandbox accepts. */
export async function makeCredential(
	provider: ProviderCase,
	fields: IDataObject = {},
): Promise<{ credential: Credential; data: Record<string, unknown> }> {
	const { client, sandbox } = await stage();
	const data = { ...goodCredential(provider, sandbox.url), ...fields };
	const credential = await client.credentials.create({
		name: `${provider.displayName} ${randomUUID().slice(0, 8)}`,
		type: provider.credential,
		data,
	});
	return { credential, data };
}

const created: Workflow[] = [];

/**
 * Every workflow that this test file made, so that one test can look through all their executions.
 */
export function createdWorkflows(): readonly Workflow[] {
	return created;
}

export async function makeWorkflow(name: string, nodes: INode[]): Promise<Workflow> {
	const { client } = await stage();
	const workflow = await client.workflows.create({ name, ...chain(nodes) });
	created.push(workflow);
	return workflow;
}

/** Manual start → this provider's node. */
export async function makeActionWorkflow(
	provider: ProviderCase,
	credential: Credential,
	parameters: IDataObject,
): Promise<Workflow> {
	const action = node('Provider', `${packageName}.${provider.node}`, 1.1, {
		parameters: parameters as INode['parameters'],
		credentials: use(credential),
	});
	return await makeWorkflow(`${provider.displayName} action`, [
		node('Start', 'n8n-nodes-base.manualTrigger', 1),
		action,
	]);
}

/** This provider's trigger → "Fulfilled". */
export async function makeTriggerWorkflow(
	provider: ProviderCase,
	credential: Credential,
	parameters: IDataObject = {},
): Promise<Workflow> {
	const trigger = node('Paid', `${packageName}.${provider.trigger}`, 1.1, {
		webhookId: randomUUID(),
		parameters: { options: {}, ...parameters } as INode['parameters'],
		credentials: use(credential),
	});
	return await makeWorkflow(`${provider.displayName} trigger`, [
		trigger,
		node('Fulfilled', 'n8n-nodes-base.noOp', 1),
	]);
}

function use(credential: Credential): INode['credentials'] {
	return { [credential.type]: { id: credential.id, name: credential.name } };
}

let descriptions: Promise<INodeTypeDescription[]> | undefined;

/**
 * The address that the trigger's panel shows: n8n puts it together from the trigger's own
 * description.
 */
export async function callbackUrl(
	workflow: Workflow,
	kind: 'production' | 'test' = 'production',
): Promise<string> {
	const { n8n, client } = await stage();
	descriptions ??= client.nodeTypes(packageName);
	const trigger = workflow.nodes.find(({ webhookId }) => webhookId !== undefined);
	const description = (await descriptions).find(({ name }) => name === trigger?.type);
	const webhook = description?.webhooks?.[0];
	if (!trigger || !webhook)
		throw new Error(`Workflow "${workflow.name}" has no trigger with an address.`);
	const path = webhook.isFullPath
		? webhook.path || trigger.webhookId
		: `${trigger.webhookId}/${webhook.path}`;
	return `${n8n.url}/${kind === 'test' ? 'webhook-test' : 'webhook'}/${path}`;
}

/** What left a node's first output. */
export function itemsOf(execution: Execution, nodeName: string): IDataObject[] {
	return (execution.data.resultData.runData[nodeName]?.[0]?.data?.main?.[0] ?? []).map(
		({ json }) => json,
	);
}

/** What the editor shows of a failed execution: the error's title and the text below it. */
export function errorOf(execution: Execution): { message: string; description: string } {
	const error = execution.data.resultData.error as
		{ message?: unknown; description?: unknown } | undefined;
	return { message: String(error?.message ?? ''), description: String(error?.description ?? '') };
}

/**
 * A merchant who uses one provider: a workflow that makes checkouts and a published one that is
 * started by payments.
 */
export class Shop {
	private constructor(
		readonly provider: ProviderCase,
		readonly credential: Credential,
		readonly paid: Workflow,
		readonly address: string,
	) {}

	/** `open: false` leaves the trigger unpublished. */
	static async of(
		provider: ProviderCase,
		options: { credential?: Credential; trigger?: IDataObject; open?: boolean } = {},
	): Promise<Shop> {
		const { client } = await stage();
		const credential = options.credential ?? (await makeCredential(provider)).credential;
		const paid = await makeTriggerWorkflow(provider, credential, options.trigger);
		if (options.open ?? true) await client.workflows.publish(paid.id);
		return new Shop(provider, credential, paid, await callbackUrl(paid));
	}

	/**
	 * Runs Create Checkout in n8n; gives the item that left the node, and the checkout as the sandbox
	 * has it.
	 */
	async order(
		parameters: IDataObject = {},
		address = this.address,
	): Promise<{ item: CreatedCheckout; checkout: SandboxCheckout }> {
		const { client, sandbox } = await stage();
		const reference = uniqueReference();
		const workflow = await makeActionWorkflow(this.provider, this.credential, {
			resource: 'checkout',
			operation: 'create',
			reference,
			...this.provider.order,
			...this.provider.callbackParameters?.(address),
			...parameters,
		});
		const execution = await client.workflows.run(workflow.id, 'Start');
		if (execution.status !== 'success') {
			const { message, description } = errorOf(execution);
			throw new Error(
				`Create Checkout ended with "${execution.status}": ${message} ${description}`,
			);
		}
		const [item] = itemsOf(execution, 'Provider');
		return {
			item: item as unknown as CreatedCheckout,
			checkout: await sandbox.checkoutOf(this.provider.provider, reference),
		};
	}

	/** What the payer (or a forger) does; gives the first delivery of each copy of the callback. */
	async payer(
		{ checkoutId }: { checkoutId: string },
		action: PayerAction = 'pay',
		how: { callback?: 'genuine' | 'forged' | 'tampered' | 'none'; copies?: number } = {},
	): Promise<SandboxDelivery[]> {
		const { sandbox } = await stage();
		return await sandbox.act(this.provider.provider, checkoutId, action, how);
	}

	/**
	 * Executions of the trigger's workflow in whatever state: n8n stores one before it acknowledges.
	 */
	async executions(): Promise<ExecutionSummary[]> {
		return await (await stage()).client.executions.list(this.paid.id);
	}
}

/** Works on all entries, ten at the same time. */
export async function tenAtATime<Entry>(
	entries: readonly Entry[],
	work: (entry: Entry) => Promise<unknown>,
): Promise<void> {
	let next = 0;
	const worker = async () => {
		for (let index = next++; index < entries.length; index = next++)
			await work(entries[index] as Entry);
	};
	await Promise.all(Array.from({ length: 10 }, worker));
}
