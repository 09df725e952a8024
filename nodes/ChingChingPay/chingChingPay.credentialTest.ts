import type {
	ICredentialDataDecryptedObject,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { proofProblem } from '../shared/callbacks/callbackProof';
import { authenticateRequest } from '../shared/requests/authenticateRequest';
import type { HttpReply } from '../shared/core/contract';
import { readJson } from '../shared/core/exactJson';
import { InputError } from '../shared/core/inputError';
import {
	MAXIMUM_READING_MILLISECONDS,
	MAXIMUM_REPLY_BYTES,
	sizeInWords,
} from '../shared/core/limits';
import { readAtMost } from '../shared/core/readAtMost';
import { trimmed } from '../shared/providerNode';
import { deadlineIn } from '../shared/requests/sending';
import {
	answerInWords,
	chingChingPay,
	getTransactionCall,
	NOBODYS_REFERENCE,
	saysUnknownTransaction,
	SIGNATURE_ADVICE,
	type ChingChingPayCredentials,
} from './chingChingPay.contract';

/**
 * The credential test: a signed query for a reference that cannot exist. It is a function and no
 * `test` request of the credential, because n8n shows of a request's answer only the HTTP status,
 * and a merchant has to read the service's words to find out how it wants its requests signed.
 */
export async function testChingChingPayCredential(
	context: ICredentialTestFunctions,
	fields: ICredentialDataDecryptedObject,
): Promise<INodeCredentialTestResult> {
	const credentials = trimmed(fields) as unknown as ChingChingPayCredentials;
	try {
		const problem =
			chingChingPay.credentialProblem?.(credentials) ?? proofProblem(chingChingPay, credentials);
		if (problem !== undefined) return { status: 'Error', message: problem };
		return judge(await ask(context, credentials, fields), credentials);
	} catch (error) {
		if (error instanceof InputError)
			return { status: 'Error', message: `${error.message}. ${error.advice}` };
		const code = (error as { code?: unknown }).code;
		return {
			status: 'Error',
			message: `ChingChingPay could not be reached (${typeof code === 'string' ? code : 'connection failed'}). Check 'Environment' and 'Base URL'.`,
		};
	}
}

async function ask(
	{ helpers }: ICredentialTestFunctions,
	credentials: ChingChingPayCredentials,
	fields: ICredentialDataDecryptedObject,
): Promise<Pick<HttpReply, 'status' | 'body' | 'text'>> {
	const call = getTransactionCall({ reference: NOBODYS_REFERENCE }, credentials);
	const signed = await authenticateRequest(chingChingPay, fields, {
		method: call.method,
		url: call.url,
		headers: call.headers,
		body: call.body,
	});
	// The one request function that n8n gives to a credential test, with its older names of the
	// options.
	const { request } = helpers;
	const asked = request({
		method: signed.method,
		uri: signed.url,
		headers: { accept: 'application/json', ...signed.headers },
		// The very text that was signed.
		body: Buffer.from(call.body ?? '', 'utf8'),
		useStream: true,
		resolveWithFullResponse: true,
		simple: false,
		followRedirect: false,
		timeout: MAXIMUM_READING_MILLISECONDS,
	}) as Promise<StreamedAnswer>;
	const { status, bytes } = await readInTime(asked);
	if (bytes === undefined)
		throw new InputError(
			`ChingChingPay answered with more than ${sizeInWords(MAXIMUM_REPLY_BYTES)}`,
			"Check 'Environment' and 'Base URL'.",
		);
	const text = bytes.toString('utf8');
	return { status, text, body: readJson(text) };
}

interface StreamedAnswer {
	statusCode: number;
	body: AsyncIterable<Uint8Array> & { destroy(): void };
}

/**
 * n8n's request function takes no signal, and its time-out is prolonged by each byte that comes.
 */
async function readInTime(
	asked: Promise<StreamedAnswer>,
): Promise<{ status: number; bytes: Buffer | undefined }> {
	const { milliseconds, signal } = deadlineIn(MAXIMUM_READING_MILLISECONDS);
	const read = asked.then(async ({ statusCode, body }) => {
		if (signal.aborted) body.destroy();
		signal.addEventListener('abort', () => body.destroy());
		return { status: statusCode, bytes: await readAtMost(body, MAXIMUM_REPLY_BYTES) };
	});
	const tooLate = new Promise<never>((_, reject) => {
		const error = new InputError(
			`ChingChingPay gave no complete answer within ${milliseconds / 1000} seconds`,
			"Check 'Environment' and 'Base URL', or test it again when ChingChingPay answers.",
		);
		signal.addEventListener('abort', () => reject(error));
	});
	return await Promise.race([tooLate, read]);
}

function judge(
	reply: Pick<HttpReply, 'status' | 'body' | 'text'>,
	credentials: ChingChingPayCredentials,
): INodeCredentialTestResult {
	const whole: HttpReply = { ...reply, headers: {}, bytes: Buffer.alloc(0) };
	const words = answerInWords(whole);
	const said = hidden(words ?? (excerpt(reply.text) || 'nothing'), credentials);
	const answer = `ChingChingPay answered HTTP ${reply.status}: ${said}`;
	const understood =
		reply.status < 300 &&
		words !== undefined &&
		chingChingPay.failure(whole, credentials) === undefined;
	if (understood || (words !== undefined && saysUnknownTransaction(words)))
		return { status: 'OK', message: `${answer}. The request was understood.` };
	if (words === undefined)
		return {
			status: 'Error',
			message: `${answer}. This is not an answer of its API. Check 'Environment' and 'Base URL'.`,
		};
	return {
		status: 'Error',
		message: `${answer}. If these words only say that there is no such transaction, the credential works: save it. ${SIGNATURE_ADVICE}`,
	};
}

function excerpt(text: string): string {
	return text
		.replace(/<[^<>]*>/g, ' ')
		.replace(/\s+/g, ' ')
		.trim()
		.slice(0, 300);
}

/** A service may repeat what it was sent. */
function hidden(
	text: string,
	{ apiKey, signingSecret, signingSecretPrevious }: ChingChingPayCredentials,
): string {
	const secrets = [apiKey, signingSecret, signingSecretPrevious ?? ''].filter(
		(secret) => secret !== '',
	);
	return secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}
