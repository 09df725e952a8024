import type { IDataObject } from 'n8n-workflow';
import { providerCase } from './callbackCases';
import { closeMerchants, openMerchant, pay, placeOrder } from './callbackSupport';
import { describeProvider } from './describeProvider';
import {
	errorOf,
	itemsOf,
	makeActionWorkflow,
	makeCredential,
	node,
	packageName,
	Shop,
	stage,
} from './support';

const chingChingPay = providerCase('chingchingpay');

describeProvider(chingChingPay);

describe('what only ChingChingPay does', () => {
	/** As a new user has it: callbacks are hints, and no word means paid yet. */
	const asNew: IDataObject = { callbackProof: 'provider', paidValues: '' };

	async function shopWith(fields: IDataObject, trigger?: IDataObject) {
		const { credential } = await makeCredential(chingChingPay, fields);
		return await Shop.of(chingChingPay, { credential, trigger });
	}

	/** The first event that started the merchant's workflow. */
	async function firstEvent(merchant: Shop): Promise<IDataObject | undefined> {
		const [execution] = await (await stage()).client.executions.waitFor(merchant.paid.id, 1);
		return execution && itemsOf(execution, 'Fulfilled')[0];
	}

	test('a new user sees the word that means paid, as an unknown event', async () => {
		const merchant = await shopWith(asNew);
		const { checkout } = await merchant.order();
		const [delivery] = await merchant.payer(checkout);
		expect(delivery).toMatchObject({ status: 200, responseBody: 'success' });
		expect(await firstEvent(merchant)).toMatchObject({
			event: 'unknown',
			status: 'unknown',
			providerStatus: 'SBX_PAID',
			verifiedBy: 'provider',
			raw: { status: 'SBX_PAID' },
		});
	});

	test('an unsigned hint starts the workflow with what the API says', async () => {
		const merchant = await shopWith({ callbackProof: 'provider' });
		const { checkout } = await merchant.order();
		await merchant.payer(checkout);
		expect(await firstEvent(merchant)).toMatchObject({
			event: 'payment.succeeded',
			status: 'paid',
			verifiedBy: 'provider',
			reference: checkout.reference,
			...chingChingPay.money,
		});
	});

	test('a forged hint of a payment that was not made never says paid', async () => {
		const merchant = await shopWith({ callbackProof: 'provider' });
		const { checkout } = await merchant.order();
		const [forged] = await merchant.payer(checkout, 'pay', { callback: 'forged' });
		expect(forged?.requestBody).toContain('SBX_PAID');
		expect(await firstEvent(merchant)).toMatchObject({
			event: 'unknown',
			status: 'unknown',
			providerStatus: 'SBX_OPEN',
		});
	});

	test("of a hint with a changed amount the API's amount counts", async () => {
		const merchant = await shopWith({ callbackProof: 'provider' });
		const { checkout } = await merchant.order();
		await merchant.payer(checkout, 'pay', { callback: 'tampered' });
		expect(await firstEvent(merchant)).toMatchObject({
			event: 'payment.succeeded',
			...chingChingPay.money,
		});
	});

	test('the credential test shows the words of the service', async () => {
		const { credential, data } = await makeCredential(chingChingPay, {
			otherSettings: true,
			requestEncoding: 'base64',
		});
		const { client } = await stage();
		const { status, message } = (await client.credentials.test(credential, data)) as {
			status: string;
			message?: string;
		};
		expect(status).toBe('Error');
		expect(message).toContain('ChingChingPay answered HTTP 401: invalid signature (code 40102)');
	});

	test('another scheme of signing works from end to end', async () => {
		const scheme = {
			apiKey: 'chingchingpay-sandbox-pairs-in-base64',
			otherSettings: true,
			requestSignedText: 'sortedPairs',
			requestEncoding: 'base64',
			callbackProof: 'provider',
		};
		const merchant = await shopWith(scheme);
		const { checkout } = await merchant.order({ description: 'Tea & 茶=1' });
		await merchant.payer(checkout);
		expect(await firstEvent(merchant)).toMatchObject({
			event: 'payment.succeeded',
			reference: checkout.reference,
		});
	});

	test('a template with a time that a header sends signs requests and verifies callbacks', async () => {
		const { sandbox } = await stage();
		await sandbox.dialect('chingchingpay', 'signing', 'timeAndBody');
		try {
			const merchant = await shopWith({
				otherSettings: true,
				requestSignedText: 'template',
				requestTemplate: '{timestamp}.{nonce}.{body}',
				requestHeaders: 'x-timestamp: {timestamp}\nx-nonce: {nonce}',
				callbackProof: 'signatureAndProvider',
			});
			const { checkout } = await merchant.order();
			await merchant.payer(checkout);
			expect(await firstEvent(merchant)).toMatchObject({
				event: 'payment.succeeded',
				verifiedBy: 'signature+provider',
				reference: checkout.reference,
			});
		} finally {
			await sandbox.dialect('chingchingpay', 'signing', null);
		}
	});

	test('settings that are stored do not count while the switch is off', async () => {
		const { credential, data } = await makeCredential(chingChingPay, {
			otherSettings: false,
			requestEncoding: 'base64',
			successCodes: 'none',
		});
		const { client } = await stage();
		expect(await client.credentials.test(credential, data)).toMatchObject({ status: 'OK' });
	});

	test('a payment link is made, paid and refunded, and the refund is no payment', async () => {
		const merchant = await shopWith(
			{ callbackProof: 'provider' },
			{ events: ['refund.succeeded'] },
		);
		const { checkout, item } = await merchant.order({ operation: 'createLink' });
		expect(item.checkoutUrl).toContain('/cashier/chingchingpay/');
		await merchant.payer(checkout);
		const refund = await makeActionWorkflow(chingChingPay, merchant.credential, {
			resource: 'refund',
			operation: 'create',
			paymentReference: checkout.reference,
			amount: '5.00',
			currency: 'HKD',
			reference: `refund-${checkout.reference}`,
			callback: 'url',
			callbackUrl: merchant.address,
		});
		const { client } = await stage();
		expect(itemsOf(await client.workflows.run(refund.id, 'Start'), 'Provider')).toEqual([
			expect.objectContaining({
				status: 'succeeded',
				amount: '5.00',
				paymentReference: checkout.reference,
			}),
		]);
		expect(await firstEvent(merchant)).toMatchObject({
			event: 'refund.succeeded',
			reference: `refund-${checkout.reference}`,
			amount: '5.00',
		});
	});

	/** What the outputs call paymentId was asked for as Transaction ID, so nobody mapped it. */
	test.each([
		['by its payment ID', { paymentId: '={{ $json.paymentId }}' }],
		['by its reference', { paymentReference: '={{ $json.reference }}' }],
	])("a refund is started from the trigger's item, %s", async (_how, mapped) => {
		const { credential } = await makeCredential(chingChingPay);
		const refund = node('Refund', `${packageName}.${chingChingPay.node}`, 1.1, {
			parameters: {
				resource: 'refund',
				operation: 'create',
				...mapped,
				amount: '={{ $json.amount }}',
				currency: '={{ $json.currency }}',
				reference: '=refund-{{ $json.reference }}',
				callback: 'none',
			},
			credentials: { [credential.type]: { id: credential.id, name: credential.name } },
		});
		const merchant = await openMerchant(chingChingPay, { then: [refund] });
		const order = await placeOrder(merchant);
		await pay(merchant, order);
		const [execution] = await (await stage()).client.executions.waitFor(merchant.paid.id, 1);
		if (!execution || execution.status !== 'success')
			throw new Error(JSON.stringify(execution && errorOf(execution)));
		expect(itemsOf(execution, 'Refund')).toEqual([
			expect.objectContaining({
				status: 'succeeded',
				paymentReference: order.reference,
				reference: `refund-${order.reference}`,
				...chingChingPay.money,
			}),
		]);
		await closeMerchants();
	});

	test('settlements are listed and downloaded', async () => {
		const { credential } = await makeCredential(chingChingPay);
		const { client } = await stage();
		const list = await makeActionWorkflow(chingChingPay, credential, {
			resource: 'settlement',
			operation: 'getAll',
			returnAll: true,
		});
		const settlements = itemsOf(await client.workflows.run(list.id, 'Start'), 'Provider');
		expect(settlements).toHaveLength(120);
		const download = await makeActionWorkflow(chingChingPay, credential, {
			resource: 'settlement',
			operation: 'download',
			settlementId: settlements[0]?.settlement_id,
		});
		expect(itemsOf(await client.workflows.run(download.id, 'Start'), 'Provider')).toEqual([
			expect.objectContaining({ fileName: 'SBX0001.csv', mimeType: 'text/csv' }),
		]);
	});
});
