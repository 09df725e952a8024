/**
 * 'When a Callback Comes' in the credential: what is offered, and what stays as people have saved
 * it. The one place where a name, a choice or a default is written a second time.
 */
import { callHook } from './support/contexts';
import { newCredential, newTrigger } from './support/providers';
import { startProviderServer, type ProviderServer } from './nodes/shared/support/providerServer';
import { testProviders } from './providers';

const offered: Record<string, { choices: string[]; preset: string } | undefined> = {
	Payfect: { choices: ['provider', 'signature', 'signatureAndProvider'], preset: 'signature' },
	EFundPay: undefined,
	WooshPay: {
		choices: ['signature', 'signatureAndProvider', 'signatureOrProvider'],
		preset: 'signatureOrProvider',
	},
	ChingChingPay: { choices: ['provider', 'signature', 'signatureAndProvider'], preset: 'provider' },
	TokenPay: { choices: ['provider', 'signatureAndProvider'], preset: 'signatureAndProvider' },
};
const folders = testProviders().map(({ folder }) => folder);

it.each(folders)('%s: the credential keeps the choices and the default', (folder) => {
	const field = newCredential(folder).properties.find(({ name }) => name === 'callbackProof');
	const choices = (field?.options ?? []).map((option) => ('value' in option ? option.value : ''));
	expect(field && { choices: choices.sort(), preset: field.default }).toEqual(offered[folder]);
});

it.each(testProviders().map(({ folder, node }) => [folder, node] as const))(
	'%s: the form and the contract offer the same, with the same default first',
	(folder, { contract }) => {
		const { choices, preset } = offered[folder] ?? { choices: ['signature'], preset: 'signature' };
		expect([...contract.callback.proofs].sort()).toEqual(choices);
		expect(contract.callback.proofs[0]).toBe(preset);
	},
);

it.each(folders)('%s: no secret is hidden by the choice, which would empty it', (folder) => {
	const hidden = newCredential(folder).properties.filter(({ displayOptions }) =>
		JSON.stringify(displayOptions ?? {}).includes('callbackProof'),
	);
	expect(hidden).toEqual([]);
});

describe('publishing a trigger', () => {
	let server: ProviderServer;
	beforeAll(async () => void (server = await startProviderServer()));
	beforeEach(() => server.reset());
	afterAll(() => server.close());

	/** Those that do not register themselves: to register is to ask. */
	const asked = testProviders().filter(
		({ node: { contract } }) => contract.callback.confirm && !contract.callback.registration,
	);
	const publish = async (folder: string, callbackProof: string) => {
		const facts = asked.find((one) => one.folder === folder);
		return await callHook({
			node: newTrigger(folder),
			credentialTypes: [newCredential(folder)],
			credentials: {
				[facts?.credentialName ?? '']: {
					...facts?.signing.credentials,
					merchantId: 'M-1',
					baseUrl: server.url,
					callbackProof,
				} as unknown as Record<string, string>,
			},
			parameters: { events: ['payment.succeeded'] },
			method: 'create',
		});
	};
	const asking = asked.flatMap(({ folder, node }) =>
		node.contract.callback.proofs
			.filter((proof) => proof !== 'signature')
			.map((proof) => [folder, proof] as const),
	);

	it.each(asking)(
		'%s, %s: fails with words where the provider refuses the key',
		async (folder, proof) => {
			server.respond(() => ({
				status: 401,
				body: '{"code":103,"msg":"bad sign","message":"sign"}',
			}));
			const { error } = await publish(folder, proof);
			expect(error?.message).toMatch(
				/callbacks cannot be verified: each is asked about at \w+, and it cannot be asked: .*publish the workflow again\.$/,
			);
			expect(server.received).toHaveLength(1);
		},
	);

	const denials: Record<string, { status: number; body: string }> = {
		Payfect: { status: 404, body: '{"detail":"Not found."}' },
		// In words that no page shows.
		ChingChingPay: { status: 200, body: '{"code":50001,"message":"no luck"}' },
		TokenPay: { status: 200, body: '{"code":12002,"msg":"no data"}' },
	};
	it.each(asking)(
		'%s, %s: succeeds where the provider says that there is no such payment',
		async (folder, proof) => {
			server.respond(() => denials[folder] ?? {});
			const { error, result } = await publish(folder, proof);
			expect([error, result, server.received.length]).toEqual([undefined, true, 1]);
		},
	);

	it.each(asking)('%s, %s: fails with words where nobody answers', async (folder, proof) => {
		server.respond(() => 'reset');
		const { error } = await publish(folder, proof);
		expect(error?.message).toMatch(/it cannot be asked/);
	});

	it.each(
		asked
			.filter(({ node }) => node.contract.callback.proofs.includes('signature'))
			.map(({ folder }) => [folder]),
	)('%s, signature: asks nobody', async (folder) => {
		const published = await publish(folder, 'signature');
		expect([published.error, server.received.length]).toEqual([undefined, 0]);
	});
});
