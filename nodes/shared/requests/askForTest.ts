import type { ICredentialDataDecryptedObject, ICredentialTestFunctions } from 'n8n-workflow';
import type { ApiContract, HttpCall, HttpReply } from '../core/contract';
import { readJson } from '../core/exactJson';
import { MAXIMUM_READING_MILLISECONDS, MAXIMUM_REPLY_BYTES } from '../core/limits';
import { readAtMost } from '../core/readAtMost';
import { trimmed } from '../providerNode';
import { authenticateRequest } from './authenticateRequest';
import { withRateLimit } from './rateLimit';
import { ReplyTooLate, ReplyTooLong } from './request';
import { deadlineIn, type Deadline } from './sending';

interface StreamedAnswer {
	statusCode: number;
	body: AsyncIterable<Uint8Array> & { destroy(): void };
}

/**
 * Sends one signed request of a credential test and reads the whole answer, whatever its status. A
 * credential test has none of the helpers of a node: only n8n's oldest request function, with that
 * one's names of the options.
 *
 * @throws ReplyTooLate, ReplyTooLong, InputError of the contract, or what n8n throws
 */
export async function askForTest<Credentials>(
	{ helpers: { request } }: ICredentialTestFunctions,
	contract: ApiContract<Credentials>,
	fields: ICredentialDataDecryptedObject,
	call: HttpCall,
): Promise<HttpReply> {
	const deadline = deadlineIn(MAXIMUM_READING_MILLISECONDS);
	const send = async () => await sendForTest(request, deadline, await sign(contract, fields, call));
	const { rateLimit, provider } = contract;
	// Rows and callbacks of the same account count, too.
	const sent = rateLimit
		? withRateLimit(
				{
					scope: `${provider}:${rateLimit.scope(trimmed(fields) as Credentials)}`,
					requestsPerSecond: rateLimit.requestsPerSecond,
				},
				send,
				{ turn: 'first', stopped: deadline.signal },
			)
		: send();
	return await sent.catch((error: unknown) => {
		if (error instanceof ReplyTooLong || !deadline.signal.aborted) throw error;
		throw new ReplyTooLate(deadline.milliseconds, error);
	});
}

async function sign<Credentials>(
	contract: ApiContract<Credentials>,
	fields: ICredentialDataDecryptedObject,
	call: HttpCall,
): Promise<Pick<HttpCall, 'method' | 'url' | 'headers' | 'body'>> {
	const signed = await authenticateRequest(contract, fields, {
		method: call.method,
		url: call.url,
		headers: call.headers,
		body: call.body,
	});
	return {
		method: call.method,
		url: signed.url,
		headers: signed.headers as Record<string, string>,
		// The very text that was signed.
		body: call.body,
	};
}

async function sendForTest(
	request: ICredentialTestFunctions['helpers']['request'],
	{ signal }: Deadline,
	{ method, url, headers, body: text }: Pick<HttpCall, 'method' | 'url' | 'headers' | 'body'>,
): Promise<HttpReply> {
	const asked = request({
		method,
		uri: url,
		headers: { accept: 'application/json', ...headers },
		...(text === undefined ? {} : { body: Buffer.from(text, 'utf8') }),
		useStream: true,
		resolveWithFullResponse: true,
		simple: false,
		followRedirect: false,
		timeout: MAXIMUM_READING_MILLISECONDS,
	}) as Promise<StreamedAnswer>;
	const { status, bytes } = await readUntil(signal, asked);
	if (bytes === undefined) throw new ReplyTooLong(status, MAXIMUM_REPLY_BYTES);
	const answer = bytes.toString('utf8');
	const body = answer === '' ? undefined : readJson(answer);
	return { status, headers: {}, text: answer, bytes, body };
}

/**
 * n8n's request function takes no signal, and its time-out is prolonged by each byte that comes.
 */
async function readUntil(
	signal: AbortSignal,
	asked: Promise<StreamedAnswer>,
): Promise<{ status: number; bytes: Buffer | undefined }> {
	const read = asked.then(async ({ statusCode, body }) => {
		if (signal.aborted) body.destroy();
		signal.addEventListener('abort', () => body.destroy());
		return { status: statusCode, bytes: await readAtMost(body, MAXIMUM_REPLY_BYTES) };
	});
	const tooLate = new Promise<never>((_, reject) => {
		signal.addEventListener('abort', () => reject(signal.reason as Error));
	});
	return await Promise.race([tooLate, read]);
}
