import { CallFailure, IN_DOUBT } from '../core/callFailure';
import type { HttpCall, HttpReply, Refusal } from '../core/contract';
import { isObject } from '../core/exactJson';
import {
	MAXIMUM_MAKING_MILLISECONDS,
	MAXIMUM_READING_MILLISECONDS,
	sizeInWords,
} from '../core/limits';
import { inputErrorIn, networkCode, ssrfBlockMessage } from './n8nError';
import { excerpt, redactEcho, secretsHidden } from './redact';
import { ReplyTooLate, ReplyTooLong, request } from './request';
import { deadlineIn, type Deadline, type Sending } from './sending';

/** Errors of the network at which nothing can have been sent. */
const NEVER_SENT = new Set([
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'CERT_HAS_EXPIRED',
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'ERR_TLS_CERT_ALTNAME_INVALID',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
	'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
	'UNABLE_TO_GET_ISSUER_CERT',
	'CERT_NOT_YET_VALID',
	'CERT_UNTRUSTED',
	'CERT_REVOKED',
]);

/**
 * n8n rewrites a tool's error that contains a code such as ETIMEDOUT into one that tells the agent
 * to retry. So no such code appears here.
 */
const NO_ANSWER: Record<string, string> = {
	ETIMEDOUT: 'time-out',
	ESOCKETTIMEDOUT: 'time-out',
	ECONNABORTED: 'time-out',
	ECONNRESET: 'connection broken',
	EPIPE: 'connection broken',
	ERR_STREAM_PREMATURE_CLOSE: 'connection broken',
	Z_BUF_ERROR: 'connection broken',
	ERR_CANCELED: 'stopped',
};

/** `harmless`: the provider certainly did nothing. `temporary`: another try may succeed. */
export interface Failed {
	failure: CallFailure;
	harmless: boolean;
	temporary: boolean;
	retryAfterMilliseconds?: number;
}

export type SendResult = { reply: HttpReply } | Failed;

/** What an answer is judged by, and what is said of it. */
interface Answer {
	/** The provider's display name. */
	name: string;
	call: HttpCall;
	reply: HttpReply;
	refusal: Refusal | undefined;
	isReadable: boolean;
	/** A short piece of the answer that holds no secret. */
	words: string;
}

/**
 * Sends a call once, and says what became of it.
 *
 * @param deadline where its time has begun before it is sent
 * @throws InputError that the credential's `authenticate` threw
 */
export async function sendOnce<Credentials>(
	sending: Sending<Credentials>,
	deadline: Deadline = deadlineIn(maximumMilliseconds(sending.call)),
): Promise<SendResult> {
	const answered = await request(sending, deadline).then(
		(reply) => ({ reply }),
		(error: unknown) => ({ error }),
	);
	return 'reply' in answered
		? judge(sending, answered.reply)
		: notAnswered(sending, answered.error);
}

function maximumMilliseconds({ retry }: HttpCall): number {
	return retry === 'idempotent' ? MAXIMUM_READING_MILLISECONDS : MAXIMUM_MAKING_MILLISECONDS;
}

function notAnswered<Credentials>(
	{ provider: { contract }, call }: Sending<Credentials>,
	error: unknown,
): Failed {
	const problem = inputErrorIn(error);
	if (problem) throw problem;
	const name = contract.displayName;
	const code = networkCode(error);
	const blocked = ssrfBlockMessage(error);
	const temporary = blocked === undefined;
	if (blocked !== undefined || NEVER_SENT.has(code)) {
		const failure = new CallFailure(`${name} could not be reached (${blocked ?? code})`, {
			advice: `Nothing was sent. Check the address in the credential and this server's network, then run it again.`,
		});
		return { failure, harmless: true, temporary };
	}
	if (error instanceof ReplyTooLong) return tooLong(name, call, error);
	const what =
		error instanceof ReplyTooLate
			? `gave no complete answer within ${error.milliseconds / 1000} seconds (time-out)`
			: `gave no answer (${NO_ANSWER[code] ?? code})`;
	const failure = new CallFailure(
		`${name} ${what}`,
		uncertain(call, `Run it again when ${name} answers.`),
	);
	return { failure, harmless: false, temporary };
}

/** Another try would read as much again. */
function tooLong(name: string, call: HttpCall, { status, maximumBytes }: ReplyTooLong): Failed {
	const failure = new CallFailure(`${name} answered with more than ${sizeInWords(maximumBytes)}`, {
		...uncertain(call, `Nothing more of it was read. ${checkAddress(name)}`, checkAddress(name)),
		httpStatus: status,
	});
	return { failure, harmless: false, temporary: false };
}

function judge<Credentials>(sending: Sending<Credentials>, reply: HttpReply): SendResult {
	const { provider, credentials, call, options } = sending;
	const refusal = provider.contract.failure(reply, credentials);
	const isReadable = options.file === true || reply.text === '' || reply.body !== undefined;
	// Only where words are needed: it signs once more to know what to hide, which takes 0.6 ms with RSA.
	const hidden = (text: string) => secretsHidden(provider, credentials, call)(text);
	if (isSuccess(reply) && !refusal && isReadable) {
		const kept = options.tellsSecret ? reply : redactEcho(reply, sending);
		return { reply: { ...kept, quoted: () => excerpt(hidden(reply.text)) } };
	}
	return failed({
		name: provider.contract.displayName,
		call,
		reply,
		refusal,
		isReadable,
		words: excerpt(hidden(refusal?.message ?? '') || hidden(reply.text)),
	});
}

function isSuccess({ status }: HttpReply): boolean {
	return status >= 200 && status < 300;
}

function failed(answer: Answer): Failed {
	const { reply, refusal } = answer;
	if (reply.status === 429 || refusal?.rateLimited) return slowDown(answer);
	if (reply.status >= 500) return broken(answer);
	if (reply.status >= 400 || refusal) return refused(answer);
	return isSuccess(reply) ? unreadable(answer) : redirected(answer);
}

function slowDown({ name, reply, words }: Answer): Failed {
	const retryAfterMilliseconds = retryAfter(reply, Date.now());
	const later =
		retryAfterMilliseconds === undefined
			? 'later'
			: `in ${Math.ceil(retryAfterMilliseconds / 1000)} seconds`;
	const failure = new CallFailure(`${name} asks to slow down (HTTP ${reply.status}): ${words}`, {
		advice: `Nothing was made. Lower 'Requests in Parallel', or run the row again ${later}.`,
		httpStatus: reply.status,
	});
	return { failure, harmless: true, temporary: true, retryAfterMilliseconds };
}

function broken({ name, call, reply, words }: Answer): Failed {
	const failure = new CallFailure(`${name} answered HTTP ${reply.status}: ${words}`, {
		...uncertain(call, `Run it again when ${name} works.`),
		httpStatus: reply.status,
	});
	return { failure, harmless: false, temporary: true };
}

function refused(answer: Answer): Failed {
	const { name, reply, refusal, words } = answer;
	const status = reply.status >= 400 ? ` (HTTP ${reply.status})` : '';
	const failure = new CallFailure(`${name} refused the request${status}: ${words}`, {
		advice: refusal?.advice ?? adviceOnRefusal(answer),
		httpStatus: reply.status,
		// A web page, or nothing at all, is no answer of the API: a proxy or a wrong address gives a
		// 404, too.
		notFound:
			refusal?.notFound ??
			(reply.status === 404 && isObject(reply.body) && Object.keys(reply.body).length > 0),
	});
	return { failure, harmless: true, temporary: false };
}

function adviceOnRefusal({ name, call, reply, isReadable }: Answer): string {
	if (!isReadable)
		return `This is no answer of ${name}'s API. Check the address in the credential, and whether a proxy or firewall is in between.`;
	if (reply.status === 401 || reply.status === 403)
		return 'Check the key in the credential, and that it belongs to the environment chosen there.';
	const correct = `Correct what ${name} names, then run it again.`;
	// What is to be made cannot be missing, so more often than not the path is.
	const isPathUnknown =
		call.retry !== 'idempotent' && (reply.status === 404 || reply.status === 405);
	return isPathUnknown
		? `${correct} If it names nothing of yours, there is no such API at this address: check the address in the credential.`
		: correct;
}

function redirected({ name, call, reply }: Answer): Failed {
	const advice = 'Redirects are not followed. Check the address in the credential.';
	// 303 points from what was done to where it can be seen; the others say that it was not done here
	// (RFC 9110, section 15.4).
	const doubt = reply.status === 303 ? uncertain(call, '') : { advice: '', mayHaveArrived: false };
	const failure = new CallFailure(`${name} answered with an unexpected HTTP ${reply.status}`, {
		...doubt,
		advice: `${advice} ${doubt.advice}`.trim(),
		httpStatus: reply.status,
	});
	return { failure, harmless: !doubt.mayHaveArrived, temporary: false };
}

function unreadable({ name, call, reply, words }: Answer): Failed {
	const failure = new CallFailure(`${name}'s answer is not JSON: ${words}`, {
		...uncertain(call, checkAddress(name), checkAddress(name)),
		httpStatus: reply.status,
	});
	return { failure, harmless: false, temporary: true };
}

/** What answered may not be the provider's API. */
function checkAddress(name: string): string {
	return `Check the address in the credential; if it is right, ask ${name}.`;
}

/**
 * @param otherwise the advice where nothing can have been made
 * @param besides what else to look at where something can
 */
function uncertain(
	call: HttpCall,
	otherwise: string,
	besides = '',
): { advice: string; mayHaveArrived: boolean } {
	if (call.retry === 'idempotent') return { advice: otherwise, mayHaveArrived: false };
	const howToFindOut =
		call.howToFindOut ?? 'Look it up at the provider before you run this row again.';
	return {
		advice:
			`${IN_DOUBT} nevertheless, so it was not sent again blindly. ${howToFindOut} ${besides}`.trim(),
		mayHaveArrived: true,
	};
}

/** Retry-After in milliseconds, given in seconds or as a date (RFC 9110, section 10.2.3). */
export function retryAfter(
	reply: Pick<HttpReply, 'headers'>,
	nowMilliseconds: number,
): number | undefined {
	const value = reply.headers['retry-after']?.trim() ?? '';
	if (/^\d+$/.test(value)) return Number(value) * 1000;
	const date = Date.parse(value);
	return Number.isNaN(date) ? undefined : Math.max(0, date - nowMilliseconds);
}
