/** The two pictures at the top of README: what happens to an order, moving, and as a drawing. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { deskForm, deskTable, importExamples } from '../../sandbox/demo/examples';
import { eventually, type Credential, type N8nClient } from '../n8n/client';
import type { RunningN8n } from '../n8n/instance';

const size = { width: 960, height: 560 };
const captionHeight = 44;

interface Frame {
	/** A PNG, as base64. */
	png: string;
	caption: string;
	milliseconds: number;
}

export interface Story {
	browser: Browser;
	n8n: RunningN8n;
	client: N8nClient;
	credentials: readonly Credential[];
	sandboxUrl: string;
	/** The folder for the pictures. */
	out: string;
}

/**
 * An order at the order desk, from its form to its row in the table, as `demo.gif`.
 *
 * @param signIn signs a page in to n8n
 */
export async function takeStory(
	{ browser, n8n, client, credentials, sandboxUrl, out }: Story,
	signIn: (page: Page) => Promise<void>,
): Promise<void> {
	const examples = await importExamples(client, credentials, `${sandboxUrl}/thanks`);
	const formUrl = examples.find(({ file }) => file === deskForm)?.formUrl;
	if (formUrl === undefined) throw new Error(`examples/${deskForm} has no order form.`);
	const context = await browser.newContext({ viewport: size });
	try {
		const page = await context.newPage();
		page.setDefaultTimeout(60_000);
		const frames: Frame[] = [];
		const take = async (caption: string, milliseconds: number) => {
			await page.waitForTimeout(800);
			const png = (await page.screenshot()).toString('base64');
			frames.push({ png, caption, milliseconds });
		};
		await page.goto(formUrl);
		for (const list of await page.locator('select').all()) await list.selectOption({ index: 1 });
		for (const field of await page.locator('input[type=email]').all())
			await field.fill('ada@shop.example');
		await take('1  An order comes in: here by a form', 2600);
		await page.locator('button[type=submit]').click();
		const link = page.locator(`a[href^="${sandboxUrl}/"]`).first();
		await link.waitFor();
		await take('2  The workflow makes the payment link', 2200);
		await page.goto((await link.getAttribute('href')) ?? sandboxUrl);
		await page.waitForURL(`${sandboxUrl}/cashier/**`);
		await take("3  The payer pays on the provider's page (here the sandbox plays it)", 2600);
		await page.locator('button[name=action][value=pay]').click();
		await eventually(
			async () => (await client.dataTableRows(deskTable)).find(({ state }) => state === 'shipped'),
			60_000,
			() => 'The order was paid, and is not shipped.',
		);
		await signIn(page);
		await page.goto(`${n8n.url}/home/datatables`);
		await page.getByText(deskTable, { exact: true }).first().click();
		await scrollTo(page, 'shipped');
		await take('4  The callback is verified, the order is claimed and shipped, once', 4200);
		writeFileSync(path.join(out, 'demo.gif'), await joined(page, frames));
	} finally {
		await context.close();
	}
}

/** The table draws only the columns that are in sight. */
async function scrollTo(page: Page, text: string): Promise<void> {
	const bar = page.locator('.ag-body-horizontal-scroll-viewport').first();
	await bar.waitFor({ state: 'attached' });
	const cell = page.getByText(text, { exact: true }).first();
	for (let left = 0; !(await cell.isVisible()); left += 200) {
		if (left > 5_000) throw new Error(`The table shows no "${text}".`);
		await bar.evaluate((element, to) => element.scrollTo({ left: to }), left);
		await page.waitForTimeout(200);
	}
	await cell.scrollIntoViewIfNeeded();
}

/** The frames as a GIF, made in the browser, which can read the pictures and draw the captions. */
async function joined(page: Page, frames: Frame[]): Promise<Buffer> {
	await page.goto('about:blank');
	const encoder = path.join(path.dirname(require.resolve('modern-gif')), 'index.js');
	await page.addScriptTag({ content: readFileSync(encoder, 'utf8') });
	const gif = await page.evaluate(drawAndEncode, { frames, ...size, captionHeight });
	return Buffer.from(gif, 'base64');
}

/** Runs in the browser. */
async function drawAndEncode({
	frames,
	width,
	height,
	captionHeight: bar,
}: {
	frames: Frame[];
	width: number;
	height: number;
	captionHeight: number;
}): Promise<string> {
	const { encode } = (
		globalThis as unknown as { modernGif: Pick<typeof import('modern-gif'), 'encode'> }
	).modernGif;
	const drawn = [];
	for (const { png, caption, milliseconds } of frames) {
		const image = new Image();
		image.src = `data:image/png;base64,${png}`;
		await image.decode();
		const canvas = document.createElement('canvas');
		canvas.width = width;
		canvas.height = height + bar;
		const context = canvas.getContext('2d');
		if (context === null) throw new Error('The browser cannot draw.');
		context.drawImage(image, 0, bar);
		context.fillStyle = '#1f2937';
		context.fillRect(0, 0, width, bar);
		context.fillStyle = '#ffffff';
		context.font = '600 20px sans-serif';
		context.fillText(caption, 20, bar / 2 + 7);
		const { data } = context.getImageData(0, 0, width, height + bar);
		drawn.push({ data, delay: milliseconds });
	}
	const made = await encode({
		width,
		height: height + bar,
		frames: drawn,
		maxColors: 128,
		format: 'arrayBuffer',
	});
	let text = '';
	for (const byte of new Uint8Array(made)) text += String.fromCharCode(byte);
	return btoa(text);
}

const steps: ReadonlyArray<readonly [where: string, title: string, words: string]> = [
	['n8n', 'Order', 'form, sheet or shop'],
	['n8n', 'Create Checkout', 'exact amount, your reference'],
	['provider', 'Payment page', 'the payer pays'],
	['n8n', 'Trigger', 'verifies the callback'],
	['n8n', 'Compare With Order', 'amount and currency'],
	['n8n', 'Claim', 'one of any number of copies'],
	['n8n', 'Ship', 'once'],
];
const arrows = ['', 'link', 'callback', '', '', ''];

/** The whole flow in one row, as `flow.png`. */
export async function drawFlow(browser: Browser, out: string): Promise<void> {
	const boxes = steps.map(
		([where, title, words], index) =>
			`<div class="box ${where}"><b>${title}</b><span>${words}</span></div>` +
			(index < arrows.length ? `<div class="arrow"><i>${arrows[index] ?? ''}</i>→</div>` : ''),
	);
	const page = await browser.newPage({
		viewport: { width: 1180, height: 100 },
		deviceScaleFactor: 2,
	});
	await page.setContent(`<style>
		body { margin: 0; font: 15px sans-serif; color: #1f2937; background: #fff; }
		main { display: flex; align-items: center; justify-content: space-between; padding: 14px 16px; }
		.box { width: 106px; min-height: 74px; padding: 12px 8px; border-radius: 10px; text-align: center;
			display: flex; flex-direction: column; justify-content: center; gap: 6px; }
		.n8n { background: #e8f0fe; border: 2px solid #3b6fd4; }
		.provider { background: #fff4e0; border: 2px solid #c77700; }
		span { font-size: 13px; }
		.arrow { position: relative; width: 52px; text-align: center; font-size: 24px; }
		.arrow i { position: absolute; bottom: 26px; left: 50%; transform: translateX(-50%);
			font: 11px sans-serif; }
		p { display: flex; gap: 20px; margin: 0 18px 14px; font-size: 13px; }
		p i { display: inline-block; width: 12px; height: 12px; margin-right: 6px; border-radius: 3px; }
	</style><main>${boxes.join('')}</main>
	<p><span><i class="n8n"></i>in your n8n</span><span><i class="provider"></i>at the provider</span></p>`);
	await page.locator('main').waitFor();
	await page.screenshot({ path: path.join(out, 'flow.png'), fullPage: true });
	await page.close();
}
