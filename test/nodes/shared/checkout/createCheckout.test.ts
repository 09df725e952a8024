import type { IExecuteFunctions } from 'n8n-workflow';
import { createCheckout } from '../../../../nodes/shared/checkout/createCheckout';
import { readerOf, type RowReader } from '../../../../nodes/shared/items/rowReader';
import { beginRun } from '../../../../nodes/shared/items/run';
import type { RowSender } from '../../../../nodes/shared/items/rowSender';
import { answer, probeContract, type ProbeCredentials } from '../support/probe';

interface Making {
	apiUrl?: string;
	itemIndex?: number;
	/** The choice in the form. */
	callback?: string;
	isFollowedBy?: RowReader['isFollowedBy'];
}

/** The hints that n8n would show above the output once the checkout is made. */
async function hintsFor(
	callbackUrl: string | null,
	{
		apiUrl = 'https://api.provider.example',
		itemIndex = 0,
		callback = 'url',
		isFollowedBy = () => false,
	}: Making = {},
): Promise<string[]> {
	const hints: string[] = [];
	const credentials: ProbeCredentials = { key: 'key', account: 'account', baseUrl: apiUrl };
	const operation = createCheckout(probeContract(), () => ({
		amount: '12.50',
		lineItems: [],
		amountUnit: 'major' as const,
		currency: 'HKD',
		reference: null,
		description: null,
		successUrl: null,
		cancelUrl: null,
		callbackUrl,
		extraFields: {},
	}));
	const order = operation.read(
		{
			itemIndex,
			isFollowedBy,
			text: () => callback,
			collection: () => ({}),
			value: (_name: string, fallback: unknown) => fallback,
		} as unknown as RowReader,
		credentials,
	);
	const context = {
		addExecutionHints: ({ message }: { message: string }) => hints.push(message),
		getExecutionId: () => 'execution',
		getInputData: () => [{ json: {} }],
	};
	const sender: RowSender<ProbeCredentials> = {
		itemIndex,
		context: context as unknown as IExecuteFunctions,
		credentials,
		send: async () => answer({ body: { id: 'checkout-1' } }),
		make: async (_named, send) => await send(),
		warnOnce: () => undefined,
	};
	await operation.send(order, sender);
	return hints;
}

describe('a warning about the callback address', () => {
	it.each([
		[
			'the test address of a trigger',
			'https://n8n.example/webhook-test/1/callback',
			/is a test URL/,
		],
		[
			'an address of this machine',
			'http://localhost:5678/webhook/1/callback',
			/an address of this machine, which the provider cannot reach/,
		],
		['another one', 'http://127.0.0.1:5678/webhook/1/callback', /an address of this machine/],
		['and one of IPv6', 'http://[::1]:5678/webhook/1/callback', /an address of this machine/],
	])('is given for %s', async (_case, callbackUrl, words) => {
		expect(await hintsFor(callbackUrl)).toEqual([expect.stringMatching(words)]);
	});

	it.each([
		['the production address', 'https://n8n.example/webhook/1/callback', undefined, 0],
		['no address', null, undefined, 0],
		[
			'an address of this machine where the provider is on it too',
			'http://localhost:5678/webhook/1/callback',
			'http://127.0.0.1:4100',
			0,
		],
		['each further row', 'https://n8n.example/webhook-test/1/callback', undefined, 1],
	])('is not given for %s', async (_case, callbackUrl, apiUrl, itemIndex) => {
		expect(await hintsFor(callbackUrl, { apiUrl, itemIndex })).toEqual([]);
	});
});

describe('a warning that nothing in the workflow will hear of the payment', () => {
	const wait = { type: 'probe', disabled: false, parameters: { operation: 'waitForPayment' } };

	it.each<[string, object[], boolean]>([
		['no node follows', [], true],
		['the Wait for Payment that follows is disabled', [{ ...wait, disabled: true }], true],
		['only that of another provider follows', [{ ...wait, type: 'other' }], true],
		['only another operation follows', [{ ...wait, parameters: { operation: 'get' } }], true],
		['a Wait for Payment follows', [wait], false],
		['one follows behind a disabled one', [{ ...wait, disabled: true }, wait], false],
	])('where %s', async (_case, childNodes, isWarned) => {
		const context = {
			getNode: () => ({ name: 'Create', type: 'probe', parameters: {} }),
			getChildNodes: () => childNodes,
			getExecutionCancelSignal: () => undefined,
			getInputData: () => [],
			getExecutionId: () => undefined,
		} as unknown as IExecuteFunctions;
		const { isFollowedBy } = readerOf(context, beginRun(context), 0);
		const hints = await hintsFor('https://n8n.example/webhook-waiting/1', {
			callback: 'resumeExecution',
			isFollowedBy,
		});
		expect(hints.filter((hint) => hint.includes('no Wait for Payment follows'))).toHaveLength(
			isWarned ? 1 : 0,
		);
	});
});
