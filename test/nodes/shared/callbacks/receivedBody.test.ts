import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createGunzip, gzipSync } from 'node:zlib';
import type { IWebhookFunctions } from 'n8n-workflow';
import { readReceived } from '../../../../nodes/shared/callbacks/receivedBody';

const mostBytes = 250_000;

interface Seen {
	/** How many bytes we got; undefined: refused. */
	length: number | undefined;
	/** How many bytes had come over the connection by then. */
	bytesRead: number;
	/** Whether anything was read of the body. */
	didRead: boolean;
}

let server: Server;
let seen: Seen | undefined;
beforeAll(async () => {
	// As n8n leaves a request whose content type it does not parse (2.41.1, body-parser.js), with its
	// limit of 16 MiB left out.
	server = createServer((incoming, response) => {
		const extended = Object.assign(incoming, {
			rawBody: undefined as Buffer | undefined,
			readRawBody: async () => {
				const packed = incoming.headers['content-encoding'] === 'gzip';
				extended.rawBody = await buffer(packed ? incoming.pipe(createGunzip()) : incoming);
			},
		});
		void readReceived({
			getHeaderData: () => incoming.headers,
			getRequestObject: () => extended,
		} as unknown as IWebhookFunctions).then((received) => {
			seen = {
				length: received?.rawBody.length,
				bytesRead: incoming.socket.bytesRead,
				didRead: incoming.readableDidRead,
			};
			response.statusCode = received === undefined ? 413 : 200;
			response.end();
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => (seen = undefined));
afterAll(() => {
	server.closeAllConnections();
	server.close();
});

/**
 * Sends the pieces, however long it takes to get rid of them, until there is an answer; gives its
 * status.
 */
async function send(headers: Record<string, string | number>, pieces: Iterable<Buffer>) {
	const { port } = server.address() as AddressInfo;
	const sent = request({
		port,
		host: '127.0.0.1',
		method: 'POST',
		headers: { 'content-type': 'application/octet-stream', ...headers },
		agent: false,
	});
	const answered = new Promise<IncomingMessage>((resolve, reject) => {
		sent.on('response', resolve);
		sent.on('error', reject);
	});
	let isAnswered = false;
	void answered.then(
		() => (isAnswered = true),
		() => (isAnswered = true),
	);
	for (const piece of pieces) {
		if (isAnswered) break;
		if (!sent.write(piece))
			await Promise.race([new Promise((resolve) => sent.once('drain', resolve)), answered]);
	}
	const isWhole = !isAnswered;
	if (isWhole) sent.end();
	const { statusCode } = await answered;
	sent.destroy();
	return statusCode;
}

function* endless(): Generator<Buffer> {
	for (;;) yield Buffer.alloc(16_384, ' ');
}

it.each([
	[mostBytes, 200],
	[mostBytes + 1, 413],
])(
	'a body of %d bytes without a content length, of a type that n8n does not read, gets %d',
	async (bytes, status) => {
		expect(await send({}, [Buffer.alloc(bytes - 1), Buffer.alloc(1)])).toBe(status);
		expect(seen?.length).toBe(status === 200 ? bytes : undefined);
	},
);

it('a body that never ends is read up to the limit and no further, and its sender gets an answer', async () => {
	expect(await send({}, endless())).toBe(413);
	// Node reads 64 kB at a time.
	expect(seen?.bytesRead).toBeLessThan(mostBytes + 2 * 65_536);
});

it('a body whose content length says that it is too long is refused before any of it is read', async () => {
	expect(await send({ 'content-length': 15_000_000 }, endless())).toBe(413);
	expect(seen).toMatchObject({ length: undefined, didRead: false });
});

it('a compressed body is counted unpacked', async () => {
	const packed = (bytes: number) => [gzipSync(Buffer.alloc(bytes, ' '))];
	const gzip = { 'content-encoding': 'gzip' };
	expect([await send(gzip, packed(mostBytes)), await send(gzip, packed(mostBytes + 1))]).toEqual([
		200, 413,
	]);
});
