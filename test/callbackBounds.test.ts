/**
 * Anybody who knows an address can send a body to it: what is longer than any callback is refused
 * before it costs anything, at every provider.
 */
import type { IWebhookFunctions } from 'n8n-workflow';
import { receiveCallback } from '../nodes/shared/callbacks/receiveCallback';
import type { ReceivedCallback } from '../nodes/shared/core/contract';
import { resumeWhenSettled } from '../nodes/shared/waiting/waitForPayment';
import { merchants, type Merchant } from './benchmark/signedPayments';
import { testProviders } from './providers';
import { bySignatureAlone } from './support/bySignatureAlone';
import { bareWebhookContext } from './support/bareWebhookContext';
import { runNode } from './support/contexts';
import { newCredential, newNode } from './support/providers';

const mostBytes = 250_000;
const settings = {
	events: ['payment.succeeded'],
	options: { maximumAge: 0 },
};

let payments = 0;

/** A genuine callback whose body has exactly so many bytes. */
function callbackOf(merchant: Merchant, bytes: number): ReceivedCallback {
	return merchant.callback({ number: ++payments, bytes });
}

interface Outcome {
	status: number;
	body: unknown;
	log: string;
	/** How many items went on. */
	passed: number;
}

async function throughTrigger(
	{ node, credentials }: Merchant,
	callback: ReceivedCallback,
): Promise<Outcome> {
	const { context, answer } = bareWebhookContext(callback, credentials, settings);
	const result = await receiveCallback(context, bySignatureAlone(node));
	return { ...answer, passed: result.workflowData?.flat().length ?? 0 };
}

async function throughWait(merchant: Merchant, callback: ReceivedCallback): Promise<Outcome> {
	const { context, answer } = bareWebhookContext(callback, merchant.credentials, settings);
	const { reference } = merchant.parseEvent(payloadOf(merchant, callback), callback);
	const waiting = Object.assign(context, {
		getExecutionId: () => String(++payments),
		executeData: {
			data: {
				waitingFor: [
					[{ json: { checkoutId: null, reference, amount: null, currency: null } }],
					[{ json: {} }],
				],
			},
		},
	}) as unknown as IWebhookFunctions;
	const result = await resumeWhenSettled(waiting, bySignatureAlone(merchant.node));
	return { ...answer, passed: result.workflowData?.flat().length ?? 0 };
}

function payloadOf(merchant: Merchant, callback: ReceivedCallback) {
	const verdict = merchant.verify(callback);
	if (verdict.genuine !== true) throw new Error('The callback of the test is not genuine.');
	return verdict.payload;
}

async function throughVerify(merchant: Merchant, { headers, rawBody }: ReceivedCallback) {
	const folder = merchant.displayName;
	const run = await runNode({
		node: newNode(folder),
		credentialTypes: [newCredential(folder)],
		credentials: { [merchant.node.credentialName]: merchant.credentials as never },
		parameters: { resource: 'callback', operation: 'verify', options: settings.options },
		items: [
			{
				json: { headers },
				binary: { data: { data: rawBody.toString('base64'), mimeType: 'application/json' } },
			},
		],
	});
	const { message = '', description } = (run.error ?? {}) as {
		message?: string;
		description?: string;
	};
	return { passed: run.outputs[0]?.length ?? 0, words: `${message}. ${description ?? ''}` };
}

const tooLong = {
	status: 413,
	body: 'Content Too Large',
	passed: 0,
	log: expect.stringContaining(
		'refused a callback: its body is longer than 250 kB.',
	) as unknown as string,
};

describe.each(merchants)('a callback of $displayName', (merchant) => {
	it('of 250,000 bytes is taken by the trigger', async () => {
		expect(await throughTrigger(merchant, callbackOf(merchant, mostBytes))).toMatchObject({
			status: 200,
			passed: 1,
		});
	});

	it('with one byte more is refused by the trigger with a 413 that says nothing, and a log line that names the limit', async () => {
		expect(await throughTrigger(merchant, callbackOf(merchant, mostBytes + 1))).toMatchObject(
			tooLong,
		);
	});

	it('of 250,000 bytes is taken by Verify', async () => {
		const isProvedHere = merchant.node.contract.callback.proofs.includes('signature');
		expect(await throughVerify(merchant, callbackOf(merchant, mostBytes))).toEqual({
			passed: isProvedHere ? 1 : 0,
			words: expect.stringMatching(
				isProvedHere ? /^\. $/ : /the provider could not be asked/,
			) as string,
		});
	});

	it('with one byte more is refused by Verify, which names the limit', async () => {
		expect(await throughVerify(merchant, callbackOf(merchant, mostBytes + 1))).toEqual({
			passed: 0,
			words: `This is not a genuine ${merchant.displayName} callback: its body is longer than 250 kB [item 0]. Answer it with 413 and do nothing.`,
		});
	});

	it.each([mostBytes + 1, 15_000_000])(
		'with %d bytes is not even looked at: no contract gets it',
		async (bytes) => {
			const verify = jest.spyOn(merchant.node.contract.callback, 'verify');
			const body = Buffer.alloc(bytes, ' ');
			expect((await throughTrigger(merchant, { headers: {}, rawBody: body })).status).toBe(413);
			expect(verify).not.toHaveBeenCalled();
			verify.mockRestore();
		},
	);
});

const waits = testProviders().filter(({ wait }) => wait !== undefined);
const waiting = merchants.filter((merchant) => waits.some(({ name }) => name === merchant.name));

describe.each(waiting)('Wait for Payment of $displayName', (merchant) => {
	it('judges a callback of 250,000 bytes, and refuses one with a byte more and goes on waiting', async () => {
		const judged = await throughWait(merchant, callbackOf(merchant, mostBytes));
		expect(judged).toMatchObject({ status: 200, passed: 1 });
		expect(await throughWait(merchant, callbackOf(merchant, mostBytes + 1))).toMatchObject(tooLong);
	});
});
