import { request as httpRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { foreignTo } from '../fuzz/genuineCallbacks';
import { mutate, mutation } from '../fuzz/mutations';
import type { ReceivedCallback } from '../../nodes/shared/core/contract';
import {
	callbackCases,
	closeMerchants,
	openMerchant,
	pay,
	placeOrder,
	redeliveryScale,
	type CallbackCase,
	type Merchant,
	providerCase,
} from './callbackSupport';
import { node, stage } from './support';

const noOp = node('Fulfilled', 'n8n-nodes-base.noOp', 1);
const seed = 1;

beforeAll(async () => await redeliveryScale(1));
afterEach(closeMerchants);

/** The status that n8n answers, or "cut" where it breaks the connection. */
async function statusOf(
	url: string,
	{ headers, rawBody }: ReceivedCallback,
): Promise<number | 'cut'> {
	return await new Promise((resolve) => {
		const sent = httpRequest(
			url,
			{
				method: 'POST',
				headers: { ...headers, 'content-length': rawBody.length },
				agent: false,
				timeout: 30_000,
			},
			(answer) => {
				buffer(answer).then(
					() => resolve(answer.statusCode ?? 0),
					() => resolve('cut'),
				);
			},
		);
		sent.on('timeout', () => sent.destroy());
		sent.on('error', () => resolve('cut'));
		sent.end(rawBody);
	});
}

interface Paid {
	merchant: Merchant;
	genuine: ReceivedCallback;
}

/** A paid order's one delivery, as it arrived and was acknowledged. */
async function paid(provider: CallbackCase): Promise<Paid> {
	const merchant = await openMerchant(provider, { then: [noOp] });
	const [delivery] = await pay(merchant, await placeOrder(merchant));
	if (delivery?.status !== 200)
		throw new Error(`The genuine callback got ${delivery?.status ?? 'nothing'}.`);
	const headers = Object.fromEntries(
		Object.entries(delivery.requestHeaders).map(([name, value]) => [name.toLowerCase(), value]),
	);
	return { merchant, genuine: { headers, rawBody: Buffer.from(delivery.requestBody) } };
}

test.each(callbackCases)(
	'60 mutated callbacks of $displayName, over HTTP: refused by us with 401 or by n8n with 422, and nothing starts',
	async (provider) => {
		const { merchant, genuine } = await paid(provider);
		const foreign = foreignTo(provider.provider);
		// What Node does not send cannot arrive.
		const sendable = ({ headers }: ReceivedCallback) =>
			Object.entries(headers).every(
				([name, value]) => /^[a-z0-9-]+$/.test(name) && /^[\x20-\x7e]*$/.test(value),
			);
		const callbacks = fc
			.sample(fc.array(mutation, { minLength: 1, maxLength: 2 }), { seed, numRuns: 60 })
			.map((changes) =>
				changes.reduce<ReceivedCallback>(
					(changed, change) => mutate(changed, change, [genuine], foreign),
					genuine,
				),
			)
			.filter(sendable);
		const statuses = new Set<number | 'cut'>();
		for (const callback of callbacks) statuses.add(await statusOf(merchant.address, callback));
		expect([...statuses].filter((status) => ![200, 401, 422].includes(Number(status)))).toEqual([]);
		expect(statuses).toContain(401);
		const { client } = await stage();
		expect(await client.executions.list(merchant.paid.id)).toHaveLength(1);
	},
);

describe('bodies that n8n answers before the trigger sees them', () => {
	const payfect = providerCase('payfect');

	/**
	 * n8n's own answers, measured on 2.41.1; none of them starts anything, and the provider may send
	 * again.
	 */
	test('each gets what docs/log.md says, and starts nothing', async () => {
		const { merchant, genuine } = await paid(payfect);
		const { headers, rawBody } = genuine;
		const cases: Array<[string, ReceivedCallback, Array<number | 'cut'>]> = [
			['JSON that is cut off', { headers, rawBody: rawBody.subarray(0, -5) }, [422]],
			[
				'a charset that n8n does not know',
				{ headers: { ...headers, 'content-type': 'application/json; charset=gbk' }, rawBody },
				[422],
			],
			[
				'a compression that n8n does not know',
				{ headers: { ...headers, 'content-encoding': 'br' }, rawBody: brotliCompressSync(rawBody) },
				[422],
			],
			[
				'gzip that is broken',
				{
					headers: { ...headers, 'content-encoding': 'gzip' },
					rawBody: gzipSync(rawBody).subarray(0, 20),
				},
				[500],
			],
			[
				'more than 16 MiB',
				{ headers, rawBody: Buffer.alloc(17 * 1024 * 1024, ' ') },
				[413, 422, 500, 'cut'],
			],
			['an empty body', { headers, rawBody: Buffer.alloc(0) }, [401]],
			[
				'a form',
				{
					headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
					rawBody: Buffer.from('status=succeeded'),
				},
				[401],
			],
			[
				'no JSON at all',
				{ headers: { ...headers, 'content-type': 'text/plain' }, rawBody: Buffer.from('paid') },
				[401],
			],
		];
		const answers = [];
		for (const [what, callback, expected] of cases) {
			const status = await statusOf(merchant.address, callback);
			answers.push([what, expected.includes(status) ? 'as expected' : status]);
		}
		expect(answers).toEqual(cases.map(([what]) => [what, 'as expected']));
		const { client } = await stage();
		expect(await client.executions.list(merchant.paid.id)).toHaveLength(1);
	});

	test('a genuine callback is taken whatever content type a proxy makes of it, and when it arrives compressed', async () => {
		const { merchant, genuine } = await paid(payfect);
		const without = Object.fromEntries(
			Object.entries(genuine.headers).filter(([name]) => name !== 'content-type'),
		);
		expect([
			await statusOf(merchant.address, { headers: without, rawBody: genuine.rawBody }),
			await statusOf(merchant.address, {
				headers: { ...without, 'content-type': 'application/octet-stream' },
				rawBody: genuine.rawBody,
			}),
			await statusOf(merchant.address, {
				headers: { ...genuine.headers, 'content-encoding': 'gzip' },
				rawBody: gzipSync(genuine.rawBody),
			}),
		]).toEqual([200, 200, 200]);
	});
});
