import type { IDataObject, INodeProperties } from 'n8n-workflow';
import {
	amountField,
	amountFromField,
	amountUnitField,
	callbackUrlField,
	cancelUrlField,
	descriptionField,
	extraFieldsOption,
	lineItemsField,
	lineItemsJsonField,
	referenceField,
	successUrlField,
} from '../../../../nodes/shared/checkout/checkoutFields';
import type { CheckoutOrder } from '../../../../nodes/shared/core/contract';
import { eachItem } from '../../../../nodes/shared/items/eachItem';
import { readCheckoutOrder } from '../../../../nodes/shared/checkout/readCheckoutOrder';
import { operationOf } from '../../../../nodes/shared/items/operation';
import { runNode } from '../../../support/contexts';
import { ProbeApi, probeNode, probeProvider } from '../support/probe';

const properties: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		options: [{ name: 'Checkout', value: 'checkout' }],
		default: 'checkout',
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		options: [{ name: 'Create', value: 'create' }],
		default: 'create',
	},
	amountFromField,
	amountField,
	amountUnitField,
	lineItemsField,
	lineItemsJsonField,
	{ displayName: 'Currency', name: 'currency', type: 'string', default: '' },
	referenceField,
	descriptionField,
	successUrlField,
	cancelUrlField,
	{
		displayName: 'Callback',
		name: 'callback',
		type: 'options',
		options: [
			{ name: 'None', value: 'none' },
			{ name: 'URL', value: 'url' },
			{ name: 'Resume This Execution', value: 'resumeExecution' },
		],
		default: 'none',
	},
	callbackUrlField,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		default: {},
		options: [extraFieldsOption],
	},
];

/**
 * The order that the contract is given for the fields as the user filled them in, or the error of
 * the row.
 */
async function read(
	parameters: IDataObject,
	item: IDataObject = {},
): Promise<CheckoutOrder | string> {
	const orders: CheckoutOrder[] = [];
	const node = probeNode(
		async (context) =>
			await eachItem(context, probeProvider(), {
				checkout: {
					create: operationOf({
						read: (row) => orders.push(readCheckoutOrder(row, { credentials: {} })),
						send: async () => ({}),
					}),
				},
			}),
		properties,
	);
	const run = await runNode({
		node,
		credentialTypes: [new ProbeApi()],
		credentials: { probeApi: { key: 'key', account: 'a', baseUrl: 'https://api.example' } },
		parameters: { amount: '12.50', currency: 'HKD', ...parameters },
		items: [{ json: item }],
	});
	return orders[0] ?? `${run.error?.message}. ${run.error?.description}`;
}

const order = async (parameters: IDataObject, item?: IDataObject): Promise<CheckoutOrder> => {
	const result = await read(parameters, item);
	if (typeof result === 'string') throw new Error(result);
	return result;
};

it('reads a whole order', async () => {
	const parameters = {
		amount: '={{ $json.price }}',
		currency: ' HKD ',
		reference: ' order-1 ',
		description: 'Two boxes of tea',
		successUrl: 'https://shop.example/ok?a=1&b=2#top',
		cancelUrl: 'https://shop.example/no',
		callback: 'url',
		callbackUrl: ' https://n8n.example/webhook/1/callback ',
		options: { extraFields: '{"locale": "zh-HK", "description": null}' },
	};
	await expect(order(parameters, { price: 12.5 })).resolves.toEqual({
		amount: '12.5',
		lineItems: [],
		amountUnit: 'major',
		currency: 'HKD',
		reference: 'order-1',
		description: 'Two boxes of tea',
		successUrl: 'https://shop.example/ok?a=1&b=2#top',
		cancelUrl: 'https://shop.example/no',
		callbackUrl: 'https://n8n.example/webhook/1/callback',
		extraFields: { locale: 'zh-HK', description: null },
	});
});

it('leaves out what is empty', async () => {
	await expect(order({})).resolves.toEqual({
		amount: '12.50',
		lineItems: [],
		amountUnit: 'major',
		currency: 'HKD',
		reference: null,
		description: null,
		successUrl: null,
		cancelUrl: null,
		callbackUrl: null,
		extraFields: {},
	});
});

it('takes an order number from a sheet, where it is a number', async () => {
	await expect(
		order({ reference: '={{ $json.number }}' }, { number: 1001 }),
	).resolves.toMatchObject({ reference: '1001' });
});

it('takes the largest order number that a number holds, and one with decimals', async () => {
	await expect(
		order({ reference: '={{ 9007199254740991 }}', description: '={{ -0.125 }}' }),
	).resolves.toMatchObject({ reference: '9007199254740991', description: '-0.125' });
});

it('sums line items exactly', async () => {
	const item = [
		{ name: 'Tea', unitAmount: '0.10', quantity: 3 },
		{ name: 'Cup', unitAmount: '0.20', quantity: 1 },
	];
	await expect(order({ amountFrom: 'lineItems', lineItems: { item } })).resolves.toMatchObject({
		amount: '0.50',
		lineItems: [
			{ name: 'Tea', unitAmount: '0.10', quantity: 3 },
			{ name: 'Cup', unitAmount: '0.20', quantity: 1 },
		],
	});
});

it('takes line items from a column of JSON, with everything a line item may have', async () => {
	const items = [
		{
			name: 'Tea',
			unitAmount: 12.5,
			quantity: '2',
			description: 'One box',
			images: 'https://shop.example/1.png, https://shop.example/2.png',
		},
		{ name: 'Cup', unitAmount: '1.00' },
	];
	await expect(
		order(
			{ amountFrom: 'lineItemsJson', lineItemsJson: '={{ $json.items }}' },
			{ items: JSON.stringify(items) },
		),
	).resolves.toMatchObject({
		amount: '26.00',
		lineItems: [
			{
				name: 'Tea',
				unitAmount: '12.5',
				quantity: 2,
				description: 'One box',
				images: ['https://shop.example/1.png', 'https://shop.example/2.png'],
			},
			{ name: 'Cup', unitAmount: '1.00', quantity: 1 },
		],
	});
});

it('takes article numbers of a sheet as name, description and price ID', async () => {
	const items = [
		{ name: 501, unitAmount: '1.00', quantity: 1, description: 20 },
		{ price: 77, quantity: 2 },
	];
	await expect(
		order({ amountFrom: 'lineItemsJson', lineItemsJson: '={{ $json.items }}' }, { items }),
	).resolves.toMatchObject({
		lineItems: [
			{ name: '501', unitAmount: '1.00', quantity: 1, description: '20' },
			{ name: '', quantity: 2, price: '77' },
		],
	});
});

it('takes line items from an earlier node, where they are a list already', async () => {
	await expect(
		order(
			{ amountFrom: 'lineItemsJson', lineItemsJson: '={{ $json.items }}' },
			{ items: [{ name: 'Tea', unitAmount: '1', quantity: 1 }] },
		),
	).resolves.toMatchObject({ amount: '1' });
});

it.each([
	['text', '12.50'],
	['a number', 12.5],
])('does not silently leave out a unit amount beside a price ID: %s', async (_kind, unitAmount) => {
	const items = [{ name: 'Tea', unitAmount, price: 'price_1', quantity: 2 }];
	await expect(
		order({ amountFrom: 'lineItemsJson', lineItemsJson: JSON.stringify(items) }),
	).rejects.toThrow("'Line Items (JSON) 1' has a Price ID and a Unit Amount");
});

it.each(['qty', 'Quantity', 'quantity ', 'pcs', 'Menge', '数量'])(
	'does not take one of a line item whose quantity is called "%s"',
	async (key) => {
		const items = [{ name: 'Tea', unitAmount: '12.50', [key]: 3 }];
		await expect(
			order({ amountFrom: 'lineItemsJson', lineItemsJson: JSON.stringify(items) }),
		).rejects.toThrow(`'Line Items (JSON) 1' has no quantity, but "${key}"`);
	},
);

it('asks for line items where none were entered as JSON', async () => {
	await expect(order({ amountFrom: 'lineItemsJson', lineItemsJson: '[]' })).rejects.toThrow(
		"'Line Items (JSON)' is empty",
	);
});

it('does not sum what has prices that only the provider knows', async () => {
	const items = [
		{ price: 'price_1', quantity: 2 },
		{ name: 'Cup', unitAmount: '1.00', quantity: 1 },
	];
	await expect(
		order({ amountFrom: 'lineItemsJson', lineItemsJson: JSON.stringify(items) }),
	).resolves.toMatchObject({
		amount: null,
		lineItems: [{ price: 'price_1', quantity: 2 }, { name: 'Cup' }],
	});
});

it('gives the address that resumes this execution', async () => {
	await expect(order({ callback: 'resumeExecution' })).resolves.toMatchObject({
		callbackUrl: expect.stringMatching(/^https:\/\/n8n\.example\/webhook-waiting\//) as string,
	});
});

it('tells amounts in the smallest unit apart', async () => {
	await expect(order({ amountUnit: 'smallest', amount: '1250' })).resolves.toMatchObject({
		amount: '1250',
		amountUnit: 'smallest',
	});
});

it.each(['Smallest', 'minor', 'cents'])(
	'does not charge a hundredfold when an expression gives "%s" as Amount Unit',
	async (unit) => {
		await expect(
			order({ amount: '1250', amountUnit: '={{ $json.unit }}' }, { unit }),
		).rejects.toThrow(
			`'Amount Unit' is none of its choices: "${unit}" [item 0]. Choose one in the form, or let the expression give major or smallest.`,
		);
	},
);

it.each(['URL', 'webhook'])(
	'makes no checkout that nobody would be told of when an expression gives "%s" as Callback',
	async (callback) => {
		await expect(
			order(
				{
					callback: '={{ $json.callback }}',
					callbackUrl: 'https://n8n.example/webhook/1/callback',
				},
				{ callback },
			),
		).rejects.toThrow(`'Callback' is none of its choices: "${callback}"`);
	},
);

it('does not charge the amount in place of the line items when an expression gives another word as Amount From', async () => {
	const parameters = {
		amountFrom: '={{ $json.from }}',
		amount: '1.00',
		lineItemsJson: '[{"name": "Tea", "unitAmount": "12.50", "quantity": 2}]',
	};
	await expect(order(parameters, { from: 'json' })).rejects.toThrow(
		`'Amount From' is none of its choices: "json"`,
	);
});

const json = (items: unknown) => ({
	amountFrom: 'lineItemsJson',
	lineItemsJson: JSON.stringify(items),
});
const fields = (...item: IDataObject[]) => ({ amountFrom: 'lineItems', lineItems: { item } });

it.each<[string, IDataObject, string]>([
	['an empty amount', { amount: '={{ $json.none }}' }, "'Amount' is empty"],
	['an amount that is no number', { amount: '12,50' }, `'Amount' is not a plain number: "12,50"`],
	['an empty currency', { currency: ' ' }, "'Currency' is empty"],
	['a relative success page', { successUrl: '/ok' }, "'Success URL' is not an absolute URL"],
	[
		'a success page without https',
		{ successUrl: 'shop.example/ok' },
		"'Success URL' is not an absolute URL",
	],
	[
		'a script as success page',
		{ successUrl: 'javascript:alert(1)' },
		"'Success URL' is not an absolute URL",
	],
	[
		'a cancel page with a blank',
		{ cancelUrl: 'https://shop.example/a b' },
		"'Cancel URL' contains a blank as its character 23",
	],
	['no callback address', { callback: 'url', callbackUrl: '={{ "" }}' }, "'Callback URL' is empty"],
	[
		'a callback address that is none',
		{ callback: 'url', callbackUrl: 'webhook/1' },
		"'Callback URL' is not an absolute URL",
	],
	[
		'a callback address without a host',
		{ callback: 'url', callbackUrl: 'https:///callback' },
		"'Callback URL' is not an absolute URL",
	],
	[
		'extra fields that are no JSON',
		{ options: { extraFields: '{a: 1}' } },
		"'Extra Request Fields' is not valid JSON",
	],
	[
		'a number that would be rounded',
		{ options: { extraFields: '{"merchant_user_id": 1580071150141046784}' } },
		'\'Extra Request Fields\' holds a number that would not be sent as it is written: "1580071150141046784"',
	],
	[
		'an amount that would be rounded',
		{
			amountFrom: 'lineItemsJson',
			lineItemsJson: '[{"name": "Tea", "unitAmount": 12.340000000000000001, "quantity": 1}]',
		},
		"'Line Items (JSON)' holds a number that would not be sent as it is written",
	],
	// Each was sent as the ID of a price: "No such price: $3.00".
	...['$3.00', '3,00 €', 'USD 3.00', '3.00 USD'].map((price): [string, IDataObject, string] => [
		`a price of a shop with its currency, ${price}`,
		{
			amountFrom: 'lineItemsJson',
			lineItemsJson: JSON.stringify([{ title: 'Tea', price, qty: 2 }]),
		},
		'\'Line Items (JSON) 1\' is called otherwise than here: its price is in "price"',
	]),
	[
		'extra fields that are a list',
		{ options: { extraFields: '[1]' } },
		"'Extra Request Fields' is not a JSON object",
	],
	['no line items', fields(), "'Line Items' is empty"],
	[
		'a line item without a name',
		fields({ name: ' ', unitAmount: '1', quantity: 1 }),
		"'Line Items 1: Name' is empty",
	],
	[
		'a line item without an amount',
		fields({ name: 'Tea', unitAmount: '', quantity: 1 }),
		"'Line Items 1: Unit Amount' is empty",
	],
	[
		'a second line item with a bad amount',
		fields(
			{ name: 'Tea', unitAmount: '1', quantity: 1 },
			{ name: 'Cup', unitAmount: '1,000', quantity: 1 },
		),
		`'Line Items 2: Unit Amount' is not a plain number: "1,000"`,
	],
	[
		'nothing but free line items',
		fields({ name: 'Tea', unitAmount: '0', quantity: 1 }),
		"'Line Items' add up to zero",
	],
	[
		'no quantity',
		fields({ name: 'Tea', unitAmount: '1', quantity: 0 }),
		`'Line Items 1: Quantity' is not a whole number above zero: "0"`,
	],
	[
		'a quantity below zero',
		fields({ name: 'Tea', unitAmount: '1', quantity: -1 }),
		"'Line Items 1: Quantity' is not a whole number above zero",
	],
	[
		'a quantity from an empty column',
		fields({ name: 'Tea', unitAmount: '1', quantity: '={{ $json.qty }}' }),
		"'Line Items 1: Quantity' is empty",
	],
	[
		'a quantity that is null',
		json([{ name: 'Tea', unitAmount: '1', quantity: null, qty: 3 }]),
		"'Line Items (JSON) 1: Quantity' is empty",
	],
	[
		'a list as quantity',
		json([{ name: 'Tea', unitAmount: '1', quantity: [3] }]),
		"'Line Items (JSON) 1: Quantity' is empty",
	],
	[
		'half a piece',
		json([{ name: 'Tea', unitAmount: '1', quantity: 1.5 }]),
		"'Line Items (JSON) 1: Quantity' is not a whole number above zero",
	],
	[
		'a quantity with an exponent',
		json([{ name: 'Tea', unitAmount: '1', quantity: '1e3' }]),
		"'Line Items (JSON) 1: Quantity' is not a whole number above zero",
	],
	[
		'more pieces than a number holds exactly',
		json([{ name: 'Tea', unitAmount: '1', quantity: '9007199254740993' }]),
		"'Line Items (JSON) 1: Quantity' is not a whole number above zero",
	],
	[
		'line items that are no JSON',
		{ amountFrom: 'lineItemsJson', lineItemsJson: '[{' },
		"'Line Items (JSON)' is not valid JSON",
	],
	['line items that are no list', json({ name: 'Tea' }), "'Line Items (JSON)' is not a list"],
	['an empty list of line items', json([]), "'Line Items (JSON)' is empty"],
	['a line item that is a text', json(['Tea']), "'Line Items (JSON) 1' is not an object"],
	[
		'a picture without a whole address',
		json([{ name: 'Tea', unitAmount: '1', images: ['tea.png'] }]),
		"'Line Items (JSON) 1: Images' is not an absolute URL",
	],
	[
		'an object as reference',
		{ reference: '={{ $json }}' },
		"'Reference' is not a text but an object",
	],
	['a switch as currency', { currency: '={{ true }}' }, "'Currency' is not a text but a switch"],
	[
		'a date as description',
		{ description: '={{ $now }}' },
		"'Description' is not a text but a date",
	],
	[
		'an order number that the sheet has rounded',
		{ reference: '={{ 1234567890123456789 }}' },
		"'Reference' has more digits than a number holds exactly",
	],
	[
		'an order number with an exponent',
		{ reference: '={{ 1e21 }}' },
		"'Reference' has more digits than a number holds exactly",
	],
	[
		'an endless order number',
		{ reference: '={{ 1 / 0 }}' },
		"'Reference' has more digits than a number holds exactly",
	],
	[
		'an order number that is none',
		{ reference: '={{ Number("x") }}' },
		"'Reference' is not a number",
	],
	[
		'an object as name of a line item',
		json([{ name: { en: 'Tea' }, unitAmount: '1' }]),
		"'Line Items (JSON) 1: Name' is not a text but an object",
	],
	[
		'a list as description of a line item',
		json([{ name: 'Tea', unitAmount: '1', description: ['One box'] }]),
		"'Line Items (JSON) 1: Description' is not a text but a list",
	],
	[
		'a switch as price ID',
		json([{ price: true }]),
		"'Line Items (JSON) 1: Price ID' is not a text but a switch",
	],
	[
		'an object as pictures',
		json([{ name: 'Tea', unitAmount: '1', images: { large: 'https://shop.example/1.png' } }]),
		"'Line Items (JSON) 1: Images' is not a text but an object",
	],
	[
		'a rounded article number as name',
		{
			amountFrom: 'lineItems',
			lineItems: { item: [{ name: '={{ 1234567890123456789 }}', unitAmount: '1' }] },
		},
		"'Line Items 1: Name' has more digits than a number holds exactly",
	],
	[
		'an object as success page',
		{ successUrl: '={{ $json }}' },
		"'Success URL' is not an absolute URL",
	],
])('refuses %s by the name of the field', async (_case, parameters, message) => {
	const error = await read(parameters, { some: 'object' });
	expect(error).toMatch(/^'.*\[item 0.*\]\. \S/);
	expect(error).toContain(message);
});
