/**
 * Sheets as people have them, read by n8n's own nodes and turned into checkouts. Where a sheet is
 * refused, the error is followed word for word, once, and the sheet goes through.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { IDataObject, INode } from 'n8n-workflow';
import { provider as wooshPayFacts } from '../providers/wooshpay';
import {
	errorOf,
	itemsOf,
	makeCredential,
	makeWorkflow,
	node,
	packageName,
	stage,
	type ProviderCase,
} from './support';

const folder = path.join(__dirname, 'fixtures', 'sheets');
const wooshPay = {
	provider: 'wooshpay',
	displayName: 'WooshPay',
	credential: 'wooshPayApi',
} as ProviderCase;

const files = createServer((request, response) =>
	response.end(readFileSync(path.join(folder, path.basename(request.url ?? '')))),
);
beforeAll(async () => {
	files.listen(0, '127.0.0.1');
	await once(files, 'listening');
});
afterAll(() => {
	files.closeAllConnections();
	files.close();
});

interface Reading {
	/** Options of Extract From File. */
	options?: IDataObject;
	/** What is not empty in the rows that a Filter lets pass. */
	filter?: string;
	/** Over the usual order. */
	order: IDataObject;
	onError?: INode['onError'];
}

interface Seen {
	/** Title and text of the error that stopped the workflow; '' if none did. */
	error: string;
	/** What left Create Checkout, row by row: `reference amount currency`, or the error. */
	rows: string[];
	/** The same of the checkouts that the provider has, in any order. */
	exist: string[];
}

/** Downloads the file, reads it, and makes checkouts of its rows. */
async function createFrom(
	file: string,
	{ options = {}, filter, order, onError }: Reading,
): Promise<Seen> {
	const { client, sandbox } = await stage();
	const { credential } = await makeCredential(wooshPay);
	await sandbox.reset();
	const { port } = files.address() as AddressInfo;
	const steps = [
		node('Start', 'n8n-nodes-base.manualTrigger', 1),
		node('Download', 'n8n-nodes-base.httpRequest', 4.2, {
			parameters: {
				url: `http://127.0.0.1:${port}/${file}`,
				options: { response: { response: { responseFormat: 'file' } } },
			},
		}),
		node('Extract From File', 'n8n-nodes-base.extractFromFile', 1, {
			parameters: { operation: path.extname(file).slice(1), options } as INode['parameters'],
		}),
		...(filter === undefined ? [] : [filterStep(filter)]),
		node('Create', `${packageName}.wooshPay`, 1.1, {
			...(onError === undefined ? {} : { onError }),
			parameters: {
				resource: 'checkout',
				operation: 'create',
				amountFrom: 'amount',
				...wooshPayFacts.order,
				...order,
			} as INode['parameters'],
			credentials: { [credential.type]: { id: credential.id, name: credential.name } },
		}),
	];
	const workflow = await makeWorkflow(`Sheet ${file}`, steps);
	const execution = await client.workflows.run(workflow.id, 'Start');
	const { message, description } = errorOf(execution);
	const { checkouts } = await sandbox.state('wooshpay');
	return {
		error: execution.status === 'success' ? '' : `${message}. ${description}`,
		rows: itemsOf(execution, 'Create').map(({ error, reference, amount, currency }) =>
			typeof error === 'string' ? error : [reference, amount, currency].join(' '),
		),
		exist: checkouts
			.map(({ reference, amount, currency }) => [reference, amount, currency].join(' '))
			.sort(),
	};
}

/** "is not empty", as the Filter offers it for texts. */
function filterStep(expression: string): INode {
	return node('Filter', 'n8n-nodes-base.filter', 2.2, {
		parameters: {
			conditions: {
				options: { version: 2, leftValue: '', caseSensitive: true, typeValidation: 'strict' },
				combinator: 'and',
				conditions: [
					{
						id: '1',
						leftValue: `=${expression}`,
						rightValue: '',
						operator: { type: 'string', operation: 'notEmpty', singleValue: true },
					},
				],
			},
			options: {},
		},
	});
}

/** `write … in place of …`, done in the expression. */
function rewritten(expression: string, error: string): string {
	const [, text = '', old = ''] = /write (\$.*) in place of (\$.*?)\.(?:\s|$)/.exec(error) ?? [];
	return expression.replace(old, () => text);
}

const adviceOn = (error: string, pattern: RegExp) => pattern.exec(error)?.[1] ?? '';

describe("Excel's CSV UTF-8 in Europe", () => {
	const order = {
		reference: "={{ $json['Order No'] }}",
		amount: '={{ $json.Amount }}',
		currency: '={{ $json.Currency }}',
		description: '={{ $json.Customer }}',
	};

	test('goes through once decimal comma and byte order mark are seen to as the errors say', async () => {
		const delimiter = ';';
		const commas = await createFrom('excel-csv-utf8.csv', { options: { delimiter }, order });
		expect(commas.error).toMatch(/'Amount' is not a plain number: "1\.234,50" \[item 0/);
		expect(commas.error).toMatch(/'Amount' is not a plain number: "19,90" \[item 1/);
		expect(commas.error).toContain('Use a point for the decimals');
		expect(commas.exist).toEqual([]);

		const amount = "={{ $json.Amount.replaceAll('.', '').replace(',', '.') }}";
		const withPoints = { ...order, amount };
		const marked = await createFrom('excel-csv-utf8.csv', {
			options: { delimiter },
			order: withPoints,
		});
		expect(marked.error).toContain('"Order No" with a byte order mark (U+FEFF) in front');
		expect(marked.error).toContain(
			"add the option 'Exclude Byte Order Mark (BOM)' and switch it on",
		);
		expect(marked.exist).toEqual([]);

		const made = ['EX-1 1234.50 EUR', 'EX-2 19.90 EUR'];
		expect(
			await createFrom('excel-csv-utf8.csv', {
				options: { delimiter, enableBOM: true },
				order: withPoints,
			}),
		).toEqual({ error: '', rows: made, exist: made });
		const reference = rewritten(order.reference, marked.error);
		expect(reference).not.toBe(order.reference);
		expect(
			await createFrom('excel-csv-utf8.csv', {
				options: { delimiter },
				order: { ...withPoints, reference },
			}),
		).toEqual({ error: '', rows: made, exist: made });
	});
});

test("Excel's CSV in Windows-1252 goes through with the delimiter and the encoding that the errors say", async () => {
	const order = {
		reference: '={{ $json.Bestellnummer }}',
		amount: '={{ $json.Betrag }}',
		description: "={{ $json['Größe'] }}",
		currency: 'EUR',
	};
	const inOneColumn = await createFrom('excel-csv-windows-1252.csv', { order });
	expect(inOneColumn).toMatchObject({ rows: [], exist: [] });
	const delimiter = adviceOn(
		inOneColumn.error,
		/add the option 'Delimiter' and enter a semicolon \((.)\)/,
	);
	const lost = await createFrom('excel-csv-windows-1252.csv', { options: { delimiter }, order });
	expect(lost).toMatchObject({ rows: [], exist: [] });
	expect(lost.error).toContain('holds letters that were lost when its file was read');
	expect(lost.error).toContain("add the option 'Encoding' and choose Latin1");
	const made = ['BÜRO-1 24.50 EUR', 'BÜRO-2 8.00 EUR'];
	expect(
		await createFrom('excel-csv-windows-1252.csv', {
			options: { delimiter, encoding: 'latin1' },
			order,
		}),
	).toEqual({ error: '', rows: made, exist: made });
});

describe('a sheet with formatted rows that hold nothing', () => {
	const order = {
		reference: "={{ $json['Order No'] }}",
		amount: '={{ $json.Total }}',
		description: '=Order {{ $json.Note }}',
		currency: 'USD',
	};
	const made = ['GS-1 12.50 USD', 'GS-2 7.00 USD'];

	test.each([{}, { includeEmptyCells: true }])(
		'(%j) is refused by its empty rows, and goes through behind the Filter that the error gives',
		async (options) => {
			const refused = await createFrom('google-sheets.csv', { options, order });
			expect(refused.error).toMatch(/^2 of 4 rows cannot be sent as they are/);
			expect(refused.error).toMatch(
				/The row is empty: .* \[item 2\]\.\nThe row is empty: .* \[item 3\]/,
			);
			expect(refused.exist).toEqual([]);
			const filter = adviceOn(refused.error, /with the condition that (\{\{ .* \}\}) is not empty/);
			expect(await createFrom('google-sheets.csv', { options, order, filter })).toEqual({
				error: '',
				rows: made,
				exist: made,
			});
		},
	);

	test('with Continue the filled rows are made, and the empty ones say what they are', async () => {
		const onError = 'continueRegularOutput' as const;
		const empty = expect.stringMatching(/^The row is empty/) as string;
		expect(await createFrom('google-sheets.csv', { order, onError })).toEqual({
			error: '',
			rows: [...made, empty, empty],
			exist: made,
		});
	});
});

test('orders that WooCommerce has exported keep every digit, in currencies with and without decimals', async () => {
	const made = ['WC-315 9.00 USD', 'WC-316 1250.00 USD', 'WC-317 1500 JPY'];
	expect(
		await createFrom('woocommerce-orders.csv', {
			order: {
				reference: '={{ $json.order_number }}',
				amount: '={{ $json.order_total }}',
				currency: '={{ $json.order_currency }}',
			},
		}),
	).toEqual({ error: '', rows: made, exist: made });
});

test('orders that Shopify has exported: the second line of an order is no order, and amounts have no commas', async () => {
	const order = {
		reference: '={{ $json.Name }}',
		amount: '={{ $json.Total }}',
		currency: '={{ $json.Currency }}',
	};
	const refused = await createFrom('shop-orders-export.csv', { order });
	expect(refused.error).toMatch(/^2 of 4 rows cannot be sent as they are/);
	expect(refused.error).toMatch(
		/'Currency' is empty: its expression \{\{ \$json\.Currency \}\}.*\[item 1/,
	);
	expect(refused.error).toMatch(/'Amount' is not a plain number: "1,250\.00" \[item 2/);
	expect(refused.error).toContain('Leave out the thousands separators');
	expect(refused.exist).toEqual([]);
	const made = ['#1001 54.50 USD', '#1002 1250.00 USD', '#1003 1500 JPY'];
	const amount = "={{ $json.Total.replaceAll(',', '') }}";
	expect(
		await createFrom('shop-orders-export.csv', {
			order: { ...order, amount },
			filter: '{{ $json.Total }}',
		}),
	).toEqual({ error: '', rows: made, exist: made });
});

test('formulas: what they leave behind the decimals is refused, and goes through rounded as advised', async () => {
	const order = {
		reference: "={{ $json['Order No'] }}",
		amount: '={{ $json.Total }}',
		currency: 'USD',
	};
	// The first line is a title over all columns.
	const options = { range: 1 };
	const refused = await createFrom('formulas.xlsx', { options, order });
	expect(refused.error).toMatch(
		/is the result of a computation that was not rounded: "36\.599999999/,
	);
	expect(refused.error).toMatch(/The row is empty: .*\[item 2\]/);
	expect(refused.exist).toEqual([]);
	const filter = adviceOn(refused.error, /with the condition that (\{\{ .* \}\}) is not empty/);
	const rounding = adviceOn(refused.error, /in an expression (\{\{ .*? \}\})/);
	const amount = `=${rounding.replace('…', '$json.Total')}`;
	const made = ['F-1 36.60 USD', 'F-2 19.99 USD'];
	expect(
		await createFrom('formulas.xlsx', { options, order: { ...order, amount }, filter }),
	).toEqual({ error: '', rows: made, exist: made });
});

test('numbers as text keep their zeros, under a column with a no-break space in its name', async () => {
	const order = { reference: "={{ $json['Order No'] }}", amount: '={{ $json.Amount }}' };
	const refused = await createFrom('texts-and-dates.xlsx', { order });
	expect(refused.error).toContain('"Order No" with a no-break space (U+00A0) inside');
	expect(refused.exist).toEqual([]);
	const reference = rewritten(order.reference, refused.error);
	const made = ['000451 20.50 GBP', '000452 7.00 GBP'];
	expect(await createFrom('texts-and-dates.xlsx', { order: { ...order, reference } })).toEqual({
		error: '',
		rows: made,
		exist: made,
	});
});

test('an order number of more digits than a sheet holds, and a zero, are refused beside rows that are made', async () => {
	const seen = await createFrom('orders.xlsx', {
		order: {
			reference: "={{ $json['Order No'] }}",
			amount: '={{ $json.Amount }}',
			currency: '={{ $json.Currency }}',
		},
		onError: 'continueRegularOutput',
	});
	expect(seen.rows).toEqual([
		// Shown as 00123 by the sheet, which holds the number 123: docs/rows.md says so.
		'123 1234.56 USD',
		expect.stringMatching(
			/^'Amount' is not a plain number: "1\.234,56" \[item 1, reference "00124"\]/,
		),
		expect.stringMatching(/^'Reference' has more digits than a number holds exactly \[item 2\]/),
		expect.stringMatching(/^'Amount' is zero \[item 3, reference "SO\/2026\/00045"\]/),
	]);
	expect(seen.exist).toEqual(['123 1234.56 USD']);
});

test('a sheet of LibreOffice goes through as it is', async () => {
	const made = ['LO-1 20.50 EUR', 'LO-2 135.25 EUR'];
	expect(
		await createFrom('libreoffice.ods', {
			order: {
				reference: '={{ $json.reference }}',
				amount: '={{ $json.amount }}',
				description: '={{ $json.description }}',
				currency: 'EUR',
			},
		}),
	).toEqual({ error: '', rows: made, exist: made });
});

test('a reference that comes again in a later batch of Loop Over Items is refused, the batches around it are made', async () => {
	const { client, sandbox } = await stage();
	const { credential } = await makeCredential(wooshPay);
	await sandbox.reset();
	const { port } = files.address() as AddressInfo;
	const nodes = [
		node('Start', 'n8n-nodes-base.manualTrigger', 1),
		node('Download', 'n8n-nodes-base.httpRequest', 4.2, {
			parameters: {
				url: `http://127.0.0.1:${port}/repeated.csv`,
				options: { response: { response: { responseFormat: 'file' } } },
			},
		}),
		node('Extract From File', 'n8n-nodes-base.extractFromFile', 1, {
			parameters: { operation: 'csv', options: {} },
		}),
		node('Loop Over Items', 'n8n-nodes-base.splitInBatches', 3, {
			parameters: { batchSize: 2, options: {} },
		}),
		node('Create', `${packageName}.wooshPay`, 1.1, {
			onError: 'continueRegularOutput',
			parameters: {
				resource: 'checkout',
				operation: 'create',
				amountFrom: 'amount',
				...wooshPayFacts.order,
				reference: '={{ $json.reference }}',
				amount: '={{ $json.amount }}',
			} as INode['parameters'],
			credentials: { [credential.type]: { id: credential.id, name: credential.name } },
		}),
	];
	const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
	const workflow = await client.workflows.create({
		name: 'Batches of a sheet',
		nodes,
		connections: {
			Start: { main: [to('Download')] },
			Download: { main: [to('Extract From File')] },
			'Extract From File': { main: [to('Loop Over Items')] },
			'Loop Over Items': { main: [[], to('Create')] },
			Create: { main: [to('Loop Over Items')] },
		},
	});
	const execution = await client.workflows.run(workflow.id, 'Start');
	const rows = (execution.data.resultData.runData.Create ?? []).flatMap(({ data }) =>
		(data?.main?.[0] ?? []).map(({ json }) => json.error ?? json.reference),
	);
	expect(rows).toEqual([
		'R-1',
		'R-2',
		expect.stringMatching(/^'Reference' "R-1" was already used by an earlier batch/),
		'R-3',
		'R-4',
	]);
	const { checkouts } = await sandbox.state('wooshpay');
	expect(checkouts.map(({ reference }) => reference).sort()).toEqual(['R-1', 'R-2', 'R-3', 'R-4']);
});
