/**
 * What a new user gets wrong in the forms, and the words that n8n then shows: the list is the test.
 * Every message names the field, the second sentence says what to do.
 */
import type { IDataObject } from 'n8n-workflow';
import { resetTime } from './nodes/shared/support/skippedTime';
import { callHook, DELETED, runNode } from './support/contexts';
import { testProviders } from './providers';
import { newCredential, newNode, newTrigger } from './support/providers';
import { TestSandbox } from './support/testSandbox';

jest.mock('n8n-workflow', () =>
	jest
		.requireActual<typeof import('./nodes/shared/support/skippedTime')>(
			'./nodes/shared/support/skippedTime',
		)
		.n8nWorkflowThatSkipsTime(),
);

type Fields = Record<string, string>;

const providers = testProviders().map((facts) => ({
	folder: facts.folder,
	facts,
	node: newNode(facts.folder),
	trigger: newTrigger(facts.folder),
	credential: newCredential(facts.folder),
}));
type Provider = (typeof providers)[number];

let sandbox: TestSandbox;
beforeAll(async () => (sandbox = await TestSandbox.start()));
beforeEach(resetTime);
afterAll(async () => {
	jest.restoreAllMocks();
	await sandbox.close();
});

/** What the sandbox accepts, with the form's defaults for the rest. */
function goodFields({ credential }: Provider): Fields {
	const defaults = Object.fromEntries(
		credential.properties
			.filter(({ type }) => type !== 'notice')
			.map(({ name, default: preset }) => [name, preset]),
	);
	return {
		...defaults,
		...sandbox.credential(credential.name),
	} as Fields;
}

const hasCallbackUrl = ({ node }: Provider) =>
	node.description.properties.some(({ name }) => name === 'callbackUrl');

interface Seen {
	/** Title and text of the error; 'OK' if there is none. */
	error: string;
	/** Yellow notes in the output panel. */
	hints: string;
}

let orders = 0;

/**
 * Create Checkout as the sandbox accepts it, but for what is given here. The input item has an
 * empty cell, `empty`.
 */
async function create(
	provider: Provider,
	parameters: IDataObject,
	fields: Fields | typeof DELETED = goodFields(provider),
	isChosen = true,
): Promise<Seen> {
	const { node, credential, facts } = provider;
	const order = {
		resource: 'checkout',
		operation: 'create',
		reference: `order-${++orders}`,
		...facts.order,
		...(hasCallbackUrl(provider)
			? { callback: 'url', callbackUrl: 'https://n8n.example/webhook/1/callback' }
			: {}),
	};
	try {
		const run = await runNode({
			node,
			credentialTypes: [credential],
			credentials: isChosen ? { [credential.name]: fields } : {},
			items: [{ json: { empty: '' } }],
			parameters: { ...order, ...parameters },
		});
		const hints = [...run.stored.matchAll(/"('(?:[^"\\]|\\.)*?' is (?:[^"\\]|\\.)*)"/g)]
			.map(([, text]) => text ?? '')
			.filter((text) => text.startsWith("'Callback URL'"));
		return { error: run.error ? words(run.error) : 'OK', hints: hints.join('\n') };
	} catch (error) {
		// n8n does not even start a workflow with an empty required field.
		return { error: words(error as Error), hints: '' };
	}
}

/** The whole of it, or what must be in it. */
const as = (seen: string | RegExp): unknown =>
	typeof seen === 'string' ? seen : expect.stringMatching(seen);

/** As n8n shows it: the title, and the text below it. */
function words(error: Error & { description?: string | null }): string {
	const title = error.message
		.replace(/ \[item 0(, reference "order-\d+")?\]/, '')
		.replace(/\.$/, '');
	return [title, error.description ?? ''].filter(Boolean).join('. ').replaceAll('\n', ' ');
}

async function publish({ trigger, credential, folder }: Provider, fields: Fields): Promise<string> {
	const call = await callHook({
		node: trigger,
		credentialTypes: [credential],
		credentials: { [credential.name]: fields },
		method: 'create',
		nodeId: `trigger-of-${folder}`,
		webhookId: '11111111-2222-4333-8444-555555555555',
	});
	return call.error ? words(call.error) : 'OK';
}

/** The same words on every provider. */
const inEveryForm: Array<[typed: string, given: IDataObject, seen: string]> = [
	['no amount', { amount: '' }, `The 'PROVIDER' node has issues: - Parameter "Amount" is required`],
	[
		'an empty cell as amount',
		{ amount: '={{ $json.empty }}' },
		"'Amount' is empty: its expression {{ $json.empty }} gives nothing for this item. Map the field again from the input item or an earlier node, or enter a value without an expression.",
	],
	[
		'a column that is not there',
		{ amount: '={{ $json.total }}' },
		"'Amount' is empty: its expression {{ $json.total }} gives nothing for this item. Map the field again from the input item or an earlier node, or enter a value without an expression.",
	],
	[
		'a decimal comma',
		{ amount: '12,50' },
		`'Amount' is not a plain number: "12,50". Use a point for the decimals, for example 12.50.`,
	],
	[
		'thousands separators',
		{ amount: '1,000.00' },
		`'Amount' is not a plain number: "1,000.00". Leave out the thousands separators, for example 1000.00.`,
	],
	[
		'a currency sign',
		{ amount: '$12.50' },
		`'Amount' is not a plain number: "$12.50". Enter digits and, if needed, one decimal point: no currency sign, no separators, for example 12.50.`,
	],
	[
		'a negative amount',
		{ amount: '-5' },
		`'Amount' is not a plain number: "-5". Enter an amount that is more than zero.`,
	],
	['zero', { amount: '0.00' }, "'Amount' is zero. Enter an amount that is more than zero."],
	[
		'an exponent, as sheets write large numbers',
		{ amount: '1.2E+05' },
		`'Amount' is not a plain number: "1.2E+05". Write the number out, without an exponent.`,
	],
	[
		'an empty cell as currency',
		{ currency: '={{ $json.empty }}' },
		"'Currency' is empty: its expression {{ $json.empty }} gives nothing for this item. Map the field again from the input item or an earlier node, or enter a value without an expression.",
	],
	[
		'an object as reference',
		{ reference: '={{ ({ id: 1 }) }}' },
		"'Reference' is not a text but an object. Map one field that holds text or a number.",
	],
	[
		'a date as reference',
		{ reference: '={{ $now }}' },
		"'Reference' is not a text but a date. Write it as text in the expression, for example with .format('yyyy-MM-dd') behind it.",
	],
	[
		'an order number that the sheet has rounded',
		{ reference: '={{ 1234567890123456789 }}' },
		"'Reference' has more digits than a number holds exactly. Give it as text, for example from a column that is formatted as text.",
	],
	[
		'a page without its host',
		{ successUrl: '/thanks' },
		"'Success URL' is not an absolute URL. Enter the whole address with https:// in front.",
	],
	[
		'a comma too many in a JSON field',
		{ options: { extraFields: '{ "a": 1, }' } },
		"'Extra Request Fields' is not valid JSON: Expected double-quoted property name in JSON at position 10 (line 1 column 11). Correct the JSON; texts and names need double quotes.",
	],
	[
		'a list in place of an object',
		{ options: { extraFields: '[1]' } },
		`'Extra Request Fields' is not a JSON object. Enter an object such as {"field": "value"}.`,
	],
	[
		'single quotes in JSON',
		{ amountFrom: 'lineItemsJson', lineItemsJson: "[{'name': 'Tea'}]" },
		"'Line Items (JSON)' is not valid JSON: Expected property name or '}' in JSON at position 2 (line 1 column 3). Correct the JSON; texts and names need double quotes.",
	],
	[
		'one line item without its list',
		{ amountFrom: 'lineItemsJson', lineItemsJson: '{ "name": "Tea" }' },
		`'Line Items (JSON)' is not a list. Enter a JSON list such as [{"name": "Tea", "unitAmount": "12.50", "quantity": 2}].`,
	],
	[
		'a decimal comma in a line item',
		{ amountFrom: 'lineItemsJson', lineItemsJson: '[{ "name": "Tea", "unitAmount": "12,50" }]' },
		`'Line Items (JSON) 1: Unit Amount' is not a plain number: "12,50". Use a point for the decimals, for example 12.50.`,
	],
	[
		'no line items',
		{ amountFrom: 'lineItems', lineItems: {} },
		"'Line Items' is empty. Add at least one line item, or choose One Amount.",
	],
	[
		'a line item that is not filled in',
		{ amountFrom: 'lineItems', lineItems: { item: [{ name: '', unitAmount: '', quantity: 1 }] } },
		"'Line Items 1: Name' is empty. Give each line item a name that the payer understands.",
	],
	[
		'half a piece',
		{
			amountFrom: 'lineItems',
			lineItems: { item: [{ name: 'Tea', unitAmount: '1.00', quantity: 0.5 }] },
		},
		`'Line Items 1: Quantity' is not a whole number above zero: "0.5". Sell what is weighed or measured as one piece: quantity 1, its whole price as the unit amount, and how much it is in the name.`,
	],
];

describe.each(providers)('$folder: Create Checkout', (provider) => {
	const { folder } = provider;

	it.each(inEveryForm)('%s', async (_typed, given, seen) => {
		expect((await create(provider, given)).error).toBe(seen.replaceAll('PROVIDER', folder));
	});

	it('a credential that was never chosen', async () => {
		expect((await create(provider, {}, {}, false)).error).toBe(
			`Node does not have any credentials set for "${provider.credential.name}". Correct the node's settings, its expressions or its credential.`,
		);
	});

	it('a credential that was deleted', async () => {
		expect((await create(provider, {}, DELETED)).error).toBe(
			`Credential with ID "id-of-${provider.credential.name}" does not exist for type "${provider.credential.name}". Correct the node's settings, its expressions or its credential.`,
		);
	});

	it('a provider that is down', async () => {
		const { error } = await create(
			provider,
			{},
			{ ...goodFields(provider), baseUrl: 'http://127.0.0.1:9' },
		);
		expect(error).toBe(
			`${folder} could not be reached (ECONNREFUSED). Nothing was sent. Check the address in the credential and this server's network, then run it again.`,
		);
	});

	it('a base URL without https://', async () => {
		const { error } = await create(
			provider,
			{},
			{ ...goodFields(provider), baseUrl: 'api.example' },
		);
		expect(error).toBe(
			"'Base URL' in the credential is not an absolute URL. Open the credential and enter the address with https:// in front.",
		);
	});

	it('a base URL that is some web page', async () => {
		const { error } = await create(provider, {}, { ...goodFields(provider), baseUrl: sandbox.url });
		expect(error).toMatch(
			new RegExp(
				`^${folder} refused the request \\(HTTP 404\\).*Check (the address|'Environment' and 'Base URL') in the credential`,
			),
		);
	});

	const texts = provider.credential.properties
		.filter(({ type }) => type === 'string')
		.map(({ name }) => name);

	it.each(texts)('blanks and line ends around %s are harmless', async (field) => {
		const good = goodFields(provider);
		const fields = { ...good, [field]: ` \t${good[field]}\r\n` };
		expect((await create(provider, {}, fields)).error).toBe('OK');
		expect(await publish(provider, fields)).toBe('OK');
	});
});

describe.each(providers.filter(hasCallbackUrl))(
	'$folder: Create Checkout with a callback address',
	(provider) => {
		it.each([
			[
				'nothing',
				'',
				"'Callback URL' is empty. Paste the Production URL of the trigger that receives the callback, here or once for all in the credential; open the trigger to copy it.",
			],
			[
				'an address without https://',
				'n8n.example/webhook/1/callback',
				"'Callback URL' is not an absolute URL. Enter the whole address with https:// in front.",
			],
		])('%s as callback', async (_typed, callbackUrl, seen) => {
			expect((await create(provider, { callbackUrl })).error).toBe(seen);
		});

		it('an empty cell as callback', async () => {
			expect((await create(provider, { callbackUrl: '={{ $json.empty }}' })).error).toBe(
				"'Callback URL' is empty: its expression {{ $json.empty }} gives nothing for this item. Map the field again from the input item or an earlier node, or clear the field.",
			);
		});

		it('the test URL as callback is sent, with a warning', async () => {
			expect(
				await create(provider, { callbackUrl: 'https://n8n.example/webhook-test/1/callback' }),
			).toEqual({
				error: 'OK',
				hints:
					"'Callback URL' is a test URL: n8n answers there only while the editor listens. Use the Production URL of the trigger and publish its workflow.",
			});
		});
	},
);

const mistakes = (kind: 'inCreateCheckout' | 'atPublishing') =>
	providers.flatMap((provider) =>
		provider.facts.credential[kind].map(
			([typed, given, seen]) => [provider.folder, typed, given, seen, provider] as const,
		),
	);

it.each(mistakes('inCreateCheckout'))(
	'%s: %s in the credential',
	async (_folder, _typed, given, seen, provider) => {
		const { error } = await create(provider, {}, { ...goodFields(provider), ...given });
		expect(error).toEqual(as(seen));
	},
);

it.each(mistakes('atPublishing'))(
	'%s Trigger: %s in the credential',
	async (_folder, _typed, given, seen, provider) => {
		const said = await publish(provider, { ...goodFields(provider), ...given });
		expect(said).toEqual(as(seen));
	},
);

describe('EFundPay Trigger: the platform key, as people paste it', () => {
	const provider = providers.find(({ folder }) => folder === 'EFundPay') as Provider;
	const inside = () => goodFields(provider).platformPublicKey ?? '';
	const pem = () =>
		[
			'-----BEGIN PUBLIC KEY-----',
			...(inside().match(/.{1,64}/g) ?? []),
			'-----END PUBLIC KEY-----',
			'',
		].join('\n');

	it.each<[string, () => string]>([
		['as it is', () => pem()],
		['on one line', () => pem().replaceAll('\n', '')],
		['on one line, with blanks for the line ends', () => pem().replaceAll('\n', ' ')],
		['with \\n written out', () => pem().trim().replaceAll('\n', '\\n')],
		['with line ends of Windows', () => pem().replaceAll('\n', '\r\n')],
		['the base64 alone', () => inside()],
	])('%s', async (_form, text) => {
		expect(inside()).toMatch(/^[A-Za-z0-9+/=]{300,}$/);
		expect(await publish(provider, { ...goodFields(provider), platformPublicKey: text() })).toBe(
			'OK',
		);
	});
});
