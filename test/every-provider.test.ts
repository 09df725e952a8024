/**
 * What every provider must do, run over all that have a file in test/providers/, where what differs
 * from one to another stands.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { resolveOutputSchemaPath } from 'n8n-core';
import {
	NodeHelpers,
	type ICredentialType,
	type IDataObject,
	type INodeParameters,
	type INodeProperties,
	type INodePropertyOptions,
	type INodeType,
} from 'n8n-workflow';
import type { CheckoutOrder, PaymentContract, Payload } from '../nodes/shared/core/contract';
import { findProviders } from '../sandbox/providers';
import {
	startProviderServer,
	type ProviderServer,
	type Reply,
} from './nodes/shared/support/providerServer';
import { resetTime } from './nodes/shared/support/skippedTime';
import {
	callHook,
	callWebhook,
	DELETED,
	logText,
	runNode,
	type CallbackRequest,
	type NodeRun,
	type NodeRunOptions,
	type WebhookCall,
} from './support/contexts';
import { testProviders, type TestProvider } from './providers';
import { decryptedEndpoint } from './support/decryptedEndpoint';
import { newCredential, newNode, newTrigger, root } from './support/providers';
import type { Callback, PayerAction } from './support/sandboxClient';
import { TestSandbox } from './support/testSandbox';

jest.mock('n8n-workflow', () =>
	jest
		.requireActual<typeof import('./nodes/shared/support/skippedTime')>(
			'./nodes/shared/support/skippedTime',
		)
		.n8nWorkflowThatSkipsTime(),
);

const read = (...names: string[]) => readFileSync(path.join(root, ...names), 'utf8');

type AnyContract = PaymentContract<Record<string, unknown>, CheckoutOrder>;

interface Provider extends Pick<TestProvider, 'folder' | 'name' | 'order' | 'money' | 'form'> {
	node: INodeType;
	trigger: INodeType;
	credential: ICredentialType;
	facts: TestProvider;
	contract: AnyContract;
	contractText: string;
}

function codeOf(facts: TestProvider): Provider {
	const { folder, name, order, money, form } = facts;
	const contractFile =
		readdirSync(path.join(root, 'nodes', folder)).find((file) => file.endsWith('.contract.ts')) ??
		'the contract';
	const contract = Object.values(
		jest.requireActual<Record<string, unknown>>(path.join(root, 'nodes', folder, contractFile)),
	).find(
		(value): value is AnyContract =>
			typeof value === 'object' && value !== null && 'callback' in value && 'authHeaders' in value,
	);
	if (contract === undefined) throw new Error(`${folder} has no contract.`);
	return {
		folder,
		name,
		order,
		money,
		form,
		facts,
		node: newNode(folder),
		trigger: newTrigger(folder),
		credential: newCredential(folder),
		contract,
		contractText: read('nodes', folder, contractFile),
	};
}

const providers = testProviders().map(codeOf);
const folders = providers.map(({ folder }) => folder);

/** What payers and testers do in the sandbox, and whether the checkout has to be paid before it. */
function payerActions(name: string): Array<[PayerAction, 'open' | 'paid']> {
	const { actions = {} } = findProviders().find((provider) => provider.name === name) ?? {};
	return Object.entries(actions).map(([action, { from }]) => [
		action as PayerAction,
		from.includes('open') ? 'open' : 'paid',
	]);
}

/** `payfect`, `eFundPay`: as in type names of saved workflows. */
const internalName = (folder: string) => folder.charAt(0).toLowerCase() + folder.slice(1);
const optionValues = (property: INodeProperties | undefined) =>
	((property?.options ?? []) as INodePropertyOptions[]).map(({ value }) => String(value));
const optionNames = (property: INodeProperties | undefined) =>
	((property?.options ?? []) as INodeProperties[]).map(({ name }) => name);

/** The parameters that the form shows for these values. */
function shown({ node: { description } }: Provider, values: INodeParameters): INodeProperties[] {
	const withDefaults =
		NodeHelpers.getNodeParameters(
			description.properties,
			values,
			true,
			false,
			{ typeVersion: 1.1 },
			description,
		) ?? values;
	return description.properties.filter((property) =>
		NodeHelpers.displayParameter(
			withDefaults,
			property,
			{ typeVersion: 1.1 },
			description,
			withDefaults,
		),
	);
}

function operationsOf({ node }: Provider): Array<{ resource: string; operation: string }> {
	const { properties } = node.description;
	return optionValues(properties.find(({ name }) => name === 'resource')).flatMap((resource) =>
		properties
			.filter(
				({ name, displayOptions }) =>
					name === 'operation' && displayOptions?.show?.resource?.includes(resource),
			)
			.flatMap((property) => optionValues(property).map((operation) => ({ resource, operation }))),
	);
}

interface Schema {
	properties: Record<string, { type: string; properties?: Schema['properties'] }>;
}

function schemaOf(folder: string, place: { resource: string; operation: string }): Schema {
	const file = `${place.resource}/${place.operation}.json`;
	return JSON.parse(read('nodes', folder, '__schema__', 'v1.1.0', file)) as Schema;
}

/** Those that put out a checkout, apart from the waiting one, which adds to its item. */
const checkoutOperations = (provider: Provider) =>
	operationsOf(provider).filter(
		(place) =>
			place.operation !== 'waitForPayment' &&
			'checkoutUrl' in schemaOf(provider.folder, place).properties,
	);

it('is run over every provider that the package lists', () => {
	const { n8n } = JSON.parse(read('package.json')) as { n8n: { nodes: string[] } };
	expect(
		n8n.nodes
			.filter((file) => !file.includes('Trigger'))
			.map((file) => path.basename(file, '.node.js'))
			.sort(),
	).toEqual([...folders].sort());
});

describe('no provider is a special case', () => {
	/** Without comments, which may give a provider as the example of a rule. */
	const code = (file: string) =>
		readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$|\s\/\/ .*$/gm, '');
	const filesIn = (folder: string) =>
		readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
			.filter((file) => file.endsWith('.ts'))
			.map((file) => path.join(root, folder, file));
	const shared = [...filesIn('nodes/shared'), ...filesIn('sandbox/core')];

	it.each(folders)('%s is named in no shared code', (folder) => {
		const name = new RegExp(folder, 'i');
		expect(
			shared.filter((file) => name.test(code(file))).map((file) => path.relative(root, file)),
		).toEqual([]);
	});

	it.each(folders)('%s is named in the folder of no other provider', (folder) => {
		const name = new RegExp(folder, 'i');
		const others = folders
			.filter((other) => other !== folder)
			.flatMap((other) => [
				...filesIn(`nodes/${other}`),
				path.join(root, 'credentials', `${other}Api.credentials.ts`),
				path.join(root, 'sandbox/providers', `${other.toLowerCase()}.ts`),
			]);
		expect(
			others.filter((file) => name.test(code(file))).map((file) => path.relative(root, file)),
		).toEqual([]);
	});
});

const EVENTS = [
	'dispute.updated',
	'payment.canceled',
	'payment.expired',
	'payment.failed',
	'payment.pending',
	'payment.succeeded',
	'refund.failed',
	'refund.pending',
	'refund.succeeded',
	'unknown',
];
/** Fields of product.md section 3, in the order in which n8n has to show them. */
const CHECKOUT_FIELDS = [
	'reference',
	'checkoutUrl',
	'status',
	'amount',
	'currency',
	'expiresAt',
	'checkoutId',
	'paymentId',
	'qrCode',
	'provider',
	'providerStatus',
	'statusReason',
	'livemode',
	'nextAction',
];
const EVENT_FIELDS = [
	'event',
	'reference',
	'amount',
	'currency',
	'status',
	'statusReason',
	'eventId',
	'occurredAt',
	'checkoutId',
	'paymentId',
	'provider',
	'providerStatus',
	'livemode',
	'verifiedBy',
	'raw',
];
/** A create may show more than a lookup: the key of the row, for support to quote. */
const MORE_FIELDS_OF_A_CHECKOUT = ['idempotencyKey', 'lineItems'];
const withoutMore = (fields: string[]) =>
	fields.filter((field) => !MORE_FIELDS_OF_A_CHECKOUT.includes(field));

describe.each(providers)('$folder: what saved workflows and people see', (provider) => {
	const { folder, node, trigger, credential } = provider;
	const properties = (values: INodeParameters) => shown(provider, values);
	const named = (name: string, values: INodeParameters) =>
		properties(values).find((property) => property.name === name);
	const create = { resource: 'checkout', operation: 'create' };

	it('has its names', () => {
		expect([node.description.name, node.description.displayName]).toEqual([
			internalName(folder),
			folder,
		]);
		expect([trigger.description.name, trigger.description.displayName]).toEqual([
			`${internalName(folder)}Trigger`,
			`${folder} Trigger`,
		]);
		expect([credential.name, credential.displayName]).toEqual([
			`${internalName(folder)}Api`,
			`${folder} API`,
		]);
		expect([node, trigger].map(({ description }) => description.credentials)).toMatchObject([
			[{ name: credential.name, required: true }],
			[{ name: credential.name, required: true }],
		]);
	});

	it('offers the operations of product.md and no other', () => {
		const expected = Object.entries(provider.form.operations).flatMap(([resource, operations]) =>
			operations.map((operation) => ({ resource, operation })),
		);
		const sorted = (list: typeof expected) =>
			list.map(({ resource, operation }) => `${resource}: ${operation}`).sort();
		expect(sorted(operationsOf(provider))).toEqual(sorted(expected));
	});

	it('shows no two parameters of one name at once', () => {
		const twice = operationsOf(provider).flatMap((values) => {
			const names = properties(values).map(({ name }) => name);
			return names
				.filter((name, index) => names.indexOf(name) !== index)
				.map((name) => `${values.resource}: ${values.operation}: ${name}`);
		});
		expect(twice).toEqual([]);
	});

	it('asks for an order in the common words', () => {
		const names = properties({ ...create, amountFrom: 'amount' }).map(({ name }) => name);
		expect(names).toEqual(
			expect.arrayContaining([
				'amountFrom',
				'amount',
				'currency',
				'reference',
				'description',
				'successUrl',
				'simple',
				'options',
			]),
		);
		expect(optionValues(named('amountFrom', create)).sort()).toEqual([
			'amount',
			'lineItems',
			'lineItemsJson',
		]);
		expect(named('lineItems', { ...create, amountFrom: 'lineItems' })?.type).toBe(
			'fixedCollection',
		);
		expect(named('lineItemsJson', { ...create, amountFrom: 'lineItemsJson' })?.type).toBe('json');
		expect(optionNames(named('options', create))).toContain('extraFields');
		expect(named('simple', create)?.default).toBe(true);
	});

	it('lets rows be sent in parallel wherever something is made or looked up', () => {
		const without = operationsOf(provider).filter(
			(values) =>
				/^(create|get)/.test(values.operation) &&
				!optionNames(named('options', values)).includes('requestsInParallel'),
		);
		expect(without).toEqual([]);
	});

	it('has amounts in both units where the provider takes integers', () => {
		expect(optionValues(named('amountUnit', create)).sort()).toEqual(provider.form.amountUnits);
	});

	it('is told where callbacks go', () => {
		expect(optionValues(named('callback', create)).sort()).toEqual(provider.form.callback);
		expect(named('callbackUrl', { ...create, callback: 'url' })?.type).toBe(
			provider.form.callback.includes('url') ? 'string' : undefined,
		);
	});

	it('reissues an order by Attempt, and repeats one, only where the provider has idempotency keys', () => {
		expect(optionNames(named('options', create)).sort()).toEqual(provider.form.createOptions);
	});

	it('waits in the common words, where callbacks go to an address per checkout', () => {
		const waits = operationsOf(provider).filter(({ operation }) => operation === 'waitForPayment');
		const names = waits.flatMap((values) =>
			properties({ ...values, limitType: 'duration' }).map(({ name }) => name),
		);
		const common = [
			'checkoutId',
			'reference',
			'amount',
			'currency',
			'limitType',
			'limitAmount',
			'limitUnit',
		];
		expect(names.filter((name) => common.includes(name))).toEqual(waits.length === 0 ? [] : common);
		expect(waits).toHaveLength(provider.form.callback.includes('resumeExecution') ? 1 : 0);
	});

	it('hides from AI agents what must not be theirs', () => {
		const all = node.description.properties.flatMap((property) => [
			property,
			...((property.options ?? []) as INodePropertyOptions[]),
		]);
		const hidden = (value: string) =>
			all
				.filter((each) => 'value' in each && each.value === value)
				.map(({ displayOptions }) => displayOptions?.hide?.['@tool']);
		expect(
			[...hidden('waitForPayment'), ...hidden('callback')].filter((hide) => hide?.[0] !== true),
		).toEqual([]);
	});

	// n8n's node panel offers each of them as a trigger of its own.
	it('has a trigger with the events that this provider sends, and with its options', () => {
		const byName = (name: string) =>
			trigger.description.properties.find((property) => property.name === name);
		expect(optionValues(byName('events'))).toEqual(provider.form.events);
		expect(byName('events')?.default).toContain('payment.succeeded');
		expect(optionNames(byName('options')).sort()).toEqual(provider.form.triggerOptions);
	});

	it('answers callbacks at full speed: a version above 1, and nothing for the expression engine', () => {
		const [webhook, ...more] = trigger.description.webhooks ?? [];
		expect(more).toEqual([]);
		expect([trigger.description.version].flat().filter((version) => version <= 1)).toEqual([]);
		expect(webhook).toMatchObject({
			name: 'default',
			httpMethod: 'POST',
			path: 'callback',
			responseData: '',
		});
		const resolvers =
			(webhook as unknown as Record<symbol, Record<string, unknown> | undefined>)[
				Symbol.for('n8n.webhookDescriptionResolvers')
			] ?? {};
		const evaluated = Object.entries(webhook ?? {}).filter(
			([name, value]) =>
				typeof value === 'string' && value.startsWith('=') && !Object.hasOwn(resolvers, name),
		);
		expect(evaluated).toEqual([]);
	});

	it('has icons of its own for both backgrounds, and they differ', () => {
		const texts = [node, trigger]
			.flatMap(({ description }) =>
				[description.icon].map((icon) => (typeof icon === 'object' ? [icon.light, icon.dark] : [])),
			)
			.map((pair) => pair.map((file) => read('icons', path.basename(file))));
		expect(texts).toHaveLength(2);
		expect(texts[0]).toHaveLength(2);
		expect(texts[0]).toEqual(texts[1]);
		expect(texts[0]?.[0]).not.toBe(texts[0]?.[1]);
		expect(texts[0]?.join('')).not.toMatch(/<script|href=|<image/i);
	});

	/** Whoever leaves it as it is must not take real money while trying out. */
	it('begins with Test where the credential has a choice of environments', () => {
		const environment = credential.properties.find(({ name }) => name === 'environment');
		if (environment === undefined) return;
		expect([optionValues(environment)[0], environment.default]).toEqual(['test', 'test']);
	});

	/** Below what may stay empty, a required field is seen only once the node has refused to run. */
	it('asks in Create Checkout for what it requires before all that may stay as it is', () => {
		const fields = node.description.properties.filter(({ displayOptions: { show = {} } = {} }) => {
			const { resource = [], operation = [], ...conditions } = show;
			return (
				resource.includes('checkout') &&
				operation.includes('create') &&
				Object.keys(conditions).length === 0
			);
		});
		const isRequired = fields.map(({ required = false }) => required);
		const optional = fields.findIndex(({ name }) => ['callback', 'description'].includes(name));
		expect(isRequired).toContain(true);
		expect(isRequired.slice(optional)).not.toContain(true);
	});

	/** Behind the fields that the switch opens, nobody would look for what everybody may need. */
	it('shows what everybody may need before the switch of the rarer settings, which comes last', () => {
		const names = credential.properties.map(({ name }) => name);
		const start = names.indexOf('otherSettings');
		expect(names).toEqual(
			expect.arrayContaining(['otherSettings', 'largestAmount', 'allowedCurrencies']),
		);
		const behind = credential.properties.slice(start + 1);
		const opened = credential.properties.filter(
			({ displayOptions }) => displayOptions?.show?.otherSettings,
		);
		expect(behind.map(({ name }) => name)).toEqual(opened.map(({ name }) => name));
	});

	it('masks every secret of the credential, and can be tested and pointed elsewhere', () => {
		const secret = /key|secret|token|password/i;
		const open = credential.properties.filter(
			({ name, type, typeOptions }) =>
				type === 'string' &&
				secret.test(name) &&
				!/public/i.test(name) &&
				typeOptions?.password !== true,
		);
		expect(open.map(({ name }) => name)).toEqual([]);
		const testedBy = node.description.credentials?.[0]?.testedBy;
		expect(
			typeof testedBy === 'string' ? node.methods?.credentialTest?.[testedBy] : undefined,
		).toBeDefined();
		expect(typeof credential.authenticate).toBe('function');
		expect(credential.properties.map(({ name }) => name)).toContain('baseUrl');
	});

	it('tells in its page what is known, inferred and unknown', () => {
		const page = read('nodes', folder, 'README.md');
		for (const word of ['Known', 'Inferred', 'Unknown'])
			expect(page).toMatch(new RegExp(`^#+ .*${word}|\\*\\*${word}`, 'im'));
	});

	it('marks what is concluded and not documented', () => {
		expect(provider.contractText).toMatch(/Inferred:/);
		expect(provider.contractText).toMatch(/https?:\/\/|docs\.|apidoc\./);
	});

	describe('output schemas', () => {
		const nodeDir = path.join(root, 'nodes', folder);
		const schema = (place: { resource?: string; operation?: string }) => {
			const file = resolveOutputSchemaPath({ nodeDir, version: 1.1, ...place });
			return file && existsSync(file)
				? Object.keys((JSON.parse(readFileSync(file, 'utf8')) as Schema).properties)
				: undefined;
		};

		it.each(operationsOf(provider))('$resource: $operation has one', (place) => {
			expect(schema(place)).toBeDefined();
		});

		it.each(checkoutOperations(provider))(
			'$resource: $operation has the fields of a checkout, in their order',
			(place) => {
				expect(withoutMore(schema(place) ?? [])).toEqual(CHECKOUT_FIELDS);
			},
		);

		it('the trigger and Verify have the fields of an event', () => {
			// n8n looks for a trigger's schema beside the node, without resource and operation.
			const places = [{}, { resource: 'callback', operation: 'verify' }];
			expect(places.map(schema)).toEqual([EVENT_FIELDS, EVENT_FIELDS]);
		});

		it('Compare With Order adds how much of the order is paid', () => {
			expect(schema({ resource: 'callback', operation: 'compare' })).toEqual([
				...EVENT_FIELDS,
				'paidInFull',
			]);
		});

		// Where callbacks come to one endpoint for all, n8n cannot be resumed.
		for (const place of operationsOf(provider).filter(
			({ operation }) => operation === 'waitForPayment',
		)) {
			it('Wait for Payment has those of the checkout, and under `payment` those of the event', () => {
				expect(withoutMore(schema(place) ?? [])).toEqual([
					...CHECKOUT_FIELDS,
					'payment',
					'outcome',
					'paidInFull',
				]);
				const { payment } = schemaOf(folder, place).properties;
				expect(Object.keys(payment?.properties ?? {})).toEqual(EVENT_FIELDS);
			});
		}
	});
});

let sandbox: TestSandbox;
beforeAll(async () => (sandbox = await TestSandbox.start()));
beforeEach(resetTime);
afterAll(async () => {
	jest.restoreAllMocks();
	await sandbox.close();
});

/** What the sandbox accepts, with the form's defaults for the rest. */
function credentialOf({ credential }: Provider): Record<string, string> {
	const defaults = Object.fromEntries(
		credential.properties
			.filter(({ type }) => type !== 'notice')
			.map(({ name, default: preset }) => [name, preset]),
	);
	return {
		...defaults,
		...sandbox.credential(credential.name),
	} as Record<string, string>;
}
const maskedFields = ({ credential }: Provider) =>
	credential.properties
		.filter(({ typeOptions }) => typeOptions?.password === true)
		.map(({ name }) => name);

async function run(
	provider: Provider,
	parameters: IDataObject,
	{
		fields = credentialOf(provider),
		...more
	}: Partial<NodeRunOptions> & { fields?: Record<string, string> } = {},
): Promise<NodeRun> {
	return await runNode({
		node: provider.node,
		credentialTypes: [provider.credential],
		credentials: { [provider.credential.name]: fields },
		parameters,
		...more,
	});
}

describe.each(providers)('$folder: from order to callback', (provider) => {
	const { name, folder } = provider;
	let orders = 0;
	let registered: IDataObject;
	const trigger = {
		node: provider.trigger,
		nodeId: `trigger-of-${folder}`,
		webhookId: `11111111-2222-4333-8444-00000000000${folders.indexOf(folder)}`,
		credentialTypes: [provider.credential],
	};

	beforeAll(async () => {
		const published = await callHook({
			...trigger,
			credentials: { [provider.credential.name]: credentialOf(provider) },
			method: 'create',
		});
		if (published.error) throw published.error;
		registered = published.staticData;
	});

	it('a trigger that no event would start is not published, and the error says what to choose', async () => {
		const { error } = await callHook({
			...trigger,
			credentials: { [provider.credential.name]: credentialOf(provider) },
			parameters: { events: [] },
			method: 'create',
		});
		expect(error?.message).toMatch(/'Events' .*is empty.* Choose the events/);
	});

	// A workflow that was built for another provider, or an expression.
	it('a trigger for an event that never comes is not published, and the error names it', async () => {
		const { error } = await callHook({
			...trigger,
			credentials: { [provider.credential.name]: credentialOf(provider) },
			parameters: { events: ['payment.reversed'] },
			method: 'create',
		});
		expect(error?.message).toMatch(
			/payment\.reversed.*would never start the workflow|'Events' names nothing/,
		);
	});

	async function order(more: IDataObject = {}): Promise<IDataObject> {
		const callback = optionValues(
			shown(provider, { resource: 'checkout', operation: 'create' }).find(
				(property) => property.name === 'callback',
			),
		).includes('url')
			? { callback: 'url', callbackUrl: 'https://n8n.example/webhook/1/callback' }
			: {};
		const made = await run(provider, {
			resource: 'checkout',
			operation: 'create',
			reference: `order-${folder}-${++orders}`,
			...callback,
			...provider.order,
			...more,
		});
		if (made.error) throw made.error;
		return made.outputs[0]?.[0]?.json ?? {};
	}

	/** A genuine callback about a paid order, as the sandbox signs it. */
	async function paidCallback(): Promise<{
		checkout: IDataObject;
		request: Required<Pick<CallbackRequest, 'rawBody'>> & { headers: Record<string, string> };
	}> {
		const checkout = await order();
		const { checkoutId } = await sandbox.checkoutOf(name, String(checkout.reference));
		const [delivery] = await sandbox.act(name, checkoutId, 'pay');
		if (delivery === undefined) throw new Error('The sandbox sent no callback.');
		return { checkout, request: requestOf(delivery) };
	}

	function requestOf(delivery: Callback) {
		const headers = Object.fromEntries(
			Object.entries(delivery.requestHeaders).map(([header, value]) => [
				header.toLowerCase(),
				value,
			]),
		);
		return { headers, rawBody: delivery.requestBody };
	}

	async function receive(
		request: CallbackRequest,
		fields: Record<string, string> | typeof DELETED = credentialOf(provider),
		events = EVENTS,
	): Promise<WebhookCall> {
		return await callWebhook({
			...trigger,
			staticData: registered,
			credentials: { [provider.credential.name]: fields },
			parameters: { events },
			request,
		});
	}

	/**
	 * The fields whose value is not of the type that the schema gives; of a field that is always
	 * empty the schema says null.
	 */
	function wronglyTyped(schemaFile: string, json: IDataObject): string[] {
		const { properties } = JSON.parse(read('nodes', folder, '__schema__', schemaFile)) as {
			properties: Record<string, { type: string }>;
		};
		return Object.entries(json)
			.filter(([field, value]) => value !== null && properties[field]?.type !== typeof value)
			.map(([field]) => field);
	}

	it('an execution that makes one checkout bears its reference, one that makes several bears none', async () => {
		const parameters = {
			resource: 'checkout',
			operation: 'create',
			...provider.order,
			reference: '={{ $json.reference }}',
			...(provider.form.callback.length === 0
				? {}
				: { callback: 'url', callbackUrl: 'https://n8n.example/webhook/1/callback' }),
		};
		const item = (number: number) => ({ json: { reference: `labelled-${folder}-${number}` } });
		const one = await run(provider, parameters, { items: [item(1)] });
		const two = await run(provider, parameters, { items: [item(2), item(3)] });
		expect([one.error, one.customData]).toEqual([undefined, item(1).json]);
		expect([two.error, two.customData]).toEqual([undefined, {}]);
	});

	it('a checkout has exactly the common fields, in their order', async () => {
		const checkout = await order();
		expect(withoutMore(Object.keys(checkout))).toEqual(CHECKOUT_FIELDS);
		expect(checkout).toMatchObject({
			provider: name,
			reference: `order-${folder}-${orders}`,
			...provider.money,
		});
		expect(['open', 'pending', 'unknown']).toContain(checkout.status);
		expect(checkout.checkoutUrl ?? checkout.qrCode).toEqual(expect.any(String));
		expect(wronglyTyped('v1.1.0/checkout/create.json', checkout)).toEqual([]);
	});

	it.each(checkoutOperations(provider).filter(({ operation }) => operation !== 'create'))(
		'so has that of $resource: $operation',
		async ({ resource, operation }) => {
			const further = provider.facts.checkouts[`${resource}.${operation}`];
			if (further === undefined)
				throw new Error(
					`'checkouts' in test/providers/${name}.ts does not say how ${resource}.${operation} is run.`,
				);
			const made = await order(further.order);
			if (further.action !== undefined)
				await sandbox.act(name, String(made.checkoutId), further.action);
			const { error, outputs } = await run(provider, {
				resource,
				operation,
				...further.parameters(made),
			});
			if (error) throw error;
			const checkout = outputs[0]?.[0]?.json ?? {};
			expect(withoutMore(Object.keys(checkout))).toEqual(CHECKOUT_FIELDS);
			expect(wronglyTyped(`v1.1.0/${resource}/${operation}.json`, checkout)).toEqual([]);
		},
	);

	it.each(payerActions(name))(
		'so has each event, after "%s" of a checkout that is %s',
		async (action, from) => {
			const { reference } = await order();
			const { checkoutId } = await sandbox.checkoutOf(name, String(reference));
			if (from === 'paid') await sandbox.act(name, checkoutId, 'pay');
			for (const delivery of await sandbox.act(name, checkoutId, action)) {
				const event = (await receive(requestOf(delivery))).items?.[0]?.[0]?.json ?? {};
				expect(Object.keys(event)).toEqual(EVENT_FIELDS);
				expect(wronglyTyped('v1.1.0.json', event)).toEqual([]);
			}
		},
	);

	/** What a wait compares the payment with: not what the form said, if something else is asked. */
	it('amount and currency in the output are those that were sent, also where Extra Request Fields changed them', async () => {
		const { fields, money } = provider.facts.otherMoney;
		expect(money).not.toEqual(provider.money);
		expect(await order({ options: { extraFields: JSON.stringify(fields) } })).toMatchObject(money);
	});

	it('a payment starts the workflow once, with exactly the common fields, in their order', async () => {
		const { checkout, request } = await paidCallback();
		const call = await receive(request);
		const event = call.items?.[0]?.[0]?.json ?? {};
		expect(Object.keys(event)).toEqual(EVENT_FIELDS);
		expect(event).toMatchObject({
			provider: name,
			event: 'payment.succeeded',
			status: 'paid',
			reference: checkout.reference,
			...provider.money,
		});
		expect(event.eventId).toEqual(expect.stringMatching(/^\S+$/));
		expect(wronglyTyped('v1.1.0.json', event)).toEqual([]);
		expect((await receive(request)).items).toBeUndefined();
	});

	it('is acknowledged with 200, which is all that n8n can send, to the byte', async () => {
		const { request } = await paidCallback();
		const accepted = provider.contract.callback.acknowledgement(credentialOf(provider));
		expect(accepted.status).toBe(200);
		expect((await receive(request)).response).toMatchObject({
			status: 200,
			body: accepted.body,
			headers: { 'content-type': accepted.contentType },
		});
	});

	it.each<[string, (value: string) => string | undefined]>([
		['a missing', () => undefined],
		['an empty', () => ''],
		['a blank', () => ' '],
		[
			'a wrong',
			(value) => value.replaceAll(/[0-9A-Za-z]/g, (letter) => (letter === 'A' ? 'B' : 'A')),
		],
		['a truncated', (value) => value.slice(0, -4)],
		['a lengthened', (value) => `${value}AAAA`],
		['half a', (value) => value.slice(0, value.length / 2)],
		['a well-known', () => 'undefined'],
		['a very long', () => 'A'.repeat(6000)],
	])(
		'%s signature is refused with a real 401 that says nothing, and starts nothing',
		async (_what, change) => {
			const { request } = await paidCallback();
			const { [provider.facts.callback.signatureHeader]: signature, ...headers } = request.headers;
			expect(signature).toEqual(expect.any(String));
			const changed = change(signature ?? '');
			const call = await receive({
				...request,
				headers: {
					...headers,
					...(changed === undefined ? {} : { [provider.facts.callback.signatureHeader]: changed }),
				},
			});
			expect(call.response).toMatchObject({ status: 401, body: 'Unauthorized' });
			expect(call.items).toBeUndefined();
			expect(call.logs).toHaveLength(1);
			expect(call.logs[0]).toMatchObject({
				level: 'warn',
				message: expect.stringContaining(`${folder} Trigger refused a callback`) as string,
			});
		},
	);

	it.each<[string, (body: string, money: string) => string]>([
		[
			'of another amount',
			(body) =>
				body.replace(/\d(?=\D*$|[^\d]*"[^"]*$)/, (digit) => String((Number(digit) + 1) % 10)),
		],
		['with a member more', (body) => body.replace(/\}\s*$/, ',"extra":"1"}')],
		['cut off', (body) => `${body.slice(0, body.length / 2)}"}`],
		['empty', () => ''],
		['of nothing', () => '{}'],
		['of null', () => 'null'],
		['of a list', (body) => `[${body}]`],
	])('a body %s under a genuine signature starts nothing else', async (_what, change) => {
		const { checkout, request } = await paidCallback();
		const rawBody = change(String(request.rawBody), provider.money.amount);
		expect(rawBody).not.toBe(request.rawBody);
		const bySignature: Record<string, string> = provider.contract.callback.proofs.includes(
			'signature',
		)
			? { callbackProof: 'signature' }
			: {};
		const call = await callWebhook({
			...trigger,
			credentials: { [provider.credential.name]: { ...credentialOf(provider), ...bySignature } },
			parameters: { events: EVENTS },
			request: {
				headers: { ...request.headers, 'content-type': 'application/octet-stream' },
				rawBody,
			},
		});
		const { event, reference, amount, currency } = call.items?.[0]?.[0]?.json ?? {};
		const isRead = !provider.facts.callback.bodyIsCopy || rawBody === '';
		const { money, facts } = provider;
		expect([call.response.body, event, reference, amount, currency]).toEqual(
			isRead
				? ['Unauthorized', undefined, undefined, undefined, undefined]
				: [
						facts.acknowledgement.body,
						'payment.succeeded',
						checkout.reference,
						money.amount,
						money.currency,
					],
		);
		expect([call.response.status, call.items === undefined]).toEqual(
			isRead ? [401, true] : [facts.acknowledgement.status, false],
		);
	});

	it.each<
		[string, number, (fields: Record<string, string>) => Record<string, string> | typeof DELETED]
	>([
		[
			'holds no secret',
			500,
			(fields) =>
				Object.fromEntries(
					Object.entries(fields).map(([field, value]) => [
						field,
						maskedFields(provider).includes(field) || /publicKey/i.test(field) ? '' : value,
					]),
				),
		],
		['was deleted', 401, () => DELETED],
	])('a genuine callback when the credential %s gets %d', async (_what, status, change) => {
		const { request } = await paidCallback();
		const call = await callWebhook({
			...trigger,
			credentials: { [provider.credential.name]: change(credentialOf(provider)) },
			parameters: { events: EVENTS },
			request,
		});
		expect(call.response.status).toBe(status);
		expect(call.items).toBeUndefined();
	});

	it.each(['NEVER_HEARD_OF', '', 'constructor', '__proto__', 'toString'])(
		'the status %j, which the provider does not have, is unknown and never paid',
		async (word) => {
			const { request } = await paidCallback();
			const verdict = provider.contract.callback.verify(
				{ headers: request.headers, rawBody: Buffer.from(String(request.rawBody)) },
				credentialOf(provider),
				[decryptedEndpoint(registered, trigger, String(credentialOf(provider).secretKey))],
			);
			if (verdict.genuine === false) throw new Error(verdict.message);
			const event = (payload: Payload) =>
				provider.contract.callback.parseEvent(payload, credentialOf(provider), {
					headers: request.headers,
				});
			expect(event(verdict.payload)).toMatchObject({ event: 'payment.succeeded', status: 'paid' });
			expect(event(provider.facts.callback.withStatus(verdict.payload, word))).toMatchObject({
				event: 'unknown',
				status: 'unknown',
			});
		},
	);

	it('no secret of the credential is in any log line or execution', async () => {
		const { request } = await paidCallback();
		const fields = credentialOf(provider);
		const secrets = maskedFields(provider)
			.map((field) => fields[field] ?? '')
			.filter((value) => value !== '');
		const forged = {
			...request,
			headers: { ...request.headers, [provider.facts.callback.signatureHeader]: 'AAAA' },
		};
		const calls = [
			await receive(forged),
			await receive({ ...request, rawBody: '{' }),
			await receive(request),
		];
		const text = calls
			.map(
				(call) => `${logText(call)}${JSON.stringify([call.items, call.response, call.staticData])}`,
			)
			.join('\n');
		expect(secrets.length).toBeGreaterThan(0);
		expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
	});
});

/** Values that get past the form; what the provider is called with does not matter here. */
function valueFor(
	provider: Provider,
	{ name, type, default: preset, options, required }: INodeProperties,
): unknown {
	const ofProvider = { ...provider.form.values, ...provider.order }[name];
	if (ofProvider !== undefined) return ofProvider;
	if (!required && !/reference|^checkoutId|^paymentId|^callbackUrl/i.test(name)) return preset;
	if (name === 'binaryPropertyName') return 'data';
	if (/url$/i.test(name)) return 'https://shop.example/page';
	if (type === 'options')
		return (options?.[0] as INodePropertyOptions | undefined)?.value ?? 'TRON';
	if (type === 'number') return (preset as number) || 3600;
	if (type === 'json') return '{}';
	return /^amount$/.test(name)
		? '20.50'
		: /^currency$/.test(name)
			? provider.money.currency
			: `sample-${name}`;
}

/** Parameters with which this operation sends a request. */
function parametersOf(
	provider: Provider,
	{ resource, operation }: { resource: string; operation: string },
	simple = true,
): IDataObject {
	const values: IDataObject = { resource, operation };
	// Twice: a field may appear only because of the value of another.
	for (let round = 0; round < 2; round++)
		for (const property of shown(provider, values as INodeParameters))
			values[property.name] ??= valueFor(provider, property) as IDataObject;
	return { ...values, simple };
}

/**
 * The credential with the server of a test in place of the sandbox. The sandbox's secrets are as
 * long as real ones, and found nowhere else.
 */
function credentialAt(provider: Provider, url: string): Record<string, string> {
	return Object.fromEntries(
		Object.entries(credentialOf(provider)).map(([field, value]) => [
			field,
			/url$/i.test(field) ? value.replace(sandbox.url, url) : value,
		]),
	);
}

describe.each(providers.filter(({ form }) => form.callback.length > 0))(
	'$folder: an address for callbacks in the credential',
	(provider) => {
		const inCredential = 'https://n8n.example/webhook/of-the-credential/callback';
		const inNode = 'https://n8n.example/webhook/of-the-node/callback';
		const create = async (reference: string, callback: IDataObject, callbackUrl: string) =>
			await run(
				provider,
				{ resource: 'checkout', operation: 'create', ...provider.order, ...callback, reference },
				{ fields: { ...credentialOf(provider), callbackUrl } },
			);

		it.each([
			['Default Address', { callback: 'none' }, inCredential],
			['an empty Callback URL', { callback: 'url', callbackUrl: '' }, inCredential],
			['a Callback URL of its own', { callback: 'url', callbackUrl: inNode }, inNode],
		])('a checkout with %s is reported to the right one', async (what, callback, expected) => {
			const reference = what.replaceAll(' ', '-');
			const { error } = await create(reference, callback, inCredential);
			if (error) throw error;
			const { checkoutId } = await sandbox.checkoutOf(provider.name, reference);
			const deliveries = await sandbox.act(provider.name, checkoutId, 'pay');
			expect(deliveries.map(({ url }) => url.replace(/\?.*/, ''))).toEqual([expected]);
		});

		it('is refused where it is none, before anything is sent', async () => {
			const { error } = await create('no-address', { callback: 'none' }, 'n8n.example/webhook');
			expect(error?.message).toContain("'Callback URL' in the credential is not an absolute URL");
			await expect(sandbox.checkoutOf(provider.name, 'no-address')).rejects.toThrow();
		});

		it('is missing, and so is that of the node: the error names both places', async () => {
			const { error } = await create('nowhere', { callback: 'url', callbackUrl: '' }, '');
			expect(`${error?.message}. ${error?.description}`).toMatch(
				/^'Callback URL' is empty .*Paste the Production URL .*in the credential/,
			);
		});
	},
);

describe.each(providers)('$folder: an answer in which nothing can be read', (provider) => {
	let server: ProviderServer;
	beforeAll(async () => (server = await startProviderServer()));
	beforeEach(() => server.reset());
	afterAll(() => server.close());
	const making = operationsOf(provider).filter(({ operation }) =>
		['create', 'createLink'].includes(operation),
	);
	/** The request that makes something is answered with this; a question before it can be read. */
	const answer = (values: { resource: string; operation: string }, body: string) => {
		const first = provider.facts.answeredFirst?.[`${values.resource}.${values.operation}`];
		server.respond(({ method }) => ({
			body: method === 'GET' && first !== undefined ? JSON.stringify(first) : body,
		}));
	};

	it.each(making)(
		'to $resource: $operation loses no words of a refusal inside a 200',
		async (values) => {
			answer(values, '{"message":"channel closed for today"}');
			const { error } = await run(provider, parametersOf(provider, values, true), {
				fields: credentialAt(provider, server.url),
			});
			expect(`${error?.message} ${error?.description}`).toMatch(
				/: .*channel closed for today.*may have been made/s,
			);
		},
	);

	it.each(
		making.flatMap((values) =>
			['{}', '', 'null', '[]', '{"message":"channel closed for today"}'].map((body) => ({
				...values,
				body,
			})),
		),
	)(
		'to $resource: $operation that is $body is no row that looks made, with Simplify off either',
		async ({ body, ...values }) => {
			answer(values, body);
			const result = await run(provider, parametersOf(provider, values, false), {
				fields: credentialAt(provider, server.url),
				continueOnFail: 'continueErrorOutput',
			});
			expect(result.outputs[0]).toEqual([]);
			expect(result.outputs[1]).toMatchObject([
				{ json: { error: expect.stringContaining('may have been made') as string } },
			]);
		},
	);
});

/** Those that send something. */
const sendingOperationsOf = (provider: Provider) =>
	operationsOf(provider).filter(
		({ operation }) => !['waitForPayment', 'compare', 'verify'].includes(operation),
	);

interface TextField {
	field: string;
	filledWith(value: string): IDataObject;
}

/**
 * The fields of a form that hold a text, those of its collections too, each with the way to fill
 * it.
 */
function textFieldsOf(provider: Provider, parameters: IDataObject): TextField[] {
	const hasText = ({ type, name }: INodeProperties) =>
		type === 'string' && !/^amount$|[a-z]Url$/.test(name);
	return shown(provider, parameters as INodeParameters).flatMap((property): TextField[] => {
		if (hasText(property))
			return [
				{
					field: property.displayName,
					filledWith: (value: string) => ({ [property.name]: value }),
				},
			];
		if (property.type !== 'collection') return [];
		return (property.options as INodeProperties[])
			.filter((option) => hasText(option) || option.type === 'options')
			.map(({ displayName, name }) => ({
				field: displayName,
				filledWith: (value: string) => ({ [property.name]: { [name]: value } }),
			}));
	});
}

describe.each(providers)(
	'$folder: what is no text is refused, not left out and not sent',
	(provider) => {
		let server: ProviderServer;
		beforeAll(async () => (server = await startProviderServer()));
		beforeEach(() => server.reset());
		afterAll(() => server.close());

		it.each(sendingOperationsOf(provider))(
			'$resource: $operation',
			async ({ resource, operation }) => {
				const parameters = parametersOf(provider, { resource, operation });
				const errors: string[] = [];
				const fields = textFieldsOf(provider, parameters);
				const wrong: Array<[value: string, words: string]> = [
					['={{ ({ id: 1 }) }}', 'is not a text but an object'],
					['={{ new Date() }}', 'is not a text but a date'],
					['={{ 1234567890123456789 }}', 'has more digits than a number holds exactly'],
				];
				const address = credentialAt(provider, server.url);
				for (const { field, filledWith } of fields) {
					for (const [value, words] of wrong) {
						const { error } = await run(
							provider,
							{ ...parameters, ...filledWith(value) },
							{ fields: address },
						);
						if (!error?.message.startsWith(`'${field}' ${words}`))
							errors.push(`${field} ${value}: ${error?.message}`);
					}
				}
				expect(errors).toEqual([]);
				const { asksFirst } = provider.facts;
				expect(
					server.received.filter(
						({ path }) =>
							asksFirst === undefined || operation !== 'create' || !path.endsWith(asksFirst),
					),
				).toEqual([]);
			},
		);
	},
);

describe.each(providers)(
	'$folder: a secret of the credential is in no error, log line or output',
	(provider) => {
		let server: ProviderServer;
		beforeAll(async () => (server = await startProviderServer()));
		beforeEach(() => server.reset());
		afterAll(() => server.close());

		const operations = sendingOperationsOf(provider);

		/** What a careless provider or a proxy could answer with: everything that it was sent. */
		const echo = (request: { headers: object; body: string; path: string }) =>
			JSON.stringify({ ...request, path: decodeURIComponent(request.path) });
		const answers: Array<[string, (request: Parameters<typeof echo>[0]) => Reply]> = [
			[
				'answers 500 with all that it was sent',
				(request) => ({ status: 500, body: echo(request) }),
			],
			[
				'answers 401 with all that it was sent',
				(request) => ({
					status: 401,
					body: JSON.stringify({
						message: echo(request),
						msg: echo(request),
						detail: echo(request),
						error: { message: echo(request) },
						code: 40101,
					}),
				}),
			],
			[
				'answers 400 with all that it was sent, cut off',
				(request) => ({
					status: 400,
					body: JSON.stringify({ message: JSON.stringify(request.headers).slice(0, 180) }),
				}),
			],
			[
				'answers an HTML page with all that it was sent',
				(request) => ({ body: `<html><body>${echo(request)}</body></html>` }),
			],
			[
				'answers 200 with all that it was sent',
				(request) => ({
					body: JSON.stringify({
						id: 'id-1',
						data: { id: 'id-1', headers: request.headers },
						code: 0,
						message: echo(request),
						headers: request.headers,
						sent: request.body,
					}),
				}),
			],
			['answers 200 with nothing but all that it was sent', (request) => ({ body: echo(request) })],
			['breaks the connection', () => 'reset'],
		];

		it.each(
			operations.flatMap((values) =>
				answers.map(([what, answer]) => ({ ...values, what, answer })),
			),
		)('$resource: $operation, when the provider $what', async ({ resource, operation, answer }) => {
			server.respond(answer);
			const fields = credentialAt(provider, server.url);
			const parameters = (simple: boolean) =>
				parametersOf(provider, { resource, operation }, simple);
			const runs = [
				await run(provider, parameters(true), { fields }),
				await run(provider, parameters(true), { fields, continueOnFail: 'continueErrorOutput' }),
				await run(provider, parameters(false), { fields }),
			];
			if (server.received.length === 0)
				throw new Error(`Nothing was sent, so this proves nothing: ${runs[0]?.error?.message}`);
			const secrets = maskedFields(provider)
				.map((field) => fields[field] ?? '')
				.filter((value) => value !== '');
			const inOtherWords = secrets.flatMap((secret) => [
				secret,
				Buffer.from(secret).toString('base64'),
				Buffer.from(`${secret}:`).toString('base64'),
				encodeURIComponent(secret),
			]);
			const text = runs
				.map(
					(result) =>
						`${result.stored}${logText(result)}${result.error?.message}${result.error?.description}${JSON.stringify(result.outputs)}`,
				)
				.join('\n');
			expect(inOtherWords.filter((secret) => text.includes(secret))).toEqual([]);
			// n8n itself stores the node with an error, and so a card number that somebody typed into its
			// form.
			const shownToUsers = runs
				.map(
					(result) =>
						`${JSON.stringify(result.logs)}${result.error?.message}${result.error?.description}${JSON.stringify(result.outputs)}`,
				)
				.join('\n');
			expect(shownToUsers).not.toContain(provider.form.cardNumber ?? secrets[0]);
		});
	},
);
