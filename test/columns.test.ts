/**
 * Columns are read without n8n's `getNodeParameter` (`nodes/shared/items/column.ts`). What that does
 * beside evaluating must not be asked for anywhere.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { newNode } from './support/providers';
import { testProviders } from './providers';

/** Every member of a description, at whatever depth. */
function membersOf(value: unknown): string[] {
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([name, member]) => [name, ...membersOf(member)]);
}

test.each(testProviders().map(({ folder }) => folder))(
	'no field of %s asks n8n to convert, to validate or to extract its value',
	(folder) => {
		const members = membersOf(newNode(folder).description.properties);
		expect(members).toContain('displayName');
		expect(members.filter((name) => ['validateType', 'extractValue'].includes(name))).toEqual([]);
	},
);

test('no code asks n8n to convert or to extract the value of a parameter', () => {
	const root = path.join(__dirname, '..', 'nodes');
	const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
		file.endsWith('.ts'),
	);
	expect(sources).toContain(path.join('shared', 'items', 'rowReader.ts'));
	expect(
		sources.filter((file) =>
			/\b(ensureType|extractValue|validateType)\b/.test(
				readFileSync(path.join(root, file), 'utf8'),
			),
		),
	).toEqual([]);
});
