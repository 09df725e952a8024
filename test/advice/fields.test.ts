/**
 * What the node says about a field of a row must help: each message is provoked, and the field is
 * then filled in as the message says, word for word. Money and addresses: `money.test.ts`; columns
 * and whole rows: `rows.test.ts`.
 */
import type { IDataObject } from 'n8n-workflow';
import { testProviders } from '../providers';
import { runNode } from '../support/contexts';
import { newCredential, newNode } from '../support/providers';
import { TestSandbox } from '../support/testSandbox';
import { createCheckouts, folders, words } from './support';

let sandbox: TestSandbox;
beforeAll(async () => (sandbox = await TestSandbox.start()));
afterAll(async () => await sandbox.close());

let orders = 0;

/** What is said of one order; '' when it is made. */
async function said(folder: string, parameters: IDataObject, json: IDataObject = {}) {
	const reference = `field-${++orders}`;
	const run = await createCheckouts(sandbox, folder, [json], {
		parameters: { reference, ...parameters },
	});
	return words(run);
}

/** What stands in the message. */
function inside(text: string, pattern: RegExp): string {
	const [, found = ''] = pattern.exec(text) ?? [];
	expect(found).not.toBe('');
	return found;
}

const asJson = (lineItemsJson: string) => ({ amountFrom: 'lineItemsJson', lineItemsJson });
const inForm = (...item: IDataObject[]) => ({ amountFrom: 'lineItems', lineItems: { item } });
const extra = (extraFields: string) => ({ options: { extraFields } });
const TEA = { name: 'Tea', unitAmount: '12.50', quantity: 2 };

/** What is given, what is said of it, and what is given then. */
type Case = [
	what: string,
	given: IDataObject,
	advice: RegExp,
	followed: (message: string) => IDataObject | IDataObject[],
];

const everywhere: Case[] = [
	[
		'no line',
		inForm(),
		/Add at least one line item, or choose One Amount/,
		() => [inForm(TEA), { amountFrom: 'amount' }],
	],
	[
		'no line in JSON',
		asJson('[]'),
		/Give at least one line item, or choose One Amount/,
		() => [asJson(JSON.stringify([TEA])), { amountFrom: 'amount' }],
	],
	[
		'one line that is no list',
		asJson(JSON.stringify(TEA)),
		/is not a list.*Enter a JSON list such as/,
		(message) => asJson(inside(message, /such as (\[.*\])\./)),
	],
	[
		'a line that is a text',
		asJson('["Tea"]'),
		/is not an object.*Give name, unitAmount and quantity/,
		() => asJson(JSON.stringify([TEA])),
	],
	[
		'a line without a name',
		inForm({ ...TEA, name: '' }),
		/Name' is empty.*Give each line item a name/,
		() => inForm(TEA),
	],
	[
		'a quantity called otherwise',
		asJson('[{"name": "Tea", "unitAmount": "5", "many": 2}]'),
		/has no quantity, but "many".*a member "quantity", spelled so/,
		() => asJson('[{"name": "Tea", "unitAmount": "5", "quantity": 2}]'),
	],
	[
		'no quantity',
		inForm({ ...TEA, quantity: '' }),
		/Quantity' is empty.*Enter 1, 2, 3 and so on/,
		() => [1, 2, 3].map((quantity) => inForm({ ...TEA, quantity })),
	],
	[
		'none of it',
		inForm(TEA, { ...TEA, quantity: 0 }),
		/leave out a line of which nothing is sold/,
		() => inForm(TEA),
	],
	[
		'no JSON',
		extra("{'note': 1}"),
		/is not valid JSON.*texts and names need double quotes/,
		() => extra('{"metadata": {}}'),
	],
	[
		'a list of fields',
		extra('[1]'),
		/'Extra Request Fields' is not a JSON object/,
		() => extra('{}'),
	],
	[
		'a number that JavaScript changes',
		extra('{"metadata": {"a": 12345678901234567890}}'),
		/Write it as a text, in double quotes/,
		() => extra('{"metadata": {"a": "12345678901234567890"}}'),
	],
	['zero', { amount: '0.00' }, /'Amount' is zero.*more than zero/, () => ({ amount: '1.00' })],
	[
		'no end of digits',
		{ amount: '9'.repeat(41) },
		/longer than any amount.*40 characters at the most/,
		() => ({ amount: '5.00' }),
	],
	[
		'an amount whose digits are lost',
		{ amount: '={{ 12345678901234567890 }}' },
		/more digits than a number holds exactly.*as text/,
		() => ({ amount: "={{ '12.50' }}" }),
	],
	[
		'a reference whose digits are lost',
		{ reference: '={{ 12345678901234567890 }}' },
		/'Reference' has more digits.*Give it as text/,
		() => ({ reference: "={{ '12345678901234567890' }}" }),
	],
	[
		'a whole item',
		{ reference: '={{ $json }}' },
		/not a text but an object.*Map one field that holds text or a number/,
		() => ({ reference: '={{ $json.no }}' }),
	],
	[
		'a list',
		{ reference: '={{ [1, 2] }}' },
		/not a text but a list.*Map one field/,
		() => ({ reference: '={{ $json.no }}' }),
	],
	[
		'a switch',
		{ reference: '={{ true }}' },
		/not a text but a switch.*Map one field/,
		() => ({ reference: '={{ $json.no }}' }),
	],
	[
		'a date',
		{ reference: '={{ $now }}' },
		/not a text but a date.*behind it/,
		(message) => ({ reference: `={{ $now${inside(message, /with (\.\S+) behind it/)} }}` }),
	],
	[
		'what is no number',
		{ reference: '={{ Number("x") }}' },
		/'Reference' is not a number.*map one field/,
		() => ({ reference: '={{ $json.no }}' }),
	],
	[
		'a choice that is none',
		{ amountFrom: '={{ "all" }}' },
		/none of its choices: "all".*let the expression give /,
		(message) =>
			inside(message, /expression give ([^.]*)\./)
				.split(' or ')
				.map((choice) => ({
					...inForm(TEA),
					...asJson(JSON.stringify([TEA])),
					amountFrom: `={{ "${choice}" }}`,
				})),
	],
	[
		'no address',
		{ callbackUrl: '  ' },
		/'Callback URL' is empty.*Paste the Production URL of the trigger/,
		() => ({ callbackUrl: 'https://n8n.example/webhook/2/callback' }),
	],
	[
		'an address without its beginning',
		{ successUrl: 'shop.example/thanks' },
		/not an absolute URL.*with https:\/\/ in front/,
		() => ({ successUrl: 'https://shop.example/thanks' }),
	],
	[
		'an expression that gives nothing',
		{ reference: '={{ $json.nothing }}' },
		/Map the field again from the input item/,
		() => [{ reference: '={{ $json.no }}' }, { reference: 'by-hand' }],
	],
];

describe.each(folders)('%s', (folder) => {
	const fields = newNode(folder).description.properties.map(({ name }) => name);
	const offered = everywhere.filter(([, given]) =>
		Object.keys(given).every((name) => fields.includes(name)),
	);

	it.each(offered)('%s: each way out goes through', async (_what, given, advice, followed) => {
		const message = await said(folder, given, { no: `no-${++orders}` });
		expect(message).toMatch(advice);
		for (const mended of [followed(message)].flat())
			expect(await said(folder, mended, { no: `no-${++orders}` })).toBe('');
	});

	it('a reference twice in a sheet: another one, or the row removed', async () => {
		const create = async (...references: string[]) =>
			words(
				await createCheckouts(
					sandbox,
					folder,
					references.map((no) => ({ no })),
					{ parameters: { reference: '={{ $json.no }}' } },
				),
			);
		const [one, two] = [`twice-${++orders}`, `twice-${++orders}`];
		expect(await create(one, one)).toMatch(
			/was already used by item 0.*Give each row a reference of its own, or remove the repeated row/s,
		);
		expect(await create(one, two)).toBe('');
		expect(await create(`twice-${++orders}`)).toBe('');
	});

	it('a member of a collection whose expression gives nothing: removed', async () => {
		const message = await said(folder, {
			options: { requestsInParallel: 5, extraFields: '={{ $json.x }}' },
		});
		expect(message).toContain("remove 'Extra Request Fields' from 'Options'");
		expect(await said(folder, { options: { requestsInParallel: 5 } })).toBe('');
	});
});

describe('currencies', () => {
	it.each(['EFundPay', 'WooshPay', 'ChingChingPay'])(
		'%s: one that ISO 4217 does not list',
		async (folder) => {
			const message = await said(folder, { currency: 'XYZ' });
			expect(message).toMatch(
				/not a currency of ISO 4217.*Correct the code \(three letters, for example HKD\)/,
			);
			expect(await said(folder, { currency: inside(message, /for example ([A-Z]{3})/) })).toBe('');
		},
	);
});

describe.each(['Payfect', 'WooshPay'])('%s: a line with a price ID and an amount', (folder) => {
	it('either of them removed', async () => {
		const message = await said(folder, inForm({ ...TEA, additionalFields: { price: 'price_1' } }));
		expect(message).toMatch(/has a Price ID and a Unit Amount.*Remove one of them/);
		expect(await said(folder, inForm({ ...TEA, additionalFields: { price: '' } }))).toBe('');
		// No such price in the sandbox: what is wrong with the fields is not said any more.
		expect(
			await said(
				folder,
				inForm({ ...TEA, unitAmount: '', additionalFields: { price: 'price_1' } }),
			),
		).not.toContain('has a Price ID');
	});

	it('pictures whose address is cut by a blank', async () => {
		const pictured = (images: string) => inForm({ ...TEA, additionalFields: { images } });
		const message = await said(folder, pictured('https://shop.example/a b,c.png'));
		expect(message).toMatch(/Write %20 in place of the blank and %2C in place of the comma/);
		expect(await said(folder, pictured('https://shop.example/a%20b%2Cc.png'))).toBe('');
	});
});

describe('Payfect: neither description nor reference', () => {
	it.each([{ description: 'Tea' }, { reference: 'named-1' }])('%j filled in', async (filled) => {
		const empty = { description: '', reference: '' };
		expect(await said('Payfect', empty)).toMatch(
			/'Description' and 'Reference' are both empty.*Fill in one/,
		);
		expect(await said('Payfect', { ...empty, ...filled })).toBe('');
	});
});

describe('a list at EFundPay', () => {
	const list = async (parameters: IDataObject, json: IDataObject = {}) => {
		const credential = newCredential('EFundPay');
		return words(
			await runNode({
				node: newNode('EFundPay'),
				credentialTypes: [credential],
				credentials: { [credential.name]: sandbox.credential(credential.name) },
				items: [{ json }],
				parameters: { resource: 'transaction', operation: 'getAll', ...parameters },
			}),
		);
	};

	it('a limit of half an item: as it says', async () => {
		const message = await list({ limit: '={{ 1.5 }}' });
		expect(message).toMatch(/'Limit' is not a whole number above zero.*Enter 1, 2, 3 and so on/);
		for (const limit of [1, 2, 3]) expect(await list({ limit })).toBe('');
	});

	it('a date in the spelling of one country: as each example has it', async () => {
		const message = await list({ filters: { createdAfter: '31/12/2025' } });
		const examples = message.match(/\d{4}-\d\d-\d\d(?:T\S+Z| \d\d:\d\d)/g) ?? [];
		expect(examples).toHaveLength(2);
		for (const createdAfter of examples) expect(await list({ filters: { createdAfter } })).toBe('');
	});

	it.each([46356, '46356', 46357.75])(
		'%j, as a sheet keeps a date: by the expression it gives',
		async (Due) => {
			const message = await list({ filters: { createdAfter: '={{ $json.Due }}' } }, { Due });
			expect(message).toContain('A sheet keeps dates as such numbers.');
			const expression = inside(message, /(\{\{ .* \}\})/).replace('…', '$json.Due');
			expect(await list({ filters: { createdAfter: `=${expression}` } }, { Due })).toBe('');
		},
	);
});

/** The others ask for a reference, which can be any text. */
describe.each(['EFundPay', 'Payfect', 'WooshPay'])('%s: an ID that is none', (folder) => {
	it('mapped from the node that created it', async () => {
		const created = await createCheckouts(sandbox, folder, [{}], {
			parameters: { reference: `field-${++orders}` },
		});
		const json = created.outputs[0]?.[0]?.json ?? {};
		const credential = newCredential(folder);
		const lookUp = testProviders().find((facts) => facts.folder === folder)?.lookUp;
		const look = async (parameters: IDataObject) =>
			words(
				await runNode({
					node: newNode(folder),
					credentialTypes: [credential],
					credentials: { [credential.name]: sandbox.credential(credential.name) },
					items: [{ json }],
					parameters,
				}),
			);
		const mapped = lookUp?.({
			checkoutId: '={{ $json.checkoutId }}',
			reference: '={{ $json.reference }}',
		});
		const wrong = lookUp?.({ checkoutId: '..', reference: '..' }) ?? {};
		expect(await look(wrong)).toMatch(/is not an ID: "\.\.".*Map it from the node that created it/);
		expect(await look(mapped ?? {})).toBe('');
	});
});

describe.each(['Payfect', 'EFundPay', 'ChingChingPay', 'TokenPay'])(
	'%s: two items where an execution can wait for one payment',
	(folder) => {
		it('each by itself, as Loop Over Items and a sub-workflow give them', async () => {
			const create = async (rows: IDataObject[]) =>
				words(
					await createCheckouts(sandbox, folder, rows, {
						parameters: { reference: '={{ $json.no }}', callback: 'resumeExecution' },
						executionId: `waits-${++orders}`,
					}),
				);
			const rows = [{ no: `waits-${++orders}` }, { no: `waits-${++orders}` }];
			expect(await create(rows)).toMatch(
				/got 2 items.*'Loop Over Items' \(batch size 1\).*call a sub-workflow for each item/s,
			);
			for (const row of rows) expect(await create([row])).toBe('');
		});
	},
);

describe.each(['Payfect', 'WooshPay'])(
	'%s: a price ID where the credential has a limit',
	(folder) => {
		it('a unit amount in its place', async () => {
			const credential = newCredential(folder);
			const limited = { ...sandbox.credential(credential.name), largestAmount: '500' };
			const create = async (line: IDataObject) =>
				words(
					await createCheckouts(sandbox, folder, [{}], {
						credentials: { [credential.name]: limited },
						parameters: { reference: `field-${++orders}`, ...inForm(line) },
					}),
				);
			expect(
				await create({ ...TEA, unitAmount: '', additionalFields: { price: 'price_1' } }),
			).toMatch(
				/does not tell its amount.*Give each line item a unit amount in place of a price ID/,
			);
			expect(await create(TEA)).toBe('');
		});
	},
);
