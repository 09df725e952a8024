import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { columnReader } from '../../../../nodes/shared/items/column';
import { runNode } from '../../../support/contexts';
import {
	columnCases,
	compareWithN8n,
	INHERITED_NAMES,
	UNSAFE_NAMES,
} from '../../../support/columns/columnCases';
import { ColumnProbe, type Reading } from '../../../support/columns/ColumnProbe.node';

const row: IDataObject = {
	amount: 12.5,
	'Amount (USD)': '12.50',
	'\uFEFFreference': 'order-1',
	paid: false,
	empty: '',
	nothing: null,
	customer: { 'e-mail': 'a@shop.example', tags: ['new'] },
};
const read = (saved: unknown, from = row) => columnReader(saved)?.(from);

describe('a plain column', () => {
	test.each<[unknown, unknown]>([
		['={{ $json.amount }}', 12.5],
		['={{$json.amount}}', 12.5],
		['={{\n$json.amount\t}}', 12.5],
		['={{ $json["Amount (USD)"] }}', '12.50'],
		["={{ $json['Amount (USD)'] }}", '12.50'],
		['={{ $json["\uFEFFreference"] }}', 'order-1'],
		['={{ $json.paid }}', false],
		['={{ $json.empty }}', ''],
		['={{ $json.customer["e-mail"] }}', 'a@shop.example'],
		[
			{ item: [{ name: 'Tea', quantity: 2, price: '={{ $json.amount }}' }] },
			{ item: [{ name: 'Tea', quantity: 2, price: 12.5 }] },
		],
	])('%j is read without n8n', (saved, value) => {
		expect(read(saved)).toEqual(value);
	});

	it('makes a new collection for each row: what one row changes, the next does not get', () => {
		const reader = columnReader({ a: '={{ $json.amount }}', b: ['Tea'] });
		const first = reader?.(row) as { b: string[] };
		first.b.push('Cake');
		expect(reader?.(row)).toEqual({ a: 12.5, b: ['Tea'] });
	});
});

describe('left to n8n is', () => {
	test.each<[string, unknown]>([
		['a blank in front of the braces, which makes a text of it', '= {{ $json.amount }}'],
		['a blank behind the braces', '={{ $json.amount }} '],
		['a line end behind the braces', '={{ $json.amount }}\n'],
		['text around it', '=order-{{ $json.amount }}'],
		['two columns', '={{ $json.amount }}{{ $json.amount }}'],
		['a computation', '={{ $json.amount * 2 }}'],
		['a call', '={{ $json.amount.toString() }}'],
		['a missing column', '={{ $json.missing }}'],
		['a column without a value', '={{ $json.nothing }}'],
		['a member of a list', '={{ $json.customer.tags["0"] }}'],
		['what a list inherits', '={{ $json.customer.tags.length }}'],
		['what a text inherits', '={{ $json.empty.length }}'],
		['a whole object', '={{ $json.customer }}'],
		['another item', '={{ $input.item.json.amount }}'],
		['a collection with another expression', { a: '={{ $json.amount }}', b: '={{ 1 + 1 }}' }],
		['a collection with a missing column', { a: '={{ $json.amount }}', b: '={{ $json.no }}' }],
	])('%s', (_case, saved) => {
		expect(read(saved)).toBeUndefined();
	});

	test.each([...new Set([...UNSAFE_NAMES, ...INHERITED_NAMES, 'a.constructor'])])(
		'a column called %s, at which n8n throws or sees something else',
		(name) => {
			const own = Object.fromEntries([[name, '12.50']]);
			expect([read(`={{ $json["${name}"] }}`, own), read(`={{ $json.${name} }}`, own)]).toEqual([
				undefined,
				undefined,
			]);
		},
	);

	it('a date, a big number of another type, and an object of a class', () => {
		class Order {
			amount = 1;
		}
		const special = { date: new Date(0), big: 1n, order: new Order() } as unknown as IDataObject;
		expect(
			['={{ $json.date }}', '={{ $json.big }}', '={{ $json.order.amount }}'].map((saved) =>
				read(saved, special),
			),
		).toEqual([undefined, undefined, undefined]);
	});
});

it("knows every name that n8n's engine refuses", () => {
	const source = readFileSync(
		path.join(path.dirname(require.resolve('n8n-workflow')), 'utils.js'),
		'utf8',
	);
	const list = /const unsafeObjectProperties = new Set\(\[([^\]]+)\]\)/.exec(source)?.[1] ?? '';
	expect([...list.matchAll(/'([^']+)'/g)].map(([, name]) => name)).toEqual(UNSAFE_NAMES);
});

it("gives what n8n's own evaluation gives, to the type and the sign of zero", async () => {
	const { outputs, error } = await runNode({
		node: new ColumnProbe(),
		parameters: { saved: columnCases.map(({ saved }) => saved) as IDataObject[] },
		items: columnCases.map(({ row: json }) => ({ json })),
	});
	expect(error).toBeUndefined();
	expect(compareWithN8n((outputs[0] ?? []).map(({ json }) => json as unknown as Reading))).toEqual(
		[],
	);
});
