/**
 * What somebody who imports a file of examples/ must be able to rely on. That it works is
 * test/e2e/examples.test.ts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { INode } from 'n8n-workflow';
import { newNode, newTrigger, providerFolders } from './support/providers';

const root = path.join(__dirname, '..');
const files = readdirSync(path.join(root, 'examples'), {
	recursive: true,
	encoding: 'utf8',
}).filter((file) => file.endsWith('.json'));

interface Saved {
	name: string;
	nodes: INode[];
	connections: Record<string, Record<string, { node: string }[][]>>;
	active?: boolean;
}

const workflowNames = files.map(
	(file) => (JSON.parse(readFileSync(path.join(root, 'examples', file), 'utf8')) as Saved).name,
);

/** The fields of each node and trigger of this package, by its type. */
const forms = new Map<string, ReadonlySet<string>>(
	providerFolders().flatMap((folder) =>
		[newNode(folder), newTrigger(folder)].map(
			({ description: { name, properties } }) =>
				[
					`n8n-nodes-hosted-checkout.${name}`,
					// n8n's own, of the node as an AI agent's tool.
					new Set([...properties.map((field) => field.name), 'toolDescription', 'descriptionType']),
				] as const,
		),
	),
);

/** In bold in a note, and no step. */
const boldWords = ['Set once', 'Keep', 'Execute workflow', 'Callback URL'];

describe.each(files)('examples/%s', (file) => {
	const text = readFileSync(path.join(root, 'examples', file), 'utf8');
	const saved = JSON.parse(text) as Saved;
	const names = saved.nodes.map(({ name }) => name);

	test("is imported unpublished, and holds nobody's credential", () => {
		expect(saved.active ?? false).toBe(false);
		expect(
			saved.nodes.filter(({ credentials }) => credentials !== undefined).map(({ name }) => name),
		).toEqual([]);
	});

	test('holds no address of a machine', () => {
		expect(text).not.toMatch(/127\.0\.0\.1|localhost|\/tmp\/|\/root\/|\/home\//);
		const hosts = [...text.matchAll(/https?:\/\/([^/"'\\ ]+)/g)].map(([, host = '']) => host);
		expect(hosts.filter((host) => !host.endsWith('.example'))).toEqual([]);
	});

	test('begins with a note that says what to fill in', () => {
		const [note] = saved.nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
		expect(String(note?.parameters.content)).toMatch(/[Ss]et (up|once)/i);
	});

	// A payer who names the price of an order that exists pays 0.01 for it.
	test('lets nobody who orders by a public form choose the amount or the order number', () => {
		const shop = names.includes('Fulfilled') || names.includes('Make the Link');
		const asked = saved.nodes.flatMap(({ type, parameters }) =>
			type === 'n8n-nodes-base.formTrigger'
				? (parameters.formFields as { values: { fieldLabel: string }[] }).values.map(
						({ fieldLabel }) => fieldLabel,
					)
				: [...String(parameters.responseBody ?? '').matchAll(/ name="(\w+)"/g)].map(
						([, field = '']) => field,
					),
		);
		expect(asked.filter((field) => shop && /amount|price|number|reference/i.test(field))).toEqual(
			[],
		);
	});

	test('compares no amount as a floating-point number', () => {
		expect(text).not.toMatch(/Number\(|parseFloat|"type": "number"/);
	});

	// 'Any Condition', n8n's default, would take every row that fits one of them: every open order.
	test('changes only rows that meet all conditions, and never the state of an order without asking for it', () => {
		const changes = saved.nodes.filter(
			({ type, parameters }) =>
				type === 'n8n-nodes-base.dataTable' &&
				['update', 'upsert', 'deleteRows'].includes(String(parameters.operation)),
		);
		const columnsOf = ({ parameters }: INode) =>
			(parameters.filters as { conditions: { keyName: string }[] }).conditions.map(
				({ keyName }) => keyName,
			);
		const written = ({ parameters }: INode) =>
			Object.keys((parameters.columns as { value?: object } | undefined)?.value ?? {});
		expect({
			anyCondition: changes
				.filter(({ parameters }) => parameters.matchType !== 'allConditions')
				.map(({ name }) => name),
			withoutAsking: changes
				.filter((step) => written(step).includes('state') && !columnsOf(step).includes('state'))
				.map(({ name }) => name),
		}).toEqual({ anyCondition: [], withoutAsking: [] });
	});

	// After a restart a callback that is sent again starts the trigger again.
	test('ships what a trigger gives only behind a claim of the order', () => {
		const isClaim = ({ type, parameters }: INode) =>
			type === 'n8n-nodes-base.dataTable' &&
			parameters.operation === 'update' &&
			JSON.stringify(parameters.columns).includes('"claimed"');
		const claims = new Set(saved.nodes.filter(isClaim).map(({ name }) => name));
		const reached = new Set(
			saved.nodes
				.filter(({ type }) => /^n8n-nodes-hosted-checkout\.\w+Trigger$/.test(type))
				.map(({ name }) => name),
		);
		for (const step of reached)
			for (const { node } of Object.values(saved.connections[step] ?? {}).flat(2))
				if (!claims.has(node)) reached.add(node);
		expect(reached).not.toContain('Fulfilled');
	});

	// A field was renamed, and the file kept the old name: n8n does not publish it, or asks without it.
	test("fills in only fields that this package's forms have", () => {
		const unknown = saved.nodes.flatMap(({ name, type, parameters }) => {
			const form = forms.get(type.replace(/Tool$/, ''));
			return form === undefined
				? []
				: Object.keys(parameters)
						.filter((field) => !form.has(field))
						.map((field) => `${name}: ${field}`);
		});
		expect(unknown).toEqual([]);
	});

	test('names steps that are there, in its connections, its notes and its expressions', () => {
		const linked = Object.entries(saved.connections).flatMap(([from, kinds]) => [
			from,
			...Object.values(kinds)
				.flat(2)
				.map(({ node }) => node),
		]);
		const said = saved.nodes
			.filter(({ type }) => type === 'n8n-nodes-base.stickyNote')
			.flatMap(({ parameters }) =>
				[...String(parameters.content).matchAll(/\*\*([A-Z][\w ]+?)\*\*/g)].map(
					([, name = '']) => name,
				),
			);
		const used = [...text.matchAll(/\$\('([^']+)'\)/g)].map(([, name = '']) => name);
		expect(
			[...new Set([...linked, ...said, ...used])].filter(
				(name) => !names.includes(name) && !boldWords.includes(name),
			),
		).toEqual([]);
	});

	test('calls only workflows that are examples, too, by their names', () => {
		const called = saved.nodes.flatMap(({ type, parameters }) =>
			type === 'n8n-nodes-base.executeWorkflow'
				? ((parameters.workflowId as { cachedResultName?: string }).cachedResultName ?? [])
				: [],
		);
		expect(called.filter((name) => !workflowNames.includes(name))).toEqual([]);
	});

	test('gives its triggers no address: the editor would keep it, and a second copy could not be published', () => {
		expect(
			saved.nodes
				.filter(
					({ type, webhookId }) =>
						type.startsWith('n8n-nodes-hosted-checkout.') && webhookId !== undefined,
				)
				.map(({ name }) => name),
		).toEqual([]);
	});

	test('has no step twice that the editor lets in once: the import would drop the second', () => {
		const once = ['manualTrigger', 'executeWorkflowTrigger', 'errorTrigger'];
		const starts = saved.nodes
			.map(({ type }) => type.replace('n8n-nodes-base.', ''))
			.filter((type) => once.includes(type));
		expect(starts).toEqual([...new Set(starts)]);
	});

	test('gives each step an ID and a name of its own, and covers none with a note', () => {
		expect(new Set(saved.nodes.map(({ id }) => id)).size).toBe(saved.nodes.length);
		expect(new Set(names).size).toBe(names.length);
		const notes = saved.nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
		const covered = notes.flatMap(({ name: note, position: [x, y], parameters }) =>
			saved.nodes
				.filter(
					({ type, position }) =>
						type !== 'n8n-nodes-base.stickyNote' &&
						position[0] > x - 100 &&
						position[0] < x + Number(parameters.width) &&
						position[1] > y - 100 &&
						position[1] < y + Number(parameters.height),
				)
				.map(({ name }) => `${note} covers ${name}`),
		);
		expect(covered).toEqual([]);
	});
});
