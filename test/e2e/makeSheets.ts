/**
 * Writes the sheets in fixtures/sheets that people make with Excel, LibreOffice and their shops,
 * byte by byte as those programs do. Needed only to change one:
 *
 *   node scripts/run.mjs --n8n tsx test/e2e/makeSheets.ts
 *
 * orders.xlsx and shop-orders-export.csv were made elsewhere. The spreadsheets are written with the
 * library of n8n's own nodes.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { bringN8n } from '../n8n/bring';

interface Cell {
	/** s: text, n: number. */
	t: 's' | 'n';
	v: string | number;
	/** A formula. */
	f?: string;
	/** How it is shown. */
	z?: string;
}
interface Sheet {
	[cell: string]: unknown;
	'!merges'?: unknown[];
}
interface Xlsx {
	write(book: object, options: { type: 'buffer'; bookType: 'xlsx' | 'ods' }): Buffer;
	utils: {
		book_new(): object;
		book_append_sheet(book: object, sheet: Sheet, name: string): void;
		encode_cell(place: { r: number; c: number }): string;
		decode_range(range: string): unknown;
	};
}

const folder = path.join(__dirname, 'fixtures', 'sheets');
const write = (name: string, content: Buffer | string) =>
	writeFileSync(path.join(folder, name), content);
const lines = (rows: string[], end = '\r\n') => rows.map((row) => `${row}${end}`).join('');

const number = (v: number, more: Partial<Cell> = {}): Cell => ({ t: 'n', v, ...more });
const formula = (f: string, v: string | number): Cell =>
	typeof v === 'number' ? { t: 'n', v, f } : { t: 's', v, f };
type Given = Cell | string | undefined;

async function main(): Promise<void> {
	// Excel in most of Europe, "CSV UTF-8": a byte order mark, semicolons, decimal commas.
	write(
		'excel-csv-utf8.csv',
		`\uFEFF${lines([
			'Order No;Customer;Amount;Currency',
			'EX-1;"Müller; Söhne";"1.234,50";EUR',
			'EX-2;Žofie Nováková;19,90;EUR',
		])}`,
	);
	// Excel in Germany, plain "CSV", in Windows-1252.
	write(
		'excel-csv-windows-1252.csv',
		Buffer.from(
			lines([
				'Bestellnummer;Käufer;Größe;Betrag',
				'BÜRO-1;Jürgen Groß;L;24.50',
				'BÜRO-2;Zoë;M;8.00',
			]),
			'latin1',
		),
	);
	// Google Sheets, downloaded: quoted line breaks, and formatted rows at the end that hold nothing.
	write(
		'google-sheets.csv',
		lines([
			'Order No,Note,Total',
			'GS-1,"Ring twice,\nthen wait",12.50',
			'GS-2,"He said ""now""",7.00',
			',,',
			',,',
			'',
		]),
	);
	write('repeated.csv', lines(['reference,amount', 'R-1,5', 'R-2,6', 'R-1,5', 'R-3,7', 'R-4,8']));
	// WooCommerce's exporter.
	write(
		'woocommerce-orders.csv',
		lines(
			[
				'"order_id","order_number","order_date","status","order_total","order_currency","billing_email","line_item_1"',
				'"315","WC-315","2026-11-20 10:30:00","pending","9.00","USD","a@shop.example","name:Album|quantity:2|total:6.00"',
				'"316","WC-316","2026-11-21 11:00:00","pending","1250.00","USD","b@shop.example","name:Song|quantity:3|total:10.00"',
				'"317","WC-317","2026-11-22 12:00:00","pending","1500","JPY","c@shop.example","name:Book|quantity:1|total:1500"',
			],
			'\n',
		),
	);

	const n8n = await bringN8n();
	const nodes = createRequire(n8n.script).resolve('n8n-nodes-base/package.json');
	const xlsx = createRequire(nodes)('@e965/xlsx') as Xlsx;
	const sheet = (name: string, rows: Given[][], more: Sheet = {}) => {
		const made: Sheet = { ...more };
		rows.forEach((row, r) =>
			row.forEach((given, c) => {
				if (given === undefined) return;
				made[xlsx.utils.encode_cell({ r, c })] =
					typeof given === 'string' ? { t: 's', v: given } : given;
			}),
		);
		const columns = Math.max(...rows.map(({ length }) => length));
		made['!ref'] = `A1:${xlsx.utils.encode_cell({ r: rows.length - 1, c: columns - 1 })}`;
		const book = xlsx.utils.book_new();
		xlsx.utils.book_append_sheet(book, made, 'Orders');
		write(
			name,
			xlsx.write(book, { type: 'buffer', bookType: name.endsWith('.ods') ? 'ods' : 'xlsx' }),
		);
	};
	// A title over merged cells, formulas with what they leave behind, and prepared rows below.
	sheet(
		'formulas.xlsx',
		[
			['Orders of November'],
			['Order No', 'Price', 'Pieces', 'Total'],
			['F-1', number(12.2), number(3), formula('B3*C3', 36.599999999999994)],
			[],
			['F-2', number(19.99), number(1), formula('B5*C5', 19.99)],
			['', undefined, undefined, formula('IF(A6="","",B6*C6)', '')],
			['', undefined, undefined, formula('IF(A7="","",B7*C7)', '')],
		],
		{ '!merges': [xlsx.utils.decode_range('A1:D1')] },
	);
	// Numbers and dates as text, and numbers that only look like what they are not.
	sheet('texts-and-dates.xlsx', [
		['Order\u00A0No ', 'Amount', 'Created', 'Shown With Zeros'],
		['000451', '20.50', number(46356, { z: 'dd.mm.yyyy' }), number(451, { z: '000000' })],
		['000452', ' 7.00 ', number(46357.75, { z: 'dd.mm.yyyy hh:mm' }), number(452, { z: '000000' })],
	]);
	sheet('libreoffice.ods', [
		['reference', 'amount', 'description'],
		['LO-1', number(20.5), 'Tea'],
		['LO-2', number(135.25), 'Crème brûlée'],
	]);
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
