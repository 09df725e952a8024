/**
 * Keeps the workflows of people who update the package. It fails when a later version renames or
 * removes a node, an operation, a field or a choice, shows a saved field no longer, changes a
 * default (n8n saves only what differs from it, so old workflows would silently do something else),
 * or asks for a new field that old workflows cannot have. What it holds the package against was
 * saved by save.ts with the version that the folder is named after; test/e2e/savedWorkflows.test.ts
 * runs one of each provider.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
	NodeHelpers,
	type INode,
	type INodeParameters,
	type INodeProperties,
	type INodePropertyCollection,
	type INodePropertyOptions,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { loadFromDist } from '../support/contexts';

const packagePrefix = 'n8n-nodes-hosted-checkout.';
const versions = readdirSync(__dirname, { withFileTypes: true })
	.filter((entry) => entry.isDirectory())
	.map(({ name }) => name);
const read = (version: string, file: string): unknown =>
	JSON.parse(readFileSync(path.join(__dirname, version, file), 'utf8'));

const descriptions = new Map<string, INodeTypeDescription>();
beforeAll(async () => {
	for (const description of (await loadFromDist()).types.nodes)
		descriptions.set(description.name, description);
});

type Part = INodeProperties | INodePropertyOptions;
type IsShown = (part: Part) => boolean;

const isExpression = (value: unknown) => typeof value === 'string' && value.startsWith('=');

/** What is wrong with the saved value of one field, in words. */
function problemsOf(
	property: INodeProperties,
	value: unknown,
	isShown: IsShown,
	where: string,
): string[] {
	if (isExpression(value))
		return property.noDataExpression ? [`${where} takes no expression any more`] : [];
	switch (property.type) {
		case 'options':
		case 'multiOptions': {
			// Choices that are loaded from the provider are not known here.
			if (property.typeOptions?.loadOptionsMethod !== undefined) return [];
			if (property.allowArbitraryValues)
				return typeof value === 'string' ? [] : [`${where} is a text now`];
			const choices = (property.options as INodePropertyOptions[])
				.filter(isShown)
				.map((option) => option.value);
			return [value]
				.flat()
				.filter((one) => !choices.includes(one as string))
				.map((one) => `${where} offers "${String(one)}" no more`);
		}
		case 'collection':
			return membersOf(
				property.options as INodeProperties[],
				value as INodeParameters,
				isShown,
				where,
			);
		case 'fixedCollection':
			return Object.entries(value as Record<string, INodeParameters | INodeParameters[]>).flatMap(
				([name, entries]) => {
					const group = (property.options as INodePropertyCollection[]).find(
						(one) => one.name === name,
					);
					return group
						? [entries]
								.flat()
								.flatMap((entry) => membersOf(group.values, entry, isShown, `${where}.${name}`))
						: [`${where}.${name} is gone`];
				},
			);
		case 'boolean':
		case 'number':
			return typeof value === property.type ? [] : [`${where} is a ${property.type} now`];
		default:
			return typeof value === 'string' ? [] : [`${where} is of type ${property.type} now`];
	}
}

function membersOf(
	fields: INodeProperties[],
	values: INodeParameters,
	isShown: IsShown,
	where: string,
): string[] {
	return Object.entries(values).flatMap(([name, value]) => {
		const field = fields.find((one) => one.name === name && isShown(one));
		return field
			? problemsOf(field, value, isShown, `${where}.${name}`)
			: [`${where}.${name} is gone`];
	});
}

function problemsOfNode({ type, typeVersion, parameters }: INode): string[] {
	const description = descriptions.get(type.slice(packagePrefix.length));
	if (!description) return [`${type} is gone`];
	if (![description.version].flat().includes(typeVersion))
		return [`${type} is not offered in version ${typeVersion} any more`];
	// As n8n reads it: what is not saved has its default.
	const values =
		NodeHelpers.getNodeParameters(
			description.properties,
			parameters,
			true,
			false,
			{ typeVersion },
			description,
		) ?? {};
	const isShown: IsShown = (part) =>
		NodeHelpers.displayParameter(values, part, { typeVersion }, description, values);
	const saved = Object.entries(parameters).flatMap(([name, value]) => {
		const property = description.properties.find((one) => one.name === name && isShown(one));
		return property ? problemsOf(property, value, isShown, name) : [`${name} is gone or not shown`];
	});
	const asked = description.properties
		.filter(
			(property) =>
				property.required &&
				property.default === '' &&
				!(property.name in parameters) &&
				isShown(property),
		)
		.map(({ name }) => `${name} is required now, and an old workflow has none`);
	return [...saved, ...asked];
}

test('there is something saved', () => {
	expect(versions).toContain('0.1');
});

describe.each(versions)('workflows saved with version %s', (version) => {
	const files = readdirSync(path.join(__dirname, version)).filter(
		(file) => file !== 'defaults.json',
	);
	const nodes = files.flatMap((file) =>
		(read(version, file) as { nodes: INode[] }).nodes
			.filter(({ type }) => type.startsWith(packagePrefix))
			.map((node) => ({ file, name: node.name, node })),
	);

	test.each(nodes)('$file: $name is still understood', ({ node }) => {
		expect(problemsOfNode(node)).toEqual([]);
	});

	test('hold every operation that this version had, so that none is left out of the comparison', () => {
		const held = new Set(
			nodes.map(
				({ node: { type, parameters } }) =>
					`${type.slice(packagePrefix.length)} ${[parameters.resource, parameters.operation].filter(Boolean).join('/') || 'trigger'}`,
			),
		);
		const had = Object.entries(
			read(version, 'defaults.json') as Record<string, Record<string, object>>,
		).flatMap(([node, places]) => Object.keys(places).map((place) => `${node} ${place}`));
		expect(had.filter((place) => !held.has(place))).toEqual([]);
	});

	test('do what they did: no field has another default', () => {
		const saved = read(version, 'defaults.json') as Record<string, Record<string, INodeParameters>>;
		const changed = Object.entries(saved).flatMap(([name, places]) =>
			Object.entries(places).flatMap(([place, defaults]) => {
				const [resource, operation] = place.split('/');
				const description = descriptions.get(name) as INodeTypeDescription;
				const chosen: INodeParameters =
					operation === undefined
						? { ...defaults }
						: { resource: resource ?? '', operation, ...defaults };
				const isShown: IsShown = (part) =>
					NodeHelpers.displayParameter(chosen, part, { typeVersion: 1.1 }, description, chosen);
				return Object.entries(defaults).flatMap(([field, value]) => {
					const property = description.properties.find((one) => one.name === field && isShown(one));
					return JSON.stringify(property?.default) === JSON.stringify(value)
						? []
						: [
								`${name} ${place} ${field}: ${JSON.stringify(value)} was the default, ${JSON.stringify(property?.default)} is`,
							];
				});
			}),
		);
		expect(changed).toEqual([]);
	});
});
