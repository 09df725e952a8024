/** What n8n's editor shows of the nodes' own accord: panels, tooltips, hints, and other nodes. */
import { Workflow, type INodeParameters, type INodeType } from 'n8n-workflow';
import { testProviders } from './providers';
import { newCredential, newNode, newTrigger, providerFolders } from './support/providers';

/** As n8n evaluates the expressions of a description: it knows the node's parameters only. */
function shown(node: INodeType, template: string | undefined, parameters: INodeParameters) {
	const { name, version } = node.description;
	const typeVersion = [version].flat()[0] ?? 1;
	const type = () => node;
	const workflow = new Workflow({
		nodes: [{ id: '1', name: 'Node', type: name, typeVersion, position: [0, 0], parameters }],
		connections: {},
		active: false,
		nodeTypes: { getByName: type, getByNameAndVersion: type, getKnownTypes: () => ({}) },
	});
	const one = workflow.getNode('Node');
	if (one === null) throw new Error('The workflow has no such node.');
	return workflow.expression.getSimpleParameterValue(one, template, 'internal', {});
}

const hintsOf = (node: INodeType, parameters: INodeParameters): string[] =>
	(node.description.hints ?? [])
		.filter(({ displayCondition }) => shown(node, displayCondition, parameters) === true)
		.map(({ message }) => message);

const providers = testProviders();
const withCallbackUrl = providers.filter(({ form }) => form.callback.length > 0);
const registering = providers.filter(({ form }) => form.callback.length === 0);

/** Everything that n8n shows around a trigger, in one text. */
const aroundTrigger = (folder: string): string => {
	const { triggerPanel, eventTriggerDescription, activationMessage } =
		newTrigger(folder).description;
	return JSON.stringify([triggerPanel, eventTriggerDescription, activationMessage]);
};

// n8n's own words tell people to "go to Payfect and make an event happen".
it.each(withCallbackUrl)('$folder: the trigger says which address goes where', ({ folder }) => {
	const words = aroundTrigger(folder);
	expect(words).toContain("copy the Test URL ('Webhook URLs' of this node) into 'Callback URL'");
	expect(words).toContain(`the Production URL into 'Callback URL' of the ${folder} credential`);
	expect(words).not.toContain('undefined');
});

it.each(registering)('$folder: the trigger says that there is nothing to copy', ({ folder }) => {
	const words = aroundTrigger(folder);
	expect(words).toContain(`registers the Production URL at ${folder}`);
	expect(words).not.toContain('Callback URL');
});

describe.each(providers)('$folder: a hint at the trigger', ({ folder }) => {
	it.each([
		[['payment.succeeded'], 0],
		[['payment.succeeded', 'unknown'], 0],
		[['refund.succeeded'], 1],
		[[], 1],
	])('for the events %j: %d', (events, count) => {
		const hints = hintsOf(newTrigger(folder), { events, options: {} });
		expect(hints.filter((hint) => /does not start when somebody pays/.test(hint))).toHaveLength(
			count,
		);
	});
});

it('WooshPay: no such hint where its own event of a payment is named', () => {
	const options = { additionalProviderEvents: 'payment_intent.succeeded' };
	expect(hintsOf(newTrigger('WooshPay'), { events: [], options })).toEqual([]);
});

describe.each(withCallbackUrl)('$folder: a hint at Create Checkout', ({ folder }) => {
	const hints = (callback: string, callbackUrl?: string) =>
		hintsOf(newNode(folder), {
			resource: 'checkout',
			operation: 'create',
			callback,
			...(callbackUrl === undefined ? {} : { callbackUrl }),
		});

	it('for a test URL', () => {
		expect(hints('url', 'https://n8n.example/webhook-test/1/callback')).toEqual([
			expect.stringContaining('is a test URL'),
		]);
	});

	it.each(['http://localhost:5678/webhook/1/callback', ' https://127.0.0.1/webhook/1/callback'])(
		'for %j, which only this machine reaches',
		(callbackUrl) => {
			expect(hints('url', callbackUrl)).toEqual([
				expect.stringContaining('an address of this machine'),
			]);
		},
	);

	it.each<[string, string | undefined]>([
		['url', 'https://n8n.example/webhook/1/callback'],
		['url', 'https://localhost.example/webhook/1/callback'],
		['url', ''],
		['none', undefined],
		['resumeExecution', 'http://localhost:5678/webhook-test/1/callback'],
	])('none with %s and %j', (callback, callbackUrl) => {
		expect(hints(callback, callbackUrl)).toEqual([]);
	});
});

it.each(providers.filter(({ wait }) => wait))(
	'$folder: Wait for Payment says that it waits; other operations say nothing',
	({ folder }) => {
		const node = newNode(folder);
		const tooltip = (operation: string) =>
			shown(node, node.description.waitingNodeTooltip, { resource: 'checkout', operation });
		expect(tooltip('waitForPayment')).toMatch(/^Waiting for the payment.*goes on by itself/);
		expect(tooltip('create')).toBe('');
	},
);

// At TokenPay and ChingChingPay whoever may send requests with the credential could forge callbacks.
it('HTTP Request offers the credentials whose signature cannot forge a callback', () => {
	expect(
		providerFolders().filter((folder) => newCredential(folder).httpRequestNode !== undefined),
	).toEqual(['EFundPay', 'Payfect', 'WooshPay']);
});
