import { createHash } from 'crypto';
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { isObject } from '../core/exactJson';
import type { Run } from './run';
import { runIndexOf } from './runIndex';

const LOOP_OVER_ITEMS = 'n8n-nodes-base.splitInBatches';
/** In the execution's context, by node; n8n stores it with the execution, waiting ones too. */
const KEY = 'hostedCheckoutReferences';
/** The oldest are forgotten: 300 kB in an execution that holds the rows themselves besides. */
const MOST_REMEMBERED = 10_000;

/** Which run of the node has made each reference: by a hash, as references have any length. */
type MadeBy = Record<string, number>;

/** What is known of the batches of a loop. */
export interface Batches {
	runIndex: number;
	madeBy: MadeBy;
}

/**
 * What earlier batches of this execution have made with this node; null where it stands behind no
 * Loop Over Items. Other loops come back on purpose, such as for a new link of an expired order.
 */
export function batchesOf(context: IExecuteFunctions): Batches | null {
	const { name } = context.getNode();
	if (!context.getParentNodes(name).some(({ type }) => type === LOOP_OVER_ITEMS)) return null;
	return { runIndex: runIndexOf(context), madeBy: rememberedBy(context, name) };
}

/** Whether an earlier batch has made this reference, or may have. */
export function isOfEarlierBatch({ runIndex, madeBy }: Batches, reference: string): boolean {
	const hash = hashOf(reference);
	return Object.hasOwn(madeBy, hash) && madeBy[hash] !== runIndex;
}

/** At the end of a batch, for those that follow. */
export function rememberBatch(
	context: IExecuteFunctions,
	{ batches, made, inDoubt }: Pick<Run, 'batches' | 'made' | 'inDoubt'>,
): void {
	if (batches === undefined || batches === null) return;
	const references = [...made, ...inDoubt].flatMap(({ reference }) => reference ?? []);
	if (references.length === 0) return;
	const latest = references.map((reference) => [hashOf(reference), batches.runIndex] as const);
	const all = [...Object.entries(batches.madeBy), ...latest].slice(-MOST_REMEMBERED);
	const flow: IDataObject = context.getContext('flow');
	const ofAllNodes = isObject(flow[KEY]) ? flow[KEY] : {};
	flow[KEY] = { ...ofAllNodes, [context.getNode().name]: Object.fromEntries(all) };
}

function rememberedBy(context: IExecuteFunctions, nodeName: string): MadeBy {
	const ofAllNodes: unknown = context.getContext('flow')[KEY];
	const own = isObject(ofAllNodes) ? ofAllNodes[nodeName] : undefined;
	return isObject(own) ? (own as MadeBy) : {};
}

function hashOf(reference: string): string {
	return createHash('sha256').update(reference).digest('hex').slice(0, 20);
}
