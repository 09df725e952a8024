import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** What a broken or hostile server does with every request. */
export type Misbehaviour =
	/** The answer begins, then a byte comes every 100 ms. */
	| 'drips'
	/** The same with the headers. */
	| 'drips headers'
	/** JSON without an end, as fast as it is taken. */
	| 'never ends'
	/** 101, and then nothing. */
	| 'upgrades'
	/** 20 MB in 20 kB. */
	| 'gzip bomb'
	/** The connection breaks in the middle of the body. */
	| 'breaks off'
	| { json: string };

const bomb = gzipSync(Buffer.alloc(20_000_000));

const head = (...headers: string[]) =>
	['HTTP/1.1 200 OK', 'content-type: application/json', ...headers, '', ''].join('\r\n');

function begin(socket: Socket, misbehaviour: Misbehaviour): void {
	const every100 = (work: () => void) => {
		const timer = setInterval(work, 100);
		socket.once('close', () => clearInterval(timer));
	};
	if (typeof misbehaviour === 'object') {
		socket.end(head(`content-length: ${misbehaviour.json.length}`) + misbehaviour.json);
	} else if (misbehaviour === 'drips') {
		socket.write(head('content-length: 100000'));
		every100(() => socket.write(' '));
	} else if (misbehaviour === 'drips headers') {
		socket.write('HTTP/1.1 200 OK\r\nx-long: ');
		every100(() => socket.write('x'));
	} else if (misbehaviour === 'upgrades') {
		socket.write(
			'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: nothing\r\n\r\n',
		);
	} else if (misbehaviour === 'gzip bomb') {
		socket.end(
			Buffer.concat([
				Buffer.from(head('content-encoding: gzip', `content-length: ${bomb.length}`)),
				bomb,
			]),
		);
	} else if (misbehaviour === 'breaks off') {
		socket.end(`${head('content-length: 1000')}{"id":`);
	} else {
		socket.write(head('connection: close'));
		const more = () => {
			while (!socket.destroyed && socket.write(' '.repeat(65_536)));
		};
		socket.on('drain', more);
		more();
	}
}

/** A server that begins to answer and does not end, or ends badly. */
export class BrokenServer {
	private readonly server: Server;
	private readonly sockets = new Set<Socket>();
	private misbehaviour: Misbehaviour = 'drips';
	requests = 0;
	/** Of all connections that are closed. */
	bytesSent = 0;

	private constructor() {
		this.server = createServer((socket) => {
			this.sockets.add(socket);
			socket.on('error', () => undefined);
			socket.once('close', () => {
				this.sockets.delete(socket);
				this.bytesSent += socket.bytesWritten;
			});
			socket.once('data', () => {
				this.requests += 1;
				begin(socket, this.misbehaviour);
			});
		});
	}

	static async start(): Promise<BrokenServer> {
		const broken = new BrokenServer();
		await new Promise<void>((resolve) => broken.server.listen(0, '127.0.0.1', resolve));
		return broken;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	misbehave(misbehaviour: Misbehaviour): void {
		this.misbehaviour = misbehaviour;
		this.requests = 0;
		this.bytesSent = 0;
	}

	/** When nobody holds a connection any more. */
	async isLeft(): Promise<void> {
		await Promise.all(
			[...this.sockets].map(
				async (socket) =>
					await new Promise<void>((resolve) => socket.once('close', () => resolve())),
			),
		);
	}

	close(): void {
		for (const socket of this.sockets) socket.destroy();
		this.server.close();
	}
}
