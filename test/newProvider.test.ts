/**
 * What a provider consists of: its files, and the files that name it. Run this first and last when
 * you add one (CONTRIBUTING.md, "Add a provider"): each line that fails is something to do. It looks
 * at files only, so it works from the moment that the folder in nodes/ is there.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { providerFolders, root } from './support/providers';

const providers = providerFolders();

const textOf = (file: string) =>
	existsSync(path.join(root, file)) ? readFileSync(path.join(root, file), 'utf8') : '';

/** The files of a folder and of the folders in it, relative to it. */
function filesIn(folder: string): string[] {
	const absolute = path.join(root, folder);
	return existsSync(absolute)
		? readdirSync(absolute, { recursive: true, encoding: 'utf8' }).map((file) =>
				file.split(path.sep).join('/'),
			)
		: [];
}

const { n8n, keywords } = JSON.parse(textOf('package.json')) as {
	n8n: { nodes: string[]; credentials: string[] };
	keywords: string[];
};

function filesOf(folder: string): string[] {
	const camelCase = folder.charAt(0).toLowerCase() + folder.slice(1);
	const lowerCase = folder.toLowerCase();
	return [
		`nodes/${folder}/${folder}.node.ts`,
		`nodes/${folder}/${folder}Trigger.node.ts`,
		`nodes/${folder}/${folder}.node.json`,
		`nodes/${folder}/${folder}Trigger.node.json`,
		`nodes/${folder}/${camelCase}.contract.ts`,
		`nodes/${folder}/${camelCase}.provider.ts`,
		`nodes/${folder}/createCheckout.operation.ts`,
		`nodes/${folder}/${camelCase}.credentialTest.ts`,
		`nodes/${folder}/README.md`,
		`nodes/${folder}/__schema__/v1.1.0.json`,
		`nodes/${folder}/__schema__/v1.1.0/checkout/create.json`,
		`credentials/${folder}Api.credentials.ts`,
		`icons/${camelCase}.svg`,
		`icons/${camelCase}.dark.svg`,
		`docs/providers/${lowerCase}.md`,
		`examples/${camelCase}.json`,
		`examples/order-desk/checkout-${lowerCase}.json`,
		`examples/order-desk/receive-${lowerCase}.json`,
		`sandbox/providers/${lowerCase}.ts`,
		`test/providers/${lowerCase}.ts`,
		`test/nodes/${folder}/${camelCase}.contract.test.ts`,
		`test/nodes/${folder}/${folder}.node.test.ts`,
		`test/nodes/${folder}/${folder}Trigger.node.test.ts`,
		`test/sandbox/${lowerCase}.test.ts`,
		`test/e2e/${camelCase}.test.ts`,
	];
}

const examples = filesIn('examples')
	.filter((file) => file.endsWith('.json'))
	.map((file) => textOf(`examples/${file}`));

function mentionsOf(folder: string): Array<[what: string, isThere: boolean]> {
	const camelCase = folder.charAt(0).toLowerCase() + folder.slice(1);
	const inExample = (node: string) =>
		examples.some((example) => example.includes(`"n8n-nodes-hosted-checkout.${node}"`));
	return [
		[
			'its node in n8n.nodes of package.json',
			n8n.nodes.includes(`dist/nodes/${folder}/${folder}.node.js`),
		],
		[
			'its trigger in n8n.nodes of package.json',
			n8n.nodes.includes(`dist/nodes/${folder}/${folder}Trigger.node.js`),
		],
		[
			'its credential in n8n.credentials of package.json',
			n8n.credentials.includes(`dist/credentials/${folder}Api.credentials.js`),
		],
		['its name among the keywords of package.json', keywords.includes(folder.toLowerCase())],
		[
			'a row in the table of README.md',
			textOf('README.md')
				.split('\n')
				.some((line) => line.startsWith('|') && line.includes(folder)),
		],
		[
			'its name in docs/moving-between-providers.md',
			textOf('docs/moving-between-providers.md').includes(folder),
		],
		[
			'a step with its name in examples/order-desk/providers.json',
			textOf('examples/order-desk/providers.json').includes(
				`"cachedResultName": "Order desk: checkout with ${folder}"`,
			),
		],
		['an example in examples/ that uses its node', inExample(camelCase)],
		['an example in examples/ that uses its trigger', inExample(`${camelCase}Trigger`)],
	];
}

it('is looked for in at least one provider', () => {
	expect(providers.length).toBeGreaterThan(0);
});

it.each(providers.flatMap((folder) => filesOf(folder).map((file) => [folder, file])))(
	'%s has %s',
	(_folder, file) => {
		expect(filesIn(path.dirname(file))).toContain(path.basename(file));
	},
);

it.each(
	providers.flatMap((folder) =>
		mentionsOf(folder).map(([what, isThere]) => [folder, what, isThere] as const),
	),
)('%s has %s', (_folder, _what, isThere) => {
	expect(isThere).toBe(true);
});

it.each(
	filesIn('test/providers')
		.map((file) => path.basename(file, '.ts'))
		.map((name) => [name]),
)('test/providers/%s.ts belongs to a folder of nodes/', (name) => {
	expect(providers.map((folder) => folder.toLowerCase())).toContain(name);
});
