import type { IExecuteData, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { proofProblem } from '../callbacks/callbackProof';
import type { ApiContract, CallbackContract } from '../core/contract';
import { textOrNull } from '../core/exactJson';
import { InputError } from '../core/inputError';
import { failedItem } from '../items/failedItem';
import { labelExecution } from '../items/labelExecution';
import { asNodeError } from '../items/nodeError';
import { tooManyItems } from '../items/tooManyItems';
import { readCredentials, usedByAgent, type CallbackProvider } from '../providerNode';
import { askOnce } from './askBeforeWaiting';
import { decide } from './awaitedPayment';
import { takeCheckout, type Unreachable } from './takeCheckout';
import { isUnknown, readExpected } from './readExpected';
import { outputsAtLimit, outputsFor, storeWaitingFor } from './waitingItem';
import { readLimit, refuseShorterTimeout } from './waitLimit';
import { readWayToHere } from './wayToHere';

export { resumeWhenSettled } from './resumeWhenSettled';
export { waitForPaymentFields } from './waitForPaymentFields';

/**
 * `execute()` of Wait for Payment: asks the provider once whether the checkout is paid already (a
 * callback that came while the execution was still running got n8n's 409, and not every provider
 * repeats it), then pauses the execution.
 *
 * @returns outputs Paid and Not Paid: the input item's fields with `payment`, `outcome` and
 * `paidInFull`
 */
export async function waitForPayment<Credentials>(
	context: IExecuteFunctions,
	provider: CallbackProvider<Credentials>,
): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	const started = await start(context, provider).then(
		(outputs) => ({ outputs }),
		(error: unknown) => ({ error }),
	);
	if ('outputs' in started) return started.outputs;
	const error = asNodeError(context, started.error, 0);
	if (!context.continueOnFail()) throw error;
	// If we threw, n8n would put the input item on the first output, Paid. So the error goes to Not
	// Paid, from where n8n moves it to the error output if there is one. With Always Output Data n8n
	// would add its empty item to Paid; the node is that of this execution, the saved one stays.
	context.getExecuteData().node.alwaysOutputData = false;
	const failed = items.map(({ json }, itemIndex) =>
		failedItem(context, { error, itemIndex, reference: textOrNull(json.reference) }),
	);
	return [[], failed];
}

async function start<Credentials>(
	context: IExecuteFunctions,
	provider: CallbackProvider<Credentials>,
): Promise<INodeExecutionData[][]> {
	refuseAgents(context);
	const [item] = context.getInputData();
	if (item === undefined) return [[], []];
	const executeData = context.getExecuteData();
	refuseUnsafeSettings(context, executeData);
	const { contract } = provider;
	const { displayName } = contract;
	const { checkout, unreachable } = takeCheckout({
		context,
		item,
		provider: contract.provider,
		displayName,
		way: readWayToHere(context, displayName),
	});
	if (unreachable !== undefined && isUnknown(context, checkout))
		throw new InputError(unreachable.reason, unreachable.wayOut);
	const expected = readExpected(context, checkout);
	labelExecution(context, { reference: expected.reference });
	const credentials = await readCredentials<Credentials>(context, provider.credentialName);
	refuseUnreadableCallbacks(contract, credentials);
	const limit = readLimit(
		context,
		checkout === undefined ? item.json.expiresAt : checkout.expiresAt,
	);
	refuseShorterTimeout(context, limit);
	const already = await askOnce(context, provider, credentials, expected);
	const decided = already === undefined ? undefined : decide(already, expected);
	if (already !== undefined && decided !== undefined) {
		labelExecution(context, { eventId: already.eventId });
		return outputsFor({ item, expected }, already, decided);
	}
	if (unreachable !== undefined)
		throw notPaidAndUnreachable(unreachable, displayName, already !== undefined);
	if (limit.getTime() <= Date.now()) return outputsAtLimit(item);
	storeWaitingFor(executeData, { expected, item });
	context.setMetadata({ forwardAllOutputs: true });
	await context.putExecutionToWait(limit);
	return [[], []];
}

/** Also somebody who has the link already may pay: what is advised must not sell it twice. */
function notPaidAndUnreachable(
	{ reason, wayOut }: Unreachable,
	displayName: string,
	wasAsked: boolean,
): InputError {
	return new InputError(
		reason,
		wasAsked
			? `${displayName} was asked: it is not paid yet. If the payer has the link, run this step once more when it is paid (Retry, or in the editor Execute Step): it asks again then, and goes on. If not: ${wayOut}`
			: `${displayName} could not be asked whether it is paid. If the payer has the link, look it up with an operation Get of this node, or at ${displayName}. If not: ${wayOut}`,
	);
}

function refuseAgents(context: IExecuteFunctions): void {
	if (usedByAgent(context))
		throw new InputError(
			'Wait for Payment is not available to AI agents',
			'Use it in a workflow: an agent cannot be paused for hours.',
		);
}

function refuseUnsafeSettings(context: IExecuteFunctions, { data }: IExecuteData): void {
	if (context.getNode().alwaysOutputData)
		throw new InputError(
			"'Always Output Data' is on in the settings of this node",
			'Switch it off: when a checkout is not paid, n8n would send an empty item through Paid.',
		);
	// What came in, also where 'Execute Once' would drop all but the first.
	const itemCount = data.main?.[0]?.length ?? 1;
	if (itemCount > 1) throw tooManyItems('Wait for Payment', itemCount);
}

function refuseUnreadableCallbacks<Credentials>(
	contract: ApiContract<Credentials> & CallbackContract<Credentials>,
	credentials: Credentials,
): void {
	const problem =
		proofProblem(contract, credentials) ?? contract.callback.waitProblem?.(credentials);
	if (problem !== undefined)
		throw new InputError(
			`${contract.displayName} callbacks cannot be understood: ${problem}`,
			'Correct the credential, then run it again.',
		);
}
