import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import type { ReceivedCallback } from '../core/contract';
import { MAXIMUM_CALLBACK_BYTES, sizeInWords } from '../core/limits';
import { readAtMost } from '../core/readAtMost';
import { refuse } from './answerCallback';
import { SENTENCES } from './reasons';

/** Of a request what is needed here. n8n's types hide that the body may not have been read. */
interface Request {
	rawBody?: Buffer;
	readRawBody?: () => Promise<void>;
	iterator(options: { destroyOnReturn: boolean }): AsyncIterable<Buffer>;
	resume(): void;
}

/** What is said of a body beyond the limit, in the log and by Verify. */
export const TOO_LONG = SENTENCES.bodyTooLong(sizeInWords(MAXIMUM_CALLBACK_BYTES));

/**
 * The headers and the exact bytes of the body, also for content types that n8n does not read by
 * itself; undefined where the body is longer than any callback. It is looked at before it is parsed
 * or compared, and where n8n has not read it, before it is read.
 */
export async function readReceived(
	context: IWebhookFunctions,
): Promise<ReceivedCallback | undefined> {
	const headers: Record<string, string> = {};
	for (const [name, value] of Object.entries(context.getHeaderData()))
		headers[name.toLowerCase()] = Array.isArray(value) ? value.join(',') : (value ?? '');
	if (Number(headers['content-length']) > MAXIMUM_CALLBACK_BYTES) return undefined;
	const rawBody = await readRawBody(context.getRequestObject(), headers);
	return rawBody === undefined || rawBody.length > MAXIMUM_CALLBACK_BYTES
		? undefined
		: { headers, rawBody };
}

/** Undefined where the body is longer than the limit. */
async function readRawBody(
	request: Request,
	headers: Record<string, string>,
): Promise<Buffer | undefined> {
	if (request.rawBody !== undefined) return request.rawBody;
	// The parts of a multipart form are read already and cannot be read again; no provider sends one,
	// so it is refused like an empty body.
	const nothing = Buffer.alloc(0);
	const isPacked = ['gzip', 'deflate'].includes(headers['content-encoding'] ?? '');
	return await (isPacked ? readByN8n(request) : readUpToLimit(request)).catch(() => nothing);
}

/** Only n8n can unpack a body; it does so up to its own limit (N8N_PAYLOAD_SIZE_MAX). */
async function readByN8n(request: Request): Promise<Buffer> {
	await request.readRawBody?.();
	return request.rawBody ?? Buffer.alloc(0);
}

async function readUpToLimit(request: Request): Promise<Buffer | undefined> {
	// Kept open, so that the sender gets our answer.
	const bytes = await readAtMost(
		request.iterator({ destroyOnReturn: false }),
		MAXIMUM_CALLBACK_BYTES,
	);
	// What is still to come is thrown away as it comes.
	if (bytes === undefined) request.resume();
	return bytes;
}

/**
 * The answer to a callback that is too long: a real 413, which says nothing more, and a log line
 * that names the limit.
 */
export function refuseTooLong(context: IWebhookFunctions, who: string): IWebhookResponseData {
	return refuse(context, 413, SENTENCES.refused(who, TOO_LONG), 'No provider sends so much.');
}
