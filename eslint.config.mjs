import path from 'node:path';
import js from '@eslint/js';
import communityNodes from '@n8n/eslint-plugin-community-nodes';
import jest from 'eslint-plugin-jest';
import nodesBase from 'eslint-plugin-n8n-nodes-base';
import ts from 'typescript-eslint';
import { providerFolders } from './scripts/providerFolders.cjs';

const root = import.meta.dirname;
const inFolder = (folder) => new RegExp(`^${folder}/`);

/**
 * Who may import what. The first entry whose `files` matches counts; a target is a package's name
 * or a path from the project's root without its ending. `own` is the provider's name as the file's
 * path gives it.
 */
const PROVIDER_NODE = 'nodes/shared/providerNode';
const N8N_INTERNALS = 'nodes/shared/n8nInternals';
const shared = (...rooms) => rooms.map((room) => inFolder(`nodes/shared/${room}`));
const boundaries = [
	{
		files: inFolder('nodes/shared/core'),
		who: 'The core of the shared code, which knows no n8n,',
		may: () => ['crypto', ...shared('core')],
	},
	{
		files: inFolder('nodes/shared/requests'),
		who: 'What sends requests',
		may: () => ['n8n-workflow', 'crypto', PROVIDER_NODE, ...shared('core', 'requests')],
	},
	{
		files: inFolder('nodes/shared/items'),
		who: 'What runs the items',
		may: () => [
			'n8n-workflow',
			'crypto',
			PROVIDER_NODE,
			N8N_INTERNALS,
			...shared('core', 'requests', 'items'),
		],
	},
	{
		files: /^nodes\/shared\/checkout\/qrMatrix\.ts$/,
		who: 'The file into which the build puts a package',
		may: () => ['uqr'],
	},
	{
		files: inFolder('nodes/shared/checkout'),
		who: 'What makes checkouts',
		may: () => [
			'n8n-workflow',
			'crypto',
			PROVIDER_NODE,
			N8N_INTERNALS,
			...shared('core', 'requests', 'items', 'checkout'),
		],
	},
	{
		files: inFolder('nodes/shared/callbacks'),
		who: 'What receives callbacks',
		may: () => [
			'n8n-workflow',
			'crypto',
			PROVIDER_NODE,
			...shared('core', 'requests', 'items', 'callbacks'),
		],
	},
	{
		files: inFolder('nodes/shared/waiting'),
		who: 'What waits for a payment',
		may: () => ['n8n-workflow', 'crypto', inFolder('nodes/shared')],
	},
	{
		files: inFolder('nodes/shared'),
		who: 'A file at the root of the shared code',
		may: () => ['n8n-workflow', 'crypto', N8N_INTERNALS, ...shared('core')],
	},
	{
		files: /^nodes\/(\w+)\/.*\.(node|operation|fields|credentialTest)\.ts$/,
		who: "A node's shell, operation or fields",
		may: ([, own]) => ['n8n-workflow', inFolder(`nodes/${own}`), inFolder('nodes/shared')],
	},
	{
		files: /^nodes\/(\w+)\//,
		who: 'A contract or what stands beside it',
		may: ([, own]) => [
			'crypto',
			new RegExp(`^nodes/${own}/(?!.*\\.(node|operation|fields|credentialTest)$)`),
			...shared('core'),
		],
	},
	{
		files: /^credentials\/(\w+)Api\.credentials\.ts$/,
		who: 'A credential',
		may: ([, own]) => [
			'n8n-workflow',
			new RegExp(`^nodes/${own}/[^/]+\\.contract$`),
			inFolder('nodes/shared'),
		],
	},
	{
		files: inFolder('credentials'),
		who: 'A credential',
		may: () => ['n8n-workflow', inFolder('nodes/shared')],
	},
	{
		files: inFolder('sandbox/demo'),
		who: 'The demo',
		mayNot: [inFolder('nodes'), inFolder('credentials'), /^test\/(?!n8n\/)/],
	},
	{
		files: inFolder('sandbox'),
		who: 'The sandbox, an independent judge,',
		mayNot: [inFolder('nodes'), inFolder('credentials'), inFolder('test')],
	},
	{ files: /^(?!test\/)/, who: 'Anything but a test', mayNot: [inFolder('test')] },
];

const matches = (target, pattern) =>
	typeof pattern === 'string' ? target === pattern : pattern.test(target);

/** A relative import as a path from the root without its ending; a package's name as it is. */
function targetOf(specifier, filename) {
	if (!specifier.startsWith('.')) return specifier;
	const absolute = path.resolve(path.dirname(filename), specifier);
	return path
		.relative(root, absolute)
		.split(path.sep)
		.join('/')
		.replace(/\.(ts|js|mjs|cjs|json)$/, '');
}

const importBoundaries = {
	meta: {
		type: 'problem',
		schema: [],
		messages: {
			beyond:
				'{{who}} must not import "{{specifier}}": see the table of import boundaries in eslint.config.mjs.',
		},
	},
	create(context) {
		const file = path.relative(root, context.filename).split(path.sep).join('/');
		let found;
		const boundary = boundaries.find((each) => {
			found = each.files.exec(file);
			return found && (each.onlyIf?.(file, found) ?? true);
		});
		if (!boundary) return {};
		const may = boundary.may?.(found);
		const check = (source) => {
			if (source?.type !== 'Literal' && source?.type !== 'TSLiteralType') return;
			const specifier = String(source.literal?.value ?? source.value);
			const target = targetOf(specifier, context.filename);
			const allowed = may
				? may.some((pattern) => matches(target, pattern))
				: !boundary.mayNot.some((pattern) => matches(target, pattern));
			if (!allowed)
				context.report({
					node: source,
					messageId: 'beyond',
					data: { who: boundary.who, specifier },
				});
		};
		return {
			ImportDeclaration: (node) => check(node.source),
			ExportNamedDeclaration: (node) => check(node.source),
			ExportAllDeclaration: (node) => check(node.source),
			ImportExpression: (node) => check(node.source),
			TSImportType: (node) => check(node.source),
			TSExternalModuleReference: (node) => check(node.expression),
			'CallExpression[callee.name="require"], CallExpression[callee.object.name="require"]': (
				node,
			) => check(node.arguments[0]),
		};
	},
};

const providers = providerFolders();

const noProviderName = {
	meta: {
		type: 'problem',
		schema: [],
		messages: {
			named:
				'Shared code names the provider "{{name}}". What differs between providers belongs in their contracts.',
		},
	},
	create(context) {
		return {
			Program(node) {
				for (const name of providers) {
					const index = context.sourceCode.text.toLowerCase().indexOf(name.toLowerCase());
					if (index >= 0)
						context.report({
							node,
							loc: context.sourceCode.getLocFromIndex(index),
							messageId: 'named',
							data: { name },
						});
				}
			},
		};
	},
};

const project = {
	plugins: {
		project: {
			rules: { 'import-boundaries': importBoundaries, 'no-provider-name': noProviderName },
		},
	},
};

/**
 * Every rule of n8n's linter for community packages, whatever its `recommended` set leaves out or
 * only warns of.
 */
const everyCommunityRule = Object.fromEntries(
	Object.keys(communityNodes.rules).map((name) => [`@n8n/community-nodes/${name}`, 'error']),
);

const n8nLinters = {
	plugins: { '@n8n/community-nodes': communityNodes, 'n8n-nodes-base': nodesBase },
	rules: {
		...everyCommunityRule,
		// Deprecated by its authors: `require-node-description-fields` asks for the icon.
		'@n8n/community-nodes/node-class-description-icon-missing': 'off',
	},
};

const shipped = ['nodes/**/*.ts', 'credentials/**/*.ts'];
const typescriptOutside = ['test/**/*.ts', 'sandbox/**/*.ts', 'scripts/**/*.ts'];
const javascriptOutside = [
	'*.js',
	'*.mjs',
	'scripts/**/*.mjs',
	'test/**/*.{js,cjs,mjs}',
	'sandbox/**/*.{js,cjs,mjs}',
];
const nodeGlobals = [
	'process',
	'console',
	'require',
	'module',
	'exports',
	'__dirname',
	'__filename',
	'Buffer',
	'URL',
	'URLSearchParams',
	'setTimeout',
	'clearTimeout',
	'setInterval',
	'clearInterval',
	'setImmediate',
	'AbortController',
	'AbortSignal',
	'fetch',
];

export default ts.config(
	{ ignores: ['dist/**', 'node_modules/**', 'coverage/**'] },
	{ linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' } },
	{
		...project,
		files: [...shipped, ...typescriptOutside, ...javascriptOutside],
		rules: { 'project/import-boundaries': 'error' },
	},

	{
		...n8nLinters,
		files: ['package.json'],
		// n8n's rules for package.json read it as the object literal that a TypeScript parser makes of
		// it.
		languageOptions: { parser: ts.parser, parserOptions: { extraFileExtensions: ['.json'] } },
		rules: { ...n8nLinters.rules, ...nodesBase.configs.community.rules },
	},
	{
		files: shipped,
		extends: [js.configs.recommended, ts.configs.strictTypeChecked, n8nLinters],
		languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: root } },
		// n8n's scan does not heed inline disables, so what ships has none.
		linterOptions: { noInlineConfig: true },
		rules: {
			'no-console': 'error',
			// A number in a message for the user is a number; n8n's types make `unknown` of much that is
			// text.
			'@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
			// n8n's types ask for functions that return a promise, also where there is nothing to wait
			// for.
			'@typescript-eslint/require-await': 'off',
			'@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
		},
	},
	{
		files: ['nodes/**/*.ts'],
		rules: {
			...nodesBase.configs.nodes.rules,
			// Wants the literal ['main'], where `node-connection-type-literal` of n8n's newer linter
			// wants the enum.
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
			// The same, and Wait for Payment has two outputs.
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
		},
	},
	{
		files: ['credentials/**/*.ts'],
		rules: {
			...nodesBase.configs.credentials.rules,
			// Wants a slug of n8n's own documentation, where `credential-documentation-url` of the newer
			// linter wants an address.
			'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
			// Wants a public key masked, which `credential-unnecessary-password` of the newer linter
			// forbids; `credential-password-field` takes care of secrets.
			'n8n-nodes-base/cred-class-field-type-options-password-missing': 'off',
		},
	},
	{ ...project, files: ['nodes/shared/**/*.ts'], rules: { 'project/no-provider-name': 'error' } },
	{
		files: [...shipped, 'sandbox/**/*.ts'],
		rules: {
			complexity: ['error', 12],
			'max-params': ['error', 4],
			'no-nested-ternary': 'error',
			// n8n's rules read literals only, so texts stay whole however long they are.
			'max-len': [
				'error',
				{
					code: 120,
					tabWidth: 2,
					ignoreStrings: true,
					ignoreTemplateLiterals: true,
					ignoreRegExpLiterals: true,
					ignoreUrls: true,
				},
			],
		},
	},

	{
		files: typescriptOutside,
		extends: [js.configs.recommended, ts.configs.recommended],
		languageOptions: { parserOptions: { project: './test/tsconfig.json', tsconfigRootDir: root } },
		rules: {
			'@typescript-eslint/no-floating-promises': 'error',
			'@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
			'@typescript-eslint/await-thenable': 'error',
		},
	},
	{
		files: javascriptOutside,
		extends: [js.configs.recommended],
		languageOptions: { globals: Object.fromEntries(nodeGlobals.map((name) => [name, 'readonly'])) },
	},
	{
		files: ['**/*.cjs', 'gulpfile.js', 'jest.config.js', 'test/support/*.js'],
		languageOptions: { sourceType: 'commonjs' },
	},
	{
		files: ['test/**/*.test.ts'],
		extends: [jest.configs['flat/recommended']],
		rules: {
			'jest/no-disabled-tests': 'error',
			'jest/no-focused-tests': 'error',
			'jest/no-commented-out-tests': 'error',
			'jest/no-conditional-expect': 'error',
			'jest/no-duplicate-hooks': 'error',
			'jest/no-test-return-statement': 'error',
			'jest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*'] }],
		},
	},
);
