/**
 * Saves workflows as people have them who use the package as it is now, for savedWorkflows.test.ts
 * to hold every later version against. Run it once for each version that changes what a workflow
 * can hold; what an earlier version has saved is never touched:
 *
 *   node scripts/run.mjs --build tsx test/saved-workflows/save.ts
 *
 * Of each provider two files: one that can be run (create, wait or get, trigger), and one that
 * holds every operation with every choice of its lists and with all its fields filled in, none with
 * its default.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
	NodeHelpers,
	type IDataObject,
	type INode,
	type INodeParameters,
	type INodeProperties,
	type INodePropertyCollection,
	type INodePropertyOptions,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { testProviders, type TestProvider } from '../providers';
import { loadFromDist } from '../support/contexts';
import { root } from '../support/providers';

const { name: packageName, version } = JSON.parse(
	readFileSync(path.join(root, 'package.json'), 'utf8'),
) as { name: string; version: string };
const typeVersion = 1.1;

/** A value that is not the field's default. `turn` goes through the choices of a list. */
function valueOf(
	property: INodeProperties,
	turn: number,
	isShown: (one: INodeProperties | INodePropertyOptions) => boolean,
): unknown {
	const choices = ((property.options ?? []) as INodePropertyOptions[])
		.filter(isShown)
		.map(({ value }) => value);
	switch (property.type) {
		case 'options':
			return choices.length > 0 ? choices[turn % choices.length] : `SAVED_${property.name}`;
		case 'multiOptions':
			return choices;
		case 'boolean':
			return !property.default;
		case 'number':
			return Number(property.default) + 1;
		case 'json':
			return '{ "saved": true }';
		case 'dateTime':
			return '2026-12-31T18:00:00.000Z';
		case 'string':
			return `={{ $json.${property.name} }}`;
		case 'collection':
			return Object.fromEntries(
				((property.options ?? []) as INodeProperties[])
					.filter(isShown)
					.map((option) => [option.name, valueOf(option, turn, isShown)]),
			);
		case 'fixedCollection':
			return Object.fromEntries(
				((property.options ?? []) as INodePropertyCollection[]).map(({ name, values }) => {
					const entry = Object.fromEntries(
						values.filter(isShown).map((field) => [field.name, valueOf(field, turn, isShown)]),
					);
					return [name, property.typeOptions?.multipleValues ? [entry] : entry];
				}),
			);
		default:
			throw new Error(`No saved value for a field of type ${property.type}.`);
	}
}

const holdsNoValue = ({ type, name }: INodeProperties) =>
	type === 'notice' || type === 'callout' || name === 'resource' || name === 'operation';

/**
 * All fields that the form shows once the place and the choices are made, each with the value that
 * `choose` gives it.
 */
function filledIn(
	description: INodeTypeDescription,
	place: INodeParameters,
	choose: (
		property: INodeProperties,
		isShown: (part: INodeProperties | INodePropertyOptions) => boolean,
	) => unknown,
): INodeParameters {
	const values: INodeParameters = { ...place };
	const isShown = (part: INodeProperties | INodePropertyOptions) =>
		NodeHelpers.displayParameter(values, part, { typeVersion }, description, values);
	for (let before = -1; before !== Object.keys(values).length;) {
		before = Object.keys(values).length;
		for (const property of description.properties) {
			if (holdsNoValue(property) || property.name in values || !isShown(property)) continue;
			values[property.name] = choose(property, isShown) as INodeParameters[string];
		}
	}
	// A later choice may hide an earlier field again; n8n does not save those.
	for (const { name } of description.properties)
		if (
			name in values &&
			!description.properties.some((property) => property.name === name && isShown(property))
		)
			delete values[name];
	return values;
}

function placesOf({ properties }: INodeTypeDescription): INodeParameters[] {
	const operations = properties.filter(({ name }) => name === 'operation');
	if (operations.length === 0) return [{}];
	return operations.flatMap(({ options, displayOptions }) =>
		(displayOptions?.show?.resource ?? []).flatMap((resource) =>
			(options as INodePropertyOptions[]).map(({ value }) => ({
				resource: resource as string,
				operation: value,
			})),
		),
	);
}

function everyOperation(description: INodeTypeDescription): INode[] {
	const turns = Math.max(
		1,
		...description.properties
			// A list that takes other values, too, only proposes.
			.filter(
				({ name, type, allowArbitraryValues }) =>
					type === 'options' &&
					!allowArbitraryValues &&
					name !== 'resource' &&
					name !== 'operation',
			)
			.map(({ options }) => options?.length ?? 1),
	);
	const all = placesOf(description).flatMap((place) =>
		Array.from({ length: turns }, (_, turn) => ({
			place,
			parameters: filledIn(description, place, (property, isShown) =>
				valueOf(property, turn, isShown),
			),
		})),
	);
	const different = [...new Map(all.map((one) => [JSON.stringify(one.parameters), one])).values()];
	return different.map(({ place, parameters }, index) =>
		node(
			`${description.displayName} ${[place.resource, place.operation].filter(Boolean).join(' ')} ${index + 1}`,
			`${packageName}.${description.name}`,
			parameters,
			index,
		),
	);
}

function node(
	name: string,
	type: string,
	parameters: INodeParameters,
	index: number,
	version = typeVersion,
): INode {
	const isTrigger = type.endsWith('Trigger') && type.startsWith(packageName);
	return {
		parameters,
		id: id(name),
		name,
		type,
		typeVersion: version,
		position: [(index % 8) * 240, Math.floor(index / 8) * 200],
		...(isTrigger ? { webhookId: id(`webhook of ${name}`) } : {}),
	};
}

/** The same in every run. */
function id(text: string): string {
	const digits = [...text]
		.reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 0xffffffff, 7)
		.toString(16)
		.padStart(8, '0');
	return `${digits}-0000-4000-8000-${String(text.length).padStart(12, '0')}`;
}

/**
 * Create → Wait for Payment (WooshPay: Get), and a trigger, with options that are not the defaults.
 */
function runnable(
	order: TestProvider['order'],
	action: INodeTypeDescription,
	trigger: INodeTypeDescription,
) {
	const own = `${packageName}.${action.name}`;
	const waits = action.properties.some(
		({ name, options }) =>
			name === 'operation' &&
			(options as INodePropertyOptions[]).some(({ value }) => value === 'waitForPayment'),
	);
	const create = {
		resource: 'checkout',
		operation: 'create',
		amountFrom: 'amount',
		reference: '={{ $json.reference }}',
		...order,
		options: { requestsInParallel: 2 },
		...(waits ? { callback: 'resumeExecution' } : {}),
	} as INodeParameters;
	const behind: INodeParameters = waits
		? {
				resource: 'checkout',
				operation: 'waitForPayment',
				limitType: 'duration',
				limitAmount: 2,
				limitUnit: 'hours',
			}
		: {
				resource: 'checkout',
				operation: 'get',
				checkoutId: '={{ $json.checkoutId }}',
				simple: true,
			};
	const offered =
		trigger.properties.find(({ name }) => name === 'options')?.options?.map(({ name }) => name) ??
		[];
	const events = trigger.properties.find(({ name }) => name === 'events')?.options ?? [];
	const isOffered = (event: string) => events.some((one) => 'value' in one && one.value === event);
	const options: INodeParameters = {
		respond: 'whenFinished',
		...(offered.includes('maximumAge') ? { maximumAge: 3 } : {}),
	};
	const reference = {
		assignments: {
			assignments: [
				{
					id: id('reference'),
					name: 'reference',
					value: '=saved-{{ $execution.id }}',
					type: 'string',
				},
			],
		},
		options: {},
	};
	const nodes = [
		node('Start', 'n8n-nodes-base.manualTrigger', {}, 0, 1),
		node('Order', 'n8n-nodes-base.set', reference as unknown as INodeParameters, 1, 3.4),
		node('Create', own, create, 2),
		node(waits ? 'Wait' : 'Get', own, behind, 3),
		node('Paid', 'n8n-nodes-base.noOp', {}, 4, 1),
		node('Not Paid', 'n8n-nodes-base.noOp', {}, 5, 1),
		node(
			'Trigger',
			`${packageName}.${trigger.name}`,
			{
				events: ['payment.succeeded', 'refund.succeeded'].filter(isOffered),
				options,
			} as INodeParameters,
			8,
		),
		node('Told', 'n8n-nodes-base.noOp', {}, 9, 1),
	];
	const to = (name: string) => [{ node: name, type: 'main', index: 0 }];
	const last = waits
		? { Create: { main: [to('Wait')] }, Wait: { main: [to('Paid'), to('Not Paid')] } }
		: { Create: { main: [to('Get')] }, Get: { main: [to('Paid')] } };
	return {
		nodes,
		connections: {
			Start: { main: [to('Order')] },
			Order: { main: [to('Create')] },
			...last,
			Trigger: { main: [to('Told')] },
		},
	};
}

/**
 * What a field holds that a workflow does not mention: n8n saves only what differs from the
 * default.
 */
function defaultsOf(description: INodeTypeDescription): IDataObject {
	return Object.fromEntries(
		placesOf(description).map((place) => {
			const { resource, operation, ...defaults } = filledIn(
				description,
				place,
				(property) => property.default,
			);
			return [[resource, operation].filter(Boolean).join('/') || 'trigger', defaults];
		}),
	) as IDataObject;
}

async function main(): Promise<void> {
	const folder = path.join(__dirname, version.split('.').slice(0, 2).join('.'));
	if (existsSync(folder))
		throw new Error(
			`${path.relative(root, folder)} is there already: what a version has saved stays as it is.`,
		);
	mkdirSync(folder);
	const write = (file: string, content: object) =>
		writeFileSync(path.join(folder, file), `${JSON.stringify(content, null, '\t')}\n`);
	const loaded = await loadFromDist();
	const descriptionOf = (name: string) => {
		const found = loaded.types.nodes.find((description) => description.name === name);
		if (!found) throw new Error(`The package has no node ${name}.`);
		return found;
	};
	const defaults: IDataObject = {};
	for (const { folder: provider, nodeName: name, triggerName, order } of testProviders()) {
		const [action, trigger] = [descriptionOf(name), descriptionOf(triggerName)];
		write(`${name}.run.json`, {
			name: `${provider}, saved with ${version}`,
			...runnable(order, action, trigger),
			settings: { executionOrder: 'v1' },
		});
		write(`${name}.operations.json`, {
			name: `${provider}: every operation, saved with ${version}`,
			nodes: [...everyOperation(action), ...everyOperation(trigger)],
			connections: {},
			settings: { executionOrder: 'v1' },
		});
		defaults[action.name] = defaultsOf(action);
		defaults[trigger.name] = defaultsOf(trigger);
	}
	write('defaults.json', defaults);
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exit(1);
});
