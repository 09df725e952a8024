/**
 * What Test says about a credential must help: each slip is made in a credential that works, and is
 * then mended as the message says, in the field that it names. Were a field wrong, people would look
 * for a new key while only the address is off.
 */
import { testProviders } from '../providers';
import { runNode } from '../support/contexts';
import { newCredential, newNode, providerFolders } from '../support/providers';
import { testCredential } from '../support/testCredential';
import { TestSandbox } from '../support/testSandbox';

const samples = Object.fromEntries(testProviders().map((facts) => [facts.folder, facts]));

let sandbox: TestSandbox;
beforeAll(async () => (sandbox = await TestSandbox.start()));
afterAll(async () => await sandbox.close());

type Fields = Record<string, string>;

const slips: Array<[what: string, change: (good: Fields, folder: string) => Fields]> = [
	['a wrong key', (_good, folder) => samples[folder]?.credential.wrongKey.fields ?? {}],
	['no secret for callbacks', (_good, folder) => callbackSlip(folder)],
	[
		'an address that ends too soon',
		({ baseUrl = '' }) => ({ baseUrl: baseUrl.replace(/\/[^/]*$/, '') }),
	],
	['an address that goes on', ({ baseUrl = '' }) => ({ baseUrl: `${baseUrl}/v1` })],
	[
		'an address without https://',
		({ baseUrl = '' }) => ({ baseUrl: baseUrl.replace(/^\w+:\/\//, '') }),
	],
	['an address where nobody is', () => ({ baseUrl: 'http://127.0.0.1:1' })],
	['a largest amount with thousands', () => ({ largestAmount: '1.000' })],
	['a currency that is none', () => ({ allowedCurrencies: '$, EUR' })],
	[
		'a choice that is none',
		({ callbackProof }) => (callbackProof ? { callbackProof: 'none' } : {}) as Fields,
	],
];

/** Where the credential's choice needs a secret: at a provider that is asked none is missing. */
function callbackSlip(folder: string): Fields {
	const [proof] = samples[folder]?.node.contract.callback.proofs ?? [];
	return proof === 'signature' ? (samples[folder]?.credential.missingSecret.fields ?? {}) : {};
}

/** The fields that a message names, in the order in which people would go through them. */
function fieldsNamed(folder: string, message: string): string[] {
	return newCredential(folder)
		.properties.map(({ name, displayName }) => ({ name, at: message.indexOf(`'${displayName}'`) }))
		.filter(({ at }) => at >= 0)
		.sort((one, other) => one.at - other.at)
		.map(({ name }) => name);
}

describe.each(providerFolders())('%s', (folder) => {
	it.each(slips)(
		'%s: the fields that the message names, corrected, make it work',
		async (_what, change) => {
			const good = sandbox.credential(newCredential(folder).name);
			const slip = change(good, folder);
			const seen = await testCredential(folder, { ...good, ...slip });
			// A slip that this provider's credential cannot hold changes nothing.
			expect(seen.status).toBe(Object.keys(slip).length === 0 ? 'OK' : 'Error');
			const named = fieldsNamed(folder, seen.message);
			const left = Object.entries(slip).filter(([field]) => !named.includes(field));
			expect(await testCredential(folder, { ...good, ...Object.fromEntries(left) })).toMatchObject({
				status: 'OK',
			});
		},
	);

	it.each([
		['Largest Amount', { largestAmount: '1.000' }],
		['Allowed Currencies', { allowedCurrencies: '$, EUR' }],
	])('%s: each way to write it that the message gives is taken', async (_field, slip) => {
		const good = sandbox.credential(newCredential(folder).name);
		const { message } = await testCredential(folder, { ...good, ...slip });
		const advised = [...message.matchAll(/such as ((?:\d+ )?[A-Z]{3}(?:, [\dA-Z ]+)*|\d+)/g)];
		expect(advised.length).toBeGreaterThan(0);
		for (const [, text] of advised) {
			const [field = ''] = Object.keys(slip);
			expect(await testCredential(folder, { ...good, [field]: text })).toMatchObject({
				status: 'OK',
			});
		}
	});
});

describe('"leave the credential as it is": everything else works', () => {
	it.each(providerFolders().filter((folder) => Object.keys(callbackSlip(folder)).length > 0))(
		'%s makes a checkout without the secret for callbacks',
		async (folder) => {
			const credential = newCredential(folder);
			const fields = { ...sandbox.credential(credential.name), ...callbackSlip(folder) };
			const { message } = await testCredential(folder, fields);
			expect(message).toMatch(/takes this credential, but callbacks .* leave it as it is/);
			const run = await runNode({
				node: newNode(folder),
				credentialTypes: [credential],
				credentials: { [credential.name]: fields },
				parameters: {
					resource: 'checkout',
					operation: 'create',
					reference: 'advice-1',
					callback: 'url',
					callbackUrl: 'https://n8n.example/webhook/1/callback',
					...samples[folder]?.order,
				},
			});
			expect(run.outputs[0]?.[0]?.json.checkoutId).toEqual(expect.any(String));
		},
	);
});

describe.each(providerFolders())('%s: "test again"', (folder) => {
	/** What Test asks, as the sandbox counts it. */
	async function questionOf(fields: Fields): Promise<string> {
		await sandbox.reset();
		await testCredential(folder, fields);
		const { requests } = await sandbox.state(folder.toLowerCase());
		return Object.keys(requests[folder.toLowerCase()] ?? requests)[0] ?? '';
	}

	it.each([
		['429-seconds', /asks to slow down: test again in a minute/],
		[
			'500',
			/in trouble\. This says nothing about the key: test again later|If it is about neither, test again later/,
		],
		['reset-before', /could not be reached .*, then test again/],
	] as const)('after %s goes well, without anything being changed', async (fault, words) => {
		const good = sandbox.credential(newCredential(folder).name);
		await sandbox.fault(folder.toLowerCase(), await questionOf(good), fault);
		const seen = await testCredential(folder, good);
		expect(seen).toEqual({ status: 'Error', message: expect.stringMatching(words) as string });
		expect(await testCredential(folder, good)).toMatchObject({ status: 'OK' });
	});
});
