import type { IDataObject } from 'n8n-workflow';
import { ChingChingPayApi } from '../../../credentials/ChingChingPayApi.credentials';
import { ChingChingPay } from '../../../nodes/ChingChingPay/ChingChingPay.node';
import { ChingChingPayTrigger } from '../../../nodes/ChingChingPay/ChingChingPayTrigger.node';
import { pasted } from '../../support/contexts';
import { testCredential } from '../../support/testCredential';
import { startProviderServer, type ProviderServer } from '../shared/support/providerServer';
import { Shop } from './sandbox';

const shop = Shop.forEachTest();
let service: ProviderServer;
beforeAll(async () => {
	service = await startProviderServer();
});
beforeEach(() => service.reset());
afterAll(() => service.close());

const test = async (fields: IDataObject) => await testCredential('ChingChingPay', fields);
const atService = (more: IDataObject = {}) => ({
	...shop.credential(),
	baseUrl: service.url,
	...more,
});
const answer = (body: unknown, status = 200) =>
	service.respond(() => ({ status, body: typeof body === 'string' ? body : JSON.stringify(body) }));

describe('Test', () => {
	it('passes with the right key, secret and scheme, and shows the answer', async () => {
		expect(await test(shop.credential())).toEqual({
			status: 'OK',
			message: expect.stringContaining('transaction not found (code 40400)'),
		});
	});

	it('does not fail with the line ends and blanks of pasted fields, with which the node works', async () => {
		expect(await test(pasted(new ChingChingPayApi(), shop.credential()))).toMatchObject({
			status: 'OK',
		});
	});

	it('makes nothing: it is a signed query for a reference that cannot exist', async () => {
		await test(shop.credential());
		expect(await shop.state()).toMatchObject({
			checkouts: [],
			requests: { chingchingpay: { query: 1 } },
		});
	});

	it.each([
		[
			'sorted pairs in base64',
			{
				otherSettings: true,
				apiKey: 'chingchingpay-sandbox-pairs-in-base64',
				requestSignedText: 'sortedPairs',
				requestEncoding: 'base64',
			},
		],
		[
			'one key only',
			{
				otherSettings: true,
				apiKey: 'chingchingpay-sandbox-the-only-key',
				signingSecret: '',
				requestKeySource: 'apiKey',
				requestEncoding: 'hexUpper',
			},
		],
	])('tells the right scheme from all others: %s', async (_case, right) => {
		const words = [];
		for (const requestKeySource of ['signingSecret', 'apiKey']) {
			for (const requestSignedText of ['rawBody', 'sortedPairs']) {
				for (const requestEncoding of ['hexLower', 'hexUpper', 'base64']) {
					const { status } = await test(
						shop.credential({ ...right, requestKeySource, requestSignedText, requestEncoding }),
					);
					if (status === 'OK') words.push({ requestKeySource, requestSignedText, requestEncoding });
				}
			}
		}
		expect(words).toEqual([
			{
				requestKeySource: 'signingSecret',
				requestSignedText: 'rawBody',
				requestEncoding: 'hexLower',
				...Object.fromEntries(Object.entries(right).filter(([name]) => name.startsWith('request'))),
			},
		]);
	});

	it.each([
		[
			'a wrong key',
			{ apiKey: 'a-key-that-nobody-issued' },
			'HTTP 401: invalid api key (code 40103)',
		],
		[
			'a wrong secret',
			{ signingSecret: 'a-secret-that-nobody-issued' },
			'HTTP 401: invalid signature (code 40102)',
		],
		[
			'no secret',
			{ signingSecret: '' },
			"'Signing Secret' in the ChingChingPay credential is empty",
		],
		['an address that is none', { baseUrl: 'gateway.example' }, "'Base URL'"],
	])('fails with %s, in words that hold no secret', async (_case, fields, words) => {
		const { status, message } = await test(shop.credential(fields));
		expect({ status, message }).toEqual({
			status: 'Error',
			message: expect.stringContaining(words),
		});
		expect(message).not.toMatch(/nobody-issued/);
	});

	// n8n gives a test no field that the form hides, so all it can say is that they do not count.
	it.each([
		[false, 'while it is off, the standard values count, whatever was entered before'],
		[true, "then set 'Request Key', 'Signed Text' and 'Signature Encoding' as they say."],
	])('with other settings %s says what counts', async (otherSettings, words) => {
		const fields = { otherSettings, requestEncoding: 'base64', signingSecret: 'another' };
		expect((await test(shop.credential(fields))).message).toContain(words);
	});

	it('shows words that it cannot judge, and says what they may mean', async () => {
		answer({ code: 7, message: 'illegal argument', data: null });
		expect(await test(atService())).toEqual({
			status: 'Error',
			message: expect.stringMatching(
				/HTTP 200: illegal argument \(code 7\)\. If these words only say/,
			),
		});
	});

	it('passes where the service answers with success', async () => {
		answer({ code: 0, message: 'ok', data: {} });
		expect(await test(atService())).toMatchObject({ status: 'OK' });
	});

	it('fails at a page that is no API', async () => {
		answer('<html><title>Welcome</title></html>');
		expect(await test(atService())).toEqual({
			status: 'Error',
			message: expect.stringContaining("'Base URL'"),
		});
	});

	it('hides a key that the service repeats', async () => {
		answer({ code: 7, message: `bad key ${shop.credential().apiKey}`, data: null });
		expect((await test(atService())).message).toContain('bad key ***');
	});

	it('says that nobody answers', async () => {
		expect(await test(shop.credential({ baseUrl: 'http://127.0.0.1:1' }))).toEqual({
			status: 'Error',
			message: expect.stringContaining('could not be reached (ECONNREFUSED)'),
		});
	});

	it('sends the very bytes that it signed', async () => {
		await test(atService());
		expect(service.received).toEqual([
			expect.objectContaining({
				method: 'POST',
				path: '/api/v1/payments/transactions/query',
				body: '{"merchant_reference":"n8n-credential-test-no-such-order"}',
			}),
		]);
	});

	it('is offered by both nodes under the name that they give', () => {
		for (const node of [new ChingChingPay(), new ChingChingPayTrigger()]) {
			const [{ testedBy } = { testedBy: '' }] = node.description.credentials ?? [];
			expect(Object.keys(node.methods.credentialTest)).toEqual([testedBy]);
		}
	});
});
