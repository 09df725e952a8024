/**
 * 'Largest Amount' and 'Allowed Currencies' of the credential hold for every operation that moves
 * money, for agents too, and look at what is really sent: were one way around them open, an agent
 * or a mistyped row could ask a payer, or give back, any amount.
 */
import type { IDataObject } from 'n8n-workflow';
import { testProviders } from './providers';
import { runNode } from './support/contexts';
import { newCredential, newNode } from './support/providers';
import { TestSandbox } from './support/testSandbox';

const samples = Object.fromEntries(testProviders().map((facts) => [facts.folder, facts]));
const folders = Object.keys(samples);

let sandbox: TestSandbox;
beforeAll(async () => (sandbox = await TestSandbox.start()));
afterAll(async () => await sandbox.close());

interface Case {
	folder: string;
	/** Of 20.50, as it is accepted by the form. */
	parameters: IDataObject;
	/** Extra Request Fields that make it 90.00. */
	more: IDataObject;
	currency: string;
}

const line = (amount: unknown, currency: string) => ({
	price_data: { currency, unit_amount: amount, product_data: { name: 'Tea' } },
	quantity: 1,
});
const refund = {
	resource: 'refund',
	operation: 'create',
	amount: '20.50',
	reference: 'refund-1',
};

const cases: Record<string, Case> = {
	...Object.fromEntries(
		folders.map((folder) => [
			`${folder}: Checkout, Create`,
			{
				folder,
				parameters: { resource: 'checkout', operation: 'create', ...samples[folder]?.order },
				more: {
					EFundPay: { amount: 9000 },
					ChingChingPay: { amount: '9000' },
					TokenPay: { amount: 90 },
					Payfect: { invoice_items: [line('90.00', 'usdt')] },
					WooshPay: { line_items: [line(9000, 'GBP')] },
				}[folder] as IDataObject,
				currency: samples[folder]?.money.currency ?? '',
			},
		]),
	),
	'EFundPay: Transaction, Create': {
		folder: 'EFundPay',
		parameters: {
			...samples.EFundPay?.order,
			resource: 'transaction',
			operation: 'create',
			paymentMethod: 'other',
			method: 'alipay',
			buyerIp: '203.0.113.7',
		},
		more: { amount: 9000 },
		currency: samples.EFundPay?.money.currency ?? '',
	},
	'EFundPay: Refund, Create': {
		folder: 'EFundPay',
		parameters: { ...refund, paymentId: 't-1', currency: 'USD', reason: 'Returned' },
		more: { amount: 9000 },
		currency: 'USD',
	},
	'WooshPay: Refund, Create': {
		folder: 'WooshPay',
		parameters: { ...refund, paymentId: 'pi_1', currency: 'GBP' },
		more: { amount: '9000' },
		currency: 'GBP',
	},
	'ChingChingPay: Checkout, Create Link': {
		folder: 'ChingChingPay',
		parameters: { resource: 'checkout', operation: 'createLink', amount: '20.50', currency: 'HKD' },
		more: { amount: 9000 },
		currency: 'HKD',
	},
	'ChingChingPay: Refund, Create': {
		folder: 'ChingChingPay',
		parameters: { ...refund, paymentReference: 'order-1', currency: 'HKD' },
		more: { amount: 9000 },
		currency: 'HKD',
	},
};

async function run(
	{ folder, parameters }: Case,
	limits: { largestAmount?: string; allowedCurrencies?: string },
	more: IDataObject = {},
	asTool = false,
): Promise<string> {
	const credential = newCredential(folder);
	const result = await runNode({
		node: newNode(folder),
		credentialTypes: [credential],
		credentials: { [credential.name]: { ...sandbox.credential(credential.name), ...limits } },
		parameters: {
			reference: 'order-1',
			callback: 'url',
			callbackUrl: 'https://n8n.example/webhook/1/callback',
			...parameters,
			...more,
		},
		asTool,
	});
	return result.error?.message ?? '';
}

const AT_LIMITS = /'Largest Amount'|'Allowed Currencies'/;

describe.each(Object.entries(cases))('%s', (_name, each) => {
	const { currency, more } = each;
	const extra = (fields: IDataObject) => ({
		options: { extraFields: JSON.stringify(fields) },
	});

	it.each([
		{},
		{ largestAmount: '20.50' },
		{ largestAmount: `20.5 ${currency.toLowerCase()}, 1 XYZ` },
		{ allowedCurrencies: `xyz, ${currency.toLowerCase()}` },
	])('is within %j', async (limits) => {
		expect(await run(each, limits)).not.toMatch(AT_LIMITS);
	});

	it.each([
		[{ largestAmount: '20.49' }, /20\.50? .*more than 'Largest Amount'.*20\.49/],
		[{ largestAmount: `20 ${currency}, 5000 XYZ` }, /more than 'Largest Amount'/],
		[{ largestAmount: '5000 XYZ' }, /names no amount for/],
		[{ largestAmount: '1,000' }, /'Largest Amount' in the credential cannot be read/],
		[{ largestAmount: '1.000' }, /'Largest Amount' in the credential cannot be read/],
		[{ largestAmount: 'none' }, /'Largest Amount' in the credential cannot be read/],
		[{ largestAmount: '0' }, /'Largest Amount' in the credential cannot be read/],
		[{ allowedCurrencies: 'XYZ' }, /not among the 'Allowed Currencies'/],
		[{ allowedCurrencies: ',' }, /'Allowed Currencies' in the credential cannot be read/],
	])('is refused by %j, whoever runs it, and nothing is sent', async (limits, words) => {
		const before = (await sandbox.state()).checkouts.length;
		expect(await run(each, limits)).toMatch(words);
		expect(await run(each, limits, {}, true)).toMatch(words);
		expect((await sandbox.state()).checkouts).toHaveLength(before);
	});

	it('cannot be made larger by Extra Request Fields', async () => {
		const limits = { largestAmount: '50' };
		expect(await run(each, limits)).not.toMatch(AT_LIMITS);
		expect(await run(each, limits, extra(more))).toMatch(/90(\.00)? .*more than 'Largest Amount'/);
	});

	it('is refused when Extra Request Fields hide the amount', async () => {
		const names = Object.keys(more);
		// null takes the field out (RFC 7396).
		for (const hidden of ['ninety', { value: 90 }, [], -90, null])
			expect(
				await run(
					each,
					{ largestAmount: '50' },
					extra(Object.fromEntries(names.map((name) => [name, hidden]))),
				),
			).toMatch(/does not tell its amount/);
	});
});

describe('what does not tell its amount', () => {
	const byPriceId = {
		amountFrom: 'lineItemsJson',
		lineItemsJson: '[{ "price": "price_1", "quantity": 1 }]',
	};

	it.each(['Payfect', 'WooshPay'])(
		'%s: a price ID is refused where a largest amount is set',
		async (folder) => {
			const each = cases[`${folder}: Checkout, Create`] as Case;
			expect(await run(each, { largestAmount: '50' }, byPriceId)).toMatch(
				/'Largest Amount' is set in the credential, and this request does not tell its amount/,
			);
			expect(await run(each, {}, byPriceId)).not.toMatch(AT_LIMITS);
		},
	);

	it.each([{ largestAmount: '50' }, { allowedCurrencies: 'GBP' }])(
		'WooshPay: a refund of the whole payment is refused where %j is set',
		async (limits) => {
			const each = cases['WooshPay: Refund, Create'] as Case;
			expect(await run(each, limits, { amountFrom: 'payment' })).toMatch(/does not tell its/);
		},
	);

	it('ChingChingPay: a command moves no money, and is let through', async () => {
		const each = cases['ChingChingPay: Checkout, Create'] as Case;
		const limits = { largestAmount: '1', allowedCurrencies: 'XYZ' };
		expect(await run(each, limits, { transactionType: 'command' })).not.toMatch(AT_LIMITS);
	});
});

it.each(['Create', 'Create Link'])(
	'ChingChingPay, %s: amount and currency in the output are those that were sent',
	async (operation) => {
		const each = cases[`ChingChingPay: Checkout, ${operation}`] as Case;
		const credential = newCredential('ChingChingPay');
		const result = await runNode({
			node: newNode('ChingChingPay'),
			credentialTypes: [credential],
			credentials: { [credential.name]: sandbox.credential(credential.name) },
			parameters: {
				reference: `sent-${operation}`,
				callback: 'none',
				...each.parameters,
				options: { extraFields: '{"amount": 2500, "currency": "CNY"}' },
			},
		});
		expect(result.outputs[0]?.[0]?.json).toMatchObject({ amount: '25.00', currency: 'CNY' });
	},
);

it.each(folders)(
	'%s: the credential keeps the names and defaults that people have saved',
	(folder) => {
		const saved = newCredential(folder)
			.properties.filter(({ displayName }) =>
				/^(Largest Amount|Allowed Currencies)$/.test(displayName),
			)
			.map(({ name, type, default: preset }) => [name, type, preset]);
		expect(saved).toEqual([
			['largestAmount', 'string', ''],
			['allowedCurrencies', 'string', ''],
		]);
	},
);
