import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IDataObject,
	INodeExecutionData,
	INodeType,
} from 'n8n-workflow';
import { testProviders, type TestProvider } from '../../../providers';
import { logText, runNode, type NodeRunOptions } from '../../../support/contexts';
import { newCredential, newNode } from '../../../support/providers';
import type { Callback, Telling } from '../../../support/sandboxClient';
import { TestSandbox } from '../../../support/testSandbox';

const callbackUrl = 'http://127.0.0.1:9/callback';

interface Provider extends Pick<TestProvider, 'name' | 'money' | 'order' | 'form' | 'credential'> {
	displayName: string;
	node: INodeType;
	credentialType: ICredentialType;
	/** Fields of the credential that come from an endpoint, where there are endpoints. */
	registered: Record<string, string>;
}

const providers = testProviders().map(
	({ name, folder, money, order, form, credential }): Provider => ({
		name,
		displayName: folder,
		money,
		order,
		form,
		credential,
		node: newNode(folder),
		credentialType: newCredential(folder),
		registered: {},
	}),
);
const ofPayfect = providers.find(({ name }) => name === 'payfect') as Provider;

let sandbox: TestSandbox;
beforeAll(async () => {
	sandbox = await TestSandbox.start();
	for (const provider of providers)
		provider.registered =
			(await provider.credential.registerByHand?.({
				providerUrl: `${sandbox.url}/${provider.name}`,
				fields: sandbox.credential(provider.credentialType.name),
				callbackUrl,
			})) ?? {};
});
afterAll(async () => await sandbox.close());

let count = 0;

function setupOf(provider: Provider, credential: IDataObject = {}) {
	const { name } = provider.credentialType;
	return {
		node: provider.node,
		credentialTypes: [provider.credentialType],
		credentials: {
			[name]: {
				...sandbox.credential(name),
				...provider.registered,
				...credential,
			} as ICredentialDataDecryptedObject,
		},
	};
}

/** A callback as the provider sends it, and the reference of its order. */
async function callback(
	provider: Provider,
	how: Telling = {},
): Promise<Callback & { reference: string }> {
	const reference = `verify-${++count}`;
	const parameters = {
		resource: 'checkout',
		operation: 'create',
		amountFrom: 'amount',
		reference,
		...(provider.form.callback.includes('url') && { callback: 'url', callbackUrl }),
		...provider.order,
	};
	const created = await runNode({ ...setupOf(provider), parameters, items: [{ json: {} }] });
	if (created.error) throw created.error;
	const { checkoutId } = created.outputs[0]?.[0]?.json ?? {};
	const [delivery] = await sandbox.act(provider.name, String(checkoutId), 'pay', how);
	if (!delivery) throw new Error(`${provider.displayName} sent no callback.`);
	return { ...delivery, reference };
}

/** The item that n8n's Webhook node makes of a callback with `Raw Body` on. */
function received(
	{ requestHeaders, requestBody }: Callback,
	more: Partial<INodeExecutionData> = {},
): INodeExecutionData {
	const headers = Object.fromEntries(
		Object.entries(requestHeaders).map(([name, value]) => [name.toLowerCase(), value]),
	);
	return {
		json: { headers, body: {} },
		binary: {
			data: { data: Buffer.from(requestBody).toString('base64'), mimeType: 'application/json' },
		},
		...more,
	};
}

async function verify(
	provider: Provider,
	items: INodeExecutionData[],
	more: Partial<NodeRunOptions> & { credential?: IDataObject; parameters?: IDataObject } = {},
) {
	const { credential, parameters, ...options } = more;
	const run = await runNode({
		...setupOf(provider, credential),
		items,
		...options,
		parameters: { resource: 'callback', operation: 'verify', ...parameters },
	});
	const { message = '', description = '' } = (run.error ?? {}) as {
		message?: string;
		description?: string | null;
	};
	return {
		...run,
		json: (run.outputs[0] ?? []).map(({ json }) => json),
		words: `${message} ${description ?? ''}`,
	};
}

describe.each(providers)('Verify of $displayName', (provider) => {
	test('a genuine callback gives the payment event', async () => {
		const delivery = await callback(provider);
		const { json } = await verify(provider, [received(delivery)]);
		expect(json).toEqual([
			expect.objectContaining({
				provider: provider.name,
				event: 'payment.succeeded',
				status: 'paid',
				reference: delivery.reference,
				...provider.money,
				raw: expect.any(Object),
			}),
		]);
	});

	test.each(['forged', 'tampered'] as const)(
		'a %s callback is an error that says what is wrong, and passes nothing on',
		async (how) => {
			const run = await verify(provider, [received(await callback(provider, { callback: how }))]);
			expect(run.json).toEqual([]);
			expect(run.words).toMatch(
				new RegExp(`This is not a genuine ${provider.displayName} callback: .{10}`),
			);
		},
	);

	test('a callback without its headers is an error', async () => {
		const delivery = await callback(provider);
		const run = await verify(provider, [received({ ...delivery, requestHeaders: {} })]);
		expect(run.words).toContain(`This is not a genuine ${provider.displayName} callback`);
		expect(run.json).toEqual([]);
	});
});

describe('Verify', () => {
	test('each of several callbacks is judged by itself; what is refused goes to the error output with its item', async () => {
		const [good, forged] = [
			await callback(ofPayfect),
			await callback(ofPayfect, { callback: 'forged' }),
		];
		const run = await verify(ofPayfect, [received(good), received(forged)], {
			continueOnFail: 'continueErrorOutput',
		});
		expect(run.json).toMatchObject([{ reference: good.reference }]);
		expect(run.outputs[1]).toMatchObject([{ pairedItem: { item: 1 } }]);
		expect(JSON.stringify(run.outputs[1])).toContain('not a genuine Payfect callback');
	});

	test('a callback without its raw body is refused, and the option to switch on is named', async () => {
		const run = await verify(ofPayfect, [received(await callback(ofPayfect), { binary: {} })]);
		expect(run.words).toMatch(/no binary field "data" with the raw body.*'Raw Body'/s);
	});

	test('the raw body can be in another binary field', async () => {
		const delivery = await callback(ofPayfect);
		const { binary } = received(delivery);
		const run = await verify(
			ofPayfect,
			[received(delivery, { binary: { body: binary?.data ?? { data: '', mimeType: '' } } })],
			{ parameters: { binaryPropertyName: 'body' } },
		);
		expect(run.json).toMatchObject([{ reference: delivery.reference }]);
	});

	test('headers of another node can be mapped, in whatever case', async () => {
		const delivery = await callback(ofPayfect);
		const run = await verify(
			ofPayfect,
			[
				received(delivery, {
					json: {
						upper: Object.fromEntries(
							Object.entries(delivery.requestHeaders).map(([name, value]) => [
								name.toUpperCase(),
								[value],
							]),
						),
					},
				}),
			],
			{ parameters: { headers: '={{ $json.upper }}' } },
		);
		expect(run.json).toMatchObject([{ reference: delivery.reference }]);
	});

	test('headers that are missing are asked for', async () => {
		const run = await verify(ofPayfect, [received(await callback(ofPayfect), { json: {} })]);
		expect(run.words).toMatch(
			/'Headers' is empty: its expression {{ \$json\.headers }} gives nothing/,
		);
	});

	test('a credential without the secret is refused with the name of the field', async () => {
		const run = await verify(ofPayfect, [received(await callback(ofPayfect))], {
			credential: { callbackSecretKey: '' },
		});
		expect(run.words).toContain("'Callback Secret Key' in the Payfect credential is empty");
	});

	test('where the provider is asked as well the event is what the provider answers', async () => {
		const delivery = await callback(ofPayfect);
		const run = await verify(ofPayfect, [received(delivery)], {
			credential: { callbackProof: 'signatureAndProvider' },
		});
		expect(run.json).toMatchObject([
			{ verifiedBy: 'signature+provider', reference: delivery.reference },
		]);
	});

	test('where the provider is asked alone a paid callback that it denies must not be acted on', async () => {
		const delivery = await callback(ofPayfect, { keepStatus: true });
		const run = await verify(ofPayfect, [received(delivery)], {
			credential: {
				callbackProof: 'provider',
				merchantId: '7b1d2c3e-4f50-4a6b-8c7d-9e0f1a2b3c4d',
			},
		});
		expect(run.json).toEqual([]);
		expect(run.words).toMatch(/must not be acted on: it says paid, but Payfect says open/);
	});

	// A genuine payment that is called forged is answered with 401, and nobody looks after it.
	test('a callback is not called forged when the provider cannot be asked', async () => {
		const run = await verify(ofPayfect, [received(await callback(ofPayfect))], {
			credential: { callbackProof: 'signatureAndProvider', baseUrl: 'http://127.0.0.1:1' },
		});
		expect(run.json).toEqual([]);
		expect(run.words).toMatch(
			/Nobody knows whether this Payfect callback is genuine: the provider could not be asked/,
		);
		expect(run.words).toContain('Answer it with 500');
	});

	test('an AI agent cannot verify', async () => {
		const run = await verify(ofPayfect, [received(await callback(ofPayfect))], { asTool: true });
		expect(`${run.words}${JSON.stringify(run.outputs)}`).toContain('not available to AI agents');
		expect(JSON.stringify(run.outputs)).not.toContain('payment.succeeded');
	});

	test('no secret and no payload of a refused callback is in the error or a log line', async () => {
		const delivery = await callback(ofPayfect, { callback: 'forged' });
		const run = await verify(ofPayfect, [received(delivery)]);
		const { apiKey, callbackSecretKey } = setupOf(ofPayfect).credentials.payfectApi as Record<
			string,
			string
		>;
		const told = `${run.words}${logText(run)}`;
		expect(
			[apiKey, callbackSecretKey, delivery.reference].filter((text) => told.includes(text ?? '?')),
		).toEqual([]);
	});
});
