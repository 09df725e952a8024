import type { IDataObject, IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { deepEqual } from '../core/deepEqual';
import { decryptText, encryptText, storageKey } from './endpointSecret';

/**
 * What a trigger remembers of the endpoint that it registered, in two places that fail in different ways:
 *
 * - The node's static data outlives a restart. But n8n saves the static data of a workflow as one
 *   whole: a polling trigger or a Code node of the same workflow, which loaded it before the latest
 *   registration, puts the old one back when it saves its own.
 * - The memory of this process nobody else writes. But it ends with the process, and another process
 *   has none of it.
 *
 * `webhook()` reads both and writes neither: n8n does not save what it changes where an execution
 * starts, and where n8n does save it, the whole would put back what other nodes have written
 * meanwhile.
 *
 * Static data is part of the workflow: everybody who may open or export that can read it. So the
 * secrets stand there encrypted, with a key that is derived from the credential. The endpoint's id
 * and address stay readable, so that it can be removed when the secrets cannot be decrypted any
 * more. Such a secret counts as lost.
 */
export interface RememberedEndpoint extends IDataObject {
	endpointId?: string;
	url?: string;
	secret?: string;
	/**
	 * Of the endpoint before this one at the same account: what was sent before it was removed may
	 * arrive again afterwards.
	 */
	secretPrevious?: string;
	/** Where the secrets are from; outlives the endpoint, as the previous secret does. */
	environment?: string;
}

/**
 * One for each published trigger that registers itself: some megabytes when it is full. The oldest
 * goes first, and counts on its static data.
 */
export const MAX_REMEMBERED_ENDPOINTS = 10_000;

const inProcess = new Map<string, RememberedEndpoint>();

type Context = IHookFunctions | IWebhookFunctions;

/**
 * The trigger by its workflow and its production address; undefined while somebody listens for a
 * test event. The test listener has static data of its own that nobody else saves, and its address
 * is told to hooks only. n8n calls its `delete` as if it were production's, but with the test
 * address, under which nothing is ever kept.
 */
function keyOf(context: Context): string | undefined {
	return context.getMode() === 'manual'
		? undefined
		: JSON.stringify([context.getWorkflow().id ?? '', context.getNodeWebhookUrl('default') ?? '']);
}

function ofThisProcess(context: Context): RememberedEndpoint | undefined {
	const key = keyOf(context);
	return key === undefined ? undefined : inProcess.get(key);
}

/**
 * What callbacks are verified with: the newest first, both where the two places differ.
 *
 * @param secret of the credential, from which the key of the static data is derived
 */
export function rememberedEndpoints(
	context: IWebhookFunctions,
	secret: string,
): RememberedEndpoint[] {
	const own = ofThisProcess(context);
	const saved = readSaved(context, secret);
	return own === undefined ? [saved] : [own, saved];
}

/**
 * For a hook, after which n8n saves the static data: gives what is remembered, put right where
 * somebody has put an old one back. The copy whose endpoint still exists at the provider wins; if
 * both or neither do, the copy of this process wins.
 *
 * @param secret as above
 * @param registered ids of the endpoints that the provider has for this trigger
 */
export function recallEndpoint(
	context: IHookFunctions,
	secret: string,
	registered: string[],
): RememberedEndpoint {
	const saved = readSaved(context, secret);
	const own = ofThisProcess(context);
	const isRegistered = ({ endpointId }: RememberedEndpoint) =>
		endpointId !== undefined && registered.includes(endpointId);
	if (own === undefined || (!isRegistered(own) && isRegistered(saved))) return saved;
	save(context, secret, own);
	return { ...own };
}

/**
 * After a registration, or where one was found in place: callbacks are verified with this for as
 * long as the process lives, and after a restart from the static data.
 */
export function rememberRegistration(
	context: IHookFunctions,
	secret: string,
	endpoint: RememberedEndpoint,
): void {
	save(context, secret, endpoint);
	const key = keyOf(context);
	if (key === undefined) return;
	inProcess.delete(key);
	inProcess.set(key, { ...endpoint });
	const [oldest] = inProcess.keys();
	if (inProcess.size > MAX_REMEMBERED_ENDPOINTS && oldest !== undefined) inProcess.delete(oldest);
}

/**
 * After a removal: the endpoint and its secret go; what is left of them for callbacks on their way
 * stays.
 */
export function rememberRemoval(
	context: IHookFunctions,
	secret: string,
	endpoint: RememberedEndpoint,
): void {
	if (ofThisProcess(context) === undefined) save(context, secret, endpoint);
	else rememberRegistration(context, secret, endpoint);
}

const SECRETS = ['secret', 'secretPrevious'] as const;

/** The static data with its secrets decrypted; those that cannot be are left out. */
function readSaved(context: Context, secret: string): RememberedEndpoint {
	const data: RememberedEndpoint = context.getWorkflowStaticData('node');
	const key = keyFor(context, secret);
	const saved = { ...data };
	for (const name of SECRETS) {
		const text = decryptText(data[name], key, aboutOf(name, data));
		if (text === undefined) Reflect.deleteProperty(saved, name);
		else saved[name] = text;
	}
	return saved;
}

/** Writes only what differs: each write makes n8n save the whole of it. */
function save(context: Context, secret: string, endpoint: RememberedEndpoint): void {
	const data: RememberedEndpoint = context.getWorkflowStaticData('node');
	const readable = readSaved(context, secret);
	const isUnreadable = SECRETS.some((name) => name in data && !(name in readable));
	if (!isUnreadable && deepEqual(readable, endpoint)) return;
	const key = keyFor(context, secret);
	const stored = { ...endpoint };
	for (const name of SECRETS) {
		const text = endpoint[name];
		if (text !== undefined) stored[name] = encryptText(text, key, aboutOf(name, endpoint));
	}
	for (const name of Object.keys(data)) if (!(name in stored)) Reflect.deleteProperty(data, name);
	Object.assign(data, stored);
}

function keyFor(context: Context, secret: string): Buffer {
	return storageKey(secret, context.getWorkflow().id ?? '', context.getNode().id);
}

function aboutOf(name: string, { endpointId, url }: RememberedEndpoint): string[] {
	return [name, endpointId ?? '', url ?? ''];
}
