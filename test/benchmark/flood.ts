/**
 * How long a genuine callback takes while a stranger sends twenty invented references a second to
 * the same trigger, against the same without them: a whole n8n and the sandbox, over loopback, with
 * n8n's default expression engine and with `N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true`. ChingChingPay,
 * which is asked about every callback.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { ICredentialDataDecryptedObject, INode } from 'n8n-workflow';
import { sandboxCredentials, startSandbox } from '../../sandbox/sandbox';
import { N8nClient } from '../n8n/client';
import { startN8n, type RunningN8n } from '../n8n/instance';
import { runNode } from '../support/contexts';
import { Flood, type Answers } from '../support/flood';
import { newCredential, newNode } from '../support/providers';
import { SandboxClient } from '../support/sandboxClient';
import { merchants } from './signedPayments';
import { engines } from './engines';
import { figure, median, printTable, say } from './support';

const { values: given } = parseArgs({
	options: {
		seconds: { type: 'string', default: '60' },
		perSecond: { type: 'string', default: '20' },
		engine: { type: 'string', default: 'default,lazy' },
	},
});
const SECONDS = Number(given.seconds);
const PER_SECOND = Number(given.perSecond);
const SECONDS_BETWEEN_PAYMENTS = 2;

interface Shop {
	address: string;
	/** Makes an order with Create Checkout, which puts the tag into its callback address. */
	order(): Promise<string>;
	/** The payer pays; what the genuine callback was answered, and after how long. */
	pay(checkoutId: string): Promise<{ status: number | null | undefined; seconds: number }>;
}

interface Minute {
	delays: number[];
	/** What genuine callbacks were answered that were not acknowledged. */
	refused: string[];
	invented: Answers;
}

async function main(): Promise<void> {
	const chosen = engines(given.engine);
	const sandbox = await startSandbox();
	const userFolder = mkdtempSync(path.join(tmpdir(), 'hosted-checkout-bench-'));
	let n8n: RunningN8n | undefined;
	const lines: string[][] = [];
	try {
		n8n = await startN8n({ userFolder, say });
		const client = new N8nClient(n8n.url);
		await client.signIn(n8n.owner);
		const shop = await openShop(client, sandbox.url);
		for (const { title, environment } of chosen) {
			await n8n.restart(environment);
			// The first executions of anything in n8n are slower.
			for (let count = 0; count < 3; count++) await shop.pay(await shop.order());
			for (const perSecond of [0, PER_SECOND]) {
				say(`${title}: ${SECONDS} seconds with ${perSecond} invented ones a second`);
				lines.push([title, String(perSecond), ...inWords(await measure(shop, perSecond))]);
			}
		}
	} finally {
		await n8n?.stop();
		await sandbox.close();
		rmSync(userFolder, { recursive: true, force: true });
	}
	printTable(
		`A genuine callback every ${SECONDS_BETWEEN_PAYMENTS} seconds for ${SECONDS} seconds`,
		[
			'',
			'invented a second',
			'genuine ones: median (s)',
			'worst (s)',
			'not acknowledged',
			'what invented ones were answered',
		],
		lines,
	);
}

async function openShop(client: N8nClient, sandboxUrl: string): Promise<Shop> {
	const merchant = merchants.find(({ name }) => name === 'chingchingpay');
	const offered = sandboxCredentials(sandboxUrl).find(
		({ type }) => type === merchant?.node.credentialName,
	);
	if (!merchant || !offered) throw new Error('There is no ChingChingPay.');
	const { displayName, name, node, trigger, credentials, order } = merchant;
	const data = { ...offered.data, callbackProof: 'provider' };
	const credential = await client.credentials.create({
		name: displayName,
		type: node.credentialName,
		data,
	});
	const webhookId = randomUUID();
	const paid: INode = {
		id: randomUUID(),
		name: 'Paid',
		type: `n8n-nodes-hosted-checkout.${trigger}`,
		typeVersion: 1.1,
		position: [0, 0],
		webhookId,
		parameters: { options: {} },
		credentials: { [credential.type]: { id: credential.id, name: credential.name } },
	};
	const workflow = await client.workflows.create({ name: 'Paid', nodes: [paid], connections: {} });
	await client.workflows.publish(workflow.id);
	const address = `${client.url}/webhook/${webhookId}/callback`;
	const sandbox = new SandboxClient(sandboxUrl);
	return {
		address,
		async order() {
			const { outputs, error } = await runNode({
				node: newNode(displayName),
				credentialTypes: [newCredential(displayName)],
				credentials: {
					// The form's defaults beside what is typed in.
					[node.credentialName]: {
						...credentials,
						...data,
					} as unknown as ICredentialDataDecryptedObject,
				},
				parameters: {
					resource: 'checkout',
					operation: 'create',
					reference: `order-${randomUUID()}`,
					callback: 'url',
					callbackUrl: address,
					...order,
				},
			});
			if (error) throw error;
			return String(outputs[0]?.[0]?.json.checkoutId);
		},
		async pay(checkoutId) {
			const begun = performance.now();
			const [delivery] = await sandbox.act(name, checkoutId, 'pay');
			return { status: delivery?.status, seconds: (performance.now() - begun) / 1000 };
		},
	};
}

async function measure(shop: Shop, perSecond: number): Promise<Minute> {
	const orders: string[] = [];
	while (orders.length < SECONDS / SECONDS_BETWEEN_PAYMENTS) orders.push(await shop.order());
	const flood =
		perSecond === 0
			? undefined
			: new Flood(shop.address, perSecond, (number) => ({
					merchant_reference: `invented-${number}`,
					status: 'SBX_PAID',
				}));
	const paying: ReturnType<Shop['pay']>[] = [];
	for (const order of orders) {
		await wait(SECONDS_BETWEEN_PAYMENTS * 1000);
		// The next payer does not wait for the callback of the one before.
		paying.push(shop.pay(order));
	}
	const paid = await Promise.all(paying);
	const invented = (await flood?.stop()) ?? {};
	return {
		delays: paid.map(({ seconds }) => seconds),
		refused: paid.flatMap(({ status }) => (status === 200 ? [] : [String(status)])),
		invented,
	};
}

function inWords({ delays, refused, invented }: Minute): string[] {
	return [
		figure(median(delays)),
		figure(Math.max(...delays)),
		refused.length === 0 ? '0' : `${refused.length} (${[...new Set(refused)].join(', ')})`,
		Object.entries(invented)
			.map(([status, count]) => `${count} × ${status}`)
			.join(', '),
	];
}

main().catch((error: unknown) => {
	console.error(`\n${error instanceof Error ? error.message : String(error)}`);
	process.exitCode = 1;
});
