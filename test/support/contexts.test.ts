import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import {
	NodeConnectionTypes,
	NodeOperationError,
	type ICredentialType,
	type IHttpRequestOptions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { callHook, callWebhook, DELETED, resumeAtTimeLimit, runNode } from './contexts';

const description = (more: Partial<INodeTypeDescription>): INodeTypeDescription => ({
	displayName: 'Made Up',
	name: 'madeUp',
	group: ['transform'],
	version: [1, 1.1],
	description: 'A node for these tests only',
	defaults: { name: 'Made Up' },
	inputs: [NodeConnectionTypes.Main],
	outputs: [NodeConnectionTypes.Main],
	properties: [],
	...more,
});

class SignedApi implements ICredentialType {
	name = 'signedApi';
	displayName = 'Signed API';
	properties: ICredentialType['properties'] = [
		{ displayName: 'Key', name: 'key', type: 'string', default: '' },
		{ displayName: 'Base URL', name: 'baseUrl', type: 'string', default: 'http://unset.example' },
		{ displayName: 'Prefix', name: 'prefix', type: 'string', default: 'v1=' },
	];
	authenticate: ICredentialType['authenticate'] = async (credentials, options) => {
		const body = JSON.stringify(options.body);
		const signature = createHmac('sha256', String(credentials.key)).update(body).digest('hex');
		return {
			...options,
			body,
			headers: {
				...options.headers,
				'content-type': 'application/json',
				'x-signature': `${String(credentials.prefix)}${signature}`,
			},
		};
	};
	test: ICredentialType['test'] = {
		request: {
			baseURL: '={{ $credentials.baseUrl }}',
			url: '/ping',
			method: 'POST',
			body: { a: 1 },
		},
	};
}

const sending: INodeType = {
	description: description({
		credentials: [{ name: 'signedApi', required: true }],
		properties: [{ displayName: 'Amount', name: 'amount', type: 'string', default: '1' }],
	}),
	async execute() {
		const out = [];
		for (const [item] of this.getInputData().entries()) {
			const credentials = await this.getCredentials('signedApi', item);
			const options: IHttpRequestOptions = {
				method: 'POST',
				url: `${String(credentials.baseUrl)}/pay`,
				body: { z: 1, amount: this.getNodeParameter('amount', item) },
			};
			const json = await this.helpers.httpRequestWithAuthentication.call(
				this,
				'signedApi',
				options,
			);
			out.push({ json, pairedItem: { item } });
		}
		return [out];
	},
};

let server: Server;
let baseUrl: string;
let received: Array<{ headers: IncomingHttpHeaders; body: string }>;
let status: number;

beforeAll(async () => {
	server = createServer((request, response) => {
		void buffer(request).then((bytes) => {
			received.push({ headers: request.headers, body: bytes.toString('utf8') });
			response.writeHead(status, { 'content-type': 'application/json' }).end('{"ok":true}');
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
	received = [];
	status = 200;
});
afterAll(() => server.close());

const signed = () => ({
	node: sending,
	credentialTypes: [new SignedApi()],
	credentials: { signedApi: { key: 'secret', baseUrl } },
});

describe('runNode', () => {
	it('sends the very bytes that the credential signed', async () => {
		const run = await runNode({
			...signed(),
			parameters: { amount: '={{ $json.price }}' },
			items: [{ json: { price: '12.90' } }],
		});
		expect(run.outputs[0]).toMatchObject([{ json: { ok: true }, pairedItem: { item: 0 } }]);
		expect(received).toHaveLength(1);
		const [{ headers, body } = { headers: {}, body: '' }] = received;
		expect(body).toBe('{"z":1,"amount":"12.90"}');
		// The prefix is a default of the credential's form that the user never touched.
		expect(headers['x-signature']).toBe(
			`v1=${createHmac('sha256', 'secret').update(body).digest('hex')}`,
		);
	});

	it('fills in the defaults of the description', async () => {
		await runNode(signed());
		expect(received[0]?.body).toContain('"amount":"1"');
	});

	it.each([
		['was never chosen', undefined, 'Node does not have any credentials set'],
		['was deleted', { signedApi: DELETED } as const, 'does not exist for type "signedApi"'],
	])('fails as n8n does when the credential %s', async (_case, credentials, message) => {
		const run = await runNode({ ...signed(), credentials });
		expect(run.status).toBe('error');
		expect(run.error?.message).toContain(message);
		expect(received).toHaveLength(0);
	});

	const refusing: INodeType = {
		description: description({}),
		async execute() {
			const out = [];
			for (const [item, { json }] of this.getInputData().entries()) {
				if (json.bad && !this.continueOnFail())
					throw new NodeOperationError(this.getNode(), 'Bad row', { itemIndex: item });
				out.push(
					json.bad
						? { json: { error: 'Bad row' }, pairedItem: { item } }
						: { json: { fine: json.row }, pairedItem: { item } },
				);
			}
			return [out];
		},
	};
	const rows = [{ json: { row: 1 } }, { json: { row: 2, bad: true } }, { json: { row: 3 } }];

	it('takes the failed item to the error output, with the fields of its row', async () => {
		const run = await runNode({
			node: refusing,
			items: rows,
			continueOnFail: 'continueErrorOutput',
		});
		expect(run.outputs).toMatchObject([
			[{ json: { fine: 1 } }, { json: { fine: 3 } }],
			[{ json: { row: 2, error: 'Bad row' }, pairedItem: { item: 1 } }],
		]);
	});

	it('keeps the failed item in the only output when it continues', async () => {
		const run = await runNode({
			node: refusing,
			items: rows,
			continueOnFail: 'continueRegularOutput',
		});
		expect(run.outputs.map((items) => items.map(({ json }) => json))).toEqual([
			[{ fine: 1 }, { error: 'Bad row' }, { fine: 3 }],
		]);
		expect(run.status).toBe('success');
	});

	it('stops at the failed item and names it', async () => {
		const run = await runNode({ node: refusing, items: rows });
		expect(run).toMatchObject({
			status: 'error',
			outputs: [],
			error: { message: 'Bad row', context: { itemIndex: 1 } },
		});
	});

	it('repeats the whole node on Retry On Fail', async () => {
		const seen: number[] = [];
		const flaky: INodeType = {
			description: description({}),
			async execute() {
				seen.push(this.getInputData().length);
				if (seen.length < 3) throw new Error('not yet');
				return [this.getInputData()];
			},
		};
		const run = await runNode({
			node: flaky,
			items: rows,
			retryOnFail: { maxTries: 3, waitBetweenTries: 1 },
		});
		expect(run).toMatchObject({ status: 'success', executions: 3 });
		expect(seen).toEqual([3, 3, 3]);
	});

	it('captures what the node logs, each call its own', async () => {
		const talking: INodeType = {
			description: description({
				properties: [{ displayName: 'Word', name: 'word', type: 'string', default: '' }],
			}),
			async execute() {
				await new Promise((resolve) => setImmediate(resolve));
				this.logger.warn(String(this.getNodeParameter('word', 0)), { row: 1 });
				return [[]];
			},
		};
		const runs = await Promise.all(
			['one', 'two'].map(async (word) => await runNode({ node: talking, parameters: { word } })),
		);
		expect(runs.map((run) => run.logs)).toEqual([
			[{ level: 'warn', message: 'one', metadata: { row: 1 } }],
			[{ level: 'warn', message: 'two', metadata: { row: 1 } }],
		]);
	});

	it('knows the execution, the run in a loop and the nodes before', async () => {
		const curious: INodeType = {
			description: description({}),
			async execute() {
				const before = this.getParentNodes('Made Up').map(({ type }) => type);
				return [
					[
						{
							json: {
								id: this.getExecutionId(),
								run: this.evaluateExpression('{{ $runIndex }}', 0) as number,
								before,
								source: this.getInputSourceData().previousNode,
							},
						},
					],
				];
			},
		};
		const run = await runNode({
			node: curious,
			executionId: '77',
			runIndex: 2,
			nodesBefore: [{ name: 'Pause', type: 'n8n-nodes-base.wait' }],
		});
		expect(run.outputs[0]?.[0]?.json).toEqual({
			id: '77',
			run: 2,
			before: ['n8n-nodes-base.manualTrigger', 'n8n-nodes-base.wait'],
			source: 'Pause',
		});
	});

	it('stops when the user presses Stop', async () => {
		let signal: AbortSignal | undefined;
		const slow: INodeType = {
			description: description({}),
			async execute() {
				signal = this.getExecutionCancelSignal();
				await new Promise((resolve) => signal?.addEventListener('abort', resolve));
				return [[]];
			},
		};
		const run = await runNode({ node: slow, abortAfterMilliseconds: 5 });
		expect(run.status).toBe('canceled');
		expect(signal?.aborted).toBe(true);
	});

	it('reads and makes binary data', async () => {
		const copying: INodeType = {
			description: description({}),
			async execute() {
				const bytes = await this.helpers.getBinaryDataBuffer(0, 'data');
				return [
					[
						{
							json: { text: bytes.toString('utf8') },
							binary: { copy: await this.helpers.prepareBinaryData(bytes, 'copy.csv', 'text/csv') },
						},
					],
				];
			},
		};
		const data = Buffer.from('a,1.0').toString('base64');
		const run = await runNode({
			node: copying,
			items: [{ json: {}, binary: { data: { data, mimeType: 'text/csv' } } }],
		});
		expect(run.outputs[0]).toMatchObject([
			{ json: { text: 'a,1.0' }, binary: { copy: { data, fileName: 'copy.csv' } } },
		]);
	});

	it('lets the node know when an AI agent uses it as a tool', async () => {
		const tool: INodeType = {
			description: description({}),
			async execute() {
				return [[{ json: { tool: this.isToolExecution() } }]];
			},
		};
		expect((await runNode({ node: tool, asTool: true })).outputs).toEqual([
			[{ json: { tool: true } }],
		]);
		expect((await runNode({ node: tool })).outputs).toMatchObject([[{ json: { tool: false } }]]);
	});
});

const webhook = {
	name: 'default',
	httpMethod: 'POST',
	path: 'callback',
	responseMode: 'onReceived',
	responseData: '',
} as const;
const trigger = (answer: NonNullable<INodeType['webhook']>): INodeType => ({
	description: description({
		displayName: 'Made Up Trigger',
		name: 'madeUpTrigger',
		group: ['trigger'],
		inputs: [],
		webhooks: [webhook],
		credentials: [{ name: 'signedApi' }],
	}),
	webhook: answer,
});

describe('callWebhook', () => {
	it('gives the node the exact bytes and starts an execution', async () => {
		const call = await callWebhook({
			node: trigger(async function () {
				const request = this.getRequestObject();
				this.getResponseObject().setHeader('Content-Type', 'text/plain; charset=utf-8');
				return {
					webhookResponse: 'SUCCESS',
					workflowData: [
						[
							{
								json: {
									raw: request.rawBody.toString('hex'),
									body: this.getBodyData(),
									signature: this.getHeaderData()['x-signature'],
									url: request.originalUrl,
								},
							},
						],
					],
				};
			}),
			webhookId: 'abc',
			request: {
				headers: { 'Content-Type': 'application/json', 'X-Signature': 's' },
				rawBody: '{ "a": 1.0 }',
				query: 'x=1',
			},
		});
		expect(call.response).toMatchObject({
			status: 200,
			body: 'SUCCESS',
			headers: { 'content-type': 'text/plain; charset=utf-8' },
		});
		expect(call.items).toEqual([
			[
				{
					json: {
						raw: Buffer.from('{ "a": 1.0 }').toString('hex'),
						body: { a: 1 },
						signature: 's',
						url: '/webhook/abc/callback?x=1',
					},
				},
			],
		]);
	});

	it('shows a refusal as the sender sees it', async () => {
		const call = await callWebhook({
			node: trigger(async function () {
				this.logger.warn('refused', { check: 'signature' });
				const response: { status: (code: number) => { send: (text: string) => void } } =
					this.getResponseObject();
				response.status(401).send('refused');
				return { noWebhookResponse: true };
			}),
			request: { rawBody: '{}' },
		});
		expect(call).toMatchObject({
			response: { status: 401, body: 'refused' },
			logs: [{ level: 'warn', message: 'refused', metadata: { check: 'signature' } }],
		});
		expect(call.items).toBeUndefined();
	});

	it.each<[string, string, IWebhookResponseData, string]>([
		[
			'a text as HTML unless the node says otherwise',
			'text/html; charset=utf-8',
			{ webhookResponse: 'ok' },
			'ok',
		],
		[
			'an object as JSON',
			'application/json; charset=utf-8',
			{ webhookResponse: { code: '200' } },
			'{"code":"200"}',
		],
		[
			"n8n's own words when the node gives none",
			'application/json; charset=utf-8',
			{},
			'{"message":"Webhook call received"}',
		],
	])('answers %s', async (_case, contentType, answer, body) => {
		const call = await callWebhook({ node: trigger(async () => answer), request: {} });
		expect(call.response).toMatchObject({
			status: 200,
			body,
			headers: { 'content-type': contentType },
		});
		expect(call.items).toBeUndefined();
	});

	it('answers 500 when the node throws, and starts nothing', async () => {
		const call = await callWebhook({
			node: trigger(async () => {
				throw new Error('boom');
			}),
			request: {},
		});
		expect(call).toMatchObject({
			response: {
				status: 500,
				body: '{"code":0,"message":"Workflow Webhook Error: Workflow could not be started!"}',
			},
			thrown: { message: 'boom' },
		});
		expect(call.items).toBeUndefined();
	});

	it('answers 500 when n8n cannot store the execution', async () => {
		const store = () => {
			throw new Error('database is locked');
		};
		const call = await callWebhook({
			node: trigger(async () => ({ webhookResponse: 'SUCCESS', workflowData: [[]] })),
			request: {},
			store,
		});
		expect(call.response).toMatchObject({
			status: 500,
			body: '{"code":0,"message":"There was a problem executing the workflow"}',
		});
		expect(call.items).toBeUndefined();
	});

	it('answers 422 to a body that is not JSON without calling the node', async () => {
		const call = await callWebhook({
			node: trigger(async () => ({})),
			request: { headers: { 'content-type': 'application/json' }, rawBody: '{' },
		});
		expect(call).toMatchObject({ called: false, response: { status: 422 } });
	});

	it.each([
		[1, true],
		[1.1, false],
	])(
		'reads a body of an unknown content type for version %d before the node asks for it: %s',
		async (typeVersion, before) => {
			const call = await callWebhook({
				typeVersion,
				node: trigger(async function () {
					const request = this.getRequestObject();
					const had = request.rawBody !== undefined;
					await request.readRawBody();
					return { workflowData: [[{ json: { had, raw: request.rawBody.toString('hex') } }]] };
				}),
				request: {
					headers: { 'content-type': 'application/octet-stream' },
					rawBody: Buffer.from([0, 255]),
				},
			});
			expect(call.items).toEqual([[{ json: { had: before, raw: '00ff' } }]]);
		},
	);

	it('keeps copies that arrive at once apart', async () => {
		const node = trigger(async function () {
			this.logger.info(String(this.getBodyData().copy));
			return { workflowData: [[{ json: this.getBodyData() }]] };
		});
		const copies = Array.from({ length: 20 }, (_, copy) => copy);
		const calls = await Promise.all(
			copies.map(
				async (copy) =>
					await callWebhook({
						node,
						request: {
							headers: { 'content-type': 'application/json' },
							rawBody: JSON.stringify({ copy }),
						},
					}),
			),
		);
		expect(calls.map((call) => [call.items?.[0]?.[0]?.json.copy, call.logs[0]?.message])).toEqual(
			copies.map((copy) => [copy, String(copy)]),
		);
	});

	it('hands out the test address and mode when listening for a test event', async () => {
		const node = trigger(async function () {
			return {
				workflowData: [[{ json: { mode: this.getMode(), path: this.getRequestObject().path } }]],
			};
		});
		const call = await callWebhook({ node, isTest: true, webhookId: 'abc', request: {} });
		expect(call.items).toEqual([
			[{ json: { mode: 'manual', path: '/webhook-test/abc/callback' } }],
		]);
	});
});

describe('waiting', () => {
	const waitingNode: INodeType = {
		description: description({
			outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
			webhooks: [{ ...webhook, path: '', isFullPath: true, restartWebhook: true }],
		}),
		async execute() {
			const resumeUrl = this.evaluateExpression('{{ $execution.resumeUrl }}', 0);
			const data = this.getExecuteData();
			data.data = { ...data.data, main: [[], [{ json: { outcome: 'timeout', resumeUrl } }]] };
			this.setMetadata({ forwardAllOutputs: true });
			await this.putExecutionToWait(new Date('2100-01-01T00:00:00Z'));
			return [this.getInputData()];
		},
		async webhook() {
			const { state } = this.getBodyData();
			if (state === 'boom') throw new Error('boom');
			if (state !== 'paid') return { webhookResponse: 'noted' };
			return { webhookResponse: 'SUCCESS', workflowData: [[{ json: { outcome: 'paid' } }], []] };
		},
	};
	const json = (state: string) => ({
		headers: { 'content-type': 'application/json' },
		rawBody: JSON.stringify({ state }),
	});

	it('stores the execution until its time limit', async () => {
		const run = await runNode({ node: waitingNode, executionId: '9' });
		expect(run).toMatchObject({ status: 'waiting', waitTill: new Date('2100-01-01T00:00:00Z') });
		expect(run.stored).toMatch(
			/https:\/\/n8n\.example\/webhook-waiting\/9\?signature=[0-9a-f]{64}/,
		);
	});

	it('goes on through the first output when the callback says so', async () => {
		const waiting = await runNode({ node: waitingNode });
		const call = await callWebhook({ node: waitingNode, waiting, request: json('paid') });
		expect(call.response).toMatchObject({ status: 200, body: 'SUCCESS' });
		expect(call.resumed).toMatchObject({
			status: 'success',
			outputs: [[{ json: { outcome: 'paid' } }], []],
			executions: 0,
		});
	});

	it('keeps waiting after a callback that decides nothing', async () => {
		const waiting = await runNode({ node: waitingNode });
		const call = await callWebhook({ node: waitingNode, waiting, request: json('pending') });
		expect(call.response.body).toBe('noted');
		expect(call.resumed).toBeUndefined();
	});

	it('goes on as if paid when the node throws, as n8n does', async () => {
		const waiting = await runNode({ node: waitingNode });
		const call = await callWebhook({ node: waitingNode, waiting, request: json('boom') });
		expect(call.response.status).toBe(500);
		expect(call.resumed?.outputs).toMatchObject([[{ json: {} }]]);
	});

	it('gives the stored items when the time is up, without running the node', async () => {
		const resumed = await resumeAtTimeLimit(await runNode({ node: waitingNode }));
		expect(resumed).toMatchObject({
			status: 'success',
			outputs: [[], [{ json: { outcome: 'timeout' } }]],
			executions: 0,
		});
	});
});

describe('callHook', () => {
	const registering: INodeType = {
		...trigger(async () => ({})),
		webhookMethods: {
			default: {
				async checkExists() {
					return this.getWorkflowStaticData('node').id !== undefined;
				},
				async create() {
					this.getWorkflowStaticData('node').id = this.getNodeWebhookUrl('default');
					return true;
				},
				async delete() {
					throw new Error('not allowed');
				},
			},
		},
	};

	it('carries static data from one call to the next', async () => {
		const created = await callHook({ node: registering, method: 'create', webhookId: 'abc' });
		expect(created).toMatchObject({
			result: true,
			webhookUrl: 'https://n8n.example/webhook/abc/callback',
			staticData: { id: 'https://n8n.example/webhook/abc/callback' },
		});
		expect(
			(await callHook({ node: registering, method: 'checkExists', staticData: created.staticData }))
				.result,
		).toBe(true);
		expect((await callHook({ node: registering, method: 'checkExists' })).result).toBe(false);
	});

	it('uses the test address when listening for a test event', async () => {
		expect(
			(await callHook({ node: registering, method: 'create', webhookId: 'abc', isTest: true }))
				.staticData.id,
		).toBe('https://n8n.example/webhook-test/abc/callback');
	});

	it('hands back what the hook threw', async () => {
		expect((await callHook({ node: registering, method: 'delete' })).error?.message).toBe(
			'not allowed',
		);
	});
});
