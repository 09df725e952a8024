import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(__dirname, '..', '..');
const page = readFileSync(path.join(root, 'docs', 'rows.md'), 'utf8');
const sources = ['core/callFailure', 'items/eachItem', 'requests/sendOnce']
	.map((file) => readFileSync(path.join(root, 'nodes', 'shared', `${file}.ts`), 'utf8'))
	.join('\n');

describe('docs/rows.md', () => {
	test.each(['may have been made', 'asks to slow down', 'could not be reached'])(
		'the nodes do say "%s"',
		(words) => {
			expect(page).toContain(words);
			expect(sources).toContain(words);
		},
	);
});
