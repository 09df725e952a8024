/** `npm run check:live` as somebody runs it who knows none of the code. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { command } from '../../scripts/live/command';
import { fieldsOf, readCredentials, variableOf, whyLive } from '../../scripts/live/environment';
import type { Fields, LiveProvider } from '../../scripts/live/provider';
import { liveProviders } from '../../scripts/live/providers';
import { WAYS } from '../../scripts/live/providers/chingchingpay';
import { signed, dialects } from '../providers/tokenpay';
import { testProviders, type TestProvider } from '../providers';
import { TestSandbox } from '../support/testSandbox';

let sandbox: TestSandbox;
let folder = '';
beforeAll(async () => void (sandbox = await TestSandbox.start()));
beforeEach(async () => {
	await sandbox.reset();
	folder = mkdtempSync(path.join(tmpdir(), 'live-check-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(async () => await sandbox.close());

const names = liveProviders.map(({ name }) => name);

/** The sandbox's credential, as environment variables. */
function environmentOf(name: string, changes: Fields = {}): NodeJS.ProcessEnv {
	const provider = liveProviders.find((one) => one.name === name);
	if (provider === undefined) throw new Error(`There is no ${name}.`);
	const fields = { ...sandbox.credential(provider.credentialName), ...changes };
	return Object.fromEntries(
		Object.entries(fields).map(([field, value]) => [variableOf(provider, field), String(value)]),
	);
}

async function run(
	args: string[],
	environment: NodeJS.ProcessEnv,
	untilStopped: () => Promise<unknown> = async () => await Promise.resolve(),
) {
	const said: string[] = [];
	const code = await command([...args, '--out', folder], environment, {
		say: (text) => said.push(text),
		pause: async () => await Promise.resolve(),
		untilStopped,
	});
	return { code, said: said.join('\n') };
}

const requestsTo = async (name: string) =>
	Object.values((await sandbox.state(name)).requests[name] ?? {}).reduce(
		(sum, count) => sum + count,
		0,
	) + (await sandbox.state(name)).refusals.length;

const reportOf = (name: string) => readFileSync(path.join(folder, `live-check-${name}.md`), 'utf8');

it('knows every provider of the package', () => {
	expect(names).toEqual(
		testProviders()
			.map(({ name }) => name)
			.sort(),
	);
});

describe.each(names)('%s', (name) => {
	it('without keys names the variables and sends nothing', async () => {
		const { code, said } = await run([name, '--yes'], {});
		expect(code).toBe(1);
		expect(said).toContain('Nothing was sent. Set these environment variables');
		expect(said).toContain(`  ${name.toUpperCase()}_`);
		expect(await requestsTo(name)).toBe(0);
	});

	it('shows the plan first, and sends nothing without --yes', async () => {
		const { code, said } = await run([name], environmentOf(name));
		expect(code).toBe(0);
		expect(said).toMatch(/ 1\. .*\n.* 2\. /);
		expect(said).toContain('run it again with --yes');
		expect(await requestsTo(name)).toBe(0);
	});

	it('with an address that may be live sends nothing unless --live', async () => {
		const address = { environment: 'custom', baseUrl: 'https://pay.example.com/v1' };
		const { code, said } = await run([name, '--yes'], environmentOf(name, address));
		expect(code).toBe(1);
		expect(said).toMatch(
			/This may be live: .*pay\.example\.com.*Nothing was sent.*--live allows it/,
		);
	});

	it('with an address that is none says how one looks, and sends nothing', async () => {
		const address = { environment: 'custom', baseUrl: '127.0.0.1:4100' };
		const { code, said } = await run([name, '--yes'], environmentOf(name, address));
		expect([code, said]).toEqual([1, expect.stringMatching(/'Base URL' .*Nothing was sent/)]);
		expect(await requestsTo(name)).toBe(0);
	});

	it('takes the choices of the credential as the form names them, and as n8n stores them', async () => {
		const provider = liveProviders.find((one) => one.name === name) as LiveProvider;
		const environment = environmentOf(name);
		for (const field of fieldsOf(provider).filter(({ type }) => type === 'options'))
			for (const option of field.options ?? []) {
				if (!('value' in option)) throw new Error(`${field.name} has a choice without a value.`);
				const variable = variableOf(provider, field.name);
				for (const given of [option.name, String(option.value)])
					expect(readCredentials(provider, { ...environment, [variable]: given })[field.name]).toBe(
						option.value,
					);
			}
	});

	it('refuses a choice that the credential does not have, and sends nothing', async () => {
		const wrong = { otherSettings: 'perhaps' };
		const { code, said } = await run([name, '--yes'], environmentOf(name, wrong));
		expect([code, said]).toEqual([
			1,
			expect.stringMatching(/_OTHER_SETTINGS cannot be "perhaps": on or off\..*Nothing was sent/),
		]);
		expect(await requestsTo(name)).toBe(0);
		const { said: variables } = await run([name, '--variables'], {});
		expect(variables).toMatch(/_OTHER_SETTINGS {3}.*: on or off$/m);
	});

	it('with a provider that is down says so, and tries no further', async () => {
		const down = { baseUrl: 'http://127.0.0.1:1/api' };
		const { code, said } = await run([name, '--yes'], environmentOf(name, down));
		expect(code).toBe(1);
		expect(said).toMatch(/gave no answer.*127\.0\.0\.1:1.*Nothing more was sent/);
		expect(reportOf(name)).toContain('**Stopped early.**');
	});

	it('with wrong keys says what to correct, and makes nothing', async () => {
		const wrong: Fields = {
			payfect: { apiKey: 'wrong-key-of-the-test' },
			efundpay: { secretKey: 'sk_test_wrong-key-of-the-test' },
			wooshpay: { secretKey: 'sk_test_wrong-key-of-the-test' },
			tokenpay: { appSecret: 'wrong-key-of-the-test-0123456789' },
			chingchingpay: { signingSecret: 'wrong-key-of-the-test' },
		}[name] as unknown as Fields;
		const { code, said } = await run([name, '--yes'], environmentOf(name, wrong));
		expect(code).toBe(1);
		expect(said).toMatch(/(Check|PAYFECT_API_KEY).*Nothing more was sent/s);
		expect((await sandbox.state(name)).checkouts).toEqual([]);
		expect(said + reportOf(name)).not.toContain('wrong-key-of-the-test');
	});

	it('writes a report in which no secret and no signature is', async () => {
		const { code, said } = await run([name, '--yes'], environmentOf(name));
		expect([code, said]).toEqual([0, expect.stringContaining('Report: ')]);
		const report = reportOf(name);
		expect(report).toContain('| asked | found | it means |');
		expect(report).toMatch(/^HTTP 200$/m);
		const secrets = Object.entries(environmentOf(name)).filter(
			([field, value]) => /KEY|SECRET/.test(field) && value !== '',
		);
		for (const [, value] of secrets) expect(`${said}\n${report}`).not.toContain(value);
		expect(report).not.toMatch(/^\S*(sign|authorization|api-key)\S*: .*[\w+/]{20}/im);
	});

	it('receives a callback, keeps it raw, and reads it again with --replay', async () => {
		const environment = environmentOf(name);
		const { said } = await run(
			[name, '--yes', '--listen', '--port', '0'],
			environment,
			async () => {
				const [checkout] = (await sandbox.state(name)).checkouts;
				await sandbox.act(name, checkout?.checkoutId ?? '', 'pay');
			},
		);
		expect(said).toContain('How a callback is signed: fits');
		expect(said).toMatch(/^Ended\. Callbacks received: \d+\./m);
		// Each finding stands behind a question, not behind a name in the code.
		expect(said).not.toMatch(/^ {2}[a-z]+[A-Z]\w*: /m);
		expect(reportOf(name)).toContain('## Callback 1');
		const [file = ''] = readdirSync(folder).filter((one) => one.endsWith('.callback.json'));
		expect(statSync(path.join(folder, file)).mode & 0o077).toBe(0);
		const [delivery] = (await sandbox.state(name)).deliveries;
		expect(delivery?.acknowledged).toBe(true);
		const kept = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as {
			bodyBase64: string;
		};
		expect(Buffer.from(kept.bodyBase64, 'base64').toString()).toBe(delivery?.requestBody);
		const sent = await requestsTo(name);
		const again = await run([name, '--replay', path.join(folder, file)], environment);
		expect(again.said).toContain('What a callback says: ');
		// Nobody has published a workflow here.
		expect(again.said).not.toMatch(/publish/i);
		expect(await requestsTo(name)).toBe(sent);
	});
});

it.each(['resource signed', 'ecb', 'nonce in hex', 'no label', '16 digits'])(
	"a stored callback of TokenPay's (%s) is read",
	async (dialect) => {
		const { headers, body } = signed({}, dialects[dialect]);
		const file = path.join(folder, 'given.json');
		writeFileSync(
			file,
			JSON.stringify({ provider: 'tokenpay', headers, bodyBase64: body.toString('base64') }),
		);
		const { vectors } = testProviders().find(({ name }) => name === 'tokenpay') as TestProvider;
		const fields = vectors.credentials as Fields;
		const { code, said } = await run(
			['tokenpay', '--replay', file],
			environmentOf('tokenpay', fields),
		);
		expect(code).toBe(0);
		expect(said).toMatch(/How a callback is signed: (fits|callbackProof provider)/);
		expect(said).toContain('payment.succeeded');
	},
);

it.each([
	['no provider', ['--yes'], 'Name one provider'],
	['an unknown provider', ['stripe'], 'Name one provider'],
	['an unknown option', ['payfect', '--now'], "Unknown option '--now'"],
	['a file that is missing', ['payfect', '--replay', '/nowhere.json'], 'cannot be read (ENOENT)'],
	['a port that is none', ['payfect', '--port', 'x'], '--port cannot be "x"'],
	[
		'half an address',
		['payfect', '--callback-url', 'tunnel.example'],
		'the whole address of your tunnel',
	],
])('%s: says how it is called', async (_case, args, words) => {
	const { code, said } = await run(args, environmentOf('payfect'));
	expect([code, said]).toEqual([1, expect.stringContaining(words)]);
});

it('says that no callback came, and where to look', async () => {
	const { said } = await run(
		['payfect', '--yes', '--listen', '--port', '0'],
		environmentOf('payfect'),
	);
	expect(said).toMatch(
		/Ended\. No callback came\..*your tunnel leads to http:\/\/127\.0\.0\.1:\d+/,
	);
});

it('names each setting to make once, in the words of the form', async () => {
	await sandbox.dialect('chingchingpay', 'signing', 'hash');
	await sandbox.dialect('chingchingpay', 'successCode', '200');
	await run(['chingchingpay', '--yes'], environmentOf('chingchingpay'));
	const table = reportOf('chingchingpay').split('\n## ')[1] ?? '';
	expect(table.match(/My Provider Told Me Other Settings/g)).toHaveLength(1);
	expect(table).toContain('| Signature Algorithm | SHA-256 Without a Key |');
	expect(table).toContain('| Further Headers | (leave it empty) |');
});

describe('what may be live', () => {
	const why = (name: string, changes: Fields) => {
		const provider = liveProviders.find((one) => one.name === name) as LiveProvider;
		return whyLive(provider, readCredentials(provider, environmentOf(name, changes)));
	};
	// Loopback alone does not make it a test: a proxy there may lead anywhere.
	it.each(['efundpay', 'wooshpay'])('%s with a live key', (name) => {
		expect(why(name, { secretKey: 'sk_live_of-the-test' })).toMatch(
			new RegExp(`^${name.toUpperCase()}_SECRET_KEY holds a live key$`),
		);
	});

	it.each(['efundpay', 'wooshpay'])('%s with the environment Live', (name) => {
		expect(why(name, { environment: 'live' })).toBe("'Environment' is Live");
		expect(why(name, { environment: 'Live' })).toBe("'Environment' is Live");
	});

	it.each(names)("%s with the sandbox's credential is not", (name) => {
		expect(why(name, {})).toBeUndefined();
	});
});

describe('the table "What a live check changes" in CONTRIBUTING', () => {
	const root = path.join(__dirname, '..', '..');
	const section = /^## What a live check changes$([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(
		readFileSync(path.join(root, 'CONTRIBUTING.md'), 'utf8'),
	)?.[1];
	const rows = (section ?? '').split('\n').filter((line) => line.startsWith('| '));
	const unknowns = liveProviders.flatMap(({ contract, unknowns }) =>
		Object.values(unknowns).map((unknown) => ({ provider: contract.displayName, ...unknown })),
	);

	it('has a row for each unknown of the check, and no other', () => {
		expect(rows.slice(1).sort()).toEqual(
			unknowns
				.map(({ provider, question, changes }) => `| ${provider} | ${question} | ${changes} |`)
				.sort(),
		);
	});

	it('names fields as the forms do', () => {
		const forms = ['credentials', 'nodes']
			.flatMap((folder) =>
				readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
					.filter((file) => file.endsWith('.ts'))
					.map((file) => readFileSync(path.join(root, folder, file), 'utf8')),
			)
			.join('\n');
		const fields = unknowns.flatMap(({ changes }) =>
			[...changes.matchAll(/\*([^*]+)\*/g)].map(([, field = '']) => field),
		);
		expect(fields.length).toBeGreaterThan(10);
		expect(fields.filter((field) => !forms.includes(`displayName: '${field}'`))).toEqual([]);
	});
});

it('ChingChingPay is asked once a second, in 60 ways at the most', () => {
	const { pauseMilliseconds } = liveProviders.find(({ name }) => name === 'chingchingpay') ?? {};
	expect(pauseMilliseconds).toBe(1000);
	expect(WAYS.length).toBeLessThanOrEqual(60);
});
