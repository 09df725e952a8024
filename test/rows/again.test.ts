import type { IDataObject } from 'n8n-workflow';
import { testProviders } from '../providers';
import { madeTwice, openShop, type OpenShop } from './create';
import { sheetOf, shops, type Shop } from './shops';

const withKey = shops().filter(([name]) =>
	testProviders().some(
		(provider) => provider.name === name && provider.rows.deduplicates !== 'never',
	),
);

function shopOf(wanted: string): Shop {
	const found = shops().find(([name]) => name === wanted);
	if (!found) throw new Error(`There is no ${wanted} in the sandbox.`);
	return found[1];
}

/** The idempotency key with which this row was sent, as the output shows it to the user. */
async function keyOf(
	open: OpenShop,
	row: Partial<{ reference: string; amount: string }> = {},
	parameters: IDataObject = {},
	options: IDataObject = {},
): Promise<unknown> {
	await open.forget();
	const { rows, run } = await open.create([{ reference: 'order-1', amount: '12.50', ...row }], {
		parameters,
		options,
	});
	expect(run.error).toBeUndefined();
	return rows[0]?.json.idempotencyKey ?? null;
}

describe.each(withKey)('the idempotency key of %s', (_name, shop) => {
	test('is shown, and the same for the same row in every run', async () => {
		await openShop(shop, async (open) => {
			const key = await keyOf(open);
			expect(key).toMatch(/^[0-9a-f]{64}$/);
			expect(await keyOf(open)).toBe(key);
		});
	});

	test.each<[string, Parameters<typeof keyOf> extends [OpenShop, ...infer Rest] ? Rest : never]>([
		['another reference', [{ reference: 'order-2' }]],
		['another amount', [{ amount: '12.51' }]],
		['another description', [{}, { description: 'Coffee' }]],
		['another success page', [{}, { successUrl: 'https://shop.example/other' }]],
		['another attempt', [{}, {}, { attempt: 2 }]],
	])('is another one for %s', async (_change, change) => {
		await openShop(shop, async (open) => {
			expect(await keyOf(open, ...change)).not.toBe(await keyOf(open));
		});
	});

	test('makes a sheet that is run again the same checkouts', async () => {
		await openShop(shop, async (open) => {
			const sheet = sheetOf(10);
			const first = await open.create(sheet);
			const second = await open.create(sheet);
			expect(madeTwice(second)).toEqual([]);
			expect(second.rows.map(({ json }) => json.checkoutId)).toEqual(
				first.rows.map(({ json }) => json.checkoutId),
			);
		});
	});
});

describe('EFundPay', () => {
	test('gets another idempotency key for another callback URL', async () => {
		await openShop(shopOf('efundpay'), async (open) => {
			expect(await keyOf(open, {}, { callbackUrl: 'http://127.0.0.1:9/other' })).not.toBe(
				await keyOf(open),
			);
		});
	});
});

describe('WooshPay', () => {
	test('makes a new checkout of the same order when Attempt is raised', async () => {
		await openShop(shopOf('wooshpay'), async (open) => {
			const sheet = sheetOf(5);
			const first = await open.create(sheet);
			const second = await open.create(sheet, { options: { attempt: 2 } });
			expect(second.checkouts).toHaveLength(10);
			expect(
				second.rows.filter(
					({ json }, item) => json.checkoutId === first.rows[item]?.json.checkoutId,
				),
			).toEqual([]);
		});
	});

	test('gets no idempotency key without a reference: two equal rows are two customers', async () => {
		await openShop(shopOf('wooshpay'), async (open) => {
			expect(await keyOf(open, {}, { reference: '' })).toBeNull();
		});
	});
});
