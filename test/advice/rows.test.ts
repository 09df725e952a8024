/**
 * What the node says about the rows of a sheet must help: each message is provoked, and the node or
 * the sheet is then changed as the message says, word for word.
 */
import type { IDataObject } from 'n8n-workflow';
import { TestSandbox } from '../support/testSandbox';
import { createCheckouts, folders, made, words, type Given } from './support';

let sandbox: TestSandbox;
beforeAll(async () => (sandbox = await TestSandbox.start()));
afterAll(async () => await sandbox.close());

const create = async (folder: string, rows: IDataObject[], given: Given) =>
	await createCheckouts(sandbox, folder, rows, given);

let sheets = 0;
/** References that no other test uses. */
const newReferences = (count: number) => {
	const sheet = ++sheets;
	return Array.from({ length: count }, (_, row) => `sheet-${sheet}-${row + 1}`);
};

/** An expression, changed by "write … in place of …". */
function changedAsAdvised(expression: string, advice: string): string {
	const [, text = '', old = ''] = /write (\$.*) in place of (\$.*?)\.(?:\s|$)/.exec(advice) ?? [];
	expect(old).not.toBe('');
	return expression.replace(old, () => text);
}

const BOM = '\uFEFF';

/** What a sheet calls the column that the expression asks for, and what is then said of it. */
const columns: Array<[what: string, asked: string, column: string, words: RegExp]> = [
	[
		'a byte order mark',
		"['Order No']",
		`${BOM}Order No`,
		/"Order No" with a byte order mark \(U\+FEFF\) in front/,
	],
	['a no-break space', "['Order No']", 'Order\u00A0No', /with a no-break space \(U\+00A0\) inside/],
	[
		'a zero-width space',
		"['Order No']",
		'Order No\u200B',
		/with a zero-width space \(U\+200B\) at its end/,
	],
	['a soft hyphen', '.Ordernumber', 'Order\u00ADnumber', /with a soft hyphen \(U\+00AD\) inside/],
	['a blank behind', "['Order No']", 'Order No ', /with a blank \(U\+0020\) at its end/],
	['two blanks', "['Order No']", 'Order  No', /with a blank \(U\+0020\) inside/],
	['a line break', "['Order No']", 'Order\nNo', /with a line break \(U\+000A\) inside/],
	[
		'a tag character',
		"['Order No']",
		'Order No\u{E0041}',
		/an invisible character \(U\+E0041\) at its end/,
	],
	['accents stored as marks', '.Numéro', 'Nume\u0301ro', /accents that are stored in another way/],
	[
		'a blank in the expression',
		"['Order No ']",
		'Order No',
		/the expression has a blank \(U\+0020\) at its end/,
	],
	['capitals', '.orderNo', 'ORDER NO', /^.*The column is called "ORDER NO": write/],
	['another sign', "['order_no']", 'Order-No.', /The column is called "Order-No\."/],
	['quotes in it', "['Order No']", `${BOM}"Order" 'No'`, /called "\\"Order\\" 'No'"/],
	['a name in Chinese', '.订单号', `${BOM}订单号`, /"订单号" with a byte order mark/],
];

describe.each(folders)('%s: a column that is not called as the expression has it', (folder) => {
	it.each(columns)(
		'%s is named, and the expression works as advised',
		async (_what, asked, column, says) => {
			const [reference = ''] = newReferences(1);
			const rows = [{ [column]: reference, total: '12.50' }];
			const expression = `={{ $json${asked} }}`;
			const refused = await create(folder, rows, { parameters: { reference: expression } });
			expect(words(refused)).toMatch(/^'Reference' is empty: its expression .* gives nothing/);
			expect(words(refused)).toMatch(says);
			expect(words(refused).replace(/U\+/g, '')).not.toMatch(/[\p{Cf}\u00A0]/u);
			const mended = changedAsAdvised(expression, words(refused));
			expect(made(await create(folder, rows, { parameters: { reference: mended } }))).toEqual([
				reference,
			]);
		},
	);
});

describe('a column of an earlier step', () => {
	const sheet = (row: IDataObject) => [
		{ name: 'Sheet', type: 'n8n-nodes-base.set', items: [{ json: row }] },
	];

	it('is looked for in what that step gave', async () => {
		const [reference = ''] = newReferences(1);
		const given = (expression: string): Given => ({
			parameters: { reference: expression },
			nodesBefore: sheet({ order: { [`${BOM}No`]: reference } }),
		});
		const expression = "={{ $('Sheet').item.json.order.No }}";
		const refused = await create('Payfect', [{ sent: true }], given(expression));
		const mended = changedAsAdvised(expression, words(refused));
		expect(made(await create('Payfect', [{ sent: true }], given(mended)))).toEqual([reference]);
	});

	it('of a step that is not there: the usual words', async () => {
		const parameters = { reference: "={{ $('Nowhere').item?.json.No ?? '' }}" };
		const refused = await create('Payfect', [{ 'no ': 1 }], { parameters });
		expect(words(refused)).not.toContain('The column is called');
		expect(refused.status).toBe('error');
	});
});

describe('a file that was read with other settings than it needs', () => {
	const parameters = { reference: "={{ $json['Größe'] }}" };

	it.each([
		['Bestellung;Größe;Betrag', 'enter a semicolon (;).'],
		['Bestellung\tGröße', 'enter the expression {{ "\\t" }}.'],
		[`${BOM}Größe|Betrag`, 'enter an upright stroke (|).'],
		['Größe,Betrag', 'enter a comma (,).'],
	])('the head %j tells the delimiter', async (head, advice) => {
		const refused = await create('Payfect', [{ [head]: 'a;b' }], { parameters });
		expect(words(refused)).toMatch(/in Extract From File, add the option 'Delimiter' and enter /);
		expect(words(refused)).toContain(advice);
	});

	it.each([
		['a column', { 'Gr\uFFFD\uFFFDe': 'x-1' }, parameters],
		['a reference', { No: 'M\uFFFDller-1' }, { reference: '={{ $json.No }}' }],
	])('%s with letters that were lost tells the encoding', async (_what, row, given) => {
		const refused = await create('Payfect', [row], { parameters: given });
		expect(words(refused)).toContain("add the option 'Encoding' and choose Latin1");
		expect(refused.status).toBe('error');
	});

	it('a column that nothing comes near: the usual words', async () => {
		const row = { 'Gr\uFFFDn': 'x', '': 'y', '-': 'z' };
		const refused = await create('Payfect', [row], { parameters });
		expect(words(refused)).toContain('Map the field again from the input item');
	});
});

describe.each(folders)('%s: empty rows of a sheet', (folder) => {
	const mapped = { reference: '={{ $json.No }}' };
	const emptyRows: IDataObject[] = [
		{},
		{ No: '', total: ' ' },
		{ No: null, total: '' },
		{ No: '\u00A0', row_number: 4 },
	];

	it.each(emptyRows)('%j is named, and nothing is sent until it is deleted', async (empty) => {
		const [first = '', last = ''] = newReferences(2);
		const rows = [{ No: first }, empty, { No: last }];
		const refused = await create(folder, rows, { parameters: mapped });
		expect(words(refused)).toMatch(/^The row is empty: no column .*\[item 1\]/);
		expect(words(refused)).toContain('Nothing was sent.');
		const deleted = rows.filter((row) => row !== empty);
		expect(made(await create(folder, deleted, { parameters: mapped }))).toEqual([first, last]);
	});

	it.each(emptyRows)('the condition for the Filter keeps %j out, and no other', async (empty) => {
		const refused = await create(folder, [{ No: 'x', row_number: 2 }, empty], {
			parameters: mapped,
		});
		const [condition = ''] = /\{\{ .* \}\}/.exec(words(refused)) ?? [];
		const kept = async (row: IDataObject) =>
			(await create(folder, [row], { parameters: { reference: `=${condition}` } })).status;
		expect(await kept(empty)).toBe('error');
		expect(await kept({ No: '', total: newReferences(1)[0] ?? '' })).toBe('success');
	});
});

describe('empty rows where every mapped field may be empty', () => {
	const parameters: IDataObject = {
		reference: '',
		amount: '5.00',
		description: '=Tea {{ $json.what }}',
	};

	it('make no checkout', async () => {
		const run = await create('Payfect', [{ what: 'Tea' }, { what: '' }], {
			parameters,
			continueOnFail: 'continueRegularOutput',
		});
		expect(run.outputs[0]?.[0]?.json).toMatchObject({ status: 'open' });
		expect(run.outputs[0]?.[1]?.json.error).toMatch(/^The row is empty/);
	});

	it.each<[string, IDataObject[], IDataObject]>([
		['a single item', [{ what: '' }], {}],
		['items of which none holds anything', [{}, {}], {}],
		['a row with one cell', [{ what: 'Tea' }, { what: '', note: 0 }], {}],
		['a node that reads nothing of them', [{ what: 'Tea' }, {}], { description: 'Tea' }],
		[
			'a node that reads another step, too',
			[{ what: 'Tea' }, {}],
			{ description: "={{ $json.what ?? $('Start').first().json.what }}" },
		],
	])('%s: nobody is in the way of it', async (_what, rows, given) => {
		const run = await create('Payfect', rows, { parameters: { ...parameters, ...given } });
		expect(words(run)).toBe('');
		expect(run.outputs[0]).toHaveLength(rows.length);
	});
});

describe.each(folders)('%s: a reference that comes again in another batch', (folder) => {
	const mapped = { reference: '={{ $json.No }}' };
	const loop = [{ name: 'Loop Over Items', type: 'n8n-nodes-base.splitInBatches' }];
	const inLoop = (given: Given = {}): Given => ({
		parameters: mapped,
		nodesBefore: loop,
		...given,
	});

	it('of Loop Over Items is refused, and nothing of that batch is sent until it is mended', async () => {
		const [first = '', second = '', third = ''] = newReferences(3);
		const one = await create(folder, [{ No: first }, { No: second }], inLoop());
		const again = inLoop({ flow: one.flow, runIndex: 1 });
		const two = await create(folder, [{ No: third }, { No: first }], again);
		expect(words(two)).toMatch(
			/'Reference' ".*" was already used by an earlier batch of this execution, so nothing was sent/,
		);
		const [, ending = ''] = /such as (-\d)\./.exec(words(two)) ?? [];
		const mended = await create(folder, [{ No: third }, { No: `${first}${ending}` }], again);
		expect(made(mended)).toEqual([third, `${first}${ending}`]);
	});

	it('that was refused in the first may come again', async () => {
		const [bad = '', good = ''] = newReferences(2);
		const lines = { amount: '={{ $json.amount }}', ...mapped };
		const one = await create(
			folder,
			[
				{ No: good, amount: '5' },
				{ No: bad, amount: '5,00' },
			],
			inLoop({ parameters: lines, continueOnFail: 'continueRegularOutput' }),
		);
		const two = await create(
			folder,
			[{ No: bad, amount: '5.00' }],
			inLoop({ parameters: lines, flow: one.flow, runIndex: 1 }),
		);
		expect(made(two)).toEqual([bad]);
	});

	it('is not refused to n8n when it repeats a batch: it gets what was made', async () => {
		const [bad = '', good = ''] = newReferences(2);
		const lines = { amount: '={{ $json.amount }}', ...mapped };
		const run = await create(
			folder,
			[
				{ No: bad, amount: '5,00' },
				{ No: good, amount: '5' },
			],
			inLoop({
				parameters: lines,
				continueOnFail: 'continueRegularOutput',
				retryOnFail: { maxTries: 2, waitBetweenTries: 1 },
				executionId: `batch-${good}`,
			}),
		);
		expect(run.executions).toBe(2);
		expect(run.outputs[0]?.[1]?.json).toMatchObject({ reference: good, status: 'open' });
	});
});

describe('references of earlier batches', () => {
	const mapped = { reference: '={{ $json.No }}' };

	it('count only behind Loop Over Items: other loops come back for a new link', async () => {
		const [again = ''] = newReferences(1);
		const one = await create('Payfect', [{ No: again }], { parameters: mapped });
		const two = await create('Payfect', [{ No: again }], {
			parameters: mapped,
			flow: one.flow,
			runIndex: 1,
		});
		expect(made(two)).toEqual([again]);
		expect(one.flow).toEqual({});
	});

	it.each([[null], ['nothing'], [{ Node: 'nothing' }], [{ Node: { '0': 'x' } }]])(
		'that another step has overwritten with %j are forgotten',
		async (rubbish) => {
			const [reference = ''] = newReferences(1);
			const run = await create('Payfect', [{ No: reference }], {
				parameters: mapped,
				nodesBefore: [{ name: 'Loop', type: 'n8n-nodes-base.splitInBatches' }],
				flow: { hostedCheckoutReferences: rubbish },
				runIndex: 1,
			});
			expect(made(run)).toEqual([reference]);
		},
	);

	it('stay ten thousand at the most', async () => {
		const [reference = ''] = newReferences(1);
		const nodesBefore = [{ name: 'Loop', type: 'n8n-nodes-base.splitInBatches' }];
		const old = Object.fromEntries(
			Array.from({ length: 10_000 }, (_, index) => [`h${index}`, 0] as const),
		);
		const given: Given = { parameters: mapped, nodesBefore, nodeName: 'Create', runIndex: 1 };
		const { flow } = await create('Payfect', [{ No: reference }], {
			...given,
			flow: { hostedCheckoutReferences: { Create: old } },
		});
		const kept = (flow.hostedCheckoutReferences as IDataObject).Create as IDataObject;
		expect(Object.keys(kept)).toHaveLength(10_000);
		expect(kept).not.toHaveProperty('h0');
		expect(kept).toHaveProperty('h1');
	});
});
