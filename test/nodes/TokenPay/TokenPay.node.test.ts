import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { IDataObject } from 'n8n-workflow';
import { TokenPayApi } from '../../../credentials/TokenPayApi.credentials';
import { TokenPay } from '../../../nodes/TokenPay/TokenPay.node';
import { pasted, runNode, type NodeRunOptions } from '../../support/contexts';
import { testCredential } from '../../support/testCredential';
import { TestSandbox } from '../../support/testSandbox';
import { startProviderServer } from '../shared/support/providerServer';
import { encryptEcb } from './callbacks';

let sandbox: TestSandbox;
beforeAll(async () => (sandbox = await TestSandbox.start()));
beforeEach(async () => await sandbox.reset());
afterAll(async () => await sandbox.close());

const state = async () => await sandbox.state('tokenpay');
const good = () => sandbox.credential('tokenPayApi');

const order = {
	resource: 'checkout',
	operation: 'create',
	amountFrom: 'amount',
	amount: '20.50',
	chain: 'TRON',
	currency: 'USDT',
	reference: 'order-1',
	callback: 'none',
};

async function run(
	parameters: IDataObject,
	more: Partial<NodeRunOptions> & { credential?: IDataObject } = {},
) {
	const { credential, ...options } = more;
	return await runNode({
		node: new TokenPay(),
		credentialTypes: [new TokenPayApi()],
		credentials: { tokenPayApi: { ...good(), ...credential } as Record<string, string> },
		parameters,
		...options,
	});
}
const jsonOf = ({ outputs }: Awaited<ReturnType<typeof run>>) =>
	(outputs[0] ?? []).map(({ json }) => json);
const wordsOf = ({ error }: Awaited<ReturnType<typeof run>>) =>
	`${error?.message} ${(error as { description?: string } | undefined)?.description}`;

describe('Create Checkout', () => {
	it('makes an order whose digits, callback and link arrive as they were given', async () => {
		const result = await run({
			...order,
			callback: 'url',
			callbackUrl: 'http://127.0.0.1:1/webhook/x',
			successUrl: 'https://shop.example/thanks?a=1',
			description: 'Tea 茶',
			expiresIn: 600,
		});
		const { checkouts } = await state();
		expect(checkouts).toEqual([
			expect.objectContaining({
				amount: '20.5',
				reference: 'order-1',
				description: 'Tea 茶',
				callbackUrl: 'http://127.0.0.1:1/webhook/x',
				successUrl: 'https://shop.example/thanks?a=1',
			}),
		]);
		expect(jsonOf(result)).toEqual([
			expect.objectContaining({
				provider: 'tokenpay',
				checkoutId: checkouts[0]?.checkoutId,
				checkoutUrl: `${sandbox.url}/tokenpay/pay/order?prepay_id=${checkouts[0]?.checkoutId}`,
				reference: 'order-1',
				status: 'open',
				amount: '20.5',
				currency: 'USDT',
				expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
			}),
		]);
	});

	it('asks for a coin as its list has it, in whatever case the sheet has it', async () => {
		const result = await run({ ...order, chain: 'Tron', currency: 'usdt' });
		expect(result.error).toBeUndefined();
		expect((await state()).checkouts[0]?.request).toMatchObject({
			chain: 'TRON',
			currency: 'USDT',
		});
		expect(jsonOf(result)).toMatchObject([{ amount: '20.5', currency: 'USDT' }]);
	});

	it('sums line items and describes the order by them', async () => {
		const lineItems = {
			item: [
				{ name: 'Tea', unitAmount: '0.1', quantity: 3 },
				{ name: 'Cup', unitAmount: '2', quantity: 1 },
			],
		};
		const result = await run({ ...order, amountFrom: 'lineItems', lineItems });
		expect(jsonOf(result)).toMatchObject([{ amount: '2.3' }]);
		expect((await state()).checkouts).toMatchObject([
			{ amount: '2.3', description: '3 × Tea, Cup' },
		]);
	});

	it('sends the additional fields', async () => {
		await run({
			...order,
			additionalFields: { attach: 'wf=42', locale: 'zh_cn', toAddress: 'TWallet' },
			options: { extraFields: '{"colour":"red"}' },
		});
		expect((await state()).checkouts[0]?.request).toMatchObject({
			attach: 'wf=42',
			locale: 'zh_cn',
			to_address: 'TWallet',
			colour: 'red',
			expire_second: 3600,
		});
	});

	it("gives TokenPay's answer as it came with Simplify off", async () => {
		expect(jsonOf(await run({ ...order, simple: false }))).toMatchObject([
			{ code: 0, data: { payment_url: expect.stringMatching(/^\/pay/) } },
		]);
	});

	it.each([
		{ prepay_id: 'p1', link: 'https://cashier.example/p1' },
		{ payment_url: '/pay/order?prepay_id=p1' },
	])('keeps with Simplify off what an answer of another shape holds: %j', async (data) => {
		const server = await startProviderServer();
		server.respond(() => ({ body: JSON.stringify({ code: 0, data }) }));
		const credential = { baseUrl: server.url };
		expect(jsonOf(await run({ ...order, simple: false }, { credential }))).toEqual([
			{ code: 0, data },
		]);
		expect(wordsOf(await run(order, { credential }))).toContain('may have been made');
		server.close();
	});

	/** Seed: "可以是 https 或 app 的路由". A phone's app could be opened through Extra Request Fields only. */
	it.each(['https://shop.example/order?id=1', 'myapp://order/1', ' com.shop.app://pay?id=1#top '])(
		'leads the Back button to %s',
		async (successUrl) => {
			await run({ ...order, successUrl });
			expect((await state()).checkouts[0]?.request).toMatchObject({
				return_url: successUrl.trim(),
			});
		},
	);

	it.each([
		'javascript://%0aalert(1)',
		'data://text/html,x',
		'file:///etc/passwd',
		'htps://shop.example',
		'myapp://order 1',
		'myapp:order/1',
		'/order/1',
		'http://',
	])(
		'leads the Back button to no script, typing mistake or half an address: %s',
		async (successUrl) => {
			expect(wordsOf(await run({ ...order, successUrl }))).toContain(
				"'Success URL' is not an absolute URL",
			);
			expect((await state()).requests.tokenpay).toEqual({});
		},
	);

	it('sends no callback to an app', async () => {
		const callbackUrl = 'myapp://callback';
		expect(wordsOf(await run({ ...order, callback: 'url', callbackUrl }))).toContain(
			"'Callback URL' is not an absolute URL",
		);
	});

	it.each([
		["'Reference' is empty", { reference: ' ' }],
		["'Chain' is empty", { chain: '={{ "" }}' }],
		["'Currency' is empty", { currency: '={{ "" }}' }],
		["'Amount' is empty", { amount: '={{ "" }}' }],
		["'Amount' is zero", { amount: '0.00' }],
		["'Amount' is not a plain number", { amount: '1,000' }],
		["'Expires In (Seconds)' is not a whole number above zero", { expiresIn: 0 }],
		["'Expires In (Seconds)' is not a whole number above zero", { expiresIn: 1.5 }],
		["'Callback URL' is not an absolute URL", { callback: 'url', callbackUrl: '/webhook' }],
		['price ID', { amountFrom: 'lineItemsJson', lineItemsJson: '[{"price":"p1"}]' }],
	])('refuses a row before anything is sent: %s', async (words, parameters) => {
		const result = await run({ ...order, ...parameters });
		expect(wordsOf(result)).toContain(words);
		expect((await state()).requests.tokenpay).toEqual({});
	});

	it.each([
		['App ID', { appId: '' }],
		['Merchant ID', { merchantId: '' }],
		['App Secret', { appSecret: 'of-thirty-one-bytes-not-more-x!' }],
		['Base URL', { baseUrl: 'api.tokenpay.me' }],
	])('refuses a credential with a wrong %s before anything is sent', async (field, credential) => {
		const result = await run(order, { credential });
		expect(wordsOf(result)).toContain(`'${field}'`);
		expect((await state()).requests.tokenpay).toEqual({});
	});

	it('says where to look when the secret is wrong, and tells no secret', async () => {
		const result = await run(order, {
			credential: { appSecret: 'another-secret-of-thirty-two-by!' },
		});
		expect(wordsOf(result)).toMatch(/invalid signature.*'App Secret'/s);
		expect(
			[good().appId, 'another-secret-of-thirty-two-by!'].filter(
				(secret) => secret !== undefined && result.stored.includes(secret),
			),
		).toEqual([]);
	});

	it('says that a reference was used before', async () => {
		await run(order);
		expect(wordsOf(await run({ ...order, amount: '1' }))).toContain(
			"TokenPay has an order with this 'Reference'",
		);
	});

	it('never sends an order again that may have arrived, and says how to find out', async () => {
		await sandbox.fault('tokenpay', 'create', 'reset-after');
		const result = await run(order);
		expect(wordsOf(result)).toContain('Use Checkout: Get with this reference');
		expect((await state()).requests.tokenpay).toEqual({ create: 1 });
	});

	it('sends it again by itself when TokenPay asks to slow down inside a 200', async () => {
		await sandbox.fault('tokenpay', 'create', 'too-often');
		expect(jsonOf(await run(order))).toMatchObject([{ reference: 'order-1', status: 'open' }]);
		expect((await state()).requests.tokenpay).toEqual({ create: 2 });
	});

	it('keeps to five requests a second, so that no row is refused', async () => {
		const items = Array.from({ length: 12 }, (_, row) => ({ json: { row } }));
		const result = await run(
			{ ...order, reference: '=order-{{ $json.row }}', options: { requestsInParallel: 12 } },
			{ items },
		);
		expect(jsonOf(result).map(({ reference }) => reference)).toEqual(
			items.map(({ json }) => `order-${json.row}`),
		);
		expect((await state()).refusals).toEqual([]);
	});
});

describe('Get and Close', () => {
	const paidOrder = async () => {
		await run(order);
		const [checkout] = (await state()).checkouts;
		await sandbox.act('tokenpay', String(checkout?.checkoutId), 'pay', { callback: 'none' });
		return checkout;
	};

	it('find an order by its reference and by its payment ID', async () => {
		const checkout = await paidOrder();
		const byReference = jsonOf(
			await run({
				resource: 'checkout',
				operation: 'get',
				findBy: 'reference',
				reference: 'order-1',
			}),
		);
		expect(byReference).toEqual([
			expect.objectContaining({
				status: 'paid',
				providerStatus: 'SUCCESS',
				amount: '20.5',
				currency: 'USDT',
				paymentId: checkout?.paymentId,
			}),
		]);
		expect(
			jsonOf(
				await run({
					resource: 'checkout',
					operation: 'get',
					findBy: 'paymentId',
					paymentId: checkout?.paymentId ?? '',
				}),
			),
		).toEqual(byReference);
	});

	it('say in words that there is no such order', async () => {
		expect(
			wordsOf(
				await run({
					resource: 'checkout',
					operation: 'get',
					findBy: 'reference',
					reference: 'none',
				}),
			),
		).toContain('TokenPay knows no such order');
	});

	it.each(['get', 'close'])(
		'%s: another word for what it is found by is refused, not taken for the reference',
		async (operation) => {
			const parameters = {
				resource: 'checkout',
				operation,
				findBy: '={{ "Payment ID" }}',
				reference: 'order-1',
				paymentId: 'P1',
			};
			expect(wordsOf(await run(parameters))).toContain(
				`'Find By' is none of its choices: "Payment ID"`,
			);
			expect((await state()).requests.tokenpay).toEqual({});
		},
	);

	it.each(['get', 'close'])(
		'%s: an empty field is refused before anything is sent',
		async (operation) => {
			expect(
				wordsOf(
					await run({ resource: 'checkout', operation, findBy: 'reference', reference: ' ' }),
				),
			).toContain("'Reference' is empty");
			expect(
				wordsOf(
					await run({ resource: 'checkout', operation, findBy: 'paymentId', paymentId: ' ' }),
				),
			).toContain("'Payment ID' is empty");
			expect((await state()).requests.tokenpay).toEqual({});
		},
	);

	it('close an unpaid order by its reference', async () => {
		await run(order);
		const closed = jsonOf(
			await run({
				resource: 'checkout',
				operation: 'close',
				findBy: 'reference',
				reference: 'order-1',
			}),
		);
		expect(closed).toEqual([
			expect.objectContaining({ status: 'canceled', reference: 'order-1', amount: '20.5' }),
		]);
		expect(
			jsonOf(
				await run({
					resource: 'checkout',
					operation: 'get',
					findBy: 'reference',
					reference: 'order-1',
				}),
			),
		).toMatchObject([{ status: 'canceled', providerStatus: 'CLOSED' }]);
	});

	it('do not ask to close an order that is paid', async () => {
		await paidOrder();
		expect(
			wordsOf(
				await run({
					resource: 'checkout',
					operation: 'close',
					findBy: 'reference',
					reference: 'order-1',
				}),
			),
		).toContain('is paid, so it was not closed');
		expect((await state()).requests.tokenpay).not.toHaveProperty('close');
	});
});

describe('Currencies and Balance', () => {
	it('list what can be paid with, up to the limit', async () => {
		const all = jsonOf(await run({ resource: 'currency', operation: 'getAll', returnAll: true }));
		expect(all).toEqual(
			expect.arrayContaining([
				expect.objectContaining({ chain: 'TRON', currency: 'USDT', decimals: 6 }),
			]),
		);
		expect(
			jsonOf(await run({ resource: 'currency', operation: 'getAll', returnAll: false, limit: 2 })),
		).toEqual(all.slice(0, 2));
	});

	it('show a balance in whole coins, exactly', async () => {
		expect(
			jsonOf(await run({ resource: 'balance', operation: 'get', chain: 'BSC', currency: 'BNB' })),
		).toEqual([expect.objectContaining({ chain: 'BSC', currency: 'BNB', balance: '1.5' })]);
	});
});

describe('the credential test', () => {
	it('passes with the right credential', async () => {
		expect(await testCredential('TokenPay', good())).toMatchObject({ status: 'OK' });
	});

	it('does not fail with the line ends and blanks of pasted fields, with which the node works', async () => {
		expect(await testCredential('TokenPay', pasted(new TokenPayApi(), good()))).toMatchObject({
			status: 'OK',
		});
	});

	it.each([
		['App Secret', { appSecret: 'another-secret-of-thirty-two-by!' }, 'code 103'],
		['App ID', { appId: 'another' }, 'code 20000'],
	])('fails with a wrong %s and says so', async (field, fields, words) => {
		const { status, message } = await testCredential('TokenPay', { ...good(), ...fields });
		expect(status).toBe('Error');
		expect(message).toContain(words);
		expect(message).toContain(`'${field}'`);
	});
});

describe('an answer whose signature does not hold', () => {
	let server: Server;
	let signature = '';
	beforeAll(async () => {
		server = createServer((request, response) => {
			void buffer(request).then(() => {
				const body = JSON.stringify({
					code: 0,
					data: { out_trade_no: 'order-1', trade_state: 'NOTPAY' },
				});
				const headers = {
					'TTPay-Timestamp': '1',
					'TTPay-Nonce': 'n',
					'TTPay-Signature': signature || encryptEcb(`1\nn\n${body}`, good().appSecret),
				};
				response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body);
			});
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	});
	afterAll(() => server.close());
	const lookUp = async () => {
		const node = new TokenPay();
		const hints: string[] = [];
		const original = node.execute;
		node.execute = async function () {
			const add = this.addExecutionHints.bind(this);
			this.addExecutionHints = (...more) => {
				hints.push(...more.map(({ message }) => message));
				add(...more);
			};
			return await original.call(this);
		};
		const items = [{ json: {} }, { json: {} }];
		const parameters = {
			resource: 'checkout',
			operation: 'get',
			findBy: 'reference',
			reference: 'order-1',
		};
		const credential = { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
		return { result: await run(parameters, { node, items, credential }), hints };
	};

	it('is used, with one warning for the whole run', async () => {
		signature = encryptEcb('1\nn\n{"code":0}', good().appSecret);
		const { result, hints } = await lookUp();
		expect(jsonOf(result)).toHaveLength(2);
		expect(hints).toEqual([
			expect.stringContaining('could not be verified: its signature does not fit'),
		]);
	});

	it('is not warned of when it holds', async () => {
		signature = '';
		expect((await lookUp()).hints).toEqual([]);
	});
});
