/**
 * What an AI agent gets of each node: n8n makes a tool of it (n8n 2.41.1,
 * dist/tool-generation/ai-tools.js), and fills its fields by $fromAI.
 */
import { createNodeAsTool } from 'n8n-core/dist/execution-engine/node-execution-context/utils/create-node-as-tool';
import {
	NodeConnectionTypes,
	NodeHelpers,
	type IDataObject,
	type INode,
	type INodeParameters,
	type INodeProperties,
	type INodePropertyOptions,
	type INodeType,
} from 'n8n-workflow';
import { runNode, type NodeRun } from './support/contexts';
import { testProviders } from './providers';
import { newCredential, newNode } from './support/providers';
import { TestSandbox } from './support/testSandbox';

const providers = testProviders().map(({ folder, order, money, form }) => ({
	folder,
	order,
	money,
	form,
	credential: newCredential(folder),
	/** A new one each time: n8n changes the description. */
	tool: (): INodeType => {
		const node = newNode(folder);
		node.description = {
			...node.description,
			name: `${node.description.name}Tool`,
			displayName: `${node.description.displayName} Tool`,
			inputs: [],
			outputs: [NodeConnectionTypes.AiTool],
		};
		return node;
	},
}));
type Provider = (typeof providers)[number];

let sandbox: TestSandbox;
beforeAll(async () => (sandbox = await TestSandbox.start()));
afterAll(async () => await sandbox.close());

async function callTool(
	{ order, tool, credential }: Provider,
	parameters: IDataObject,
): Promise<NodeRun> {
	return await runNode({
		node: tool(),
		credentialTypes: [credential],
		credentials: { [credential.name]: sandbox.credential(credential.name) },
		parameters: { ...order, ...parameters },
		asTool: true,
	});
}

/** Options of a field that the form of the tool offers. */
function offered({ tool }: Provider, field: string, values: INodeParameters = {}): string[] {
	const { description } = tool();
	const isShown = (part: INodeProperties | INodePropertyOptions) =>
		NodeHelpers.displayParameter(values, part, { typeVersion: 1.1 }, description, values);
	return description.properties
		.filter((property) => property.name === field && isShown(property))
		.flatMap(({ options = [] }) =>
			(options as INodePropertyOptions[]).filter(isShown).map(({ value }) => String(value)),
		);
}

const resourcesOf = (provider: Provider) => offered(provider, 'resource');
const places = providers.flatMap((provider) =>
	resourcesOf(provider).flatMap((resource) =>
		offered(provider, 'operation', { resource }).map((operation) => ({
			provider,
			folder: provider.folder,
			resource,
			operation,
		})),
	),
);

function toolOf({ tool, folder }: Provider, parameters: INodeParameters) {
	const nodeType = tool();
	const node: INode = {
		id: '1',
		name: folder,
		type: nodeType.description.name,
		typeVersion: 1.1,
		position: [0, 0],
		parameters,
	};
	return createNodeAsTool({ node, nodeType, handleToolInvocation: async () => undefined }).response;
}

it.each(places)(
	'$folder: $resource: $operation tells the agent what it does',
	({ provider, resource, operation }) => {
		const { description } = toolOf(provider, { resource, operation });
		expect(description).toMatch(
			new RegExp(
				`^(Cancel|Capture|Create|Get|Close|Expire|Update|Download) (a|many) [a-z ]+ in ${provider.folder}$`,
			),
		);
	},
);

describe.each(providers)('$folder as a tool', (provider) => {
	it('asks the agent for exactly the fields that are left to it', () => {
		const { name, schema } = toolOf(provider, {
			resource: 'checkout',
			operation: 'create',
			amount:
				"={{ /*n8n-auto-generated-fromAI-override*/ $fromAI('Amount', `In major units, such as 12.50`, 'string') }}",
			reference: "={{ $fromAI('Reference', ``, 'string') }}",
			currency: 'HKD',
		});
		expect(name).toBe(provider.folder);
		expect(Object.keys((schema as { shape: object }).shape)).toEqual(['Amount', 'Reference']);
	});

	it('offers neither waiting, nor verifying, nor comparing, nor anything about callbacks', () => {
		expect(resourcesOf(provider)).toContain('checkout');
		expect(resourcesOf(provider)).not.toContain('callback');
		expect(
			places.filter(({ folder }) => folder === provider.folder).map(({ operation }) => operation),
		).not.toEqual(
			expect.arrayContaining([expect.stringMatching(/^(waitForPayment|verify|compare)$/)]),
		);
	});

	it.each([
		[
			'verify',
			{ resource: 'callback', operation: 'verify', headers: '{}' },
			/^Verify is not available to AI agents/,
		],
		[
			'compare',
			{ resource: 'callback', operation: 'compare', expectedAmount: '1', expectedCurrency: 'USD' },
			/^Compare With Order is not available to AI agents/,
		],
		...(provider.form.operations.checkout?.includes('waitForPayment')
			? [
					[
						'waitForPayment',
						{
							resource: 'checkout',
							operation: 'waitForPayment',
							checkoutId: '1',
							reference: 'order-1',
						},
						/^Wait for Payment is not available to AI agents/,
					] as const,
				]
			: []),
	] as const)(
		'refuses %s, whatever the saved workflow says',
		async (_operation, parameters, words) => {
			const run = await callTool(provider, parameters);
			expect(run.error?.message).toMatch(words);
			expect(run.error?.description ?? '').toMatch(/^Use it in a workflow/);
		},
	);

	it('makes a checkout', async () => {
		const callback = provider.form.callback.includes('url')
			? { callback: 'url', callbackUrl: 'https://n8n.example/webhook/1/callback' }
			: {};
		const run = await callTool(provider, {
			resource: 'checkout',
			operation: 'create',
			reference: 'order-by-agent',
			...callback,
		});
		expect(run.error).toBeUndefined();
		expect(run.outputs[0]).toMatchObject([
			{ json: { reference: 'order-by-agent', ...provider.money } },
		]);
	});
});

describe.each(providers.filter(({ form }) => form.cardNumber !== undefined))(
	'$folder as a tool: the fields of a card',
	(provider) => {
		it('are not offered', () => {
			const { description } = provider.tool();
			const values = { resource: 'transaction', operation: 'create', paymentMethod: 'card' };
			const shown = description.properties
				.filter((property) =>
					NodeHelpers.displayParameter(values, property, { typeVersion: 1.1 }, description, values),
				)
				.map(({ name }) => name);
			expect(shown).toContain('resource');
			expect(shown.filter((name) => /^card/.test(name))).toEqual([]);
			expect(offered(provider, 'paymentMethod', values)).not.toContain('card');
		});
	},
);
