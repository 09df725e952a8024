import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import type { HttpCall, HttpReply } from '../core/contract';
import { isObject } from '../core/exactJson';
import { InputError } from '../core/inputError';
import { readCallbackAddress, type CallbackAddress } from '../core/callbackAddress';
import { sizeInWords } from '../core/limits';
import { requireReadableLimits, type MoneyLimits } from '../core/moneyLimits';
import { trimmed, type CallbackProvider } from '../providerNode';
import { askForTest } from '../requests/askForTest';
import { networkCode, ssrfBlockMessage } from '../requests/n8nError';
import { excerpt, secretsHidden } from '../requests/redact';
import { ReplyTooLate, ReplyTooLong } from '../requests/request';
import { newEndpointProblem } from './callbackProof';

/** What an answer says of the credential. */
export type Verdict =
	/** Only what the API gives for a good key. */
	| { works: string }
	/** What is wrong and the way out, in whole sentences. */
	| { problem: string }
	/** It comes from somewhere else; `hint`: how the address has to look. */
	| { notTheApi: true; hint?: string }
	/** No page tells what it means for the key. */
	| 'open';

/** What the credential test of one provider asks. */
export interface CredentialQuestion<Credentials> {
	/** It makes nothing, and its answer differs for a good key and a wrong one. */
	call(credentials: Credentials): HttpCall;
	/** Judges an answer that is a JSON object and no redirect. */
	judge(reply: HttpReply, credentials: Credentials): Verdict;
}

type Contract<Credentials> = CallbackProvider<Credentials>['contract'];

/**
 * A provider's credential test for `methods.credentialTest` of its nodes. It is a function and no
 * `test` request of the credential type, because n8n takes every 2xx that such a request gets for
 * success, a web page too, and shows of everything else only the HTTP status.
 */
export function testCredential<Credentials>(
	contract: Contract<Credentials>,
	question: CredentialQuestion<Credentials>,
) {
	return async function (
		this: ICredentialTestFunctions,
		{ data = {} }: ICredentialsDecrypted,
	): Promise<INodeCredentialTestResult> {
		const credentials = trimmed(data) as Credentials;
		try {
			requireUsable(contract, credentials);
			const { problem, message } = await ask(this, { contract, question, data, credentials });
			if (problem !== undefined) return { status: 'Error', message: problem };
			const unprovable = newEndpointProblem(contract, credentials);
			return unprovable === undefined
				? { status: 'OK', message }
				: { status: 'Error', message: onlyCallbacksFail(contract.displayName, unprovable) };
		} catch (error) {
			const message =
				error instanceof InputError
					? `${error.message}. ${error.advice}`
					: `The test of the ${contract.displayName} credential ended unexpectedly. Test again; if it stays so, make a test checkout: that shows whether the key works.`;
			return { status: 'Error', message };
		}
	};
}

function requireUsable<Credentials>(
	contract: Contract<Credentials>,
	credentials: Credentials,
): void {
	const problem = contract.credentialProblem?.(credentials);
	if (problem !== undefined)
		throw new InputError(problem, 'Correct this, then test again. Nothing was sent.');
	requireReadableLimits(credentials as MoneyLimits);
	readCallbackAddress(credentials as CallbackAddress);
}

function onlyCallbacksFail(name: string, problem: string): string {
	return `${name} takes this credential, but callbacks cannot be verified with it: ${problem}. Correct this, then test again. If no workflow receives callbacks with this credential, leave it as it is: everything else works.`;
}

interface Test<Credentials> {
	contract: Contract<Credentials>;
	question: CredentialQuestion<Credentials>;
	/** As n8n gives it. */
	data: ICredentialDataDecryptedObject;
	credentials: Credentials;
}

async function ask<Credentials>(
	context: ICredentialTestFunctions,
	test: Test<Credentials>,
): Promise<{ problem?: string; message: string }> {
	const { contract, question, data, credentials } = test;
	const call = question.call(credentials);
	const answered = await askForTest(context, contract, data, call).then(
		(reply) => ({ reply }),
		(error: unknown) => ({ error }),
	);
	if ('error' in answered) return { problem: noAnswer(test, answered.error), message: '' };
	const { reply } = answered;
	const hidden = secretsHidden({ contract, credentialName: '' }, credentials, call);
	const refused = hidden(contract.failure(reply, credentials)?.message ?? '');
	// Our sentence goes on behind it.
	const words = (text: string) => (text === '' ? '' : `: ${excerpt(text).replace(/\.$/, '')}`);
	const answer = `${contract.displayName} answered HTTP ${reply.status}`;
	const verdict = judge(test, reply);
	// What a list holds is nothing for a message.
	if (verdict !== 'open' && 'works' in verdict)
		return { message: `${answer}${words(refused)}. ${verdict.works}` };
	const said = words(refused || hidden(reply.text) || 'nothing');
	return { problem: `${answer}${said}. ${wayOut(test, verdict)}`, message: '' };
}

function noAnswer<Credentials>({ contract, credentials }: Test<Credentials>, error: unknown) {
	if (error instanceof InputError) throw error;
	const { displayName: name } = contract;
	const where = addressFields(credentials);
	if (error instanceof ReplyTooLong)
		return `${name} answered with more than ${sizeInWords(error.maximumBytes)}. No API answers so: check ${where}.`;
	if (error instanceof ReplyTooLate)
		return `${name} gave no complete answer within ${error.milliseconds / 1000} seconds. Check ${where}, or test again when ${name} answers.`;
	return `${name} could not be reached (${ssrfBlockMessage(error) ?? networkCode(error)}). Check ${where} and this server's network, then test again.`;
}

function judge<Credentials>(
	{ contract: { displayName: name }, question, credentials }: Test<Credentials>,
	reply: HttpReply,
): Verdict {
	const { status, body } = reply;
	if (status >= 300 && status < 400)
		return { notTheApi: true, hint: 'Redirects are not followed.' };
	const verdict = isObject(body)
		? question.judge(reply, credentials)
		: { notTheApi: true as const };
	const isClear = verdict !== 'open' && !('notTheApi' in verdict);
	if (isClear || (status < 500 && status !== 429)) return verdict;
	return {
		problem:
			status === 429
				? `${name} asks to slow down: test again in a minute.`
				: `${name}, or a proxy in its place, is in trouble. This says nothing about the key: test again later.`,
	};
}

function wayOut<Credentials>(
	{ contract: { displayName: name }, credentials }: Test<Credentials>,
	verdict: Exclude<Verdict, { works: string }>,
): string {
	if (verdict === 'open')
		return `No page of ${name} tells what this means for the key. Correct what ${name} names. If it names nothing, leave the credential as it is and make a test checkout: that shows whether the key works.`;
	if ('problem' in verdict) return verdict.problem;
	return [
		`This is not an answer of its API. Check ${addressFields(credentials)}, and that no proxy or firewall answers in its place.`,
		verdict.hint,
	]
		.filter(Boolean)
		.join(' ');
}

/** Where the form has the address: n8n shows 'Base URL' only with a custom environment. */
function addressFields(credentials: unknown): string {
	const { environment } = credentials as { environment?: unknown };
	return environment === undefined || environment === 'custom' ? "'Base URL'" : "'Environment'";
}
