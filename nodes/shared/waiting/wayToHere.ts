import type { IExecuteFunctions, NodeTypeAndVersion } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { tellsToResume } from '../checkout/resumingCheckout';
import { InputError } from '../core/inputError';

/** Some tools of agents wait for a person. */
const CONNECTIONS = [NodeConnectionTypes.Main, NodeConnectionTypes.AiTool];

/** The nodes before Wait for Payment, as far as they matter to it. */
export interface WayToHere {
	/** Nodes of its own type that give the resume URL to the provider, the nearest first. */
	creators: NodeTypeAndVersion[];
	/** Whether any node, of whatever type, may have given it to somebody. */
	addressIsGiven: boolean;
}

/**
 * Looks at the nodes between the one that gives the resume URL to the provider and this one. The
 * URL resumes whichever node of the execution is waiting, so none of them may wait that does not
 * verify what it receives. And where no node gives it away, nothing would ever resume this one.
 *
 * @throws InputError for a node that waits, and where the one that creates the checkout has another
 *   callback
 */
export function readWayToHere(context: IExecuteFunctions, displayName: string): WayToHere {
	const here = context.getNode();
	const seen = new Set<string>([here.name]);
	let level = [here.name];
	const creators: NodeTypeAndVersion[] = [];
	let withoutResume: string | undefined;
	let addressIsGiven = false;
	while (level.length > 0) {
		const parents = level.flatMap((name) =>
			CONNECTIONS.flatMap((connectionType) =>
				context.getParentNodes(name, { connectionType, depth: 1, includeNodeParameters: true }),
			),
		);
		level = [];
		for (const parent of parents) {
			if (seen.has(parent.name)) continue;
			seen.add(parent.name);
			const callback = parent.disabled ? 'none' : callbackOf(parent, here.type);
			if (!parent.disabled) {
				refuseWaitingNode(parent);
				addressIsGiven ||= mayGiveAddress(parent, callback);
			}
			// Before the checkout is created, the provider does not know the address yet.
			if (callback === 'resumes') creators.push(parent);
			else level.push(parent.name);
			if (callback === 'elsewhere') withoutResume ??= parent.name;
		}
	}
	if (creators.length === 0 && withoutResume !== undefined) {
		throw new InputError(
			`'${withoutResume}' does not tell ${displayName} to resume this execution, so Wait for Payment would never hear of a payment`,
			"Set its field 'Callback' to Resume This Execution.",
		);
	}
	return { creators: creators.filter(({ type }) => type === here.type), addressIsGiven };
}

function refuseWaitingNode(node: NodeTypeAndVersion): void {
	if (!isWaitingNode(node)) return;
	throw new InputError(
		`'${node.name}' waits between the node that creates the checkout and this one`,
		'Whoever knows the resume address could resume it without paying. Move it before the checkout is created, or after Wait for Payment.',
	);
}

/**
 * n8n's own nodes that pause an execution, each with its webhook that resumes it (2.41.1:
 * `restartWebhook` in their descriptions).
 */
function isWaitingNode({ type, parameters = {} }: NodeTypeAndVersion): boolean {
	if (type === 'n8n-nodes-base.wait') return true;
	if (type === 'n8n-nodes-base.form') return parameters.operation !== 'completion';
	// The first version of the chat node has a switch in place of the operation.
	return (
		parameters.operation === 'sendAndWait' ||
		parameters.operation === 'dispatchAndWait' ||
		(/\.chat$/.test(type) && parameters.waitUserReply === true)
	);
}

type CallbackChoice = 'resumes' | 'elsewhere' | 'chosenByExpression' | 'none';

/**
 * What a node that creates checkouts does with their callbacks; `none` for any other node.
 * `elsewhere` only at this node's own provider.
 */
function callbackOf(node: NodeTypeAndVersion, ownType: string): CallbackChoice {
	const callback = node.parameters?.callback;
	if (typeof callback !== 'string') return 'none';
	if (tellsToResume(node)) return 'resumes';
	if (callback.startsWith('=')) return 'chosenByExpression';
	return node.type === ownType ? 'elsewhere' : 'none';
}

/** A checkout can also be made by hand, with `$execution.resumeUrl` in an HTTP Request or Code node. */
function mayGiveAddress({ parameters }: NodeTypeAndVersion, callback: CallbackChoice): boolean {
	return (
		callback === 'resumes' ||
		callback === 'chosenByExpression' ||
		/resumeUrl/i.test(JSON.stringify(parameters ?? {}))
	);
}
