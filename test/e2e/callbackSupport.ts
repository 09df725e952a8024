import { randomUUID } from 'node:crypto';
import { request as httpRequest, type ClientRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';
import axios from 'axios';
import type { IDataObject, INode } from 'n8n-workflow';
import { LocalServer, Refusal } from '../support/localServer';
import { aMinute, eventually, type Credential, type Workflow } from '../n8n/client';
import type { SandboxDelivery } from '../support/sandboxClient';
import type { CallbackCase } from './callbackCases';
import {
	callbackUrl,
	makeActionWorkflow,
	makeCredential,
	makeWorkflow,
	node,
	packageName,
	stage,
	uniqueReference,
	type ProviderCase,
} from './support';

export { callbackCases, providerCase, type CallbackCase } from './callbackCases';

/**
 * The merchant's own system, which the workflow tells to ship. A test decides what it does for each
 * order.
 */
export class Warehouse extends LocalServer<{ reference: string }> {
	/** References, in the order in which they were shipped. */
	readonly shipped: string[] = [];
	private readonly broken = new Map<string, string>();
	private readonly held = new Map<string, Promise<void>>();

	constructor() {
		super(async ({ reference }) => {
			await this.held.get(reference);
			const broken = this.broken.get(reference);
			if (broken !== undefined) return new Refusal(500, broken);
			this.shipped.push(reference);
			return { shipped: reference };
		});
	}

	/** @param why what it answers from now on, with 500 */
	break(reference: string, why = 'out of tea'): void {
		this.broken.set(reference, why);
	}

	mend(reference: string): void {
		this.broken.delete(reference);
	}

	/** Ships nothing of this order until the function that it gives is called. */
	hold(reference: string): () => void {
		let letGo = () => {};
		this.held.set(reference, new Promise((resolve) => (letGo = resolve)));
		return () => {
			letGo();
			this.held.delete(reference);
		};
	}

	/** Who was held was killed meanwhile: it is never answered, and holds up nobody after it. */
	forget(reference: string): void {
		this.held.delete(reference);
	}

	times(reference: string, what: 'asked' | 'shipped' = 'shipped'): number {
		const references =
			what === 'shipped' ? this.shipped : this.received.map((asked) => asked.reference);
		return references.filter((one) => one === reference).length;
	}

	async waitUntilAsked(reference: string, times = 1): Promise<void> {
		await eventually(
			async () => (this.times(reference, 'asked') >= times ? true : undefined),
			aMinute,
			() => `The warehouse was not asked ${times} times to ship ${reference}`,
		);
	}

	/** The node that tells it to ship. */
	node(name: string, reference = '={{ JSON.stringify({ reference: $json.reference }) }}'): INode {
		return node(name, 'n8n-nodes-base.httpRequest', 4.2, {
			parameters: {
				method: 'POST',
				url: this.url,
				sendBody: true,
				specifyBody: 'json',
				jsonBody: reference,
				options: {},
			},
		});
	}
}

export interface Merchant {
	provider: CallbackCase;
	credential: Credential;
	paid: Workflow;
	address: string;
}

function triggerNode(
	provider: CallbackCase,
	credential: Credential,
	parameters: IDataObject,
): INode {
	return node('Paid', `${packageName}.${provider.trigger}`, 1.1, {
		webhookId: randomUUID(),
		parameters: parameters as INode['parameters'],
		credentials: { [credential.type]: { id: credential.id, name: credential.name } },
	});
}

/**
 * 1: the provider's own schedule of redeliveries, minutes and hours, does not come between the
 * deliveries of a test.
 */
export async function redeliveryScale(scale: number): Promise<void> {
	await axios.post(
		`${(await stage()).sandbox.url}/control/settings`,
		{ redeliveryScale: scale },
		{ proxy: false },
	);
}

const opened: Workflow[] = [];

/**
 * Unpublishes what `openMerchant` opened: WooshPay tells every registered endpoint about every
 * payment.
 */
export async function closeMerchants(): Promise<void> {
	const { client } = await stage();
	for (let workflow = opened.pop(); workflow; workflow = opened.pop())
		await client.workflows.unpublish(workflow.id);
}

/** A published workflow that begins with the trigger of this provider. */
export async function openMerchant(
	provider: CallbackCase,
	{
		trigger = {},
		then = [],
		fields = {},
	}: { trigger?: IDataObject; then?: INode[]; fields?: IDataObject } = {},
): Promise<Merchant> {
	const { client } = await stage();
	const { credential } = await makeCredential(provider as ProviderCase, fields);
	const paid = await makeWorkflow(`${provider.displayName} callbacks`, [
		triggerNode(provider, credential, { options: trigger }),
		...then,
	]);
	await client.workflows.publish(paid.id);
	opened.push(paid);
	return { provider, credential, paid, address: await callbackUrl(paid) };
}

/** Makes an order with the good credential; gives its reference and the provider's id. */
export async function placeOrder({
	provider,
	address,
}: Pick<Merchant, 'provider' | 'address'>): Promise<{ reference: string; checkoutId: string }> {
	const { client, sandbox } = await stage();
	const reference = uniqueReference();
	const { credential } = await makeCredential(provider as ProviderCase);
	const workflow = await makeActionWorkflow(provider as ProviderCase, credential, {
		resource: 'checkout',
		operation: 'create',
		reference,
		...provider.order,
		...provider.callbackParameters?.(address),
	});
	const execution = await client.workflows.run(workflow.id, 'Start');
	if (execution.status !== 'success')
		throw new Error(
			`Create Checkout ended with "${execution.status}": ${JSON.stringify(execution.data.resultData.error ?? {}).slice(0, 500)}`,
		);
	return await sandbox
		.checkoutOf(provider.provider, reference)
		.then(({ checkoutId }) => ({ reference, checkoutId }));
}

/** The first delivery to this merchant, with the answer that it got. */
export async function pay(
	{ provider, address }: Pick<Merchant, 'provider' | 'address'>,
	{ checkoutId }: { checkoutId: string },
	copies = 1,
): Promise<SandboxDelivery[]> {
	const { sandbox } = await stage();
	return (await sandbox.act(provider.provider, checkoutId, 'pay', { copies })).filter(
		// Without the tag that Create puts behind it where callbacks may come unsigned.
		({ url }) => url.split('?')[0] === address,
	);
}

export interface Answer {
	status: number;
	contentType: string | undefined;
	body: string;
}

/**
 * Sends the very bytes of a delivery once more; `hangUp` breaks the connection instead of waiting
 * for the answer.
 */
export function sendAgain(
	delivery: Pick<SandboxDelivery, 'url' | 'requestHeaders' | 'requestBody'>,
): { answer: Promise<Answer>; answered: () => boolean; hangUp: () => void } {
	const body = Buffer.from(delivery.requestBody, 'utf8');
	let done = false;
	let sent: ClientRequest | undefined;
	const answer = new Promise<Answer>((resolve, reject) => {
		sent = httpRequest(
			delivery.url,
			{
				method: 'POST',
				headers: { ...delivery.requestHeaders, 'content-length': body.length },
				agent: false,
				timeout: 60_000,
			},
			(response) => {
				buffer(response).then((bytes) => {
					done = true;
					resolve({
						status: response.statusCode ?? 0,
						contentType: response.headers['content-type'],
						body: bytes.toString('utf8'),
					});
				}, reject);
			},
		);
		sent.on('timeout', () => sent?.destroy(new Error('n8n did not answer within a minute.')));
		sent.on('error', reject);
		sent.end(body);
	});
	return { answer, answered: () => done, hangUp: () => sent?.destroy(new Error('hung up')) };
}

export const delivered = async (delivery: Parameters<typeof sendAgain>[0]): Promise<Answer> =>
	await sendAgain(delivery).answer;

/** What an operator sees of this workflow in n8n's log. */
export async function logLinesAbout(workflow: Pick<Workflow, 'id'>): Promise<string[]> {
	const { n8n } = await stage();
	return n8n
		.log()
		.split('\n')
		.filter((line) => line.includes(workflow.id));
}
