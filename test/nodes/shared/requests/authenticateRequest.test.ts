import { createHash } from 'node:crypto';
import type { ICredentialType, IHttpRequestOptions, INodeType } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { authenticateRequest } from '../../../../nodes/shared/requests/authenticateRequest';
import type { HttpCall, SigningInputs } from '../../../../nodes/shared/core/contract';
import { InputError } from '../../../../nodes/shared/core/inputError';
import { runNode } from '../../../support/contexts';
import { startProviderServer, type ProviderServer } from '../support/providerServer';

/** A signature over everything that could be changed on the way: method, whole address, body. */
const sign = (key: string, call: Pick<HttpCall, 'method' | 'url' | 'body'>) =>
	createHash('sha256')
		.update([key, call.method, call.url, call.body ?? ''].join('\n'))
		.digest('hex');

const stamps: SigningInputs[] = [];
const contract = {
	authHeaders({ key }: { key: string }, call: HttpCall, stamp: SigningInputs) {
		stamps.push(stamp);
		if (key === '') throw new InputError("'Key' in the credential is empty", 'Enter it.');
		return { 'x-signature': sign(key, call) };
	},
};

class SignedApi implements ICredentialType {
	name = 'signedApi';
	displayName = 'Signed API';
	properties: ICredentialType['properties'] = [
		{ displayName: 'Key', name: 'key', type: 'string', default: '' },
	];
	authenticate: ICredentialType['authenticate'] = async (credentials, request) =>
		await authenticateRequest(contract, credentials, request);
}

let server: ProviderServer;
beforeAll(async () => (server = await startProviderServer()));
beforeEach(() => {
	server.reset();
	stamps.length = 0;
});
afterAll(() => server.close());

type Helper = 'httpRequestWithAuthentication' | 'requestWithAuthentication';

/**
 * Sends the request as a node would that uses the credential; gives back what arrived and how the
 * credential had signed it.
 */
async function send(
	request: object,
	helper: Helper = 'httpRequestWithAuthentication',
	key = 'secret',
) {
	const node: INodeType = {
		description: {
			displayName: 'Any Node',
			name: 'anyNode',
			group: ['transform'],
			version: 1,
			description: 'Uses the credential',
			defaults: { name: 'Any Node' },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			properties: [],
			credentials: [{ name: 'signedApi', required: true }],
		},
		async execute() {
			await this.helpers[helper].call(this, 'signedApi', request as IHttpRequestOptions);
			return [[]];
		},
	};
	const run = await runNode({
		node,
		credentialTypes: [new SignedApi()],
		credentials: { signedApi: { key } },
	});
	const [arrived] = server.received;
	return {
		run,
		arrived,
		signedAsSent:
			arrived !== undefined &&
			arrived.headers['x-signature'] ===
				sign(key.trim(), {
					method: arrived.method as HttpCall['method'],
					url: `${server.url}${arrived.path}`,
					body: arrived.body,
				}),
	};
}

const requests: Array<
	[
		what: string,
		request: (url: string) => object,
		expected: { method: string; path: string; body: string; contentType?: string },
	]
> = [
	[
		'text',
		(url) => ({
			method: 'POST',
			url: `${url}/pay`,
			body: ' {"a": 1.0,\n"b":"\u8336"} ',
			headers: { 'content-type': 'application/json' },
		}),
		{
			method: 'POST',
			path: '/pay',
			body: ' {"a": 1.0,\n"b":"\u8336"} ',
			contentType: 'application/json',
		},
	],
	[
		'text that is not JSON',
		(url) => ({
			method: 'POST',
			url: `${url}/pay`,
			body: 'hello',
			headers: { 'Content-Type': 'text/plain' },
		}),
		{ method: 'POST', path: '/pay', body: 'hello', contentType: 'text/plain' },
	],
	[
		'an object',
		(url) => ({ method: 'POST', url: `${url}/pay`, body: { z: 1, a: '\u8336', gone: undefined } }),
		{ method: 'POST', path: '/pay', body: '{"z":1,"a":"\u8336"}', contentType: 'application/json' },
	],
	[
		'a list',
		(url) => ({ method: 'PUT', url: `${url}/pay`, body: [1, { a: 2 }] }),
		{ method: 'PUT', path: '/pay', body: '[1,{"a":2}]', contentType: 'application/json' },
	],
	[
		'bytes',
		(url) => ({ method: 'POST', url: `${url}/pay`, body: Buffer.from('{"a":1.0}') }),
		{ method: 'POST', path: '/pay', body: '{"a":1.0}', contentType: 'application/json' },
	],
	[
		'a form',
		(url) => ({
			method: 'POST',
			url: `${url}/pay`,
			body: new URLSearchParams({ a: '1 2', b: '\u8336' }),
		}),
		{
			method: 'POST',
			path: '/pay',
			body: 'a=1+2&b=%E8%8C%B6',
			contentType: 'application/x-www-form-urlencoded',
		},
	],
	[
		'nothing',
		(url) => ({ method: 'GET', url: `${url}/pay?a=1` }),
		{ method: 'GET', path: '/pay?a=1', body: '' },
	],
	[
		'an empty object',
		(url) => ({ method: 'POST', url: `${url}/pay`, body: {} }),
		{ method: 'POST', path: '/pay', body: '' },
	],
	[
		'a body with DELETE',
		(url) => ({ method: 'DELETE', url: `${url}/pay`, body: { a: 1 } }),
		{ method: 'DELETE', path: '/pay', body: '{"a":1}', contentType: 'application/json' },
	],
	[
		'a query',
		(url) => ({
			method: 'GET',
			url: `${url}/pay`,
			qs: { a: 'x y&z', b: '\u8336', none: undefined, nil: null, n: 0, off: false },
		}),
		{ method: 'GET', path: '/pay?a=x%20y%26z&b=%E8%8C%B6&n=0&off=false', body: '' },
	],
	[
		'a query with a list',
		(url) => ({ method: 'GET', url: `${url}/pay`, qs: { id: ['1', '2'], a: 'b' } }),
		{ method: 'GET', path: '/pay?id=1&id=2&a=b', body: '' },
	],
	[
		'a query beside one in the address',
		(url) => ({ method: 'GET', url: `${url}/pay?x=1`, qs: { y: 2 } }),
		{ method: 'GET', path: '/pay?x=1&y=2', body: '' },
	],
	[
		'a base URL',
		(url) => ({ method: 'GET', baseURL: `${url}/api/`, url: '/pay/' }),
		{ method: 'GET', path: '/api/pay/', body: '' },
	],
];

describe('httpRequestWithAuthentication, as our own nodes use it', () => {
	it.each(requests)('%s is sent as it was signed', async (_what, request, expected) => {
		const { arrived, signedAsSent } = await send(request(server.url));
		expect(arrived).toMatchObject({
			method: expected.method,
			path: expected.path,
			body: expected.body,
		});
		expect(arrived?.headers['content-type']).toBe(expected.contentType);
		expect(signedAsSent).toBe(true);
	});
});

describe("n8n's HTTP Request node, which calls an older helper", () => {
	const common = {
		headers: {},
		gzip: true,
		rejectUnauthorized: true,
		followRedirect: false,
		followAllRedirects: false,
		resolveWithFullResponse: true,
		timeout: 300_000,
	};
	it.each<(typeof requests)[number]>([
		[
			'no body',
			(url) => ({ method: 'GET', uri: `${url}/pay`, useStream: true, encoding: null }),
			{ method: 'GET', path: '/pay', body: '' },
		],
		[
			'a query',
			(url) => ({ method: 'GET', uri: `${url}/pay`, qs: { a: 'x y', id: ['1', '2'] } }),
			{ method: 'GET', path: '/pay?a=x%20y&id=1&id=2', body: '' },
		],
		[
			'a JSON body',
			(url) => ({ method: 'POST', uri: `${url}/pay`, body: { a: '\u8336', n: 1.5 }, json: true }),
			{
				method: 'POST',
				path: '/pay',
				body: '{"a":"\u8336","n":1.5}',
				contentType: 'application/json',
			},
		],
		[
			'a raw body',
			(url) => ({
				method: 'POST',
				uri: `${url}/pay`,
				body: '{"a": 1.0}',
				headers: { 'Content-Type': 'application/json' },
			}),
			{ method: 'POST', path: '/pay', body: '{"a": 1.0}', contentType: 'application/json' },
		],
		[
			'a form',
			(url) => ({ method: 'POST', uri: `${url}/pay`, form: { a: '1 2', b: '\u8336' } }),
			{
				method: 'POST',
				path: '/pay',
				body: 'a=1+2&b=%E8%8C%B6',
				contentType: 'application/x-www-form-urlencoded',
			},
		],
		[
			'a form as text',
			(url) => ({
				method: 'POST',
				uri: `${url}/pay`,
				body: 'a=1&b=2',
				headers: { 'content-type': 'application/x-www-form-urlencoded' },
			}),
			{
				method: 'POST',
				path: '/pay',
				body: 'a=1&b=2',
				contentType: 'application/x-www-form-urlencoded',
			},
		],
	])('%s is sent as it was signed', async (_what, request, expected) => {
		const { arrived, signedAsSent } = await send(
			{ ...common, ...request(server.url) },
			'requestWithAuthentication',
		);
		expect(arrived).toMatchObject({
			method: expected.method,
			path: expected.path,
			body: expected.body,
		});
		expect(arrived?.headers['content-type']).toBe(expected.contentType);
		expect(signedAsSent).toBe(true);
	});

	it('a file arrives byte for byte', async () => {
		const file = Buffer.from([0xff, 0xd8, 0x00, 0x80, 0xfe]);
		const { arrived } = await send(
			{
				...common,
				method: 'POST',
				uri: `${server.url}/pay`,
				body: file,
				headers: { 'content-type': 'image/jpeg' },
			},
			'requestWithAuthentication',
		);
		expect(arrived?.bytes).toEqual(file);
	});
});

it('keeps the headers of the request and puts its own over them', async () => {
	const { arrived } = await send({
		method: 'GET',
		url: `${server.url}/pay`,
		headers: { 'x-mine': '1', 'x-signature': 'forged' },
	});
	expect(arrived?.headers).toMatchObject({ 'x-mine': '1' });
	expect(arrived?.headers['x-signature']).not.toContain('forged');
});

it('reads a key that was pasted with blanks around it', async () => {
	expect(
		(
			await send(
				{ method: 'GET', url: `${server.url}/pay` },
				'httpRequestWithAuthentication',
				' secret\n',
			)
		).signedAsSent,
	).toBe(true);
});

it('signs each request with a time and a nonce of its own', async () => {
	await send({ method: 'GET', url: `${server.url}/pay` });
	await send({ method: 'GET', url: `${server.url}/pay` });
	expect(stamps.map(({ nonce }) => nonce)).toEqual([
		expect.stringMatching(/^[0-9a-f]{32}$/),
		expect.stringMatching(/^[0-9a-f]{32}$/),
	]);
	expect(stamps[0]?.nonce).not.toBe(stamps[1]?.nonce);
	expect(Math.abs(Date.now() - (stamps[0]?.now.getTime() ?? 0))).toBeLessThan(60_000);
});

it('sends nothing when the credential cannot sign, and says why', async () => {
	const { run, arrived } = await send(
		{ method: 'GET', url: `${server.url}/pay` },
		'httpRequestWithAuthentication',
		'',
	);
	expect(run.status).toBe('error');
	expect(
		JSON.stringify([
			run.error?.message,
			run.error?.description,
			String((run.error as { cause?: Error } | undefined)?.cause?.message),
		]),
	).toContain("'Key' in the credential is empty");
	expect(arrived).toBeUndefined();
});
