import { Merchant, payfectCheckout, sandboxForEachTest } from './support';

const sandbox = sandboxForEachTest();
const merchant = new Merchant();
beforeAll(async () => await merchant.start());
beforeEach(() => {
	merchant.received.splice(0);
	merchant.answers.splice(0);
});
afterAll(async () => await merchant.stop());

async function act(
	action: string,
	options?: unknown,
	callbackUrl: string | undefined = merchant.url,
) {
	const id = await payfectCheckout(sandbox.url, { callback_url: callbackUrl });
	return {
		id,
		answer: await sandbox.control(`/control/checkouts/payfect/${id}/${action}`, options),
	};
}

test('a delivery shows what was sent and what was answered', async () => {
	merchant.answers.push(503);
	const { answer } = await act('pay');
	expect(answer.deliveries).toEqual([
		expect.objectContaining({
			attempt: 1,
			status: 503,
			acknowledged: false,
			error: null,
			requestBody: merchant.received[0]?.body,
			responseHeaders: expect.objectContaining({ 'x-merchant': 'example' }),
			responseBody: 'noted',
		}),
	]);
	expect((await sandbox.state()).deliveries).toEqual(answer.deliveries);
});

test('copies are sent at once and have the same bytes', async () => {
	const { answer } = await act('pay', { copies: 5 });
	expect(answer.deliveries).toHaveLength(5);
	expect(new Set(merchant.received.map(({ body }) => body)).size).toBe(1);
	expect(new Set(merchant.received.map(({ headers }) => headers['x-payfect-signature'])).size).toBe(
		1,
	);
});

test('a redelivery repeats the bytes and counts the attempt', async () => {
	const { answer } = await act('pay');
	const again = await sandbox.control(`/control/deliveries/${answer.deliveries[0]?.id}/redeliver`);
	expect(again.deliveries).toEqual([
		expect.objectContaining({ attempt: 2, requestBody: answer.deliveries[0]?.requestBody }),
	]);
	expect(merchant.received).toHaveLength(2);
	expect(merchant.received[1]?.headers['x-payfect-signature']).toBe(
		merchant.received[0]?.headers['x-payfect-signature'],
	);
});

test('a delivery that is not known cannot be repeated', async () => {
	expect(await sandbox.control('/control/deliveries/delivery-0/redeliver')).toMatchObject({
		status: 404,
		error: expect.stringContaining('delivery-0'),
	});
});

test('a redirect is an answer, not a way to go', async () => {
	merchant.answers.push(302);
	const { answer } = await act('pay');
	expect(answer.deliveries[0]).toMatchObject({ status: 302, acknowledged: false });
	expect(merchant.received).toHaveLength(1);
});

test('a server that is not there is named in words', async () => {
	const gone = new Merchant();
	await gone.start();
	await gone.stop();
	const { answer } = await act('pay', {}, gone.url);
	expect(answer.deliveries[0]).toMatchObject({
		status: null,
		error: expect.stringContaining('ECONNREFUSED'),
	});
});

test.each([
	['another machine by name', 'https://shop.example/callback', '"shop.example"'],
	['another machine by number', 'http://192.0.2.7/callback', '"192.0.2.7"'],
	[
		'a name that begins like this machine',
		'http://127.0.0.1.shop.example/',
		'"127.0.0.1.shop.example"',
	],
	['a name before an at sign', 'http://localhost@shop.example/', '"shop.example"'],
])('nothing is sent to %s', async (_case, callbackUrl, named) => {
	const { answer } = await act('pay', {}, callbackUrl);
	expect(answer.deliveries[0]).toMatchObject({
		status: null,
		error: expect.stringContaining(named),
	});
});

describe('with a host that is allowed', () => {
	const permitting = sandboxForEachTest({ allowedCallbackHosts: ['shop.invalid'] });

	test('it is tried', async () => {
		const id = await payfectCheckout(permitting.url, { callback_url: 'http://shop.invalid/' });
		const { deliveries } = await permitting.control(`/control/checkouts/payfect/${id}/pay`);
		expect(deliveries[0]?.error).not.toContain('Not sent');
	});
});

test('no callback URL, no callback', async () => {
	const id = await payfectCheckout(sandbox.url, { callback_url: undefined });
	expect((await sandbox.control(`/control/checkouts/payfect/${id}/pay`)).deliveries).toEqual([]);
});

test('callback "none" pays and sends nothing', async () => {
	const { answer } = await act('pay', { callback: 'none' });
	expect(answer).toMatchObject({ checkout: { status: 'paid' }, deliveries: [] });
	expect(merchant.received).toEqual([]);
});

test('a callback can claim what is not so, and leave the checkout alone', async () => {
	await act('pay', {
		keepStatus: true,
		claim: { amount: '9999.00', reference: 'another', currency: 'twd' },
	});
	expect(JSON.parse(merchant.received[0]?.body ?? '')).toMatchObject({
		amount: '9999.00',
		client_reference_id: 'another',
		currency: 'twd',
	});
	expect((await sandbox.state()).checkouts[0]).toMatchObject({
		status: 'open',
		amount: '41.00',
		paidAmount: null,
		reference: 'order-0001',
	});
});

test('what is paid cannot be paid again', async () => {
	const { id } = await act('pay');
	expect(await sandbox.control(`/control/checkouts/payfect/${id}/pay`)).toMatchObject({
		status: 409,
		error: expect.stringContaining('this one is paid'),
	});
	expect(merchant.received).toHaveLength(1);
});

test('two payments at once: one pays, one is refused', async () => {
	const id = await payfectCheckout(sandbox.url, { callback_url: merchant.url });
	const both = await Promise.all(
		[1, 2].map(async () => await sandbox.control(`/control/checkouts/payfect/${id}/pay`)),
	);
	expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
});

test.each([
	['an unknown checkout', 'payfect/00000000/pay', {}, 404],
	['an unknown provider', 'nobody/00000000/pay', {}, 404],
	['no copies', 'payfect/00000000/pay', { copies: 0 }, 400],
	['a misspelt option', 'payfect/00000000/pay', { callbacks: 'forged' }, 400],
])('the control API refuses %s in words', async (_case, path, options, status) => {
	expect(await sandbox.control(`/control/checkouts/${path}`, options)).toMatchObject({
		status,
		error: expect.any(String),
	});
});

test('an action that no provider has is refused with the list of those there are', async () => {
	const { answer } = await act('steal');
	expect(answer).toMatchObject({
		status: 404,
		error: expect.stringContaining('pay, cancel, expire, underpay, overpay'),
	});
});
