import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ICredentialTestFunctions } from 'n8n-workflow';
import type { HttpCall, HttpReply } from '../../nodes/shared/core/contract';
import { readJson } from '../../nodes/shared/core/exactJson';
import { readAtMost } from '../../nodes/shared/core/readAtMost';
import { maskedBody, maskedHeaders } from './mask';
import { Stop, type Fields, type LiveProvider } from './provider';

const MAXIMUM_BYTES = 1_000_000;
const MAXIMUM_MILLISECONDS = 30_000;

/** A request and its answer, with all secrets masked. */
export interface Exchange {
	request: string;
	requestHeaders: Record<string, string>;
	requestBody: string;
	status: number;
	headers: Record<string, string>;
	body: string;
}

/** How a request differs from the one that the package sends. */
export interface Otherwise {
	credentials?: Fields;
	/** Of the signature. */
	now?: Date;
	/** A header that is not sent, in lower case. */
	without?: string;
}

/** Sends the requests of a check, one after the other with a pause between them, and records them. */
export class Session {
	readonly exchanges: Exchange[] = [];
	readonly reference = `live-check-${Date.now()}`;
	/** Of what was made. */
	made?: { checkoutId: string | null; paymentId: string | null; checkoutUrl: string | null };

	constructor(
		readonly provider: LiveProvider,
		/** What was found so far is in it. */
		public credentials: Fields,
		readonly callbackUrl: string | null,
		private readonly pause: (milliseconds: number) => Promise<unknown>,
	) {}

	/** @throws Stop where no answer comes */
	async send(call: HttpCall, otherwise: Otherwise = {}): Promise<HttpReply> {
		const credentials = otherwise.credentials ?? this.credentials;
		const stamp = { now: otherwise.now ?? new Date(), nonce: randomBytes(16).toString('hex') };
		const headers: Record<string, string> = {
			accept: 'application/json',
			...call.headers,
			...this.provider.contract.authHeaders(credentials, call, stamp),
		};
		for (const name of Object.keys(headers))
			if (name.toLowerCase() === otherwise.without) delete headers[name];
		return await this.exchange({ ...call, headers });
	}

	/**
	 * What n8n's Test of this credential says.
	 *
	 * @throws Stop where no answer comes
	 */
	async testCredential(credentials = this.credentials): Promise<{ works: boolean; says: string }> {
		let unreachable: Stop | undefined;
		const request = async (options: {
			method: HttpCall['method'];
			uri: string;
			headers: Record<string, string>;
			body?: Buffer;
		}) => {
			const { method, uri: url, headers, body } = options;
			const call = { method, url, headers, body: body?.toString(), retry: 'never' as const };
			const reply = await this.exchange(call).catch((error: unknown) => {
				if (error instanceof Stop) unreachable = error;
				throw error;
			});
			return { statusCode: reply.status, body: Readable.from([reply.bytes]) };
		};
		const { status, message } = await this.provider.test.call(
			{ helpers: { request } } as unknown as ICredentialTestFunctions,
			{ id: '', name: '', type: this.provider.credentialName, data: credentials },
		);
		if (unreachable !== undefined) throw unreachable;
		return { works: status === 'OK', says: message };
	}

	private async exchange(call: HttpCall): Promise<HttpReply> {
		if (this.exchanges.length > 0) await this.pause(this.provider.pauseMilliseconds);
		const { method, url, headers = {}, body } = call;
		const { displayName } = this.provider.contract;
		const reply = await receive(method, url, headers, body).catch((error: unknown) => {
			throw new Stop(
				`${displayName} gave no answer (${reasonOf(error)}). Check the address ${new URL(url).origin} and this machine's network, then run it again. Nothing more was sent.`,
			);
		});
		const mask = (text: string) => maskedBody(text, this.provider, this.credentials);
		this.exchanges.push({
			request: `${method} ${mask(url)}`,
			requestHeaders: maskedHeaders(headers),
			requestBody: mask(body ?? ''),
			status: reply.status,
			headers: maskedHeaders(reply.headers),
			body: mask(reply.text),
		});
		return reply;
	}
}

async function receive(
	method: string,
	url: string,
	headers: Record<string, string>,
	body: string | undefined,
): Promise<HttpReply> {
	const answer = await fetch(url, {
		method,
		headers,
		...(body !== undefined && { body }),
		redirect: 'manual',
		signal: AbortSignal.timeout(MAXIMUM_MILLISECONDS),
	});
	const bytes = answer.body
		? await readAtMost(answer.body as unknown as AsyncIterable<Uint8Array>, MAXIMUM_BYTES)
		: Buffer.of();
	if (bytes === undefined) throw new Error(`more than ${MAXIMUM_BYTES} bytes`);
	const text = bytes.toString('utf8');
	return {
		status: answer.status,
		headers: headersOf(answer),
		text,
		bytes,
		body: text === '' ? undefined : readJson(text),
	};
}

function headersOf(answer: Response): Record<string, string> {
	const headers: Record<string, string> = {};
	answer.headers.forEach((value, name) => {
		headers[name] = value;
	});
	return headers;
}

function reasonOf(error: unknown): string {
	const { cause, message } = error as Error & { cause?: { code?: string } };
	return cause?.code ?? message;
}
