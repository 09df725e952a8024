/**
 * An expression that gives nothing is no field that was left empty on purpose. Every parameter of
 * every node is looked at, in collections and their rows, too: whoever adds one has to decide below.
 */
import {
	NodeHelpers,
	type IDataObject,
	type INodeParameters,
	type INodeProperties,
	type INodePropertyCollection,
	type INodePropertyOptions,
} from 'n8n-workflow';
import { callHook, runNode } from './support/contexts';
import { testProviders } from './providers';
import { startProviderServer, type ProviderServer } from './nodes/shared/support/providerServer';
import { madeByHand } from './support/resumeAddress';
import { newCredential, newNode, newTrigger } from './support/providers';
import { TestSandbox } from './support/testSandbox';

const NOTHING = '={{ $json.missing }}';

/** It decides which order or payment it is, how much is paid to whom, or what is found. */
const REFUSED = [
	// Which order, payment or thing it is.
	'reference',
	'checkoutId',
	'paymentId',
	'paymentReference',
	'refundId',
	'settlementId',
	'priceId',
	'productId',
	'findBy',
	'additionalFields.checkoutId',
	'additionalFields.merchantUserId',
	'additionalFields.attach',
	'additionalFields.lookupKey',
	'additionalFields.metadata',
	'additionalFields.metadata.entry.name',
	'additionalFields.metadata.entry.value',
	'updateFields.lookupKey',
	'updateFields.metadata.entry.name',
	'updateFields.metadata.entry.value',
	'options.attempt',
	// How much.
	'amount',
	'amountFrom',
	'amountUnit',
	'currency',
	'lineItemsJson',
	'lineItems.item.name',
	'lineItems.item.unitAmount',
	'lineItems.item.quantity',
	'lineItems.item.additionalFields.price',
	'lineItems.item.additionalFields.priceFields.active',
	'lineItems.item.additionalFields.priceFields.billingScheme',
	'lineItems.item.additionalFields.priceFields.lookupKey',
	'lineItems.item.additionalFields.priceFields.metadata.entry.name',
	'lineItems.item.additionalFields.priceFields.metadata.entry.value',
	'lineItems.item.additionalFields.productId',
	'lineItems.item.additionalFields.productFields.active',
	'lineItems.item.additionalFields.productFields.metadata.entry.name',
	'lineItems.item.additionalFields.productFields.metadata.entry.value',
	'expectedAmount',
	'expectedCurrency',
	'paymentEvent',
	'options.compareAmount',
	// To whom, and how.
	'merchantId',
	'channelId',
	'chain',
	'paymentMethod',
	'method',
	'methodFields',
	'transactionType',
	'reason',
	'additionalFields.toAddress',
	'additionalFields.storeId',
	'additionalFields.bankAccountName',
	'additionalFields.bankAccountNumber',
	'additionalFields.bankCode',
	'additionalFields.paymentCurrency',
	'additionalFields.paymentNetwork',
	'additionalFields.paymentMethodOption',
	'additionalFields.paymentMethodTypes',
	'additionalFields.paymentType',
	'additionalFields.reason',
	'additionalFields.repeatInMethod',
	'additionalFields.billingAddressCollection',
	'additionalFields.captureMethod',
	'cardNumber',
	'cardExpirationDate',
	'cardSecurityCode',
	'buyerIp',
	// What is sold, and until when.
	'name',
	'productFrom',
	'productName',
	'productFields.active',
	'productFields.metadata.entry.name',
	'productFields.metadata.entry.value',
	'additionalFields.billingScheme',
	'additionalFields.recurringInterval',
	'additionalFields.recurringIntervalCount',
	'additionalFields.active',
	'updateFields.active',
	'updateFields.nickname',
	'expiresIn',
	'additionalFields.expiresAt',
	'limitType',
	'limitAmount',
	'limitUnit',
	'limitDate',
	// Who hears of it, and whether it is genuine.
	'callback',
	'callbackUrl',
	'headers',
	'binaryPropertyName',
	'options.maximumAge',
	'options.retry',
	'options.qrPicture',
	// What is found.
	'returnAll',
	'limit',
	'filters.createdAfter',
	'filters.createdBefore',
	'filters.endTime',
	'filters.isTransferred',
	'filters.method',
	'filters.paymentId',
	'filters.scheme',
	'filters.startTime',
	'filters.status',
	// It can hold any of that.
	'options.extraFields',
	'simple',
];

/** It decides nothing of that, and a sheet may well have an empty cell there. */
const HARMLESS = [
	// Read by people, and by nobody else.
	'description',
	'productDescription',
	'lineItems.item.additionalFields.description',
	'lineItems.item.additionalFields.images',
	'lineItems.item.additionalFields.productFields.url',
	'lineItems.item.additionalFields.priceFields.nickname',
	'productFields.images',
	'productFields.url',
	'additionalFields.images',
	'additionalFields.url',
	'additionalFields.nickname',
	// Where the payer's browser goes, and in which language.
	'successUrl',
	'cancelUrl',
	'additionalFields.locale',
	// Who pays, for the provider's own checks.
	'buyerName',
	'buyerEmail',
	'additionalFields.billingDetails',
	'additionalFields.browserInfo',
	'additionalFields.buyer',
	'additionalFields.clientIp',
	'additionalFields.country',
	'additionalFields.customerEmail',
	'additionalFields.deviceId',
	'additionalFields.shippingDetails',
	// How fast it goes.
	'options.requestsInParallel',
];

/**
 * A trigger has no item, so an expression gives the same there when the workflow is published:
 * without events it is not, and the options count as not chosen.
 */
const OF_TRIGGERS = [
	'events',
	'options.additionalProviderEvents',
	'options.maximumAge',
	'options.respond',
];

/** May be empty, but not on this provider, which says so in words of its own. */
const NEEDED_THERE = /^'(Success|Cancel) URL' is empty/;

const providers = testProviders().map((facts) => ({
	...facts,
	node: newNode(facts.folder),
	trigger: newTrigger(facts.folder),
	credential: newCredential(facts.folder),
}));
type Provider = (typeof providers)[number];

let sandbox: TestSandbox;
let server: ProviderServer;
beforeAll(async () => {
	sandbox = await TestSandbox.start();
	server = await startProviderServer();
});
beforeEach(() => server.reset());
afterAll(async () => {
	server.close();
	await sandbox.close();
});

/** A parameter, or a member of a collection or of its rows. */
interface Place {
	path: string;
	/** As an error names it. */
	label: string;
	/** The parameter of the node with this in it. */
	filledWith(value: string): IDataObject;
}

function placesIn(field: INodeProperties, path = field.name): Place[] {
	const { name, displayName } = field;
	if (field.type === 'collection')
		return (field.options as INodeProperties[]).flatMap((member) =>
			placesIn(member, `${path}.${member.name}`).map((place) => ({
				...place,
				filledWith: (value: string) => ({ [name]: place.filledWith(value) }),
			})),
		);
	if (field.type === 'fixedCollection')
		return (field.options as INodePropertyCollection[]).flatMap((group) =>
			group.values.flatMap((member) =>
				placesIn(member, `${path}.${group.name}.${member.name}`).map((place) => ({
					path: place.path,
					label: `${displayName} 1: ${place.label}`,
					filledWith: (value: string) => ({
						[name]: { [group.name]: [{ ...GOOD_ROW, ...place.filledWith(value) }] },
					}),
				})),
			),
		);
	return [
		{
			path,
			label: displayName.replace(/ Name or ID$/, ''),
			filledWith: (value) => ({ [name]: value }),
		},
	];
}

/** A line item, and an entry of metadata. */
const GOOD_ROW = { name: 'Tea', unitAmount: '2', quantity: 1, value: 'north' };

const isAsked = ({ name, type }: INodeProperties) =>
	type !== 'notice' && name !== 'resource' && name !== 'operation';

function operationsOf({ form }: Provider): Array<{ resource: string; operation: string }> {
	return Object.entries(form.operations).flatMap(([resource, operations]) =>
		operations.map((operation) => ({ resource, operation })),
	);
}

/** What the form shows, with its defaults, when these are filled in. */
function shown({ node: { description } }: Provider, values: IDataObject): INodeProperties[] {
	const node = { typeVersion: 1.1 };
	const all = NodeHelpers.getNodeParameters(
		description.properties,
		values as INodeParameters,
		true,
		false,
		node,
		description,
	)!;
	return description.properties
		.filter((field) => NodeHelpers.displayParameter(all, field, node, description, all))
		.map((field) =>
			field.type === 'collection'
				? {
						...field,
						options: (field.options as INodeProperties[]).filter((member) =>
							NodeHelpers.displayParameter({}, member, node, description, all),
						),
					}
				: field,
		);
}

function valueFor({ form, order, money }: Provider, field: INodeProperties): unknown {
	const { name, type, required, default: preset } = field;
	const known = { ...form.values, ...order, ...ANYWHERE, currency: money.currency }[name];
	if (known !== undefined) return known;
	if (!required && !/reference|Id$/i.test(name)) return preset;
	if (/Url$/.test(name)) return 'https://shop.example/page';
	if (type === 'options') return (field.options?.[0] as INodePropertyOptions | undefined)?.value;
	return type === 'number' ? preset || 3600 : `sample-${name}`;
}

const ANYWHERE: IDataObject = {
	amount: '20.50',
	binaryPropertyName: 'data',
	callbackUrl: 'https://shop.example/page',
	chain: 'TRON',
	expectedAmount: '20.50',
	expectedCurrency: 'USD',
	headers: '{}',
	lineItems: { item: [GOOD_ROW] },
	lineItemsJson: JSON.stringify([GOOD_ROW]),
	limitDate: '2999-01-01',
	paymentEvent: '={{ ({ event: "payment.succeeded" }) }}',
};

/** With all that the form then asks for. */
function completed(provider: Provider, parameters: IDataObject): IDataObject {
	const values = { ...parameters };
	// Twice: a field may be shown only because of the value of another.
	for (let round = 0; round < 2; round++)
		for (const field of shown(provider, values).filter(isAsked))
			values[field.name] ??= valueFor(provider, field) as string;
	return values;
}

/** Every place in the forms of the operation, each with the fields that make the form show it. */
function placesOf(
	provider: Provider,
	operation: { resource: string; operation: string },
): Array<Place & { parameters: IDataObject }> {
	return provider.node.description.properties.filter(isAsked).flatMap((field) => {
		const values: IDataObject = { ...operation };
		for (const [name, wanted] of Object.entries(field.displayOptions?.show ?? {}))
			values[name] ??= wanted?.[0] as string;
		// The one that is shown then: with only the members that this operation has.
		return shown(provider, completed(provider, values))
			.filter(
				({ name, displayOptions }) =>
					name === field.name && displayOptions === field.displayOptions,
			)
			.flatMap((visible) => placesIn(visible))
			.map((place) => ({ ...place, parameters: values }));
	});
}

/** The title and the words below it; 'OK' if nothing failed. */
async function wordsFor(provider: Provider, parameters: IDataObject): Promise<string> {
	const fields = sandbox.credential(provider.credential.name);
	const run = await runNode({
		node: provider.node,
		credentialTypes: [provider.credential],
		credentials: {
			[provider.credential.name]: Object.fromEntries(
				Object.entries(fields).map(([name, value]) => [
					name,
					/url$/i.test(name) ? value.replace(sandbox.url, server.url) : value,
				]),
			),
		},
		parameters: parameters as never,
		// Without it Wait for Payment stops before it looks at its fields.
		nodesBefore: [madeByHand],
		items: [{ json: {}, binary: { data: { data: 'e30=', mimeType: 'application/json' } } }],
	});
	return run.error ? `${run.error.message} ${run.error.description ?? ''}` : 'OK';
}

const cases = providers.flatMap((provider) =>
	operationsOf(provider).map((operation) => ({
		folder: provider.folder,
		...operation,
		provider,
	})),
);

test('every parameter of every node is decided, once', () => {
	const found = cases.flatMap(({ provider, resource, operation }) =>
		placesOf(provider, { resource, operation }).map(({ path }) => path),
	);
	expect([...REFUSED, ...HARMLESS].sort()).toEqual([...new Set(found)].sort());
});

test('every parameter of every trigger is decided', () => {
	const found = providers.flatMap(({ trigger }) =>
		trigger.description.properties
			.filter(isAsked)
			.flatMap((field) => placesIn(field).map(({ path }) => path)),
	);
	expect(OF_TRIGGERS).toEqual([...new Set(found)].sort());
});

test.each(providers)('$folder: a trigger without events is not published', async (provider) => {
	const { trigger, credential } = provider;
	const { error } = await callHook({
		node: trigger,
		credentialTypes: [credential],
		credentials: { [credential.name]: sandbox.credential(credential.name) },
		parameters: { events: '={{ undefined }}' },
		method: 'create',
	});
	expect(error?.message).toMatch(/'Events'.* is empty/);
});

test.each(cases)(
	'$folder: $resource: $operation refuses an expression that gives nothing wherever it decides anything, and nowhere else',
	async ({ provider, resource, operation }) => {
		const wrong: string[] = [];
		for (const { path, label, filledWith, parameters } of placesOf(provider, {
			resource,
			operation,
		})) {
			const words = await wordsFor(
				provider,
				completed(provider, { ...parameters, ...filledWith(NOTHING) }),
			);
			const isRefused =
				words.startsWith(`'${label}' is empty: its expression {{ $json.missing }} gives nothing`) ||
				words.startsWith(`The expression in '${label}' gives nothing`);
			const isRight = HARMLESS.includes(path)
				? !words.includes('gives nothing') &&
					(server.received.length > 0 || NEEDED_THERE.test(words))
				: isRefused && server.received.filter(({ method }) => method !== 'GET').length === 0;
			if (!isRight) wrong.push(`${path}: ${words}`);
			server.reset();
		}
		expect(wrong).toEqual([]);
	},
);

const providerOf = (folder: string) => providers.find((provider) => provider.folder === folder)!;

/** What is said of a row with these fields, and what the provider heard. */
async function outcome(folder: string, parameters: IDataObject) {
	const provider = providerOf(folder);
	const words = await wordsFor(provider, completed(provider, parameters));
	return {
		words,
		bodies: server.received.map(({ body }) => body),
		paths: server.received.map(({ path }) => path),
	};
}

const create = { resource: 'checkout', operation: 'create' };
const list = { resource: 'transaction', operation: 'getAll' };

describe('an expression that gives nothing', () => {
	test('in a filter does not list every payment', async () => {
		const { words, bodies } = await outcome('EFundPay', {
			...list,
			filters: { paymentId: NOTHING },
		});
		expect(words).toBe(
			"'Payment ID' is empty: its expression {{ $json.missing }} gives nothing for this item [item 0] Map the field again from the input item or an earlier node, or remove 'Payment ID' from 'Filters'.",
		);
		expect(bodies).toEqual([]);
	});

	test('in a date does not list the payments of all time', async () => {
		const { words, bodies } = await outcome('EFundPay', {
			...list,
			filters: { status: 'captured', createdAfter: '={{ $json.missing?.day }}' },
		});
		expect(words).toMatch(/^'Created After' is empty/);
		expect(bodies).toEqual([]);
	});

	test.each([
		['order-{{ $json.missing }}', 'Payfect'],
		['{{ $json.missing }}-{{ $json.none }}', 'WooshPay'],
		[' order-{{ $json.missing }}', 'ChingChingPay'],
	])('gives no two orders the number that is left of %s', async (text, folder) => {
		const { words, bodies } = await outcome(folder, { ...create, reference: `=${text}` });
		expect(words).toMatch(`'Reference' is empty: its expression ${text.trim()} gives nothing`);
		expect(bodies).toEqual([]);
	});

	test('sends no callback to the address that is left around it', async () => {
		const { words } = await outcome('Payfect', {
			...create,
			callbackUrl: '=https://n8n.example/webhook/{{ $json.missing }}',
		});
		expect(words).toMatch(/^'Callback URL' is empty: its expression https:\/\/n8n/);
	});

	test('looks up nothing by what is left around an ID', async () => {
		const { words, bodies } = await outcome('Payfect', {
			resource: 'checkout',
			operation: 'get',
			checkoutId: '=cs-{{ $json.missing }}',
		});
		expect(words).toMatch(/^'Checkout ID' is empty/);
		expect(bodies).toEqual([]);
	});

	test('in a collection does not send the money to the default wallet', async () => {
		const { words, bodies } = await outcome('TokenPay', {
			...create,
			additionalFields: { toAddress: NOTHING },
		});
		expect(words).toMatch(
			/^'Collecting Wallet' is empty.* or remove 'Collecting Wallet' from 'Additional Fields'\.$/,
		);
		expect(bodies.filter((body) => body.includes('sample-reference'))).toEqual([]);
	});

	test.each([
		['Quantity', { quantity: NOTHING }],
		['Unit Amount', { unitAmount: NOTHING }],
		['Price ID', { additionalFields: { price: NOTHING } }],
	])(
		'as %s of the second line item does not sell another number or price',
		async (label, member) => {
			const second = { name: 'Cup', unitAmount: '3', quantity: 5, ...member };
			const { words, bodies } = await outcome('Payfect', {
				...create,
				amountFrom: 'lineItems',
				lineItems: { item: [GOOD_ROW, second] },
			});
			expect(words).toMatch(`'Line Items 2: ${label}' is empty: its expression`);
			expect(bodies).toEqual([]);
		},
	);

	test.each([
		[
			'line items as JSON',
			{ amountFrom: 'lineItemsJson', lineItemsJson: NOTHING },
			'Line Items (JSON)',
		],
		['extra fields', { options: { extraFields: NOTHING } }, 'Extra Request Fields'],
	])('as %s is refused as a whole', async (_what, fields, label) => {
		const { words, bodies } = await outcome('WooshPay', { ...create, ...fields } as IDataObject);
		expect(words).toMatch(`'${label}' is empty: its expression {{ $json.missing }}`);
		expect(bodies).toEqual([]);
	});

	test('is shown short, in one line', async () => {
		const { words } = await outcome('Payfect', {
			...create,
			reference: `={{\n\t$json.missing?.${'deeper?.'.repeat(20)}end }}`,
		});
		expect(words).toMatch(/its expression \{\{ \$json\.missing\?\.deeper\S{0,20}… gives nothing/);
	});

	test.each(['null', '""', '" \\n"', 'undefined'])('is one that gives %s', async (value) => {
		const { words } = await outcome('Payfect', { ...create, reference: `={{ ${value} }}` });
		expect(words).toMatch(/^'Reference' is empty: its expression/);
	});
});

describe('what the message advises works:', () => {
	test("'Reference' cleared is sent without a number", async () => {
		const cleared = await outcome('Payfect', { ...create, reference: '' });
		expect(cleared.bodies).toHaveLength(1);
	});

	test('the filter removed lists everything', async () => {
		const removed = await outcome('EFundPay', { ...list, filters: {} });
		expect(removed.paths).toEqual([expect.not.stringContaining('id=')]);
	});
});

describe('is not refused:', () => {
	test('0 and false', async () => {
		const { bodies } = await outcome('ChingChingPay', {
			resource: 'settlement',
			operation: 'getAll',
			filters: { startTime: '={{ 0 }}', isTransferred: '={{ false }}' },
		});
		expect(bodies).toHaveLength(1);
	});

	test('a field without an expression', async () => {
		const { bodies } = await outcome('EFundPay', { ...list, filters: { id: '', status: ' ' } });
		expect(bodies).toHaveLength(1);
	});

	test('a reference of which a part has a value', async () => {
		const { bodies } = await outcome('Payfect', {
			...create,
			reference: '={{ $json.missing }}-{{ 7 }}',
		});
		expect(bodies).toEqual([expect.stringContaining('"-7"')]);
	});

	test.each([
		['reference', { reference: "={{ $fromAI('Reference', ``, 'string') || '' }}" }],
		[
			'member of a collection',
			{ additionalFields: { merchantUserId: "={{ $fromAI('User', ``, 'string') || '' }}" } },
		],
	])('an optional %s that an agent leaves empty', async (_what, fields) => {
		const { bodies } = await outcome('WooshPay', { ...create, ...fields } as IDataObject);
		expect(bodies).toHaveLength(1);
	});

	test('but the number that is left around what an agent did not fill', async () => {
		const { words, bodies } = await outcome('WooshPay', {
			...create,
			reference: "=order-{{ $fromAI('Reference', ``, 'string') || '' }}",
		});
		expect(words).toMatch(/^'Reference' is empty/);
		expect(bodies).toEqual([]);
	});

	test('but a field that an agent has to fill', async () => {
		const { words, bodies } = await outcome('WooshPay', {
			...create,
			currency: "={{ $fromAI('Currency', ``, 'string') || '' }}",
		});
		expect(words).toMatch(/^'Currency' is empty/);
		expect(bodies).toEqual([]);
	});
});

test('the rows beside the refused one go on, and it has its own place', async () => {
	const provider = providerOf('Payfect');
	server.respond(() => ({ body: '{"id":"cs_1","url":"https://pay.example/cs_1"}' }));
	const run = await runNode({
		node: provider.node,
		credentialTypes: [provider.credential],
		credentials: {
			[provider.credential.name]: {
				...sandbox.credential(provider.credential.name),
				baseUrl: server.url,
			},
		},
		parameters: completed(provider, { ...create, reference: '=order-{{ $json.id }}' }) as never,
		items: [{ json: { id: 1 } }, { json: { name: 'Tea' } }, { json: { id: 0 } }],
		continueOnFail: 'continueErrorOutput',
	});
	expect(run.outputs[1]).toEqual([
		expect.objectContaining({
			json: {
				name: 'Tea',
				error: expect.stringMatching(
					/^'Reference' is empty: its expression order-\{\{ \$json\.id \}\} gives nothing for this item \[item 1\]/,
				) as string,
			},
		}),
	]);
	expect(server.received.map(({ body }) => /order-\d/.exec(body)?.[0]).sort()).toEqual([
		'order-0',
		'order-1',
	]);
});
