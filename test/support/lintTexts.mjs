/**
 * Lints texts as if they stood at the given paths. Standard input: `[{ filePath, text }]`; standard
 * output: `{ reports, off }`, the reports of each text and the rules of n8n's two linters that are
 * not an error, by kind of file. A process of its own, because jest cannot import ESLint's
 * configuration (an ES module).
 */
import path from 'node:path';
import { json } from 'node:stream/consumers';
import communityNodes from '@n8n/eslint-plugin-community-nodes';
import { ESLint } from 'eslint';
import nodesBase from 'eslint-plugin-n8n-nodes-base';
import ts from 'typescript-eslint';

const cwd = path.resolve(import.meta.dirname, '..', '..');
const untyped = { languageOptions: { parserOptions: { project: false } } };
// The files do not exist, so there are no types; the rules that need none are the project's own.
const eslint = new ESLint({ cwd, overrideConfig: [ts.configs.disableTypeChecked, untyped] });
const reports = [];
for (const { filePath, text } of await json(process.stdin)) {
	const [result] = await eslint.lintText(text, { filePath: path.join(cwd, filePath) });
	reports.push(result.messages.map(({ ruleId, message }) => ({ ruleId, message })));
}

const communityRules = Object.keys(communityNodes.rules).map(
	(name) => `@n8n/community-nodes/${name}`,
);
const kinds = {
	nodes: 'nodes/A/A.node.ts',
	credentials: 'credentials/AApi.credentials.ts',
	community: 'package.json',
};
const off = {};
for (const [kind, filePath] of Object.entries(kinds)) {
	const { rules } = await eslint.calculateConfigForFile(path.join(cwd, filePath));
	off[kind] = [...communityRules, ...Object.keys(nodesBase.configs[kind].rules)].filter(
		(name) => rules[name]?.[0] !== 2,
	);
}
process.stdout.write(JSON.stringify({ reports, off }));
