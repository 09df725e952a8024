/**
 * A provider, or what stands in its place, that begins to answer and never ends, on n8n's own HTTP
 * client.
 */
import type { INodeType } from 'n8n-workflow';
import { WooshPayApi } from '../../../../credentials/WooshPayApi.credentials';
import { PayfectApi } from '../../../../credentials/PayfectApi.credentials';
import { CallFailure } from '../../../../nodes/shared/core/callFailure';
import type { HttpCall, HttpReply } from '../../../../nodes/shared/core/contract';
import { receiveCallback } from '../../../../nodes/shared/callbacks/receiveCallback';
import { callbackWebhook } from '../../../../nodes/shared/callbacks/triggerFields';
import { withRateLimit } from '../../../../nodes/shared/requests/rateLimit';
import { sendCall, type SendOptions } from '../../../../nodes/shared/requests/sendCall';
import { Payfect } from '../../../../nodes/Payfect/Payfect.node';
import { WooshPayTrigger } from '../../../../nodes/WooshPay/WooshPayTrigger.node';
import { callHook, callWebhook, runNode } from '../../../support/contexts';
import { madeByHand } from '../../../support/resumeAddress';
import { testCredential } from '../../../support/testCredential';
import { testProviders } from '../../../providers';
import { sandboxCredentials } from '../../../../sandbox/sandbox';
import { secretKey } from '../../Payfect/support';
import { BrokenServer, type Misbehaviour } from '../support/brokenServer';
import {
	createCall,
	ProbeApi,
	probeConfirmation,
	probeContract,
	probeNode,
	probeProvider,
	type ProbeContract,
} from '../support/probe';

/** Much shorter and smaller than they are, so that nobody has to wait for them. */
jest.mock('../../../../nodes/shared/core/limits', () => ({
	...jest.requireActual<object>('../../../../nodes/shared/core/limits'),
	MAXIMUM_REPLY_BYTES: 100_000,
	MAXIMUM_MAKING_MILLISECONDS: 2_000,
	MAXIMUM_READING_MILLISECONDS: 1_000,
	MAXIMUM_CONFIRMING_MILLISECONDS: 1_000,
	MAXIMUM_ASKING_MILLISECONDS: 1_000,
}));
const mostBytes = 100_000;

/** Credentials in the right form. */
const offered = Object.fromEntries(
	sandboxCredentials('http://127.0.0.1:1').map(({ type, data }) => [type, data]),
);

let server: BrokenServer;
beforeAll(async () => (server = await BrokenServer.start()));
afterAll(() => server.close());

const credentials = () => ({
	key: 'sentinel-key-3f9a1c77e2',
	account: 'account-0001',
	callbackSecret: 'sentinel-secret-8b1d5e90aa47',
	baseUrl: server.url,
});
const reading = { method: 'GET', body: undefined, headers: {}, retry: 'idempotent' } as const;

/** What `execute()` of a node gets of a call that makes something, or of the given one. */
async function send(
	call: Partial<HttpCall> = {},
	options: SendOptions & { contract?: ProbeContract } = {},
): Promise<HttpReply | CallFailure> {
	const { contract = probeContract(), ...rest } = options;
	let outcome: HttpReply | CallFailure | undefined;
	const node = probeNode(async (context) => {
		outcome = await sendCall(
			{ context, provider: probeProvider(contract), credentials: credentials() },
			{ ...createCall(credentials(), { reference: 'order-1' }), ...call },
			{ maximumAttempts: 1, ...rest },
		).catch((error: unknown) => {
			if (error instanceof CallFailure) return error;
			throw error;
		});
		return [[]];
	});
	const run = await runNode({
		node,
		credentialTypes: [new ProbeApi()],
		credentials: { probeApi: credentials() },
	});
	if (outcome === undefined) throw run.error ?? new Error('Nothing was sent.');
	return outcome;
}

describe.each<Misbehaviour & string>(['drips', 'drips headers', 'upgrades'])(
	'an answer that %s',
	(misbehaviour) => {
		beforeEach(() => server.misbehave(misbehaviour));

		it('is given up after its whole time: of what makes something nobody knows whether it was made', async () => {
			expect(await send()).toMatchObject({
				message: 'Probe gave no complete answer within 2 seconds (time-out)',
				advice:
					'It may have been made nevertheless, so it was not sent again blindly. Look it up in the dashboard.',
				mayHaveArrived: true,
			});
			await server.isLeft();
		});

		it('is given up sooner where something is only looked up', async () => {
			expect(await send(reading)).toMatchObject({
				message: 'Probe gave no complete answer within 1 seconds (time-out)',
				advice: 'Run it again when Probe answers.',
				mayHaveArrived: false,
			});
		});
	},
);

describe('an answer that never ends', () => {
	beforeEach(() => server.misbehave('never ends'));

	it('is read up to the limit and no further: of what makes something nobody knows whether it was made', async () => {
		expect(await send()).toMatchObject({
			message: 'Probe answered with more than 100 kB',
			advice: expect.stringMatching(/^It may have been made nevertheless/) as string,
			mayHaveArrived: true,
			httpStatus: 200,
		});
		await server.isLeft();
		// The buffers of two sockets take some megabytes; without an end it would be hundreds a second.
		expect(server.bytesSent).toBeLessThan(mostBytes + 16_000_000);
	});

	it('is not asked for again: it would be as long', async () => {
		expect(await send(reading, { maximumAttempts: 5 })).toMatchObject({
			message: 'Probe answered with more than 100 kB',
			advice:
				'Nothing more of it was read. Check the address in the credential; if it is right, ask Probe.',
			mayHaveArrived: false,
		});
		expect(server.requests).toBe(1);
	});
});

it('an answer is counted unpacked', async () => {
	server.misbehave('gzip bomb');
	expect(await send()).toMatchObject({ message: 'Probe answered with more than 100 kB' });
});

it('an answer as long as the limit is taken, one with a byte more is not', async () => {
	const ofBytes = (bytes: number) => `{"id":"1"}`.padEnd(bytes);
	server.misbehave({ json: ofBytes(mostBytes) });
	expect(await send()).toMatchObject({ status: 200, body: { id: '1' } });
	server.misbehave({ json: ofBytes(mostBytes + 1) });
	expect(await send()).toMatchObject({ message: 'Probe answered with more than 100 kB' });
});

it('a file may be as long as its call says', async () => {
	server.misbehave({ json: ' '.repeat(300_000) });
	const file = { ...reading, maximumReplyBytes: 300_000 };
	expect((await send(file, { file: true })) as HttpReply).toMatchObject({ status: 200 });
	expect(await send({ ...file, maximumReplyBytes: 299_999 }, { file: true })).toMatchObject({
		message: 'Probe answered with more than 299.999 kB',
	});
});

it('an answer that breaks off is a connection that broke', async () => {
	server.misbehave('breaks off');
	expect(await send()).toMatchObject({
		message: 'Probe gave no answer (connection broken)',
		mayHaveArrived: true,
	});
});

it('stopping the execution ends an answer that drips, and is not taken for a time-out', async () => {
	server.misbehave('drips');
	const stop = new AbortController();
	const sent = send({}, { stopped: stop.signal });
	while (server.requests === 0) await new Promise((resolve) => setTimeout(resolve, 10));
	stop.abort();
	expect(await sent).toMatchObject({
		message: 'Probe gave no answer (stopped)',
		mayHaveArrived: true,
	});
});

describe('where somebody waits for our own answer', () => {
	const asking = () =>
		probeContract(
			{},
			{
				proofs: ['signatureAndProvider'],
				confirm: probeConfirmation(),
			},
		);
	const trigger = (contract: ProbeContract): INodeType => ({
		description: {
			...probeNode(async () => [[]]).description,
			name: 'probeTrigger',
			group: ['trigger'],
			inputs: [],
			webhooks: [{ ...callbackWebhook }],
		},
		async webhook() {
			return await receiveCallback(this, probeProvider(contract));
		},
	});
	const deliver = async (contract: ProbeContract) =>
		await callWebhook({
			node: trigger(contract),
			credentialTypes: [new ProbeApi()],
			credentials: { probeApi: credentials() },
			request: {
				headers: { 'content-type': 'application/json', 'x-secret': credentials().callbackSecret },
				rawBody: JSON.stringify({ id: 'pay-1', status: 'paid' }),
			},
		});

	it.each<[Misbehaviour & string, string]>([
		['drips', 'Probe gave no complete answer within 1 seconds (time-out)'],
		['never ends', 'Probe answered with more than 100 kB'],
	])('a callback gets 500 when the API %s', async (misbehaviour, words) => {
		server.misbehave(misbehaviour);
		const call = await deliver(asking());
		expect(call.response.status).toBe(500);
		expect(call.logs.map(({ message }) => message).join()).toContain(
			`the provider could not be asked (${words})`,
		);
	});

	it('a callback gets 500 in the same time when the turn of its question does not come', async () => {
		server.misbehave({ json: '{}' });
		const rateLimit = { requestsPerSecond: 1, scope: () => 'busy' };
		let endOfBusy = () => {};
		const busy = withRateLimit(
			{ scope: 'probe:busy', requestsPerSecond: 1 },
			async () => await new Promise<void>((resolve) => (endOfBusy = resolve)),
		);
		const call = await deliver({ ...asking(), rateLimit });
		endOfBusy();
		await busy;
		expect(call.response.status).toBe(500);
		expect(call.logs.map(({ message }) => message).join()).toContain(
			"Requests to Probe wait for their turn, and this one's did not come within 1 seconds",
		);
		expect(server.requests).toBe(0);
	});
});

describe('beside the rows', () => {
	beforeEach(() => server.misbehave('drips'));

	it('Wait for Payment begins to wait although its question got no end, and says so', async () => {
		const run = await runNode({
			node: new Payfect(),
			credentialTypes: [new PayfectApi()],
			credentials: {
				payfectApi: { apiKey: 'key', callbackSecretKey: secretKey, baseUrl: server.url },
			},
			executionId: '1001',
			nodesBefore: [madeByHand],
			parameters: {
				resource: 'checkout',
				operation: 'waitForPayment',
				amount: '20.50',
				currency: 'USD',
			},
			items: [
				{
					json: {
						provider: 'payfect',
						checkoutId: 'c-1',
						reference: null,
						amount: '20.50',
						currency: 'USD',
					},
				},
			],
		});
		expect(run.status).toBe('waiting');
		expect(run.stored).toContain(
			'Could not ask before waiting whether it is paid already: Payfect gave no complete answer within 1 seconds (time-out)',
		);
	});

	it('publishing a trigger ends, and says why it could not be registered', async () => {
		const hook = await callHook({
			node: new WooshPayTrigger(),
			credentialTypes: [new WooshPayApi()],
			credentials: {
				wooshPayApi: {
					environment: 'custom',
					baseUrl: server.url,
					secretKey: 'sk_test_of_the_test',
					merchantAccountId: 'default',
				},
			},
			parameters: { events: ['payment.succeeded'] },
			method: 'create',
		});
		expect(hook.error?.message).toContain(
			'WooshPay gave no complete answer within 1 seconds (time-out)',
		);
	});

	describe.each(testProviders())("$folder's credential test", ({ folder, credentialName }) => {
		it.each<[Misbehaviour & string, string]>([
			['drips', `${folder} gave no complete answer within 1 seconds`],
			['drips headers', `${folder} gave no complete answer within 1 seconds`],
			['upgrades', `${folder} gave no complete answer within 1 seconds`],
			['never ends', `${folder} answered with more than 100 kB`],
		])('ends when the service %s', async (misbehaviour, words) => {
			server.misbehave(misbehaviour);
			const result = await testCredential(folder, {
				...offered[credentialName],
				environment: 'custom',
				baseUrl: server.url,
			});
			expect(result).toMatchObject({
				status: 'Error',
				message: expect.stringContaining(words) as string,
			});
		});
	});
});
