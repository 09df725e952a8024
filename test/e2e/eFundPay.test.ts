import { generateKeyPairSync } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { logLinesAbout } from './callbackSupport';
import { callbackByUrl, providerCase } from './callbackCases';
import { describeProvider } from './describeProvider';
import { errorOf, itemsOf, makeActionWorkflow, makeCredential, Shop, stage } from './support';

const eFundPay = providerCase('efundpay');

describeProvider(eFundPay);

describe('what only EFundPay does', () => {
	async function run(merchant: Shop, parameters: IDataObject): Promise<IDataObject[]> {
		const { client } = await stage();
		const workflow = await makeActionWorkflow(eFundPay, merchant.credential, parameters);
		const execution = await client.workflows.run(workflow.id, 'Start');
		if (execution.status !== 'success') throw new Error(JSON.stringify(errorOf(execution)));
		return itemsOf(execution, 'Provider');
	}

	test('a refund is created, told to the trigger by its own callback, and listed', async () => {
		const merchant = await Shop.of(eFundPay, { trigger: { events: ['refund.succeeded'] } });
		const { item, checkout } = await merchant.order();
		await merchant.payer(checkout);
		const reference = `refund-${item.reference}`.slice(0, 50);
		const [refund] = await run(merchant, {
			resource: 'refund',
			operation: 'create',
			paymentId: item.paymentId,
			amount: '5.25',
			currency: 'USD',
			reference,
			reason: 'Goods returned',
			callbackUrl: merchant.address,
		});
		expect(refund).toMatchObject({
			paymentId: item.checkoutId,
			reference,
			paymentReference: item.reference,
			amount: '5.25',
			status: 'pending',
		});
		const [execution] = await (await stage()).client.executions.waitFor(merchant.paid.id, 1);
		expect(execution && itemsOf(execution, 'Fulfilled')).toEqual([
			expect.objectContaining({
				event: 'refund.succeeded',
				reference: item.reference,
				amount: null,
				raw: expect.objectContaining({ merchant_transaction_id: reference }),
			}),
		]);
		expect(
			await run(merchant, {
				resource: 'refund',
				operation: 'getAll',
				paymentId: item.paymentId,
			}),
		).toEqual([expect.objectContaining({ refundId: refund?.refundId, status: 'succeeded' })]);
	});

	/** Of ISO 4217, but withdrawn; a list in the form must not keep anybody from what it lacks. */
	test.each(['HRK', '=HRK', '={{ "hrk" }}'])(
		'a currency that its list does not hold is sent: saved as %s',
		async (currency) => {
			const merchant = await Shop.of(eFundPay);
			const [item] = await run(merchant, {
				resource: 'checkout',
				operation: 'create',
				...eFundPay.order,
				currency,
				reference: `unlisted-${Date.now()}`,
				...callbackByUrl(merchant.address),
			});
			expect(item).toMatchObject({ amount: '20.50', currency: 'HRK' });
		},
	);

	test('a direct card payment keeps its card out of what leaves the node', async () => {
		const merchant = await Shop.of(eFundPay);
		const [item] = await run(merchant, {
			resource: 'transaction',
			operation: 'create',
			...eFundPay.order,
			reference: `direct-${Date.now()}`,
			paymentMethod: 'card',
			cardNumber: '4000123412341234',
			cardExpirationDate: '08/29',
			cardSecurityCode: '987',
			buyerIp: '203.0.113.195',
			simple: false,
			...callbackByUrl(merchant.address),
		});
		expect(item).toMatchObject({
			amount: 2050,
			payment_method: { method: 'card', details: { bin: '400012' } },
		});
		expect(JSON.stringify(item)).not.toContain('4000123412341234');
	});

	test('the same row run again gives the same checkout', async () => {
		const merchant = await Shop.of(eFundPay);
		const { item } = await merchant.order();
		const again = await run(merchant, {
			resource: 'checkout',
			operation: 'create',
			...eFundPay.order,
			reference: item.reference,
			...callbackByUrl(merchant.address),
		});
		expect(again).toEqual([item]);
	});

	test('a callback that fits other settings is refused, and the log names them', async () => {
		const { credential } = await makeCredential(eFundPay, {
			otherSettings: true,
			signatureHash: 'sha256',
			signedText: 'rawBody',
		});
		const merchant = await Shop.of(eFundPay, { credential });
		const { checkout } = await merchant.order();
		const [refused] = await merchant.payer(checkout);
		expect(refused).toMatchObject({ status: 401, responseBody: 'Unauthorized' });
		expect(await merchant.executions()).toEqual([]);
		expect((await logLinesAbout(merchant.paid)).join('\n')).toContain(
			"'Signature Hash' SHA-1 and 'Signed Text' Canonical Text",
		);
	});

	test('a callback is taken with the previous platform key while it is changed', async () => {
		const { data } = await makeCredential(eFundPay);
		const next = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
			type: 'spki',
			format: 'pem',
		});
		const { credential } = await makeCredential(eFundPay, {
			platformPublicKey: next.toString(),
			platformPublicKeyPrevious: String(data.platformPublicKey),
		});
		const merchant = await Shop.of(eFundPay, { credential });
		const { checkout } = await merchant.order();
		expect((await merchant.payer(checkout))[0]).toMatchObject({
			status: 200,
			responseBody: eFundPay.acknowledgement.body,
		});
		expect(await merchant.executions()).toHaveLength(1);
	});
});
