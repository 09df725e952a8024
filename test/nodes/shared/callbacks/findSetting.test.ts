import type { IExecuteFunctions, INodeProperties, INodeType } from 'n8n-workflow';
import { receiveCallback } from '../../../../nodes/shared/callbacks/receiveCallback';
import { passEventOn } from '../../../../nodes/shared/callbacks/testRefusal';
import { callbackWebhook, eventsField } from '../../../../nodes/shared/callbacks/triggerFields';
import {
	verifyCallback,
	verifyCallbackFields,
} from '../../../../nodes/shared/callbacks/verifyCallback';
import type { CallbackProof } from '../../../../nodes/shared/core/contract';
import { eachItem } from '../../../../nodes/shared/items/eachItem';
import { callWebhook, runNode, type WebhookCall } from '../../../support/contexts';
import {
	ProbeApi,
	probeConfirmation,
	probeContract,
	probeNode,
	probeProvider,
	type ProbeContract,
	type ProbeCredentials,
} from '../support/probe';

type Callback = ProbeContract['callback'];

const way = "It was signed with the key: set 'Proof' to key.";
const finds: NonNullable<Callback['findSetting']> = ({ headers }, { key }) =>
	headers['x-secret'] === key ? { settings: { proof: 'key' }, says: way } : undefined;
const finding = (more: Partial<Callback> = {}) =>
	probeContract({}, { findSetting: finds, ...more });

/** Each test has a workflow of its own: searches are counted for each. */
let tests = 0;
beforeEach(() => void (tests += 1));

const credential = (more: Partial<ProbeCredentials> = {}): ProbeCredentials => ({
	key: 'the-key',
	account: 'account-0001',
	callbackSecret: 'the-secret',
	baseUrl: 'http://127.0.0.1:9',
	...more,
});

function trigger(contract: ProbeContract): INodeType {
	return {
		description: {
			...probeNode(passEventOn).description,
			displayName: 'Probe Trigger',
			name: 'probeTrigger',
			webhooks: [{ ...callbackWebhook }],
			properties: [
				{ ...eventsField },
				{ displayName: 'Options', name: 'options', type: 'collection', default: {} },
			],
		},
		async webhook() {
			return await receiveCallback(this, probeProvider(contract));
		},
	};
}

interface Delivery {
	contract?: ProbeContract;
	secret?: string;
	credentials?: Partial<ProbeCredentials>;
	isTest?: boolean;
	/** The length of the body, filled up with blanks. */
	bytes?: number;
}

async function deliver(delivery: Delivery = {}): Promise<WebhookCall> {
	const {
		contract = finding(),
		secret = 'the-key',
		credentials,
		isTest = false,
		bytes = 0,
	} = delivery;
	return await callWebhook({
		node: trigger(contract),
		workflowId: `finding-${tests}`,
		nodeId: 'the-trigger',
		credentialTypes: [new ProbeApi()],
		credentials: { probeApi: { ...credential(credentials) } as never },
		parameters: { events: ['payment.succeeded'] },
		request: {
			headers: { 'x-secret': secret },
			rawBody: JSON.stringify({ id: 'pay-1', status: 'paid' }).padEnd(bytes),
		},
		isTest,
	});
}

const logged = ({ logs }: WebhookCall) => logs.map(({ message }) => message).join('\n');

it('the log line of a refused callback says with which setting it would fit, in place of the usual cause', async () => {
	const call = await deliver();
	expect(call.response.status).toBe(401);
	expect(logged(call)).toContain(`wrong_secret: the header X-Secret is wrong. ${way} (workflow`);
	expect(logged(call)).not.toContain('It is not from Probe.');
});

it('a callback that fits with another setting stays refused and starts nothing', async () => {
	const call = await deliver();
	expect([call.response.status, call.items]).toEqual([401, undefined]);
});

it('where nothing is found, the usual cause is said', async () => {
	expect(logged(await deliver({ secret: 'anything' }))).toContain('It is not from Probe.');
});

it('the test event in the editor says it', async () => {
	const { items } = await deliver({ isTest: true });
	expect(JSON.stringify(items)).toContain(way);
});

it('also where the credential cannot verify anything', async () => {
	const call = await deliver({ credentials: { callbackSecret: '' } });
	expect(call.response.status).toBe(500);
	expect(logged(call)).toContain(`'Callback Secret' in the Probe credential is empty. ${way}`);
});

it('also where the provider is asked, because no secret fits', async () => {
	const proofs: readonly [CallbackProof] = ['signatureOrProvider'];
	const { verify } = probeContract().callback;
	const contract = finding({
		proofs,
		confirm: probeConfirmation(),
		verify: (received, credentials) => {
			const verdict = verify(received, credentials);
			return verdict.genuine ? verdict : { ...verdict, fault: 'noSecretFits' };
		},
	});
	expect(logged(await deliver({ contract }))).toContain(
		`so the provider is asked about it. ${way.slice(0, -1)}`,
	);
});

it('a callback that fits is not looked at', async () => {
	const findSetting = jest.fn(finds);
	const call = await deliver({ contract: finding({ findSetting }), secret: 'the-secret' });
	expect([call.items?.[0]?.length, findSetting.mock.calls]).toEqual([1, []]);
});

it('a fault in the search changes no answer', async () => {
	const findSetting = () => {
		throw new RangeError('the-secret');
	};
	const call = await deliver({ contract: finding({ findSetting }) });
	expect(call.response.status).toBe(401);
	expect(logged(call)).toContain('It is not from Probe.');
});

it('a flood of forged callbacks does not make n8n try settings for each', async () => {
	const findSetting = jest.fn(finds);
	for (let count = 0; count < 100; count += 1)
		await deliver({ contract: finding({ findSetting }), secret: 'forged' });
	expect(findSetting).toHaveBeenCalledTimes(1);
});

it('in the editor each test event is looked at, so that a changed setting shows at once', async () => {
	await deliver({ isTest: true, secret: 'anything' });
	const { items } = await deliver({ isTest: true });
	expect(JSON.stringify(items)).toContain(way);
});

it('a callback of more than 20 kB is not looked at', async () => {
	const findSetting = jest.fn(finds);
	const call = await deliver({ contract: finding({ findSetting }), bytes: 20_001 });
	expect([call.response.status, findSetting.mock.calls]).toEqual([401, []]);
});

describe('Verify', () => {
	const verify = async (credentials: Partial<ProbeCredentials> = {}) => {
		const parameters: INodeProperties[] = [
			{ displayName: 'Resource', name: 'resource', type: 'string', default: 'callback' },
			{ displayName: 'Operation', name: 'operation', type: 'string', default: 'verify' },
			...verifyCallbackFields,
		];
		const execute = async (context: IExecuteFunctions) =>
			await eachItem(context, probeProvider(finding()), {
				callback: { verify: verifyCallback(probeProvider(finding())) },
			});
		const { error } = await runNode({
			node: probeNode(execute, parameters),
			credentialTypes: [new ProbeApi()],
			credentials: { probeApi: { ...credential(credentials) } as never },
			parameters: { resource: 'callback', operation: 'verify' },
			items: [
				{
					json: { headers: { 'x-secret': 'the-key' } },
					binary: {
						data: {
							data: Buffer.from('{"id":"pay-1"}').toString('base64'),
							mimeType: 'application/json',
						},
					},
				},
			],
		});
		return (error as { description?: string } | undefined)?.description;
	};

	it('says it of a callback that it refuses', async () => {
		expect(await verify()).toContain(way);
	});

	it('says it of one that the credential cannot verify, with what to answer', async () => {
		expect(await verify({ callbackSecret: '' })).toContain(`${way} Answer it with 500`);
	});
});
