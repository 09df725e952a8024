import type { IHookFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { chosenEvents } from './chosenEvents';
import { forgetTestDeliveries } from './deliveredEvents';
import { readCredentials, type CallbackProvider } from '../providerNode';

/**
 * For providers that are told the callback address with each checkout: there is nothing to
 * register, but a trigger whose credential cannot prove a callback would refuse every one of them,
 * so publishing it fails with words. So does one that no event would start.
 *
 * @throws NodeOperationError that says which field to fill in
 */
export async function requireProvableCallbacks<Credentials>(
	context: IHookFunctions,
	{ contract, credentialName }: CallbackProvider<Credentials>,
): Promise<boolean> {
	const problem = contract.callback.setupProblem(
		await readCredentials<Credentials>(context, credentialName),
	);
	if (problem !== undefined) {
		// All in the message: n8n shows nothing else of what stops a publication.
		const wayOut =
			'Open the credential, fill this in, and publish the workflow again. Until then every callback would be refused.';
		throw new NodeOperationError(
			context.getNode(),
			`${contract.displayName} callbacks cannot be verified: ${problem}. ${wayOut}`,
		);
	}
	if (chosenEvents(context).length === 0)
		throw new NodeOperationError(
			context.getNode(),
			`'Events' of the ${contract.displayName} Trigger is empty, so nothing would start the workflow. Choose the events that shall, and publish the workflow again.`,
		);
	if (context.getMode() === 'manual')
		forgetTestDeliveries({
			workflowId: context.getWorkflow().id ?? '',
			nodeId: context.getNode().id,
		});
	return true;
}
