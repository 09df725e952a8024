/**
 * Cells that look right in a sheet, or that a formula spoiled: what the node says of them must
 * help, followed word for word.
 */
import type { IDataObject } from 'n8n-workflow';
import { TestSandbox } from '../support/testSandbox';
import { createCheckouts, folders, words } from './support';

let sandbox: TestSandbox;
beforeAll(async () => (sandbox = await TestSandbox.start()));
afterAll(async () => await sandbox.close());

let rows = 0;

/** Create Checkout with one row of a sheet: the words of the error, or the amount that came out. */
async function create(folder: string, row: IDataObject, parameters: IDataObject): Promise<string> {
	const run = await createCheckouts(sandbox, folder, [row], {
		parameters: { reference: `cell-${++rows}`, ...parameters },
	});
	return words(run) || String(run.outputs[0]?.[0]?.json.amount);
}

const checkouts = async () => (await sandbox.state()).checkouts.length;

describe.each(folders)('%s: a cell whose formula failed', (folder) => {
	it.each(['#N/A', '#REF!', '#DIV/0!', '#NAME?', '#VALUE!', '#NV', '#BEZUG!', 'Err:502'])(
		'%s is no order number: one for every row that a lookup did not find',
		async (cell) => {
			const before = await checkouts();
			expect(await create(folder, { no: cell }, { reference: '={{ $json.no }}' })).toBe(
				`'Reference' is "${cell}" [item 0, reference "${cell}"]. It is the error of a formula in the sheet: correct the formula, or leave the row out.`,
			);
			expect(await checkouts()).toBe(before);
		},
	);

	it('is said of an amount, too', async () => {
		expect(await create(folder, { total: '#N/A' }, { amount: '={{ $json.total }}' })).toMatch(
			/^'Amount' is not a plain number: "#N\/A" \[.*\]\. It is the error of a formula in the sheet/,
		);
	});

	it.each(['#1001', '#A-17', '#A!b', 'N/A-7', 'Err:502b'])(
		'is not seen in the order number %s',
		async (no) => {
			expect(await create(folder, { no }, { reference: '={{ $json.no }}' })).toMatch(/^20\.50?$/);
		},
	);
});

describe.each(folders)('%s: characters that nobody sees', (folder) => {
	it.each(['\u200B12.50', '12.50\u2060', '\u202A12.50\u202C'])(
		'in an amount (%j) are shown, and the amount goes through as advised',
		async (total) => {
			const refused = await create(folder, { total }, { amount: '={{ $json.total }}' });
			expect(refused).toMatch(/'Amount' is not a plain number: "(12\.50)?<U\+20[0-9A-F]{2}>/);
			const [, behind = ''] = /with (\.replace\(.*?\)) behind the field/.exec(refused) ?? [];
			expect(behind).not.toBe('');
			expect(await create(folder, { total }, { amount: `={{ $json.total${behind} }}` })).toMatch(
				/^12\.50?$/,
			);
		},
	);

	it.each(['\u200B', ' \u2060\u200B '])(
		'alone (%j) are no order number: the cell looks empty',
		async (no) => {
			const before = await checkouts();
			const words = "'Reference' is empty: its expression";
			expect(await create(folder, { no }, { reference: '={{ $json.no }}' })).toContain(words);
			expect(await create(folder, { no }, { reference: '=order-{{ $json.no }}' })).toContain(words);
			expect(await checkouts()).toBe(before);
		},
	);
});
