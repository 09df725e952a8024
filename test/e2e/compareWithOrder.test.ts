import { randomUUID } from 'node:crypto';
import axios from 'axios';
import type { IDataObject, INode } from 'n8n-workflow';
import { node, packageName, stage } from './support';

const event = { event: 'payment.succeeded', amount: '20.50', currency: 'usdt' };

/** n8n's Webhook node → Compare With Order, no credential chosen → Ship, or Hold. */
async function published(more: Partial<INode>): Promise<string> {
	const { client, n8n } = await stage();
	const path = randomUUID();
	const answer = (value: string) => ({
		mode: 'raw',
		jsonOutput: `={{ { step: '${value}', paidInFull: $json.paidInFull, error: $json.error } }}`,
		options: {},
	});
	const nodes: INode[] = [
		node('Callback', 'n8n-nodes-base.webhook', 2, {
			webhookId: path,
			parameters: { httpMethod: 'POST', path, responseMode: 'lastNode', options: {} },
		}),
		node('Compare', `${packageName}.payfect`, 1.1, {
			parameters: {
				resource: 'callback',
				operation: 'compare',
				paymentEvent: '={{ $json.body.payment }}',
				expectedAmount: '={{ $json.body.price }}',
				expectedCurrency: 'USDT',
			},
			...more,
		}),
		node('Ship', 'n8n-nodes-base.set', 3.4, { parameters: answer('ship') }),
		node('Hold', 'n8n-nodes-base.set', 3.4, { parameters: answer('hold') }),
	];
	const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
	const workflow = await client.workflows.create({
		name: 'Compare With Order',
		nodes: nodes.map((one, index) => ({ ...one, position: [index * 240, 0] })),
		connections: {
			Callback: { main: [to('Compare')] },
			Compare: { main: [to('Ship'), to('Hold')] },
		},
	});
	await client.workflows.publish(workflow.id);
	return `${n8n.url}/webhook/${path}`;
}

describe('Compare With Order in a published workflow, without a credential', () => {
	let address: string;
	beforeAll(async () => (address = await published({ onError: 'continueRegularOutput' })));

	test.each<[string, IDataObject, IDataObject]>([
		[
			'the whole amount ships',
			{ payment: event, price: 20.5 },
			{ step: 'ship', paidInFull: 'exact' },
		],
		['more ships', { payment: event, price: '20.49' }, { step: 'ship', paidInFull: 'over' }],
		[
			'less does not ship',
			{ payment: event, price: '20.51' },
			{ step: 'hold', paidInFull: 'under' },
		],
		[
			'another currency does not ship',
			{ payment: { ...event, currency: 'idr' }, price: '20.50' },
			{ step: 'hold', paidInFull: 'unknown' },
		],
		[
			'a refund does not ship',
			{ payment: { ...event, event: 'refund.succeeded' }, price: '20.50' },
			{ step: 'hold', paidInFull: 'unknown' },
		],
		[
			'an order without a price does not ship',
			{ payment: event },
			{
				step: 'hold',
				error: expect.stringContaining(
					"The expression in 'Expected Amount' gives nothing",
				) as string,
			},
		],
	])('%s', async (_what, body, answer) => {
		expect((await axios.post<IDataObject>(address, body)).data).toEqual(answer);
	});
});
