/**
 * What Test says of a credential, for each provider and each thing that may answer in its place. A
 * test that is green at any web page lets every row fail afterwards; one that refuses a good key
 * sends people looking for a key that they have.
 */
import { providerFolders, newCredential, newNode, newTrigger } from './support/providers';
import { testCredential } from './support/testCredential';
import { testProviders } from './providers';
import { TestSandbox } from './support/testSandbox';
import { startProviderServer, type ProviderServer } from './nodes/shared/support/providerServer';

const facts = Object.fromEntries(testProviders().map((provider) => [provider.folder, provider]));

let sandbox: TestSandbox;
let elsewhere: ProviderServer;
beforeAll(async () => {
	sandbox = await TestSandbox.start();
	elsewhere = await startProviderServer();
});
beforeEach(() => elsewhere.reset());
afterAll(async () => {
	elsewhere.close();
	await sandbox.close();
});

const good = (folder: string) => sandbox.credential(newCredential(folder).name);
const test = async (folder: string, fields: Record<string, string> = {}) =>
	await testCredential(folder, { ...good(folder), ...fields });

const page =
	'<html><head><title>nginx</title></head><body><h1>Welcome to nginx!</h1></body></html>';
const notJson = { 'content-type': 'text/html' };
const noApi = /This is not an answer of its API\. Check 'Base URL'/;
/** What stands in the provider's place, and what Test then says. */
const inItsPlace: Array<[string, Parameters<ProviderServer['respond']>[0], RegExp]> = [
	['a web page', () => ({ body: page, headers: notJson }), noApi],
	['a 404 page', () => ({ status: 404, body: page, headers: notJson }), noApi],
	['another JSON', () => ({ body: '{"hello":"world"}' }), noApi],
	['an empty object', () => ({ body: '{}' }), noApi],
	['a list', () => ({ body: '[]' }), noApi],
	['nothing at all', () => ({ status: 204, body: '' }), noApi],
	[
		'a redirect',
		() => ({ status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: '' }),
		/Check 'Base URL'.*Redirects are not followed/,
	],
	['HTTP 500', () => ({ status: 500, body: page, headers: notJson }), /in trouble.*test again/],
	['HTTP 503 in JSON', () => ({ status: 503, body: '{}' }), /in trouble.*test again/],
	['HTTP 429', () => ({ status: 429, body: '{}' }), /slow down: test again/],
	['a broken connection', () => 'reset', /could not be reached \(ECONNRESET\)\. Check 'Base URL'/],
];

describe.each(providerFolders())('%s', (folder) => {
	const at = (url: string) => ({ ...good(folder), environment: 'custom', baseUrl: url });

	it('takes a good key', async () => {
		expect(await test(folder)).toMatchObject({ status: 'OK' });
	});

	it('refuses a wrong key in words that name its field', async () => {
		const { fields } = facts[folder]?.credential.wrongKey ?? { fields: {} };
		const { status, message } = await test(folder, fields);
		expect({ status, message }).toEqual({
			status: 'Error',
			message: expect.stringMatching(/HTTP \d{3}: .*[Cc]heck '[A-Z]/) as string,
		});
		for (const value of Object.values(fields)) expect(message).not.toContain(value);
	});

	it.each(inItsPlace)('is not taken in by %s', async (_case, answer, words) => {
		elsewhere.respond(answer);
		// n8n shows the address in the form only with a custom environment.
		expect(await testCredential(folder, at(elsewhere.url + pathOf(folder)))).toEqual({
			status: 'Error',
			message: expect.stringMatching(words) as string,
		});
		expect(elsewhere.received).toHaveLength(1);
	});

	it.each([
		['too short', (url: string) => url.replace(/\/[^/]*$/, '')],
		['too long', (url: string) => `${url}/v1`],
	])('names the address where its path is %s', async (_case, wrong) => {
		const { status, message } = await test(folder, { baseUrl: wrong(good(folder).baseUrl ?? '') });
		expect({ status, message }).toEqual({
			status: 'Error',
			message: expect.stringMatching(/[Cc]heck .*'Base URL'/) as string,
		});
	});

	it('names the address where nobody is there', async () => {
		expect(await testCredential(folder, at('http://127.0.0.1:1/api/v1'))).toEqual({
			status: 'Error',
			message: expect.stringMatching(
				/could not be reached \(ECONNREFUSED\)\. Check 'Base URL' and this server's network/,
			) as string,
		});
	});

	it.each([
		['Allowed Currencies', { allowedCurrencies: 'EUR, $' }],
		['Largest Amount', { largestAmount: '1.000' }],
	])('refuses a %s that cannot be read, before anything is sent', async (field, fields) => {
		expect(await testCredential(folder, { ...at(elsewhere.url), ...fields })).toEqual({
			status: 'Error',
			message: expect.stringMatching(
				new RegExp(`^'${field}' in the credential cannot be read: .*Enter `),
			) as string,
		});
		expect(elsewhere.received).toEqual([]);
	});

	it('asks once, and makes nothing', async () => {
		await sandbox.reset();
		await test(folder);
		const { checkouts, requests } = await sandbox.state(facts[folder]?.name ?? '');
		expect(checkouts).toEqual([]);
		expect(Object.values(Object.values(requests)[0] ?? {})).toEqual([1]);
	});

	it('is offered by both nodes', () => {
		for (const node of [newNode(folder), newTrigger(folder)]) {
			const [{ testedBy } = {}] = node.description.credentials ?? [];
			expect(Object.keys(node.methods?.credentialTest ?? {})).toEqual([testedBy]);
		}
	});
});

const withCallbackUrl = providerFolders().filter(
	(folder) => facts[folder]?.form.callback.length !== 0,
);
describe.each(withCallbackUrl)('%s', (folder) => {
	it.each([
		['n8n.example/webhook', /^'Callback URL' in the credential is not an absolute URL.*https:/],
		['https://n8n .example/webhook', /^'Callback URL' in the credential contains a blank.*take it/],
	])('refuses %j as the address of its callbacks', async (callbackUrl, words) => {
		expect(await test(folder, { callbackUrl })).toMatchObject({
			status: 'Error',
			message: expect.stringMatching(words) as string,
		});
	});
});

/** Up to where the API begins, as the sandbox's address has it. */
function pathOf(folder: string): string {
	const { pathname } = new URL(good(folder).baseUrl ?? '');
	return pathname.replace(/^\/[^/]+/, '');
}

/** Answers that only one provider gives, and what they say of a key that is good. */
const answersOfOne: Array<
	[folder: string, answer: string, status: number, body: object, result: 'OK' | RegExp]
> = [
	['Payfect', 'a 400 in its words', 400, { detail: 'Not a checkout.' }, 'OK'],
	['Payfect', 'a 400 by field', 400, { id: ['Not a checkout.'] }, 'OK'],
	['Payfect', 'a 404 in the words of others', 404, { message: 'Not Found' }, noApi],
	[
		'Payfect',
		'a 403, which a good key may get about a foreign checkout',
		403,
		{ detail: 'No.' },
		/Check 'API Key'.*leave the credential as it is/,
	],
	['Payfect', 'a 409', 409, { detail: 'Busy.' }, /HTTP 409: Busy\. No page .*make a test checkout/],
	[
		'EFundPay',
		'a 422',
		422,
		{ message: 'limit is too small' },
		/limit is too small\. No page .*make a test checkout/,
	],
	['EFundPay', 'a 403', 403, { message: 'no' }, /'Merchant Account ID'.*transactions\.read/],
	['EFundPay', 'a 404', 404, { message: 'no' }, /ends in the version/],
	['WooshPay', 'a 403', 403, { error: { message: 'no' } }, /Use a secret key.*'Secret Key'/],
	['WooshPay', 'a 402', 402, { error: { message: 'no' } }, /No page .*make a test checkout/],
	...[0, 12002, 12003].flatMap((code) =>
		[200, 400, 404, 500].map((status): (typeof answersOfOne)[number] => [
			'TokenPay',
			`code ${code} with HTTP ${status}, which no page settles`,
			status,
			{ code, msg: 'no', request_id: 'x' },
			'OK',
		]),
	),
	...[10010, 20002, 20003, 20004, 11000, 11001, 104, 20001].map(
		(code): (typeof answersOfOne)[number] => [
			'TokenPay',
			`code ${code}`,
			200,
			{ code, msg: 'IP not in whitelist', request_id: 'x' },
			new RegExp(`IP not in whitelist \\(code ${code}.*\\)\\. .*\\.$`),
		],
	),
	['TokenPay', 'a code without its envelope', 200, { code: 0 }, noApi],
	[
		'ChingChingPay',
		'words about the signature with HTTP 500',
		500,
		{ code: 9, message: 'bad sign' },
		/bad sign \(code 9\).*'Signature Encoding'/,
	],
	['ChingChingPay', 'words that deny it', 404, { code: 4, message: 'no such order' }, 'OK'],
];

it.each(answersOfOne)('%s: %s', async (folder, _answer, status, body, result) => {
	elsewhere.respond(() => ({ status, body: JSON.stringify(body) }));
	const baseUrl = elsewhere.url + pathOf(folder);
	const found = await testCredential(folder, { ...good(folder), environment: 'custom', baseUrl });
	expect(found).toEqual({
		status: result === 'OK' ? 'OK' : 'Error',
		message: expect.stringMatching(result === 'OK' ? /^/ : result) as string,
	});
});
