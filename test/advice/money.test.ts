/**
 * What the node says about money and line items must help: each message is provoked in a real form,
 * and the input is then changed as the message says, word for word. Were one of the ways out wrong,
 * people would turn in circles, or send a wrong amount.
 */
import type { IDataObject } from 'n8n-workflow';
import { testProviders } from '../providers';
import { runNode } from '../support/contexts';
import { newCredential, newNode } from '../support/providers';
import { TestSandbox } from '../support/testSandbox';

const samples = Object.fromEntries(testProviders().map((facts) => [facts.folder, facts]));
const folders = Object.keys(samples);

let sandbox: TestSandbox;
beforeAll(async () => (sandbox = await TestSandbox.start()));
afterAll(async () => await sandbox.close());

interface Seen {
	/** Title and advice of the error; '' if there is none. */
	error: string;
	/** Of the checkout that came out. */
	amount: unknown;
}

let orders = 0;

async function create(
	folder: string,
	parameters: IDataObject,
	json: IDataObject = {},
	fields: Record<string, string> = {},
): Promise<Seen> {
	const credential = newCredential(folder);
	const run = await runNode({
		node: newNode(folder),
		credentialTypes: [credential],
		credentials: { [credential.name]: { ...sandbox.credential(credential.name), ...fields } },
		items: [{ json }],
		parameters: {
			resource: 'checkout',
			operation: 'create',
			reference: `advice-${++orders}`,
			callback: 'url',
			callbackUrl: 'https://n8n.example/webhook/1/callback',
			...samples[folder]?.order,
			...parameters,
		},
	});
	return {
		error: run.error ? `${run.error.message}. ${run.error.description ?? ''}` : '',
		amount: run.outputs[0]?.[0]?.json.amount,
	};
}

/** The expression that an error advises, with what it says to be put in place of the dots. */
function advised({ error }: Seen, value: string): string {
	const [expression] = /\{\{ .* \}\}/.exec(error) ?? [];
	if (expression === undefined) throw new Error(`No expression is advised: ${error}`);
	return `=${expression.replace('…', () => value)}`;
}

/** Whose currency in the samples has a known number of decimals, two. */
const inCurrencies = folders.filter(
	(folder) => (samples[folder]?.form.amountUnits ?? []).length > 0,
);

describe.each(folders)('%s: an amount that a computation left unrounded', (folder) => {
	const asShown = { '12.2 * 3': 36.6, '1.1 + 2.2': 3.3, '19.99 * 100': 1999 };

	it.each(Object.entries(asShown))('{{ %s }} goes through as advised', async (sum, shown) => {
		const refused = await create(folder, { amount: `={{ ${sum} }}` });
		expect(refused.error).toMatch(/^'Amount' is the result of a computation that was not rounded/);
		const mended = await create(folder, { amount: advised(refused, sum) });
		expect(mended.error).toBe('');
		expect(Number(mended.amount)).toBe(shown);
	});

	it.each(['59.970000000000006', '3.3000000000000003', '1998.9999999999998', '99.9999999999986'])(
		'the text %s of a sheet goes through as advised',
		async (cell) => {
			const amount = '={{ $json.total }}';
			const refused = await create(folder, { amount }, { total: cell });
			expect(refused.error).toMatch(
				/^'Amount' is the result of a computation that was not rounded/,
			);
			const mended = await create(
				folder,
				{ amount: advised(refused, '$json.total') },
				{ total: cell },
			);
			expect(mended.error).toBe('');
			expect(Number(mended.amount)).toBe(Number(Number(cell).toFixed(2)));
			// As a sheet's ROUND to the decimals that are named.
			const [, decimals] = /=ROUND\(…, (\d)\)/.exec(refused.error) ?? [];
			const rounded = await create(
				folder,
				{ amount },
				{ total: Number(Number(cell).toFixed(Number(decimals))) },
			);
			expect(rounded).toMatchObject({ error: '' });
		},
	);

	it('says the same of unit amounts', async () => {
		const items = (unitAmount: string) => ({
			amountFrom: 'lineItems',
			lineItems: { item: [{ name: 'Tea', unitAmount, quantity: 2 }] },
		});
		const refused = await create(folder, items('={{ 12.2 * 3 }}'));
		expect(refused.error).toMatch(/^'Line Items 1: Unit Amount' is the result of a computation/);
		const mended = await create(folder, items(advised(refused, '12.2 * 3')));
		expect(mended.error).toBe('');
		expect(Number(mended.amount)).toBe(73.2);
	});

	it.each([
		['12,50', '12.50', 'Use a point for the decimals', 12.5],
		['1,250.00', '1250.00', 'Leave out the thousands separators', 1250],
		['1.2E+03', '1200', 'Write the number out', 1200],
	])('%s, written as %s, goes through', async (amount, asAdvised, advice, shown) => {
		expect((await create(folder, { amount })).error).toContain(advice);
		const mended = await create(folder, { amount: asAdvised });
		expect(mended.error).toBe('');
		expect(Number(mended.amount)).toBe(shown);
	});
});

describe.each(inCurrencies)('%s: amounts in currencies', (folder) => {
	it('takes a third decimal as advised, whatever was meant', async () => {
		const refused = await create(folder, { amount: '12.505' });
		expect(refused.error).toContain('has more decimals than');
		expect(refused.error).toContain('Write 12505 if the point separates thousands');
		expect(Number((await create(folder, { amount: '12505' })).amount)).toBe(12505);
		const rounded = await create(folder, { amount: advised(refused, "'12.505'") });
		expect(rounded.error).toBe('');
		expect(['12.50', '12.51']).toContain(rounded.amount);
	});

	it('takes cents that were computed as advised', async () => {
		const cents = { amountUnit: 'smallest', amount: '={{ 19.99 * 100 }}' };
		const refused = await create(folder, cents);
		expect(refused.error).toContain('computation that was not rounded');
		const mended = await create(folder, { ...cents, amount: advised(refused, '19.99 * 100') });
		expect(mended).toEqual({ error: '', amount: '19.99' });
	});

	it('takes decimals in the smallest unit as advised', async () => {
		const given = { amountUnit: 'smallest', amount: '1250.4' };
		const refused = await create(folder, given);
		expect(refused.error).toContain("'Amount Unit' is Smallest Unit");
		expect(
			await create(folder, { ...given, amount: advised(refused, '1250.4').replace(/\)$/, '') }),
		).toMatchObject({ error: '', amount: '12.50' });
	});
});

describe('coins', () => {
	it('1.000 of a coin whose decimals nobody states is asked about, and either answer goes through', async () => {
		const refused = await create('Payfect', { amount: '1.000' });
		expect(refused.error).toContain(
			'Write 1000 if the point separates thousands, 1.0000 if it does not.',
		);
		expect(Number((await create('Payfect', { amount: '1000' })).amount)).toBe(1000);
		expect(Number((await create('Payfect', { amount: '1.0000' })).amount)).toBe(1);
	});

	it.each([
		['TokenPay', '1.1234567', '6 decimals', 1.123457],
		['Payfect', '1.123456789', '8 decimals', 1.12345679],
	])(
		'%s: more decimals than the coin has are rounded as advised',
		async (folder, amount, decimals, shown) => {
			const refused = await create(folder, { amount });
			expect(refused.error).toContain(decimals);
			const mended = await create(folder, { amount: advised(refused, amount) });
			expect(mended.error).toBe('');
			expect(Number(mended.amount)).toBe(shown);
		},
	);
});

describe('line items', () => {
	const inForm = (...item: IDataObject[]) => ({ amountFrom: 'lineItems', lineItems: { item } });
	const asJson = (lineItemsJson: string) => ({ amountFrom: 'lineItemsJson', lineItemsJson });

	it.each(folders)('%s: a discount, taken off the other lines', async (folder) => {
		const tea = { name: 'Tea', unitAmount: '20.00', quantity: 1 };
		const refused = await create(
			folder,
			inForm(tea, { name: 'Discount', unitAmount: '-5.00', quantity: 1 }),
		);
		expect(refused.error).toMatch(
			/'Line Items 2: Unit Amount' is below zero.*take it off the unit amounts/,
		);
		expect(refused.error).toContain('One Amount');
		const mended = await create(folder, inForm({ ...tea, unitAmount: '15.00' }));
		expect(Number(mended.amount)).toBe(15);
		expect(Number((await create(folder, { amount: '15.00' })).amount)).toBe(15);
	});

	it.each(folders)('%s: one and a half kilograms, sold as one piece', async (folder) => {
		const refused = await create(
			folder,
			inForm({ name: 'Tea', unitAmount: '20.00', quantity: 1.5 }),
		);
		expect(refused.error).toMatch(/not a whole number.*as one piece: quantity 1/);
		const mended = await create(
			folder,
			inForm({ name: 'Tea, 1.5 kg', unitAmount: '30.00', quantity: 1 }),
		);
		expect(Number(mended.amount)).toBe(30);
	});

	const shops = {
		WooCommerce: [
			'{"id":315,"name":"Album","product_id":93,"quantity":2,"subtotal":"6.00","total":"6.00","sku":"","price":3}',
			'{"id":316,"name":"Song","product_id":94,"quantity":3,"subtotal":"10.00","total":"10.00","price":3.3333333333333335}',
		],
		Shopify: [
			'{"id":466157049,"title":"Player","name":"Player - green","price":"7.00","quantity":2,"sku":"P8"}',
			'{"id":2,"title":"Case","name":"Case - black","variant_id":7,"price":"2.00","quantity":1}',
		],
		'a sheet': [
			'{"Title":"Tea","Unit Price":"5.50","Qty":"2.00"}',
			'{"Title":"Cup","Unit Price":5,"Qty":1}',
		],
		'an export': ['{"Lineitem name":"Tea","Lineitem price":"16.00","Lineitem quantity":"1"}'],
	};

	it.each(
		folders.flatMap((folder) =>
			Object.entries(shops).map(([shop, lines]) => [folder, shop, lines] as const),
		),
	)(
		'%s: those of %s, mapped by the expression that the error gives',
		async (folder, _shop, lines) => {
			const list = `[${lines.join(',')}]`;
			const item = { order: { line_items: JSON.parse(list) as IDataObject[] }, text: list };
			for (const saved of ['={{ $json.order.line_items }}', '={{ $json.text }}']) {
				const refused = await create(folder, asJson(saved), item);
				expect(refused.error).toMatch(/^'Line Items \(JSON\) 1' is .*its price is in/);
				const mended = await create(folder, asJson(advised(refused, '')), item);
				expect(mended).toMatchObject({ error: '' });
				expect(Number(mended.amount)).toBe(16);
			}
		},
	);

	it.each(folders)('%s: a price called otherwise in a typed list, renamed', async (folder) => {
		const typed = '[{"title": "Tea", "price": "8.00", "qty": 2}]';
		const refused = await create(folder, asJson(typed));
		const renamed = [...refused.error.matchAll(/"(\w+)" in place of "(\w+)"/g)].reduce(
			(text, [, to, from]) => text.replace(`"${from}"`, `"${to}"`),
			typed,
		);
		expect(renamed).not.toBe(typed);
		expect(Number((await create(folder, asJson(renamed))).amount)).toBe(16);
	});

	it.each(['Payfect', 'WooshPay'])(
		"%s: an amount in 'Price ID', moved as advised",
		async (folder) => {
			const line = (unitAmount: string, price: string) =>
				inForm({ name: 'Tea', unitAmount, quantity: 1, additionalFields: { price } });
			const refused = await create(folder, line('', '19.90'));
			expect(refused.error).toContain("Enter it as 'Unit Amount', and leave 'Price ID' empty.");
			const mended = await create(folder, line('19.90', ''));
			expect(Number(mended.amount)).toBe(19.9);
		},
	);

	it.each(folders.filter((folder) => folder !== 'WooshPay'))(
		'%s: a free line beside one that is paid, as pieces written 2.00',
		async (folder) => {
			const free = { name: 'Gift sticker', unitAmount: '0.00', quantity: '2.00' };
			const refused = await create(folder, inForm(free));
			expect(refused.error).toContain('Give one line at least a unit amount of more than zero.');
			const mended = await create(
				folder,
				inForm(free, { name: 'Tea', unitAmount: '12.50', quantity: '2.00' }),
			);
			expect(mended.error).toBe('');
			expect(Number(mended.amount)).toBe(25);
		},
	);
});

describe("WooshPay's own word on a free line, of which no page says anything", () => {
	it('is shown, and the line can be left out', async () => {
		const tea = { name: 'Tea', unitAmount: '12.50', quantity: 2 };
		const items = (...item: IDataObject[]) => ({ amountFrom: 'lineItems', lineItems: { item } });
		const refused = await create(
			'WooshPay',
			items(tea, { name: 'Gift', unitAmount: '0', quantity: 1 }),
		);
		expect(refused.error).toMatch(
			/^WooshPay refused the request.*line_items\.1\..*must be above zero/,
		);
		expect(await create('WooshPay', items(tea))).toEqual({ error: '', amount: '25.00' });
	});
});

describe.each(folders)('%s: an address with a blank', (folder) => {
	const fields = ['successUrl', 'cancelUrl', 'callbackUrl'].filter((name) =>
		newNode(folder).description.properties.some((property) => property.name === name),
	);

	it.each(fields)('in %s, written as advised', async (field) => {
		const refused = await create(folder, { [field]: 'https://shop.example/ok?q=a b' });
		expect(refused.error).toMatch(/' contains a blank as its character 28.*write %20 in its place/);
		expect(await create(folder, { [field]: 'https://shop.example/ok?q=a%20b' })).toMatchObject({
			error: '',
		});
		const encoded = { [field]: '=https://shop.example/ok?q={{ encodeURIComponent($json.q) }}' };
		expect(await create(folder, encoded, { q: 'a b' })).toMatchObject({ error: '' });
	});
});

describe.each(folders)('%s: limits of the credential', (folder) => {
	const currency = samples[folder]?.money.currency ?? '';

	it.each([
		[{ largestAmount: '20' }, { largestAmount: '20.50' }, "raise 'Largest Amount'"],
		[
			{ largestAmount: '20 XYZ' },
			{ largestAmount: `20 XYZ, 500 ${currency}` },
			'add this one to it',
		],
		[{ largestAmount: 'twenty' }, { largestAmount: '500' }, 'Enter one amount such as 500'],
		[{ largestAmount: '1,000' }, { largestAmount: '1000' }, 'no thousands separators'],
		[{ allowedCurrencies: 'XYZ' }, { allowedCurrencies: `XYZ, ${currency}` }, 'add this one'],
		[{ allowedCurrencies: '5' }, { allowedCurrencies: currency }, 'Enter currency codes'],
	])('%j, changed to %j as advised', async (fields, mended, advice) => {
		expect((await create(folder, {}, {}, fields)).error).toContain(advice);
		expect(await create(folder, {}, {}, mended)).toMatchObject({ error: '' });
	});
});
