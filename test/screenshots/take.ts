/**
 * Takes pictures of everything of this package that its users see in n8n's editor, to be looked at
 * one by one:
 *
 *   node scripts/run.mjs --build --n8n tsx test/screenshots/take.ts --out <folder> [--only <parts of pictures' names, comma-separated>]
 *
 * Or only the few that README shows, into docs/images:
 *
 *   node scripts/run.mjs --build --n8n tsx test/screenshots/take.ts --readme
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { INode, INodeParameters, INodeProperties, INodeTypeDescription } from 'n8n-workflow';
import type { Locator, Page } from 'playwright-core';
import { findChromium, howToGetChromium, openBrowser, signIn } from '../../sandbox/demo/walk';
import { sandboxCredentials, startSandbox } from '../../sandbox/sandbox';
import { testProviderNamed } from '../providers';
import { N8nClient, type Credential, type Workflow } from '../n8n/client';
import { startN8n } from '../n8n/instance';
import { stopEverything } from '../n8n/supervisedProcess';
import { drawFlow, takeStory } from './story';

const packageName = 'n8n-nodes-hosted-checkout';

/** Tall, so that a form is seen whole; the first sight of it is what the upper 900 pixels hold. */
const formSize = { width: 1500, height: 1900 };
const credentialSize = { width: 1500, height: 3600 };
const screenSize = { width: 1500, height: 900 };

interface Provider {
	name: string;
	node: INodeTypeDescription;
	trigger: INodeTypeDescription;
	credentialType: string;
	sandboxCredential: Credential;
	sandboxFields: Record<string, unknown>;
}

interface Taking {
	page: Page;
	client: N8nClient;
	url: string;
	isWanted: (name: string) => boolean;
	picture: (name: string) => Promise<void>;
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			out: { type: 'string' },
			only: { type: 'string', default: '' },
			readme: { type: 'boolean', default: false },
		},
	});
	const { only, readme } = values;
	const out = readme ? path.join(__dirname, '..', '..', 'docs', 'images') : values.out;
	if (out === undefined) throw new Error('Name a folder for the pictures: --out <folder>.');
	const chromium = findChromium();
	if (chromium === undefined) throw new Error(howToGetChromium);
	mkdirSync(out, { recursive: true });

	const sandbox = await startSandbox();
	const userFolder = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-pictures-'));
	const browser = await openBrowser(chromium);
	try {
		const n8n = await startN8n({ userFolder, say: (line) => console.error(`• ${line}`) });
		const client = new N8nClient(n8n.url);
		await client.signIn(n8n.owner);
		const page = await (await browser.newContext({ viewport: formSize })).newPage();
		page.setDefaultTimeout(60_000);
		await signIn(page, n8n);
		const taking: Taking = {
			page,
			client,
			url: n8n.url,
			isWanted: (name) => only.split(',').some((part) => name.includes(part)),
			picture: async (name) => {
				await page.waitForTimeout(700);
				await page.screenshot({ path: path.join(out, `${name}.png`) });
				console.log(`${name}.png`);
			},
		};
		const providers = await findProviders(client, sandbox.url);
		if (readme) {
			await drawFlow(browser, out);
			await takeForReadme(taking, providers, sandbox.url, out);
			const credentials = providers.map(({ sandboxCredential }) => sandboxCredential);
			await takeStory(
				{ browser, n8n, client, credentials, sandboxUrl: sandbox.url, out },
				async (one) => await signIn(one, n8n),
			);
			return;
		}
		await takeNodePanel(taking, providers);
		await takeFormsOfN8n(taking);
		for (const provider of providers) {
			await takeCredential(taking, provider);
			await takeForms(taking, provider);
			await takeCurrencies(taking, provider);
			await takeErrors(taking, provider);
		}
	} finally {
		await browser.close();
		await stopEverything();
		await sandbox.close();
		await rm(userFolder, { recursive: true, force: true, maxRetries: 5 });
	}
}

/** Those whose API the sandbox plays. */
async function findProviders(client: N8nClient, sandboxUrl: string): Promise<Provider[]> {
	const types = await client.nodeTypes(packageName);
	const providers: Provider[] = [];
	for (const { type, name, data } of sandboxCredentials(sandboxUrl)) {
		const ofThisType = types.filter(({ credentials = [] }) =>
			credentials.some((credential) => credential.name === type),
		);
		const node = ofThisType.find(({ group }) => !group.includes('trigger'));
		const trigger = ofThisType.find(({ group }) => group.includes('trigger'));
		if (!node || !trigger)
			throw new Error(`n8n knows no node or no trigger with the credential "${type}".`);
		const sandboxCredential = await client.credentials.create({ type, name, data: { ...data } });
		providers.push({
			name: node.displayName,
			node,
			trigger,
			credentialType: type,
			sandboxCredential,
			sandboxFields: { ...data },
		});
	}
	return providers;
}

/** Manual start → the node. Gives the workflow and opens the node in it. */
async function openNode(
	{ client, page, url }: Pick<Taking, 'client' | 'page' | 'url'>,
	description: Pick<INodeTypeDescription, 'displayName' | 'name' | 'group' | 'defaultVersion'>,
	parameters: INodeParameters,
	credential?: Credential,
): Promise<Workflow> {
	const isTrigger = description.group.includes('trigger');
	const node: INode = {
		id: randomUUID(),
		name: description.displayName,
		type: description.name,
		typeVersion: description.defaultVersion ?? 1.1,
		position: [240, 0],
		parameters,
		...(isTrigger && { webhookId: randomUUID() }),
		...(credential && {
			credentials: { [credential.type]: { id: credential.id, name: credential.name } },
		}),
	};
	const start: INode = {
		id: randomUUID(),
		name: 'Start',
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
	const workflow = await client.workflows.create({
		name: `${description.displayName} pictures`,
		nodes: isTrigger ? [node] : [start, node],
		connections: isTrigger
			? {}
			: { Start: { main: [[{ node: node.name, type: 'main', index: 0 }]] } },
	});
	await page.goto(`${url}/workflow/${workflow.id}/${node.id}`);
	await page.locator('[data-test-id=ndv], [data-test-id=node-parameters]').first().waitFor();
	return workflow;
}

async function takeNodePanel(
	{ page, client, url, picture, isWanted }: Taking,
	providers: Provider[],
): Promise<void> {
	if (!isWanted('panel')) return;
	await page.setViewportSize(screenSize);
	const { id } = await client.workflows.create({
		name: 'Node panel',
		nodes: [
			{
				id: randomUUID(),
				name: 'Start',
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
		],
		connections: {},
	});
	const search = page.locator('[data-test-id=node-creator-search-bar]');
	const openPanel = async () => {
		await page.goto(`${url}/workflow/${id}`);
		await page.locator('[data-test-id=canvas-node]').first().waitFor();
		await page.locator('[data-test-id=node-creator-plus-button]').click();
		await search.waitFor();
	};
	await openPanel();
	for (const words of ['checkout', 'payment link', ...providers.map(({ name }) => name)]) {
		await search.fill(words);
		await picture(`panel-search-${words.toLowerCase().replaceAll(' ', '-')}`);
	}
	for (const { name } of providers) {
		await openPanel();
		await search.fill(name);
		await page
			.locator('[data-test-id=node-creator-item-name], [data-test-id=node-creator-node-item]')
			.filter({ hasText: new RegExp(`^${name}`) })
			.first()
			.click();
		await picture(`panel-actions-${name}`);
	}
	await page.setViewportSize(formSize);
}

async function takeCredential(
	taking: Taking,
	{ name, node, credentialType, sandboxCredential, sandboxFields }: Provider,
): Promise<void> {
	const { page, client, picture, isWanted } = taking;
	const openAndTake = async (pictureName: string, credential: () => Promise<Credential>) => {
		if (!isWanted(pictureName)) return;
		await page.setViewportSize(credentialSize);
		await openNode(taking, node, {}, await credential());
		await page.locator('[data-test-id=credential-edit-button]').first().click();
		// The dialogue scrolls; in the picture it shall be seen whole.
		await page.addStyleTag({
			content: '[role=dialog], [role=dialog] * { max-height: none !important; }',
		});
		await picture(pictureName);
		await page.setViewportSize(formSize);
	};
	await openAndTake(
		`${name}-credential-new`,
		async () =>
			await client.credentials.create({ type: credentialType, name: `New ${name}`, data: {} }),
	);
	await openAndTake(`${name}-credential-sandbox`, async () => sandboxCredential);
	await openAndTake(
		`${name}-credential-other-settings`,
		async () =>
			await client.credentials.create({
				type: credentialType,
				name: `${name} with other settings`,
				data: { ...sandboxFields, otherSettings: true },
			}),
	);
}

/**
 * Each operation as it comes up first; Create Checkout also with line items and with every
 * additional field.
 */
async function takeForms(taking: Taking, provider: Provider): Promise<void> {
	const { node, trigger, name, sandboxCredential } = provider;
	const openAndTake = async (
		picture: string,
		description: INodeTypeDescription,
		parameters: INodeParameters,
	) => {
		if (!taking.isWanted(picture)) return;
		await openNode(taking, description, parameters, sandboxCredential);
		await taking.picture(picture);
	};
	for (const { resource, operation } of operationsOf(node)) {
		await openAndTake(`${name}-${resource}-${operation}`, node, { resource, operation });
	}
	const create = { resource: 'checkout', operation: 'create' };
	const lineItems = {
		item: [
			{ name: 'Tea', unitAmount: '12.50', quantity: 2 },
			{ name: 'Cup', unitAmount: '7.00', quantity: 1 },
		],
	};
	await openAndTake(`${name}-checkout-create-line-items`, node, {
		...create,
		amountFrom: 'lineItems',
		lineItems,
	});
	await openAndTake(`${name}-checkout-create-line-item-everything`, node, {
		...create,
		amountFrom: 'lineItems',
		lineItems: { item: [{ ...lineItems.item[0], ...everythingInLineItem(node) }] },
	});
	await openAndTake(`${name}-checkout-create-line-items-json`, node, {
		...create,
		amountFrom: 'lineItemsJson',
	});
	await openAndTake(`${name}-checkout-create-everything`, node, {
		...create,
		...everythingIn(node, create),
	});
	await openAndTake(`${name}-trigger`, trigger, {});
	await openAndTake(`${name}-trigger-everything`, trigger, everythingIn(trigger, {}));
	if (
		operationsOf(node).some(({ operation }) => operation === 'waitForPayment') &&
		taking.isWanted(`${name}-canvas`)
	) {
		const { id } = await openNode(
			taking,
			node,
			{ resource: 'checkout', operation: 'waitForPayment' },
			sandboxCredential,
		);
		await taking.page.setViewportSize(screenSize);
		await taking.page.goto(`${taking.url}/workflow/${id}`);
		await taking.page.locator('[data-test-id=canvas-node]').first().waitFor();
		await taking.picture(`${name}-canvas-wait-for-payment`);
		await taking.page.setViewportSize(formSize);
	}
}

/** What the forms of this package stand beside, to be compared with them. */
async function takeFormsOfN8n(taking: Taking): Promise<void> {
	const forms: Array<[string, number, INodeParameters]> = [
		['stripe', 1, { resource: 'charge', operation: 'create' }],
		['stripeTrigger', 1, {}],
		['httpRequest', 4.2, { method: 'POST', sendBody: true }],
	];
	for (const [type, defaultVersion, parameters] of forms) {
		const displayName = `n8n-${type}`;
		if (!taking.isWanted(displayName)) continue;
		const group: INodeTypeDescription['group'] = type.endsWith('Trigger') ? ['trigger'] : [];
		const name = `n8n-nodes-base.${type}`;
		await openNode(taking, { displayName, name, group, defaultVersion }, parameters);
		await taking.picture(displayName);
	}
}

const readmeSize = { width: 1240, height: 690 };

/**
 * A checkout that was made, where it is paid, and where its payment will arrive: only the part of
 * the screen that matters.
 */
async function takeForReadme(
	taking: Taking,
	providers: Provider[],
	sandboxUrl: string,
	out: string,
): Promise<void> {
	const { page } = taking;
	const provider = providers.find(({ name }) => name === 'Payfect');
	if (!provider) throw new Error('The sandbox does not play Payfect.');
	const { node, trigger, sandboxCredential } = provider;
	const take = async (name: string, left: Locator, right = left) => {
		// Until what opens or turns has come to rest.
		await page.waitForTimeout(700);
		const [from, to] = [await left.boundingBox(), await right.boundingBox()];
		if (!from || !to) throw new Error(`What "${name}.png" shows is not on the screen.`);
		const clip = {
			x: from.x,
			y: from.y,
			width: to.x + to.width - from.x,
			height: Math.min(from.height, readmeSize.height - from.y),
		};
		await page.screenshot({ path: path.join(out, `${name}.png`), clip });
		console.log(`docs/images/${name}.png`);
	};
	const form = page.locator('[data-test-id=node-parameters]').first();
	const output = page
		.locator('[data-test-id=ndv-output-panel], [data-test-id=output-panel]')
		.first();

	await page.setViewportSize(readmeSize);
	const order = {
		resource: 'checkout',
		operation: 'create',
		amount: '20.50',
		currency: 'usdt',
		reference: 'order-1001',
		description: 'One box of tea',
		callback: 'none',
	};
	await openNode(taking, node, order, sandboxCredential);
	await page.locator('[data-test-id=node-execute-button]').first().click();
	await page.getByText('Node executed successfully').first().waitFor();
	await output.getByText('JSON').first().click();
	await output.getByText('checkoutUrl').first().waitFor();
	await page.locator('.el-notification').first().waitFor({ state: 'hidden' });
	await take('create-checkout', form, output);

	await openNode(taking, trigger, {}, sandboxCredential);
	await page.getByText('Webhook URLs').first().click();
	await page.getByText('Production URL', { exact: true }).first().click();
	await page.getByText('/webhook/').first().waitFor();
	await take('trigger', form);

	const { checkouts } = (await (
		await fetch(`${sandboxUrl}/control/state?provider=payfect`)
	).json()) as { checkouts: { checkoutId: string }[] };
	await page.goto(`${sandboxUrl}/cashier/payfect/${checkouts[0]?.checkoutId ?? ''}`);
	await take('cashier', page.locator('main').first());
}

function operationsOf({
	properties,
}: INodeTypeDescription): { resource: string; operation: string }[] {
	return (
		properties
			.filter(({ name }) => name === 'operation')
			.flatMap(({ displayOptions, options = [] }) =>
				options.flatMap((option) =>
					(displayOptions?.show?.resource ?? []).map((resource) => ({
						resource: String(resource),
						operation: 'value' in option ? String(option.value) : '',
					})),
				),
			)
			// n8n's own "Custom API Call".
			.filter(({ operation }) => !operation.startsWith('__'))
	);
}

/** Every entry of the collections that this operation shows, at its default. */
function everythingIn(
	{ properties }: INodeTypeDescription,
	shown: Record<string, string>,
): INodeParameters {
	const collections = properties.filter(({ type, displayOptions }) => {
		const matches = (conditions: Record<string, unknown> = {}) =>
			Object.entries(conditions).map(
				([name, values]) =>
					shown[name] !== undefined && (values as unknown[]).includes(shown[name]),
			);
		return (
			type === 'collection' &&
			matches(displayOptions?.show).every(Boolean) &&
			!(displayOptions?.hide && matches(displayOptions.hide).some(Boolean))
		);
	});
	return everyEntryOf(collections);
}

/** What can be added to a line item, where the provider has more than a name and a price. */
function everythingInLineItem({ properties }: INodeTypeDescription): INodeParameters {
	const [lineItem] = properties.find(({ name }) => name === 'lineItems')?.options ?? [];
	const fields = lineItem && 'values' in lineItem ? lineItem.values : [];
	return everyEntryOf(fields.filter(({ type }) => type === 'collection'));
}

function everyEntryOf(collections: INodeProperties[]): INodeParameters {
	return Object.fromEntries(
		collections.map(({ name, options = [] }) => [
			name,
			Object.fromEntries(
				options.flatMap((option) => ('default' in option ? [[option.name, option.default]] : [])),
			),
		]),
	) as INodeParameters;
}

/** The list of currencies while somebody looks for one, and with a saved one that it does not hold. */
async function takeCurrencies(taking: Taking, provider: Provider): Promise<void> {
	const picture = `${provider.name}-currency`;
	if (!taking.isWanted(picture)) return;
	const parameters = { resource: 'checkout', operation: 'create', currency: 'HRK' };
	await openNode(taking, provider.node, parameters, provider.sandboxCredential);
	await taking.picture(`${picture}-not-listed`);
	const field = taking.page.locator('[data-test-id=parameter-input-currency] input').first();
	await field.click();
	await field.fill('dollar');
	await taking.picture(picture);
}

/** What the user sees who types a decimal comma, and whose key the provider refuses. */
async function takeErrors(
	{ page, client, url, picture, isWanted }: Taking,
	provider: Provider,
): Promise<void> {
	const { node, name, credentialType, sandboxCredential, sandboxFields } = provider;
	const order = {
		resource: 'checkout',
		operation: 'create',
		...testProviderNamed(name.toLowerCase()).order,
		reference: 'order-1',
		callbackUrl: 'https://shop.example/callback',
	} as INodeParameters;
	const openAndTake = async (
		pictureName: string,
		parameters: INodeParameters,
		credential: () => Promise<Credential>,
	) => {
		if (!isWanted(pictureName)) return;
		await page.setViewportSize(screenSize);
		await openNode({ page, client, url }, node, { ...order, ...parameters }, await credential());
		await page.locator('[data-test-id=node-execute-button]').first().click();
		await page
			.locator('[data-test-id=node-error-message]')
			.first()
			.waitFor()
			.catch(() => undefined);
		await picture(pictureName);
		await page.setViewportSize(formSize);
	};
	await openAndTake(`${name}-error-amount`, { amount: '12,50' }, async () => sandboxCredential);
	const wrong = Object.fromEntries(
		Object.entries(sandboxFields).map(([field, value]) => [
			field,
			/^(apiKey|secretKey|appId)$/.test(field) ? 'wrong' : value,
		]),
	);
	await openAndTake(
		`${name}-error-key`,
		{},
		async () =>
			await client.credentials.create({ type: credentialType, name: `Wrong ${name}`, data: wrong }),
	);
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? (error.stack ?? error.message) : error);
	process.exitCode = 1;
});
