/**
 * The tables of docs/providers/*.md, made from the descriptions that n8n shows its users, so that a
 * page cannot say anything else than the form. A page holds them between `<!-- generated: … -->`
 * and `<!-- end of generated -->`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type {
	ICredentialType,
	INodeProperties,
	INodePropertyCollection,
	INodePropertyOptions,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { fieldMeanings } from './fieldMeanings';

const root = path.join(__dirname, '..');

export interface ProviderCode {
	/** The name of its folder in nodes/: `EFundPay`. */
	folder: string;
	node: INodeTypeDescription;
	trigger: INodeTypeDescription;
	credential: ICredentialType;
}

/** Where a provider's page is, from the project's root. */
export function pageOf(folder: string): string {
	return `docs/providers/${folder.toLowerCase()}.md`;
}

export async function readProvider(folder: string): Promise<ProviderCode> {
	const [node, trigger, credential] = await Promise.all([
		instance<INodeType>(`nodes/${folder}/${folder}.node.ts`, folder),
		instance<INodeType>(`nodes/${folder}/${folder}Trigger.node.ts`, `${folder}Trigger`),
		instance<ICredentialType>(`credentials/${folder}Api.credentials.ts`, `${folder}Api`),
	]);
	return { folder, node: node.description, trigger: trigger.description, credential };
}

async function instance<Type>(file: string, name: string): Promise<Type> {
	const exported = (await import(path.join(root, file))) as Record<
		string,
		(new () => Type) | undefined
	>;
	const Class = exported[name];
	if (Class === undefined) throw new Error(`${file} exports no ${name}.`);
	return new Class();
}

export interface Operation {
	resource: string;
	operation: string;
	/** As people read it: `Checkout: Create`. */
	title: string;
	description: string;
}

/** In the order of the form. */
export function operationsOf({ properties }: INodeTypeDescription): Operation[] {
	const resources = choicesOf(properties.find(({ name }) => name === 'resource'));
	return properties
		.filter(({ name }) => name === 'operation')
		.flatMap((property) =>
			(property.displayOptions?.show?.resource ?? []).flatMap((resource) =>
				choicesOf(property).map((choice) => ({
					resource: String(resource),
					operation: String(choice.value),
					title: `${resources.find(({ value }) => value === resource)?.name ?? String(resource)}: ${choice.name}`,
					description: choice.description ?? '',
				})),
			),
		);
}

const START = /<!-- generated: ([\w. ]+?) -->/;
const END = '<!-- end of generated -->';

/**
 * Which tables a page has a place for: `credential`, `operation checkout.create`, `trigger`,
 * `outputs`.
 */
export function placesIn(page: string): string[] {
	return [...page.matchAll(new RegExp(START, 'g'))].map(([, place = '']) => place);
}

/** The places that a provider's page must have, in their order. */
export function placesFor({ node }: ProviderCode): string[] {
	return [
		'credential',
		...operationsOf(node).map(({ resource, operation }) => `operation ${resource}.${operation}`),
		'trigger',
		'outputs',
	];
}

/**
 * The page with every table as the code gives it; all else stays as it is.
 *
 * @throws Error for a place that nothing is generated for, or whose end is missing
 */
export function withTables(page: string, provider: ProviderCode): string {
	const [first = '', ...parts] = page
		.split(new RegExp(`(?=${START.source})`))
		.filter((part, index) => index === 0 || START.test(part));
	const whole = parts.map((part) => {
		const place = START.exec(part)?.[1] ?? '';
		const end = part.indexOf(END);
		if (end < 0) throw new Error(`The end of "generated: ${place}" is missing: ${END}`);
		return `<!-- generated: ${place} -->\n\n${tableAt(place, provider)}\n\n${part.slice(end)}`;
	});
	return [first, ...whole].join('');
}

function tableAt(place: string, provider: ProviderCode): string {
	if (place === 'credential') return parameterTable(provider.credential.properties);
	if (place === 'trigger') return parameterTable(provider.trigger.properties);
	if (place === 'outputs') return outputTables(provider);
	const [, resource = '', operation = ''] = /^operation (\w+)\.(\w+)$/.exec(place) ?? [];
	if (
		!operationsOf(provider.node).some(
			(each) => each.resource === resource && each.operation === operation,
		)
	)
		throw new Error(`Nothing is generated for "${place}" of ${provider.folder}.`);
	const isShown = (property: INodeProperties) => isShownFor(property, resource, operation);
	return parameterTable(provider.node.properties.filter(isShown), isShown);
}

/** Whether a parameter belongs to the form of an operation, whatever else it depends on. */
function isShownFor(
	{ name, displayOptions }: INodeProperties,
	resource: string,
	operation: string,
): boolean {
	if (name === 'resource' || name === 'operation') return false;
	const { show = {}, hide = {} } = displayOptions ?? {};
	// With a slash in front inside a collection.
	const given: Record<string, string> = {
		resource,
		operation,
		'/resource': resource,
		'/operation': operation,
	};
	const allows = (key: string) =>
		show[key] === undefined || show[key].some((value) => value === given[key]);
	const hides = (key: string) => hide[key]?.some((value) => value === given[key]) ?? false;
	return Object.keys(given).every((key) => allows(key) && !hides(key));
}

const HEAD = '| field | type | required | default | what it is |\n|---|---|---|---|---|';

/** @param isShown of the fields inside collections */
function parameterTable(
	properties: INodeProperties[],
	isShown: (property: INodeProperties) => boolean = () => true,
): string {
	const rows = properties
		.filter(({ type }) => type !== 'notice')
		.flatMap((property) => parameterRows(property, properties, isShown, ''));
	return rows.length === 0 ? 'No fields.' : [HEAD, ...rows].join('\n');
}

/** @param all where the names in conditions are looked up */
function parameterRows(
	given: INodeProperties,
	all: INodeProperties[],
	isShown: (property: INodeProperties) => boolean,
	above: string,
): string[] {
	const property =
		given.type === 'options'
			? { ...given, options: (given.options as INodeProperties[] | undefined)?.filter(isShown) }
			: given;
	const title = `${above}*${property.displayName}*`;
	const row = `| ${[title, typeOf(property), property.required ? 'yes' : '', defaultOf(property), meaningOf(property, all)].map(cell).join(' | ')} |`;
	const inside = (options: INodeProperties[]) =>
		options.filter(isShown).flatMap((option) => parameterRows(option, all, isShown, `${title} → `));
	if (property.type === 'collection') return inside(property.options as INodeProperties[]);
	if (property.type === 'fixedCollection')
		return [
			row,
			...(property.options as INodePropertyCollection[]).flatMap(({ values }) => inside(values)),
		];
	return [row];
}

const TYPES: Partial<Record<INodeProperties['type'], string>> = {
	string: 'text',
	options: 'choice',
	multiOptions: 'choices',
	number: 'number',
	boolean: 'switch',
	json: 'JSON',
	dateTime: 'date',
	fixedCollection: 'list',
};

function typeOf({ type, typeOptions }: INodeProperties): string {
	if (typeOptions?.password) return 'secret';
	return TYPES[type] ?? type;
}

function defaultOf(property: INodeProperties): string {
	const value = property.default;
	if (value === '' || value === undefined || value === null || property.type === 'fixedCollection')
		return '';
	if (property.type === 'options' && value !== '')
		return choicesOf(property).find((choice) => choice.value === value)?.name ?? String(value);
	if (Array.isArray(value))
		return value
			.map(
				(each) => choicesOf(property).find((choice) => choice.value === each)?.name ?? String(each),
			)
			.join(', ');
	if (typeof value === 'boolean') return value ? 'on' : 'off';
	return `\`${typeof value === 'object' ? JSON.stringify(value) : String(value)}\``;
}

/** Nobody reads a hundred currencies in a table. */
const MOST_CHOICES_EXPLAINED = 20;

function meaningOf(property: INodeProperties, all: INodeProperties[]): string {
	const plain = (text = '') => text.replace(/<[^>]*>/g, '').trim();
	const choices = choicesOf(property);
	const explained =
		choices.length > MOST_CHOICES_EXPLAINED
			? [`${choices.length} choices, *${choices[0]?.name ?? ''}* and so on.`]
			: choices.map(({ name, description }) =>
					description ? `*${name}*: ${sentence(plain(description))}` : `*${name}*.`,
				);
	return [
		conditionOf(property, all),
		sentence(plain(property.description)),
		sentence(plain(property.hint)),
		...explained,
	]
		.filter(Boolean)
		.join(' ');
}

/** `Only with *Amount From*: One Amount.` */
function conditionOf({ displayOptions }: INodeProperties, all: INodeProperties[]): string {
	const words = (conditions: Record<string, unknown> | undefined) =>
		Object.entries(conditions ?? {})
			.filter(([name]) => !/^\/?(resource|operation)$|^@/.test(name))
			.flatMap(([name, values]) => {
				const property = all.find((each) => each.name === name);
				const chosen = (values as unknown[]).map(
					(value) =>
						choicesOf(property).find((choice) => choice.value === value)?.name ?? String(value),
				);
				// What is not in this form cannot be chosen in it.
				return property === undefined ? [] : [`*${property.displayName}*: ${chosen.join(' or ')}`];
			});
	const shown = words(displayOptions?.show);
	const hidden = words(displayOptions?.hide);
	const forPeople =
		(displayOptions?.hide as Record<string, unknown> | undefined)?.['@tool'] === undefined
			? ''
			: 'Not for AI agents.';
	return [
		shown.length > 0 ? `Only with ${shown.join(', ')}.` : '',
		hidden.length > 0 ? `Not with ${hidden.join(', ')}.` : '',
		forPeople,
	]
		.filter(Boolean)
		.join(' ');
}

function choicesOf(property: INodeProperties | undefined): INodePropertyOptions[] {
	const isList = property?.type === 'options' || property?.type === 'multiOptions';
	return isList ? ((property.options ?? []) as INodePropertyOptions[]) : [];
}

function sentence(text: string): string {
	return text === '' || /[.!?…]$/.test(text) ? text : `${text}.`;
}

function cell(text: string): string {
	return text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();
}

interface Schema {
	type?: string;
	properties?: Record<string, Schema>;
}

interface Output {
	title: string;
	resource: string;
	fields: Record<string, Schema>;
}

/** One table for all operations that put out the same fields. */
function outputTables({ folder, node }: ProviderCode): string {
	const schemas = path.join(root, 'nodes', folder, '__schema__');
	const ofTrigger = readdirSync(schemas).find((name) => name.endsWith('.json')) ?? '';
	const read = (...names: string[]) =>
		(JSON.parse(readFileSync(path.join(schemas, ...names), 'utf8')) as Schema).properties ?? {};
	const outputs: Output[] = operationsOf(node).map(({ resource, operation, title }) => ({
		title,
		resource,
		fields: read(ofTrigger.replace(/\.json$/, ''), resource, `${operation}.json`),
	}));
	const created = outputs.find(({ title }) => title === 'Checkout: Create')?.fields ?? {};
	const passedOn = {
		'Checkout: Wait for Payment': created,
		'Callback: Compare With Order': read(ofTrigger),
	};
	for (const output of outputs) {
		const ofItem = Object.entries(passedOn).find(([title]) => title === output.title)?.[1];
		if (ofItem === undefined) continue;
		output.title += ', besides the fields of the item that came in';
		output.fields = Object.fromEntries(
			Object.entries(output.fields).filter(([name]) => !(name in ofItem)),
		);
	}
	outputs.push({ title: 'Trigger', resource: 'callback', fields: read(ofTrigger) });
	const groups = new Map<string, Output[]>();
	for (const output of outputs) {
		const names = Object.keys(output.fields).sort().join();
		groups.set(names, [...(groups.get(names) ?? []), output]);
	}
	return [...groups.values()].map(outputTable).join('\n\n');
}

function outputTable(outputs: Output[]): string {
	const [{ resource, fields } = { resource: '', fields: {} }] = outputs;
	const head = `**${outputs.map(({ title }) => title).join(' · ')}**`;
	const rows = Object.keys(fields).map(
		(name) =>
			`| \`${name}\` | ${typeWord(name, outputs)} | ${cell(meaningOfField(resource, name))}${whereNull(name, outputs)} |`,
	);
	return rows.length === 0
		? `${head}: the fields as the provider sends them; no page names them.`
		: [head, '', '| field | type | what it is |', '|---|---|---|', ...rows].join('\n');
}

function typeWord(name: string, outputs: Output[]): string {
	const words: Record<string, string> = {
		string: 'text',
		integer: 'number',
		boolean: 'true or false',
	};
	const type =
		outputs.map(({ fields }) => fields[name]?.type ?? '').find((each) => each !== 'null') ?? 'null';
	return words[type] ?? type;
}

/** In a schema `null` stands for a field that is always empty there. */
function whereNull(name: string, outputs: Output[]): string {
	const empty = outputs
		.filter(({ fields }) => fields[name]?.type === 'null')
		.map(({ title }) => title);
	if (empty.length === 0) return '';
	return empty.length === outputs.length
		? '; always null here'
		: `; always null with ${empty.join(', ')}`;
}

/** @throws Error for a field that fieldMeanings.ts does not explain */
function meaningOfField(resource: string, name: string): string {
	const meaning = fieldMeanings[`${resource}.${name}`] ?? fieldMeanings[name];
	if (meaning === undefined)
		throw new Error(`scripts/fieldMeanings.ts does not say what "${name}" of ${resource} is.`);
	return meaning;
}
