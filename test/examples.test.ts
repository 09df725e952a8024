/**
 * What somebody who imports a file of examples/ must be able to rely on. That it works is
 * test/e2e/examples.test.ts.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { INode } from 'n8n-workflow';
import type { PaymentEventData } from '../nodes/shared/core/contract';
import { verifiedEvent } from '../nodes/shared/core/outputs';
import { notRunSteps } from './support/notRun';
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
	pinData?: Record<string, { json: Record<string, unknown> }[]>;
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
const boldWords = ['Execute workflow'];

/** What an area of a canvas may be called. */
const areaTitles = [
	'Set up once',
	'Set up once: products and prices',
	'Start',
	'Start one execution for each order',
	'Show the order page',
	'Sell',
	'Sell and wait',
	'The agent sells',
	'One order',
	'Each order',
	'Read the sheet',
	'Take the orders, send the links',
	'Take the order, show the link',
	'Take the order, answer with the link',
	'Save the order',
	'New orders',
	'New link for an expired order',
	'Make the checkout, send the link',
	'Send the link',
	'Create, look up or close',
	'Ask the provider of each row',
	'Receive',
	'Verify, ship once, acknowledge',
	'Find the order',
	'Find the order, compare',
	'Payment',
	'Refund',
	'Write, then ship',
	'Ship',
	'Ship when paid',
	'Tell the team when paid',
	'Tell the team',
	'Write back',
	'Not paid',
	'For a person',
	'List',
	'Remind',
	'Find and hand in again',
	'What n8n left behind',
	'Old claims: ship',
	'Old shipments: a person',
	'Unpaid orders: look up',
	'When an execution fails',
	'Ask',
	'Decide and refund',
];

const eventFields = Object.keys(verifiedEvent({} as PaymentEventData, 'signature'));

/** Their services have one address each, written into n8n's nodes: nothing of ours can play them. */
const notRunByTests = ['gmail', 'slack', 'googleSheets'].map((name) => `n8n-nodes-base.${name}`);

const isNote = ({ type }: INode) => type === 'n8n-nodes-base.stickyNote';
const textOf = ({ parameters }: INode) => String(parameters.content);
const linesOf = (note: INode) =>
	textOf(note)
		.split('\n')
		.map((line) => line.replace(/^#+ /, ''));
const wordsIn = (text: string) =>
	text.split(/\s+/).filter((word) => /[A-Za-z0-9]/.test(word)).length;

/** A step with its name below, or a note, on the canvas. */
const boxOf = ({ position: [left, top], parameters }: INode, isStep: boolean) => ({
	left,
	top,
	right: left + (isStep ? 96 : Number(parameters.width)),
	bottom: top + (isStep ? 96 : Number(parameters.height)),
});
type Box = ReturnType<typeof boxOf>;
const holds = (outer: Box, inner: Box) =>
	outer.left <= inner.left &&
	outer.top <= inner.top &&
	outer.right >= inner.right &&
	outer.bottom >= inner.bottom;
const overlap = (one: Box, other: Box) =>
	one.left < other.right &&
	other.left < one.right &&
	one.top < other.bottom &&
	other.top < one.bottom;

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

	// Of more words nobody reads a note at the size at which n8n fits a canvas to the screen.
	test('has one note that is read in a minute: what it does, how to set it up, what to change', () => {
		const [note, ...others] = saved.nodes.filter(isNote);
		if (!note) throw new Error('There is no note.');
		expect(linesOf(note).filter((line) => /^(Set up|Change this)/.test(line))).toEqual([
			'Set up in 5 minutes',
			'Change this',
		]);
		expect(wordsIn(textOf(note))).toBeLessThanOrEqual(80);
		expect(note.parameters.color).toBeUndefined();
		const titles = others.map((area) => textOf(area).replace(/^## /, ''));
		expect(titles.filter((title) => !areaTitles.includes(title))).toEqual([]);
	});

	// test/e2e/orderDeskChannels.test.ts puts a stand-in in the place of these steps, and of no others.
	test('names in its note the steps that our tests do not run', () => {
		expect(notRunSteps(saved.nodes)).toEqual(
			saved.nodes.filter(({ type }) => notRunByTests.includes(type)).map(({ name }) => name),
		);
	});

	test('shows each step in one coloured area, beside the note', () => {
		const [note, ...areas] = saved.nodes.filter(isNote).map((one) => boxOf(one, false));
		const steps = saved.nodes.filter((one) => !isNote(one));
		const notInOne = steps.filter(
			(step) => areas.filter((area) => holds(area, boxOf(step, true))).length !== 1,
		);
		expect(notInOne.map(({ name }) => name)).toEqual([]);
		expect(areas.filter((area) => note === undefined || overlap(area, note))).toEqual([]);
		const colours = saved.nodes.filter(isNote).map(({ parameters }) => parameters.color);
		// Red says danger, and yellow is the note's.
		expect(colours.slice(1).filter((colour) => !colour || colour === 1 || colour === 3)).toEqual(
			[],
		);
	});

	// The fields of a payment can be mapped before the first one has come.
	test("gives each trigger of this package an invented event, with the event's own fields", () => {
		const triggers = saved.nodes.filter(({ type }) =>
			/^n8n-nodes-hosted-checkout\.\w+Trigger$/.test(type),
		);
		const events = triggers.map(({ name }) => saved.pinData?.[name]?.map(({ json }) => json));
		expect(events).toEqual(
			triggers.map(({ type }) => [
				expect.objectContaining({
					event: 'payment.succeeded',
					status: 'paid',
					reference: expect.stringMatching(/^[Tt]ea-example-1$/) as string,
					provider: type.replace(/^.*\.(\w+)Trigger$/, '$1').toLowerCase(),
				}),
			]),
		);
		expect(events.flatMap((event) => event?.map((fields) => Object.keys(fields)))).toEqual(
			triggers.map(() => eventFields),
		);
	});

	test('asks for a number where a number is meant', () => {
		const asked = saved.nodes.flatMap(({ type, parameters }) =>
			type === 'n8n-nodes-base.formTrigger'
				? (parameters.formFields as { values: { fieldLabel: string; fieldType?: string }[] }).values
				: [],
		);
		expect(
			asked.filter(
				({ fieldLabel, fieldType }) =>
					/^(Amount|How many)$/.test(fieldLabel) && fieldType !== 'number',
			),
		).toEqual([]);
	});

	// n8n's own page says "Problem submitting response", and not whether something was paid.
	test('shows a page of its own when a step behind a form fails', () => {
		const canFail = ({ type }: INode) =>
			/^n8n-nodes-hosted-checkout\.|\.(dataTable|executeWorkflow)$/.test(type);
		const after = (name: string, output?: number) =>
			(saved.connections[name]?.main ?? [])
				.filter((_, index) => output === undefined || index === output)
				.flatMap((targets) => targets.map(({ node }) => node));
		const reached = new Set(
			saved.nodes.filter(({ type }) => type.endsWith('.formTrigger')).map(({ name }) => name),
		);
		for (const step of reached) for (const next of after(step)) reached.add(next);
		const pages = new Set(
			saved.nodes.filter(({ type }) => type === 'n8n-nodes-base.form').map(({ name }) => name),
		);
		const leadsToPage = (name: string): boolean => pages.has(name) || after(name).some(leadsToPage);
		expect(
			saved.nodes
				.filter((step) => reached.has(step.name) && canFail(step))
				.filter(
					({ name, onError }) =>
						onError !== 'continueErrorOutput' ||
						!after(name, (saved.connections[name]?.main?.length ?? 0) - 1).some(leadsToPage),
				)
				.map(({ name }) => name),
		).toEqual([]);
	});

	// A payer who names the price of an order that exists pays 0.01 for it.
	test('lets nobody who orders by a public form choose the amount or the order number', () => {
		const shop = names.includes('Ship the Order (replace me)') || names.includes('Make the Link');
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
		expect(reached).not.toContain('Ship the Order (replace me)');
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
				[...String(parameters.content).matchAll(/\*\*([A-Z][\w ()?]+?)\*\*/g)].map(
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

	// Of an undefined base n8n's engine throws there, unlike JavaScript, and the whole expression gives
	// nothing.
	test('takes no member in brackets behind ?. in its expressions', () => {
		expect(text).not.toContain('?.[');
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

	test('gives each step an ID and a name of its own', () => {
		expect(new Set(saved.nodes.map(({ id }) => id)).size).toBe(saved.nodes.length);
		expect(new Set(names).size).toBe(names.length);
	});
});

describe('examples/README.md', () => {
	const page = readFileSync(path.join(root, 'examples', 'README.md'), 'utf8');
	const pictures = [...page.matchAll(/!\[[^\]]+\]\((pictures\/[^)]+)\)/g)].map(
		([, file = '']) => file,
	);

	test('has a heading and a picture for each example', () => {
		const named = [...page.matchAll(/^### \[([^\]]+)\]\(([^)]+)\)$/gm)].map(
			([, name = '', file = '']) => ({ name, file }),
		);
		expect(named.map(({ name }) => name)).toEqual(named.map(({ file }) => file));
		expect(named.map(({ file }) => file).sort()).toEqual([...files].sort());
		expect(pictures).toEqual(named.map(({ file }) => `pictures/${file.replace('.json', '.webp')}`));
	});

	test('shows pictures that are there, and small enough for a repository', () => {
		const sizes = pictures.map((file) => {
			const picture = path.join(root, 'examples', file);
			return existsSync(picture) ? statSync(picture).size : 0;
		});
		expect(pictures.filter((_, index) => sizes[index] === 0)).toEqual([]);
		expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(3_000_000);
	});
});
