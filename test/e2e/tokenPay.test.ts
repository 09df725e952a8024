import { randomUUID } from 'node:crypto';
import { providerCase } from './callbackCases';
import { describeProvider } from './describeProvider';
import { itemsOf, makeActionWorkflow, Shop, stage } from './support';

const tokenPay = providerCase('tokenpay');

describeProvider(tokenPay);

describe('what only TokenPay does', () => {
	test('chains and coins are offered as TokenPay lists them', async () => {
		const { credential } = await Shop.of(tokenPay, { open: false });
		const { client } = await stage();
		const options = async (methodName: string, currentNodeParameters: object) =>
			(
				await client.loadOptions(
					'n8n-nodes-hosted-checkout.tokenPay',
					1.1,
					methodName,
					credential,
					currentNodeParameters,
				)
			).map(({ value }) => value);
		expect(await options('getChains', {})).toEqual(['BSC', 'ETHEREUM', 'TRON']);
		expect(await options('getCurrencies', { chain: 'TRON' })).toEqual(['TRX', 'USDT']);
		expect(await options('getCurrencies', { chain: '={{ $json.chain }}' })).toEqual([
			'BNB',
			'ETH',
			'TRX',
			'USDT',
		]);
	});

	test('twelve rows at once keep to five requests a second, and every one is made', async () => {
		const merchant = await Shop.of(tokenPay, { open: false });
		const { client, sandbox } = await stage();
		const run = randomUUID().slice(0, 8);
		const workflow = await makeActionWorkflow(tokenPay, merchant.credential, {
			resource: 'checkout',
			operation: 'create',
			...tokenPay.order,
			reference: `=${run}-{{ $json.row }}`,
			callback: 'none',
			options: { requestsInParallel: 12 },
		});
		const [start, action] = workflow.nodes;
		if (!start || !action) throw new Error('The workflow has lost its nodes.');
		const rows = {
			...start,
			id: randomUUID(),
			name: 'Rows',
			type: 'n8n-nodes-base.code',
			typeVersion: 2,
			parameters: { jsCode: 'return Array.from({ length: 12 }, (_, row) => ({ json: { row } }))' },
		};
		const to = (node: string) => ({ main: [[{ node, type: 'main' as const, index: 0 }]] });
		await client.workflows.save({
			...workflow,
			nodes: [start, rows, action],
			connections: { [start.name]: to('Rows'), Rows: to(action.name) },
		});
		const before = (await sandbox.state()).refusals.length;
		const items = itemsOf(await client.workflows.run(workflow.id, 'Start'), 'Provider');
		expect(items.map(({ reference }) => reference)).toEqual(
			Array.from({ length: 12 }, (_, row) => `${run}-${row}`),
		);
		expect((await sandbox.state()).refusals.slice(before)).toEqual([]);
	});

	test('a payment that nobody acknowledged is sent again by TokenPay, and starts its execution then', async () => {
		const merchant = await Shop.of(tokenPay);
		const { client } = await stage();
		const { checkout } = await merchant.order();
		await client.workflows.unpublish(merchant.paid.id);
		const [missed] = await merchant.payer(checkout);
		expect(missed?.status).toBe(404);
		await client.workflows.publish(merchant.paid.id);
		const executions = await client.executions.waitFor(merchant.paid.id, 1);
		expect(executions.map((execution) => itemsOf(execution, 'Fulfilled')[0]?.reference)).toEqual([
			checkout.reference,
		]);
	});

	test('TokenPay is asked before the workflow starts', async () => {
		const merchant = await Shop.of(tokenPay);
		const { checkout } = await merchant.order();
		await merchant.payer(checkout);
		const { client } = await stage();
		const [execution] = await client.executions.waitFor(merchant.paid.id, 1);
		expect(execution && itemsOf(execution, 'Fulfilled')).toEqual([
			expect.objectContaining({ verifiedBy: 'signature+provider', ...tokenPay.money }),
		]);
	});

	test('an order is closed by its reference and cannot be paid any more', async () => {
		const merchant = await Shop.of(tokenPay, { open: false });
		const { client, sandbox } = await stage();
		const { checkout } = await merchant.order();
		const close = await makeActionWorkflow(tokenPay, merchant.credential, {
			resource: 'checkout',
			operation: 'close',
			findBy: 'reference',
			reference: checkout.reference,
		});
		expect(itemsOf(await client.workflows.run(close.id, 'Start'), 'Provider')).toEqual([
			expect.objectContaining({ status: 'canceled', reference: checkout.reference }),
		]);
		await expect(sandbox.act('tokenpay', checkout.checkoutId, 'pay')).rejects.toThrow('409');
	});
});
