/**
 * README's steps by hand in n8n's editor: installation, first checkout, first callback. Whatever is
 * pressed or chosen has to stand in README, in italics or bold, so that the two cannot part.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { sandboxCredentials } from '../../sandbox/sandbox';
import { eventually, type N8nClient } from '../n8n/client';
import type { RunningN8n } from '../n8n/instance';

export interface Newcomer {
	/** Signed in. */
	page: Page;
	n8n: RunningN8n;
	client: N8nClient;
	packageName: string;
	sandboxUrl: string;
	picture: (name: string) => Promise<void>;
}

const readme = readFileSync(path.join(__dirname, '..', '..', 'README.md'), 'utf8')
	// "*Settings → Community nodes*" are two.
	.replaceAll(' → ', '* → *');

/** Gives the label back; fails when README does not say it. */
function said(label: string): string {
	if (!readme.includes(`*${label}*`))
		throw new Error(`README no longer says "${label}", which has to be pressed or chosen here.`);
	return label;
}

/**
 * Does README's steps one after the other, and prints how long each took.
 *
 * @throws when one cannot be done; the message begins with its name in README
 */
export async function followReadme(newcomer: Newcomer): Promise<void> {
	const checkout = { workflowUrl: '' };
	const callback = { workflowUrl: '' };
	const steps: Record<string, () => Promise<void>> = {
		Installation: async () => await installOnScreen(newcomer),
		'First checkout 1': async () => await createCredential(newcomer),
		'First checkout 2': async () => {
			await addFirstStep(newcomer, 'Actions', 'Create a checkout');
		},
		'First checkout 3': async () => await fillInOrder(newcomer),
		'First checkout 4': async () => {
			await openLink(newcomer, 'order-1', async () => undefined);
			checkout.workflowUrl = await leaveSaved(newcomer, 'order-1');
		},
		'First callback 1': async () => {
			await addFirstStep(newcomer, 'Triggers', 'On payment succeeded');
		},
		'First callback 2': async () => await copyAddress(newcomer),
		'First callback 3': async () => await pasteIntoCredential(newcomer),
		'First callback 4': async () => {
			callback.workflowUrl = await publish(newcomer);
		},
		'First callback 5': async () => {
			await newcomer.page.goto(checkout.workflowUrl);
			await openNode(newcomer, 'Create a checkout');
			await field(newcomer.page, 'reference').fill('order-2');
			await openLink(newcomer, 'order-2', async (cashier) => {
				await cashier.locator('button[name=action][value=pay]').click();
				await cashier.getByText('This checkout is paid').waitFor();
			});
			await newcomer.page.goto(callback.workflowUrl);
			await seeExecution(newcomer, workflowId(callback.workflowUrl));
		},
	};
	for (const [index, [name, doIt]] of Object.entries(steps).entries()) {
		const begun = Date.now();
		try {
			await doIt();
		} catch (error) {
			throw new Error(`README, ${name}: it cannot be done.`, { cause: error });
		}
		console.log(`README, ${name}: ${((Date.now() - begun) / 1000).toFixed(1)} s`);
		await newcomer.picture(`${index}-${name.toLowerCase().replaceAll(' ', '-')}`);
	}
}

async function installOnScreen({ page, n8n, packageName }: Newcomer): Promise<void> {
	await page.goto(n8n.url);
	said('Settings');
	await page.locator('[data-test-id=main-sidebar-settings]').click();
	await page.getByText(said('Community nodes'), { exact: true }).first().click();
	await page
		.getByRole('button', { name: new RegExp(`^${said('Install')}`) })
		.first()
		.click();
	const name = page.locator('[data-test-id=package-name-input]');
	await name.waitFor();
	await (
		(await name.evaluate((element) => element.tagName === 'INPUT')) ? name : name.locator('input')
	).fill(packageName);
	await page.locator('[data-test-id=user-agreement-checkbox], .el-checkbox').first().click();
	await page.locator('[data-test-id=install-community-package-button]').click();
	await page.locator('[data-test-id=community-package-card]').waitFor();
}

async function createCredential(newcomer: Newcomer): Promise<void> {
	const { page, sandboxUrl } = newcomer;
	await chooseInPlusMenu(newcomer, said('New credential'));
	await page.locator('[data-test-id=new-credential-type-select] input').fill(said('Payfect API'));
	await page
		.getByRole('option', { name: 'Payfect API' })
		.or(page.locator('.el-select-dropdown__item:visible').filter({ hasText: 'Payfect API' }))
		.first()
		.click();
	await page.locator('[data-test-id=new-credential-type-button]').click();
	const { data } = sandboxCredentials(sandboxUrl).find(({ type }) => type === 'payfectApi') ?? {};
	if (!data) throw new Error('The sandbox does not play Payfect.');
	said('Callback Secret Key');
	for (const name of ['apiKey', 'callbackSecretKey', 'baseUrl'])
		await field(page, name).fill(String(data[name]));
	await saveCredential(page);
}

async function saveCredential(page: Page): Promise<void> {
	const dialogue = page.locator('[data-test-id=editCredential-modal]');
	await dialogue.getByRole('button', { name: said('Save'), exact: true }).click();
	// Closed before, the dialogue asks whether to throw the changes away.
	await page
		.getByText(/Credential (successfully created|saved)/)
		.first()
		.waitFor();
	await dialogue.getByText('Connection tested successfully').waitFor();
	await dialogue.locator('[aria-label="Close this dialog"]').click();
	await dialogue.waitFor({ state: 'hidden' });
}

async function chooseInPlusMenu({ page, n8n }: Newcomer, entry: string): Promise<void> {
	await page.goto(n8n.url);
	said('+');
	await page.locator('[data-test-id=universal-add]').click();
	await page.getByRole('menuitem').filter({ hasText: entry, visible: true }).click();
}

/** Leaves the new node open. */
async function addFirstStep(newcomer: Newcomer, list: string, action: string): Promise<void> {
	const { page } = newcomer;
	await chooseInPlusMenu(newcomer, 'New workflow');
	said('Add first step');
	await page.locator('[data-test-id=canvas-plus-button]').click();
	await page.locator('[data-test-id=node-creator-search-bar]').fill(said('Payfect'));
	await page
		.locator('[data-test-id=node-creator-item-name]')
		.filter({ hasText: /^\s*Payfect\s*$/ })
		.click();
	const choice = page.getByText(said(action), { exact: true });
	const heading = page.getByText(new RegExp(`^${said(list)} \\(`));
	await heading.waitFor();
	// The list of triggers is open already.
	if (!(await choice.isVisible())) await heading.click();
	await choice.click();
	await page.locator('[data-test-id=ndv]').waitFor();
}

async function fillInOrder({ page }: Newcomer): Promise<void> {
	await field(page, 'amount').fill('12.50');
	said('Reference');
	await field(page, 'reference').fill('order-1');
	said('Callback');
	await page.locator('[data-test-id=parameter-input-callback]').click();
	await page
		.locator('.el-select-dropdown__item:visible')
		.filter({ hasText: said('Default Address') })
		.click();
}

/** Executes the step that is open, and hands over the payment page behind its link. */
async function openLink(
	{ page, sandboxUrl }: Newcomer,
	reference: string,
	use: (cashier: Page) => Promise<void>,
): Promise<void> {
	said('Execute step');
	await page.locator('[data-test-id=node-execute-button]').click();
	const output = page
		.locator('[data-test-id=ndv-output-panel], [data-test-id=output-panel]')
		.first();
	// The output of the execution before stands there until the new one has come.
	await output.getByText(reference, { exact: true }).waitFor();
	const link = await output.getByText(`${sandboxUrl}/cashier/`).first().innerText();
	const cashier = await page.context().newPage();
	try {
		await cashier.goto(link.trim());
		await cashier.getByText('12.50').first().waitFor();
		await use(cashier);
	} finally {
		await cashier.close();
	}
}

/** Ends when n8n has saved the workflow by itself; gives its address. */
async function leaveSaved({ page, client }: Newcomer, reference: string): Promise<string> {
	await closeNode(page);
	const id = workflowId(page.url());
	await eventually(
		async () => {
			const { nodes } = await client.workflows.get(id);
			return nodes.find(({ parameters }) => parameters.reference === reference);
		},
		30_000,
		() => 'n8n has not saved the workflow',
	);
	return new URL(`/workflow/${id}`, page.url()).href;
}

async function copyAddress({ page }: Newcomer): Promise<void> {
	await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	await page.getByText(said('Webhook URLs')).first().click();
	await page.getByText(said('Production URL'), { exact: true }).first().click();
	await page.locator('.webhook-url').filter({ hasText: '/webhook/' }).click();
	await page.getByText('URL copied').waitFor();
}

async function pasteIntoCredential({ page }: Newcomer): Promise<void> {
	await page.locator('[data-test-id=credential-edit-button]').click();
	said('Callback URL');
	const callbackUrl = field(page, 'callbackUrl');
	await callbackUrl.click();
	await callbackUrl.press('ControlOrMeta+V');
	const pasted = await callbackUrl.inputValue();
	if (!pasted.includes('/webhook/')) throw new Error(`"${pasted}" was pasted as Callback URL.`);
	await saveCredential(page);
}

async function publish({ page }: Newcomer): Promise<string> {
	await closeNode(page);
	await page
		.getByRole('button', { name: said('Publish') })
		.first()
		.click();
	await page.locator('[data-test-id=workflow-publish-button]').click();
	await page.getByText('Workflow published').waitFor();
	return new URL(`/workflow/${workflowId(page.url())}`, page.url()).href;
}

async function closeNode(page: Page): Promise<void> {
	await page.locator('[data-test-id=ndv-close-button]').click();
	await page.locator('[data-test-id=ndv]').waitFor({ state: 'hidden' });
}

async function openNode({ page }: Newcomer, name: string): Promise<void> {
	await page.locator('[data-test-id=canvas-node]').filter({ hasText: name }).dblclick();
	await page.locator('[data-test-id=ndv]').waitFor();
}

/** One, on the screen; and its item is the payment. */
async function seeExecution({ page, client }: Newcomer, workflow: string): Promise<void> {
	said('Executions');
	await page.locator('[data-test-id=radio-button-executions]').click();
	const shown = page.locator(
		'[data-test-id=current-executions-list] [data-test-id=execution-time]',
	);
	await shown.first().waitFor();
	const all = await client.executions.list(workflow);
	const [{ id } = { id: '' }] = all;
	if (all.length !== 1 || (await shown.count()) !== 1)
		throw new Error(`One payment has made ${all.length} executions.`);
	const { status, data } = await client.executions.settled(id);
	const items = Object.values(data.resultData.runData)
		.flat()
		.flatMap((run) => run.data?.main?.[0] ?? [])
		.map(({ json: { event, reference, amount } }) => ({ event, reference, amount }));
	const expected = [{ event: 'payment.succeeded', reference: 'order-2', amount: '12.50' }];
	if (status !== 'success' || JSON.stringify(items) !== JSON.stringify(expected))
		throw new Error(`The execution ended with "${status}" and gave ${JSON.stringify(items)}.`);
}

/** An input of the form or dialogue that is open, by the field's name in the code. */
const field = (page: Page, name: string): Locator =>
	page.locator(`[data-test-id="parameter-input-${name}"] input:visible`).first();

/** Of an address such as /workflow/<id>/<node>. */
const workflowId = (address: string): string => new URL(address).pathname.split('/')[2] ?? '';
