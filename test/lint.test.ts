import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { providerFolders } from './support/providers';

interface Report {
	ruleId: string | null;
	message: string;
}

/** What the project's own rules must refuse, and what they must let through. */
const cases = {
	'a contract that imports n8n': [
		'nodes/Payfect/payfect.contract.ts',
		"import type { INode } from 'n8n-workflow';",
		'project/import-boundaries',
	],
	'a file beside a contract that imports n8n': [
		'nodes/Payfect/signature.ts',
		"import { NodeApiError } from 'n8n-workflow';",
		'project/import-boundaries',
	],
	'a contract that imports a room which knows n8n': [
		'nodes/Payfect/payfect.contract.ts',
		"import { sendCall } from '../shared/requests/sendCall';",
		'project/import-boundaries',
	],
	'a contract that imports its own node': [
		'nodes/Payfect/payfect.contract.ts',
		"import { Payfect } from './Payfect.node';",
		'project/import-boundaries',
	],
	'a provider that imports another provider': [
		'nodes/Payfect/Payfect.node.ts',
		"import { other } from '../EFundPay/efundpay.contract';",
		'project/import-boundaries',
	],
	'a provider that imports another provider from a subfolder': [
		'nodes/Payfect/deep/createCheckout.operation.ts',
		"import { other } from '../../EFundPay/efundpay.contract';",
		'project/import-boundaries',
	],
	'shared code that imports a provider': [
		'nodes/shared/requests/sendCall.ts',
		"import { payfect } from '../../Payfect/payfect.contract';",
		'project/import-boundaries',
	],
	'a file of the core that imports n8n': [
		'nodes/shared/core/money.ts',
		"import type { INode } from 'n8n-workflow';",
		'project/import-boundaries',
	],
	'a file of the core that imports another room': [
		'nodes/shared/core/money.ts',
		"import { eachItem } from '../items/eachItem';",
		'project/import-boundaries',
	],
	'a room that imports one above it': [
		'nodes/shared/items/eachItem.ts',
		"import { waitForPayment } from '../waiting/waitForPayment';",
		'project/import-boundaries',
	],
	"a room that reads n8n's private parts without being one that has to": [
		'nodes/shared/callbacks/receiveCallback.ts',
		"import { nodesStillToRun } from '../n8nInternals';",
		'project/import-boundaries',
	],
	'a room that imports the one beside it': [
		'nodes/shared/callbacks/receiveCallback.ts',
		"import { createCheckout } from '../checkout/createCheckout';",
		'project/import-boundaries',
	],
	'a contract that imports its own fields': [
		'nodes/WooshPay/wooshPay.contract.ts',
		"import { optionFields } from './options.fields';",
		'project/import-boundaries',
	],
	'a package of which the build puts the code nowhere': [
		'nodes/shared/checkout/qrPicture.ts',
		"import { encode } from 'uqr';",
		'project/import-boundaries',
	],
	'the file into which the build puts one package, importing another': [
		'nodes/shared/checkout/qrMatrix.ts',
		"import { z } from 'zod';",
		'project/import-boundaries',
	],
	"a credential that imports another provider's contract": [
		'credentials/PayfectApi.credentials.ts',
		"import { other } from '../nodes/EFundPay/efundpay.contract';",
		'project/import-boundaries',
	],
	'a credential that imports a node': [
		'credentials/PayfectApi.credentials.ts',
		"import { Payfect } from '../nodes/Payfect/Payfect.node';",
		'project/import-boundaries',
	],
	'a dev dependency in a node': [
		'nodes/Payfect/Payfect.node.ts',
		"import axios from 'axios';",
		'project/import-boundaries',
	],
	'a package that n8n allows but that is not declared': [
		'nodes/Payfect/Payfect.node.ts',
		"import { DateTime } from 'luxon';",
		'project/import-boundaries',
	],
	"one of Node's modules in a node": [
		'nodes/Payfect/Payfect.node.ts',
		"import { readFileSync } from 'fs';",
		'project/import-boundaries',
	],
	'a module of a package in a credential': [
		'credentials/PayfectApi.credentials.ts',
		"import { sleep } from 'n8n-workflow/dist/utils';",
		'project/import-boundaries',
	],
	'a require in a node': [
		'nodes/Payfect/Payfect.node.ts',
		"export const fs: unknown = require('fs');",
		'project/import-boundaries',
	],
	'a dynamic import in a contract': [
		'nodes/Payfect/payfect.contract.ts',
		"export const n8n = import('n8n-workflow');",
		'project/import-boundaries',
	],
	'an export from another place in a contract': [
		'nodes/Payfect/payfect.contract.ts',
		"export * from 'n8n-workflow';",
		'project/import-boundaries',
	],
	'a type import in a contract': [
		'nodes/Payfect/payfect.contract.ts',
		"export type Node = import('n8n-workflow').INode;",
		'project/import-boundaries',
	],
	'a sandbox that imports what it judges': [
		'sandbox/providers/payfect.ts',
		"import { payfect } from '../../nodes/Payfect/payfect.contract';",
		'project/import-boundaries',
	],
	'a sandbox that imports a credential': [
		'sandbox/core/provider.ts',
		"import { PayfectApi } from '../../credentials/PayfectApi.credentials';",
		'project/import-boundaries',
	],
	'a sandbox that imports a test': [
		'sandbox/core/provider.ts',
		"import { runNode } from '../../test/support/contexts';",
		'project/import-boundaries',
	],
	'a script that imports a test': [
		'scripts/pages.ts',
		"import { runNode } from '../test/support/contexts';",
		'project/import-boundaries',
	],
	'a node that imports a test': [
		'nodes/Payfect/Payfect.node.ts',
		"import { runNode } from '../../test/support/contexts';",
		'project/import-boundaries',
	],
	'an inline disable in what ships': [
		'nodes/Payfect/payfect.contract.ts',
		'// eslint-disable-next-line no-console\nexport const one = 1;',
		null,
	],
	'a word on the console in what ships': [
		'nodes/Payfect/payfect.contract.ts',
		"console.log('secret');",
		'no-console',
	],
	'a function with more branches than fit in the head': [
		'nodes/Payfect/payfect.contract.ts',
		`export const many = (n: number) => {\n${Array.from({ length: 12 }, (_, i) => `	if (n === ${i}) return '${i}';`).join('\n')}\n	return '';\n};`,
		'complexity',
	],
	'a function with five parameters': [
		'sandbox/core/provider.ts',
		'export const five = (a: number, b: number, c: number, d: number, e: number) => [a, b, c, d, e];',
		'max-params',
	],
	'a ternary in a ternary': [
		'nodes/shared/core/money.ts',
		"export const sign = (n: number) => (n > 0 ? '+' : n < 0 ? '-' : '');",
		'no-nested-ternary',
	],
	'a line that no screen shows': [
		'nodes/shared/core/money.ts',
		`// ${'a long word '.repeat(11)}\nexport const one = 1;`,
		'max-len',
	],
	'a focused test': [
		'test/a.test.ts',
		"it.only('works', () => { expect(1).toBe(1); });",
		'jest/no-focused-tests',
	],
	'a skipped test': [
		'test/a.test.ts',
		"it.skip('works', () => { expect(1).toBe(1); });",
		'jest/no-disabled-tests',
	],
	'a test without an assertion': ['test/a.test.ts', "it('works', () => {});", 'jest/expect-expect'],
	'an assertion that may not run': [
		'test/a.test.ts',
		"it('works', () => { if (Math.random() > 0.5) expect(1).toBe(1); });",
		'jest/no-conditional-expect',
	],
	'a wrong package.json': [
		'package.json',
		'{ "name": "payments", "dependencies": { "axios": "1.0.0" } }',
		'@n8n/community-nodes/no-runtime-dependencies',
	],
	"a package.json that breaks the older linter's rules": [
		'package.json',
		'{ "name": "n8n-nodes-x", "license": "ISC" }',
		'n8n-nodes-base/community-package-json-license-not-default',
	],
	"a node against the older linter's rules": [
		'nodes/Payfect/createCheckout.operation.ts',
		"export const field = { displayName: 'amount', name: 'amount', type: 'string', default: '' };",
		'n8n-nodes-base/node-param-display-name-miscased',
	],
	"a node against the newer linter's rules": [
		'nodes/Payfect/Payfect.node.ts',
		'export const wait = () => setTimeout(() => {}, 1);',
		'@n8n/community-nodes/no-restricted-globals',
	],
} satisfies Record<string, [filePath: string, text: string, ruleId: string | null]>;

const allowed: Record<string, [filePath: string, text: string]> = {
	'a contract that imports crypto, its neighbour and plain shared code': [
		'nodes/Payfect/payfect.contract.ts',
		"export { createHmac } from 'crypto';\nexport { open } from './signature';\nexport { toMinorUnits } from '../shared/core/money';",
	],
	'a node that imports n8n, its own contract and shared code': [
		'nodes/Payfect/Payfect.node.ts',
		"export { NodeConnectionTypes } from 'n8n-workflow';\nexport { payfect } from './payfect.contract';\nexport { eachItem } from '../shared/items/eachItem';",
	],
	'a credential that imports its own contract': [
		'credentials/PayfectApi.credentials.ts',
		"export { payfect } from '../nodes/Payfect/payfect.contract';",
	],
	'a shared file that knows n8n': [
		'nodes/shared/requests/sendCall.ts',
		"export { sleep } from 'n8n-workflow';\nexport { money } from '../core/money';",
	],
	'the demo, which starts n8n as the tests do': [
		'sandbox/demo/demo.ts',
		"export { startN8n } from '../../test/n8n/instance';",
	],
	'a test that imports anything': [
		'test/nodes/Payfect/a.test.ts',
		"export { Payfect } from '../../../nodes/Payfect/Payfect.node';\nexport { startSandbox } from '../../../sandbox/sandbox';",
	],
};

const [provider = 'no provider on disk'] = providerFolders();
const named: [string, string] = [
	'nodes/shared/requests/sendCall.ts',
	`// As ${provider.toLowerCase()} wants it.\nexport const one = 1;`,
];

let reports: Map<string, Report[]>;
let off: Record<'nodes' | 'credentials' | 'community', string[]>;

beforeAll(() => {
	const all: Array<[name: string, filePath: string, text: string]> = [
		...Object.entries(cases).map(([name, [filePath, text]]): [string, string, string] => [
			name,
			filePath,
			text,
		]),
		...Object.entries(allowed).map(([name, [filePath, text]]): [string, string, string] => [
			name,
			filePath,
			text,
		]),
		['a provider named in shared code', ...named],
	];
	const answer = execFileSync(
		process.execPath,
		[path.join(__dirname, 'support', 'lintTexts.mjs')],
		{
			input: JSON.stringify(all.map(([, filePath, text]) => ({ filePath, text }))),
			encoding: 'utf8',
			// With NODE_ENV "test", as jest sets it, n8n's older linter takes every file name for the
			// right one.
			env: { ...process.env, NODE_ENV: '' },
		},
	);
	const parsed = JSON.parse(answer) as { reports: Report[][]; off: typeof off };
	reports = new Map(all.map(([name], index) => [name, parsed.reports[index] ?? []]));
	({ off } = parsed);
});

describe('the linter refuses', () => {
	it.each(Object.entries(cases).map(([name, [, , ruleId]]) => [name, ruleId] as const))(
		'%s',
		(name, ruleId) => {
			expect(reports.get(name)?.map((report) => report.ruleId)).toContain(ruleId);
		},
	);

	it('a provider named in shared code', () => {
		expect(reports.get('a provider named in shared code')).toContainEqual({
			ruleId: 'project/no-provider-name',
			message: expect.stringContaining(provider) as string,
		});
	});

	it('an inline disable by having no effect', () => {
		expect(
			reports
				.get('an inline disable in what ships')
				?.map(({ message }) => message)
				.join(),
		).toContain('noInlineConfig');
	});
});

describe('the linter lets through', () => {
	it.each(Object.keys(allowed))('%s', (name) => {
		expect(
			reports.get(name)?.filter(({ ruleId }) => ruleId === null || ruleId.startsWith('project/')),
		).toEqual([]);
	});
});

describe("n8n's two linters", () => {
	const deprecated = '@n8n/community-nodes/node-class-description-icon-missing';

	it('have every rule on for nodes but those that contradict each other', () => {
		expect(off.nodes).toEqual([
			deprecated,
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node',
			'n8n-nodes-base/node-class-description-outputs-wrong',
		]);
	});

	it('have every rule on for credentials but the one that contradicts the newer linter', () => {
		expect(off.credentials).toEqual([
			deprecated,
			'n8n-nodes-base/cred-class-field-documentation-url-miscased',
			'n8n-nodes-base/cred-class-field-type-options-password-missing',
		]);
	});

	it('have every rule on for package.json', () => {
		expect(off.community).toEqual([deprecated]);
	});
});
