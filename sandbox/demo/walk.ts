import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import axios from 'axios';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { IDataObject } from 'n8n-workflow';
import { eventually, type N8nClient } from '../../test/n8n/client';
import type { RunningN8n } from '../../test/n8n/instance';
import { shippingStep, type Example } from './examples';

const places = [
	process.env.CHROMIUM_PATH,
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

export function findChromium(): string | undefined {
	return places.find((place) => place !== undefined && place !== '' && existsSync(place));
}

export const howToGetChromium =
	'Chromium was not found. Install it (Debian and Ubuntu: apt-get install chromium), or set CHROMIUM_PATH to the program of a Chromium or Chrome.';

export async function openBrowser(executablePath: string): Promise<Browser> {
	return await chromium.launch({
		executablePath,
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--disable-dev-shm-usage',
			'--disable-background-networking',
		],
	});
}

export interface Walk {
	client: N8nClient;
	sandboxUrl: string;
	/** Where pictures of what was seen go; none are taken without it. */
	pictures?: string;
	saw: (line: string) => void;
}

interface Walking extends Omit<Walk, 'pictures'> {
	page: Page;
	/**
	 * The walk in a page of its own: a cashier reloads itself while its callback is under way, and would do so in the
	 * middle of the next step.
	 */
	onNewPage: () => Promise<Walking>;
	picture: (name: string) => Promise<void>;
}

/**
 * Does with an example what a newcomer does: opens the form, follows the link, pays, and looks
 * whether it was shipped; and what a payer should not get away with: pays too little.
 */
export async function walkExample(
	browser: Browser,
	example: Example,
	{ client, sandboxUrl, pictures, saw }: Walk,
): Promise<void> {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
	context.setDefaultTimeout(30_000);
	let latest: Walking | undefined;
	const onNewPage = async (): Promise<Walking> => {
		const page = await context.newPage();
		const picture = async (name: string) => {
			if (!pictures) return;
			await mkdir(pictures, { recursive: true });
			await page.screenshot({
				path: path.join(pictures, `${path.basename(example.file, '.json')}-${name}.png`),
				fullPage: true,
			});
		};
		latest = { page, onNewPage, client, sandboxUrl, saw, picture };
		return latest;
	};
	try {
		if (example.sheet) return await walkSheet(example, example.sheet, await onNewPage());
		if (example.desk) return await walkDesk(example, example.desk, onNewPage);
		const walking = await onNewPage();
		const order = await placeOrder(example, walking);
		await payAtCashier('pay', walking);
		saw(`one shipment: ${await fulfilment(client, example.workflow.id, order)}`);

		const again = await onNewPage();
		const underpaid = await placeOrder(example, { ...again, saw: () => undefined });
		await payAtCashier('underpay', again);
		saw(`nothing shipped: ${await notFulfilled(client, example.workflow.id, underpaid)}`);
	} catch (error) {
		await latest?.picture('failed').catch(() => undefined);
		throw error;
	} finally {
		await context.close();
	}
}

/**
 * Fills in the order form and follows its link to the cashier; gives the order number that the
 * cashier shows.
 */
async function placeOrder(
	example: Example,
	{ page, sandboxUrl, saw, picture }: Walking,
): Promise<string> {
	if (!example.formUrl)
		throw new Error(`${example.file} begins neither with a form nor with a sheet of orders.`);
	await page.goto(example.formUrl);
	await fillForm(page, example);
	await picture('1-form');
	saw(`the order form "${await page.title()}" at ${example.formUrl}`);
	await page.locator('button[type=submit]').click();

	// A provider's link may lead to the cashier by way of an address of its own.
	const cashier = page.locator(`a[href^="${sandboxUrl}/"]`);
	await Promise.race([cashier.first().waitFor(), page.waitForURL(`${sandboxUrl}/cashier/**`)]);
	if (!page.url().startsWith(sandboxUrl)) {
		await picture('2-link');
		// An ending that redirects shows a link too, and may be gone by the time it is looked at or
		// clicked.
		const href = await cashier
			.first()
			.getAttribute('href', { timeout: 3_000 })
			.catch(() => null);
		if (href !== null) saw(`the link ${href}`);
		await cashier
			.first()
			.click({ timeout: 3_000 })
			.catch(() => undefined);
		await page.waitForURL(`${sandboxUrl}/cashier/**`);
	}
	const reference = await page.locator('dt:text-is("Reference") + dd').innerText();
	saw(`the cashier page of order ${reference}`);
	return reference.trim();
}

/** Presses a button of the cashier, and waits until the sandbox has taken the money. */
async function payAtCashier(
	action: 'pay' | 'underpay',
	{ page, saw, picture }: Walking,
): Promise<void> {
	if (action === 'underpay') await page.getByText('For testers', { exact: true }).click();
	await picture(`3-cashier-${action}`);
	const button = page.locator(`button[name=action][value=${action}]`);
	saw(`the button "${(await button.innerText()).trim()}"`);
	const cashierPage = page.url();
	const [answer] = await Promise.all([
		page.waitForResponse((response) => response.request().method() === 'POST'),
		button.click(),
	]);
	// The payer may have been sent on to the merchant's own page.
	if (!new URL(answer.headers().location ?? '', cashierPage).pathname.startsWith('/cashier/'))
		await page.goto(cashierPage);
	const status = page.getByRole('status');
	await status.filter({ hasText: 'paid' }).waitFor();
	await picture(`4-after-${action}`);
	saw(`after the click: "${(await status.innerText()).trim()}"`);
}

/** What the order desk's table says of orders: one is paid, one with too little. */
async function walkDesk(
	example: Example,
	{ table }: NonNullable<Example['desk']>,
	onNewPage: () => Promise<Walking>,
): Promise<void> {
	const walking = await onNewPage();
	const { client, saw } = walking;
	const order = await placeOrder(example, walking);
	saw(`in the table: ${await orderInTable(client, table, order, 'open')}`);
	await payAtCashier('pay', walking);
	saw(`in the table: ${await orderInTable(client, table, order, 'shipped')}`);

	const again = await onNewPage();
	const underpaid = await placeOrder(example, { ...again, saw: () => undefined });
	await payAtCashier('underpay', again);
	saw(`in the table: ${await orderInTable(client, table, underpaid, 'underpaid')}`);
	saw(`the attention list: ${await attentionList(client, underpaid)}`);
}

/** The order's row once it has this state, in words. */
async function orderInTable(
	client: N8nClient,
	table: string,
	reference: string,
	wanted: string,
): Promise<string> {
	let latest = 'no row';
	return await eventually(
		async () => {
			const [row, ...others] = (await client.dataTableRows(table)).filter(
				(one) => one.reference === reference,
			);
			if (others.length > 0) throw new Error(`${table} holds ${reference} more than once`);
			latest = String(row?.state ?? latest);
			return row?.state === wanted ? inWords(row) : undefined;
		},
		60_000,
		() => `the order ${reference} did not become "${wanted}", it was "${latest}"`,
	);
}

const inWords = ({
	reference,
	state,
	paidAmount,
	currency,
	shipmentId,
	attention,
}: IDataObject): string =>
	[
		`${String(reference)} is ${String(state)}`,
		...(paidAmount ? [`${String(paidAmount)} ${String(currency)} paid`] : []),
		...(shipmentId ? [`shipment ${String(shipmentId)}`] : []),
		...(attention ? [`attention "${String(attention)}"`] : []),
	].join(', ');

/** The line about this order in what the desk tells its team each morning. */
async function attentionList(client: N8nClient, reference: string): Promise<string> {
	const list = (await client.workflows.published()).find(
		({ name }) => name === 'Order desk: attention list',
	);
	if (!list) throw new Error('the attention list is not published');
	const { data } = await client.workflows.run(list.id, 'Every Morning');
	const message = Object.values(data.resultData.runData)
		.flatMap((runs) => runs.flatMap((run) => run.data?.main?.[0] ?? []))
		.map(({ json }) => String(json.message ?? ''))
		.find((text) => text.includes(reference));
	if (message === undefined) throw new Error(`${reference} is not in the attention list`);
	return message.split('\n').find((line) => line.includes(reference)) ?? '';
}

/**
 * Starts a workflow that takes its orders from a sheet, and pays each checkout as its link comes.
 */
async function walkSheet(
	{ workflow }: Example,
	sheet: NonNullable<Example['sheet']>,
	{ client, sandboxUrl, saw, onNewPage }: Walking,
): Promise<void> {
	const begun = await client.workflows.run(workflow.id, sheet.start);
	const references = referencesOf(begun, sheet.orders);
	saw(`${references.length} orders in "${sheet.orders}"`);
	const unpaid = new Set(references);
	const deadline = Date.now() + 60_000;
	while (unpaid.size > 0) {
		const next = await checkoutOfAny(unpaid, sandboxUrl);
		if (next !== undefined) {
			const { page, picture } = await onNewPage();
			await page.goto(
				`${sandboxUrl}/cashier/${next.provider}/${encodeURIComponent(next.checkoutId)}`,
			);
			await waitsFor(client, next.callbackUrl);
			await page.locator('button[name=action][value=pay]').click();
			await page.getByRole('status').filter({ hasText: 'paid' }).waitFor();
			await picture(`paid-${references.length - unpaid.size + 1}`);
			unpaid.delete(next.reference ?? '');
			saw(`the cashier page of ${next.reference}, paid`);
		} else if (Date.now() > deadline)
			throw new Error(
				`${unpaid.size} of ${references.length} orders got no checkout within 60 seconds`,
			);
		else await new Promise((resolve) => setTimeout(resolve, 300));
	}
	for (const reference of references)
		saw(`one shipment: ${await fulfilment(client, workflow.id, reference)}`);
}

function referencesOf(
	{ status, data: { resultData } }: Awaited<ReturnType<N8nClient['workflows']['run']>>,
	step: string,
): string[] {
	const orders = resultData.runData[step]?.[0]?.data?.main?.[0] ?? [];
	if (orders.length === 0)
		throw new Error(`"${step}" gave no orders: ${resultData.error?.message ?? status}`);
	return orders.map(({ json }) => String(json.reference));
}

async function checkoutOfAny(references: Set<string>, sandboxUrl: string) {
	const { data } = await axios.get<{
		checkouts: {
			provider: string;
			checkoutId: string;
			reference: string | null;
			callbackUrl: string | null;
		}[];
	}>(`${sandboxUrl}/control/state`, { proxy: false });
	return data.checkouts.find(({ reference }) => reference !== null && references.has(reference));
}

/**
 * A payer needs longer than a program: ends when the execution that the callback resumes does wait.
 */
async function waitsFor(client: N8nClient, callbackUrl: string | null): Promise<void> {
	const [, executionId] = /\/webhook-waiting\/(\d+)/.exec(callbackUrl ?? '') ?? [];
	const deadline = Date.now() + 30_000;
	while (
		executionId !== undefined &&
		Date.now() < deadline &&
		(await client.executions.get(executionId)).status !== 'waiting'
	)
		await new Promise((resolve) => setTimeout(resolve, 200));
}

/**
 * Takes the first choice of each list, and fills each other field with the example that its
 * placeholder gives.
 */
async function fillForm(page: Page, example: Example): Promise<void> {
	const form = example.workflow.nodes.find(({ type }) => type === 'n8n-nodes-base.formTrigger');
	if (!form) {
		for (const list of await page.locator('select').all()) await list.selectOption({ index: 0 });
		return;
	}
	const { values = [] } = (form.parameters.formFields ?? {}) as {
		values?: { placeholder?: string; fieldType?: string }[];
	};
	for (const [index, { placeholder = '', fieldType }] of values.entries()) {
		const field = page.locator(`#field-${index}`);
		// Above the choices n8n's list says "Select an option ...".
		if (fieldType === 'dropdown') await field.selectOption({ index: 1 });
		else await field.fill(placeholder.replace(/^e\.g\.\s*/, '') || 'test');
	}
}

/**
 * What the steps of this workflow put out for this order, by the name of the step, over all
 * executions that have ended.
 */
async function whatBecameOf(
	client: N8nClient,
	workflowId: string,
	orderNumber: string,
): Promise<Record<string, IDataObject[]>> {
	const ended = (await client.executions.list(workflowId)).filter(
		({ status }) => status === 'success' || status === 'error' || status === 'crashed',
	);
	const steps: Record<string, IDataObject[]> = {};
	for (const { id } of ended) {
		const { status, data } = await client.executions.get(id);
		if (status !== 'success')
			throw new Error(
				`execution ${id} ended with "${status}": ${data.resultData.error?.message ?? 'no message'}`,
			);
		for (const [step, runs] of Object.entries(data.resultData.runData)) {
			const items = runs.flatMap((run) => (run.data?.main ?? []).flatMap((some) => some ?? []));
			const mine = items
				.map(({ json }) => json)
				.filter(({ reference }) => reference === orderNumber);
			if (mine.length > 0) steps[step] = [...(steps[step] ?? []), ...mine];
		}
	}
	return steps;
}

/** Ends when one of these steps has run for this order; gives what every step put out for it. */
async function until(
	steps: readonly string[],
	client: N8nClient,
	workflowId: string,
	orderNumber: string,
): Promise<Record<string, IDataObject[]>> {
	const deadline = Date.now() + 30_000;
	for (;;) {
		const became = await whatBecameOf(client, workflowId, orderNumber);
		if (steps.some((step) => became[step] !== undefined)) return became;
		if (Date.now() > deadline)
			throw new Error(
				`no execution came to "${steps.join('" or "')}" with order ${orderNumber} within 30 seconds`,
			);
		await new Promise((resolve) => setTimeout(resolve, 300));
	}
}

/**
 * The message that the shipping step gave for this order; fails unless exactly one execution ran
 * it.
 */
async function fulfilment(
	client: N8nClient,
	workflowId: string,
	orderNumber: string,
): Promise<string> {
	const became = await until([shippingStep], client, workflowId, orderNumber);
	const shipped = became[shippingStep] ?? [];
	if (shipped.length > 1) throw new Error(`the order was shipped ${shipped.length} times`);
	return String(shipped[0]?.message);
}

/**
 * Where a payment goes that is not enough, and what is said of it there; fails if it was shipped.
 */
async function notFulfilled(
	client: N8nClient,
	workflowId: string,
	orderNumber: string,
): Promise<string> {
	const branches = ['Wrong Payment (replace me)', 'Mark for Review', 'Not Paid (replace me)'];
	const became = await until([shippingStep, ...branches], client, workflowId, orderNumber);
	if (became[shippingStep] !== undefined)
		throw new Error(`the order was paid with too little, and shipped`);
	const branch = branches.find((name) => became[name] !== undefined) ?? '';
	const [said] = became[branch] ?? [];
	return `"${branch}" says "${String(said?.message ?? said?.status)}"`;
}

/** Signs the owner in to n8n's editor. */
export async function signIn(
	page: Page,
	{ url, owner }: Pick<RunningN8n, 'url' | 'owner'>,
): Promise<void> {
	await page.goto(`${url}/signin`);
	await page.locator('input[name=emailOrLdapLoginId], input[type=email]').first().fill(owner.email);
	await page.locator('input[type=password]').fill(owner.password);
	await page.locator('[data-test-id=form-submit-button]').click();
	await page.waitForURL(({ pathname }) => !pathname.includes('signin'));
}

/**
 * Opens the dashboard and the newest cashier on a phone, with all that is folded.
 *
 * @throws when one of them has to be moved sideways to be read
 */
export async function readOnPhone(
	browser: Browser,
	sandboxUrl: string,
	saw: (line: string) => void,
): Promise<void> {
	const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
	const page = await context.newPage();
	try {
		await page.goto(sandboxUrl);
		const rows = await page.locator('tbody tr').count();
		const cashier = await page.locator('a[href^="/cashier/"]').first().getAttribute('href');
		for (const address of ['/', cashier ?? 'no checkout']) {
			await page.goto(new URL(address, sandboxUrl).href);
			for (const summary of await page.locator('summary').all()) await summary.click();
			const wide = await page
				.locator('html, .scroll')
				.evaluateAll((places) =>
					places
						.filter((place) => place.scrollWidth > place.clientWidth)
						.map(({ scrollWidth }) => scrollWidth),
				);
			if (wide.length > 0)
				throw new Error(`${address} has ${wide.join(', ')} pixels in a place of 390 at the most.`);
		}
		saw(`the dashboard with ${rows} rows and a cashier, nothing wider than 390 pixels`);
	} finally {
		await context.close();
	}
}

/**
 * Pictures of the editor: the workflow, and each node of this package opened, with its credential.
 */
export async function pictureEditor(
	browser: Browser,
	example: Example,
	{ url, owner }: Pick<RunningN8n, 'url' | 'owner'>,
	pictures: string,
): Promise<void> {
	const page = await (
		await browser.newContext({ viewport: { width: 1600, height: 1000 } })
	).newPage();
	page.setDefaultTimeout(30_000);
	const name = path.basename(example.file, '.json');
	await mkdir(pictures, { recursive: true });
	try {
		await signIn(page, { url, owner });
		await page.goto(`${url}/workflow/${example.workflow.id}`);
		await page.locator('[data-test-id=canvas-node]').first().waitFor();
		await page.waitForTimeout(1500);
		await page.screenshot({ path: path.join(pictures, `${name}-editor.png`) });
		for (const node of example.workflow.nodes.filter(({ type }) =>
			type.startsWith('n8n-nodes-hosted-checkout.'),
		)) {
			await page.locator(`[data-test-id=canvas-node][data-node-name="${node.name}"]`).dblclick();
			await page.waitForTimeout(1500);
			await page.screenshot({
				path: path.join(
					pictures,
					`${name}-node-${node.name.toLowerCase().replaceAll(' ', '-')}.png`,
				),
			});
			const editCredential = page.locator('[data-test-id=credential-edit-button]');
			if (!node.type.endsWith('Trigger') && (await editCredential.count()) > 0) {
				await editCredential.first().click();
				await page.waitForTimeout(1500);
				await page.screenshot({ path: path.join(pictures, `${name}-credential.png`) });
				await page.keyboard.press('Escape');
				await page.waitForTimeout(500);
			}
			await page.keyboard.press('Escape');
			await page.waitForTimeout(500);
		}
	} finally {
		await page.context().close();
	}
}
