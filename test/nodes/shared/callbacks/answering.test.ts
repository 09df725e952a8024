import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { LONGEST_STORING_MILLISECONDS } from '../../../../nodes/shared/callbacks/deliveredEvents';
import { receiveCallback } from '../../../../nodes/shared/callbacks/receiveCallback';
import { fuzzedProviders } from '../../../fuzz/genuineCallbacks';

const wooshPay = fuzzedProviders.find(({ proof }) => proof === 'signatureOrProvider')!;
const genuine = wooshPay.genuine[0]!;
let nodes = 0;
const newNode = () => `answering-${++nodes}`;

/**
 * One delivery, with n8n's part in the test's hands: it is still storing the execution, or running
 * the workflow, until `n8nAnswers`.
 */
async function deliver(nodeId: string, respond?: 'immediately' | 'whenFinished') {
	const sent: Array<{ status: number; type: string; body: unknown }> = [];
	const headers: Record<string, string> = {};
	const response = {
		statusCode: 200,
		status: (code: number) => Object.assign(response, { statusCode: code }),
		type: (type: string) => response.setHeader('Content-Type', type),
		setHeader: (name: string, value: string) =>
			Object.assign(headers, { [name]: value }) && response,
		// As Express: an object becomes JSON text, which comes through the response's own send once
		// more.
		send(body: unknown) {
			if (typeof body !== 'string') return response.json(body);
			sent.push({ status: response.statusCode, type: headers['Content-Type'] ?? '', body });
			return response;
		},
		json: (body: unknown): unknown => response.send(JSON.stringify(body)),
	};
	const parameters: Record<string, unknown> = {
		events: ['payment.succeeded'],
		options: { maximumAge: 0, ...(respond && { respond }) },
	};
	const context = {
		getRequestObject: () => ({ rawBody: genuine.rawBody }),
		getHeaderData: () => genuine.headers,
		getCredentials: async () => wooshPay.credentials,
		getNodeParameter: (name: string, fallback: unknown) => parameters[name] ?? fallback,
		getWorkflow: () => ({ id: 'workflow', name: 'Workflow' }),
		getNode: () => ({ id: nodeId, name: 'Trigger' }),
		getMode: () => 'webhook',
		getResponseObject: () => response,
		getWorkflowStaticData: () => ({}),
		getNodeWebhookUrl: () => 'https://n8n.example/webhook/callback',
		logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
	} as unknown as IWebhookFunctions;
	const result: IWebhookResponseData = await receiveCallback(context, wooshPay.node);
	return {
		started: result.workflowData !== undefined,
		/**
		 * The status that was answered; without one, what n8n answers when it has stored the execution.
		 */
		status: sent.at(-1)?.status ?? 200,
		sent,
		n8nAnswers: (status: number, body: unknown) => response.status(status).send(body),
	};
}

afterEach(() => jest.restoreAllMocks());

it('a provider that hung up while n8n was storing the execution and delivers again starts no second one', async () => {
	const node = newNode();
	const first = await deliver(node);
	// It has hung up here. n8n goes on storing, and answers nobody.
	expect(await deliver(node)).toMatchObject({ started: false, status: 409 });
	first.n8nAnswers(200, 'OK');
	expect(await deliver(node)).toMatchObject({ started: false, status: 200 });
});

it('a delivery that n8n could not store is started by the next one', async () => {
	const node = newNode();
	(await deliver(node)).n8nAnswers(500, { message: 'There was a problem executing the workflow' });
	expect((await deliver(node)).started).toBe(true);
});

it('an execution that n8n never answers for is started anew after ten minutes', async () => {
	const node = newNode();
	const begun = Date.now();
	await deliver(node);
	jest.spyOn(Date, 'now').mockReturnValue(begun + LONGEST_STORING_MILLISECONDS - 1000);
	expect(await deliver(node)).toMatchObject({ started: false, status: 409 });
	jest.spyOn(Date, 'now').mockReturnValue(begun + LONGEST_STORING_MILLISECONDS + 1000);
	expect((await deliver(node)).started).toBe(true);
});

describe('Respond: When Workflow Finishes', () => {
	it("answers the last node's items with the provider's words", async () => {
		const delivery = await deliver(newNode(), 'whenFinished');
		delivery.n8nAnswers(200, [{ shipped: 'order-1' }]);
		expect(delivery.sent).toEqual([{ status: 200, type: 'text/plain; charset=utf-8', body: 'OK' }]);
	});

	it("leaves n8n's answer to a failed workflow as it is, and the next delivery runs it again", async () => {
		const node = newNode();
		const delivery = await deliver(node, 'whenFinished');
		delivery.n8nAnswers(500, { message: 'Error in workflow' });
		expect(delivery.sent).toEqual([
			expect.objectContaining({ status: 500, body: '{"message":"Error in workflow"}' }),
		]);
		expect((await deliver(node, 'whenFinished')).started).toBe(true);
	});

	it('goes on refusing copies with 409 for as long as the workflow runs', async () => {
		const node = newNode();
		await deliver(node, 'whenFinished');
		jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 24 * 60 * 60 * 1000);
		expect(await deliver(node, 'whenFinished')).toMatchObject({ started: false, status: 409 });
	});
});
