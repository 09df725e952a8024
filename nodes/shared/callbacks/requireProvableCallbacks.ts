import type { IHookFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { CallFailure } from '../core/callFailure';
import { InputError } from '../core/inputError';
import { MAXIMUM_ASKING_MILLISECONDS } from '../core/limits';
import { readCredentials, type CallbackProvider } from '../providerNode';
import { askProvider, type Asker } from './askProvider';
import { asksProvider, newEndpointProblem, readPolicy } from './callbackProof';
import { chosenEvents } from './chosenEvents';
import { forgetTestDeliveries } from './deliveredEvents';
import { eventLabel } from './triggerFields';

const QUESTION = { maximumAttempts: 2, timeoutMilliseconds: MAXIMUM_ASKING_MILLISECONDS };

/**
 * Before a trigger is published: one whose credential cannot prove a callback in the way that it
 * chooses would refuse every one of them, so publishing it fails with words. So does one that no
 * event would start. Where the provider is going to be asked about callbacks, it is asked once,
 * about something that nobody has.
 *
 * @throws NodeOperationError that says which field to correct, or why the provider cannot be asked
 */
export async function requireProvableCallbacks<Credentials>(
	context: IHookFunctions,
	provider: CallbackProvider<Credentials>,
): Promise<boolean> {
	const { contract } = provider;
	const credentials = await readCredentials<Credentials>(context, provider.credentialName);
	const problem = newEndpointProblem(contract, credentials);
	if (problem !== undefined)
		throw cannotBeVerified(
			context,
			contract.displayName,
			problem,
			'Open the credential, correct this, and publish the workflow again. Until then every callback would be refused.',
		);
	// What registers itself looks at its events and asks the provider by that.
	if (!contract.callback.registration) {
		requireEvents(context, contract, credentials);
		await requireAnswer({ context, provider, credentials });
	}
	if (context.getMode() === 'manual')
		forgetTestDeliveries({
			workflowId: context.getWorkflow().id ?? '',
			nodeId: context.getNode().id,
		});
	return true;
}

/**
 * The life cycle of a trigger whose address the provider is told with each checkout: nothing is
 * registered. n8n then asks `create`, which checks the credential.
 */
export function checkedAtPublishing<Credentials>(provider: CallbackProvider<Credentials>) {
	return {
		async checkExists(this: IHookFunctions): Promise<boolean> {
			return false;
		},
		async create(this: IHookFunctions): Promise<boolean> {
			return await requireProvableCallbacks(this, provider);
		},
		async delete(this: IHookFunctions): Promise<boolean> {
			return true;
		},
	};
}

function requireEvents<Credentials>(
	context: IHookFunctions,
	contract: CallbackProvider<Credentials>['contract'],
	credentials: Credentials,
): void {
	const { displayName, callback } = contract;
	const chosen = chosenEvents(context);
	if (chosen.length === 0)
		throw new NodeOperationError(
			context.getNode(),
			`'Events' of the ${displayName} Trigger is empty, so nothing would start the workflow. Choose the events that shall, and publish the workflow again.`,
		);
	const never = chosen.find((event) => !callback.events.includes(event));
	if (never !== undefined)
		throw new NodeOperationError(
			context.getNode(),
			`'${eventLabel(never)}' in 'Events' would never start the workflow: ${displayName} sends no such event. Remove it, and publish the workflow again.`,
		);
	const policy = readPolicy(contract, credentials);
	const isAsked = !('problem' in policy) && asksProvider(policy);
	const unasked = chosen.find((event) => callback.eventsWhenAsked?.includes(event));
	if (unasked !== undefined && !isAsked)
		throw new NodeOperationError(
			context.getNode(),
			`'${eventLabel(unasked)}' in 'Events' would never start the workflow: only ${displayName}'s answer tells of it, and the credential does not ask. Remove it, or choose Ask ${displayName} under 'When a Callback Comes' in the credential. Then publish the workflow again.`,
		);
}

async function requireAnswer<Credentials>(
	sender: Asker<Credentials> & { context: IHookFunctions },
): Promise<void> {
	const { contract } = sender.provider;
	const { confirm } = contract.callback;
	const policy = readPolicy(contract, sender.credentials);
	if (confirm === undefined || 'problem' in policy || !asksProvider(policy)) return;
	const answered = await askProvider(
		sender,
		{ question: confirm, about: confirm.nobodys },
		QUESTION,
	);
	if (!('error' in answered)) return;
	const { error } = answered;
	if (error instanceof CallFailure && confirm.isUnderstood?.(error)) return;
	const known = error instanceof CallFailure || error instanceof InputError;
	throw cannotBeVerified(
		sender.context,
		contract.displayName,
		`each is asked about at ${contract.displayName}, and it cannot be asked: ${known ? error.message : 'unexpected answer'}`,
		`${known ? error.advice : ''} Then publish the workflow again.`.trim(),
	);
}

/** All in the message: n8n shows nothing else of what stops a publication. */
function cannotBeVerified(
	context: IHookFunctions,
	name: string,
	problem: string,
	wayOut: string,
): NodeOperationError {
	return new NodeOperationError(
		context.getNode(),
		`${name} callbacks cannot be verified: ${problem}. ${wayOut}`,
	);
}
