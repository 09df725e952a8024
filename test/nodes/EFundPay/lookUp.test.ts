import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { EFundPayApi } from '../../../credentials/EFundPayApi.credentials';
import { EFundPay } from '../../../nodes/EFundPay/EFundPay.node';
import { EFundPayTrigger } from '../../../nodes/EFundPay/EFundPayTrigger.node';
import { LONGEST_AMOUNT } from '../../../nodes/shared/core/money';
import { callHook, callWebhook, runNode, type NodeRun } from '../../support/contexts';
import {
	startProviderServer,
	type ProviderServer,
	type Reply,
} from '../shared/support/providerServer';
import { callback, credentials, payment } from './callbacks';

let server: ProviderServer;
beforeAll(async () => void (server = await startProviderServer()));
beforeEach(() => server.reset());
afterAll(() => server.close());

const checkoutId = '1f0c6a52-3f43-4f83-9d0a-7b1c2d3e4f50';
const transaction = {
	id: checkoutId,
	external_identifier: 'order-1',
	amount: 2050,
	currency: 'USD',
	status: 'buyer_approval_pending',
	payment_method: { payment_url_link: 'https://pay.efundpay.com/link-1' },
	created_at: '2026-03-15T10:00:00.000+08:00',
};
const answers = (more: object): Reply => ({ body: JSON.stringify({ ...transaction, ...more }) });

const setup = (more: IDataObject = {}) => ({
	node: new EFundPay(),
	credentialTypes: [new EFundPayApi()],
	credentials: {
		eFundPayApi: {
			...credentials,
			environment: 'custom',
			baseUrl: server.url,
			...more,
		} as unknown as Record<string, string>,
	},
});
const creating = {
	resource: 'checkout',
	operation: 'create',
	amountFrom: 'amount',
	amount: '20.50',
	currency: 'USD',
	reference: 'order-1',
	callback: 'resumeExecution',
	successUrl: 'https://shop.example/thanks',
	buyerName: 'Maria Gomez',
};

interface Asked {
	/** Whether Create has run in another execution, as with n8n's Retry. */
	retried?: boolean;
	credential?: IDataObject;
}

let executions = 0;
const newExecution = () => String(++executions);

/** Creates the checkout, then waits for it; the API gives this answer when it is looked up. */
async function waits(answer: Reply, { retried = false, credential }: Asked = {}): Promise<NodeRun> {
	server.respond(() => answers({}));
	const executionId = newExecution();
	const made = await runNode({
		...setup(credential),
		nodeName: 'Create',
		executionId,
		parameters: creating,
	});
	if (made.error) throw made.error;
	server.received.length = 0;
	server.respond(() => answer);
	return await runNode({
		...setup(credential),
		nodeName: 'Wait',
		executionId: retried ? newExecution() : executionId,
		mode: retried ? 'retry' : 'webhook',
		flow: made.flow,
		nodesBefore: [
			{
				name: 'Create',
				type: 'n8n-nodes-hosted-checkout.eFundPay',
				node: new EFundPay(),
				parameters: creating as INodeParameters,
			},
		],
		items: [{ json: { text: 'The link is sent' } }],
		parameters: { resource: 'checkout', operation: 'waitForPayment' },
	});
}

function leftThrough({ outputs }: Pick<NodeRun, 'outputs'>) {
	const [paid = [], notPaid = []] = outputs.map((items) => items.map(({ json }) => json));
	return { paid, notPaid };
}

const words = ({ error }: NodeRun) => {
	const { message = '', description } = (error ?? {}) as { message?: string; description?: string };
	return `${message} ${description ?? ''}`;
};

const failing: Array<[string, Reply]> = [
	['a web page', { status: 502, headers: { 'content-type': 'text/html' }, body: '<html></html>' }],
	['another transaction', answers({ id: 'another', status: 'capture_succeeded' })],
	['no transaction', { body: '{}' }],
	['nothing: it hangs up', 'reset'],
];
const unknown: Reply = { status: 404, body: '{"message":"no such transaction"}' };
const notFinal = [
	'buyer_approval_pending',
	'processing',
	'authorization_succeeded',
	'capture_pending',
	// The payer tries again on the same page.
	'authorization_failed',
	'refund_succeeded',
	'CAPTURE_SUCCEEDED',
	'settled',
];

describe('Wait for Payment asks EFundPay before it pauses', () => {
	test('by the ID that Create returned, once: what is captured goes on through Paid', async () => {
		const run = await waits(answers({ status: 'capture_succeeded' }));
		expect(server.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
			`GET /transactions/${checkoutId}`,
		]);
		expect(run.status).toBe('success');
		expect(leftThrough(run)).toMatchObject({
			paid: [
				{
					outcome: 'paid',
					paidInFull: 'exact',
					payment: {
						event: 'payment.succeeded',
						// No callback has it: theirs are of another number, with the word PS.
						eventId: `${checkoutId}:capture_succeeded`,
						checkoutId,
						reference: 'order-1',
						amount: '20.50',
						currency: 'USD',
						occurredAt: null,
						verifiedBy: 'provider',
					},
				},
			],
			notPaid: [],
		});
	});

	test.each(notFinal)('%s decides nothing: it waits', async (status) => {
		const run = await waits(answers({ status }));
		expect([run.status, server.received.length]).toEqual(['waiting', 1]);
	});

	test.each([
		['buyer_approval_timeout', 'expired'],
		['authorization_void', 'canceled'],
	])('%s leaves through Not Paid as %s', async (status, outcome) => {
		expect(leftThrough(await waits(answers({ status })))).toMatchObject({
			paid: [],
			notPaid: [{ outcome, payment: { verifiedBy: 'provider' } }],
		});
	});

	test('what has failed for good says why in the event', async () => {
		const run = await waits(
			answers({ status: 'buyer_approval_timeout', error_code: 'incomplete_buyer_approval' }),
		);
		expect(leftThrough(run).notPaid).toMatchObject([
			{ outcome: 'expired', payment: { statusReason: 'incomplete_buyer_approval' } },
		]);
	});

	test.each([
		['less than was ordered', { amount: 2049 }, 'underpaid'],
		['no amount', { amount: null }, 'paidAmountUnknown'],
		['no currency', { currency: null }, 'paidAmountUnknown'],
	])('captured, and it says %s: Not Paid', async (_what, more, outcome) => {
		expect(
			leftThrough(await waits(answers({ status: 'capture_succeeded', ...more }))),
		).toMatchObject({ paid: [], notPaid: [{ outcome }] });
	});

	test('a payment that it does not know is waited for', async () => {
		const run = await waits(unknown);
		expect([run.status, run.stored.includes('Could not ask')]).toEqual(['waiting', false]);
	});

	test.each(failing)(
		'an answer that is %s: it waits, and says that it could not ask',
		async (_what, answer) => {
			const run = await waits(answer);
			expect(run.status).toBe('waiting');
			expect(run.stored).toContain('Could not ask before waiting whether it is paid already');
		},
	);

	test.each([
		['reference', { external_identifier: 'order-2' }],
		['currency', { currency: 'EUR' }],
	])('a captured one of another %s stops the step: nothing leaves', async (field, more) => {
		const run = await waits(answers({ status: 'capture_succeeded', ...more }));
		expect(words(run)).toContain(`EFundPay knows this checkout, but its ${field} is not that of`);
		expect(leftThrough(run)).toEqual({ paid: [], notPaid: [] });
	});
});

describe("n8n's Retry, where the callback goes to the execution that failed", () => {
	test('paid: it goes on through Paid, which once stopped although EFundPay knew', async () => {
		const run = await waits(answers({ status: 'capture_succeeded' }), { retried: true });
		expect(leftThrough(run)).toMatchObject({
			paid: [{ outcome: 'paid', paidInFull: 'exact' }],
			notPaid: [],
		});
	});

	test('expired: it goes on through Not Paid', async () => {
		const run = await waits(answers({ status: 'buyer_approval_timeout' }), { retried: true });
		expect(leftThrough(run)).toMatchObject({ paid: [], notPaid: [{ outcome: 'expired' }] });
	});

	test.each(notFinal)('%s: it stops, and says how to go on', async (status) => {
		const run = await waits(answers({ status }), { retried: true });
		expect(words(run)).toMatch(
			/'Create' has created the checkout in execution \d+,.*EFundPay was asked: it is not paid yet\..*run this step once more when it is paid/s,
		);
		expect(leftThrough(run)).toEqual({ paid: [], notPaid: [] });
	});

	test.each([...failing, ['a 404', unknown] as const])(
		'an answer that is %s: it stops, and does not wait for a callback that cannot come',
		async (_what, answer) => {
			const run = await waits(answer, { retried: true });
			expect(words(run)).toContain('EFundPay could not be asked whether it is paid');
			expect([run.status, leftThrough(run)]).toEqual(['error', { paid: [], notPaid: [] }]);
		},
	);
});

describe('EFundPay is never asked about a callback, as its numbers are not those of the API', () => {
	/** n8n's API puts any text there; the credential has no such field. */
	const choices = [undefined, 'signatureAndProvider', 'signatureOrProvider', 'provider'];
	let payments = 0;
	const newPayment = (data: object = {}) => ({
		...payment,
		ll_transaction_id: `look-up-${++payments}`,
		payment_data: { ...payment.payment_data, ...data },
	});
	const kinds: Array<[string, () => ReturnType<typeof callback>, boolean]> = [
		['a genuine one', () => callback(newPayment()), true],
		['one without a readable amount', () => callback(newPayment({ payment_amount: '1e3' })), true],
		['an unsigned one', () => callback(newPayment(), ''), false],
		['a forged one', () => callback(newPayment(), 'AAAA'), false],
	];

	describe.each(choices)("with 'callbackProof' %s in the credential", (callbackProof) => {
		test.each(kinds)('by the trigger: %s', async (_kind, made, isGenuine) => {
			const { headers, rawBody } = made();
			const call = await callWebhook({
				...setup({ callbackProof }),
				node: new EFundPayTrigger(),
				request: { headers: { 'content-type': 'application/json', ...headers }, rawBody },
			});
			expect([call.response.status, server.received]).toEqual([isGenuine ? 200 : 401, []]);
		});

		test.each(kinds)('by Verify: %s', async (_kind, made, isGenuine) => {
			const { headers, rawBody } = made();
			const run = await runNode({
				...setup({ callbackProof }),
				items: [
					{
						json: { headers, body: {} },
						binary: { data: { data: rawBody.toString('base64'), mimeType: 'application/json' } },
					},
				],
				parameters: { resource: 'callback', operation: 'verify' },
			});
			expect([run.outputs[0]?.length ?? 0, server.received]).toEqual([isGenuine ? 1 : 0, []]);
		});

		const paid = { paid: [{ payment: { verifiedBy: 'signature' } }], notPaid: [] };
		const unknownAmount = { paid: [], notPaid: [{ outcome: 'paidAmountUnknown' }] };
		test.each([
			['a genuine one', {}, undefined, paid],
			[
				'one whose amount is too long to be compared',
				{ payment_amount: '9'.repeat(LONGEST_AMOUNT + 1) },
				undefined,
				unknownAmount,
			],
			['one without a readable amount', { payment_amount: '1e3' }, undefined, undefined],
			['an unsigned one', {}, '', undefined],
			['a forged one', {}, 'AAAA', undefined],
		])('by Wait for Payment: %s', async (_kind, data, signature, left) => {
			const run = await waits(answers({}), { credential: { callbackProof } });
			server.received.length = 0;
			server.respond(() => answers({ status: 'capture_succeeded' }));
			const { headers, rawBody } = callback(newPayment(data), signature);
			const { resumed } = await callWebhook({
				...run.setup,
				waiting: run,
				request: { headers: { 'content-type': 'application/json', ...headers }, rawBody },
			});
			expect(server.received).toEqual([]);
			expect(resumed === undefined).toBe(left === undefined);
			expect(resumed === undefined ? {} : leftThrough(resumed)).toMatchObject(left ?? {});
		});

		test('by publishing the trigger', async () => {
			const { error, result } = await callHook({
				...setup({ callbackProof }),
				node: new EFundPayTrigger(),
				method: 'create',
			});
			expect([error, result, server.received]).toEqual([undefined, true, []]);
		});
	});
});
