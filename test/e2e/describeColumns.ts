import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import ts from 'typescript';
import { columnCases, compareWithN8n } from '../support/columns/columnCases';
import { encode, type Reading } from '../support/columns/ColumnProbe.node';
import { chain, itemsOf, node, stage } from './support';

/** Columns are read without n8n's engine: this holds them against the one of a running n8n. */
export function describeColumns(): void {
	const folder = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-column-probe-'));

	beforeAll(async () => {
		const source = readFileSync(
			path.join(__dirname, '..', 'support', 'columns', 'ColumnProbe.node.ts'),
			'utf8',
		);
		const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
		writeFileSync(
			path.join(folder, 'ColumnProbe.node.js'),
			ts.transpileModule(source, { compilerOptions }).outputText,
		);
		await (await stage()).n8n.restart({ N8N_CUSTOM_EXTENSIONS: folder });
	});
	afterAll(async () => {
		await (await stage()).n8n.restart({});
		rmSync(folder, { recursive: true, force: true });
	});

	test("a column is read as this n8n's engine evaluates it, to the type and the sign of zero", async () => {
		const { client } = await stage();
		const probe = (name: string, parameters: IDataObject) =>
			node(name, 'CUSTOM.columnProbe', 1, { parameters: parameters as never });
		const { id } = await client.workflows.create({
			name: 'Columns',
			...chain([
				node('Start', 'n8n-nodes-base.manualTrigger', 1),
				probe('Rows', {
					operation: 'give',
					items: JSON.stringify(columnCases.map(({ row }) => encode(row))),
				}),
				probe('Read', { operation: 'read', saved: columnCases.map(({ saved }) => saved) }),
			]),
		});
		const readings = itemsOf(await client.workflows.run(id, 'Start'), 'Read');
		expect(readings).toHaveLength(columnCases.length);
		expect(compareWithN8n(readings as unknown as Reading[])).toEqual([]);
	});
}
