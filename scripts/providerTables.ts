/**
 * The lists of docs/providers/*.md and docs/fields.md, made from the descriptions that n8n shows its
 * users, so that a page cannot say anything else than the form. They name what a form holds; what a
 * field means stands in the form itself. A page holds a list between `<!-- generated: … -->` and
 * `<!-- end of generated -->`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type {
	ICredentialType,
	INodeProperties,
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

export const FIELDS_PAGE = 'docs/fields.md';

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

/** Operations that are the same for all providers, and the page that describes them. */
const ELSEWHERE: Record<string, string> = {
	'Checkout: Wait for Payment': '../wait-for-payment.md',
	'Callback: Compare With Order': '../callbacks.md#paid-in-full',
	'Callback: Verify': '../callbacks.md#verify',
};

/** Options of nearly every operation, explained once in docs/rows.md. */
const EVERYWHERE = ['requestsInParallel', 'extraFields'];

/** Which lists a page has a place for: `operations`, `trigger`, `outputs`. */
export function placesIn(page: string): string[] {
	return [...page.matchAll(new RegExp(START, 'g'))].map(([, place = '']) => place);
}

/** The places that a provider's page must have, in their order. */
export const PLACES = ['operations', 'trigger', 'outputs'];

/**
 * The page with every list as the code gives it; all else stays as it is.
 *
 * @throws Error for a place that nothing is generated for, or whose end is missing
 */
export function withTables(page: string, provider: ProviderCode): string {
	return filled(page, (place) => listAt(place, provider));
}

/**
 * docs/fields.md with what each output field of all providers is.
 *
 * @throws Error as withTables does
 */
export function withFields(page: string, providers: ProviderCode[]): string {
	return filled(page, (place) => fieldList(place, providers));
}

function filled(page: string, listFor: (place: string) => string): string {
	const [first = '', ...parts] = page
		.split(new RegExp(`(?=${START.source})`))
		.filter((part, index) => index === 0 || START.test(part));
	const whole = parts.map((part) => {
		const place = START.exec(part)?.[1] ?? '';
		const end = part.indexOf(END);
		if (end < 0) throw new Error(`The end of "generated: ${place}" is missing: ${END}`);
		return `<!-- generated: ${place} -->\n\n${listFor(place)}\n\n${part.slice(end)}`;
	});
	return [first, ...whole].join('');
}

function listAt(place: string, provider: ProviderCode): string {
	if (place === 'trigger') return fieldNames(provider.trigger.properties);
	if (place === 'outputs') return outputList(provider);
	if (place === 'operations') return operationList(provider);
	throw new Error(`Nothing is generated for "${place}" of ${provider.folder}.`);
}

/** What the list of operations in n8n does not show at once: which fields each of them needs. */
function operationList({ node }: ProviderCode): string {
	return operationsOf(node)
		.map(({ title, description, resource, operation }) => {
			const page = ELSEWHERE[title];
			if (page !== undefined) return `- **${title}**: [the same for all providers](${page}).`;
			const isShown = (property: INodeProperties) => isShownFor(property, resource, operation);
			const names = fieldNames(node.properties.filter(isShown), isShown);
			return `- **${title}**: ${sentence(description)} ${names}`;
		})
		.join('\n');
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

/**
 * What a form does not show at a glance: which fields n8n requires, and what its collections hold.
 *
 * @param isShown of the fields inside collections
 */
function fieldNames(
	properties: INodeProperties[],
	isShown: (property: INodeProperties) => boolean = () => true,
): string {
	const required = properties.filter((field) => field.required === true);
	const collections = properties
		.filter(({ type }) => type === 'collection')
		.map((collection): [string, INodeProperties[]] => [
			`In *${collection.displayName}*`,
			((collection.options ?? []) as INodeProperties[]).filter(
				(member) => isShown(member) && !EVERYWHERE.includes(member.name),
			),
		]);
	const parts: Array<[string, INodeProperties[]]> = [
		['Required', required.filter((field) => !isConditional(field))],
		['Required by another choice', required.filter(isConditional)],
		...collections,
	];
	return parts
		.filter(([, fields]) => fields.length > 0)
		.map(([title, fields]) => `${title}: ${labels(fields)}.`)
		.join(' ');
}

function labels(fields: INodeProperties[]): string {
	return [...new Set(fields.map(({ displayName }) => `*${displayName}*`))].join(', ');
}

/** Whether a field shows up only where another one has a certain value. */
function isConditional({ displayOptions = {} }: INodeProperties): boolean {
	const names = [displayOptions.show, displayOptions.hide].flatMap((each) =>
		Object.keys(each ?? {}),
	);
	return names.some((name) => !/^\/?(resource|operation)$|^@/.test(name));
}

function choicesOf(property: INodeProperties | undefined): INodePropertyOptions[] {
	const isList = property?.type === 'options' || property?.type === 'multiOptions';
	return isList ? ((property.options ?? []) as INodePropertyOptions[]) : [];
}

function sentence(text: string): string {
	return text === '' || /[.!?…]$/.test(text) ? text : `${text}.`;
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

function outputsOf({ folder, node }: ProviderCode): Output[] {
	const schemas = path.join(root, 'nodes', folder, '__schema__');
	const ofTrigger = readdirSync(schemas).find((name) => name.endsWith('.json')) ?? '';
	const read = (...names: string[]) =>
		(JSON.parse(readFileSync(path.join(schemas, ...names), 'utf8')) as Schema).properties ?? {};
	const outputs: Output[] = operationsOf(node).map(({ resource, operation, title }) => ({
		title,
		resource,
		fields: read(ofTrigger.replace(/\.json$/, ''), resource, `${operation}.json`),
	}));
	outputs.push({ title: 'Trigger', resource: 'callback', fields: read(ofTrigger) });
	return outputs;
}

/** One line for all operations that put out the same fields. */
function outputList(provider: ProviderCode): string {
	const outputs = outputsOf(provider);
	const shapes = shapesOf(outputs);
	const groups = new Map<string, Output[]>();
	for (const output of outputs) {
		// These pass their item on, with fields of their own.
		if (/^(Checkout: Wait for Payment|Callback: Compare With Order)$/.test(output.title)) continue;
		const names = Object.keys(output.fields).sort().join();
		groups.set(names, [...(groups.get(names) ?? []), output]);
	}
	return [...groups.values()].map((group) => outputLine(group, shapes)).join('\n');
}

/** The two shapes that all providers have alike: `checkout` and `event`. */
function shapesOf(outputs: Output[]): Map<string, string[]> {
	const namesOf = (title: string) =>
		Object.keys(outputs.find((output) => output.title === title)?.fields ?? {});
	return new Map([
		['checkout', namesOf('Checkout: Create').filter((name) => name !== 'idempotencyKey')],
		['event', namesOf('Trigger')],
	]);
}

function outputLine(outputs: Output[], shapes: Map<string, string[]>): string {
	const head = `- **${outputs.map(({ title }) => title).join(' · ')}**`;
	const names = Object.keys(outputs[0]?.fields ?? {});
	if (names.length === 0) return `${head}: the fields as the provider sends them.`;
	const isEmpty = (name: string) => outputs.every(({ fields }) => fields[name]?.type === 'null');
	const listed = (some: string[]) => some.map((name) => `\`${name}\``).join(', ');
	const empty = names.filter(isEmpty);
	const [shape, known] = [...shapes].find(([, ofShape]) =>
		ofShape.every((name) => names.includes(name)),
	) ?? ['', []];
	const more = names.filter((name) => !known.includes(name) && !isEmpty(name));
	const parts = [
		shape === '' ? '' : `[${shape}](../fields.md#${shape})`,
		more.length === 0 ? '' : listed(more),
	];
	const filledIn = parts.filter(Boolean).join(', ');
	return `${head}: ${filledIn}.${empty.length === 0 ? '' : ` Always null: ${listed(empty)}.`}`;
}

/** @param place `checkout`, `event` (what a checkout does not have) or `others` */
function fieldList(place: string, providers: ProviderCode[]): string {
	const outputs = providers.flatMap(outputsOf);
	const shapes = shapesOf(outputs);
	const { checkout = [], event = [] } = Object.fromEntries(shapes);
	if (place === 'checkout') return checkout.map((name) => lineOf(name, outputs)).join('\n');
	if (place === 'event')
		return event
			.filter((name) => !checkout.includes(name))
			.map((name) => lineOf(name, outputs))
			.join('\n');
	const names = new Set(outputs.flatMap(({ fields }) => Object.keys(fields)));
	return [...names]
		.filter((name) => !checkout.includes(name) && !event.includes(name))
		.map((name) => lineOf(name, outputs))
		.join('\n');
}

/** The meaning of a field, and of which resource it means something else. */
function lineOf(name: string, outputs: Output[]): string {
	const meanings = outputs
		.filter(({ fields }) => name in fields)
		.map(({ resource }) => {
			const isOther = fieldMeanings[`${resource}.${name}`] !== undefined;
			return `${isOther ? `of a ${resource}: ` : ''}${meaningOfField(resource, name)}`;
		});
	return `- \`${name}\`: ${[...new Set(meanings)].join('; ')}`;
}

/** @throws Error for a field that fieldMeanings.ts does not explain */
function meaningOfField(resource: string, name: string): string {
	const meaning = fieldMeanings[`${resource}.${name}`] ?? fieldMeanings[name];
	if (meaning === undefined)
		throw new Error(`scripts/fieldMeanings.ts does not say what "${name}" of ${resource} is.`);
	return meaning;
}
