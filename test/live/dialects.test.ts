/**
 * The live check against the sandbox: what it plays in place of what is assumed has to be found, and
 * the setting with it.
 */
import { readCallback, type ReadCallback } from '../../scripts/live/callbacks';
import type { Fields, LiveProvider, Observation } from '../../scripts/live/provider';
import { liveProviders } from '../../scripts/live/providers';
import { runCheck, type Checked } from '../../scripts/live/run';
import type { PayerAction } from '../support/sandboxClient';
import { TestSandbox } from '../support/testSandbox';

/** Nobody listens there: the callbacks are read from what the sandbox has sent. */
const callbackUrl = 'http://127.0.0.1:9/callback';

let sandbox: TestSandbox;
beforeAll(async () => void (sandbox = await TestSandbox.start()));
beforeEach(async () => await sandbox.reset());
afterAll(async () => await sandbox.close());

function providerOf(name: string): LiveProvider {
	const provider = liveProviders.find((one) => one.name === name);
	if (provider === undefined) throw new Error(`The live check knows no ${name}.`);
	return provider;
}

async function check(
	name: string,
	readings: Record<string, string> = {},
	changes: Fields = {},
): Promise<Checked> {
	for (const [dialect, reading] of Object.entries(readings))
		await sandbox.dialect(name, dialect, reading);
	const provider = providerOf(name);
	const usual = Object.fromEntries(
		new provider.credential().properties.map((field) => [field.name, field.default as string]),
	);
	return await runCheck(
		provider,
		{ ...usual, ...sandbox.credential(provider.credentialName), ...changes },
		{ callbackUrl, pause: async () => await Promise.resolve() },
	);
}

/** What is read out of the callback that the sandbox sends for it. */
async function callbackOf(
	name: string,
	checked: Checked,
	action: PayerAction = 'pay',
): Promise<ReadCallback> {
	await sandbox.act(name, checked.made?.checkoutId ?? '', action);
	const [delivery] = (await sandbox.state(name)).deliveries;
	if (delivery === undefined) throw new Error(`No callback was sent. ${checked.stopped ?? ''}`);
	const { credentials, remembered, reference } = checked;
	const provider = providerOf(name);
	const headers = Object.entries(delivery.requestHeaders);
	return readCallback(
		{
			headers: Object.fromEntries(headers.map(([header, value]) => [header.toLowerCase(), value])),
			rawBody: Buffer.from(delivery.requestBody),
		},
		{
			provider,
			credentials,
			remembered,
			ordered: { reference, amount: provider.order(reference, null, credentials).amount },
		},
	);
}

const foundIn = (observations: Observation[], unknown: string) =>
	observations.find((one) => one.unknown === unknown);

/** By provider and dialect: what is found by requests alone, and which setting it is. */
it.each<[string, string, string, string, string, Fields?]>([
	['payfect', 'amounts', 'number', 'amounts', 'number'],
	['payfect', 'reference', 'absent', 'reference', 'absent'],
	[
		'payfect',
		'merchant',
		'text',
		'merchant',
		'string',
		{ merchantId: '7b1d2c3e-4f50-4a6b-8c7d-9e0f1a2b3c4d' },
	],
	['payfect', 'expiresAt', 'seconds', 'expiresAt', 'seconds'],
	['payfect', 'expiresAt', 'iso', 'expiresAt', 'iso'],
	['payfect', 'errors', 'message', 'errors', 'message'],
	['payfect', 'wrongKey', 'forbidden', 'wrongKey', 'forbidden'],
	['payfect', 'unknownCheckout', 'badRequest', 'unknownCheckout', 'HTTP 400, words in detail'],
	['efundpay', 'linkName', 'payment_url', 'linkName', 'payment_url'],
	['efundpay', 'linkName', 'approval_url', 'linkName', 'approval_url'],
	['efundpay', 'linkPlace', 'method', 'linkPlace', 'payment_method'],
	['efundpay', 'linkPlace', 'top', 'linkPlace', 'top'],
	['efundpay', 'cartItems', 'required', 'cartItems', 'required'],
	['efundpay', 'merchantAccount', 'optional', 'merchantAccount', 'optional'],
	['efundpay', 'errors', 'msg', 'errors', 'msg'],
	['efundpay', 'wrongKey', 'forbidden', 'wrongKey', 'forbidden'],
	['efundpay', 'wrongRequest', 'unprocessable', 'wrongRequest', 'unprocessable'],
	['tokenpay', 'unknownOrder', '12003', 'unknownOrder', 'code 12003'],
	[
		'tokenpay',
		'unknownOrder',
		'11000',
		'unknownOrder',
		'code 11000',
		{ otherSettings: true, unknownOrderCodes: '11000' },
	],
	['tokenpay', 'amounts', 'whole', 'amount', '1 with 6 decimals'],
	['wooshpay', 'times', 'seconds', 'times', 'seconds'],
	['wooshpay', 'paymentData', 'refused', 'paymentData', 'refused'],
	['wooshpay', 'errors', 'oauth', 'errors', 'error_description'],
	['wooshpay', 'wrongKey', 'forbidden', 'wrongKey', 'forbidden'],
	[
		'chingchingpay',
		'successCode',
		'200',
		'successCode',
		'200',
		{ otherSettings: true, successCodes: '200' },
	],
	[
		'chingchingpay',
		'successCode',
		'word',
		'successCode',
		'SUCCESS',
		{ otherSettings: true, successCodes: 'SUCCESS' },
	],
	['chingchingpay', 'successCode', 'none', 'successCode', 'none'],
	['chingchingpay', 'refusals', 'httpStatus', 'refusals', 'HTTP 404, code 40400, words in message'],
	[
		'chingchingpay',
		'refusals',
		'inData',
		'refusals',
		'HTTP 200, code 40400, words in data.message',
	],
	[
		'chingchingpay',
		'statusField',
		'nested',
		'statusField',
		'extra.state: SBX_OPEN',
		{ otherSettings: true, statusPath: 'extra.state' },
	],
])('%s with %s %s: %s is %s', async (...row) => {
	// As a rest parameter: of one that a row leaves out, Jest makes a `done`.
	const [name, dialect, reading, unknown, found, settings] = row;
	const checked = await check(name, { [dialect]: reading });
	expect(checked.stopped).toBeUndefined();
	const observation = foundIn(checked.observations, unknown);
	expect(observation).toMatchObject({ found, ...(settings && { settings }) });
});

it('tokenpay that counts orders and answers the other way round: the check finds both settings', async () => {
	const { observations } = await check('tokenpay', { orderAmounts: 'smallest', amounts: 'whole' });
	expect(foundIn(observations, 'amount')?.settings).toEqual({
		otherSettings: true,
		orderAmounts: 'smallestUnit',
		answerAmounts: 'wholeCoins',
	});
});

it.each([
	'rawBody',
	'sortedPairsAndKey',
	'sortedJson',
	'pathAndBody',
	'keyAndBody',
	'timeAndBody',
	'lines',
	'hash',
])(
	'chingchingpay that wants requests signed as %s: the check finds settings that work for all it sends',
	async (signing) => {
		const checked = await check('chingchingpay', { signing });
		expect(checked.stopped).toBeUndefined();
		expect(foundIn(checked.observations, 'getSigning')?.found).toBe('fits');
		const { settings = {}, means } = foundIn(checked.observations, 'signing') ?? {};
		expect(means).toContain(signing === 'rawBody' ? 'set nothing' : 'Set this in the credential');
		// Nothing more is refused with what was found.
		await sandbox.reset();
		await sandbox.dialect('chingchingpay', 'signing', signing);
		const again = await check('chingchingpay', {}, settings);
		expect(foundIn(again.observations, 'signing')?.found).toBe('as set');
	},
);

it('chingchingpay is asked 62 times at the most, and not once more after the signature that fits', async () => {
	const { steps } = await check('chingchingpay', { signing: 'hash' });
	const tried = steps[0]?.exchanges.length ?? 0;
	expect(tried).toBeLessThanOrEqual(62);
	const { refusals } = await sandbox.state('chingchingpay');
	const ofSignature = refusals.filter(({ reason }) => /signature/i.test(reason));
	expect(ofSignature.length).toBeLessThan(tried);
	const nobody = await check('chingchingpay', {}, { signingSecret: 'a-secret-of-nobody' });
	expect(nobody.stopped).toMatch(/Every known way of signing was refused.*Nothing more was sent/s);
	expect(nobody.steps).toHaveLength(1);
	expect(nobody.steps[0]?.exchanges.length).toBeLessThanOrEqual(62);
});

/** By provider and dialect: what is found in a callback, and which setting it is. */
it.each<[string, Record<string, string>, string, string | RegExp, Fields?]>([
	['payfect', {}, 'callback', 'fits'],
	['payfect', { callbackBody: 'camelCase' }, 'callback', 'fits'],
	['payfect', { callbackBody: 'wrapped' }, 'callback', 'fits'],
	['wooshpay', { signatureHeader: 'chinese' }, 'callback', 'fits'],
	['wooshpay', { signatureTime: 'seconds' }, 'callback', 'fits'],
	[
		'efundpay',
		{ signatureHash: 'RSA-SHA256' },
		'callback',
		'signatureHash sha256, signedText canonical',
		{ otherSettings: true, signatureHash: 'sha256' },
	],
	[
		'efundpay',
		{ signedText: 'rawBody' },
		'callback',
		'signatureHash sha1, signedText rawBody',
		{ signedText: 'rawBody' },
	],
	['efundpay', { signature: 'pss' }, 'callback', 'needs a change outside the settings'],
	['efundpay', { signature: 'hmac' }, 'callback', 'needs a change outside the settings'],
	[
		'efundpay',
		{ paidCode: 'SETTLED' },
		'callbackBody',
		/^unknown, status word SETTLED/,
		{ paidStatuses: 'SETTLED' },
	],
	[
		'efundpay',
		{ amounts: 'smallest' },
		'callbackAmount',
		'read as nothing, ordered 1.00',
		{ otherSettings: true, callbackAmounts: 'smallest' },
	],
	['chingchingpay', { signing: 'sortedPairsAndKey' }, 'callback', 'fits'],
	[
		'chingchingpay',
		{ callbackSignature: 'otherwise' },
		'callback',
		/requestKeySource apiKey/,
		{ requestKeySource: 'apiKey', requestEncoding: 'base64' },
	],
	['chingchingpay', { callbackShape: 'form' }, 'callbackBody', /^payment\.succeeded/],
	['chingchingpay', { callbackShape: 'deep' }, 'callbackBody', /^payment\.succeeded/],
	[
		'chingchingpay',
		{ paidWord: 'SUCCESS' },
		'callbackBody',
		/^unknown, status word SUCCESS/,
		{ paidValues: 'SUCCESS' },
	],
	['tokenpay', {}, 'callback', 'fits'],
	['tokenpay', { signedPart: 'resource' }, 'callback', 'fits'],
	['tokenpay', { algorithm: 'ecb' }, 'callback', 'fits'],
	['tokenpay', { nonce: 'hex' }, 'callback', 'fits'],
	['tokenpay', { headers: 'tokenpay' }, 'callback', 'fits'],
])('a callback of %s with %j: %s is %s', async (...row) => {
	const [name, readings, unknown, found, settings] = row;
	const checked = await check(name, readings);
	expect(checked.stopped).toBeUndefined();
	const { observations } = await callbackOf(name, checked);
	const observation = foundIn(observations, unknown);
	expect(observation?.found).toMatch(found);
	expect(observation?.settings ?? {}).toMatchObject(settings ?? {});
});
