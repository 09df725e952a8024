import type { IDataObject, IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

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

/** What callbacks are verified with: the newest first, both where the two places differ. */
export function rememberedEndpoints(context: IWebhookFunctions): RememberedEndpoint[] {
	const own = ofThisProcess(context);
	const saved: RememberedEndpoint = context.getWorkflowStaticData('node');
	return own === undefined ? [saved] : [own, saved];
}

/**
 * For a hook, after which n8n saves the static data: gives it, put right where somebody has put an
 * old one back. The copy whose endpoint still exists at the provider wins; if both or neither do,
 * the copy of this process wins.
 *
 * @param registered ids of the endpoints that the provider has for this trigger
 */
export function recallEndpoint(context: IHookFunctions, registered: string[]): RememberedEndpoint {
	const saved: RememberedEndpoint = context.getWorkflowStaticData('node');
	const own = ofThisProcess(context);
	if (own === undefined) return saved;
	const isRegistered = ({ endpointId }: RememberedEndpoint) =>
		endpointId !== undefined && registered.includes(endpointId);
	if (isRegistered(own) || !isRegistered(saved)) replace(saved, own);
	return saved;
}

/**
 * After a registration, or where one was found in place: callbacks are verified with this for as
 * long as the process lives.
 */
export function rememberRegistration(context: IHookFunctions, saved: RememberedEndpoint): void {
	const key = keyOf(context);
	if (key === undefined) return;
	inProcess.delete(key);
	inProcess.set(key, { ...saved });
	const [oldest] = inProcess.keys();
	if (inProcess.size > MAX_REMEMBERED_ENDPOINTS && oldest !== undefined) inProcess.delete(oldest);
}

/**
 * After a removal: the endpoint and its secret go; what is left of them for callbacks on their way
 * stays, as in the static data.
 */
export function rememberRemoval(context: IHookFunctions, saved: RememberedEndpoint): void {
	if (ofThisProcess(context) !== undefined) rememberRegistration(context, saved);
}

/** Writes only what differs: each write makes n8n save. */
function replace(saved: RememberedEndpoint, by: RememberedEndpoint): void {
	for (const name of Object.keys(saved)) if (!(name in by)) Reflect.deleteProperty(saved, name);
	for (const [name, value] of Object.entries(by)) if (saved[name] !== value) saved[name] = value;
}
