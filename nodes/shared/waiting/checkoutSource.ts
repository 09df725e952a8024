import type { IExecuteFunctions, INodeExecutionData, NodeTypeAndVersion } from 'n8n-workflow';

/** One run of the node: its item, and where its checkout may come from. */
export interface WaitRun {
	context: IExecuteFunctions;
	item: INodeExecutionData;
	/** The value of `provider` in the outputs of this node. */
	provider: string;
	/** The nodes before this one that may have created the checkout, the nearest first. */
	creators: NodeTypeAndVersion[];
}

/**
 * What a field of Wait for Payment can be mapped from: `name` is that of the field and of the
 * checkout's own.
 */
export interface CheckoutField {
	name: 'checkoutId' | 'reference' | 'amount' | 'currency';
	displayName: string;
}

interface Source {
	/** The code of an expression that gives the checkout as Create put it out. */
	checkout: string;
	/** The node whose output is the provider's own answer, which has other fields. */
	notSimplified?: string;
}

/**
 * How these fields get the values of the checkout, in words that hold when they are followed to the
 * letter: each expression is tried here before it is advised.
 */
export function howToMap(run: WaitRun, fields: readonly CheckoutField[]): string {
	const source = findSource(run);
	if (source === undefined)
		return `Map ${inWords(fields.map(({ name }) => name))} from the node that created the checkout, or enter them.`;
	const { checkout, notSimplified } = source;
	const isKnown = ({ name }: CheckoutField) =>
		notSimplified !== undefined || hasValue(evaluate(run.context, `${checkout}.${name}`));
	const ways = [];
	if (notSimplified !== undefined) ways.push(`Switch 'Simplify' on in '${notSimplified}'.`);
	const known = fields.filter(isKnown);
	if (known.length > 0)
		ways.push(
			`Set these expressions: ${inWords(known.map(({ name, displayName }) => `'${displayName}' {{ ${checkout}.${name} }}`))}.`,
		);
	for (const { name, displayName } of fields.filter((field) => !isKnown(field)))
		ways.push(
			name === 'checkoutId' || name === 'reference'
				? `Clear '${displayName}': the checkout has none.`
				: `Enter '${displayName}' yourself: the node that created the checkout does not tell it.`,
		);
	return ways.join(' ');
}

/** "A", "A and B", "A, B and C" */
export function inWords(parts: readonly string[]): string {
	const last = parts.at(-1) ?? '';
	return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

function findSource({ context, item, provider, creators }: WaitRun): Source | undefined {
	if (item.json.provider === provider) return { checkout: '$json' };
	for (const { name, parameters } of creators) {
		const node = `$('${name.replace(/[\\']/g, '\\$&')}')`;
		for (const checkout of outputsOf(context, node)) {
			if (evaluate(context, `${checkout}.provider`) === provider) return { checkout };
			if (parameters?.simple === false && hasValue(evaluate(context, checkout)))
				return { checkout, notSimplified: name };
		}
	}
	return undefined;
}

/**
 * A step that makes its items anew, such as Code, leaves `item` without a way back; the only item
 * of a node needs none.
 */
function outputsOf(context: IExecuteFunctions, node: string): string[] {
	const isOnlyOne = evaluate(context, `${node}.all().length`) === 1;
	return [`${node}.item.json`, ...(isOnlyOne ? [`${node}.first().json`] : [])];
}

/** Undefined also where it throws, as for a node that has not run. */
function evaluate(context: IExecuteFunctions, code: string): unknown {
	try {
		return context.evaluateExpression(`{{ ${code} }}`, 0);
	} catch {
		return undefined;
	}
}

function hasValue(value: unknown): boolean {
	return value !== undefined && value !== null && value !== '';
}
