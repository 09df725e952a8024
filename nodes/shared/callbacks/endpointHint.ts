import { createHash } from 'crypto';
import type { IExecuteFunctions, NodeExecutionHint } from 'n8n-workflow';
import type { RegisteredEndpoint } from '../core/contract';
import { readCredentials, type CallbackProvider } from '../providerNode';
import { sendCall } from '../requests/sendCall';

const MAXIMUM_ASKING_MILLISECONDS = 3_000;
const ASKED_AGAIN_AFTER_MILLISECONDS = 15 * 60 * 1000;
/** Credentials of which an answer is kept; all are forgotten beyond. */
const MAX_KEPT_ANSWERS = 1_000;

/** Whether an endpoint of this n8n is registered; undefined where that is not known. */
type Answer = Promise<boolean | undefined>;

const answers = new Map<string, { askedAt: number; answer: Answer }>();

/**
 * Runs the rows that create checkouts at a provider to which a trigger registers itself, and hints
 * below their output when no trigger of this n8n is registered at that account. Asks only in the
 * editor, where hints are seen, for the first page of the list, beside the rows, and at most once in
 * 15 minutes for each credential. When the rows are done it waits no longer than three seconds from
 * the beginning; what goes wrong there changes nothing.
 *
 * @returns what `work` returns, or throws what it throws
 */
export async function withEndpointHint<Credentials, Result>(
	context: IExecuteFunctions,
	provider: CallbackProvider<Credentials>,
	work: () => Promise<Result>,
): Promise<Result> {
	if (context.getMode() !== 'manual') return await work();
	const answer = isRegistered(context, provider).catch(() => undefined);
	const result = await work();
	if ((await answer) === false) context.addExecutionHints(hintOf(provider.contract.displayName));
	return result;
}

function hintOf(displayName: string): NodeExecutionHint {
	return {
		message: `No ${displayName} Trigger of this n8n is registered at this account, so no workflow here will hear of the payment. Publish a workflow with a ${displayName} Trigger; if it is published, unpublish it, then publish it. This is harmless if another system takes the callbacks.`,
		type: 'warning',
		location: 'outputPane',
	};
}

async function isRegistered<Credentials>(
	context: IExecuteFunctions,
	provider: CallbackProvider<Credentials>,
): Answer {
	const { registration } = provider.contract.callback;
	const n8n = addressOfThisN8n(context);
	if (registration === undefined || n8n === undefined) return undefined;
	const credentials = await readCredentials<Credentials>(context, provider.credentialName);
	const { url } = registration.list(credentials);
	const key = createHash('sha256')
		.update(JSON.stringify([url, registration.secretOf(credentials), n8n]))
		.digest('hex');
	const kept = answers.get(key);
	const now = Date.now();
	if (kept !== undefined && now - kept.askedAt < ASKED_AGAIN_AFTER_MILLISECONDS)
		return await kept.answer;
	if (answers.size >= MAX_KEPT_ANSWERS) answers.clear();
	const answer = ask(context, provider, credentials).then(
		(endpoints) => endpoints && hasOneOf(n8n, endpoints),
		() => undefined,
	);
	answers.set(key, { askedAt: now, answer });
	return await answer;
}

/**
 * As n8n writes it into the resume address, which providers are given: the editor's address may be
 * another one (n8n 2.41.1, url.service.js).
 */
function addressOfThisN8n(context: IExecuteFunctions): string | undefined {
	const resumeUrl: unknown = context.evaluateExpression('{{ $execution.resumeUrl }}', 0);
	if (typeof resumeUrl !== 'string') return undefined;
	const end = resumeUrl.lastIndexOf('/webhook-waiting/');
	return end === -1 ? undefined : resumeUrl.slice(0, end + 1);
}

function hasOneOf(n8n: string, { endpoints, next }: Page): boolean | undefined {
	if (endpoints.some(({ url, enabled }) => enabled && url.startsWith(n8n))) return true;
	return next === undefined ? false : undefined;
}

interface Page {
	endpoints: RegisteredEndpoint[];
	next?: string;
}

async function ask<Credentials>(
	context: IExecuteFunctions,
	provider: CallbackProvider<Credentials>,
	credentials: Credentials,
): Promise<Page | undefined> {
	const { registration } = provider.contract.callback;
	if (registration === undefined) return undefined;
	const reply = await sendCall({ context, provider, credentials }, registration.list(credentials), {
		maximumAttempts: 1,
		timeoutMilliseconds: MAXIMUM_ASKING_MILLISECONDS,
		stopped: context.getExecutionCancelSignal(),
	});
	return registration.listed(reply);
}
