/**
 * Follows README in a browser, in a fresh n8n: installs the package as its users do, on n8n's own
 * screen (Settings → Community nodes), makes the first checkout and receives the first callback in
 * workflows built by hand. Prints the time of each step, and ends with 1 where one cannot be done.
 * Then makes a checkout of each provider:
 *
 *   node scripts/run.mjs --build --n8n tsx test/install/throughScreen.ts [--pictures <folder>]
 *
 * n8n takes unscoped names from npm only, so the very same tarball is published under a scope, on a
 * registry of this machine.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { INode } from 'n8n-workflow';
import type { Page } from 'playwright-core';
import { findChromium, howToGetChromium, openBrowser } from '../../sandbox/demo/walk';
import { sandboxCredentials, startSandbox } from '../../sandbox/sandbox';
import { testProviderNamed } from '../providers';
import { N8nClient } from '../n8n/client';
import { packPackage, startN8n, type RunningN8n } from '../n8n/instance';
import { stopEverything } from '../n8n/supervisedProcess';
import { followReadme } from './readmeSteps';
import { startRegistry } from './registry';

const say = (line: string) => console.error(`• ${line}`);

async function main(): Promise<void> {
	const { values } = parseArgs({ options: { pictures: { type: 'string' } } });
	const chromium = findChromium();
	if (chromium === undefined) throw new Error(howToGetChromium);
	const registry = await startRegistry(say);
	const sandbox = await startSandbox();
	const userFolder = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-install-'));
	const browser = await openBrowser(chromium);
	try {
		const packageName = registry.publish(packPackage(userFolder));
		const n8n = await startN8n({
			userFolder,
			tarball: null,
			environment: { NPM_CONFIG_USERCONFIG: registry.npmrc },
			say,
		});
		const client = new N8nClient(n8n.url);
		await client.signIn(n8n.owner);
		const before = await client.nodeTypes(packageName);
		if (before.length > 0) throw new Error('The package is there before it was installed.');

		const page = await (
			await browser.newContext({ viewport: { width: 1280, height: 900 } })
		).newPage();
		page.setDefaultTimeout(60_000);
		const picture = async (name: string) => {
			if (values.pictures === undefined) return;
			mkdirSync(values.pictures, { recursive: true });
			await page.screenshot({ path: path.join(values.pictures, `install-${name}.png`) });
		};
		try {
			await signIn(page, n8n);
			await followReadme({ page, n8n, client, packageName, sandboxUrl: sandbox.url, picture });
		} catch (error) {
			await picture('failed').catch(() => undefined);
			throw error;
		}
		await makeCheckout(client, packageName, sandbox.url);
	} finally {
		await browser.close();
		await stopEverything();
		await sandbox.close();
		await registry.close();
		await rm(userFolder, { recursive: true, force: true, maxRetries: 5 });
	}
}

async function signIn(page: Page, { url, owner }: RunningN8n): Promise<void> {
	await page.goto(`${url}/signin`);
	await page.locator('input[name=emailOrLdapLoginId], input[type=email]').first().fill(owner.email);
	await page.locator('input[type=password]').fill(owner.password);
	await page.locator('[data-test-id=form-submit-button]').click();
	await page.waitForURL((address) => !address.pathname.includes('signin'));
}

/** One of each provider, without a restart. */
async function makeCheckout(
	client: N8nClient,
	packageName: string,
	sandboxUrl: string,
): Promise<void> {
	const types = await client.nodeTypes(packageName);
	for (const { type, name, data } of sandboxCredentials(sandboxUrl)) {
		const description = types.find(
			({ credentials = [], group }) =>
				!group.includes('trigger') && credentials.some((credential) => credential.name === type),
		);
		if (!description)
			throw new Error(`n8n has no node for ${type} after the package was installed.`);
		const credential = await client.credentials.create({ type, name, data: { ...data } });
		const start: INode = {
			id: randomUUID(),
			name: 'Start',
			type: 'n8n-nodes-base.manualTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		};
		const node: INode = {
			id: randomUUID(),
			name: 'Provider',
			type: description.name,
			typeVersion: 1.1,
			position: [240, 0],
			parameters: {
				resource: 'checkout',
				operation: 'create',
				reference: 'order-1',
				callbackUrl: 'https://shop.example/callback',
				...testProviderNamed(description.displayName.toLowerCase()).order,
			} as INode['parameters'],
			credentials: { [type]: { id: credential.id, name } },
		};
		const workflow = await client.workflows.create({
			name,
			nodes: [start, node],
			connections: { Start: { main: [[{ node: 'Provider', type: 'main', index: 0 }]] } },
		});
		const execution = await client.workflows.run(workflow.id, 'Start');
		const link =
			execution.data.resultData.runData.Provider?.[0]?.data?.main?.[0]?.[0]?.json.checkoutUrl;
		if (execution.status !== 'success')
			throw new Error(
				`${description.name} made no checkout: ${execution.data.resultData.error?.message ?? execution.status}`,
			);
		console.log(`${description.name} made a checkout: ${String(link)}`);
	}
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
