/**
 * The other readings of what ChingChingPay's pages leave open, as the sandbox plays them: each needs
 * a setting, without which it does not work, or is read by itself.
 */
import type { IDataObject } from 'n8n-workflow';
import { ChingChingPayApi } from '../../../credentials/ChingChingPayApi.credentials';
import { ChingChingPayTrigger } from '../../../nodes/ChingChingPay/ChingChingPayTrigger.node';
import { dialects as known } from '../../../sandbox/providers/chingchingpay/dialects';
import { Merchant } from '../../sandbox/support';
import { callWebhook, logText } from '../../support/contexts';
import { testCredential } from '../../support/testCredential';
import { resetTime, secondsSlept } from '../shared/support/skippedTime';
import { jsonOf, link, order, Shop, wordsOf } from './sandbox';

jest.mock('n8n-workflow', () =>
	jest
		.requireActual<typeof import('../shared/support/skippedTime')>('../shared/support/skippedTime')
		.n8nWorkflowThatSkipsTime(),
);

const shop = Shop.forEachTest();
const merchant = new Merchant();
beforeAll(async () => await merchant.start());
beforeEach(() => {
	resetTime();
	merchant.received.splice(0);
});
afterAll(async () => await merchant.stop());

type Readings = Record<string, string>;

const played = new Set<string>();

async function play(readings: Readings): Promise<void> {
	for (const [dialect, reading] of Object.entries(readings)) {
		played.add(`${dialect} ${reading}`);
		await shop.sandbox.dialect('chingchingpay', dialect, reading);
	}
}

const other = (settings: IDataObject): IDataObject => ({ otherSettings: true, ...settings });

let orders = 0;

/** An order is made, the payer pays, and the callback comes to the trigger. */
async function pay(readings: Readings, credential: IDataObject = {}) {
	await play(readings);
	const reference = `order-${(orders += 1)}`;
	const made = await shop.run(
		{ ...order, reference, callback: 'url', callbackUrl: merchant.url },
		{ credential },
	);
	const [checkout] = (await shop.state()).checkouts;
	if (checkout === undefined) return { made, event: undefined, log: '', answer: undefined };
	await shop.sandbox.act('chingchingpay', checkout.checkoutId, 'pay');
	const [callback] = merchant.received;
	const call = await callWebhook({
		node: new ChingChingPayTrigger(),
		nodeId: reference,
		credentialTypes: [new ChingChingPayApi()],
		credentials: { chingChingPayApi: shop.credential(credential) },
		request: {
			headers: callback?.headers as Record<string, string>,
			rawBody: callback?.body ?? '',
			query: new URL(String(checkout.callbackUrl)).search.slice(1),
		},
	});
	return {
		made,
		event: call.items?.[0]?.[0]?.json,
		log: logText(call),
		answer: call.response,
		reference,
	};
}

const paid = { event: 'payment.succeeded', amount: '20.50', currency: 'HKD' };
const template = (requestTemplate: string, more: IDataObject = {}): IDataObject =>
	other({ requestSignedText: 'template', requestTemplate, ...more });
const STAMPED = { requestHeaders: 'x-timestamp: {timestamp}\nx-nonce: {nonce}' };

/** Who vouches for a paid event where a callback has to be signed. */
const SIGNINGS: Array<[string, IDataObject, 'signature+provider' | 'provider']> = [
	[
		'sortedPairsAndKey',
		template('{sortedPairs}&key={secret}', { requestEncoding: 'hexUpper' }),
		'provider',
	],
	['sortedJson', template('{sortedJson}'), 'provider'],
	['keyAndBody', template('{key}{body}'), 'signature+provider'],
	['timeAndBody', template('{timestamp}.{nonce}.{body}', STAMPED), 'signature+provider'],
	['hash', template('{body}{secret}', { requestAlgorithm: 'sha256' }), 'provider'],
];
/** No callback tells what is signed. */
const SIGNINGS_OF_REQUESTS: Array<[string, IDataObject]> = [
	['pathAndBody', template('{pathAndQuery}{body}', { requestEncoding: 'base64' })],
	['lines', template('{method}\\n{pathAndQuery}\\n{timestamp}\\n{nonce}\\n{body}\\n', STAMPED)],
];

const ALL_SIGNINGS = [
	...SIGNINGS.map(([signing, settings]) => [signing, settings] as const),
	...SIGNINGS_OF_REQUESTS,
];

describe('requests that are signed otherwise', () => {
	it.each(SIGNINGS)(
		'%s: work by the settings, callbacks too',
		async (signing, settings, verifiedBy) => {
			const { event } = await pay(
				{ signing },
				{ callbackProof: 'signatureAndProvider', ...settings },
			);
			expect(event).toMatchObject({ ...paid, verifiedBy });
		},
	);

	it.each(SIGNINGS_OF_REQUESTS)('%s: work by the settings', async (signing, settings) => {
		const { event } = await pay({ signing }, { callbackProof: 'provider', ...settings });
		expect(event).toMatchObject({ ...paid, verifiedBy: 'provider' });
	});

	it.each(ALL_SIGNINGS)(
		'%s: work without a body, and pass the test of the credential',
		async (signing, settings) => {
			await play({ signing });
			const run = await shop.run(
				{ resource: 'settlement', operation: 'getAll', returnAll: false, limit: 1 },
				{ credential: settings },
			);
			expect(jsonOf(run)).toHaveLength(1);
			expect(
				await testCredential(
					'ChingChingPay',
					shop.credential({ callbackProof: 'provider', ...settings }),
				),
			).toMatchObject({
				status: 'OK',
			});
		},
	);

	it.each(ALL_SIGNINGS)(
		'%s: are refused without the settings, which the words name',
		async (signing) => {
			const { made } = await pay({ signing });
			expect(wordsOf(made)).toContain("switch on 'My Provider Told Me Other Settings'");
			expect((await shop.state()).checkouts).toEqual([]);
		},
	);
});

describe('a callback', () => {
	it('that is signed otherwise than requests is refused with the settings that fit, and counts where it is asked about', async () => {
		const readings = { callbackSignature: 'otherwise' };
		const { log, answer } = await pay(readings, { callbackProof: 'signature' });
		expect(answer?.status).toBe(401);
		expect(log).toContain("It is genuine with 'Request Key' API Key, 'Signature Encoding' Base64.");
		await shop.sandbox.reset();
		merchant.received.splice(0);
		expect((await pay(readings, { callbackProof: 'provider' })).event).toMatchObject(paid);
	});

	it('that is not signed is refused where it has to be, and counts where it is asked about', async () => {
		const readings = { callbackSignature: 'none' };
		const { answer } = await pay(readings, { callbackProof: 'signatureAndProvider' });
		expect(answer?.status).toBe(401);
		await shop.sandbox.reset();
		merchant.received.splice(0);
		expect((await pay(readings, { callbackProof: 'provider' })).event).toMatchObject(paid);
	});

	it.each(['data', 'deep', 'jsonText', 'paymentIdOnly', 'form'])(
		'of the shape %s is asked about',
		async (callbackShape) => {
			const readings = { callbackShape, callbackSignature: 'none' };
			const { event, reference } = await pay(readings, { callbackProof: 'provider' });
			expect(event).toMatchObject({ ...paid, reference });
		},
	);

	it.each([
		['json', '{"code":0}'],
		['success', 'success'],
	])('is acknowledged with %s by the setting, and not without it', async (reading, text) => {
		const readings = { acknowledgement: reading };
		const set = await pay(readings, other({ acknowledgementBody: text }));
		expect(set.answer?.body).toBe(text);
		await shop.sandbox.reset();
		merchant.received.splice(0);
		const standard = await pay(readings);
		expect(standard.answer?.body === text).toBe(reading === 'success');
	});
});

describe('what is paid', () => {
	it.each([
		['SUCCESS', 'SUCCESS'],
		['number', '2'],
	])('is known by the word %s only where it is set', async (paidWord, word) => {
		expect((await pay({ paidWord })).event).toMatchObject({
			event: 'unknown',
			providerStatus: word,
		});
		await shop.sandbox.reset();
		merchant.received.splice(0);
		expect((await pay({ paidWord }, { paidValues: word })).event).toMatchObject(paid);
	});

	it('is known by another field only where it is set', async () => {
		const readings = { statusField: 'nested' };
		expect((await pay(readings)).event).toMatchObject({ event: 'unknown', providerStatus: null });
		await shop.sandbox.reset();
		merchant.received.splice(0);
		expect((await pay(readings, other({ statusPath: 'extra.state' }))).event).toMatchObject(paid);
	});

	it('is read where amounts are texts', async () => {
		expect((await pay({ amounts: 'texts' })).event).toMatchObject(paid);
	});

	// Prevents that a payment whose callback is faster than the query is acknowledged and lost.
	it.each(['provider', 'signatureAndProvider'])(
		'is asked for again where the query does not know it yet, with %s',
		async (callbackProof) => {
			expect((await pay({ queryKnows: 'missing' }, { callbackProof })).event).toMatchObject(paid);
			expect(secondsSlept()).toBe(2);
		},
	);

	it('is no more than unknown where the query has another word for it, which nobody has classified', async () => {
		expect((await pay({ queryKnows: 'open' })).event).toMatchObject({
			event: 'unknown',
			providerStatus: 'SBX_OPEN',
		});
	});
});

describe('an answer', () => {
	it.each([
		['200', '200'],
		['word', 'SUCCESS'],
	])('with the code %s is success only where it is set', async (successCode, code) => {
		const { reference } = await pay({ successCode });
		const get = { resource: 'transaction', operation: 'get', findBy: 'reference', reference };
		expect(wordsOf(await shop.run(get))).toContain("add the code to 'Success Codes'");
		const set = await shop.run(get, { credential: other({ successCodes: `0, ${code}` }) });
		expect(jsonOf(set)).toMatchObject([{ reference, status: 'paid' }]);
	});

	it('without a code is success', async () => {
		expect((await pay({ successCode: 'none' })).event).toMatchObject(paid);
	});

	it.each([
		['httpStatus', /merchant_reference must be unique/],
		['inData', /merchant_reference must be unique/],
		['chinese', /请求无效/],
	])('that refuses as %s stops Create with its words', async (refusals, words) => {
		await play({ refusals });
		await shop.run(order);
		const run = await shop.run(order);
		expect(wordsOf(run)).toMatch(words);
		expect(run.outputs[0] ?? []).toEqual([]);
	});

	it.each(['httpStatus', 'inData', 'chinese'])(
		'that denies a transaction as %s is no sign of a wrong key',
		async (refusals) => {
			await play({ refusals });
			expect(await testCredential('ChingChingPay', shop.credential())).toMatchObject({
				status: 'OK',
			});
		},
	);

	it.each(['bare', 'qrCode'])(
		'that gives the link as %s brings it to the payer',
		async (nextAction) => {
			await play({ nextAction });
			const [made] = jsonOf(await shop.run(order));
			expect(made?.checkoutUrl).toContain('/cashier/chingchingpay/');
			expect(jsonOf(await shop.run({ ...link, reference: 'order-2' }))).toHaveLength(1);
		},
	);
});

it('every reading of the sandbox was played, beside the assumed one', () => {
	const others = Object.entries(known).flatMap(([dialect, { readings, default: assumed }]) =>
		Object.keys(readings)
			.filter((reading) => reading !== assumed)
			.map((reading) => `${dialect} ${reading}`),
	);
	expect(others.filter((reading) => !played.has(reading))).toEqual([]);
});
