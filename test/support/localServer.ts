import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** An answer that is no 200, in plain text. */
export class Refusal {
	constructor(
		readonly status: number,
		readonly text: string,
	) {}
}

/** Who waits for the answer. */
export interface Caller {
	/** Has hung up, as one that was killed has. */
	isGone(): boolean;
}

/**
 * A system of the merchant, or of a third party, that workflows send JSON to: a server of this
 * machine. `open` first, `close` at the end.
 */
export class LocalServer<Body = unknown> {
	/** In the order in which they came. */
	readonly received: Body[] = [];
	private readonly server = createServer((request, response) => {
		void (async () => {
			const sent = await text(request);
			const caller = { isGone: () => response.destroyed };
			const answer = sent === '' ? {} : await this.receive(JSON.parse(sent) as Body, caller);
			if (answer instanceof Refusal)
				response.writeHead(answer.status, { 'content-type': 'text/plain' }).end(answer.text);
			else
				response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
		})().catch(() => response.destroy());
	});

	/** @param answer what is sent back for a body; a request without one gets `{}` */
	constructor(
		private readonly answer: (
			body: Body,
			caller: Caller,
		) => Refusal | object | Promise<Refusal | object> = () => ({}),
	) {}

	/** @param port that of an earlier time, for a server that was down meanwhile; else a free one */
	async open(port = 0): Promise<void> {
		this.server.listen(port, '127.0.0.1');
		await once(this.server, 'listening');
	}

	close(): void {
		this.server.closeAllConnections();
		this.server.close();
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	private async receive(body: Body, caller: Caller): Promise<Refusal | object> {
		this.received.push(body);
		return await this.answer(body, caller);
	}
}
