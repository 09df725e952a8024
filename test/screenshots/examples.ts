/**
 * Takes a picture of the canvas of each example, as n8n fits it to a screen of 1600 × 900, into
 * examples/pictures; or into another folder, to be looked at one by one:
 *
 *   node scripts/run.mjs --build --n8n tsx test/screenshots/examples.ts [--out <folder>] [--only <part of a file's name>]
 *
 * The pictures are WebP: a third of a PNG's size, at which all of them stay in the repository.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { examplesFolder, importExamples } from '../../sandbox/demo/examples';
import { findChromium, howToGetChromium, openBrowser, signIn } from '../../sandbox/demo/walk';
import { sandboxCredentials, startSandbox } from '../../sandbox/sandbox';
import { N8nClient } from '../n8n/client';
import { startN8n } from '../n8n/instance';
import { stopEverything } from '../n8n/supervisedProcess';

const screen = { width: 1600, height: 900 };
/** Around the notes and steps, in pixels. */
const margin = 16;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			out: { type: 'string', default: path.join(examplesFolder, 'pictures') },
			only: { type: 'string', default: '' },
		},
	});
	const chromium = findChromium();
	if (chromium === undefined) throw new Error(howToGetChromium);

	const sandbox = await startSandbox();
	const userFolder = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-canvases-'));
	const browser = await openBrowser(chromium);
	try {
		const n8n = await startN8n({ userFolder, say: (line) => console.error(`• ${line}`) });
		const client = new N8nClient(n8n.url);
		await client.signIn(n8n.owner);
		const credentials = [];
		for (const { type, name, data } of sandboxCredentials(sandbox.url))
			credentials.push(await client.credentials.create({ type, name, data: { ...data } }));
		const examples = await importExamples(client, credentials, `${sandbox.url}/thanks`);
		const page = await (await browser.newContext({ viewport: screen })).newPage();
		page.setDefaultTimeout(60_000);
		await signIn(page, n8n);
		for (const { file, workflow } of examples.filter((one) => one.file.includes(values.only))) {
			await page.goto(`${n8n.url}/workflow/${workflow.id}`);
			const picture = await pictureCanvas(page);
			const target = path.join(values.out, file.replace(/\.json$/, '.webp'));
			mkdirSync(path.dirname(target), { recursive: true });
			writeFileSync(target, picture);
			console.log(path.relative(process.cwd(), target));
		}
	} finally {
		await browser.close();
		await stopEverything();
		await sandbox.close();
		await rm(userFolder, { recursive: true, force: true, maxRetries: 5 });
	}
}

/** What lies on the canvas that is open, without the editor's own buttons. */
async function pictureCanvas(page: Page): Promise<Buffer> {
	await page.locator('[data-test-id=canvas-node]').first().waitFor();
	await page.locator('[data-test-id=zoom-to-fit]').click();
	await page.addStyleTag({
		// What n8n hangs over the page, such as its checklist for production, is a child of the body.
		content:
			'button, .vue-flow__panel, .vue-flow__background, body > :not(:has(.vue-flow)) { visibility: hidden !important; }',
	});
	// Until the canvas has come to rest.
	await page.waitForTimeout(1_000);
	const boxes = await page
		.locator('.vue-flow__node')
		.evaluateAll((nodes) =>
			nodes.map((node) => node.getBoundingClientRect().toJSON() as DOMRectReadOnly),
		);
	const [left, top, right, bottom] = [
		Math.min(...boxes.map((box) => box.left)) - margin,
		Math.min(...boxes.map((box) => box.top)) - margin,
		Math.max(...boxes.map((box) => box.right)) + margin,
		Math.max(...boxes.map((box) => box.bottom)) + margin,
	];
	const session = await page.context().newCDPSession(page);
	const { data } = await session.send('Page.captureScreenshot', {
		format: 'webp',
		quality: 85,
		clip: { x: left, y: top, width: right - left, height: bottom - top, scale: 1 },
	});
	await session.detach();
	return Buffer.from(data, 'base64');
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? (error.stack ?? error.message) : error);
	process.exitCode = 1;
});
