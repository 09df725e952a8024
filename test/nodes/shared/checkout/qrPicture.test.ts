import type { INodeExecutionData } from 'n8n-workflow';
import { TestSandbox } from '../../../support/testSandbox';
import { testProviders } from '../../../providers';
import { runNode, type NodeRun, type NodeRunOptions } from '../../../support/contexts';
import { newCredential, newNode } from '../../../support/providers';
import { readQrCodes } from '../../../support/readQrCode';
import { startProviderServer, type ProviderServer } from '../support/providerServer';

const callback = { callback: 'url', callbackUrl: 'https://n8n.example/webhook/1/callback' };
const samples = testProviders();

async function create(
	folder: string,
	{ parameters, fields, ...more }: Partial<NodeRunOptions> & { fields: Record<string, string> },
): Promise<NodeRun> {
	const credential = newCredential(folder);
	return await runNode({
		node: newNode(folder),
		credentialTypes: [credential],
		credentials: { [credential.name]: fields },
		...more,
		parameters: {
			resource: 'checkout',
			operation: 'create',
			...callback,
			...samples.find((facts) => facts.folder === folder)?.order,
			options: { qrPicture: true },
			...parameters,
		},
	});
}

const items = ({ outputs, error }: NodeRun): INodeExecutionData[] => {
	expect(error).toBeUndefined();
	return outputs[0] ?? [];
};

/** In these runs n8n keeps a file in the item itself. */
const bytesOf = (item: INodeExecutionData | undefined) =>
	Buffer.from(item?.binary?.qrCode?.data ?? '', 'base64');

/** The hints above the output, as n8n stores them with the execution. */
const hintsOf = ({ stored }: NodeRun) =>
	[...stored.matchAll(/"((?:[^"\\]|\\.)*no QR picture(?:[^"\\]|\\.)*)"/g)].map(([, hint]) => hint);

describe.each(samples.map(({ folder }) => folder))('%s', (folder) => {
	let sandbox: TestSandbox;
	let fields: Record<string, string>;
	beforeAll(async () => {
		sandbox = await TestSandbox.start();
		fields = sandbox.credential(newCredential(folder).name);
	});
	afterAll(async () => await sandbox.close());

	it('draws what the payer scans', async () => {
		const [item] = items(await create(folder, { fields, parameters: { reference: 'qr-1' } }));
		expect(await readQrCodes(bytesOf(item))).toEqual([item?.json.qrCode ?? item?.json.checkoutUrl]);
		expect(item?.binary).toMatchObject({
			qrCode: { fileName: 'qr-code.png', mimeType: 'image/png' },
		});
	});

	it("draws it beside the provider's answer as it came, too", async () => {
		const [item] = items(
			await create(folder, { fields, parameters: { reference: 'qr-2', simple: false } }),
		);
		const [text = 'nothing'] = await readQrCodes(bytesOf(item));
		// TokenPay's own answer leaves out the host.
		expect(JSON.stringify(item?.json)).toContain(text.split('/').at(-1));
	});

	it('makes no file that nobody has asked for', async () => {
		const [item] = items(
			await create(folder, { fields, parameters: { reference: 'qr-3', options: {} } }),
		);
		expect(item?.json.checkoutUrl).toEqual(expect.stringMatching(/^http/));
		expect(item?.binary).toBeUndefined();
	});
});

describe('a picture', () => {
	let server: ProviderServer;
	beforeAll(async () => (server = await startProviderServer()));
	beforeEach(() => server.reset());
	afterAll(() => server.close());

	const start = 'https://pay.example/';
	const answer = (url: string | undefined) => ({
		body: JSON.stringify({ id: 'checkout-1', status: 'open', url, paymentIntent: 'payment-1' }),
	});
	const payfect = async (more: Partial<NodeRunOptions>) =>
		await create('Payfect', { fields: { apiKey: 'key', baseUrl: server.url }, ...more });

	it.each([
		['the longest text that fits', start.padEnd(2_331, 'a')],
		['characters beyond ASCII', `${start}茶?für=Zoë`],
	])('holds %s', async (_what, url) => {
		server.respond(() => answer(url));
		const [item] = items(await payfect({}));
		expect(await readQrCodes(bytesOf(item))).toEqual([item?.json.checkoutUrl]);
	});

	it('of a text that does not fit is a hint, and the rows are made', async () => {
		server.respond(() => answer(start.padEnd(2_332, 'a')));
		const run = await payfect({ items: [{ json: {} }, { json: {} }, { json: {} }] });
		expect(items(run).map(({ json, binary }) => [json.checkoutId, binary])).toEqual([
			['checkout-1', undefined],
			['checkout-1', undefined],
			['checkout-1', undefined],
		]);
		expect(hintsOf(run)).toEqual([
			expect.stringContaining(
				"its link has 2332 bytes, and a QR code holds 2331 at the most. Send 'checkoutUrl' as a link.",
			),
		]);
	});

	it('of a checkout without a link is a hint, too', async () => {
		server.respond(() => answer(undefined));
		const run = await payfect({ parameters: { simple: false } });
		expect(items(run)).toEqual([
			expect.objectContaining({ json: expect.objectContaining({ id: 'checkout-1' }) as object }),
		]);
		expect(hintsOf(run)).toEqual([expect.stringContaining('no link and no text for a QR code')]);
	});

	it('that n8n cannot keep is a hint, and the rows are made', async () => {
		server.respond(() => answer(start));
		const node = newNode('Payfect');
		const { execute } = node;
		node.execute = async function () {
			this.helpers.prepareBinaryData = async () => {
				throw new Error('ENOSPC: no space left on device');
			};
			return (await execute?.call(this)) ?? [];
		};
		const run = await payfect({ node, items: [{ json: {} }, { json: {} }] });
		expect(items(run).map(({ json, binary }) => [json.checkoutUrl, binary])).toEqual([
			[start, undefined],
			[start, undefined],
		]);
		expect(hintsOf(run)).toEqual([expect.stringContaining('ENOSPC: no space left on device')]);
	});

	it('is drawn again for a row that an earlier try has made', async () => {
		server.respond(({ body }) =>
			body.includes('second') && server.received.length < 3
				? { status: 400, body: '{"detail":"not yet"}' }
				: answer(`${start}${body.includes('second') ? 'second' : 'first'}`),
		);
		const run = await payfect({
			items: [{ json: { no: 'first' } }, { json: { no: 'second' } }],
			parameters: {
				reference: '={{ $json.no }}',
				simple: false,
				options: { qrPicture: true, requestsInParallel: 1 },
			},
			retryOnFail: { maxTries: 2, waitBetweenTries: 1 },
		});
		expect(run.executions).toBe(2);
		expect(server.received).toHaveLength(3);
		expect(
			await Promise.all(items(run).map(async (item) => await readQrCodes(bytesOf(item)))),
		).toEqual([[`${start}first`], [`${start}second`]]);
	});
});
