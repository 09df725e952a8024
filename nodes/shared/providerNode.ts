import type {
	IDataObject,
	IExecuteFunctions,
	IHookFunctions,
	ILoadOptionsFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import type { ApiContract, CallbackContract } from './core/contract';
import { runsAsTool } from './n8nInternals';

/**
 * What the shared functions need to know to send a provider's calls: its contract and the name of
 * its credential type.
 */
export interface ProviderNode<Credentials> {
	contract: ApiContract<Credentials>;
	credentialName: string;
}

/** The same where callbacks are received, too. */
export interface CallbackProvider<Credentials> extends ProviderNode<Credentials> {
	contract: ApiContract<Credentials> & CallbackContract<Credentials>;
}

export type AnyContext =
	IExecuteFunctions | IWebhookFunctions | IHookFunctions | ILoadOptionsFunctions;

/**
 * The credential's fields, texts trimmed: keys are pasted with blanks and line ends around them.
 */
export async function readCredentials<Credentials>(
	context: AnyContext,
	credentialName: string,
): Promise<Credentials> {
	return trimmed(await context.getCredentials<IDataObject>(credentialName)) as Credentials;
}

/** The same fields with every text trimmed. */
export function trimmed(fields: IDataObject): IDataObject {
	return Object.fromEntries(
		Object.entries(fields).map(([name, value]) => [
			name,
			typeof value === 'string' ? value.trim() : value,
		]),
	);
}

/**
 * Whether an AI agent uses the node as a tool. n8n's newer agents run it as an ordinary node, where
 * `isToolExecution` is false; the type that n8n makes of a node for agents ends in "Tool" (n8n-core
 * 2.41.1, requests-response.js).
 */
export function usedByAgent(context: IExecuteFunctions): boolean {
	return isToolExecution(context) || context.getNode().type.endsWith('Tool');
}

/** Whether an older agent runs the node as a tool. */
export function isToolExecution(context: IExecuteFunctions): boolean {
	return runsAsTool(context) === true;
}
