import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { resolveOutputSchemaPath, type PackageDirectoryLoader } from 'n8n-core';
import type { INodePropertyOptions, INodeTypeDescription } from 'n8n-workflow';
import { loadFromDist } from './support/contexts';
import { providerFolders, root } from './support/providers';

const inRoot = (...names: string[]) => path.join(root, ...names);

interface PackageJson {
	name: string;
	homepage: string;
	n8n: { nodes: string[]; credentials: string[] };
	dependencies?: object;
	optionalDependencies?: object;
	bundledDependencies?: unknown;
	peerDependencies?: object;
}
const packageJson = JSON.parse(readFileSync(inRoot('package.json'), 'utf8')) as PackageJson;

function filesUnder(folder: string): string[] {
	if (!existsSync(inRoot(folder))) return [];
	return readdirSync(inRoot(folder), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) =>
			path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'),
		)
		.sort();
}

const compiled = (sources: string[]) =>
	sources.map((file) => `dist/${file.replace(/\.ts$/, '.js')}`);
const nodesOnDisk = compiled(filesUnder('nodes').filter((file) => file.endsWith('.node.ts')));
const credentialsOnDisk = compiled(
	filesUnder('credentials').filter((file) => file.endsWith('.credentials.ts')),
);
const providers = providerFolders();

const internalName = (provider: string) =>
	`${provider.charAt(0).toLowerCase()}${provider.slice(1)}`;

/** As GitHub makes it of a heading. */
const anchorOf = (heading: string) =>
	heading
		.replace(/^#+ /, '')
		.toLowerCase()
		.replace(/[^\p{L}\p{N} _-]/gu, '')
		.replace(/ /g, '-');

let loaded: PackageDirectoryLoader;
let unpackedInto: string;
let packed: { size: number; files: Array<{ path: string }>; filename: string };

beforeAll(async () => {
	loaded = await loadFromDist();
	unpackedInto = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-package-'));
	const answer = execFileSync(
		'npm',
		['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', unpackedInto],
		{ cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
	);
	[packed] = JSON.parse(answer) as [typeof packed];
	execFileSync('tar', ['-xzf', packed.filename], { cwd: unpackedInto });
});
afterAll(() => rmSync(unpackedInto, { recursive: true, force: true }));

describe('package.json', () => {
	it('lists every node on disk once', () => {
		expect([...packageJson.n8n.nodes].sort()).toEqual(nodesOnDisk);
	});

	it('lists every credential on disk once', () => {
		expect([...packageJson.n8n.credentials].sort()).toEqual(credentialsOnDisk);
	});

	it('lists only what the build makes', () => {
		expect(
			[...packageJson.n8n.nodes, ...packageJson.n8n.credentials].filter(
				(file) => !existsSync(inRoot(file)),
			),
		).toEqual([]);
	});

	it('brings no package along', () => {
		const { dependencies = {}, optionalDependencies = {}, bundledDependencies = [] } = packageJson;
		expect({ dependencies, optionalDependencies, bundledDependencies }).toEqual({
			dependencies: {},
			optionalDependencies: {},
			bundledDependencies: [],
		});
	});

	it('asks for n8n-workflow and nothing else', () => {
		expect(packageJson.peerDependencies).toEqual({ 'n8n-workflow': '*' });
	});
});

describe("n8n's loader", () => {
	it('finds exactly the names that saved workflows refer to', () => {
		expect({
			nodes: Object.keys(loaded.nodeTypes).sort(),
			credentials: Object.keys(loaded.credentialTypes).sort(),
		}).toEqual({
			nodes: providers
				.flatMap((provider) => [internalName(provider), `${internalName(provider)}Trigger`])
				.sort(),
			credentials: providers.map((provider) => `${internalName(provider)}Api`).sort(),
		});
	});

	it('takes the search words and links from the file beside each node', () => {
		const without = loaded.types.nodes.filter(
			({ codex }) =>
				!codex?.categories?.length ||
				!codex.alias?.length ||
				!codex.resources?.primaryDocumentation?.length,
		);
		expect(without.map(({ name }) => name)).toEqual([]);
	});

	it("leads from every node and credential to a part of this package's own pages", () => {
		const { homepage } = packageJson;
		const urls = [...loaded.types.nodes, ...loaded.types.credentials].flatMap(
			({ name, documentationUrl, ...type }) => [
				[name, documentationUrl ?? 'no link'] as const,
				...Object.values(('codex' in type && type.codex?.resources) || {}).flatMap((links) =>
					links.map(({ url }) => [name, url] as const),
				),
			],
		);
		const dead = urls.filter(([, url]) => {
			const [page = '', part] = url.split('#');
			const file = page.slice(page.indexOf('/docs/') + 1);
			if (!url.startsWith(homepage) || !existsSync(inRoot(file))) return true;
			const headings = readFileSync(inRoot(file), 'utf8').match(/^#+ .*$/gm) ?? [];
			return part !== undefined && !headings.some((line) => anchorOf(line) === part);
		});
		expect(urls.length).toBeGreaterThanOrEqual(providers.length * 7);
		expect(dead).toEqual([]);
	});

	it("leads from there to the provider's own pages", () => {
		const without = providers.filter((provider) => {
			const page = readFileSync(
				inRoot('docs', 'providers', `${provider.toLowerCase()}.md`),
				'utf8',
			);
			return !/https:\/\/(?!dashboard\.)[\w.-]+\//.test(page);
		});
		expect(without).toEqual([]);
	});

	it('reads search words and links that name their own node', () => {
		const claimed = nodesOnDisk.map((file) => [
			file,
			(JSON.parse(readFileSync(inRoot(`${file}on`), 'utf8')) as { node: string }).node,
		]);
		const names = loaded.types.nodes.map(({ name }) => `${packageJson.name}.${name}`).sort();
		expect(claimed.map(([, name]) => name).sort()).toEqual(names);
	});

	it('finds both icons of every node and credential', () => {
		const missing = [...loaded.types.nodes, ...loaded.types.credentials].flatMap(
			({ name, iconUrl }) => {
				const urls =
					typeof iconUrl === 'object' ? [iconUrl.light, iconUrl.dark] : [undefined, undefined];
				return urls
					.filter(
						(url) => !url || !existsSync(inRoot(url.replace(`icons/${packageJson.name}/`, ''))),
					)
					.map((url) => `${name}: ${url ?? 'no icon for one background'}`);
			},
		);
		expect(missing).toEqual([]);
	});

	it('knows which nodes use a credential', () => {
		const supported = Object.fromEntries(
			Object.values(loaded.credentialTypes).map(({ type }) => [
				type.name,
				[...(type.supportedNodes ?? [])].sort(),
			]),
		);
		expect(supported).toEqual(
			Object.fromEntries(
				providers.map((provider) => [
					`${internalName(provider)}Api`,
					[internalName(provider), `${internalName(provider)}Trigger`],
				]),
			),
		);
	});
});

describe('output schemas', () => {
	const operations = ({ properties }: INodeTypeDescription) =>
		properties
			.filter(({ name }) => name === 'operation')
			.flatMap(({ options, displayOptions }) =>
				(displayOptions?.show?.resource ?? [undefined]).flatMap((resource) =>
					(options as INodePropertyOptions[]).map((option) => ({
						resource: resource as string | undefined,
						operation: String(option.value),
					})),
				),
			);

	it('exist for every operation and trigger, so that fields can be mapped before the first run', () => {
		const missing = loaded.types.nodes.flatMap((description) => {
			const nodeDir = path.dirname(inRoot(loaded.known.nodes[description.name]!.sourcePath));
			const places = description.group.includes('trigger') ? [{}] : operations(description);
			if (places.length === 0) return [`${description.name} has no operation`];
			return [description.version]
				.flat()
				.flatMap((version) =>
					places
						.map(
							(place) =>
								resolveOutputSchemaPath({ nodeDir, version, ...place }) ??
								`no place for ${description.name} ${version}`,
						)
						.filter((file) => !existsSync(file)),
				);
		});
		expect(missing.map((file) => path.relative(root, file))).toEqual([]);
	});

	it('describe an object in JSON', () => {
		const schemas = filesUnder('dist').filter((file) => file.includes('__schema__'));
		expect(schemas.length).toBeGreaterThan(0);
		expect(
			schemas.filter(
				(file) =>
					(JSON.parse(readFileSync(inRoot(file), 'utf8')) as { type?: string }).type !== 'object',
			),
		).toEqual([]);
	});
});

describe('the packed package', () => {
	it('holds the build, the licence, the two pages and nothing else', () => {
		const files = packed.files.map((file) => file.path).sort();
		expect(files).toEqual(
			[...filesUnder('dist'), 'LICENSE.md', 'README.md', 'package.json'].sort(),
		);
	});

	it('holds a compiled file for every source and none besides', () => {
		const sources = compiled(
			[...filesUnder('nodes'), ...filesUnder('credentials')].filter((file) => file.endsWith('.ts')),
		);
		expect(filesUnder('dist').filter((file) => file.endsWith('.js'))).toEqual(sources.sort());
	});

	it('holds no test, no source map and no type declaration', () => {
		expect(
			packed.files
				.map((file) => file.path)
				.filter((file) => /\.(map|ts|tsbuildinfo)$|\.test\.|(^|\/)(test|sandbox)\//i.test(file)),
		).toEqual([]);
	});

	it('is at most 200 kB', () => {
		expect(packed.size).toBeLessThanOrEqual(200_000);
	});

	// MIT: "The above copyright notice and this permission notice shall be included in all copies".
	it('holds the licence of the package whose code it has', () => {
		const file = path.join(unpackedInto, 'package/dist/nodes/shared/checkout/qrMatrix.js');
		const licence = readFileSync(inRoot('node_modules/uqr/LICENSE'), 'utf8').trim();
		expect(readFileSync(file, 'utf8')).toContain(licence);
	});

	it('loads with n8n-workflow and crypto alone', () => {
		const answer = execFileSync(
			process.execPath,
			[path.join(__dirname, 'support', 'loadAlone.cjs'), path.join(unpackedInto, 'package')],
			{ cwd: root, encoding: 'utf8' },
		);
		expect(JSON.parse(answer)).toEqual({
			refused: [],
			loaded: packageJson.n8n.nodes.length + packageJson.n8n.credentials.length,
		});
	});
});
