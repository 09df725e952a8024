import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import axios from 'axios';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { N8nClient } from '../../test/n8n/client';
import type { Example } from './examples';

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

/** Does with an example what a newcomer does: opens the form, follows the link, pays, and looks whether it was fulfilled. */
export async function walkExample(
	browser: Browser,
	example: Example,
	{ client, sandboxUrl, pictures, saw }: Walk,
): Promise<void> {
	const page = await (
		await browser.newContext({ viewport: { width: 1280, height: 900 } })
	).newPage();
	page.setDefaultTimeout(30_000);
	const picture = async (name: string) => {
		if (!pictures) return;
		await mkdir(pictures, { recursive: true });
		await page.screenshot({
			path: path.join(pictures, `${path.basename(example.file, '.json')}-${name}.png`),
			fullPage: true,
		});
	};
	try {
		if (example.sheet)
			return await walkSheet(page, example, example.sheet, { client, sandboxUrl, saw, picture });
		const orderNumber = `demo-${Date.now().toString(36)}`;
		if (!example.formUrl)
			throw new Error(`${example.file} begins neither with a form nor with a sheet of orders.`);
		await page.goto(example.formUrl);
		await fillForm(page, example, orderNumber);
		await picture('1-form');
		saw(`the order form "${await page.title()}" at ${example.formUrl}`);
		await page.locator('button[type=submit]').click();

		// A provider's link may lead to the cashier by way of an address of its own.
		const cashier = page.locator(`a[href^="${sandboxUrl}/"]`);
		await Promise.race([cashier.first().waitFor(), page.waitForURL(`${sandboxUrl}/cashier/**`)]);
		if (!page.url().startsWith(sandboxUrl)) {
			await picture('2-link');
			// An ending that redirects shows a link too, and may be gone by the time it is looked at or clicked.
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
		await picture('3-cashier');
		const pay = page.locator('button[name=action][value=pay]');
		saw(`the cashier page with the button "${(await pay.innerText()).trim()}"`);
		const cashierPage = page.url();
		const [answer] = await Promise.all([
			page.waitForResponse((response) => response.request().method() === 'POST'),
			pay.click(),
		]);
		// The payer may have been sent on to the merchant's own page.
		if (!new URL(answer.headers().location ?? '', cashierPage).pathname.startsWith('/cashier/'))
			await page.goto(cashierPage);
		const status = page.getByRole('status');
		await status.filter({ hasText: 'paid' }).waitFor();
		await picture('4-paid');
		saw(`after the click: "${(await status.innerText()).trim()}"`);

		const fulfilled = await fulfilment(client, example.workflow.id, orderNumber);
		saw(`one fulfilled execution: ${fulfilled}`);
	} catch (error) {
		await picture('failed').catch(() => undefined);
		throw error;
	} finally {
		await page.context().close();
	}
}

/** Starts a workflow that takes its orders from a sheet, and pays each checkout as its link comes. */
async function walkSheet(
	page: Page,
	{ workflow }: Example,
	sheet: NonNullable<Example['sheet']>,
	{
		client,
		sandboxUrl,
		saw,
		picture,
	}: Omit<Walk, 'pictures'> & { picture: (name: string) => Promise<void> },
): Promise<void> {
	const begun = await client.workflows.run(workflow.id, sheet.start);
	const orders = begun.data.resultData.runData[sheet.orders]?.[0]?.data?.main?.[0] ?? [];
	const references = orders.map(({ json }) => String(json.reference));
	if (references.length === 0)
		throw new Error(
			`"${sheet.orders}" gave no orders: ${begun.data.resultData.error?.message ?? begun.status}`,
		);
	saw(`${references.length} orders in "${sheet.orders}"`);
	const paid = new Set<string>();
	const deadline = Date.now() + 60_000;
	while (paid.size < references.length) {
		const { data } = await axios.get<{
			checkouts: {
				provider: string;
				checkoutId: string;
				reference: string | null;
				callbackUrl: string | null;
			}[];
		}>(`${sandboxUrl}/control/state`, { proxy: false });
		const next = data.checkouts.find(
			({ reference }) =>
				reference !== null && references.includes(reference) && !paid.has(reference),
		);
		if (next?.reference) {
			await page.goto(
				`${sandboxUrl}/cashier/${next.provider}/${encodeURIComponent(next.checkoutId)}`,
			);
			await waitsFor(client, next.callbackUrl);
			await page.locator('button[name=action][value=pay]').click();
			await page.getByRole('status').filter({ hasText: 'paid' }).waitFor();
			paid.add(next.reference);
			saw(`the cashier page of ${next.reference}, paid`);
		} else if (Date.now() > deadline)
			throw new Error(
				`only ${paid.size} of ${references.length} orders got a checkout within 60 seconds`,
			);
		else await new Promise((resolve) => setTimeout(resolve, 300));
	}
	await picture('1-paid');
	for (const reference of references)
		saw(`one fulfilled execution: ${await fulfilment(client, workflow.id, reference)}`);
}

/** A payer needs longer than a program: ends when the execution that the callback resumes does wait. */
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

/** Fills each field with the example that its placeholder gives; the order number with one that is new. */
async function fillForm(page: Page, example: Example, orderNumber: string): Promise<void> {
	const valueOf = (label: string, placeholder: string) =>
		/order number/i.test(label) ? orderNumber : placeholder.replace(/^e\.g\.\s*/, '') || 'test';
	const form = example.workflow.nodes.find(({ type }) => type === 'n8n-nodes-base.formTrigger');
	if (!form) {
		for (const label of await page.locator('label:has(input)').all()) {
			const input = label.locator('input');
			await input.fill(
				valueOf(await label.innerText(), (await input.getAttribute('placeholder')) ?? ''),
			);
		}
		return;
	}
	const { values = [] } = (form.parameters.formFields ?? {}) as {
		values?: { fieldLabel?: string; placeholder?: string; fieldType?: string }[];
	};
	for (const [index, { fieldLabel = '', placeholder = '', fieldType }] of values.entries()) {
		const field = page.locator(`#field-${index}`);
		if (fieldType === 'dropdown') await field.selectOption({ index: 1 });
		else await field.fill(valueOf(fieldLabel, placeholder));
	}
}

/** The message that the step "Fulfilled" gave for this order; fails unless exactly one execution ran it. */
async function fulfilment(
	client: N8nClient,
	workflowId: string,
	orderNumber: string,
): Promise<string> {
	const deadline = Date.now() + 30_000;
	for (;;) {
		const ended = (await client.executions.list(workflowId)).filter(
			({ status }) => status === 'success' || status === 'error' || status === 'crashed',
		);
		const executions = await Promise.all(
			ended.map(async ({ id }) => await client.executions.get(id)),
		);
		const failed = executions.find(({ status }) => status !== 'success');
		if (failed)
			throw new Error(
				`execution ${failed.id} ended with "${failed.status}": ${failed.data.resultData.error?.message ?? 'no message'}`,
			);
		const items = executions.flatMap((execution) =>
			(execution.data.resultData.runData.Fulfilled ?? []).flatMap(
				(run) => run.data?.main?.[0] ?? [],
			),
		);
		const mine = items.filter(({ json }) => json.reference === orderNumber);
		if (mine.length > 1) throw new Error(`the order was fulfilled ${mine.length} times`);
		if (mine[0]) return String(mine[0].json.message ?? JSON.stringify(mine[0].json));
		if (Date.now() > deadline)
			throw new Error(
				`no execution fulfilled the order within 30 seconds (${executions.length} executions ended)`,
			);
		await new Promise((resolve) => setTimeout(resolve, 300));
	}
}

/** Pictures of the editor: the workflow, and each node of this package opened, with its credential. */
export async function pictureEditor(
	browser: Browser,
	example: Example,
	n8nUrl: string,
	login: { email: string; password: string },
	pictures: string,
): Promise<void> {
	const page = await (
		await browser.newContext({ viewport: { width: 1600, height: 1000 } })
	).newPage();
	page.setDefaultTimeout(30_000);
	const name = path.basename(example.file, '.json');
	await mkdir(pictures, { recursive: true });
	try {
		await page.goto(`${n8nUrl}/signin`);
		await page
			.locator('input[name=emailOrLdapLoginId], input[type=email]')
			.first()
			.fill(login.email);
		await page.locator('input[type=password]').fill(login.password);
		await page.locator('[data-test-id=form-submit-button]').click();
		await page.waitForURL((url) => !url.pathname.includes('signin'));
		await page.goto(`${n8nUrl}/workflow/${example.workflow.id}`);
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
